package network

import (
	"fmt"
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// maxDim bounds the number of parameters.
const maxDim = 200_000

// A recipe is what fixes a ground: the controls, read.
type recipe struct {
	problem    problem
	rows       data.Options
	filters    []int // of the convolutions before the widths
	widths     []int
	activation kernel.Activation
	loss       nets.Loss
	l2         float64
	bias       bool
	init       nets.Init
	initScale  float64
	seed       uint64
	checkpoint *files.Checkpoint // uploaded weights to start from, nil for drawn ones
}

// plain is a recipe with the defaults of the controls.
func plain(problem string, widths ...int) recipe {
	r := recipe{problem: findProblem(problem), widths: widths, bias: true, initScale: 1, seed: 1}
	r.rows = data.Options{Problem: problem, Samples: 400, Seed: 1, Noise: 0.15, Classes: r.problem.classes, Turns: 1.5, TestFraction: 0.2, Standardize: true}
	if r.problem.classes > 0 {
		r.loss = nets.CrossEntropy
	}
	return r
}

// read makes a recipe of the controls.
func read(v param.Values, seed uint64) (recipe, error) {
	r := recipe{problem: problemOf(v), l2: v.Real("l2"), bias: v.On("bias"), initScale: v.Real("init-scale"), seed: seed}
	var own *data.Table
	var err error
	if r.problem.id == ownData {
		own, err = table(v)
	}
	if err == nil {
		r.checkpoint, err = checkpointOf(v)
	}
	if err != nil {
		return r, err
	}
	if r.filters, r.widths, err = nets.ParseArchitecture(v.Text("architecture")); err != nil {
		return r, param.Refuse("architecture", "%s", err)
	}
	if len(r.filters) > 0 && r.problem.id != digits {
		return r, param.Refuse("architecture", "'%s' — convolutions look at images, which only the problem digits has; %s takes widths alone", v.Text("architecture"), r.problem.id)
	}
	if r.activation, err = kernel.ParseActivation(v.Text("activation")); err != nil {
		return r, err
	}
	if r.loss, err = nets.ParseLoss(v.Text("loss")); err != nil {
		return r, err
	}
	if r.init, err = nets.ParseInit(v.Text("init")); err != nil {
		return r, err
	}
	if r.loss == nets.CrossEntropy && r.problem.classes == 0 {
		return r, param.Refuse("loss", "cross-entropy needs classes; %s is a regression", r.problem.id)
	}
	r.rows = data.Options{
		Problem: r.problem.id, Samples: v.Whole("samples"), Seed: seed, Noise: v.Real("noise"), Classes: v.Whole("classes"), Turns: v.Real("turns"),
		TestFraction: v.Real("test-fraction"), Standardize: v.On("standardize"), LabelNoise: v.Real("label-noise"), Table: own,
	}
	if r.problem.id == "teacher" {
		r.rows.Identity, r.rows.TeacherValues = r.activation == kernel.Identity, v.Vector("teacher-values")
	}
	return r, nil
}

// A ground is a net over its train rows, with what is measured beside it.
type ground struct {
	problem problem
	set     *data.Set
	train   *nets.Net[float64]
	test    *nets.Net[float64] // nil without test rows; its loss has no decay term
	box     nets.Box           // around the train rows of two inputs
	note    string
	start   []float64 // where the first draw of weights stands
	from    func(run int) []float64
	modes   *nets.Modes // nil unless a net without bends learns the linear teacher

	decays map[float64]*ground // the same net by its l2: all that share this ground share them
}

func (r recipe) ground() (*ground, error) {
	set, err := data.Make(r.rows)
	if err != nil {
		return nil, err
	}
	return r.over(set)
}

// over puts the net over rows that are already made.
func (r recipe) over(set *data.Set) (*ground, error) {
	shape := nets.Shape{Filters: r.filters, Activation: r.activation, Loss: r.loss, Bias: r.bias, L2: r.l2}
	var err error
	if shape.Sizes, err = nets.Sizes(set.Inputs, r.filters, r.widths, set.Outputs); err != nil {
		return nil, param.Refuse("architecture", "%s", err)
	}
	switch n := shape.Dim(); {
	case n > maxDim:
		return nil, param.Refuse("architecture", "this net has %d parameters, at most %d", n, maxDim)
	case n < 2:
		return nil, param.Refuse("architecture", "this net has %d parameter, a picture needs at least 2", n)
	}
	g := &ground{problem: r.problem, note: set.Note, set: set}
	if g.from, err = r.begin(shape); err != nil {
		return nil, err
	}
	g.start = g.from(0)
	if g.train, err = nets.New(shape, set.X, set.Y); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	if set.TestRows() > 0 {
		test, err := g.train.Over(set.TestX, set.TestY)
		if err != nil {
			return nil, fmt.Errorf("network: %w", err)
		}
		g.test = test.Decayed(0)
	}
	if r.rows.Identity && !r.bias {
		modes, err := data.LinearTeacher(r.seed, r.rows.TeacherValues)
		if err != nil {
			return nil, err
		}
		g.modes = &modes
	}
	if set.Inputs == 2 {
		g.box = around(set.X)
	}
	g.decays = map[float64]*ground{r.l2: g}
	return g, nil
}

// decayed is the same ground with another l2, made once.
func (g *ground) decayed(l2 float64) *ground {
	other := g.decays[l2]
	if other == nil {
		c := *g
		c.train = g.train.Decayed(l2)
		other, g.decays[l2] = &c, &c
	}
	return other
}

// around is the box of points x, y, x, y, …, a tenth wider on every side.
func around(x []float64) nets.Box {
	b := nets.Box{XMin: math.Inf(1), XMax: math.Inf(-1), YMin: math.Inf(1), YMax: math.Inf(-1)}
	for i := 0; i < len(x); i += 2 {
		b.XMin, b.XMax = min(b.XMin, x[i]), max(b.XMax, x[i])
		b.YMin, b.YMax = min(b.YMin, x[i+1]), max(b.YMax, x[i+1])
	}
	w, h := (b.XMax-b.XMin)/10, (b.YMax-b.YMin)/10
	return nets.Box{XMin: b.XMin - w, XMax: b.XMax + w, YMin: b.YMin - h, YMax: b.YMax + h}
}
