// Package network is the lab of nets small enough to see, and of what their pictures hide.
package network

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "network",
	Title:    "Network slices",
	Summary:  "A small dense net is trained on points, flowers or digits by several methods at once. Its loss lives in hundreds or thousands of dimensions; the picture is a slice of two. Every dot says how far it is from the slice, and what its loss really is.",
	Question: "This valley has 1810 dimensions. What are the 1808 doing that you cannot see?",
	Source:   "Filter normalisation after Li et al. 2018; small nets and their numbers by exact derivatives.",
	Version:  1,
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"gd", "sgd", "momentum", "adam"},
	Steps:    300,
	MaxSteps: 100_000,
	Measures: slices.Concat(measures, pathMeasures),
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(accuracies, exact, hidden, linear, edges, copies, saddlePlanes, spread, joined),
	Open:     open,
}
