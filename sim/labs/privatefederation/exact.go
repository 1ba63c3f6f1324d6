package privatefederation

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/integrate/quad"

	"thalweg/landscape/federation"
	"thalweg/landscape/privacy"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

const published = "published mathematics, checked by a reference program"

// exact holds the facts that need no run.
var exact = []sim.Claim{
	{
		ID: "pf-1", Preset: "moderate", Source: "Wang and others 2019; " + published, Panel: "density",
		Statement: "A piecewise report is right in the mean, has the variance that is said, and its density changes by e^ε at most.",
		Want:      "ε from 0.1 to 8, five inputs: mean within 1e-10, variance within 1e-9 relative, by integrating the density; ratio e^ε within 1e-12",
		Prove:     piecewise,
	},
	{
		ID: "pf-2", Preset: "moderate", Source: "Wang and others 2019; " + published, Panel: "variances",
		Statement: "Where the mechanisms trade places: the hybrid mixes from ε* on, and from ε# on the piecewise one beats Duchi's in the worst case.",
		Want:      "ε* = 0.609352 and ε# = 1.289785 within 1e-6; the hybrid's variance the same for all inputs within 1e-9",
		Prove: func(context.Context) sim.Verdict {
			flat := 0.0
			for _, eps := range []float64{0.7, 1, 2, 5} {
				at := privacy.Hybrid.Variance(eps, 0)
				for _, t := range []float64{-1, -0.3, 0.6, 1} {
					flat = math.Max(flat, math.Abs(privacy.Hybrid.Variance(eps, t)/at-1))
				}
			}
			return sim.Judge(math.Abs(privacy.MixFrom-0.609352) < 1e-6 && math.Abs(privacy.Between-1.289785) < 1e-6 && flat <= 1e-9, "%.6f, %.6f, flat within %.1e", privacy.MixFrom, privacy.Between, flat)
		},
	},
	{
		ID: "pf-3", Preset: "moderate", Source: "derived", Panel: "density",
		Statement: "What is drawn has the mean and the variance that are said.",
		Want:      "400,000 draws of each mechanism at two inputs and two losses: means and variances within 5 standard errors",
		Prove:     drawnReports,
	},
	{
		ID: "pf-10", Preset: "moderate", Source: "Balle, Wang 2018; Mironov 2017; " + published, Panel: "gauge",
		Statement: "Many Gaussian reports are one with less noise: exact is below Rényi with the tight conversion, that below the classic one.",
		Want:      "noise of 10 sensitivities, 50 rounds, δ = 1e-5: 2.9432, 3.1890, 3.6431; in order for 200 pairs of noise and rounds; the default's total for ε = 4, 20 rounds 25.51",
		Prove: func(context.Context) sim.Verdict {
			wrong := 0
			for _, mu := range []float64{0.01, 0.05, 0.1, 0.3, 0.9, 2, 5, 10} {
				for n := 1; n <= 500; n += 20 {
					e := privacy.GaussianEpsilon(mu*math.Sqrt(float64(n)), 1e-5)
					a, b := privacy.Renyi(privacy.GaussianRenyi(mu), n, 1e-5, privacy.Orders, true), privacy.Renyi(privacy.GaussianRenyi(mu), n, 1e-5, privacy.Orders, false)
					if e > a+1e-9 || a > b+1e-9 {
						wrong++
					}
				}
			}
			e, a, b := privacy.GaussianEpsilon(0.1*math.Sqrt(50), 1e-5), privacy.Renyi(privacy.GaussianRenyi(0.1), 50, 1e-5, privacy.Orders, true), privacy.Renyi(privacy.GaussianRenyi(0.1), 50, 1e-5, privacy.Orders, false)
			total := privacy.GaussianEpsilon(privacy.GaussianMu(4, 1e-5)*math.Sqrt(20), 1e-5)
			near := func(x, y float64) bool { return math.Abs(x-y) < 5e-5 }
			return sim.Judge(wrong == 0 && near(e, 2.9432) && near(a, 3.1890) && near(b, 3.6431) && math.Abs(total-25.51) < 5e-3, "%.4f, %.4f, %.4f; %d out of order; total %.2f", e, a, b, wrong, total)
		},
	},
	{
		ID: "pf-11", Preset: "moderate", Source: "Kairouz, Oh, Viswanath 2015; Bun, Steinke 2016; " + published, Panel: "gauge",
		Statement: "A hundred reports of 0.1 come to 10 by addition and to half of that by looking closer; no gauge shows more than the sum.",
		Want:      "ε = 0.1, 100 rounds, δ = 1e-5: 10, 5.850, 5.298, 4.615; nothing above the sum for 7 losses and 100 numbers of rounds",
		Prove: func(context.Context) sim.Verdict {
			over := 0
			for _, eps := range []float64{0.05, 0.1, 0.5, 1, 4, 16, 64} {
				for n := 1; n <= 500; n += 5 {
					t := privacy.Total(privacy.Report{Epsilon: eps}, n, 1e-5)
					for _, v := range []float64{t.Advanced, t.Optimal, t.Concentrated, t.Renyi} {
						if v > t.Basic*(1+1e-12) {
							over++
						}
					}
				}
			}
			t := privacy.Total(privacy.Report{Epsilon: 0.1}, 100, 1e-5)
			near := func(x, y float64) bool { return math.Abs(x-y) < 5e-4 }
			return sim.Judge(over == 0 && near(t.Basic, 10) && near(t.Advanced, 5.850) && near(t.Optimal, 5.298) && near(t.Renyi, 4.615), "%.3f, %.3f, %.3f, %.3f; %d above the sum", t.Basic, t.Advanced, t.Optimal, t.Renyi, over)
		},
	},
	{
		ID: "pf-12", Preset: "moderate", Source: "Mironov, Talwar, Zhang 2019; " + published, Panel: "gauge",
		Statement: "With a trusted server a sampled report costs far less: the sum for Poisson-sampled Gaussian noise is the integral.",
		Want:      "three settings: Rényi divergences within 1e-9 relative of a quadrature; share 0.01, noise 4, 10,000 rounds: 1.2586 within 0.005 (published 1.26)",
		Prove:     sampledGaussian,
	},
	{
		ID: "pf-20", Preset: "strong-privacy", Source: "derived", Panel: "table",
		Statement: "On a bowl momentum 0.9 multiplies the noise floor by about 1/(1-γ).",
		Want:      "five settings: the closed form within 1e-10 of the covariance that a round maps to itself; h = 1, η = 0.1: 0.05263 and 0.51351",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for _, c := range [][3]float64{{1, 0.1, 0}, {1, 0.1, 0.5}, {1, 0.1, 0.9}, {4, 0.3, 0.5}, {10, 0.15, 0.3}} {
				want, _ := federation.HeavyBall(c[0], c[1], c[2], 1)
				off = math.Max(off, math.Abs(stationary(c[0], c[1], c[2])/want-1))
			}
			a, _ := federation.HeavyBall(1, 0.1, 0, 1)
			b, _ := federation.HeavyBall(1, 0.1, 0.9, 1)
			return sim.Judge(off <= 1e-10 && math.Abs(a-0.05263) < 5e-6 && math.Abs(b-0.51351) < 5e-6, "within %.1e; %.5f and %.5f", off, a, b)
		},
	},
	{
		ID: "pf-51", Preset: "leak", Source: "derived; the figures are the reference program's", Panel: "strip",
		Statement: "A budget can be too large to mean anything: at ε = 512 the picture is back.",
		Want:      "clipped to 1, Gaussian noise, δ = 1e-5, mean correlation over 200 pictures: below 0.05 at ε = 1 and 8, in [0.08, 0.2] at 64, in [0.65, 0.82] at 512, above 0.95 at 4096; the label right for all raw gradients",
		Prove:     dissolving,
	},
}

