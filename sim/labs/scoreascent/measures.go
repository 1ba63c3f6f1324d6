package scoreascent

import (
	"math"

	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
)

// probeEvery is the cadence of the variance.
const probeEvery = 100

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm,
	{ID: "excess-kl", Label: "Excess KL", Kind: sim.Scalar, Every: 1, Log: true, Help: "$\\mathrm{KL}(\\pi\\Vert q)$ less what the best member of the family leaves. Exact: of the target only mean, covariance and entropy matter."},
	{ID: "estimate-norm", Label: "Length of the estimate", Kind: sim.Scalar, Every: 1, Log: true, Help: "Of the gradient that the last step saw."},
	{ID: "gradient-cosine", Label: "Cosine with the exact gradient", Kind: sim.Scalar, Every: 1, Help: "Of the last estimate, where it was taken: 1 is the exact direction."},
	{ID: "acceptance", Label: "Accepted", Kind: sim.Scalar, Every: 1, Help: "Mean over the last 100 steps of the share of proposals that a chain took; where a state is drawn by weights, how often it was a new one; without a chain, the effective share of the sample."},
	{ID: "w-star", Label: "Weight w*", Kind: sim.Scalar, Every: 1, Log: true, Help: "$\\sup\\pi/q$, in closed form. Infinite wherever the target is wider than q in some direction: then chains can stick for arbitrarily long. It is never a maximum over a grid; where there is no closed form none is shown."},
	{ID: "score-variance", Label: "Score size V", Kind: sim.Scalar, Every: 1, Log: true, Help: "$V_\\pi=E_\\pi\\lVert s\\rVert^2$ over 512 fixed draws of the target: what bounds stand in units of. The score of a normal distribution has no bound L."},
	{ID: "gradient-variance", Label: "Variance of the estimate", Kind: sim.Scalar, Every: probeEvery, Log: true, Help: "Over independent copies that start from the target at the present q and move once."},
	{ID: "variance-bound", Label: "Shape of its bound", Kind: sim.Scalar, Every: probeEvery, Log: true, Help: "The paper's bound with V for $L^2$, which does not exist here: its shape, not a bound."},
	{ID: "density-evaluations", Label: "Density evaluations", Kind: sim.Scalar, Every: 1, Help: "Of the target so far; of ELBO, gradients of its logarithm."},
	{ID: "stuck-age", Label: "Stuck age", Unit: "steps", Kind: sim.Vector, Every: 1, Help: "For each chain the steps since it last moved."},
	{ID: "stuck-counts", Label: "Chains by stuck age", Kind: sim.Vector, Every: 1, Help: "How many chains have been stuck for 0, 1, 2, 3 to 4, 5 to 8, 9 to 16, 17 to 32, 33 to 64, and more than 64 steps."},
	{ID: "chains", Label: "Chains", Kind: sim.Points, Every: 1, Help: "Where each chain stands, and its stuck age as a class: 0 fresh, up to 6 for more than 50 steps."},
	{ID: "proposals", Label: "Proposals", Kind: sim.Points, Every: 1, Help: "Of the last step, and whether each was taken (0) or not (1)."},
	{ID: "ellipse", Label: "Ellipse of q", Kind: sim.Vector, Every: 1, Help: "Mean and covariance of q in the picture: x, y, xx, xy, yy."},
	{ID: "target-ellipse", Label: "Ellipse of the target", Kind: sim.Vector, Help: "Mean and covariance of the target in the picture."},
	{ID: "density", Label: "Density", Kind: sim.Image, Help: "$\\ln\\pi$ over the picture, down to 9 below its largest value: of two of the coordinates, with the others integrated out."},
	{ID: "density-box", Label: "Its box", Kind: sim.Vector, Help: "x0, x1, y0, y1 of the picture."},
	{ID: "variance-by-n", Label: "Variance against N", Kind: sim.Points, Help: "The variance of the estimate at the start, for 8 to 128 proposals, as logarithms to base 10."},
	{ID: "mass-contours", Label: "Contours of mass", Kind: sim.Points, Help: "Lines within which 50, 90 and 99 in a hundred of the target's mass in the picture lie."},
	{ID: "state-target", Label: "Target p", Kind: sim.Vector, Help: "Of the exact kernel."},
	{ID: "state-proposal", Label: "Proposal q", Kind: sim.Vector, Help: "Of the exact kernel."},
	{ID: "kernel", Label: "Exact kernel", Kind: sim.Image, Help: "Of independent Metropolis-Hastings on a few states: row i is the distribution after state i."},
	{ID: "variation", Label: "Distance from p", Kind: sim.Points, Help: "Largest distance in total variation after k steps, from the worst state, as its logarithm to base 10."},
	{ID: "variation-bound", Label: "Its bound", Kind: sim.Points, Help: "$(1-1/w^*)^k$."},
	{ID: "variation-cis", Label: "Distance by weights", Kind: sim.Points, Help: "The same of conditional importance sampling with three proposals."},
	{ID: "variation-cis-bound", Label: "Bound by weights", Kind: sim.Points, Help: "$(1-3/(2w^*+2))^k$."},
}

