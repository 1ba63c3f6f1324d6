package opt

import "math"

// Adagrad sums squared gradients: G += g², w - η/(1+k·decay) g/(√G + ε), k from 0, ε outside the root.
type Adagrad struct {
	StepSize, Decay, Epsilon float64
}

// Slots implements Optimizer: G.
func (r Adagrad) Slots(int) int { return 1 }

// Update implements Optimizer.
func (r Adagrad) Update(dst, grad, _ []float64, m *Memory) {
	eta, sum := m.rate(r.StepSize/(1+float64(m.Step)*r.Decay)), m.Slot[0]
	for i, g := range grad {
		sum[i] += g * g
		dst[i] = -eta * g / (math.Sqrt(sum[i]) + r.Epsilon)
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Adagrad) Anatomy(a *Anatomy, m *Memory) {
	box := a.Add("scale box")
	for i, s := range m.Slot[0] {
		box[i] = 1 / (math.Sqrt(s) + r.Epsilon)
	}
}
