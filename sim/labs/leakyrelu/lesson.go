package leakyrelu

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "Which fit?",
		Open:  "one-step",
		Text: `A hundred singular values. One step. One left.

What breaks here: "training builds up structure slowly", and "equal training loss, equal network". Of the paper only abstract and introduction were seen; the constants of its theorems are recalled, and these presets are too small for them.`,
	},
	{
		Title:   "One step",
		Open:    "one-step",
		Text:    `Twenty points in ten thousand dimensions are nearly at right angles to each other. At a tiny start all neurons see almost the same gradient, up to sign, so that the first step is a matrix of rank one. Add it to almost nothing, and rank one is what you have.`,
		Formula: `\nabla L\to-\tfrac{1+\gamma}{4n}\,a\otimes\sum_i y_ix_i`,
		Predict: &sim.Predict{
			Question: "The stable rank is 83 at the start. After ONE step from the tiny start it is",
			Options:  []string{"about 80", "about 40", "about 10", "about 1"},
			Answer:   3,
			Because:  "1.01: what is left of the start is noise a hundred times shorter than the step.",
		},
		See:    `The comb between step 0 and step 1: press the right arrow once.`,
		Proves: []string{"one-step", "a6", "a14"},
		Not:    `The activation is smooth. With a kink and a slope of 0.1 it lands at 1.66, because random signs leave two groups of neurons.`,
	},
	{
		Title:   "You can compute the threshold",
		Open:    "preset=one-step&init-scale=0.00008",
		Text:    `The step is $\eta\sigma$ long, the start $\omega\sqrt{md}$. So the collapse ends near the start of scale $\omega^*=\eta\sigma/\sqrt{md}$, about $8\cdot10^{-5}$ here.`,
		Formula: `\mathrm{SR}_1\approx1+\Big(\frac{\omega\sqrt{md}}{\eta\sigma}\Big)^2,\quad\sigma=\tfrac{1+\gamma}{4n}\Big|\sum_iy_ix_i\Big|`,
		Predict: &sim.Predict{
			Question: "With a start of scale 8e-5 the stable rank after one step is",
			Options:  []string{"still 1.01", "about 1.9", "about 20", "83"},
			Answer:   1,
			Because:  "Start and step are about as long: 1 + 0.9. The dashed line says it before the run does.",
		},
		See:    `Stable rank at step 1 against the line "predicted after one step".`,
		Proves: []string{"one-step-law", "a8"},
		Not:    `Derived here, for the smooth activation and the first step. It says nothing about step 1000.`,
	},
	{
		Title: "Same fit, two networks",
		Open:  "glorot-vs-50",
		Text:  `The usual start and one fifty times smaller both fit the labels. Only one of them is simple.`,
		Predict: &sim.Predict{
			Question: "After 1000 steps the two losses differ by a factor of",
			Options:  []string{"about 1", "about 10", "about 1000"},
			Answer:   0,
			Because:  "The loss tells nothing of the rank: both are near 5e-4, with stable ranks of about 81 and 1.3.",
		},
		See:    `The two combs, and the one curve of the loss.`,
		Proves: []string{"glorot-vs-50", "scales"},
		Not:    `The usual start is not frozen: its rank creeps from 83.1 to 81. Only at a scale of 0.5 does nothing move.`,
	},
	{
		Title: "Straight or crooked",
		Open:  "crooked",
		Text:  `Two different neurons always give a straight boundary, in any number of dimensions. A large start keeps all its rows, and its bends.`,
		Predict: &sim.Predict{
			Question: "On fresh points, how often does the net from the large start decide as the line with its mean neuron for a normal?",
			Options:  []string{"always", "about 86 %", "half of the time"},
			Answer:   1,
			Because:  "One point in seven lies between the line and the bends.",
		},
		See:    `The decision plane, and agreement in the table.`,
		Proves: []string{"crooked", "a11", "lazy"},
		Not:    `The agreement of the tiny start is not quite 1: after a thousand plain steps it is close to two rows, not at them.`,
	},
	{
		Title:   "The river's end",
		Open:    "leaky-gf",
		Text:    `Follow gradient flow to the end of time by stretching the clock. The direction of the weights goes to a known matrix of rank two, for which a system of twenty equations is solved.`,
		Formula: `d\tau=L\,dt,\quad\frac{dW}{d\tau}=-\frac{\nabla L}{L}`,
		Predict: &sim.Predict{
			Question: "From rescaled time 1 to 10 the distance from optimality falls by a factor of",
			Options:  []string{"2", "10", "8000"},
			Answer:   1,
			Because:  "The weights grow in proportion to the time, what is off does not: 1/τ.",
		},
		See:    `Distance from KKT against the time, a straight line of slope −1 on two logarithmic axes; the third singular value.`,
		Proves: []string{"leaky-gf", "a12", "a5", "a9", "a10"},
		Not:    `The limit is that of the flow. Plain descent on this loss comes nearer in direction only as the logarithm of the steps: never say that it got there.`,
	},
	{
		Title:  "Fewer points, something to learn",
		Open:   "clusters",
		Text:   `Two clusters in 5000 dimensions. One point, or five, in each step change nothing about the rank; and the straight boundary gets fresh points right, if there is anything to get right.`,
		See:    `Accuracy on fresh points. Set the separation to 0 and play again: all labels are fitted, half of the fresh points are wrong.`,
		Proves: []string{"clusters", "sgd", "paper-scale"},
		Not:    `A simple fit is not a promise of learning: with separation 0 the rank is one as well.`,
	},
	{
		Title: "Where it breaks",
		Open:  "violated",
		Text:  `Forty points in 2000 dimensions are less at right angles: $n\max|x_i\cdot x_j|/\min|x_i|^2$ is near 4 instead of 0.6. The condition of the theory fails. So does its conclusion.`,
		Predict: &sim.Predict{
			Question: "The rank of the flow in the end is",
			Options:  []string{"1", "2", "3 or more"},
			Answer:   2,
			Because:  "Some points change sides at some neurons: the pattern of two rows is not valid.",
		},
		See:    `The third singular value stays near a tenth of the first; the note that the data are not nearly orthogonal.`,
		Proves: []string{"violated"},
		Not:    `The usual presets violate the theorem's large constants too. There the effect is seen, not guaranteed.`,
	},
}
