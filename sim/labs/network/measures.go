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

// The curvature measures have a slower cadence than elsewhere: on a net one reading costs forty
// Hessian-vector products.
const curvatureEvery = 25

// slower is a standard measure with another cadence.
func slower(m sim.Measure, every int) sim.Measure {
	m.Every = every
	return m
}

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm,
	slower(sim.Sharpness, curvatureEvery), slower(sim.LowestCurvature, curvatureEvery), sim.Spectrum,
	slower(rules.StabilityLimit, curvatureEvery), slower(rules.StabilityRatio, curvatureEvery),
	{ID: "accuracy", Label: "Accuracy", Kind: sim.Scalar, Every: 5, Help: "Share of train rows whose largest output is that of their class."},
	{ID: "test-loss", Label: "Test loss", Kind: sim.Scalar, Every: 5, Log: true, Help: "Loss of the rows held out, without the decay term."},
	{ID: "test-accuracy", Label: "Test accuracy", Kind: sim.Scalar, Every: 5, Help: "Share of the rows held out whose largest output is that of their class."},
	{ID: "layer-spectrum", Label: "Sharpness by layer", Kind: sim.Vector, Every: 50, Help: "Largest Hessian eigenvalue within each layer, first layer first."},
	{ID: "singular-modes", Label: "Modes learned", Kind: sim.Vector, Every: 1, Help: "Of a deep linear net with the linear teacher: how much of each of the teacher's modes it computes."},
	{ID: "decision", Label: "Decision", Kind: sim.Image, Every: 10, Help: "What the net says over the plane of its two inputs: for two classes how sure it is of the second, for more the number of the winner."},
	{ID: "confusion", Label: "Confusion", Kind: sim.Image, Every: 20, Help: "Rows of class i (down) taken for class j (across), held-out rows where there are any."},
	{ID: "weights", Label: "First weights", Kind: sim.Image, Every: 20, Help: "The first layer's weights, a row for each neuron; for digits each neuron's weights as the picture it looks for."},
}

// liveCurvature is the largest cost of one curvature reading, in floating point operations: about a tenth of a
// second. On larger grounds the curvature measures are left out of a run.
const liveCurvature = 3e8

// decisionSide is the number of cells along each side of the decision picture.
const decisionSide = 48

// readers are the measures of a method on its ground, without those that they do not give.
func (g *ground) readers(method sim.Method) (read map[string]sim.Reader, lacks []string) {
	read = map[string]sim.Reader{"weights": g.weights}
	if g.test != nil {
		read["test-loss"] = at(g.test.Loss)
	}
	if g.problem.classes > 0 {
		read["accuracy"] = at(g.train.Accuracy)
		seen := g.train
		if g.test != nil {
			seen = g.test
			read["test-accuracy"] = at(g.test.Accuracy)
		}
		read["confusion"] = confusion(seen)
		if g.train.Shape().Inputs() == 2 {
			read["decision"] = g.decision
		}
	}
	if g.modes != nil {
		read["singular-modes"] = modesLearned(*g.modes, g.train.Shape())
	}
	if g.curvatureWork() > liveCurvature {
		return read, []string{"sharpness", "lowest-curvature", "spectrum"}
	}
	read["layer-spectrum"] = g.layerSpectrum
	c := &curvature{net: g.train, step: -1}
	read["sharpness"] = scalar(func(at *sim.Reading) float64 { return slices.Max(c.look(at)) })
	read["lowest-curvature"] = scalar(func(at *sim.Reading) float64 { return slices.Min(c.look(at)) })
	read["spectrum"] = func(at *sim.Reading) ([]float64, int) { return c.look(at), 0 }
	if w, ok := method.(*opt.Walk); ok {
		maps.Copy(read, rules.Stability(w, g.train, func(m sim.Method) *opt.Walk { return m.(*opt.Walk) }, func(at *sim.Reading) float64 {
			return slices.Max(c.look(at))
		}))
	}
	return read, nil
}

// curvatureWork estimates the cost of one curvature reading.
func (g *ground) curvatureWork() float64 {
	n := g.train.Dim()
	return 18 * float64(min(n, lanczosSteps)) * float64(n) * float64(g.train.Len())
}

func scalar(f func(*sim.Reading) float64) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) { return []float64{f(at)}, 0 }
}

// at makes a reader of a function of the point.
func at(f func([]float64) float64) sim.Reader {
	return scalar(func(r *sim.Reading) float64 { return f(r.X) })
}

// A curvature finds the eigenvalues once a step for the three measures that want them: all of them in small nets,
// those of Lanczos' method in larger ones. It belongs to one contestant.
type curvature struct {
	net    *nets.Net[float64]
	step   int
	values []float64 // ascending
}

// lanczosSteps are enough for the ends of the spectrum to four digits and more.
const lanczosSteps = 40

// denseSpectrum is the largest net whose Hessian is computed in full while it walks.
const denseSpectrum = 100

func (c *curvature) look(at *sim.Reading) []float64 {
	if c.step == at.Step {
		return c.values
	}
	c.step = at.Step
	if c.net.Dim() <= denseSpectrum {
		c.values = landscape.Spectrum(c.net, at.X)
	} else {
		start := make([]float64, c.net.Dim())
		rng.NewKey(0, 0, 0, 0, rng.Probe).FillNormal(start, 0, 0)
		c.values = landscape.Lanczos(landscape.HessianAt(c.net, at.X), start, lanczosSteps).Ritz
	}
	return c.values
}

func confusion(net *nets.Net[float64]) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) {
		counts := net.Confusion(at.X)
		out := make([]float64, len(counts))
		for i, c := range counts {
			out[i] = float64(c)
		}
		return out, net.Shape().Outputs()
	}
}

// decision shows the square around the train rows.
func (g *ground) decision(at *sim.Reading) ([]float64, int) {
	k := g.train.Shape().Outputs()
	f := make([]float64, decisionSide*decisionSide*k)
	g.train.Decision(f, at.X, g.box, decisionSide, decisionSide)
	out := make([]float64, decisionSide*decisionSide)
	for i := range out {
		out[i] = opinion(f[i*k:][:k], g.train.Shape().Loss)
	}
	return out, decisionSide
}

// opinion is one number for the outputs at one place.
func opinion(f []float64, loss nets.Loss) float64 {
	switch {
	case len(f) > 2:
		best := 0
		for i, v := range f {
			if v > f[best] {
				best = i
			}
		}
		return float64(best)
	case loss == nets.CrossEntropy:
		return f[1] // a probability
	}
	return math.Max(0, math.Min(1, (1+f[1]-f[0])/2))
}

// weights shows the first layer; the neurons of the digits as pictures side by side, parted by a line of zeros.
func (g *ground) weights(at *sim.Reading) ([]float64, int) {
	in, out := g.train.Shape().Sizes[0], g.train.Shape().Sizes[1]
	w := at.X[:in*out]
	if g.problem.id != "digits" {
		return append([]float64(nil), w...), in
	}
	const side = 8
	across := int(math.Ceil(math.Sqrt(float64(out))))
	down := (out + across - 1) / across
	width := across*(side+1) - 1
	image := make([]float64, width*(down*(side+1)-1))
	for u := range out {
		corner := u/across*(side+1)*width + u%across*(side+1)
		for p := range in {
			image[corner+p/side*width+p%side] = w[u*in+p]
		}
	}
	return image, width
}
