package network

import "thalweg/sim"

var lesson = []sim.Section{
	{Title: "Two numbers under every dot", Open: "slice", Text: `A slice is a sheet laid through parameter space: $\theta=o+s\,e_1+t\,e_2$, two numbers s and t out of 1810. A walk does not live on the sheet. What you see is its shadow: each dot is the nearest point of the sheet, so the colour under it is the loss of the shadow and not the loss of the net.

Guess first. Training started at a loss of 2.52, the loss of guessing. On a random sheet through its end, what is the loss under the start's dot?

About 0.12, the loss of the end: the whole walk, five units long, falls on one dot in the middle of the valley floor. The badge prints both losses and the distance; the halo around the dot is that distance. Where the halo is wide, believe the number and not the colour.

The sheet's two directions are random, and each row of them has been given the length of the net's own row of weights. That makes pictures of two nets comparable. It does not make them complete.`},
	{Title: "A tidy path is no evidence", Open: "random-walk", Text: `The plane that fits a walk best is spanned by its principal axes, and such a picture always looks as if the walk knew where it was going: one smooth curve, most of the spread on one axis.

Guess first. A walker takes a thousand steps in 1810 dimensions, each in a random direction. What share of its spread lies on the first axis?

About 81 percent: $8/\pi^2$ when the spread is measured from the last point, as here, and $6/\pi^2$, or 61 percent, from the mean. Compare a share with these numbers, never with zero. A large share is not wrong; it tells nothing.`},
	{Title: "Flat or sharp? Both, with the same function", Open: "two-weights", Text: `Take two weights in a row. The output is their product, the loss is $\tfrac12(uv-1)^2$. The pairs (1, 1) and (10, 0.1) compute the same function and fit perfectly.

Guess first. Sharpness is the largest curvature. It is 2 at (1, 1). What is it at (10, 0.1)?

It is $u^2+v^2=100.01$. Nothing about the function has changed, only the way it is written. So sharpness alone says little: name the method and compare with its own line. Gradient descent with step size $\eta$ can rest only where sharpness is below $2/\eta$, and at (10, 0.1) that needs a step size below 0.019998.

Exercise: which perfect fits have sharpness 4.25? The pairs (2, 0.5) and (0.5, 2).`},
	{Title: "The edge", Open: "edge-of-stability", Text: `Four walks with four step sizes start in flat ground and climb: their sharpness grows while their loss falls. On a parabola a step size $\eta$ is too long where the sharpness exceeds $2/\eta$, and the walk would leave.

Guess first. What does a net do when it gets there?

It stays. The sharpness hovers at the line, a quarter to a half of the steps go up instead of down, and over a thousand steps the loss still falls. The two shorter step sizes never reach their lines. This is an observation and not a theorem: with cross-entropy, or with relu, the same net need not come to the line at all. For momentum $\mu$ the line is $2(1+\mu)/\eta$.`},
	{Title: "Thrown out of a valley", Open: "catapult", Text: `Here the longer step is too long from the first step on: the first valley is too sharp for it. The loss rises more than a hundredfold within ten steps, and no error stops it. Then the net lands where the valley is flatter, and ends below the short step, which kept to the sharpness it began with.`},
	{Title: "A staircase", Open: "deep-linear", Text: `Take the bends out of the net and let it learn a linear map from tiny weights. The map has four modes, of strengths 4, 2, 1 and 0.5. What does the loss curve look like?

A staircase. Each flat piece is the passage of a saddle, where the modes learned so far are right and the next has not begun to grow. A mode of strength $s$ grows by the factor $(1+\eta s)^2$ a step from a start that the first weights fix, so the step at which it passes half its value can be computed before the run: 90, 177, 314 and 603 for the first seed.`},
	{Title: "The same loss by two roads", Open: "digits", Text: `On the digits, gradient descent and its minibatch version take the same step size and end, step for step, within a thousandth of the same loss. At small steps the noise of a minibatch is not the story; the cost of a step is. One of them looked at all 1438 train rows, the other at 32.

Adam ends below a tenth of their loss. That is a fact about these step sizes and not about the methods: give each its own best one before you compare.`},
	{Title: "What a bend buys", Open: "spirals", Text: `Two spirals cannot be parted by a line, nor by a few. Watch the decision picture while the border winds itself in: Adam and minibatch descent both find it. Set the widths to nothing and the net is linear: its loss is a convex bowl, every method finds the one lowest point, and a third of the points stay on the wrong side. What the bend buys, no method can make up for.`},
	{Title: "A caption that can be checked", Text: `A picture of a loss should say: problem, architecture and seed; which axes, and whether they were normalised; its centre and range; the scale of its heights; the largest gap between the loss on the plane and the true loss; the share of spread on the axes, beside that of a random walk; and how many cells had no finite loss.`},
}
