package server

import (
	"context"
	"math"
	"runtime/debug"
	"slices"
	"sort"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
)

// A planeKey names a plane of a run: of which ground, and by its text.
type planeKey struct {
	group int
	text  string
}

// A plane is one picture plane of a run with the paths laid on it. What depends on the end of a walk follows the
// trajectories: each fit is a new version.
type plane struct {
	at      planeKey
	what    sim.PlaneText
	asked   time.Time // when a viewer looked at it last
	version int       // 0 until there is a first fit
	shape   landscape.Plane
	marks   []sim.Mark
	note    string
	columns int
	rows    [][]float64 // per walk of the group, as sim.MethodTrace.Path gives them
	next    []int       // per walk of the group, the record that comes next
	cover   int         // last step up to which the rows are complete
	records int         // of the longest walk at the last fit
	settled bool        // more steps do not change it
	when    time.Time   // of the last fit
	fitting bool        // a goroutine fits it
	fitted  *fitted     // what it came to, until the run takes it over
}

// A fitted plane is one that a goroutine made for the run to take over.
type fitted struct {
	shape   landscape.Plane
	marks   []sim.Mark
	note    string
	records int
	settled bool
}

// The policy of planes: refits when the trajectories grew by a quarter, at most once a second, and at the end.
const (
	refitGrowth = 1.25
	refitPause  = time.Second
	fitTime     = time.Minute
	// keptPlanes is how many planes a run lays paths on; the one that nobody looked at for longest goes first.
	keptPlanes = 12
	// planeLosses is how many losses on the plane are computed along one path.
	planeLosses = 120
	pathChunk   = 64
)

// kinds lists the planes on offer for a ground, the default first.
func (r *live) kinds(group int) []string {
	m := r.run.Contestant(r.groups[group][0])
	if len(m.Planes) > 0 {
		return m.Planes
	}
	return []string{sim.Direct}
}

// plane returns a plane, asking for it when it is new. Its fields may be read while mu is held, which it is.
func (r *live) plane(at planeKey) *plane {
	p := r.planes[at]
	if p == nil {
		what, err := sim.ParsePlane(at.text, r.kinds(at.group))
		if err != nil {
			panic(err) // texts are checked when they come
		}
		p = &plane{at: at, what: what, cover: -1, rows: make([][]float64, len(r.groups[at.group])), next: make([]int, len(r.groups[at.group]))}
		r.planes[at] = p
		r.dropPlane(p)
		r.nudge()
	}
	p.asked = time.Now()
	return p
}

// dropPlane forgets a plane when there are too many, but not the new one.
func (r *live) dropPlane(but *plane) {
	if len(r.planes) <= keptPlanes {
		return
	}
	var oldest *plane
	for _, p := range r.planes {
		if p != but && (oldest == nil || p.asked.Before(oldest.asked)) {
			oldest = p
		}
	}
	delete(r.planes, oldest.at)
}

// records is the number of records of the longest walk of a group.
func (r *live) records(group int) (n int) {
	r.run.View(func(t *sim.Trace) {
		for _, i := range r.groups[group] {
			n = max(n, t.Methods[i].Records())
		}
	})
	return n
}

// needs reports whether a plane is to be fitted anew; r.mu is held.
func (r *live) needs(p *plane, records int) bool {
	switch {
	case p.fitting || p.fitted != nil:
		return false
	case p.version == 0:
		return true
	case p.settled:
		return false
	case r.complete.Load():
		return true
	}
	return float64(records) >= refitGrowth*float64(max(p.records, 8)) && time.Since(p.when) >= refitPause
}

// planesWanting reports whether a plane waits for a fit or for rows.
func (r *live) planesWanting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != "" {
		return false
	}
	computed := int(r.computed.Load())
	for _, p := range r.planes {
		if p.fitted != nil || p.version != 0 && p.cover < computed || r.needs(p, p.records) {
			return true
		}
	}
	return false
}

// planesWork fits planes and lays paths on them until the deadline.
func (r *live) planesWork(deadline time.Time) {
	r.mu.Lock()
	all := make([]*plane, 0, len(r.planes))
	for _, p := range r.planes {
		all = append(all, p)
	}
	r.mu.Unlock()
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i].at, all[j].at
		return a.group < b.group || a.group == b.group && a.text < b.text
	})
	fresh := false
	for _, p := range all {
		fresh = r.takeOver(p) || fresh
		n := r.records(p.at.group)
		r.mu.Lock()
		needs := r.needs(p, n)
		r.mu.Unlock()
		if needs {
			r.fit(p, n)
			fresh = r.takeOver(p) || fresh
		}
		r.lay(p, deadline)
	}
	if fresh {
		r.tell()
	}
}

