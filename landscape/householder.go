package landscape

import (
	"context"
	"math"

	"thalweg/landscape/kernel"
)

// reduce turns a symmetric n x n matrix, row-major, of which it reads and overwrites the lower triangle, to
// tridiagonal form by Householder reflections from the last row up (Martin, Reinsch and Wilkinson, 1968). Row i
// keeps the vector u of its reflection 1 - u u'/h[i] in its first i entries; h[i] is 0 where none was needed. The
// update of one reflection and the product for the next go over the matrix together, for that pass is what takes
// the time. It returns the error of ctx where that ends before.
func reduce(ctx context.Context, a []float64, n int) (d, beside, h []float64, err error) {
	d, beside, h = make([]float64, n), make([]float64, max(0, n-1)), make([]float64, n)
	q, p := make([]float64, n), make([]float64, n)
	var u []float64 // of the reflection that the rows still wait for, nil before the first
	for i := n - 1; i > 0; i-- {
		if err := ctx.Err(); err != nil {
			return nil, nil, nil, err
		}
		w := a[i*n:][:i]
		if u != nil {
			bring(a[i*n:][:i+1], u, q, i)
		}
		d[i] = a[i*n+i]
		beside[i-1], h[i] = reflector(w)
		clear(p[:i])
		pass(a, n, i, u, q, w, p)
		if h[i] == 0 {
			// w is 0 but for its last entry: the rows are up to date and nothing is reflected.
			u = nil
			continue
		}
		scale(p[:i], 1/h[i])
		k := dot(p[:i], w) / (2 * h[i])
		for j, v := range w {
			q[j] = p[j] - k*v
		}
		u = w
	}
	if u != nil {
		bring(a[:1], u, q, 0)
	}
	if n > 0 {
		d[0] = a[0]
	}
	return d, beside, h, nil
}

// reflector replaces x by the vector u of the reflection 1 - u u'/h that leaves of x its last entry alone, and
// returns that entry and h. Where x has nothing but the last entry, h is 0 and x becomes 0.
func reflector(x []float64) (last, h float64) {
	top := largest(x[:len(x)-1])
	last = x[len(x)-1]
	if top == 0 {
		clear(x)
		return last, 0
	}
	top = max(top, math.Abs(last))
	sum := 0.0
	for _, v := range x {
		sum += v / top * (v / top)
	}
	g := math.Copysign(top*math.Sqrt(sum), -last)
	h = top*top*sum - last*g
	x[len(x)-1] = last - g
	return g, h
}

// bring makes the last update in row j: row -= u[j] q + q[j] u.
func bring(row, u, q []float64, j int) {
	s, t := u[j], q[j]
	u, q = u[:len(row)], q[:len(row)]
	for k := range row {
		row[k] -= s*q[k] + t*u[k]
	}
}

// pass brings the rows before i up to date, if u is not nil, and adds their product with w to p.
func pass(a []float64, n, i int, u, q, w, p []float64) {
	if u == nil {
		u, q = make([]float64, i), make([]float64, i)
	}
	j := 0
	for ; j+1 < i; j += 2 {
		x, y := a[j*n:][:j], a[(j+1)*n:][:j]
		s, t := rows2(x, y, u, q, w, p, [6]float64{u[j], q[j], u[j+1], q[j+1], w[j], w[j+1]})
		// The corner: entries (j, j), (j+1, j) and (j+1, j+1).
		corner := a[j*n+j] - 2*u[j]*q[j]
		side := a[(j+1)*n+j] - u[j+1]*q[j] - q[j+1]*u[j]
		end := a[(j+1)*n+j+1] - 2*u[j+1]*q[j+1]
		a[j*n+j], a[(j+1)*n+j], a[(j+1)*n+j+1] = corner, side, end
		p[j] += s + corner*w[j] + side*w[j+1]
		p[j+1] += t + side*w[j] + end*w[j+1]
	}
	if j < i {
		row := a[j*n:][:j+1]
		bring(row, u, q, j)
		p[j] += dot(row, w[:j+1])
		addScaled(p[:j], w[j], row)
	}
}

