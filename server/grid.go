package server

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
)

// The policy of grids: a coarse one comes first where the fine one takes a while, and a run keeps the last few.
const (
	previewCells = 41
	keptGrids    = 8
	gridTime     = 2 * time.Minute
	// A survey that takes longer than surveyPatience tells how far it is, once in surveyPause.
	surveyPatience = 300 * time.Millisecond
	surveyPause    = 250 * time.Millisecond
)

// A gridKey says what a grid shows.
type gridKey struct {
	group, version, cells int
	at                    [4]float64
	linear                bool
}

// A gridJob computes a grid for all viewers who wish it.
type gridJob struct {
	key     gridKey
	waiting map[*viewer]struct{}
	grid    *surveyed
	cancel  context.CancelFunc
	made    time.Time
	// Of so many losses of the grid that is computed now so many are done.
	done, of atomic.Int64
}

// A surveyed grid is what viewers are sent.
type surveyed struct {
	message gridMessage
	values  []float64
}

// A gridWish is the grid that a viewer looks at.
type gridWish struct {
	group int
	ask   *gridAsk
	stale bool // to be asked for, or again because the plane changed
	job   *gridJob
	leave func()
	ready *surveyed
	told  time.Time // when the viewer was told how far it is
}

// wish asks for a grid in place of the one before.
func (w *gridWish) wish(group int, ask gridAsk) {
	w.cancel()
	w.group, w.ask, w.stale = group, &ask, true
}

// renew asks again for the grid of a ground whose plane changed.
func (w *gridWish) renew(group int) {
	if w.ask != nil && w.group == group {
		w.stale = true
	}
}

// cancel leaves the computation, which ends when nobody else waits for it.
func (w *gridWish) cancel() {
	if w.leave != nil {
		w.leave()
	}
	w.job, w.leave, w.ready = nil, nil, nil
}

// serveGrid asks for the grid when the plane is known, and sends it when it is there.
func (v *viewer) serveGrid() (more bool) {
	w := &v.grid
	if w.stale && v.grounds[w.group].version != 0 {
		w.stale = false
		w.cancel()
		v.survey()
	}
	if w.ready == nil {
		return v.surveying()
	}
	if !v.conn.out.room() {
		return true
	}
	g := w.ready
	f := sequenced{whole, kindGrid}
	size := frameSize(kindGrid, g.message.Rows, g.message.Columns)
	b := make([]byte, wireRoom, wireRoom+size)
	b = appendFrame(b, header{kind: kindGrid, run: v.run.number, method: whole, measure: uint16(g.message.Version), step: uint32(int(v.head)),
		sequence: v.counts[f], rows: uint32(g.message.Rows), columns: uint32(g.message.Columns)}, g.values)
	// The description and the numbers go as one parcel, so that nothing comes between them.
	e := &encoded{bytes: wireFrame(opBinary, b), frames: []sequenced{f}}
	if text := textMessage(g.message); v.pack != nil {
		v.conn.out.put(text)
	} else {
		e.bytes = slices.Concat(text, e.bytes)
	}
	if !v.deliver(e) {
		return true
	}
	w.ready = nil
	return v.surveying()
}

// surveying tells how far a grid is that takes a while, and reports whether one is still to come.
func (v *viewer) surveying() bool {
	w, r := &v.grid, v.run
	if w.job == nil {
		return false
	}
	r.mu.Lock()
	_, waits := w.job.waiting[v]
	waits = waits && r.grids[w.job.key] == w.job && (w.job.grid == nil || w.job.grid.message.Preview)
	r.mu.Unlock()
	if now := time.Now(); waits && now.Sub(w.job.made) >= surveyPatience && now.Sub(w.told) >= surveyPause && v.conn.out.room() && v.pack == nil {
		if of := w.job.of.Load(); of > 0 {
			w.told = now
			v.conn.out.put(textMessage(surveyMessage{1, "survey", r.run.ID, w.job.key.version, float64(min(w.job.done.Load(), of)) / float64(of)}))
		}
	}
	return waits
}

