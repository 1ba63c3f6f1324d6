// Package cube is functions of signs: their Walsh coefficients, how well they align with what a symmetric algorithm
// cannot tell apart, in which order their parts can be found, and networks on them. The setting is that of Abbe and
// Boix-Adserà, NeurIPS 2022 (arXiv 2208.03113); definitions are reconstructed or derived where the paper was not read.
package cube

import (
	"fmt"
	"math"
	"math/bits"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// Walsh turns the 2^d values of a function into its coefficients on the products of coordinates: index r holds the value
// where the coordinates of its set bits are -1, and afterwards the coefficient of the product over its set bits.
func Walsh(f []float64) {
	n := len(f)
	if bits.OnesCount(uint(n)) != 1 {
		panic(fmt.Sprintf("cube: %d values are no power of two", n))
	}
	for h := 1; h < n; h *= 2 {
		for i := 0; i < n; i += 2 * h {
			for j := i; j < i+h; j++ {
				a, b := f[j], f[j+h]
				f[j], f[j+h] = a+b, a-b
			}
		}
	}
	for i := range f {
		f[i] /= float64(n)
	}
}

// Levels adds up the squared coefficients of each number of coordinates, 0 to d.
func Levels(coef []float64) []float64 {
	out := make([]float64, bits.TrailingZeros(uint(len(coef)))+1)
	for r, c := range coef {
		out[bits.OnesCount(uint(r))] += c * c
	}
	return out
}

// Binomial is n over k.
func Binomial(n, k int) float64 {
	if k < 0 || k > n {
		return 0
	}
	b := 1.0
	for i := range min(k, n-k) {
		b = b * float64(n-i) / float64(i+1)
	}
	return math.Round(b)
}

// Alignment is that of a function with the group of signs and permutations of d coordinates, the largest eigenvalue of
// the mean of f∘g (f∘g)': max_k W_k / binom(d, k) by its levels W. The mean of f counts as level 0; leave it out by a
// level of 0.
func Alignment(levels []float64) float64 {
	top := 0.0
	for k, w := range levels {
		top = math.Max(top, w/Binomial(len(levels)-1, k))
	}
	return top
}

// SignAlignment is that with the signs alone: the largest squared coefficient.
func SignAlignment(coef []float64) float64 {
	top := 0.0
	for _, c := range coef {
		top = math.Max(top, c*c)
	}
	return top
}

// mostPermuted is the number of coordinates up to which all permutations are gone through.
const mostPermuted = 7

// PermutationAlignment is that with the permutations alone, by the mean over all of them, for d of at most 7; NaN beyond.
func PermutationAlignment(coef []float64) float64 {
	d := bits.TrailingZeros(uint(len(coef)))
	if d > mostPermuted {
		return math.NaN()
	}
	n := len(coef)
	mean, turned := make([]float64, n*n), make([]float64, n)
	count := 0.0
	order := make([]int, d)
	for i := range order {
		order[i] = i
	}
	add := func() {
		for r, c := range coef {
			to := 0
			for i := range d {
				to |= (r >> i & 1) << order[i]
			}
			turned[to] = c
		}
		for i, c := range turned {
			kernel.Axpy(mean[i*n:(i+1)*n], c, turned)
		}
		count++
	}
	// Heap's algorithm goes through all orders by one exchange each.
	var permute func(k int)
	permute = func(k int) {
		if k <= 1 {
			add()
			return
		}
		for i := range k {
			permute(k - 1)
			j := 0
			if k%2 == 0 {
				j = i
			}
			if i < k-1 {
				order[j], order[k-1] = order[k-1], order[j]
			}
		}
	}
	permute(d)
	kernel.Scale(1/count, mean)
	values := landscape.SymmetricEigenvalues(mean, n)
	return values[n-1]
}

// Symmetric is the alignment of a function of the number j of coordinates that are -1, of d, by signs and permutations,
// with what each level gives: the squared coefficient of one product of k coordinates, by Krawtchouk's polynomials. The
// function is centred and scaled to unit variance first.
func Symmetric(d int, f func(j int) float64) (alignment float64, levels []float64) {
	weight, values := make([]float64, d+1), make([]float64, d+1)
	mean, square := 0.0, 0.0
	for j := range weight {
		weight[j] = Binomial(d, j) * math.Exp2(-float64(d))
		values[j] = f(j)
		mean += weight[j] * values[j]
	}
	for j := range values {
		values[j] -= mean
		square += weight[j] * values[j] * values[j]
	}
	// before and now are K_{k-1}(j) and K_k(j).
	before, now := make([]float64, d+1), make([]float64, d+1)
	for j := range now {
		now[j] = 1
	}
	levels = make([]float64, d+1)
	for k := range d + 1 {
		sum := 0.0
		for j := range values {
			sum += weight[j] * values[j] * now[j]
		}
		coef := sum / (math.Sqrt(square) * Binomial(d, k))
		levels[k] = coef * coef
		if k > 0 {
			alignment = math.Max(alignment, levels[k])
		}
		for j := range now {
			next := (float64(d-2*j)*now[j] - float64(d-k+1)*before[j]) / float64(k+1)
			before[j], now[j] = now[j], next
		}
	}
	return alignment, levels
}

// Harmonics is the number of independent spherical harmonics of degree l on the unit sphere of R^d: what a target of that
// degree is one of, to an algorithm that does not know directions.
func Harmonics(d, l int) float64 { return Binomial(d+l-1, l) - Binomial(d+l-3, l-2) }

// Bound is the chance with which noisy gradient descent of k steps, gradients of single examples no longer than r and
// noise tau gains eps on a target of this alignment, at most: r √(k C)/(2 tau) + C/eps. Above 1 it says nothing.
func Bound(r float64, k int, tau, alignment, eps float64) float64 {
	return r*math.Sqrt(float64(k)*alignment)/(2*tau) + alignment/eps
}
