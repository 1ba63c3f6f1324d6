package landscape

import (
	"context"
	"math"
	"slices"
	"testing"
)

// gutter is a ring-shaped valley: (x²+y²-1)², zero on the unit circle.
type gutter struct{}

func (gutter) Dim() int { return 2 }
func (gutter) Loss(x []float64) float64 {
	r := x[0]*x[0] + x[1]*x[1] - 1
	return r * r
}
func (g gutter) Grad(dst, x []float64) float64 {
	r := x[0]*x[0] + x[1]*x[1] - 1
	dst[0], dst[1] = 4*r*x[0], 4*r*x[1]
	return r * r
}

// The straight line between two points of a ring crosses its inside; the trained curve goes round.
func TestConnect(t *testing.T) {
	a, b := []float64{1, 0}, []float64{-0.6, 0.8}
	chord, err := Chord(t.Context(), gutter{}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	// Half way lies (0.2, 0.4), with x²+y² = 0.2.
	if want := 0.64; math.Abs(chord.Barrier-want) > 1e-12 || chord.T[30] != 0.5 || len(chord.Loss) != 61 {
		t.Errorf("the straight line has a barrier of %v over %d places, want %v over 61", chord.Barrier, len(chord.Loss), want)
	}
	told := 0
	c, err := Connect(t.Context(), gutter{}, a, b, CurveOptions{Seed: 3}, func(c *Curve) {
		if told++; c.Converged {
			t.Errorf("a curve of %d steps is told as finished", c.Steps)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Converged || c.Steps != 500 || told != 5 || c.Evaluations != 500+6*61 {
		t.Errorf("converged %v after %d steps, told %d times, %d evaluations; want true, 500, 5, %d", c.Converged, c.Steps, told, c.Evaluations, 500+6*61)
	}
	// No quadratic curve follows an arc of 127 degrees exactly; this one bends to (0.721, 1.407) and stays below 0.0052.
	if c.Barrier < 0 || c.Barrier > 0.01 {
		t.Errorf("the curve has a barrier of %v, want at most 0.01, where the straight line has %v", c.Barrier, chord.Barrier)
	}
	again, err := Connect(t.Context(), gutter{}, a, b, CurveOptions{Seed: 3}, nil)
	if err != nil || !slices.Equal(again.Bend, c.Bend) {
		t.Errorf("the same seed bends to %v and to %v (error %v)", c.Bend, again.Bend, err)
	}
}

// A context that ends leaves the curve as it was measured last.
func TestConnectEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := Connect(ctx, gutter{}, []float64{1, 0}, []float64{-0.6, 0.8}, CurveOptions{}, func(c *Curve) {
		if c.Steps == 200 {
			cancel()
		}
	})
	if err != context.Canceled || c == nil || c.Steps != 200 || c.Converged {
		t.Errorf("got %+v and error %v, want the curve of step 200 and %v", c, err, context.Canceled)
	}
	if c, err := Connect(ctx, gutter{}, []float64{1, 0}, []float64{0, 1}, CurveOptions{}, nil); c != nil || err != context.Canceled {
		t.Errorf("a context that has ended gives %+v and error %v, want nothing and %v", c, err, context.Canceled)
	}
	if _, err := Chord(ctx, gutter{}, []float64{1, 0}, []float64{0, 1}); err != context.Canceled {
		t.Errorf("a line in a context that has ended gives error %v, want %v", err, context.Canceled)
	}
}
