package scoreascent

import (
	"thalweg/landscape/inference"
	"thalweg/sim"
	"thalweg/sim/param"
)

const (
	groupTarget = "Target"
	groupFit    = "Fit"
	groupChains = "Chains"
	groupExact  = "Exact kernel"
)

// The targets that are no named plane density.
const (
	gaussD    = "gauss-d"
	irisID    = "iris"
	formulaID = "formula"
)

var controls = []param.Control{
	{ID: "problem", Label: "Target", Group: groupTarget, Kind: param.Pick, Default: param.Word("gauss"),
		Choices: []param.Choice{{ID: "gauss", Label: "Tilted normal"}, {ID: "banana", Label: "Banana"}, {ID: "funnel", Label: "Funnel"}, {ID: "mix3", Label: "Three hills"}, {ID: "student", Label: "Heavy tails"},
			{ID: gaussD, Label: "Normal in many dimensions"}, {ID: irisID, Label: "Logistic regression on irises"}, {ID: formulaID, Label: "Own formula"}},
		Help: "The distribution $\\pi$ to be fitted."},
	{ID: "formula", Label: "Own log density", Group: groupTarget, Kind: param.Text, MaxLength: 500, Default: param.Word("-(x^2 + y^2)/2 - 2*sin(2*x)^2"), Help: "Of the target of one's own: $\\ln\\pi$ up to a constant, in x and y."},
	{ID: "formula-box", Label: "Its box", Group: groupTarget, Kind: param.Vector, MinLength: 4, MaxLength: 4, Min: -1000, Max: 1000, Default: param.List(-6, 6, -6, 6), Help: "x0, x1, y0, y1: beyond it the density of one's own is nothing."},
	{ID: "correlation", Label: "Tilt", Symbol: `\rho`, Group: groupTarget, Kind: param.Real, Min: -0.99, Max: 0.99, Default: param.Num(0.9), Help: "Correlation of the tilted normal target."},
	{ID: "dim", Label: "Dimensions", Symbol: "D", Group: groupTarget, Kind: param.Whole, Min: 2, Max: 100, Default: param.Num(50), Help: "Of the normal target in many dimensions."},
	{ID: "degrees", Label: "Degrees of freedom", Symbol: `\nu`, Group: groupTarget, Kind: param.Whole, Min: 3, Max: 1000, Default: param.Num(500), Help: "Its covariance is a sum of so many outer products of normal vectors (Wishart), with variances from 1/D to 1 in them. More than dimensions."},
	{ID: "family", Label: "Family", Group: groupFit, Kind: param.Pick, Default: param.Word("mean-field"), Choices: []param.Choice{{ID: "mean-field", Label: "Upright"}, {ID: "full-rank", Label: "Any ellipse"}}, Help: "The normal distributions q to choose from: with independent coordinates, or any."},
	{ID: "start-at", Label: "Start", Group: groupFit, Kind: param.Pick, Default: param.Word("given"), Choices: []param.Choice{{ID: "given", Label: "As given"}, {ID: "halfway", Label: "Halfway"}, {ID: "optimum", Label: "At the best fit"}}, Help: "As given below; at half the mean and 0.7 of the widths of the best fit; or at the best fit."},
	{ID: "start", Label: "Mean at the start", Group: groupFit, Kind: param.Vector, MinLength: 0, MaxLength: 100, Min: -1000, Max: 1000, Default: param.List(), Help: "One number for each dimension. None: drawn from a standard normal in many dimensions, else 0."},
	{ID: "init-scale", Label: "Width at the start", Symbol: `\sigma_0`, Group: groupFit, Kind: param.Real, Min: 0.1, Max: 8, Log: true, Default: param.Num(1), Help: "Standard deviation of q in each direction at the start. Far below the target's, particles freeze."},
	{ID: "optimizer", Label: "Optimiser", Group: groupFit, Kind: param.Pick, Default: param.Word("adam"),
		Choices: []param.Choice{{ID: "adam", Label: "Adam"}, {ID: "sgd", Label: "Plain"}, {ID: "momentum", Label: "Momentum"}, {ID: "nesterov", Label: "Nesterov"}, {ID: "rmsprop", Label: "RMSProp"}}, Help: "What makes a step of an estimated gradient."},
	{ID: "schedule", Label: "Step size over time", Group: groupFit, Kind: param.Pick, Default: param.Word("constant"), Choices: []param.Choice{{ID: "constant", Label: "γ"}, {ID: "root", Label: "γ/√t"}, {ID: "inverse", Label: "γ/t"}}, Help: "How the step size $\\gamma_t$ falls with the steps t."},
	{ID: "proposals", Label: "Proposals", Symbol: "N", Group: groupChains, Kind: param.Whole, Min: 1, Max: 128, Default: param.Num(8), PerMethod: true, Help: "New evaluations of the target in each step, the same for every method. The two chains with a weighted choice keep their state beside them: N new ones here, where the paper's text counts it among them."},
	{ID: "defensive", Label: "Defensive share", Group: groupChains, Kind: param.Pick, Default: param.Word("0"), Choices: []param.Choice{{ID: "0", Label: "0"}, {ID: "0.001", Label: "0.001"}, {ID: "0.01", Label: "0.01"}}, Help: "Share of proposals from a product of Cauchy distributions, which bounds the weights. In the chains only, never in the score."},
	{ID: "probe", Label: "Copies for the variance", Group: groupChains, Kind: param.Whole, Min: 0, Max: 2048, Default: param.Num(0), Help: "The variance of the estimate is measured with so many independent copies of the chains that start from the target and move once; 0 leaves it out. It changes no walk."},
	{ID: "states-p", Label: "Target p", Group: groupExact, Kind: param.Vector, MinLength: 2, MaxLength: 8, Min: 0.001, Max: 1000, Default: param.List(4, 4, 6, 2, 4, 3), Help: "Of the exact kernel on a few states, up to a factor."},
	{ID: "states-q", Label: "Proposal q", Group: groupExact, Kind: param.Vector, MinLength: 2, MaxLength: 8, Min: 0.001, Max: 1000, Default: param.List(2, 2.5, 4, 2, 4, 9), Help: "As many numbers, up to a factor."},
}

