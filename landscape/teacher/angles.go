package teacher

import (
	"math"

	"thalweg/landscape/kernel"
)

// clipped is the quarter of a squared distance below which it is summed from differences, because an inner product has
// lost its digits.
const clipped = 0.02

// angles holds what gradient and curvature at a point are made of.
type angles struct {
	norms, units []float64 // of the student: K, K x D
	// Cosines and sines, and pi less the angle, K x K between neurons of the student, K x Teachers to the teacher's.
	cosW, sinW, openW []float64
	cosV, sinV, openV []float64
	lean              []float64 // S_i = sum_j |w_j| sin - sum_j |v_j| sin
	loss              float64
	// For products with the Hessian.
	alongW, alongV []float64 // x_i . unit of w_j, and of v_j
	mixW, mixV     []float64
}

func newAngles(p *Problem) *angles {
	k, t := p.K, p.Teachers
	w, v := k*k, k*t
	return &angles{
		norms: make([]float64, k), units: make([]float64, k*p.D), lean: make([]float64, k),
		cosW: make([]float64, w), sinW: make([]float64, w), openW: make([]float64, w), alongW: make([]float64, w), mixW: make([]float64, w),
		cosV: make([]float64, v), sinV: make([]float64, v), openV: make([]float64, v), alongV: make([]float64, v), mixV: make([]float64, v),
	}
}

// look fills in the angles at x and the loss.
func (a *angles) look(p *Problem, x []float64) {
	k, d, t := p.K, p.D, p.Teachers
	unit(a.units, a.norms, x, d)
	units := kernel.Dense(k, d, a.units)
	kernel.MulNT(kernel.Dense(k, k, a.cosW), units, units, false)
	if p.plain {
		copy(a.cosV, a.units)
	} else {
		kernel.MulNT(kernel.Dense(k, t, a.cosV), units, kernel.Dense(t, d, p.units), false)
	}
	clear(a.lean)
	loss := 0.0
	for i := range k {
		ni, ui := a.norms[i], a.units[i*d:(i+1)*d]
		lean, sum := a.lean[i], ni*ni*math.Pi/2
		cos, sin, open := a.cosW[i*k:(i+1)*k], a.sinW[i*k:(i+1)*k], a.openW[i*k:(i+1)*k]
		cos[i], sin[i], open[i] = 1, 0, math.Pi
		for j := i + 1; j < k; j++ {
			c, angle, s := between(cos[j], ui, a.units[j*d:(j+1)*d])
			rest, nj := math.Pi-angle, a.norms[j]
			cos[j], sin[j], open[j] = c, s, rest
			a.cosW[j*k+i], a.sinW[j*k+i], a.openW[j*k+i] = c, s, rest
			lean += nj * s
			a.lean[j] += ni * s
			sum += ni * nj * (s + rest*c)
		}
		cos, sin, open = a.cosV[i*t:(i+1)*t], a.sinV[i*t:(i+1)*t], a.openV[i*t:(i+1)*t]
		for j, nj := range p.norms {
			c, angle, s := between(cos[j], ui, p.units[j*d:(j+1)*d])
			rest := math.Pi - angle
			cos[j], sin[j], open[j] = c, s, rest
			lean -= nj * s
			sum -= ni * nj * (s + rest*c)
		}
		a.lean[i] = lean
		loss += sum
	}
	a.loss = loss/tau + p.own
}

// between gives the cosine, angle and sine of two unit vectors whose inner product is c.
func between(c float64, u, v []float64) (cos, angle, sin float64) {
	near, far := (1-c)/2, (1+c)/2
	switch {
	case near < clipped:
		near = 0
		for i := range u {
			near += (u[i] - v[i]) * (u[i] - v[i])
		}
		near /= 4
		far = 1 - near
	case far < clipped:
		far = 0
		for i := range u {
			far += (u[i] + v[i]) * (u[i] + v[i])
		}
		far /= 4
		near = 1 - far
	}
	angle, sin = kernel.Angle(near, far)
	return far - near, angle, sin
}
