// Package privatefederation is the lab of learning from many who do not trust the server: each perturbs what it uploads,
// momentum works on what is private already, and every report costs (after Han, Zhu, Zhou, arXiv 2209.14086).
package privatefederation

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "private-federation",
	Title:    "A promise in the noise",
	Summary:  "A thousand clients do not trust the server, so each perturbs its gradient before it leaves. The mean still learns. Momentum makes the budget last longer, until the promise is so strict that it only remembers noise. Of the paper the abstract alone was seen; the system here is a complete standard one, and all numbers are ours.",
	Question: "Everyone lies a little, on purpose, and the average still learns. How much may they lie?",
	Source:   "After the abstract of Han, Zhu, Zhou; mechanisms and accountants as published (Duchi, Wang, Dwork, Mironov, Balle, and others).",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Mengde Han, Tianqing Zhu, Wanlei Zhou", Year: 2022, ArXiv: "2209.14086"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"ldp", "ldp-momentum"},
	Steps:    20,
	MaxSteps: 500,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, exact),
	Tally:    &sim.Tally{Measure: "concentrated-loss", Bound: "epsilon-best", Who: "The clients"},
	Open:     open,
}
