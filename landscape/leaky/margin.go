package leaky

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// ErrNotSeparable tells that no line through the origin parts the labels.
var ErrNotSeparable = errors.New("not separable")

// A Line is the linear solution of largest margin through the origin: the least |Z| with y_i Z·x_i >= 1. Alpha are the
// multipliers, Z = Σ Alpha_i y_i x_i. The margin is 1/|Z|.
type Line struct {
	Z, Alpha []float64
	Margin   float64
	// Support counts the points with a multiplier above 0, Gap is Σ Alpha - |Z|², 0 at the solution.
	Support int
	Gap     float64
}

// separable is the residual of the least distance below which points are not separable.
const separable = 1e-9

// MaxMargin finds the line of points x, row-major of so many inputs, with labels of ±1. Where every point supports it, it
// is the solution of one system; else it comes from least distance programming (Lawson and Hanson, Solving Least Squares
// Problems, 1974, chapter 23) and is polished on its support.
func MaxMargin(x []float64, inputs int, y []float64) (*Line, error) {
	n := len(y)
	if n == 0 || len(x) != n*inputs {
		return nil, fmt.Errorf("%d numbers for %d points of %d inputs", len(x), n, inputs)
	}
	z, size := make([]float64, len(x)), 0.0
	for i := range n {
		row := z[i*inputs : (i+1)*inputs]
		copy(row, x[i*inputs:(i+1)*inputs])
		kernel.Scale(y[i], row)
		size = math.Max(size, kernel.Norm(row))
	}
	if size == 0 || !landscape.Finite(z) {
		return nil, ErrNotSeparable
	}
	kernel.Scale(1/size, z)
	gram := make([]float64, n*n)
	kernel.MulNT(kernel.Dense(n, n, gram), kernel.Dense(n, inputs, z), kernel.Dense(n, inputs, z), false)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	alpha := supported(gram, n, all)
	if alpha == nil {
		var err error
		if alpha, err = leastDistance(z, inputs, n); err != nil {
			return nil, err
		}
		var support []int
		for i, a := range alpha {
			if a > 0 {
				support = append(support, i)
			}
		}
		if better := supported(gram, n, support); better != nil {
			alpha = better
		}
	}
	l := &Line{Z: make([]float64, inputs), Alpha: alpha}
	sum := 0.0
	for i, a := range alpha {
		kernel.Axpy(l.Z, a, z[i*inputs:(i+1)*inputs])
		sum += a
		if a > 0 {
			l.Support++
		}
	}
	l.Gap = sum - kernel.Dot(l.Z, l.Z)
	// Back from points of length 1: z·(x/size) = 1.
	kernel.Scale(1/size, l.Z)
	kernel.Scale(1/(size*size), l.Alpha)
	l.Gap /= size * size
	l.Margin = 1 / kernel.Norm(l.Z)
	return l, nil
}

// supported solves Q_PP alpha_P = 1 on a support and returns alpha, nil unless it is positive there and all margins are 1
// or more.
func supported(gram []float64, n int, support []int) []float64 {
	k := len(support)
	if k == 0 {
		return nil
	}
	q := mat.NewSymDense(k, nil)
	ones := mat.NewVecDense(k, nil)
	for a, i := range support {
		ones.SetVec(a, 1)
		for b := a; b < k; b++ {
			q.SetSym(a, b, gram[i*n+support[b]])
		}
	}
	var c mat.Cholesky
	if !c.Factorize(q) || c.Cond() > 1e12 {
		return nil
	}
	var v mat.VecDense
	if c.SolveVecTo(&v, ones) != nil {
		return nil
	}
	alpha := make([]float64, n)
	for a, i := range support {
		if alpha[i] = v.AtVec(a); !(alpha[i] > 0) {
			return nil
		}
	}
	for i := range n {
		if kernel.Dot(gram[i*n:(i+1)*n], alpha) < 1-1e-9 {
			return nil
		}
	}
	return alpha
}

// leastDistance solves it by nonnegative least squares: u >= 0 nearest to E u = (0, …, 0, 1) with E the points and a row
// of ones. A residual of 0 proves that no line parts the points.
func leastDistance(z []float64, inputs, n int) ([]float64, error) {
	rows := inputs + 1
	e, f := mat.NewDense(rows, n, nil), make([]float64, rows)
	for i := range n {
		for a := range inputs {
			e.Set(a, i, z[i*inputs+a])
		}
		e.Set(inputs, i, 1)
	}
	f[inputs] = 1
	u, err := leastSquares(e, f)
	if err != nil {
		return nil, err
	}
	r := make([]float64, rows)
	for a := range rows {
		r[a] = kernel.Dot(e.RawRowView(a), u) - f[a]
	}
	if kernel.Norm(r) < separable {
		return nil, ErrNotSeparable
	}
	kernel.Scale(-1/r[inputs], u)
	return u, nil
}
