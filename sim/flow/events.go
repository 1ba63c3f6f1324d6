package flow

import (
	"fmt"
	"math"
)

// events looks for what happened inside the step just accepted. Both events are crossings of a falling quantity,
// located by bisection on the dense output.
func (s *Integrator) events() {
	if s.opt.Levels {
		s.crossLevels()
	}
	if norm(s.k[0]) >= restSpeed {
		return
	}
	t := s.bisect(func(y []float64) bool {
		s.slope(s.k[1], y)
		return norm(s.k[1]) < restSpeed
	})
	s.finish(t, fmt.Errorf("%w: the gradient norm fell below 1e-10 at time %.10g", ErrConverged, t))
}

func (s *Integrator) crossLevels() {
	f, ok := s.field.(Lossy)
	for ok && len(s.crossings) < levels {
		level := s.opt.Floor + math.Pow(10, -float64(len(s.crossings)+1))*(s.start-s.opt.Floor)
		if !(s.loss <= level) {
			return
		}
		t := s.bisect(func(y []float64) bool {
			s.stats.Losses++
			return f.Loss(y) <= level
		})
		s.crossings = append(s.crossings, Crossing{level, t})
	}
}

// bisect returns the time in the last step at which over becomes true; it holds at the end of the step.
func (s *Integrator) bisect(over func(y []float64) bool) float64 {
	low, high := s.from, s.t
	for high-low > eventWidth {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		s.interpolate(s.at, middle)
		if over(s.at) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
