package flowtosgd

import "math"

// sineConstant is the Polyak-Lojasiewicz constant of x^2 + 3 sin^2 x, the least |F'|^2/(2F), attained at |x| = 2.2017.
const sineConstant = 0.175531

// bound is what is known of the loss along gradient flow from the start, by its time; nil where nothing is.
func (g *ground) bound() func(t float64) float64 {
	first := g.Loss(g.start)
	decay := func(rate float64) func(float64) float64 {
		return func(t float64) float64 { return first * math.Exp(-rate*t) }
	}
	switch f := g.Func.(type) {
	case *quadratic:
		lowest := math.Inf(1)
		for i := range f.n {
			lowest = math.Min(lowest, f.a[i*f.n+i])
		}
		return decay(2 * lowest)
	case *sineBowl:
		return decay(2 * sineConstant)
	case *power:
		if f.p == 4 {
			r := norm(g.start)
			return func(t float64) float64 { s := 1 + 2*r*r*t; return r * r * r * r / (4 * s * s) }
		}
	case product:
		if _, alpha, ok := ball(g.start); ok {
			return decay(alpha)
		}
	}
	return nil
}

// ball is the smallest ball around a start of the product in which the criterion of Chatterjee (2022, reconstructed)
// holds: with alpha the least |grad F|^2/F in it, 4 F < r^2 alpha keeps the flow inside, and F <= F0 exp(-alpha t).
func ball(w []float64) (radius, alpha float64, ok bool) {
	rho, e := norm(w), math.Abs(w[0]*w[1]-1)
	inside := rho*rho - 4*e
	if inside < 0 {
		return 0, 0, false
	}
	radius = (rho - math.Sqrt(inside)) / 2
	return radius, 2 * (rho - radius) * (rho - radius), true
}
