package opt

import (
	"errors"

	"thalweg/sim/flow"
)

// How a method ends. Errors returned by Step wrap one of these with the reason a reader can use; the point,
// clock and step count then stay those of the last good step.
var (
	// ErrDiverged: a proposed coordinate is not finite or larger than 1e12, or the loss or gradient has no value.
	ErrDiverged = flow.ErrDiverged
	// ErrConverged: the method itself sees nothing left to do.
	ErrConverged = flow.ErrConverged
	// ErrFailed: the method cannot go on although the numbers are finite.
	ErrFailed = flow.ErrFailed
)

// errNoParam is returned by Turn for ids the method does not have.
var errNoParam = errors.New("unknown hyper-parameter")

// A Clock says how far a method is, in all the units it may be plotted against.
type Clock struct {
	Steps int
	// Time is flow time: the sum of step sizes, or the own time of a flow; where a method has neither it counts steps.
	Time float64
	// Gradients counts gradients and Hessian-vector products, Evaluations losses.
	Gradients, Evaluations int
	// Epochs counts passes over the rows, 0 on grounds without rows.
	Epochs float64
}

// A Method is one contestant. Step changes it, everything else only looks.
type Method interface {
	// Step does one step. Its error wraps ErrDiverged, ErrConverged or ErrFailed and repeats from then on.
	Step() error
	// Point is the current parameter. It is owned by the method: copy it before the next step.
	Point() []float64
	Clock() Clock
	// Turn changes a live hyper-parameter from the next step on; switches are 0 or 1, choices their index.
	Turn(id string, v float64) error
	// Anatomy returns the vectors of the last step for display, valid until the next call or step.
	Anatomy() []Vector
}

// Clone returns a deep copy of a method that can be copied; those of gonum cannot and are replayed instead.
func Clone(m Method) (Method, bool) {
	switch m := m.(type) {
	case *Walk:
		return m.Clone(), true
	case *Flow:
		return m.Clone(), true
	case *Evolution:
		return m.Clone(), true
	}
	return nil, false
}

// A Vector is one arrow or one list of numbers in the anatomy of a step.
type Vector struct {
	Name string
	V    []float64
}

// Anatomy collects vectors into memory that it uses again.
type Anatomy struct {
	dim  int
	list []Vector
	free [][]float64
	used int
}

// An Anatomist is a rule that shows what its last update was made of.
type Anatomist interface {
	Anatomy(a *Anatomy, m *Memory)
}

// Put appends a vector that lives elsewhere.
func (a *Anatomy) Put(name string, v []float64) { a.list = append(a.list, Vector{name, v}) }

// Add appends a vector of the dimension of the ground and returns it to be filled.
func (a *Anatomy) Add(name string) []float64 {
	if a.used == len(a.free) {
		a.free = append(a.free, make([]float64, a.dim))
	}
	v := a.free[a.used]
	a.used++
	a.Put(name, v)
	return v
}

func (a *Anatomy) reset() { a.list, a.used = a.list[:0], 0 }
