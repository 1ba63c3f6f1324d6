package leakyrelu

import (
	"slices"

	"thalweg/landscape/leaky"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/param"
)

// The ids of the data sets.
const (
	gauss      = "gauss"
	clusters   = "clusters"
	orthogonal = "orthogonal"
)

const (
	groupData = "Data"
	groupNet  = "Network"
)

var controls = []param.Control{
	{ID: "problem", Label: "Data", Group: groupData, Kind: param.Pick, Default: param.Word(gauss),
		Choices: []param.Choice{{ID: gauss, Label: "Normal, labels by turns"}, {ID: clusters, Label: "Two clusters"}, {ID: orthogonal, Label: "Orthogonal"}},
		Help:    "In many dimensions normal points are nearly at right angles to each other, whatever their labels. Clusters have something to learn: the sign along one direction."},
	{ID: "samples", Label: "Points", Symbol: "n", Group: groupData, Kind: param.Whole, Min: 2, Max: 200, Default: param.Num(20), Help: "How many points are learned from."},
	{ID: "dim", Label: "Dimensions", Symbol: "d", Group: groupData, Kind: param.Whole, Min: 2, Max: 50000, Log: true, Default: param.Num(10000),
		Help: "All happens in the span of the points and of the starting weights, so that many dimensions cost no more than few."},
	{ID: "separation", Label: "Separation", Symbol: `\mu`, Group: groupData, Kind: param.Real, Min: 0, Max: 20, Default: param.Num(10), Help: "Of clusters: how far each lies from the origin, in standard deviations of one coordinate."},
	{ID: "flips", Label: "Flipped labels", Symbol: `\rho`, Group: groupData, Kind: param.Real, Min: 0, Max: 0.5, Default: param.Num(0), Help: "Share of the labels that are turned around, by chance."},
	{ID: "width", Label: "Neurons", Symbol: "m", Group: groupNet, Kind: param.Whole, Min: 2, Max: 512, Default: param.Num(100), Help: "Width of the hidden layer."},
	{ID: "slope", Label: "Slope below 0", Symbol: `\gamma`, Group: groupNet, Kind: param.Real, Min: 0.01, Max: 0.99, Default: param.Num(0.5), PerMethod: true, Help: "Of the activation: 1 is a linear network."},
	{ID: "activation", Label: "Activation", Group: groupNet, Kind: param.Pick, Default: param.Word("smooth"), PerMethod: true,
		Choices: []param.Choice{{ID: "leaky", Label: "Leaky, with a kink"}, {ID: "smooth", Label: "Smooth"}},
		Help:    "The theorem on gradient flow is about the kinked one, that on descent about the smooth one."},
	{ID: "loss", Label: "Loss", Group: groupNet, Kind: param.Pick, Default: param.Word("logistic"),
		Choices: []param.Choice{{ID: "logistic", Label: "Logistic"}, {ID: "exponential", Label: "Exponential"}}, Help: "Of a margin q: ln(1 + e^−q) or e^−q."},
	{ID: "init-scale", Label: "Scale of the start", Symbol: `\omega`, Group: groupNet, Kind: param.Real, Min: 1e-8, Max: 1, Log: true, Default: param.Num(1e-5), PerMethod: true, Limit: "collapse-scale",
		Help: "Standard deviation of each starting weight. Methods that differ in it alone begin with the same numbers, scaled."},
	{ID: "signs", Label: "Second layer", Group: groupNet, Kind: param.Pick, Default: param.Word("balanced"),
		Choices: []param.Choice{{ID: "balanced", Label: "Signs by turns"}, {ID: "random", Label: "Random signs"}}, Help: "Fixed weights of 1/√m in size."},
}

// flowID is the method that this lab brings.
const flowID = "rescaled-flow"

// methods are descent, by all points or by some, and the flow of ln L.
var methods = append(plain(rules.Kinds(rules.Rows, byGround)), sim.MethodKind{
	ID: flowID, Label: "Rescaled flow", Help: "Gradient flow in a time that runs with the loss, $dW/d\\tau=-\\nabla L/L$: the same way, to the end in a time that one can wait for.",
	Hyper: []*param.Control{{ID: "max-time", Label: "Time", Kind: param.Real, Min: 1e-3, Max: 1e4, Log: true, Default: param.Num(10), Help: "The rescaled time at which it ends."}},
})

// plain keeps the two rules whose theorem this is.
func plain(kinds []sim.MethodKind) []sim.MethodKind {
	return slices.DeleteFunc(kinds, func(k sim.MethodKind) bool { return k.ID != "gd" && k.ID != "sgd" })
}

func byGround(method, hyper string, v param.Values) (float64, bool) {
	switch hyper {
	case "step-size":
		return 0.01, true
	case "batch-size":
		if method == "sgd" {
			return 5, true
		}
	}
	return 0, false
}

var activations = map[string]leaky.Activation{"leaky": leaky.Leaky, "smooth": leaky.Smooth}

var criteria = map[string]leaky.Criterion{"logistic": leaky.Logistic, "exponential": leaky.Exponential}
