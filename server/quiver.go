package server

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A quiverAsk is a wish for arrows over a plane: the first move of a method from each point, or minus the gradient.
type quiverAsk struct {
	Method *string `json:"method"`
	Cells  int     `json:"cells"`
}

// The bounds of a quiver: arrows a side, and how many quivers a run keeps.
const (
	quiverCells, maxQuiver = 21, 64
	keptQuivers            = 8
)

// parseQuiver reads the wish of a view; false takes it back.
func parseQuiver(data json.RawMessage) (*quiverAsk, error) {
	if string(data) == "false" {
		return nil, nil
	}
	var q quiverAsk
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		return nil, param.Refuse("quiver", "must be {\"method\": id or null} or false: %v", err)
	}
	if q.Cells == 0 {
		q.Cells = quiverCells
	}
	if q.Cells < minCells || q.Cells > maxQuiver {
		return nil, param.Refuse("cells", "a quiver has between %d and %d arrows a side; got %d", minCells, maxQuiver, q.Cells)
	}
	return &q, nil
}

// A quiverKey says what a quiver shows; walk is -1 for minus the gradient.
type quiverKey struct {
	group, version, cells, walk int
	at                          [4]float64
}

// A quiverJob computes a quiver for all viewers who wish it.
type quiverJob struct {
	key     quiverKey
	waiting map[*viewer]struct{}
	text    []byte // the message, when it is there
	cancel  context.CancelFunc
	made    time.Time
}

// A quiverWish is the quiver that a viewer looks at.
type quiverWish struct {
	group, walk int
	ask         *quiverAsk
	stale       bool // to be asked for, or again because plane or range changed
	job         *quiverJob
	leave       func()
	ready       []byte
}

func (w *quiverWish) cancel() {
	if w.leave != nil {
		w.leave()
	}
	w.job, w.leave, w.ready = nil, nil, nil
}

// renew asks again for the quiver of a ground whose plane or range changed.
func (w *quiverWish) renew(group int) {
	if w.ask != nil && w.group == group {
		w.stale = true
	}
}

// wishQuiver takes or takes back the wish of a view for arrows on a ground.
func (v *viewer) wishQuiver(ask *quiverAsk, group int) error {
	w := &v.quiver
	if ask == nil {
		w.cancel()
		w.ask = nil
		return nil
	}
	walk := -1
	if ask.Method != nil {
		v.run.run.View(func(t *sim.Trace) {
			walk = slices.IndexFunc(t.Methods, func(m *sim.MethodTrace) bool { return m.ID == *ask.Method })
		})
		if walk < 0 {
			return param.Refuse("quiver", "this run has no method %.40q", *ask.Method)
		}
		group = v.run.group[walk]
	}
	w.cancel()
	w.group, w.walk, w.ask, w.stale = group, walk, ask, true
	return nil
}

// serveQuiver asks for the quiver when the plane is known, and sends it when it is there.
func (v *viewer) serveQuiver() {
	w := &v.quiver
	if w.stale && v.grounds[w.group].version != 0 {
		w.stale = false
		w.cancel()
		v.draw()
	}
	if w.ready != nil {
		v.conn.out.put(w.ready)
		w.ready = nil
	}
}

// draw joins the computation of the quiver that is wished, or starts it.
func (v *viewer) draw() {
	r, w := v.run, &v.quiver
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{w.group, v.grounds[w.group].kind}]
	if p == nil || p.version == 0 || len(p.shape.Origin) == 0 {
		return
	}
	shape := p.shape
	if g := &v.grid; g.ask != nil && g.ask.Range != nil && g.group == w.group {
		shape.Range = *g.ask.Range
	}
	key := quiverKey{w.group, p.version, w.ask.Cells, w.walk, shape.Range}
	job := r.quivers[key]
	if job == nil {
		ctx, cancel := context.WithTimeout(r.ctx, gridTime)
		job = &quiverJob{key: key, waiting: map[*viewer]struct{}{}, cancel: cancel, made: time.Now()}
		if !r.srv.spawn(func() { r.aim(ctx, job, shape) }) {
			cancel()
			return
		}
		r.quivers[key] = job
	}
	w.job = job
	if job.text != nil {
		w.ready = job.text
		return
	}
	job.waiting[v] = struct{}{}
	w.leave = func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(job.waiting, v)
		if len(job.waiting) == 0 && job.text == nil {
			job.cancel()
			r.forgetQuiver(job)
		}
	}
}

