package opt

import (
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
)

// Every rule takes its steps apart on a ground with and without rows: the last stage is the step to the bit, and
// dissecting changes nothing. Where the step is a stage times η, it is to rounding.
func TestStages(t *testing.T) {
	for _, rule := range Rules {
		for _, f := range []landscape.Func{valley{}, someData()} {
			from := []float64{-1.2, 1}
			if f.Dim() != 2 {
				from = make([]float64, f.Dim())
				for i := range from {
					from[i] = 0.3 * float64(i+1)
				}
			}
			h := someHyper(rule.ID)
			for _, id := range []string{"momentum", "weight-decay", "dampening", "centered", "amsgrad"} {
				if p, ok := rule.Param(id); ok && p.Default == 0 {
					h[id] = map[bool]float64{true: 1, false: 0.1}[p.Kind == "switch"]
				}
			}
			a := start(t, rule.ID, h, Env{Ground: f, Start: from, GradientNoise: 0.01})
			b := start(t, rule.ID, h, Env{Ground: f, Start: from, GradientNoise: 0.01})
			for k := range 40 {
				before := slices.Clone(a.Point())
				stages, err := a.(interface{ Dissect() ([]Stage, error) }).Dissect()
				errB := b.Step()
				if (err == nil) != (errB == nil) {
					t.Fatalf("%s, step %d: dissecting gives %v, stepping %v", rule.ID, k, err, errB)
				}
				if err != nil {
					break
				}
				if !slices.Equal(a.Point(), b.Point()) {
					t.Fatalf("%s, step %d: dissecting leads to %v, stepping to %v", rule.ID, k, a.Point(), b.Point())
				}
				if len(stages) < 2 {
					t.Fatalf("%s has %d stages, want a gradient and a step at least", rule.ID, len(stages))
				}
				last, former := stages[len(stages)-1], stages[len(stages)-2]
				for i, x := range a.Point() {
					if last.V[i] != x-before[i] {
						t.Fatalf("%s, step %d: the last stage is %v, the step %v", rule.ID, k, last.V[i], x-before[i])
					}
					if w, ok := a.(*Walk); ok && last.Symbol == timesEta {
						if want := w.mem.Rate * former.V[i]; math.Abs(last.V[i]-want) > 1e-12*(1+math.Abs(x)) {
							t.Fatalf("%s, step %d: the step is %v, η times %s is %v", rule.ID, k, last.V[i], former.Symbol, want)
						}
					}
				}
				for _, s := range stages {
					if s.Symbol == "" || s.Label == "" || len(s.V) != f.Dim() {
						t.Fatalf("%s: a stage %+v", rule.ID, s)
					}
				}
			}
		}
	}
}

// The numbers by hand: the second step of Adam and of momentum on x²/2 from 1 at step size 0.1.
func TestStagesByHand(t *testing.T) {
	near := func(got, want float64) bool { return math.Abs(got-want) < 1e-9 }
	second := func(id string, h Hyper) []Stage {
		m := start(t, id, h, Env{Ground: bowl{1}, Start: []float64{1}}).(*Walk)
		m.Step()
		s, err := m.Dissect()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := second("momentum", Hyper{"step-size": 0.1, "momentum": 0.9})
	// b = 1, x = 0.9; then μb = 0.9, b = 1.8, step -0.18.
	for i, want := range []float64{-0.9, -0.9, -1.8, -0.18} {
		if !near(s[i].V[0], want) {
			t.Errorf("momentum: %s is %v, want %v", s[i].Symbol, s[i].V[0], want)
		}
	}
	s = second("adam", Hyper{"step-size": 0.1})
	// m = (0.9·0.1·1 + 0.1·0.9)/(1-0.81) = 0.18/0.19, v = (0.999·0.001 + 0.001·0.81)/(1-0.999²) = 1.809e-3/1.999e-3.
	mean, root := 0.18/0.19, math.Sqrt(1.809/1.999)
	for i, want := range []float64{-0.9, -mean, -mean / root, -0.1 * mean / root} {
		if math.Abs(s[i].V[0]-want) > 1e-6 {
			t.Errorf("adam: %s is %v, want %v", s[i].Symbol, s[i].V[0], want)
		}
	}
}
