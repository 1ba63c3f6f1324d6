package opt

import (
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// Env is where a method runs.
type Env struct {
	Ground landscape.Func
	Start  []float64
	Seed   uint64
	Run    uint64
	// Name is the id of the contestant in its run. It tells apart the random numbers of contestants
	// unless CommonNoise says that all share them. Batches are shared in any case.
	Name        string
	CommonNoise bool
	// StepSize is the default step size on this ground, TimeStep that of the flow's records (by default the
	// smallest step size beside it); 0 means none.
	StepSize, TimeStep float64
	// GradientNoise is the standard deviation of the noise that sgd sees on this ground.
	GradientNoise float64
	NoiseModel    NoiseModel
	// Source, if not nil, gives rules with noise of their own its numbers instead of the seed.
	Source Noise

	rule *Rule
}

// New returns the method with the id at the start of env. Hyper-parameters left out, or NaN, keep their default.
func New(id string, h Hyper, env Env) (Method, error) {
	rule, ok := Lookup(id)
	if !ok {
		return nil, fmt.Errorf("there is no method %s", id)
	}
	if env.Ground == nil || len(env.Start) != env.Ground.Dim() {
		return nil, fmt.Errorf("%s: start has %d numbers, which is not the dimension of the ground", id, len(env.Start))
	}
	values, err := rule.fill(h, &env)
	if err != nil {
		return nil, err
	}
	if !landscape.Finite(env.Start) || !finite(env.Ground.Loss(env.Start)) {
		return nil, fmt.Errorf("%s: the loss is not finite at the start", id)
	}
	if rule.method != nil {
		env.rule = rule
		return rule.method(values, &env)
	}
	w, err := newWalk(env.Ground, env.Start, values, func(h Hyper, ground landscape.Func) Parts {
		on := env
		on.Ground = ground
		return rule.complete(h, &on)
	})
	if err != nil {
		return nil, err
	}
	w.rule = rule
	return w, nil
}

// byGround is the default of a hyper-parameter that depends on the ground, NaN when there is none.
func (env *Env) byGround(id string) float64 {
	v := 0.0
	switch id {
	case "step-size":
		v = env.StepSize
	case "time-step":
		v = env.TimeStep
	case "population":
		v = 4 + math.Floor(3*math.Log(float64(env.Ground.Dim())))
	}
	if v == 0 {
		return math.NaN()
	}
	return v
}

// key is the stream of the contestant for a purpose that common noise may share.
func (env *Env) key(p rng.Purpose) rng.Key {
	code := uint64(0)
	if !env.CommonNoise {
		code = rng.MethodCode(env.Name)
	}
	return rng.NewKey(env.Seed, env.Run, code, 0, p)
}

func (env *Env) noise() Noise {
	if env.Source != nil {
		return env.Source
	}
	return KeyNoise(env.key(rng.GradientNoise))
}

// complete adds the slope and schedule that all first-order rules share to a rule's own parts.
func (r *Rule) complete(h Hyper, env *Env) Parts {
	p := r.parts(h, env)
	p.Slope = Full{env.Ground}
	if s, ok := env.Ground.(landscape.Sampled); ok && h["batch-size"] > 0 {
		draw := [...]func(uint64, int, int) Batcher{FreshBatches, IIDBatches, EpochBatches}[int(h["sampling"])]
		p.Slope = &Batched{Ground: s, Batches: draw(env.Seed, s.Len(), int(h["batch-size"]))}
	}
	if f, ok := env.Ground.(landscape.Fresh); ok && h["batch-size"] > 0 {
		p.Slope = Drawn{f, batchKey(env.Seed), int(h["batch-size"])}
	}
	if r.ID == "sgd" && env.GradientNoise > 0 {
		p.Slope = NewNoisy(p.Slope, env.NoiseModel, env.GradientNoise, env.noise(), env.Ground.Dim())
	}
	if h["clip"] > 0 {
		p.Slope = Clip{p.Slope, h["clip"]}
	}
	p.Schedule = Schedule{Shape(h["schedule"]), int(h["schedule-length"]), int(h["warm-up"])}
	return p
}
