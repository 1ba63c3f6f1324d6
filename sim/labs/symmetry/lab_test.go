package symmetry

import (
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape/rng"
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

func mustBegin(t *testing.T, query string) *sim.Run {
	t.Helper()
	r, err := begin(t, query)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Bad values are refused by the name of the field and what would be right.
func TestRefused(t *testing.T) {
	for query, want := range map[string]string{
		"problem=custom&sets=0;0,50&dim=40":             "set 2 holds coordinate 50; want 0 to 39",
		"problem=custom&sets=0,1;1,0":                   "stands twice",
		"problem=custom&sets=":                          "a constant",
		"problem=custom&sets=0;x":                       "no coordinate",
		"problem=custom&sets=0&coefficients=1,2":        "one for each set",
		"problem=custom&sets=0,1,2,3;4,5,6":             "6 coordinates or fewer",
		"problem=parity-4&support=0,1,2,45":             "support",
		"problem=parity-4&support=0,1,1,2":              "twice",
		"population=on&dim=13&methods=gd":               "12 or fewer",
		"population=on&dim=8&problem=sphere&methods=gd": "a sphere",
		"window=41":                    "must be at most 40",
		"noise=-1":                     "noise",
		"clip=0":                       "clip",
		"depth=5":                      "depth",
		"methods=gd":                   "takes population",
		"boost=2&boost-coordinates=50": "0 to 39",
		"dim=3":                        "dim",
	} {
		if _, err := begin(t, query+"&width=8"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a message with %q", query, err, want)
		}
	}
}

// What the page should say first.
func TestNotes(t *testing.T) {
	for query, want := range map[string]string{
		"problem=parity-3&bias-init=0":                             "not symmetry",
		"problem=mod-8":                                            "does not explain",
		"dim=8&population=on&mirror=rotate&methods=adam":           "another one",
		"problem=staircase-3":                                      "",
		"dim=12&population=on&clip=1&noise=0.5&problem=parity-6":   "up to step 904",
		"dim=12&population=on&clip=1&noise=0.001&problem=parity-6": "No guarantee",
		"problem=custom&sets=0;1;0,1,2&coefficients=1,-2,0.5":      "",
	} {
		if got := mustBegin(t, query+"&width=8").Note(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: the note is %q, want %q", query, got, want)
		}
	}
}

// Targets have mean 0 and variance 1 over the cube, or over the sphere by a sample.
func TestTargets(t *testing.T) {
	for _, choice := range Lab.Controls[0].Choices {
		r := mustBegin(t, "problem="+choice.ID+"&dim=8&width=8")
		g := r.Contestant(0).Ground.(*ground)
		x, tolerance := everyPoint(8), 1e-12
		if choice.ID == sphereID {
			x, _ = g.target.draw(rng.NewKey(1, 0, 0, 0, rng.Probe), 9, 40000)
			tolerance = 0.03
		}
		mean, square := 0.0, 0.0
		y := g.target.values(x)
		for _, v := range y {
			mean += v / float64(len(y))
			square += v * v / float64(len(y))
		}
		if math.Abs(mean) > tolerance || math.Abs(square-1) > tolerance {
			t.Errorf("%s has mean %v and mean square %v", choice.ID, mean, square)
		}
	}
}

// Own sets and coefficients are a target of their own, with the coefficients that the net is held against.
func TestOwnSets(t *testing.T) {
	r := mustBegin(t, "problem=custom&sets=5;2,5&coefficients=3,-4&dim=8&width=8")
	g := r.Contestant(0).Ground.(*ground)
	if !slices.Equal(g.target.support, []int{2, 5}) || g.target.bits([]int{2, 5}) != 3 || g.target.bits([]int{5}) != 2 {
		t.Errorf("the support is %v, the parts at %d and %d", g.target.support, g.target.bits([]int{2, 5}), g.target.bits([]int{5}))
	}
	x := []float64{1, 1, -1, 1, 1, -1, 1, 1}
	if got := g.target.eval(x); math.Abs(got-(-0.6-0.8)) > 1e-15 {
		t.Errorf("the target is %v there, want -1.4", got)
	}
}

// Local wires: a unit sees its window alone, at the start and after steps, with noise as well.
func TestWindow(t *testing.T) {
	r := mustBegin(t, "problem=parity-2&dim=8&width=8&window=3&noise=0.1&steps=5")
	for !r.Advance(t.Context(), 5) {
	}
	g := r.Contestant(0).Ground.(*ground)
	for _, theta := range [][]float64{g.start, r.Trace().Methods[0].End()} {
		for i := range 8 {
			for j := range 8 {
				inside := i >= j%6 && i < j%6+3
				if (theta[i*8+j] != 0) != inside {
					t.Fatalf("the weight from input %d to unit %d is %v; in its window: %v", i, j, theta[i*8+j], inside)
				}
			}
		}
	}
}

// A frozen net moves its last layer alone; a step size that is too large ends its walk alone.
func TestFrozenAndDiverged(t *testing.T) {
	r := mustBegin(t, "problem=parity-2&dim=8&width=8&last-layer-only=on&steps=5")
	for !r.Advance(t.Context(), 5) {
	}
	g, end := r.Contestant(0).Ground.(*ground), r.Trace().Methods[0].End()
	if !slices.Equal(end[:8*8+8], g.start[:8*8+8]) || slices.Equal(end[8*8+8:], g.start[8*8+8:]) {
		t.Error("with the last layer alone the first has moved, or the last has not")
	}
	r = mustBegin(t, "problem=staircase-3&dim=8&width=64&methods=far=sgd:step-size=50;near=sgd:step-size=0.05&steps=100")
	for !r.Advance(t.Context(), 50) {
	}
	if far, near := r.Trace().Methods[0], r.Trace().Methods[1]; far.State != sim.Diverged || near.State == sim.Diverged || near.StoppedAt != 100 {
		t.Errorf("far: %s at %d, near: %s at %d", far.State, far.StoppedAt, near.State, near.StoppedAt)
	}
}

// The meter speaks of all points, clipped gradients and noise only, and grows with the steps.
func TestBound(t *testing.T) {
	r := mustBegin(t, "problem=parity-4&dim=10&width=8&population=on&clip=1&methods=noisy-gd:noise=0.5,batch-size=64;sgd&steps=40")
	for !r.Advance(t.Context(), 40) {
	}
	m := r.Trace().Methods
	v := m[0].Readings("bound").Value
	want := math.Sqrt(40.0/210)/(2*0.5) + 1.0/210/eps
	if got := v[len(v)-1]; math.Abs(got-want) > 1e-12 {
		t.Errorf("after 40 steps the bound is %v, want %v", got, want)
	}
	if m[1].Readings("bound") != nil {
		t.Error("there is a bound for descent without noise")
	}
}

// The test of two samples does not tell apart what has one law, and does tell apart what has not.
func TestSameLaw(t *testing.T) {
	a, b := make([]float64, 200), make([]float64, 200)
	key := rng.NewKey(1, 0, 0, 0, rng.Probe)
	key.FillNormal(a, 1, 0)
	key.FillNormal(b, 2, 0)
	if p := sameLaw(a, b); p < 0.01 {
		t.Errorf("p is %v for one law", p)
	}
	for i := range b {
		b[i] += 1
	}
	if p := sameLaw(a, b); p > 1e-6 {
		t.Errorf("p is %v for two laws", p)
	}
}
