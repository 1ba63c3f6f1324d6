package flowtosgd

import (
	"math"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/flow"
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

// The river by its length is gradient flow at unit speed: knots and what lies between them, up to its end and beyond.
func TestRiver(t *testing.T) {
	r, err := begin(t, "problem=phase&start=0.3,0.5&methods=gd")
	if err != nil {
		t.Fatal(err)
	}
	g, err := newGround(r.Spec.Values, 1)
	if err != nil {
		t.Fatal(err)
	}
	walk, err := flow.New(even{g.Func}, g.start, flow.Options{RTol: 1e-11, ATol: 1e-13})
	if err != nil {
		t.Fatal(err)
	}
	course, x := &river{ground: &g, time: 20}, make([]float64, 2)
	for _, length := range []float64{0, 0.001, 0.1234, 0.5, 0.777, 0.93, 0.9399} {
		if err := walk.Advance(length); err != nil {
			t.Fatal(err)
		}
		// In the last piece the way is taken to come in straight.
		tolerance := 1e-6
		if length > 0.9371 {
			tolerance = 1e-5
		}
		if !course.at(x, length) || landscape.Distance(x, walk.Point()) > tolerance {
			t.Errorf("after a length of %g the river is at %v, want %v", length, x, walk.Point())
		}
	}
	if !course.at(x, 5) || landscape.Distance(x, []float64{1, 0}) > 1e-6 {
		t.Errorf("beyond its end the river is at %v, want its end", x)
	}
}

// Descent ends where the flow does up to the threshold that theory gives, and nowhere above it.
func TestThreshold(t *testing.T) {
	for query, want := range map[string]float64{
		"problem=quad&start=2,1": 0.2, "problem=sine-bowl&start=6,0": 0.25, "problem=power&exponent=4&start=2,0": 0.5, "problem=product&start=3,0.2": 2 / 9.180501076,
		"problem=exponential&start=2,1": 2 * math.Exp(-2), "problem=phase&start=0.9,0.1": 2.0 / 24,
	} {
		r, err := begin(t, query+"&methods=gd")
		if err != nil {
			t.Fatal(err)
		}
		g, err := newGround(r.Spec.Values, 1)
		if err != nil {
			t.Fatal(err)
		}
		home := (&potential{ground: g, maxTime: 200}).bottom()
		limit := g.threshold(home)
		if math.Abs(limit/want-1) > 1e-6 {
			t.Errorf("%s: the threshold is %g, want %g", query, limit, want)
		}
		if below, above := g.fate(0.97*limit, home), g.fate(1.03*limit, home); below == endDiverged || above == endHome {
			t.Errorf("%s: beside the threshold of %g descent ends as %d below and as %d above it", query, limit, below, above)
		}
	}
}
