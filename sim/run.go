package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"thalweg/landscape"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A Method is one walker: Step changes it, everything else only looks.
type Method interface {
	// Step makes one step. opt.ErrDiverged and opt.ErrConverged end the walk at its last good point, any other
	// error marks it failed.
	Step() error
	// Point is the present parameter (the mean for a population), owned by the method.
	Point() []float64
	// Clock says how much was spent so far.
	Clock() opt.Clock
}

// The optional abilities of a method.
type (
	// A Turner takes a new value of a live hyper-parameter or control.
	Turner interface {
		Turn(id string, v float64) error
	}
	// A Cloner can be copied with all its memory, which makes checkpoints and cheap forks possible. It gives nil where what
	// it is made of cannot.
	Cloner interface{ CloneMethod() Method }
	// A Swarmer moves many points at once: n x dim, row-major, owned by the method.
	Swarmer interface{ Swarm() []float64 }
)

// clone copies a method with all its memory; gonum's cannot be copied and are replayed from the start instead.
func clone(m Method) (Method, bool) {
	switch m := m.(type) {
	case Cloner:
		c := m.CloneMethod()
		return c, c != nil
	case opt.Method:
		return opt.Clone(m)
	}
	return nil, false
}

// The states of a method's walk.
const (
	Running   = "running"
	Done      = "done"
	Diverged  = "diverged"
	Converged = "converged"
	Failed    = "failed"
)

// A Run plays a spec. One goroutine at a time may call Advance; everything else is safe for concurrent use.
type Run struct {
	Spec *Spec
	ID   string
	// Parent and ForkedAt tell of the run this one branched off, if any.
	Parent   string
	ForkedAt int

	walkers []*walker
	closing []closing // by replica
	cost    float64
	note    string

	mu      sync.RWMutex
	trace   *Trace
	cursors map[int]cursor // of dissections, by walk
}

// A closing takes the readings at the end of a scene; nil where there are none, or none any more.
type closing func(ctx context.Context, ends []End) ([]map[string]Values, error)

type walker struct {
	run    *Run
	c      Contestant
	tr     *MethodTrace
	step   int
	moves  []Move // still to come, addressed to this method
	prev   []float64
	grad   []float64
	ended  bool
	checks []checkpoint
}

type checkpoint struct {
	step int
	m    Method
	prev []float64
}

// ErrTooCostly is wrapped by the refusal of a run that would take too long.
var ErrTooCostly = errors.New("the run would cost too much")

// maxCost bounds the floating point operations of a run: about maxMinutes of one core.
const (
	maxCost    = 4e12
	maxMinutes = 20
)

// A CostError refuses a run that would take too long and says what would do. It wraps ErrTooCostly.
type CostError struct {
	Minutes float64 // estimated, of one core
	Steps   int     // at which the run would be played, 0 if none are few enough
}

func (e *CostError) Unwrap() error { return ErrTooCostly }

// Takes is the estimate in words.
func (e *CostError) Takes() string {
	if e.Minutes < 120 {
		return fmt.Sprintf("about %.0f minutes", e.Minutes)
	}
	return fmt.Sprintf("about %.0f hours", e.Minutes/60)
}

// Remedy says what to lower.
func (e *CostError) Remedy() string {
	text := fmt.Sprintf("at most %d minutes of one core are taken; lower ", maxMinutes)
	if e.Steps > 0 {
		text += fmt.Sprintf("steps to %d, or ", e.Steps)
	}
	return text + "replicas, samples or the size of the problem"
}

func (e *CostError) Error() string {
	return fmt.Sprintf("%v: this would take %s; %s", ErrTooCostly, e.Takes(), e.Remedy())
}

