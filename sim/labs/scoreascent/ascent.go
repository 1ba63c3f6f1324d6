package scoreascent

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// window is how many steps the acceptance is averaged over.
const window = 100

// An ascent follows an estimate of the gradient by an optimiser: score ascent on λ.
type ascent struct {
	*chains
	ground *inference.Divergence
	build  func(stepSize float64) opt.Optimizer
	rule   opt.Optimizer
	falls  func(step int) float64 // factor of the step size
	noise  noise

	mem               opt.Memory
	x, next, before   []float64
	estimated, update []float64
	clock             opt.Clock
	accepted          float64 // mean of the last steps
	end               error
}

func newAscent(c *chains, ground *inference.Divergence, start []float64, build func(float64) opt.Optimizer, falls func(int) float64, stepSize float64, src noise) *ascent {
	n := len(start)
	a := &ascent{chains: c, ground: ground, build: build, rule: build(stepSize), falls: falls, noise: src, x: slices.Clone(start), before: slices.Clone(start),
		next: make([]float64, n), estimated: make([]float64, n), update: make([]float64, n)}
	a.mem = opt.NewMemory(a.rule.Slots(n), n)
	return a
}

// Step implements sim.Method.
func (a *ascent) Step() error {
	if a.end != nil {
		return a.end
	}
	copy(a.before, a.x)
	a.estimate(a.estimated, a.x, a.clock.Steps, a.noise)
	a.clock.Evaluations += a.n
	if a.kind == elbo {
		a.clock.Evaluations -= a.n
		a.clock.Gradients += a.n
	}
	a.mem.Scale = a.falls(a.clock.Steps + 1)
	a.rule.Update(a.update, a.estimated, a.x, &a.mem)
	for i, d := range a.update {
		a.next[i] = a.x[i] + d
	}
	if !landscape.Finite(a.next) {
		a.end = fmt.Errorf("%w: a parameter of q is not finite or above 1e12 in size", opt.ErrDiverged)
		return a.end
	}
	if a.cheap() && !finite(a.ground.Loss(a.next)) {
		a.end = fmt.Errorf("%w: the divergence is not finite at the next q", opt.ErrDiverged)
		return a.end
	}
	a.x, a.next = a.next, a.x
	a.clock.Steps++
	a.clock.Time += a.mem.Rate
	a.accepted += (a.accept - a.accepted) / float64(min(a.clock.Steps, window))
	return nil
}

// cheap reports whether the loss costs less than a step: then every proposal's is looked at.
func (a *ascent) cheap() bool { return a.ground.Family == inference.MeanField || a.d <= 8 }

// Point implements sim.Method.
func (a *ascent) Point() []float64 { return a.x }

// Clock implements sim.Method.
func (a *ascent) Clock() opt.Clock { return a.clock }

// Turn implements sim.Turner.
func (a *ascent) Turn(id string, v float64) error {
	if id != "step-size" {
		return fmt.Errorf("%s cannot be turned while a chain runs", id)
	}
	a.rule = a.build(v)
	return nil
}

// CloneMethod implements sim.Cloner.
func (a *ascent) CloneMethod() sim.Method {
	c := *a
	c.chains = a.chains.clone()
	c.mem = a.mem.Clone()
	c.x, c.next, c.before, c.estimated, c.update = slices.Clone(a.x), slices.Clone(a.next), slices.Clone(a.before), slices.Clone(a.estimated), slices.Clone(a.update)
	return &c
}

// Dissect implements sim.Dissecter: the exact slope, what the chains make of it, and the step.
func (a *ascent) Dissect() ([]opt.Stage, error) {
	exact := make([]float64, len(a.x))
	a.ground.Grad(exact, a.x)
	if err := a.Step(); err != nil {
		return nil, err
	}
	kernel.Scale(-1, exact)
	estimate := slices.Clone(a.estimated)
	kernel.Scale(-1, estimate)
	return []opt.Stage{{Symbol: `-\nabla \mathrm{KL}`, Label: "exact slope", V: exact}, {Symbol: `-g`, Label: "the chains' estimate", V: estimate},
		{Symbol: `\Delta\lambda`, Label: "the step", V: slices.Clone(a.update)}}, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