// rows2 is pass for the first entries of two rows x and y with factors of u, q and w: it returns their products
// with w.
func rows2(x, y, u, q, w, p []float64, f [6]float64) (s, t float64) {
	y, u, q, w, p = y[:len(x)], u[:len(x)], q[:len(x)], w[:len(x)], p[:len(x)]
	ux, qx, uy, qy, wx, wy := f[0], f[1], f[2], f[3], f[4], f[5]
	var s1, t1 float64
	k := 0
	for ; k+1 < len(x); k += 2 {
		u0, q0, u1, q1 := u[k], q[k], u[k+1], q[k+1]
		x0, x1 := x[k]-(ux*q0+qx*u0), x[k+1]-(ux*q1+qx*u1)
		y0, y1 := y[k]-(uy*q0+qy*u0), y[k+1]-(uy*q1+qy*u1)
		x[k], x[k+1], y[k], y[k+1] = x0, x1, y0, y1
		p[k] += x0*wx + y0*wy
		p[k+1] += x1*wx + y1*wy
		s += x0 * w[k]
		s1 += x1 * w[k+1]
		t += y0 * w[k]
		t1 += y1 * w[k+1]
	}
	for ; k < len(x); k++ {
		x0, y0 := x[k]-(ux*q[k]+qx*u[k]), y[k]-(uy*q[k]+qy*u[k])
		x[k], y[k] = x0, y0
		p[k] += x0*wx + y0*wy
		s += x0 * w[k]
		t += y0 * w[k]
	}
	return s + s1, t + t1
}

// eigenvalues are those of a symmetric n x n matrix, ascending. It overwrites a, whose entries must be finite.
func eigenvalues(ctx context.Context, a []float64, n int) ([]float64, error) {
	d, beside, _, err := reduce(ctx, a, n)
	if err != nil {
		return nil, err
	}
	values, _, err := tridiagonal(ctx, d, beside)
	return values, err
}

// eigensystem is eigenvalues with the unit eigenvectors, row by row.
func eigensystem(ctx context.Context, a []float64, n int) (values []float64, vectors [][]float64, err error) {
	d, beside, h, err := reduce(ctx, a, n)
	if err != nil {
		return nil, nil, err
	}
	size := max(largest(d), largest(beside))
	if size == 0 {
		size = 1
	}
	scale(d, 1/size)
	scale(beside, 1/size)
	values, q, err := divided(ctx, d, beside)
	if err != nil {
		return nil, nil, err
	}
	scale(values, size)
	// Undo the reflections, the last one first, on four vectors at a time.
	vectors = make([][]float64, n)
	for i := range vectors {
		vectors[i] = q.Row(i)
	}
	kernel.Blocks((n+3)/4, func(b int) {
		if ctx.Err() != nil {
			return
		}
		group := vectors[4*b : min(n, 4*b+4)]
		for i := 1; i < n; i++ {
			if h[i] != 0 {
				reflectBack(group, a[i*n:][:i], h[i])
			}
		}
	})
	return values, vectors, ctx.Err()
}

// reflectBack applies 1 - u u'/h to the first entries of up to four vectors.
func reflectBack(x [][]float64, u []float64, h float64) {
	if len(x) < 4 {
		for _, v := range x {
			addScaled(v[:len(u)], -dot(u, v[:len(u)])/h, u)
		}
		return
	}
	a, b, c, d := x[0][:len(u)], x[1][:len(u)], x[2][:len(u)], x[3][:len(u)]
	var p, q, r, s float64
	for i, v := range u {
		p += v * a[i]
		q += v * b[i]
		r += v * c[i]
		s += v * d[i]
	}
	p, q, r, s = p/h, q/h, r/h, s/h
	for i, v := range u {
		a[i] -= p * v
		b[i] -= q * v
		c[i] -= r * v
		d[i] -= s * v
	}
}