// piecewise integrates the density of a piecewise report.
func piecewise(context.Context) sim.Verdict {
	mean, variance, ratio := 0.0, 0.0, 0.0
	for _, eps := range []float64{0.1, 0.5, 1, 3, 8} {
		for _, t := range []float64{-1, -0.4, 0, 0.3, 1} {
			end := 1 / math.Tanh(eps/4)
			low := (end+1)/2*t - (end-1)/2
			high := low + end - 1
			var m, s float64
			for _, part := range [][2]float64{{-end, low}, {low, high}, {high, end}} {
				if part[1] <= part[0] {
					continue
				}
				middle := (part[0] + part[1]) / 2
				d := privacy.Piecewise.Density(eps, t, middle)
				m += d * (part[1]*part[1] - part[0]*part[0]) / 2
				s += d * (math.Pow(part[1], 3) - math.Pow(part[0], 3)) / 3
			}
			mean = math.Max(mean, math.Abs(m-t))
			variance = math.Max(variance, math.Abs((s-m*m)/privacy.Piecewise.Variance(eps, t)-1))
			if inside, outside := privacy.Piecewise.Density(eps, 0, 0), privacy.Piecewise.Density(eps, 1, -end); outside > 0 {
				ratio = math.Max(ratio, math.Abs(inside/outside/math.Exp(eps)-1))
			}
		}
	}
	return sim.Judge(mean <= 1e-10 && variance <= 1e-9 && ratio <= 1e-12, "mean within %.1e, variance within %.1e, ratio within %.1e", mean, variance, ratio)
}

