package landscape

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A Descent is the way that water runs down from a point: the flow x' = -gradient.
type Descent struct {
	// Path begins at the start and ends at End; it is thinned where there are many steps. Losses are those of its points.
	Path   [][]float64
	Losses []float64
	// Where it ends. GradNorm is the largest entry of the gradient by size; Converged tells that it is within the
	// tolerance, Note what is wrong otherwise.
	End       []float64
	Loss      float64
	GradNorm  float64
	Converged bool
	Note      string
	// Steps counts the steps taken, Evaluations gradients and products with the Hessian.
	Steps, Evaluations int
}

// DescendOptions ask for a descent; zero values mean the usual.
type DescendOptions struct {
	// Steps bounds the steps, 0 means 2000; Tolerance is the largest entry of the gradient, relative to 1+|loss|, that
	// counts as 0, 0 means 1e-9.
	Steps     int
	Tolerance float64
	// Scale is the length against which the error of a step is held, 0 means 1+|x|.
	Scale float64
	// Points bounds the path, 0 means 256 points.
	Points int
	// Stop, if not nil, ends the descent where it says so; such an end counts as converged.
	Stop func(x []float64) bool
}

const (
	flowSteps     = 2000
	flowTolerance = 1e-9
	flowPoints    = 256
	// flowError is the error of one step relative to the scale, of the method's first order part.
	flowError = 1e-4
	// stiffDim is the dimension up to which steps are implicit.
	stiffDim = 100
	// leastStep is the smallest step relative to the first that is tried.
	leastStep = 1e-18
)

// Descend follows the flow downhill from x. Up to dimension 100 its steps are linearly implicit, of second order
// (ROS2 of Verwer, Spee, Blom and Hundsdorfer, 1999), so that steep valleys do not make them small; above, they are
// explicit, of third order (Bogacki and Shampine, 1989). The loss falls with every step. Where steps are spent the
// descent so far comes back unconverged, where ctx ends with its error.
func Descend(ctx context.Context, f Curved, x []float64, o DescendOptions) (Descent, error) {
	if len(x) != f.Dim() {
		return Descent{}, fmt.Errorf("a descent from %d coordinates of a loss of dimension %d", len(x), f.Dim())
	}
	if o.Steps == 0 {
		o.Steps = flowSteps
	}
	if o.Tolerance == 0 {
		o.Tolerance = flowTolerance
	}
	if o.Scale == 0 {
		o.Scale = 1 + norm(x)
	}
	if o.Points == 0 {
		o.Points = flowPoints
	}
	s := newStream(mortal{f, ctx}, x, o.Scale)
	d := Descent{Path: [][]float64{slices.Clone(x)}, Losses: []float64{s.loss}}
	gap := 1
	var err error
	for {
		d.Converged = largest(s.grad) <= o.Tolerance*(1+math.Abs(s.loss)) || o.Stop != nil && o.Stop(s.x)
		if err = ctx.Err(); d.Converged || err != nil {
			break
		}
		if d.Steps >= o.Steps {
			d.Note = fmt.Sprintf("budget spent (%d steps); not converged: |g| = %.2g", d.Steps, largest(s.grad))
			break
		}
		if !s.step() {
			if err = ctx.Err(); err != nil {
				break
			}
			d.Note = fmt.Sprintf("no descent found from this point; not converged: |g| = %.2g", largest(s.grad))
			break
		}
		d.Steps++
		if d.Steps%gap == 0 {
			d.Path, d.Losses = append(d.Path, slices.Clone(s.x)), append(d.Losses, s.loss)
			if len(d.Path) > o.Points {
				for i := 1; 2*i < len(d.Path); i++ {
					d.Path[i], d.Losses[i] = d.Path[2*i], d.Losses[2*i]
				}
				half := (len(d.Path) + 1) / 2
				d.Path, d.Losses, gap = d.Path[:half], d.Losses[:half], 2*gap
			}
		}
	}
	if d.Steps%gap != 0 {
		d.Path, d.Losses = append(d.Path, slices.Clone(s.x)), append(d.Losses, s.loss)
	}
	d.End, d.Loss, d.GradNorm, d.Evaluations = s.x, s.loss, largest(s.grad), s.used
	return d, err
}

// A stream steps down a flow.
type stream struct {
	f     Curved
	n     int
	x     []float64
	grad  []float64
	loss  float64
	h     float64
	first float64
	error float64 // that a step may have
	used  int

	next, nextGrad, mid, k1, k2, k3 []float64
	hessian                         []float64
	low                             float64 // its lowest eigenvalue
	matrix                          *mat.Dense
	lu                              mat.LU
	fresh                           bool // hessian is that of x
}

func newStream(f Curved, x []float64, scale float64) *stream {
	n := len(x)
	s := &stream{f: f, n: n, x: slices.Clone(x), error: flowError * scale}
	for _, v := range []*[]float64{&s.grad, &s.next, &s.nextGrad, &s.mid, &s.k1, &s.k2, &s.k3} {
		*v = make([]float64, n)
	}
	s.loss = f.Grad(s.grad, s.x)
	s.used++
	s.h = 0.01 * scale / max(norm(s.grad), 1e-300)
	s.first = s.h
	if n <= stiffDim {
		s.hessian = make([]float64, n*n)
		s.matrix = mat.NewDense(n, n, nil)
	}
	return s
}

