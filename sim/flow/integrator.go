package flow

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
)

// Options of an integrator; zero values mean the defaults.
type Options struct {
	// RTol and ATol bound the error of a step, 1e-8 and 1e-10 by default: the root mean square over the
	// coordinates of error/(ATol + RTol·|y|) stays below 1.
	RTol, ATol float64
	// Levels asks for the times at which the loss has first fallen to Floor + 10^-j (loss at the start - Floor),
	// j = 1..12.
	Levels bool
	Floor  float64
	// Fixed, when above 0, is the length of every step: no error control. For tests of the order.
	Fixed float64
	// Implicit starts with the implicit method instead of waiting for stiffness.
	Implicit bool
}

// Stats are the costs of an integration so far.
type Stats struct {
	Accepted, Rejected int
	// Gradients counts slopes, Products Jacobian-vector products, Losses lone losses.
	Gradients, Products, Losses int
	// Rises counts accepted steps over which the loss rose by more than 10·ATol: none for a sound gradient flow.
	Rises int
	// Stiff says that the implicit method took over.
	Stiff bool
}

// A Crossing is the first time at which a loss level was reached.
type Crossing struct{ Level, T float64 }

const (
	restSpeed   = 1e-10 // below it a flow, or a coordinate, is at rest
	eventWidth  = 1e-10 // to which times of events are located
	smallest    = 1e-14 // step size, relative to max(1, t)
	implicitDim = 200   // up to which dense Jacobians are affordable
	levels      = 12
	maxSteps    = 1_000_000
	innerPoints = 64 // accepted points kept for display
	innerDim    = 16 // up to which they are kept
)

// An Integrator follows one solution of a field. It is for one goroutine. Steps allocate nothing as far as the
// field does not (the numeric Hessian of a ground without one of its own does).
type Integrator struct {
	field Field
	opt   Options

	from, t, h float64 // the last accepted step went from `from` to t; h is the length of the next
	y, next    []float64
	k          [7][]float64 // stages; k[0] is the slope at y
	at         []float64    // the point of a stage
	dense      [5][]float64
	loss       float64 // at y
	lastError  float64
	rejected   bool // the last proposal
	dissipated float64
	stiffness  stiffness
	rest       rest
	implicit   *rosenbrock

	stats     Stats
	start     float64 // loss there
	crossings []Crossing
	inner     []float64

	out  []float64
	outT float64
	endT float64
	end  error
}

// New returns an integrator of the field from start at time 0.
func New(f Field, start []float64, o Options) (*Integrator, error) {
	n := f.Dim()
	if len(start) != n {
		return nil, fmt.Errorf("start has %d numbers; this flow takes %d", len(start), n)
	}
	if o.RTol == 0 {
		o.RTol = 1e-8
	}
	if o.ATol == 0 {
		o.ATol = 1e-10
	}
	if !(o.RTol > 0 && o.ATol > 0) {
		return nil, fmt.Errorf("tolerances must be above 0, not %g and %g", o.RTol, o.ATol)
	}
	s := &Integrator{field: f, opt: o, lastError: 1e-4, crossings: make([]Crossing, 0, levels)}
	s.y, s.next, s.at, s.out = slices.Clone(start), make([]float64, n), make([]float64, n), slices.Clone(start)
	for i := range s.k {
		s.k[i] = make([]float64, n)
	}
	for i := range s.dense {
		s.dense[i] = make([]float64, n)
	}
	s.rest = rest{anchor: make([]float64, n), path: make([]float64, n), pinned: make([]bool, n)}
	if n <= innerDim {
		s.inner = make([]float64, 0, innerPoints*n)
	}
	s.loss = s.slope(s.k[0], s.y)
	s.start = s.loss
	switch speed := norm(s.k[0]); {
	case !landscape.Finite(start) || math.IsInf(s.loss, 0) || !finite(s.k[0]):
		return nil, fmt.Errorf("the loss is not finite at the start")
	case speed < restSpeed:
		s.end = fmt.Errorf("%w: the start is a critical point", ErrConverged)
	default:
		s.h = o.Fixed
		if s.h == 0 {
			s.h = s.firstStep()
		}
	}
	if o.Implicit {
		s.goImplicit()
	}
	return s, nil
}

