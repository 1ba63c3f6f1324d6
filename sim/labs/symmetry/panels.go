package symmetry

import "thalweg/sim"

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "parts", Kind: "curve", Place: "stage", Title: "Parts of the target", Measures: []string{"part-1", "part-2", "part-3", "part-4"}, Lines: []sim.Line{{Label: "learned", At: 1}},
		Help: "The net's coefficient on each part of the target, as a share of the target's: the first part wide, the others thin, in the order in which coordinates come in. Stairs appear one after another; a wall stays at 0."},
	{ID: "stack", Kind: "image", Place: "stage", Title: "Walsh coefficients over time", Measures: []string{"fourier"}, History: "fourier", Scale: "grey", Across: "steps", Down: "product",
		Help: "A row for each product of the target's coordinates, a column for each reading: dark is large. A product's number has a bit for each of its coordinates, so that row 2 is the first alone, row 4 the first two, row 8 three, row 16 all four."},
	{ID: "loss", Kind: "curve", Place: "time", Title: "Mean square", Measures: []string{"displayed-loss"}, Log: true, Lines: []sim.Line{{Label: "nothing learned", At: 1}, {Label: "learned", At: 0.1}},
		Help: "Over points that are not learned from. At 1 the net knows nothing of the target, whose variance is 1."},
	{ID: "mass", Kind: "spectrum", Title: "Weight of each input", Measures: []string{"coordinate-mass"},
		Help: "How long the first layer's weights of each input are: a net that has found the inputs that matter gives them more."},
	{ID: "levels", Kind: "spectrum", Title: "Alignment by level", Measures: []string{"levels"}, Log: true,
		Help: "What each number of coordinates gives to the alignment; bar k+1 stands for products of k. The largest is C: to an algorithm that treats inputs alike all products of so many look alike, and there are many."},
	{ID: "mirror", Kind: "curve", Title: "Gap to the mirror image", Measures: []string{"mirror-gap", "mirror-loss-gap"}, Log: true,
		Help: "How far a run and its twin on mirrored inputs drift apart, in a weight and, thin, in the loss, when start and noise are carried along. Rounding is 1e-16."},
	{ID: "diagram", Kind: "graph", Title: "Which part opens which", Measures: []string{"set-links", "sets", "lit"}, Links: "set-links", Nodes: "sets", Values: "lit",
		Help: "The parts of the target, in the order of fewest new coordinates, as high as they have coordinates. A link goes from the part that brings a coordinate in to those that use it; colour is how much of a part is learned."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"displayed-loss", "part-1", "part-2", "part-3", "part-4", "support-share", "leap", "alignment", "residual-alignment", "bound", "target-gradient", "mirror-gap"},
		Help: "What is known of each run at the playhead. A bound above 1 guarantees nothing; without clipping, noise and all points there is none."},
	{ID: "bound", Kind: "curve", Title: "Bound on the chance", Measures: []string{"bound"}, Log: true, Lines: []sim.Line{{Label: "no guarantee above", At: 1}},
		Help: `At most this is the chance to have gained 0.1 in loss, for clipped, noisy gradients over all points: $R\sqrt{kC}/(2\tau)+C/\varepsilon$.`},
	{ID: "landscape", Kind: "landscape", Place: "side", Title: "Slice",
		Help: "Half the mean square over 256 fixed points on a plane of the weights."},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The update that comes next, taken apart."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `d`, Of: "dim"}, {TeX: `L`, Of: "depth"}, {TeX: `\beta`, Of: "boost"}, {TeX: `\tau`, Of: "noise"}, {TeX: `R`, Of: "clip"}, {TeX: `C`, Of: "alignment"}, {TeX: `\eta`, Of: "step-size"},
}