func stepSize() []*param.Control {
	return []*param.Control{{ID: "step-size", Label: "Step size", Symbol: `\gamma`, Kind: param.Real, Min: 1e-8, Max: 1, Log: true, Live: true, Default: param.Num(0.01),
		Help: "Of the optimiser. Large steps need little variance, small ones quick mixing."}}
}

var methods = []sim.MethodKind{
	{ID: "pmcsa", Label: "pMCSA", Slot: 3, Hyper: stepSize(), Help: "N chains side by side, each offered one proposal; the mean of their scores."},
	{ID: "jsa", Label: "JSA", Slot: 2, Hyper: stepSize(), Help: "One chain, offered N proposals in turn; the mean of the scores on the way."},
	{ID: "msc-rb", Label: "MSC-RB", Slot: 5, Hyper: stepSize(), Help: "One state and N proposals, weighted by $\\pi/q$; the weighted mean of their scores."},
	{ID: "msc", Label: "MSC", Slot: 4, Hyper: stepSize(), Help: "One of them is drawn by its weight; its score alone."},
	{ID: "snis", Label: "SNIS", Slot: 8, Hyper: stepSize(), Help: "N proposals weighted by $\\pi/q$, no chain: biased."},
	{ID: "elbo", Label: "ELBO", Slot: 1, Hyper: stepSize(), Help: "The other direction, $\\mathrm{KL}(q\\Vert\\pi)$, by gradients of $\\ln\\pi$ at N draws: the usual variational fit."},
}

var kinds = map[string]kind{"pmcsa": pmcsa, "jsa": jsa, "msc-rb": mscRB, "msc": msc, "snis": snis, "elbo": elbo}

var families = map[string]inference.Family{"mean-field": inference.MeanField, "full-rank": inference.FullRank}
