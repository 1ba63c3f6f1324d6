package server

import (
	"math"
	"slices"
	"sort"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
)

// A planeKey names a plane of a run: of which ground, and of which kind.
type planeKey struct {
	group int
	kind  string
}

// A plane is one picture plane of a run with the paths laid on it. Fitted planes follow the trajectories: each fit
// is a new version.
type plane struct {
	at      planeKey
	version int // 0 until there is a first fit
	shape   landscape.Plane
	note    string
	columns int
	rows    [][]float64 // per walk of the group, as sim.MethodTrace.Path gives them
	next    []int       // per walk of the group, the record that comes next
	cover   int         // last step up to which the rows are complete
	fitted  int         // records at the last fit
	final   bool        // fitted to the whole run
	when    time.Time
}

// The policy of refits: when the trajectories grew by a quarter, at most once a second, and at the end.
const (
	refitGrowth = 1.25
	refitPause  = time.Second
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
		p = &plane{at: at, cover: -1, rows: make([][]float64, len(r.groups[at.group])), next: make([]int, len(r.groups[at.group]))}
		r.planes[at] = p
		r.nudge()
	}
	return p
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

// needs reports whether a plane is to be fitted anew.
func (r *live) needs(p *plane, records int) bool {
	switch {
	case p.version == 0:
		return true
	case p.at.kind == sim.Direct || p.final:
		return false
	case r.complete.Load():
		return true
	}
	return float64(records) >= refitGrowth*float64(max(p.fitted, 8)) && time.Since(p.when) >= refitPause
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
		if p.cover < computed || r.needs(p, p.fitted) {
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
		return a.group < b.group || a.group == b.group && a.kind < b.kind
	})
	fresh := false
	for _, p := range all {
		if n := r.records(p.at.group); r.needs(p, n) {
			r.fit(p, n)
			fresh = true
		}
		r.lay(p, deadline)
	}
	if fresh {
		r.tell()
	}
}

// fit makes a new version of a plane. Only the goroutine of the run changes planes.
func (r *live) fit(p *plane, records int) {
	final := r.complete.Load()
	var shape landscape.Plane
	var err error
	note := ""
	r.run.View(func(t *sim.Trace) {
		of := t.Methods[r.groups[p.at.group][0]]
		shape, err = t.Plane(of, p.at.kind)
		if err != nil && p.at.kind != sim.Random {
			note = "a random plane, until the walks have moved far enough to span one"
			shape, err = t.Plane(of, sim.Random)
		}
	})
	if err != nil {
		r.srv.log.Warn("no plane", "run", r.run.ID, "kind", p.at.kind, "error", err)
		note = "no plane can be fitted: " + err.Error()
		shape = landscape.Plane{Kind: p.at.kind}
	}
	if final && note != "" && err == nil {
		note = "a random plane, because the walks span none"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.versions++
	p.version, p.shape, p.note = r.versions, shape, note
	p.fitted, p.final, p.when = records, final, time.Now()
	p.cover = -1
	for i := range p.rows {
		p.rows[i], p.next[i] = nil, 0
	}
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
