package network

import (
	"encoding/json"
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
	"thalweg/landscape/reftest"
	"thalweg/landscape/rng"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/opt"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "network", map[string]reftest.Part{
		"nets":        cases(checkNet),
		"tiny":        cases(checkTiny),
		"filter_norm": cases(checkFilterNorm),
		"slice":       cases(checkSlice),
		"init":        cases(checkInit),
		"data":        cases(checkData),
		"batches":     cases(checkBatches),
		"align":       cases(checkAlign),
		"bezier_grad": cases(checkBezier),
		"path":        cases(checkPath),
		"deep_linear": cases(checkDeepLinear),
		"safetensors": cases(checkSafetensors),
	})
}

// checkSafetensors reads checkpoints that other programs wrote.
func checkSafetensors(t *testing.T, _ *given, fields map[string]json.RawMessage) {
	var file []byte
	reftest.Decode(t, fields["file"], &file)
	c, err := files.ReadCheckpoint(file)
	if err != nil {
		t.Fatal(err)
	}
	sizes := make([]float64, len(c.Sizes))
	for i, n := range c.Sizes {
		sizes[i] = float64(n)
	}
	reftest.Leaf(t, fields, "sizes", sizes, 0)
	reftest.Leaf(t, fields, "theta", c.Theta, 0)
}

// A given is what the cases of all parts may give.
type given struct {
	Sizes       []int       `json:"sizes"`
	Activation  string      `json:"activation"`
	Loss        string      `json:"loss"`
	Bias        bool        `json:"bias"`
	WeightDecay float64     `json:"weight_decay"`
	Theta       []float64   `json:"theta"`
	X           [][]float64 `json:"X"`
	Y           [][]float64 `json:"Y"`
	V           []float64   `json:"v"`
	Batch       []int       `json:"batch"`
	StepSize    float64     `json:"step_size"`

	Direction []float64    `json:"direction"`
	Origin    []float64    `json:"origin"`
	Axes      [2][]float64 `json:"axes"`
	At        [][2]float64 `json:"at"`
	Point     []float64    `json:"point"`

	Init      string  `json:"init"`
	InitScale float64 `json:"init_scale"`
	Seed      uint64  `json:"seed"`
	Run       uint64  `json:"run"`
	Rows      int     `json:"rows"`
	BatchSize int     `json:"batch-size"`
}

func cases(check func(t *testing.T, c *given, fields map[string]json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) {
			var c given
			reftest.Decode(t, raw, &c)
			check(t, &c, reftest.Object(t, raw))
		})
	}
}

