// Package nets has dense nets, and such with convolutions before, as losses: exact gradients, exact Hessian-vector products, predictions,
// and the path and symmetry tools of their parameter space. A net is a Shape over rows of data.
//
// The parameter is flat: for each layer its weights row-major (one row per unit of the layer, or per filter
// of a convolution), then its biases, from the first layer to the last.
package nets

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// A Loss compares the outputs of a net with targets; its mean over rows is what a net minimises.
type Loss uint8

const (
	// MSE is half the squared distance, summed over outputs.
	MSE Loss = iota
	// CrossEntropy is the log-sum-exp of the outputs less the output of the right class, in nats.
	// Targets are one-hot, or any probabilities.
	CrossEntropy
)

var lossNames = [...]string{"mse", "cross-entropy"}

func (l Loss) String() string { return lossNames[l] }

// ParseLoss finds a loss by its name.
func ParseLoss(name string) (Loss, error) {
	for i, n := range lossNames {
		if n == name {
			return Loss(i), nil
		}
	}
	return 0, fmt.Errorf("loss: '%s' is none of %s", name, strings.Join(lossNames[:], ", "))
}

// A Shape is a net without its data: Sizes are the numbers of units from inputs to outputs, every layer but
// the last is followed by Activation, and L2/2 times the squared length of all parameters, biases too,
// is added to the loss. The first layers are convolutions of so many Filters, none in a dense net.
type Shape struct {
	Sizes      []int
	Filters    []int
	Activation kernel.Activation
	Loss       Loss
	Bias       bool
	L2         float64
}

// A layer says where one layer sits in the flat parameter: its weight matrix is out x in; bias is -1 without biases. A
// convolution meets its inputs at many places with the same weights, of which each input channel has taps; both are 1 in
// a dense layer.
type layer struct{ in, out, weights, bias, places, taps int }

// units is how many numbers the layer gives for a row of data.
func (l layer) units() int { return l.out * l.places }

// sums is data as the layer's weight matrix makes it for so many rows of data.
func sums[T kernel.Float](l layer, cols int, data []T) kernel.Mat[T] {
	return kernel.Dense(l.out, l.places*cols, data)
}

func (s Shape) layers() []layer {
	all := make([]layer, len(s.Sizes)-1)
	at, channels, side := 0, 1, imageSide(s.Sizes[0])
	for l := range all {
		in, out := s.Sizes[l], s.Sizes[l+1]
		all[l] = layer{in: in, out: out, weights: at, bias: -1, places: 1, taps: 1}
		if l < len(s.Filters) {
			side = halved(side)
			in, out = taps*channels, s.Filters[l]
			all[l] = layer{in: in, out: out, weights: at, bias: -1, places: side * side, taps: taps}
			channels = out
		}
		at += in * out
		if s.Bias {
			all[l].bias = at
			at += out
		}
	}
	return all
}

// Dim is the number of parameters.
func (s Shape) Dim() int {
	ranges := s.Layers()
	return ranges[len(ranges)-1][1]
}

// Work is the number of multiplications of one row of data on its way through the net, biases counted in: a dense net
// uses each parameter once, a convolution each at every place.
func (s Shape) Work() int {
	work := 0
	for _, l := range s.layers() {
		each := l.in
		if l.bias >= 0 {
			each++
		}
		work += each * l.units()
	}
	return work
}

// Inputs is the width of a row of inputs.
func (s Shape) Inputs() int { return s.Sizes[0] }

// Outputs is the width of a row of outputs.
func (s Shape) Outputs() int { return s.Sizes[len(s.Sizes)-1] }

// Blocks lists the weight matrices and biases in the order of the parameter.
func (s Shape) Blocks() []landscape.Block {
	var blocks []landscape.Block
	for _, l := range s.layers() {
		blocks = append(blocks, landscape.Block{Offset: l.weights, Rows: l.out, Columns: l.in})
		if s.Bias {
			blocks = append(blocks, landscape.Block{Offset: l.bias, Rows: l.out, Columns: 1, Bias: true})
		}
	}
	return blocks
}

// Layers lists where in the parameter each layer begins and ends, weights and biases together.
func (s Shape) Layers() [][2]int {
	var ranges [][2]int
	for _, l := range s.layers() {
		end := l.weights + l.in*l.out
		if s.Bias {
			end += l.out
		}
		ranges = append(ranges, [2]int{l.weights, end})
	}
	return ranges
}

func (s Shape) check() error {
	if len(s.Sizes) < 2 {
		return fmt.Errorf("a net needs at least two sizes, inputs and outputs, not %v", s.Sizes)
	}
	for _, w := range s.Sizes {
		if w < 1 {
			return fmt.Errorf("the sizes of a net must be at least 1, not %v", s.Sizes)
		}
	}
	hidden := s.Sizes[1 : len(s.Sizes)-1]
	if len(s.Filters) > len(hidden) {
		return fmt.Errorf("a net of %d hidden layers cannot have %d convolutions", len(hidden), len(s.Filters))
	}
	want, err := Sizes(s.Inputs(), s.Filters, hidden[len(s.Filters):], s.Outputs())
	if err != nil {
		return err
	}
	if !slices.Equal(want, s.Sizes) {
		return fmt.Errorf("convolutions of %v filters make sizes %v, not %v", s.Filters, want, s.Sizes)
	}
	return nil
}

// An Init is a law of the first weights, as a standard deviation per layer; biases start at 0.
type Init uint8

// The laws.
const (
	Glorot Init = iota // sqrt(2 / (in + out)); of a convolution both count taps
	He                 // sqrt(2 / in)
	Normal             // 1
)

var initNames = [...]string{"glorot", "he", "normal"}

func (k Init) String() string { return initNames[k] }

// ParseInit finds a law by its name.
func ParseInit(name string) (Init, error) {
	for i, n := range initNames {
		if n == name {
			return Init(i), nil
		}
	}
	return 0, fmt.Errorf("init: '%s' is none of %s", name, strings.Join(initNames[:], ", "))
}

// Init draws first weights, scaled by scale: layer l takes its weights in order from step l of the stream
// (seed, run) of purpose Init, so that nets of equal shape and seed start alike.
func (s Shape) Init(law Init, scale float64, seed, run uint64) []float64 {
	theta := make([]float64, s.Dim())
	key := rng.NewKey(seed, run, 0, 0, rng.Init)
	for i, l := range s.layers() {
		w := theta[l.weights:][:l.in*l.out]
		key.FillNormal(w, uint64(i), 0)
		deviation := scale
		switch law {
		case Glorot:
			deviation *= math.Sqrt(2 / float64(l.in+l.out*l.taps))
		case He:
			deviation *= math.Sqrt(2 / float64(l.in))
		}
		kernel.Scale(deviation, w)
	}
	return theta
}
