package federation

import "math"

// HeavyBall is what momentum makes of noise on a bowl of curvature h: v ← γv + g, w ← w - ηv, with noise of variance s2 in
// g. variance is that of w in the long run, infinite where ηh is 2(1+γ) or more; rate is the factor by which an offset
// shrinks in a step.
func HeavyBall(h, eta, gamma, s2 float64) (variance, rate float64) {
	// The matrix [[1-ηh, -ηγ], [h, γ]] has trace 1-ηh+γ and determinant γ.
	trace := 1 - eta*h + gamma
	if root := trace*trace/4 - gamma; root > 0 {
		rate = math.Abs(trace)/2 + math.Sqrt(root)
	} else {
		rate = math.Sqrt(gamma)
	}
	if eta*h >= 2*(1+gamma) {
		return math.Inf(1), rate
	}
	return eta * s2 * (1 + gamma) / (h * (1 - gamma) * (2*(1+gamma) - eta*h)), rate
}
