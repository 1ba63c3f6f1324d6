package opt

import (
	"math"
	"slices"

	"thalweg/landscape"
)

// A Stage is an update on its way from the gradient to the step: where it points at one moment of its rule. Symbol
// is TeX, Label a word or two.
type Stage struct {
	Symbol, Label string
	V             []float64
}

// Stages collects the stages of one update in order.
type Stages struct {
	dim  int
	list []Stage
	// last is the symbol of the step itself.
	last string
}

// Symbols that several rules share.
const (
	minusGradient = `-\nabla f`
	minusSeen     = `-g` // a gradient of some rows, with noise, or cut
	timesEta      = `\times\eta`
	deltaTheta    = `\Delta\theta`
)

// Add appends a stage and returns its vector to be filled.
func (s *Stages) Add(symbol, label string) []float64 {
	v := make([]float64, s.dim)
	s.list = append(s.list, Stage{symbol, label, v})
	return v
}

// each appends a stage with a value for each coordinate.
func (s *Stages) each(symbol, label string, value func(i int) float64) {
	v := s.Add(symbol, label)
	for i := range v {
		v[i] = value(i)
	}
}

// A Stager is a rule that tells what becomes of a gradient until it is a step. It is told the memory before and after
// the update, the gradient it saw (nil for a Mover) and the point it was made at. The first stage, minus that
// gradient, and the last, the step made, are added by the walk.
type Stager interface {
	Stages(s *Stages, before, after *Memory, grad, x []float64)
}

// Dissect makes the next step and tells its stages, the last of which is the step itself.
func (w *Walk) Dissect() ([]Stage, error) {
	before, from := w.mem.Clone(), slices.Clone(w.x)
	if err := w.Step(); err != nil {
		return nil, err
	}
	s := &Stages{dim: len(w.x), last: deltaTheta}
	var rule any = w.parts.Mover
	if w.parts.Optimizer != nil {
		rule = w.parts.Optimizer
		symbol, label := minusGradient, "gradient"
		if !w.exact() {
			symbol, label = minusSeen, "gradient seen"
		}
		s.each(symbol, label, func(i int) float64 { return -w.grad[i] })
	}
	if r, ok := rule.(Stager); ok {
		r.Stages(s, &before, &w.mem, w.grad, from)
	} else if w.parts.Optimizer == nil {
		s.slope(w.ground, from, "gradient, not used")
	}
	return s.step(from, w.x), nil
}

// exact reports whether the slope that the walk saw last is the ground's own.
func (w *Walk) exact() bool {
	switch s := w.parts.Slope.(type) {
	case Full:
		return true
	case *Batched:
		return s.seen == s.Ground.Len()
	}
	return false
}

// slope appends minus the gradient of a ground.
func (s *Stages) slope(f landscape.Func, x []float64, label string) {
	v := s.Add(minusGradient, label)
	f.Grad(v, x)
	for i := range v {
		v[i] = -v[i]
	}
}

// step appends the step and returns all stages.
func (s *Stages) step(from, to []float64) []Stage {
	s.each(s.last, "the step", func(i int) float64 { return to[i] - from[i] })
	return s.list
}

// plain dissects a step of a method that has no stages between gradient and step.
func plain(m Method, f landscape.Func, label string) ([]Stage, error) {
	from := slices.Clone(m.Point())
	if err := m.Step(); err != nil {
		return nil, err
	}
	s := &Stages{dim: len(from), last: deltaTheta}
	s.slope(f, from, label)
	return s.step(from, m.Point()), nil
}

// Dissect makes the next step and tells its stages.
func (f *Flow) Dissect() ([]Stage, error) { return plain(f, f.slope, "gradient") }

// Dissect makes the next step and tells its stages.
func (e *Evolution) Dissect() ([]Stage, error) { return plain(e, e.ground, "gradient, not used") }

// Dissect makes the next step and tells its stages.
func (c *Classic) Dissect() ([]Stage, error) {
	if c.id == "nelder-mead" {
		return plain(c, c.ground, "gradient, not used")
	}
	return plain(c, c.ground, "gradient")
}

