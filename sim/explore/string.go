package explore

import (
	"context"
	"fmt"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// stringAsk asks for the string that falls onto the pass between two points.
type stringAsk struct {
	From   sim.Anchor `json:"from"`
	To     sim.Anchor `json:"to"`
	Images int        `json:"images"`
	// Springs hold the images apart in place of spreading them evenly.
	Springs bool `json:"springs,omitempty"`
}

// The images that may be asked for, and the usual ones.
const usualImages, leastImages, mostImages = 41, 5, 121

func (a *stringAsk) anchors() []*sim.Anchor { return []*sim.Anchor{&a.From, &a.To} }

func (a *stringAsk) check() error {
	if a.Images == 0 {
		a.Images = usualImages
	}
	if a.Images < leastImages || a.Images > mostImages {
		return param.Refuse("images", "must lie between %d and %d; got %d", leastImages, mostImages, a.Images)
	}
	if err := given(a.From, "from"); err != nil {
		return err
	}
	return given(a.To, "to")
}

// A String lies on the way over the pass between two points. Images are their places s, t in the plane, Highest is the
// one of the highest loss, and Barrier how far the saddle next to it rises above the higher end.
type String struct {
	Images     [][2]*Real `json:"images"`
	Distance   []*Real    `json:"distance"`
	Arc        []Real     `json:"arc"`
	Loss       []Real     `json:"loss"`
	Highest    int        `json:"highest"`
	Saddle     *Point     `json:"saddle"`
	Barrier    Real       `json:"barrier"`
	Iterations int        `json:"iterations"`
}

// hung is a String before it is laid on a plane.
type hung struct {
	*landscape.StringPath
	id int // of the saddle
}

// numbers counts those that are held.
func (h hung) numbers() (n int) {
	for _, x := range h.Images {
		n += len(x)
	}
	return n
}

// On lays the images on a plane.
func (h hung) On(p *landscape.Plane) any {
	out := &String{Arc: reals(h.Arc), Loss: reals(h.Loss), Highest: h.Highest, Barrier: Real(h.Barrier), Iterations: h.Iterations}
	for _, x := range h.Images {
		s, t, d := place(p, x)
		out.Images, out.Distance = append(out.Images, [2]*Real{s, t}), append(out.Distance, d)
	}
	if h.Saddle != nil {
		c := *h.Saddle
		c.Number = h.id
		saddle := pointOf(&c, p)
		out.Saddle = &saddle
	}
	return out
}

func (a *stringAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	from, err := s.point(ctx, a.From)
	if err != nil {
		return Report{}, err
	}
	to, err := s.point(ctx, a.To)
	if err != nil {
		return Report{}, err
	}
	if n := len(from); n*a.Images > maxPathNumbers {
		return Report{}, fmt.Errorf("%d images of %d parameters are more than %d numbers", a.Images, n, maxPathNumbers)
	}
	report := func(p *landscape.StringPath) Report {
		h := hung{StringPath: p}
		if p.Saddle != nil {
			h.id = s.Chart.number(p.Saddle.X)
		}
		return Report{Share: float64(p.Iterations) / stringIterations, Evaluations: p.Evaluations, Converged: p.Converged, Why: p.Note, Result: h}
	}
	p, err := landscape.String(ctx, landscape.AsCurved(s.Ground), from, to, landscape.StringOptions{Images: a.Images, Iterations: stringIterations, Springs: a.Springs}, func(p *landscape.StringPath) { tell(report(p)) })
	if p == nil {
		return Report{}, err
	}
	r := report(p)
	if ended(ctx, err) {
		r.Converged, r.Why = false, spent(p.Iterations, stringIterations, "iterations")
		err = nil
	}
	return r, err
}

// stringIterations bounds the iterations of a string.
const stringIterations = 4000
