package flowtosgd

import "math"

// squaresAt are the eigenvalues of W^2 at time t of gradient flow on the square root of a matrix with eigenvalues m, from q,
// for W that commutes with it: q(t) = m / (1 + (m/q - 1) exp(-8 m t)), a logistic curve each.
func squaresAt(m, q []float64, t float64) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		out[i] = m[i] / (1 + (m[i]/q[i]-1)*math.Exp(-8*m[i]*t))
	}
	return out
}
