package spuriousminima

import "thalweg/sim"

var families = []sim.Line{{Label: "type II", Measure: "loss-ii"}, {Label: "type A", Measure: "loss-a"}, {Label: "type I", Measure: "loss-i"}, {Label: "two flipped", Measure: "loss-two"}}

// panels in the order of the page: the stage, the time, the side.
var panels = []sim.Panel{
	{ID: "neurons", Kind: "image", Place: "stage", Title: "Neurons", Measures: []string{"weights", "flipped"}, Scale: "diverging", Outline: "flipped",
		Across: "input", Down: "neuron",
		Help: "A row for each neuron, a column for each input. A student that has learned has one dark square a row; a neuron that leans against its input is flipped, and outlined."},
	{ID: "bars", Kind: "spectrum", Place: "stage", Title: "Spectrum", Measures: []string{"levels", "multiplicity", "level-types"}, Counts: "multiplicity", Types: "level-types",
		TypeNames: []string{"fixed space", "standard", "skew", "symmetric"},
		Help:      "Where the curvatures lie, and how many at each place. The symmetry of the point sorts them into four kinds of directions; bars left of 0 are ways down."},
	{ID: "loss", Kind: "curve", Title: "Loss", Measures: []string{"loss"}, Log: true, Lines: families,
		Help: "The loss, with the ½, exact. The dotted lines are the losses of the families, so that a plateau is named the moment it is reached."},
	{ID: "landscape", Kind: "landscape", Place: "side", Title: "Slice",
		Help: "The loss on a plane through weight space. At a family's point it opens on the directions of the highest and the lowest curvature there: a bowl with as many neurons as inputs, a pass with one more."},
	{ID: "table", Kind: "table", Title: "At this step", Measures: []string{"loss", "gradient-norm", "index", "lowest-curvature", "sharpness", "nearest-family", "family-distance", "trapped-runs", "solved-runs", "moving-runs", "bad-fraction", "published-fraction"},
		Help: "What is known of each student at the playhead. Runs that rest at a loss above 0.001 are trapped; those that still move count as neither."},
	{ID: "split", Kind: "spectrum", Title: "Split map", Measures: []string{"split-eigenvalues"},
		Help: `For each neuron the lowest eigenvalue of $D_i=H_{ii}-\frac12I$. A negative one says that splitting this neuron opens ways down. It does not say where they lead.`},
	{ID: "success", Kind: "curve", Title: "Runs in a trap", Measures: []string{"bad-fraction"}, Band: []string{"bad-low", "bad-high"},
		Lines: []sim.Line{{Label: "published", Measure: "published-fraction"}},
		Help:  "The share of all runs that rest in a trap, in the interval of 95 % that so many runs allow, beside the published share of 1000."},
	{ID: "sizes", Kind: "points", Title: "Trapped runs by size", Measures: []string{"published-by-size", "share-by-size"}, Joined: []string{"published-by-size"}, Across: "inputs d", Down: "% in a trap",
		Help: "What Safran and Shamir published, 1000 runs for each number of inputs, as a line for each student, and the runs on screen as a mark: one extra neuron turns a trap into a rarity."},
	{ID: "birth", Kind: "points", Title: "Slope of a birth", Measures: []string{"birth-slope"}, Joined: []string{"birth-slope"}, Across: "direction, degrees", Down: "slope",
		Lines: []sim.Line{{Label: "0", At: 0}},
		Help:  "What a neuron grown from nothing would do to the loss, by its direction in the plane of the last two inputs; 90 degrees is the last input. It is exactly 0 along each neuron of a critical point."},
	{ID: "curvature", Kind: "curve", Title: "Sharpness ÷ limit", Measures: []string{"stability-ratio"}, Log: true, Lines: []sim.Line{{Label: "stability limit", At: 1}},
		Help: `The largest curvature as a share of $2/\eta$. Above 1 descent cannot rest.`},
	{ID: "anatomy", Kind: "step", Title: "One step dissected", Measures: []string{"gradient-norm", "step-norm"},
		Help: "The update that comes next, taken apart."},
	{ID: "ground", Kind: "ground", Title: "The ground",
		Help: "What the ground itself is like: its critical points, its basins, the ways between two students, and its curvature at one."},
	{ID: "claims", Kind: "claims", Title: "Claims",
		Help: "What should be true of this run, judged by the same checks that the tests run."},
}

// symbols of the lesson's formulas.
var symbols = sim.Symbols{
	{TeX: `d`, Of: "dim"}, {TeX: `k`, Of: "extra-neurons"}, {TeX: `\eta`, Of: "step-size"}, {TeX: `\lambda`, Of: "split-ratio"},
	{TeX: `\varepsilon`, Of: "perturbation"}, {TeX: `D_i`, Of: "split"}, {TeX: `L`, Of: "loss"},
}
