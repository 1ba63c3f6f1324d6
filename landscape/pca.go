package landscape

import (
	"context"
	"errors"
	"math"
	"slices"
)

// shown is how many principal axes get their share reported when there are too many to know them all.
const shown = 10

// PCA is the plane of the two principal axes of points, centred on the last of them, both of length 1.
// The largest entry of each axis is positive. Range is fitted to the points. When the points lie on a line
// a random direction takes the second place, and the note says so.
//
// Shares must be read with care: a pure random walk already shows 8/pi^2, 81 percent, on the first axis, and the note
// says so. It returns the error of ctx where that ends before.
func PCA(ctx context.Context, points [][]float64) (Plane, error) {
	p := Plane{Kind: "pca", Note: "a walk without aim has 81 % on its first axis"}
	if len(points) == 0 {
		return p, errors.New("no point to fit a plane to")
	}
	last := points[len(points)-1]
	n := len(last)
	p.Origin = slices.Clone(last)
	rows := make([][]float64, len(points))
	for i, x := range points {
		rows[i] = difference(x, last)
		if !allFinite(rows[i]) {
			return p, errors.New("a point to fit a plane to is not finite")
		}
	}
	values, axes, err := principal(ctx, rows, n)
	if err != nil {
		return p, err
	}
	if values == nil {
		return p, errors.New("plane degenerate (the points are one point)")
	}
	total := 0.0
	for _, r := range rows {
		total += dot(r, r)
	}
	p.Explained = make([]float64, len(values))
	for i, v := range values {
		p.Explained[i] = max(v, 0) / total
	}
	if axes[1] == nil {
		side := randomDirection(n, 0, 0)
		if !orthogonal(side, axes[0], 1e-9*norm(side)) {
			return p, ErrDegenerate
		}
		axes[1] = side
		p.Note = "the points lie on a line; the second axis is random"
	}
	for k, axis := range axes {
		flip(axis)
		p.Axes[k] = axis
	}
	return p, p.Fit(points)
}

// principal returns the squared singular values of rows of length n, largest first, and the first two right
// singular vectors, the second of them nil when there is just one. It works on the smaller of the two Gram
// matrices, and all values are nil when the rows are 0.
func principal(ctx context.Context, rows [][]float64, n int) (values []float64, axes [2][]float64, err error) {
	wide := n > len(rows)
	m := min(n, len(rows))
	var vectors [][]float64
	if m <= denseGram {
		gram := make([]float64, m*m)
		if wide {
			for i, a := range rows {
				if err := ctx.Err(); err != nil {
					return nil, axes, err
				}
				for j, b := range rows[:i+1] {
					gram[i*m+j] = dot(a, b)
					gram[j*m+i] = gram[i*m+j]
				}
			}
		} else {
			for _, r := range rows {
				if err := ctx.Err(); err != nil {
					return nil, axes, err
				}
				for i, v := range r {
					addScaled(gram[i*m:(i+1)*m], v, r)
				}
			}
		}
		values, vectors = SymmetricEigen(gram, m)
	} else if values, vectors, err = gramEnds(ctx, rows, n, wide); err != nil {
		return nil, axes, err
	}
	slices.Reverse(values)
	slices.Reverse(vectors)
	if !(values[0] > 0) {
		return nil, axes, nil
	}
	for k := range axes {
		if k >= len(values) || !(values[k] > 1e-18*values[0]) {
			break
		}
		axis := vectors[k]
		if wide {
			axis = make([]float64, n)
			for i, r := range rows {
				addScaled(axis, vectors[k][i], r)
			}
			scale(axis, 1/norm(axis))
		}
		if k == 1 && !orthogonal(axis, axes[0], 0.5) {
			break // all rounding: the rows have rank 1
		}
		axes[k] = axis
	}
	return values, axes, nil
}

// denseGram is the largest Gram matrix whose eigenvalues are all computed.
const denseGram = 300

// gramEnds finds the largest eigenvalues of a Gram matrix without forming it, ascending, with vectors.
func gramEnds(ctx context.Context, rows [][]float64, n int, wide bool) (values []float64, vectors [][]float64, err error) {
	m, other := len(rows), make([]float64, n)
	apply := func(dst, v []float64) {
		clear(other)
		combine(other, rows, v)
		project(dst, rows, other)
	}
	if !wide {
		m, other = n, make([]float64, len(rows))
		apply = func(dst, v []float64) {
			project(other, rows, v)
			clear(dst)
			combine(dst, rows, other)
		}
	}
	k, err := lanczos(ctx, apply, randomDirection(m, 0, 1), 2*shown, 10*shown, func(k *Krylov) bool {
		top := k.Ritz[len(k.Ritz)-1]
		for _, r := range k.Residuals[len(k.Ritz)-shown:] {
			if r > settledShare*top {
				return false
			}
		}
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	for i := max(0, len(k.Ritz)-shown); i < len(k.Ritz); i++ {
		values = append(values, k.Ritz[i])
		vectors = append(vectors, k.Vector(i))
	}
	return values, vectors, nil
}

// settledShare is the residual, relative to the largest value, with which a principal axis counts as found.
const settledShare = 1e-12

// flip turns v so that its largest entry, the first of several, is positive.
func flip(v []float64) {
	largest := 0.0
	for _, e := range v {
		if math.Abs(e) > math.Abs(largest) {
			largest = e
		}
	}
	if largest < 0 {
		scale(v, -1)
	}
}
