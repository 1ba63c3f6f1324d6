// Package teacher is the ground of a student and a teacher, both two-layer ReLU networks with output weights 1, under
// standard normal inputs x:
//
//	L(W) = 1/2 E (sum_i relu(w_i.x) - sum_j relu(v_j.x))^2
//
// The expectation has a closed form, by the arc-cosine kernel of order 1 (Cho and Saul, 2009): nothing is sampled. Loss,
// gradient, Hessian and the symmetric critical points follow Arjevani and Field, "Annihilation of spurious minima in
// two-layer ReLU networks" (NeurIPS 2022, arXiv 2210.06088).
package teacher

import (
	"fmt"
	"math"
	"sync"

	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// tau is the whole turn by which all kernels are divided.
const tau = 2 * math.Pi

// frozen is the norm below which a neuron has no direction: it adds nothing, and its gradient is taken for 0.
const frozen = 1e-12

// A Problem is the loss of K student neurons in D dimensions against a teacher. The parameter is W, K x D, row-major:
// a row is a neuron's weights.
type Problem struct {
	// K is the number of student neurons, D that of inputs, Teachers that of teacher neurons.
	K, D, Teachers int
	v              []float64 // Teachers x D
	units          []float64 // their directions
	norms          []float64
	own            float64   // 1/2 sum_jl f(v_j, v_l)
	plain          bool      // the teacher is the identity
	free           sync.Pool // of *angles
	inputs         sync.Pool // of *[]float64
}

// New is the problem of k neurons in d dimensions against the rows of v, row-major; nil stands for the d unit vectors.
func New(k, d int, v []float64) (*Problem, error) {
	if d < 1 || k < 1 {
		return nil, fmt.Errorf("%d neurons in %d dimensions; want at least 1 of each", k, d)
	}
	p := &Problem{K: k, D: d, plain: v == nil}
	if v == nil {
		v = make([]float64, d*d)
		for i := range d {
			v[i*d+i] = 1
		}
	}
	if len(v) == 0 || len(v)%d != 0 {
		return nil, fmt.Errorf("a teacher of %d numbers in %d dimensions; want whole rows", len(v), d)
	}
	p.Teachers = len(v) / d
	p.v = append([]float64(nil), v...)
	p.units, p.norms = make([]float64, len(v)), make([]float64, p.Teachers)
	unit(p.units, p.norms, p.v, d)
	for j, n := range p.norms {
		if !(n >= frozen) || math.IsInf(n, 1) {
			return nil, fmt.Errorf("teacher neuron %d has the length %g; want a finite one above 0", j+1, n)
		}
	}
	for j := range p.Teachers {
		for l := range p.Teachers {
			p.own += Kernel(p.v[j*d:(j+1)*d], p.v[l*d:(l+1)*d]) / 2
		}
	}
	p.inputs.New = func() any { return new([]float64) }
	p.free.New = func() any { return newAngles(p) }
	return p, nil
}

// Orthonormal is the problem of k neurons against the d unit vectors.
func Orthonormal(k, d int) *Problem {
	p, err := New(k, d, nil)
	if err != nil {
		panic("teacher: " + err.Error())
	}
	return p
}

// Perturbed is the problem of k neurons against the unit vectors plus sigma times standard normal noise.
func Perturbed(k, d int, sigma float64, seed uint64) (*Problem, error) {
	if sigma == 0 {
		return New(k, d, nil)
	}
	if d < 1 {
		return New(k, d, nil) // refuses
	}
	v := make([]float64, d*d)
	rng.NewKey(seed, 0, 0, 0, rng.Data).FillNormal(v, 0, 0)
	kernel.Scale(sigma, v)
	for i := range d {
		v[i*d+i]++
	}
	return New(k, d, v)
}

// Dim is K*D.
func (p *Problem) Dim() int { return p.K * p.D }

// Teacher returns the teacher's weights, Teachers x D, row-major. They must not be changed.
func (p *Problem) Teacher() []float64 { return p.v }

// Plain reports whether the teacher is the identity.
func (p *Problem) Plain() bool { return p.plain }

// Row is neuron i of the parameter x.
func (p *Problem) Row(x []float64, i int) []float64 { return x[i*p.D : (i+1)*p.D] }

// Kernel is f(w, v) = E relu(w.x) relu(v.x) = |w||v| (sin t + (pi-t) cos t) / 2pi, where t is the angle between them.
func Kernel(w, v []float64) float64 {
	nw, nv := norm(w), norm(v)
	if nw == 0 || nv == 0 {
		return 0
	}
	near, far := 0.0, 0.0
	for i := range w {
		a, b := w[i]/nw, v[i]/nv
		near += (a - b) * (a - b)
		far += (a + b) * (a + b)
	}
	near, far = halves(near/4, far/4)
	angle, sine := kernel.Angle(near, far)
	return nw * nv * (sine + (math.Pi-angle)*(far-near)) / tau
}

// halves makes near and far, of which the smaller is exact, sum to 1.
func halves(near, far float64) (float64, float64) {
	if near < far {
		return near, 1 - near
	}
	return 1 - far, far
}

// unit stores the directions and norms of rows of width d; what is shorter than frozen has the direction 0.
func unit(units, norms, rows []float64, d int) {
	for i := range norms {
		r, u := rows[i*d:(i+1)*d], units[i*d:(i+1)*d]
		norms[i] = norm(r)
		if norms[i] < frozen {
			clear(u)
			continue
		}
		for a := range r {
			u[a] = r[a] / norms[i]
		}
	}
}

func norm(v []float64) float64 { return math.Sqrt(kernel.Dot(v, v)) }