func (c *given) shape(t *testing.T) nets.Shape {
	t.Helper()
	s := nets.Shape{Sizes: c.Sizes, Bias: c.Bias, L2: c.WeightDecay}
	var err error
	if c.Activation != "" {
		if s.Activation, err = kernel.ParseActivation(c.Activation); err != nil {
			t.Fatal(err)
		}
	}
	if c.Loss != "" {
		if s.Loss, err = nets.ParseLoss(c.Loss); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (c *given) net(t *testing.T) *nets.Net[float64] {
	t.Helper()
	n, err := nets.New(c.shape(t), flat(c.X), flat(c.Y))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func flat(rows [][]float64) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

// oneBatch deals the same rows at each step.
type oneBatch []int

func (b oneBatch) Next(int) []int { return b }

// step is the point after one step of gradient descent.
func (c *given) step(t *testing.T, n *nets.Net[float64], slope opt.Slope) []float64 {
	t.Helper()
	w, err := opt.NewWalk(n, c.Theta, func() opt.Parts {
		return opt.Parts{Optimizer: opt.GD{StepSize: c.StepSize}, Slope: slope}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Step(); err != nil {
		t.Fatal(err)
	}
	return w.Point()
}

func checkNet(t *testing.T, c *given, fields map[string]json.RawMessage) {
	n := c.net(t)
	grad, batchGrad, hvp := make([]float64, n.Dim()), make([]float64, n.Dim()), make([]float64, n.Dim())
	value, batchValue := n.Grad(grad, c.Theta), n.GradAt(batchGrad, c.Theta, c.Batch)
	n.HessVec(hvp, c.Theta, c.V)
	reftest.Leaf(t, fields, "outputs", n.Outputs(c.Theta), 0)
	reftest.Leaf(t, fields, "value", []float64{value}, 0)
	reftest.Leaf(t, fields, "grad", grad, 0)
	reftest.Leaf(t, fields, "hvp", hvp, 0)
	reftest.Leaf(t, fields, "batch_value", []float64{batchValue}, 0)
	reftest.Leaf(t, fields, "batch_grad", batchGrad, 0)
	reftest.Leaf(t, fields, "gd_step", c.step(t, n, opt.Full{Ground: n}), 0)
	reftest.Leaf(t, fields, "sgd_step", c.step(t, n, &opt.Batched{Ground: n, Batches: oneBatch(c.Batch)}), 0)
}

func checkTiny(t *testing.T, c *given, fields map[string]json.RawMessage) {
	n := c.net(t)
	dim := n.Dim()
	h, _ := landscape.Hessian(n, c.Theta)
	var trace, square float64
	for i, v := range h {
		square += v * v
		if i%(dim+1) == 0 {
			trace += v
		}
	}
	tops := layerTops(n, landscape.HessianAt(n, c.Theta))
	reftest.Leaf(t, fields, "hess_eigenvalues", landscape.Spectrum(n, c.Theta), 0)
	reftest.Leaf(t, fields, "trace", []float64{trace}, 0)
	reftest.Leaf(t, fields, "fro2", []float64{square}, 0)
	reftest.Leaf(t, fields, "layer_top", tops, 0)
}

func checkFilterNorm(t *testing.T, c *given, fields map[string]json.RawMessage) {
	d := make([]float64, len(c.Direction))
	landscape.FilterNormalize(d, c.Direction, c.Theta, c.shape(t).Blocks())
	reftest.Leaf(t, fields, "out", d, 0)
}

func checkSlice(t *testing.T, c *given, fields map[string]json.RawMessage) {
	n := c.net(t)
	p := landscape.Plane{Origin: c.Origin, Axes: c.Axes}
	x := make([]float64, n.Dim())
	var values []float64
	for _, at := range c.At {
		p.Point(x, at[0], at[1])
		values = append(values, n.Loss(x))
	}
	s, u, off, err := p.Project(c.Point)
	if err != nil {
		t.Fatal(err)
	}
	p.Point(x, s, u)
	reftest.Leaf(t, fields, "values", values, 0)
	reftest.Leaf(t, fields, "coords", []float64{s, u}, 0)
	reftest.Leaf(t, fields, "plane_distance", []float64{off}, 0)
	reftest.Leaf(t, fields, "plane_loss", []float64{n.Loss(x)}, 0)
	reftest.Leaf(t, fields, "true_loss", []float64{n.Loss(c.Point)}, 0)
}

func checkInit(t *testing.T, c *given, fields map[string]json.RawMessage) {
	law, err := nets.ParseInit(c.Init)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "theta", c.shape(t).Init(law, c.InitScale, c.Seed, c.Run), 1e-12)
}

func checkData(t *testing.T, _ *given, fields map[string]json.RawMessage) {
	c := struct {
		Problem      string    `json:"problem"`
		Samples      int       `json:"samples"`
		Seed         uint64    `json:"seed"`
		Noise        float64   `json:"noise"`
		Classes      int       `json:"classes"`
		Turns        float64   `json:"turns"`
		Activation   string    `json:"activation"`
		TestFraction float64   `json:"test_fraction"`
		Standardize  bool      `json:"standardize"`
		LabelNoise   float64   `json:"label_noise"`
		Values       []float64 `json:"teacher_values"`
	}{Samples: 400, Seed: 1, Noise: 0.15, Turns: 1.5, Activation: "tanh", TestFraction: 0.2, Standardize: true}
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Decode(t, raw, &c)
	set, err := data.Make(data.Options{
		Problem: c.Problem, Samples: c.Samples, Seed: c.Seed, Noise: c.Noise, Classes: c.Classes, Turns: c.Turns, Identity: c.Activation == "identity",
		TeacherValues: c.Values, TestFraction: c.TestFraction, Standardize: c.Standardize, LabelNoise: c.LabelNoise,
	})
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "X", set.X, 0)
	reftest.Leaf(t, fields, "Y", set.Y, 0)
	reftest.Leaf(t, fields, "X_test", set.TestX, 0)
	reftest.Leaf(t, fields, "Y_test", set.TestY, 0)
}

func checkBatches(t *testing.T, c *given, fields map[string]json.RawMessage) {
	b := nets.NewBatches(rng.NewKey(c.Seed, 0, 0, 0, rng.Batch), c.Rows, c.BatchSize)
	walked := opt.EpochBatches(c.Seed, c.Rows, c.BatchSize)
	var rows, same []float64
	for step := range 2 * b.PerEpoch() {
		for _, i := range b.At(step) {
			rows = append(rows, float64(i))
		}
		for _, i := range walked.Next(step) {
			same = append(same, float64(i))
		}
	}
	reftest.Leaf(t, fields, "indices", rows, 0)
	// A batch of all rows needs no order, so walks deal none.
	if c.BatchSize < c.Rows {
		reftest.Close(t, same, rows, 0)
	}
}

func checkAlign(t *testing.T, _ *given, fields map[string]json.RawMessage) {
	var c struct {
		Sizes []int
		Bias  bool
		Signs bool
		A     []float64
		B     []float64
	}
	decode(t, fields, &c)
	r := nets.Align(nets.Shape{Sizes: c.Sizes, Bias: c.Bias}, c.A, c.B, c.Signs)
	var units []float64
	for _, l := range r.Units {
		for _, u := range l {
			units = append(units, float64(u))
		}
	}
	reftest.Leaf(t, fields, "aligned", r.Theta, 0)
	reftest.Leaf(t, fields, "permutation", units, 0)
}

// decode reads the fields of a case that given does not know.
func decode(t *testing.T, fields map[string]json.RawMessage, into any) {
	t.Helper()
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Decode(t, raw, into)
}

// curved are the ends, the bend and the place of a path.
type curved struct {
	A []float64 `json:"a"`
	B []float64 `json:"b"`
	C []float64 `json:"c"`
}

func checkBezier(t *testing.T, c *given, fields map[string]json.RawMessage) {
	var p struct {
		curved
		T float64 `json:"t"`
	}
	decode(t, fields, &p)
	n := c.net(t)
	x, grad := make([]float64, n.Dim()), make([]float64, n.Dim())
	value := landscape.CurveGrad(n, grad, x, p.A, p.C, p.B, p.T)
	reftest.Leaf(t, fields, "value", []float64{value}, 0)
	reftest.Leaf(t, fields, "grad_c", grad, 0)
}

func checkPath(t *testing.T, c *given, fields map[string]json.RawMessage) {
	var p struct {
		curved
		T []float64 `json:"t"`
	}
	decode(t, fields, &p)
	n := c.net(t)
	x := make([]float64, n.Dim())
	var values []float64
	for _, at := range p.T {
		for i := range x {
			x[i] = (1-at)*p.A[i] + at*p.B[i]
		}
		values = append(values, n.Loss(x))
	}
	reftest.Leaf(t, fields, "values", values, 0)
	reftest.Leaf(t, fields, "barrier", []float64{landscape.Barrier(p.T, values, n.Loss(p.A), n.Loss(p.B))}, 0)
}

func checkDeepLinear(t *testing.T, c *given, fields map[string]json.RawMessage) {
	var p struct {
		A        [][]float64
		Hidden   int     `json:"hidden"`
		StepSize float64 `json:"step-size"`
	}
	decode(t, fields, &p)
	out, in := len(p.A), len(p.A[0])
	x, y := make([]float64, in*in), make([]float64, in*out)
	for i := range in {
		// The columns of A times √in at √in times the unit vectors: white inputs.
		x[i*in+i] = math.Sqrt(float64(in))
		for o := range out {
			y[i*out+o] = math.Sqrt(float64(in)) * p.A[o][i]
		}
	}
	net, err := nets.New(nets.Shape{Sizes: []int{in, p.Hidden, out}, Activation: kernel.Identity}, x, y)
	if err != nil {
		t.Fatal(err)
	}
	m := nets.SingularModes(kernel.Dense(out, in, flat(p.A)))
	half := make([]float64, len(m.Values))
	strengths := make([]float64, len(m.Values))
	start := c.Theta
	c.StepSize = p.StepSize
	for step, missing := 0, len(half); missing > 0 && step < 100_000; step++ {
		m.Strengths(strengths, net.Shape(), c.Theta)
		for i, s := range strengths {
			if half[i] == 0 && s >= m.Values[i]/2 {
				half[i] = float64(step)
				missing--
			}
		}
		c.Theta = c.step(t, net, opt.Full{Ground: net})
	}
	reftest.Leaf(t, fields, "predicted", m.HalfSteps(net.Shape(), start, p.StepSize), 1e-7)
	reftest.Leaf(t, fields, "half_steps", half, 0)
}
