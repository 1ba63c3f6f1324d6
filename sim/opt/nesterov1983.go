package opt

// Nesterov1983 is the form of the paper: w⁺ = y - η g(y), y⁺ = w⁺ + k/(k+3) (w⁺ - w), k from 0. The plotted
// point is w; the gradient is taken at y.
type Nesterov1983 struct {
	StepSize float64 // η
}

// Slots implements Mover: y of the coming step, the gradient, the velocity k/(k+3)(w⁺ - w), y of the last step.
func (r Nesterov1983) Slots(int) int { return 4 }

// Move implements Mover.
func (r Nesterov1983) Move(dst []float64, slope Slope, x []float64, m *Memory) {
	eta := m.rate(r.StepSize)
	y, g, v, last := m.Slot[0], m.Slot[1], m.Slot[2], m.Slot[3]
	if m.Step == 0 {
		copy(y, x)
	}
	copy(last, y)
	slope.Grad(g, y, m.Step)
	mu := float64(m.Step) / float64(m.Step+3)
	for i := range x {
		w := y[i] - eta*g[i]
		dst[i] = w - x[i]
		v[i] = mu * dst[i]
		y[i] = w + v[i]
	}
	m.Step++
}

// Anatomy implements Anatomist.
func (r Nesterov1983) Anatomy(a *Anatomy, m *Memory) {
	a.Put("y", m.Slot[3])
	a.Put("gradient at y", m.Slot[1])
	a.Put("velocity", m.Slot[2])
}
