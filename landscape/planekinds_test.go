package landscape_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"thalweg/landscape"
)

// The saddle of Himmelblau's function between its upper minima: one axis bends up, one down.
func TestHessianPlaneAtASaddle(t *testing.T) {
	x := []float64{0.08667750455539636, 2.884254701174776}
	f := surface(t, "himmelblau")
	p, err := landscape.HessianPlane(t.Context(), f, x, landscape.TopBottom)
	if err != nil {
		t.Fatal(err)
	}
	// Eigenvalues from Newton's method in 40 digits.
	want := [2]float64{75.507609238232, -31.706622362774343}
	for k, axis := range p.Axes {
		if !near(p.Curvatures[k], want[k], 1e-8*75) {
			t.Errorf("axis %d has curvature %v, want %v", k, p.Curvatures[k], want[k])
		}
		if !near(dotOf(axis, axis), 1, 1e-12) {
			t.Errorf("axis %d has length %v", k, math.Sqrt(dotOf(axis, axis)))
		}
		if reach := 3 / math.Sqrt(math.Abs(want[k])); !near(p.Range[2*k+1], reach, 1e-6) || p.Range[2*k] != -p.Range[2*k+1] {
			t.Errorf("axis %d reaches from %v to %v, want ±%v", k, p.Range[2*k], p.Range[2*k+1], reach)
		}
	}
	if !near(dotOf(p.Axes[0], p.Axes[1]), 0, 1e-12) || !near(p.Cosine, 0, 1e-12) {
		t.Errorf("the axes have the product %v, cosine %v", dotOf(p.Axes[0], p.Axes[1]), p.Cosine)
	}
}

// Beyond the dense Hessian's dimension the axes come from Lanczos' method, and are the same.
func TestHessianPlaneOfManyDimensions(t *testing.T) {
	for _, n := range []int{50, 700} {
		for ends, want := range map[landscape.Ends][2]float64{
			landscape.TopBottom: {float64(n), -3},
			landscape.TopTwo:    {float64(n), float64(n - 1)},
		} {
			p, err := landscape.HessianPlane(t.Context(), ridges{bowl(n)}, make([]float64, n), ends)
			if err != nil {
				t.Fatal(err)
			}
			if !near(p.Curvatures[0], want[0], 1e-8*want[0]) || !near(p.Curvatures[1], want[1], 1e-8*float64(n)) || p.Note != "" || !near(p.Cosine, 0, 1e-10) {
				t.Errorf("%d dimensions, ends %v: curvatures %v, want %v; cosine %.1e, note %q", n, ends, p.Curvatures, want, p.Cosine, p.Note)
			}
			for k, place := range [2]int{n - 1, map[bool]int{true: 1, false: n - 2}[ends == landscape.TopBottom]} {
				if v := p.Axes[k][place]; !near(v, 1, 1e-6) {
					t.Errorf("%d dimensions, ends %v: entry %d of axis %d is %v, want 1", n, ends, place, k, v)
				}
			}
		}
	}
}

func TestHessianPlaneRange(t *testing.T) {
	p, err := landscape.HessianPlane(t.Context(), diagonal([]float64{1e8, 1e-8}), []float64{0, 0}, landscape.TopBottom)
	if want := [4]float64{-1e-3, 1e-3, -1e3, 1e3}; err != nil || p.Range != want {
		t.Errorf("range is %v, want %v (%v)", p.Range, want, err)
	}
}

func TestHessianPlaneRefuses(t *testing.T) {
	if _, err := landscape.HessianPlane(t.Context(), surface(t, "ackley"), []float64{0, 0}, landscape.TopBottom); err == nil {
		t.Error("a kink has a Hessian plane")
	}
	if _, err := landscape.HessianPlane(t.Context(), bowl(1), []float64{0}, landscape.TopBottom); err == nil {
		t.Error("one dimension has a plane")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := landscape.HessianPlane(ctx, bowl(700), make([]float64, 700), landscape.TopBottom); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, it ends with %v", err)
	}
}

func TestLinePlane(t *testing.T) {
	a, b := []float64{1, 2, 3, 4, 5, 6}, []float64{2, 4, 3, 4, 1, 6}
	for _, blocks := range [][]landscape.Block{nil, {{Rows: 2, Columns: 2}, {Offset: 4, Rows: 2, Columns: 1, Bias: true}}} {
		p, err := landscape.LinePlane(a, b, blocks, 3)
		if err != nil {
			t.Fatal(err)
		}
		for s, x := range [][]float64{a, b} {
			u, v, off, err := p.Project(x)
			if err != nil || !near(u, float64(s), 1e-12) || !near(v, 0, 1e-12) || off > 1e-12 {
				t.Errorf("end %d lies at %v, %v, %.1e off (%v)", s, u, v, off, err)
			}
		}
		if length := landscape.Distance(a, b); !near(math.Sqrt(dotOf(p.Axes[1], p.Axes[1])), length, 1e-12) || !near(p.Cosine, 0, 1e-12) || p.Note == "" {
			t.Errorf("the second axis is %v, cosine %v, note %q; want length %v and a right angle", p.Axes[1], p.Cosine, p.Note, length)
		}
	}
	if _, err := landscape.LinePlane(a, a, nil, 3); !errors.Is(err, landscape.ErrDegenerate) {
		t.Errorf("a line of no length gives %v", err)
	}
	if _, err := landscape.LinePlane(a, b[:2], nil, 3); err == nil {
		t.Error("a line joins points of different dimensions")
	}
}

// A plane's Latin points lie in the part shown.
func TestPlaneLatin(t *testing.T) {
	p, err := landscape.LinePlane([]float64{0, 0, 0}, []float64{1, 2, 2}, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range p.Latin(12, 5) {
		s, u, off, err := p.Project(x)
		if err != nil || off > 1e-12 || s < p.Range[0] || s > p.Range[1] || u < p.Range[2] || u > p.Range[3] {
			t.Errorf("%v lies at %v, %v, %.1e off the plane (%v)", x, s, u, off, err)
		}
	}
}
