package landscape

import "math"

// A Scale is a way to turn losses into heights.
type Scale string

// The scales.
const (
	Log    Scale = "log"    // log10 of the loss above the lowest
	Linear Scale = "linear" // the loss
	Signed Scale = "signed" // log10 of its size, with its sign: for losses on both sides of 0
)

// A Height maps losses to the heights at which they are drawn.
type Height struct {
	Scale Scale
	// Min is the loss that lies lowest on the log scale.
	Min float64
	// Epsilon keeps the logarithms of small numbers apart from minus infinity.
	Epsilon float64
}

// Height fits a scale to a grid. On the log scale Epsilon is a thousandth of the median above the minimum,
// on the signed one a thousandth of the larger of the two ends.
func (g *Grid) Height(s Scale) Height {
	h := Height{Scale: s, Min: g.Min, Epsilon: 1e-3 * (g.Median - g.Min)}
	if s == Signed {
		h.Epsilon = 1e-3 * max(math.Abs(g.Min), math.Abs(g.Max))
	}
	// Where half of the grid is as low as can be, the rounding of the losses is the next best unit.
	h.Epsilon = max(h.Epsilon, 1e-12*max(math.Abs(g.Min), 1e-6*(g.Max-g.Min)), 1e-300)
	return h
}

// Of is the height of a loss. A loss below Min lies at the bottom; NaN stays NaN.
func (h Height) Of(loss float64) float64 {
	switch h.Scale {
	case Linear:
		return loss
	case Signed:
		return math.Copysign(math.Log10(1+math.Abs(loss)/h.Epsilon), loss)
	default:
		return math.Log10(max(loss-h.Min, 0) + h.Epsilon)
	}
}

// Loss is the loss at a height.
func (h Height) Loss(height float64) float64 {
	switch h.Scale {
	case Linear:
		return height
	case Signed:
		return math.Copysign(h.Epsilon*(math.Pow(10, math.Abs(height))-1), height)
	default:
		return h.Min + math.Pow(10, height) - h.Epsilon
	}
}

// A Contouring lists the losses whose contours are drawn, ascending, and which of them are drawn strong and
// labelled.
type Contouring struct {
	Values []float64
	Major  []bool
}

// maxLevels is the largest number of contour levels.
const maxLevels = 28

// Levels places contours at equal steps of height, at most 28 of them, every fourth one major. Steps on the
// logarithmic scales are halvings or doublings of a decade, so that decades stay levels.
func (g *Grid) Levels(h Height) Contouring {
	var c Contouring
	low, high := h.Of(g.Min), h.Of(g.Max)
	if !(high > low) || math.IsInf(high-low, 0) {
		return c
	}
	least := (high - low) / maxLevels
	step := math.Exp2(math.Ceil(math.Log2(least)))
	if h.Scale == Linear {
		step = round(least)
	}
	if !(low+step > low) || !(high+step > high) {
		return c // flat but for rounding
	}
	for k := math.Floor(low/step) + 1; k*step < high; k++ {
		c.Values = append(c.Values, h.Loss(k*step))
		c.Major = append(c.Major, math.Mod(k, 4) == 0)
	}
	return c
}

// round returns the next number not below v that is 1, 2.5 or 5 times a power of ten.
func round(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, digits := range [...]float64{1, 2.5, 5} {
		if digits*power >= v {
			return digits * power
		}
	}
	return 10 * power
}
