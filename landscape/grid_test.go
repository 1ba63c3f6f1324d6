package landscape_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
)

func surface(t testing.TB, id string) landscape.Curved {
	t.Helper()
	s, ok := surfaces.Find(id)
	if !ok {
		t.Fatalf("there is no surface %s", id)
	}
	f, err := s.New(surfaces.Params{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func formula(t testing.TB, text string) landscape.Curved {
	t.Helper()
	f, err := surfaces.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f.With(nil)
}

func survey(t testing.TB, f landscape.Func, domain [4]float64, rows, columns int) *landscape.Grid {
	t.Helper()
	g, err := landscape.Survey(t.Context(), f, landscape.Direct(f.Dim(), domain), rows, columns)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// batched computes its losses in batches, and shows how large they were.
type batched struct {
	landscape.Curved
	largest chan int
}

func (b batched) Losses(losses, points []float64) {
	n := b.Dim()
	for i := range losses {
		losses[i] = b.Loss(points[i*n : (i+1)*n])
	}
	select {
	case b.largest <- len(losses):
	default:
	}
}

func TestSurveyIsDeterministic(t *testing.T) {
	f := surface(t, "muller-brown")
	domain := [4]float64{-1.5, 1.2, -0.5, 2}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := survey(t, f, domain, 60, 41)
	runtime.GOMAXPROCS(2)
	two := survey(t, f, domain, 60, 41)
	b := batched{f, make(chan int, 1)}
	batch := survey(t, b, domain, 60, 41)
	for i, v := range one.Values {
		if math.Float64bits(v) != math.Float64bits(two.Values[i]) || math.Float64bits(v) != math.Float64bits(batch.Values[i]) {
			t.Fatalf("value %d is %v, %v on two processors, %v in batches", i, v, two.Values[i], batch.Values[i])
		}
	}
	if n := <-b.largest; n != 41 {
		t.Errorf("a batch has %d points, want a row of 41", n)
	}
	if want := f.Loss([]float64{one.S(7), one.T(3)}); one.Values[3*41+7] != want {
		t.Errorf("row 3, column 7 is %v, want %v", one.Values[3*41+7], want)
	}
}

func TestSurveyCountsHoles(t *testing.T) {
	// log has no value on the left half, x = 0 included.
	g := survey(t, formula(t, "log(x)+0y"), [4]float64{-1, 1, 0, 1}, 3, 5)
	if g.Holes != 9 || !math.IsNaN(g.Values[0]) || !math.IsNaN(g.Values[2]) {
		t.Errorf("%d holes in %v, want 9", g.Holes, g.Values)
	}
	if want := math.Log(0.5); g.Min != want || g.Max != 0 || g.Median != want/2 {
		t.Errorf("min %v, median %v, max %v", g.Min, g.Median, g.Max)
	}
	all := survey(t, formula(t, "log(x-9)"), [4]float64{-1, 1, 0, 1}, 3, 5)
	if all.Holes != 15 || !math.IsNaN(all.Min) || len(all.Levels(all.Height(landscape.Log)).Values) != 0 {
		t.Errorf("a grid of holes: %+v", all)
	}
	for _, level := range []float64{-0.4, math.NaN()} {
		for _, line := range g.Contours(level) {
			for _, p := range line {
				if !(p[0] >= 0.5) {
					t.Errorf("a contour passes the hole at %v", p)
				}
			}
		}
	}
}

func TestSurveyRefuses(t *testing.T) {
	f := surface(t, "booth")
	plane := landscape.Direct(2, [4]float64{0, 1, 0, 1})
	for _, side := range []int{1, 513} {
		if _, err := landscape.Survey(t.Context(), f, plane, side, 10); err == nil {
			t.Errorf("a side of %d was accepted", side)
		}
	}
	if _, err := landscape.Survey(t.Context(), f, landscape.Direct(3, plane.Range), 9, 9); err == nil {
		t.Error("a plane of another dimension was accepted")
	}
	flat := plane
	flat.Axes = [2][]float64{{1, 1}, {2, 2}}
	if _, err := landscape.Survey(t.Context(), f, flat, 9, 9); !errors.Is(err, landscape.ErrDegenerate) {
		t.Errorf("parallel axes give %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := landscape.Survey(ctx, f, plane, 9, 9); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled survey gives %v", err)
	}
}

func TestHeight(t *testing.T) {
	g := survey(t, surface(t, "himmelblau"), [4]float64{-5, 5, -5, 5}, 41, 41)
	for _, s := range []landscape.Scale{landscape.Log, landscape.Linear, landscape.Signed} {
		h := g.Height(s)
		for _, loss := range []float64{1, 20, 500} {
			if back := h.Loss(h.Of(loss)); !near(back, loss, 1e-9*loss) {
				t.Errorf("%s: %v comes back as %v", s, loss, back)
			}
		}
		levels := g.Levels(h)
		if n := len(levels.Values); n < 10 || n > 28 || len(levels.Major) != n {
			t.Errorf("%s: %d levels", s, n)
		}
		for i := 1; i < len(levels.Values); i++ {
			a, b := h.Of(levels.Values[i-1]), h.Of(levels.Values[i])
			if first := h.Of(levels.Values[1]) - h.Of(levels.Values[0]); !near(b-a, first, 1e-9) {
				t.Errorf("%s: step %d of height is %v, the first %v", s, i, b-a, first)
			}
			if i >= 4 && levels.Major[i] != levels.Major[i-4] {
				t.Errorf("%s: every fourth level must be major: %v", s, levels.Major)
			}
		}
	}
	if below := g.Height(landscape.Log).Of(-5); below != math.Log10(g.Height(landscape.Log).Epsilon) {
		t.Errorf("a loss below the grid has height %v", below)
	}
	constant := survey(t, formula(t, "3+0x"), [4]float64{0, 1, 0, 1}, 4, 4)
	for _, s := range []landscape.Scale{landscape.Log, landscape.Linear} {
		if levels := constant.Levels(constant.Height(s)); len(levels.Values) != 0 {
			t.Errorf("%s: a flat ground has the levels %v", s, levels.Values)
		}
	}
}

func BenchmarkSurvey(b *testing.B) {
	for _, id := range []string{"rosenbrock", "muller-brown"} {
		b.Run(id, func(b *testing.B) {
			f := surface(b, id)
			for b.Loop() {
				survey(b, f, [4]float64{-2, 2, -1, 3}, 121, 121)
			}
		})
	}
	b.Run("formula", func(b *testing.B) {
		f := formula(b, surfaces.DefaultFormula)
		for b.Loop() {
			survey(b, f, [4]float64{-2, 2, -1, 3}, 121, 121)
		}
	})
}
