package nets

import (
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// CurveGrad is one step of training a curve between two nets: it stores in dst the derivative by c of the
// loss at t of the quadratic Bezier curve from a to b bent towards c, 2t(1-t) times the gradient there,
// and returns the loss. scratch has the length of a; at the end it holds the point on the curve (after
// Garipov et al., Loss surfaces, mode connectivity and fast ensembling, 2018).
func CurveGrad(f landscape.Func, dst, scratch, a, c, b []float64, t float64) float64 {
	landscape.Bezier(scratch, nil, a, c, b, t)
	loss := f.Grad(dst, scratch)
	kernel.Scale(2*t*(1-t), dst)
	return loss
}

// Barrier is how far losses at places t of a path rise above the straight line between the loss start at
// t = 0 and the loss end at t = 1; it is negative for a path that sags at all places.
func Barrier(t, losses []float64, start, end float64) float64 {
	most := math.Inf(-1)
	for i, l := range losses {
		most = max(most, l-(start+t[i]*(end-start)))
	}
	return most
}
