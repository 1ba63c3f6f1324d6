package race

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "landscape", Kind: "landscape", Title: "Landscape",
		Help: "The surface from the side and from above, each walk upon it. Colour and contours show the height on a logarithmic scale; in two dimensions nothing is hidden."},
	{ID: "loss", Kind: "curve", Title: "Loss", Measures: []string{"loss"}, Log: true,
		Help: "The loss at each method's point against time: always that of the whole ground, never of the noisy slope that a method saw."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"loss", "gradient-norm", "distance", "step-norm", "sharpness", "lowest-curvature"},
		Help: "What is known of each method at the playhead. Curvatures are those of the last step at which they were taken."},
	{ID: "stability", Kind: "curve", Title: "Sharpness ÷ limit", Measures: []string{"stability-ratio"}, Log: true,
		Lines: []sim.Line{{Label: "stability limit", At: 1}},
		Help:  `Sharpness over the largest curvature that the method can stand, such as $2/\eta$ for descent. Above 1 it cannot rest where it is; below, it can. Only rules whose limit is known are drawn.`},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"alignment", "step-curvature", "predicted-change"},
		Help: "The update that comes next, taken apart: the slope, what the method's memory makes of it, the step itself. Beside it, of the step before: how straight down it went, how it compares with the curvature along it, and the change of loss that gradient and Hessian foretold."},
	{ID: "sharpness", Kind: "curve", Title: "Sharpness", Measures: []string{"sharpness"}, Log: true,
		Lines: []sim.Line{{Label: "limit", Measure: "stability-limit"}},
		Help:  "The largest curvature where each method stands, with the largest that it could rest on as a line of its own. For adaptive rules no line is drawn: theirs is about rescaled curvature."},
	{ID: "spectrum", Kind: "spectrum", Title: "Hessian spectrum", Measures: []string{"spectrum"}, Log: true,
		Lines: []sim.Line{{Label: "limit", Measure: "stability-limit"}},
		Help:  `All curvatures where each method stands. Below 0 the ground falls away to both sides. A value above the line, $2/\eta$ for descent, cannot be rested on.`},
	{ID: "gradient", Kind: "curve", Title: "Slope and step", Measures: []string{"gradient-norm", "step-norm"}, Log: true,
		Help: "The length of the gradient and of the last update. On a plateau both are small without any minimum near."},
	{ID: "basins", Kind: "image", Title: "Basins of a grid of starts", Measures: []string{"basins"}, Scale: "index",
		Help: "Each start of the grid in the colour of the minimum that its walk has reached. Needs a swarm."},
	{ID: "basin-share", Kind: "spectrum", Title: "Share of starts in each minimum", Measures: []string{"basin-share"},
		Help: "Shares of the grid's starts at each minimum, then at none, then diverged. They depend on box, grid and step size and are no probabilities of anything else."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `\eta`, Of: "step-size"}, {TeX: `\mu`, Of: "momentum"}, {TeX: `\beta_1`, Of: "beta1"}, {TeX: `\lambda_{\max}`, Of: "sharpness"},
	{TeX: `\lambda`, Of: "spectrum"}, {TeX: `\kappa`, Of: "condition"}, {TeX: `\sigma`, Of: "gradient-noise"}, {TeX: `T`, Of: "temperature"},
	{TeX: `k`, Of: "steps"}, {TeX: `g`, Of: "anatomy"},
}
