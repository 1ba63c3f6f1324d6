package network

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "landscape", Kind: "landscape", Title: "Slice of the loss",
		Help: "The loss of the train rows on a plane through parameter space. A dot is the nearest point of the plane to a net; its halo is the distance between them, and the badge says both losses."},
	{ID: "loss", Kind: "curve", Title: "Train and test loss", Measures: []string{"loss", "test-loss"}, Log: true, Ticks: "half-steps",
		Help: "The loss of all train rows, whatever the method saw of them, and of the rows held out. Of a deep linear net the upright lines are the steps at which its first weights say that the modes have come half way."},
	{ID: "spectrum", Kind: "spectrum", Title: "Hessian spectrum", Measures: []string{"spectrum"}, Log: true,
		Lines: []sim.Line{{Label: "2/η", Measure: "stability-limit"}, {Label: "K−1", Measure: "outliers", Rank: true}},
		Help:  `The curvatures where each net stands: all of them up to 600 parameters, else the values that forty steps of Lanczos' method find, of which the upper end is right to four digits. The line is the largest that the method can rest on, $2/\eta$ for descent, $2(1+\mu)/\eta$ for momentum; $K-1$ stands after as many of the largest as there are classes, less one.`},
	{ID: "plane", Kind: "curve", Title: "Plane loss against true loss", Measures: []string{"loss", "plane-loss"}, Log: true,
		Help: "The loss of the net, and the loss that the picture shows under its dot. Where the two part, believe the number and not the colour."},
	{ID: "decision", Kind: "image", Title: "Decision", Measures: []string{"decision", "rows", "test-rows", "input-box"}, Scale: "grey",
		Points: []string{"rows", "test-rows"}, Box: "input-box",
		Help: "The rows over what the net makes of them, those held out hollow. What the net says over the plane of its two inputs: for two classes how sure it is of the second, for more the number of the winner."},
	{ID: "accuracy", Kind: "curve", Title: "Accuracy on train and test rows", Measures: []string{"accuracy", "test-accuracy"},
		Help: "Share of the rows whose largest output is that of their class."},
	{ID: "curvature", Kind: "curve", Title: "Sharpness", Measures: []string{"sharpness"}, Log: true,
		Lines: []sim.Line{{Label: "2/η", Measure: "stability-limit"}},
		Help:  `The largest curvature where each net stands, and the largest that its method can rest on, $2/\eta$ for descent.`},
	{ID: "stability", Kind: "curve", Title: "Sharpness ÷ limit", Measures: []string{"stability-ratio"}, Log: true,
		Lines: []sim.Line{{Label: "stability limit", At: 1}},
		Help:  "Sharpness over the largest curvature that the method can stand; for the adaptive rules both are meant in the coordinates that they have rescaled. Hovering at 1 is the edge of stability."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"loss", "test-loss", "accuracy", "test-accuracy", "gradient-norm", "step-norm", "sharpness"},
		Help: "What is known of each net at the playhead; slower measures are those of the last step at which they were taken."},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The update that comes next, taken apart: the slope, what the method's memory makes of it, the step itself, by their lengths."},
	{ID: "confusion", Kind: "image", Title: "Confusion", Measures: []string{"confusion"}, Scale: "grey",
		Help: "Rows of class i, downwards, that are taken for class j, across; held-out rows where there are any."},
	{ID: "weights", Kind: "image", Title: "First weights", Measures: []string{"weights"}, Scale: "diverging",
		Help: "The first layer's weights, a row for each neuron; for digits each neuron's weights as the picture that it looks for."},
	{ID: "modes", Kind: "spectrum", Title: "Modes learned", Measures: []string{"singular-modes"},
		Lines: []sim.Line{{Label: "half at step", Measure: "half-steps"}},
		Help:  "Of a deep linear net: how much of each mode of its teacher it computes, the strongest first, and the step at which its first weights say that the mode has come half way."},
	{ID: "layers", Kind: "spectrum", Title: "Sharpness by layer", Measures: []string{"layer-spectrum"}, Log: true,
		Help: "The largest curvature within each layer, first layer first: what the others hide when only the largest of all is shown."},
	{ID: "ground", Kind: "ground", Title: "The ground",
		Help: "What the ground itself is like, apart from those who walk on it: its critical points, its basins, the ways between two nets, and its curvature at one."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `\eta`, Of: "step-size"}, {TeX: `\mu`, Of: "momentum"}, {TeX: `\lambda_{\max}`, Of: "sharpness"}, {TeX: `H`, Of: "spectrum"},
	{TeX: `e_1`, Of: "landscape"}, {TeX: `e_2`, Of: "landscape"}, {TeX: `s`, Of: "landscape"}, {TeX: `t`, Of: "landscape"},
	{TeX: `a_i`, Of: "teacher-values"}, {TeX: `k`, Of: "steps"}, {TeX: `l_2`, Of: "l2"},
}
