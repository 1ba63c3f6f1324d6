package teacher

import (
	"context"

	"thalweg/landscape/kernel"
)

// parallel is the sine below which two neurons count as parallel: what divides by it then cancels, and is dropped.
const parallel = 1e-9

// HessVec stores the Hessian at x times v in dst.
func (p *Problem) HessVec(dst, x, v []float64) {
	a := p.free.Get().(*angles)
	a.look(p, x)
	a.product(p, dst, v)
	p.free.Put(a)
}

// HessianAt multiplies by the Hessian at x with the angles found once.
func (p *Problem) HessianAt(_ context.Context, x []float64) func(dst, v []float64) {
	at := newAngles(p)
	at.look(p, x)
	return func(dst, v []float64) {
		// The angles are read only, the products have memory of their own.
		b := p.free.Get().(*angles)
		c := *at
		c.alongW, c.alongV, c.mixW, c.mixV = b.alongW, b.alongV, b.mixW, b.mixV
		c.product(p, dst, v)
		p.free.Put(b)
	}
}

// product is the Hessian times v: three sums of rows, of v itself, of the student's directions and of the teacher's. The
// angles must be looked up.
func (a *angles) product(p *Problem, dst, v []float64) {
	k, d, t := p.K, p.D, p.Teachers
	in, units := kernel.Dense(k, d, v), kernel.Dense(k, d, a.units)
	kernel.MulNT(kernel.Dense(k, k, a.alongW), in, units, false)
	if p.plain {
		copy(a.alongV, v)
	} else {
		kernel.MulNT(kernel.Dense(k, t, a.alongV), in, kernel.Dense(t, d, p.units), false)
	}
	for i := range k {
		ni, ii := a.norms[i], a.alongW[i*k+i]
		mix, along := a.mixW[i*k:(i+1)*k], a.alongW[i*k:(i+1)*k]
		if ni < frozen {
			clear(mix)
			clear(a.mixV[i*t : (i+1)*t])
			continue
		}
		own := -a.lean[i] * ii / ni
		for j := range k {
			if j == i {
				continue
			}
			mix[j] = 0
			c, s := a.cosW[i*k+j], a.sinW[i*k+j]
			if s <= parallel || a.norms[j] < frozen {
				continue
			}
			jj, ji := a.alongW[j*k+j], a.alongW[j*k+i]
			bend := a.norms[j] / (ni * s) * (along[j] - c*ii)
			turn := (ji - c*jj) / s
			mix[j] = bend + turn
			own += (jj-c*ji)/s - c*bend
		}
		for j, nj := range p.norms {
			a.mixV[i*t+j] = 0
			c, s := a.cosV[i*t+j], a.sinV[i*t+j]
			if s <= parallel {
				continue
			}
			bend := -nj / (ni * s) * (a.alongV[i*t+j] - c*ii)
			a.mixV[i*t+j] = bend
			own -= c * bend
		}
		mix[i] = own
	}
	out := kernel.Dense(k, d, dst)
	kernel.MulNN(out, kernel.Dense(k, k, a.openW), in, false)
	kernel.MulNN(out, kernel.Dense(k, k, a.mixW), units, true)
	if p.plain {
		kernel.Axpy(dst, 1, a.mixV)
	} else {
		kernel.MulNN(out, kernel.Dense(k, t, a.mixV), kernel.Dense(t, d, p.units), true)
	}
	for i := range k {
		o := dst[i*d : (i+1)*d]
		if a.norms[i] < frozen {
			clear(o)
			continue
		}
		s := a.lean[i] / a.norms[i]
		for j, x := range v[i*d : (i+1)*d] {
			o[j] = (o[j] + s*x) / tau
		}
	}
}

// Hessian fills the whole Hessian at x, row-major, block by block: that of neurons i and j is D x D.
func (p *Problem) Hessian(ctx context.Context, dst, x []float64) error {
	a := newAngles(p)
	a.look(p, x)
	k, d, n := p.K, p.D, p.K*p.D
	clear(dst)
	block := make([]float64, d*d)
	bend, turn := make([]float64, d), make([]float64, d)
	for i := range k {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.norms[i] < frozen {
			continue
		}
		a.block(p, block, bend, i)
		for r := range d {
			copy(dst[(i*d+r)*n+i*d:], block[r*d:(r+1)*d])
			dst[(i*d+r)*n+i*d+r] += 0.5
		}
		ui := a.units[i*d : (i+1)*d]
		for j := i + 1; j < k; j++ {
			if a.norms[j] < frozen {
				continue
			}
			uj, c, s, open := a.units[j*d:(j+1)*d], a.cosW[i*k+j], a.sinW[i*k+j], a.openW[i*k+j]
			smooth := s > parallel
			if smooth {
				for r := range d {
					turn[r] = (ui[r] - c*uj[r]) / s
					bend[r] = (uj[r] - c*ui[r]) / s
				}
			}
			for r := range d {
				row := dst[(i*d+r)*n+j*d:][:d]
				if smooth {
					for q := range row {
						row[q] = (ui[r]*bend[q] + uj[r]*turn[q]) / tau
					}
				}
				row[r] += open / tau
				for q, e := range row {
					dst[(j*d+q)*n+i*d+r] = e
				}
			}
		}
	}
	return nil
}

// block stores D_i = H_ii - I/2 of neuron i in dst, D x D. n is room for a vector.
func (a *angles) block(p *Problem, dst, n []float64, i int) {
	k, d, t := p.K, p.D, p.Teachers
	clear(dst)
	ni := a.norms[i]
	if ni < frozen {
		return
	}
	ui := a.units[i*d : (i+1)*d]
	add := func(weight, c, s float64, u []float64) {
		if s <= parallel {
			return
		}
		for r := range n {
			n[r] = u[r] - c*ui[r]
		}
		for r := range n {
			kernel.Axpy(dst[r*d:(r+1)*d], weight/s*n[r], n)
		}
	}
	for j := range k {
		if j != i {
			add(a.norms[j], a.cosW[i*k+j], a.sinW[i*k+j], a.units[j*d:(j+1)*d])
		}
	}
	for j, nj := range p.norms {
		add(-nj, a.cosV[i*t+j], a.sinV[i*t+j], p.units[j*d:(j+1)*d])
	}
	for r := range d {
		kernel.Axpy(dst[r*d:(r+1)*d], -a.lean[i]*ui[r], ui)
		dst[r*d+r] += a.lean[i]
	}
	kernel.Scale(1/(tau*ni), dst)
	for r := range d {
		for q := range r {
			dst[r*d+q] = dst[q*d+r]
		}
	}
}
