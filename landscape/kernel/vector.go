package kernel

import "math"

// Axpy adds s*x to dst.
func Axpy[T Float](dst []T, s T, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += s * x[i]
	}
}

// Scale multiplies x by s.
func Scale[T Float](s T, x []T) {
	for i := range x {
		x[i] *= s
	}
}

// Mul multiplies dst by x, value by value.
func Mul[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] *= x[i]
	}
}

// Dot is the sum of x[i]*y[i]: four partial sums of i mod 4, then ((0+1) + (2+3)) and the rest in order.
func Dot[T Float](x, y []T) T {
	y = y[:len(x)]
	var s0, s1, s2, s3 T
	i := 0
	for ; i+3 < len(x); i += 4 {
		p, q := (*[4]T)(x[i:]), (*[4]T)(y[i:])
		s0 += p[0] * q[0]
		s1 += p[1] * q[1]
		s2 += p[2] * q[2]
		s3 += p[3] * q[3]
	}
	s := (s0 + s1) + (s2 + s3)
	for ; i < len(x); i++ {
		s += x[i] * y[i]
	}
	return s
}

// Sum is the sum of x in the order of Dot.
func Sum[T Float](x []T) T {
	var s0, s1, s2, s3 T
	i := 0
	for ; i+3 < len(x); i += 4 {
		p := (*[4]T)(x[i:])
		s0 += p[0]
		s1 += p[1]
		s2 += p[2]
		s3 += p[3]
	}
	s := (s0 + s1) + (s2 + s3)
	for ; i < len(x); i++ {
		s += x[i]
	}
	return s
}

// Norm is the Euclidean norm of x, without guard against overflow of the squares.
func Norm[T Float](x []T) T { return T(math.Sqrt(float64(Dot(x, x)))) }