// forgetQuiver drops a job; r.mu is held.
func (r *live) forgetQuiver(job *quiverJob) {
	if r.quivers[job.key] == job {
		delete(r.quivers, job.key)
	}
}

// aim is the goroutine of a quiver.
func (r *live) aim(ctx context.Context, job *quiverJob, shape landscape.Plane) {
	defer job.cancel()
	var text []byte
	defer func() {
		if p := recover(); p != nil {
			r.srv.log.Error("a quiver failed", "run", r.run.ID, "panic", p, "stack", string(debug.Stack()))
			text = nil
		}
		r.mu.Lock()
		waiting := make([]*viewer, 0, len(job.waiting))
		for v := range job.waiting {
			waiting = append(waiting, v)
		}
		if job.text = text; text == nil {
			r.forgetQuiver(job)
		}
		r.trimQuivers()
		r.mu.Unlock()
		for _, v := range waiting {
			v.mu.Lock()
			if v.quiver.job == job {
				v.quiver.ready = text
			}
			v.mu.Unlock()
			r.srv.ticker.add(v)
		}
	}()
	var err error
	if text, err = r.arrows(ctx, job.key, shape); err != nil && ctx.Err() == nil {
		text = textMessage(errorMessage{1, "error", "no quiver", problemOf(err).Detail, "quiver"})
	}
}

// trimQuivers drops the oldest finished quivers beyond those kept.
func (r *live) trimQuivers() {
	for len(r.quivers) > keptQuivers {
		var oldest *quiverJob
		for _, j := range r.quivers {
			if j.text != nil && (oldest == nil || j.made.Before(oldest.made)) {
				oldest = j
			}
		}
		if oldest == nil {
			return
		}
		delete(r.quivers, oldest.key)
	}
}

// arrows computes the message of a quiver on the core, in turns.
func (r *live) arrows(ctx context.Context, key quiverKey, shape landscape.Plane) ([]byte, error) {
	if err := r.srv.core.acquire(ctx); err != nil {
		return nil, err
	}
	turn := &turns{core: r.srv.core, ctx: ctx, start: time.Now(), held: true}
	defer turn.end()
	walk := r.groups[key.group][0]
	ground := r.run.Contestant(walk).Ground
	move := func(dst, x []float64) bool {
		ground.Grad(dst, x)
		for i := range dst {
			dst[i] = -dst[i]
		}
		return true
	}
	method := ""
	if key.walk >= 0 {
		var ok bool
		var err error
		if move, ok, err = r.run.FirstMove(key.walk); err != nil {
			return nil, err
		}
		r.run.View(func(t *sim.Trace) { method = t.Methods[key.walk].ID })
		if !ok {
			return nil, param.Refuse("quiver", "%s has no first move that can be told without playing it; null asks for minus the gradient", method)
		}
	}
	x, dst := make([]float64, ground.Dim()), make([]float64, ground.Dim())
	vectors := make([]byte, 0, 24*key.cells*key.cells)
	vectors = append(vectors, '[')
	along := func(low, high float64, i int) float64 { return low + (high-low)*float64(i)/float64(key.cells-1) }
	for i := range key.cells {
		for j := range key.cells {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			turn.yield()
			shape.Point(x, along(shape.Range[0], shape.Range[1], j), along(shape.Range[2], shape.Range[3], i))
			ds, dt := math.NaN(), math.NaN()
			if move(dst, x) {
				var err error
				if ds, dt, err = shape.Along(dst); err != nil {
					return nil, err
				}
			}
			vectors = appendNumber(appendNumber(vectors, ds), dt)
		}
	}
	vectors[len(vectors)-1] = ']'
	m := quiverMessage{V: 1, Type: "quiver", Run: r.run.ID, Version: key.version, Rows: key.cells, Columns: key.cells, Range: shape.Range, Vectors: vectors}
	if method != "" {
		m.Method = &method
	}
	return textMessage(m), nil
}

// appendNumber writes a number with the digits a picture needs and a comma, null where JSON has none.
func appendNumber(b []byte, v float64) []byte {
	if number(v) == nil {
		return append(b, "null,"...)
	}
	return append(strconv.AppendFloat(b, v, 'g', 7, 64), ',')
}
