package network

import (
	"maps"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/nets"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
)

const (
	// liveCurvature is the largest cost of one reading of the sharpness, in floating point operations: about a twentieth
	// of a second. On larger grounds the curvature measures are left out of a run.
	liveCurvature = 4e8
	// denseEnds is the largest net whose ends of the spectrum are always read off the whole Hessian.
	denseEnds = 100
	// ritzSteps of Lanczos' method stand for the spectrum of a net that is too large for the whole of it.
	ritzSteps = 40
	// followSteps is how many products a reading of the ends takes where it is warm.
	followSteps = 20
	// traceProbes is the number of random directions that the trace is estimated from.
	traceProbes = 10
	// outlierSteps bounds the steps that go on where the outliers are wanted, outlierResidual is their bound of error,
	// relative, from which they are told; the error itself is about its square.
	outlierSteps, outlierResidual = 120, 1e-4
)

// A curvature reads the Hessian for the measures of one contestant; what several of them want is found once a step.
type curvature struct {
	net    *nets.Net[float64]
	groups int // classes, whose outliers are told apart; 0 without
	follow *sim.Follower
	// apply is the Hessian at step, to which the rest belongs as well, nil until it is asked for: the spectrum, the
	// outliers and the one after them, from the highest down, and the ends.
	step   int
	apply  landscape.Operator
	values []float64
	top    []float64
	ends   *[2]float64
}

// curvatures are the readers of the curvature measures.
func (g *ground) curvatures(method sim.Method, steps int) map[string]sim.Reader {
	c := &curvature{net: g.train, step: -1, follow: sim.NewFollower(steps, landscape.TrackOptions{})}
	high := func(at *sim.Reading) float64 { return c.edges(at)[1] }
	read := map[string]sim.Reader{
		"sharpness":        scalar(high),
		"lowest-curvature": scalar(func(at *sim.Reading) float64 { return c.edges(at)[0] }),
		"spectrum":         func(at *sim.Reading) ([]float64, int) { return c.spectrum(at), 0 },
		"layer-spectrum":   func(at *sim.Reading) ([]float64, int) { return layerTops(g.train, c.at(at)), 0 },
		"trace":            scalar(func(at *sim.Reading) float64 { trace, _ := c.trace(at); return trace }),
		"trace-error":      scalar(func(at *sim.Reading) float64 { _, e := c.trace(at); return e }),
	}
	if k := g.train.Shape().Outputs(); g.problem.classes > 0 && k < g.train.Dim() {
		c.groups = k
		read["outlier-ratio"] = func(at *sim.Reading) ([]float64, int) { return c.outliers(at), 0 }
		read["outliers"] = scalar(func(*sim.Reading) float64 { return float64(k - 1) })
	}
	if w, ok := method.(*opt.Walk); ok {
		own := sim.NewFollower(steps, landscape.TrackOptions{HighOnly: true})
		maps.Copy(read, rules.Stability(w, g.train, func(m sim.Method) *opt.Walk { return m.(*opt.Walk) }, high, own))
	}
	return read
}

// curvatureWork estimates the cost of one reading of the sharpness.
func (g *ground) curvatureWork() float64 {
	if g.train.Dim() <= denseEnds {
		return g.denseWork()
	}
	return followSteps * g.productWork()
}

// productWork estimates the cost of a product with the Hessian, denseWork that of all its eigenvalues.
func (g *ground) productWork() float64 {
	return 12 * float64(g.train.Shape().Work()) * float64(g.train.Len())
}

func (g *ground) denseWork() float64 {
	n := float64(g.train.Dim())
	if len(g.train.Shape().Filters) > 0 {
		return n*g.productWork() + 3*n*n*n
	}
	return n*n*float64(g.train.Len()) + 3*n*n*n
}

