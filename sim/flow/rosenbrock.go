package flow

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	lapack "gonum.org/v1/gonum/lapack/gonum"
)

// rosenbrock is the memory of the implicit method: the Jacobian at y and the factors of I/(hγ) - J.
type rosenbrock struct {
	field   Bent
	jac, lu []float64 // n x n, row-major
	pivot   []int
	known   bool // jac is that of the present y
	unit    []float64
	k       [6][]float64
}

// goImplicit changes to the implicit method where the field allows it.
func (s *Integrator) goImplicit() {
	if !s.canGoImplicit() {
		return
	}
	f, n := s.field.(Bent), len(s.y)
	r := &rosenbrock{field: f, jac: make([]float64, n*n), lu: make([]float64, n*n), pivot: make([]int, n), unit: make([]float64, n)}
	for i := range r.k {
		r.k[i] = make([]float64, n)
	}
	s.implicit, s.stats.Stiff = r, true
}

func (s *Integrator) canGoImplicit() bool {
	_, ok := s.field.(Bent)
	return ok && len(s.y) <= implicitDim
}

func (r *rosenbrock) clone() *rosenbrock {
	c := *r
	c.jac, c.lu, c.pivot, c.unit = slices.Clone(r.jac), slices.Clone(r.lu), slices.Clone(r.pivot), slices.Clone(r.unit)
	for i := range r.k {
		c.k[i] = slices.Clone(r.k[i])
	}
	return &c
}

// proposeImplicit stores an implicit step in next and its slope in the last stage; size is its scaled error,
// infinite when the matrix is singular.
func (s *Integrator) proposeImplicit() (loss, size float64) {
	r, n := s.implicit, len(s.y)
	if !r.known {
		s.jacobian()
	}
	for i, v := range r.jac {
		r.lu[i] = -v
	}
	for i := range n {
		r.lu[i*n+i] += 1 / (s.h * roGamma)
	}
	var l lapack.Implementation
	if !l.Dgetf2(n, n, r.lu, n, r.pivot) {
		return 0, math.Inf(1)
	}
	copy(s.next, s.y)
	for stage := range 6 {
		k := r.k[stage]
		switch {
		case stage == 0:
			copy(k, s.k[0])
		case stage < 5:
			for i, y := range s.y {
				s.next[i] = y
				for j := range stage {
					s.next[i] += roA[stage][j] * r.k[j][i]
				}
			}
			s.slope(k, s.next)
		default:
			s.slope(k, s.next)
		}
		for j := range stage {
			c := roC[stage][j] / s.h
			for i := range k {
				k[i] += c * r.k[j][i]
			}
		}
		l.Dgetrs(blas.NoTrans, n, 1, r.lu, n, r.pivot, k, 1)
		if stage >= 4 {
			for i := range k {
				s.next[i] += k[i]
			}
		}
	}
	loss = s.slope(s.k[6], s.next)
	for i, e := range r.k[5] {
		e /= s.scale(i)
		size += e * e
	}
	return loss, math.Sqrt(size / float64(n))
}

func (s *Integrator) jacobian() {
	r, n := s.implicit, len(s.y)
	for j := range n {
		r.unit[j] = 1
		s.stats.Products++
		r.field.JacVec(s.at, s.y, r.unit)
		r.unit[j] = 0
		for i := range n {
			r.jac[i*n+j] = s.at[i]
			if s.rest.pinned[i] {
				r.jac[i*n+j] = 0
			}
		}
	}
	r.known = true
}

// denseImplicit prepares the interpolant of the step from y to next.
func (s *Integrator) denseImplicit() {
	r, d := s.implicit, &s.dense
	for i, y := range s.y {
		d[0][i], d[1][i], d[2][i], d[3][i], d[4][i] = y, s.next[i]-y, 0, 0, 0
		for j := range 5 {
			d[2][i] += roD[0][j] * r.k[j][i]
			d[3][i] += roD[1][j] * r.k[j][i]
		}
	}
	r.known = false
}

// dissipateImplicit adds the step's part of the integral of the squared speed by Simpson's rule; the middle
// point comes from the interpolant.
func (s *Integrator) dissipateImplicit() {
	d := &s.dense
	for i := range s.at {
		s.at[i] = d[0][i] + (d[1][i]+(d[2][i]+d[3][i]/2)/2)/2
	}
	s.slope(s.k[1], s.at)
	s.dissipated += s.h / 6 * (square(s.k[0]) + 4*square(s.k[1]) + square(s.k[6]))
}
