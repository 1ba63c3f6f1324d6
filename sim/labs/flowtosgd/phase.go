package flowtosgd

import (
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// phase is phase retrieval over all normal a: F = E ((a.w)^2 - (a.w*)^2)^2, which is
// 2 |ww' - w*w*'|^2 + (|w|^2 - |w*|^2)^2. Its minima are w* and -w*, its saddles the sphere |w|^2 = |w*|^2/3 across w*.
type phase struct {
	star []float64
	norm float64 // |w*|
}

func newPhase(star []float64) *phase { return &phase{star, kernel.Norm(star)} }

func (f *phase) Dim() int { return len(f.star) }

// split gives the part of w along w*, and the length of the rest.
func (f *phase) split(w []float64) (u, v float64) {
	u = kernel.Dot(w, f.star) / f.norm
	for i, x := range w {
		e := x - u*f.star[i]/f.norm
		v += e * e
	}
	return u, math.Sqrt(v)
}

// Loss is a sum of squares, so that it is never below 0: the polynomial loses its digits near the minima.
func (f *phase) Loss(w []float64) float64 {
	u, v := f.split(w)
	along := (u - f.norm) * (u + f.norm)
	return 2*(along*along+2*u*u*v*v+v*v*v*v) + (along+v*v)*(along+v*v)
}

func (f *phase) Grad(dst, w []float64) float64 {
	a, b := 12*kernel.Dot(w, w)-4*f.norm*f.norm, 8*kernel.Dot(w, f.star)
	for i, x := range w {
		dst[i] = a*x - b*f.star[i]
	}
	return f.Loss(w)
}

func (f *phase) HessVec(dst, w, v []float64) {
	a, b, c := 12*kernel.Dot(w, w)-4*f.norm*f.norm, 24*kernel.Dot(w, v), 8*kernel.Dot(f.star, v)
	for i, x := range v {
		dst[i] = a*x + b*w[i] - c*f.star[i]
	}
}

// SampleGrad stores the gradient of the mean over inputs, row-major, and returns that mean.
func (f *phase) SampleGrad(dst, w, inputs []float64) float64 {
	d := len(w)
	clear(dst)
	loss, n := 0.0, float64(len(inputs)/d)
	for b := 0; b+d <= len(inputs); b += d {
		a := inputs[b : b+d]
		s, y := kernel.Dot(a, w), kernel.Dot(a, f.star)
		e := s*s - y*y
		loss += e * e / n
		kernel.Axpy(dst, 4*e*s/n, a)
	}
	return loss
}

func (f *phase) FreshGrad(dst, w []float64, key rng.Key, t uint64, size int) float64 {
	in := borrow(size * len(w))
	key.FillNormal(*in, t, 0)
	loss := f.SampleGrad(dst, w, *in)
	room.Put(in)
	return loss
}