// fit starts the making of a new version of a plane. Only the goroutine of the run changes planes; the work is done by
// another, which takes its turn on the core.
func (r *live) fit(p *plane, records int) {
	f := &fitted{records: records, settled: r.complete.Load()}
	var from *sim.Fitting
	var err error
	r.run.View(func(t *sim.Trace) { from, err = t.Fitting(t.Methods[r.groups[p.at.group][0]], p.what) })
	if err == nil {
		f.settled = f.settled || from.Settled
	}
	if p.what.Kind == sim.Direct {
		f.shape, err = from.Plane(r.ctx, nil)
		r.fitDone(p, f, err)
		return
	}
	r.mu.Lock()
	p.fitting = true
	r.mu.Unlock()
	work := func() {
		defer func() {
			if fault := recover(); fault != nil {
				r.srv.log.Error("a plane failed", "run", r.run.ID, "plane", p.at.text, "panic", fault, "stack", string(debug.Stack()))
				r.fitDone(p, f, errInternal)
			}
		}()
		if err == nil {
			f.shape, err = r.fitOnCore(from, p.at.group)
		}
		if err == nil {
			f.marks = from.Marks(&f.shape)
		}
		r.fitDone(p, f, err)
	}
	if !r.srv.spawn(work) {
		r.fitDone(p, f, errStopped)
	}
}

// fitOnCore fits a plane on the core, in turns. One that goes through critical points waits for the end of the run.
func (r *live) fitOnCore(from *sim.Fitting, group int) (landscape.Plane, error) {
	var find sim.Finder
	if from.Searched() {
		t, err := r.finish(r.ctx)
		if err != nil {
			return landscape.Plane{}, err
		}
		find = r.finder(t, group)
	}
	limited, cancel := context.WithTimeout(r.ctx, fitTime)
	defer cancel()
	ctx, end, err := r.srv.core.share(limited)
	if err != nil {
		return landscape.Plane{}, err
	}
	defer end()
	return from.Plane(ctx, find)
}

// fitDone hands a new version to the goroutine of the run. Where a plane without points of choice cannot be fitted, as
// when the walks span none, a random one stands in and says why.
func (r *live) fitDone(p *plane, f *fitted, err error) {
	if err != nil && len(p.what.Anchors) == 0 && p.what.Kind != sim.Random {
		var instead *sim.Fitting
		r.run.View(func(t *sim.Trace) {
			instead, _ = t.Fitting(t.Methods[r.groups[p.at.group][0]], sim.PlaneText{Kind: sim.Random})
		})
		if shape, second := instead.Plane(r.ctx, nil); second == nil {
			why := err
			f.shape, err = shape, nil
			switch {
			case p.what.Kind == sim.Hessian, p.what.Kind == sim.HessianTop:
				f.note = "a random plane, because " + why.Error()
			case f.settled:
				f.note = "a random plane, because the walks span none"
			default:
				f.note = "a random plane, until the walks have moved far enough to span one"
			}
		}
	}
	if err != nil {
		r.srv.log.Warn("no plane", "run", r.run.ID, "plane", p.at.text, "error", err)
		f.note = "no plane can be fitted: " + err.Error()
		f.shape = landscape.Plane{Kind: p.what.Kind}
	}
	r.mu.Lock()
	p.fitting, p.fitted = false, f
	r.mu.Unlock()
	r.nudge()
}

// takeOver makes what was fitted the new version of a plane, and reports whether there was any.
func (r *live) takeOver(p *plane) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := p.fitted
	if f == nil {
		return false
	}
	r.versions++
	p.version, p.shape, p.marks, p.note = r.versions, f.shape, f.marks, f.note
	p.records, p.settled, p.when, p.fitted = f.records, f.settled, time.Now(), nil
	p.cover = -1
	for i := range p.rows {
		p.rows[i], p.next[i] = nil, 0
	}
	return true
}

