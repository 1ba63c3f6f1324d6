package opt

import "math"

// KineticLangevin is the BAOAB splitting of Langevin dynamics with friction: v -= (h/2)g; w += (h/2)v;
// v = e^{-γh} v + √((1-e^{-2γh})T) z; w += (h/2)v; v -= (h/2)g(new w). It starts at v = 0.
type KineticLangevin struct {
	StepSize, Temperature, Friction float64 // h, T, γ
	Source                          Noise
}

// The slots: velocity and gradient at the current point, then the five sub-steps.
const (
	kineticV = iota
	kineticGrad
	kineticKick
	kineticDrift
	kineticBath
	kineticDrift2
	kineticKick2
	kineticSlots
)

// Slots implements Mover.
func (r KineticLangevin) Slots(int) int { return kineticSlots }

// Move implements Mover. The gradient at the end of a step serves the start of the next one.
func (r KineticLangevin) Move(dst []float64, slope Slope, x []float64, m *Memory) {
	h := m.rate(r.StepSize)
	v, g := m.Slot[kineticV], m.Slot[kineticGrad]
	kick, drift, bath := m.Slot[kineticKick], m.Slot[kineticDrift], m.Slot[kineticBath]
	drift2, kick2 := m.Slot[kineticDrift2], m.Slot[kineticKick2]
	if m.Step == 0 {
		slope.Grad(g, x, m.Step)
	}
	r.Source.Normal(bath, uint64(m.Step))
	keep := math.Exp(-r.Friction * h)
	amplitude := math.Sqrt((1 - math.Exp(-2*r.Friction*h)) * r.Temperature)
	for i := range x {
		kick[i] = -h / 2 * g[i]
		v[i] += kick[i]
		drift[i] = h / 2 * v[i]
		after := keep*v[i] + amplitude*bath[i]
		bath[i] = after - v[i]
		v[i] = after
		drift2[i] = h / 2 * v[i]
		// kick2 holds the new point until its gradient is known.
		kick2[i] = x[i] + drift[i] + drift2[i]
		dst[i] = kick2[i] - x[i]
	}
	slope.Grad(g, kick2, m.Step)
	for i := range x {
		kick2[i] = -h / 2 * g[i]
		v[i] += kick2[i]
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r KineticLangevin) Anatomy(a *Anatomy, m *Memory) {
	a.Put("gradient at the new point", m.Slot[kineticGrad])
	a.Put("half kick", m.Slot[kineticKick])
	a.Put("half drift", m.Slot[kineticDrift])
	a.Put("heat bath", m.Slot[kineticBath])
	a.Put("second half drift", m.Slot[kineticDrift2])
	a.Put("second half kick", m.Slot[kineticKick2])
}
