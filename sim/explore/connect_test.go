package explore_test

import (
	"context"
	"math"
	"testing"
)

type ways struct {
	T, Straight, Permuted, Signed, Curve []float64
	Barriers                             map[string]*float64
	Moved, Turned                        int
	Distance                             struct{ Before, After float64 }
}

// All ways between two points of a run begin and end at their losses: reordering and turning units changes no loss.
func TestConnect(t *testing.T) {
	tr := played(t, "/lab/network?preset=iris&steps=60")
	var w ways
	r := found(t, t.Context(), tr, "connect", `{"from":"sgd@0","to":"adam"}`, &w)
	if !r.Converged || r.Why != "" || len(w.T) != 61 || w.T[0] != 0 || w.T[60] != 1 {
		t.Fatalf("converged %v, %q, places %v; want a whole answer at 61 places from 0 to 1", r.Converged, r.Why, w.T)
	}
	// Three lines and the curve, measured six times under way, and 500 gradients.
	if want := 3*61 + 6*61 + 500; r.Evaluations != want {
		t.Errorf("%d evaluations, want %d", r.Evaluations, want)
	}
	for name, way := range map[string][]float64{"straight": w.Straight, "permuted": w.Permuted, "signed": w.Signed, "curve": w.Curve} {
		if len(way) != 61 {
			t.Fatalf("%s has %d losses, want 61", name, len(way))
		}
		if math.Abs(way[0]-w.Straight[0]) > 1e-12 || math.Abs(way[60]-w.Straight[60]) > 1e-12 {
			t.Errorf("%s goes from loss %v to %v, the straight line from %v to %v", name, way[0], way[60], w.Straight[0], w.Straight[60])
		}
		if b := w.Barriers[name]; b == nil || *b < 0 {
			t.Errorf("the barrier of %s is %v, want a number of at least 0", name, b)
		}
	}
	if w.Distance.After > w.Distance.Before {
		t.Errorf("aligned the ends are %v apart, %v before", w.Distance.After, w.Distance.Before)
	}

	// A ground without symmetries has neither aligned line.
	var flat ways
	found(t, t.Context(), played(t, "/lab/race?problem=himmelblau&steps=20"), "connect", `{"from":"gd@0","to":"gd"}`, &flat)
	if flat.Permuted != nil || flat.Signed != nil || len(flat.Curve) != 61 || flat.Barriers["signed"] != nil {
		t.Errorf("on Himmelblau's surface there are lines %v and %v with aligned units", flat.Permuted, flat.Signed)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if r := found(t, ended, tr, "connect", `{"from":"sgd","to":"adam"}`, &w); r.Converged || r.Why != "budget spent (the straight line is not measured)" {
		t.Errorf("without time: converged %v, %q", r.Converged, r.Why)
	}
}
