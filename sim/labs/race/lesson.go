package race

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "Which number decided?",
		Open:  "valley",
		Text: `Four honest walkers leave the same point, and the winner is decided by a number you chose before the start.

"Adam is faster than gradient descent", or the reverse, breaks here. A race without its step sizes is not a statement.`,
	},
	{
		Title: "The speed limit of a bowl",
		Open:  "edge",
		Text: `Each step multiplies the error along a direction of curvature $\lambda$ by $1-\eta\lambda$. Below $\eta=2/\lambda$ the walker settles, at it the walker swings for ever, above it every swing is longer. The steepest direction alone sets the limit.

Here the curvatures are 1, 3 and 10, and three walks differ in their step size alone: 0.19, 0.20 and 0.21.`,
		Formula: `w_{k+1}=(1-\eta\lambda)\,w_k`,
		Predict: &sim.Predict{
			Question: `At $\eta=0.20$ the steep coordinate`,
			Options:  []string{"shrinks slowly", "keeps its size for ever", "explodes", "converges in one step"},
			Answer:   1,
			Because:  `$1-0.2\cdot10=-1$: each step turns it round and leaves its size alone.`,
		},
		See:    `Sharpness ÷ limit stands at 0.95, 1 and 1.05. The steep coordinate decays like $0.9^k$ at 0.19, swings without end at 0.20, and grows by 1.1 a step at 0.21.`,
		Proves: []string{"l10", "c6"},
		Not:    `An exact law on a quadratic only. Far from a minimum, or where curvature changes along the way, crossing $2/\eta$ may be survived.`,
	},
	{
		Title:   "Memory smooths a ravine",
		Open:    "preset=valley&methods=gd:step-size=0.001;momentum:step-size=0.001",
		Text:    `At its minimum, Rosenbrock's valley has curvatures 0.40 and 1001.6, a ratio of 2508. Descent zigzags across and crawls along; momentum cancels the zigzag and adds up the crawl.`,
		Formula: `b\leftarrow\mu b+g,\qquad w\leftarrow w-\eta b`,
		Predict: &sim.Predict{
			Question: `Both walk with $\eta=10^{-3}$. After 2000 steps the loss of descent is`,
			Options:  []string{"below $10^{-6}$", "about 0.2", "above 5", "diverged"},
			Answer:   1,
			Because:  `It is 0.195: the floor of the valley is 2508 times flatter than its walls, and the walls allow no longer step than $2/1001.6$.`,
		},
		See:    `The loss, on a logarithmic axis: momentum passes 0.01 at step 416 and ends at $1.4\times10^{-8}$; descent ends at 0.195.`,
		Proves: []string{"r2"},
		Not:    `Equal $\eta$ is not equal speed. Momentum 0.9 moves about ten times as far per unit of $\eta$, so part of this win is only a longer step; the next step makes it fair.`,
	},
	{
		Title:   "The same race, a different winner",
		Open:    "valley",
		Text:    `Adam divides each coordinate of the slope by its recent size, so its step is about $\eta$ whatever the slope. Its $\eta$ and that of descent are different quantities that share a letter.`,
		Formula: `w\leftarrow w-\eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}`,
		Predict: &sim.Predict{
			Question: `At $\eta=10^{-3}$ for all three, Adam comes`,
			Options:  []string{"first", "second", "last"},
			Answer:   2,
			Because:  `Two thousand steps of length 0.001 lead no farther than 2. And with everyone's best rate? Then it comes first.`,
		},
		See:    `At $10^{-3}$ Adam is last, at a loss of 5.23. At the best step sizes on a grid of 1-2-3-5-7 in each decade from $10^{-5}$ to 7: Adam $10^{-26}$ ($\eta=0.2$), momentum $10^{-17}$ (0.002), Nesterov $6\times10^{-9}$ (0.001), descent $4.6\times10^{-5}$ (0.002).`,
		Proves: []string{"r2"},
		Not:    `Nothing general, on purpose. One surface, one start, one budget; a best rate found by a search is itself paid for in runs, here thirty a method. Nor is longer always better for descent: from $(-1.2,1)$ it ends after 2000 steps at 0.078 with 0.001, at 0.0087 with 0.002, at 0.74 with 0.0025.`,
	},
	{
		Title:  "The same race, each at its best",
		Open:   "preset=valley&methods=gd:step-size=0.002;momentum:step-size=0.002;nesterov:step-size=0.001;adam:step-size=0.2",
		Text:   `No method has been changed, only one number of each. The order of the race has turned round.`,
		Proves: []string{"r2"},
		Not:    `These four numbers were chosen by looking at the end of 120 races like this one.`,
	},
	{
		Title:   "The step size decides which minima exist",
		Open:    "four-minima",
		Text:    `Himmelblau's surface has four minima, all of height 0. Each has its own limit $2/\lambda_{\max}$: 0.0243, 0.0248, 0.0149, 0.0190. Above its limit a minimum can no longer hold the walker.`,
		Formula: `\eta<\frac{2}{\lambda_{\max}}`,
		Predict: &sim.Predict{
			Question: `From $(-1,-1)$ with 0.0149, then 0.0150. One ten-thousandth more, and the end is`,
			Options:  []string{"the same", "a flicker between two points", "another minimum", "infinity"},
			Answer:   1,
			Because:  `The limit of the minimum at $(-3.779,-3.283)$ is 0.014949. Above it that minimum cannot hold the walk, but the walls around it still do.`,
		},
		See:    `The map at $(-3.779,-3.283)$: with 0.0149 the walk settles; with 0.0150 it flips for ever between two points, with losses of 1.09 and 1.16. From $(0,-2)$ the same at 0.0189 against 0.0191.`,
		Proves: []string{"r3", "l1"},
		Not:    `This says where descent cannot stay, not where it will go; "large steps find flat minima" is a tendency, not a theorem.`,
	},
	{
		Title: "Turn the map",
		Open:  "twist",
		Text: `Descent and momentum do not know which way north is: rotate the landscape and the whole path rotates. Adam works coordinate by coordinate, so it does know.

A bowl with curvatures 1 and 100 from $(1,1)$, then bowl and start turned by 45°.`,
		Predict: &sim.Predict{
			Question: "Whose loss curve changes?",
			Options:  []string{"both", "that of descent", "Adam's", "neither"},
			Answer:   2,
			Because:  "The length and the direction of a gradient turn with the map; its coordinates, which Adam divides one by one, do not.",
		},
		See:    `The two loss curves of each: descent's agree to $10^{-15}$; Adam ends at $4\times10^{-8}$ straight and at 0.16 turned.`,
		Proves: []string{"r1"},
		Not:    `Not a fault of Adam. It does commute with relabelling and sign flips; and real networks have special axes, which is one reason why Adam can still be the right tool.`,
	},
	{
		Title:   "Nesterov's quiet cost",
		Open:    "limits",
		Text:    `Looking ahead sounds safer than momentum. On one quadratic direction the limits are $2/\lambda$ for descent, $2(1+\mu)/\lambda$ for the heavy ball, and for Nesterov, in the form of the common libraries, the last one below.`,
		Formula: `\eta<\frac{2}{\lambda},\qquad\eta<\frac{2(1+\mu)}{\lambda},\qquad\eta<\frac{2(1+\mu)}{(1+2\mu)\,\lambda}`,
		Predict: &sim.Predict{
			Question: `$\lambda=1$, $\mu=0.9$, three methods, $\eta=1.5$. Who diverges?`,
			Options:  []string{"nobody", "the heavy ball", "Nesterov", "descent"},
			Answer:   2,
			Because:  `The limits are 2, 3.8 and 1.357.`,
		},
		See:    `Sharpness ÷ limit: 0.75 for descent, 0.39 for momentum, 1.11 for Nesterov, which alone leaves the plot.`,
		Proves: []string{"r4"},
		Not:    `A limit is not a speed; below it Nesterov is often the faster one.`,
	},
	{
		Title: "Exercise",
		Open:  "preset=valley&methods=adam:step-size=0.05",
		Text:  `Adam from $(-1.5,2)$ on Rosenbrock's valley, $\eta=0.05$: where is it after one step? The gradient there is $(-155,-50)$.`,
		Predict: &sim.Predict{
			Question: "After one step Adam is at",
			Options:  []string{"$(-1.55,1.95)$", "$(-1.45,2.05)$", "$(6.25,4.5)$", "$(-1.45,2.016)$"},
			Answer:   1,
			Because:  `The first step is $\eta$ times the sign of the slope, in each coordinate.`,
		},
		Proves: []string{"r6"},
	},
	{
		Title: "In 90 seconds",
		Open:  "valley",
		Text: `Play this preset with descent and momentum: momentum wins. Add Adam at the same number: it is last. Give each its best number: it is first.

"I changed no method. I changed one number each. So please ask every speaker today for theirs."`,
	},
	{
		Title: "For a researcher",
		Text:  `Design a race whose ranking survives a change of start, budget and coordinate system. Which of these did published rankings fix?`,
	},
	{
		Title: "Words",
		Text: `Step size: how far per unit of slope.

Momentum: memory of past slopes.

Condition number: steepest curvature over flattest.

Basin: all starts that end in one place.

Sharpness: largest curvature here.`,
	},
	{
		Title:  "A thousand starts",
		Open:   "swarm",
		Text:   `Cover the domain with a grid of starts and colour each by the minimum it reaches: basins appear. On Himmelblau's surface the four minima hold 241, 267, 261 and 255 of 1024 starts. On the six-hump camel 46 % of the starts miss the two best minima.`,
		See:    `The basins, and the share of starts in each minimum.`,
		Proves: []string{"r12"},
		Not:    `A probability of nothing else. The shares depend on box, grid and step size.`,
	},
	{
		Title: "The nearest well",
		Open:  "many-wells",
		Text: `On Rastrigin's function descent, momentum and Adam all end in the well they start above, with loss 24.87, though 0 is to be had. Who samples wide may see farther.

A plateau is the opposite trap: on Easom's function, or Michalewicz's from its usual start, a walk that does not move has not converged. And where a surface has no floor, as McCormick's function, the monkey saddle and the hyperbolic one, falling for ever is the right answer.`,
		Proves: []string{"r14"},
		Not:    `What CMA-ES finds here depends on its samples; no claim is made about it.`,
	},
	{
		Title:   "Leaving a saddle",
		Open:    "saddle",
		Text:    `Beside a saddle a walk is thrown out exponentially: starting ten thousand times closer to the ridge costs descent only some fifty steps more.`,
		Formula: `\frac{\ln 10^4}{\ln(1+4\eta)}=50.5\quad\text{at }\eta=0.05`,
		See:     `Descent has left at step 23, momentum and Adam at 11. From $-10^{-6}$ it is 73, 34 and 11.`,
		Proves:  []string{"r10"},
		Not:     `On the ridge itself no gradient points off it, and only noise, of whatever size, leaves, to either side.`,
	},
	{
		Title:   "Tuned for a ravine",
		Open:    "stiff",
		Text:    `On curvatures 1 and 100 the best descent contracts by 99/101 a step, the best heavy ball by 9/11: 81 steps to a loss of $10^{-8}$, where descent needs several hundred. On Powell's badly scaled function the ratio is $7\times10^{17}$ and no single step size serves.`,
		Formula: `\frac{\kappa-1}{\kappa+1}\quad\text{against}\quad\frac{\sqrt\kappa-1}{\sqrt\kappa+1}`,
		Proves:  []string{"r7"},
		Not:     `Tuning knew both curvatures; nobody tells you those of your problem.`,
	},
	{
		Title:   "The river beneath the stones",
		Open:    "flow",
		Text:    `Gradient flow is descent with steps of length zero. At equal times the gap between them halves with the step size; to the flow below it falls by four. Descent of finite steps is thus close to a flow that also dislikes steep places.`,
		Formula: `\dot w=-\nabla\Bigl(F+\frac{\eta}{4}\,|\nabla F|^2\Bigr)`,
		Proves:  []string{"r11", "c2", "c3"},
		Not:     `The absolute value has no such limit: descent with a fixed step ends up to one step away from its kink, never at it.`,
	},
	{
		Title:   "What flow keeps",
		Open:    "balance",
		Text:    `On $\tfrac12(xy-1)^2$, the smallest deep linear net, every point of the curve $xy=1$ is a minimum. Flow keeps $x^2-y^2$, so the start chooses the point, and with it the sharpness.`,
		Formula: `\lambda_{\max}=\sqrt{(x_0^2-y_0^2)^2+4}`,
		Proves:  []string{"c8", "r8"},
		Not:     `Descent with a finite step does not keep it: from $(3,0.2)$ flow ends at sharpness 9.18, descent with $\eta=0.36$ at 2.20.`,
	},
	{
		Title:   "Heat and noise",
		Open:    "escape",
		Text:    `Langevin steps add noise of a temperature. Cold, they stay in the well of their start as descent does; at 30 they cross the pass of the Müller-Brown surface within a few thousand steps.`,
		Formula: `w\leftarrow w-\eta g+\sqrt{2\eta T}\,z`,
		Proves:  []string{"r9"},
		Not:     `When a walk crosses is chance: judge it on many seeds.`,
	},
	{
		Title:   "The floor under noisy descent",
		Open:    "noise-floor",
		Text:    `With noise $\sigma$ in each gradient the loss does not fall to zero but hovers at a level that the step size sets.`,
		Formula: `\bar F=\sum_i\frac{\eta\sigma^2}{2(2-\eta\lambda_i)}`,
		Proves:  []string{"r5"},
		Not:     `Noise in proportion to the slope vanishes at a minimum, and yet means deceive: with $\sigma=1$, $\lambda=1$ and $\eta=1.1$ the mean square grows by 1.22 a step while a typical walk shrinks; rare walks carry the mean.`,
	},
	{
		Title:  "A surface of your own",
		Open:   "formula",
		Text:   `Type a formula of x and y. It is differentiated exactly, to second order. Every other letter becomes a control.`,
		Proves: []string{"r13"},
		Not:    `Where it has no finite value the picture has a hole, and a walk that steps there ends at its last good point.`,
	},
	{
		Title: "A first visit in six steps",
		Open:  "valley",
		Text: `1. Drop a marble. Click anywhere on the surface. That point is a pair of numbers; the height is the loss. Press space.

2. Two walkers, one start. Turn on momentum beside gradient descent. Same start, same slope, different memory. Which one reaches the floor first?

3. Too bold. Drag the step size up until one trail breaks. "Diverged at step k" is a result, not an accident: the step was longer than the valley is kind.

4. Go back in time. Scrub to before the break, halve the step, press Fork. Both futures stay on screen; the common past is drawn once.

5. Do not trust the picture yet. Look at the slice badge: plane loss, true loss, distance from the plane. In two dimensions they agree. In the network lab they will not.

6. Take it with you. Copy the link or export. The figure carries its recipe; dropping it on a page brings this very run back.`,
	},
}
