package symmetry

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "The cost of symmetry",
		Open:  "a2",
		Text: `Same network, same forty inputs, four of them matter. One rule is learned like stairs, the other is a wall.

What breaks here: "if a network can express it, training finds it", and "learning is gradual". Of the paper only the abstract was seen; it has no experiments. Definitions and the bound are reconstructed or derived, and every training number is ours.`,
	},
	{
		Title:   "Stairs",
		Open:    "a1",
		Text:    `The target is a sum of four products, scaled to unit variance. Each step makes the next one visible.`,
		Formula: `f=\tfrac12(x_1+x_1x_2+x_1x_2x_3+x_1x_2x_3x_4)`,
		Predict: &sim.Predict{
			Question: "The four coefficients appear",
			Options:  []string{"together", "longest product first", "one after the other, shortest first"},
			Answer:   2,
			Because:  "Each product has one coordinate more than what is known; a single unknown coordinate gives a hint at once.",
		},
		See:    `The parts of the target, and the rows 2, 4, 8 and 16 of the stack, in order; the mean square below 0.1 between steps 1500 and 3500.`,
		Proves: []string{"a1", "s5", "s16"},
		Not:    `The last two may come together. And leap is not all: at thirty inputs a leap of two and low degree is learned before a leap of one and degree three.`,
	},
	{
		Title:   "The wall",
		Open:    "a2",
		Text:    `Now only the last product. Same net, same start, same variance. With four of forty coordinates there are $\binom{40}{4}=91390$ products that look alike to a network that treats coordinates alike.`,
		Formula: `C=\max_k\frac{W_k}{\binom dk}=\frac1{91390}`,
		Predict: &sim.Predict{
			Question: "After 4000 steps the mean square is",
			Options:  []string{"under 0.1", "about 0.5", "about 1, that is: nothing"},
			Answer:   2,
			Because:  "It was above 1 in eight of eight runs. The coefficients stay flat as well.",
		},
		See:    `The flat line beside the stairs. The slice shows the wall's own ground: flat.`,
		Proves: []string{"a2", "s1", "s3", "s6", "s12", "silent"},
		Not:    `With ten inputs the wall is not there at all. And the bound is silent: without noise and clipping there is none; with τ = 0.02 and R = 1 it would read 3.7, and a chance below 3.7 is no news.`,
	},
	{
		Title: "Tell it where to look",
		Open:  "a3",
		Text:  `Double the starting weights on the four coordinates. The symmetry is broken, and so is the wall.`,
		Predict: &sim.Predict{
			Question: "With twice the weight on its four inputs the product is",
			Options:  []string{"still flat", "learned in most runs", "learned only with more layers"},
			Answer:   1,
			Because:  "Seven of eight runs came below 0.1 within 4000 steps, the other to 0.15.",
		},
		See:    `The weight of each input: the head start of the first four bars.`,
		Proves: []string{"a3", "a4", "a5"},
		Not:    `A clean null is missing: doubling four wrong coordinates helped some runs with thirty inputs. And depth is no substitute: three layers leave the wall standing.`,
	},
	{
		Title: "The same run in a mirror",
		Open:  "a6",
		Text:  `Relabel the inputs, carry starting weights and noise along, and every later weight is carried along too. An algorithm that cannot tell coordinates apart must do equally well on all relabellings: there is the cost.`,
		Predict: &sim.Predict{
			Question: "The largest difference of a weight after 60 noisy steps",
			Options:  []string{"grows like chaos", "is about 0.001", "is rounding"},
			Answer:   2,
			Because:  "The two runs are one run, seen in a mirror: 1e-16.",
		},
		See:    `The gap to the mirror image. Then choose "Rotated inputs": descent stays there, Adam leaves.`,
		Proves: []string{"a6", "s9", "s10", "s11", "s17"},
		Not:    `The same seed without carried weights is a different run: "treats inputs alike" is a statement about laws.`,
	},
	{
		Title: "Adam walks through",
		Open:  "preset=a2&methods=stairs=adam:problem=staircase-4,step-size=0.003,batch-size=64;wall=adam:problem=parity-4,step-size=0.003,batch-size=64",
		Text:  `"Stalls" was about plain descent at this step size. Adam, too, treats coordinates alike, and yet it gets over this wall. A plateau is not an impossibility.`,
		Predict: &sim.Predict{
			Question: "Adam on the product of four is",
			Options:  []string{"flat for ever", "done later than on the staircase", "done as soon"},
			Answer:   1,
			Because:  "Twice as late, about: a plateau shortened, a ratio left.",
		},
		See:    `The mean square of both.`,
		Proves: []string{"adam", "leap-is-not-all", "growth"},
		Not:    `This proves nothing against the bound, which speaks of clipped, noisy gradients over all points. The law of leaps speaks of very many inputs.`,
	},
	{
		Title:  "Other symmetries",
		Open:   "sphere",
		Text:   `On the sphere it is rotations that a net cannot tell apart, and degree takes the place of the number of coordinates. The sum of all signs modulo eight is reported to be hard, and its alignment is not small: what is left of it at fourteen inputs is nearly the product of all of them.`,
		See:    `Alignment by level: two bars, of degree one and two.`,
		Proves: []string{"s7", "s8", "s8b"},
		Not:    `Alignment alone does not explain hardness under descent on single examples; the paper needs a cryptographic assumption for that.`,
	},
}
