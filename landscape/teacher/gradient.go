package teacher

import (
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// Loss returns L(W).
func (p *Problem) Loss(x []float64) float64 {
	a := p.free.Get().(*angles)
	a.look(p, x)
	loss := a.loss
	p.free.Put(a)
	return loss
}

// Grad stores the gradient in dst, G = (diag(S) U + (pi-T_WW) W - (pi-T_WV) V) / 2pi, and returns L(W). U holds the
// directions of the neurons, T the angles between them; a neuron without a direction has the gradient 0.
func (p *Problem) Grad(dst, x []float64) float64 {
	a := p.free.Get().(*angles)
	a.look(p, x)
	a.grad(p, dst, x)
	loss := a.loss
	p.free.Put(a)
	return loss
}

func (a *angles) grad(p *Problem, dst, x []float64) {
	k, d, t := p.K, p.D, p.Teachers
	// The student's share less the teacher's; mixV is a place to put its negative.
	out := kernel.Dense(k, d, dst)
	kernel.MulNN(out, kernel.Dense(k, k, a.openW), kernel.Dense(k, d, x), false)
	if p.plain {
		for i, v := range a.openV {
			dst[i] -= v
		}
	} else {
		for i, v := range a.openV {
			a.mixV[i] = -v
		}
		kernel.MulNN(out, kernel.Dense(k, t, a.mixV), kernel.Dense(t, d, p.v), true)
	}
	for i := range k {
		g := dst[i*d : (i+1)*d]
		if a.norms[i] < frozen {
			clear(g)
			continue
		}
		s := a.lean[i]
		for j, u := range a.units[i*d : (i+1)*d] {
			g[j] = (g[j] + s*u) / tau
		}
	}
}

// FreshGrad is SampleGrad for size standard normal inputs, those of step t of the key's stream.
func (p *Problem) FreshGrad(dst, x []float64, key rng.Key, t uint64, size int) float64 {
	in := p.inputs.Get().(*[]float64)
	if cap(*in) < size*p.D {
		*in = make([]float64, size*p.D)
	}
	*in = (*in)[:size*p.D]
	key.FillNormal(*in, t, 0)
	loss := p.SampleGrad(dst, x, *in)
	p.inputs.Put(in)
	return loss
}

// SampleGrad stores the gradient of the mean loss over inputs in dst, row-major B x D, and returns that loss. Its
// expectation over standard normal inputs is Grad's.
func (p *Problem) SampleGrad(dst, x, inputs []float64) (loss float64) {
	d := p.D
	clear(dst)
	count := float64(len(inputs) / d)
	for b := 0; b+d <= len(inputs); b += d {
		in := inputs[b : b+d]
		e := 0.0
		for i := range p.K {
			e += max(0, kernel.Dot(x[i*d:(i+1)*d], in))
		}
		for j := range p.Teachers {
			e -= max(0, kernel.Dot(p.v[j*d:(j+1)*d], in))
		}
		loss += e * e / 2
		for i := range p.K {
			if kernel.Dot(x[i*d:(i+1)*d], in) > 0 {
				kernel.Axpy(dst[i*d:(i+1)*d], e/count, in)
			}
		}
	}
	return loss / count
}