// readers of one method.
type readers struct {
	*world
	probe int
	first bool // of the scene: it alone shows what belongs to none
}

func (r *readers) of(a *ascent) map[string]sim.Reader {
	k, n := a.kind, a.n
	exact := make([]float64, len(a.x))
	read := map[string]sim.Reader{
		"excess-kl":      rules.Scalar(func(at *sim.Reading) float64 { return r.excess(at.Loss) }),
		"w-star":         rules.Unbounded(func(at *sim.Reading) float64 { return r.wStar(at.X) }),
		"score-variance": rules.Scalar(func(at *sim.Reading) float64 { return r.scoreSize(at.X) }),
		"estimate-norm": rules.Scalar(func(at *sim.Reading) float64 {
			if at.Step == 0 {
				return math.NaN()
			}
			return kernel.Norm(of(at).estimated)
		}),
		"gradient-cosine": rules.Scalar(func(at *sim.Reading) float64 {
			if at.Step == 0 {
				return math.NaN()
			}
			m := of(at)
			r.ground.Grad(exact, m.before)
			return kernel.Dot(exact, m.estimated) / kernel.Norm(exact) / kernel.Norm(m.estimated)
		}),
		"density-evaluations": rules.Scalar(func(at *sim.Reading) float64 { return float64(at.Step * n) }),
		"ellipse":             func(at *sim.Reading) ([]float64, int) { return r.ellipse(at.X), 0 },
		"target-ellipse": func(*sim.Reading) ([]float64, int) {
			mean, cov, _ := r.target.Moments()
			return r.shownPart(mean, cov), 0
		},
		"density":       func(*sim.Reading) ([]float64, int) { return r.density(), pixels },
		"mass-contours": func(*sim.Reading) ([]float64, int) { return r.contours(), 2 },
		"density-box":   func(*sim.Reading) ([]float64, int) { return r.box[:], 0 },
		"proposals": func(at *sim.Reading) ([]float64, int) {
			m := of(at)
			if at.Step == 0 {
				return nil, 3
			}
			out := make([]float64, 0, 3*m.n)
			for i := range m.n {
				z, class := m.proposal(i), 1.0
				if m.taken[i] {
					class = 0
				}
				out = append(out, z[r.shown[0]], z[r.shown[1]], class)
			}
			return out, 3
		},
	}
	if k != elbo {
		read["acceptance"] = rules.Scalar(func(at *sim.Reading) float64 {
			if at.Step == 0 {
				return math.NaN()
			}
			return of(at).accepted
		})
	}
	if r.first {
		r.exactKernel(read)
	}
	if k.chainsOf(n) > 0 {
		read["stuck-age"] = func(at *sim.Reading) ([]float64, int) {
			out := make([]float64, len(of(at).age))
			for i, v := range of(at).age {
				out[i] = float64(v)
			}
			return out, 0
		}
		read["stuck-counts"] = func(at *sim.Reading) ([]float64, int) { return stuckCounts(of(at).age), 0 }
		read["chains"] = func(at *sim.Reading) ([]float64, int) {
			m := of(at)
			out := make([]float64, 0, 3*len(m.age))
			for i, v := range m.age {
				z := m.at(i)
				out = append(out, z[r.shown[0]], z[r.shown[1]], staleness(v))
			}
			return out, 3
		}
	}
	if r.probe > 0 {
		read["gradient-variance"] = rules.Scalar(func(at *sim.Reading) float64 { return r.variance(k, at.X, n, r.probe, at.Step) })
		read["variance-by-n"] = func(at *sim.Reading) ([]float64, int) { return r.byProposals(k, at.X), 2 }
		if k == pmcsa || k == jsa || k == msc {
			read["variance-bound"] = rules.Scalar(func(at *sim.Reading) float64 { return r.bound(k, at.X, n) })
		}
	}
	return read
}