// spectrumWork estimates the cost of one reading of all that is read at the slow pace of the spectrum.
func (g *ground) spectrumWork() float64 {
	layers := g.productWork() * layerSteps * float64(len(g.train.Shape().Sizes)-1)
	if g.train.Dim() <= landscape.LiveDense {
		return layers + g.denseWork()
	}
	return layers + g.productWork()*(outlierSteps+traceProbes)
}

// at returns the Hessian of a reading.
func (c *curvature) at(at *sim.Reading) landscape.Operator {
	if c.step != at.Step {
		c.step, c.apply, c.values, c.top, c.ends = at.Step, nil, nil, nil, nil
	}
	if c.apply == nil {
		c.apply = landscape.HessianAt(c.net, at.X)
	}
	return c.apply
}

// spectrum returns all eigenvalues, ascending, or of large nets those that Lanczos' method finds.
func (c *curvature) spectrum(at *sim.Reading) []float64 {
	apply := c.at(at)
	switch {
	case c.values != nil:
	case c.net.Dim() <= landscape.LiveDense:
		c.values = landscape.Spectrum(c.net, at.X)
		if c.groups > 0 {
			c.top = highest(c.values, c.groups)
		}
	default:
		// Steps go on until the outliers are known; the spectrum is always that of as many steps.
		k := landscape.LanczosUntil(apply, probe(c.net.Dim(), 0), ritzSteps, outlierSteps, func(k *landscape.Krylov) bool {
			if len(k.Ritz) == ritzSteps {
				c.values = k.Ritz
			}
			for i := len(k.Ritz) - c.groups; i < len(k.Ritz); i++ {
				if !(k.Residuals[i] <= outlierResidual*k.Ritz[i]) {
					return false
				}
			}
			c.top = highest(k.Ritz, c.groups)
			return true
		})
		if c.values == nil {
			c.values = k.Ritz // the space was exhausted before, or nothing is finite
		}
	}
	return c.values
}

// highest are the last n of ascending values, from the highest down.
func highest(values []float64, n int) []float64 {
	top := slices.Clone(values[len(values)-n:])
	slices.Reverse(top)
	return top
}

// edges are the lowest and the highest eigenvalue.
func (c *curvature) edges(at *sim.Reading) [2]float64 {
	apply := c.at(at)
	if c.ends != nil {
		return *c.ends
	}
	if c.net.Dim() <= denseEnds || at.Step%sim.Spectrum.Every == 0 {
		values := c.spectrum(at)
		c.ends = &[2]float64{values[0], values[len(values)-1]}
	} else {
		t := c.follow.Read(at.Step, apply, c.net.Dim())
		c.ends = &[2]float64{t.Low, t.High}
	}
	return *c.ends
}

// trace returns the sum of the eigenvalues and its standard error.
func (c *curvature) trace(at *sim.Reading) (trace, deviation float64) {
	apply := c.at(at)
	n := c.net.Dim()
	if n <= landscape.LiveDense {
		for _, v := range c.spectrum(at) {
			trace += v
		}
		return trace, 0
	}
	h := make([]float64, n)
	square := 0.0
	for i := range traceProbes {
		v := probe(n, uint64(1+i))
		for j, e := range v {
			v[j] = math.Copysign(1, e)
		}
		apply(h, v)
		for j, e := range h {
			trace += e * v[j] / traceProbes
			square += e * e / traceProbes
		}
	}
	return trace, math.Sqrt(2 * square / traceProbes)
}

// outliers is the ratio of the last eigenvalue that a class less one accounts for to the next, nothing where they are
// not known or that tells nothing.
func (c *curvature) outliers(at *sim.Reading) []float64 {
	c.spectrum(at)
	if c.top == nil || !(c.top[c.groups-1] > 0) {
		return nil
	}
	return []float64{c.top[c.groups-2] / c.top[c.groups-1]}
}

// probe is a normal vector of n numbers, the same for every reading.
func probe(n int, i uint64) []float64 {
	v := make([]float64, n)
	rng.NewKey(0, 0, 0, 0, rng.Probe).FillNormal(v, i, 0)
	return v
}
