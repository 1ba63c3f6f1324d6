package symmetry

import (
	"fmt"
	"math"

	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A kind is what nets of one scene differ in.
type kind struct {
	target        string
	depth, window int
	boost, tau    float64
}

// open puts every method on the net and the target that it asks for. Equal ones are one ground.
func open(s sim.Setup) (*sim.Scene, error) {
	scene := &sim.Scene{}
	grounds := map[kind]*ground{}
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		t, err := newTarget(values)
		if err != nil {
			return nil, err
		}
		r := read(values, s.Seed)
		if m.Kind.ID == "noisy-gd" {
			r.tau = 0 // it brings its own
		}
		k := kind{t.id, r.depth, r.window, r.boost, r.tau}
		g := grounds[k]
		if g == nil {
			if g, err = r.ground(t); err != nil {
				return nil, err
			}
			grounds[k] = g
		}
		c, err := contestant(m, g, &s)
		if err != nil {
			return nil, err
		}
		scene.Contestants = append(scene.Contestants, c)
		scene.Cost += g.cost(m)
		if scene.Note == "" {
			scene.Note = g.note(m)
		}
	}
	return scene, nil
}

func contestant(m *sim.MethodSpec, g *ground, s *sim.Setup) (sim.Contestant, error) {
	batch, _ := m.Hyper.Find("batch-size")
	if !g.population && batch.Num == 0 {
		return sim.Contestant{}, param.Refuse("methods", "%s sees all points of the cube, which takes population and %d inputs or fewer; else give it a batch-size above 0, or take sgd", m.ID, exactDim)
	}
	env := opt.Env{Ground: g, Start: g.start, Seed: s.Seed, CommonNoise: s.Values.On("common-noise")}
	method, err := rules.New(m, env)
	if err != nil {
		return sim.Contestant{}, err
	}
	c := sim.Contestant{Method: method, Ground: g, Problem: g.target.id, Read: g.readers(m)}
	for _, p := range sim.High {
		if p != sim.Hessian && p != sim.HessianTop || g.Dim() <= 600 {
			c.Planes = append(c.Planes, p)
		}
	}
	if kind := g.recipe.mirror; kind != "none" {
		twin := g.mirrored(newMirror(kind, g.target.d, s.Seed))
		env.Ground, env.Start = twin, twin.start
		env.Source = &carried{Noise: opt.KeyNoise(noiseKey(m, &env)), mirror: twin.mirror, out: g.net.Sizes[1], room: make([]float64, g.Dim())}
		image, err := rules.New(m, env)
		if err != nil {
			return sim.Contestant{}, err
		}
		p := &pair{method: method, twin: image, ground: twin, image: make([]float64, g.Dim())}
		c.Method = p
		c.Read["mirror-gap"] = rules.Scalar(func(r *sim.Reading) float64 { return r.Method.(*pair).gap() })
		c.Read["mirror-loss-gap"] = rules.Scalar(func(r *sim.Reading) float64 {
			d := twin.Loss(r.Method.(*pair).twin.Point()) - g.Loss(r.X)
			return max(d, -d)
		})
	}
	return c, nil
}

// cost estimates the floating point operations of a step with its share of the readings.
func (g *ground) cost(m *sim.MethodSpec) float64 {
	products := 0.0
	for l := range len(g.net.Sizes) - 1 {
		products += float64(g.net.Sizes[l] * g.net.Sizes[l+1])
	}
	batch, _ := m.Hyper.Find("batch-size")
	seen := batch.Num
	if g.population {
		seen = float64(len(g.y))
	}
	around := float64(len(g.shown.around) / max(1, g.target.d))
	step := 6*products*seen + 20*float64(g.Dim())
	if g.recipe.mirror != "none" {
		step *= 2
	}
	return step + 6*products*float64(len(g.y)) + 2*products*(float64(len(g.shown.y))+around)/every
}

// note is the first thing that the page should say of a net.
func (g *ground) note(m *sim.MethodSpec) string {
	if tau, ok := g.bounded(m); ok {
		c, _ := g.target.alignment()
		switch last := (1 - c/eps) * 2 * tau / (g.clip * math.Sqrt(c)); {
		case last*last < 1 || c >= eps:
			return "No guarantee: the bound on the chance to gain 0.1 in loss is above 1 from the first step."
		default:
			return fmt.Sprintf("The bound on the chance to gain 0.1 in loss says something up to step %d; after that it is above 1 and guarantees nothing.", int(last*last))
		}
	}
	switch {
	case g.bias == 0 && g.act == 0 && g.depth == 2 && g.target.id == "parity-3":
		return "Without first-layer biases a ReLU net of one hidden layer sees nothing of a product of three: it lies flat for a reason that is not symmetry."
	case g.target.id == modID:
		return "Alignment does not explain this target: its largest level is that of the product of all inputs."
	case m.Kind.ID == "adam" && g.recipe.mirror == "rotate":
		return fmt.Sprintf("%s works input by input: it knows directions, and a rotated run is another one.", m.Kind.Label)
	}
	return ""
}
