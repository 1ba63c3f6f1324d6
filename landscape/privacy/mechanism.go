// Package privacy is what a client does to a number before it leaves, and what that costs: local mechanisms with their
// exact variances, and accountants that add up the privacy loss of many reports.
package privacy

import (
	"fmt"
	"math"
)

// A Mechanism perturbs a number of [-1, 1] so that its report says little of it.
type Mechanism int

// Laplace adds Laplace noise of scale 2/ε. Duchi reports one of two numbers (Duchi, Jordan, Wainwright 2013). Piecewise
// reports a number of an interval that is likely near the input (Wang and others, ICDE 2019, PM), Hybrid mixes the two so
// that the variance does not depend on the input (there, HM).
const (
	Laplace Mechanism = iota
	Duchi
	Piecewise
	Hybrid
)

var mechanismNames = [...]string{"laplace", "duchi", "pm", "hm"}

func (m Mechanism) String() string { return mechanismNames[m] }

// ParseMechanism reads a mechanism's name.
func ParseMechanism(name string) (Mechanism, error) {
	for i, n := range mechanismNames {
		if n == name {
			return Mechanism(i), nil
		}
	}
	return 0, fmt.Errorf("there is no mechanism %q; there are %v", name, mechanismNames)
}

// LeastEpsilon is the privacy loss of a report below which the mechanisms refuse: their reports have no bound.
const LeastEpsilon = 1e-3

// MixFrom is ε*: from there on Hybrid mixes, below it is Duchi's.
var MixFrom = math.Log((-5 + 2*math.Cbrt(6353-405*math.Sqrt(241)) + 2*math.Cbrt(6353+405*math.Sqrt(241))) / 27)

// duchiEnd is the size of Duchi's two reports.
func duchiEnd(eps float64) float64 { return 1 / math.Tanh(eps/2) }

// piece is the end C of Piecewise's reports, and the ends l and r of its likely interval for an input.
func piece(eps, t float64) (end, low, high float64) {
	end = 1 / math.Tanh(eps/4)
	low = (end+1)/2*t - (end-1)/2
	return end, low, low + end - 1
}

// Variance is that of a report of t with privacy loss eps.
func (m Mechanism) Variance(eps, t float64) float64 {
	switch m {
	case Laplace:
		return 8 / (eps * eps)
	case Duchi:
		b := duchiEnd(eps)
		return b*b - t*t
	case Piecewise:
		e := math.Expm1(eps / 2)
		return t*t/e + (e+4)/(3*e*e)
	}
	if eps <= MixFrom {
		return Duchi.Variance(eps, t)
	}
	a := -math.Expm1(-eps / 2)
	return a*Piecewise.Variance(eps, t) + (1-a)*Duchi.Variance(eps, t)
}

// Draws is how many uniform numbers a report takes.
func (m Mechanism) Draws() int { return [...]int{1, 1, 2, 3}[m] }

// Report perturbs t with privacy loss eps by uniform numbers of (0, 1), as many as Draws says. Piecewise takes the first to
// choose between the likely interval and the rest, the second for the place; Hybrid the first to choose between the two
// mechanisms, which take the next.
func (m Mechanism) Report(eps, t float64, u []float64) float64 {
	switch m {
	case Laplace:
		// The inverse of the distribution, with full precision at both ends.
		scale := 2 / eps
		if u[0] < 0.5 {
			return t + scale*math.Log(2*u[0])
		}
		return t - scale*math.Log(2*(1-u[0]))
	case Duchi:
		b := duchiEnd(eps)
		if u[0] < 0.5+t/(2*b) {
			return b
		}
		return -b
	case Piecewise:
		end, low, high := piece(eps, t)
		e := math.Exp(eps / 2)
		if u[0] < e/(e+1) {
			return low + u[1]*(high-low)
		}
		v := u[1] * (end + 1)
		if v < low+end {
			return -end + v
		}
		return high + v - (low + end)
	}
	if eps > MixFrom && u[0] < -math.Expm1(-eps/2) {
		return Piecewise.Report(eps, t, u[1:])
	}
	return Duchi.Report(eps, t, u[1:])
}

// Density is that of a report y of t; of Duchi's and Hybrid's two numbers it is 0, see Ends.
func (m Mechanism) Density(eps, t, y float64) float64 {
	switch m {
	case Laplace:
		return eps / 4 * math.Exp(-eps/2*math.Abs(y-t))
	case Piecewise:
		end, low, high := piece(eps, t)
		if math.Abs(y) > end {
			return 0
		}
		e := math.Exp(eps / 2)
		inside := e / (e + 1) / (high - low)
		if y >= low && y <= high {
			return inside
		}
		return inside / math.Exp(eps)
	case Hybrid:
		if eps > MixFrom {
			return -math.Expm1(-eps/2) * Piecewise.Density(eps, t, y)
		}
	}
	return 0
}

// Ends are the two numbers that Duchi and Hybrid report with a chance of their own, and the chance of the upper and of the
// lower one; 0 for the others.
func (m Mechanism) Ends(eps, t float64) (end, upper, lower float64) {
	if m != Duchi && m != Hybrid {
		return 0, 0, 0
	}
	share := 1.0
	if m == Hybrid && eps > MixFrom {
		share = math.Exp(-eps / 2)
	}
	end = duchiEnd(eps)
	upper = share * (0.5 + t/(2*end))
	return end, upper, share - upper
}

// Sampled is how many of d coordinates a report of Duchi, Piecewise and Hybrid is about, each with eps over so many: one
// for each 2.5 of privacy loss (Wang and others 2019).
func Sampled(eps float64, d int) int { return max(1, min(d, int(eps/2.5))) }

// SampledVariance is that of one coordinate t of a report about k of d coordinates, whose chosen ones are scaled by d/k.
func (m Mechanism) SampledVariance(eps, t float64, k, d int) float64 {
	s := float64(d) / float64(k)
	return s*(m.Variance(eps/float64(k), t)+t*t) - t*t
}

// CornerEnd is the size of the coordinates of Duchi's report of d coordinates at once, one of the corners of a cube.
func CornerEnd(eps float64, d int) float64 {
	// C_d in logarithms of binomials: 2^{d-1} leaves the numbers at large d.
	log := func(n, k int) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return a - b - c
	}
	two := float64(d-1) * math.Ln2
	var c float64
	if d%2 == 1 {
		c = math.Exp(two - log(d-1, (d-1)/2))
	} else {
		c = math.Exp(two-log(d-1, d/2)) + 0.5*math.Exp(log(d, d/2)-log(d-1, d/2))
	}
	return c * duchiEnd(eps)
}

// TruthChance is that of randomised response over k labels.
func TruthChance(eps float64, k int) float64 {
	e := math.Exp(eps)
	return e / (e + float64(k) - 1)
}
