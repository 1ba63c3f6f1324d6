package explore

import (
	"context"
	"fmt"

	"thalweg/landscape"
	"thalweg/sim"
)

// connectAsk asks for the ways from one point to another: straight, with the units of the second in the order of those
// of the first, turned too, and along a trained curve.
type connectAsk struct {
	From sim.Anchor `json:"from"`
	To   sim.Anchor `json:"to"`
}

func (a *connectAsk) anchors() []*sim.Anchor { return []*sim.Anchor{&a.From, &a.To} }

func (a *connectAsk) check() error {
	if err := given(a.From, "from"); err != nil {
		return err
	}
	return given(a.To, "to")
}

// Ways are the losses at places T of the ways from one point to another. Permuted and Signed are missing where the
// ground has no such symmetry. The curve joins the two points as they are.
type Ways struct {
	T        []Real         `json:"t"`
	Straight []Real         `json:"straight"`
	Permuted []Real         `json:"permuted"`
	Signed   []Real         `json:"signed"`
	Curve    []Real         `json:"curve"`
	Barriers map[string]any `json:"barriers"`
	Moved    int            `json:"moved"`
	Turned   int            `json:"turned"`
	Distance struct {
		Before Real `json:"before"`
		After  Real `json:"after"`
	} `json:"distance"`
}

// On is the ways themselves.
func (w *Ways) On(*landscape.Plane) any { return w }

func (a *connectAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	from, err := s.point(ctx, a.From)
	if err != nil {
		return Report{}, err
	}
	to, err := s.point(ctx, a.To)
	if err != nil {
		return Report{}, err
	}
	w := &Ways{Barriers: map[string]any{"straight": nil, "permuted": nil, "signed": nil, "curve": nil}}
	w.Distance.Before = Real(landscape.Distance(from, to))
	w.Distance.After = w.Distance.Before
	r := Report{}
	// Every report has its own copy: what was told stays as it was.
	now := func(share float64) Report {
		held := *w
		held.Barriers = map[string]any{}
		for k, v := range w.Barriers {
			held.Barriers[k] = v
		}
		return Report{Share: share, Evaluations: r.Evaluations, Result: &held}
	}
	cut := func(what string) (Report, error) {
		out := now(1)
		out.Why = fmt.Sprintf("budget spent (%s)", what)
		return out, nil
	}
	put := func(name string, list *[]Real, way landscape.Way) {
		*list = reals(way.Loss)
		w.Barriers[name] = Real(way.Barrier)
	}
	chord := func(name string, list *[]Real, end []float64) error {
		way, err := landscape.Chord(ctx, s.Ground, from, end)
		if err != nil {
			return err
		}
		r.Evaluations += len(way.T)
		w.T = reals(way.T)
		put(name, list, way)
		return nil
	}
	if err := chord("straight", &w.Straight, to); ended(ctx, err) {
		return cut("the straight line is not measured")
	} else if err != nil {
		return r, err
	}
	tell(now(0.05))
	if ground, ok := s.Ground.(landscape.Aligner); ok {
		for _, way := range []struct {
			name  string
			list  *[]Real
			signs bool
		}{{"permuted", &w.Permuted, false}, {"signed", &w.Signed, true}} {
			aligned, moved, turned, err := ground.Align(ctx, from, to, way.signs)
			if err == nil && aligned == nil {
				continue
			}
			if err == nil {
				err = chord(way.name, way.list, aligned)
			}
			if ended(ctx, err) {
				return cut("the aligned lines are not measured")
			} else if err != nil {
				return r, err
			}
			w.Moved, w.Turned = moved, turned
			w.Distance.After = Real(landscape.Distance(from, aligned))
		}
	}
	tell(now(0.1))
	base := r.Evaluations
	c, err := landscape.Connect(ctx, s.Ground, from, to, landscape.CurveOptions{Seed: s.Seed}, func(c *landscape.Curve) {
		put("curve", &w.Curve, c.Way)
		r.Evaluations = base + c.Evaluations
		tell(now(0.1 + 0.9*float64(c.Steps)/500))
	})
	if c != nil {
		put("curve", &w.Curve, c.Way)
		r.Evaluations = base + c.Evaluations
	}
	if ended(ctx, err) {
		steps := 0
		if c != nil {
			steps = c.Steps
		}
		return cut(fmt.Sprintf("%d of 500 steps of the curve", steps))
	}
	if err != nil {
		return r, err
	}
	out := now(1)
	out.Converged = true
	return out, nil
}