// planeMessage describes a plane; r.mu is held.
func (r *live) planeMessage(p *plane) planeMessage {
	m := planeMessage{V: 1, Type: "plane", Run: r.run.ID, Version: p.version, Kind: p.shape.Kind, Text: p.at.text, Anchors: []planeAnchor{}, Range: p.shape.Range, Note: p.note,
		Explained: p.shape.Explained, Curvatures: p.shape.Curvatures, Planes: r.kinds(p.at.group), Walks: r.groups[p.at.group]}
	if m.Note == "" {
		m.Note = p.shape.Note
	}
	if p.shape.Kind != sim.Direct && len(p.shape.Origin) > 0 {
		cosine := p.shape.Cosine // the message outlives the lock, the plane may be fitted anew
		m.Cosine = &cosine
	}
	m.Columns = []string{"step", "s", "t", "plane-loss", "plane-distance"}
	axes := sim.AxisNames(&p.shape)
	m.Axes = axes[:]
	for _, k := range p.marks {
		a := planeAnchor{Label: k.Label, S: k.S, T: k.T, Loss: number(k.Loss), Distance: k.Distance}
		if k.Step >= 0 {
			a.Step = &k.Step
		}
		m.Anchors = append(m.Anchors, a)
	}
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
	return m
}

// planeText checks the text of a plane of a ground and gives its canonical form.
func (r *live) planeText(group int, text string) (string, error) {
	what, err := sim.ParsePlane(text, r.kinds(group))
	if err != nil {
		return "", err
	}
	r.run.View(func(t *sim.Trace) { _, err = t.Fitting(t.Methods[r.groups[group][0]], what) })
	return what.String(), err
}

// lay extends the paths by the records that are new.
func (r *live) lay(p *plane, deadline time.Time) {
	if p.version == 0 {
		return
	}
	gap := max(1, r.run.Spec.Steps/r.run.Spec.Values.Whole("every")/planeLosses)
	cover := math.MaxInt
	for k, walk := range r.groups[p.at.group] {
		for {
			var rows []float64
			var columns, next, last int
			ended := false
			r.run.View(func(t *sim.Trace) {
				m := t.Methods[walk]
				next = min(p.next[k]+pathChunk, m.Records())
				if len(p.shape.Origin) == 0 {
					columns, next = 3, m.Records()
				} else {
					rows, columns = m.Path(&p.shape, p.next[k], next, gap)
				}
				ended = m.State != sim.Running && next == m.Records()
				last = m.Step[next-1]
			})
			more := next > p.next[k]
			r.mu.Lock()
			p.rows[k] = append(p.rows[k], rows...)
			p.columns, p.next[k] = columns, next
			r.mu.Unlock()
			if ended {
				last = math.MaxInt
			}
			if !more || ended || time.Now().After(deadline) {
				cover = min(cover, last)
				break
			}
		}
	}
	r.mu.Lock()
	p.cover = cover
	r.mu.Unlock()
}

// row returns the row of a step, nil when its point was not kept.
func (p *plane) row(k, step int) []float64 {
	n := len(p.rows[k]) / max(p.columns, 1)
	i := sort.Search(n, func(i int) bool { return p.rows[k][i*p.columns] >= float64(step) })
	if i == n || p.rows[k][i*p.columns] != float64(step) {
		return nil
	}
	return p.rows[k][i*p.columns : (i+1)*p.columns]
}

// pick chooses at most n of the records [lo, hi): the first, the last, and the extremes of the loss in between.
func pick(dst []int, m *sim.MethodTrace, lo, hi, n int) []int {
	count := hi - lo
	if count <= n {
		for i := lo; i < hi; i++ {
			dst = append(dst, i)
		}
		return dst
	}
	if n < 4 {
		if n >= 2 {
			dst = append(dst, lo)
		}
		return append(dst, hi-1)
	}
	loss := m.At("loss")
	if len(loss) < hi {
		loss = nil
	}
	dst = append(dst, lo)
	buckets := (n - 2) / 2
	inner := count - 2
	for b := range buckets {
		from, to := lo+1+b*inner/buckets, lo+1+(b+1)*inner/buckets
		low, high := from, to-1
		if loss != nil {
			low = from
			high = from
			for i := from; i < to; i++ {
				if loss[i] < loss[low] {
					low = i
				}
				if loss[i] > loss[high] {
					high = i
				}
			}
		}
		dst = append(dst, min(low, high))
		if low != high {
			dst = append(dst, max(low, high))
		}
	}
	return append(dst, hi-1)
}

// recordsIn finds the records of a walk with steps in (from, to].
func recordsIn(m *sim.MethodTrace, from, to int) (lo, hi int) {
	lo, _ = slices.BinarySearch(m.Step, from+1)
	hi, _ = slices.BinarySearch(m.Step, to+1)
	return lo, hi
}
