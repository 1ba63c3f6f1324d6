package flowtosgd

import (
	"maps"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Distance, sim.Sharpness, sim.LowestCurvature, sim.Spectrum, rules.StabilityLimit, rules.StabilityRatio,
	{ID: "potential", Label: "Potential", Kind: sim.Scalar, Every: 1, Log: true,
		Help: `$\Phi_g$ where the method stands: the integral of $g(F)$ along gradient flow from there. No value where it is infinite. Of a square root that does not commute, every 20 steps.`},
	{ID: "certificate", Label: "Paid so far", Kind: sim.Scalar, Every: 1, Help: `The sum of step size times $g(F)$ over the steps so far; of gradient flow the integral.`},
	{ID: "potential-left", Label: "Potential left to pay", Kind: sim.Scalar, Every: 1, Help: "The potential at the start less what was paid. For gradient flow it is the potential itself."},
	{ID: "slack", Label: "Second-order price", Kind: sim.Scalar, Every: 1, Help: "The potential at the start, less what was paid, less the potential here: 0 for gradient flow. Descent's price for its steps makes it negative."},
	{ID: "rate-bound", Label: "Bound of the flow", Kind: sim.Scalar, Every: 1, Log: true, Help: `What the potential at the start promises of gradient flow at flow time $t$: $g^{-1}(\Phi_g(w_0)/t)$. For steps it is no promise.`},
	{ID: "problem-bound", Label: "Bound of the problem", Kind: sim.Scalar, Every: 1, Log: true,
		Help: `The rate that is known of this loss: $F_0e^{-2\mu t}$ by the Polyak–Łojasiewicz constant of quadratic and sine bowl, the exact curve of the power 4, $F_0e^{-\alpha t}$ in a ball around the start of the product.`},
	{ID: "flow-distance", Label: "Distance from the flow", Kind: sim.Scalar, Every: 1, Log: true, Help: "Distance from gradient flow of the same start at the same flow time."},
	{ID: "arc-distance", Label: "Distance, by length", Kind: sim.Scalar, Every: 1, Log: true,
		Help: "Distance from gradient flow where it has gone as long a way, however long it took: what is left of the distance when being early or late does not count. A way longer than the flow's is held against its end."},
	{ID: "identity", Label: "Slope of Φ along F, over g", Kind: sim.Scalar, Every: 50, Help: `$\langle\nabla\Phi_g,\nabla F\rangle/g(F)$, by a central difference: 1 wherever the potential is smooth.`},
	{ID: "angle", Label: "Angle", Unit: "radians", Kind: sim.Scalar, Every: 1, Help: `Of phase retrieval: between $w$ and the solution $w^*$. Along gradient flow its tangent falls as $e^{-8t}$.`},
	{ID: "radius", Label: "Radius", Kind: sim.Scalar, Every: 1, Help: "Euclidean length of the point."},
	{ID: "balance", Label: "Balance", Kind: sim.Scalar, Every: 1, Help: "Of the product: u² − v², which gradient flow keeps, and which each step with error e shrinks by 1 − η²e²."},
	{ID: "asymmetry", Label: "Asymmetry", Kind: sim.Scalar, Every: 1, Log: true, Help: "Of the square root: Frobenius norm of W − W′."},
	{ID: "eigenvalues", Label: "Eigenvalues of W", Kind: sim.Vector, Every: 20, Help: "Of the square root: eigenvalues of the symmetric part of W."},
	{ID: "potential-surface", Label: "Potential over the plane", Kind: sim.Image, Help: "The potential on a grid over the first view, where the ground is a plane; its first row is the lowest. No number where it is infinite."},
	{ID: "surface-box", Label: "Its edges", Kind: sim.Vector, Help: "Ends of that grid: first coordinate from, to, second from, to."},
	{ID: "self-bounding", Label: "Potential and its curvature", Kind: sim.Points, Help: `For the cells of that grid the potential and the largest curvature of it by size, $\lVert\nabla^2\Phi\rVert$.`},
	{ID: "self-bound", Label: "Bound ψ", Kind: sim.Points, Help: `The least increasing curve over those points: $\lVert\nabla^2\Phi\rVert\le\psi(\Phi)$ on this grid.`},
	{ID: "first-potential", Label: "Potential at the start", Kind: sim.Scalar, Help: "The potential where all start: all that can be paid."},
	{ID: "largest-step", Label: "Step size certified", Kind: sim.Scalar, Help: `The largest step size with $\eta\,\psi(\Phi_0)\lVert\nabla F\rVert^2\le g(F)$ at every point of the grid whose potential is at most that of the start.`},
	{ID: "sweep", Label: "Where descent ends", Kind: sim.Image, Help: "For 60 step sizes: 0 gradient flow's minimum, 1 another one, 2 a cycle or no end yet, 3 diverged."},
	{ID: "threshold", Label: "Threshold, log10 η", Kind: sim.Scalar, Help: "Logarithm, base 10, of the step size up to which theory lets descent from this start end where gradient flow does."},
	{ID: "sweep-box", Label: "Its step sizes", Kind: sim.Vector, Help: "Logarithms, base 10, of the first and the last step size; then the edges of the strip."},
}

// A reading holds what the readers of a contestant share.
type reading struct {
	ground *ground
	place  *place
	pot    *potential
	first  float64
	meter  *metered
	river  *river
	spot   []float64 // on the river
	values param.Values
	step   int
	phi    float64
	asked  bool
}

