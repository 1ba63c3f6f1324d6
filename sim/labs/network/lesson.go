package network

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "Two of 1810",
		Open:  "digits",
		Text: `This valley has 1810 dimensions; you are looking at two. Let us find out what the other 1808 are doing.

What breaks here: "flat in the picture means flat", and "this path was drawn on this surface".`,
	},
	{
		Title:   "Two numbers under every dot",
		Open:    "preset=slice&plane=random",
		Text:    `A slice is a sheet laid through parameter space. The trail is projected onto it, but its loss is not: each dot keeps its true loss, and the plane shows another one underneath. The gap is drawn, not hidden.`,
		Formula: `\theta=o+s\,e_1+t\,e_2`,
		Predict: &sim.Predict{
			Question: "The plane is random, filter-normalised, through the end point. At the start of training the true loss and the colour under the dot",
			Options:  []string{"agree", "differ a little", "have nothing to do with each other"},
			Answer:   2,
			Because:  "The loss there is 2.52, that of guessing; the picture says 0.12, which is the loss of the end. The whole walk, five units long, falls on one dot in the middle of the valley floor.",
		},
		See:    `The slice badge, and the dot's halo, which is the distance from the plane: 5.18 at the start. At the centre the two losses are equal; away from it only the badge tells.`,
		Proves: []string{"n13", "l8"},
		Not:    `Each row of a direction has been given the length of its row of weights. That makes pictures of different nets comparable; it does not make them complete.`,
	},
	{
		Title:   "A tidy path is no evidence",
		Open:    "preset=random-walk&plane=pca",
		Text:    `Principal axes of a trajectory always look impressive. A walk with no aim at all, in many dimensions, puts about 81 % of its spread on the first axis when measured from its last point, and 61 % when measured from its mean.`,
		Formula: `\frac{8}{\pi^2}\approx0.81,\qquad\frac{6}{\pi^2}\approx0.61`,
		Predict: &sim.Predict{
			Question: "A thousand random steps in 1810 dimensions. What share of their spread lies on the first axis?",
			Options:  []string{"under 1 %", "about 10 %", "about a third", "more than half"},
			Answer:   3,
			Because:  "Three seeds gave 82, 81 and 79 %. A sum of many small steps wanders slowly, and slow wandering is what a principal axis finds.",
		},
		See:    `The explained-variance badge, and the smooth curve that the random walk draws.`,
		Proves: []string{"n14"},
		Not:    `A large share is not wrong, only uninformative. Compare it with 81 %, never with zero.`,
	},
	{
		Title:   "A saddle in disguise",
		Open:    "preset=saddles&plane=hessian:gd@0",
		Text:    `A random direction feels the average curvature, the trace of the Hessian over the number of parameters. Nine ways down among a hundred ways up average to "up", so a random plane shows a bowl at a saddle.`,
		Formula: `\operatorname{E}\,\frac{v^\top Hv}{v^\top v}=\frac{\operatorname{tr}H}{n}`,
		Predict: &sim.Predict{
			Question: "A net of ten neurons sits in a trap; one neuron is split in two halves. Nine of the 110 curvatures are now negative. A random plane shows",
			Options:  []string{"a saddle", "a bowl", "a flat sheet"},
			Answer:   1,
			Because:  "The lowest curvature is −0.173, and the mean of all is +0.46. Of 2000 random filter-normalised planes that we tried, none showed a way down; the lowest curvature seen in any was above +0.15.",
		},
		See:    `The walk opened here begins beside a saddle: of 96 curvatures 32 lead down, 32 up, and 32 are flat. The Hessian plane at the start, with −4 along one axis and 4 along the other, shows the pass. Then choose the random plane at the same point: the ways up and down cancel, their mean is 0, and next to nothing of either is seen. The bars of the spectrum are the same under both.`,
		Proves: []string{"n18", "l7"},
		Not:    `The Hessian plane is honest at one point only; walk away and it is a slice like any other.`,
	},
	{
		Title: "A table of saddles",
		Open:  "saddles",
		Text: `A picture shows one plane. A search needs none: from many starts it goes to places where the gradient is 0, polishes them with Newton's method, and lists each once with its loss and the number of its ways down. Look for critical points in the Ground panel when the walk has ended.

The net must learn a map of strengths $a_i$ 4, 2, 1 and 0.5. At a saddle some of the four are right and the others are missing altogether.`,
		Formula: `L=\frac12\sum_{i\in M}a_i^2\quad\text{with } M \text{ the missing ones}`,
		Predict: &sim.Predict{
			Question: "Descent passes the losses 2.625, 0.625 and 0.125 on its way down. Which others can the table hold?",
			Options:  []string{"none: descent meets all saddles", "2.125, which descent never comes near", "any loss between 0 and 10.625", "only 0"},
			Answer:   1,
			Because:  "At 2.125 the strengths 4 and 1 are learned, 2 and 0.5 are missing. It is as good a saddle as the others, but the stronger mode always grows first, so no walk from small weights gets there.",
		},
		See:    `The column of losses. Where j modes are learned, the strongest first, and the two layers share the work evenly, the index is (4−j)(8−j): 32, 21, 12, 5, 0. Then let the ways down from a saddle be drawn: each ends at a lower loss.`,
		Proves: []string{"n18", "n9"},
		Not:    `The minima are no separate points: 64 of the 96 curvatures are 0 at each, one valley floor of dimension 64. How often a point was hit says where the starts were, not how large its basin is. And what is no critical point gets no index: on the digits the gradient is still 0.07 long after 260 steps.`,
	},
	{
		Title:   "Flat or sharp? Both, with the same function",
		Open:    "two-weights",
		Text:    `Take two weights in a row: the output is their product, the target 1. The pairs $(1,1)$ and $(10,0.1)$ are the same function and the same perfect fit.`,
		Formula: `L=\tfrac12(uv-1)^2,\qquad\lambda_{\max}=u^2+v^2\ \text{ where }uv=1`,
		Predict: &sim.Predict{
			Question: "Sharpness is 2 at the first pair. At the second it is",
			Options:  []string{"2", "20", "about 100", "undefined"},
			Answer:   2,
			Because:  `$10^2+0.1^2=100.01$. Nothing about the function has changed, only the way it is written.`,
		},
		See:    `The sharpness: descent can rest at the second pair only if $\eta<0.019998$.`,
		Proves: []string{"n15"},
		Not:    `It does not make sharpness useless; it says which method and which parametrisation must be named with it. In scale-invariant nets unnormalised sharpness means nothing.`,
	},
	{
		Title:   "The edge",
		Text:    `On the surface of two weights gradient flow from $(3,0.2)$ comes to rest at sharpness 9.18. Descent cannot rest anywhere sharper than $2/\eta$. Turn up $\eta$ and watch it give up sharp ground.`,
		Formula: `\lambda_{\max}\le\frac{2}{\eta}`,
		Predict: &sim.Predict{
			Question: `For $\eta=0.36$, where $2/\eta=5.56$, descent ends at sharpness`,
			Options:  []string{"9.18", "5.56", "clearly below 5.56", "nowhere"},
			Answer:   2,
			Because:  `It ends at 2.200. Once thrown out it does not stop at the line; where it lands is another matter.`,
		},
		See: `For $\eta=0.15$, 0.21, 0.25, 0.30, 0.36 the end sharpness is 9.144, 8.870, 6.432, 2.973, 2.200, against a line that falls from 13.3 to 5.56.`,
		Not: `For $\eta\ge0.25$ the middle of the run is chaotic: only "at most $2/\eta$, and a perfect fit" is certain. In larger nets the edge is an observation, not a theorem; for Adam the line is about its preconditioned curvature.`,
	},
	{
		Title: "The edge, in a net",
		Open:  "edge-of-stability",
		Text:  `Four walks with four step sizes start in flat ground and climb: their sharpness grows while their loss falls. On a parabola a step size is too long where the sharpness exceeds $2/\eta$, and the walk would leave.`,
		Predict: &sim.Predict{
			Question: "What does a net do when it gets there?",
			Options:  []string{"it diverges", "it turns back to flat ground", "it stays at the line and goes on learning", "it stops"},
			Answer:   2,
			Because:  "The sharpness hovers at the line, a quarter to a half of the steps go up instead of down, and from step 1000 to 3000 the loss still falls to a third.",
		},
		See:    `Sharpness ÷ limit: the two longer step sizes reach 1 and stay; the two shorter ones never reach it. For momentum the line is $2(1+\mu)/\eta$.`,
		Proves: []string{"n4", "n5"},
		Not:    `An observation and not a theorem: with cross-entropy, or with relu, the same net need not come to the line at all.`,
	},
	{
		Title: "Barriers need a second look",
		Text: `Two minima may be joined by a straight line over a hill and by a curve through a pass. Reordering the neurons of one net already changes the straight line and not the function.

Two dimensions first, in the room of the race: on the Müller–Brown surface the Ground panel lays a string of points from one well to another and lets it sink, each point across the string, until it lies along the valley.`,
		Predict: &sim.Predict{
			Question: "With 31 points, then 61: the highest of them equals the true height of the pass",
			Options:  []string{"exactly", "to 1e-3", "only after polishing"},
			Answer:   2,
			Because:  "The highest point stands at −41.338, then at −40.6658; the saddle itself, polished by Newton's method, at −40.664844.",
		},
		Not: `A string finds a pass near where it was laid. Another string may find a lower one.`,
	},
	{
		Title: "Two nets, one valley",
		Open:  "connect",
		Text: `The same rows, the same method, two draws of first weights: two trained nets. On the straight line between them the loss climbs. But the 24 neurons of a layer have no order of their own, and a tanh neuron may change all its signs: one function stands at $24!\cdot2^{24}$ places.

So neurons are paired first, each of the second net with the one of the first that it is most like, and only then is the line drawn. The last path is no line: a curve with one bend $c$, which is itself trained.`,
		Formula: `w(t)=(1-t)^2\,a+2t(1-t)\,c+t^2\,b`,
		Predict: &sim.Predict{
			Question: "On the straight line the barrier is 0.19, with a loss of 0.005 at either end. With the neurons reordered it is",
			Options:  []string{"the same: the function has not changed", "about half", "about an eighth", "0"},
			Answer:   2,
			Because:  "0.023, and 0.020 with signs turned as well. Most of the hill was bookkeeping: two nets with their neurons in another order. On the curve nothing is left: it climbs no higher than its higher end.",
		},
		See:    `The barriers of the four paths. Five seeds gave 0.19 to 0.34 on the straight line, 0.023 to 0.039 reordered, 0.010 to 0.031 turned as well, and 0.0000 on the curve. The count of neurons that were moved and turned belongs to the picture.`,
		Proves: []string{"n10", "n3", "n17"},
		Not:    `"The minima are connected" is claimed only for the path shown, after aligning neurons, at 61 places, on the train rows. Two small nets on two moons can keep a low hill even on their curve, and with two hidden layers the pairing can fail and make things worse.`,
	},
	{
		Title: "Exercise",
		Open:  "two-weights",
		Text:  `On the curve $uv=1$, find the perfect fit with sharpness 4.25.`,
		Predict: &sim.Predict{
			Question: "It is",
			Options:  []string{"$(4,0.25)$", "$(2,0.5)$ or $(0.5,2)$", "$(2.06,0.485)$", "there is none"},
			Answer:   1,
			Because:  `$u^2+v^2=4.25$ with $uv=1$: $2^2+0.5^2$.`,
		},
		Proves: []string{"n15"},
	},
	{
		Title: "In 90 seconds",
		Open:  "preset=random-walk&plane=pca",
		Text: `Show the plane of principal axes of a real run: a lovely curve, a high share. Switch to the random walk: a lovelier curve, a higher share.

"Now you know why we print the badge."`,
	},
	{
		Title: "For a researcher",
		Text:  `Give a number for "how misleading is this slice" that is 0 for a quadratic seen along its eigenvectors and cannot be lowered by choosing the axis range.`,
	},
	{
		Title: "Words",
		Text: `Slice: loss restricted to a plane.

Filter normalisation: direction rows scaled to weight rows.

Hessian index: number of downhill curvatures; nullity: of flat ones.

Barrier: highest loss on a path minus its ends.

Alignment: putting the neurons of one net into the order, and the signs, of another; it changes no output.

Edge of stability: sharpness hovering near $2/\eta$.`,
	},
	{
		Title:  "Thrown out of a valley",
		Open:   "catapult",
		Text:   `Here the longer step is too long from the first step on: the first valley is too sharp for it. The loss rises more than a hundredfold within ten steps, and no error stops it. Then the net lands where the valley is flatter, and ends below the short step, which kept to the sharpness it began with.`,
		Proves: []string{"n6"},
		Not:    `A tanh net of the same width comes back from a step that is a little too long, and diverges from a longer one.`,
	},
	{
		Title:   "A staircase",
		Open:    "deep-linear",
		Text:    `Take the bends out of the net and let it learn a linear map from tiny weights. The map has four modes, of strengths $a_i$ 4, 2, 1 and 0.5.`,
		Formula: `k_i=\frac{\ln\bigl(a_i/|c_i|^2\bigr)}{2\ln(1+\eta\,a_i)}`,
		Predict: &sim.Predict{
			Question: "What does the loss curve look like?",
			Options:  []string{"a straight line", "a staircase", "one steep fall", "noise"},
			Answer:   1,
			Because:  "Each flat piece is the passage of a saddle, where the modes learned so far are right and the next has not begun to grow.",
		},
		See:    `A mode grows by the factor $(1+\eta a_i)^2$ a step from a start $c_i$ that the first weights fix, so the step at which it passes half its strength is known before the run: 90, 177, 314 and 603 for the first seed.`,
		Proves: []string{"n8", "n9", "n8-order"},
		Not:    `Valid for tiny first weights, two layers and inputs without correlations. With a third layer the order stays and the flat pieces grow longer; we print no prediction for them.`,
	},
	{
		Title: "Small batches, flat ground",
		Open:  "sharp-and-flat",
		Text:  `Two walks of equal step size and equally many steps; one looks at 8 rows a step, the other at 256. The train loss ends alike. The ground under them does not: the noise of a small batch throws a walk out of places that are too sharp.`,
		Predict: &sim.Predict{
			Question: "The net of the small batches stands on flatter ground. Its loss on held-out rows is",
			Options:  []string{"lower", "the same", "higher"},
			Answer:   2,
			Because:  "Over five seeds it was 0.127 to 0.241 against 0.083 to 0.176. Flat is a fact about the ground; that flat nets do better on new rows is a hope, and here it fails.",
		},
		See:    `Largest curvature and trace at the end: those of the large batches are 1.6 to 3.3 times those of the small ones.`,
		Proves: []string{"n7"},
		Not:    `A large step size is needed: at 0.1 the ratios are 1.1. And with cross-entropy all curvatures shrink with the loss, so compare at equal loss only.`,
	},
	{
		Title: "Nine that stand apart",
		Open:  "spectrum",
		Text:  `Of the 1810 curvatures of a net early in training a few stand far above a crowd near 0. Look for the widest gap among the largest.`,
		Predict: &sim.Predict{
			Question: "The net tells ten digits apart. How many curvatures stand above the gap?",
			Options:  []string{"1", "9", "10", "24"},
			Answer:   1,
			Because:  "One less than the classes, the number of ways in which ten outputs can differ. The nine hold more than half of all curvature there is.",
		},
		See:    `The spectrum, and the ratio of curvature nine to curvature ten. Then the same net with each input scaled: no gap at nine, and the nine hold an eighth.`,
		Proves: []string{"n11", "n11-standardized"},
		Not:    `A tendency of this preset: nine of twelve seeds, raw pixels, early. Not at the start, not at step 2000, not for three or five blobs.`,
	},
	{
		Title: "Wider, worse, better",
		Open:  "width",
		Text:  `A fifth of the 200 train labels is drawn anew. Six neurons cannot learn such rows by heart, 32 just can, 200 can in a great many ways.`,
		Predict: &sim.Predict{
			Question: "Which net has the highest test loss?",
			Options:  []string{"6 neurons", "32 neurons", "200 neurons"},
			Answer:   1,
			Because:  "The median over five seeds is 0.47, then 1.21, then 0.44. Where a net can only just fit everything, it has to bend hardest to do so; with room to spare it need not.",
		},
		See:    `Train loss and test loss side by side: of the two nets whose train loss comes near 0, the one without room to spare pays for it.`,
		Proves: []string{"n12"},
		Not:    `Stop early, at the best test loss along the run, and the peak is gone at every width. With clean labels it is only a bump.`,
	},
	{
		Title: "Turn the ground itself",
		Open:  "moons",
		Text: `A step size changes the walk. Weight decay in the loss changes the ground: each point of parameter space gets another height. Let the walks go to step 150, then set the weight decay to 0.01.

All losses jump at once, though no walk has moved. A mark in the curves says where one ground ends and the other begins, and the picture shows the new one.`,
		Formula: `L(\theta)\leftarrow L(\theta)+\tfrac12\,l_2\,|\theta|^2`,
		See:     `The test loss, which has no such term: it goes on without a jump.`,
		Not:     `Left and right of the mark the losses are those of two grounds. Comparing them says nothing about the methods.`,
	},
	{
		Title: "The same loss by two roads",
		Open:  "digits",
		Text: `On the digits, descent on all rows and its minibatch version take the same step size and end within a thousandth of the same loss. At small steps the noise of a minibatch is not the story; the cost of a step is. One of them looked at all 1438 train rows, the other at 32.

Adam ends below a tenth of their loss.`,
		Proves: []string{"n16-digits"},
		Not:    `That is a fact about these step sizes and not about the methods: give each its own best one before you compare.`,
	},
	{
		Title:  "What a bend buys",
		Open:   "spirals",
		Text:   `Two spirals cannot be parted by a line, nor by a few. Watch the decision picture while the border winds itself in: Adam and minibatch descent both find it. Set the widths to nothing and the net is linear: its loss is a convex bowl, every method finds the one lowest point, and a third of the points stay on the wrong side.`,
		Proves: []string{"n16-spirals"},
		Not:    `What the bend buys, no method can make up for; which bend needs fewer steps is another question.`,
	},
	{
		Title: "How to read a loss landscape honestly",
		Text: `A landscape picture is $L$ on a sheet of paper: $\theta=o+s\,e_1+t\,e_2$, two numbers out of hundreds or millions. Before you look at the colours, read four things: the axes (random, PCA, Hessian, three points; normalised or not), the centre, the gap between plane loss and true loss, the height scale. If a figure does not say, it cannot be judged; ours says, on every slice.

Projection error. A trajectory does not live on the sheet. Its dot is the nearest point, its true loss belongs elsewhere. The distance is drawn as a halo and both losses are printed; amber means: believe the number, not the colour.

Explained variance. "PC1 = 80 %" sounds like knowledge. A walk without aim in many dimensions reaches $8/\pi^2\approx81\,\%$ about its last point and $6/\pi^2\approx61\,\%$ about its mean. Compare with that, not with zero.

The centre flatters. A sheet through one method's end makes another's better minimum look worse, because it is off the sheet. For two ends use the three-point plane, and write which three.`,
	},
	{
		Title: "Honest reading: what lengths and heights mean",
		Text: `Filter normalisation. A ReLU net can halve one layer and double the next without changing its function, so raw distances in weight space mean little. Scaling each direction row to the norm of its weight row makes two pictures comparable. It does not make directions important, and biases get direction 0.

Flat and sharp. Sharpness is a fact about a parametrisation: $(1,1)$ and $(10,0.1)$ compute the same function with sharpness 2 and 100.01. Name the method and compare with its own line, $2/\eta$ or $2(1+\mu)/\eta$.

Heights. Colour and contours show the height on a logarithmic scale. That opens up the valley floor and squashes the peaks; $L_{\min}$ and $\varepsilon$ belong to this picture, so the same colour in two pictures is not the same loss. Vertical exaggeration is printed.`,
		Formula: `\log_{10}(L-L_{\min}+\varepsilon)`,
		Proves:  []string{"l8", "n15"},
	},
	{
		Title: "Honest reading: what two dimensions hide",
		Text: `Saddles: random directions feel $\operatorname{tr}H/n$, so a few ways down vanish; none of 2000 random planes showed any of nine.

Passes: a wall here may have a way round in dimension three.

Turns: a winding path can look straight, a straight one cannot look winding.

Copies: every net with $k$ interchangeable neurons has $k!$ twins; two ends may be one.

Estimates have error bars. Ten probes gave 0.886 of a known trace in our reference; one Lanczos start never tells multiplicity. A highest image on a path is not the pass: −41.338, then −40.6658, then the polished −40.664844.

Holes stay holes. Cells without a finite loss are hatched and counted, kinks are not smoothed, a curvature taken by differences says "FD". One fixed batch serves the whole grid.`,
	},
	{
		Title: "A caption that can be checked",
		Text:  `Lab, preset, seed, version. Axes and normalisation. Centre. Range. Height scale. Largest gap between plane and true loss. Share explained, and the random-walk value beside it. Number of holes.`,
	},
}
