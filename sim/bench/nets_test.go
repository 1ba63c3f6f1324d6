package bench

import (
	"math"
	"testing"
)

// TestNetChecks holds the check values of W2 and W3 against those on which independent programs agree.
func TestNetChecks(t *testing.T) {
	want := map[string]float64{
		"w2_full_f64": 0.0338990693865, "w2_full_f32": 0.0338990693865,
		"w2_mb_f64": 0.0498585920162, "w2_mb_f32": 0.0498585920162,
		"w3_small_f64": 0.185446777618, "w3_small_f32": 0.185446777618,
		"w3_big_f32": 2.4738319,
	}
	for _, w := range append(W2(), W3()...) {
		tolerance := 1e-10
		if w.Name[len(w.Name)-2:] == "32" {
			tolerance = 1e-6
		}
		step, check := w.Make()
		if got := check(); math.Abs(got/want[w.Name]-1) > tolerance {
			t.Errorf("%s: check %.12g, want %.12g", w.Name, got, want[w.Name])
		}
		if n := testing.AllocsPerRun(3, func() { step() }); n != 0 {
			t.Errorf("%s: %v allocations in a step", w.Name, n)
		}
	}
}

// TestCurvatureChecks holds the check values of W4 against those on which independent programs agree.
func TestCurvatureChecks(t *testing.T) {
	want := map[string]float64{"w4_hvp": 12.1891577502, "w4_hess501": 3.22707750399, "w4_hess987": 5.06735766045, "w4_slq": 9.82493299667}
	for _, w := range W4() {
		if w.Name == "w4_hess987" && testing.Short() {
			continue
		}
		_, check := w.Make()
		if got := check(); math.Abs(got/want[w.Name]-1) > 1e-10 {
			t.Errorf("%s: check %.12g, want %.12g", w.Name, got, want[w.Name])
		}
	}
}
