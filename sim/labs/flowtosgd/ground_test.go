package flowtosgd

import (
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

// every ground, small.
func every() map[string]landscape.Curved {
	return map[string]landscape.Curved{
		"quad": &quadratic{n: 4, a: turnedMatrix(4, 10, 1)}, "sine-bowl": &sineBowl{n: 3}, "power 4": &power{n: 3, p: 4}, "power 1.5": &power{n: 3, p: 1.5},
		"phase": newPhase([]float64{0.6, -0.8, 0.3}), "square-root": newRoot(3, turnedMatrix(3, 10, 2)), "product": product{}, "exponential": &exponential{n: 3},
	}
}

// The losses keep landscape's contract.
func TestContract(t *testing.T) {
	for name, f := range every() {
		t.Run(name, func(t *testing.T) { landscapetest.Check(t, f, drawn(3, f.Dim(), 0.8)) })
	}
}

// The mean of 20 000 fresh gradients lies within five standard errors of the gradient in each coordinate: by chance that
// fails in one of 60 000 seeds.
func TestSamplesAreUnbiased(t *testing.T) {
	grounds := map[string]landscape.Fresh{
		"phase": newPhase([]float64{0.6, -0.8}), "square-root": newRoot(2, turnedMatrix(2, 5, 2)), "product": product{multiplicative: 1, label: 0.7},
		"quad": &quadratic{noise: 1, n: 2, a: []float64{2, 0, 0, 1}}, "power": &power{noise: 1, n: 2, p: 3}, "sine": &sineBowl{noise: 1, n: 2}, "exponential": &exponential{noise: 1, n: 2},
	}
	for name, f := range grounds {
		const count = 20000
		x := drawn(1, f.Dim(), 0.6)[0]
		want, g := make([]float64, f.Dim()), make([]float64, f.Dim())
		f.Grad(want, x)
		mean, square := make([]float64, f.Dim()), make([]float64, f.Dim())
		key := rng.NewKey(3, 0, 0, 0, rng.Batch)
		for s := range count {
			f.FreshGrad(g, x, key, uint64(s), 2)
			for i := range g {
				mean[i] += g[i] / count
				square[i] += g[i] * g[i] / count
			}
		}
		for i := range g {
			if e := math.Sqrt((square[i] - mean[i]*mean[i]) / count); !(e > 0) || math.Abs(mean[i]-want[i]) > 5*e {
				t.Errorf("%s, coordinate %d: mean %v, gradient %v, standard error %v", name, i, mean[i], want[i], e)
			}
		}
	}
}

// At the bottom of a power below 2 the gradient is 0 by definition, and there is no curvature.
func TestBottomOfSharpPower(t *testing.T) {
	f, g := &power{n: 2, p: 1.5}, []float64{1, 1}
	if loss := f.Grad(g, []float64{0, 0}); loss != 0 || g[0] != 0 || g[1] != 0 {
		t.Errorf("loss %v, gradient %v at the bottom, want 0", loss, g)
	}
	if f.HessVec(g, []float64{0, 0}, []float64{1, 0}); !math.IsNaN(g[0]) {
		t.Errorf("the curvature at the bottom is %v, want none", g[0])
	}
}

// Near its minima phase retrieval's loss keeps its digits: |w - w*|^2 across it is 4 times the square.
func TestPhaseNearItsMinimum(t *testing.T) {
	f := plane()
	for _, v := range []float64{1e-5, 1e-8, 1e-12} {
		want := 4*v*v + 3*v*v*v*v
		if got := f.Loss([]float64{1, v}); math.Abs(got-want) > 1e-12*want {
			t.Errorf("at distance %v the loss is %v, want %v", v, got, want)
		}
	}
}

// The surface's cells are the potential, whatever the number of cores.
func TestSurface(t *testing.T) {
	p := identityPotential(plane())
	p.ground.domain = [4]float64{-1.5, 1.5, -1.5, 1.5}
	p.maxTime = 20
	s, err := p.over(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{70, 1000, 3000} {
		w := []float64{-1.5 + float64(i%cells)*3/(cells-1), -1.5 + float64(i/cells)*3/(cells-1)}
		if want := p.at(w); math.Abs(s.phi[i]-want) > 1e-5*(1+want) {
			t.Errorf("cell %d at %v is %v, the potential there %v", i, w, s.phi[i], want)
		}
	}
	again, err := p.over(t.Context())
	if err != nil || again != s {
		t.Error("the surface is computed twice")
	}
}

func BenchmarkSurface(b *testing.B) {
	p := identityPotential(plane())
	p.ground.domain = [4]float64{-1.5, 1.5, -1.5, 1.5}
	p.maxTime = 20
	for b.Loop() {
		surfaces.known = nil
		if _, err := p.over(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
