package landscape_test

import (
	"fmt"
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/landscape/surfaces"
)

// outliers has 200 eigenvalues, most of them below 1/2 and a few far above.
func outliers() []float64 {
	d := make([]float64, 200)
	for i := range d {
		d[i] = 0.5 * float64(i) / float64(len(d))
	}
	copy(d[len(d)-4:], []float64{2, 3, 5, 9})
	d[0] = -1
	return d
}

func TestExtremes(t *testing.T) {
	d := outliers()
	low, high, ritz := landscape.Extremes(diagonal(d), make([]float64, len(d)))
	if !near(low, -1, 1e-10) || !near(high, 9, 1e-10) || len(ritz) != 60 {
		t.Errorf("spectrum ends at %v and %v, %d Ritz values", low, high, len(ritz))
	}
	low, high, ritz = landscape.Extremes(surface(t, "booth"), []float64{1, 3})
	if !near(low, 2, 1e-12) || !near(high, 18, 1e-12) || len(ritz) != 2 {
		t.Errorf("spectrum of the plane is %v", ritz)
	}
}

func TestSharpness(t *testing.T) {
	d := outliers()
	f := diagonal(d)
	x := make([]float64, len(d))
	cold, vector, _ := landscape.Sharpness(f, x, nil, 15)
	if !near(cold, 9, 1e-3) {
		t.Errorf("sharpness is %v, want 9", cold)
	}
	// The top vector changes places: a warm start must leave the old one behind.
	d[7], d[199] = 12, 2.5
	warm, vector, residual := landscape.Sharpness(diagonal(d), x, vector, 15)
	if !near(warm, 12, 1e-4) || math.Abs(vector[7]) < 0.99 {
		t.Errorf("sharpness is %v within %v, want 12", warm, residual)
	}
}

func TestLanczosEndsInAnInvariantSpace(t *testing.T) {
	k := landscape.Lanczos(landscape.HessianAt(diagonal([]float64{1, 1, 4, 9}), nil), []float64{1, 1, 1, 0}, 10)
	if len(k.Ritz) != 2 || !near(k.Ritz[0], 1, 1e-12) || !near(k.Ritz[1], 4, 1e-12) || !near(k.Weights[0], 2./3, 1e-12) {
		t.Errorf("Ritz values %v with weights %v, want 1 and 4", k.Ritz, k.Weights)
	}
}

func TestQuadrature(t *testing.T) {
	d := outliers()
	probes := make([][]float64, 10)
	for i := range probes {
		probes[i] = make([]float64, len(d))
		rng.NewKey(3, 0, 0, 0, rng.Probe).FillNormal(probes[i], uint64(i), 0)
		for j, v := range probes[i] {
			probes[i][j] = math.Copysign(1, v)
		}
	}
	density := landscape.Quadrature(landscape.HessianAt(diagonal(d), nil), probes, 40)
	want := 0.0
	for _, v := range d {
		want += v
	}
	if !near(density.Trace, want, 1e-8) {
		t.Errorf("trace is %v, want %v: signs leave a diagonal matrix no error", density.Trace, want)
	}
	places, height := density.On(512)
	area := 0.0
	for i := 1; i < len(places); i++ {
		area += (places[i] - places[i-1]) * (height[i] + height[i-1]) / 2
	}
	if !near(area, 1, 1e-3) {
		t.Errorf("the density has the area %v", area)
	}
}

func TestSpectrumOfAHole(t *testing.T) {
	for _, v := range landscape.Spectrum(formula(t, "log(x)"), []float64{-1, 1}) {
		if !math.IsNaN(v) {
			t.Errorf("an eigenvalue where there is no loss is %v", v)
		}
	}
}

func ExampleSpectrum() {
	s, _ := surfaces.Find("rosenbrock")
	f, err := s.New(surfaces.Params{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f\n", landscape.Spectrum(f, []float64{1, 1}))
	// Output: [0.3994 1001.6006]
}
