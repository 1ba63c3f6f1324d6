package labs_test

import (
	"encoding/json"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"thalweg/sim"
	"thalweg/sim/labs"
)

// smaller are the sizes at which the tests of all labs play a lab: what is tested does not depend on them.
var smaller = map[string][]sim.Pair{
	"network":            {{Name: "samples", Text: "60"}},
	"leaky-relu":         {{Name: "samples", Text: "8"}, {Name: "dim", Text: "300"}, {Name: "width", Text: "12"}},
	"symmetry":           {{Name: "dim", Text: "10"}, {Name: "width", Text: "12"}},
	"score-ascent":       {{Name: "dim", Text: "6"}, {Name: "probe", Text: "0"}, {Name: "proposals", Text: "3"}},
	"private-federation": {{Name: "clients", Text: "60"}, {Name: "samples", Text: "2"}},
}

// fewRows cuts the size of a lab that need not be as large as it is.
func fewRows(l *sim.Lab, d *sim.Draft) { d.Values = append(d.Values, smaller[l.ID]...) }

// presets calls test with every preset of every lab, cut to a number of steps and to few rows.
func presets(t *testing.T, steps int, test func(t *testing.T, l *sim.Lab, d sim.Draft)) {
	for _, l := range labs.All {
		for _, p := range l.Presets {
			d := sim.Draft{Preset: p.ID, Steps: &steps}
			fewRows(l, &d)
			t.Run(l.ID+"/"+p.ID, func(t *testing.T) { test(t, l, d) })
		}
	}
}