// survey joins the computation of the grid that is wished, or starts it.
func (v *viewer) survey() {
	r, w := v.run, &v.grid
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{w.group, v.grounds[w.group].kind}]
	if p == nil || p.version == 0 || len(p.shape.Origin) == 0 {
		return
	}
	shape := p.shape
	if w.ask.Range != nil {
		shape.Range = *w.ask.Range
	}
	key := gridKey{w.group, p.version, w.ask.Cells, shape.Range, w.ask.Log != nil && !*w.ask.Log}
	job := r.grids[key]
	if job == nil {
		ctx, cancel := context.WithTimeout(r.ctx, gridTime)
		job = &gridJob{key: key, waiting: map[*viewer]struct{}{}, cancel: cancel, made: time.Now()}
		if !r.srv.spawn(func() { r.compute(ctx, job, shape) }) {
			cancel()
			return
		}
		r.grids[key] = job
	}
	w.job = job
	if job.grid != nil && !job.grid.message.Preview {
		w.ready = job.grid
		return
	}
	w.ready = job.grid
	job.waiting[v] = struct{}{}
	w.leave = func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(job.waiting, v)
		if len(job.waiting) == 0 && (job.grid == nil || job.grid.message.Preview) {
			job.cancel()
			if r.grids[key] == job {
				delete(r.grids, key)
			}
		}
	}
}

// compute is the goroutine of a grid.
func (r *live) compute(ctx context.Context, job *gridJob, shape landscape.Plane) {
	defer job.cancel()
	defer func() {
		if p := recover(); p != nil {
			r.srv.log.Error("a grid failed", "run", r.run.ID, "panic", p, "stack", string(debug.Stack()))
			r.forget(job)
		}
	}()
	ground := r.run.Contestant(r.groups[job.key.group][0]).Ground
	sizes := []int{job.key.cells}
	if job.key.cells > previewCells*3/2 {
		sizes = []int{previewCells, job.key.cells}
	}
	for i, cells := range sizes {
		job.done.Store(0)
		job.of.Store(int64(cells * cells))
		g, err := r.srv.surveyCounted(ctx, ground, shape, cells, cells, &job.done)
		if err != nil {
			if ctx.Err() == nil {
				r.srv.log.Warn("no grid", "run", r.run.ID, "error", err)
			}
			r.forget(job)
			return
		}
		s := &surveyed{message: gridMessageOf(r.run.ID, job.key, g), values: g.Values}
		s.message.Preview = i < len(sizes)-1
		r.mu.Lock()
		job.grid = s
		waiting := make([]*viewer, 0, len(job.waiting))
		for v := range job.waiting {
			waiting = append(waiting, v)
		}
		r.trimGrids()
		r.mu.Unlock()
		for _, v := range waiting {
			v.mu.Lock()
			if v.grid.job == job {
				v.grid.ready = s
			}
			v.mu.Unlock()
			r.srv.ticker.add(v)
		}
	}
}

func (r *live) forget(job *gridJob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.grids[job.key] == job {
		delete(r.grids, job.key)
	}
}

// trimGrids drops the oldest finished grids beyond those kept.
func (r *live) trimGrids() {
	for len(r.grids) > keptGrids {
		var oldest *gridJob
		for _, j := range r.grids {
			if j.grid != nil && !j.grid.message.Preview && (oldest == nil || j.made.Before(oldest.made)) {
				oldest = j
			}
		}
		if oldest == nil {
			return
		}
		delete(r.grids, oldest.key)
	}
}

// surveyInTurns computes a square grid on the core and lets others have their turn between.
func (s *Server) surveyInTurns(ctx context.Context, f landscape.Func, p landscape.Plane, cells int) (*landscape.Grid, error) {
	return s.surveyBox(ctx, f, p, cells, cells)
}

// surveyBox does so for a grid of any shape.
func (s *Server) surveyBox(ctx context.Context, f landscape.Func, p landscape.Plane, rows, columns int) (*landscape.Grid, error) {
	return s.surveyCounted(ctx, f, p, rows, columns, new(atomic.Int64))
}

