package files

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
	"thalweg/sim/param"
)

// The bounds of a net in a checkpoint: those of the nets that are played here.
const (
	MaxParameters = 200_000
	maxHidden     = 6
	maxWidth      = 512
)

// A Checkpoint is a dense net as a file holds it.
type Checkpoint struct {
	// Sizes are the widths from inputs to outputs.
	Sizes []int
	// Activation is what the metadata says, empty when it says nothing.
	Activation string
	Bias       bool
	// Theta is the parameter in the order of nets.Shape: each layer's weights row by row, then its biases.
	Theta    []float64
	Metadata map[string]string
}

// Hidden writes the hidden widths as the control of an architecture takes them: "16-16".
func (c *Checkpoint) Hidden() string {
	text := ""
	for i, n := range c.Sizes[1 : len(c.Sizes)-1] {
		if i > 0 {
			text += "-"
		}
		text += strconv.Itoa(n)
	}
	return text
}

// A CheckpointSummary describes a net in a file.
type CheckpointSummary struct {
	Sizes        []int  `json:"sizes"`
	Architecture string `json:"architecture"`
	Activation   string `json:"activation"` // empty when the file does not say
	Bias         bool   `json:"bias"`
	Parameters   int    `json:"parameters"`
}

func readCheckpoint(b []byte) (*Report, error) {
	f := param.NewFile(KindCheckpoint, b)
	c, err := CheckpointOf(f)
	if err != nil {
		return nil, err
	}
	return &Report{File: f, Summary: CheckpointSummary{c.Sizes, c.Hidden(), c.Activation, c.Bias, len(c.Theta)}, Weight: len(b) + 8*len(c.Theta)}, nil
}

// CheckpointOf reads the net in a file. The file remembers it.
func CheckpointOf(f *param.File) (*Checkpoint, error) {
	return param.Reading(f, KindCheckpoint, ReadCheckpoint)
}

// layerName is what the tensors of dense layers are called: any prefix, the layer's number, and what it is.
var layerName = regexp.MustCompile(`^(.*?)([0-9]{1,9})\.(weight|bias)$`)

type denseLayer struct {
	number       int
	weight, bias *Tensor
}

// ReadCheckpoint reads a dense net from a safetensors file: tensors PREFIX N .weight of shape [out, in] and PREFIX N
// .bias of shape [out], one prefix for all, ordered by N; all layers have biases or none has.
func ReadCheckpoint(b []byte) (*Checkpoint, error) {
	tensors, metadata, err := ReadSafetensors(b)
	if err != nil {
		return nil, err
	}
	layers, err := denseLayers(tensors)
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{Metadata: metadata, Bias: layers[0].bias != nil, Activation: metadata["activation"]}
	if c.Activation != "" {
		if _, err := kernel.ParseActivation(c.Activation); err != nil {
			return nil, fmt.Errorf("the metadata name the activation %.20q, which is not known here", c.Activation)
		}
	}
	if n := len(layers) - 1; n > maxHidden {
		return nil, fmt.Errorf("this net has %d hidden layers, at most %d", n, maxHidden)
	}
	total := 0
	for i, l := range layers {
		if err := l.check(i, layers, c.Bias); err != nil {
			return nil, err
		}
		out, in := l.weight.Shape[0], l.weight.Shape[1]
		if i == 0 {
			c.Sizes = append(c.Sizes, in)
		}
		c.Sizes = append(c.Sizes, out)
		total += l.weight.Len()
		if l.bias != nil {
			total += l.bias.Len()
		}
	}
	if total > MaxParameters {
		return nil, fmt.Errorf("this net has %s parameters, at most %s", spaced(total), spaced(MaxParameters))
	}
	for i, n := range c.Sizes[1 : len(c.Sizes)-1] {
		if n > maxWidth {
			return nil, fmt.Errorf("layer %d has %d outputs, at most %d", i+1, n, maxWidth)
		}
	}
	c.Theta = make([]float64, total)
	at := 0
	for _, l := range layers {
		for _, t := range []*Tensor{l.weight, l.bias} {
			if t == nil {
				continue
			}
			if i := t.Store(c.Theta[at:][:t.Len()]); i >= 0 {
				return nil, fmt.Errorf("not finite: %s%s", quote(t.Name), place(t.Shape, i))
			}
			at += t.Len()
		}
	}
	return c, nil
}