// drawnReports holds draws against means and variances.
func drawnReports(context.Context) sim.Verdict {
	const n = 400_000
	far := 0.0
	for m := privacy.Laplace; m <= privacy.Hybrid; m++ {
		for _, eps := range []float64{0.5, 2} {
			for at, t := range []float64{-0.7, 0.4} {
				k := rng.NewKey(uint64(at), 0, uint64(m), uint64(10*eps), rng.Probe)
				var u [4]float64
				var s [5]float64
				for i := range n {
					k.FillUniform(u[:m.Draws()], uint64(i), 0)
					d := m.Report(eps, t, u[:m.Draws()]) - t
					for p, x := 0, 1.0; p < 5; p, x = p+1, x*d {
						s[p] += x / n
					}
				}
				v := m.Variance(eps, t)
				far = math.Max(far, math.Abs(s[1])/math.Sqrt(v/n))
				far = math.Max(far, math.Abs(s[2]-v)/math.Sqrt((s[4]-v*v)/n+1e-300))
			}
		}
	}
	return sim.Judge(far <= 5, "at most %.2f standard errors", far)
}

// sampledGaussian holds the sum over binomials against the integral of the divergence.
func sampledGaussian(context.Context) sim.Verdict {
	off := 0.0
	for _, c := range []struct{ q, sigma, a float64 }{{0.01, 4, 2}, {0.05, 2, 8}, {0.2, 3, 6}} {
		// E over N(0, σ²) of ((1-q) + q e^{(2x-1)/2σ²})^α, by panels of Gauss-Legendre.
		sum := 0.0
		for k := -60; k < 90; k++ {
			sum += quad.Fixed(func(x float64) float64 {
				return math.Exp(-x*x/2/c.sigma/c.sigma) / c.sigma / math.Sqrt(2*math.Pi) * math.Pow(1-c.q+c.q*math.Exp((2*x-1)/2/c.sigma/c.sigma), c.a)
			}, float64(k), float64(k+1), 20, nil, 0)
		}
		off = math.Max(off, math.Abs(privacy.SampledRenyi(c.q, c.sigma)(c.a)/(math.Log(sum)/(c.a-1))-1))
	}
	total := privacy.Renyi(privacy.SampledRenyi(0.01, 4), 10_000, 1e-5, privacy.Orders, false)
	return sim.Judge(off <= 1e-9 && math.Abs(total-1.2586) <= 0.005, "within %.1e; %.4f", off, total)
}

// stationary is the variance of w that a round of the heavy ball with noise of variance 1 maps to itself, by doubling.
func stationary(h, eta, gamma float64) float64 {
	// In (w, v): v' = γv + hw + z, w' = w - ηv'.
	a := [4]float64{1 - eta*h, -eta * gamma, h, gamma}
	s := [4]float64{eta * eta, -eta, -eta, 1}
	mul := func(x, y [4]float64) [4]float64 {
		return [4]float64{x[0]*y[0] + x[1]*y[2], x[0]*y[1] + x[1]*y[3], x[2]*y[0] + x[3]*y[2], x[2]*y[1] + x[3]*y[3]}
	}
	flip := func(x [4]float64) [4]float64 { return [4]float64{x[0], x[2], x[1], x[3]} }
	for range 40 {
		t := mul(mul(a, s), flip(a))
		for i := range s {
			s[i] += t[i]
		}
		a = mul(a, a)
	}
	return s[0]
}

// dissolving looks into gradients of many pictures.
func dissolving(context.Context) sim.Verdict {
	const n = 200
	sums := make([]float64, len(budgets))
	named := 0
	for i := range n {
		k := key(7, i, rng.Data)
		labels, x := []int{i % classes}, make([]float64, pixels)
		drawGlyph(x, labels[0], k.Seq())
		grad := leaking("softmax", x, labels, 7)
		if viewOf(grad).label() == labels[0] {
			named++
		}
		for b, eps := range budgets {
			sums[b] += correlation(x, viewOf(hide(grad, eps, 1e-5, key(7, i, rng.PrivacyNoise), uint64(b))).fitted()) / n
		}
	}
	var got []string
	for b, eps := range budgets {
		got = append(got, fmt.Sprintf("%g: %.3f", eps, sums[b]))
	}
	holds := math.Abs(sums[4]) < 0.05 && math.Abs(sums[3]) < 0.05 && sums[2] >= 0.08 && sums[2] <= 0.2 && sums[1] >= 0.65 && sums[1] <= 0.82 && sums[0] > 0.95
	return sim.Judge(holds && named == n, "%s; label right for %d of %d", strings.Join(got, ", "), named, n)
}
