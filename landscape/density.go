package landscape

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"thalweg/landscape/rng"
)

// A Density is the spectrum of a symmetric n x n matrix as seen by stochastic Lanczos quadrature.
type Density struct {
	// Nodes and Weights of every probe; the weights of one sum to 1.
	Nodes, Weights [][]float64
	// Trace is the mean of the probes' estimates of the trace. TraceError is its standard error, of theory and of an
	// estimate of Norm: sqrt(2/probes) |A|, an upper bound, for a diagonal matrix has no error. Spread is the standard
	// error as the probes themselves scatter, NaN for a single one.
	Trace, TraceError, Spread float64
	// Norm estimates the Frobenius norm |A|.
	Norm float64
	// Products counts the products with the matrix. Converged is false where a probe did not run, and Note says why.
	Products  int
	Converged bool
	Note      string
}

// DensityOptions ask for a density; zero values mean 10 probes of 40 steps and seed 0.
type DensityOptions struct {
	Probes, Steps int
	Seed          uint64
}

// The densities that are asked for where nothing else is said, and the most that may be.
const (
	densityProbes, maxProbes = 10, 100
	densitySteps, maxSteps   = 40, 80
	densityPlaces            = 512
)

// Quadrature runs m steps of Lanczos' method from each probe, a random vector of signs.
func Quadrature(apply Operator, probes [][]float64, m int) Density {
	krylovs := make([]*Krylov, len(probes))
	for i, probe := range probes {
		krylovs[i] = Lanczos(apply, probe, m)
	}
	return *newDensity(len(probes[0]), krylovs)
}

// SpectralDensity sees the spectrum of the Hessian of f at x through random signs, probe beside probe on all cores;
// it has the same bits on any number. It returns the error of ctx where that ends before.
func SpectralDensity(ctx context.Context, f Func, x []float64, o DensityOptions) (*Density, error) {
	if o.Probes == 0 {
		o.Probes = densityProbes
	}
	if o.Steps == 0 {
		o.Steps = densitySteps
	}
	if o.Probes < 1 || o.Probes > maxProbes || o.Steps < 1 || o.Steps > maxSteps {
		return nil, fmt.Errorf("a density of %d probes and %d steps; 1 to %d probes and 1 to %d steps can be had", o.Probes, o.Steps, maxProbes, maxSteps)
	}
	apply := hessianAt(ctx, f, x)
	krylovs := make([]*Krylov, o.Probes)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(o.Probes, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < o.Probes && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				krylovs[i], _ = lanczos(ctx, apply, signs(f.Dim(), o.Seed, uint64(i)), o.Steps, o.Steps, nil)
			}
		})
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := newDensity(f.Dim(), krylovs)
	if !exactly(f) {
		d.Note = "HVP by finite differences"
	}
	if !d.Converged {
		d.Note = "the Hessian is not finite here"
	}
	return d, nil
}

// signs are n random signs, probe i of a seed.
func signs(n int, seed, i uint64) []float64 {
	v := make([]float64, n)
	rng.NewKey(seed, 0, 0, 0, rng.Probe).FillNormal(v, i, 0)
	for j, e := range v {
		v[j] = math.Copysign(1, e)
	}
	return v
}

// newDensity puts the probes of an n x n matrix together.
func newDensity(n int, krylovs []*Krylov) *Density {
	d := &Density{Converged: true, Spread: math.NaN()}
	share := float64(n) / float64(len(krylovs))
	square := 0.0
	traces := make([]float64, len(krylovs))
	for i, k := range krylovs {
		d.Nodes, d.Weights = append(d.Nodes, k.Ritz), append(d.Weights, k.Weights)
		d.Products += len(k.Alpha)
		d.Converged = d.Converged && allFinite(k.Ritz)
		d.Trace += share * dot(k.Ritz, k.Weights)
		for j, node := range k.Ritz {
			traces[i] += float64(n) * node * k.Weights[j]
			square += share * node * node * k.Weights[j]
		}
	}
	d.Norm = math.Sqrt(square)
	d.TraceError = math.Sqrt(2/float64(len(krylovs))) * d.Norm
	if p := float64(len(krylovs)); p > 1 {
		sum := 0.0
		for _, t := range traces {
			sum += (t - d.Trace) * (t - d.Trace)
		}
		d.Spread = math.Sqrt(sum / (p - 1) / p)
	}
	return d
}

// On returns the density at n places that span the nodes and a twentieth more on both sides, each node
// widened to a normal distribution of a hundredth of their span.
func (d *Density) On(n int) (places, density []float64) {
	places, density, _, _ = d.Band(n)
	return places, density
}

// Band is On with the density less and more its standard error over the probes, the lower bound no less than 0. Of a
// single probe, which has none, both are the density.
func (d *Density) Band(n int) (places, density, low, high []float64) {
	least, most := math.Inf(1), math.Inf(-1)
	for _, nodes := range d.Nodes {
		least, most = min(least, nodes[0]), max(most, nodes[len(nodes)-1])
	}
	span := most - least
	if span == 0 {
		span = max(1, math.Abs(least))
	}
	sigma := span / 100
	places, density, low, high = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	p := float64(len(d.Nodes))
	each := make([]float64, len(d.Nodes))
	for i := range places {
		x := least - span/20 + 1.1*span*float64(i)/float64(n-1)
		places[i] = x
		for j, nodes := range d.Nodes {
			each[j] = 0
			for k, node := range nodes {
				u := (x - node) / sigma
				each[j] += d.Weights[j][k] * math.Exp(-u*u/2)
			}
			each[j] /= sigma * math.Sqrt(2*math.Pi)
			density[i] += each[j] / p
		}
		sum := 0.0
		for _, e := range each {
			sum += (e - density[i]) * (e - density[i])
		}
		if p > 1 {
			sum = math.Sqrt(sum / (p - 1) / p)
		}
		low[i], high[i] = max(0, density[i]-sum), density[i]+sum
	}
	return places, density, low, high
}

// Picture is the band on 512 places.
func (d *Density) Picture() (places, density, low, high []float64) { return d.Band(densityPlaces) }
