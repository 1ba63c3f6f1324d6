package inference

import (
	"math"

	"thalweg/landscape/kernel"
)

// cholesky stores the lower triangle L with LL' = a, both n x n, and reports false where a is not positive definite.
func cholesky(l, a []float64, n int) bool {
	clear(l)
	for i := range n {
		for j := range i + 1 {
			v := a[i*n+j] - kernel.Dot(l[i*n:i*n+j], l[j*n:j*n+j])
			if j < i {
				l[i*n+j] = v / l[j*n+j]
				continue
			}
			if !(v > 0) {
				return false
			}
			l[i*n+i] = math.Sqrt(v)
		}
	}
	return true
}

// invertLower stores the inverse of a lower triangle.
func invertLower(dst, l []float64, n int) {
	clear(dst)
	for j := range n {
		dst[j*n+j] = 1 / l[j*n+j]
		for i := j + 1; i < n; i++ {
			v := 0.0
			for k := j; k < i; k++ {
				v -= l[i*n+k] * dst[k*n+j]
			}
			dst[i*n+j] = v / l[i*n+i]
		}
	}
}

// logDet is ln det(LL').
func logDet(l []float64, n int) float64 {
	s := 0.0
	for i := range n {
		s += 2 * math.Log(l[i*n+i])
	}
	return s
}

func square(data []float64, n int) kernel.Mat[float64] { return kernel.Dense(n, n, data) }