func of(at *sim.Reading) *ascent { return at.Method.(*ascent) }

// excess is what is above the floor; rounding is nothing.
func (w *world) excess(loss float64) float64 {
	if v := loss - w.ground.Floor; v > 1e-12*(1+math.Abs(w.ground.Entropy)) {
		return v
	}
	return 0
}

// staleness is the class of a stuck age: 0, 1, 2 to 4, 5 to 10, 11 to 25, 26 to 50, more.
func staleness(age int) float64 {
	class := 0.0
	for _, end := range []int{0, 1, 4, 10, 25, 50} {
		if age > end {
			class++
		}
	}
	return class
}

// stuckCounts counts chains by 0, 1, 2, 3-4, 5-8, 9-16, 17-32, 33-64, more.
func stuckCounts(ages []int) []float64 {
	out := make([]float64, 9)
	for _, age := range ages {
		k, end := 0, 0
		for k < 8 && age > end {
			k++
			end = 1 << max(0, k-1)
		}
		out[k]++
	}
	return out
}

// shownPart is x, y, xx, xy, yy of the coordinates in the picture.
func (w *world) shownPart(mean, cov []float64) []float64 {
	d, i, j := len(mean), w.shown[0], w.shown[1]
	return []float64{mean[i], mean[j], cov[i*d+i], cov[i*d+j], cov[j*d+j]}
}

func (w *world) ellipse(lambda []float64) []float64 {
	q := inference.NewNormal(w.ground.Family, w.target.Dim())
	q.Set(lambda)
	cov := make([]float64, len(q.Mean)*len(q.Mean))
	q.Covariance(cov)
	return w.shownPart(q.Mean, cov)
}

// wStar is the largest weight where it has a closed form or is known to be infinite, else NaN.
func (w *world) wStar(lambda []float64) float64 {
	q := inference.NewNormal(w.ground.Family, w.target.Dim())
	q.Set(lambda)
	d := len(q.Mean)
	sigma := make([]float64, d*d)
	q.Covariance(sigma)
	return w.target.WStar(q.Mean, sigma)
}

// scoreDraws is how many fixed draws of the target the size of the score is taken over.
const scoreDraws = 512

func (w *world) fixedDraws() []float64 {
	w.once.Do(func() {
		d := w.target.Dim()
		w.draws = make([]float64, scoreDraws*d)
		r := rng.NewKey(w.seed, 0, 0, 0, rng.Probe).Seq()
		for i := range scoreDraws {
			w.target.Draw(w.draws[i*d:(i+1)*d], r)
		}
	})
	return w.draws
}

func (w *world) scoreSize(lambda []float64) float64 {
	d := w.target.Dim()
	q := inference.NewNormal(w.ground.Family, d)
	q.Set(lambda)
	draws, s, sum := w.fixedDraws(), make([]float64, len(lambda)), 0.0
	for i := range scoreDraws {
		clear(s)
		q.AddScore(s, 1, draws[i*d:(i+1)*d])
		sum += kernel.Dot(s, s)
	}
	return sum / scoreDraws
}

