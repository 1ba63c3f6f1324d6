// Package leakyrelu is the lab of the implicit bias of leaky networks on data in many dimensions (Frei and others, ICLR
// 2023): one step of descent that leaves one direction of a hundred, and which of all perfect fits it is that follows.
package leakyrelu

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "leaky-relu",
	Title:    "Which fit?",
	Summary:  "A few points in very many dimensions can be fitted in endless ways. From a tiny start one step of descent leaves a single direction of a hundred, and the boundary becomes a line; from a large start nothing moves, and the fit is as good. Exact references for both limits. The constants of the theorems are not met at this size; the effect is seen, not guaranteed.",
	Question: "A hundred singular values. One step. One left?",
	Source:   "Frei, Vardi, Bartlett, Srebro, Hu, ICLR 2023; numbers by a reference program.",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Spencer Frei, Gal Vardi, Peter Bartlett, Nathan Srebro, Wei Hu", Year: 2023, ArXiv: "2210.07082"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"gd"},
	Steps:    1000,
	MaxSteps: 20_000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, exact),
	Open:     open,
}
