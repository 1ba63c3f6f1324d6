package rules

// symbols are the letters of hyper-parameters in formulas, in TeX.
var symbols = map[string]string{
	"step-size":    `\eta`,
	"momentum":     `\mu`,
	"beta1":        `\beta_1`,
	"beta2":        `\beta_2`,
	"smoothing":    `\alpha`,
	"epsilon":      `\varepsilon`,
	"noise":        `\sigma`,
	"temperature":  `T`,
	"friction":     `\gamma`,
	"time-step":    `\Delta t`,
	"batch-size":   `B`,
	"weight-decay": `\delta`,
}

// tips say what each rule does, meaning first, formula second.
var tips = map[string]string{
	"gd":               `Straight down the slope: $w\leftarrow w-\eta g$.`,
	"sgd":              `Descent on a slope that is only roughly right: some rows of the data, or noise on a surface.`,
	"momentum":         `Descent with memory, the heavy ball: $b\leftarrow\mu b+g$, $w\leftarrow w-\eta b$.`,
	"nesterov":         `Momentum that looks ahead: $b\leftarrow\mu b+g$, $w\leftarrow w-\eta(g+\mu b)$.`,
	"nesterov-1983":    `Nesterov's first scheme: momentum $k/(k+3)$ at step $k$, the slope taken at the place ahead.`,
	"adagrad":          `Each coordinate's step shrinks with all slopes it has ever met: $w\leftarrow w-\eta\,g/\sqrt{\sum g^2}$.`,
	"rmsprop":          `Each coordinate's slope over its recent size: $v\leftarrow\alpha v+(1-\alpha)g^2$, $w\leftarrow w-\eta\,g/\sqrt v$.`,
	"adam":             `A running mean of slopes over their recent size. Its step is about $\eta$ in each coordinate, whatever the slope.`,
	"adamw":            `Adam that first shrinks the parameter by $\eta\delta$, apart from the slope.`,
	"adamax":           `Adam that divides by the largest recent slope instead of the root of a mean of squares.`,
	"lion":             `Only the sign of a mean of slopes counts: every coordinate moves by $\eta$.`,
	"nadam":            `Adam that looks ahead as Nesterov does.`,
	"adadelta":         `The recent size of the moves over the recent size of the slopes: no step size of its own to choose.`,
	"rprop":            `A step size for each coordinate, which grows while the slope keeps its sign and shrinks when it turns.`,
	"lbfgs":            `A guess of the curvature from the last moves decides direction and length.`,
	"bfgs":             `A guess of the whole inverse curvature, with a search along each direction.`,
	"cg":               `Conjugate directions: no move undoes what an earlier one did on a bowl. With a search along each.`,
	"newton":           `To the bottom of the bowl that fits here: slope over curvature. Shifted where the ground bends down.`,
	"nelder-mead":      `A simplex of points that tumbles downhill. It compares heights and knows no slope.`,
	"cma-es":           `A cloud of samples whose shape learns from the best of them. It compares heights and knows no slope.`,
	"noisy-gd":         `Descent with noise of one size added to every slope: $w\leftarrow w-\eta(g+\sigma z)$.`,
	"langevin":         `Descent in a warm bath: $w\leftarrow w-\eta g+\sqrt{2\eta T}\,z$.`,
	"kinetic-langevin": `A ball with mass in a warm bath, slowed by friction.`,
	"gradient-flow":    `Descent with infinitely small steps: $\dot w=-\nabla F$. Its loss never rises. No real optimizer is this.`,
	"modified-flow":    `The flow that descent of step size $\eta$ nearly follows: that of $F+\tfrac\eta4|\nabla F|^2$.`,
}
