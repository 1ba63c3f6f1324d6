package landscape

import (
	"math"
	"slices"
)

// An Operator stores a symmetric matrix times v in dst.
type Operator func(dst, v []float64)

// HessianAt is the Hessian of f at x as an operator.
func HessianAt(f Func, x []float64) Operator {
	return func(dst, v []float64) { HessVec(f, dst, x, v) }
}

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

	basis, vectors [][]float64
}

// Lanczos runs m steps, or fewer when the space is exhausted, with every vector made orthogonal twice to all
// before it. A multiple eigenvalue shows once only: start has one direction in its eigenspace.
func Lanczos(apply Operator, start []float64, m int) *Krylov {
	n := len(start)
	k := &Krylov{}
	v := slices.Clone(start)
	scale(v, 1/norm(v))
	after := 0.0 // the entry of T beyond the last step
	for len(k.Alpha) < min(m, n) {
		k.basis = append(k.basis, v)
		w := make([]float64, n)
		apply(w, v)
		alpha := dot(w, v)
		k.Alpha = append(k.Alpha, alpha)
		for range 2 {
			projections := make([]float64, len(k.basis))
			for i, b := range k.basis {
				projections[i] = dot(w, b)
			}
			for i, b := range k.basis {
				addScaled(w, -projections[i], b)
			}
		}
		after = norm(w)
		if !(after > 1e-12*max(1, math.Abs(alpha))) {
			after = 0
			break
		}
		scale(w, 1/after)
		k.Beta = append(k.Beta, after)
		v = w
	}
	k.Beta = k.Beta[:len(k.Alpha)-1]
	k.solve(after)
	return k
}

// solve diagonalises T.
func (k *Krylov) solve(after float64) {
	m := len(k.Alpha)
	t := make([]float64, m*m)
	for i, a := range k.Alpha {
		t[i*m+i] = a
		if i > 0 {
			t[i*m+i-1], t[(i-1)*m+i] = k.Beta[i-1], k.Beta[i-1]
		}
	}
	k.Weights, k.Residuals = make([]float64, m), make([]float64, m)
	if !allFinite(t) {
		k.Ritz = slices.Repeat([]float64{math.NaN()}, m)
		return
	}
	k.Ritz, k.vectors = symmetric(t, m)
	for i, s := range k.vectors {
		k.Weights[i] = s[0] * s[0]
		k.Residuals[i] = after * math.Abs(s[m-1])
	}
}

// Vector is the approximate unit eigenvector of Ritz value i, nil when the matrix is not finite.
func (k *Krylov) Vector(i int) []float64 {
	if k.vectors == nil {
		return nil
	}
	v := make([]float64, len(k.basis[0]))
	for j, s := range k.vectors[i] {
		addScaled(v, s, k.basis[j])
	}
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

// Sharpness follows the highest eigenvalue of the Hessian along a walk: given the eigenvector of the point
// before, or nil, it takes steps products only, 15 suffice. It returns the eigenvector and the bound of the
// error as well.
func Sharpness(f Func, x, warm []float64, steps int) (value float64, vector []float64, residual float64) {
	start := randomDirection(f.Dim(), 0, 2)
	if len(warm) == f.Dim() {
		// Some of a random direction stays in: from an exact eigenvector no other could be found.
		scale(start, 0.1*norm(warm)/norm(start))
		addScaled(start, 1, warm)
	}
	k := Lanczos(HessianAt(f, x), start, steps)
	top := len(k.Ritz) - 1
	return k.Ritz[top], k.Vector(top), k.Residuals[top]
}

// A Density is the spectrum of a symmetric n x n matrix as seen by stochastic Lanczos quadrature.
type Density struct {
	// Nodes and Weights of every probe; the weights of one sum to 1.
	Nodes, Weights [][]float64
	// Trace is the estimate of the trace. Its standard error is about sqrt(2/probes) |A| in the Frobenius norm.
	Trace float64
}

// Quadrature runs m steps of Lanczos' method from each probe, a random vector of signs.
func Quadrature(apply Operator, probes [][]float64, m int) Density {
	var d Density
	for _, probe := range probes {
		k := Lanczos(apply, probe, m)
		d.Nodes, d.Weights = append(d.Nodes, k.Ritz), append(d.Weights, k.Weights)
		d.Trace += float64(len(probe)) / float64(len(probes)) * dot(k.Ritz, k.Weights)
	}
	return d
}

// On returns the density at n places that span the nodes and a twentieth more on both sides, each node
// widened to a normal distribution of a hundredth of their span.
func (d Density) On(n int) (places, density []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, nodes := range d.Nodes {
		low, high = min(low, nodes[0]), max(high, nodes[len(nodes)-1])
	}
	span := high - low
	if span == 0 {
		span = max(1, math.Abs(low))
	}
	sigma := span / 100
	places, density = make([]float64, n), make([]float64, n)
	for i := range places {
		x := low - span/20 + 1.1*span*float64(i)/float64(n-1)
		places[i] = x
		for j, nodes := range d.Nodes {
			for k, node := range nodes {
				u := (x - node) / sigma
				density[i] += d.Weights[j][k] * math.Exp(-u*u/2)
			}
		}
		density[i] /= float64(len(d.Nodes)) * sigma * math.Sqrt(2*math.Pi)
	}
	return places, density
}
