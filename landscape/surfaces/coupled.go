package surfaces

import (
	"math"

	"thalweg/landscape"
)

// rosenbrock is the valley in n dimensions, a chain of neighbours.
type rosenbrock int

var _ landscape.Curved = rosenbrock(0)

func (n rosenbrock) Dim() int { return int(n) }

func (rosenbrock) Loss(x []float64) float64 {
	sum := 0.0
	for i := range len(x) - 1 {
		r, s := x[i+1]-x[i]*x[i], 1-x[i]
		sum += 100*r*r + s*s
	}
	return sum
}

func (rosenbrock) Grad(dst, x []float64) float64 {
	clear(dst)
	sum := 0.0
	for i := range len(x) - 1 {
		r, s := x[i+1]-x[i]*x[i], 1-x[i]
		sum += 100*r*r + s*s
		dst[i] -= 400*x[i]*r + 2*s
		dst[i+1] += 200 * r
	}
	return sum
}

func (rosenbrock) HessVec(dst, x, v []float64) {
	clear(dst)
	for i := range len(x) - 1 {
		cross := -400 * x[i]
		dst[i] += (1200*x[i]*x[i]-400*x[i+1]+2)*v[i] + cross*v[i+1]
		dst[i+1] += cross*v[i] + 200*v[i+1]
	}
}

// ackley is a cone of mean square s covered by waves: 20 - A + e - B with A = 20 e^(-s/5) and
// B = e^(mean of cos 2 pi x).
type ackley int

var (
	_ landscape.Curved = ackley(0)
	_ Kinked           = ackley(0)
)

func (n ackley) Dim() int { return int(n) }

func (n ackley) parts(x []float64) (s, a, b float64) {
	var square, wave float64
	for _, v := range x {
		square += v * v
		wave += math.Cos(2 * math.Pi * v)
	}
	s = math.Sqrt(square / float64(n))
	return s, 20 * math.Exp(-s/5), math.Exp(wave / float64(n))
}

func (n ackley) Loss(x []float64) float64 {
	_, a, b := n.parts(x)
	return (20 - a) + (math.E - b)
}

// Grad stores 0 at the centre, the tip of a cone.
func (n ackley) Grad(dst, x []float64) float64 {
	s, a, b := n.parts(x)
	slope := 0.0
	if s != 0 {
		slope = a / (5 * s)
	}
	for i, v := range x {
		dst[i] = (slope*v + b*2*math.Pi*math.Sin(2*math.Pi*v)) / float64(n)
	}
	return (20 - a) + (math.E - b)
}

func (n ackley) HessVec(dst, x, v []float64) {
	s, a, b := n.parts(x)
	const w = 2 * math.Pi
	var ds, wave float64 // the change of s and of the mean of the waves along v
	for i := range x {
		ds += x[i] * v[i]
		wave -= w * math.Sin(w*x[i]) * v[i]
	}
	ds /= float64(n) * s // 0/0 at the kink: NaN
	wave /= float64(n)
	slope := a / (5 * s)
	change := -slope * (0.2 + 1/s) * ds
	for i := range x {
		sin, cos := math.Sincos(w * x[i])
		dst[i] = (slope*v[i] + change*x[i] + b*w*(wave*sin+w*cos*v[i])) / float64(n)
	}
}

// Kink reports whether x is the centre.
func (n ackley) Kink(x []float64) bool {
	s, _, _ := n.parts(x)
	return s == 0
}

// griewank is a bowl with a product of waves; it holds 1/sqrt(i) for i = 1..n.
type griewank []float64

var _ landscape.Curved = griewank(nil)

func newGriewank(p Params) landscape.Curved {
	g := make(griewank, p.Dim)
	for i := range g {
		g[i] = 1 / math.Sqrt(float64(i+1))
	}
	return g
}

func (g griewank) Dim() int { return len(g) }

func (g griewank) Loss(x []float64) float64 {
	sum, wave := 0.0, 1.0
	for i, v := range x {
		sum += v * v
		wave *= math.Cos(v * g[i])
	}
	return 1 + sum/4000 - wave
}

func (g griewank) Grad(dst, x []float64) float64 {
	sum, before := 0.0, 1.0
	for i, v := range x {
		sum += v * v
		dst[i] = before
		before *= math.Cos(v * g[i])
	}
	after := 1.0
	for i := len(x) - 1; i >= 0; i-- {
		sin, cos := math.Sincos(x[i] * g[i])
		dst[i] = x[i]/2000 + g[i]*sin*dst[i]*after
		after *= cos
	}
	return 1 + sum/4000 - before
}

func (g griewank) HessVec(dst, x, v []float64) { g.curve(dst, x, v, 0, 1, 0) }

// curve does coordinates i and later, given the product of the waves before and its change along v. It
// returns those of the waves from i on. Each product lacks a factor, which a wave near 0 forbids to divide
// out; the recursion keeps the products before in its frames.
func (g griewank) curve(dst, x, v []float64, i int, before, dbefore float64) (after, dafter float64) {
	if i == len(x) {
		return 1, 0
	}
	r := g[i]
	sin, cos := math.Sincos(x[i] * r)
	dcos := -sin * r * v[i]
	after, dafter = g.curve(dst, x, v, i+1, before*cos, dbefore*cos+before*dcos)
	others, dothers := before*after, dbefore*after+before*dafter
	dst[i] = v[i]/2000 + r*(cos*r*v[i]*others+sin*dothers)
	return cos * after, dcos*after + cos*dafter
}
