package network

import (
	"fmt"

	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// view is the first view of a net of two weights.
var view = [4]float64{-3, 3, -3, 3}

// open puts every method on the net it asks for. Methods with equal nets share one.
func open(setup sim.Setup) (*sim.Scene, error) {
	if setup.Values.Text("problem") == imported {
		return openImported(setup)
	}
	scene := &sim.Scene{}
	grounds := map[string]*ground{}
	var under []*ground // each method
	var draws []int
	for i := range setup.Methods {
		m := &setup.Methods[i]
		values := setup.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		key := values.Text("architecture")
		g := grounds[key]
		if g == nil {
			r, err := read(values, setup.Seed)
			if err != nil {
				return nil, err
			}
			if g, err = r.ground(); err != nil {
				return nil, err
			}
			grounds[key] = g
		}
		draw := values.Whole("init-run")
		under, draws = append(under, g), append(draws, draw)
		method, err := newMethod(m, g, g.from(draw), &setup)
		if err != nil {
			return nil, err
		}
		c := g.contestant(method, setup.Steps)
		if s := g.train.Shape(); g.modes != nil && m.Kind.ID == "gd" && len(s.Sizes) == 3 {
			c.Read["half-steps"] = halfSteps(*g.modes, s, m.Hyper.Real("step-size"))
		}
		scene.Contestants = append(scene.Contestants, c)
		// A record takes the full loss and gradient whatever the method saw.
		scene.Cost += work(m, g.train) + gradWork(g.train)/float64(values.Whole("every"))
		if c := g.curvatureWork(); c <= liveCurvature {
			if w, ok := method.(*opt.Walk); ok && rules.Rescales(w) {
				c *= 2 // the curvature in its own coordinates as well
			}
			scene.Cost += c/float64(sim.Sharpness.Every) + g.spectrumWork()/float64(sim.Spectrum.Every)
		}
		scene.Note = note(scene.Note, g, m)
	}
	join(scene, under, draws, &setup)
	return scene, nil
}

func (g *ground) contestant(method sim.Method, steps int) sim.Contestant {
	c := sim.Contestant{Method: method, Ground: g.train, Problem: g.problem.id}
	c.Read, c.Lacks = g.readers(method, steps)
	c.Turned = func(v param.Values) (sim.Contestant, error) {
		return g.decayed(v.Real("l2")).contestant(method, steps), nil
	}
	if g.train.Dim() == 2 {
		c.Domain = view
	} else {
		c.Planes = sim.High
	}
	return c
}

// note is the first thing the page should say.
func note(before string, g *ground, m *sim.MethodSpec) string {
	if before != "" {
		return before
	}
	if b, ok := m.Hyper.Find("batch-size"); ok && int(b.Num) > g.train.Len() {
		return fmt.Sprintf("batch-size %d is more than the %d training rows; all are used", int(b.Num), g.train.Len())
	}
	return g.note
}
