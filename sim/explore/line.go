package explore

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/param"
)

// lineAsk asks for the loss along a line: between two points and a quarter beyond, or through one in a direction.
type lineAsk struct {
	From      sim.Anchor `json:"from,omitzero"`
	To        sim.Anchor `json:"to,omitzero"`
	At        sim.Anchor `json:"at,omitzero"`
	Direction string     `json:"direction,omitempty"`
}

// linePoints is the number of places on a line.
const linePoints = 61

func (a *lineAsk) anchors() []*sim.Anchor {
	if a.Direction != "" {
		return []*sim.Anchor{&a.At}
	}
	return []*sim.Anchor{&a.From, &a.To}
}

func (a *lineAsk) check() error {
	none := sim.Anchor{}
	switch {
	case a.At == none && a.Direction == "":
		if err := given(a.From, "from"); err != nil {
			return err
		}
		return given(a.To, "to")
	case a.From != none || a.To != none:
		return param.Refuse("ask", "line takes either from and to, or at and direction")
	}
	switch a.Direction {
	case "random", "gradient", "top", "bottom":
		return given(a.At, "at")
	}
	return param.Refuse("direction", "%.40q is not one of random, gradient, top, bottom", a.Direction)
}

// A Line is the loss along a line. Chord is the straight line between the losses at 0 and 1, and Barrier how far the
// loss between rises above it; both are missing on a line through one point, where T is the distance from it.
type Line struct {
	T       []Real `json:"t"`
	Loss    []Real `json:"loss"`
	Chord   []Real `json:"chord"`
	Barrier *Real  `json:"barrier"`
	Label   string `json:"label"`
}

// On is the line itself.
func (l *Line) On(*landscape.Plane) any { return l }

func (a *lineAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	if a.Direction != "" {
		return a.through(ctx, s, tell)
	}
	from, err := s.point(ctx, a.From)
	if err != nil {
		return Report{}, err
	}
	to, err := s.point(ctx, a.To)
	if err != nil {
		return Report{}, err
	}
	side := make([]float64, len(from))
	for i := range side {
		side[i] = to[i] - from[i]
	}
	out := &Line{Label: fmt.Sprintf("%s to %s", a.From, a.To)}
	r := walk(ctx, s.Ground, from, side, -0.25, 1.25, out, tell)
	if r.Converged {
		// The places are 1/40 apart: 0 and 1 are among them.
		low, high := out.Loss[10], out.Loss[50]
		barrier := Real(math.Inf(-1))
		for i, t := range out.T {
			out.Chord = append(out.Chord, low+t*(high-low))
			if i >= 10 && i <= 50 {
				barrier = max(barrier, out.Loss[i]-out.Chord[i])
			}
		}
		out.Barrier = &barrier
	}
	return r, nil
}

// through is the loss along a direction through a point.
func (a *lineAsk) through(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	x, err := s.point(ctx, a.At)
	if err != nil {
		return Report{}, err
	}
	out := &Line{Label: fmt.Sprintf("%s, %s", a.At, directions[a.Direction])}
	var d []float64
	reach, products := 0.0, 0
	switch a.Direction {
	case "random":
		var blocks []landscape.Block
		if b, ok := s.Ground.(landscape.Blocks); ok {
			blocks = b.Blocks()
		}
		p, err := landscape.RandomPlane(x, blocks, s.Seed)
		if err != nil {
			return Report{}, err
		}
		d, reach = p.Axes[0], 1
		out.Label += ", " + p.Note
	case "gradient":
		d = make([]float64, len(x))
		s.Ground.Grad(d, x)
		size := kernel.Norm(d)
		if !(size > 0) || math.IsInf(size, 0) {
			return Report{}, fmt.Errorf("there is no gradient at %s", a.At)
		}
		kernel.Scale(1/size, d)
		h := make([]float64, len(x))
		landscape.HessVec(s.Ground, h, x, d)
		products, reach = 2, width(kernel.Dot(d, h))
	default:
		o := landscape.EndOptions{Low: 1, Seed: s.Seed}
		if a.Direction == "top" {
			o.Low, o.High = 0, 1
		}
		p, err := landscape.EndPairs(ctx, s.Ground, x, o)
		if ended(ctx, err) {
			return Report{Evaluations: p.Products, Why: fmt.Sprintf("budget spent (%d products with the Hessian)", p.Products)}, nil
		}
		if err != nil {
			return Report{}, err
		}
		pairs := append(p.Low, p.High...)
		if len(pairs) == 0 {
			return Report{}, fmt.Errorf("the Hessian at %s has no eigenvector: %s", a.At, p.Note)
		}
		d, reach, products = pairs[0].Vector, width(pairs[0].Value), p.Products
		out.Label += fmt.Sprintf(", eigenvalue %.4g", pairs[0].Value)
	}
	r := walk(ctx, s.Ground, x, d, -reach, reach, out, tell)
	r.Evaluations += products
	return r, nil
}

var directions = map[string]string{"random": "random direction", "gradient": "along the gradient", "top": "top eigenvector", "bottom": "bottom eigenvector"}

// width is how far a line along a unit direction of some curvature reaches: three times where a parabola has risen by a
// half, within bounds.
func width(curvature float64) float64 {
	w := 3 / math.Sqrt(math.Abs(curvature))
	if math.IsNaN(w) {
		return 1
	}
	return min(max(w, 1e-3), 1e3)
}

// walk measures the loss at places from low to high on the line through x along d.
func walk(ctx context.Context, f landscape.Func, x, d []float64, low, high float64, out *Line, tell func(Report)) Report {
	at := make([]float64, len(x))
	r := Report{Converged: true, Result: out}
	for i := range linePoints {
		if ctx.Err() != nil {
			r.Converged, r.Why = false, spent(i, linePoints, "places")
			break
		}
		t := low + (high-low)*float64(i)/(linePoints-1)
		for k := range at {
			at[k] = x[k] + t*d[k]
		}
		out.T, out.Loss = append(out.T, Real(t)), append(out.Loss, Real(f.Loss(at)))
		r.Evaluations++
		part := *out // its numbers so far stay as they are
		tell(Report{Share: float64(i+1) / linePoints, Evaluations: r.Evaluations, Result: &part})
	}
	return r
}
