package opt

import "math"

// The hyper-parameters that several rules share.

var byGround = math.NaN()

func stepSize(initial float64) Param {
	return Param{ID: "step-size", Label: "Step size", Kind: "real", Min: 1e-10, Max: 100, Default: initial, Log: true, Live: true,
		Help: `How far one step goes per unit of slope: $w\leftarrow w-\eta g$. Too long a step grows: near a minimum, above $2/\lambda_{\max}$. For the adaptive rules it is about the length of a step in each coordinate.`}
}

func beta(id, label string, initial float64, help string) Param {
	return Param{ID: id, Label: label, Kind: "real", Min: 0, Max: 0.999999, Default: initial, Live: true, Help: help}
}

func momentum(initial float64) Param {
	return beta("momentum", "Momentum", initial, `How much of the last move is kept: $b\leftarrow\mu b+g$. At 0.9 the walker goes about ten times as far per unit $\eta$. 0 to below 1.`)
}

func beta1(initial float64) Param {
	return beta("beta1", "Beta 1", initial, "Share of the old mean of gradients that is kept.")
}

func beta2(initial float64) Param {
	return beta("beta2", "Beta 2", initial, "Share of the old mean of squares that is kept.")
}

func smoothing(initial float64) Param {
	return beta("smoothing", "Smoothing", initial, "Share of the old mean of squares that is kept.")
}

func epsilon(initial float64) Param {
	return Param{ID: "epsilon", Label: "Epsilon", Kind: "real", Min: 0, Max: 1, Default: initial, Live: true,
		Help: "Added to the scale so that a coordinate without slope is not divided by zero."}
}

func weightDecay(initial float64, help string) Param {
	return Param{ID: "weight-decay", Label: "Weight decay", Kind: "real", Min: 0, Max: 10, Default: initial, Live: true, Help: help}
}

func toggle(id, label, help string) Param {
	return Param{ID: id, Label: label, Kind: "switch", Max: 1, Help: help}
}

func positive(id, label string, initial, lowest, highest float64, help string) Param {
	return Param{ID: id, Label: label, Kind: "real", Min: lowest, Max: highest, Default: initial, Log: true, Live: true, Help: help}
}

const (
	decayInGradient = "Adds this multiple of the parameter to the gradient (L2)."
	decayDecoupled  = "Shrinks the parameter by step size times this before the step."
)

// firstOrder completes the hyper-parameters of a rule that uses gradients: schedule, clipping, and the
// minibatches of grounds with rows, which have no effect on other grounds.
func firstOrder(batchSize float64, own ...Param) []Param {
	return append(own,
		Param{ID: "batch-size", Label: "Batch size", Kind: "whole", Max: 1e6, Default: batchSize, Live: true,
			Help: "Rows of data in each step's gradient, 0 for all of them. Fewer: cheaper and noisier. The order of batches is shared by all methods, so differences are the methods'."},
		Param{ID: "sampling", Label: "Sampling", Kind: "choice", Max: 2, Default: 2, Choices: []string{"fresh", "iid", "epochs"},
			Help: "fresh: different rows drawn anew each step; iid: with replacement; epochs: every row once an epoch."},
		Param{ID: "schedule", Label: "Schedule", Kind: "choice", Max: 3, Choices: []string{"constant", "cosine", "step", "inverse"},
			Help: "How the step size falls: half a cosine to zero, a tenth after each schedule length, or as 1/(1+k/length)."},
		Param{ID: "schedule-length", Label: "Schedule length", Kind: "whole", Min: 1, Max: 1e7, Default: 1000, Log: true,
			Help: "Steps over which the schedule falls."},
		Param{ID: "warm-up", Label: "Warm-up", Kind: "whole", Max: 1e6,
			Help: "First steps in which the step size rises to its full value; the schedule starts after them."},
		Param{ID: "clip", Label: "Clip", Kind: "real", Max: 1e12, Live: true,
			Help: "Largest gradient norm let through, 0 for any."},
	)
}

// allRows and someRows are the default batch sizes.
const (
	allRows  = 0
	someRows = 32
)
