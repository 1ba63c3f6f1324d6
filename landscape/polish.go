package landscape

import (
	"math"
	"slices"
)

// A Critical is a point without gradient, or the nearest to one that was reached.
type Critical struct {
	X    []float64
	Loss float64
	// GradNorm is the largest entry of the gradient by size.
	GradNorm float64
	// Converged tells that GradNorm is at most 1e-10 (1 + |Loss|).
	Converged bool
	// Eigenvalues of the Hessian, ascending; nil where it is not finite.
	Eigenvalues []float64
	// Index is the number of negative eigenvalues, Nullity that of those which cannot be told from 0.
	Index, Nullity int
}

// Label names the kind of point: minimum, saddle, maximum, or degenerate when an eigenvalue is 0 or there
// is no Hessian.
func (c *Critical) Label() string {
	switch {
	case c.Nullity > 0 || len(c.Eigenvalues) == 0:
		return "degenerate"
	case c.Index == 0:
		return "minimum"
	case c.Index == len(c.Eigenvalues):
		return "maximum"
	default:
		return "saddle"
	}
}

const (
	polishSteps   = 100
	criticalSlope = 1e-10
	// leastShare is the smallest part of Newton's step that is tried.
	leastShare = 0x1p-12
	armijo     = 1e-4
	// pseudoRank is the ratio of eigenvalues below which one counts as 0 in Newton's step.
	pseudoRank = 1e-12
)

// Polish drives the gradient to 0 by Newton's method from x, which stays as it is: minima, saddles and
// maxima alike attract it. Steps are halved until the gradient shrinks; at the end three full ones are tried
// and the point with the least gradient is kept. It needs the dense Hessian, so the dimension must be small.
func Polish(f Curved, x []float64) Critical {
	n := f.Dim()
	at, next := slices.Clone(x), make([]float64, n)
	grad, nextGrad := make([]float64, n), make([]float64, n)
	loss := f.Grad(grad, at)
	for range polishSteps {
		if largest(grad) <= criticalSlope*(1+math.Abs(loss)) {
			break
		}
		step := newton(f, at, grad)
		if step == nil {
			break
		}
		half := dot(grad, grad)
		share := 1.0
		nextLoss := 0.0
		for ; share >= leastShare; share /= 2 {
			copy(next, at)
			addScaled(next, share, step)
			nextLoss = f.Grad(nextGrad, next)
			if dot(nextGrad, nextGrad) <= (1-2*armijo*share)*half {
				break
			}
		}
		if share < leastShare {
			break
		}
		at, next, grad, nextGrad, loss = next, at, nextGrad, grad, nextLoss
	}
	best, least := slices.Clone(at), largest(grad)
	for range 3 {
		step := newton(f, at, grad)
		if step == nil {
			break
		}
		addScaled(at, 1, step)
		f.Grad(grad, at)
		if slope := largest(grad); slope < least {
			copy(best, at)
			least = slope
		}
	}
	return Describe(f, best)
}

// Describe says what kind of critical point x is.
func Describe(f Curved, x []float64) Critical {
	c := Critical{X: slices.Clone(x)}
	grad := make([]float64, len(x))
	c.Loss = f.Grad(grad, x)
	c.GradNorm = largest(grad)
	c.Converged = c.GradNorm <= criticalSlope*(1+math.Abs(c.Loss))
	system := Eigen(f, x)
	if system == nil {
		return c
	}
	c.Eigenvalues = system.Values
	tolerance := max(1e-8, 1e-7*largest(c.Eigenvalues))
	for _, v := range c.Eigenvalues {
		switch {
		case v < -tolerance:
			c.Index++
		case v <= tolerance:
			c.Nullity++
		}
	}
	return c
}

// newton is the shortest step to where the linearised gradient vanishes, or comes nearest to it; nil where
// there is none.
func newton(f Curved, x, grad []float64) []float64 {
	system := Eigen(f, x)
	if system == nil || !allFinite(grad) {
		return nil
	}
	top := largest(system.Values)
	step := make([]float64, len(x))
	for i, v := range system.Values {
		if math.Abs(v) > pseudoRank*top {
			addScaled(step, -dot(system.Vectors[i], grad)/v, system.Vectors[i])
		}
	}
	if !allFinite(step) {
		return nil
	}
	return step
}

// largest is the largest size of an entry; NaN when an entry is.
func largest(v []float64) float64 {
	size := 0.0
	for _, e := range v {
		size = max(size, math.Abs(e))
	}
	return size
}
