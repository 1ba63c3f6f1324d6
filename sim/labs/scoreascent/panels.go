package scoreascent

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "density", Kind: "image", Place: "stage", Title: "Chains on the density", Measures: []string{"density", "density-box", "proposals", "chains", "ellipse", "target-ellipse", "mass-contours"}, Contours: "mass-contours", Scale: "grey", Box: "density-box",
		Points: []string{"chains", "proposals"}, PointNames: []string{"moved just now", "1 step ago", "4", "10", "25", "50", "stuck for longer"}, Ellipse: "ellipse", Reference: "target-ellipse",
		Help: "The target, dark where it is dense, on a logarithmic scale, with lines within which 50, 90 and 99 in a hundred of it lie; the chains of each method on it, red where they have been stuck for more than 50 steps; the last proposals as small rings; the ellipses of one and two standard deviations of q, and dashed that of the target."},
	{ID: "landscape", Kind: "landscape", Place: "side", Title: "Divergence",
		Help: "The inclusive divergence on a plane through the parameters of q, exact. It has no false minimum, but it is not convex in the widths."},
	{ID: "excess", Kind: "curve", Place: "time", Title: "Excess KL", Measures: []string{"excess-kl"}, Log: true,
		Help: "The inclusive divergence less what the best member of the family must leave."},
	{ID: "stuck", Kind: "spectrum", Title: "Chains by stuck age", Measures: []string{"stuck-counts"},
		Help: "How many chains have been stuck for 0, 1, 2, 3 to 4, 5 to 8, 9 to 16, 17 to 32, 33 to 64 and more steps, from the left."},
	{ID: "by-n", Kind: "points", Title: "Variance against proposals", Measures: []string{"variance-by-n"}, Joined: []string{"variance-by-n"}, Across: "log₁₀ N", Down: "log₁₀ variance",
		Help: "At the start, for 8 to 128 proposals: a slope of -1 is work that pays in full, 0 work for nothing."},
	{ID: "variance", Kind: "curve", Title: "Variance of the estimate", Measures: []string{"gradient-variance", "variance-bound"}, Log: true, Dashed: []string{"variance-bound"},
		Help: "Measured with independent copies at the present q; dashed the shape of the paper's bound, with the size V of the score for the bound L² that a normal distribution does not have. Set copies above 0."},
	{ID: "acceptance", Kind: "curve", Title: "Acceptance", Measures: []string{"acceptance"},
		Help: "Mean over the last 100 steps. Where a state is drawn by weights: how often a new one."},
	{ID: "cosine", Kind: "curve", Title: "Direction of the estimate", Measures: []string{"gradient-cosine"}, Lines: []sim.Line{{Label: "exact", At: 1}},
		Help: "Cosine of the last estimate with the exact gradient where it was taken."},
	{ID: "states", Kind: "spectrum", Title: "Draw a target and a proposal", Measures: []string{"state-target", "state-proposal"}, Drag: []string{"states-p", "states-q"},
		Help: "A target and a proposal on a few states, for the exact kernel: draw a bar up or down, or choose one with the arrows and press + or -. A state with far more p than q has a large weight, and sticks."},
	{ID: "kernel", Kind: "image", Title: "Exact kernel", Measures: []string{"kernel"}, Scale: "grey", Across: "to state", Down: "from state",
		Help: "Independent Metropolis-Hastings on a few states, with target and proposal of the controls: a dark diagonal is a state that sticks."},
	{ID: "variation", Kind: "points", Title: "How fast it forgets", Measures: []string{"variation", "variation-cis", "variation-bound", "variation-cis-bound"}, Joined: []string{"variation-bound", "variation-cis-bound"}, Across: "steps", Down: "log₁₀ distance",
		Help: "On those states: the distance in total variation from the target after so many steps, of Metropolis-Hastings filled and of weights with three proposals hollow, beneath the lines of their bounds."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"excess-kl", "w-star", "acceptance", "loss", "score-variance", "gradient-variance", "gradient-cosine", "estimate-norm", "density-evaluations"},
		Help: "What is known of each fit at the playhead. A largest weight of infinity says that chains can stick for arbitrarily long."},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The exact slope, what the chains make of it, and the step that comes next."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `N`, Of: "proposals"}, {TeX: `\gamma`, Of: "step-size"}, {TeX: `\rho`, Of: "correlation"}, {TeX: `w^*`, Of: "w-star"}, {TeX: `V_\pi`, Of: "score-variance"}, {TeX: `\sigma_0`, Of: "init-scale"}, {TeX: `D`, Of: "dim"}, {TeX: `\nu`, Of: "degrees"},
}
