package symmetry

import (
	"math"
	"slices"

	"thalweg/landscape/cube"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/param"
)

const (
	groupTarget  = "Target"
	groupNet     = "Network"
	groupBreak   = "What breaks the symmetry"
	groupTheorem = "Gradients"
)

// exactDim is the dimension up to which all points of the cube are gone through.
const exactDim = 12

var controls = []param.Control{
	{ID: "problem", Label: "Target", Group: groupTarget, Kind: param.Pick, Default: param.Word("staircase-4"), PerMethod: true,
		Choices: []param.Choice{{ID: "staircase-3", Label: "Staircase of three"}, {ID: "staircase-4", Label: "Staircase of four"}, {ID: "parity-2", Label: "Parity of two"}, {ID: "parity-3", Label: "Parity of three"},
			{ID: "parity-4", Label: "Parity of four"}, {ID: "parity-6", Label: "Parity of six"}, {ID: "leap-2", Label: "Leap of two"}, {ID: "leap-3", Label: "Leap of three"}, {ID: "msp-merge", Label: "Staircase that merges"},
			{ID: "non-msp", Label: "Two separate parts"}, {ID: modID, Label: "Sum modulo 8"}, {ID: fullID, Label: "Parity of all"}, {ID: customID, Label: "Own sets"}, {ID: sphereID, Label: "On the sphere"}},
		Help: "What is to be learned: a sum of products of a few signs, scaled to unit variance. A staircase adds one coordinate at a time; a parity gives no hint before all of its coordinates are in."},
	{ID: "sets", Label: "Own sets", Group: groupTarget, Kind: param.Text, Default: param.Word("0;0,1;0,1,2"), Help: "Of the target of own sets: each set of coordinates from 0, such as 0;0,1;0,1,2, at most six coordinates in all."},
	{ID: "coefficients", Label: "Their coefficients", Group: groupTarget, Kind: param.Vector, MinLength: 0, MaxLength: 20, Min: -5, Max: 5, Default: param.List(), Help: "One for each own set; those left out are 1. They are scaled to unit variance together."},
	{ID: "dim", Label: "Inputs", Symbol: "d", Group: groupTarget, Kind: param.Whole, Min: 4, Max: 100, Default: param.Num(40), Help: "How many signs there are, whatever few of them matter."},
	{ID: "support", Label: "Where its letters sit", Group: groupTarget, Kind: param.Vector, MinLength: 0, MaxLength: mostLetters, Min: 0, Max: 99, Default: param.List(0, 1, 2, 3), Help: "The coordinates that the letters of a named target stand for."},
	{ID: "depth", Label: "Layers", Symbol: "L", Group: groupNet, Kind: param.Whole, Min: 2, Max: 4, Default: param.Num(2), PerMethod: true, Help: "Layers of weights: two is one hidden layer."},
	{ID: "width", Label: "Width", Symbol: "N", Group: groupNet, Kind: param.Whole, Min: 8, Max: 512, Default: param.Num(128), Help: "Units of each hidden layer."},
	{ID: "activation", Label: "Activation", Group: groupNet, Kind: param.Pick, Default: param.Word("relu"), Choices: []param.Choice{{ID: "relu", Label: "ReLU"}, {ID: "tanh", Label: "tanh"}, {ID: "sigmoid", Label: "Sigmoid"}}, Help: "Of the hidden layers."},
	{ID: "init", Label: "Start", Group: groupNet, Kind: param.Pick, Default: param.Word("gauss"), Choices: []param.Choice{{ID: "gauss", Label: "Normal"}, {ID: "rademacher", Label: "Signs"}}, Help: "How weights are drawn: of variance 2/inputs in hidden layers and 1/inputs in the last."},
	{ID: "bias-init", Label: "Biases at the start", Group: groupNet, Kind: param.Real, Min: 0, Max: 1, Default: param.Num(0.5), Help: "First-layer biases are drawn evenly between minus and plus this. At 0 a ReLU net of one hidden layer sees nothing of products of an odd number above one, for a reason that is not symmetry."},
	{ID: "last-layer-only", Label: "Last layer only", Group: groupNet, Kind: param.Switch, Default: param.On(false), Help: "Trains on features that stay as they start: a linear method."},
	{ID: "boost", Label: "Head start", Symbol: `\beta`, Group: groupBreak, Kind: param.Real, Min: 0.25, Max: 4, Default: param.Num(1), PerMethod: true, Help: "First-layer weights of some coordinates are drawn this many times as large, so that the start knows them apart."},
	{ID: "boost-coordinates", Label: "Whose", Group: groupBreak, Kind: param.Vector, MinLength: 0, MaxLength: 12, Min: 0, Max: 99, Default: param.List(), Help: "The coordinates with the head start; none means those of the target."},
	{ID: "window", Label: "Local wires", Group: groupBreak, Kind: param.Whole, Min: 0, Max: 100, Default: param.Num(0), PerMethod: true, Help: "Each unit of the first layer sees so many neighbouring inputs only; 0 means all."},
	{ID: "batch-size", Label: "Points in a step", Symbol: "B", Group: groupTheorem, Kind: param.Whole, Min: 1, Max: 1024, Default: param.Num(64), Help: "Fresh points of the cube in each step, where the method does not say."},
	{ID: "population", Label: "All points", Group: groupTheorem, Kind: param.Switch, Default: param.On(false), Help: "The exact gradient over all points of the cube, with 12 inputs or fewer."},
	{ID: "noise", Label: "Noise", Symbol: `\tau`, Group: groupTheorem, Kind: param.Real, Min: 0, Max: 1, Default: param.Num(0), Help: "Standard deviation of the noise added to each gradient."},
	{ID: "clip", Label: "Longest gradient", Symbol: "R", Group: groupTheorem, Kind: param.Real, Min: 0.1, Max: math.Inf(1), Log: true, Default: param.Num(math.Inf(1)), Help: "Gradients of the output at single examples are cut to this length, as the bound asks. Infinite for none."},
	{ID: "mirror", Label: "Mirror", Group: groupTheorem, Kind: param.Pick, Default: param.Word("none"),
		Choices: []param.Choice{{ID: "none", Label: "None"}, {ID: "relabel", Label: "Relabelled inputs"}, {ID: "rotate", Label: "Rotated inputs"}},
		Help:    "Runs each method a second time on mirrored inputs, with start and noise carried along, and measures how far the two drift apart."},
}

