package explore

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim"
)

// descendAsk asks for the ways down from a critical point along its directions of negative curvature.
type descendAsk struct {
	At sim.Anchor `json:"at"`
}

const (
	// downDirections is how many directions are followed, the most negative first.
	downDirections = 4
	// downShift is how far beside the critical point a way begins, relative to 1+|x|.
	downShift = 1e-4
	// criticalSlope is the largest entry of the gradient of a point, relative to 1+|loss|, that is critical.
	criticalSlope = 1e-6
	// maxPathNumbers bounds the numbers that paths are kept in.
	maxPathNumbers = 4_000_000
	maxPathPoints  = 200
)

func (a *descendAsk) anchors() []*sim.Anchor { return []*sim.Anchor{&a.At} }
func (a *descendAsk) check() error           { return given(a.At, "at") }

// A Descent leads down from a critical point. Its points are s, t, loss, distance from the plane.
type Descent struct {
	Eigenvalue Real        `json:"eigenvalue"`
	Sign       int         `json:"sign"`
	Path       [][4]Real   `json:"path"`
	End        *DescentEnd `json:"end"`
}

// A DescentEnd is where a way ends; ID is the number of the critical point there, if it is known.
type DescentEnd struct {
	Loss  Real   `json:"loss"`
	Grad  Real   `json:"grad"`
	Label string `json:"label"`
	ID    *int   `json:"id"`
}

// Descents are the ways down from a critical point.
type Descents struct {
	Paths []Descent `json:"paths"`
}

// ways are Descents before they are laid on a plane.
type ways []way

type way struct {
	Descent
	x      [][]float64
	losses []float64
}

// numbers counts those that are held.
func (w ways) numbers() (n int) {
	for _, one := range w {
		for _, x := range one.x {
			n += len(x)
		}
	}
	return n
}

// On lays the ways on a plane; without one they have no coordinates.
func (w ways) On(p *landscape.Plane) any {
	out := &Descents{Paths: []Descent{}}
	none := Real(math.NaN())
	for _, one := range w {
		o := one.Descent
		o.Path = make([][4]Real, len(one.x))
		for i, x := range one.x {
			o.Path[i] = [4]Real{none, none, Real(one.losses[i]), none}
			if s, t, d := place(p, x); s != nil {
				o.Path[i] = [4]Real{*s, *t, Real(one.losses[i]), *d}
			}
		}
		out.Paths = append(out.Paths, o)
	}
	return out
}

func (a *descendAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	x, err := s.point(ctx, a.At)
	if err != nil {
		return Report{}, err
	}
	f, n := landscape.AsCurved(s.Ground), s.Ground.Dim()
	grad := make([]float64, n)
	loss := f.Grad(grad, x)
	slope := 0.0
	for _, g := range grad {
		slope = max(slope, math.Abs(g))
	}
	if !(slope <= criticalSlope*(1+math.Abs(loss))) {
		return Report{}, fmt.Errorf("%s is not critical: |g| = %.2g", a.At, slope)
	}
	pairs, err := landscape.EndPairs(ctx, f, x, landscape.EndOptions{Low: downDirections, Seed: s.Seed})
	r := Report{Evaluations: 1 + pairs.Products}
	if ended(ctx, err) {
		r.Why = "budget spent (the directions are not found)"
		return r, nil
	}
	if err != nil {
		return r, err
	}
	var down []landscape.Pair
	for _, p := range pairs.Low {
		if p.Value < -1e-8 && p.Residual < -p.Value {
			down = append(down, p)
		}
	}
	found := ways{}
	r.Result = found
	if len(down) == 0 {
		r.Converged, r.Why = true, fmt.Sprintf("no way leads down from %s: no curvature is negative", a.At)
		return r, nil
	}
	beside := downShift * (1 + kernel.Norm(x))
	r.Converged = true
	for i, p := range down {
		for k, sign := range []int{-1, 1} {
			at := make([]float64, n)
			for j, v := range x {
				at[j] = v + float64(sign)*beside*p.Vector[j]
			}
			d, err := landscape.Descend(ctx, f, at, landscape.DescendOptions{Points: min(maxPathPoints, max(2, maxPathNumbers/n/(2*len(down))))})
			r.Evaluations += d.Evaluations
			r.Converged = r.Converged && d.Converged
			if d.Note != "" {
				r.Why = d.Note
			}
			w := way{Descent: Descent{Eigenvalue: Real(p.Value), Sign: sign}, x: append([][]float64{x}, d.Path...), losses: append([]float64{loss}, d.Losses...)}
			w.End = s.endOf(f, &d)
			found = append(found, w)
			r.Result = found[:len(found):len(found)]
			r.Share = float64(2*i+k+1) / float64(2*len(down))
			if ended(ctx, err) {
				r.Converged, r.Why = false, spent(2*i+k, 2*len(down), "ways")
				return r, nil
			}
			if err != nil {
				return r, err
			}
			tell(r)
		}
	}
	return r, nil
}

// endOf says where a descent ended.
func (s *Site) endOf(f landscape.Curved, d *landscape.Descent) *DescentEnd {
	e := &DescentEnd{Loss: Real(d.Loss), Grad: Real(d.GradNorm)}
	if !d.Converged {
		e.Label = fmt.Sprintf("not converged: |g| = %.2g", d.GradNorm)
		return e
	}
	e.Label = "at rest"
	if len(d.End) <= maxDescribed {
		c := landscape.Describe(f, d.End)
		e.Label = c.Label()
	}
	if id := s.Chart.number(d.End); id > 0 {
		e.ID = &id
	}
	return e
}

// maxDescribed is the dimension up to which the kind of an end is found out: its dense Hessian takes milliseconds.
const maxDescribed = 100
