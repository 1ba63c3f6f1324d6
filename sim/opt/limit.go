package opt

import "math"

// StableStep is the largest step size at which the walk's rule stays on a quadratic of a curvature: 2/λ for descent,
// 2(1+μ)/λ for momentum, 2(1+μ)/((1+2μ)λ) for Nesterov. It is NaN for rules without a known limit, and where the step
// size is not constant or gradients are cut.
func (w *Walk) StableStep(curvature float64) float64 {
	if w.rule == nil {
		return math.NaN()
	}
	for _, id := range []string{"schedule", "warm-up", "clip", "decay"} {
		if v := w.Value(id); v != 0 && !math.IsNaN(v) {
			return math.NaN()
		}
	}
	if v := w.Value("weight-decay"); v > 0 {
		curvature += v
	}
	if !(curvature > 0) {
		return math.Inf(1)
	}
	mu := w.Value("momentum")
	switch w.rule.ID {
	case "gd", "sgd", "noisy-gd", "langevin":
		return 2 / curvature
	case "momentum":
		return 2 * (1 + mu) / (curvature * (1 - w.Value("dampening")))
	case "nesterov":
		return 2 * (1 + mu) / ((1 + 2*mu) * curvature)
	}
	return math.NaN()
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
