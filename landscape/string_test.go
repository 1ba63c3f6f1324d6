package landscape_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"thalweg/landscape"
)

// The numbers of the Müller-Brown surface: its two deepest minima, the pass between them, and what strings of 31 and 61
// images reach after 2000 and 4000 iterations of steps 2e-4 and 1e-4 (reference computation of the method).
var (
	mbDeep, mbNext = []float64{-0.558223634633, 1.441725841805}, []float64{0.623499404931, 0.028037758529}
	mbPass         = -40.664843508657
)

func TestString(t *testing.T) {
	f := surface(t, "muller-brown")
	for _, c := range []struct {
		o       landscape.StringOptions
		highest float64
	}{{landscape.StringOptions{Images: 31, Iterations: 2000, Step: 2e-4, Rest: 1e-15}, -41.338}, {landscape.StringOptions{Images: 61, Iterations: 4000, Step: 1e-4, Rest: 1e-15}, -40.6658}} {
		s, err := landscape.String(t.Context(), f, mbDeep, mbNext, c.o, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d iterations, moved %g, highest %g, %d evaluations, %s", s.Iterations, s.Moved, s.Loss[s.Highest], s.Evaluations, s.Note)
		// The last digit that is given.
		if digit := map[int]float64{31: 1e-3, 61: 1e-4}[c.o.Images]; math.Abs(s.Loss[s.Highest]-c.highest) > digit/2 {
			t.Errorf("%d images: the highest is at %g, want %g", c.o.Images, s.Loss[s.Highest], c.highest)
		}
		if s.Saddle == nil || math.Abs(s.Saddle.Loss-mbPass) > 1e-10*40 || s.Saddle.Index != 1 || math.Abs(s.Barrier-(mbPass+108.166724116852)) > 1e-8 {
			t.Errorf("%d images: the pass is %+v, want %g", c.o.Images, s.Saddle, mbPass)
		}
	}
}

// Left to itself a string finds its step, rests, and knows the pass.
func TestStringRests(t *testing.T) {
	told := 0
	f := surface(t, "muller-brown")
	s, err := landscape.String(t.Context(), f, mbDeep, mbNext, landscape.StringOptions{}, func(s *landscape.StringPath) { told++ })
	if err != nil || !s.Converged || s.Saddle == nil || math.Abs(s.Saddle.Loss-mbPass) > 1e-10*40 || told == 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	t.Logf("%d iterations, %d evaluations, highest %g", s.Iterations, s.Evaluations, s.Loss[s.Highest])
	if !slices.Equal(s.Images[0], mbDeep) || !slices.Equal(s.Images[30], mbNext) {
		t.Errorf("the ends moved to %v and %v", s.Images[0], s.Images[30])
	}
	for i := 1; i < 31; i++ {
		if gap := s.Arc[i] - s.Arc[i-1]; math.Abs(gap-s.Arc[30]/30) > 0.02*s.Arc[30]/30 {
			t.Errorf("the images %d and %d are %g apart, want %g", i-1, i, gap, s.Arc[30]/30)
		}
	}
	before := runtime.GOMAXPROCS(1)
	one, err := landscape.String(t.Context(), f, mbDeep, mbNext, landscape.StringOptions{}, nil)
	runtime.GOMAXPROCS(before)
	if err != nil || !slices.Equal(one.Loss, s.Loss) || one.Evaluations != s.Evaluations {
		t.Errorf("one processor gives another string, %v", err)
	}
}

// A band held apart by springs rests on the same pass, its images as far from each other.
func TestSprings(t *testing.T) {
	f := surface(t, "muller-brown")
	s, err := landscape.String(t.Context(), f, mbDeep, mbNext, landscape.StringOptions{Springs: true}, nil)
	if err != nil || !s.Converged || s.Saddle == nil || math.Abs(s.Saddle.Loss-mbPass) > 1e-10*40 {
		t.Fatalf("%+v, %v", s, err)
	}
	t.Logf("%d iterations, %d evaluations, highest %g", s.Iterations, s.Evaluations, s.Loss[s.Highest])
	for i := 1; i < 31; i++ {
		if gap := s.Arc[i] - s.Arc[i-1]; math.Abs(gap-s.Arc[30]/30) > 0.05*s.Arc[30]/30 {
			t.Errorf("the images %d and %d are %g apart, want about %g", i-1, i, gap, s.Arc[30]/30)
		}
	}
	// Both ways find one valley floor.
	fallen, err := landscape.String(t.Context(), f, mbDeep, mbNext, landscape.StringOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range s.Images {
		near := math.Inf(1)
		for i := 1; i < 31; i++ {
			near = min(near, apart(x, fallen.Images[i-1], fallen.Images[i]))
		}
		if near > 0.02 {
			t.Errorf("the image at %v lies %g off the string", x, near)
		}
	}
}

// apart is the distance of x from the segment from a to b.
func apart(x, a, b []float64) float64 {
	ux, uy, vx, vy := b[0]-a[0], b[1]-a[1], x[0]-a[0], x[1]-a[1]
	share := max(0, min(1, (ux*vx+uy*vy)/(ux*ux+uy*uy)))
	return math.Hypot(vx-share*ux, vy-share*uy)
}

func TestStringRefuses(t *testing.T) {
	f := bent{1, 1}
	for _, c := range []struct {
		a, b   []float64
		images int
	}{{[]float64{0}, []float64{1, 1}, 31}, {[]float64{1, 1}, []float64{1, 1}, 31}, {[]float64{1, 1}, []float64{2, 1}, 2}, {[]float64{math.NaN(), 1}, []float64{2, 1}, 31}} {
		if _, err := landscape.String(t.Context(), f, c.a, c.b, landscape.StringOptions{Images: c.images}, nil); err == nil {
			t.Errorf("from %v to %v with %d images: taken", c.a, c.b, c.images)
		}
	}
	// Across a bowl there is no pass, and the string says so.
	s, err := landscape.String(t.Context(), f, []float64{1, 0}, []float64{0, 1}, landscape.StringOptions{}, nil)
	if err != nil || !s.Converged || s.Saddle != nil || s.Note == "" {
		t.Errorf("across a bowl: %+v, %v", s, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if s, err := landscape.String(ctx, f, []float64{1, 0}, []float64{0, 1}, landscape.StringOptions{}, nil); !errors.Is(err, context.Canceled) || s == nil || s.Converged {
		t.Errorf("without time: %+v, %v", s, err)
	}
}
