package landscape

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Ends chooses the axes of a Hessian plane.
type Ends int

const (
	// TopBottom are the directions of the highest and of the lowest curvature.
	TopBottom Ends = iota
	// TopTwo are the directions of the two highest curvatures.
	TopTwo
)

// HessianPlane goes through x along two eigenvectors of the Hessian there, of length 1; the largest entry of each is
// positive. It reaches as far as the quadratic model of the loss changes by 4.5 on each axis, but at least 1e-3 and at
// most 1000. The pairs come from the dense Hessian up to dimension LiveDense, else from Lanczos' method.
func HessianPlane(ctx context.Context, f Func, x []float64, ends Ends) (Plane, error) {
	p := Plane{Kind: "hessian", Origin: x}
	pairs, note, err := endsAt(ctx, f, x, ends)
	if err != nil {
		return p, err
	}
	p.Note = note
	for k, pair := range pairs {
		p.Axes[k] = pair.Vector
		p.Curvatures = append(p.Curvatures, pair.Value)
		reach := min(max(3/math.Sqrt(math.Abs(pair.Value)), 1e-3), 1e3)
		p.Range[2*k], p.Range[2*k+1] = -reach, reach
	}
	return p, p.check()
}

// endsAt finds two eigenpairs of the Hessian at x; the largest entry of each vector is positive.
func endsAt(ctx context.Context, f Func, x []float64, ends Ends) (pairs [2]Pair, note string, err error) {
	n := f.Dim()
	if n < 2 || len(x) != n {
		return pairs, "", fmt.Errorf("a plane through a point of %d coordinates of a loss of dimension %d; want the same, and at least 2", len(x), n)
	}
	if n <= LiveDense {
		h, err := DenseHessian(ctx, f, x)
		if err != nil {
			return pairs, "", err
		}
		if !allFinite(h.Values) {
			return pairs, "", errors.New("the Hessian is not finite here: it has no plane")
		}
		values, vectors, err := eigensystem(ctx, h.Values, n)
		if err != nil {
			return pairs, "", err
		}
		for k, i := range [2]int{n - 1, ends.second(n)} {
			pairs[k] = Pair{Value: values[i], Vector: vectors[i]}
		}
		switch {
		case h.Asymmetry > RoughAsymmetry:
			note = "Hessian asymmetric: the gradient is not smooth here"
		case !h.Exact:
			note = "HVP by finite differences"
		}
	} else {
		o := EndOptions{High: 2}
		if ends == TopBottom {
			o = EndOptions{Low: 1, High: 1}
		}
		found, err := EndPairs(ctx, f, x, o)
		if err != nil {
			return pairs, "", err
		}
		all := append(found.High, found.Low...)
		if len(all) < 2 {
			return pairs, "", fmt.Errorf("no plane of the Hessian: %s", found.Note)
		}
		pairs, note = [2]Pair(all), found.Note
	}
	for _, pair := range pairs {
		flip(pair.Vector)
	}
	return pairs, note, nil
}

// EscapePlane goes from x, at the origin, towards the solution that f is nearest to there, and along the direction of
// lowest curvature at x, the way out where x is a saddle. Axes have length 1 and are orthogonal; both points and a
// square around them are in its range.
func EscapePlane(ctx context.Context, f Solved, x []float64) (Plane, error) {
	p := Plane{Kind: "escape", Origin: x}
	pairs, note, err := endsAt(ctx, f, x, TopBottom)
	if err != nil {
		return p, err
	}
	solution := f.Solution(x)
	if solution == nil {
		return p, errors.New("the solution of this ground is not known")
	}
	toward := difference(solution, x)
	far := norm(toward)
	if !(far > 1e-9) {
		return p, fmt.Errorf("%w: the point is the solution", ErrDegenerate)
	}
	scale(toward, 1/far)
	out := pairs[1].Vector
	if !orthogonal(out, toward, 1e-9) {
		return p, fmt.Errorf("%w: the lowest curvature points at the solution", ErrDegenerate)
	}
	p.Axes = [2][]float64{toward, out}
	p.Note = note
	p.Range = [4]float64{-0.3 * far, 1.3 * far, -0.8 * far, 0.8 * far}
	return p, p.check()
}

// second is the place of the eigenvalue of the second axis among n.
func (e Ends) second(n int) int {
	if e == TopTwo {
		return n - 2
	}
	return 0
}

// LinePlane contains the straight line from a, at s = 0, to b, at s = 1. The second axis is a random direction that
// follows from the seed, filter-normalised at a when the blocks are known, then made orthogonal to the line and as
// long as it, so that neither way is stretched.
func LinePlane(a, b []float64, blocks []Block, seed uint64) (Plane, error) {
	p := Plane{Kind: "line", Origin: a, Range: [4]float64{lineFrom, lineTo, -0.75, 0.75}}
	if len(a) != len(b) {
		return p, fmt.Errorf("a line from %d coordinates to %d; want as many", len(a), len(b))
	}
	first := difference(b, a)
	length := norm(first)
	if !(length > 0) || length-length != 0 {
		return p, fmt.Errorf("%w: the line has no length", ErrDegenerate)
	}
	side := randomDirection(len(a), seed, 0)
	p.Note = "the second axis is random, orthogonal to the line and as long"
	if len(blocks) > 0 {
		FilterNormalize(side, side, a, blocks)
		p.Note = "the second axis is random and filter-normalised, then made orthogonal to the line and as long"
	}
	scale(first, 1/length)
	if !orthogonal(side, first, 1e-9*norm(side)) {
		return p, ErrDegenerate
	}
	scale(first, length)
	scale(side, length)
	p.Axes = [2][]float64{first, side}
	return p, p.check()
}
