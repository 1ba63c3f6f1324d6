package server

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/explore"
	"thalweg/sim/param"
)

// The bounds of explorations.
const (
	// keptExplored is how many bytes of finished explorations a run keeps, their points and their JSON.
	keptExplored = 16 << 20
	// runExplorations and pageExplorations are how many go on at once on one run and for one connection.
	runExplorations, pageExplorations = 8, 4
	// tellPause is the least time between two reports of one that is under way.
	tellPause = 250 * time.Millisecond
	// exploreTime bounds an exploration with all its waiting; budgets are the seconds of its computation.
	exploreTime = 10 * time.Minute
)

var budgets = map[string]time.Duration{
	"critical-points": 5 * time.Second, "string": 10 * time.Second, "connect": 10 * time.Second, "basins": 20 * time.Second, "descend": 10 * time.Second,
	"line": 10 * time.Second, "spectrum": 30 * time.Second, "density": 20 * time.Second,
}

// An exploreKey says what is explored: a ground, what was asked, and the plane where the result is about that alone.
type exploreKey struct {
	group, version int
	ask            string
}

// An explored is how far an exploration came.
type explored struct {
	state  string // running done failed
	report explore.Report
	bytes  int
}

func (e *explored) weight() int { return e.bytes }

// An exploration is one that a viewer asked for.
type exploration struct {
	wish[*explored]
	tool, id string
	group    int
	task     *explore.Task
	site     *explore.Site
	stale    bool      // to be begun when the plane is known
	last     *explored // what was sent last
	version  int       // of the plane that it was laid on
	of       int       // version of the plane that is explored, where it is about one plane
}

// explore does what a page asks of a tool.
func (v *viewer) explore(c *command) error {
	old := v.explorations[c.Tool]
	if old != nil {
		old.cancel()
		delete(v.explorations, c.Tool)
	}
	l := &exploration{tool: c.Tool, id: c.ID}
	if c.Cancel {
		e := &explored{}
		if old != nil {
			l = old
			if e = old.last; e == nil {
				e = &explored{}
			}
		}
		v.report(l, &explored{state: "stopped", report: e.report})
		return nil
	}
	if err := v.begin(l, c); err != nil {
		v.report(l, &explored{state: "failed", report: explore.Report{Why: problemOf(err).Detail}})
		return nil
	}
	v.explorations[c.Tool] = l
	v.serve()
	v.run.srv.ticker.add(v)
	return nil
}

// begin finds out what is to be explored, and where.
func (v *viewer) begin(l *exploration, c *command) error {
	var err error
	if l.task, err = explore.Parse(c.Tool, c.Ask); err != nil {
		return err
	}
	id := l.task.Method()
	if id == "" {
		id = c.Ground
	}
	if l.group = v.grid.group; id != "" {
		if l.group, err = v.run.groupOf(id); err != nil {
			return err
		}
	}
	v.run.run.View(func(t *sim.Trace) { l.site, err = l.task.Site(t, t.Methods[v.run.groups[l.group][0]]) })
	l.stale = true
	v.viewed = v.viewed || l.task.OnPlane() // the plane is needed
	return err
}

// groupOf is the ground of a method.
func (r *live) groupOf(id string) (group int, err error) {
	r.run.View(func(t *sim.Trace) {
		walk := slices.IndexFunc(t.Methods, func(m *sim.MethodTrace) bool { return m.ID == id })
		if walk < 0 {
			err = param.Refuse("ground", "this run has no method %.40q", id)
			return
		}
		group = r.group[walk]
	})
	return group, err
}

// serveExplorations begins the explorations whose plane is known and sends what came; it reports whether some wait for that.
func (v *viewer) serveExplorations() (more bool) {
	for _, tool := range slices.Sorted(maps.Keys(v.explorations)) {
		l := v.explorations[tool]
		version := v.grounds[l.group].version
		if l.task.OnPlane() && l.job != nil && l.of != version && version != 0 {
			l.stale = true // another plane is shown now
		}
		if l.stale {
			if _, at := v.shape(l.group); at == 0 && l.task.OnPlane() {
				more = true
				continue
			}
			l.stale = false
			l.cancel()
			if err := v.join(l); err != nil {
				delete(v.explorations, tool)
				v.report(l, &explored{state: "failed", report: explore.Report{Why: problemOf(err).Detail}})
				continue
			}
		}
		if !v.conn.out.room() {
			more = true
			continue
		}
		switch {
		case l.came:
			e := l.ready
			l.ready, l.came = nil, false
			v.report(l, e)
		case l.job != nil && v.run.gone(l):
			l.cancel()
			v.report(l, &explored{state: "failed", report: explore.Report{Why: "the exploration failed; the server's log says why"}})
		case !l.task.OnPlane() && l.last != nil && l.last.state == "done" && l.version != version && version != 0:
			v.report(l, l.last) // laid on the plane that is shown now
		}
	}
	return more
}

// gone reports whether the job of an exploration came to nothing.
func (r *live) gone(l *exploration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return l.job.gone && !l.job.final
}

