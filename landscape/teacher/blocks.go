package teacher

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// BlockD stores D_i = H_ii - I/2 of a neuron in dst, D x D, row-major. Split in two, a neuron at a critical point moves
// apart along delta with the second variation delta'D delta / (lambda (1-lambda)): the split point is a saddle if and
// only if D has a negative eigenvalue, with as many ways down as D has of them.
func (p *Problem) BlockD(dst, x []float64, neuron int) {
	a := p.free.Get().(*angles)
	a.look(p, x)
	a.block(p, dst, make([]float64, p.D), neuron)
	p.free.Put(a)
}

// SplitEigenvalues are those of BlockD, ascending.
func (p *Problem) SplitEigenvalues(x []float64, neuron int) []float64 {
	d := make([]float64, p.D*p.D)
	p.BlockD(d, x, neuron)
	return landscape.SymmetricEigenvalues(d, p.D)
}

// SplitMinima stores for each neuron the lowest eigenvalue of BlockD in dst, K numbers.
func (p *Problem) SplitMinima(dst, x []float64) {
	a := newAngles(p)
	a.look(p, x)
	d, n := make([]float64, p.D*p.D), make([]float64, p.D)
	for i := range p.K {
		a.block(p, d, n, i)
		dst[i] = slices.Min(landscape.SymmetricEigenvalues(d, p.D))
	}
}

// BirthSlope is b(u) = sum_j f(u, w_j) - sum_j f(u, v_j): a neuron grown from 0 along the unit vector u changes the loss by
// t b(u) + t^2/4 at length t. Where it is negative a neuron can be born.
func (p *Problem) BirthSlope(x, u []float64) float64 {
	b := 0.0
	for i := range p.K {
		b += Kernel(u, p.Row(x, i))
	}
	for j := range p.Teachers {
		b -= Kernel(u, p.v[j*p.D:(j+1)*p.D])
	}
	return b
}

// birthSteps, birthStep and birthRest bound the descent of LowestBirth on the sphere.
const (
	birthSteps = 5000
	birthStep  = 0.5
	birthRest  = 1e-13
)

// LowestBirth finds the unit vector u of the lowest birth slope: downhill on the sphere from every direction of the
// teacher and against every neuron of the student.
func (p *Problem) LowestBirth(x []float64) (u []float64, slope float64) {
	d := p.D
	slope = math.Inf(1)
	grad := make([]float64, d)
	for s := range p.K + p.Teachers {
		at := make([]float64, d)
		if s < p.K {
			copy(at, p.Row(x, s))
			kernel.Scale(-1, at)
		} else {
			copy(at, p.v[(s-p.K)*d:(s-p.K+1)*d])
		}
		n := norm(at)
		if n < frozen {
			continue
		}
		kernel.Scale(1/n, at)
		for range birthSteps {
			p.birthGrad(grad, x, at)
			kernel.Axpy(grad, -kernel.Dot(grad, at), at)
			if norm(grad) < birthRest {
				break
			}
			kernel.Axpy(at, -birthStep, grad)
			kernel.Scale(1/norm(at), at)
		}
		if b := p.BirthSlope(x, at); b < slope {
			u, slope = at, b
		}
	}
	return u, slope
}

// birthGrad is the gradient of the birth slope at a unit vector.
func (p *Problem) birthGrad(dst, x, u []float64) {
	clear(dst)
	d := p.D
	unit := make([]float64, d)
	add := func(sign float64, w []float64) {
		n := norm(w)
		if n < frozen {
			return
		}
		for i := range w {
			unit[i] = w[i] / n
		}
		_, angle, sin := between(kernel.Dot(unit, u), unit, u)
		kernel.Axpy(dst, sign*n*sin/tau, u)
		kernel.Axpy(dst, sign*(math.Pi-angle)/tau, w)
	}
	for i := range p.K {
		add(1, p.Row(x, i))
	}
	for j := range p.Teachers {
		add(-1, p.v[j*d:(j+1)*d])
	}
}

// Split returns x with one of its k neurons in d dimensions split into lambda and 1-lambda of itself: the loss is that of
// before. The second part is the last row of the k+1.
func Split(x []float64, k, d, neuron int, lambda float64) []float64 {
	out := make([]float64, (k+1)*d)
	copy(out, x[:k*d])
	row := out[neuron*d : (neuron+1)*d]
	copy(out[k*d:], row)
	kernel.Scale(lambda, row)
	kernel.Scale(1-lambda, out[k*d:])
	return out
}
