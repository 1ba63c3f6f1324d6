// Package landscape is the ground: losses as places, their slices, grids and contours.
// It knows no time, no methods and no web.
package landscape

import (
	"context"
	"math"

	"thalweg/landscape/rng"
)

// A Func is a differentiable loss on R^Dim.
// Implementations must not modify x and must be safe for concurrent use.
type Func interface {
	// Dim is the number of parameters.
	Dim() int
	// Loss returns the loss at x, which may be NaN or infinite where the loss has no value.
	Loss(x []float64) float64
	// Grad stores the gradient at x in dst and returns the loss. dst must not alias x.
	Grad(dst, x []float64) float64
}

// A Curved loss knows its curvature along a direction exactly.
type Curved interface {
	Func
	// HessVec stores the Hessian at x times v in dst. dst must alias neither x nor v.
	HessVec(dst, x, v []float64)
}

// A Sampled loss is a mean over rows and can be seen through a minibatch.
type Sampled interface {
	Func
	// Len is the number of rows.
	Len() int
	// GradAt stores the gradient of the mean loss over the rows in batch and returns that loss.
	GradAt(dst, x []float64, batch []int) float64
}

// A Fresh loss is an expectation over inputs that can be drawn anew in each step, so that it has no rows.
type Fresh interface {
	Func
	// FreshGrad stores the gradient of the mean loss over size inputs in dst and returns that loss. The inputs are those
	// of step t of the key's stream, so that all who ask for them see the same. Its expectation is Grad's.
	FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64
}

// A Many evaluates the loss of many points at once, faster than one by one and with the same bits
// whatever the number of points: losses[i] is the loss of points[i*Dim : (i+1)*Dim].
type Many interface {
	Func
	Losses(losses, points []float64)
}

// A Planar loss knows a faster way to its values on the plane origin + s·u + t·v: the function stores the losses at the
// points (s[i], t), which differ from Loss by rounding alone. It may be called from several goroutines; once ctx has
// ended it may return early and leave losses unfinished.
type Planar interface {
	Func
	OnPlane(ctx context.Context, origin, u, v []float64) func(losses, s []float64, t float64)
}

// A Block is one weight matrix or bias inside the flattened parameter, for filter normalisation:
// rows x columns values from Offset on, row-major, one row per output unit.
type Block struct {
	Offset, Rows, Columns int
	Bias                  bool
}

// Blocks is the optional ability to say how the flattened parameter is built.
type Blocks interface{ Blocks() []Block }

// A Solved loss knows where it is lowest: Solution is the lowest point nearest to x, up to what the loss does not see, or, where the loss
// has none, the direction it is lowest in, as long as x; nil where it is not known.
type Solved interface {
	Func
	Solution(x []float64) []float64
}

// A Minimum is a known low point of a loss.
type Minimum struct {
	X    []float64 `json:"x"`
	Loss float64   `json:"loss"`
	// Border marks a lowest point of the domain that is not a critical point.
	Border bool `json:"border,omitempty"`
}

// HessVec stores the Hessian of f at x times v in dst: exactly when f is Curved, else by a central
// difference of gradients with relative error of about 1e-9 to 1e-7. It reports whether it was exact.
func HessVec(f Func, dst, x, v []float64) (exact bool) {
	if c, ok := f.(Curved); ok {
		c.HessVec(dst, x, v)
		return true
	}
	norm, size := 0.0, 0.0
	for i := range v {
		norm += v[i] * v[i]
		size += x[i] * x[i]
	}
	if norm == 0 {
		clear(dst)
		return false
	}
	h := math.Cbrt(0x1p-52) * (1 + math.Sqrt(size)) / math.Sqrt(norm)
	at, low := make([]float64, len(x)), make([]float64, len(x))
	for i := range x {
		at[i] = x[i] - h*v[i]
	}
	f.Grad(low, at)
	for i := range x {
		at[i] = x[i] + h*v[i]
	}
	f.Grad(dst, at)
	for i := range dst {
		dst[i] = (dst[i] - low[i]) / (2 * h)
	}
	return false
}

// AsCurved gives a loss a curvature: its own, or that of differences of its gradient.
func AsCurved(f Func) Curved {
	if c, ok := f.(Curved); ok {
		return c
	}
	return differenced{f}
}

type differenced struct{ Func }

// A mortal loss has no values once its context has ended, so that whoever follows it comes to an end with what is
// under way.
type mortal struct {
	Curved
	ctx context.Context
}

func (m mortal) Loss(x []float64) float64 {
	if m.ctx.Err() != nil {
		return math.NaN()
	}
	return m.Curved.Loss(x)
}

func (m mortal) Grad(dst, x []float64) float64 {
	if m.ctx.Err() != nil {
		fill(dst, math.NaN())
		return math.NaN()
	}
	return m.Curved.Grad(dst, x)
}

func (m mortal) HessVec(dst, x, v []float64) {
	if m.ctx.Err() != nil {
		fill(dst, math.NaN())
		return
	}
	m.Curved.HessVec(dst, x, v)
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

// exactly reports whether products with the Hessian of f are exact.
func exactly(f Func) bool {
	_, curved := f.(Curved)
	_, rough := f.(differenced)
	return curved && !rough
}

func (d differenced) HessVec(dst, x, v []float64) { HessVec(d.Func, dst, x, v) }

// Hessian returns the dense Hessian of f at x, row-major n x n, made of a product for each column and symmetrised, and
// its asymmetry before that, |H - H'| / |H| in the Frobenius norm. DenseHessian may be faster.
func Hessian(f Func, x []float64) (h []float64, asymmetry float64) {
	n := f.Dim()
	h = make([]float64, n*n)
	apply := HessianAt(f, x)
	v, col := make([]float64, n), make([]float64, n)
	for j := range n {
		v[j] = 1
		apply(col, v)
		v[j] = 0
		for i := range n {
			h[i*n+j] = col[i]
		}
	}
	return h, symmetrize(h, n)
}

// Finite reports whether every coordinate is a finite number no larger than 1e12 in size,
// the rule by which a walk counts as diverged (core theory, section 5).
func Finite(x []float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= 1e12) {
			return false
		}
	}
	return true
}
