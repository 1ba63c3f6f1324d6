package teacher

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// A Level is an eigenvalue of the Hessian at a symmetric point, with its multiplicity and the kind of directions it
// belongs to: 't' the fixed space itself, 's' one vector that sums to 0, 'x' skew and 'y' symmetric matrices whose rows
// sum to 0.
type Level struct {
	Value        float64
	Multiplicity int
	Type         byte
}

// Levels is the whole spectrum of the D x D Hessian at the point, ascending, from blocks of at most 5 x 5: the Hessian
// commutes with the permutations that leave the point as it is, so it acts on four kinds of subspaces (Schur).
func (p *Point) Levels() []Level {
	aligned := p.D
	if len(p.Xi) > 2 {
		aligned--
	}
	return levels(Orthonormal(p.D, p.D), p.W(), p.Space, aligned)
}

func levels(p *Problem, x []float64, space *Space, aligned int) []Level {
	d := p.D
	var out []Level
	add := func(kind byte, multiplicity int, e [][]float64) {
		if multiplicity < 1 {
			return
		}
		for _, v := range landscape.SymmetricEigenvalues(reduced(p, x, e), len(e)) {
			out = append(out, Level{v, multiplicity, kind})
		}
	}
	// unitOf is the normalised matrix of signed entries row, column.
	unitOf := func(entries ...[3]int) []float64 {
		m := make([]float64, d*d)
		for _, e := range entries {
			m[e[0]*d+e[1]] += float64(e[2])
		}
		kernel.Scale(1/norm(m), m)
		return m
	}
	add('t', 1, space.basis())
	if aligned >= 2 {
		var rows, columns [][3]int
		for a := range aligned {
			rows = append(rows, [3]int{0, a, 1}, [3]int{1, a, -1})
			columns = append(columns, [3]int{a, 0, 1}, [3]int{a, 1, -1})
		}
		e := [][]float64{unitOf([3]int{0, 0, 1}, [3]int{1, 1, -1}), unitOf(rows...), unitOf(columns...)}
		if aligned < d {
			e = append(e, unitOf([3]int{0, d - 1, 1}, [3]int{1, d - 1, -1}), unitOf([3]int{d - 1, 0, 1}, [3]int{d - 1, 1, -1}))
		}
		add('s', aligned-1, orthonormal(e))
	}
	if aligned >= 3 {
		add('x', (aligned-1)*(aligned-2)/2, [][]float64{unitOf([3]int{0, 1, 1}, [3]int{1, 0, -1}, [3]int{1, 2, 1}, [3]int{2, 1, -1}, [3]int{2, 0, 1}, [3]int{0, 2, -1})})
	}
	if aligned >= 4 {
		add('y', aligned*(aligned-3)/2, [][]float64{unitOf([3]int{0, 1, 1}, [3]int{1, 0, 1}, [3]int{2, 3, 1}, [3]int{3, 2, 1},
			[3]int{0, 2, -1}, [3]int{2, 0, -1}, [3]int{1, 3, -1}, [3]int{3, 1, -1})})
	}
	slices.SortStableFunc(out, func(a, b Level) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	return out
}

// orthonormal turns independent vectors into orthonormal ones that span the same (Gram and Schmidt).
func orthonormal(e [][]float64) [][]float64 {
	for i := range e {
		for j := range i {
			kernel.Axpy(e[i], -kernel.Dot(e[i], e[j]), e[j])
		}
		kernel.Scale(1/norm(e[i]), e[i])
	}
	return e
}

// Isotypic is the spectrum of the Hessian at x by its symmetry, where x, of D neurons against the unit vectors, is
// within tol of a matrix that the permutations of all D, or of D-1, neurons and coordinates leave as it is, up to their
// order. The eigenvalues are off by about the distance. It reports whether x is such a point.
func (p *Problem) Isotypic(x []float64, tol float64) ([]Level, bool) {
	d := p.D
	if !p.plain || p.K != d || d < 2 || !landscape.Finite(x) {
		return nil, false
	}
	turned := p.matched(x)
	whole, err := NewSpace([]int{d}, 0)
	if err != nil {
		return nil, false
	}
	if xi, apart := whole.Fit(turned); apart <= tol {
		return levels(p, whole.Expand(xi), whole, d), true
	}
	one, err := NewSpace([]int{d - 1, 1}, 0)
	if err != nil {
		return nil, false
	}
	last := make([]float64, len(x))
	for o := range d {
		for i := range d {
			for a := range d {
				last[i*d+a] = turned[swapped(i, o, d)*d+swapped(a, o, d)]
			}
		}
		if xi, apart := one.Fit(last); apart <= tol {
			return levels(p, one.Expand(xi), one, d-1), true
		}
	}
	return nil, false
}

// symmetricEnough is how far a point may be from its symmetry for its eigenvalues to count as known.
const symmetricEnough = 1e-12

// Eigenvalues are those of the Hessian at x, ascending, where its symmetry gives them.
func (p *Problem) Eigenvalues(x []float64) (values []float64, known bool) {
	l, known := p.Isotypic(x, symmetricEnough)
	for _, e := range l {
		for range e.Multiplicity {
			values = append(values, e.Value)
		}
	}
	return values, known
}

// Index counts the levels below -tol, with their multiplicities.
func Index(levels []Level, tol float64) (n int) {
	for _, l := range levels {
		if l.Value < -math.Abs(tol) {
			n += l.Multiplicity
		}
	}
	return n
}
