package landscape_test

import (
	"context"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
)

// box is the domain of a surface as the bounds of a search.
func box(domain [4]float64) [][2]float64 {
	return [][2]float64{{domain[0], domain[1]}, {domain[2], domain[3]}}
}

// search looks for the critical points of a surface in its domain.
func search(t *testing.T, id string) landscape.Findings {
	t.Helper()
	s, _ := surfaces.Find(id)
	b := box(s.Domain)
	got, err := landscape.Search{Box: b}.Find(context.Background(), surface(t, id), landscape.Latin(b, 64, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The turns of the gradient along the border of the domain, found without the points, must be what the points make of
// it; the counts are those that the search gave once the two agreed.
func TestSearchFindsAllPoints(t *testing.T) {
	for _, c := range []struct {
		id                      string
		minima, saddles, maxima int
	}{
		{"quadratic", 1, 0, 0},
		{"rosenbrock", 1, 0, 0},
		{"himmelblau", 4, 4, 1},
		{"beale", 1, 2, 0},
		{"three-hump-camel", 3, 2, 0},
		{"six-hump-camel", 6, 7, 2},
		{"muller-brown", 3, 2, 0},
		{"goldstein-price", 4, 4, 1},
		{"branin", 3, 2, 0},
		{"styblinski-tang", 4, 4, 1},
		{"mccormick", 2, 1, 0},
		{"rastrigin", 121, 220, 100},
		{"griewank", 17, 24, 18},
		{"levy", 40, 75, 35},
		{"schwefel", 49, 98, 49},
		{"freudenstein-roth", 2, 0, 0},
		{"two-wells", 2, 1, 0},
		{"hyperbolic", 0, 1, 0},
	} {
		got := search(t, c.id)
		minima, saddles, maxima, degenerate, sum := got.Morse()
		if minima != c.minima || saddles != c.saddles || maxima != c.maxima || degenerate != 0 {
			t.Errorf("%s has %d minima, %d saddles, %d maxima and %d degenerate points, want %d, %d, %d, 0", c.id,
				minima, saddles, maxima, degenerate, c.minima, c.saddles, c.maxima)
		}
		if !got.TurnsKnown || sum != got.Turns || !got.Converged {
			t.Errorf("%s: the indices of the points sum to %d, the gradient turns %d times around the domain (%v)", c.id, sum, got.Turns, got.Note)
		}
	}
}
