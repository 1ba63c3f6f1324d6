package leakyrelu

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "comb", Kind: "spectrum", Place: "stage", Title: "Singular values", Measures: []string{"singular-values"}, Log: true,
		Help: "The singular values of the weights, each as a share of the largest. A comb of a hundred bars is a matrix with a hundred directions; one bar is a matrix of rank one."},
	{ID: "decision", Kind: "image", Place: "stage", Title: "Decision", Measures: []string{"decision", "points", "decision-box"}, Scale: "diverging", Points: []string{"points"}, Box: "decision-box",
		Across: "along the normal of the line", Down: "a random direction", Lines: []sim.Line{{Label: "largest margin", At: 0, Upright: true}},
		Help: "The net on a plane through the origin: along the normal of the line of largest margin, and across it. Where the colour turns is the net's boundary; the upright line is that of largest margin."},
	{ID: "rank", Kind: "curve", Place: "time", Title: "Stable rank", Measures: []string{"stable-rank"}, Log: true, LogClock: true,
		Lines: []sim.Line{{Label: "the limit's", Measure: "limit-rank"}, {Label: "predicted after one step", Measure: "predicted-rank"}},
		Help:  `How many directions share the weights, $\lVert W\rVert_F^2/\lVert W\rVert_2^2$, against the steps on a logarithmic axis. Dashed: the stable rank of the exact limit, and what theory predicts after one step from a small start.`},
	{ID: "strip", Kind: "image", Title: "Singular values over time", Measures: []string{"singular-values"}, Log: true, History: "singular-values", Scale: "grey", Across: "steps, further and further apart", Down: "number",
		Help: "Each column is the comb at one of the steps 0, 1, 2, 3, then each 1.3 times the last; dark is large, on a logarithmic scale down to 1e-8. The edge after the first column is the collapse."},
	{ID: "cloud", Kind: "points", Title: "Neurons", Measures: []string{"neurons", "opposed"}, Across: "along the first row of the limit", Down: "along the second",
		Help: "The weights of each neuron; hollow are those of negative sign. In the limit there are two different neurons only."},
	{ID: "margin", Kind: "curve", Title: "Margin and distance from KKT", Measures: []string{"kkt-residual", "third-value"}, Log: true, LogClock: true, Clock: "time",
		Help: "How far the weights are from the conditions of the largest margin, and, thin, the third singular value as a share of the first, against the time of the flow. Along the rescaled flow the first falls as one over the time."},
	{ID: "fit", Kind: "curve", Title: "Loss", Measures: []string{"loss"}, Log: true, LogClock: true,
		Help: "The training loss, which tells none of this."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"stable-rank", "loss", "log-loss", "numerical-rank", "training-error", "margin-ratio", "smoothed-margin", "direction-cosine", "kkt-residual", "complementarity", "linear-margin-ratio", "agreement", "bend", "test-accuracy", "predicted-rank", "collapse-scale", "limit-rank"},
		Help: "What is known of each net at the playhead; between two readings the last one stands."},
	{ID: "agreement", Kind: "curve", Title: "Agreement with the line", Measures: []string{"agreement"}, LogClock: true, Lines: []sim.Line{{Label: "a line", At: 1}},
		Help: "On how many of 4000 normal points the net decides as the line with the mean of its neurons for a normal."},
	{ID: "accuracy", Kind: "curve", Title: "Accuracy on fresh points", Measures: []string{"test-accuracy"}, LogClock: true,
		Help: "Of clusters: the share of fresh points on the right side."},
	{ID: "landscape", Kind: "landscape", Place: "side", Title: "Slice",
		Help: "The loss on the plane through the start, the end and the solution of largest margin, drawn as long as the end."},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The update that comes next, taken apart."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `\omega`, Of: "init-scale"}, {TeX: `\eta`, Of: "step-size"}, {TeX: `\gamma`, Of: "slope"}, {TeX: `m`, Of: "width"}, {TeX: `n`, Of: "samples"}, {TeX: `d`, Of: "dim"},
	{TeX: `L`, Of: "loss"}, {TeX: `\tau`, Of: "time"}, {TeX: `\mu`, Of: "separation"},
}
