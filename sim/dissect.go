package sim

import (
	"context"
	"fmt"
	"slices"

	"thalweg/landscape"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// More optional abilities of a method.
type (
	// A Dissecter makes its next step and tells what became of the gradient until it was a step.
	Dissecter interface{ Dissect() ([]opt.Stage, error) }
	// A Mover tells the first move it would make from any point.
	Mover interface {
		FirstMove() func(dst, x []float64) bool
	}
	// A Leader walks at the head of a swarm: Alone is the method without it.
	Leader interface{ Alone() Method }
)

// A cursor is where a replay of a walk stands.
type cursor struct {
	step int
	m    Method
}

// maxStages bounds the numbers of a dissection: the vectors of a step on a ground of a few hundred thousand parameters.
const maxStages = 4_000_000

// A NoUpdate tells that a method makes no update from a step, or has not made it yet.
type NoUpdate struct{ Why string }

func (e *NoUpdate) Error() string { return e.Why }

// Dissect takes the update of a walk from a step to the next apart. It replays the walk from the nearest checkpoint and
// does not disturb the run; the context is asked before each step of the replay.
func (r *Run) Dissect(ctx context.Context, walk, step int) ([]opt.Stage, error) {
	w := r.walkers[walk]
	r.mu.RLock()
	state, stopped, known := w.tr.State, w.tr.StoppedAt, w.tr.Step[len(w.tr.Step)-1]
	r.mu.RUnlock()
	switch {
	case step < 0 || step >= r.Spec.Steps:
		return nil, param.Refuse("step", "must lie between 0 and %d, the last step of this run less one; got %d", r.Spec.Steps-1, step)
	case state != Running && step >= stopped:
		return nil, &NoUpdate{fmt.Sprintf("%s %s at step %d; its last update began at step %d", w.tr.ID, state, stopped, stopped-1)}
	case step > known+max(r.Spec.Values.Whole("every"), 1):
		return nil, &NoUpdate{fmt.Sprintf("the run is at step %d; step %d is not computed yet", known, step)}
	case w.tr.Dim > maxStages/8:
		return nil, param.Refuse("step", "a ground of %d parameters is too large to take a step apart (at most %d)", w.tr.Dim, maxStages/8)
	}
	at, err := r.replay(ctx, walk, step)
	if err != nil {
		return nil, err
	}
	next := cursor{step + 1, at}
	if c, ok := clone(at); ok {
		next = cursor{step, c}
	}
	stages, err := dissect(at, w.tr.GroundAt(step+1))
	if err != nil {
		return nil, &NoUpdate{fmt.Sprintf("%s makes no update from step %d: %v", w.tr.ID, step, err)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cursors == nil {
		r.cursors = map[int]cursor{}
	}
	r.cursors[walk] = next
	return stages, nil
}

// dissect makes the next step of a replay and tells its stages.
func dissect(m Method, ground landscape.Func) ([]opt.Stage, error) {
	if d, ok := m.(Dissecter); ok {
		return d.Dissect()
	}
	from, grad := slices.Clone(m.Point()), make([]float64, len(m.Point()))
	ground.Grad(grad, from)
	if err := m.Step(); err != nil {
		return nil, err
	}
	step := make([]float64, len(from))
	for i, x := range m.Point() {
		grad[i], step[i] = -grad[i], x-from[i]
	}
	return []opt.Stage{{Symbol: `-\nabla f`, Label: "gradient", V: grad}, {Symbol: `\Delta\theta`, Label: "the step", V: step}}, nil
}

// replay returns a method of its own at a step, all moves made up to it.
func (r *Run) replay(ctx context.Context, walk, step int) (Method, error) {
	w := r.walkers[walk]
	from := cursor{step: -1}
	r.mu.Lock()
	if c, ok := r.cursors[walk]; ok && c.step <= step {
		from = c
		delete(r.cursors, walk)
	}
	var saved *checkpoint
	for i := range w.checks {
		if c := &w.checks[i]; c.step <= step && c.step > from.step {
			saved = c
		}
	}
	if saved != nil {
		from = cursor{saved.step, saved.m} // checkpoints are never stepped: a copy is
	}
	r.mu.Unlock()
	if saved != nil {
		from.m, _ = clone(from.m)
	}
	if from.m == nil {
		c, err := r.afresh(walk)
		if err != nil {
			return nil, err
		}
		from = cursor{0, c}
	}
	moves := slices.DeleteFunc(r.movesOf(w), func(m Move) bool { return m.Step < from.step })
	for k := from.step; ; k++ {
		for len(moves) > 0 && moves[0].Step <= k {
			if err := w.turn(from.m, moves[0]); err != nil {
				return nil, err
			}
			moves = moves[1:]
		}
		if k == step {
			return from.m, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := from.m.Step(); err != nil {
			return nil, &NoUpdate{fmt.Sprintf("%s ends at step %d: %v", w.tr.ID, k, err)}
		}
	}
}

// afresh opens the method of a walk anew, without its swarm.
func (r *Run) afresh(walk int) (Method, error) {
	s, n := r.Spec, len(r.Spec.Methods)
	scene, err := s.Lab.Open(Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed + uint64(walk/n), Steps: s.Steps})
	if err != nil {
		return nil, err
	}
	m := scene.Contestants[walk%n].Method
	if l, ok := m.(Leader); ok {
		m = l.Alone()
	}
	return m, nil
}

// movesOf lists the moves addressed to a walk.
func (r *Run) movesOf(w *walker) (out []Move) {
	for _, move := range r.Spec.Moves {
		if name, _, ok := cutLast(move.Name); !ok || name == w.tr.ID {
			out = append(out, move)
		}
	}
	return out
}

// FirstMove tells the first move that the method of a walk would make from any point, false for methods that cannot
// tell. The function is for one goroutine.
func (r *Run) FirstMove(walk int) (func(dst, x []float64) bool, bool, error) {
	w := r.walkers[walk]
	var m Method
	r.mu.RLock()
	if len(w.checks) > 0 && w.checks[0].step == 0 {
		m = w.checks[0].m // never stepped, and FirstMove works on a copy
	}
	r.mu.RUnlock()
	if m == nil {
		var err error
		if m, err = r.afresh(walk); err != nil {
			return nil, false, err
		}
	}
	if len(w.tr.footings) > 1 {
		m, _ = clone(m) // what can stand on another ground can be copied
		if err := m.(Stander).Stand(w.c.Ground); err != nil {
			return nil, false, err
		}
	}
	mover, ok := m.(Mover)
	if !ok {
		return nil, false, nil
	}
	return mover.FirstMove(), true, nil
}
