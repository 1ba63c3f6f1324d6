package opt

import "math"

// Adadelta has its own units: v = ρ v + (1-ρ) g², d = √(a+ε)/√(v+ε) g, a = ρ a + (1-ρ) d², w - η d;
// ε stands inside both roots.
type Adadelta struct {
	StepSize, Smoothing, Epsilon float64 // η, ρ, ε
}

// Slots implements Optimizer: v, a, and the a before the last step for display.
func (r Adadelta) Slots(int) int { return 3 }

// Update implements Optimizer.
func (r Adadelta) Update(dst, grad, _ []float64, m *Memory) {
	eta, v, a, old := m.rate(r.StepSize), m.Slot[0], m.Slot[1], m.Slot[2]
	for i, g := range grad {
		v[i] = r.Smoothing*v[i] + (1-r.Smoothing)*g*g
		d := math.Sqrt(a[i]+r.Epsilon) / math.Sqrt(v[i]+r.Epsilon) * g
		old[i] = a[i]
		a[i] = r.Smoothing*a[i] + (1-r.Smoothing)*d*d
		dst[i] = -eta * d
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Adadelta) Anatomy(a *Anatomy, m *Memory) {
	grad, move := a.Add("root mean square of gradients"), a.Add("root mean square of moves")
	for i := range grad {
		grad[i], move[i] = math.Sqrt(m.Slot[0][i]+r.Epsilon), math.Sqrt(m.Slot[2][i]+r.Epsilon)
	}
}
