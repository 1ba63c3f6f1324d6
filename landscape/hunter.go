package landscape

import (
	"context"
	"math"
	"slices"
)

// A hunter goes from one start to critical points, and counts what it evaluates.
type hunter struct {
	ctx  context.Context
	f    Curved
	n    int
	o    Search
	used int     // gradients, losses and products with the Hessian
	most int     // how many it may use
	far  float64 // the size of points that are too far away, where there is no box
}

func newHunter(ctx context.Context, f Curved, o Search) *hunter {
	return &hunter{ctx: ctx, f: f, n: f.Dim(), o: o.defaults(), most: math.MaxInt, far: math.Inf(1)}
}

// over reports whether nothing more may be evaluated.
func (h *hunter) over() bool { return h.used >= h.most || h.ctx.Err() != nil }

func (h *hunter) grad(dst, x []float64) float64 {
	h.used++
	return mortal{h.f, h.ctx}.Grad(dst, x)
}

// level reports whether a gradient counts as 0 beside a loss.
func (h *hunter) level(loss float64, grad []float64) bool {
	return largest(grad) <= h.o.Tolerance*(1+math.Abs(loss))
}

// curvature is the Hessian at x, nil where it is not finite or ctx has ended.
func (h *hunter) curvature(x []float64) curvature {
	if h.n > LiveDense {
		s := &sparse{h: h, x: x, n: h.n, apply: hessianAt(h.ctx, h.f, slices.Clone(x))}
		if probe := s.bent(x); !allFinite(probe) {
			return nil
		}
		return s
	}
	hesse, err := DenseHessian(h.ctx, h.f, x)
	h.used += h.n
	if err != nil || !allFinite(hesse.Values) {
		return nil
	}
	if d := newDense(h.ctx, hesse.Values, h.n); d != nil {
		return d
	}
	return nil
}

// An outcome is how a hunt ended.
type outcome int

const (
	unfinished outcome = iota // the budget of a start is spent, or the loss is not finite
	found                     // at a critical point
	trapped                   // where the gradient is shortest, but not 0
	faded                     // where the gradient fades away without a critical point
	outside                   // beyond the box, or too far away
)

const (
	// Both phases give up after so many steps.
	huntSteps = 200
	// leastShare is the smallest part of Newton's step that is tried.
	leastShare = 0x1p-12
	armijo     = 1e-4
	// The damping of Levenberg's step relative to the square of the largest eigenvalue: the first, the last.
	leastDamping, mostDamping = 1e-12, 1e6
	// longestStep bounds Newton's step relative to 1+|x|: where the Hessian is nearly singular it would lead anywhere.
	longestStep = 0.5
	// At least polishSteps full steps polish a point, and at most maxPolishSteps as long as each halves the gradient,
	// which is how it goes at degenerate points.
	polishSteps, maxPolishSteps = 3, 60
	// A point is critical if Newton's step from it is shorter than settledStep (1+|x|).
	settledStep = 1e-6
	// gradientNoise is what rounding makes of a gradient, relative to the largest curvature and 1+|x|.
	gradientNoise = 1e-14
	// trapSlope is the gradient below which there is no trap.
	trapSlope = 1e-6
	// trapLevel is how small the slope of |grad|^2/2 is at a trap, relative to its parts.
	trapLevel = 1e-5
)

// descend is phase 1: a trust region method downhill from x. It returns where it came to.
func (h *hunter) descend(x []float64) []float64 {
	at, next := slices.Clone(x), make([]float64, h.n)
	grad := make([]float64, h.n)
	loss := h.grad(grad, at)
	radius := 0.1 * (1 + norm(at))
	for range huntSteps {
		if h.over() || h.level(loss, grad) || !allFinite(grad) || h.away(at) {
			break
		}
		bend := h.curvature(at)
		if bend == nil {
			break
		}
		for {
			step, gain := bend.trust(grad, radius)
			length := norm(step)
			if h.over() || !(length > 1e-14*(1+norm(at))) {
				return at
			}
			copy(next, at)
			addScaled(next, 1, step)
			h.used++
			lower := mortal{h.f, h.ctx}.Loss(next)
			ratio := (loss - lower) / gain
			if ratio < 0.25 || ratio-ratio != 0 {
				radius = length / 4
			} else if ratio > 0.75 && length > 0.99*radius {
				radius *= 2
			}
			if ratio > 1e-4 {
				at, next = next, at
				break
			}
		}
		loss = h.grad(grad, at)
	}
	return at
}

