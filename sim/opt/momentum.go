package opt

// Momentum is the heavy ball in PyTorch's form: b = μ b + (1-d)(g + λw), w - η b. The first buffer is the
// gradient itself, without dampening; the step size multiplies the whole buffer.
type Momentum struct {
	StepSize, Momentum float64 // η, μ
	Dampening          float64 // d
	WeightDecay        float64 // λ
}

// Slots implements Optimizer: the buffer, and the old buffer times μ for display.
func (r Momentum) Slots(int) int { return 2 }

// Update implements Optimizer.
func (r Momentum) Update(dst, grad, x []float64, m *Memory) {
	eta, b, old := m.rate(r.StepSize), m.Slot[0], m.Slot[1]
	for i, g := range grad {
		if r.WeightDecay != 0 {
			g += r.WeightDecay * x[i]
		}
		if m.Step == 0 {
			b[i] = g
		} else {
			old[i] = r.Momentum * b[i]
			b[i] = old[i] + (1-r.Dampening)*g
		}
		dst[i] = -eta * b[i]
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Momentum) Anatomy(a *Anatomy, m *Memory) {
	a.Put("old buffer", m.Slot[1])
	a.Put("buffer", m.Slot[0])
}
