package opt

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
)

// A Walk plays a rule on a ground. It proposes a point and accepts it only when it is finite, so the last good
// point stays visible after divergence.
type Walk struct {
	ground landscape.Func
	parts  Parts
	build  func(Hyper, landscape.Func) Parts
	rule   *Rule // nil for walks made by NewWalk
	values Hyper

	mem          Memory
	x, next      []float64
	grad, move   []float64
	clock        Clock
	end          error
	anatomy      Anatomy
	rows         int  // of a sampled ground, else 0
	checkLoss    bool // a proposal must have a finite loss
	gradientSeen bool // grad holds the gradient of the last step
	lossSeen     float64
}

// Parts are what a walk is made of: a rule of either kind, the slope it sees, and its schedule.
type Parts struct {
	Optimizer Optimizer
	Mover     Mover // used when Optimizer is nil
	Slope     Slope // nil: the ground's own
	Schedule  Schedule
}

// checkLossDim is the largest dimension in which every proposal's loss is looked at: there a loss costs about as
// much as the move itself, and grounds such as a typed formula may end where the gradient is still finite.
const checkLossDim = 100

// NewWalk returns a walk from start made of the parts that build returns. build is called again for copies, so
// that slopes with caches are never shared. Parts without a slope see all rows of the ground.
func NewWalk(ground landscape.Func, start []float64, build func() Parts) (*Walk, error) {
	return newWalk(ground, start, nil, func(Hyper, landscape.Func) Parts { return build() })
}

func newWalk(ground landscape.Func, start []float64, values Hyper, build func(Hyper, landscape.Func) Parts) (*Walk, error) {
	dim := ground.Dim()
	if len(start) != dim {
		return nil, fmt.Errorf("start has %d numbers; this ground takes %d", len(start), dim)
	}
	if !landscape.Finite(start) {
		return nil, fmt.Errorf("start has a coordinate that is not finite or above 1e12 in size")
	}
	flat := make([]float64, 4*dim)
	w := &Walk{ground: ground, build: build, x: flat[:dim:dim], next: flat[dim : 2*dim : 2*dim],
		grad: flat[2*dim : 3*dim : 3*dim], move: flat[3*dim:], anatomy: Anatomy{dim: dim}}
	copy(w.x, start)
	w.values = values
	if s, ok := ground.(landscape.Sampled); ok {
		w.rows = s.Len()
	}
	w.checkLoss = w.rows == 0 && dim <= checkLossDim
	w.assemble(values)
	slots := 0
	if w.parts.Optimizer != nil {
		slots = w.parts.Optimizer.Slots(dim)
	} else {
		slots = w.parts.Mover.Slots(dim)
	}
	w.mem = NewMemory(slots, dim)
	return w, nil
}

func (w *Walk) assemble(h Hyper) {
	w.parts = w.build(h, w.ground)
	if w.parts.Slope == nil {
		w.parts.Slope = Full{w.ground}
	}
}

// counted is the walk as the slope that its rule sees: it counts.
type counted Walk

// Grad implements Slope.
func (w *counted) Grad(dst, x []float64, t int) float64 {
	loss := w.parts.Slope.Grad(dst, x, t)
	w.clock.Gradients++
	if w.rows > 0 {
		seen := w.rows
		if b, ok := base(w.parts.Slope).(*Batched); ok {
			seen = b.seen
		}
		w.clock.Epochs += float64(seen) / float64(w.rows)
	}
	return loss
}

// base is the first slope of a chain.
func base(s Slope) Slope {
	for inner(s) != nil {
		s = inner(s)
	}
	return s
}

// inner is the slope beneath one of a chain, nil beneath the first.
func inner(s Slope) Slope {
	switch c := s.(type) {
	case *Noisy:
		return c.Slope
	case Clip:
		return c.Slope
	}
	return nil
}

