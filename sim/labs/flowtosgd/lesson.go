package flowtosgd

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "The river and the stone",
		Open:  "b1",
		Text: `The stepping walker leaves the river, ends on the other bank, and still gets down. If the path does not carry the promise, what does?

What breaks here: "SGD works because it stays close to gradient flow". Only the abstract of the paper was read; what is marked as reconstructed stays reconstructed, and all facts are derived or computed here.`,
	},
	{
		Title:   "A second height",
		Open:    "b2",
		Text:    `Let the river run from $w$ and add up the loss it meets: that is the potential. Along the flow it falls at a rate of exactly $F$. So the flow obeys a bound: a potential is a clock.`,
		Formula: `\Phi(w)=\int_0^\infty F(w(t))\,dt,\qquad F(w(t))\le\frac{\Phi(w_0)}{t}`,
		Predict: &sim.Predict{
			Question: "The sum of step size times loss, against the potential at the start, as the step size halves: the gap",
			Options:  []string{"stays", "halves", "quarters", "vanishes at once"},
			Answer:   1,
			Because:  "The gaps are 0.0394, 0.0197, 0.0098 and 0.0049. They are the second-order price of each step, added up.",
		},
		See:    `The two surfaces, and the band between the potential and what is left to pay.`,
		Proves: []string{"b2", "f13", "f32", "exceeds"},
		Not:    `For SGD the potential falls in expectation and up to a second-order term, never "at every step". And for Adam it is no certificate at all.`,
	},
	{
		Title: "Two sides of a saddle",
		Open:  "b1",
		Text:  `Flow from a point a hair to the right of the saddle's line goes right. Noisy steps forget the hair.`,
		Predict: &sim.Predict{
			Question: "Ten dimensions, forty seeds. SGD ends at the other solution in",
			Options:  []string{"no run", "one in ten", "about half", "all"},
			Answer:   2,
			Because:  "The noise of the first steps is larger than the hair. The median loss falls below 1e-8 all the same, on both sides.",
		},
		See:    `The fan of trails splits; the distance from the flow stays above 1 while the loss goes to 0.`,
		Proves: []string{"b1", "f6", "wall"},
		Not:    `Loss and path are different promises. At the saddle's line the potential is infinite: the certificate is local, though SGD still passes.`,
	},
	{
		Title:   "No step works",
		Open:    "b4",
		Text:    `Below the power 2 the flow does not merely converge, it arrives, at time 2. Descent with a fixed step never does: it ends in a cycle of two points.`,
		Formula: `|w|=\left(\frac{\eta}{2}\right)^2`,
		Predict: &sim.Predict{
			Question: "With a step size five times smaller the final size of w is smaller by a factor of",
			Options:  []string{"0, it is the same", "5", "25", "125"},
			Answer:   2,
			Because:  "0.0025 for η = 0.1, 0.0001 for 0.02: the square of the factor.",
		},
		See:    `Two flat curves, and that of the flow ending at time 2.`,
		Proves: []string{"b4", "f19", "f20"},
		Not:    `A shrinking step cures it; the statement is about every fixed step.`,
	},
	{
		Title:   "Too far out",
		Open:    "b5",
		Text:    `For the power 4 each start has its own speed limit. One per cent inside it a long walk home. One per cent outside: gone.`,
		Formula: `\eta\,w_0^2<2`,
		Predict: &sim.Predict{
			Question: "One per cent outside the limit descent",
			Options:  []string{"cycles", "drifts off slowly", "overflows within ten steps"},
			Answer:   2,
			Because:  "Each overshoot is larger than the last by a factor that itself grows: 1e50 is passed within eight steps.",
		},
		See:    `487 steps to |w| ≤ 0.1. Then set the start to 4.5169 and look again.`,
		Proves: []string{"b5", "f21", "f29"},
		Not:    `This is why "L-smooth" stands in textbooks. It is no flaw of descent, but of promising one step size for all starts.`,
	},
	{
		Title:   "The noise chooses",
		Open:    "b7",
		Text:    `On the product all points with $uv=1$ are perfect. Each step with error $e$ shrinks the imbalance $c=u^2-v^2$. Noise that dies at the solution lets $c$ survive; noise that stays alive wears it away.`,
		Formula: `c^+=c\,(1-\eta^2e^2)`,
		Predict: &sim.Predict{
			Question: "The balance starts at 8.96. With label noise of deviation 1, after some thousand steps it is",
			Options:  []string{"8.96", "about 4", "below 0.05", "of random sign"},
			Answer:   2,
			Because:  "The error never dies, so the factor is below 1 for ever. The sharpness falls to about 2, the lowest there is.",
		},
		See:    `One balance flat at 8.955, the other falling to nothing.`,
		Proves: []string{"b7", "f30", "f17"},
		Not:    `The price is a floor of the loss, about 0.027: flatness is bought here, not given.`,
	},
	{
		Title: "An exercise",
		Open:  "preset=b4&methods=gd:step-size=0.06",
		Text: `On the power 1.5 set the step size to 0.06. Where does |w| end? At 0.03² = 0.0009, with a loss of 1.8e-5.

For a researcher: the self-bounding form used here is reconstructed. Find a problem where the potential is not self-bounding and fixed-step SGD still converges, or show that the saddle's line of phase retrieval is already one.`,
	},
}
