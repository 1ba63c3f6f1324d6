package landscape

import (
	"context"
	"math"

	"thalweg/landscape/rng"
)

// An Aligner knows symmetries of its parameter under which two far points may be one function.
type Aligner interface {
	Func
	// Align gives the point with the function of b that lies closest to a: the units of b in the order of those of a, and
	// turned where signs allow it. It counts the units at a new place and those that were turned. The point is nil where
	// signs are asked for and the function has no such symmetry. The error is that of ctx where it ends before.
	Align(ctx context.Context, a, b []float64, signs bool) (aligned []float64, moved, turned int, err error)
}

// pathPlaces is the number of places at which a path between two points is measured, ends included.
const pathPlaces = 61

// A Way is the loss along a path, from T = 0 at one end to 1 at the other.
type Way struct {
	T, Loss []float64
	// Barrier is how far the loss rises above the straight line between the losses of the ends, at the places measured.
	// It is at least 0, since the ends are among them.
	Barrier float64
}

// measured takes the losses along a path, whose point at t is stored by place, and the barrier. Where the context ends
// before all are measured it gives its error.
func measured(ctx context.Context, f Func, place func(dst []float64, t float64)) (Way, error) {
	w := Way{T: make([]float64, pathPlaces), Loss: make([]float64, pathPlaces)}
	x := make([]float64, f.Dim())
	for i := range w.T {
		if err := ctx.Err(); err != nil {
			return Way{}, err
		}
		w.T[i] = float64(i) / (pathPlaces - 1)
		place(x, w.T[i])
		w.Loss[i] = f.Loss(x)
	}
	w.Barrier = Barrier(w.T, w.Loss, w.Loss[0], w.Loss[pathPlaces-1])
	return w, nil
}

// Chord measures the loss at 61 places of the straight line from a to b.
func Chord(ctx context.Context, f Func, a, b []float64) (Way, error) {
	return measured(ctx, f, func(dst []float64, t float64) {
		for i, v := range a {
			dst[i] = v + t*(b[i]-v)
		}
	})
}

// Barrier is how far losses at places t of a path rise above the straight line between the loss start at t = 0 and the
// loss end at t = 1; it is negative for a path that sags at all places.
func Barrier(t, losses []float64, start, end float64) float64 {
	most := math.Inf(-1)
	for i, l := range losses {
		most = max(most, l-(start+t[i]*(end-start)))
	}
	return most
}

// CurveGrad is one step of training a curve between two points: it stores in dst the derivative by c of the loss at t of
// the quadratic Bézier curve from a to b bent towards c, 2t(1-t) times the gradient there, and returns the loss.
// scratch has the length of a; at the end it holds the point on the curve (after Garipov et al., Loss surfaces, mode
// connectivity and fast ensembling, 2018).
func CurveGrad(f Func, dst, scratch, a, c, b []float64, t float64) float64 {
	Bezier(scratch, nil, a, c, b, t)
	loss := f.Grad(dst, scratch)
	for i := range dst {
		dst[i] *= 2 * t * (1 - t)
	}
	return loss
}

// CurveOptions says how a curve is trained; zeros take the usual.
type CurveOptions struct {
	Steps    int     // 500
	StepSize float64 // of Adam, 0.01
	Seed     uint64  // of the places at which the curve is felt
}

// A Curve is a quadratic Bézier curve between two points with a low loss along it.
type Curve struct {
	// Bend is the control point towards which the curve bends.
	Bend []float64
	Way
	// Steps were taken; Evaluations counts gradients, and the losses along the curve.
	Steps, Evaluations int
	// Converged tells that all steps were taken.
	Converged bool
}

// lookSteps is how often the losses along a curve in training are measured.
const lookSteps = 100

// Connect trains a curve from a to b by Adam on the loss at places drawn evenly along it, one a step, from the straight
// line on. tell, which may be nil, sees it under way. Where the context ends it gives the curve as it was measured last,
// nil before that, and the context's error.
func Connect(ctx context.Context, f Func, a, b []float64, o CurveOptions, tell func(*Curve)) (*Curve, error) {
	if o.Steps <= 0 {
		o.Steps = 500
	}
	if o.StepSize <= 0 {
		o.StepSize = 0.01
	}
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	n := f.Dim()
	c, grad, at := make([]float64, n), make([]float64, n), make([]float64, n)
	m, v := make([]float64, n), make([]float64, n)
	for i := range c {
		c[i] = (a[i] + b[i]) / 2
	}
	key := rng.NewKey(o.Seed, 0, 0, 0, rng.GradientNoise)
	var last *Curve
	used := 0
	look := func(steps int) error {
		way, err := measured(ctx, f, func(dst []float64, t float64) { Bezier(dst, nil, a, c, b, t) })
		if err != nil {
			return err
		}
		used += pathPlaces
		last = &Curve{Bend: append([]float64(nil), c...), Way: way, Steps: steps, Evaluations: used, Converged: steps == o.Steps}
		return nil
	}
	for k := range o.Steps {
		if k%lookSteps == 0 {
			if err := look(k); err != nil {
				return last, err
			}
			if tell != nil {
				tell(last)
			}
		}
		if err := ctx.Err(); err != nil {
			return last, err
		}
		t, _ := key.Uniform2(uint64(k), 0)
		CurveGrad(f, grad, at, a, c, b, t)
		used++
		down1, down2 := 1-math.Pow(beta1, float64(k+1)), 1-math.Pow(beta2, float64(k+1))
		for i, g := range grad {
			m[i] = beta1*m[i] + (1-beta1)*g
			v[i] = beta2*v[i] + (1-beta2)*g*g
			c[i] -= o.StepSize * (m[i] / down1) / (math.Sqrt(v[i]/down2) + epsilon)
		}
	}
	err := look(o.Steps)
	return last, err
}
