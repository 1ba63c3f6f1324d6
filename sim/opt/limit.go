package opt

import "math"

// Swing is the product of step size and curvature at which the walk's rule just swings for ever on a quadratic: 2 for
// descent, 2(1+μ) for momentum, 2(1+μ)/(1+2μ) for Nesterov. Below it the walk settles, above it every swing is longer.
// It is NaN for rules without a known limit.
//
// Descent multiplies the error by 1 - ηλ; with memory the multipliers are the roots of a quadratic, which leave the unit
// circle at -1.
func (w *Walk) Swing() float64 {
	if w.rule == nil {
		return math.NaN()
	}
	mu := w.Value("momentum")
	switch w.rule.ID {
	case "gd", "sgd", "noisy-gd", "langevin":
		return 2
	case "momentum":
		return 2 * (1 + mu) / (1 - w.Value("dampening"))
	case "nesterov":
		return 2 * (1 + mu) / (1 + 2*mu)
	}
	return math.NaN()
}

// StableStep is the largest step size at which the walk's rule stays on a quadratic of a curvature. It is NaN for rules
// without a known limit, and where the step size is not constant or gradients are cut.
func (w *Walk) StableStep(curvature float64) float64 {
	for _, id := range []string{"schedule", "warm-up", "clip", "decay"} {
		if v := w.Value(id); v != 0 && !math.IsNaN(v) {
			return math.NaN()
		}
	}
	swing := w.Swing()
	if math.IsNaN(swing) {
		return swing
	}
	if v := w.Value("weight-decay"); v > 0 {
		curvature += v
	}
	if !(curvature > 0) {
		return math.Inf(1)
	}
	return swing / curvature
}

// FirstMove returns a function that stores in dst the first move that the walk's rule makes from x, and reports
// whether there is one. It is for one goroutine.
func (w *Walk) FirstMove() func(dst, x []float64) bool {
	c := w.Clone()
	slots := 0
	if c.parts.Optimizer != nil {
		slots = c.parts.Optimizer.Slots(len(c.x))
	} else {
		slots = c.parts.Mover.Slots(len(c.x))
	}
	first := NewMemory(slots, len(c.x))
	first.Scale = c.parts.Schedule.Factor(0)
	m := first.Clone()
	return func(dst, x []float64) bool {
		for i := range m.Slot {
			clear(m.Slot[i])
		}
		m.Step, m.Scale, m.Scalar, m.Halt = 0, first.Scale, first.Scalar, ""
		if c.parts.Optimizer != nil {
			if loss := c.parts.Slope.Grad(c.grad, x, 0); !finite(loss) || !allFinite(c.grad) {
				return false
			}
			c.parts.Optimizer.Update(dst, c.grad, x, &m)
		} else {
			c.parts.Mover.Move(dst, c.parts.Slope, x, &m)
		}
		return allFinite(dst)
	}
}

// FirstMove returns a function that stores the direction of the flow at x in dst.
func (f *Flow) FirstMove() func(dst, x []float64) bool {
	return func(dst, x []float64) bool {
		loss := f.slope.Grad(dst, x)
		for i := range dst {
			dst[i] = -dst[i]
		}
		return finite(loss) && allFinite(dst)
	}
}
