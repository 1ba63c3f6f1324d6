package race

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/reftest"
	"thalweg/landscape/surfaces"
	"thalweg/sim"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "race", map[string]reftest.Part{
		"surfaces": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
				reftest.Cases(t, raw, func(t *testing.T, _ string, raw json.RawMessage) { testSurface(t, name, raw) })
			})
		},
		"minima": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
				reftest.Cases(t, raw, func(t *testing.T, _ string, raw json.RawMessage) { testMinimum(t, name, raw) })
			})
		},
		"formula":        each(testFormula),
		"formula_errors": each(testFormulaError),
		"runs":           each(testRun),
		"stability":      each(testStability),
		"noise":          each(testNoise),
		"swarm":          each(testSwarm),
		"flow_end":       each(testFlowEnd),
	})
}

func each(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
	}
}

func openSurface(t *testing.T, name string, dim int) landscape.Curved {
	t.Helper()
	s, ok := surfaces.Find(reftest.ID(name))
	if !ok {
		t.Fatalf("there is no surface %s", name)
	}
	f, err := s.New(surfaces.Params{Dim: dim})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// leavesOf holds loss, gradient and Hessian-vector product against the answers of a case.
func leavesOf(t *testing.T, f landscape.Curved, x, v []float64, raw json.RawMessage) {
	fields := reftest.Object(t, raw)
	n := len(x)
	grad, product := make([]float64, n), make([]float64, n)
	loss := f.Grad(grad, x)
	if v != nil {
		f.HessVec(product, x, v)
	}
	reftest.Leaf(t, fields, "value", []float64{loss}, 0)
	reftest.Leaf(t, fields, "grad", grad, 0)
	reftest.Leaf(t, fields, "hvp", product, 0)
}

func testSurface(t *testing.T, name string, raw json.RawMessage) {
	var given struct{ X, V []float64 }
	reftest.Decode(t, raw, &given)
	leavesOf(t, openSurface(t, name, len(given.X)), given.X, given.V, raw)
}

func testMinimum(t *testing.T, name string, raw json.RawMessage) {
	var given struct{ Near []float64 }
	reftest.Decode(t, raw, &given)
	c, err := landscape.Polish(t.Context(), openSurface(t, name, len(given.Near)), given.Near)
	if err != nil {
		t.Fatal(err)
	}
	fields := reftest.Object(t, raw)
	if want, ok := fields["x"]; ok {
		t.Run("x", func(t *testing.T) {
			x, err := reftest.Flat(want)
			if err != nil {
				t.Fatal(err)
			}
			for i := range x {
				if len(x) != len(c.X) || !(math.Abs(c.X[i]-x[i]) <= 1e-9) { // absolute, by the specification
					t.Fatalf("at %v, want %v", c.X, x)
				}
			}
		})
	}
	reftest.Leaf(t, fields, "value", []float64{c.Loss}, 0)
	reftest.Leaf(t, fields, "eig", c.Eigenvalues, 0)
}

func testFormula(t *testing.T, raw json.RawMessage) {
	var given struct {
		Text string
		X, V []float64
		Par  map[string]float64
	}
	reftest.Decode(t, raw, &given)
	f, err := surfaces.Parse(given.Text)
	if err != nil {
		t.Fatalf("%s: %v", given.Text, err)
	}
	leavesOf(t, f.With(given.Par), given.X, given.V, raw)
}

// testFormulaError reads the fault as a spec reports it, and its kind from the parser.
func testFormulaError(t *testing.T, raw json.RawMessage) {
	var given struct{ Text string }
	reftest.Decode(t, raw, &given)
	_, err := Lab.Resolve(sim.Draft{Values: []sim.Pair{{Name: "problem", Text: formulaID}, {Name: "formula", Text: given.Text}}})
	faults := param.Faults(err)
	if len(faults) != 1 || faults[0].Field != "formula" {
		t.Fatalf("%q is refused with %v", given.Text, err)
	}
	fields := reftest.Object(t, raw)
	column := math.NaN()
	if rest, ok := strings.CutPrefix(faults[0].Detail, "column "); ok {
		n, _, _ := strings.Cut(rest, ":")
		if k, err := strconv.Atoi(n); err == nil {
			column = float64(k)
		}
	}
	reftest.Leaf(t, fields, "column", []float64{column}, 0)
	if want, ok := fields["kind"]; ok {
		t.Run("kind", func(t *testing.T) {
			_, err := surfaces.Parse(given.Text)
			if bad, ok := err.(*surfaces.FormulaError); !ok || strconv.Quote(bad.Kind) != string(want) {
				t.Errorf("%q is refused with %#v, want kind %s", given.Text, err, want)
			}
		})
	}
}

// play resolves and plays a spec.
func play(t *testing.T, d sim.Draft) *sim.Trace {
	t.Helper()
	s, err := Lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := sim.Play(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func vector(v []float64) string {
	texts := make([]string, len(v))
	for i, x := range v {
		texts[i] = param.FormatNumber(x)
	}
	return strings.Join(texts, ",")
}

func testRun(t *testing.T, raw json.RawMessage) {
	var given struct {
		Problem, Method string
		Start           []float64
		Hyper           map[string]json.RawMessage
		Steps           int
	}
	reftest.Decode(t, raw, &given)
	var hyper []string
	for id, v := range given.Hyper {
		hyper = append(hyper, reftest.ID(id)+"="+strings.Trim(string(v), `"`))
	}
	slices.Sort(hyper)
	d := sim.Draft{Steps: &given.Steps, Methods: []string{reftest.ID(given.Method) + ":" + strings.Join(hyper, ",")},
		Values: []sim.Pair{{Name: "problem", Text: reftest.ID(given.Problem)}, {Name: "start", Text: vector(given.Start)}}}
	if s, _ := surfaces.Find(reftest.ID(given.Problem)); s.Variable {
		d.Values = append(d.Values, sim.Pair{Name: "dim", Text: strconv.Itoa(len(given.Start))})
	}
	reftest.Leaf(t, reftest.Object(t, raw), "path", play(t, d).Methods[0].Theta, 0)
}

func testStability(t *testing.T, raw json.RawMessage) {
	var given struct{ Eigenvalue, Momentum float64 }
	reftest.Decode(t, raw, &given)
	fields := reftest.Object(t, raw)
	f, err := surfaces.Parse("x^2+y^2")
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"gd": "gd", "heavy_ball": "momentum", "nesterov": "nesterov"} {
		hyper := opt.Hyper{"step-size": 1}
		if id != "gd" {
			hyper["momentum"] = given.Momentum
		}
		m, err := opt.New(id, hyper, opt.Env{Ground: f.With(nil), Start: []float64{1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		reftest.Leaf(t, fields, name, []float64{m.(*opt.Walk).StableStep(given.Eigenvalue)}, 0)
	}
}

func testNoise(t *testing.T, raw json.RawMessage) {
	var given struct {
		Eigenvalues []float64
		StepSize    float64 `json:"step_size"`
		Sigma       float64
	}
	reftest.Decode(t, raw, &given)
	fields := reftest.Object(t, raw)
	reftest.Leaf(t, fields, "isotropic", []float64{isotropicFloor(given.Eigenvalues, given.StepSize, given.Sigma)}, 0)
	reftest.Leaf(t, fields, "jitter", []float64{jitterFloor(given.Eigenvalues, given.StepSize, given.Sigma)}, 0)
	reftest.Leaf(t, fields, "relative_limit", []float64{relativeLimit(given.Eigenvalues, given.Sigma)}, 0)
}

func testSwarm(t *testing.T, raw json.RawMessage) {
	var given struct {
		Problem  string
		StepSize float64 `json:"step-size"`
		Swarm    int
		Steps    int
		Minima   [][]float64
	}
	reftest.Decode(t, raw, &given)
	m := play(t, sim.Draft{Steps: &given.Steps, Methods: []string{"gd:step-size=" + param.FormatNumber(given.StepSize)},
		Values: []sim.Pair{{Name: "problem", Text: reftest.ID(given.Problem)}, {Name: "swarm", Text: strconv.Itoa(given.Swarm)}}}).Methods[0]
	points, _ := m.Swarm()
	got := make([]float64, len(given.Minima)+2)
	own := counts(m)
	lost := own[len(own)-1]
	got[len(given.Minima)+1] = float64(lost)
	got[len(given.Minima)] = float64(len(points)/2 - lost)
	for i := 0; i < len(points); i += 2 {
		for k, x := range given.Minima {
			if math.Hypot(points[i]-x[0], points[i+1]-x[1]) <= reached {
				got[k]++
				got[len(given.Minima)]--
				break
			}
		}
	}
	if raw, ok := reftest.Object(t, raw)["counts"]; ok {
		t.Run("counts", func(t *testing.T) {
			want, err := reftest.Flat(raw)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if len(got) != len(want) || !(math.Abs(got[i]-want[i]) <= 1) { // by the specification
					t.Fatalf("%v starts at the minima, at none, diverged; want %v, each within 1", got, want)
				}
			}
		})
	}
}

func testFlowEnd(t *testing.T, raw json.RawMessage) {
	var given struct {
		Problem string
		Start   []float64
	}
	reftest.Decode(t, raw, &given)
	steps := 10000
	m := play(t, sim.Draft{Steps: &steps, Methods: []string{"gradient-flow:rtol=1e-10,atol=1e-12"},
		Values: []sim.Pair{{Name: "problem", Text: reftest.ID(given.Problem)}, {Name: "start", Text: vector(given.Start)}}}).Methods[0]
	fields, end := reftest.Object(t, raw), m.End()
	if m.State != sim.Converged {
		t.Fatalf("the flow is %s at step %d", m.State, m.StoppedAt)
	}
	reftest.Leaf(t, fields, "end", end, 1e-7)
	reftest.Leaf(t, fields, "invariant", []float64{end[0]*end[0] - end[1]*end[1]}, 1e-7)
	reftest.Leaf(t, fields, "sharpness", []float64{m.Last("sharpness")}, 1e-7)
}

// TestSwarmShares holds grids of 32 x 32 starts against counts of another program.
func TestSwarmShares(t *testing.T) {
	if testing.Short() {
		t.Skip("four thousand walks")
	}
	for _, c := range []struct {
		problem, eta string
		steps        int
		want         string
	}{
		{"himmelblau", "0.01", 2000, "[241 267 261 255 0 0]"},
		{"himmelblau", "0.003", 4000, "[241 267 261 255 0 0]"},
		{"six-hump-camel", "0.01", 4000, "[148 86 278 278 86 148 0 0]"},
		{"rastrigin", "0.001", 2000, "[16 1008 0]"},
	} {
		m := play(t, sim.Draft{Steps: &c.steps, Methods: []string{"gd:step-size=" + c.eta},
			Values: []sim.Pair{{Name: "problem", Text: c.problem}, {Name: "swarm", Text: "32"}}}).Methods[0]
		if got := fmt.Sprint(counts(m)); got != c.want {
			t.Errorf("%s at %s: %s, want %s", c.problem, c.eta, got, c.want)
		}
	}
}
