package landscape_test

import (
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
)

// Along matrices that change little by little a reading takes 8 to 20 products and finds the upper end to 1e-4; where
// another eigenvalue overtakes the top, that one. At the lower end, which is not waited for, the one overtaken may stay
// for a reading.
func TestFollow(t *testing.T) {
	d := outliers()
	x := make([]float64, len(d))
	var before *landscape.Track
	warm := 0
	for step := range 30 {
		// Number 7 rises through the top, which falls; the lowest value changes places as well.
		d[7], d[199] = 2+0.4*float64(step), 9-0.1*float64(step)
		d[0], d[50] = -1+0.02*float64(step), -0.1-0.02*float64(step)
		f := reflect(d)
		now := landscape.Follow(landscape.HessianAt(f, x), len(d), before, landscape.TrackOptions{})
		high, low := slices.Max(d), slices.Min(d)
		if math.Abs(now.High-high) > 1e-4*high {
			t.Errorf("step %d: upper end %v within %.1e, want %v", step, now.High, now.HighError, high)
		}
		if second := max(d[0], d[50]); math.Abs(now.Low-low) > 1e-3*math.Abs(low) && math.Abs(now.Low-second) > 1e-3*math.Abs(second) {
			t.Errorf("step %d: lower end %v within %.1e, want %v", step, now.Low, now.LowError, low)
		}
		if now.Products != f.products {
			t.Errorf("step %d: %d products counted, %d made", step, now.Products, f.products)
		}
		if before != nil && now.Products <= 20 {
			warm++
		}
		before = now
	}
	if warm < 25 {
		t.Errorf("%d of 29 warm readings took at most 20 products, want 25", warm)
	}
}

// A warm start that does not reach the tolerance gives way to a cold one, and says what both took.
func TestFollowFallsBack(t *testing.T) {
	d := make([]float64, 300)
	for i := range d {
		d[i] = math.Sqrt(float64(i))
	}
	f, x := reflect(d), make([]float64, len(d))
	lost := &landscape.Track{HighVector: make([]float64, len(d)), LowVector: make([]float64, len(d))}
	lost.HighVector[3], lost.LowVector[3] = 1, 1
	now := landscape.Follow(landscape.HessianAt(f, x), len(d), lost, landscape.TrackOptions{Cold: 60, HighOnly: true})
	if now.Products != f.products || now.Products <= 20 || now.LowVector != nil {
		t.Errorf("%d products counted, %d made, want the 20 of the warm start and those of a cold one", now.Products, f.products)
	}
	if want := math.Sqrt(299); math.Abs(now.High-want) > 1e-3*want {
		t.Errorf("upper end %v, want %v", now.High, want)
	}
	nothing := landscape.Follow(landscape.HessianAt(formula(t, "log(x)"), []float64{-1, 1}), 2, nil, landscape.TrackOptions{})
	if again := landscape.Follow(landscape.HessianAt(formula(t, "log(x)"), []float64{-1, 1}), 2, nothing, landscape.TrackOptions{}); !math.IsNaN(again.High) || again.Converged || again.HighVector != nil {
		t.Errorf("in a hole the ends are %v and %v, converged %v", again.Low, again.High, again.Converged)
	}
}