func resolve(t *testing.T, l *sim.Lab, d sim.Draft) *sim.Spec {
	t.Helper()
	s, err := l.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// cheap is the cost of a step, in floating point operations, up to which short tests play a spec.
const cheap = 2e6

// affordable skips a short test of a costly spec.
func affordable(t *testing.T, s *sim.Spec) *sim.Spec {
	t.Helper()
	if testing.Short() {
		r, err := sim.NewRun(s)
		if err != nil {
			t.Fatal(err)
		}
		if r.Cost() > cheap {
			t.Skipf("a step costs %.0e operations", r.Cost())
		}
	}
	return s
}

func play(t *testing.T, s *sim.Spec) *sim.Trace {
	t.Helper()
	tr, err := sim.Play(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// same compares numbers by their bits, so that NaN equals NaN.
func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// equalWalks compares everything but measures.
func equalWalks(t *testing.T, a, b *sim.Trace) {
	t.Helper()
	for i, x := range a.Methods {
		y := b.Methods[i]
		if x.State != y.State || x.StoppedAt != y.StoppedAt || !slices.Equal(x.Step, y.Step) || !same(x.Theta, y.Theta) {
			t.Errorf("the walks of %s differ", x.ID)
		}
		for c := range x.Clock {
			if !same(x.Clock[c], y.Clock[c]) {
				t.Errorf("the clocks %s of %s differ", sim.Clocks[c], x.ID)
			}
		}
	}
}

func equalTraces(t *testing.T, a, b *sim.Trace) {
	t.Helper()
	equalWalks(t, a, b)
	for i, x := range a.Methods {
		for j := range x.Series {
			v, w := &x.Series[j], &b.Methods[i].Series[j]
			if !slices.Equal(v.Step, w.Step) || !same(v.Value, w.Value) || !slices.EqualFunc(v.Rows, w.Rows, same) {
				t.Errorf("the readings of %s on %s differ", v.Measure.ID, x.ID)
			}
		}
	}
}

// A run is a pure function of its spec: the same bits again, and on any number of cores.
func TestSameBits(t *testing.T) {
	presets(t, 30, func(t *testing.T, l *sim.Lab, d sim.Draft) {
		s := affordable(t, resolve(t, l, d))
		first := play(t, s)
		equalTraces(t, first, play(t, resolve(t, l, d)))
		old := runtime.GOMAXPROCS(1)
		defer runtime.GOMAXPROCS(old)
		equalTraces(t, first, play(t, s))
		runtime.GOMAXPROCS(2)
		equalTraces(t, first, play(t, s))
	})
}

// Looking changes nothing: with the loss alone the walks are those with all measures.
func TestMeasuresOnlyLook(t *testing.T) {
	presets(t, 30, func(t *testing.T, l *sim.Lab, d sim.Draft) {
		t.Parallel()
		bare := *l
		bare.Measures = []sim.Measure{sim.Loss}
		equalWalks(t, play(t, affordable(t, resolve(t, l, d))), play(t, resolve(t, &bare, d)))
	})
}

// A fork is to the bit the run that had its moves from the start.
func TestForkIsAFreshRun(t *testing.T) {
	presets(t, 60, func(t *testing.T, l *sim.Lab, d sim.Draft) {
		t.Parallel()
		s := affordable(t, resolve(t, l, d))
		name, text := live(s)
		if name == "" {
			t.Skip("nothing in it can be turned")
		}
		r, err := sim.NewRun(s)
		if err != nil {
			t.Fatal(err)
		}
		for !r.Advance(t.Context(), 25) {
		}
		for _, step := range []int{0, 40} {
			turned, err := s.Turned(step, sim.Pair{Name: name, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			f, err := r.Fork(turned)
			if err != nil {
				t.Fatal(err)
			}
			for !f.Advance(t.Context(), 7) {
			}
			equalTraces(t, play(t, turned), f.Trace())
		}
	})
}

// live finds a live hyper-parameter and half its value, as a move writes them.
func live(s *sim.Spec) (name, text string) {
	for _, m := range s.Methods {
		for _, e := range m.Hyper {
			half := e.Value
			half.Num /= 2
			if e.Control.Live && half.Num > 0 && e.Control.Check(half) == nil {
				return m.ID + "." + e.Control.ID, e.Control.Format(half)
			}
		}
	}
	return "", ""
}

// A spec survives its link and its JSON.
func TestRoundTrip(t *testing.T) {
	presets(t, 60, func(t *testing.T, l *sim.Lab, d sim.Draft) {
		s := resolve(t, l, d)
		roundTrip(t, s)
		if name, text := live(s); name != "" {
			turned, err := s.Turned(17, sim.Pair{Name: name, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, turned)
		}
	})
	for _, l := range labs.All {
		for i := range l.Claims {
			for _, s := range l.Specs(&l.Claims[i]) {
				roundTrip(t, s)
			}
		}
	}
}

func roundTrip(t *testing.T, s *sim.Spec) {
	t.Helper()
	d, err := sim.ParseLink(s.Link())
	if err != nil {
		t.Fatalf("%s: %v", s.Link(), err)
	}
	if again := resolve(t, s.Lab, d); again.ID() != s.ID() {
		t.Errorf("the link %s opens another spec", s.Link())
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = sim.DecodeDraft(text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again := resolve(t, s.Lab, d)
	if other, _ := json.Marshal(again); string(other) != string(text) {
		t.Errorf("read again, %s is %s", text, other)
	}
}

// find returns the lab that a draft names, or the first.
func find(d sim.Draft) *sim.Lab {
	for _, l := range labs.All {
		if l.ID == d.Lab {
			return l
		}
	}
	return labs.All[0]
}

// Whatever a link says, it is refused or opens a spec that survives its own link.
func FuzzLink(f *testing.F) {
	for _, l := range labs.All {
		for _, p := range l.Presets {
			s, err := l.Resolve(sim.Draft{Preset: p.ID})
			if err != nil {
				f.Fatal(err)
			}
			f.Add(s.Link())
		}
	}
	f.Add("/lab/race?problem=formula&formula=a*x^2%2Bb*y&b=-3&methods=slow=gd:step-size=1e-4,angle=30;gd&moves=3:gd.step-size=0.5;9:slow.step-size=1")
	f.Add("/lab/race?problem=quadratic&eigenvalues=-1,1e5&start=0.1,-0&replicas=3&every=7&seed=9007199254740991")
	f.Add("https://example.org/x/lab/race/?methods=;;gradient-flow;gd%3Bgd#top")
	f.Fuzz(func(t *testing.T, link string) {
		d, err := sim.ParseLink(link)
		if err != nil {
			return
		}
		if s, err := find(d).Resolve(d); err == nil && len(s.Link()) < 8000 {
			roundTrip(t, s)
		}
	})
}

// The same for JSON.
func FuzzSpec(f *testing.F) {
	for _, l := range labs.All {
		for _, p := range l.Presets {
			s, err := l.Resolve(sim.Draft{Preset: p.ID})
			if err != nil {
				f.Fatal(err)
			}
			text, err := json.Marshal(s)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add(`{"lab":"race","values":{"start":[1,2],"swarm":3.5e0},"methods":["rprop:max-step=3"],"seed":0,"steps":7,"moves":[{"step":2,"name":"rprop.increase","value":"2"}]}`)
	f.Add(`{"v":1,"values":{"problem":"formula","formula":"min(x,` + strings.Repeat("(", 60) + `"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := sim.DecodeDraft([]byte(text))
		if err != nil {
			return
		}
		if s, err := find(d).Resolve(d); err == nil && len(s.Link()) < 8000 {
			roundTrip(t, s)
		}
	})
}