// place writes the place of a number in a tensor: [3] or [1,4].
func place(shape []int, i int) string {
	text := ""
	for k := len(shape) - 1; k >= 0; k-- {
		text = strconv.Itoa(i%shape[k]) + text
		i /= shape[k]
		if k > 0 {
			text = "," + text
		}
	}
	return "[" + text + "]"
}

// denseLayers groups tensors by their numbers.
func denseLayers(tensors []Tensor) ([]denseLayer, error) {
	var layers []denseLayer
	prefix, other, weights := "", "", 0
	for i := range tensors {
		t := &tensors[i]
		m := layerName.FindStringSubmatch(t.Name)
		if m == nil {
			other = t.Name
			continue
		}
		number, err := strconv.Atoi(m[2])
		if err != nil {
			return nil, fmt.Errorf("tensor %s has no layer number", quote(t.Name))
		}
		if len(layers) > 0 && m[1] != prefix {
			return nil, fmt.Errorf("tensors of two nets: %s… and %s…; one is read", quote(prefix+"N"), quote(m[1]+"N"))
		}
		prefix = m[1]
		k := slices.IndexFunc(layers, func(l denseLayer) bool { return l.number == number })
		if k < 0 {
			k, layers = len(layers), append(layers, denseLayer{number: number})
		}
		slot := &layers[k].weight
		if m[3] == "bias" {
			slot = &layers[k].bias
		} else {
			weights++
		}
		if *slot != nil {
			return nil, fmt.Errorf("tensors %s and %s are of one layer", quote((*slot).Name), quote(t.Name))
		}
		*slot = t
	}
	switch {
	case weights == 0:
		return nil, errors.New("no weight tensors found")
	case other != "":
		return nil, fmt.Errorf("tensor %s is no weight or bias of a dense layer; those are named like 0.weight, layers.0.bias, fc1.weight", quote(other))
	}
	slices.SortFunc(layers, func(a, b denseLayer) int { return cmp.Compare(a.number, b.number) })
	for _, l := range layers {
		if l.weight == nil {
			return nil, fmt.Errorf("tensor %s has no weight beside it", quote(l.bias.Name))
		}
	}
	return layers, nil
}

// check holds layer i against the one before it.
func (l *denseLayer) check(i int, layers []denseLayer, bias bool) error {
	w := l.weight
	if len(w.Shape) != 2 {
		return fmt.Errorf("tensor %s is %s; the weights of a dense layer have two axes, [out, in]", quote(w.Name), times(w.Shape))
	}
	if w.Len() == 0 {
		return fmt.Errorf("tensor %s is %s: it is empty", quote(w.Name), times(w.Shape))
	}
	if i > 0 {
		if out := layers[i-1].weight.Shape[0]; out != w.Shape[1] {
			return fmt.Errorf("tensor %s is %s, but layer %d has %d outputs", quote(w.Name), times(w.Shape), i, out)
		}
	}
	if (l.bias != nil) != bias {
		with, without := w, layers[0].weight
		if bias {
			with, without = layers[0].weight, w
		}
		return fmt.Errorf("the layer of %s has a bias, that of %s has none; all have one or none", quote(with.Name), quote(without.Name))
	}
	if l.bias != nil && !slices.Equal(l.bias.Shape, []int{w.Shape[0]}) {
		return fmt.Errorf("tensor %s is %s, but its layer has %d outputs", quote(l.bias.Name), times(l.bias.Shape), w.Shape[0])
	}
	return nil
}

// WriteCheckpoint writes a dense net as ReadCheckpoint reads it, named as the modules of a sequence are in which
// activations stand between the layers: 0.weight, 0.bias, 2.weight, …
func WriteCheckpoint(w io.Writer, shape nets.Shape, theta []float64, metadata map[string]string) error {
	var names []string
	var shapes [][]int
	var values [][]float64
	layer := 0
	for _, b := range shape.Blocks() {
		part := theta[b.Offset:][:b.Rows*b.Columns]
		if b.Bias {
			names, shapes, values = append(names, strconv.Itoa(2*layer-2)+".bias"), append(shapes, []int{b.Rows}), append(values, part)
			continue
		}
		names, shapes, values = append(names, strconv.Itoa(2*layer)+".weight"), append(shapes, []int{b.Rows, b.Columns}), append(values, part)
		layer++
	}
	return WriteSafetensors(w, names, shapes, values, metadata)
}