// NewRun opens a spec.
func NewRun(s *Spec) (*Run, error) {
	r := &Run{Spec: s, ID: s.ID(), trace: &Trace{Spec: s}}
	replicas := s.Values.Whole("replicas")
	if len(s.Methods)*replicas > 4096 {
		return nil, param.Refuse("replicas", "%d methods in %d replicas make more than 4096 walks", len(s.Methods), replicas)
	}
	for i := range replicas {
		scene, err := s.Lab.Open(Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed + uint64(i), Steps: s.Steps})
		if err != nil {
			return nil, err
		}
		r.cost += scene.Cost
		r.note = scene.Note
		r.closing = append(r.closing, scene.Closing)
		for j, c := range scene.Contestants {
			m := s.Methods[j]
			if !landscape.Finite(c.Method.Point()) {
				return nil, param.Refuse("start", "the start is not finite")
			}
			w := &walker{run: r, c: c, prev: slices.Clone(c.Method.Point()), grad: make([]float64, c.Ground.Dim())}
			w.tr = newMethodTrace(s.Lab, m, c, i)
			w.moves = r.movesOf(w)
			if err := w.foot(s.Lab, s.Values); err != nil {
				return nil, err
			}
			r.walkers = append(r.walkers, w)
			r.trace.Methods = append(r.trace.Methods, w.tr)
		}
	}
	if total := r.cost * float64(s.Steps); total > maxCost {
		return nil, &CostError{Minutes: total / maxCost * maxMinutes, Steps: int(maxCost / r.cost)}
	}
	for _, w := range r.walkers {
		w.record(false)
		if l := w.tr.At("loss"); l != nil && (math.IsNaN(l[0]) || math.IsInf(l[0], 0)) {
			return nil, param.Refuse("start", "the loss is not finite at the start")
		}
	}
	return r, nil
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// Fork opens a spec that differs from this run's in its moves only, and takes over what both have in common.
func (r *Run) Fork(s *Spec) (*Run, error) {
	f, err := NewRun(s)
	if err != nil {
		return nil, err
	}
	f.Parent, f.ForkedAt = r.ID, firstDifference(r.Spec.Moves, s.Moves)
	if len(f.walkers) != len(r.walkers) {
		return f, nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i, w := range f.walkers {
		from := r.walkers[i]
		var best *checkpoint
		for j := range from.checks {
			if from.checks[j].step <= f.ForkedAt {
				best = &from.checks[j]
			}
		}
		if best == nil {
			continue
		}
		w.c.Method, _ = clone(best.m)
		w.step, w.prev = best.step, slices.Clone(best.prev)
		w.moves = slices.DeleteFunc(w.moves, func(m Move) bool { return m.Step < best.step })
		w.tr.adopt(from.tr, best.step)
		w.checks = slices.Clone(from.checks[:slices.IndexFunc(from.checks, func(c checkpoint) bool { return c.step == best.step })+1])
		f.trace.bytes += w.tr.size()
		f.trace.swarms += w.tr.swarms.bytes()
	}
	return f, nil
}

func firstDifference(a, b []Move) int {
	for i := range b {
		if i >= len(a) || a[i].Step != b[i].Step || a[i].Name != b[i].Name || !a[i].Value.Equal(b[i].Value) {
			if i < len(a) {
				return min(a[i].Step, b[i].Step)
			}
			return b[i].Step
		}
	}
	if len(a) > len(b) {
		return a[len(b)].Step
	}
	return 0
}

// Advance computes up to n more steps of every method and reports whether the run is at its end. Methods step in
// parallel where that pays; each walk depends on nothing but its own spec, so the order is of no account.
func (r *Run) Advance(ctx context.Context, n int) (done bool) {
	if len(r.walkers) == 1 || r.cost < 1e5 || runtime.GOMAXPROCS(0) == 1 {
		for _, w := range r.walkers {
			w.advance(ctx, n)
		}
	} else {
		var wg sync.WaitGroup
		next := make(chan *walker)
		for range min(runtime.GOMAXPROCS(0), len(r.walkers)) {
			wg.Go(func() {
				for w := range next {
					w.advance(ctx, n)
				}
			})
		}
		for _, w := range r.walkers {
			next <- w
		}
		close(next)
		wg.Wait()
	}
	for _, w := range r.walkers {
		if !w.ended {
			return false
		}
	}
	if !r.close(ctx) {
		return false
	}
	r.mu.Lock()
	r.trace.Complete = true
	r.mu.Unlock()
	return true
}

// close takes the readings that need all ends; it reports false where ctx ended before.
func (r *Run) close(ctx context.Context) bool {
	each := len(r.Spec.Methods)
	for i, take := range r.closing {
		if take == nil {
			continue
		}
		walkers := r.walkers[i*each : (i+1)*each]
		ends := make([]End, each)
		for j, w := range walkers {
			ends[j].Ground = w.c.Ground
			if w.tr.State == Done || w.tr.State == Converged {
				ends[j].X = w.tr.End()
			}
		}
		rows, err := take(ctx, ends)
		if err != nil && ctx.Err() != nil {
			return false
		}
		r.mu.Lock()
		for _, w := range walkers {
			if err != nil && len(w.c.Closes) > 0 { // there are no rows, and the walk says why
				w.tr.Why = "no readings at the end: " + err.Error()
			}
		}
		for j, row := range rows {
			for id, values := range row {
				if m := r.Spec.Lab.Measure(id); m >= 0 {
					walkers[j].tr.Series[m].add(walkers[j].step, values.Numbers, values.Columns)
				}
			}
		}
		r.closing[i] = nil
		r.mu.Unlock()
	}
	return true
}

func (w *walker) advance(ctx context.Context, n int) {
	for i := 0; i < n && !w.ended; i++ {
		if i%64 == 0 && ctx.Err() != nil {
			return
		}
		w.once()
	}
}

// gap is the number of steps between two checkpoints.
func (w *walker) gap() int { return CheckpointGap(w.run.Spec.Steps) }

func (w *walker) once() {
	if w.step%w.gap() == 0 && (len(w.checks) == 0 || w.checks[len(w.checks)-1].step < w.step) {
		if m, ok := clone(w.c.Method); ok {
			w.run.mu.Lock()
			w.checks = append(w.checks, checkpoint{w.step, m, slices.Clone(w.prev)})
			w.run.mu.Unlock()
		}
	}
	for len(w.moves) > 0 && w.moves[0].Step <= w.step {
		if err := w.turn(w.c.Method, w.moves[0]); err != nil {
			w.end(Failed, err.Error())
			return
		}
		w.moves = w.moves[1:]
	}
	copy(w.prev, w.c.Method.Point())
	err := w.c.Method.Step()
	switch {
	case errors.Is(err, opt.ErrDiverged):
		w.end(Diverged, told(err, opt.ErrDiverged, w.step+1))
		return
	case errors.Is(err, opt.ErrConverged):
		w.end(Converged, told(err, opt.ErrConverged, w.step))
		return
	case err != nil:
		w.end(Failed, fmt.Sprintf("failed at step %d: %v", w.step, err))
		return
	}
	w.step++
	last := w.step == w.run.Spec.Steps
	if last || w.step%w.run.Spec.Values.Whole("every") == 0 {
		w.record(last)
	}
	if last {
		w.end(Done, "")
	}
}

// told puts the step into a method's own words: "diverged at step 41: a coordinate is not finite". The step is the
// one that left the finite numbers, or the last one made.
func told(err, kind error, step int) string {
	text := fmt.Sprintf("%v at step %d", kind, step)
	if _, why, ok := strings.Cut(err.Error(), ": "); ok {
		text += ": " + why
	}
	return text
}

// end closes the walk at its last good point, which is recorded if it was not.
func (w *walker) end(state, why string) {
	if n := len(w.tr.Step); state != Done && w.tr.Step[n-1] != w.step {
		w.record(true)
	}
	var limit, suggest float64
	if state == Diverged {
		limit, suggest = w.stepLimit()
	}
	w.run.mu.Lock()
	w.tr.State, w.tr.Why, w.tr.StoppedAt, w.tr.Limit, w.tr.Suggest = state, why, w.step, limit, suggest
	w.run.mu.Unlock()
	w.ended = true
}

// record reads the measures that are due.
func (w *walker) record(last bool) {
	at := Reading{Method: w.c.Method, Step: w.step, X: w.c.Method.Point(), Grad: w.grad}
	on := w.tr.footing(w.step)
	at.Loss = on.ground.Grad(w.grad, at.X)
	var step float64
	for i, x := range at.X {
		d := x - w.prev[i]
		step += d * d
	}
	type reading struct {
		measure int
		values  []float64
		columns int
	}
	var got []reading
	before := -1
	if n := len(w.tr.Step); n > 0 {
		before = w.tr.Step[n-1]
	}
	for i := range w.run.Spec.Lab.Measures {
		m := &w.run.Spec.Lab.Measures[i]
		if !m.due(before, w.step, last) {
			continue
		}
		if read := on.read[i]; read != nil {
			if v, columns := read(&at); v != nil {
				got = append(got, reading{i, v, columns})
			}
		}
	}
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	size := w.tr.size()
	w.tr.record(at, math.Sqrt(step), w.c.Method.Clock())
	for _, g := range got {
		w.tr.Series[g.measure].add(w.step, g.values, g.columns)
	}
	if s, ok := w.c.Method.(Swarmer); ok {
		w.tr.swarm = append(w.tr.swarm[:0], s.Swarm()...)
		w.tr.swarmStep = w.step
		w.run.trace.swarms += w.tr.swarms.add(len(w.tr.Step)-1, w.step, w.tr.swarm)
		w.run.trace.thinSwarms()
	}
	w.run.trace.bytes += w.tr.size() - size
	if w.run.trace.bytes > maxTrace {
		w.run.trace.thin()
	}
}

// Play plays a spec to its end. progress, if not nil, is told the number of steps done.
func Play(ctx context.Context, s *Spec, progress func(step int)) (*Trace, error) {
	r, err := NewRun(s)
	if err != nil {
		return nil, err
	}
	for !r.Advance(ctx, max(1, s.Steps/200)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(r.Computed())
		}
	}
	return r.Trace(), nil
}

// Trace returns the trace; it may be read only when the run is done. Use View before.
func (r *Run) Trace() *Trace { return r.trace }

// View calls f with the trace while nothing is written to it. f must keep no slice of it but parts
// of Theta.
func (r *Run) View(f func(*Trace)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f(r.trace)
}

// Computed is the last step that every walk still going has reached.
func (r *Run) Computed() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.trace.Computed()
}

// Cost estimates the floating point operations of a step; Note is the scene's sentence.
func (r *Run) Cost() float64 { return r.cost }
func (r *Run) Note() string  { return r.note }

// Contestant returns the i-th contestant, replicas in turn. Its Method must not be used while the run goes on.
func (r *Run) Contestant(i int) *Contestant { return &r.walkers[i].c }
