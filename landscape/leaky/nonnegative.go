package leaky

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// nonNegative finds the u >= 0 of n numbers at which a convex quadratic is least, by an active set (Lawson and Hanson,
// Solving Least Squares Problems, 1974, NNLS). downhill stores minus the gradient at u, of which what is below enough
// counts as 0; solve gives the minimum over a set of coordinates, the others 0, in the order of the set, or nil where it is
// not known.
func nonNegative(n int, enough float64, downhill func(dst, u []float64), solve func(set []int) []float64) ([]float64, error) {
	u, slope := make([]float64, n), make([]float64, n)
	barred := make([]bool, n) // coordinates that rounding alone asks for
	var passive []int
	for range 10 * (n + 1) {
		downhill(slope, u)
		best, most := -1, enough
		for i, s := range slope {
			if !barred[i] && s > most && !slices.Contains(passive, i) {
				best, most = i, s
			}
		}
		if best < 0 {
			return u, nil
		}
		passive = append(passive, best)
		for len(passive) > 0 {
			v := solve(passive)
			if v == nil || !landscape.Finite(v) {
				return nil, fmt.Errorf("nonnegative least squares met columns that depend on each other")
			}
			step := 1.0
			for k, i := range passive {
				if v[k] <= 0 {
					step = math.Min(step, u[i]/(u[i]-v[k]))
				}
			}
			if math.IsNaN(step) {
				step = 0
			}
			kept := passive[:0]
			for k, i := range passive {
				u[i] += step * (v[k] - u[i])
				if v[k] <= 0 && u[i] <= 1e-15*(1+math.Abs(v[k])) {
					u[i] = 0
					continue
				}
				kept = append(kept, i)
			}
			if passive = kept; step > 0 {
				clear(barred)
			} else if !slices.Contains(passive, best) {
				barred[best] = true
			}
			if step == 1 {
				break
			}
		}
	}
	return nil, fmt.Errorf("nonnegative least squares of %d columns did not come to an end", n)
}

// leastSquares finds the u >= 0 at which |A u - b| is least; sets of columns are solved by an orthogonal factorisation.
func leastSquares(a *mat.Dense, b []float64) ([]float64, error) {
	rows, n := a.Dims()
	residual := make([]float64, rows)
	downhill := func(dst, u []float64) {
		clear(dst)
		for r := range rows {
			residual[r] = b[r] - kernel.Dot(a.RawRowView(r), u)
			kernel.Axpy(dst, residual[r], a.RawRowView(r))
		}
	}
	solve := func(set []int) []float64 {
		if len(set) > rows {
			return nil
		}
		p := mat.NewDense(rows, len(set), nil)
		for k, i := range set {
			for r := range rows {
				p.Set(r, k, a.At(r, i))
			}
		}
		var qr mat.QR
		qr.Factorize(p)
		var v mat.VecDense
		if err := qr.SolveVecTo(&v, false, mat.NewVecDense(rows, slices.Clone(b))); err != nil && v.Len() == 0 {
			return nil
		}
		return v.RawVector().Data
	}
	return nonNegative(n, 1e-14*kernel.Norm(b)*mat.Norm(a, 2), downhill, solve)
}

// leastQuadratic finds the u >= 0 at which u'Gu/2 - b'u is least: with all coordinates first, which is the end where none
// is negative.
func leastQuadratic(g *mat.SymDense, b []float64) ([]float64, error) {
	n, top := len(b), 0.0
	all := make([]int, n)
	for i, v := range b {
		all[i] = i
		top = math.Max(top, math.Abs(v))
	}
	solve := func(set []int) []float64 {
		a, r := mat.NewSymDense(len(set), nil), mat.NewVecDense(len(set), nil)
		for p, i := range set {
			r.SetVec(p, b[i])
			for q := p; q < len(set); q++ {
				a.SetSym(p, q, g.At(i, set[q]))
			}
		}
		var c mat.Cholesky
		var v mat.VecDense
		if !c.Factorize(a) || c.SolveVecTo(&v, r) != nil {
			return nil
		}
		return v.RawVector().Data
	}
	if v := solve(all); v != nil && slices.Min(v) >= 0 {
		return v, nil
	}
	downhill := func(dst, u []float64) {
		for i := range dst {
			dst[i] = b[i]
			for k, v := range u {
				dst[i] -= g.At(i, k) * v
			}
		}
	}
	return nonNegative(n, 1e-13*top, downhill, solve)
}
