package sim_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/reftest"
	"thalweg/sim/flow"
	"thalweg/sim/opt"
)

// TestReference holds the rules and flows against core.json: trajectories of PyTorch 1.13 in float64, and
// solutions of gradient flow by matrix exponentials and by two integrators that agree to 1e-12.
func TestReference(t *testing.T) {
	reftest.Run(t, "core", map[string]reftest.Part{
		"runs": refRuns,
		"dyn":  refDyn,
		"gf_quad": func(t *testing.T, part json.RawMessage, top map[string]json.RawMessage) {
			refFlow(t, part, top, "quad")
		},
		"gf_rosen": func(t *testing.T, part json.RawMessage, top map[string]json.RawMessage) {
			refFlow(t, part, top, "rosen")
		},
	})
}

// grounds are the two of the file with their starts, by name.
func grounds(t *testing.T, top map[string]json.RawMessage, name string) (landscape.Func, []float64) {
	t.Helper()
	var g struct {
		A     [][]float64
		B, W0 []float64
	}
	reftest.Decode(t, top[name], &g)
	if name == "rosen" {
		return landscapetest.Valley{}, g.W0
	}
	return quadratic{g.A, g.B}, g.W0
}

// quadratic is ½w'Aw - b'w.
type quadratic struct {
	a [][]float64
	b []float64
}

func (q quadratic) Dim() int { return len(q.b) }

func (q quadratic) Loss(x []float64) float64 { return q.Grad(make([]float64, len(x)), x) }

func (q quadratic) Grad(dst, x []float64) (loss float64) {
	q.HessVec(dst, x, x)
	for i, v := range x {
		loss += (dst[i]/2 - q.b[i]) * v
		dst[i] -= q.b[i]
	}
	return loss
}

func (q quadratic) HessVec(dst, _, v []float64) {
	for i, row := range q.a {
		dst[i] = 0
		for j, a := range row {
			dst[i] += a * v[j]
		}
	}
}

// path is the trajectory of a method, one row a point, the start first; a method that ended stays where it is.
func path(t *testing.T, m opt.Method, steps int) (flat []float64) {
	t.Helper()
	flat = append(flat, m.Point()...)
	for range steps {
		if err := m.Step(); err != nil && !errors.Is(err, opt.ErrConverged) {
			t.Fatal(err)
		}
		flat = append(flat, m.Point()...)
	}
	return flat
}

// methods translates the names of the file's runs.
var methods = map[string]string{
	"sgd_momentum": "momentum", "sgd_mom_damp": "momentum", "sgd_l2": "momentum", "rmsprop_cent": "rmsprop",
	"amsgrad": "adam", "nadam_torch113_quirk": "nadam",
}

// hyper translates PyTorch's words.
func hyper(t *testing.T, name, id string, raw json.RawMessage) opt.Hyper {
	t.Helper()
	h := opt.Hyper{}
	var words map[string]any
	reftest.Decode(t, raw, &words)
	for word, value := range words {
		ids := []string{strings.ReplaceAll(word, "_", "-")}
		switch word {
		case "alpha", "rho":
			ids = []string{"smoothing"}
		case "betas":
			ids = []string{"beta1", "beta2"}
		case "eps":
			ids = []string{"epsilon"}
		case "lr_decay":
			ids = []string{"decay"}
		case "etas":
			ids = []string{"decrease", "increase"}
		case "step_sizes":
			ids = []string{"min-step", "max-step"}
		case "history_size":
			ids = []string{"memory"}
		case "nesterov", "max_iter", "line_search_fn":
			continue // said by the method itself
		}
		switch v := value.(type) {
		case float64:
			h[ids[0]] = v
		case bool:
			h[ids[0]] = 0
			if v {
				h[ids[0]] = 1
			}
		case []any:
			for i, id := range ids {
				h[id] = v[i].(float64)
			}
		}
	}
	if strings.Contains(name, "torch113") {
		h["torch-1.13"] = 1
	}
	if _, ok := opt.Lookup(id); !ok {
		t.Fatalf("%s is no method", id)
	}
	return h
}

func refRuns(t *testing.T, part json.RawMessage, top map[string]json.RawMessage) {
	reftest.Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
		id, ok := methods[name]
		if !ok {
			id = reftest.ID(name)
		}
		fields := reftest.Object(t, raw)
		for _, ground := range []string{"rosen", "quad"} {
			answer, ok := fields[ground]
			if !ok {
				continue
			}
			points, err := reftest.List(answer)
			if err != nil {
				t.Fatal(err)
			}
			h := hyper(t, name, id, fields["hyper"])
			var rate float64
			reftest.Decode(t, fields["lr_"+ground], &rate)
			h["step-size"] = rate
			f, start := grounds(t, top, ground)
			m, err := opt.New(id, h, opt.Env{Ground: f, Start: start})
			if err != nil {
				t.Fatal(err)
			}
			tol := 0.0
			if id == "lbfgs" {
				tol = 1e-8
			}
			reftest.Leaf(t, fields, ground, path(t, m, len(points)-1), tol)
		}
	})
}

// refDyn plays the rules that draw noise with the noise of the file.
func refDyn(t *testing.T, part json.RawMessage, top map[string]json.RawMessage) {
	var given struct{ Eta, Temp float64 }
	reftest.Decode(t, part, &given)
	var script opt.Script
	reftest.Decode(t, top["noise"], &script)
	f, start := grounds(t, top, "quad")
	fields := reftest.Object(t, part)
	for _, c := range []struct {
		name  string
		parts opt.Parts
	}{
		{"langevin", opt.Parts{Optimizer: opt.Langevin{StepSize: given.Eta, Temperature: given.Temp, Source: script}}},
		{"noisy_gd_tau0.3", opt.Parts{Optimizer: opt.NoisyGD{StepSize: given.Eta, Noise: 0.3, Source: script}}},
		{"nesterov83", opt.Parts{Mover: opt.Nesterov1983{StepSize: given.Eta}}},
		{"baoab", opt.Parts{Mover: opt.KineticLangevin{StepSize: given.Eta, Temperature: given.Temp, Friction: 1, Source: script}}},
	} {
		answer, ok := fields[c.name]
		if !ok {
			continue
		}
		points, err := reftest.List(answer)
		if err != nil {
			t.Fatal(err)
		}
		w, err := opt.NewWalk(f, start, func() opt.Parts { return c.parts })
		if err != nil {
			t.Fatal(err)
		}
		reftest.Leaf(t, fields, c.name, path(t, w, len(points)-1), 1e-10)
	}
}

// refFlow integrates with tight tolerances, so that the answers hold to 1e-8 in absolute terms on both grounds.
func refFlow(t *testing.T, part json.RawMessage, top map[string]json.RawMessage, name string) {
	var given struct{ T []float64 }
	reftest.Decode(t, part, &given)
	f, start := grounds(t, top, name)
	s, err := flow.New(flow.Descent{Func: f}, start, flow.Options{RTol: 1e-12, ATol: 1e-14})
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, at := range given.T {
		if err := s.Advance(at); err != nil && !errors.Is(err, flow.ErrConverged) {
			t.Fatal(err)
		}
		got = append(got, s.Point()...)
	}
	size := 0.0
	want, err := reftest.Flat(reftest.Object(t, part)["w"])
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		size = math.Max(size, math.Abs(w))
	}
	// The bound is absolute.
	reftest.Leaf(t, reftest.Object(t, part), "w", got, 1e-8/size)
}
