package leakyrelu

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "one-step", Title: "One step", Note: "A comb of a hundred singular values. After one step from a tiny start one of them is left; from the usual start all of them stay.",
		Set:     []string{"slope=0.5", "activation=smooth", "init-scale=0.00001"},
		Methods: []string{"tiny=gd:step-size=0.01", "usual=gd:init-scale=0.0141,step-size=0.01"}, Seed: 1, Steps: 1000},
	{ID: "scales", Title: "A grid of starts", Note: "Five starts, each ten times the last: the stable rank after one step says how long the start is beside the step.",
		Set:     []string{"slope=0.5", "activation=smooth"},
		Methods: []string{"1e-6=gd:init-scale=0.000001,step-size=0.01", "1e-5=gd:init-scale=0.00001,step-size=0.01", "1e-4=gd:init-scale=0.0001,step-size=0.01", "1e-3=gd:init-scale=0.001,step-size=0.01", "1e-2=gd:init-scale=0.01,step-size=0.01"}, Seed: 1, Steps: 200},
	{ID: "glorot-vs-50", Title: "Same fit, two networks", Note: "The usual start and one fifty times smaller: the same loss, and two different networks.",
		Set:     []string{"slope=0.1", "activation=smooth"},
		Methods: []string{"usual=gd:init-scale=0.0140720,step-size=0.01", "smaller=gd:init-scale=0.00028144,step-size=0.01"}, Seed: 1, Steps: 1000},
	{ID: "leaky-gf", Title: "The river's end", Note: "Gradient flow in a time that runs with the loss: its direction goes to a matrix of rank two that is known exactly.",
		Set:     []string{"slope=0.1", "activation=leaky", "loss=exponential", "init-scale=0.00001", "every=10"},
		Methods: []string{"rescaled-flow:max-time=10"}, Seed: 1, Steps: 1800},
	{ID: "crooked", Title: "Straight or crooked", Note: "From the tiny start the boundary is a line, from the large one it bends; both fit all points.",
		Set:     []string{"slope=0.1", "activation=leaky"},
		Methods: []string{"large=gd:init-scale=0.5,step-size=0.01", "tiny=gd:init-scale=0.00001,step-size=0.01"}, Seed: 1, Steps: 1000},
	{ID: "sgd", Title: "By single points", Note: "One point, or five, in each step: the rank falls just the same.",
		Set:     []string{"slope=0.5", "activation=smooth", "init-scale=0.00001"},
		Methods: []string{"one=sgd:batch-size=1,sampling=fresh,step-size=0.01", "five=sgd:batch-size=5,sampling=fresh,step-size=0.01"}, Seed: 1, Steps: 1000},
	{ID: "clusters", Title: "Something to learn", Note: "Two clusters: a low rank and a straight boundary get fresh points right.",
		Set:     []string{"problem=clusters", "dim=5000", "separation=10", "slope=0.5", "init-scale=0.00001"},
		Methods: []string{"gd:step-size=0.01"}, Seed: 1, Steps: 300},
	{ID: "violated", Title: "Where it breaks", Note: "Forty points in 2000 dimensions are less at right angles: the condition of the theory fails, and so does the closed solution.",
		Set:     []string{"samples=40", "dim=2000", "slope=0.1", "init-scale=0.0001"},
		Methods: []string{"gd:step-size=0.01", "flow=rescaled-flow:activation=leaky,max-time=10"}, Seed: 1, Steps: 400},
	{ID: "paper-scale", Title: "At the size of the paper", Note: "A hundred points, 512 neurons: three hundred thousand weights, and the rank falls in one step.",
		Set:     []string{"samples=100", "width=512", "slope=0.1", "init-scale=0.00001"},
		Methods: []string{"gd:step-size=0.01"}, Seed: 1, Steps: 60},
}
