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
	Controls: controls,
	Methods:  methods,
	Start:    []string{"gd", "sgd", "momentum", "adam"},
	Steps:    300,
	MaxSteps: 100_000,
	Measures: measures,
	Panels: []sim.Panel{
		{ID: "landscape", Kind: "landscape", Title: "Slice of the loss"},
		{ID: "loss", Kind: "curve", Title: "Loss on train and test rows", Measures: []string{"loss", "test-loss"}, Log: true},
		{ID: "accuracy", Kind: "curve", Title: "Accuracy on train and test rows", Measures: []string{"accuracy", "test-accuracy"}},
		{ID: "curvature", Kind: "curve", Title: "Sharpness", Measures: []string{"sharpness"}, Log: true},
		{ID: "table", Kind: "table", Title: "Numbers", Measures: []string{"loss", "test-loss", "accuracy", "test-accuracy", "gradient-norm", "step-norm", "sharpness"}},
		{ID: "decision", Kind: "image", Title: "Decision", Measures: []string{"decision"}},
		{ID: "confusion", Kind: "image", Title: "Confusion", Measures: []string{"confusion"}},
		{ID: "weights", Kind: "image", Title: "First weights", Measures: []string{"weights"}},
		{ID: "modes", Kind: "spectrum", Title: "Modes learned", Measures: []string{"singular-modes"}},
		{ID: "spectrum", Kind: "spectrum", Title: "Hessian spectrum", Measures: []string{"spectrum"}},
		{ID: "layers", Kind: "spectrum", Title: "Sharpness by layer", Measures: []string{"layer-spectrum"}},
		{ID: "claims", Kind: "claims", Title: "Claims"},
	},
	Presets: presets,
	Claims:  slices.Concat(accuracies, exact, hidden, linear, edges, copies),
	Open:    open,
}
