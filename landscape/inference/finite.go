package inference

import (
	"math"
	"slices"

	"thalweg/landscape/kernel"
)

// States is a target P and a proposal Q on finitely many states: the chains' kernels as matrices, where everything can be
// said exactly.
type States struct{ P, Q []float64 }

// NewStates scales both to sum 1. Their numbers must be positive and as many.
func NewStates(p, q []float64) States {
	scaled := func(v []float64) []float64 {
		out := slices.Clone(v)
		kernel.Scale(1/kernel.Sum(out), out)
		return out
	}
	return States{scaled(p), scaled(q)}
}

// Weights are P/Q.
func (s States) Weights() []float64 {
	w := make([]float64, len(s.P))
	for i := range w {
		w[i] = s.P[i] / s.Q[i]
	}
	return w
}

// WStar is the largest weight.
func (s States) WStar() float64 { return slices.Max(s.Weights()) }

// IMH is the kernel of independent Metropolis-Hastings, n x n: row i is the distribution after state i.
func (s States) IMH() []float64 {
	n, w := len(s.P), s.Weights()
	k := make([]float64, n*n)
	for i := range n {
		stay := 1.0
		for j := range n {
			if i != j {
				k[i*n+j] = s.Q[j] * min(1, w[j]/w[i])
				stay -= k[i*n+j]
			}
		}
		k[i*n+i] = stay
	}
	return k
}

// proposals calls use with every outcome of so many proposals: how often each state came up, and its chance.
func (s States) proposals(count int, use func(counts []int, chance float64)) {
	counts := make([]int, len(s.P))
	var choose func(state, left int, chance float64)
	choose = func(state, left int, chance float64) {
		if state == len(counts)-1 {
			counts[state] = left
			use(counts, chance*math.Pow(s.Q[state], float64(left)))
			return
		}
		binomial := 1.0
		for c := range left + 1 {
			counts[state] = c
			choose(state+1, left-c, chance*binomial*math.Pow(s.Q[state], float64(c)))
			binomial *= float64(left-c) / float64(c+1)
		}
	}
	choose(0, count, 1)
}

// CIS is the kernel of conditional importance sampling with so many new proposals beside the retained state.
func (s States) CIS(proposals int) []float64 {
	n, w := len(s.P), s.Weights()
	k := make([]float64, n*n)
	s.proposals(proposals, func(counts []int, chance float64) {
		all := 0.0
		for j, c := range counts {
			all += float64(c) * w[j]
		}
		for i := range n {
			total := all + w[i]
			for j, c := range counts {
				k[i*n+j] += chance * float64(c) * w[j] / total
			}
			k[i*n+i] += chance * w[i] / total
		}
	})
	return k
}

// RaoBlackwell is the mean and the variance, at stationarity, of the weighted average of f over the retained state and so
// many proposals.
func (s States) RaoBlackwell(f []float64, proposals int) (mean, variance float64) {
	w, square := s.Weights(), 0.0
	s.proposals(proposals, func(counts []int, chance float64) {
		all, sum := 0.0, 0.0
		for j, c := range counts {
			all += float64(c) * w[j]
			sum += float64(c) * w[j] * f[j]
		}
		for i, p := range s.P {
			v := (sum + w[i]*f[i]) / (all + w[i])
			mean += p * chance * v
			square += p * chance * v * v
		}
	})
	return mean, square - mean*mean
}

// Power is a kernel applied so many times.
func Power(k []float64, times int) []float64 {
	n := int(math.Sqrt(float64(len(k))))
	out, next := slices.Clone(k), make([]float64, len(k))
	for range times - 1 {
		kernel.MulNN(square(next, n), square(out, n), square(k, n), false)
		out, next = next, out
	}
	return out
}

// Variation is the largest distance in total variation from P over all states to start from.
func (s States) Variation(k []float64) float64 {
	n, far := len(s.P), 0.0
	for i := range n {
		d := 0.0
		for j, p := range s.P {
			d += math.Abs(k[i*n+j] - p)
		}
		far = max(far, d/2)
	}
	return far
}

