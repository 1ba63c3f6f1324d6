package surfaces

import (
	"math"

	"thalweg/landscape"
)

// separable is a sum of functions of one coordinate each.
type separable struct {
	n int
	// term is part i of n, from 0, at x, with its first and second derivative.
	term func(i, n int, x float64) (f, d, dd float64)
}

var _ landscape.Curved = separable{}

func (s separable) Dim() int { return s.n }

func (s separable) Loss(x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		f, _, _ := s.term(i, s.n, v)
		sum += f
	}
	return sum
}

func (s separable) Grad(dst, x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		f, d, _ := s.term(i, s.n, v)
		sum += f
		dst[i] = d
	}
	return sum
}

func (s separable) HessVec(dst, x, v []float64) {
	for i := range x {
		_, _, dd := s.term(i, s.n, x[i])
		dst[i] = dd * v[i]
	}
}

// quadratic is the sum of eigenvalue/2 times the square of each coordinate.
func quadratic(p Params) landscape.Curved {
	eigenvalues := append([]float64(nil), p.Eigenvalues...)
	if len(eigenvalues) == 0 {
		eigenvalues = make([]float64, p.Dim)
		for i := range eigenvalues {
			eigenvalues[i] = math.Pow(p.Condition, float64(i)/float64(p.Dim-1))
		}
	}
	return separable{p.Dim, func(i, _ int, x float64) (f, d, dd float64) {
		e := eigenvalues[i]
		return e * x * x / 2, e * x, e
	}}
}

func styblinskiTang(_, _ int, x float64) (f, d, dd float64) {
	q := x * x
	return (q*q - 16*q + 5*x) / 2, (4*q*x - 32*x + 5) / 2, 6*q - 16
}

func rastrigin(_, _ int, x float64) (f, d, dd float64) {
	const w = 2 * math.Pi
	sin, cos := math.Sincos(w * x)
	return 10 + x*x - 10*cos, 2*x + 10*w*sin, 2 + 10*w*w*cos
}

func levy(i, n int, x float64) (f, d, dd float64) {
	u := (x - 1) / 4 // w-1
	if i == 0 {
		sin, cos := math.Sincos(math.Pi * (1 + u))
		f, d, dd = sin*sin, 2*math.Pi*sin*cos, 2*math.Pi*math.Pi*(cos*cos-sin*sin)
	}
	weight, rate, phase := 10.0, math.Pi, 1.0
	if i == n-1 {
		weight, rate, phase = 1, 2*math.Pi, 0
	}
	sin, cos := math.Sincos(rate*(1+u) + phase)
	g, gd, gdd := 1+weight*sin*sin, 2*weight*rate*sin*cos, 2*weight*rate*rate*(cos*cos-sin*sin)
	f += u * u * g
	d += 2*u*g + u*u*gd
	dd += 2*g + 4*u*gd + u*u*gdd
	return f, d / 4, dd / 16
}

func schwefel(_, _ int, x float64) (f, d, dd float64) {
	const offset = 418.9828872724338
	s := math.Sqrt(math.Abs(x))
	if s == 0 {
		return offset, 0, 0
	}
	sin, cos := math.Sincos(s)
	return offset - x*sin, -sin - s*cos/2, math.Copysign(1, x) * (s*sin - 3*cos) / (4 * s)
}

func michalewicz(i, _ int, x float64) (f, d, dd float64) {
	k := 2 * float64(i+1) / math.Pi
	sin, cos := math.Sincos(x)
	s, c := math.Sincos(k * x * x / 2)
	s2 := s * s
	s4 := s2 * s2
	s8 := s4 * s4
	s18 := s8 * s8 * s2
	u := k * x
	g, gd := s18*s2, 20*s18*s*c*u
	gdd := 20 * s18 * ((19*c*c-s2)*u*u + s*c*k)
	return -sin * g, -cos*g - sin*gd, sin*g - 2*cos*gd - sin*gdd
}

// michalewiczLow is the coordinate i of the lowest point: the lowest of a fine grid, then Newton's steps.
func michalewiczLow(i int) float64 {
	best, loss := 0.0, math.Inf(1)
	cells := 1000 * (i + 1)
	for k := range cells {
		x := math.Pi * float64(k) / float64(cells)
		if f, _, _ := michalewicz(i, 0, x); f < loss {
			best, loss = x, f
		}
	}
	for range 8 {
		_, d, dd := michalewicz(i, 0, best)
		best -= d / dd
	}
	return best
}

func absolute(_, _ int, x float64) (f, d, dd float64) {
	switch {
	case x > 0:
		return x, 1, 0
	case x < 0:
		return -x, -1, 0
	default:
		return x, x, 0 // 0, or NaN from NaN
	}
}