// methods see fresh points in each step, or all of them.
var methods = chosen(rules.Kinds(rules.Fresh, byGround))

// chosen keeps the rules that the lab is about. What is clipped here are gradients of single examples, by a control of
// its own. Plain descent sees the exact gradient, over all points of the cube.
func chosen(kinds []sim.MethodKind) []sim.MethodKind {
	for i := range kinds {
		kinds[i].Hyper = slices.DeleteFunc(kinds[i].Hyper, func(c *param.Control) bool { return c.ID == "clip" || kinds[i].ID == "gd" && c.ID == "batch-size" })
	}
	var out []sim.MethodKind
	for _, id := range []string{"sgd", "momentum", "adam", "noisy-gd", "gd"} {
		out = append(out, kinds[slices.IndexFunc(kinds, func(k sim.MethodKind) bool { return k.ID == id })])
	}
	return out
}

func byGround(method, hyper string, v param.Values) (float64, bool) {
	switch hyper {
	case "step-size":
		if method == "adam" {
			return 0.003, true
		}
		return 0.05, true
	case "batch-size":
		return float64(v.Whole("batch-size")), true
	}
	return 0, false
}

var activations = map[string]cube.Activation{"relu": cube.ReLU, "tanh": cube.Tanh, "sigmoid": cube.Sigmoid}