// report sends a report, laid on the plane that the page has.
func (v *viewer) report(l *exploration, e *explored) {
	r := v.run
	m := explorationMessage{V: 1, Type: "exploration", Run: r.run.ID, Tool: l.tool, ID: l.id, State: e.state, Share: e.report.Share, Evaluations: e.report.Evaluations,
		Converged: e.report.Converged, Why: e.report.Why}
	l.last, l.version = e, v.grounds[l.group].version
	if e.report.Result != nil {
		if shape, version := v.shape(l.group); shape != nil {
			m.Version, m.Result = version, e.report.Result.On(shape)
		} else {
			m.Result = e.report.Result.On(nil)
		}
	}
	v.conn.out.put(textMessage(m))
}

// shape is the plane of a ground that the page has, with its version: 0 when there is another one now. It is nil when
// there is none, or none that can be fitted.
func (v *viewer) shape(group int) (*landscape.Plane, int) {
	r, s := v.run, &v.grounds[group]
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{group, s.text}]
	if p == nil || p.version == 0 || p.version != s.version {
		return nil, 0
	}
	if len(p.shape.Origin) == 0 {
		return nil, p.version
	}
	shape := p.shape
	return &shape, p.version
}

// join waits for the exploration, and starts it when it is new.
func (v *viewer) join(l *exploration) error {
	r := v.run
	key := exploreKey{group: l.group, ask: l.task.Key()}
	if l.task.OnPlane() {
		if l.site.Plane, key.version = v.shape(l.group); l.site.Plane == nil {
			return param.Refuse("plane", "there is no plane to explore")
		}
		l.of = key.version
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.explored.jobs[key] == nil {
		mine := 0
		for _, o := range v.explorations {
			if o.job != nil && !o.job.final && !o.job.gone {
				mine++
			}
		}
		switch {
		case mine >= pageExplorations:
			return param.Refuse("explore", "%d explorations of this page are under way; wait for one, or cancel it", mine)
		case r.explored.busy() >= runExplorations:
			return param.Refuse("explore", "%d explorations of this run are under way; try again when one has ended", runExplorations)
		case r.srv.exploring.Add(1) > int64(r.srv.limits.Explorations): // counted at once: those of other runs come at the same time
			r.srv.exploring.Add(-1)
			return param.Refuse("explore", "%d explorations are under way on this server; try again when one has ended", r.srv.limits.Explorations)
		}
	}
	task, site := l.task, l.site
	r.explored.join(v, &l.wish, key, exploreTime, func(ctx context.Context, j *job[*explored], preview func(*explored)) (*explored, error) {
		defer r.srv.exploring.Add(-1)
		return r.explore(ctx, j, task, site, key, preview)
	})
	return nil
}

// explore is the computation of an exploration.
func (r *live) explore(ctx context.Context, j *job[*explored], task *explore.Task, site *explore.Site, key exploreKey, preview func(*explored)) (*explored, error) {
	told := time.Now()
	report, err := r.exploreOnCore(ctx, task, site, key.group, func(report explore.Report) {
		if now := time.Now(); now.Sub(told) >= tellPause {
			told = now
			preview(&explored{state: "running", report: report})
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e := &explored{state: "done", report: report}
	if err != nil {
		if len(param.Faults(err)) == 0 {
			r.srv.log.Info("an exploration failed", "run", r.run.ID, "tool", task.Tool, "error", err)
		}
		e.state, e.report.Why = "failed", err.Error()
	}
	if e.report.Result != nil {
		text, err := json.Marshal(e.report.Result.On(site.Plane))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", task.Tool, err)
		}
		e.bytes = len(text) + e.report.Weight()
	}
	// What the seconds cut short is computed again when it is asked for again.
	j.brief = e.state == "failed" || !report.Converged
	return e, nil
}

// finder gives critical points of a ground of a run that has ended, with the seconds of a search where one is needed.
func (r *live) finder(t *sim.Trace, group int) sim.Finder {
	find := r.charts[group].Finder(t, t.Methods[r.groups[group][0]])
	return func(ctx context.Context, number int) ([]float64, error) {
		ctx, cancel := r.srv.within(ctx, budgets["critical-points"])
		defer cancel()
		return find(ctx, number)
	}
}

// within limits a context that may share the core.
func (s *Server) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	shared, ok := ctx.(sharing)
	if !ok {
		return s.budget(ctx, d)
	}
	limited, cancel := s.budget(shared.Context, d)
	return sharing{limited, shared.turns}, cancel
}

// exploreOnCore explores on the core, in turns, within the seconds of the tool.
func (r *live) exploreOnCore(ctx context.Context, task *explore.Task, site *explore.Site, group int, tell func(explore.Report)) (explore.Report, error) {
	if task.Ends() {
		t, err := r.finish(ctx)
		if err != nil {
			return explore.Report{}, err
		}
		of, plane := t.Methods[r.groups[group][0]], site.Plane
		if site, err = task.Site(t, of); err != nil {
			return explore.Report{}, err
		}
		site.Plane, site.Chart, site.Find = plane, r.charts[group], r.finder(t, group)
	}
	limited, cancel := r.srv.budget(ctx, budgets[task.Tool])
	defer cancel()
	shared, end, err := r.srv.core.share(limited)
	if err != nil {
		return explore.Report{Why: "budget spent (others had the cores)"}, nil
	}
	defer end()
	return task.Run(shared, site, tell)
}
