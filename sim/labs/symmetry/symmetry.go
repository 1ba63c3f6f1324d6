// Package symmetry is the lab of what a training algorithm that treats inputs alike cannot learn quickly (Abbe and
// Boix-Adserà, NeurIPS 2022): staircases and walls, the alignment that tells them apart, and what breaks the symmetry.
package symmetry

import (
	"slices"

	"thalweg/sim"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "symmetry",
	Title:    "The cost of symmetry",
	Summary:  "Forty signs, four of them matter. A sum that adds one of them at a time is learned like stairs; the product of all four is a wall to the same net, because it treats all inputs alike. Exact alignment numbers, and what happens when the symmetry is broken. The paper has no experiments: all training numbers are ours.",
	Question: "Same net, same inputs. Why is one rule stairs and the other a wall?",
	Source:   "Abbe, Boix-Adserà, NeurIPS 2022; definitions reconstructed from the abstract.",
	Version:  1,
	Paper:    &sim.Paper{Authors: "Emmanuel Abbe, Enric Boix-Adserà", Year: 2022, ArXiv: "2208.03113"},
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Methods:  methods,
	Start:    []string{"sgd"},
	Steps:    4000,
	MaxSteps: 20_000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(played, exact),
	Open:     open,
}
