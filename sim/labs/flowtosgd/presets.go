package flowtosgd

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "b2", Title: "The potential is the clock", Note: "Halve the step size and the gap between what was paid and the potential halves too.",
		Set:     []string{"problem=phase", "start=0.3,0.5"},
		Methods: []string{"gradient-flow:time-step=0.001", "gd-.008=gd:step-size=0.008", "gd-.004=gd:step-size=0.004", "gd-.002=gd:step-size=0.002", "gd-.001=gd:step-size=0.001"}, Seed: 1, Steps: 1500},
	{ID: "b1", Title: "Two sides of the saddle", Note: "The start is a hair to the right of the saddle's line. The river goes right; noisy steps forget the hair.",
		Set:     []string{"problem=phase", "dim=10", "batch-size=16", "start=0.0001,0.5", "replicas=40", "every=20"},
		Methods: []string{"gradient-flow:time-step=0.002", "sgd:step-size=0.002,batch-size=16"}, Seed: 100, Steps: 4000},
	{ID: "b3", Title: "Edge", Note: "Too long a step cannot stay where the river ends; it finds a flatter place, all of them perfect.",
		Set:     []string{"problem=product", "start=3,0.2"},
		Methods: []string{"gradient-flow:time-step=0.15", "gd-.15=gd:step-size=0.15", "gd-.21=gd:step-size=0.21", "gd-.25=gd:step-size=0.25", "gd-.30=gd:step-size=0.30", "gd-.36=gd:step-size=0.36"}, Seed: 1, Steps: 4000},
	{ID: "b4", Title: "No step works", Note: "The river does not only come near, it arrives, at time 2. Descent with a fixed step never does.",
		Set:     []string{"problem=power", "exponent=1.5", "start=1,0", "every=20"},
		Methods: []string{"gradient-flow:time-step=0.02", "gd-.1=gd:step-size=0.1", "gd-.02=gd:step-size=0.02"}, Seed: 1, Steps: 20000},
	{ID: "b5", Title: "Too far out", Note: "Each start has its own speed limit. One per cent inside it a long walk home; one per cent outside, gone in eight steps.",
		Set:     []string{"problem=power", "exponent=4", "start=4.427414595,0"},
		Methods: []string{"gradient-flow:time-step=0.1", "gd:step-size=0.1"}, Seed: 1, Steps: 600},
	{ID: "b6", Title: "Square root", Note: "Ten by ten: descent follows the river's ten logistic curves, samples blur them, and a step on the very edge hangs.",
		Set:     []string{"problem=square-root", "size=10", "condition=100", "batch-size=32"},
		Methods: []string{"gradient-flow:time-step=0.002", "gd-.01=gd:step-size=0.01", "gd-.03=gd:step-size=0.03", "sgd:step-size=0.002,batch-size=32"}, Seed: 1, Steps: 3500},
	{ID: "b7", Title: "The noise chooses", Note: "Two noises on one ground: the one that dies at the solution leaves the balance alone, the other wears it away.",
		Set:     []string{"problem=product", "start=3,0.2", "batch-size=1", "replicas=16", "every=20"},
		Methods: []string{"multiplied=sgd:noise=1,step-size=0.02,batch-size=1", "labels=sgd:label-noise=1,step-size=0.05,batch-size=1"}, Seed: 1, Steps: 6000},
}
