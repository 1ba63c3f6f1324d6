package scoreascent

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "Both called the best fit",
		Open:  "inclusive-vs-exclusive",
		Text: `One ellipse hugs the hill, the other hides inside it. Both are called "the best fit".

What breaks here: "KL divergence is a distance", and "averaging more samples always reduces variance". The paper's own text and the authors' code were read, so here we may say: the paper shows.`,
	},
	{
		Title:   "Two best ellipses",
		Open:    "inclusive-vs-exclusive",
		Text:    `$\mathrm{KL}(\pi\Vert q)$ punishes missing any part of $\pi$; $\mathrm{KL}(q\Vert\pi)$ punishes standing where $\pi$ is small. With a tilted target and an upright $q$ they disagree.`,
		Formula: `\sigma_{\mathrm{incl}}=1,\quad\sigma_{\mathrm{excl}}=\sqrt{1-\rho^2}`,
		Predict: &sim.Predict{
			Question: "The tilt is 0.9 and the true width 1. The usual variational fit (ELBO) says",
			Options:  []string{"1", "0.9", "0.44", "2"},
			Answer:   2,
			Because:  "√(1-0.81) = 0.43589: it is as narrow as the hill is along a coordinate when the other is held.",
		},
		See:    `The ellipse of ELBO inside, that of pMCSA reaching for the dashed one.`,
		Proves: []string{"inclusive-vs-exclusive", "sa-4", "sa-5"},
		Not:    `After 3000 steps the width of pMCSA is 0.885 in the mean, accepted from 0.75 to 1.1. And no upright ellipse is right: each leaves at least 0.830366.`,
	},
	{
		Title: "Chains that stick",
		Open:  "preset=inclusive-vs-exclusive&init-scale=0.1",
		Text:  `We cannot sample $\pi$, so particles walk: propose from $q$, accept with $\min(1,w'/w)$, $w=\pi/q$. A particle with a huge $w$ refuses every offer.`,
		Predict: &sim.Predict{
			Question: "With a tiny ellipse at the start the particles",
			Options:  []string{"spread fast", "freeze", "leave the page"},
			Answer:   1,
			Because:  "All offers come from inside the ellipse; the first one that strays has a weight no other reaches.",
		},
		See:    `Red particles, the bars by stuck age, and ∞ for the largest weight where the target is wider than $q$.`,
		Proves: []string{"sa-13", "sa-16"},
		Not:    `A maximum over a grid is never shown for $w^*$: it is known, or infinite, or left out.`,
	},
	{
		Title: "Average what, exactly?",
		Open:  "paper-variance",
		Text:  `With the same $N$ evaluations: one chain moved $N$ times (JSA), or $N$ chains moved once (pMCSA). Stuck states repeated are still one opinion.`,
		Predict: &sim.Predict{
			Question: "From N = 8 to 128 the variance of the estimate falls by sixteen for",
			Options:  []string{"all", "pMCSA only", "JSA only", "none"},
			Answer:   1,
			Because:  "About 16 for pMCSA, 4 to 6 for JSA and MSC-RB, 1 for MSC, which looks at one state whatever N is.",
		},
		See:    `Variance against proposals on logarithmic axes. Then open "Early in the run": 16 against 1.1 at most.`,
		Proves: []string{"paper-variance", "paper-variance-early", "sa-11", "sa-14", "one-proposal"},
		Not:    `The score of a normal distribution has no bound $L$: the dashed curves are the shape of the bound. At $N=1$ JSA and pMCSA are one chain, number for number.`,
	},
	{
		Title: "The race",
		Open:  "paper-race",
		Text:  `Fifty dimensions, ten evaluations a step, Adam 0.01. This is the scale of the paper's own simulation, and it runs live.`,
		Predict: &sim.Predict{
			Question: "At step 2000 the KL of pMCSA is below that of its rivals with a chain by a factor of",
			Options:  []string{"1.1", "2", "6"},
			Answer:   2,
			Because:  "About 40 against 250 to 300.",
		},
		See:    `The curves at step 2000, and again at the end.`,
		Proves: []string{"paper-race", "sa-40", "sa-25"},
		Not: `At the end all are close; with steps $1/t$ pMCSA and JSA reach the same error. And ELBO, which sees gradients of $\ln\pi$, is there first.

The paper's figures at its own scale, quoted and not played here (test log density of Bayesian networks, N = 10, ELBO / pMCSA / JSA / MSC / MSC-RB): airfoil −2.56, −2.27, −2.51, −2.53, −2.51; energy −2.40, −1.92, −2.38, −2.37, −2.36; gas 0.13, −0.09, −0.47, −0.47, −0.50.`,
	},
	{
		Title: "Where it loses",
		Open:  "where-it-loses",
		Text:  `Few dimensions, an easy target, small steps. Now variance is not the problem; being slow is. A good method is good somewhere.`,
		Predict: &sim.Predict{
			Question: "On the banana, among the four methods with chains, pMCSA is",
			Options:  []string{"first", "equal", "last by a factor of two"},
			Answer:   2,
			Because:  "Excess KL of about 1.3 against 0.6 to 0.7.",
		},
		See:    `The particles stuck along the crest while the ellipse drags behind.`,
		Proves: []string{"where-it-loses", "big-steps", "iris"},
		Not:    `"Big steps" turns it round: tilted normal, Adam 0.3. In 20 dimensions and at the same rate it does not. Slow mixing against low variance: you choose.`,
	},
}
