// Package spuriousminima is the lab of minima that one more neuron turns into saddles (Arjevani and Field, NeurIPS 2022).
package spuriousminima

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "spurious-minima",
	Title:    "Trapped, and set free",
	Summary:  "A student of ReLU neurons learns a teacher of ten that look along the axes. Loss, gradient and all curvatures have closed forms, so nothing is sampled. As many neurons as the teacher has, and a third of all starts end in a trap; one more, and the trap has ways out.",
	Question: "A bad minimum with a face: which single neuron opens it, and which one only seems to?",
	Source:   "Arjevani, Field, NeurIPS 2022; exact loss, no sampling.",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Yossi Arjevani, Michael Field", Year: 2022, ArXiv: "2210.06088"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"gd"},
	Steps:    2000,
	MaxSteps: 100_000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, exact, doors),
	Open:     open,
}
