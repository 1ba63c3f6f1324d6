package opt

import "math"

// NoisyGD adds noise to the gradient: w - η(g + τ z). The noise is scaled by η.
type NoisyGD struct {
	StepSize, Noise float64 // η, τ
	Source          Noise
}

// Slots implements Optimizer: the noise τ z.
func (r NoisyGD) Slots(int) int { return 1 }

// Update implements Optimizer.
func (r NoisyGD) Update(dst, grad, _ []float64, m *Memory) {
	eta, z := m.rate(r.StepSize), m.Slot[0]
	r.Source.Normal(z, uint64(m.Step))
	for i, g := range grad {
		z[i] *= r.Noise
		dst[i] = -eta * (g + z[i])
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r NoisyGD) Anatomy(a *Anatomy, m *Memory) { a.Put("noise", m.Slot[0]) }

// Langevin is the unadjusted Langevin algorithm: w - η g + √(2ηT) z. Its limit is dw = -∇F dt + √(2T) dB
// with stationary density exp(-F/T); on a quadratic the variance is T/(λ(1-ηλ/2)).
type Langevin struct {
	StepSize, Temperature float64 // η, T
	Source                Noise
}

// Slots implements Optimizer: the noise √(2ηT) z, and the drift for display.
func (r Langevin) Slots(int) int { return 2 }

// Update implements Optimizer.
func (r Langevin) Update(dst, grad, _ []float64, m *Memory) {
	eta, z, drift := m.rate(r.StepSize), m.Slot[0], m.Slot[1]
	r.Source.Normal(z, uint64(m.Step))
	amplitude := math.Sqrt(2 * eta * r.Temperature)
	for i, g := range grad {
		z[i] *= amplitude
		drift[i] = -eta * g
		dst[i] = drift[i] + z[i]
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Langevin) Anatomy(a *Anatomy, m *Memory) {
	a.Put("drift", m.Slot[1])
	a.Put("noise", m.Slot[0])
}
