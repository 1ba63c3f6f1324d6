package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"thalweg/sim"
	"thalweg/sim/explore"
	"thalweg/sim/param"
)

type exploreCmd struct {
	Lab string `arg:"" help:"Lab whose ground is explored."`
	specFlags
	Tool    string        `required:"" help:"Tool: ${tools}."`
	Ask     string        `placeholder:"JSON" help:"What the tool is asked, such as '{\"at\":\"adam@120\"}'."`
	Plane   string        `placeholder:"KIND[:POINTS]" help:"Plane that coordinates are in, such as hessian:adam@120; the lab's own by default."`
	Seconds time.Duration `default:"60s" help:"Time after which the tool tells what it has."`
}

// Run plays the spec and prints what the tool finds on the ground of the first method, or of the one that the ask names.
func (c *exploreCmd) Run(ctx context.Context, s std) error {
	l, err := lab(c.Lab)
	if err != nil {
		return err
	}
	task, err := explore.Parse(c.Tool, []byte(c.Ask))
	if err != nil {
		return err
	}
	d, err := c.draft(l)
	if err != nil {
		return err
	}
	spec, err := l.Resolve(d)
	if err != nil {
		return err
	}
	done := progress(s.notes, int64(spec.Steps), l.ID)
	trace, err := sim.Play(ctx, spec, func(step int) { done(int64(step)) })
	done(-1)
	if err != nil {
		return err
	}
	of := trace.Methods[0]
	if id := task.Method(); id != "" {
		if of = trace.Method(id); of == nil {
			return param.Refuse("ask", "this run has no method %q", id)
		}
	}
	doc, err := c.explore(ctx, trace, of, task)
	if err != nil {
		return err
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s\n", b)
	return err
}

// An exploreDoc is what thalweg explore prints.
type exploreDoc struct {
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

func (c *exploreCmd) explore(ctx context.Context, trace *sim.Trace, of *sim.MethodTrace, task *explore.Task) (*exploreDoc, error) {
	site, err := task.Site(trace, of)
	if err != nil {
		return nil, err
	}
	var text sim.PlaneText
	if c.Plane != "" {
		if text, err = sim.ParsePlane(c.Plane, of.Kinds()); err != nil {
			return nil, err
		}
	}
	site.Chart = &explore.Chart{}
	site.Find = site.Chart.Finder(trace, of)
	fitting, err := trace.Fitting(of, text)
	if err != nil {
		return nil, err
	}
	out := &exploreDoc{Schema: 1, ID: trace.Spec.ID(), Link: trace.Spec.Link(), Tool: task.Tool, Plane: fitting.Text.String()}
	plane, err := fitting.Plane(ctx, site.Find)
	if err != nil {
		return nil, err
	}
	site.Plane, out.Anchors = &plane, fitting.Marks(&plane)
	ctx, cancel := context.WithTimeout(ctx, c.Seconds)
	defer cancel()
	r, err := task.Run(ctx, site, nil)
	if err != nil {
		return nil, err
	}
	out.Converged, out.Why, out.Evaluations = r.Converged, r.Why, r.Evaluations
	if r.Result != nil {
		out.Result = r.Result.On(&plane)
	}
	return out, nil
}
