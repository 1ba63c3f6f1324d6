package network

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "moons", Title: "Two moons", Note: "Three methods on one ground: step size decides more than the name of the method.",
		Set: []string{"problem=two-moons", "samples=400", "architecture=16-16"}, Methods: []string{"gd", "sgd", "adam:step-size=0.02"}, Seed: 1, Steps: 300},
	{ID: "spirals", Title: "Spirals", Note: "A border that winds one and a half times; relu needs fewer steps for it than tanh.",
		Set: []string{"problem=spirals", "samples=600", "architecture=32-32", "activation=relu", "init=he"}, Methods: []string{"sgd", "adam:step-size=0.005"}, Seed: 1, Steps: 2500},
	{ID: "iris", Title: "Iris flowers", Note: "150 flowers, 30 of them held out: eight neurons are enough.",
		Set: []string{"problem=iris", "samples=150", "architecture=8"}, Methods: []string{"sgd", "adam:step-size=0.02"}, Seed: 1, Steps: 300},
	{ID: "digits", Aliases: []string{"mlp-digits"}, Title: "Digits", Note: "1810 weights on all 1797 digits, 359 of them held out.",
		Set: []string{"problem=digits", "samples=1797", "architecture=24"}, Methods: []string{"gd", "sgd", "adam"}, Seed: 1, Steps: 600},
	{ID: "slice", Title: "What a random slice hides", Note: "Choose the random plane: the whole walk becomes one dot on the valley floor.",
		Set: []string{"problem=digits", "samples=500", "architecture=24"}, Methods: []string{"sgd"}, Seed: 1, Steps: 260},
	{ID: "random-walk", Title: "A tidy path without aim", Note: "Both paths look purposeful on the plane of principal axes; one of them is noise.",
		Set: []string{"problem=digits", "samples=500", "architecture=24"}, Methods: []string{"random-walk", "sgd"}, Seed: 1, Steps: 1000},
	{ID: "deep-linear", Title: "One mode after the other", Note: "A net without bends, from tiny weights: its loss is a staircase, and each step comes when the first weights said.",
		Set:     []string{"problem=teacher", "architecture=8", "activation=identity", "samples=200", "noise=0", "test-fraction=0", "bias=off", "init=normal", "init-scale=0.001"},
		Methods: []string{"gd:step-size=0.02"}, Seed: 1, Steps: 1200},
	{ID: "edge-of-stability", Title: "The edge of stability", Note: "Four step sizes, four limits 2/η for the sharpness: two walks climb to theirs and stay.",
		Set:     []string{"problem=digits", "samples=250", "architecture=24", "loss=mse", "init-scale=0.3"},
		Methods: []string{"gd-0.1=gd:step-size=0.1", "gd-0.2=gd:step-size=0.2", "gd-0.3=gd:step-size=0.3", "gd-0.4=gd:step-size=0.4"}, Seed: 1, Steps: 3000},
	{ID: "edge-momentum", Title: "The edge with momentum", Note: "Momentum bears almost twice the sharpness that plain descent does.",
		Set:     []string{"problem=digits", "samples=250", "architecture=24", "loss=mse", "init-scale=0.3"},
		Methods: []string{"momentum:step-size=0.6"}, Seed: 1, Steps: 2000},
	{ID: "catapult", Title: "Catapult", Note: "The longer step first throws the loss up a hundredfold; where it lands the valley is flatter.",
		Set:     []string{"problem=two-moons", "samples=100", "test-fraction=0", "architecture=256", "activation=relu", "init=he", "loss=mse"},
		Methods: []string{"short=gd:step-size=0.01", "long=gd:step-size=0.025"}, Seed: 1, Steps: 500},
	{ID: "two-weights", Title: "Two weights", Note: "Output uv, target 1: every point of the curve uv = 1 is a perfect fit, and each is differently sharp.",
		Set: []string{"problem=one-point", "architecture=1", "activation=identity", "bias=off"}, Methods: []string{"gd", "momentum"}, Seed: 1, Steps: 300},
}
