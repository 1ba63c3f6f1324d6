package spuriousminima

import (
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/landscape/teacher"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A recipe is what fixes a ground and a start: the controls, read.
type recipe struct {
	d, extra, split int
	sigma           float64
	family          string
	ratio, nudge    float64
	lowest          bool
	seed            uint64
	runs            int
}

func read(v param.Values, seed uint64) recipe {
	r := recipe{d: v.Whole("dim"), extra: v.Whole("extra-neurons"), split: v.Whole("split"), family: v.Text("family"),
		ratio: v.Real("split-ratio"), nudge: v.Real("perturbation"), lowest: v.Text("perturb-along") == "lowest", seed: seed, runs: v.Whole("runs")}
	if v.Text("problem") == "perturbed" {
		r.sigma = v.Real("teacher-noise")
	}
	return r
}

// A ground is a student against a teacher, with the point that starts are taken from.
type ground struct {
	*teacher.Problem
	recipe recipe
	base   []float64 // the critical point, split; nil for random starts
	start  []float64
	family *teacher.Point // nil for random starts
}

func (r recipe) ground() (*ground, error) {
	k := r.d + r.extra
	if k < 1 {
		return nil, param.Refuse("extra-neurons", "leaves %d neurons; want at least 1", k)
	}
	p, err := teacher.Perturbed(k, r.d, r.sigma, r.seed)
	if err != nil {
		return nil, param.Refuse("teacher-noise", "%v", err)
	}
	g := &ground{Problem: p, recipe: r}
	if r.family == random {
		if r.split >= 0 {
			return nil, param.Refuse("split", "splits a neuron of a family; random weights have none, choose a family or -1")
		}
		g.start = g.draw(r.seed)
		return g, nil
	}
	if g.family, err = teacher.Find(familyOf(r.family), r.d); err != nil {
		return nil, param.Refuse("dim", "%v", err)
	}
	g.base = g.family.W()
	switch {
	case r.extra < 0:
		return nil, param.Refuse("extra-neurons", "must be 0 or more at a family's point, which has %d neurons; got %d", r.d, r.extra)
	case r.extra == 0 && r.split >= 0:
		return nil, param.Refuse("split", "makes one neuron more; set extra-neurons to 1, or split to -1")
	case r.extra > 0 && r.split < 0:
		return nil, param.Refuse("split", "must name the neuron, 0 to %d, that the extra ones are parts of", r.d-1)
	case r.split >= r.d:
		return nil, param.Refuse("split", "must be -1 to %d; got %d", r.d-1, r.split)
	}
	for e := range r.extra {
		g.base = teacher.Split(g.base, r.d+e, r.d, r.split, r.ratio)
	}
	if g.start, err = g.nudged(); err != nil {
		return nil, err
	}
	return g, nil
}

// draw is a random start, normal of variance 1/d; the first rows of a wider student are those of a narrower one.
func (g *ground) draw(seed uint64) []float64 {
	x := make([]float64, g.Dim())
	rng.NewKey(seed, 0, 0, 0, rng.Init).FillNormal(x, 0, 0)
	kernel.Scale(1/math.Sqrt(float64(g.D)), x)
	return x
}

// nudged is the base, left by the perturbation.
func (g *ground) nudged() ([]float64, error) {
	x := append([]float64(nil), g.base...)
	if g.recipe.nudge == 0 {
		return x, nil
	}
	u := make([]float64, len(x))
	if !g.recipe.lowest {
		rng.NewKey(g.recipe.seed, 0, 0, 0, rng.Init).FillNormal(u, 0, 0)
		kernel.Axpy(x, g.recipe.nudge, u)
		return x, nil
	}
	u, err := g.lowestDirection()
	if err != nil {
		return nil, err
	}
	kernel.Axpy(x, g.recipe.nudge, u)
	return x, nil
}

// lowestDirection is the unit eigenvector of the lowest curvature at the base, its largest entry positive.
func (g *ground) lowestDirection() ([]float64, error) {
	if g.Dim() > landscape.MaxDense {
		return nil, param.Refuse("perturb-along", "the lowest curvature of %d weights is not computed (at most %d); choose noise", g.Dim(), landscape.MaxDense)
	}
	e := landscape.Eigen(g.Problem, g.base)
	u := e.Vectors[0]
	top := 0
	for i, v := range u {
		if math.Abs(v) > math.Abs(u[top])+1e-9 {
			top = i
		}
	}
	if u[top] < 0 {
		kernel.Scale(-1, u)
	}
	return u, nil
}

// open puts every method on the student it asks for. Equal students are one ground.
func open(s sim.Setup) (*sim.Scene, error) {
	scene := &sim.Scene{}
	grounds := map[[2]int]*ground{}
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		r := read(values, s.Seed)
		key := [2]int{r.extra, r.split}
		if grounds[key] == nil {
			g, err := r.ground()
			if err != nil {
				return nil, err
			}
			grounds[key] = g
		}
		c, cost, err := contestant(m, grounds[key], &s)
		if err != nil {
			return nil, err
		}
		scene.Contestants = append(scene.Contestants, c)
		scene.Cost += cost
		if scene.Note == "" {
			scene.Note = note(m, grounds[key])
		}
	}
	return scene, nil
}

