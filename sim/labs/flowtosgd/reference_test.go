package flowtosgd

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/reftest"
	"thalweg/sim/flow"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "flow-to-sgd", map[string]reftest.Part{
		"quad": rows(func(p params) landscape.Func {
			a := slices.Concat(p.A...)
			return &quadratic{n: len(p.A), a: a}
		}),
		"pow4":           rows(func(p params) landscape.Func { return &power{n: p.dim, p: p.P} }),
		"pow1_5":         rows(func(p params) landscape.Func { return &power{n: p.dim, p: p.P} }),
		"phase":          rows(func(p params) landscape.Func { return newPhase(p.Wstar) }),
		"sqrt":           rows(func(p params) landscape.Func { return newRoot(len(p.M), slices.Concat(p.M...)) }),
		"fact2":          rows(func(params) landscape.Func { return product{} }),
		"sinpl":          rows(func(p params) landscape.Func { return &sineBowl{n: p.dim} }),
		"phase_flow":     cases(testPhaseFlow),
		"sqrt_flow":      one(testRootFlow),
		"sqrt_phi":       one(testRootPotential),
		"phase_phi_grid": one(testPotentialGrid),
	})
}

type params struct {
	A, M  [][]float64
	P     float64
	Wstar []float64
	dim   int
}

func cases(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
	}
}

func one(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		if _, err := reftest.List(part); err == nil {
			reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
			return
		}
		test(t, part)
	}
}

// precise is a potential whose flows are as exact as the integrator allows.
func precise(f landscape.Func) *potential {
	return &potential{ground: ground{Func: f}, g: scales["identity"], maxTime: 1000, rtol: 1e-12}
}

func rows(open func(params) landscape.Func) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		var in struct {
			Params params
			Rows   json.RawMessage
		}
		reftest.Decode(t, part, &in)
		reftest.Cases(t, in.Rows, func(t *testing.T, _ string, raw json.RawMessage) {
			var row struct {
				W, V  []float64
				Batch [][]float64
			}
			reftest.Decode(t, raw, &row)
			fields := reftest.Object(t, raw)
			p := in.Params
			p.dim = len(row.W)
			f := open(p).(landscape.Curved)
			leaf := func(field string, got ...float64) { reftest.Leaf(t, fields, field, got, 0) }
			g := make([]float64, f.Dim())
			leaf("F", f.Loss(row.W))
			f.Grad(g, row.W)
			leaf("g", g...)
			step := make([]float64, f.Dim())
			for i := range step {
				step[i] = row.W[i] - 0.01*g[i]
			}
			leaf("gd_step_eta0_01", step...)
			f.HessVec(g, row.W, row.V)
			leaf("hv", g...)
			if s, ok := f.(*phase); ok && row.Batch != nil {
				s.SampleGrad(g, row.W, slices.Concat(row.Batch...))
				leaf("sgrad", g...)
			}
			if _, asked := fields["phi"]; asked {
				leaf("phi", precise(f).at(row.W))
			}
		})
	}
}

// flowed is where gradient flow from w stands at each time.
func flowed(t *testing.T, f landscape.Func, w, times []float64) []float64 {
	t.Helper()
	run, err := flow.New(flow.Descent{Func: f}, w, flow.Options{RTol: 1e-12, ATol: 1e-14})
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, at := range times {
		_ = run.Advance(at) // a flow that has come to rest stays there
		out = append(out, run.Point()...)
	}
	return out
}

func testPhaseFlow(t *testing.T, raw json.RawMessage) {
	var in struct {
		U0, V0, Tol float64
		T           []float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	f, w := newPhase([]float64{1, 0}), []float64{in.U0, in.V0}
	reftest.Leaf(t, fields, "w", flowed(t, f, w, in.T), in.Tol)
	reftest.Leaf(t, fields, "phi", []float64{precise(f).at(w)}, in.Tol)
}

func testRootFlow(t *testing.T, raw json.RawMessage) {
	var in struct {
		M   [][]float64
		W0  json.RawMessage
		T   []float64
		Tol float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	w, err := reftest.Flat(in.W0)
	if err != nil {
		t.Fatal(err)
	}
	f := newRoot(len(in.M), slices.Concat(in.M...))
	reftest.Leaf(t, fields, "W", flowed(t, f, w, in.T), in.Tol)
	reftest.Leaf(t, fields, "phi", []float64{precise(f).at(w)}, in.Tol)
}

func testRootPotential(t *testing.T, raw json.RawMessage) {
	var in struct {
		M, Q []float64
		T    float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	n := len(in.M)
	m, w := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		m[i*n+i], w[i*n+i] = in.M[i], math.Sqrt(in.Q[i])
	}
	f := newRoot(n, m)
	reftest.Leaf(t, fields, "phi", []float64{precise(f).at(w)}, 0)
	reftest.Leaf(t, fields, "q_t", squaresAt(in.M, in.Q, in.T), 0)
}

func testPotentialGrid(t *testing.T, raw json.RawMessage) {
	var in struct {
		U, V []float64
		Tol  float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	p := precise(newPhase([]float64{1, 0}))
	p.rtol = 1e-9
	var got []float64
	for _, u := range in.U {
		for _, v := range in.V {
			got = append(got, p.at([]float64{u, v}))
		}
	}
	reftest.Leaf(t, fields, "phi", got, in.Tol)
}
