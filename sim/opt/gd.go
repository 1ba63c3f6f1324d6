package opt

import "math"

// GD is gradient descent, w - η g; with a minibatch gradient it is SGD.
type GD struct {
	StepSize float64 // η
	// Decay p and DecayAfter a shrink the step size to η/(1+k/a)^p at step k. Decay 0 keeps it.
	Decay, DecayAfter float64
}

// Slots implements Optimizer.
func (r GD) Slots(int) int { return 0 }

// Update implements Optimizer.
func (r GD) Update(dst, grad, _ []float64, m *Memory) {
	eta := r.StepSize
	if r.Decay != 0 {
		eta /= math.Pow(1+float64(m.Step)/r.DecayAfter, r.Decay)
	}
	eta = m.rate(eta)
	for i, g := range grad {
		dst[i] = -eta * g
	}
	m.Step++
}
