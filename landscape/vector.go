package landscape

import "math"

// Distance is the Euclidean distance of two points.
func Distance(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += (v - b[i]) * (v - b[i])
	}
	return math.Sqrt(sum)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

// addScaled adds s times v to dst.
func addScaled(dst []float64, s float64, v []float64) {
	for i := range dst {
		dst[i] += s * v[i]
	}
}

func scale(dst []float64, s float64) {
	for i := range dst {
		dst[i] *= s
	}
}

func difference(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

// allFinite reports whether no value is NaN or infinite.
func allFinite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}
