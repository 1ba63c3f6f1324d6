package leakyrelu

import (
	"strings"
	"testing"

	"thalweg/sim"
)

func begin(t *testing.T, query string) (*sim.Run, error) {
	t.Helper()
	var d sim.Draft
	if err := d.Query(query); err != nil {
		return nil, err
	}
	spec, err := Lab.Resolve(d)
	if err != nil {
		return nil, err
	}
	return sim.NewRun(spec)
}

// Bad values are refused by the name of the field and what would be right.
func TestRefused(t *testing.T) {
	for query, want := range map[string]string{
		"samples=1":                              "samples",
		"dim=60000":                              "dim",
		"dim=50000&width=512":                    "must be 23437 or less with 512 neurons",
		"problem=orthogonal&samples=20&dim=10":   "must be 10 or fewer",
		"slope=1":                                "slope",
		"init-scale=0":                           "init-scale",
		"methods=rescaled-flow:max-time=-1":      "max-time",
		"methods=adam":                           "adam",
		"problem=clusters&separation=30":         "separation",
		"methods=gd:step-size=0":                 "step-size",
		"methods=sgd:batch-size=2.5,step-size=1": "batch-size",
	} {
		if _, err := begin(t, query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a message with %q", query, err, want)
		}
	}
}

// What the page should say first: not separable, a step too large, points not nearly at right angles.
func TestNotes(t *testing.T) {
	for query, want := range map[string]string{
		"samples=40&dim=3":                                       "Not separable",
		"samples=20&dim=300&width=10&flips=0":                    "not nearly orthogonal",
		"samples=6&dim=5000&width=10&methods=gd:step-size=1":     "Step too large",
		"samples=6&dim=5000&width=10&methods=gd:step-size=0.005": "",
	} {
		r, err := begin(t, query)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Note(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: the note is %q, want %q", query, got, want)
		}
	}
}

// A step that throws the outputs out ends that walk as diverged, and not the one beside it.
func TestDivergence(t *testing.T) {
	r, err := begin(t, "samples=2&width=4&slope=0.9&init-scale=0.01&loss=exponential&problem=orthogonal&dim=50000&methods=far=gd:step-size=100;near=gd:step-size=0.001&steps=40")
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(t.Context(), 20) {
	}
	far, near := r.Trace().Methods[0], r.Trace().Methods[1]
	if far.State != sim.Diverged || near.State == sim.Diverged || near.StoppedAt != 40 {
		t.Errorf("far: %s at %d, near: %s at %d", far.State, far.StoppedAt, near.State, near.StoppedAt)
	}
}

// Methods that differ in the scale of the start alone begin with the same numbers.
func TestOneStart(t *testing.T) {
	r, err := begin(t, "samples=4&dim=200&width=6&methods=a=gd:init-scale=0.5;b=gd:init-scale=0.25&steps=1")
	if err != nil {
		t.Fatal(err)
	}
	a, b := r.Contestant(0).Method.Point(), r.Contestant(1).Method.Point()
	for i := range a {
		if a[i] != 2*b[i] {
			t.Fatalf("weight %d begins at %v and at %v", i, a[i], b[i])
		}
	}
	// The slice goes through the start, the end and the solution.
	for !r.Advance(t.Context(), 1) {
	}
	f, err := r.Trace().Fitting(r.Trace().Methods[0], sim.PlaneText{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Plane(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if m := f.Marks(&p); len(m) != 3 || m[2].Label != "solution" || m[2].Distance > 1e-9 {
		t.Errorf("the slice is marked by %+v", m)
	}
}
