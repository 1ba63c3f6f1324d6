package privacy

import (
	"math"
	"testing"

	"thalweg/landscape/rng"
)

// Far out nothing overflows: a tiny and a huge loss, an order of 1024, a total beyond 40 deviations.
func TestEdges(t *testing.T) {
	for _, eps := range []float64{LeastEpsilon, 0.05, 64, 700} {
		for m := Laplace; m <= Hybrid; m++ {
			v := m.Variance(eps, 0.5)
			if !(v >= 0) || math.IsInf(v, 0) {
				t.Errorf("%v: the variance at ε = %g is %v", m, eps, v)
			}
			for _, u := range []float64{0x1p-53, 0.5, 1 - 0x1p-53} {
				if y := m.Report(eps, -1, []float64{u, u, u}); math.IsNaN(y) || math.IsInf(y, 0) {
					t.Errorf("%v: the report at ε = %g is %v", m, eps, y)
				}
			}
		}
		for _, a := range Orders {
			for name, r := range map[string]Order{"pure": PureRenyi(eps), "laplace": LaplaceRenyi(eps)} {
				if v := r(a); !(v >= 0 && v <= eps*(1+1e-12)) {
					t.Errorf("%s: the Rényi divergence of order %g at ε = %g is %v, want between 0 and ε", name, a, eps, v)
				}
			}
		}
	}
	for _, mu := range []float64{1e-6, 0.1, 40, 200} {
		e := GaussianEpsilon(mu, 1e-5)
		if math.IsNaN(e) || e < 0 || e > 0 && math.Abs(GaussianDelta(mu, e)/1e-5-1) > 1e-6 {
			t.Errorf("the loss at μ = %g is %v, where δ is %v", mu, e, GaussianDelta(mu, e))
		}
	}
}

// The analytic noise is the least that keeps the promise: δ is met, and a hair less noise breaks it.
func TestAnalyticNoise(t *testing.T) {
	for _, eps := range []float64{0.05, 0.5, 1, 4, 16, 64} {
		for _, delta := range []float64{1e-9, 1e-5, 1e-2} {
			mu := GaussianMu(eps, delta)
			if d := GaussianDelta(mu, eps); math.Abs(d/delta-1) > 1e-6 || GaussianDelta(mu*1.001, eps) <= delta {
				t.Errorf("ε = %g, δ = %g: noise gives δ = %v", eps, delta, d)
			}
			if eps <= 1 && GaussianSigma(eps, delta, 1) > ClassicSigma(eps, delta, 1) {
				t.Errorf("ε = %g, δ = %g: the analytic noise is larger than the classic one", eps, delta)
			}
		}
	}
}

// A ledger only grows, account by account; what a copy is charged does not touch the original.
func TestLedger(t *testing.T) {
	l := NewLedger(3, Report{Mu: 0.5})
	if got := l.Totals(1e-5); got.Best() != 0 {
		t.Errorf("before any upload the loss is %v, want 0", got)
	}
	before := 0.0
	for round := range 30 {
		l.Charge(round%3, 1)
		l.Charge(0, 1)
		now := l.Totals(1e-5).Best()
		if now < before {
			t.Fatalf("after round %d the loss fell from %v to %v", round, before, now)
		}
		before = now
	}
	if l.Uploads(0) != 40 || l.Uploads(1) != 10 || l.Most() != 40 {
		t.Errorf("uploads %d, %d and most %d, want 40, 10 and 40", l.Uploads(0), l.Uploads(1), l.Most())
	}
	c := l.Clone()
	c.Charge(1, 100)
	if l.Uploads(1) != 10 || l.Most() != 40 {
		t.Error("charging a copy changed the original")
	}
	if want := GaussianEpsilon(0.5*math.Sqrt(40), 1e-5); math.Abs(l.Totals(1e-5).Exact-want) > 1e-12 {
		t.Errorf("the exact loss is %v, want %v", l.Totals(1e-5).Exact, want)
	}
	if raw := NewLedger(1, Report{}); true {
		raw.Charge(0, 1)
		if !math.IsInf(raw.Totals(1e-5).Best(), 1) {
			t.Error("an upload without protection is told to have a finite loss")
		}
	}
}

// A budget for a whole run is met by the best accountant.
func TestShare(t *testing.T) {
	for _, total := range []float64{0.5, 4, 16, 100} {
		for _, rounds := range []int{1, 20, 500} {
			eps := Share(total, rounds, 1e-5)
			if got := Total(Report{Epsilon: eps}, rounds, 1e-5).Best(); math.Abs(got/total-1) > 1e-9 {
				t.Errorf("%d reports of %v come to %v, want %v", rounds, eps, got, total)
			}
		}
	}
}

// What is reported beyond both ends of a piecewise report's likely interval is balanced: the mean over draws is the input.
// Five standard errors of 100,000 draws; a fresh seed fails with less than 1e-6. Drawing on one side only moves it by 0.3.
func TestPiecewiseBothSides(t *testing.T) {
	const n, eps = 100_000, 0.8
	k := rng.NewKey(3, 0, 0, 0, rng.Probe)
	for _, x := range []float64{-1, 0, 0.6} {
		sum, left, right := 0.0, 0, 0
		_, low, high := piece(eps, x)
		var u [2]float64
		for i := range n {
			k.FillUniform(u[:], uint64(i), 0)
			y := Piecewise.Report(eps, x, u[:])
			sum += y / n
			if y < low {
				left++
			} else if y > high {
				right++
			}
		}
		if far := 5 * math.Sqrt(Piecewise.Variance(eps, x)/n); math.Abs(sum-x) > far {
			t.Errorf("the mean of reports of %g is %v, want it within %v (%d left, %d right of the likely interval)", x, sum, far, left, right)
		}
	}
}
