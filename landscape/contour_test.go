package landscape_test

import (
	"math"
	"testing"

	"thalweg/landscape"
)

func TestContoursOfAffineFunctionsAreExact(t *testing.T) {
	f := formula(t, "3x-2y+0.7")
	g := survey(t, f, [4]float64{-1.3, 2.1, -0.4, 1.9}, 17, 23)
	for _, level := range []float64{-3, 0, 0.7, 1.25, 4} {
		lines := g.Contours(level)
		if len(lines) != 1 {
			t.Fatalf("level %v has %d lines, want 1", level, len(lines))
		}
		for _, p := range lines[0] {
			if loss := f.Loss(p[:]); !near(loss, level, 1e-12) {
				t.Errorf("level %v passes %v, where the loss is %v", level, p, loss)
			}
		}
		for _, p := range [2]landscape.Point{lines[0][0], lines[0][len(lines[0])-1]} {
			if p[0] != -1.3 && p[0] != 2.1 && p[1] != -0.4 && p[1] != 1.9 {
				t.Errorf("level %v ends inside, at %v", level, p)
			}
		}
	}
}

func TestContoursClose(t *testing.T) {
	g := survey(t, surface(t, "himmelblau"), [4]float64{-5, 5, -5, 5}, 121, 121)
	// Below the lowest saddle, 13.3, every minimum has a ring of its own.
	lines := g.Contours(10)
	if len(lines) != 4 {
		t.Fatalf("%d lines around 4 minima", len(lines))
	}
	for _, l := range lines {
		if l[0] != l[len(l)-1] || len(l) < 10 {
			t.Errorf("a line of %d points from %v to %v", len(l), l[0], l[len(l)-1])
		}
	}
}

func TestContoursAtASaddle(t *testing.T) {
	// xy on four corners: the mean of a cell is 0, so the level's sign tells which corners are joined.
	g := survey(t, formula(t, "x*y"), [4]float64{-1, 1, -1, 1}, 2, 2)
	for _, level := range []float64{-0.5, 0.5} {
		lines := g.Contours(level)
		if len(lines) != 2 {
			t.Fatalf("level %v has %d lines, want 2", level, len(lines))
		}
		for _, l := range lines {
			// The middle of a line lies in the quadrant that it cuts off.
			s, u := (l[0][0]+l[1][0])/2, (l[0][1]+l[1][1])/2
			if s*u*level < 0 {
				t.Errorf("level %v joins %v and %v", level, l[0], l[1])
			}
		}
	}
}

func TestContoursThroughGridPoints(t *testing.T) {
	// The level runs exactly through grid points; no point may repeat, none may be lost.
	g := survey(t, formula(t, "x+y"), [4]float64{0, 4, 0, 4}, 5, 5)
	lines := g.Contours(4)
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1", len(lines))
	}
	length := 0.0
	for i := 1; i < len(lines[0]); i++ {
		a, b := lines[0][i-1], lines[0][i]
		if a == b {
			t.Errorf("%v is there twice", a)
		}
		length += math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	if !near(length, 4*math.Sqrt2, 1e-12) {
		t.Errorf("the line is %v long, want %v", length, 4*math.Sqrt2)
	}
}

func BenchmarkContours(b *testing.B) {
	g := survey(b, surface(b, "himmelblau"), [4]float64{-5, 5, -5, 5}, 121, 121)
	levels := g.Levels(g.Height(landscape.Log))
	for b.Loop() {
		for _, v := range levels.Values {
			g.Contours(v)
		}
	}
}
