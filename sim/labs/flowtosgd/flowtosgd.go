// Package flowtosgd is the lab of what gradient flow promises to descent with steps and noise (Kale and others, NeurIPS
// 2022): potentials as a second height, the rates that they certify, and where they say nothing.
package flowtosgd

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "flow-to-sgd",
	Title:    "From gradient flow to SGD",
	Summary:  "Gradient flow is a river; descent with steps is a stone that skips over it. Add up the loss along the river and a second height comes out, on which both go down although the stone leaves the river's bed. Seven grounds with exact answers, and the places where the promise ends.",
	Question: "The stone leaves the river and still gets down. If the path does not carry the promise, what does?",
	Source:   "Kale, Lee, De Sa, Sekhari, Sridharan, NeurIPS 2022; definitions reconstructed from the abstract.",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Satyen Kale, Jason D. Lee, Chris De Sa, Ayush Sekhari, Karthik Sridharan", Year: 2022, ArXiv: "2210.06705"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"gradient-flow", "gd", "sgd"},
	Steps:    2000,
	MaxSteps: 100_000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, flows, potentials, steps),
	Open:     open,
}