// flatten is phase 2: Newton's method, damped, for a point without gradient of any index.
func (h *hunter) flatten(x []float64) (outcome, Critical) {
	at, next := slices.Clone(x), make([]float64, h.n)
	grad, nextGrad := make([]float64, h.n), make([]float64, h.n)
	loss := h.grad(grad, at)
	var pace pace
	for range huntSteps {
		if h.over() || !allFinite(grad) {
			break
		}
		if h.away(at) {
			return outside, Critical{X: at, Loss: loss, GradNorm: largest(grad)}
		}
		bend := h.curvature(at)
		if bend == nil {
			break
		}
		square := dot(grad, grad)
		step := bend.newton(grad)
		if h.level(loss, grad) && norm(step) <= settledStep*(1+norm(at)) {
			break
		}
		var nextLoss float64
		try := func(share float64, step []float64) float64 {
			copy(next, at)
			addScaled(next, share, step)
			if nextLoss = h.grad(nextGrad, next); nextLoss-nextLoss != 0 {
				return math.NaN()
			}
			return dot(nextGrad, nextGrad)
		}
		if length, most := norm(step), longestStep*(1+norm(at)); length > most {
			scale(step, most/length)
		}
		moved := false
		if far := pace.add(step); far != nil {
			if moved = try(1, far) <= square/4; moved {
				pace.reset()
			}
		}
		for share := 1.0; !moved && share >= leastShare && !h.over(); share /= 2 {
			if share < 1 {
				pace.reset()
			}
			moved = try(share, step) <= (1-2*armijo*share)*square
		}
		if !moved {
			top := bend.size() * bend.size()
			for mu := leastDamping * top; mu <= mostDamping*top && mu > 0 && !moved && !h.over(); mu *= 10 {
				moved = try(1, bend.levenberg(grad, mu)) < square*(1-1e-12)
			}
		}
		if h.over() {
			break
		}
		if !moved {
			if norm(bend.bent(grad)) <= trapLevel*bend.size()*norm(grad) && bend.size() > 0 && norm(grad) > trapSlope && !h.level(loss, grad) {
				return trapped, Critical{X: at, Loss: loss, GradNorm: largest(grad)}
			}
			break
		}
		at, next, grad, nextGrad, loss = next, at, nextGrad, grad, nextLoss
	}
	return h.polish(at)
}

// A pace watches the full steps of Newton's method. Towards a degenerate point each entry is the last one times a
// number below 1: it sums up all that would follow.
type pace struct{ last, ratios []float64 }

func (p *pace) reset() { p.last, p.ratios = nil, nil }

// add takes the next step in, and returns how far that and all to follow will lead, nil where this cannot be told.
func (p *pace) add(step []float64) []float64 {
	var far, ratios []float64
	if p.last != nil {
		ratios = make([]float64, len(step))
		for i, s := range step {
			ratios[i] = s / p.last[i]
		}
	}
	if p.ratios != nil {
		for i, r := range ratios {
			if r > 0.3 && r < 0.98 && math.Abs(r-p.ratios[i]) < 0.05 {
				if far == nil {
					far = slices.Clone(step)
				}
				far[i] /= 1 - r
			}
		}
	}
	p.last, p.ratios = step, ratios
	return far
}

// polish takes full steps of Newton's method from x and describes the point with the least gradient.
func (h *hunter) polish(x []float64) (outcome, Critical) {
	at, grad := slices.Clone(x), make([]float64, h.n)
	h.grad(grad, at)
	best, least := slices.Clone(at), largest(grad)
	for k := range maxPolishSteps {
		bend := h.curvature(at)
		if bend == nil || h.over() {
			break
		}
		addScaled(at, 1, bend.newton(grad))
		h.grad(grad, at)
		slope := largest(grad)
		halved := slope <= least/2
		if slope < least {
			copy(best, at)
			least = slope
		}
		if least == 0 || k+1 >= polishSteps && !halved {
			break
		}
	}
	end, bend := h.describe(best)
	switch {
	case h.away(best):
		return outside, end
	case h.ctx.Err() != nil || !end.Converged:
		return unfinished, end
	case end.GradNorm == 0:
		return found, end
	case bend == nil:
		return unfinished, end
	}
	h.grad(grad, best)
	step := bend.newton(grad)
	if norm(step) <= settledStep*(1+norm(best)) {
		return found, end
	}
	if noise := gradientNoise * bend.size() * (1 + norm(best)); end.GradNorm > noise {
		return faded, end
	}
	// Either rounding makes the step, then the next one has nothing to do with it, or the gradient fades and the next
	// is as long.
	copy(at, best)
	addScaled(at, 1, step)
	h.grad(grad, at)
	if bend = h.curvature(at); bend == nil || h.over() {
		return unfinished, end
	}
	if dot(bend.newton(grad), step) > dot(step, step)/2 {
		return faded, end
	}
	return found, end
}

// away reports whether x is far beyond the box of the search, or too far from where the hunt began.
func (h *hunter) away(x []float64) bool {
	if !Finite(x) || norm(x) > h.far {
		return true
	}
	for i, side := range h.o.Box {
		if wide := side[1] - side[0]; x[i] < side[0]-wide || x[i] > side[1]+wide {
			return true
		}
	}
	return false
}
