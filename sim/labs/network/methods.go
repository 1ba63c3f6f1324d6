package network

import (
	"math"

	"thalweg/landscape/nets"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// aimlessID is the method without a gradient, the yardstick of all pictures of paths.
const aimlessID = "random-walk"

var methods = append(rules.Kinds(rules.Rows, byGround), sim.MethodKind{
	ID: aimlessID, Label: "Random walk",
	Hyper: []*param.Control{{ID: "step-size", Label: "Step size", Kind: param.Real, Min: 1e-10, Max: 100, Log: true, Default: param.Num(0.01),
		Help: "Standard deviation of each coordinate's move in a step."}},
}, recordedKind)

// byGround gives the defaults that suit nets: on every problem with two layers of 16, each first-order method
// then ends 300 steps below its start.
func byGround(method, hyper string, v param.Values) (float64, bool) {
	switch hyper {
	case "step-size":
		switch method {
		case "gd", "sgd", "noisy-gd", "modified-flow", "kinetic-langevin":
			return 0.1, true
		case "langevin":
			return 1e-3, true
		case "adadelta", "lbfgs":
			return 0, false
		}
		return 0.01, true
	case "temperature":
		return 1e-4, true
	case "time-step":
		return 0.1, true
	case "population":
		return 4 + math.Floor(3*math.Log(float64(dimension(v)))), true
	}
	return 0, false
}

// heavy are the methods that keep a matrix, or as many points, as there are parameters.
var heavy = map[string]bool{"newton": true, "bfgs": true, "nelder-mead": true, "cma-es": true}

// maxHeavy is the largest net for them.
const maxHeavy = 600

// newMethod builds a contestant on a ground, from a start.
func newMethod(m *sim.MethodSpec, g *ground, start []float64, setup *sim.Setup) (sim.Method, error) {
	common := setup.Values.On("common-noise")
	if m.Kind.ID == aimlessID {
		code := uint64(0)
		if !common {
			code = rng.MethodCode(m.ID)
		}
		step := aimless{m.Hyper.Real("step-size"), opt.KeyNoise(rng.NewKey(setup.Seed, 0, code, 0, rng.GradientNoise))}
		return opt.NewWalk(g.train, start, func() opt.Parts { return opt.Parts{Mover: step} })
	}
	if m.Kind.ID == recordedKind.ID {
		return nil, param.Refuse("methods", "%s shows the path of a file; on a net there is none", m.ID)
	}
	if n := g.train.Dim(); heavy[m.Kind.ID] && n > maxHeavy {
		return nil, param.Refuse("methods", "%s on a net of %d parameters, at most %d", m.ID, n, maxHeavy)
	}
	return rules.New(m, opt.Env{Ground: g.train, Start: start, Seed: setup.Seed, CommonNoise: common})
}

// aimless moves by noise alone.
type aimless struct {
	stepSize float64
	noise    opt.Noise
}

// Slots implements opt.Mover.
func (aimless) Slots(int) int { return 0 }

// Move implements opt.Mover. Its time counts steps.
func (a aimless) Move(dst []float64, _ opt.Slope, _ []float64, m *opt.Memory) {
	a.noise.Normal(dst, uint64(m.Step))
	for i := range dst {
		dst[i] *= a.stepSize
	}
	m.Rate = 1
	m.Step++
}

// gradWork estimates the floating point operations of a gradient over all rows: 6 for each row and multiplication of its
// way through the net.
func gradWork(net *nets.Net[float64]) float64 {
	return 6 * float64(net.Shape().Work()) * float64(net.Len())
}

// work estimates the floating point operations of a step. A product with the Hessian is three gradients.
func work(m *sim.MethodSpec, net *nets.Net[float64]) float64 {
	n, rows := float64(net.Dim()), float64(net.Len())
	full := gradWork(net)
	switch m.Kind.ID {
	case aimlessID:
		return n
	case "gradient-flow":
		return 10 * full
	case "modified-flow":
		return 40 * full
	case "cma-es":
		return m.Hyper.Real("population")*full/3 + 10*n*n*n
	case "newton":
		return 3*n*full + n*n*n
	case "bfgs", "nelder-mead":
		return 2*full + 4*n*n
	}
	if b, ok := m.Hyper.Find("batch-size"); ok && b.Num > 0 {
		return full * min(1, b.Num/rows)
	}
	return full
}
