package spuriousminima

import "thalweg/sim"

// lesson is read beside the presets. Each step says where it stops being true.
var lesson = []sim.Section{
	{
		Title: "A trap with a face",
		Open:  "trap",
		Text: `Here is a trap with a face. Add one neuron, and it stops being a trap, if you add the right one.

What breaks here: "stuck means bad luck or a bad learning rate", and also "more parameters always help". The losses carry the factor ½, and nothing is sampled: all numbers are exact.`,
	},
	{
		Title:   "The trap",
		Open:    "trap",
		Text:    `A student with $d$ ReLU neurons imitates a teacher with $d$ that look along the axes. The loss over normal inputs needs no data. From a start beside it, descent settles in the wrong place, and that is a true minimum.`,
		Formula: `L=\tfrac12\sum_{i,j} f(w_i,w_j)-\sum_{i,j} f(w_i,v_j)+\tfrac12\sum_{i,j} f(v_i,v_j)`,
		Predict: &sim.Predict{
			Question: "Ten neurons for ten, step size 0.3. The final loss is",
			Options:  []string{"0", "about 0.019", "about 0.3", "it never settles"},
			Answer:   1,
			Because:  "It meets the dotted line of type II at 0.018702194586 and stays: no curvature is negative there.",
		},
		See:    `The loss on the line of type II, and 0 ways down in the table. In the picture of the neurons one row leans against its input.`,
		Proves: []string{"trap", "b3"},
		Not:    `This start was chosen beside the trap. How often random starts fall in is the next question.`,
	},
	{
		Title: "How often?",
		Open:  "success-table",
		Text:  `Luck gets worse with size. Of 1000 published random starts 3 failed with 6 inputs, 346 with 10, and 949 with 20, all with as many neurons as the teacher has. Now add one neuron.`,
		Predict: &sim.Predict{
			Question: "Ten inputs, 200 random starts, one neuron more than the teacher. How many fail?",
			Options:  []string{"about 60", "about 30", "about 10", "a handful at most"},
			Answer:   3,
			Because:  "Of the 1000 published runs with one more neuron a single one failed. With ten neurons about a third do.",
		},
		See:    `The share in a trap, in the interval that 200 runs allow, beside the published one.`,
		Proves: []string{"success-table"},
		Not:    `A cap on steps can lie: with 14 inputs and 15 neurons many runs look stuck after 4000 steps while they still fall. A run counts as trapped only when its gradient is below 1e-9; those still moving stand in a column of their own.`,
	},
	{
		Title:   "Five numbers and a bar code",
		Open:    "barcode",
		Text:    `The trap is symmetric: all neurons but one look alike. So the whole matrix of a hundred weights is five numbers, and its hundred curvatures fall into a few bars.`,
		Formula: `100=5\cdot1+5\cdot8+28+27`,
		Predict: &sim.Predict{
			Question: "How many different values are there among the 100 curvatures?",
			Options:  []string{"100", "50", "12", "2"},
			Answer:   2,
			Because:  "Five belong to single directions, five to eight directions each, one to 28 and one to 27.",
		},
		See:    `The bar code: 89 values below ½, 11 above 1.`,
		Proves: []string{"b7", "b10", "b17", "barcode", "bulk"},
		Not:    `The counts hold exactly at symmetric points. Add noise to the teacher and the bars split, though for little noise their signs persist.`,
	},
	{
		Title:   "One neuron opens nine doors",
		Open:    "one-more-neuron",
		Text:    `Split a neuron in two halves: same function, same loss, one flat direction. But the halves may now move apart, and along that the curvature is twice an eigenvalue of a small matrix, which is negative.`,
		Formula: `\lambda_{\min}(H)=2\,\lambda_{\min}(D_i),\qquad D_i=H_{ii}-\tfrac12 I`,
		Predict: &sim.Predict{
			Question: "Eleven neurons, 110 weights. How many directions lead down at the split point?",
			Options:  []string{"0", "1", "9", "110"},
			Answer:   2,
			Because:  "One for every way in which the two halves can part, d − 1 of them. The steepest is −0.173238.",
		},
		See:    `Nine bars left of 0 at the start. The marble leaves, and after 4000 steps the loss is below 1e-8.`,
		Proves: []string{"one-more-neuron", "b11", "b12", "b22"},
		Not:    `The criterion is derived here from the homogeneity of the kernel. The authors' own way of adding neurons was not seen.`,
	},
	{
		Title: "The wrong neuron",
		Open:  "wrong-neuron",
		Text:  `Nine doors again, if you split the flipped neuron instead. It opens downhill too. It leads to another dead end.`,
		Predict: &sim.Predict{
			Question: "With the same nine ways down, the student",
			Options:  []string{"escapes too", "escapes more slowly", "stops at a new bad minimum"},
			Answer:   2,
			Because:  "The loss pauses at 0.0178926551, barely below the old trap. A pair of neurons has taken the place of the flipped one.",
		},
		See:    `The loss just below the line of type II, and in the picture of the neurons two rows that share an input.`,
		Proves: []string{"wrong-neuron", "b18", "b20", "b21"},
		Not:    `"There is a way down" never means "the way down leads home".`,
	},
	{
		Title: "Minima nobody meets",
		Open:  "noise-frees-all",
		Text:  `Types A and I are minima too, I from seven inputs on; with six it is a saddle of index 6. Yet none of the 15 000 published runs with as many neurons as inputs ended in one. To exist and to be found are two things.`,
		Predict: &sim.Predict{
			Question: "Eight inputs, type A with loss 0.068, one neuron split, and a noise of 0.001 in every weight. It",
			Options:  []string{"stays", "reaches 0", "falls to type II"},
			Answer:   1,
			Because:  "Every seed falls below 1e-9 within 12 000 steps.",
		},
		See:    `The loss falls in stages. Then open "Not all alike": type A lies nine times as high as type II with twenty inputs.`,
		Proves: []string{"noise-frees-all", "b9", "b16", "b19", "symmetric-push"},
		Not:    `Pushed exactly along one eigenvector the run stays among symmetric points, above 0.05: it takes noise in every weight. That less symmetric minima need more neurons, as the abstract says, is not reproduced as a count here.`,
	},
	{
		Title: "An exercise",
		Open:  "preset=wrong-neuron&methods=wrong=gd:extra-neurons=1,split=9,step-size=0.22727272727272727",
		Text:  `The split map shows −0.0768833385 for the flipped neuron at type II with ten inputs. What is the lowest curvature after that neuron is split in halves? Twice it, −0.1537666771.`,
	},
}
