package server

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// A job computes one thing for all viewers who wish it, and ends when nobody waits for it any more. All but the
// counters is guarded by the lock of its run.
type job[T any] struct {
	made    time.Time
	cancel  context.CancelFunc
	waiting map[*wish[T]]*viewer
	newest  T
	known   bool // newest holds something: a preview or, when final, the whole
	final   bool
	gone    bool // failed, or left by all
	brief   bool // not kept once it is told
	// Of so much work so much is done.
	done, of atomic.Int64
}

// A wish is what a viewer waits for.
type wish[T any] struct {
	job   *job[T]
	leave func()
	// What came and is still to be sent. The viewer's lock guards all of a wish.
	ready T
	came  bool
}

// cancel leaves the computation, which ends when nobody else waits for it.
func (w *wish[T]) cancel() {
	if w.leave != nil {
		w.leave()
	}
	*w = wish[T]{}
}

// A shelf keeps the jobs of a run by what they compute: those under way, and the newest finished ones as far as their
// weights are within a bound.
type shelf[K comparable, T any] struct {
	run    *live
	what   string // in the log
	jobs   map[K]*job[T]
	most   int
	weight func(T) int
}

func newShelf[K comparable, T any](r *live, what string, most int, weight func(T) int) *shelf[K, T] {
	return &shelf[K, T]{run: r, what: what, jobs: map[K]*job[T]{}, most: most, weight: weight}
}

// each weighs one, for shelves that count.
func each[T any](T) int { return 1 }

// join has a viewer wait for what a key names, and starts its computation when it is new. The locks of the viewer and
// of the run are held. compute may tell previews before it returns the whole; its context ends with the last wish.
func (s *shelf[K, T]) join(v *viewer, w *wish[T], key K, limit time.Duration, compute func(ctx context.Context, j *job[T], preview func(T)) (T, error)) {
	j := s.jobs[key]
	if j == nil {
		ctx, cancel := context.WithTimeout(s.run.ctx, limit)
		j = &job[T]{made: time.Now(), cancel: cancel, waiting: map[*wish[T]]*viewer{}}
		if !s.run.srv.spawn(func() { s.work(ctx, key, j, compute) }) {
			cancel()
			return
		}
		s.jobs[key] = j
	}
	w.job = j
	w.ready, w.came = j.newest, j.known
	if j.final {
		return
	}
	j.waiting[w] = v
	w.leave = func() {
		s.run.mu.Lock()
		defer s.run.mu.Unlock()
		delete(j.waiting, w)
		if len(j.waiting) == 0 && !j.final {
			j.cancel()
			s.forget(key, j)
		}
	}
}

// work is the goroutine of a job.
func (s *shelf[K, T]) work(ctx context.Context, key K, j *job[T], compute func(context.Context, *job[T], func(T)) (T, error)) {
	defer j.cancel()
	defer func() {
		if p := recover(); p != nil {
			s.run.srv.log.Error(s.what+" failed", "run", s.run.run.ID, "panic", p, "stack", string(debug.Stack()))
			s.fail(key, j)
		}
	}()
	whole, err := compute(ctx, j, func(part T) { s.publish(key, j, part, false) })
	if err != nil {
		if ctx.Err() == nil {
			s.run.srv.log.Warn("no "+s.what, "run", s.run.run.ID, "error", err)
		}
		s.fail(key, j)
		return
	}
	s.publish(key, j, whole, true)
}

// publish gives what was computed to all who wait.
func (s *shelf[K, T]) publish(key K, j *job[T], got T, final bool) {
	r := s.run
	r.mu.Lock()
	j.newest, j.known, j.final = got, true, final
	waiting := make(map[*wish[T]]*viewer, len(j.waiting))
	for w, v := range j.waiting {
		waiting[w] = v
	}
	if final && j.brief {
		s.forget(key, j)
	}
	s.trim()
	r.mu.Unlock()
	for w, v := range waiting {
		v.mu.Lock()
		if w.job == j {
			w.ready, w.came = got, true
		}
		v.mu.Unlock()
		r.srv.ticker.add(v)
	}
}

// fail drops a job that came to nothing, and has those who wait look again.
func (s *shelf[K, T]) fail(key K, j *job[T]) {
	r := s.run
	r.mu.Lock()
	defer r.mu.Unlock()
	s.forget(key, j)
	for _, v := range j.waiting {
		r.srv.ticker.add(v)
	}
}

// forget drops a job; the run's lock is held.
func (s *shelf[K, T]) forget(key K, j *job[T]) {
	j.gone = true
	if s.jobs[key] == j {
		delete(s.jobs, key)
	}
}

// trim drops the oldest finished jobs beyond those that are kept; the run's lock is held.
func (s *shelf[K, T]) trim() {
	total := 0
	for _, j := range s.jobs {
		if j.final {
			total += s.weight(j.newest)
		}
	}
	for total > s.most {
		var oldest *job[T]
		var at K
		for key, j := range s.jobs {
			if j.final && (oldest == nil || j.made.Before(oldest.made)) {
				oldest, at = j, key
			}
		}
		total -= s.weight(oldest.newest)
		delete(s.jobs, at)
	}
}

// busy counts the jobs under way; the run's lock is held.
func (s *shelf[K, T]) busy() (n int) {
	for _, j := range s.jobs {
		if !j.final {
			n++
		}
	}
	return n
}
