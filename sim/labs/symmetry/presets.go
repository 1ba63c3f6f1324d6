package symmetry

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "a1", Title: "Stairs", Note: "Four products, each with one sign more than the last: they are learned one after the other.",
		Set: []string{"problem=staircase-4", "dim=40", "every=20"}, Methods: []string{"stairs=sgd:step-size=0.05,batch-size=64"}, Seed: 20, Steps: 4000},
	{ID: "a2", Title: "The wall", Note: "Only the last of the four products, beside the stairs: same net, same start, same variance, and nothing moves.",
		Set:     []string{"dim=40", "every=20"},
		Methods: []string{"stairs=sgd:problem=staircase-4,step-size=0.05,batch-size=64", "wall=sgd:problem=parity-4,step-size=0.05,batch-size=64"}, Ground: "wall", Seed: 20, Steps: 4000},
	{ID: "a3", Title: "Tell it where to look", Note: "The start's weights on the four signs are doubled: the symmetry is broken, and so is the wall.",
		Set:     []string{"problem=parity-4", "dim=40", "every=20"},
		Methods: []string{"told=sgd:boost=2,step-size=0.05,batch-size=64", "wall=sgd:step-size=0.05,batch-size=64"}, Seed: 20, Steps: 4000},
	{ID: "a4", Title: "Local wires", Note: "Each unit sees four neighbours only. Four neighbouring signs are found; scattered ones never.",
		Set: []string{"problem=parity-4", "dim=30", "window=4", "every=20"}, Methods: []string{"local=sgd:step-size=0.05,batch-size=64", "all=sgd:window=0,step-size=0.05,batch-size=64"}, Seed: 1, Steps: 4000},
	{ID: "a5", Title: "Depth does not help", Note: "Three layers of weights climb the stairs sooner, and stand before the wall all the same.",
		Set:     []string{"dim=40", "depth=3", "every=20"},
		Methods: []string{"stairs=sgd:problem=staircase-4,step-size=0.05,batch-size=64", "wall=sgd:problem=parity-4,step-size=0.05,batch-size=64"}, Ground: "wall", Seed: 20, Steps: 4000},
	{ID: "a6", Title: "The same run, seen in a mirror", Note: "Relabel the inputs, turn some signs, carry start and noise along: every later weight is carried along too.",
		Set:     []string{"problem=staircase-3", "dim=8", "width=16", "population=on", "mirror=relabel"},
		Methods: []string{"noisy-gd:noise=0.1,step-size=0.05,batch-size=64", "adam:step-size=0.003,batch-size=64"}, Seed: 1, Steps: 60},
	{ID: "growth", Title: "With few inputs there is no wall", Note: "Ten inputs instead of forty: the parity of four is learned as soon as the staircase.",
		Set:     []string{"dim=10", "every=20"},
		Methods: []string{"stairs=sgd:problem=staircase-4,step-size=0.05,batch-size=64", "wall=sgd:problem=parity-4,step-size=0.05,batch-size=64"}, Ground: "wall", Seed: 1, Steps: 1500},
	{ID: "sphere", Title: "On the sphere", Note: "No signs: points of a sphere, where rotations are what a net cannot tell apart. A part of degree one and one of degree two.",
		Set: []string{"problem=sphere", "dim=20", "every=20"}, Methods: []string{"sgd:step-size=0.05,batch-size=64"}, Seed: 1, Steps: 2000},
}
