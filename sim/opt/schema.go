package opt

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A Param is one hyper-parameter of a rule.
type Param struct {
	ID, Label string
	// Kind is "real", "whole", "switch" (0 or 1) or "choice" (the index into Choices).
	Kind     string
	Min, Max float64
	// Default is NaN where it depends on the ground: the step size, the time step, the population.
	Default float64
	Choices []string
	// Log asks for a logarithmic slider; Live allows turns during a run.
	Log, Live bool
	Help      string
}

// A Rule describes one method and builds it.
type Rule struct {
	ID, Label string
	Hyper     []Param
	// Stochastic rules draw random numbers even on a ground seen whole. NeedsHessian rules use Hessian-vector
	// products, GradientFree ones only losses.
	Stochastic, NeedsHessian, GradientFree bool
	// Slot is the colour and marker slot 1..8 that the method has everywhere, 0 when it takes a free one.
	Slot int

	parts  func(h Hyper, env *Env) Parts           // for rules played by a Walk
	method func(h Hyper, env *Env) (Method, error) // for all others
}

// Hyper holds the values of hyper-parameters by id: numbers, switches as 0 or 1, choices as their index.
type Hyper map[string]float64

// Lookup returns the rule with the id.
func Lookup(id string) (*Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return &Rules[i], true
}

// Param returns the hyper-parameter with the id.
func (r *Rule) Param(id string) (*Param, bool) {
	i := slices.IndexFunc(r.Hyper, func(p Param) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &r.Hyper[i], true
}

// Check reports whether v is a value of the parameter, naming value and range when not.
func (p *Param) Check(v float64) error {
	if math.IsNaN(v) || v < p.Min || v > p.Max {
		return fmt.Errorf("%s is %v; it lies between %v and %v", p.ID, v, p.Min, p.Max)
	}
	if p.Kind != "real" && v != math.Trunc(v) {
		return fmt.Errorf("%s is %v; it takes whole numbers", p.ID, v)
	}
	return nil
}

// fill checks the given values and completes them with the defaults.
func (r *Rule) fill(given Hyper, env *Env) (Hyper, error) {
	for _, id := range slices.Sorted(maps.Keys(given)) {
		if _, ok := r.Param(id); !ok {
			return nil, fmt.Errorf("%s has no hyper-parameter %s; it has %s", r.ID, id, r.names())
		}
	}
	h := make(Hyper, len(r.Hyper))
	for i := range r.Hyper {
		p := &r.Hyper[i]
		v, ok := given[p.ID]
		if !ok || math.IsNaN(v) {
			v = p.Default
			if math.IsNaN(v) {
				v = env.byGround(p.ID)
			}
		}
		if math.IsNaN(v) {
			return nil, fmt.Errorf("%s needs a value for %s: this ground has no default for it", r.ID, p.ID)
		}
		if err := p.Check(v); err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID, err)
		}
		h[p.ID] = v
	}
	return h, nil
}

func (r *Rule) names() string {
	ids := make([]string, len(r.Hyper))
	for i, p := range r.Hyper {
		ids[i] = p.ID
	}
	return strings.Join(ids, ", ")
}

// turn returns the values with one live hyper-parameter changed.
func (r *Rule) turn(h Hyper, id string, v float64) (Hyper, error) {
	p, ok := r.Param(id)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s has no hyper-parameter %s; it has %s", r.ID, id, r.names())
	case !p.Live:
		return nil, fmt.Errorf("%s of %s cannot be turned during a run", id, r.ID)
	}
	if err := p.Check(v); err != nil {
		return nil, err
	}
	h = maps.Clone(h)
	h[id] = v
	return h, nil
}
