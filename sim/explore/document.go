package explore

import (
	"context"

	"thalweg/sim"
	"thalweg/sim/param"
)

// A Document is what an exploration of a run that has ended found, as the command line prints it.
type Document struct {
	Schema      int        `json:"schema"`
	ID          string     `json:"id"`
	Link        string     `json:"link"`
	Tool        string     `json:"tool"`
	Plane       string     `json:"plane"`
	Converged   bool       `json:"converged"`
	Why         string     `json:"why"`
	Evaluations int        `json:"evaluations"`
	Anchors     []sim.Mark `json:"anchors"`
	Result      any        `json:"result"`
}

// Play explores the ground of the first method, or of the one that the ask names, with coordinates in a plane: that of
// a text, or the lab's own where it is empty. Where ctx ends, the document has what was found until then.
func (t *Task) Play(ctx context.Context, trace *sim.Trace, plane string) (*Document, error) {
	of := trace.Methods[0]
	if id := t.Method(); id != "" {
		if of = trace.Method(id); of == nil {
			return nil, param.Refuse("ask", "this run has no method %q", id)
		}
	}
	site, err := t.Site(trace, of)
	if err != nil {
		return nil, err
	}
	var text sim.PlaneText
	if plane != "" {
		if text, err = sim.ParsePlane(plane, of.Kinds()); err != nil {
			return nil, err
		}
	}
	site.Chart = &Chart{}
	site.Find = site.Chart.Finder(trace, of)
	fitting, err := trace.Fitting(of, text)
	if err != nil {
		return nil, err
	}
	out := &Document{Schema: 1, ID: trace.Spec.ID(), Link: trace.Spec.Link(), Tool: t.Tool, Plane: fitting.Text.String()}
	shown, err := fitting.Plane(ctx, site.Find)
	if err != nil {
		return nil, err
	}
	site.Plane, out.Anchors = &shown, fitting.Marks(&shown)
	r, err := t.Run(ctx, site, nil)
	if err != nil {
		return nil, err
	}
	out.Converged, out.Why, out.Evaluations = r.Converged, r.Why, r.Evaluations
	if r.Result != nil {
		out.Result = r.Result.On(&shown)
	}
	return out, nil
}
