package landscape

import "math"

// A Profile is the loss along the straight line through a, at 0, and b, at 1.
type Profile struct {
	T, Loss []float64
	// Barrier is how far the loss between a and b rises above the straight line between theirs.
	Barrier float64
}

// The line reaches a quarter of its length beyond both ends.
const (
	lineFrom, lineTo = -0.25, 1.25
	linePoints       = 61
)

// Line measures the loss at 61 places of the line through a and b, from -0.25 to 1.25.
func Line(f Func, a, b []float64) Profile {
	p := Profile{T: make([]float64, linePoints), Loss: make([]float64, linePoints)}
	x := make([]float64, len(a))
	at := func(t float64) float64 {
		for i := range x {
			x[i] = a[i] + t*(b[i]-a[i])
		}
		return f.Loss(x)
	}
	low, high := at(0), at(1)
	p.Barrier = math.Inf(-1)
	for i := range p.T {
		t := along(lineFrom, lineTo, i, linePoints)
		p.T[i], p.Loss[i] = t, at(t)
		if t >= -1e-12 && t <= 1+1e-12 {
			p.Barrier = max(p.Barrier, p.Loss[i]-(low+t*(high-low)))
		}
	}
	return p
}

// Bezier stores the point at t of the quadratic curve from a to b bent towards c, and the derivative by t
// there. Either may be nil.
func Bezier(point, tangent, a, c, b []float64, t float64) {
	u := 1 - t
	for i := range a {
		if point != nil {
			point[i] = u*u*a[i] + 2*t*u*c[i] + t*t*b[i]
		}
		if tangent != nil {
			tangent[i] = 2*u*(c[i]-a[i]) + 2*t*(b[i]-c[i])
		}
	}
}
