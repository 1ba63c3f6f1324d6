package race

import "thalweg/sim"

// presets are worth looking at, and each is judged by a claim.
var presets = []sim.Preset{
	{
		ID: "valley", Title: "One valley, three memories",
		Note:    "Rosenbrock's valley with the same number for everyone. Momentum wins, Adam comes last; the order turns round when each gets its own best step size.",
		Set:     []string{"problem=rosenbrock", "start=-1.5,2"},
		Methods: []string{"gd:step-size=0.001", "momentum:step-size=0.001", "adam:step-size=0.001"},
		Steps:   2000,
	},
	{
		ID: "stiff", Title: "A ravine of condition 100",
		Note:    "Each method at the step size that theory gives it for curvatures 1 and 100.",
		Set:     []string{"problem=quadratic", "condition=100", "start=2,1"},
		Methods: []string{"gd:step-size=0.019801980198019802", "momentum:step-size=0.03305785123966942,momentum=0.6694214876033058", "nesterov:step-size=0.01,momentum=0.8181818181818182", "adam:step-size=0.1"},
		Steps:   200,
	},
	{
		ID: "edge", Title: "The speed limit of a bowl", Aliases: []string{"bowl-edge"},
		Note:    "Curvatures 1, 3 and 10. The steepest one alone sets the limit 2/10: below it the walk settles, at it it swings for ever, above it every swing is longer.",
		Set:     []string{"problem=quadratic", "eigenvalues=1,3,10", "start=1,1,1"},
		Methods: []string{"gd:step-size=0.19", "gd:step-size=0.2", "gd:step-size=0.21"},
		Steps:   100,
	},
	{
		ID: "limits", Title: "Three limits on one curvature",
		Note:    "Curvature 1, momentum 0.9, step size 1.5: below the limits of descent (2) and the heavy ball (3.8), above Nesterov's (1.357).",
		Set:     []string{"problem=quadratic", "eigenvalues=1,1", "start=1,1"},
		Methods: []string{"gd:step-size=1.5", "momentum:step-size=1.5", "nesterov:step-size=1.5"},
		Steps:   400,
	},
	{
		ID: "four-minima", Title: "Which minima exist depends on the step size", Aliases: []string{"four-basins"},
		Note:    "Himmelblau's surface. One ten-thousandth more, and the nearest minimum can no longer hold the walk.",
		Set:     []string{"problem=himmelblau", "start=-1,-1"},
		Methods: []string{"gd:step-size=0.0149", "gd:step-size=0.015"},
		Steps:   4000,
	},
	{
		ID: "many-wells", Title: "The nearest well",
		Note:    "Rastrigin's function from 3.7, -2.8. Who follows the slope ends in the well it starts above; CMA-ES samples wide.",
		Set:     []string{"problem=rastrigin"},
		Methods: []string{"gd:step-size=0.001", "momentum:step-size=0.001", "adam:step-size=0.05", "cma-es:sigma=2,population=16"},
		Steps:   1000,
	},
	{
		ID: "escape", Title: "Warm enough to leave",
		Note:    "The Müller-Brown surface from its deepest well, six times over: descent stays, Langevin at temperature 30 crosses.",
		Set:     []string{"problem=muller-brown", "start=-0.558,1.442", "replicas=6"},
		Methods: []string{"gd:step-size=0.0002", "langevin:step-size=0.0001,temperature=30"},
		Steps:   20000,
	},
	{
		ID: "saddle", Title: "Leaving a saddle",
		Note:    "Two wells and the saddle between, from 0.01 beside the ridge. Ten thousand times closer costs descent only fifty steps more; on the ridge itself it stays for ever.",
		Set:     []string{"problem=two-wells", "start=-0.01,1"},
		Methods: []string{"gd:step-size=0.05", "momentum:step-size=0.05", "adam:step-size=0.05"},
		Steps:   400,
	},
	{
		ID: "flow", Title: "The river beneath the stones",
		Note:    "Gradient flow, descent, and the modified flow that descent really follows, at equal times.",
		Set:     []string{"problem=himmelblau", "start=0,0"},
		Methods: []string{"gradient-flow", "gd:step-size=0.001", "modified-flow:step-size=0.001"},
		Steps:   400,
	},
	{
		ID: "balance", Title: "What flow keeps",
		Note:    "The smallest deep linear net, (xy - 1)²/2. Flow keeps x² - y², which decides the place and so the sharpness of its end.",
		Set:     []string{"problem=product", "start=2,0.2"},
		Methods: []string{"gradient-flow"},
		Steps:   200,
	},
	{
		ID: "twist", Title: "Turn the map",
		Note:    "Curvatures 1 and 100, once straight and once turned by 45°. Descent does not notice, Adam does.",
		Set:     []string{"problem=quadratic", "eigenvalues=1,100", "start=1,1"},
		Methods: []string{"gd:step-size=0.01", "gd-turned=gd:step-size=0.01,angle=45", "adam:step-size=0.05", "adam-turned=adam:step-size=0.05,angle=45"},
		Steps:   200,
	},
	{
		ID: "noise-floor", Title: "The floor under noisy descent",
		Note:    "Gradients with noise 0.5 in a bowl of curvatures 1 and 10: the loss does not fall to zero but hovers at a level that a formula gives.",
		Set:     []string{"problem=quadratic", "eigenvalues=1,10", "start=0,0", "gradient-noise=0.5", "replicas=16"},
		Methods: []string{"sgd:step-size=0.05"},
		Steps:   20000,
	},
	{
		ID: "swarm", Title: "A thousand starts",
		Note:    "Descent from a grid of 32 x 32 starts on Himmelblau's surface, each coloured by the minimum it reaches.",
		Set:     []string{"problem=himmelblau", "swarm=32"},
		Methods: []string{"gd:step-size=0.01"},
		Steps:   2000,
	},
	{
		ID: "formula", Title: "A surface of your own",
		Note:    "Type a formula: gradient and Hessian are exact, and a free letter becomes a control.",
		Set:     []string{"problem=formula", "formula=(1-x)^2 + a*(y-x^2)^2", "a=100", "start=-1.2,1"},
		Methods: []string{"gd:step-size=0.001", "adam:step-size=0.04"},
		Steps:   100,
	},
}