// seldom is the cadence of potentials that take a flow in many dimensions.
const seldom = 20

// potential is that at a reading, computed once.
func (r *reading) potential(at *sim.Reading) float64 {
	if r.asked && r.step == at.Step {
		return r.phi
	}
	r.asked, r.step = true, at.Step
	if _, closed := r.pot.closed(at.X); !closed && r.ground.id != retrieval && r.ground.Dim() > 4 && at.Step%seldom != 0 {
		r.phi = math.NaN()
	} else {
		r.phi = r.pot.at(at.X)
	}
	return r.phi
}

// meterOf is the account of the method that is read.
func meterOf(at *sim.Reading) *metered { return at.Method.(*metered) }

func (r *reading) readers(m *sim.MethodSpec, method opt.Method) map[string]sim.Reader {
	read := map[string]sim.Reader{
		"potential":     rules.Scalar(r.potential),
		"flow-distance": rules.Scalar(func(at *sim.Reading) float64 { return meterOf(at).apart() }),
		"radius":        rules.Scalar(func(at *sim.Reading) float64 { return norm(at.X) }),
		"rate-bound": rules.Scalar(func(at *sim.Reading) float64 {
			t := meterOf(at).Clock().Time
			if t == 0 {
				return math.NaN()
			}
			return r.pot.g.inverse(r.first / t)
		}),
		"first-potential": rules.Scalar(func(*sim.Reading) float64 { return r.first }),
	}
	if m.Kind.ID != "gradient-flow" {
		read["arc-distance"] = rules.Scalar(func(at *sim.Reading) float64 {
			if !r.river.at(r.spot, meterOf(at).length) {
				return math.NaN()
			}
			return landscape.Distance(at.X, r.spot)
		})
	}
	if certified[m.Kind.ID] {
		read["certificate"] = rules.Scalar(func(at *sim.Reading) float64 { return meterOf(at).certificate() })
		read["potential-left"] = rules.Scalar(func(at *sim.Reading) float64 { return r.first - meterOf(at).certificate() })
		read["slack"] = rules.Scalar(func(at *sim.Reading) float64 { return r.first - meterOf(at).certificate() - r.potential(at) })
	}
	if r.ground.Dim() <= 4 {
		read["identity"] = rules.Scalar(r.identity)
	}
	if bound := r.ground.bound(); bound != nil {
		read["problem-bound"] = rules.Scalar(func(at *sim.Reading) float64 { return bound(meterOf(at).Clock().Time) })
	}
	switch f := r.ground.Func.(type) {
	case *phase:
		read["angle"] = rules.Scalar(func(at *sim.Reading) float64 { u, v := f.split(at.X); return math.Atan2(v, u) })
	case product:
		read["balance"] = rules.Scalar(func(at *sim.Reading) float64 { return (at.X[0] - at.X[1]) * (at.X[0] + at.X[1]) })
	case *root:
		read["asymmetry"] = rules.Scalar(func(at *sim.Reading) float64 { return f.asymmetry(at.X) })
		read["eigenvalues"] = func(at *sim.Reading) ([]float64, int) { return f.symmetricValues(at.X), 0 }
	}
	if w, ok := method.(*opt.Walk); ok && r.ground.Dim() <= 100 {
		maps.Copy(read, rules.Stability(w, r.place, func(m sim.Method) *opt.Walk { return m.(*metered).method.(*opt.Walk) },
			func(at *sim.Reading) float64 { return slices.Max(landscape.Spectrum(r.place, at.X)) }, sim.NewFollower(r.ground.Dim(), landscape.TrackOptions{HighOnly: true})))
	}
	if r.ground.Dim() == 2 {
		read["sweep"], read["sweep-box"] = r.sweep, func(*sim.Reading) ([]float64, int) { return sweepBox(), 0 }
		read["threshold"] = rules.Scalar(func(*sim.Reading) float64 { return math.Log10(r.ground.threshold(r.pot.bottom())) })
	}
	return read
}

// differenced is the step of the central difference of the potential.
const differenced = 1e-4

// identity is <grad Phi, grad F>/g(F), which the definition makes 1.
func (r *reading) identity(at *sim.Reading) float64 {
	fine := *r.pot
	fine.rtol = 1e-11
	return identityAt(&fine, at.X)
}

func identityAt(p *potential, w []float64) float64 {
	grad := make([]float64, len(w))
	loss := p.ground.Grad(grad, w)
	length := norm(grad)
	if loss == 0 || length < 1e-6 {
		return math.NaN()
	}
	v := make([]float64, len(w))
	for i := range v {
		v[i] = grad[i] / length
	}
	return p.slope(w, v, differenced) * length / p.g.of(loss)
}

func (f *root) asymmetry(w []float64) float64 {
	s := 0.0
	for i := range f.n {
		for j := range f.n {
			e := w[i*f.n+j] - w[j*f.n+i]
			s += e * e
		}
	}
	return math.Sqrt(s)
}

func (f *root) symmetricValues(w []float64) []float64 {
	a := make([]float64, len(w))
	for i := range f.n {
		for j := range f.n {
			a[i*f.n+j] = (w[i*f.n+j] + w[j*f.n+i]) / 2
		}
	}
	return landscape.SymmetricEigenvalues(a, f.n)
}
