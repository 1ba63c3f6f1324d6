// Package scoreascent is the lab of fitting a normal distribution by Markov chains that it proposes itself (Kim, Oh,
// Gardner, Dieng, Kim, NeurIPS 2022): two directions of a divergence, chains that stick, and whose average is worth what.
package scoreascent

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "score-ascent",
	Title:    "Chains that climb",
	Summary:  "The landscape is a distribution. A normal one is fitted to it by following the score at the states of Markov chains that it proposes itself. Particles stick, the ellipse drags behind, and the mean of many stuck chains is worth more than many looks at one.",
	Question: "Two best fits to one hill, one inside it and one around it. Which is right?",
	Source:   "Kim, Oh, Gardner, Dieng, Kim, NeurIPS 2022.",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Kyurae Kim, Jisu Oh, Jacob R. Gardner, Adji Bousso Dieng, Hongseok Kim", Year: 2022, ArXiv: "2206.06295"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"pmcsa", "jsa", "elbo"},
	Steps:    3000,
	MaxSteps: 20_000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, exact),
	Open:     open,
}
