package opt

import "math"

// LBFGS is limited-memory BFGS without a line search, one iteration a step. The first move is
// min(1, 1/|g|₁) η along -g, later ones η along -Hg. A pair (y, s) is kept when y·s > 1e-10; H₀ = y·s/y·y.
// Without a line search it may diverge for η = 1: that is shown, not hidden.
type LBFGS struct {
	StepSize float64 // η
	Memory   int     // pairs kept, at least 1
}

// The fixed slots come before the ring of Memory pairs (y, s).
const (
	lbfgsGrad = iota
	lbfgsLast // gradient of the step before
	lbfgsDir
	lbfgsRing
)

// The scalars of the memory: pairs kept so far, length of the last move along d, the factor of H₀.
const (
	lbfgsPairs = iota
	lbfgsLength
	lbfgsScale
)

// Slots implements Optimizer: g, last g, d, the ring, and one vector whose head holds 1/(y·s) and the α of
// each pair. Grounds smaller than that head get more vectors of it.
func (r LBFGS) Slots(dim int) int { return lbfgsRing + 2*r.Memory + (2*r.Memory+dim-1)/dim }

// Update implements Optimizer.
func (r LBFGS) Update(dst, grad, _ []float64, m *Memory) {
	g, last, d := m.Slot[lbfgsGrad], m.Slot[lbfgsLast], m.Slot[lbfgsDir]
	copy(g, grad)
	length := m.rate(r.StepSize)
	if m.Step == 0 {
		m.Scalar[lbfgsScale] = 1
		length *= math.Min(1, 1/norm1(g))
		m.Rate = length
	} else {
		r.remember(m)
	}
	r.direction(m)
	copy(last, g)
	m.Scalar[lbfgsLength] = length
	m.Step++
	if dot(g, d) > -1e-9 {
		m.Halt = "the slope along the search direction is below 1e-9"
		clear(dst)
		return
	}
	for i := range dst {
		dst[i] = length * d[i]
	}
}

// remember stores the pair of the last move when its curvature is positive enough.
func (r LBFGS) remember(m *Memory) {
	g, last, d := m.Slot[lbfgsGrad], m.Slot[lbfgsLast], m.Slot[lbfgsDir]
	var ys, yy float64
	for i := range g {
		y := g[i] - last[i]
		ys += y * d[i] * m.Scalar[lbfgsLength]
		yy += y * y
	}
	if !(ys > 1e-10) {
		return
	}
	k := int(m.Scalar[lbfgsPairs])
	y, s := r.pair(m, k)
	for i := range g {
		y[i] = g[i] - last[i]
		s[i] = d[i] * m.Scalar[lbfgsLength]
	}
	*r.cell(m, k%r.Memory) = 1 / ys
	m.Scalar[lbfgsPairs]++
	m.Scalar[lbfgsScale] = ys / yy
}

// direction stores -Hg by the two loops over the pairs, newest first and back.
func (r LBFGS) direction(m *Memory) {
	g, d := m.Slot[lbfgsGrad], m.Slot[lbfgsDir]
	for i := range g {
		d[i] = -g[i]
	}
	pairs := int(m.Scalar[lbfgsPairs])
	oldest := max(0, pairs-r.Memory)
	for k := pairs - 1; k >= oldest; k-- {
		y, s := r.pair(m, k)
		a := dot(s, d) * *r.cell(m, k%r.Memory)
		*r.cell(m, r.Memory+k%r.Memory) = a
		for i := range d {
			d[i] -= a * y[i]
		}
	}
	for i := range d {
		d[i] *= m.Scalar[lbfgsScale]
	}
	for k := oldest; k < pairs; k++ {
		y, s := r.pair(m, k)
		c := *r.cell(m, r.Memory+k%r.Memory) - dot(y, d)**r.cell(m, k%r.Memory)
		for i := range d {
			d[i] += c * s[i]
		}
	}
}

func (r LBFGS) pair(m *Memory, k int) (y, s []float64) {
	at := lbfgsRing + 2*(k%r.Memory)
	return m.Slot[at], m.Slot[at+1]
}

// cell is number k of the head behind the ring.
func (r LBFGS) cell(m *Memory, k int) *float64 {
	dim := len(m.Slot[0])
	return &m.Slot[lbfgsRing+2*r.Memory+k/dim][k%dim]
}

// Anatomy implements Anatomist: the moves s of the pairs that bend the gradient, oldest first, then d = -Hg.
func (r LBFGS) Anatomy(a *Anatomy, m *Memory) {
	pairs := int(m.Scalar[lbfgsPairs])
	for k := max(0, pairs-r.Memory); k < pairs; k++ {
		_, s := r.pair(m, k)
		a.Put("pair", s)
	}
	a.Put("direction", m.Slot[lbfgsDir])
}

func dot(a, b []float64) (sum float64) {
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func norm1(a []float64) (sum float64) {
	for _, x := range a {
		sum += math.Abs(x)
	}
	return sum
}
