package landscape_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
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

func TestFollowLeavesAVectorBehind(t *testing.T) {
	d := outliers()
	x := make([]float64, len(d))
	high := landscape.TrackOptions{HighOnly: true}
	cold := landscape.Follow(landscape.HessianAt(diagonal(d), x), len(d), nil, high)
	if !near(cold.High, 9, 1e-4) {
		t.Errorf("sharpness is %v, want 9", cold.High)
	}
	// The top vector changes places: a warm start must leave the old one behind.
	d[7], d[199] = 12, 2.5
	warm := landscape.Follow(landscape.HessianAt(diagonal(d), x), len(d), cold, high)
	if !near(warm.High, 12, 1e-4) || math.Abs(warm.HighVector[7]) < 0.99 {
		t.Errorf("sharpness is %v within %v, want 12", warm.High, warm.HighError)
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

// known is a bowl that knows its eigenvalues, and claims others on the far side of the origin to be told from its matrix.
type known struct{ landscapetest.Bowl }

func (k known) Eigenvalues(x []float64) ([]float64, bool) { return []float64{1, 1, 7}, x[0] >= 0 }

func TestFullSpectrumAsksTheProblemFirst(t *testing.T) {
	f := known{landscapetest.Bowl{5, 2, 5}}
	full, err := landscape.FullSpectrum(context.Background(), f, []float64{1, 0, 0})
	if err != nil || full.Source != landscape.FromProblem || !slices.Equal(full.Values, []float64{1, 1, 7}) || full.Products != 0 || full.Trace != 9 {
		t.Errorf("the problem's own spectrum came as %+v, error %v", full, err)
	}
	full, err = landscape.FullSpectrum(context.Background(), f, []float64{-1, 0, 0})
	if err != nil || full.Source != landscape.FromDense || !full.Converged || full.Products != 3 {
		t.Errorf("where the problem does not know: %+v, error %v", full, err)
	}
	if want := []landscape.Cluster{{Value: 2, Count: 1}, {Value: 5, Count: 2}}; !slices.Equal(full.Clusters, want) {
		t.Errorf("clusters %v, want %v", full.Clusters, want)
	}
	if got := landscape.Spectrum(f, []float64{1, 0, 0}); !slices.Equal(got, []float64{1, 1, 7}) {
		t.Errorf("Spectrum gives %v, want the problem's own", got)
	}
}

// crooked has a Hessian that is not symmetric, as a gradient with a kink may look.
type crooked struct{ landscapetest.Bowl }

func (c crooked) HessVec(dst, x, v []float64) {
	c.Bowl.HessVec(dst, x, v)
	dst[0] += 1e-3 * v[1]
}

// steep is a bowl without exact curvature.
type steep struct{ b landscapetest.Bowl }

func (s steep) Dim() int                      { return s.b.Dim() }
func (s steep) Loss(x []float64) float64      { return s.b.Loss(x) }
func (s steep) Grad(dst, x []float64) float64 { return s.b.Grad(dst, x) }

func TestFullSpectrumSaysWhatIsWrong(t *testing.T) {
	ctx := context.Background()
	full, err := landscape.FullSpectrum(ctx, crooked{landscapetest.Bowl{1, 2, 3}}, make([]float64, 3))
	if err != nil || full.Converged || !near(full.Asymmetry, 1e-3*math.Sqrt2/math.Sqrt(14), 1e-4) || !strings.Contains(full.Note, "asymmetric") {
		t.Errorf("a crooked Hessian: asymmetry %v, note %q, error %v", full.Asymmetry, full.Note, err)
	}
	full, err = landscape.FullSpectrum(ctx, steep{landscapetest.Bowl{1, 2, 3}}, []float64{1, 1, 1})
	if err != nil || full.Source != landscape.FromDifferences || full.Note != "HVP by finite differences" || !near(full.Values[2], 3, 1e-7) {
		t.Errorf("by differences: %+v, error %v", full, err)
	}
	if _, err = landscape.FullSpectrum(ctx, landscapetest.Bowl(make([]float64, 1501)), make([]float64, 1501)); err == nil || !strings.Contains(err.Error(), "1501 parameters") {
		t.Errorf("1501 parameters: error %v", err)
	}
	full, err = landscape.FullSpectrum(ctx, formula(t, "log(x)"), []float64{-1, 1})
	if err != nil || full.Converged || !math.IsNaN(full.Values[0]) || full.Note == "" {
		t.Errorf("in a hole: %+v, error %v", full, err)
	}
}

// The trace of a turned matrix has the error that is said, and on any number of cores the same bits.
func TestSpectralDensity(t *testing.T) {
	d := outliers()
	f := reflect(d)
	x := make([]float64, len(d))
	want, square := 0.0, 0.0
	for _, v := range d {
		want += v
		square += v * v
	}
	got, err := landscape.SpectralDensity(context.Background(), sidewise{f}, x, landscape.DensityOptions{Seed: 4})
	if err != nil || !got.Converged || got.Products != 400 {
		t.Fatalf("%d products, converged %v, error %v; want 10 probes of 40 steps", got.Products, got.Converged, err)
	}
	if got.TraceError <= 0 || math.Abs(got.Trace-want) > 4*got.TraceError || got.Spread > 2*got.TraceError {
		t.Errorf("trace %v ± %v (%v between probes), want %v", got.Trace, got.TraceError, got.Spread, want)
	}
	if !near(got.TraceError, math.Sqrt(2*square/10), 0.3) {
		t.Errorf("the trace's error is %v, theory says %v", got.TraceError, math.Sqrt(2*square/10))
	}
	for _, nodes := range got.Nodes {
		if !near(nodes[0], -1, 1e-12) || !near(nodes[len(nodes)-1], 9, 1e-12) {
			t.Errorf("a probe sees the spectrum from %v to %v, want -1 to 9", nodes[0], nodes[len(nodes)-1])
		}
	}
	places, density, low, high := got.Picture()
	if len(places) != 512 || !near(places[0], -1.5, 1e-9) || !near(places[511], 9.5, 1e-9) {
		t.Errorf("%d places from %v to %v, want 512 a twentieth beyond the ends", len(places), places[0], places[len(places)-1])
	}
	wide := 0
	for i := range density {
		if low[i] < 0 || low[i] > density[i] || high[i] < density[i] {
			t.Fatalf("place %v: density %v within %v to %v", places[i], density[i], low[i], high[i])
		}
		if high[i] > density[i] {
			wide++
		}
	}
	if wide < 100 {
		t.Errorf("the band has a width at %d places only", wide)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, err := landscape.SpectralDensity(context.Background(), sidewise{f}, x, landscape.DensityOptions{Seed: 4})
	if err != nil || !sameDensity(one, got) {
		t.Error("one core gives other bits")
	}
}

// sidewise leaves the count of products alone, so that probes may run side by side.
type sidewise struct{ r *reflected }

func (a sidewise) Dim() int                      { return a.r.Dim() }
func (a sidewise) Loss(x []float64) float64      { return a.r.Loss(x) }
func (a sidewise) Grad(dst, x []float64) float64 { return a.r.Grad(dst, x) }
func (a sidewise) HessVec(dst, x, v []float64) {
	alone := *a.r
	alone.HessVec(dst, x, v)
}

func sameDensity(a, b *landscape.Density) bool {
	return a.Trace == b.Trace && slices.EqualFunc(a.Nodes, b.Nodes, slices.Equal) && slices.EqualFunc(a.Weights, b.Weights, slices.Equal)
}
