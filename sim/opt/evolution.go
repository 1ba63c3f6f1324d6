package opt

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// Evolution is CMA-ES as a contestant: one generation a step. Its point is the mean, its swarm the population.
type Evolution struct {
	rule   *Rule
	ground landscape.Func
	key    rng.Key
	es     *CMAES
	first  float64 // spread at the start

	z, points, losses []float64
	last              []float64
	clock             Clock
	end               error
	anatomy           Anatomy
}

// evolutionDim is the largest dimension: covariance and eigenvectors take n² numbers and n³ operations.
const evolutionDim = 1000

func evolution(h Hyper, env *Env) (Method, error) {
	n, population := len(env.Start), int(h["population"])
	if n > evolutionDim {
		return nil, fmt.Errorf("cma-es takes at most %d dimensions; this ground has %d", evolutionDim, n)
	}
	es, err := NewCMAES(env.Start, h["sigma"], population, h["active"] != 0)
	if err != nil {
		return nil, err
	}
	e := &Evolution{rule: env.rule, ground: env.Ground, key: env.key(rng.GradientNoise), es: es, first: es.Spread(),
		z: make([]float64, population*n), points: make([]float64, population*n), losses: make([]float64, population),
		last: slices.Clone(env.Start), anatomy: Anatomy{dim: n}}
	for i := range e.points {
		e.points[i] = env.Start[i%n]
	}
	return e, nil
}

// Step implements Method.
func (e *Evolution) Step() error {
	if e.end != nil {
		return e.end
	}
	n := len(e.last)
	for k := range e.losses {
		e.key.FillNormal(e.z[k*n:(k+1)*n], uint64(e.es.Generation()), uint64(k*((n+1)/2)))
	}
	copy(e.last, e.es.Mean())
	e.es.Ask(e.points, e.z)
	if many, ok := e.ground.(landscape.Many); ok {
		many.Losses(e.losses, e.points)
	} else {
		for k := range e.losses {
			e.losses[k] = e.ground.Loss(e.points[k*n : (k+1)*n])
		}
	}
	e.clock.Evaluations += len(e.losses)
	e.es.Tell(e.losses)
	if !landscape.Finite(e.es.Mean()) {
		copy(e.es.Mean(), e.last)
		e.end = fmt.Errorf("%w: a coordinate of the mean is not finite or above 1e12 in size", ErrDiverged)
		return e.end
	}
	e.clock.Steps++
	e.clock.Time = float64(e.clock.Steps)
	e.end = e.settled()
	return nil
}

// settled is the reason to end before the next generation: the population shrank to a point, or sees no
// difference any more where it has become small. A plateau at the start is no such place: there the mean goes
// on at random.
func (e *Evolution) settled() error {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range e.losses {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	switch spread := e.es.Spread(); {
	case spread < 1e-12:
		return fmt.Errorf("%w: the population is narrower than 1e-12", ErrConverged)
	case high-low < 1e-12 && spread < 1e-3*e.first:
		return fmt.Errorf("%w: the losses of a generation differ by less than 1e-12", ErrConverged)
	}
	return nil
}

// Point implements Method: the mean.
func (e *Evolution) Point() []float64 { return e.es.Mean() }

// Swarm is the population of the last generation, one row each; before the first it stands at the start.
func (e *Evolution) Swarm() []float64 { return e.points }

// Strategy is the strategy beneath, to look at.
func (e *Evolution) Strategy() *CMAES { return e.es }

// Clock implements Method.
func (e *Evolution) Clock() Clock { return e.clock }

// Turn implements Method. No hyper-parameter of CMA-ES can be turned: its constants belong together.
func (e *Evolution) Turn(id string, v float64) error {
	_, err := e.rule.turn(nil, id, v)
	return err
}

// Stand puts another ground of as many parameters beneath the population.
func (e *Evolution) Stand(ground landscape.Func) error {
	if ground.Dim() != len(e.last) {
		return fmt.Errorf("a population over %d parameters cannot go on over %d", len(e.last), ground.Dim())
	}
	e.ground = ground
	return nil
}

// Clone returns a deep copy that goes on with the same bits.
func (e *Evolution) Clone() *Evolution {
	c := *e
	c.es = e.es.Clone()
	c.z, c.points, c.losses, c.last = slices.Clone(e.z), slices.Clone(e.points), slices.Clone(e.losses), slices.Clone(e.last)
	c.anatomy = Anatomy{dim: len(e.last)}
	return &c
}

// Anatomy implements Method: the update of the mean, the axes of the ellipse of one standard deviation row by
// row, both paths, and the points with their losses.
func (e *Evolution) Anatomy() []Vector {
	a := &e.anatomy
	a.reset()
	vectors, root := e.es.Eigen()
	n := len(root)
	if n <= 16 {
		for j := range root {
			axis := a.Add("axis")
			for i := range axis {
				axis[i] = e.es.Sigma() * root[j] * vectors[i*n+j]
			}
		}
	}
	ps, pc := e.es.Paths()
	a.Put("step size path", ps)
	a.Put("covariance path", pc)
	a.Put("samples", e.points)
	a.Put("losses", e.losses)
	update := a.Add("update")
	for i, x := range e.es.Mean() {
		update[i] = x - e.last[i]
	}
	return a.list
}
