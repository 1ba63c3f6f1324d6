package privacy

import (
	"math"
	"slices"
)

// logPhi is the logarithm of the normal distribution function, also far out.
func logPhi(x float64) float64 {
	if x > -30 {
		return math.Log(math.Erfc(-x/math.Sqrt2) / 2)
	}
	// The continued fraction of Mills' ratio.
	f := 0.0
	for k := 40; k >= 1; k-- {
		f = float64(k) / (-x + f)
	}
	return -x*x/2 - math.Log(math.Sqrt(2*math.Pi)) - math.Log(-x+f)
}

func phi(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// GaussianDelta is δ(ε) of one Gaussian report of sensitivity over noise mu (Balle and Wang, ICML 2018).
func GaussianDelta(mu, eps float64) float64 {
	if mu == 0 {
		return 0
	}
	return phi(mu/2-eps/mu) - math.Exp(eps+logPhi(-mu/2-eps/mu))
}

// bisect finds where an increasing function passes 0 between two ends, to the last bit that matters.
func bisect(low, high float64, f func(float64) float64) float64 {
	for range 200 {
		mid := (low + high) / 2
		if mid <= low || mid >= high {
			break
		}
		if f(mid) < 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// GaussianMu is the largest sensitivity over noise at which a Gaussian report is (eps, delta) private.
func GaussianMu(eps, delta float64) float64 {
	high := 1.0
	for GaussianDelta(high, eps) < delta {
		high *= 2
	}
	return bisect(0, high, func(mu float64) float64 { return GaussianDelta(mu, eps) - delta })
}

// GaussianSigma is the least noise for a sensitivity, analytic; ClassicSigma the classical one, good up to eps = 1.
func GaussianSigma(eps, delta, sensitivity float64) float64 {
	return sensitivity / GaussianMu(eps, delta)
}

// ClassicSigma is sensitivity √(2 ln(1.25/delta))/eps (Dwork and Roth 2014, theorem A.1).
func ClassicSigma(eps, delta, sensitivity float64) float64 {
	return sensitivity * math.Sqrt(2*math.Log(1.25/delta)) / eps
}

// GaussianEpsilon is the exact privacy loss of a Gaussian report at delta; rounds of them are one with mu √rounds.
func GaussianEpsilon(mu, delta float64) float64 {
	if GaussianDelta(mu, 0) <= delta {
		return 0
	}
	high := 1.0
	for GaussianDelta(mu, high) > delta {
		high *= 2
	}
	return bisect(0, high, func(eps float64) float64 { return delta - GaussianDelta(mu, eps) })
}

// Basic adds up.
func Basic(eps float64, rounds int) float64 { return eps * float64(rounds) }

// Advanced is ε√(2T ln(1/δ)) + Tε(e^ε − 1) (Dwork, Rothblum, Vadhan 2010).
func Advanced(eps float64, rounds int, delta float64) float64 {
	t := float64(rounds)
	return eps*math.Sqrt(2*t*math.Log(1/delta)) + t*eps*math.Expm1(eps)
}

// Optimal is the bound of Kairouz, Oh and Viswanath (ICML 2015), the least of three.
func Optimal(eps float64, rounds int, delta float64) float64 {
	t := float64(rounds)
	drift := t * eps * math.Tanh(eps/2)
	return min(t*eps, drift+eps*math.Sqrt(2*t*math.Log(math.E+eps*math.Sqrt(t)/delta)), drift+eps*math.Sqrt(2*t*math.Log(1/delta)))
}

// Concentrated is ρ + 2√(ρ ln(1/δ)) of zero-concentrated privacy (Bun and Steinke 2016).
func Concentrated(rho, delta float64) float64 { return rho + 2*math.Sqrt(rho*math.Log(1/delta)) }

// An Order gives the Rényi divergence of one report by its order α above 1.
type Order func(alpha float64) float64

// GaussianRenyi is αμ²/2.
func GaussianRenyi(mu float64) Order { return func(a float64) float64 { return a * mu * mu / 2 } }

// PureRenyi is the tight one of any ε-private report: that of a coin of bias e^ε.
func PureRenyi(eps float64) Order {
	// ln p and ln q with p = e^ε/(1+e^ε).
	p, q := -math.Log1p(math.Exp(-eps)), -math.Log1p(math.Exp(eps))
	if eps > 30 {
		q = -eps - math.Log1p(math.Exp(-eps))
	}
	return func(a float64) float64 { return logAdd(a*p+(1-a)*q, a*q+(1-a)*p) / (a - 1) }
}

// LaplaceRenyi is that of Laplace's mechanism.
func LaplaceRenyi(eps float64) Order {
	return func(a float64) float64 {
		return logAdd(math.Log(a/(2*a-1))+(a-1)*eps, math.Log((a-1)/(2*a-1))-a*eps) / (a - 1)
	}
}

// SampledRenyi is that of a Gaussian report of noise sigma in units of the sensitivity, about a Poisson sample of share q,
// by whole orders; it is infinite at others (Mironov, Talwar, Zhang 2019).
func SampledRenyi(q, sigma float64) Order {
	return func(a float64) float64 {
		if a != math.Trunc(a) || a < 2 {
			return math.Inf(1)
		}
		log := math.Inf(-1)
		for k := 0.0; k <= a; k++ {
			b1, _ := math.Lgamma(a + 1)
			b2, _ := math.Lgamma(k + 1)
			b3, _ := math.Lgamma(a - k + 1)
			term := b1 - b2 - b3 + (k*k-k)/(2*sigma*sigma)
			if q < 1 {
				term += (a-k)*math.Log1p(-q) + k*math.Log(q)
			} else if k < a {
				continue
			}
			log = logAdd(log, term)
		}
		return log / (a - 1)
	}
}

func logAdd(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	if math.IsInf(y, -1) {
		return x
	}
	return x + math.Log1p(math.Exp(y-x))
}

// Renyi is the privacy loss at delta of so many reports, the least over orders: by the classic conversion, or by the tight
// one (Canonne, Kamath, Steinke 2020).
func Renyi(r Order, rounds int, delta float64, orders []float64, tight bool) float64 {
	best := math.Inf(1)
	for _, a := range orders {
		loss := float64(rounds) * r(a)
		if tight {
			loss += math.Log((a-1)/a) - (math.Log(delta)+math.Log(a))/(a-1)
		} else {
			loss += math.Log(1/delta) / (a - 1)
		}
		best = min(best, loss)
	}
	return max(0, best)
}

// Orders are those over which the least is taken.
var Orders = func() []float64 {
	var out []float64
	for a := 11; a < 110; a++ {
		out = append(out, float64(a)/10)
	}
	for a := 11; a < 64; a++ {
		out = append(out, float64(a))
	}
	return slices.Concat(out, []float64{128, 256, 512, 1024})
}()

// PureAdvantage and GaussianAdvantage are the best that an attacker who sees one report can do at telling two inputs
// apart: chance of a hit less chance of a false alarm.
func PureAdvantage(eps float64) float64 { return math.Tanh(eps / 2) }

// GaussianAdvantage is 2Φ(μ/2) − 1.
func GaussianAdvantage(mu float64) float64 { return math.Erf(mu / 2 / math.Sqrt2) }

// GaussianAdvanced is the advanced bound of Gaussian reports: half of delta goes to the reports in equal parts, half to the
// composition; one report composes with nothing.
func GaussianAdvanced(mu float64, rounds int, delta float64) float64 {
	each := delta / float64(2*rounds)
	if rounds == 1 {
		each = delta
	}
	return Advanced(GaussianEpsilon(mu, each), rounds, delta/2)
}

// Tell is the chance to recognise an input at a chance of false alarm, by one Gaussian report: Φ(Φ⁻¹(chance) + μ).
func Tell(mu, chance float64) float64 { return phi(quantile(chance) + mu) }

// quantile is the inverse of the normal distribution function.
func quantile(p float64) float64 { return -math.Sqrt2 * math.Erfcinv(2*p) }

// Between is the loss at which PM takes over from Duchi's mechanism in the worst case, ε#.
var Between = bisect(1, 2, func(eps float64) float64 { return Duchi.Variance(eps, 0) - Piecewise.Variance(eps, 1) })
