package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"thalweg/sim"
)

// errStopped answers what the end of the server cut short.
var errStopped = &statusError{http.StatusServiceUnavailable, "the server is stopping", ""}

// A registry holds the runs by id, so that all who ask for the same run share one computation.
type registry struct {
	srv *Server

	mu   sync.Mutex
	runs map[string]*live
	// opening holds the runs that are being opened, so that many who ask at once open it once.
	opening map[string]*opening
	// made counts the new runs and turns of an address in the present minute.
	made   map[string]*quota
	minute time.Time
}

type opening struct {
	done chan struct{}
	err  error
}

type quota struct{ runs, turns int }

func newRegistry(s *Server) *registry {
	return &registry{srv: s, runs: map[string]*live{}, opening: map[string]*opening{}, made: map[string]*quota{}}
}

func (g *registry) find(id string) (*live, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, ok := g.runs[id]
	return r, ok
}

// open returns the run of a spec, new or shared. from, if not nil, is the run that the spec branches off.
func (g *registry) open(ctx context.Context, spec *sim.Spec, from *live, address string) (*live, error) {
	id := spec.ID()
	for {
		g.mu.Lock()
		if r, ok := g.runs[id]; ok {
			r.touch()
			g.mu.Unlock()
			return r, nil
		}
		if o, ok := g.opening[id]; ok {
			g.mu.Unlock()
			select {
			case <-o.done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			if o.err != nil {
				return nil, o.err
			}
			continue
		}
		if err := g.allow(address, from != nil); err != nil {
			g.mu.Unlock()
			return nil, err
		}
		if err := g.makeRoom(from); err != nil {
			g.mu.Unlock()
			return nil, err
		}
		o := &opening{done: make(chan struct{})}
		g.opening[id] = o
		g.mu.Unlock()

		r, err := g.make(ctx, spec, from)
		g.mu.Lock()
		delete(g.opening, id)
		if err == nil {
			g.runs[id] = r
			g.srv.metrics.opened.Inc()
		}
		g.mu.Unlock()
		o.err = err
		close(o.done)
		return r, err
	}
}

// make opens a spec on the core.
func (g *registry) make(ctx context.Context, spec *sim.Spec, from *live) (r *live, err error) {
	if err := g.srv.core.acquire(ctx); err != nil {
		return nil, err
	}
	defer g.srv.core.release()
	defer func() {
		if p := recover(); p != nil {
			g.srv.log.Error("a lab failed to open", "lab", spec.Lab.ID, "panic", p)
			err = errors.New("the lab failed to open")
		}
	}()
	var run *sim.Run
	if from != nil {
		run, err = from.run.Fork(spec)
	} else {
		run, err = sim.NewRun(spec)
	}
	if err != nil {
		return nil, err
	}
	r = newLive(g.srv, run)
	if !g.srv.spawn(r.work) {
		r.stop()
		return nil, errStopped
	}
	return r, nil
}

// allow counts a new run against the address that asks for it.
func (g *registry) allow(address string, turn bool) error {
	if now := time.Now(); now.Sub(g.minute) >= time.Minute {
		g.minute = now
		clear(g.made)
	}
	q := g.made[address]
	if q == nil {
		q = &quota{}
		g.made[address] = q
	}
	n, most, what := &q.runs, g.srv.limits.NewRuns, "runs"
	if turn {
		n, most, what = &q.turns, g.srv.limits.Turns, "turns"
	}
	if *n >= most {
		return refuse(http.StatusTooManyRequests, "too many new runs", "%d new %s a minute are allowed from one address; runs that exist can be opened at any time", most, what)
	}
	*n++
	return nil
}

// makeRoom drops the run that nobody has watched for longest when the house is full.
func (g *registry) makeRoom(keep *live) error {
	if len(g.runs)+len(g.opening) < g.srv.limits.Runs {
		return nil
	}
	var oldest *live
	var since time.Time
	for _, r := range g.runs {
		r.mu.Lock()
		if r != keep && !r.watched() && (oldest == nil || r.idle.Before(since)) {
			oldest, since = r, r.idle
		}
		r.mu.Unlock()
	}
	if oldest == nil {
		return refuse(http.StatusServiceUnavailable, "all runs are being watched", "the server plays at most %d runs at once; try again when somebody has left", g.srv.limits.Runs)
	}
	g.drop(oldest)
	return nil
}

// drop forgets a run; its link makes it again.
func (g *registry) drop(r *live) {
	delete(g.runs, r.run.ID)
	r.stop()
}

// touch starts the time of being unwatched anew.
func (r *live) touch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = time.Now()
}

// sweep drops the runs that nobody has watched for long.
func (g *registry) sweep() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.runs {
		r.mu.Lock()
		old := !r.watched() && time.Since(r.idle) >= g.srv.limits.DropAfter
		r.mu.Unlock()
		if old {
			g.drop(r)
		}
	}
}

func (g *registry) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.runs)
}

// list returns the runs, oldest first.
func (g *registry) list() []*live {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]*live, 0, len(g.runs))
	for _, r := range g.runs {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *live) int { return a.made.Compare(b.made) })
	return out
}

// addressOf is the host of a remote address; headers are not asked, anybody can write them.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}
