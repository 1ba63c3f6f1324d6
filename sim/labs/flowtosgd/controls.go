package flowtosgd

import (
	"slices"

	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/param"
)

const (
	groupProblem   = "Problem"
	groupNoise     = "Noise"
	groupPotential = "Potential"
)

var controls = []param.Control{
	{ID: "problem", Label: "Problem", Group: groupProblem, Kind: param.Pick, Default: param.Word(retrieval),
		Choices: []param.Choice{{ID: quad, Label: "Quadratic"}, {ID: sine, Label: "Sine bowl, x² + 3 sin²x"}, {ID: powers, Label: "Power, |w|ᵖ/p"}, {ID: retrieval, Label: "Phase retrieval"},
			{ID: squares, Label: "Square root of a matrix"}, {ID: products, Label: "Product, (uv − 1)²/2"}, {ID: exponents, Label: "Exponential"}},
		Help: "Seven losses with exact gradients, of which the flow, the potential or the limit of steps is known in closed form."},
	{ID: "exponent", Label: "Exponent", Symbol: "p", Group: groupProblem, Kind: param.Real, Min: 1.1, Max: 6, Default: param.Num(4),
		Help: "Of the power: below 2 the bottom is sharp, above it is flat."},
	{ID: "dim", Label: "Dimension", Symbol: "d", Group: groupProblem, Kind: param.Whole, Min: 1, Max: 200, Default: param.Num(2),
		Help: "Number of coordinates, except of the square root and the product. From 2 on there is a plane to look at."},
	{ID: "size", Label: "Size of the matrix", Symbol: "n", Group: groupProblem, Kind: param.Whole, Min: 2, Max: 20, Default: param.Num(3),
		Help: "The square root is sought of an n × n matrix."},
	{ID: "condition", Label: "Condition number", Group: groupProblem, Kind: param.Real, Min: 1, Max: 1e4, Log: true, Default: param.Num(10),
		Help: "Largest eigenvalue over smallest: of the quadratic, from 10 down, and of the matrix whose root is sought, from 5 down."},
	{ID: "start", Label: "Start", Group: groupProblem, Kind: param.Vector, MinLength: 0, MaxLength: 400, Min: -1e12, Max: 1e12, Default: param.List(),
		Help: "Where all walk from; numbers left out are 0, and nothing at all takes the problem's own start. Matrices row by row."},
	{ID: "batch-size", Label: "Samples in a step", Symbol: "B", Group: groupNoise, Kind: param.Whole, Min: 1, Max: 256, Default: param.Num(16),
		Help: "How many fresh samples stochastic descent sees in a step, where the method does not say."},
	{ID: "noise", Label: "Noise", Symbol: "s", Group: groupNoise, Kind: param.Real, Min: 0, Max: 3, Default: param.Num(0), PerMethod: true,
		Help: "Of one sample: on the product it scales the gradient by 1 + s(a² − 1) with a normal a, which dies out at the solutions; on the quadratic, sine bowl, power and exponential it is added to each coordinate. Phase retrieval and square root sample their data instead."},
	{ID: "label-noise", Label: "Label noise", Symbol: `\sigma`, Group: groupNoise, Kind: param.Real, Min: 0, Max: 3, Default: param.Num(0), PerMethod: true,
		Help: "On the product: each sample's label is 1 plus this times a normal number, so that the noise stays alive at the solutions."},
	{ID: "potential", Label: "What the potential adds up", Symbol: "g", Group: groupPotential, Kind: param.Pick, Default: param.Word("identity"),
		Choices: []param.Choice{{ID: "identity", Label: "g(F) = F"}, {ID: "root", Label: "g(F) = √F"}, {ID: "square", Label: "g(F) = F²"}, {ID: "clipped", Label: "g(F) = min(F, 1)"}},
		Help:    "The potential is the integral of g(F) along gradient flow. Where the flow is too slow for g it is infinite."},
	{ID: "max-time", Label: "Longest flow", Group: groupPotential, Kind: param.Real, Min: 0.1, Max: 1000, Log: true, Default: param.Num(20),
		Help: "A flow that has not come down by then counts as one that does not: the potential is infinite there."},
}

// methods are all rules. Only stochastic descent sees samples.
var methods = sampling(rules.Kinds(rules.Fresh, byGround))

func sampling(kinds []sim.MethodKind) []sim.MethodKind {
	for i := range kinds {
		if k := &kinds[i]; k.ID != "sgd" {
			k.Hyper = slices.DeleteFunc(k.Hyper, func(c *param.Control) bool { return c.ID == "batch-size" })
		}
	}
	return kinds
}

// byGround gives the defaults that suit the problem, well below its largest stable step size.
func byGround(method, hyper string, v param.Values) (float64, bool) {
	switch hyper {
	case "batch-size":
		if method == "sgd" {
			return float64(v.Whole("batch-size")), true
		}
	case "time-step":
		return 0.002, true
	case "temperature":
		return 1e-3, true
	case "step-size":
		switch method {
		case "adadelta", "lbfgs":
			return 0, false
		case "adam", "adamw", "adamax", "amsgrad", "nadam", "rmsprop", "lion", "rprop", "adagrad":
			return 0.01, true
		}
		switch v.Text("problem") {
		case quad:
			return 0.05, true
		case sine, exponents, products:
			return 0.02, true
		case powers:
			return 0.05, true
		}
		return 0.002, true
	}
	return 0, false
}
