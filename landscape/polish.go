package landscape

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// A Critical is a point without gradient, or the nearest to one that was reached.
type Critical struct {
	X    []float64
	Loss float64
	// GradNorm is the largest entry of the gradient by size.
	GradNorm float64
	// Converged tells that GradNorm is at most 1e-10 (1 + |Loss|), or the tolerance of a search in place of 1e-10.
	Converged bool
	// Eigenvalues of the Hessian, ascending; nil where it is not finite. With Partial they are the lowest and the
	// highest only, and Index and Nullity, counted among them, are at least so large.
	Eigenvalues []float64
	Partial     bool
	// Index is the number of negative eigenvalues, Nullity that of those which cannot be told from 0.
	Index, Nullity int

	// What follows is known of points that a search found.

	// Number counts the points of a search from 1 in the order in which its starts led to them: it does not depend on
	// how far the search got.
	Number int
	// Start is the first start that led here, by its place; Hits counts the starts that did.
	Start, Hits int
	// Copies counts the points found that are this one up to a symmetry of the loss, itself included.
	Copies int
	// PossiblyEqual are the numbers of points that agree with this one in all that symmetries leave alone, though no
	// symmetry was found that turns one into the other.
	PossiblyEqual []int

	last int // the last start that was counted in Hits
}

// Label names the kind of point: minimum, saddle, maximum, or degenerate when an eigenvalue is 0 or there
// is no Hessian.
func (c *Critical) Label() string {
	switch {
	case c.Nullity > 0 || len(c.Eigenvalues) == 0:
		return "degenerate"
	case c.Index == 0:
		return "minimum"
	case c.Index == len(c.Eigenvalues) && !c.Partial:
		return "maximum"
	default:
		return "saddle"
	}
}

// Polish drives the gradient to 0 by Newton's method from x, which stays as it is: minima, saddles and
// maxima alike attract it. Steps are halved until the gradient shrinks, with Levenberg's step where halving does
// not help; at the end three full ones are tried and the point with the least gradient is kept. Up to dimension
// LiveDense it works with the dense Hessian. It returns the error of ctx where that ends before.
func Polish(ctx context.Context, f Curved, x []float64) (Critical, error) {
	_, end := newHunter(ctx, f, Search{}).flatten(x)
	return end, ctx.Err()
}

// Describe says what kind of critical point x is.
func Describe(f Curved, x []float64) Critical {
	c, _ := newHunter(context.Background(), f, Search{}).describe(x)
	return c
}

// describe is Describe that also returns the curvature at x, nil where it is not finite or ctx has ended.
func (h *hunter) describe(x []float64) (Critical, curvature) {
	c := Critical{X: slices.Clone(x)}
	grad := make([]float64, h.n)
	c.Loss = h.grad(grad, x)
	c.GradNorm = largest(grad)
	c.Converged = h.level(c.Loss, grad)
	bend := h.curvature(x)
	if bend == nil {
		return c, nil
	}
	switch b := bend.(type) {
	case *dense:
		c.Eigenvalues = b.values
		if s, ok := h.f.(Spectral); ok {
			if values, known := s.Eigenvalues(x); known {
				c.Eigenvalues = values
			}
		}
	case *sparse:
		c.Eigenvalues, c.Partial = b.ends()
	}
	tolerance := zeroCurvature(c.Eigenvalues)
	for _, v := range c.Eigenvalues {
		switch {
		case v < -tolerance:
			c.Index++
		case v <= tolerance:
			c.Nullity++
		}
	}
	return c, bend
}

// zeroCurvature is the size up to which an eigenvalue cannot be told from 0.
func zeroCurvature(eigenvalues []float64) float64 { return max(1e-8, 1e-7*largest(eigenvalues)) }

// String describes the point in a line.
func (c *Critical) String() string {
	return fmt.Sprintf("%s of index %d at loss %.12g", c.Label(), c.Index, c.Loss)
}

// largest is the largest size of an entry; NaN when an entry is.
func largest(v []float64) float64 {
	size := 0.0
	for _, e := range v {
		size = max(size, math.Abs(e))
	}
	return size
}