// variance is the mean square of what independent estimates at λ are off their mean, each by chains that start from the
// target and move once. It is a function of seed, step and the estimator alone.
func (w *world) variance(k kind, lambda []float64, n, copies, step int) float64 {
	p := len(lambda)
	grads := make([]float64, copies*p)
	const each = 16
	kernel.Blocks((copies+each-1)/each, func(block int) {
		c := newChains(k, w.target, w.ground.Family, n, 0)
		for i := block * each; i < min(copies, (block+1)*each); i++ {
			key := func(use uint64) rng.Key {
				return rng.NewKey(w.seed, uint64(step)+1, use, uint64(i), rng.Probe)
			}
			r := key(0).Seq()
			for j := range c.logP {
				w.target.Draw(c.at(j), r)
				c.logP[j] = w.target.Log(c.at(j))
			}
			c.estimate(grads[i*p:(i+1)*p], lambda, 0, keyed{key(1), key(2)})
		}
	})
	mean := make([]float64, p)
	for i := range copies {
		kernel.Axpy(mean, 1/float64(copies), grads[i*p:(i+1)*p])
	}
	sum := 0.0
	for i := range copies {
		for j, g := range grads[i*p : (i+1)*p] {
			sum += (g - mean[j]) * (g - mean[j])
		}
	}
	return sum / float64(copies)
}

// sizes are the numbers of proposals of the picture of variance against N.
var sizes = []int{8, 16, 32, 64, 128}

// byProposals lists log10 N and log10 of the variance at λ.
func (w *world) byProposals(k kind, lambda []float64) []float64 {
	if v, ok := w.variances.Load(k); ok {
		return v.([]float64)
	}
	var out []float64
	for _, n := range sizes {
		out = append(out, math.Log10(float64(n)), math.Log10(w.variance(k, lambda, n, scoreDraws, 0)))
	}
	w.variances.Store(k, out)
	return out
}

// bound is the shape of the paper's bound on the second moment, in units of V.
func (w *world) bound(k kind, lambda []float64, n int) float64 {
	star := w.wStar(lambda)
	if math.IsNaN(star) {
		star = math.Inf(1)
	}
	b, v := inference.Bounds(star, n), w.scoreSize(lambda)
	switch k {
	case pmcsa:
		return b.PMCSA * v
	case jsa:
		return b.JSALimit * v
	}
	return v
}

// exactKernel gives the readings of the kernel on a few states.
func (r *readers) exactKernel(read map[string]sim.Reader) {
	const most, proposals = 8, 3
	star := r.states.WStar()
	decay := func(k []float64) []float64 {
		var out []float64
		for i := 1; i <= most; i++ {
			out = append(out, float64(i), math.Log10(math.Max(r.states.Variation(inference.Power(k, i)), 1e-16)))
		}
		return out
	}
	line := func(rate float64) []float64 {
		var out []float64
		for i := 1; i <= most; i++ {
			out = append(out, float64(i), float64(i)*math.Log10(math.Max(rate, 1e-16)))
		}
		return out
	}
	points := func(values func() []float64) sim.Reader {
		return func(*sim.Reading) ([]float64, int) { return values(), 2 }
	}
	b := inference.Bounds(star, proposals+1)
	read["kernel"] = func(*sim.Reading) ([]float64, int) { return r.states.IMH(), len(r.states.P) }
	read["state-target"] = func(*sim.Reading) ([]float64, int) { return r.states.P, 0 }
	read["state-proposal"] = func(*sim.Reading) ([]float64, int) { return r.states.Q, 0 }
	read["variation"] = points(func() []float64 { return decay(r.states.IMH()) })
	read["variation-bound"] = points(func() []float64 { return line(b.R) })
	read["variation-cis"] = points(func() []float64 { return decay(r.states.CIS(proposals)) })
	read["variation-cis-bound"] = points(func() []float64 { return line(b.MSCRate) })
}
