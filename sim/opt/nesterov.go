package opt

// Nesterov is PyTorch's form: b = μ b + g, w - η(g + μ b), with g + λw for g. It is the look-ahead method
// written in the shifted variable: the plotted w is the look-ahead point.
type Nesterov struct {
	StepSize, Momentum float64 // η, μ
	WeightDecay        float64 // λ
}

// Slots implements Optimizer: the buffer, and the look-ahead gradient g + μb for display.
func (r Nesterov) Slots(int) int { return 2 }

// Update implements Optimizer.
func (r Nesterov) Update(dst, grad, x []float64, m *Memory) {
	eta, b, ahead := m.rate(r.StepSize), m.Slot[0], m.Slot[1]
	for i, g := range grad {
		if r.WeightDecay != 0 {
			g += r.WeightDecay * x[i]
		}
		if m.Step == 0 {
			b[i] = g
		} else {
			b[i] = r.Momentum*b[i] + g
		}
		ahead[i] = g + r.Momentum*b[i]
		dst[i] = -eta * ahead[i]
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Nesterov) Anatomy(a *Anatomy, m *Memory) {
	a.Put("buffer", m.Slot[0])
	a.Put("look-ahead", m.Slot[1])
}
