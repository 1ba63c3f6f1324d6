// Package explore looks into the ground of a run: critical points, basins, paths, slices and spectra. Each tool takes an
// ask and a site, and gives a report that the page, the command line and tests read alike.
//
// A tool ends when its work is done or its context has ended, whichever is first: then the report holds what was found
// and says that the budget is spent.
package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A Report is how far an exploration came.
type Report struct {
	Share       float64 // of the work, 0 to 1
	Evaluations int     // losses, gradients and products with the Hessian
	Converged   bool
	Why         string // what a reader must know, such as that the budget is spent
	Result      Result // nil while there is none
}

// Weight is how many bytes of memory the points of the result take, which its JSON may not show.
func (r Report) Weight() int {
	if w, ok := r.Result.(interface{ numbers() int }); ok {
		return 8 * w.numbers()
	}
	return 0
}

// A Result is what a tool found.
type Result interface {
	// On is the JSON form with coordinates in a plane; nil where none is shown.
	On(p *landscape.Plane) any
}

// An ask is what a tool was asked for.
type ask interface {
	// check fills in what was left out and refuses what is out of bounds.
	check() error
	// anchors are the points that the ask names.
	anchors() []*sim.Anchor
	explore(ctx context.Context, s *Site, tell func(Report)) (Report, error)
}

// tools makes an empty ask of each tool.
var tools = map[string]func() ask{
	"basins":          func() ask { return &basinsAsk{} },
	"critical-points": func() ask { return &criticalAsk{} },
	"connect":         func() ask { return &connectAsk{} },
	"density":         func() ask { return &densityAsk{} },
	"descend":         func() ask { return &descendAsk{} },
	"line":            func() ask { return &lineAsk{} },
	"spectrum":        func() ask { return &spectrumAsk{} },
	"string":          func() ask { return &stringAsk{} },
}

// Tools lists the tools, sorted.
func Tools() []string { return slices.Sorted(maps.Keys(tools)) }

// A Task is an exploration that was asked for.
type Task struct {
	Tool string
	ask  ask
}

// Parse reads an ask, a JSON object; no data asks for the usual.
func Parse(tool string, data []byte) (*Task, error) {
	empty, ok := tools[tool]
	if !ok {
		return nil, param.Refuse("tool", "%.40q is not one of %s", tool, strings.Join(Tools(), ", "))
	}
	t := &Task{tool, empty()}
	if len(data) > 0 {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(t.ask); err != nil {
			if len(param.Faults(err)) > 0 {
				return nil, err
			}
			return nil, param.Refuse("ask", "of %s: %v", tool, err)
		}
		if _, err := dec.Token(); err != io.EOF {
			return nil, param.Refuse("ask", "holds more than one JSON value")
		}
	}
	if err := t.ask.check(); err != nil {
		return nil, err
	}
	return t, nil
}

// Method names the method whose ground is explored, empty where the ask leaves that open.
func (t *Task) Method() string {
	for _, a := range t.ask.anchors() {
		if a.Method != "" {
			return a.Method
		}
	}
	return ""
}

// Key is equal for tasks that give equal results on the same ground of a run.
func (t *Task) Key() string {
	b, err := json.Marshal(t.ask)
	if err != nil {
		panic(err) // asks hold texts and finite numbers
	}
	return t.Tool + string(b)
}

// OnPlane reports whether the result is about one plane only, so that another plane needs another exploration.
func (t *Task) OnPlane() bool {
	_, ok := t.ask.(interface{ onPlane() })
	return ok
}

// Ends reports whether the exploration begins when the run has ended: it searches critical points, or needs one.
func (t *Task) Ends() bool {
	_, search := t.ask.(*criticalAsk)
	return search || slices.ContainsFunc(t.ask.anchors(), func(a *sim.Anchor) bool { return a.Critical > 0 })
}

// A Site is the ground that is explored, and what of the run belongs to it. It is taken from a trace that may go on.
type Site struct {
	Ground landscape.Func
	Domain [4]float64
	Seed   uint64
	// Plane is the one that is shown, if any.
	Plane *landscape.Plane
	// Find gives critical points by their number; nil where none are known. Chart keeps those that are found.
	Find  sim.Finder
	Chart *Chart

	spots map[sim.Anchor]sim.Spot
	lines []Mark
	// What is read of them is read when the run has ended.
	trace *sim.Trace
	of    *sim.MethodTrace
}

// Site takes from a trace what a task needs on the ground of a method, and fixes the present ends that the task names
// to their steps. It fails where the task names points that are not there.
func (t *Task) Site(tr *sim.Trace, of *sim.MethodTrace) (*Site, error) {
	s := &Site{Ground: of.Ground, Domain: of.Domain, Seed: tr.Spec.Seed, trace: tr, of: of, spots: map[sim.Anchor]sim.Spot{}}
	for _, a := range t.ask.anchors() {
		spot, err := tr.Spot(of, *a)
		if err != nil {
			return nil, err
		}
		if a.Critical == 0 && a.Step == sim.AtEnd {
			a.Step = spot.Step
		}
		s.spots[*a] = spot
	}
	if l, ok := t.ask.(interface {
		look(s *Site, tr *sim.Trace, of *sim.MethodTrace)
	}); ok {
		l.look(s, tr, of)
	}
	return s, nil
}

// Run explores. tell, which may be nil, gets reports under way.
func (t *Task) Run(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	if tell == nil {
		tell = func(Report) {}
	}
	r, err := t.ask.explore(ctx, s, tell)
	if err != nil {
		return r, err
	}
	r.Share = 1
	return r, nil
}

// point is where an anchor of the ask lies.
func (s *Site) point(ctx context.Context, a sim.Anchor) ([]float64, error) {
	if a.Critical == 0 {
		return s.spots[a].X, nil
	}
	if s.Find == nil {
		return nil, param.Refuse("anchor", "%s: critical points are not searched here", a)
	}
	return s.Find(ctx, a.Critical)
}

// spent says that a budget ended an exploration.
func spent(n, of int, what string) string {
	return fmt.Sprintf("budget spent (%d of %d %s)", n, of, what)
}

// ended reports whether an error is that of the end of a context.
func ended(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}
