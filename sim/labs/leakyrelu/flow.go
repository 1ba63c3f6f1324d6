package leakyrelu

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/leaky"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// The step control of the flow: errors as a share of |W|, or of tiny where W is small, and how a step grows and shrinks.
const (
	share     = 1e-4
	tiny      = 1e-3
	firstStep = 1e-4
	leastStep = 1e-12
)

// landings are the shares of the time that a step ends at exactly, so that decades can be compared.
var landings = []float64{1e-3, 1e-2, 0.1, 1}

// A rescaled flow follows dW/dτ = -∇L/L by Heun's method with adaptive steps. Its time is that of gradient flow run at the
// speed of the loss: dτ = L dt.
type rescaled struct {
	net     *leaky.Net
	end     float64
	tau, h  float64
	w, next []float64
	k1, k2  []float64
	clock   opt.Clock
	over    error
}

func newRescaled(net *leaky.Net, start []float64, end float64) *rescaled {
	f := &rescaled{net: net, end: end, h: firstStep * end, w: slices.Clone(start)}
	f.next, f.k1, f.k2 = make([]float64, len(start)), make([]float64, len(start)), make([]float64, len(start))
	return f
}

// Step implements sim.Method: one accepted step.
func (f *rescaled) Step() error {
	if f.over != nil {
		return f.over
	}
	if f.tau >= f.end {
		f.over = fmt.Errorf("%w: rescaled time %g is reached", opt.ErrConverged, f.end)
		return f.over
	}
	f.net.Downhill(f.k1, f.w)
	f.clock.Gradients++
	for {
		h := f.h
		for _, s := range landings {
			if at := s * f.end; f.tau < at {
				h = min(h, at-f.tau)
				break
			}
		}
		for i, k := range f.k1 {
			f.next[i] = f.w[i] + h*k
		}
		f.net.Downhill(f.k2, f.next)
		f.clock.Gradients++
		off, size := 0.0, 0.0
		for i, k := range f.k1 {
			d := f.k2[i] - k
			off += d * d
			f.next[i] = f.w[i] + h/2*(k+f.k2[i])
			size += f.w[i] * f.w[i]
		}
		worst := share * math.Max(math.Sqrt(size), tiny)
		off = h * math.Sqrt(off) / 2
		if !(off <= 4*worst) {
			if f.h = h / 2; f.h < leastStep {
				f.over = fmt.Errorf("%w: no step is small enough at rescaled time %g", opt.ErrFailed, f.tau)
				return f.over
			}
			continue
		}
		if !landscape.Finite(f.next) {
			f.over = fmt.Errorf("%w: a coordinate is not finite or above 1e12 in size", opt.ErrDiverged)
			return f.over
		}
		if off < worst/2 {
			f.h = max(f.h, 1.5*h)
		}
		f.w, f.next = f.next, f.w
		f.tau += h
		for _, s := range landings {
			if at := s * f.end; math.Abs(f.tau-at) < 1e-12*at {
				f.tau = at
			}
		}
		f.clock.Steps++
		f.clock.Time = f.tau
		return nil
	}
}

// Point implements sim.Method.
func (f *rescaled) Point() []float64 { return f.w }

// Clock implements sim.Method.
func (f *rescaled) Clock() opt.Clock { return f.clock }

// Anatomy implements opt.Method.
func (f *rescaled) Anatomy() []opt.Vector { return []opt.Vector{{Name: "direction", V: f.k1}} }

// Turn implements sim.Method: nothing of it is turned while it runs.
func (f *rescaled) Turn(id string, _ float64) error {
	return fmt.Errorf("the rescaled flow has no live %s", id)
}

// CloneMethod implements sim.Cloner.
func (f *rescaled) CloneMethod() sim.Method {
	c := *f
	for _, p := range []*[]float64{&c.w, &c.next, &c.k1, &c.k2} {
		*p = slices.Clone(*p)
	}
	return &c
}
