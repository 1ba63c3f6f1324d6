package flow

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Quadratic is the exact gradient flow of ½w'Aw - b'w, by eigendecomposition: each component along an
// eigenvector relaxes alone. Any sign of the eigenvalues is allowed.
type Quadratic struct {
	values      []float64
	vectors     mat.Dense
	start, pull []float64 // w(0) and b in the eigenbasis
	inner       []float64
}

// NewQuadratic returns the flow from w0. Only the symmetric part of the n x n row-major matrix a counts.
func NewQuadratic(a, b, w0 []float64) (*Quadratic, error) {
	n := len(b)
	if len(a) != n*n || len(w0) != n {
		return nil, errors.New("a quadratic takes an n x n matrix and two vectors of n numbers")
	}
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, (a[i*n+j]+a[j*n+i])/2)
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(sym, true) {
		return nil, errors.New("the eigenvalues of the quadratic were not found")
	}
	q := &Quadratic{values: eig.Values(nil), start: make([]float64, n), pull: make([]float64, n), inner: make([]float64, n)}
	eig.VectorsTo(&q.vectors)
	mat.NewVecDense(n, q.start).MulVec(q.vectors.T(), mat.NewVecDense(n, w0))
	mat.NewVecDense(n, q.pull).MulVec(q.vectors.T(), mat.NewVecDense(n, b))
	return q, nil
}

// At stores w(t) in dst.
func (q *Quadratic) At(dst []float64, t float64) {
	for i, l := range q.values {
		gain := t
		if l != 0 {
			gain = -math.Expm1(-l*t) / l
		}
		q.inner[i] = math.Exp(-l*t)*q.start[i] + gain*q.pull[i]
	}
	mat.NewVecDense(len(dst), dst).MulVec(&q.vectors, mat.NewVecDense(len(dst), q.inner))
}
