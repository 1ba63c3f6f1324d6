package flowtosgd

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "landscape", Kind: "landscape", Title: "Loss and potential", Heights: "potential", HeightsLabel: "Potential Φ", HeightsMeasure: "potential",
		Help: "The same walk on two surfaces: the loss, and the potential, which adds up the loss along gradient flow. Off the river on the one, still downhill on the other. Where the potential is infinite it has holes."},
	{ID: "loss", Kind: "curve", Title: "Loss and its bounds", Measures: []string{"loss", "rate-bound", "problem-bound"}, Dashed: []string{"rate-bound", "problem-bound"}, Log: true, Clock: "time",
		Help: `The loss against flow time, step size times steps. Dashed: what the potential at the start promises of the flow, $g^{-1}(\Phi_0/t)$, and what is known of this loss. For steps the bounds are no promise.`},
	{ID: "account", Kind: "curve", Title: "Potential and what is left to pay", Measures: []string{"potential", "potential-left"}, Band: []string{"potential", "potential-left"}, Clock: "time",
		Help: `$\Phi$ where the method stands, and $\Phi_0-\sum\eta\,g(F)$. For gradient flow they are one; what lies between is the second-order price of steps.`},
	{ID: "apart", Kind: "curve", Title: "Distance from the flow", Measures: []string{"flow-distance", "arc-distance", "loss"}, Dashed: []string{"loss"}, Log: true, Clock: "time",
		Help: "How far the method is from gradient flow at the same time and, thin, after as long a way; dashed its loss. The one may stay large while the other goes to 0."},
	{ID: "sweep", Kind: "image", Title: "Where descent ends", Measures: []string{"sweep", "sweep-box"}, Scale: "index", Box: "sweep-box", Across: "log10 of the step size",
		Names: []string{"the flow's end", "another", "no end", "diverged"},
		Lines: []sim.Line{{Label: "threshold", Measure: "threshold", Upright: true}},
		Help:  "Descent from this start for sixty step sizes, three thousand steps each. The upright line is what theory says: up to there descent can end where gradient flow does."},
	{ID: "bounding", Kind: "points", Title: "Self-bounding", Measures: []string{"self-bounding", "self-bound"}, Joined: []string{"self-bound"}, Log: true, Across: "potential", Down: "its curvature",
		Lines: []sim.Line{{Label: "start", Measure: "first-potential", Upright: true}},
		Help:  `How much the potential bends, for each cell of the plane, by the potential there, with the least increasing curve over all. Where it shoots up no step size is certified for every start. It is drawn when the run has ended.`},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"loss", "potential", "certificate", "slack", "flow-distance", "sharpness", "balance", "angle", "radius", "asymmetry", "identity", "first-potential", "largest-step"},
		Help: "What is known of each method at the playhead."},
	{ID: "balance", Kind: "curve", Title: "Balance u² − v²", Measures: []string{"balance"}, Log: true,
		Help: "Of the product: kept by gradient flow, worn away by noise that stays alive."},
	{ID: "stability", Kind: "curve", Title: "Sharpness", Measures: []string{"sharpness"}, Log: true, Lines: []sim.Line{{Label: "2/η", Measure: "stability-limit"}},
		Help: `The largest curvature where each method stands, and the largest it can rest on, $2/\eta$.`},
	{ID: "eigenvalues", Kind: "spectrum", Title: "Eigenvalues of W", Measures: []string{"eigenvalues"},
		Help: "Of the square root: the eigenvalues of the symmetric part of W. Along the flow each goes its own way, a logistic curve of its square."},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The update that comes next, taken apart."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `\eta`, Of: "step-size"}, {TeX: `\Phi`, Of: "potential"}, {TeX: `F`, Of: "loss"}, {TeX: `t`, Of: "time"}, {TeX: `c`, Of: "balance"},
	{TeX: `\sigma`, Of: "label-noise"}, {TeX: `p`, Of: "exponent"}, {TeX: `g`, Of: "potential"},
}
