// Package flow integrates the differential equations that methods are the steps of: gradient flow
// w' = -∇F(w) first of all, with an adaptive explicit pair, a switch to an implicit method where the ground is
// stiff, dense output between steps, and located events.
package flow

import (
	"errors"

	"thalweg/landscape"
)

// How a flow ends.
var (
	// ErrDiverged: a coordinate left the finite numbers or the range of 1e12.
	ErrDiverged = errors.New("diverged")
	// ErrConverged: the speed, for gradient flow the gradient norm, fell below 1e-10.
	ErrConverged = errors.New("converged")
	// ErrFailed: the step size fell below 1e-14·max(1, t).
	ErrFailed = errors.New("cannot go on")
)

// A Field is an autonomous differential equation y' = s(y).
type Field interface {
	Dim() int
	// Slope stores s(y) in dst and returns the loss at y, NaN where the field knows none.
	Slope(dst, y []float64) (loss float64)
}

// A Bent field knows its Jacobian along a direction; only such fields can be integrated implicitly.
type Bent interface {
	Field
	// JacVec stores the Jacobian of s at y times v in dst.
	JacVec(dst, y, v []float64)
}

// A Lossy field can tell its loss alone, which locating a loss level needs.
type Lossy interface {
	Field
	Loss(y []float64) float64
}

// Descent is gradient flow on a ground.
type Descent struct{ landscape.Func }

// Slope implements Field.
func (d Descent) Slope(dst, y []float64) float64 {
	loss := d.Grad(dst, y)
	for i := range dst {
		dst[i] = -dst[i]
	}
	return loss
}

// JacVec implements Bent: minus the Hessian.
func (d Descent) JacVec(dst, y, v []float64) {
	landscape.HessVec(d.Func, dst, y, v)
	for i := range dst {
		dst[i] = -dst[i]
	}
}

// Modified is the flow of F + (η/4)|∇F|², which gradient descent of step size η follows one order better than
// the flow of F. It holds scratch memory: one integrator, one Modified.
type Modified struct {
	ground     landscape.Func
	eta        float64
	grad, turn []float64
}

// NewModified returns the modified flow of a ground for the step size η.
func NewModified(ground landscape.Func, eta float64) *Modified {
	n := ground.Dim()
	return &Modified{ground, eta, make([]float64, n), make([]float64, n)}
}

// Dim implements Field.
func (m *Modified) Dim() int { return m.ground.Dim() }

// Slope implements Field: minus g + (η/2) H g.
func (m *Modified) Slope(dst, y []float64) float64 {
	loss := m.ground.Grad(m.grad, y)
	landscape.HessVec(m.ground, m.turn, y, m.grad)
	for i, g := range m.grad {
		dst[i] = -(g + m.eta/2*m.turn[i])
		loss += m.eta / 4 * g * g
	}
	return loss
}