func (s *Integrator) slope(dst, y []float64) float64 {
	s.stats.Gradients++
	loss := s.field.Slope(dst, y)
	if s.rest.pins > 0 {
		for i, pinned := range s.rest.pinned {
			if pinned {
				dst[i] = 0
			}
		}
	}
	return loss
}

// Advance integrates to at least time t and stands at t. An error says that the flow ended before t; the
// integrator then stands at its last good point. Times must not fall from call to call.
func (s *Integrator) Advance(t float64) error {
	s.inner = s.inner[:0]
	for n := 0; s.end == nil && s.t < t; n++ {
		if n == maxSteps {
			s.finish(s.t, fmt.Errorf("%w: more than %d steps between two records, at time %.10g", ErrFailed, maxSteps, s.t))
			break
		}
		s.step()
		if s.end == nil && s.t < t && len(s.inner)+len(s.y) <= cap(s.inner) {
			s.inner = append(s.inner, s.y...)
		}
	}
	if s.end != nil && t > s.endT {
		s.stand(s.endT)
		return s.end
	}
	s.stand(t)
	return nil
}

// stand interpolates at a time inside the last step.
func (s *Integrator) stand(t float64) {
	s.outT = t
	if t >= s.t || s.t == s.from {
		copy(s.out, s.y)
		return
	}
	s.interpolate(s.out, t)
}

func (s *Integrator) interpolate(dst []float64, t float64) {
	u := (t - s.from) / (s.t - s.from)
	v := 1 - u
	d := &s.dense
	for i := range dst {
		dst[i] = d[0][i] + u*(d[1][i]+v*(d[2][i]+u*(d[3][i]+v*d[4][i])))
	}
}

// Point is where the integrator stands, owned by it.
func (s *Integrator) Point() []float64 { return s.out }

// Time is the time at which the integrator stands.
func (s *Integrator) Time() float64 { return s.outT }

// Stats returns the costs so far.
func (s *Integrator) Stats() Stats { return s.stats }

// Crossings are the loss levels reached so far, in order, when Levels was asked.
func (s *Integrator) Crossings() []Crossing { return s.crossings }

// Inner returns the first accepted points strictly inside the last Advance, row by row, for small fields.
func (s *Integrator) Inner() []float64 { return s.inner }

// Balance is a live check of gradient flow at the last accepted step: the integral of the squared gradient norm,
// and the loss given up, which must be equal.
func (s *Integrator) Balance() (dissipated, fallen float64) { return s.dissipated, s.start - s.loss }

// Clone returns a copy that goes on with the same bits. A field with scratch memory is then shared: give the
// copy its own with Rebase.
func (s *Integrator) Clone() *Integrator {
	c := *s
	c.y, c.next, c.at, c.out = slices.Clone(s.y), slices.Clone(s.next), slices.Clone(s.at), slices.Clone(s.out)
	for i := range s.k {
		c.k[i] = slices.Clone(s.k[i])
	}
	for i := range s.dense {
		c.dense[i] = slices.Clone(s.dense[i])
	}
	c.rest.anchor, c.rest.path, c.rest.pinned = slices.Clone(s.rest.anchor), slices.Clone(s.rest.path), slices.Clone(s.rest.pinned)
	c.crossings = append(make([]Crossing, 0, levels), s.crossings...)
	c.inner = append(make([]float64, 0, cap(s.inner)), s.inner...)
	if s.implicit != nil {
		c.implicit = s.implicit.clone()
	}
	return &c
}

// Rebase puts another field of the same equation beneath the integrator.
func (s *Integrator) Rebase(f Field) { s.field = f }

// Onto puts another field of as many parameters beneath the integrator, which starts anew from where it stands; time and
// costs go on.
func (s *Integrator) Onto(f Field) error {
	n, err := New(f, s.out, s.opt)
	if err != nil {
		return err
	}
	n.from, n.t, n.outT, n.endT = s.outT, s.outT, s.outT, s.outT
	n.crossings = s.crossings
	n.stats.Accepted, n.stats.Rejected, n.stats.Rises = s.stats.Accepted, s.stats.Rejected, s.stats.Rises
	n.stats.Gradients += s.stats.Gradients
	n.stats.Products += s.stats.Products
	n.stats.Losses += s.stats.Losses
	*s = *n
	return nil
}

// Retolerate changes the tolerances from the next step on.
func (s *Integrator) Retolerate(rtol, atol float64) { s.opt.RTol, s.opt.ATol = rtol, atol }

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

func finite(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
