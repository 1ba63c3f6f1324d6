package kernel

import "math"

// Coefficients of the rational approximation of (asin(x)-x)/x^3 on [0, 1/4] in x^2, from FreeBSD's msun.
const (
	asinP0 = 1.66666666666666657415e-01
	asinP1 = -3.25565818622400915405e-01
	asinP2 = 2.01212532134862925881e-01
	asinP3 = -4.00555345006794114027e-02
	asinP4 = 7.91534994289814532176e-04
	asinP5 = 3.47933107596021167570e-05
	asinQ1 = -2.40339491173441421878e+00
	asinQ2 = 2.02094576023350569471e+00
	asinQ3 = -6.88283971605453293030e-01
	asinQ4 = 7.70381505559019352791e-02
)

// Angle returns the angle from 0 to pi between two unit vectors, and its sine. near is a quarter of the squared
// distance of the two, sin^2 of half the angle; far a quarter of that of the one and the other turned round, cos^2 of
// half the angle. Their sum is 1. Both results have full relative precision where the smaller of the two has it, which
// the arc cosine of an inner product loses near 0 and pi.
func Angle(near, far float64) (angle, sine float64) {
	sine = 2 * math.Sqrt(near*far)
	switch {
	case near <= 0.25:
		r := math.Sqrt(near)
		return 2 * (r + r*arc(near)), sine
	case far <= 0.25:
		r := math.Sqrt(far)
		return math.Pi - 2*(r+r*arc(far)), sine
	}
	x := far - near
	return math.Pi/2 - (x + x*arc(x*x)), sine
}

// arc is asin(x)/x - 1 for x*x = z up to 1/4.
func arc(z float64) float64 {
	p := z * (asinP0 + z*(asinP1+z*(asinP2+z*(asinP3+z*(asinP4+z*asinP5)))))
	return p / (1 + z*(asinQ1+z*(asinQ2+z*(asinQ3+z*asinQ4))))
}