// decayed appends the gradient with weight decay in it, if there is any.
func (s *Stages) decayed(lambda float64, grad, x []float64) {
	if lambda != 0 {
		s.each(`-(\nabla f+\lambda\theta)`, "with weight decay", func(i int) float64 { return -(grad[i] + lambda*x[i]) })
	}
}

// Stages implements Stager.
func (GD) Stages(s *Stages, _, _ *Memory, _, _ []float64) { s.last = timesEta }

// Stages implements Stager.
func (r NoisyGD) Stages(s *Stages, _, after *Memory, grad, _ []float64) {
	s.last = timesEta
	s.each(`-(\nabla f+\tau z)`, "with noise", func(i int) float64 { return -(grad[i] + after.Slot[0][i]) })
}

// Stages implements Stager.
func (r Momentum) Stages(s *Stages, before, after *Memory, grad, x []float64) {
	s.last = timesEta
	s.decayed(r.WeightDecay, grad, x)
	s.each(`-\mu b`, "kept momentum", func(i int) float64 { return -r.Momentum * before.Slot[0][i] })
	s.each(`-b`, "new momentum", func(i int) float64 { return -after.Slot[0][i] })
}

// Stages implements Stager.
func (r Nesterov) Stages(s *Stages, _, after *Memory, grad, x []float64) {
	s.last = timesEta
	s.decayed(r.WeightDecay, grad, x)
	s.each(`-b`, "momentum", func(i int) float64 { return -after.Slot[0][i] })
	s.each(`-(\nabla f+\mu b)`, "look-ahead", func(i int) float64 { return -after.Slot[1][i] })
}

// Stages implements Stager. The gradient is taken where the last step's velocity carries the walk.
func (r Nesterov1983) Stages(s *Stages, _, after *Memory, _, x []float64) {
	s.each(`y-\theta`, "carried on", func(i int) float64 { return after.Slot[3][i] - x[i] })
	s.each(`-\nabla f(y)`, "gradient there", func(i int) float64 { return -after.Slot[1][i] })
	s.each(`-\eta\nabla f(y)`, "times step size", func(i int) float64 { return -after.Rate * after.Slot[1][i] })
}

// Stages implements Stager.
func (r Adagrad) Stages(s *Stages, _, after *Memory, grad, _ []float64) {
	s.last = timesEta
	s.each(`-\nabla f/\sqrt{G}`, "rescaled", func(i int) float64 { return -grad[i] / (math.Sqrt(after.Slot[0][i]) + r.Epsilon) })
}

// Stages implements Stager.
func (r RMSprop) Stages(s *Stages, _, after *Memory, grad, _ []float64) {
	s.last = timesEta
	symbol := `-\nabla f/\sqrt{v}`
	if r.Centered {
		symbol = `-\nabla f/\sqrt{v-\bar g^2}`
	}
	s.each(symbol, "rescaled", func(i int) float64 { return -grad[i] / r.root(after.Slot[0][i], after.Slot[1][i]) })
	if r.Momentum != 0 {
		s.each(`-b`, "momentum", func(i int) float64 { return -after.Slot[2][i] })
	}
}

// Stages implements Stager.
func (r Adam) Stages(s *Stages, _, after *Memory, grad, x []float64) {
	s.last = timesEta
	if !r.Decoupled {
		s.decayed(r.WeightDecay, grad, x)
	}
	c1 := 1 - math.Pow(r.Beta1, float64(after.Step))
	c2 := math.Sqrt(1 - math.Pow(r.Beta2, float64(after.Step)))
	s.each(`-\hat m`, "averaged", func(i int) float64 { return -after.Slot[0][i] / c1 })
	square, symbol := after.Slot[1], `-\hat m/\sqrt{\hat v}`
	if r.AMSGrad {
		square, symbol = after.Slot[2], `-\hat m/\sqrt{\hat v_{\max}}`
	}
	scaled := func(i int) float64 { return -after.Slot[0][i] / c1 / (math.Sqrt(square[i])/c2 + r.Epsilon) }
	s.each(symbol, "rescaled", scaled)
	if r.Decoupled && r.WeightDecay != 0 {
		s.each(symbol+`-\lambda\theta`, "with weight decay", func(i int) float64 { return scaled(i) - r.WeightDecay*x[i] })
	}
}

