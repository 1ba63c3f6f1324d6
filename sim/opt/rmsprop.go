package opt

import "math"

// RMSprop scales by a running mean of squares: v = α v + (1-α) g², w - η g/(√v + ε). Centered takes
// √(v - ḡ²) + ε with ḡ the running mean of g; with momentum, buf = μ buf + g/(…), w - η buf.
type RMSprop struct {
	StepSize, Smoothing, Epsilon, Momentum float64 // η, α, ε, μ
	Centered                               bool
}

// Slots implements Optimizer: v, ḡ and the buffer.
func (r RMSprop) Slots(int) int { return 3 }

// Update implements Optimizer.
func (r RMSprop) Update(dst, grad, _ []float64, m *Memory) {
	eta, v, mean, buf := m.rate(r.StepSize), m.Slot[0], m.Slot[1], m.Slot[2]
	for i, g := range grad {
		v[i] = r.Smoothing*v[i] + (1-r.Smoothing)*g*g
		mean[i] = r.Smoothing*mean[i] + (1-r.Smoothing)*g
		buf[i] = r.Momentum*buf[i] + g/r.root(v[i], mean[i])
		dst[i] = -eta * buf[i]
	}
	m.Step++
}

// root is the denominator. Rounding can push v - ḡ² of a constant gradient below zero; it is then 0.
func (r RMSprop) root(v, mean float64) float64 {
	if r.Centered {
		v = math.Max(0, v-mean*mean)
	}
	return math.Sqrt(v) + r.Epsilon
}

// Anatomy implements Anatomist.
func (r RMSprop) Anatomy(a *Anatomy, m *Memory) {
	box := a.Add("scale box")
	for i, v := range m.Slot[0] {
		box[i] = 1 / r.root(v, m.Slot[1][i])
	}
	if r.Momentum != 0 {
		a.Put("buffer", m.Slot[2])
	}
}
