// Package race is the lab of classic surfaces and typed formulas, on which optimizers run side by side.
package race

import (
	"errors"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// Lab is the room.
var Lab = sim.Lab{
	ID:       "race",
	Title:    "Optimizer race",
	Summary:  "Methods leave one point of a classic surface, or of a formula of your own, and take different roads down. In two dimensions the picture hides nothing, so every turn of every road can be explained: by the step size, by curvature, by what the method remembers.",
	Question: "Four honest walkers leave the same point. Which number decided who wins?",
	Source:   "Textbook surfaces and update rules; numbers by exact derivatives.",
	Version:  1,
	Lesson:   lesson,
	Symbols:  symbols,
	Controls: controls,
	Letters:  letters,
	Methods:  rules.Kinds(rules.None, byGround),
	Start:    []string{"gd", "momentum", "adam"},
	Steps:    2000,
	Measures: measures,
	Panels:   panels,
	Presets:  presets,
	Claims:   slices.Concat(racing, stability, flows, chance, grounds, critical),
	Open:     open,
}

// A place is a ground as an object of its own: contestants stand on the same ground when their places are equal.
type place struct{ landscape.Curved }

// A site is a place with what is known about it.
type site struct {
	ground *place
	start  []float64
	minima []landscape.Minimum
}

// open builds the scene of one replica.
func open(s sim.Setup) (*sim.Scene, error) {
	f, err := ground(s.Values)
	if err != nil {
		return nil, err
	}
	n := f.Dim()
	start := s.Values.Vector("start")
	if len(start) != n {
		return nil, param.Refuse("start", "must hold %d numbers on this ground; got %d", n, len(start))
	}
	if !landscape.Finite(start) {
		return nil, param.Refuse("start", "a coordinate is above 1e12 in size")
	}
	if g := make([]float64, n); !isFinite(f.Grad(g, start)) || !finite(g) {
		return nil, param.Refuse("start", "the loss is not finite at the start")
	}
	domain := [4]float64(s.Values.Vector("domain"))
	if !(domain[0] < domain[1] && domain[2] < domain[3]) {
		return nil, param.Refuse("domain", "must read x from, x to, y from, y to, each from below its to")
	}
	scene := &sim.Scene{}
	sites := map[float64]*site{}
	side := s.Values.Whole("swarm")
	if side > 0 && n != 2 {
		return nil, param.Refuse("swarm", "needs a plane; this ground has dimension %d", n)
	}
	for i := range s.Methods {
		m := &s.Methods[i]
		angle := s.Values.Real("angle")
		if own, ok := m.Own.Find("angle"); ok {
			angle = own.Num
		}
		if sites[angle] == nil {
			if sites[angle], err = turned(f, start, known(s.Values, f), angle); err != nil {
				return nil, err
			}
		}
		at := sites[angle]
		env := opt.Env{
			Ground: at.ground, Start: at.start, Seed: s.Seed, CommonNoise: s.Values.On("common-noise"),
			GradientNoise: s.Values.Real("gradient-noise"),
			NoiseModel:    opt.NoiseModel(slices.Index(noiseModels, s.Values.Text("noise-model"))),
		}
		method, err := rules.New(m, env)
		if err != nil {
			return nil, err
		}
		c := sim.Contestant{Method: method, Ground: at.ground, Problem: s.Values.Text("problem"), Minima: at.minima, Domain: domain, Read: dissect(method, at.ground)}
		if n > 2 {
			c.Planes = append(slices.Clone(sim.High), sim.Direct)
		}
		scene.Cost += stepCost(n)
		if side > 0 {
			flock, err := newSwarm(m, method, env, domain, side)
			switch {
			case err != nil:
				return nil, err
			case flock == nil:
				scene.Note = "The grid of starts is walked by methods with an update rule and no chance; the others walk alone."
			default:
				c.Method = flock
				c.Read["basins"], c.Read["basin-share"] = flock.basins(at.minima), flock.shares(at.minima)
				scene.Cost += float64(side*side) * swarmCost
			}
		}
		scene.Contestants = append(scene.Contestants, c)
	}
	if scene.Note == "" {
		scene.Note = floorNote(&s)
	}
	return scene, nil
}

// stepCost is about what a step with its record costs in dimension n, in floating point operations.
func stepCost(n int) float64 { return 6000 + 500*float64(n)*float64(n) }

// swarmCost is about what a step of one point of a swarm costs.
const swarmCost = 200

// turned is a site whose ground, start and minima are turned about 0, counter-clockwise.
func turned(f landscape.Curved, start []float64, minima []landscape.Minimum, degrees float64) (*site, error) {
	if degrees == 0 {
		return &site{&place{f}, start, minima}, nil
	}
	if f.Dim() != 2 {
		return nil, param.Refuse("angle", "turns a plane; this ground has dimension %d", f.Dim())
	}
	s := &site{ground: &place{surfaces.Rotated(f, degrees)}, start: surfaces.Rotate(start, degrees)}
	for _, m := range minima {
		m.X = surfaces.Rotate(m.X, degrees)
		s.minima = append(s.minima, m)
	}
	lexical(s.minima)
	return s, nil
}

// ground opens the surface or the formula that the values ask for.
func ground(v param.Values) (landscape.Curved, error) {
	if v.Text("problem") == formulaID {
		f, err := parse(v)
		if err != nil {
			return nil, err
		}
		numbers := map[string]float64{}
		for _, l := range f.Letters() {
			numbers[l] = v.Real(l)
		}
		return f.With(numbers), nil
	}
	s := surface(v)
	if s.ID == "quadratic" && len(v.Vector("eigenvalues")) == 1 {
		return nil, param.Refuse("eigenvalues", "must hold 2 numbers or more; got 1")
	}
	f, err := s.New(surfaces.Params{Dim: dim(v), Condition: v.Real("condition"), Eigenvalues: v.Vector("eigenvalues")})
	if err != nil {
		return nil, param.Refuse("dim", "%v", err)
	}
	return f, nil
}

// parse reads the formula.
func parse(v param.Values) (*surfaces.Formula, error) {
	f, err := surfaces.Parse(v.Text("formula"))
	var bad *surfaces.FormulaError
	if errors.As(err, &bad) {
		return nil, param.Refuse("formula", "column %d: %s", bad.Column, bad.Message)
	}
	return f, err
}

// known lists the minima that are known of the ground, in lexical order of their coordinates.
func known(v param.Values, f landscape.Curved) []landscape.Minimum {
	if v.Text("problem") == formulaID {
		return nil
	}
	for _, e := range v.Vector("eigenvalues") {
		if v.Text("problem") == "quadratic" && e <= 0 {
			return nil
		}
	}
	minima := surface(v).MinimaFor(f.Dim())
	lexical(minima)
	return minima
}

func lexical(minima []landscape.Minimum) {
	slices.SortStableFunc(minima, func(a, b landscape.Minimum) int { return slices.Compare(a.X, b.X) })
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !isFinite(v) })
}