// surveyCounted counts the losses as well.
func (s *Server) surveyCounted(ctx context.Context, f landscape.Func, p landscape.Plane, rows, columns int, done *atomic.Int64) (*landscape.Grid, error) {
	if err := s.core.acquire(ctx); err != nil {
		return nil, err
	}
	t := &turns{core: s.core, ctx: ctx, start: time.Now(), held: true}
	defer t.end()
	var shared landscape.Func = sharedFunc{f, t, done}
	if many, ok := f.(landscape.Many); ok {
		shared = sharedMany{many, t, done}
	}
	return landscape.Survey(ctx, shared, p, rows, columns)
}

// turns gives the core back after each slice and waits for it again.
type turns struct {
	core *core
	ctx  context.Context

	mu    sync.Mutex
	start time.Time
	held  bool
}

func (t *turns) yield() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.held || time.Since(t.start) < slice {
		return
	}
	t.core.release()
	t.held = t.core.acquire(t.ctx) == nil
	t.start = time.Now()
}

func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		t.core.release()
		t.held = false
	}
}

// A sharedFunc is a loss that gives others their turn before it computes, and counts.
type sharedFunc struct {
	landscape.Func
	turns *turns
	done  *atomic.Int64
}

func (s sharedFunc) Loss(x []float64) float64 {
	s.turns.yield()
	s.done.Add(1)
	return s.Func.Loss(x)
}

type sharedMany struct {
	landscape.Many
	turns *turns
	done  *atomic.Int64
}

func (s sharedMany) Losses(losses, points []float64) {
	s.turns.yield()
	s.Many.Losses(losses, points)
	s.done.Add(int64(len(losses)))
}

func gridMessageOf(run string, key gridKey, g *landscape.Grid) gridMessage {
	scale := landscape.Log
	if key.linear {
		scale = landscape.Linear
	}
	m := gridMessage{V: 1, Type: "grid", Run: run, Version: key.version, Rows: g.Rows, Columns: g.Columns, Range: g.Range, Log: !key.linear, Holes: g.Holes,
		Levels: []float64{}, Major: []bool{}}
	if !math.IsNaN(g.Min) {
		m.Min, m.Max = &g.Min, &g.Max
		h := g.Height(scale)
		m.Epsilon = h.Epsilon
		if c := g.Levels(h); len(c.Values) > 0 {
			m.Levels, m.Major = c.Values, c.Major
		}
	}
	return m
}

// planeMessage describes a plane; r.mu is held.
func (r *live) planeMessage(p *plane) planeMessage {
	m := planeMessage{V: 1, Type: "plane", Run: r.run.ID, Version: p.version, Kind: p.shape.Kind, Range: p.shape.Range, Note: p.note,
		Explained: p.shape.Explained, Planes: r.kinds(p.at.group), Walks: r.groups[p.at.group]}
	if m.Note == "" {
		m.Note = p.shape.Note
	}
	if p.shape.Kind != sim.Direct && len(p.shape.Origin) > 0 {
		cosine := p.shape.Cosine // the message outlives the lock, the plane may be fitted anew
		m.Cosine = &cosine
	}
	m.Columns = []string{"step", "s", "t", "plane-loss", "plane-distance"}
	m.Axes = []string{"axis 1", "axis 2"}
	r.run.View(func(t *sim.Trace) {
		first := t.Methods[r.groups[p.at.group][0]]
		if first.Whole(&p.shape) {
			m.Columns = m.Columns[:3]
		}
		for _, i := range r.groups[p.at.group] {
			if id := t.Methods[i].ID; !slices.Contains(m.Methods, id) {
				m.Methods = append(m.Methods, id)
			}
		}
	})
	switch p.shape.Kind {
	case sim.Direct:
		m.Axes = []string{"x", "y"}
	case sim.PCA:
		for k := range m.Axes {
			m.Axes[k] = fmt.Sprintf("principal axis %d", k+1)
		}
	case sim.Random:
		m.Axes = []string{"random direction 1", "random direction 2"}
	}
	return m
}
