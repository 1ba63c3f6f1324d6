package flow

import (
	"fmt"
	"math"
)

// restSteps is the length of the window in which coordinates may be found at rest.
const restSteps = 20

// releaseStep is how closely the end of a kink is located in time.
const releaseStep = 1e-8

// rest finds coordinates that reach a kink in finite time, where the field is not Lipschitz (|w|^p with p < 2) or
// jumps (|w|): there the speed never falls below the threshold on the numbers at hand, and steps become tiny.
// At the end of each window it compares where a coordinate went with how far its speed should have taken it.
type rest struct {
	steps        int
	since        float64
	anchor, path []float64
	// pinned coordinates slide along their kink: their speed counts as 0 while the field pushes
	// towards the kink from both sides (Filippov's convention).
	pinned []bool
	pins   int
}

// watchRest looks at the proposal just accepted. Kinks are told from mere stiffness by the implicit method, under
// which a smooth coordinate does not go to and fro: it must have taken over before anything is decided.
func (s *Integrator) watchRest() {
	r := &s.rest
	if r.pins > 0 {
		s.release()
	}
	if r.steps == 0 {
		copy(r.anchor, s.y)
		clear(r.path)
		r.since = s.t
	}
	for i, v := range s.k[0] {
		r.path[i] += s.h * math.Abs(v)
	}
	if r.steps++; r.steps < restSteps {
		return
	}
	r.steps = 0
	all, some := true, false
	for i := range s.next {
		stuck, still := s.atRest(i)
		all, some = all && (stuck || still), some || stuck
	}
	switch {
	case !some && r.pins == 0:
		return
	case s.implicit == nil && s.canGoImplicit():
		s.stiffness.stiff = true
	case all:
		s.finish(s.t+s.h, fmt.Errorf("%w: at rest since time %.10g, where the field is not smooth", ErrConverged, r.since))
	case s.implicit != nil:
		s.pin()
	}
}

// atRest says whether coordinate i went nowhere in the window although its speed is not small (stuck), or has a
// small or no speed (still).
func (s *Integrator) atRest(i int) (stuck, still bool) {
	gone := math.Abs(s.next[i] - s.rest.anchor[i])
	if gone > 10*s.scale(i) {
		return false, false
	}
	still = math.Abs(s.k[6][i]) < restSpeed
	return !still && gone <= 0.1*s.rest.path[i], still
}

// pin holds the stuck coordinates.
func (s *Integrator) pin() {
	r := &s.rest
	for i := range s.next {
		if stuck, _ := s.atRest(i); stuck && s.inward(i) {
			r.pinned[i] = true
			r.pins++
		}
	}
	s.slope(s.k[6], s.next)
}

// letsGo says whether the field has begun to push a pinned coordinate away from its kink at the proposed point.
func (s *Integrator) letsGo() bool {
	for i, pinned := range s.rest.pinned {
		if pinned && !s.inward(i) {
			return true
		}
	}
	return false
}

// release frees the coordinates that are pushed away.
func (s *Integrator) release() {
	r := &s.rest
	before := r.pins
	for i, pinned := range r.pinned {
		if pinned && !s.inward(i) {
			r.pinned[i] = false
			r.pins--
		}
	}
	if r.pins < before {
		s.slope(s.k[6], s.next)
	}
}

// inward says whether the field at both sides of coordinate i pushes towards where it is.
func (s *Integrator) inward(i int) bool {
	away := 20 * s.scale(i)
	copy(s.at, s.next)
	s.at[i] = s.next[i] + away
	s.stats.Gradients += 2
	s.field.Slope(s.k[1], s.at)
	above := s.k[1][i]
	s.at[i] = s.next[i] - away
	s.field.Slope(s.k[1], s.at)
	return above < 0 && s.k[1][i] > 0
}