// Stages implements Stager.
func (r Adamax) Stages(s *Stages, _, after *Memory, _, _ []float64) {
	s.last = timesEta
	c1 := 1 - math.Pow(r.Beta1, float64(after.Step))
	s.each(`-\hat m`, "averaged", func(i int) float64 { return -after.Slot[0][i] / c1 })
	s.each(`-\hat m/u`, "rescaled", func(i int) float64 {
		if after.Slot[1][i] > 0 {
			return -after.Slot[0][i] / c1 / after.Slot[1][i]
		}
		return 0
	})
}

// Stages implements Stager.
func (r NAdam) Stages(s *Stages, before, after *Memory, grad, _ []float64) {
	s.last = timesEta
	t := float64(after.Step)
	mu, next, product := r.momentum(t), r.momentum(t+1), after.Scalar[0]
	below := product * next
	if r.Torch113 {
		below *= mu
	}
	c2 := 1 - math.Pow(r.Beta2, t)
	mix := func(i int) float64 { return -(1-mu)/(1-product)*grad[i] - next/(1-below)*after.Slot[0][i] }
	s.each(`-\hat m`, "averaged ahead", mix)
	s.each(`-\hat m/\sqrt{\hat v}`, "rescaled", func(i int) float64 { return mix(i) / (math.Sqrt(after.Slot[1][i]/c2) + r.Epsilon) })
}

// Stages implements Stager.
func (r Lion) Stages(s *Stages, before, after *Memory, grad, x []float64) {
	s.last = timesEta
	s.each(`-c`, "averaged", func(i int) float64 { return -(r.Beta1*before.Slot[0][i] + (1-r.Beta1)*grad[i]) })
	s.each(`-\operatorname{sign}c`, "signs", func(i int) float64 { return -after.Slot[1][i] })
	if r.WeightDecay != 0 {
		s.each(`-\operatorname{sign}c-\lambda\theta`, "with weight decay", func(i int) float64 { return -(after.Slot[1][i] + r.WeightDecay*x[i]) })
	}
}

// Stages implements Stager.
func (r Adadelta) Stages(s *Stages, _, after *Memory, grad, _ []float64) {
	s.last = timesEta
	s.each(`-\nabla f/\sqrt{v}`, "rescaled", func(i int) float64 { return -grad[i] / math.Sqrt(after.Slot[0][i]+r.Epsilon) })
	s.each(`-\sqrt{a/v}\,\nabla f`, "in its own units", func(i int) float64 {
		return -math.Sqrt(after.Slot[2][i]+r.Epsilon) / math.Sqrt(after.Slot[0][i]+r.Epsilon) * grad[i]
	})
}

// Stages implements Stager.
func (r Rprop) Stages(s *Stages, _, after *Memory, _, _ []float64) {
	s.each(`-\operatorname{sign}\nabla f`, "signs", func(i int) float64 { return -sign(after.Slot[1][i]) })
}

// Stages implements Stager.
func (r LBFGS) Stages(s *Stages, _, after *Memory, _, _ []float64) {
	s.last = timesEta
	s.each(`-H\nabla f`, "direction", func(i int) float64 { return after.Slot[lbfgsDir][i] })
}

// Stages implements Stager.
func (r Langevin) Stages(s *Stages, _, after *Memory, _, _ []float64) {
	s.each(`-\eta\nabla f`, "drift", func(i int) float64 { return after.Slot[1][i] })
	s.each(`\sqrt{2\eta T}\,z`, "noise", func(i int) float64 { return after.Slot[0][i] })
}

// Stages implements Stager.
func (r KineticLangevin) Stages(s *Stages, before, after *Memory, _, _ []float64) {
	kicked := func(i int) float64 { return before.Slot[kineticV][i] + after.Slot[kineticKick][i] }
	s.each(minusGradient, "gradient", func(i int) float64 { return after.Slot[kineticKick][i] / (after.Rate / 2) })
	s.each(`v`, "velocity", func(i int) float64 { return before.Slot[kineticV][i] })
	s.each(`v-\tfrac h2\nabla f`, "kicked", kicked)
	s.each(`v'`, "in the heat bath", func(i int) float64 { return kicked(i) + after.Slot[kineticBath][i] })
}