func contestant(m *sim.MethodSpec, g *ground, s *sim.Setup) (sim.Contestant, float64, error) {
	env := opt.Env{Ground: g.Problem, Start: g.start, Seed: s.Seed, CommonNoise: s.Values.On("common-noise")}
	method, err := rules.New(m, env)
	if err != nil {
		return sim.Contestant{}, 0, err
	}
	c := sim.Contestant{Method: method, Ground: g.Problem, Problem: s.Values.Text("problem"), Planes: planes(g)}
	if g.Dim() == 2 {
		c.Planes, c.Domain = nil, [4]float64{-2, 2, -2, 2}
	} else if g.Dim() < 2 {
		return sim.Contestant{}, 0, param.Refuse("dim", "a student of %d weight has no picture; want at least 2", g.Dim())
	}
	c.Read = g.readers()
	cost := g.cost()
	if g.recipe.runs > 1 {
		if g.base != nil && (g.recipe.nudge == 0 || g.recipe.lowest) {
			return sim.Contestant{}, 0, param.Refuse("runs", "must be 1 at a family's point without noise, where all runs are the same; choose a perturbation above 0 along noise")
		}
		crowd, err := newCrowd(m, method, env, g)
		if err != nil {
			return sim.Contestant{}, 0, err
		}
		c.Method = crowd
		crowd.read(c.Read)
	}
	return c, cost, nil
}

// planes lists the planes on offer: at a family's point that is no solution first the way out of it.
func planes(g *ground) []string {
	if g.base == nil || g.family.Family == teacher.Global {
		return sim.High
	}
	return append([]string{sim.Escape}, sim.High...)
}

// cost estimates the floating point operations of a step of all runs, with the record of the one that is drawn.
func (g *ground) cost() float64 {
	k, d := float64(g.K), float64(g.D)
	spectrum := 8 * k * d * d * 64 // Lanczos' products
	if g.Dim() <= liveSpectrum {
		spectrum = 4.0 / 3 * math.Pow(k*d, 3)
	}
	return 2*(8*k*d*d+60*k*(k+d))*float64(max(1, g.recipe.runs)) + spectrum/every
}

// note is the first thing that the page should say of a contestant.
func note(m *sim.MethodSpec, g *ground) string {
	if g.K < g.Teachers {
		return fmt.Sprintf("%d neurons against %d: the loss cannot reach 0.", g.K, g.Teachers)
	}
	eta, ok := m.Hyper.Find("step-size")
	if !ok || m.Kind.ID != "gd" || g.Dim() > liveSpectrum && g.K != g.D {
		return ""
	}
	values := landscape.Spectrum(g.Problem, g.Solution(g.start))
	if top := values[len(values)-1]; eta.Num > 2/top {
		return fmt.Sprintf("unstable: η > 2/λmax, which is %.3g at the solution", 2/top)
	}
	return ""
}
