package flowtosgd

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
		"problem=phase&start=0,0":               "is a critical point at loss 3",
		"problem=phase&start=1,2,3":             "2 numbers at most",
		"problem=quad&dim=1":                    "must be 2 or more",
		"problem=power&exponent=1":              "exponent",
		"problem=square-root&start=0":           "is a critical point",
		"problem=exponential&start=60,0":        "not finite",
		"problem=phase&methods=gd:step-size=-1": "step-size",
		"problem=phase&batch-size=0":            "batch-size",
	} {
		if _, err := begin(t, query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a message with %q", query, err, want)
		}
	}
}

// What the page should say first: where the certificate says nothing, and of which methods.
func TestNotes(t *testing.T) {
	for query, want := range map[string]string{
		"problem=phase&start=0,0.5&methods=gd":                             "stable set of the saddle",
		"problem=power&exponent=4&potential=root&methods=gd":               "No finite potential",
		"problem=phase&start=0.3,0.5&methods=adam":                         "no certificate",
		"problem=square-root&size=2&start=-1,0,0,2&condition=1&methods=gd": "principal",
		"problem=phase&start=0.3,0.5&methods=gd":                           "",
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

// A step size over the limit runs, and is marked diverged; the flow beside it goes on.
func TestDivergence(t *testing.T) {
	r, err := begin(t, "problem=power&exponent=4&start=5,0&methods=gradient-flow;gd:step-size=0.1&steps=50")
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(t.Context(), 50) {
	}
	flow, gd := r.Trace().Methods[0], r.Trace().Methods[1]
	if gd.State != sim.Diverged || flow.State == sim.Diverged || flow.StoppedAt != 50 {
		t.Errorf("descent %s at %d, flow %s at %d", gd.State, gd.StoppedAt, flow.State, flow.StoppedAt)
	}
}
