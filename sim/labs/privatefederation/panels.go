package privatefederation

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "cloud", Kind: "points", Place: "stage", Title: "Uploads", Measures: []string{"uploads", "client-gradients", "mean-upload", "mean-gradient"}, Joined: []string{"mean-upload", "mean-gradient"}, Ellipse: sim.Spread,
		Help: "What leaves the first 200 clients of the round, filled, and their true gradients, hollow; the wide line goes to the mean of all uploads, the dashed one to the exact gradient. On the plane as they are, else along the exact gradient and across it."},
	{ID: "gauge", Kind: "curve", Place: "stage", Title: "Privacy spent", Measures: []string{"epsilon-best", "epsilon-basic"}, Dashed: []string{"epsilon-basic"}, Lines: []sim.Line{{Label: "useless above", At: 10}},
		Help: "The privacy loss ε of the client with the most uploads, by the best accountant, and dashed by adding up. Every report counts, whether it arrived or not. Far above 1 it is no useful promise."},
	{ID: "accuracy", Kind: "curve", Place: "time", Title: "Accuracy", Measures: []string{"accuracy"},
		Help: "On 1000 rows that nobody learns from."},
	{ID: "landscape", Kind: "landscape", Place: "side", Title: "Map",
		Help: "The mean loss of all clients, and how the methods move on it."},
	{ID: "spent", Kind: "curve", Title: "Accuracy by privacy spent", Measures: []string{"accuracy"}, Clock: "epsilon-best",
		Help: "The honest axis: accuracy against the total privacy loss so far."},
	{ID: "strip", Kind: "image", Title: "What a gradient gives away", Measures: []string{"strip"}, Scale: "grey",
		Help: "From the left: the picture, the picture from its raw gradient, and from reports with noise of ε = 4096, 512, 64, 8, 1. Of the problem of pictures that leak."},
	{ID: "pictures", Kind: "image", Title: "Picture and reconstructions", Measures: []string{"original", "reconstruction", "private-reconstruction"}, Scale: "grey",
		Help: "The shown client's first picture, from its raw gradient, and from what left the client under the method's own protocol."},
	{ID: "accountants", Kind: "curve", Title: "Accountants", Measures: []string{"epsilon-exact", "epsilon-rdp", "epsilon-zcdp", "epsilon-kov", "epsilon-advanced", "epsilon-basic"},
		Help: "The same reports by six accountants at the same δ: all are upper bounds, the exact one is for Gaussian noise."},
	{ID: "excess", Kind: "curve", Title: "Excess loss", Measures: []string{"excess-loss", "noise-floor"}, Dashed: []string{"noise-floor"}, Log: true,
		Help: "Above the lowest loss, on the plane and on the bowl; dashed the bowl's noise floor in closed form."},
	{ID: "noise", Kind: "curve", Title: "Signal to noise", Measures: []string{"signal-to-noise"}, Log: true, Lines: []sim.Line{{Label: "as much noise as signal", At: 1}},
		Help: "Length of the exact gradient over how far the mean upload is off."},
	{ID: "attack", Kind: "points", Title: "Attacker", Measures: []string{"attack-roc"}, Joined: []string{"attack-roc"}, Across: "chance of a false alarm", Down: "chance of a hit",
		Help: "How well somebody who sees one report, and knows everything else, can tell two clients apart: the diagonal is guessing, the upper left corner certainty."},
	{ID: "density", Kind: "points", Title: "Density of a report", Measures: []string{"report-density"}, Joined: []string{"report-density"}, Across: "report", Down: "density",
		Help: "What may be reported of one number, the shown one, in units of the clipping; strokes are reports with a chance of their own. Swap the number and no density changes by more than e^ε."},
	{ID: "variances", Kind: "points", Title: "Variance of a report", Measures: []string{"variance-laplace", "variance-duchi", "variance-pm", "variance-hm"}, Joined: []string{"variance-laplace", "variance-duchi", "variance-pm", "variance-hm"}, Across: "log₁₀ ε", Down: "log₁₀ variance",
		Lines: []sim.Line{{Label: "ε*", At: -0.21513, Upright: true}, {Label: "ε#", At: 0.11052, Upright: true}},
		Help:  "The largest variance of a report about one number by its privacy loss. The hybrid mixes from ε* on; from ε# on the piecewise report beats Duchi's."},
	{ID: "sweep", Kind: "image", Title: "Accuracy by loss and momentum", Measures: []string{"sweep"}, Scale: "grey", Across: "privacy loss", Down: "momentum",
		Help: "The run played again for six privacy losses of a report, from the left 0.5, 1, 2, 4, 8, 16, and four momenta, from the top 0, 0.5, 0.9, 0.97: dark is accurate. Where the promise is strict, momentum loses. Switch on the map of loss and momentum, and play to the end."},
	{ID: "labels", Kind: "spectrum", Title: "Labels of the shown client", Measures: []string{"labels"},
		Help: "How many rows of each digit, 0 to 9, the shown client has: even, or one-sided by the Dirichlet control."},
	{ID: "classes", Kind: "spectrum", Title: "Accuracy by class", Measures: []string{"class-accuracy"},
		Help: "Of the digits 0 to 9, on the rows that nobody learns from."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"accuracy", "epsilon-best", "epsilon-central", "loss", "excess-loss", "epsilon-exact", "epsilon-rdp", "epsilon-zcdp", "epsilon-kov", "epsilon-advanced", "epsilon-basic", "report-epsilon", "attack-advantage", "truth-chance", "client-uploads", "noise-norm", "signal-to-noise", "clipped-fraction", "client-drift", "bits", "noise-floor", "correlation", "recovery-error"},
		Help: "What is known of each federation at the playhead."},
	{ID: "anatomy", Kind: "step", Title: "One round dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The mean of the true gradients, the mean of what arrives, and the step that comes next."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `\varepsilon`, Of: "epsilon"}, {TeX: `\delta`, Of: "delta"}, {TeX: `C`, Of: "clip"}, {TeX: `\gamma`, Of: "momentum"}, {TeX: `\eta`, Of: "step-size"}, {TeX: `\tau`, Of: "local-steps"}, {TeX: `K`, Of: "clients"},
}
