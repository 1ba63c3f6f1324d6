package flowtosgd

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// root is the square root of a matrix: F = |W^2 - M|^2 with M symmetric positive definite, n x n. W is row-major.
type root struct {
	n int
	m []float64
	// values are the eigenvalues of M, ascending, turn its eigenvectors, row by row.
	values []float64
	turn   [][]float64
}

func newRoot(n int, m []float64) *root {
	values, vectors := landscape.SymmetricEigen(slices.Clone(m), n)
	return &root{n, m, values, vectors}
}

func (f *root) Dim() int { return f.n * f.n }

// error stores E = W^2 - M.
func (f *root) error(e, w []float64) {
	n := f.n
	a := kernel.Dense(n, n, w)
	kernel.MulNN(kernel.Dense(n, n, e), a, a, false)
	for i, v := range f.m {
		e[i] -= v
	}
}

func (f *root) Loss(w []float64) float64 {
	e := borrow(len(w))
	defer room.Put(e)
	f.error(*e, w)
	return kernel.Dot(*e, *e)
}

// Grad is 2 (E W' + W' E).
func (f *root) Grad(dst, w []float64) float64 {
	n := f.n
	e, b := borrow(len(w)), kernel.Dense(n, n, dst)
	defer room.Put(e)
	f.error(*e, w)
	r, a := kernel.Dense(n, n, *e), kernel.Dense(n, n, w)
	kernel.MulNT(b, r, a, false)
	kernel.MulTN(b, a, r, true)
	kernel.Scale(2, dst)
	return kernel.Dot(*e, *e)
}

// HessVec is 2 (dE W' + E V' + V' E + W' dE) with dE = VW + WV.
func (f *root) HessVec(dst, w, v []float64) {
	n := f.n
	e, de := borrow(len(w)), borrow(len(w))
	defer room.Put(e)
	defer room.Put(de)
	f.error(*e, w)
	out, r, d, a, b := kernel.Dense(n, n, dst), kernel.Dense(n, n, *e), kernel.Dense(n, n, *de), kernel.Dense(n, n, w), kernel.Dense(n, n, v)
	kernel.MulNN(d, b, a, false)
	kernel.MulNN(d, a, b, true)
	kernel.MulNT(out, d, a, false)
	kernel.MulNT(out, r, b, true)
	kernel.MulTN(out, b, r, true)
	kernel.MulTN(out, a, d, true)
	kernel.Scale(2, dst)
}

// FreshGrad sees E through pairs of normal vectors a and b: with s = a'Eb the mean of 2s (a(Wb)' + (W'a)b') is the
// gradient, and it is 0 at the minima.
func (f *root) FreshGrad(dst, w []float64, key rng.Key, t uint64, size int) float64 {
	n := f.n
	e, z := borrow(len(w)), borrow(4*n)
	defer room.Put(e)
	defer room.Put(z)
	f.error(*e, w)
	clear(dst)
	a, b, wb, wa := (*z)[:n], (*z)[n:2*n], (*z)[2*n:3*n], (*z)[3*n:]
	for k := range size {
		key.FillNormal((*z)[:2*n], t, uint64(k*n))
		s := 0.0
		clear(wa)
		for i := range n {
			s += a[i] * kernel.Dot((*e)[i*n:(i+1)*n], b)
			wb[i] = kernel.Dot(w[i*n:(i+1)*n], b)
			kernel.Axpy(wa, a[i], w[i*n:(i+1)*n])
		}
		c := 2 * s / float64(size)
		for i := range n {
			kernel.Axpy(dst[i*n:(i+1)*n], c*a[i], wb)
			kernel.Axpy(dst[i*n:(i+1)*n], c*wa[i], b)
		}
	}
	return kernel.Dot(*e, *e)
}

// solution is the positive square root of M.
func (f *root) solution() []float64 {
	out := make([]float64, len(f.m))
	for k, v := range f.values {
		for i, a := range f.turn[k] {
			kernel.Axpy(out[i*f.n:(i+1)*f.n], math.Sqrt(v)*a, f.turn[k])
		}
	}
	return out
}

// commuting gives the eigenvalues of W in the basis of M's eigenvectors, and how far W is from being diagonal there, as a
// share of its size.
func (f *root) commuting(w []float64) (values []float64, off float64) {
	n := f.n
	values = make([]float64, n)
	size, rest := kernel.Dot(w, w), 0.0
	along := make([]float64, n)
	for k := range n {
		for i := range n {
			along[i] = kernel.Dot(w[i*n:(i+1)*n], f.turn[k])
		}
		for l := range n {
			c := kernel.Dot(along, f.turn[l])
			if l == k {
				values[k] = c
			} else {
				rest += c * c
			}
		}
	}
	if size == 0 {
		return values, 0
	}
	return values, math.Sqrt(rest / size)
}
