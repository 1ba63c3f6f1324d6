package flowtosgd

import (
	"context"
	"math"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A place is a ground as an object of its own, without noise: contestants that differ in their noise alone stand on one.
type place struct{ landscape.Curved }

// open puts every method on the ground, each with the noise it asks for.
func open(s sim.Setup) (*sim.Scene, error) {
	clean := s.Values
	for _, id := range []string{"noise", "label-noise"} {
		clean = clean.With(id, param.Num(0))
	}
	quiet, err := newGround(clean, s.Seed)
	if err != nil {
		return nil, err
	}
	at := &place{quiet.Func.(landscape.Curved)}
	pot := &potential{ground: quiet, g: scales[s.Values.Text("potential")], maxTime: s.Values.Real("max-time"), rtol: 1e-8}
	first := pot.at(quiet.start)
	scene := &sim.Scene{Note: quiet.note}
	if scene.Note == "" && math.IsInf(first, 1) {
		scene.Note = "No finite potential from here: for this g the flow is too slow, or it does not come down. The certificate says nothing."
	}
	course := &river{ground: &quiet, time: s.Values.Real("max-time")}
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		noisy, err := newGround(values, s.Seed)
		if err != nil {
			return nil, err
		}
		under := landscape.Func(at)
		if m.Kind.ID == "sgd" {
			under = noisy.Func // the others see the loss itself
		}
		method, err := rules.New(m, opt.Env{Ground: under, Start: quiet.start, Seed: s.Seed, CommonNoise: s.Values.On("common-noise")})
		if err != nil {
			return nil, err
		}
		meter, err := newMetered(method, &quiet, pot.g, m.Kind.ID == "gradient-flow")
		if err != nil {
			return nil, err
		}
		c := sim.Contestant{Method: meter, Ground: at, Problem: quiet.id, Minima: quiet.minima}
		if quiet.Dim() == 2 {
			c.Domain = quiet.domain
		} else {
			c.Planes = sim.High
		}
		r := &reading{ground: &quiet, place: at, pot: pot, first: first, meter: meter, river: course, spot: make([]float64, quiet.Dim()), values: s.Values}
		c.Read = r.readers(m, method)
		if i > 0 {
			// Where descent ends from here is the same for all.
			delete(c.Read, "sweep")
			delete(c.Read, "sweep-box")
			delete(c.Read, "threshold")
		}
		if quiet.Dim() == 2 {
			c.Heights = map[string]landscape.Func{"potential": height{pot}}
			if i == 0 {
				c.Closes = closing
			}
		}
		scene.Contestants = append(scene.Contestants, c)
		scene.Cost += quiet.cost(values)
		if scene.Note == "" && !certified[m.Kind.ID] {
			scene.Note = m.Kind.Label + ": the potential is no certificate for it; what is drawn is only where it stands."
		}
	}
	if quiet.Dim() == 2 {
		scene.Closing = func(ctx context.Context, ends []sim.End) ([]map[string]sim.Values, error) {
			return pot.close(ctx)
		}
	}
	return scene, nil
}

// certified are the methods that a potential speaks of.
var certified = map[string]bool{"gradient-flow": true, "modified-flow": true, "gd": true, "sgd": true}

// cost estimates the floating point operations of a step with its record.
func (g *ground) cost(v param.Values) float64 {
	n := float64(g.Dim())
	switch g.id {
	case quad:
		return 10 * n * n
	case squares:
		return 40 * n * math.Sqrt(n) * (1 + v.Real("batch-size")/4)
	case retrieval:
		return 20000 + 20*n*v.Real("batch-size")
	}
	return 5000 + 40*n
}

// A height is a potential as a surface. Its gradient is by differences.
type height struct{ *potential }

// Dim implements landscape.Func.
func (h height) Dim() int { return h.ground.Dim() }

// Loss implements landscape.Func.
func (h height) Loss(w []float64) float64 { return h.at(w) }

// Grad implements landscape.Func.
func (h height) Grad(dst, w []float64) float64 {
	v := make([]float64, len(w))
	for i := range w {
		v[i] = 1
		dst[i] = h.slope(w, v, 1e-4)
		v[i] = 0
	}
	return h.at(w)
}
