// Package opt holds the methods that walk on any ground with a gradient: memoryless rules with explicit
// memory, the walk that plays them, and the methods that bring their own dynamics (CMA-ES, flows, line searches).
//
// Update rules are those of the public PyTorch optimizers, formula by formula, including where epsilon stands.
package opt

import "slices"

// An Optimizer turns a gradient into a move. It is a memoryless rule: all that changes between steps is in
// its Memory, so a run can be copied, rewound, compared. Rules are immutable values; turning a
// hyper-parameter builds a new rule that goes on with the old memory.
type Optimizer interface {
	// Slots is the number of vectors of memory the rule uses on a ground of dim parameters.
	Slots(dim int) int
	// Update stores the move (next x minus x) in dst, notes the step size in m.Rate and advances m.Step.
	// dst may alias grad; grad is not kept.
	Update(dst, grad, x []float64, m *Memory)
}

// A Mover is a rule that asks for gradients itself, because it needs them away from the current point.
type Mover interface {
	Slots(dim int) int
	// Move stores the move in dst, notes the step size in m.Rate and advances m.Step. dst must not alias x.
	Move(dst []float64, slope Slope, x []float64, m *Memory)
}

// Memory is all that a rule remembers.
type Memory struct {
	Step int // completed updates
	// Scale multiplies the step size of the coming update; schedules set it, rules only read it.
	Scale float64
	// Rate is the step size that the last update used, scale included: its sum is the flow time.
	Rate float64
	// Slot holds vectors, zero at the start; Scalar holds the few numbers that some rules keep.
	Slot   [][]float64
	Scalar [8]float64
	// Halt is the reason why the rule sees no further move, empty while it goes on.
	Halt string
}

// NewMemory returns the memory of a rule with the given number of slots before its first step.
func NewMemory(slots, dim int) Memory {
	m := Memory{Scale: 1, Slot: make([][]float64, slots)}
	flat := make([]float64, slots*dim)
	for i := range m.Slot {
		m.Slot[i] = flat[i*dim : (i+1)*dim : (i+1)*dim]
	}
	return m
}

// Clone returns a deep copy.
func (m *Memory) Clone() Memory {
	c := *m
	c.Slot = make([][]float64, len(m.Slot))
	for i, v := range m.Slot {
		c.Slot[i] = slices.Clone(v)
	}
	return c
}

// rate notes and returns the step size of the coming update.
func (m *Memory) rate(stepSize float64) float64 {
	m.Rate = stepSize * m.Scale
	return m.Rate
}
