package server

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"thalweg/landscape"
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

// A surveyed grid is what viewers are sent.
type surveyed struct {
	message gridMessage
	values  []float64
}

// A gridWish is the grid that a viewer looks at.
type gridWish struct {
	wish[*surveyed]
	group, version int // of the plane that was asked for last
	ask            *gridAsk
	stale          bool      // to be asked for, or again because the plane changed
	told           time.Time // when the viewer was told how far it is
}

// take asks for a grid in place of the one before.
func (w *gridWish) take(group int, ask gridAsk) {
	w.cancel()
	w.group, w.ask, w.stale = group, &ask, true
}

// renew asks again for the grid of a ground whose plane changed.
func (w *gridWish) renew(group int) {
	if w.ask != nil && w.group == group {
		w.stale = true
	}
}

// serveGrid asks for the grid when the plane is known, and sends it when it is there.
func (v *viewer) serveGrid() (more bool) {
	w := &v.grid
	if w.stale && v.grounds[w.group].version != 0 {
		w.stale = false
		w.cancel()
		v.survey()
	}
	if !w.came {
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
	w.ready, w.came = nil, false
	return v.surveying()
}

// surveying tells how far a grid is that takes a while, and reports whether one is still to come.
func (v *viewer) surveying() bool {
	w, r := &v.grid, v.run
	if w.job == nil {
		return false
	}
	r.mu.Lock()
	waits := !w.job.final && !w.job.gone
	r.mu.Unlock()
	if now := time.Now(); waits && now.Sub(w.job.made) >= surveyPatience && now.Sub(w.told) >= surveyPause && v.conn.out.room() && v.pack == nil {
		if of := w.job.of.Load(); of > 0 {
			w.told = now
			v.conn.out.put(textMessage(surveyMessage{1, "survey", r.run.ID, w.version, float64(min(w.job.done.Load(), of)) / float64(of)}))
		}
	}
	return waits
}

// survey joins the computation of the grid that is wished, or starts it.
func (v *viewer) survey() {
	r, w := v.run, &v.grid
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{w.group, v.grounds[w.group].text}]
	if p == nil || p.version == 0 || len(p.shape.Origin) == 0 {
		return
	}
	shape := p.shape
	if w.ask.Range != nil {
		shape.Range = *w.ask.Range
	}
	key := gridKey{w.group, p.version, w.ask.Cells, shape.Range, w.ask.Log != nil && !*w.ask.Log}
	w.version = key.version
	r.grids.join(v, &w.wish, key, gridTime, func(ctx context.Context, j *job[*surveyed], preview func(*surveyed)) (*surveyed, error) {
		if key.cells > previewCells*3/2 {
			g, err := r.survey(ctx, j, key, shape, previewCells)
			if err != nil {
				return nil, err
			}
			g.message.Preview = true
			preview(g)
		}
		return r.survey(ctx, j, key, shape, key.cells)
	})
}

// survey computes a grid of a job.
func (r *live) survey(ctx context.Context, j *job[*surveyed], key gridKey, shape landscape.Plane, cells int) (*surveyed, error) {
	j.done.Store(0)
	j.of.Store(int64(cells * cells))
	g, err := r.srv.surveyCounted(ctx, r.ground(key.group), shape, cells, cells, &j.done)
	if err != nil {
		return nil, err
	}
	return &surveyed{message: gridMessageOf(r.run.ID, key, g), values: g.Values}, nil
}

// ground is that of the walks of a group.
func (r *live) ground(group int) landscape.Func {
	return r.run.Contestant(r.groups[group][0]).Ground
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
	ctx, end, err := s.core.share(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return landscape.Survey(ctx, counting(f, done), p, rows, columns)
}

// counting is a loss that counts its values and keeps the faster ways to them.
func counting(f landscape.Func, done *atomic.Int64) landscape.Func {
	switch f := f.(type) {
	case landscape.Planar:
		return countedPlanar{f, done}
	case landscape.Many:
		return countedMany{f, done}
	}
	return countedFunc{f, done}
}

type countedFunc struct {
	landscape.Func
	done *atomic.Int64
}

func (c countedFunc) Loss(x []float64) float64 {
	c.done.Add(1)
	return c.Func.Loss(x)
}

type countedMany struct {
	landscape.Many
	done *atomic.Int64
}

func (c countedMany) Losses(losses, points []float64) {
	c.Many.Losses(losses, points)
	c.done.Add(int64(len(losses)))
}

type countedPlanar struct {
	landscape.Planar
	done *atomic.Int64
}

func (c countedPlanar) OnPlane(ctx context.Context, origin, u, v []float64) func(losses, s []float64, t float64) {
	row := c.Planar.OnPlane(ctx, origin, u, v)
	return func(losses, s []float64, t float64) {
		row(losses, s, t)
		c.done.Add(int64(len(s)))
	}
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
