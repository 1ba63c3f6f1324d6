package network

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/sim"
)

func TestValidate(t *testing.T) {
	if err := sim.Validate([]*sim.Lab{&Lab}); err != nil {
		t.Fatal(err)
	}
}

func spec(t *testing.T, query string) *sim.Spec {
	t.Helper()
	var d sim.Draft
	if err := d.Query(query); err != nil {
		t.Fatal(err)
	}
	s, err := Lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func play(t *testing.T, query string) *sim.Trace {
	t.Helper()
	trace, err := sim.Play(context.Background(), spec(t, query), nil)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// The ranges are those of three seeds in the reference program (table of defaults), widened by half a unit of
// their last digit; starts and ends are losses.
func TestDefaults(t *testing.T) {
	if testing.Short() {
		t.Skip("plays thirty runs")
	}
	type span [2]float64
	for _, c := range []struct {
		problem             string
		dim                 int
		start, gd, mom, adm span
	}{
		{"two-moons", 354, span{0.645, 1.255}, span{0.105, 0.225}, span{0.125, 0.245}, span{0.0075, 0.0355}},
		{"circles", 354, span{0.695, 0.915}, span{0.255, 0.325}, span{0.295, 0.365}, span{0.075, 0.125}},
		{"spirals", 354, span{0.665, 1.075}, span{0.575, 0.605}, span{0.585, 0.605}, span{0.0125, 0.0385}},
		{"xor", 354, span{0.695, 0.895}, span{0.225, 0.285}, span{0.235, 0.295}, span{0.135, 0.205}},
		{"blobs", 371, span{0.915, 1.485}, span{0.0045, 0.0065}, span{0.0045, 0.0065}, span{0.00035, 0.00075}},
		{"iris", 403, span{0.875, 1.335}, span{0.055, 0.075}, span{0.055, 0.075}, span{0.0055, 0.0195}},
		{"sine", 321, span{0.155, 0.225}, span{0.0205, 0.0295}, span{0.0215, 0.0315}, span{0.0105, 0.0125}},
		{"teacher", 484, span{1.15, 2.05}, span{0.055, 0.075}, span{0.055, 0.075}, span{0.0345, 0.0385}},
		{"digits", 1482, span{2.25, 2.45}, span{0.095, 0.125}, span{0.095, 0.135}, span{0.00235, 0.00275}},
	} {
		t.Run(c.problem, func(t *testing.T) {
			for _, seed := range []string{"1", "2", "3"} {
				methods := "gd;momentum;adam:batch-size=0"
				if seed == "1" {
					methods += ";sgd;nesterov"
				}
				trace := play(t, "every=299&methods="+methods+"&problem="+c.problem+"&seed="+seed)
				start := trace.Method("gd").At("loss")[0]
				in := func(name string, v float64, s span) {
					if v < s[0] || v > s[1] {
						t.Errorf("seed %s: %s is %v, want %v to %v", seed, name, v, s[0], s[1])
					}
				}
				in("start", start, c.start)
				for _, m := range trace.Methods {
					if m.Dim != c.dim {
						t.Errorf("%d parameters, want %d", m.Dim, c.dim)
					}
					if m.Last("loss") >= start {
						t.Errorf("seed %s: %s ends at %v, above its start %v", seed, m.ID, m.Last("loss"), start)
					}
				}
				in("gd", trace.Method("gd").Last("loss"), c.gd)
				in("momentum", trace.Method("momentum").Last("loss"), c.mom)
				in("adam", trace.Method("adam").Last("loss"), c.adm)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for query, want := range map[string]string{
		"architecture=16-x":                        "architecture: '16-x' — widths 1 to 512 joined by '-', at most six",
		"methods=gd;adam:architecture=0":           "architecture: '0' — widths 1 to 512 joined by '-', at most six",
		"problem=sine&loss=cross-entropy":          "loss: cross-entropy needs classes; sine is a regression",
		"problem=digits&architecture=16-c8":        "architecture: '16-c8' — convolutions c1 to c64, then widths 1 to 512, joined by '-', at most six",
		"architecture=c8-16":                       "architecture: 'c8-16' — convolutions look at images, which only the problem digits has; two-moons takes widths alone",
		"architecture=512-512":                     "architecture: this net has 265218 parameters, at most 200000",
		"problem=digits&methods=cma-es":            "methods: cma-es on a net of 1482 parameters, at most 600",
		"problem=one-point&architecture=&bias=off": "architecture: this net has 1 parameter, a picture needs at least 2",
	} {
		_, err := sim.NewRun(spec(t, query))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", query, err, want)
		}
	}
}

func TestNotes(t *testing.T) {
	for query, want := range map[string]string{
		"problem=iris":                                "iris has 150 rows; all are used",
		"methods=sgd:batch-size=512":                  "batch-size 512 is more than the 320 training rows; all are used",
		"problem=blobs&methods=gd:architecture=4;sgd": "",
		"problem=digits&samples=100&architecture=2":   "",
	} {
		r, err := sim.NewRun(spec(t, query+"&steps=1"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Note() != want {
			t.Errorf("%s: note %q, want %q", query, r.Note(), want)
		}
	}
}

// Every method on offer walks on a net, and says so in finite numbers.
func TestMethods(t *testing.T) {
	for _, m := range Lab.Methods {
		if m.ID == recordedKind.ID {
			continue // only where a file brought paths
		}
		t.Run(m.ID, func(t *testing.T) {
			walk := play(t, "steps=4&samples=40&architecture=3&methods="+m.ID).Methods[0]
			if walk.State != sim.Done || math.IsNaN(walk.Last("loss")) {
				t.Errorf("%s %s: loss %v", walk.State, walk.Why, walk.Last("loss"))
			}
		})
	}
}

// A method with a net of its own walks on a ground of its own; equal nets share one.
func TestOwnArchitecture(t *testing.T) {
	trace := play(t, "steps=2&methods=gd;sgd;small=gd:architecture=3")
	gd, sgd, small := trace.Method("gd"), trace.Method("sgd"), trace.Method("small")
	if gd.Ground != sgd.Ground || gd.Ground == small.Ground || small.Dim != 3*3+2*4 {
		t.Errorf("grounds of %d, %d and %d parameters are shared wrongly", gd.Dim, sgd.Dim, small.Dim)
	}
}

// What no walk gives is told, so that the page does not open an empty panel.
func TestAbsent(t *testing.T) {
	moons, digits := play(t, "steps=1").Absent(), play(t, "steps=1&problem=digits&samples=100&architecture=2").Absent()
	for id, want := range map[string][2]bool{"decision": {false, true}, "singular-modes": {true, true}, "barrier": {true, true}, "confusion": {false, false}, "step-norm": {false, false}} {
		if got := [2]bool{slices.Contains(moons, id), slices.Contains(digits, id)}; got != want {
			t.Errorf("%s is absent from moons and digits: %v, want %v", id, got, want)
		}
	}
}
