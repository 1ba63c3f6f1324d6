package bench

import (
	"math"

	"thalweg/landscape/kernel"
	"thalweg/sim/flow"
)

// W6 is gradient flow: a stiff dense quadratic of 100 parameters, and the matrix square root (M - UU')U with a
// 20 x 20 matrix, at relative tolerance 1e-6. An item is one right-hand side.
func W6() []Workload {
	return []Workload{
		{Name: "w6_quad", Solve: true, Make: func() (func() int, func() float64) {
			q := newQuadratic()
			return solve(q, normals(51, q.n), 1, func(y []float64) float64 {
				s := make([]float64, q.n)
				return q.Slope(s, y)
			})
		}},
		{Name: "w6_msqrt", Solve: true, Make: func() (func() int, func() float64) {
			m := newRoot()
			start := make([]float64, m.n*m.n)
			for i := range m.n {
				start[i*m.n+i] = 1
			}
			return solve(m, start, 20, func(y []float64) float64 { return 2 * math.Sqrt(m.Slope(make([]float64, len(y)), y)) })
		}},
	}
}

// solve repeats one flow to time t.
func solve(f flow.Field, start []float64, t float64, check func([]float64) float64) (func() int, func() float64) {
	var end []float64
	once := func() int {
		s, err := flow.New(f, start, flow.Options{RTol: 1e-6, ATol: 1e-9})
		if err == nil {
			err = s.Advance(t)
		}
		if err != nil {
			panic(err) // both flows are smooth up to their end
		}
		end = append(end[:0], s.Point()...)
		return s.Stats().Gradients
	}
	once()
	seen := check(end)
	return once, func() float64 { return seen }
}

// quadratic is ½y'Ay with eigenvalues 1..1e4, log-spaced, in a Householder basis.
type quadratic struct {
	n int
	a []float64
}

func newQuadratic() *quadratic {
	const n = 100
	v := normals(50, n)
	size := math.Sqrt(kernel.Dot(v, v))
	for i := range v {
		v[i] /= size
	}
	// A = (I-2vv')Λ(I-2vv'), entry by entry: Λ - 2(v(Λv)' + (Λv)v') + 4(v'Λv)vv'.
	lambda, lv := make([]float64, n), make([]float64, n)
	for i := range lambda {
		lambda[i] = math.Pow(10, 4*float64(i)/(n-1))
		lv[i] = lambda[i] * v[i]
	}
	vlv := kernel.Dot(v, lv)
	q := &quadratic{n, make([]float64, n*n)}
	for i := range n {
		for j := range n {
			q.a[i*n+j] = -2*(v[i]*lv[j]+lv[i]*v[j]) + 4*vlv*v[i]*v[j]
		}
		q.a[i*n+i] += lambda[i]
	}
	return q
}

func (q *quadratic) Dim() int { return q.n }

// Slope implements flow.Field: it stores -Ay and returns the loss.
func (q *quadratic) Slope(dst, y []float64) float64 {
	var loss float64
	for i := range dst {
		s := kernel.Dot(q.a[i*q.n:(i+1)*q.n], y)
		loss += s * y[i]
		dst[i] = -s
	}
	return loss / 2
}

// JacVec implements flow.Bent.
func (q *quadratic) JacVec(dst, _, v []float64) { q.Slope(dst, v) }

// root is the flow of ¼|M - UU'|², U a square matrix, whose rest is a square root of M.
type root struct {
	n       int
	m, rest []float64
}

func newRoot() *root {
	const n = 20
	g := normals(52, n*n)
	r := &root{n: n, m: make([]float64, n*n), rest: make([]float64, n*n)}
	for i := range n {
		for j := range n {
			r.m[i*n+j] = kernel.Dot(g[i*n:(i+1)*n], g[j*n:(j+1)*n]) / n
		}
		r.m[i*n+i] += 0.1
	}
	return r
}

func (r *root) Dim() int { return r.n * r.n }

// Slope implements flow.Field: (M - UU')U, and the loss ¼|M - UU'|².
func (r *root) Slope(dst, u []float64) float64 {
	at := kernel.Dense(r.n, r.n, u)
	kernel.MulNT(kernel.Dense(r.n, r.n, r.rest), at, at, false)
	for i, m := range r.m {
		r.rest[i] = m - r.rest[i]
	}
	kernel.MulNN(kernel.Dense(r.n, r.n, dst), kernel.Dense(r.n, r.n, r.rest), at, false)
	return kernel.Dot(r.rest, r.rest) / 4
}
