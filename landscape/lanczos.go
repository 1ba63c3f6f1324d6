package landscape

import (
	"context"
	"math"
	"slices"
)

// A Krylov is what m steps of Lanczos' method tell of a symmetric matrix: its projection T on the space of
// start, A start, A A start, and so on.
type Krylov struct {
	// Alpha is the diagonal of T, Beta the m-1 entries beside it.
	Alpha, Beta []float64
	// Ritz are the eigenvalues of T, ascending. The extreme ones are the first to agree with the matrix.
	Ritz []float64
	// Weights are the squared first components of the eigenvectors of T: how much of start lies along each.
	Weights []float64
	// Residuals bound the distance of each Ritz value from an eigenvalue.
	Residuals []float64

	basis [][]float64
}

// Lanczos runs m steps, or fewer when the space is exhausted, with every vector made orthogonal twice to all
// before it. A multiple eigenvalue shows once only: start has one direction in its eigenspace.
func Lanczos(apply Operator, start []float64, m int) *Krylov {
	k, _ := lanczos(context.Background(), apply, start, m, m, nil)
	return k
}

// LanczosUntil is Lanczos that ends before m steps where enough, asked after each from step least on, says so.
func LanczosUntil(apply Operator, start []float64, least, m int, enough func(*Krylov) bool) *Krylov {
	k, _ := lanczos(context.Background(), apply, start, least, m, enough)
	return k
}

// lanczos is LanczosUntil that ends with ctx. A nil enough is not asked.
func lanczos(ctx context.Context, apply Operator, start []float64, least, m int, enough func(*Krylov) bool) (*Krylov, error) {
	n := len(start)
	k := &Krylov{}
	v := slices.Clone(start)
	scale(v, 1/norm(v))
	after := 0.0 // the entry of T beyond the last step
	for len(k.Alpha) < min(m, n) {
		k.basis = append(k.basis, v)
		w := make([]float64, n)
		apply(w, v)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		alpha := dot(w, v)
		k.Alpha = append(k.Alpha, alpha)
		orthogonalize(w, nil, k.basis)
		after = norm(w)
		if !(after > 1e-12*max(1, math.Abs(alpha))) {
			after = 0
			break
		}
		if enough != nil && len(k.Alpha) >= least && len(k.Alpha) < min(m, n) {
			k.solve(after)
			if enough(k) {
				return k, nil
			}
		}
		scale(w, 1/after)
		k.Beta = append(k.Beta, after)
		v = w
	}
	k.Beta = k.Beta[:len(k.Alpha)-1]
	k.solve(after)
	return k, nil
}

// orthogonalize takes the parts along each of the orthonormal basis out of w, twice: once is not enough where little
// is left. It adds what it took to taken, unless that is nil.
func orthogonalize(w, taken []float64, basis [][]float64) {
	parts := make([]float64, len(basis))
	for range 2 {
		project(parts, basis, w)
		for i, p := range parts {
			if taken != nil {
				taken[i] += p
			}
			parts[i] = -p
		}
		combine(w, basis, parts)
	}
}

// project stores the products of each of the basis with w in parts, four vectors at a time so that w is read once.
func project(parts []float64, basis [][]float64, w []float64) {
	i := 0
	for ; i+3 < len(basis); i += 4 {
		a, b, c, d := basis[i][:len(w)], basis[i+1][:len(w)], basis[i+2][:len(w)], basis[i+3][:len(w)]
		var s, t, u, v float64
		for j, e := range w {
			s += a[j] * e
			t += b[j] * e
			u += c[j] * e
			v += d[j] * e
		}
		parts[i], parts[i+1], parts[i+2], parts[i+3] = s, t, u, v
	}
	for ; i < len(basis); i++ {
		parts[i] = dot(w, basis[i])
	}
}

// combine adds the basis with the given factors to w, four vectors at a time.
func combine(w []float64, basis [][]float64, factors []float64) {
	i := 0
	for ; i+3 < len(basis); i += 4 {
		a, b, c, d := basis[i][:len(w)], basis[i+1][:len(w)], basis[i+2][:len(w)], basis[i+3][:len(w)]
		s, t, u, v := factors[i], factors[i+1], factors[i+2], factors[i+3]
		for j := range w {
			w[j] += (s*a[j] + t*b[j]) + (u*c[j] + v*d[j])
		}
	}
	for ; i < len(basis); i++ {
		addScaled(w, factors[i], basis[i])
	}
}

// solve finds the eigenvalues of T, and of its eigenvectors the first and last components.
func (k *Krylov) solve(after float64) {
	m := len(k.Alpha)
	k.Weights, k.Residuals = make([]float64, m), make([]float64, m)
	if !allFinite(k.Alpha) || !allFinite(k.Beta) {
		k.Ritz = slices.Repeat([]float64{math.NaN()}, m)
		return
	}
	var rows [][]float64
	k.Ritz, rows, _ = tridiagonal(context.Background(), k.Alpha, k.Beta, unit(m, 0), unit(m, m-1))
	for i := range k.Ritz {
		k.Weights[i] = rows[0][i] * rows[0][i]
		k.Residuals[i] = after * math.Abs(rows[1][i])
	}
}

// Vector is the approximate unit eigenvector of Ritz value i, nil when the matrix is not finite.
func (k *Krylov) Vector(i int) []float64 {
	m := len(k.Alpha)
	if k.Ritz[i] != k.Ritz[i] {
		return nil
	}
	identity := make([][]float64, m)
	for j := range identity {
		identity[j] = unit(m, j)
	}
	_, rows, _ := tridiagonal(context.Background(), k.Alpha, k.Beta[:m-1], identity...)
	v, parts := make([]float64, len(k.basis[0])), make([]float64, m)
	for j := range parts {
		parts[j] = rows[j][i]
	}
	combine(v, k.basis, parts)
	return v
}

// extremeSteps is enough for the ends of the spectra of nets to agree to about 1e-8.
const extremeSteps = 60

// Extremes returns the lowest and the highest eigenvalue of the Hessian of f at x and, for a picture of what
// lies between, all Ritz values, ascending. It takes up to 60 products with the Hessian.
func Extremes(f Func, x []float64) (low, high float64, ritz []float64) {
	k := Lanczos(HessianAt(f, x), randomDirection(f.Dim(), 0, 2), extremeSteps)
	return k.Ritz[0], k.Ritz[len(k.Ritz)-1], k.Ritz
}
