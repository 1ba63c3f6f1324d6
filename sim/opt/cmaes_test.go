package opt

import (
	"errors"
	"math"
	"testing"
)

// TestConstants is B1 and B1b of the black-box lab.
func TestConstants(t *testing.T) {
	for _, c := range []struct {
		n    int
		want []float64 // mueff, cc, cs, c1, cmu, ds, chiN
	}{
		{8, []float64{5.938804, .351684, .419182, .021638, .082259, 1.419182, 2.742143}},
		{500, []float64{5.938804, .0079597, .01553768, 2 / (501.3*501.3 + 5.938804), 3.458e-5, 1.01553768, 22.3495037}},
	} {
		k := NewConstants(c.n, 20, false)
		for i, got := range []float64{k.MuEff, k.CC, k.CS, k.C1, k.CMu, k.DS, k.ChiN} {
			if math.Abs(got/c.want[i]-1) > 5e-5 {
				t.Errorf("dimension %d: constant %d is %v, want %v", c.n, i, got, c.want[i])
			}
		}
	}
}

func ellipsoid(n int, condition float64) bowl {
	b := make(bowl, n)
	for i := range b {
		b[i] = 2 * math.Pow(condition, float64(i)/float64(n-1))
	}
	return b
}

// TestEllipsoid is B3 and bb-ellipsoid: condition 1e6 in 10 dimensions, population 10, from 1 with sigma 0.5, falls
// below 1e-8 within 9000 evaluations, with the active option within 6500.
func TestEllipsoid(t *testing.T) {
	f := ellipsoid(10, 1e6)
	at := make([]float64, 10)
	for i := range at {
		at[i] = 1
	}
	for active, most := range []int{9000, 6500} {
		for seed := range uint64(3) {
			m := start(t, "cma-es", Hyper{"population": 10, "active": float64(active)}, Env{Ground: f, Start: at, Seed: seed}).(*Evolution)
			for m.Clock().Evaluations < most && f.Loss(m.Swarm()[m.Strategy().Ranks()[0]*10:][:10]) > 1e-8 {
				if err := m.Step(); err != nil {
					t.Fatal(err)
				}
			}
			if m.Clock().Evaluations >= most {
				t.Errorf("active %d, seed %d: not below 1e-8 after %d evaluations", active, seed, most)
			}
		}
	}
}

// TestCondition is B4: on condition 1e4 in 6 dimensions log₁₀ of the condition of C is 4 ± 0.8 after 250 generations.
func TestCondition(t *testing.T) {
	at := []float64{1, 1, 1, 1, 1, 1}
	es, err := NewCMAES(at, 0.5, 9, false)
	if err != nil {
		t.Fatal(err)
	}
	m := start(t, "cma-es", Hyper{"population": 9}, Env{Ground: ellipsoid(6, 1e4), Start: at}).(*Evolution)
	m.es = es
	for range 250 {
		if m.Step() != nil {
			break
		}
	}
	_, root := es.Eigen()
	if got := 2 * math.Log10(root[5]/root[0]); math.Abs(got-4) > 0.8 {
		t.Errorf("log₁₀ of the condition is %.2f after %d generations", got, es.Generation())
	}
}

// TestTellBadLosses: a point without a loss ranks last; a generation of such points halves sigma and keeps the mean.
func TestTellBadLosses(t *testing.T) {
	es, err := NewCMAES([]float64{1, 2}, 0.5, 4, false)
	if err != nil {
		t.Fatal(err)
	}
	points, z := make([]float64, 8), []float64{1, 0, 0, 1, -1, 0, 0, -1}
	es.Ask(points, z)
	es.Tell([]float64{math.NaN(), 2, math.Inf(1), 1})
	if r := es.Ranks(); r[0] != 3 || r[1] != 1 || r[2] != 0 || r[3] != 2 {
		t.Errorf("ranks are %v, want 3 1 0 2", r)
	}
	mean, sigma := append([]float64(nil), es.Mean()...), es.Sigma()
	es.Ask(points, z)
	es.Tell([]float64{math.NaN(), math.NaN(), math.Inf(1), math.NaN()})
	if es.Mean()[0] != mean[0] || es.Mean()[1] != mean[1] || es.Sigma() != sigma/2 {
		t.Errorf("after a generation without losses the mean is %v, sigma %v", es.Mean(), es.Sigma())
	}
}

// flat is a plateau.
type flat struct{}

func (flat) Dim() int                      { return 2 }
func (flat) Loss([]float64) float64        { return 1 }
func (flat) Grad(dst, _ []float64) float64 { clear(dst); return 1 }

// TestPlateau: standing on a plateau is not converging.
func TestPlateau(t *testing.T) {
	m := start(t, "cma-es", nil, Env{Ground: flat{}, Start: []float64{0, 0}})
	if err := play(m, 20); errors.Is(err, ErrConverged) {
		t.Error(err)
	}
}
