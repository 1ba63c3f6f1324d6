package privatefederation

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "How much may they lie?",
		Open:  "moderate",
		Text: `Everyone lies a little, on purpose, and the average still learns. How much may they lie?

What breaks here: "the data never leave the phone, so it is private", and "momentum always helps". Of the paper only the abstract was seen: no mechanism, data, budget or accuracy of it is known. This is a complete standard system with plausible variants as controls.`,
	},
	{
		Title:   "A gradient is a photograph",
		Open:    "leak",
		Text:    `For one example the gradient of a class's weights is the input times an error, and that of its bias is the error. Divide, and the picture is back.`,
		Formula: `\frac{\partial L}{\partial W_c}=(p_c-y_c)\,x,\quad\frac{\partial L}{\partial b_c}=p_c-y_c`,
		Predict: &sim.Predict{
			Question: "From one raw gradient we get",
			Options:  []string{"noise", "a rough outline", "the exact picture and its label"},
			Answer:   2,
			Because:  "Each pixel to 1e-12; the label is the only class whose bias gradient is negative.",
		},
		See:    `The strip: the original, the same again from its raw gradient, and then what is left at ε = 4096, 512, 64, 8 and 1.`,
		Proves: []string{"leak", "pf-51"},
		Not:    `One example. A batch gives a mixture; and at $\varepsilon=512$ the correlation is back at 0.74: a budget can be too large to mean anything.`,
	},
	{
		Title: "The promise and its price",
		Open:  "moderate",
		Text:  `$\varepsilon$ bounds how much one report may betray: swapping one client's data changes the likelihood of a report by at most $e^{\varepsilon}$; the Gaussian version needs a small chance $\delta$ of exceptions. Two clients can differ by $2C$, and that is what the noise must hide. Rounds add up. The gauge counts every upload.`,
		Predict: &sim.Predict{
			Question: "A loss of 4 in each of 20 rounds, δ = 1e-5. The total is",
			Options:  []string{"4", "about 11", "about 25", "80"},
			Answer:   2,
			Because:  "25.5, by exact composition of Gaussian reports; adding up would say 105.",
		},
		See:    `Privacy spent on the stage, and all accountants in a tab.`,
		Proves: []string{"pf-10", "pf-11", "pf-1", "pf-2", "pf-3", "pf-12"},
		Not:    `25 is not private in any useful sense, and the page says so; and noise from a seeded generator protects nobody.`,
	},
	{
		Title: "Momentum pays",
		Open:  "moderate",
		Text:  `Fewer rounds for the same accuracy mean less communication and fewer reports. Momentum works on what has already been made private, so it costs no privacy.`,
		Predict: &sim.Predict{
			Question: "Over 16 paired seeds, momentum 0.9 beats none",
			Options:  []string{"8 times", "12 times", "16 times"},
			Answer:   2,
			Because:  "By 0.07 to 0.1 in accuracy, under Gaussian and under piecewise noise.",
		},
		See:    `The two pairs of curves.`,
		Proves: []string{"moderate", "no-privacy", "pf-38"},
		Not:    `A tuned plain step recovers most of it: in the reference program, at $\varepsilon=2$, 0.667 with $\eta=2$ and no momentum against 0.669.`,
	},
	{
		Title:   "Momentum loses",
		Open:    "strong-privacy",
		Text:    `Memory of slopes is also memory of noise. On a bowl of curvature $h$ the floor is about $1/(1-\gamma)$ times higher than without. When the promise is strict, the noise is large and the floor is what you see.`,
		Formula: `\mathrm{Var}\,w=\frac{\eta s^2(1+\gamma)}{h(1-\gamma)(2(1+\gamma)-\eta h)}`,
		Predict: &sim.Predict{
			Question: "At ε = 0.5 and 60 rounds, of 16 paired seeds momentum wins",
			Options:  []string{"16", "8", "none"},
			Answer:   2,
			Because:  "It ends about 0.06 below.",
		},
		See:    `The cloud of uploads drowns the arrow. "On the map" shows it on two weights; "Bowl with exact noise floor" has the floor as a dashed line.`,
		Proves: []string{"strong-privacy", "landscape", "pf-20"},
		Not:    `"Always", in either direction.`,
	},
	{
		Title: "The fair comparison",
		Open:  "fixed-total",
		Text:  `Fix the total budget, not the round's. Half the rounds, less noise in each.`,
		Predict: &sim.Predict{
			Question: "Total ε = 16: twenty rounds with momentum against forty without are",
			Options:  []string{"worse", "equal", "better"},
			Answer:   2,
			Because:  "By about 0.06 in accuracy, in 15 of 16 seeds: the abstract's claim in its cleanest form, with our numbers.",
		},
		See:    `Accuracy by privacy spent: the honest axis. Both end at 16.`,
		Proves: []string{"fixed-total", "pf-34", "one-report-each", "few-clients"},
		Not:    `With five rounds momentum is behind; and a total of 16 is still a large budget.`,
	},
}
