package landscape_test

import (
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
)

func TestPolish(t *testing.T) {
	for _, c := range []struct {
		id    string
		start []float64
		want  []float64
		loss  float64
		label string
		index int
	}{
		// Saddles and the maximum from Newton's method in 40 digits.
		{"himmelblau", []float64{3.4, 0.1}, []float64{3.385154183607, 0.073851879838}, 13.311926270406, "saddle", 1},
		{"himmelblau", []float64{-0.3, -1}, []float64{-0.270844590667, -0.923038556480}, 181.616521522583, "maximum", 2},
		{"himmelblau", []float64{3.1, 2.1}, []float64{3, 2}, 0, "minimum", 0},
		{"muller-brown", []float64{-0.8, 0.6}, []float64{-0.822001558733, 0.624312802815}, -40.664843508657, "saddle", 1},
		{"muller-brown", []float64{0.2, 0.3}, []float64{0.212486582001, 0.292988325107}, -72.248940112325, "saddle", 1},
		{"two-wells", []float64{0.1, 0.3}, []float64{0, 0}, 1, "saddle", 1},
	} {
		got, err := landscape.Polish(t.Context(), surface(t, c.id), c.start)
		if err != nil {
			t.Fatal(err)
		}
		if landscape.Distance(got.X, c.want) > 1e-10 || !near(got.Loss, c.loss, 1e-10*(1+math.Abs(c.loss))) {
			t.Errorf("%s from %v: %v, loss %v, want %v, %v", c.id, c.start, got.X, got.Loss, c.want, c.loss)
		}
		if got.Label() != c.label || got.Index != c.index || !got.Converged {
			t.Errorf("%s from %v: %s of index %d, gradient %.1e", c.id, c.start, got.Label(), got.Index, got.GradNorm)
		}
	}
}

func TestPolishKeepsMinima(t *testing.T) {
	for _, s := range surfaces.All {
		if s.ID == "ackley" || s.ID == "absolute" || s.ID == "powell-singular" {
			continue // a kink or a singular Hessian is no goal for Newton's method
		}
		for _, m := range s.Minima {
			if m.Border {
				continue
			}
			got, err := landscape.Polish(t.Context(), surface(t, s.ID), m.X)
			if err != nil {
				t.Fatal(err)
			}
			if d := landscape.Distance(got.X, m.X); d > 1e-10*(1+math.Abs(m.X[0])) {
				t.Errorf("%s: the minimum at %v moves by %.1e", s.ID, m.X, d)
			}
			if got.Label() != "minimum" && s.ID != "powell-badly-scaled" {
				t.Errorf("%s: the minimum at %v is a %s, eigenvalues %v", s.ID, m.X, got.Label(), got.Eigenvalues)
			}
		}
	}
}

func TestPolishWhereThereIsNothing(t *testing.T) {
	start := []float64{-3, 1}
	if got, _ := landscape.Polish(t.Context(), formula(t, "log(x)+y"), start); got.Converged || got.Eigenvalues != nil {
		t.Errorf("polished a hole to %+v", got)
	}
	if got, _ := landscape.Polish(t.Context(), formula(t, "x+y^2"), start); got.Converged || start[0] != -3 {
		t.Errorf("polished a slope to %+v", got)
	}
}

func TestDescribeDegenerate(t *testing.T) {
	if got := landscape.Describe(surface(t, "monkey-saddle"), []float64{0, 0}); got.Label() != "degenerate" || got.Nullity != 2 {
		t.Errorf("the monkey saddle is a %s of nullity %d", got.Label(), got.Nullity)
	}
}
