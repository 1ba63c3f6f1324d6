package flow

import (
	"fmt"
	"math"

	"thalweg/landscape"
)

// Step size control: a proportional-integral controller with the exponents of Hairer's DOPRI5.
const (
	safety    = 0.9
	maxGrowth = 5.0
	minGrowth = 0.2
	integral  = 0.04
)

// step makes one accepted step, or ends the flow.
func (s *Integrator) step() {
	for s.end == nil {
		if s.opt.Fixed == 0 && s.h < smallest*math.Max(1, s.t) {
			s.finish(s.t, fmt.Errorf("%w: stiff / finite-time event at time %.10g", ErrFailed, s.t))
			return
		}
		order := 5.0
		var loss, size float64
		if s.implicit != nil {
			order = 4
			loss, size = s.proposeImplicit()
		} else {
			loss, size = s.propose()
		}
		if size <= 1 && s.rest.pins > 0 && s.h > releaseStep*math.Max(1, s.t) && s.letsGo() {
			// The kink ends inside this step: come closer before letting go.
			s.stats.Rejected++
			s.rejected = true
			s.h /= 2
			continue
		}
		if s.opt.Fixed > 0 || size <= 1 {
			growth := s.growth(size, order)
			if s.rejected {
				growth = math.Min(growth, 1)
			}
			s.accept(loss)
			s.rejected, s.lastError = false, math.Max(size, 1e-4)
			if s.opt.Fixed == 0 {
				s.h *= growth
			}
			return
		}
		s.stats.Rejected++
		s.rejected = true
		if math.IsNaN(size) || math.IsInf(size, 1) {
			s.h *= minGrowth
		} else {
			s.h *= math.Max(minGrowth, safety*math.Pow(size, -1/order))
		}
	}
}

func (s *Integrator) growth(size, order float64) float64 {
	if size == 0 {
		return maxGrowth
	}
	g := safety * math.Pow(size, -(1/order-0.75*integral)) * math.Pow(s.lastError, integral)
	return math.Min(math.Max(g, minGrowth), maxGrowth)
}

// propose stores an explicit step in next and its slope in the last stage; size is its scaled error.
func (s *Integrator) propose() (loss, size float64) {
	for stage := 1; stage < 7; stage++ {
		to := s.at
		if stage == 6 {
			to = s.next
		}
		a := &dpA[stage]
		for i, y := range s.y {
			sum := 0.0
			for j := range stage {
				sum += a[j] * s.k[j][i]
			}
			to[i] = y + s.h*sum
		}
		loss = s.slope(s.k[stage], to)
	}
	for i := range s.y {
		e := 0.0
		for j, c := range dpE {
			e += c * s.k[j][i]
		}
		e *= s.h / s.scale(i)
		size += e * e
	}
	return loss, math.Sqrt(size / float64(len(s.y)))
}

func (s *Integrator) scale(i int) float64 {
	return s.opt.ATol + s.opt.RTol*math.Max(math.Abs(s.y[i]), math.Abs(s.next[i]))
}

// firstStep estimates a first step size from the slope and its change over a small Euler step
// (Hairer, Nørsett, Wanner, section II.4).
func (s *Integrator) firstStep() float64 {
	copy(s.next, s.y)
	size := func(v []float64) float64 {
		sum := 0.0
		for i := range v {
			x := v[i] / s.scale(i)
			sum += x * x
		}
		return math.Sqrt(sum / float64(len(v)))
	}
	d0, d1 := size(s.y), size(s.k[0])
	h := 1e-6
	if d0 >= 1e-5 && d1 >= 1e-5 {
		h = 0.01 * d0 / d1
	}
	for i := range s.y {
		s.at[i] = s.y[i] + h*s.k[0][i]
	}
	s.slope(s.k[1], s.at)
	for i := range s.y {
		s.k[2][i] = (s.k[1][i] - s.k[0][i]) / h
	}
	d2 := size(s.k[2])
	if math.IsNaN(d2) || math.IsInf(d2, 0) {
		return h
	}
	h1 := math.Max(1e-6, h*1e-3)
	if top := math.Max(d1, d2); top > 1e-15 {
		h1 = math.Pow(0.01/top, 0.2)
	}
	return math.Min(100*h, h1)
}

// accept commits the proposal: dense output, checks, events.
func (s *Integrator) accept(loss float64) {
	if !landscape.Finite(s.next) || math.IsInf(loss, 0) || !finite(s.k[6]) {
		s.finish(s.t, fmt.Errorf("%w: a number left the finite range after time %.10g", ErrDiverged, s.t))
		return
	}
	if s.implicit != nil {
		s.denseImplicit()
		s.dissipateImplicit()
	} else {
		s.denseExplicit()
		for j, b := range dpA[6] {
			s.dissipated += s.h * b * square(s.k[j])
		}
		s.watchStiffness()
	}
	if loss > s.loss+10*s.opt.ATol {
		s.stats.Rises++
	}
	s.watchRest()
	s.stats.Accepted++
	s.from, s.t = s.t, s.t+s.h
	s.y, s.next = s.next, s.y
	s.k[0], s.k[6] = s.k[6], s.k[0]
	s.loss = loss
	if s.end == nil {
		s.events()
	}
	if s.stiffness.stiff && s.implicit == nil {
		s.goImplicit()
	}
}

func (s *Integrator) finish(t float64, err error) { s.endT, s.end = t, err }

func square(v []float64) (sum float64) {
	for _, x := range v {
		sum += x * x
	}
	return sum
}

// denseExplicit prepares the interpolant of the step from y to next.
func (s *Integrator) denseExplicit() {
	d := &s.dense
	for i, y := range s.y {
		rise := s.next[i] - y
		bend := s.h*s.k[0][i] - rise
		last := 0.0
		for j, c := range dpD {
			last += c * s.k[j][i]
		}
		d[0][i], d[1][i], d[2][i], d[3][i], d[4][i] = y, rise, bend, rise-s.h*s.k[6][i]-bend, s.h*last
	}
}

// stiffness counts steps whose size is bound by stability instead of accuracy.
type stiffness struct {
	bound, free int
	stiff       bool
}

// watchStiffness estimates the largest rate ρ from the last two stages, which end at nearby points: h·ρ is above
// 3.25 at the border of the region of stability.
func (s *Integrator) watchStiffness() {
	up, down := 0.0, 0.0
	for i := range s.y {
		sum := 0.0
		for j := range 5 {
			sum += dpA[5][j] * s.k[j][i]
		}
		a, b := s.k[6][i]-s.k[5][i], s.next[i]-(s.y[i]+s.h*sum)
		up += a * a
		down += b * b
	}
	w := &s.stiffness
	if down > 0 && s.h*math.Sqrt(up/down) > 3.25 {
		w.free = 0
		w.bound++
		w.stiff = w.bound == 15
	} else if w.free++; w.free == 6 {
		w.bound = 0
	}
}
