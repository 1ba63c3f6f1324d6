package opt

import "math"

// A Shape says how a schedule falls.
type Shape int

// The shapes, in the order of the choice schedule.
const (
	Constant Shape = iota
	Cosine         // half a cosine from 1 to 0 over Length steps, 0 afterwards
	Stairs         // a tenth after each Length steps
	Inverse        // 1/(1+k/Length)
)

// A Schedule multiplies the step size of a walk over the steps.
type Schedule struct {
	Shape  Shape
	Length int // steps, at least 1; not used by Constant
	// WarmUp is the number of first steps in which the step size rises linearly to its full value;
	// the shape starts after them.
	WarmUp int
}

// Factor is the factor of step k, counted from 0.
func (s Schedule) Factor(k int) float64 {
	if k < s.WarmUp {
		return float64(k+1) / float64(s.WarmUp)
	}
	at := float64(k-s.WarmUp) / float64(max(s.Length, 1))
	switch s.Shape {
	case Cosine:
		return (1 + math.Cos(math.Pi*math.Min(at, 1))) / 2
	case Stairs:
		return math.Pow(0.1, math.Floor(at))
	case Inverse:
		return 1 / (1 + at)
	}
	return 1
}
