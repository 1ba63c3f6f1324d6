package flowtosgd

import (
	"math"
	"sync"

	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// A noise is what a sample adds to the gradient on grounds without samples of their own: normal, of this standard
// deviation in each coordinate.
type noise float64

// add averages the noise of size samples of step t into g.
func (s noise) add(g []float64, key rng.Key, t uint64, size int) {
	if s == 0 {
		return
	}
	z := borrow(len(g))
	key.FillNormal(*z, t, 0)
	kernel.Axpy(g, float64(s)/math.Sqrt(float64(size)), *z)
	room.Put(z)
}

// room lends scratch memory.
var room = sync.Pool{New: func() any { return new([]float64) }}

func borrow(n int) *[]float64 {
	z := room.Get().(*[]float64)
	if cap(*z) < n {
		*z = make([]float64, n)
	}
	*z = (*z)[:n]
	return z
}

// quadratic is F = w'Aw/2 with a symmetric positive definite A, n x n, row-major.
type quadratic struct {
	noise
	n int
	a []float64
}

func (f *quadratic) Dim() int { return f.n }

func (f *quadratic) Loss(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += v * kernel.Dot(f.a[i*f.n:(i+1)*f.n], x)
	}
	return s / 2
}

func (f *quadratic) Grad(dst, x []float64) float64 {
	f.HessVec(dst, nil, x)
	return kernel.Dot(dst, x) / 2
}

func (f *quadratic) HessVec(dst, _, v []float64) {
	for i := range dst {
		dst[i] = kernel.Dot(f.a[i*f.n:(i+1)*f.n], v)
	}
}

func (f *quadratic) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	loss := f.Grad(dst, x)
	f.add(dst, key, t, size)
	return loss
}

// sineBowl is the sum over coordinates of x^2 + 3 sin^2 x, which is not convex and has the Polyak-Lojasiewicz inequality.
type sineBowl struct {
	noise
	n int
}

func (f *sineBowl) Dim() int { return f.n }

func (f *sineBowl) Loss(x []float64) (s float64) {
	for _, v := range x {
		sin := math.Sin(v)
		s += v*v + 3*sin*sin
	}
	return s
}

func (f *sineBowl) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = 2*v + 3*math.Sin(2*v)
	}
	return f.Loss(x)
}

func (f *sineBowl) HessVec(dst, x, v []float64) {
	for i := range dst {
		dst[i] = (2 + 6*math.Cos(2*x[i])) * v[i]
	}
}

func (f *sineBowl) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	loss := f.Grad(dst, x)
	f.add(dst, key, t, size)
	return loss
}

// power is |w|^p / p. Below p = 2 its curvature at 0 is infinite; the gradient there is 0.
type power struct {
	noise
	n int
	p float64
}

func (f *power) Dim() int { return f.n }

func (f *power) Loss(x []float64) float64 { return math.Pow(kernel.Norm(x), f.p) / f.p }

func (f *power) Grad(dst, x []float64) float64 {
	r := kernel.Norm(x)
	if r == 0 {
		clear(dst)
		return 0
	}
	s := math.Pow(r, f.p-2)
	for i, v := range x {
		dst[i] = s * v
	}
	return s * r * r / f.p
}

// HessVec has no value at 0 for p below 2.
func (f *power) HessVec(dst, x, v []float64) {
	r := kernel.Norm(x)
	if r == 0 {
		limit := 0.0
		switch {
		case f.p < 2:
			limit = math.NaN()
		case f.p == 2:
			limit = 1
		}
		for i := range dst {
			dst[i] = limit * v[i]
		}
		return
	}
	s, along := math.Pow(r, f.p-2), 0.0
	for i := range x {
		along += x[i] / r * v[i]
	}
	for i := range dst {
		dst[i] = s * (v[i] + (f.p-2)*x[i]/r*along)
	}
}

func (f *power) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	loss := f.Grad(dst, x)
	f.add(dst, key, t, size)
	return loss
}

// product is (uv-1)^2/2. A sample scales the gradient by 1 + m(a^2-1) with a normal, which vanishes at the solutions, and
// shifts the label 1 by the label noise, which does not.
type product struct{ multiplicative, label float64 }

func (product) Dim() int { return 2 }

func (product) Loss(x []float64) float64 {
	e := x[0]*x[1] - 1
	return e * e / 2
}

func (f product) Grad(dst, x []float64) float64 {
	e := x[0]*x[1] - 1
	dst[0], dst[1] = e*x[1], e*x[0]
	return e * e / 2
}

func (product) HessVec(dst, x, v []float64) {
	u, w := x[0], x[1]
	mixed := 2*u*w - 1
	dst[0], dst[1] = w*w*v[0]+mixed*v[1], mixed*v[0]+u*u*v[1]
}

func (f product) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	e := x[0]*x[1] - 1
	sum := 0.0
	for b := range size {
		a, z := key.Normal2(t, uint64(b))
		sum += e*(1+f.multiplicative*(a*a-1)) - f.label*z
	}
	sum /= float64(size)
	dst[0], dst[1] = sum*x[1], sum*x[0]
	return e * e / 2
}

// exponential is the sum over coordinates of exp(w^2/2) - 1.
type exponential struct {
	noise
	n int
}

func (f *exponential) Dim() int { return f.n }

func (f *exponential) Loss(x []float64) (s float64) {
	for _, v := range x {
		s += math.Expm1(v * v / 2)
	}
	return s
}

func (f *exponential) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = v * math.Exp(v*v/2)
	}
	return f.Loss(x)
}

func (f *exponential) HessVec(dst, x, v []float64) {
	for i := range dst {
		dst[i] = (1 + x[i]*x[i]) * math.Exp(x[i]*x[i]/2) * v[i]
	}
}

func (f *exponential) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	loss := f.Grad(dst, x)
	f.add(dst, key, t, size)
	return loss
}
