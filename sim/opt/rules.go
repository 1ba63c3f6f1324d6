package opt

// Rules are the methods that run on any ground, in the order in which lists show them.
var Rules = []Rule{
	{ID: "gd", Label: "Gradient descent", Slot: 1, Hyper: firstOrder(allRows, stepSize(byGround)),
		parts: func(h Hyper, _ *Env) Parts { return Parts{Optimizer: GD{StepSize: h["step-size"]}} }},
	{ID: "sgd", Label: "Stochastic gradient descent", Stochastic: true, Hyper: firstOrder(someRows, stepSize(byGround),
		Param{ID: "decay", Label: "Decay", Kind: "real", Max: 10, Live: true, Help: "Power p of the step size's fall, step size/(1+k/decay after)^p."},
		positive("decay-after", "Decay after", 1, 1e-6, 1e9, "Steps after which the step size begins to fall.")),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: GD{h["step-size"], h["decay"], h["decay-after"]}}
		}},
	{ID: "momentum", Label: "Momentum", Slot: 2, Hyper: firstOrder(allRows, stepSize(byGround), momentum(0.9),
		Param{ID: "dampening", Label: "Dampening", Kind: "real", Max: 1, Live: true, Help: "Share of each new gradient that is left out of the buffer."},
		weightDecay(0, decayInGradient)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Momentum{h["step-size"], h["momentum"], h["dampening"], h["weight-decay"]}}
		}},
	{ID: "nesterov", Label: "Nesterov", Slot: 3, Hyper: firstOrder(allRows, stepSize(byGround), momentum(0.9), weightDecay(0, decayInGradient)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Nesterov{h["step-size"], h["momentum"], h["weight-decay"]}}
		}},
	{ID: "nesterov-1983", Label: "Nesterov 1983", Hyper: firstOrder(allRows, stepSize(byGround)),
		parts: func(h Hyper, _ *Env) Parts { return Parts{Mover: Nesterov1983{h["step-size"]}} }},
	{ID: "adagrad", Label: "AdaGrad", Slot: 6, Hyper: firstOrder(someRows, stepSize(byGround),
		Param{ID: "decay", Label: "Decay", Kind: "real", Max: 10, Live: true, Help: "The step size falls as 1/(1+k·decay)."}, epsilon(1e-10)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Adagrad{h["step-size"], h["decay"], h["epsilon"]}}
		}},
	{ID: "rmsprop", Label: "RMSProp", Slot: 4, Hyper: firstOrder(someRows, stepSize(byGround), smoothing(0.99), epsilon(1e-8),
		toggle("centered", "Centered", "Scales by the running variance instead of the mean of squares."), momentum(0)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: RMSprop{h["step-size"], h["smoothing"], h["epsilon"], h["momentum"], h["centered"] != 0}}
		}},
	{ID: "adam", Label: "Adam", Slot: 5, Hyper: adam(weightDecay(0, decayInGradient)), parts: adamParts(false)},
	{ID: "adamw", Label: "AdamW", Hyper: adam(weightDecay(0.01, decayDecoupled)), parts: adamParts(true)},
	{ID: "adamax", Label: "Adamax", Hyper: firstOrder(someRows, stepSize(byGround), beta1(0.9), beta2(0.999), epsilon(1e-8)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Adamax{h["step-size"], h["beta1"], h["beta2"], h["epsilon"]}}
		}},
	{ID: "lion", Label: "Lion", Hyper: firstOrder(someRows, stepSize(byGround), beta1(0.9), beta2(0.99), weightDecay(0, decayDecoupled)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Lion{h["step-size"], h["beta1"], h["beta2"], h["weight-decay"]}}
		}},
	{ID: "nadam", Label: "NAdam", Hyper: firstOrder(someRows, stepSize(byGround), beta1(0.9), beta2(0.999), epsilon(1e-8),
		Param{ID: "momentum-decay", Label: "Momentum decay", Kind: "real", Max: 1, Default: 0.004, Help: "How fast the momentum rises to beta 1."},
		toggle("torch-1.13", "PyTorch 1.13", "The formula of PyTorch 1.13, with one factor more.")),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: NAdam{h["step-size"], h["beta1"], h["beta2"], h["epsilon"], h["momentum-decay"], h["torch-1.13"] != 0}}
		}},
	{ID: "adadelta", Label: "Adadelta", Hyper: firstOrder(someRows, stepSize(1), smoothing(0.9), epsilon(1e-6)),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Adadelta{h["step-size"], h["smoothing"], h["epsilon"]}}
		}},
	{ID: "rprop", Label: "Rprop", Hyper: firstOrder(someRows, fixed(stepSize(byGround)),
		positive("increase", "Increase", 1.2, 1, 10, "Factor on a coordinate's step while its slope keeps its sign."),
		positive("decrease", "Decrease", 0.5, 0.01, 1, "Factor on a coordinate's step when its slope changes sign."),
		positive("min-step", "Smallest step", 1e-6, 1e-300, 1, "Steps never fall below it."),
		positive("max-step", "Largest step", 50, 1e-6, 1e6, "Steps never rise above it.")),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: Rprop{h["step-size"], h["increase"], h["decrease"], h["min-step"], h["max-step"]}}
		}},
	{ID: "lbfgs", Label: "L-BFGS", Slot: 7, Hyper: firstOrder(someRows, stepSize(1),
		Param{ID: "memory", Label: "Memory", Kind: "whole", Min: 1, Max: 100, Default: 5, Help: "Pairs of moves and gradient changes kept."}),
		parts: func(h Hyper, _ *Env) Parts {
			return Parts{Optimizer: LBFGS{h["step-size"], int(h["memory"])}}
		}},
	{ID: "bfgs", Label: "BFGS", method: classic},
	{ID: "cg", Label: "Conjugate gradients", method: classic},
	{ID: "newton", Label: "Newton", NeedsHessian: true, Slot: 7, method: classic},
	{ID: "nelder-mead", Label: "Nelder-Mead", GradientFree: true, method: classic},
	{ID: "cma-es", Label: "CMA-ES", Stochastic: true, GradientFree: true, method: evolution, Hyper: []Param{
		{ID: "population", Label: "Population", Kind: "whole", Min: 4, Max: 256, Default: byGround, Help: "Points tried in each generation; 4 + 3 ln(dimension) unless given."},
		{ID: "sigma", Label: "Sigma", Kind: "real", Min: 1e-6, Max: 1e3, Default: 0.5, Log: true, Help: "Standard deviation of the first generation."},
		toggle("active", "Active", "Bad points push the covariance away."),
	}},
	{ID: "noisy-gd", Label: "Noisy gradient descent", Stochastic: true, Hyper: firstOrder(someRows, stepSize(byGround),
		Param{ID: "noise", Label: "Noise", Kind: "real", Max: 1e6, Default: 0.1, Live: true, Help: "Standard deviation of the noise added to the gradient."}),
		parts: func(h Hyper, env *Env) Parts {
			return Parts{Optimizer: NoisyGD{h["step-size"], h["noise"], env.noise()}}
		}},
	{ID: "langevin", Label: "Langevin", Stochastic: true, Hyper: firstOrder(someRows, stepSize(byGround), temperature),
		parts: func(h Hyper, env *Env) Parts {
			return Parts{Optimizer: Langevin{h["step-size"], h["temperature"], env.noise()}}
		}},
	{ID: "kinetic-langevin", Label: "Kinetic Langevin", Stochastic: true, Hyper: firstOrder(someRows, stepSize(byGround), temperature,
		Param{ID: "friction", Label: "Friction", Kind: "real", Max: 1e6, Default: 1, Live: true, Help: "Rate at which the velocity forgets itself."}),
		parts: func(h Hyper, env *Env) Parts {
			return Parts{Mover: KineticLangevin{h["step-size"], h["temperature"], h["friction"], env.noise()}}
		}},
	{ID: "gradient-flow", Label: "Gradient flow", Slot: 8, method: gradientFlow, Hyper: []Param{
		{ID: "time-step", Label: "Time step", Kind: "real", Min: 1e-10, Max: 1e6, Default: byGround, Log: true, Live: true, Help: "Flow time between two records; it has no influence on the path."},
		positive("rtol", "Relative tolerance", 1e-8, 1e-13, 1e-2, "Error allowed per integrator step, relative to each coordinate."),
		positive("atol", "Absolute tolerance", 1e-10, 1e-300, 1, "Error allowed per integrator step where coordinates are small."),
	}},
	{ID: "modified-flow", Label: "Modified flow", NeedsHessian: true, method: modifiedFlow, Hyper: []Param{fixed(stepSize(byGround))}},
}

var temperature = Param{ID: "temperature", Label: "Temperature", Kind: "real", Max: 1e9, Default: 0.1, Live: true,
	Help: "The stationary density is exp(-loss/temperature)."}

func fixed(p Param) Param {
	p.Live = false
	return p
}

func adam(decay Param) []Param {
	return firstOrder(someRows, stepSize(byGround), beta1(0.9), beta2(0.999), epsilon(1e-8),
		toggle("amsgrad", "AMSGrad", "Scales by the largest mean of squares so far."), decay)
}

func adamParts(decoupled bool) func(Hyper, *Env) Parts {
	return func(h Hyper, _ *Env) Parts {
		return Parts{Optimizer: Adam{h["step-size"], h["beta1"], h["beta2"], h["epsilon"], h["weight-decay"], h["amsgrad"] != 0, decoupled}}
	}
}
