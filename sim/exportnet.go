package sim

import (
	"io"
	"slices"
	"strconv"

	"thalweg/landscape"
	"thalweg/landscape/nets"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// NetFormat is the export of a net's weights, on offer where the ground is a dense net.
const NetFormat = "safetensors"

// A shaped ground is a net.
type shaped interface{ Shape() nets.Shape }

// FormatsOf lists the export formats of runs on a ground.
func FormatsOf(f landscape.Func) []string {
	if net, ok := f.(shaped); ok && len(net.Shape().Filters) == 0 {
		return append(slices.Clone(Formats), NetFormat)
	}
	return Formats
}

// maxNetRecipe is how long a recipe in a checkpoint may be: readers bound the header that it stands in.
const maxNetRecipe = 512 << 10

// exportNet writes the weights of a method's net at a step, or at the end: those of the last record kept until then,
// whose step the metadata tell.
func exportNet(w io.Writer, t *Trace, o *ExportOptions) error {
	m := t.Methods[0]
	if o.Method != "" {
		m = t.Method(o.Method)
	}
	net, ok := m.Ground.(shaped)
	if !ok {
		return param.Refuse("format", "%s holds the weights of a net; the ground of %s is none", NetFormat, m.ID)
	}
	if n := len(net.Shape().Filters); n > 0 {
		return param.Refuse("format", "%s holds the weights of a dense net; that of %s begins with convolutions (%d)", NetFormat, m.ID, n)
	}
	at := Anchor{Method: m.ID, Step: AtEnd}
	if o.Step != nil {
		at.Step = *o.Step
	}
	spot, err := t.Spot(m, at)
	if err != nil {
		return err
	}
	recipe := t.Spec.Recipe(o.Step)
	text := recipe.ASCII()
	if len(text) > maxNetRecipe {
		recipe, _ = recipe.apart()
		text = recipe.ASCII()
	}
	shape := net.Shape()
	return files.WriteCheckpoint(w, shape, spot.X, map[string]string{
		"activation": shape.Activation.String(), "loss": shape.Loss.String(), "method": m.ID, "step": strconv.Itoa(spot.Step), "recipe": string(text),
	})
}
