package network

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim"
)

// following is a net above the size at which every reading takes the whole Hessian, with two methods one of which has
// its curvature in coordinates of its own.
const following = "samples=60&architecture=12-12&steps=200&methods=gd:step-size=0.5;adam:step-size=0.02"

// Read warm, the sharpness agrees with the dense spectrum to 1e-4, the lowest curvature to 1e-3 of the sharpness.
func TestCurvature(t *testing.T) {
	tr := play(t, following)
	for _, m := range tr.Methods {
		sharp, low := m.Readings("sharpness"), m.Readings("lowest-curvature")
		if want := []int{0, 10, 20, 30}; !slices.Equal(sharp.Step[:4], want) || len(sharp.Step) != 21 || len(low.Step) != 21 {
			t.Fatalf("%s: sharpness was read at %v, want each tenth step", m.ID, sharp.Step)
		}
		for i, step := range sharp.Step {
			want := landscape.Spectrum(m.Ground, m.Point(step))
			top := want[len(want)-1]
			if e := math.Abs(sharp.Value[i] - top); e > 1e-4*top {
				t.Errorf("%s at %d: sharpness %v, want %v", m.ID, step, sharp.Value[i], top)
			}
			if e := math.Abs(low.Value[i] - want[0]); e > 1e-3*top {
				t.Errorf("%s at %d: lowest curvature %v, want %v", m.ID, step, low.Value[i], want[0])
			}
		}
		trace, deviation, ratio := m.At("trace"), m.At("trace-error"), m.At("outlier-ratio")
		want := landscape.Spectrum(m.Ground, m.Point(50))
		sum := 0.0
		for _, v := range want {
			sum += v
		}
		n := len(want)
		if math.Abs(trace[1]-sum) > 1e-10*sum || deviation[1] != 0 || math.Abs(ratio[1]-want[n-1]/want[n-2]) > 1e-10*ratio[1] {
			t.Errorf("%s at 50: trace %v ± %v, ratio %v; want %v ± 0 and %v", m.ID, trace[1], deviation[1], ratio[1], sum, want[n-1]/want[n-2])
		}
	}
}

func advance(t *testing.T, s *sim.Spec) *sim.Run {
	t.Helper()
	r, err := sim.NewRun(s)
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(context.Background(), 50) {
	}
	return r
}

// A fork reads the curvature with the bits of a fresh run, wherever it branches off.
func TestCurvatureOfAFork(t *testing.T) {
	s := spec(t, following)
	r := advance(t, s)
	for _, step := range []int{5, 64, 65, 70, 130} {
		turned, err := s.Turned(step, sim.Pair{Name: "adam.step-size", Text: "0.01"})
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Fork(turned)
		if err != nil {
			t.Fatal(err)
		}
		for !f.Advance(context.Background(), 7) {
		}
		fresh := advance(t, turned).Trace()
		for i, m := range fresh.Methods {
			for _, id := range []string{"sharpness", "lowest-curvature", "stability-ratio", "layer-spectrum", "trace"} {
				if got := f.Trace().Methods[i].Readings(id); !reflect.DeepEqual(got, m.Readings(id)) {
					t.Errorf("%s of %s differs after a fork at %d", id, m.ID, step)
				}
			}
		}
	}
}

// On a net too large for the whole Hessian the trace lies within four of its errors, and the outliers agree with it.
func TestCurvatureOfALargeNet(t *testing.T) {
	m := play(t, "problem=iris&architecture=40-12&steps=1&methods=gd").Methods[0]
	want := landscape.Spectrum(m.Ground, m.Point(0))
	n := len(want)
	if n <= landscape.LiveDense {
		t.Fatalf("%d parameters, want more than %d", n, landscape.LiveDense)
	}
	sum := 0.0
	for _, v := range want {
		sum += v
	}
	trace, deviation, ratio := m.At("trace")[0], m.At("trace-error")[0], m.At("outlier-ratio")[0]
	if deviation <= 0 || math.Abs(trace-sum) > 4*deviation {
		t.Errorf("trace %v ± %v, want %v", trace, deviation, sum)
	}
	if r := want[n-2] / want[n-3]; math.Abs(ratio-r) > 1e-6*r {
		t.Errorf("outlier ratio %v, want %v", ratio, r)
	}
	top := m.Readings("spectrum").Rows[0]
	if math.Abs(top[len(top)-1]-want[n-1]) > 1e-9*want[n-1] {
		t.Errorf("largest Ritz value %v, want %v", top[len(top)-1], want[n-1])
	}
}

// Where nothing is finite, and where one step of Lanczos' method exhausts the space, the measures say so in their way.
func TestCurvatureWhereThereIsNone(t *testing.T) {
	r := plain("iris", 40, 12)
	r.activation, r.l2 = kernel.ReLU, 0.5
	g, err := r.ground()
	if err != nil {
		t.Fatal(err)
	}
	huge, dead := make([]float64, g.train.Dim()), make([]float64, g.train.Dim())
	for i := range huge {
		huge[i] = 1e300
	}
	read := g.curvatures(nil, 100)
	for _, id := range []string{"sharpness", "lowest-curvature", "trace", "spectrum", "outlier-ratio", "layer-spectrum"} {
		for step, x := range [][]float64{huge, dead} {
			at := &sim.Reading{Step: 50 * step, X: x}
			v, _ := read[id](at)
			if step == 0 && len(v) > 0 && !math.IsNaN(v[0]) {
				t.Errorf("%s far out is %v", id, v[0])
			}
			if id == "lowest-curvature" && step == 1 && math.Abs(v[0]-0.5) > 1e-12 {
				t.Errorf("lowest curvature of a net without weights is %v, want that of the decay, 0.5", v[0])
			}
		}
	}
}

// The largest eigenvalue of a layer is that of its block of the Hessian.
func TestLayers(t *testing.T) {
	g, err := plain("iris", 3).ground()
	if err != nil {
		t.Fatal(err)
	}
	full, err := landscape.FullSpectrum(context.Background(), g.train, g.start)
	if err != nil || len(full.Blocks) != 2 || len(full.Blocks[0].Values) != 15 || len(full.Blocks[1].Values) != 12 {
		t.Fatalf("blocks %v, error %v", full, err)
	}
	for i, got := range layerTops(g.train, landscape.HessianAt(g.train, g.start)) {
		values := full.Blocks[i].Values
		if want := values[len(values)-1]; math.Abs(got-want) > 1e-9 {
			t.Errorf("top of layer %d is %v, want %v", i+1, got, want)
		}
	}
}