// Rejections are the chances to reject at each state: sums over states of no larger weight of q' - p'/w. They and 1 are
// the eigenvalues of IMH, but for the least, which is 0.
func (s States) Rejections() []float64 {
	w := s.Weights()
	out := make([]float64, len(w))
	for i := range w {
		out[i] = s.reject(w[i])
	}
	return out
}

func (s States) reject(x float64) float64 {
	sum := 0.0
	for j, v := range s.Weights() {
		if v <= x {
			sum += s.Q[j] - s.P[j]/x
		}
	}
	return max(sum, 0)
}

// Eigenvalues are those of IMH, from 1 down.
func (s States) Eigenvalues() []float64 {
	out := s.Rejections()
	slices.Sort(out)
	out[0] = 1 // in place of the 0 at the least weight
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// Closed is IMH applied n times in closed form: T_n(w∨w')p' + λ(w)ⁿδ with T_n(v) the integral from v on of
// n x⁻²λ(x)^(n-1) (Smith, Tierney 1996). Between two weights λ(x) is Q - P/x, whose integral is elementary.
func (s States) Closed(n int) []float64 {
	w, size := s.Weights(), len(s.P)
	sorted := slices.Sorted(slices.Values(w))
	tail := func(v float64) float64 {
		sum := 0.0
		for i, from := range sorted {
			if from < v || i > 0 && from == sorted[i-1] {
				continue
			}
			q, p := 0.0, 0.0
			for j, x := range w {
				if x <= from {
					q += s.Q[j]
					p += s.P[j]
				}
			}
			upper := q
			for _, to := range sorted {
				if to > from {
					upper = q - p/to
					break
				}
			}
			sum += (math.Pow(upper, float64(n)) - math.Pow(max(q-p/from, 0), float64(n))) / p
		}
		return sum
	}
	k := make([]float64, size*size)
	for i := range size {
		for j := range size {
			k[i*size+j] = tail(max(w[i], w[j])) * s.P[j]
		}
		k[i*size+i] += math.Pow(s.reject(w[i]), float64(n))
	}
	return k
}

// Autocovariance is that of f along the stationary chain of a kernel, at lags 0 to lags-1.
func (s States) Autocovariance(k, f []float64, lags int) []float64 {
	n := len(s.P)
	mean := kernel.Dot(s.P, f)
	g := make([]float64, n)
	for i := range g {
		g[i] = f[i] - mean
	}
	at, next, out := slices.Clone(g), make([]float64, n), make([]float64, lags)
	for l := range out {
		for i := range n {
			out[l] += s.P[i] * g[i] * at[i]
		}
		for i := range n {
			next[i] = kernel.Dot(k[i*n:(i+1)*n], at)
		}
		at, next = next, at
	}
	return out
}

// AlongChain is the variance of the mean of the first n numbers of a stationary sequence with these autocovariances.
func AlongChain(c []float64, n int) float64 {
	sum := c[0]
	for k := 1; k < n; k++ {
		sum += 2 * (1 - float64(k)/float64(n)) * c[k]
	}
	return sum / float64(n)
}

// A Bound is what the theory says of the four chains at a largest weight w* and so many evaluations: the rates at which
// they mix, and the second moment of their gradients as shares of L².
type Bound struct{ R, MSCRate, RBRate, JSARate, PMCSARate, MSC, JSA, JSALimit, PMCSA float64 }

// Bounds of the paper's table; total counts the retained state of the two kernels that have one. The sum of JSA is taken
// term by term: the paper's closed form is larger by 1-rⁿ over n².
func Bounds(wStar float64, total int) Bound {
	n, r := float64(total), 1-1/wStar
	sum, power := 0.0, 1.0
	for k := 1; k <= total; k++ {
		sum += float64(k) * power
		power *= r
		sum += power
	}
	return Bound{R: r, MSCRate: 1 - (n-1)/(2*wStar+n-2), RBRate: 2 * wStar / (2*wStar + n - 2), JSARate: math.Pow(r, n), PMCSARate: r,
		MSC: 1, JSA: sum / n / n, JSALimit: 0.5 + 1.5/n, PMCSA: 1/n + r/n}
}
