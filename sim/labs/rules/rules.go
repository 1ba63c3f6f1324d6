// Package rules offers the methods of package opt to labs: their schema as controls, and contestants built from
// resolved specs.
package rules

import (
	"fmt"
	"math"
	"slices"

	"thalweg/sim"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A Default gives the default of a hyper-parameter that depends on the ground: a step size, a time step, a
// population. It reports false when the rule's own default stands.
type Default func(method, hyper string, v param.Values) (float64, bool)

// Batches says what minibatches a ground has.
type Batches int

// The grounds: without minibatches, with inputs drawn anew in each step, and with rows of data.
const (
	None Batches = iota
	Fresh
	Rows
)

// meaningless are the hyper-parameters that a ground without rows has no use for.
var meaningless = map[Batches][]string{None: {"batch-size", "sampling"}, Fresh: {"sampling"}}

// Kinds lists every rule of opt in its order, without the hyper-parameters of minibatches that a ground does not have.
func Kinds(batches Batches, byGround Default) []sim.MethodKind {
	kinds := make([]sim.MethodKind, 0, len(opt.Rules))
	for i := range opt.Rules {
		r := &opt.Rules[i]
		k := sim.MethodKind{ID: r.ID, Label: r.Label, Slot: r.Slot, Help: tips[r.ID]}
		k.Default = func(id string, v param.Values) (float64, bool) { return byGround(r.ID, id, v) }
		for j := range r.Hyper {
			p := &r.Hyper[j]
			if slices.Contains(meaningless[batches], p.ID) {
				continue
			}
			k.Hyper = append(k.Hyper, control(p, k.Default))
			if p.ID == "time-step" {
				k.Beside = map[string]func([]sim.MethodSpec) (float64, bool){p.ID: smallestStep}
			}
		}
		kinds = append(kinds, k)
	}
	return kinds
}

// smallestStep is the smallest step size among methods, false when none has one. The flow's records then lie as
// dense as those of the methods it is compared with.
func smallestStep(methods []sim.MethodSpec) (float64, bool) {
	least := 0.0
	for i := range methods {
		if v, ok := methods[i].Hyper.Find("step-size"); ok && (least == 0 || v.Num < least) {
			least = v.Num
		}
	}
	return least, least > 0
}

// control describes a hyper-parameter as forms, links and command lines see it.
func control(p *opt.Param, byGround func(string, param.Values) (float64, bool)) *param.Control {
	c := &param.Control{ID: p.ID, Label: p.Label, Symbol: symbols[p.ID], Help: p.Help, Min: p.Min, Max: p.Max, Log: p.Log, Live: p.Live}
	switch p.Kind {
	case "real":
		c.Kind = param.Real
	case "whole":
		c.Kind = param.Whole
	case "switch":
		c.Kind = param.Switch
	case "choice":
		c.Kind = param.Pick
		for _, id := range p.Choices {
			c.Choices = append(c.Choices, param.Choice{ID: id, Label: id})
		}
		c.Default = param.Word(p.Choices[int(p.Default)])
		return c
	default:
		panic(fmt.Sprintf("rules: %s is of the unknown kind %s", p.ID, p.Kind))
	}
	if !math.IsNaN(p.Default) {
		c.Default = param.Num(p.Default)
		return c
	}
	c.By = func(v param.Values) param.Value {
		x, _ := byGround(p.ID, v)
		return param.Num(x)
	}
	return c
}

// Values turns the hyper-parameters of a spec into those of opt.
func Values(m *sim.MethodSpec) opt.Hyper {
	h := make(opt.Hyper, len(m.Hyper))
	for _, e := range m.Hyper {
		h[e.Control.ID] = number(e.Control, e.Value)
	}
	return h
}

// number is a value as opt knows it: choices by their index.
func number(c *param.Control, v param.Value) float64 {
	if c.Kind != param.Pick {
		return v.Num
	}
	return float64(slices.IndexFunc(c.Choices, func(o param.Choice) bool { return o.ID == v.Text }))
}

// New builds a contestant. env lacks nothing but the method's name.
func New(m *sim.MethodSpec, env opt.Env) (opt.Method, error) {
	env.Name = m.ID
	method, err := opt.New(m.Kind.ID, Values(m), env)
	if err != nil {
		return nil, fmt.Errorf("method %s: %w", m.ID, err)
	}
	return method, nil
}