// step makes one step that lowers the loss, and reports whether there is one.
func (s *stream) step() bool {
	for s.h > leastStep*s.first && s.h-s.h == 0 {
		var size, loss float64
		if s.hessian == nil {
			size, loss = s.explicit()
		} else if size = s.implicit(); size <= 1 && allFinite(s.next) {
			loss = s.f.Grad(s.nextGrad, s.next)
			s.used++
		}
		accepted := size <= 1 && allFinite(s.next) && allFinite(s.nextGrad)
		// Rounding may lift the loss where it is flat.
		if !accepted || !(loss <= s.loss+1e-14*math.Abs(s.loss)) {
			if size > 1 && size-size == 0 {
				s.h *= max(0.2, 0.9/math.Sqrt(size))
			} else {
				s.h /= 4
			}
			continue
		}
		s.x, s.next, s.grad, s.nextGrad, s.loss = s.next, s.x, s.nextGrad, s.grad, loss
		s.fresh = false
		s.h *= min(5, max(0.2, 0.9/math.Sqrt(max(size, 1e-6))))
		return true
	}
	return false
}

// gamma makes ROS2 L-stable.
const gamma = 1 - math.Sqrt2/2

// implicit stores the end of a step in next and returns its error as a share of what is allowed.
func (s *stream) implicit() float64 {
	n := s.n
	if !s.fresh {
		v := s.k3
		clear(v)
		for j := range n {
			v[j] = 1
			s.f.HessVec(s.mid, s.x, v)
			v[j] = 0
			for i, e := range s.mid {
				s.hessian[i*n+j] = e
			}
		}
		s.used += n
		s.fresh = true
		if !allFinite(s.hessian) {
			return math.Inf(1)
		}
		s.low = s.lowest()
	}
	// Where the ground bends down, 1 + γhλ must stay well above 0.
	if s.low < 0 {
		s.h = min(s.h, -1/(gamma*s.low)/2)
	}
	solve := func(dst []float64) bool {
		v := mat.NewVecDense(n, dst)
		return s.lu.SolveVecTo(v, false, v) == nil
	}
	if n == 2 {
		a, b, c := 1+gamma*s.h*s.hessian[0], gamma*s.h*(s.hessian[1]+s.hessian[2])/2, 1+gamma*s.h*s.hessian[3]
		det := a*c - b*b
		solve = func(dst []float64) bool {
			dst[0], dst[1] = (c*dst[0]-b*dst[1])/det, (a*dst[1]-b*dst[0])/det
			return det > 0
		}
	} else {
		for i := range n {
			for j := range n {
				e := gamma * s.h * s.hessian[i*n+j]
				if i == j {
					e++
				}
				s.matrix.Set(i, j, e)
			}
		}
		s.lu.Factorize(s.matrix)
	}
	for i, g := range s.grad {
		s.k1[i] = -g
	}
	if !solve(s.k1) {
		return math.Inf(1)
	}
	for i, x := range s.x {
		s.mid[i] = x + s.h*s.k1[i]
	}
	s.f.Grad(s.k2, s.mid)
	s.used++
	for i := range s.k2 {
		s.k2[i] = -s.k2[i] - 2*s.k1[i]
	}
	if !solve(s.k2) {
		return math.Inf(1)
	}
	off := 0.0
	for i, x := range s.x {
		s.next[i] = x + s.h*(1.5*s.k1[i]+0.5*s.k2[i])
		e := 0.5 * s.h * (s.k1[i] + s.k2[i])
		off += e * e
	}
	return math.Sqrt(off) / s.error
}

// lowest is the lowest eigenvalue of the Hessian.
func (s *stream) lowest() float64 {
	switch s.n {
	case 1:
		return s.hessian[0]
	case 2:
		mean, half := (s.hessian[0]+s.hessian[3])/2, (s.hessian[0]-s.hessian[3])/2
		return mean - math.Hypot(half, (s.hessian[1]+s.hessian[2])/2)
	}
	symmetrize(s.hessian, s.n)
	values, err := eigenvalues(context.Background(), slices.Clone(s.hessian), s.n)
	if err != nil || len(values) == 0 {
		return math.Inf(-1)
	}
	return values[0]
}

// explicit stores the end of a step in next and the gradient there in nextGrad, and returns the error of the step as a
// share of what is allowed, and the loss. The error is that of the embedded second order, raised so that one rule of
// growth serves both methods.
func (s *stream) explicit() (size, loss float64) {
	for i, x := range s.x {
		s.mid[i] = x - s.h/2*s.grad[i]
	}
	s.f.Grad(s.k1, s.mid)
	for i, x := range s.x {
		s.mid[i] = x - 0.75*s.h*s.k1[i]
	}
	s.f.Grad(s.k2, s.mid)
	for i, x := range s.x {
		s.next[i] = x - s.h*(2*s.grad[i]+3*s.k1[i]+4*s.k2[i])/9
	}
	loss = s.f.Grad(s.nextGrad, s.next)
	s.used += 3
	off := 0.0
	for i := range s.x {
		e := s.h * (-5*s.grad[i]/72 + s.k1[i]/12 + s.k2[i]/9 - s.nextGrad[i]/8)
		off += e * e
	}
	return math.Pow(math.Sqrt(off)/s.error, 2.0/3), loss
}