// Step implements Method. It allocates nothing unless it ends the walk.
func (w *Walk) Step() error {
	if w.end != nil {
		return w.end
	}
	w.mem.Scale = w.parts.Schedule.Factor(w.mem.Step)
	if w.parts.Optimizer != nil {
		loss := (*counted)(w).Grad(w.grad, w.x, w.mem.Step)
		w.gradientSeen, w.lossSeen = true, loss
		if !finite(loss) || !allFinite(w.grad) {
			return w.stop(ErrDiverged, "the loss or its gradient is not finite there")
		}
		w.parts.Optimizer.Update(w.move, w.grad, w.x, &w.mem)
	} else {
		w.parts.Mover.Move(w.move, (*counted)(w), w.x, &w.mem)
	}
	if w.mem.Halt != "" {
		return w.stop(ErrConverged, w.mem.Halt)
	}
	for i, d := range w.move {
		w.next[i] = w.x[i] + d
	}
	if !landscape.Finite(w.next) {
		return w.stop(ErrDiverged, "a coordinate is not finite or above 1e12 in size")
	}
	if w.checkLoss && !finite(w.ground.Loss(w.next)) {
		return w.stop(ErrDiverged, "the loss is not finite at the next point")
	}
	w.x, w.next = w.next, w.x
	w.clock.Steps++
	w.clock.Time += w.mem.Rate
	return nil
}

// stop ends the walk at its last good point.
func (w *Walk) stop(kind error, why string) error {
	w.end = fmt.Errorf("%w: %s", kind, why)
	return w.end
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func allFinite(v []float64) bool {
	for _, x := range v {
		if !finite(x) {
			return false
		}
	}
	return true
}

// Point implements Method.
func (w *Walk) Point() []float64 { return w.x }

// Clock implements Method.
func (w *Walk) Clock() Clock { return w.clock }

// Seen returns the loss that the last step saw before it moved, and the norm of the gradient; NaN before the first step
// and for rules that see more than one point.
func (w *Walk) Seen() (loss, gradientNorm float64) {
	if !w.gradientSeen {
		return math.NaN(), math.NaN()
	}
	return w.lossSeen, norm(w.grad)
}

// Memory is the memory of the rule, to look at.
func (w *Walk) Memory() *Memory { return &w.mem }

// Turn implements Method.
func (w *Walk) Turn(id string, v float64) error {
	if w.rule == nil {
		return fmt.Errorf("%w %s", errNoParam, id)
	}
	values, err := w.rule.turn(w.values, id, v)
	if err != nil {
		return err
	}
	w.values = values
	w.assemble(values)
	return nil
}

// Stand puts another ground of as many parameters beneath the walk, which goes on from where it is with all its memory.
func (w *Walk) Stand(ground landscape.Func) error {
	if ground.Dim() != w.ground.Dim() {
		return fmt.Errorf("a walk over %d parameters cannot go on over %d", w.ground.Dim(), ground.Dim())
	}
	if w.rule == nil && w.build(w.values, ground).Slope != nil {
		return fmt.Errorf("a walk with a slope of its own cannot go on over another ground")
	}
	w.ground, w.rows = ground, 0
	if s, ok := ground.(landscape.Sampled); ok {
		w.rows = s.Len()
	}
	w.checkLoss = w.rows == 0 && ground.Dim() <= checkLossDim
	w.assemble(w.values)
	return nil
}

// Clone returns a deep copy that goes on with the same bits.
func (w *Walk) Clone() *Walk {
	c := *w
	c.x, c.next, c.grad, c.move = slices.Clone(w.x), slices.Clone(w.next), slices.Clone(w.grad), slices.Clone(w.move)
	c.mem = w.mem.Clone()
	c.anatomy = Anatomy{dim: len(w.x)}
	c.assemble(c.values)
	return &c
}

// Anatomy implements Method: the gradient used, noise added to it, what the rule made of it, and the update.
func (w *Walk) Anatomy() []Vector {
	a := &w.anatomy
	a.reset()
	if w.gradientSeen {
		a.Put("gradient", w.grad)
	}
	for s := w.parts.Slope; s != nil; s = inner(s) {
		if c, ok := s.(*Noisy); ok {
			a.Put("gradient noise", c.noise)
		}
	}
	var rule any = w.parts.Optimizer
	if w.parts.Optimizer == nil {
		rule = w.parts.Mover
	}
	if r, ok := rule.(Anatomist); ok && w.mem.Step > 0 {
		r.Anatomy(a, &w.mem)
	}
	a.Put("update", w.move)
	return a.list
}
