package opt

import (
	"math"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// A Slope is the gradient as a method sees it. Slopes chain: all rows or a minibatch, then noise, then clipping.
// What a slope returns is a function of x and t alone; anything else it holds is a cache.
type Slope interface {
	// Grad stores the gradient seen at x in step t in dst and returns the loss seen. dst must not alias x.
	Grad(dst, x []float64, t int) float64
}

// Full is the exact slope of a ground.
type Full struct{ Ground landscape.Func }

// Grad implements Slope.
func (s Full) Grad(dst, x []float64, _ int) float64 { return s.Ground.Grad(dst, x) }

// Batched sees the ground through the minibatches of a Batcher.
type Batched struct {
	Ground  landscape.Sampled
	Batches Batcher
	seen    int // rows of the last batch
}

// Grad implements Slope.
func (s *Batched) Grad(dst, x []float64, t int) float64 {
	if batch := s.Batches.Next(t); batch != nil {
		s.seen = len(batch)
		return s.Ground.GradAt(dst, x, batch)
	}
	s.seen = s.Ground.Len()
	return s.Ground.Grad(dst, x)
}

// Drawn sees the ground through inputs drawn anew in each step.
type Drawn struct {
	Ground landscape.Fresh
	Key    rng.Key
	Size   int
}

// Grad implements Slope.
func (s Drawn) Grad(dst, x []float64, t int) float64 {
	return s.Ground.FreshGrad(dst, x, s.Key, uint64(t), s.Size)
}

// A NoiseModel says how noise enters a gradient.
type NoiseModel int

// The noise models, in the order of the choice noise-model.
const (
	Isotropic NoiseModel = iota // g + σz
	Relative                    // g∘(1+σz): vanishes at a critical point
	Jitter                      // ∇F(w+σz): on a quadratic isotropic with σλᵢ in each direction
)

// Noisy adds noise to a slope.
type Noisy struct {
	Slope  Slope
	Model  NoiseModel
	Sigma  float64 // σ
	Source Noise
	noise  []float64 // what the last call added to g; for jitter, to w
	at     []float64
}

// NewNoisy returns a noisy slope over dim parameters.
func NewNoisy(s Slope, model NoiseModel, sigma float64, source Noise, dim int) *Noisy {
	return &Noisy{s, model, sigma, source, make([]float64, dim), make([]float64, dim)}
}

// Grad implements Slope.
func (s *Noisy) Grad(dst, x []float64, t int) float64 {
	s.Source.Normal(s.noise, uint64(t))
	for i := range s.noise {
		s.noise[i] *= s.Sigma
	}
	if s.Model == Jitter {
		for i := range x {
			s.at[i] = x[i] + s.noise[i]
		}
		return s.Slope.Grad(dst, s.at, t)
	}
	loss := s.Slope.Grad(dst, x, t)
	for i, z := range s.noise {
		if s.Model == Relative {
			z *= dst[i]
			s.noise[i] = z
		}
		dst[i] += z
	}
	return loss
}

// Clip shortens gradients to a largest Euclidean norm; their direction stays.
type Clip struct {
	Slope Slope
	Norm  float64
}

// Grad implements Slope.
func (s Clip) Grad(dst, x []float64, t int) float64 {
	loss := s.Slope.Grad(dst, x, t)
	if n := norm(dst); n > s.Norm && !math.IsInf(n, 1) {
		scale := s.Norm / n
		for i := range dst {
			dst[i] *= scale
		}
	}
	return loss
}
