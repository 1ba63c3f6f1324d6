package landscape

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// maxTurns is how often the QL iteration may go over one eigenvalue; two or three times are the rule.
const maxTurns = 60

// tridiagonal diagonalises the symmetric tridiagonal matrix with diagonal d and beside, the len(d)-1 entries next
// to it, by QL steps with implicit shifts (Bowdler, Martin, Reinsch and Wilkinson, 1968). It returns the eigenvalues,
// ascending, and in rows what the transformation makes of the given rows, each as long as d: row r of the identity
// becomes the r-th entries of the eigenvectors. Without rows the work grows as the square of the order. Operands are
// not changed; everything must be finite. It returns the error of ctx where that ends before.
func tridiagonal(ctx context.Context, d, beside []float64, rows ...[]float64) (values []float64, turned [][]float64, err error) {
	n := len(d)
	values = slices.Clone(d)
	e := make([]float64, n)
	copy(e, beside)
	for _, r := range rows {
		turned = append(turned, slices.Clone(r))
	}
	for l := range n {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for turn := 0; ; turn++ {
			m := l
			for m < n-1 && math.Abs(e[m]) > 0x1p-53*(math.Abs(values[m])+math.Abs(values[m+1])) {
				m++
			}
			if m == l || turn == maxTurns {
				break
			}
			sweep(values, e, l, m, turned)
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	values = permuted(values, order)
	for i := range turned {
		turned[i] = permuted(turned[i], order)
	}
	return values, turned, nil
}

// sweep is one QL step on the unreduced part l..m of a tridiagonal matrix.
func sweep(d, e []float64, l, m int, rows [][]float64) {
	g := (d[l+1] - d[l]) / (2 * e[l])
	g = d[m] - d[l] + e[l]/(g+math.Copysign(math.Hypot(g, 1), g))
	s, c, p := 1.0, 1.0, 0.0
	for i := m - 1; i >= l; i-- {
		f, b := s*e[i], c*e[i]
		r := math.Hypot(f, g)
		e[i+1] = r
		if r == 0 {
			d[i+1] -= p
			e[m] = 0
			return
		}
		s, c = f/r, g/r
		g = d[i+1] - p
		r = (d[i]-g)*s + 2*c*b
		p = s * r
		d[i+1] = g + p
		g = c*r - b
		for _, z := range rows {
			u, v := z[i], z[i+1]
			z[i], z[i+1] = c*u-s*v, s*u+c*v
		}
	}
	d[l] -= p
	e[l], e[m] = g, 0
}

// permuted lists v in the given order.
func permuted(v []float64, order []int) []float64 {
	out := make([]float64, len(v))
	for i, o := range order {
		out[i] = v[o]
	}
	return out
}

// unit is row i of the identity of order n.
func unit(n, i int) []float64 {
	v := make([]float64, n)
	v[i] = 1
	return v
}
