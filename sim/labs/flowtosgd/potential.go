package flowtosgd

import (
	"math"

	"thalweg/landscape"
	"thalweg/sim/flow"
)

// A scale is the increasing function g of the loss that a potential adds up, with g(0) = 0.
type scale struct {
	id string
	// power is the exponent where g is one, else 0.
	power float64
}

var scales = map[string]scale{"identity": {"identity", 1}, "root": {"root", 0.5}, "square": {"square", 2}, "clipped": {"clipped", 0}}

// of is g(z).
func (g scale) of(z float64) float64 {
	switch g.power {
	case 0:
		return math.Min(z, 1)
	case 1:
		return z
	}
	return math.Pow(z, g.power)
}

// inverse is the largest z with g(z) = y; beyond 1 the clipped one has none, and says nothing.
func (g scale) inverse(y float64) float64 {
	if g.power == 0 {
		if y >= 1 {
			return math.Inf(1)
		}
		return y
	}
	return math.Pow(y, 1/g.power)
}

// A potential is Phi_g(w), the integral of g(F) along gradient flow from w to its end. It certifies a rate: the flow has
// F(w(t)) <= g^-1(Phi(w0)/t) (derived from the definition; Kale and others, 2022, abstract).
type potential struct {
	ground ground
	g      scale
	// maxTime bounds the flow, rtol its error in a step.
	maxTime, rtol float64
}

// The ends of a flow: the loss as a share of the first, the loss from which it may be taken for an exponential decay, and
// the speed of rest.
const (
	spent    = 1e-14
	settling = 1e-8
	resting  = 1e-10
	// side is the distance from the saddles of phase retrieval below which rounding decides the side.
	side = 1e-14
)

// at is Phi_g(w): in closed form where there is one, else by the flow; +Inf where the flow does not come to the bottom, or
// too slowly.
func (p *potential) at(w []float64) float64 {
	if phi, ok := p.closed(w); ok {
		return phi
	}
	if f, ok := p.ground.Func.(*phase); ok {
		u, v := f.split(w)
		if math.Abs(u) < side*f.norm {
			return math.Inf(1)
		}
		longest := math.Max(p.maxTime, (5+math.Log(1/math.Abs(u/f.norm))/8)/(f.norm*f.norm))
		return p.along(&phase{star: []float64{f.norm, 0}, norm: f.norm}, []float64{u, v}, longest)
	}
	return p.along(p.ground.Func, w, p.maxTime)
}

// closed is the potential where a formula gives it.
func (p *potential) closed(w []float64) (phi float64, ok bool) {
	switch f := p.ground.Func.(type) {
	case *power:
		if a := p.g.power; a > 0 {
			r := 0.0
			for _, v := range w {
				r += v * v
			}
			if r == 0 {
				return 0, true
			}
			// The integral of (r^p/p)^a r^(1-p) over r.
			e := f.p*a + 2 - f.p
			if e <= 0 {
				return math.Inf(1), true
			}
			return math.Pow(f.p, -a) * math.Pow(r, e/2) / e, true
		}
	case *quadratic:
		if p.g.power == 1 {
			s := 0.0
			for _, v := range w {
				s += v * v
			}
			return s / 4, true
		}
	case product:
		if p.g.power == 1 {
			return productPotential(w), true
		}
	case *root:
		if values, off := f.commuting(w); p.g.power == 1 && off < commutes {
			return rootPotential(f.values, values), true
		}
	}
	return 0, false
}

// commutes is how far W may be from commuting with M, as a share, for the formula to hold.
const commutes = 1e-12

// productPotential is that of (uv-1)^2/2: (h(1) - h(p0))/2 with h(x) = asinh(2x/|c|)/2 - sqrt(c^2+4x^2)/4 and
// c = u^2 - v^2. As c goes to 0 the inverse sine loses its digits, and its limit takes over.
func productPotential(w []float64) float64 {
	u, v := w[0], w[1]
	c, p0 := math.Abs((u-v)*(u+v)), u*v
	if c < 1e-6 {
		switch {
		case p0 > 0:
			return (-math.Log(p0) - 1 + p0) / 4
		case c == 0:
			return math.Inf(1)
		}
	}
	h := func(x float64) float64 { return math.Asinh(2*x/c)/2 - math.Hypot(c, 2*x)/4 }
	return (h(1) - h(p0)) / 2
}

// rootPotential is that of the square root for W that commutes with M, by the eigenvalues of both: a Bregman divergence of
// the squares, (1/8) sum (m ln(m/q) - m + q). A negative eigenvalue flows to the other root of the same square.
func rootPotential(m, w []float64) float64 {
	s := 0.0
	for i, v := range w {
		q := v * v
		s += (m[i]*math.Log(m[i]/q) - m[i] + q) / 8
	}
	return s
}

// adding is gradient flow that adds up g(F) in a coordinate of its own, the last.
type adding struct {
	f landscape.Func
	g scale
}

// Dim implements flow.Field.
func (a adding) Dim() int { return a.f.Dim() + 1 }

// Slope implements flow.Field.
func (a adding) Slope(dst, y []float64) float64 {
	n := len(y) - 1
	loss := a.f.Grad(dst[:n], y[:n])
	for i := range n {
		dst[i] = -dst[i]
	}
	dst[n] = a.g.of(loss)
	return loss
}

// along adds up g(F) along the flow from w, with the rest of an exponential decay at its end.
func (p *potential) along(f landscape.Func, w []float64, longest float64) float64 {
	n := len(w)
	y := make([]float64, n+1)
	copy(y, w)
	grad := make([]float64, n)
	first := f.Grad(grad, w)
	if first == 0 {
		return 0
	}
	if !(first-first == 0) {
		return math.NaN()
	}
	run, err := flow.New(adding{f, p.g}, y, flow.Options{RTol: p.rtol, ATol: p.rtol / 100})
	if err != nil {
		return math.NaN()
	}
	loss, speed, t := first, norm(grad), 0.0
	enough := math.Max(spent, p.rtol*1e-3)
	for t < longest && loss > enough*first && speed > resting {
		// So far that the loss falls to about a tenth, were it to fall as now.
		ahead := 2.3 * loss / (speed * speed)
		t = math.Min(longest, t+math.Min(ahead, longest/8))
		end := run.Advance(t)
		y = run.Point()
		loss = f.Grad(grad, y[:n])
		speed = norm(grad)
		if end != nil {
			break
		}
	}
	if !(loss < settling*first) || speed == 0 && loss > 0 {
		return math.Inf(1)
	}
	return y[n] + p.tail(loss, speed)
}

// tail is what a flow that decays like F exp(-2 mu t) still adds, with mu = |grad F|^2/(2F).
func (p *potential) tail(loss, speed float64) float64 {
	if loss == 0 || speed == 0 {
		return 0
	}
	mu := speed * speed / (2 * loss)
	a := p.g.power
	if a == 0 {
		a = 1
	}
	return math.Pow(loss, a) / (2 * a * mu)
}

// slope is the gradient of the potential along a direction, by a central difference of step h.
func (p *potential) slope(w, v []float64, h float64) float64 {
	at := make([]float64, len(w))
	shifted := func(s float64) float64 {
		for i := range w {
			at[i] = w[i] + s*v[i]
		}
		return p.at(at)
	}
	return (shifted(h) - shifted(-h)) / (2 * h)
}

func norm(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}
