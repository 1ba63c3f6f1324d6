package opt

import (
	"slices"

	"thalweg/landscape"
	"thalweg/sim/flow"
)

// Flow is gradient flow, or the modified flow, as a contestant: each step goes on by one time step of the clock,
// whatever steps the integrator takes within.
type Flow struct {
	rule     *Rule
	values   Hyper
	field    func(landscape.Func) flow.Field
	run      *flow.Integrator
	timeStep float64
	from     float64 // flow time at step base
	base     int     // step at which the present time step began to hold
	clock    Clock
	last     []float64
	end      error
	anatomy  Anatomy
	slope    landscape.Func
}

func gradientFlow(h Hyper, env *Env) (Method, error) {
	return newFlow(h, env, h["time-step"], flow.Options{RTol: h["rtol"], ATol: h["atol"]},
		func(f landscape.Func) flow.Field { return flow.Descent{Func: f} })
}

func modifiedFlow(h Hyper, env *Env) (Method, error) {
	eta := h["step-size"]
	return newFlow(h, env, eta, flow.Options{}, func(f landscape.Func) flow.Field { return flow.NewModified(f, eta) })
}

func newFlow(h Hyper, env *Env, timeStep float64, o flow.Options, field func(landscape.Func) flow.Field) (Method, error) {
	run, err := flow.New(field(env.Ground), env.Start, o)
	if err != nil {
		return nil, err
	}
	return &Flow{rule: env.rule, values: h, field: field, run: run, timeStep: timeStep, slope: env.Ground,
		last: slices.Clone(env.Start), anatomy: Anatomy{dim: len(env.Start)}}, nil
}

// Step implements Method. A flow that ends inside a time step makes a last shorter step to its end.
func (f *Flow) Step() error {
	if f.end != nil {
		return f.end
	}
	copy(f.last, f.run.Point())
	before := f.run.Time()
	// Multiples of the time step instead of a running sum keep record k at the same time whatever came between.
	f.end = f.run.Advance(f.from + float64(f.clock.Steps+1-f.base)*f.timeStep)
	stats := f.run.Stats()
	f.clock.Gradients, f.clock.Evaluations = stats.Gradients+stats.Products, stats.Losses
	f.clock.Time = f.run.Time()
	if f.end != nil && f.clock.Time <= before {
		return f.end
	}
	f.clock.Steps++
	return nil
}

// Point implements Method.
func (f *Flow) Point() []float64 { return f.run.Point() }

// Clock implements Method.
func (f *Flow) Clock() Clock { return f.clock }

// Integrator is what integrates the flow, to look at: its costs, checks and crossings.
func (f *Flow) Integrator() *flow.Integrator { return f.run }

// Turn implements Method.
func (f *Flow) Turn(id string, v float64) error {
	values, err := f.rule.turn(f.values, id, v)
	if err != nil {
		return err
	}
	f.values = values
	f.run.Retolerate(values["rtol"], values["atol"])
	f.from, f.base, f.timeStep = f.clock.Time, f.clock.Steps, values["time-step"]
	return nil
}

// Stand puts another ground of as many parameters beneath the flow, which starts anew from where it is.
func (f *Flow) Stand(ground landscape.Func) error {
	if err := f.run.Onto(f.field(ground)); err != nil {
		return err
	}
	f.slope = ground
	return nil
}

// Clone returns a deep copy that goes on with the same bits.
func (f *Flow) Clone() *Flow {
	c := *f
	c.run = f.run.Clone()
	c.run.Rebase(f.field(f.slope))
	c.last = slices.Clone(f.last)
	c.anatomy = Anatomy{dim: len(f.last)}
	return &c
}

// Anatomy implements Method: the gradient where the step began, the accepted points inside it row by row, the update.
func (f *Flow) Anatomy() []Vector {
	f.anatomy.reset()
	f.slope.Grad(f.anatomy.Add("gradient"), f.last)
	f.anatomy.Put("inner points", f.run.Inner())
	update := f.anatomy.Add("update")
	for i, x := range f.run.Point() {
		update[i] = x - f.last[i]
	}
	return f.anatomy.list
}
