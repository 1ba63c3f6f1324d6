package kernel

import "math"

// tanh follows the reduction of FreeBSD's e_exp.c: x = k*ln2 + r with |r| <= ln2/2, and
// exp(r) = 1 + 2r/(2-c), c = r - r^2*(c1 + c2*r^2 + ...), a Remez fit good to 2^-59.
const (
	log2e = 1.44269504088896338700
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
	c1    = 1.66666666666666657415e-01
	c2    = -2.77777777770155933842e-03
	c3    = 6.61375632143793436117e-05
	c4    = -1.65339022054652515390e-06
	c5    = 4.13813679705723846039e-08
	// Adding shift to a small number leaves that number, rounded to an integer, in the low bits.
	shift = 0x1.8p52
	one   = 0x3FF << 52 // the bits of 1.0
	// Beyond limit the result of exp leaves the normal numbers.
	limit = 708
)

// MapTanh stores tanh(x) in dst, which may be x. It agrees with math.Tanh to 1e-15 relative.
//
// With s = 2^k and c of |2x|, both exp(|2x|)-1 and exp(|2x|)+1 are over the common denominator 2-c,
// so one division gives the result and nothing cancels near 0.
func MapTanh[T Float](dst, x []T) {
	const sign = 1 << 63
	dst = dst[:len(x)]
	for i, v := range x {
		bits := math.Float64bits(float64(v))
		y := 2 * math.Float64frombits(bits&^sign)
		if y > 40 {
			y = 40
		}
		kd := y*log2e + shift
		s := math.Float64frombits(math.Float64bits(kd)<<52 + one)
		kd -= shift
		r := (y - kd*ln2Hi) - kd*ln2Lo
		t := r * r
		u := t * t
		d := (2 - r) + t*((c1+t*c2)+u*((c3+t*c4)+u*c5))
		e := 2 * s * r
		q := (e + (s-1)*d) / (e + (s+1)*d)
		dst[i] = T(math.Float64frombits(math.Float64bits(q) | bits&sign))
	}
}

// powers are 2^(i/128): exp(x) is one of them, times a power of 2, times exp(r) with |r| <= ln2/256.
var powers = func() (p [128]float64) {
	for i := range p {
		p[i] = math.Exp2(float64(i) / 128)
	}
	return p
}()

// MapExp stores exp(x) in dst, which may be x, to within 1 unit in the last place (Tang, Table-driven implementation of
// the exponential function, 1989).
func MapExp[T Float](dst, x []T) {
	const (
		log2e128 = 128 * log2e
		hi128    = ln2Hi / 128
		lo128    = ln2Lo / 128
	)
	dst = dst[:len(x)]
	for i, v := range x {
		z := float64(v)
		if !(math.Abs(z) < limit) {
			dst[i] = T(math.Exp(z))
			continue
		}
		kd := z*log2e128 + shift
		k := math.Float64bits(kd)
		kd -= shift
		r := (z - kd*hi128) - kd*lo128
		t := r * r
		p := r + t*((0.5+r*(1.0/6))+t*((1.0/24)+r*(1.0/120)))
		// The low bits of k are a signed number of 128ths: the index, and above it the power of 2.
		s := math.Float64frombits(math.Float64bits(powers[k%128]) + k>>7<<52)
		dst[i] = T(s + s*p)
	}
}

// MapSigmoid stores 1/(1+exp(-x)) in dst, which may be x.
func MapSigmoid[T Float](dst, x []T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = -v
	}
	MapExp(dst, dst)
	for i, e := range dst {
		dst[i] = 1 / (1 + e)
	}
}
