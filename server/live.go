package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"thalweg/sim"
	"thalweg/sim/explore"
)

// slice is how long a run may compute before it queues again for the core.
const slice = 12 * time.Millisecond

// A live is a run that the server keeps: one goroutine computes it for all who watch. It computes ahead of every
// viewer and never waits for one.
type live struct {
	srv    *Server
	run    *sim.Run
	number uint64 // the id as frames carry it
	made   time.Time

	// columns lists the measures behind the clocks in a scalars row, ground of each walk its group.
	columns []int
	group   []int
	groups  [][]int // walks of each ground

	ctx  context.Context
	stop context.CancelFunc
	wake chan struct{}
	done chan struct{} // closed when there is nothing more to compute

	computed atomic.Int64 // last step that every walk still going has reached
	complete atomic.Bool

	mu       sync.Mutex
	viewers  map[*viewer]struct{}
	pins     int       // exports that wait for the end
	idle     time.Time // since when nobody watches
	wanted   bool      // somebody asked for a step
	failed   string
	planes   map[planeKey]*plane
	versions int
	claims   []claimState
	messages cache
	swarms   cache // of their own, because a swarm is as large as many rows
	grids    *shelf[gridKey, *surveyed]
	quivers  *shelf[quiverKey, []byte]
	explored *shelf[exploreKey, *explored]
	charts   []*explore.Chart // of each ground
}

func newLive(s *Server, run *sim.Run) *live {
	number, err := strconv.ParseUint(run.ID, 16, 64)
	if err != nil {
		panic(err) // ids are hexadecimal digits
	}
	r := &live{srv: s, run: run, number: number, made: time.Now(), idle: time.Now(), wake: make(chan struct{}, 1), done: make(chan struct{}),
		viewers: map[*viewer]struct{}{}, planes: map[planeKey]*plane{}}
	r.grids, r.quivers = newShelf[gridKey](r, "grid", keptGrids, each[*surveyed]), newShelf[quiverKey](r, "quiver", keptQuivers, each[[]byte])
	r.explored = newShelf[exploreKey](r, "exploration", keptExplored, (*explored).weight)
	r.ctx, r.stop = context.WithCancel(s.ctx)
	run.View(func(t *sim.Trace) {
		r.group = make([]int, len(t.Methods))
		for i := range r.group {
			r.group[i] = -1
		}
		for i, m := range t.Methods {
			if r.group[i] >= 0 {
				continue
			}
			var walks []int
			for _, o := range t.Shared(m) {
				j := slices.Index(t.Methods, o)
				r.group[j] = len(r.groups)
				walks = append(walks, j)
			}
			r.groups = append(r.groups, walks)
			r.charts = append(r.charts, &explore.Chart{})
		}
		for i := range run.Spec.Lab.Measures {
			if run.Spec.Lab.Measures[i].Kind != sim.Scalar {
				continue
			}
			if slices.ContainsFunc(t.Methods, func(m *sim.MethodTrace) bool { return m.Series[i].Present }) {
				r.columns = append(r.columns, i)
			}
		}
	})
	r.computed.Store(int64(run.Computed()))
	r.claims = claimsOf(run.Spec)
	return r
}

// work is the goroutine of the run.
func (r *live) work() {
	defer func() {
		if p := recover(); p != nil {
			r.srv.log.Error("run failed", "run", r.run.ID, "lab", r.run.Spec.Lab.ID, "panic", p, "stack", string(debug.Stack()))
			r.fail("the computation failed; the server's log says why")
		}
	}()
	steps := 1
	for {
		if !r.busy() {
			select {
			case <-r.wake:
			case <-r.ctx.Done():
				return
			}
			continue
		}
		ctx, end, err := r.srv.core.share(r.ctx)
		if err != nil {
			return
		}
		steps = r.turn(ctx, end, steps)
	}
}

// turn spends one slice on the core, a panic included, and gives it back by done. What takes longer, such as the readings
// at the end of a scene, asks ctx and so lets others have theirs.
func (r *live) turn(ctx context.Context, done func(), steps int) int {
	defer done()
	start := time.Now()
	if r.advancing() {
		var end bool
		steps, end = advance(ctx, r.run, steps)
		r.planesWork(start.Add(slice))
		r.publish(end)
	} else {
		r.planesWork(start.Add(slice))
	}
	return steps
}

// advance makes steps of a run and says how many fit into the next slice.
func advance(ctx context.Context, run *sim.Run, steps int) (next int, end bool) {
	start := time.Now()
	end = run.Advance(ctx, steps)
	switch took := time.Since(start); {
	case took < slice/3:
		return min(2*steps, 1<<20), end
	case took > slice*3/4:
		return max(1, int(float64(steps)*float64(slice/2)/float64(took))), end
	}
	return steps, end
}

// busy reports whether the run has something to compute now.
func (r *live) busy() bool { return r.advancing() || r.planesWanting() }

// advancing reports whether steps are to be made: somebody asked for one, and somebody is there or was a moment ago.
func (r *live) advancing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wanted && !r.complete.Load() && r.failed == "" && (r.watched() || time.Since(r.idle) < r.srv.limits.PauseAfter)
}

func (r *live) watched() bool { return len(r.viewers) > 0 || r.pins > 0 }

// publish makes what was computed known to the viewers.
func (r *live) publish(end bool) {
	r.computed.Store(int64(r.run.Computed()))
	if end && !r.complete.Load() {
		r.complete.Store(true)
		r.srv.metrics.completed.Inc()
		r.planesWork(time.Now().Add(slice))
		r.judge()
		close(r.done)
		r.tell()
	}
}

// fail ends a run that cannot go on.
func (r *live) fail(why string) {
	r.mu.Lock()
	first := r.failed == "" && !r.complete.Load()
	r.failed = why
	r.mu.Unlock()
	if first {
		close(r.done)
	}
	r.tell()
}

// tell has every viewer look at the run again at the next tick.
func (r *live) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for v := range r.viewers {
		r.srv.ticker.add(v)
	}
}

// want starts the computation.
func (r *live) want() {
	r.mu.Lock()
	r.wanted = true
	r.mu.Unlock()
	r.nudge()
}

func (r *live) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *live) join(v *viewer) {
	r.mu.Lock()
	r.viewers[v] = struct{}{}
	r.mu.Unlock()
	r.nudge()
}

func (r *live) leave(v *viewer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.viewers, v)
	r.idle = time.Now()
}

// pin keeps the run computing until unpin, as a viewer does.
func (r *live) pin() {
	r.mu.Lock()
	r.pins++
	r.wanted = true
	r.mu.Unlock()
	r.nudge()
}

func (r *live) unpin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pins--
	r.idle = time.Now()
}

// finish plays the run to its end and returns its trace.
func (r *live) finish(ctx context.Context) (*sim.Trace, error) {
	r.pin()
	defer r.unpin()
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, fmt.Errorf("the run did not end within the time of a request; it is at step %d of %d: %w", r.computed.Load(), r.run.Spec.Steps, ctx.Err())
	case <-r.ctx.Done():
		return nil, errStopped
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != "" {
		return nil, fmt.Errorf("run %s: %s", r.run.ID, r.failed)
	}
	return r.run.Trace(), nil
}

// state says how far the run is, whoever watches it.
func (r *live) state() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.failed != "":
		return "failed"
	case r.complete.Load():
		return "done"
	case !r.wanted:
		return "ready"
	case !r.watched() && time.Since(r.idle) >= r.srv.limits.PauseAfter:
		return "paused"
	}
	return "running"
}
