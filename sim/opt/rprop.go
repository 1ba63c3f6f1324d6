package opt

import "math"

// Rprop keeps a step per coordinate: it grows while the sign of the gradient holds and shrinks when it flips;
// after a flip the coordinate rests for one step and forgets its gradient. There is no backtracking.
type Rprop struct {
	StepSize           float64 // of every coordinate at the start
	Increase, Decrease float64
	MinStep, MaxStep   float64
}

// Slots implements Optimizer: the steps, the last gradient, the sign flips (+1 held, -1 flipped, 0 neither).
func (r Rprop) Slots(int) int { return 3 }

// Update implements Optimizer.
func (r Rprop) Update(dst, grad, _ []float64, m *Memory) {
	step, last, flip := m.Slot[0], m.Slot[1], m.Slot[2]
	for i, g := range grad {
		if m.Step == 0 {
			step[i] = r.StepSize
		}
		flip[i] = sign(g * last[i])
		switch flip[i] {
		case 1:
			step[i] *= r.Increase
		case -1:
			step[i] *= r.Decrease
			g = 0
		}
		step[i] = math.Min(math.Max(step[i], r.MinStep), r.MaxStep)
		last[i] = g
		dst[i] = -sign(g) * step[i] * m.Scale
	}
	m.rate(r.StepSize)
	m.Step++
}

// Anatomy implements Anatomist.
func (r Rprop) Anatomy(a *Anatomy, m *Memory) {
	a.Put("steps", m.Slot[0])
	a.Put("sign flips", m.Slot[2])
}
