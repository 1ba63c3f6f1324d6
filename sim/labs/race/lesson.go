package race

import "thalweg/sim"

// lesson is read beside the presets. Each section ends with what it does not prove.
var lesson = []sim.Section{
	{Title: "First visit: six things to do", Open: "valley", Text: "Click anywhere on the surface: that point is a pair of numbers, the height is the loss; press space and a marble rolls. " +
		"Turn on momentum beside gradient descent: same start, same slope, different memory. " +
		"Drag the step size up until a trail breaks: \"diverged at step k\" is a result, the step was longer than the valley is kind. " +
		"Scrub to before the break, halve the step size and fork: both futures stay on screen, their common past is drawn once. " +
		"Look at the badge of the slice: in two dimensions nothing is hidden, in the network lab nearly everything is. " +
		"Copy the link or export: the figure carries its recipe."},
	{Title: "The speed limit of a bowl", Open: "edge", Text: "Along a direction of curvature λ each step multiplies the error by 1 - ηλ. Below η = 2/λ the walk settles, at it it swings for ever, above it every swing is longer; the steepest direction alone sets the limit. " +
		"Predict before you play: curvatures 1, 3 and 10, step size 0.2. Does the steep coordinate shrink slowly, keep its size, or explode? " +
		"What this is not: a law away from quadratics. Where curvature changes along the way, a walk may cross 2/η and survive."},
	{Title: "Memory smooths a ravine", Open: "valley", Text: "At its minimum Rosenbrock's valley has curvatures 0.40 and 1001.6, a ratio of 2508. Descent zigzags across and crawls along; momentum cancels the zigzag and adds up the crawl. It is below 0.01 at step 416 and ends at 1.4e-8, descent at 0.195. " +
		"What this is not: a fair race. Momentum 0.9 moves up to ten times as far per unit of step size, so part of its win at equal numbers is only a longer step."},
	{Title: "The same race, another winner", Open: "valley", Text: "Adam divides each coordinate of the slope by its recent size, so its step is about its step size whatever the slope: its number and that of descent are different quantities that share a letter. At 0.001 for all Adam is last, at 5.2. " +
		"Give each the best of one printed grid, 1-2-3-5-7 in each decade from 1e-5 to 7, thirty runs a method, and the order turns round: Adam 8e-27 at 0.2, momentum 1e-17 at 0.002, Nesterov 6e-9 at 0.001, descent 5e-5 at 0.002. " +
		"What this is not: a ranking. One surface, one start, one budget; and a best rate found by search is itself paid for in runs. Nor is longer always better for descent: from -1.2, 1 it ends after 2000 steps at 0.078 with 0.001, at 0.0087 with 0.002, at 0.74 with 0.0025."},
	{Title: "The step size decides which minima exist", Open: "four-minima", Text: "Himmelblau's surface has four minima of height 0, each with its own limit 2/λ_max: 0.0243, 0.0248, 0.0149, 0.0190. From -1, -1 descent settles with 0.0149; with 0.0150 it flickers between two points for ever. " +
		"What this is not: a forecast. The limit says where descent cannot stay, not where it will go; \"large steps find flat minima\" is a tendency."},
	{Title: "A thousand starts", Open: "swarm", Text: "Cover the domain with a grid of starts and colour each by the minimum it reaches: basins appear. On the six-hump camel 46 % of the starts miss the two best minima. " +
		"What this is not: a probability of anything. The shares depend on box, grid and step size."},
	{Title: "The nearest well", Open: "many-wells", Text: "On Rastrigin's function descent, momentum and Adam all end in the well they start above, with loss 24.87, though 0 is to be had. A plateau is the opposite trap: on Easom's function, or Michalewicz's from its usual start, a walk that does not move has not converged. " +
		"And where a surface has no floor, as McCormick's function, the monkey saddle and the hyperbolic one, falling for ever is the right answer."},
	{Title: "Leaving a saddle", Open: "saddle", Text: "Beside a saddle a walk is thrown out exponentially: starting ten thousand times closer to the ridge costs descent only ln 10⁴ / ln(1 + 4η), some fifty steps. On the ridge itself no gradient points off it, and only noise, of whatever size, leaves - to either side."},
	{Title: "Turn the map", Open: "twist", Text: "Descent and momentum do not know which way north is: rotate ground and start, and the whole path rotates. Adam works coordinate by coordinate, so it does know: it ends at 4e-8 straight and at 0.16 turned by 45°. " +
		"What this is not: a fault of Adam. It does commute with relabelling and sign flips, and real networks have special axes."},
	{Title: "Nesterov's quiet cost", Open: "limits", Text: "On one curvature λ the limits are 2/λ for descent, 2(1+μ)/λ for the heavy ball and 2(1+μ)/((1+2μ)λ) for Nesterov in the form of the common libraries. With λ = 1, μ = 0.9 and step size 1.5, who diverges? " +
		"What this is not: a speed. Below its limit Nesterov is often the faster one."},
	{Title: "Tuned for a ravine", Open: "stiff", Text: "On curvatures 1 and 100 the best descent contracts by 99/101 a step, the best heavy ball by 9/11: 81 steps to a loss of 1e-8, where descent needs several hundred. On Powell's badly scaled function the ratio is 7e17 and no single step size serves. Tuning knew both curvatures; nobody tells you those of your problem."},
	{Title: "The river beneath the stones", Open: "flow", Text: "Gradient flow is descent with steps of length zero. At equal times the gap between them halves with the step size; to the flow of F + (η/4)|∇F|² it falls by four. Descent of finite steps is thus close to a flow that also dislikes steep places. The absolute value has no such limit: descent with a fixed step ends up to one step away from its kink, never at it."},
	{Title: "What flow keeps", Open: "balance", Text: "On (xy - 1)²/2, the smallest deep linear net, every point of the curve xy = 1 is a minimum. Flow keeps x² - y², so the start chooses the point, and with it the sharpness √((x₀² - y₀²)² + 4). Descent with a finite step does not keep it."},
	{Title: "Heat and noise", Open: "escape", Text: "Langevin steps add noise of a temperature. Cold, they stay in the well of their start as descent does; at 30 they cross the pass of the Müller-Brown surface within a few thousand steps."},
	{Title: "The floor under noisy descent", Open: "noise-floor", Text: "With noise σ in each gradient the loss falls only to Σ ησ²/(2(2 - ηλ)). Noise in proportion to the slope vanishes at a minimum, and yet means deceive: with σ = 1, λ = 1 and η = 1.1 the mean square grows by 1.22 a step while a typical walk shrinks; rare walks carry the mean."},
	{Title: "A surface of your own", Open: "formula", Text: "Type a formula of x and y. It is differentiated exactly, to second order; where it has no finite value the picture has a hole, and a walk that steps there ends at its last good point. " +
		"Exercise: where is Adam after its first step from -1.5, 2 on Rosenbrock's valley with step size 0.05? The gradient there is -155, -50."},
}
