package landscape

import "sync"

// A Section is a loss on a plane as a loss of two coordinates u, v that measure lengths: those along the first axis and
// at right angles to it.
type Section struct {
	f      Func
	plane  Plane
	e      [2][]float64 // of length 1, at right angles
	a, b   [2]float64   // the axes of the plane in u, v
	spare  sync.Pool
	direct bool // the plane is the whole space, in its own coordinates
}

// Section is the loss f on the plane p.
func (p Plane) Section(f Func) (*Section, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	s := &Section{f: f, plane: p}
	first, second := append([]float64{}, p.Axes[0]...), append([]float64{}, p.Axes[1]...)
	s.a[0] = norm(first)
	scale(first, 1/s.a[0])
	if !orthogonal(second, first, 1e-9*norm(second)) {
		return nil, ErrDegenerate
	}
	s.b = [2]float64{dot(p.Axes[1], first), dot(p.Axes[1], second)}
	s.e = [2][]float64{first, second}
	s.direct = p.Kind == "direct" && f.Dim() == 2
	s.spare.New = func() any {
		return &[3][]float64{make([]float64, f.Dim()), make([]float64, f.Dim()), make([]float64, f.Dim())}
	}
	return s, nil
}

// Dim is 2.
func (s *Section) Dim() int { return 2 }

// In gives u, v of the place s, t of the plane.
func (s *Section) In(ps, pt float64) []float64 {
	return []float64{ps*s.a[0] + pt*s.b[0], pt * s.b[1]}
}

// Out gives the place in the plane of u, v.
func (s *Section) Out(x []float64) (ps, pt float64) {
	pt = x[1] / s.b[1]
	return (x[0] - pt*s.b[0]) / s.a[0], pt
}

// Point stores the point of the whole space at u, v in dst.
func (s *Section) Point(dst, x []float64) {
	for i, o := range s.plane.Origin {
		dst[i] = o + x[0]*s.e[0][i] + x[1]*s.e[1][i]
	}
}

// Loss is the loss at u, v.
func (s *Section) Loss(x []float64) float64 {
	if s.direct {
		return s.f.Loss(x)
	}
	w := s.spare.Get().(*[3][]float64)
	defer s.spare.Put(w)
	s.Point(w[0], x)
	return s.f.Loss(w[0])
}

// Grad stores the part of the gradient in the plane in dst and returns the loss.
func (s *Section) Grad(dst, x []float64) float64 {
	if s.direct {
		return s.f.Grad(dst, x)
	}
	w := s.spare.Get().(*[3][]float64)
	defer s.spare.Put(w)
	s.Point(w[0], x)
	loss := s.f.Grad(w[1], w[0])
	dst[0], dst[1] = dot(w[1], s.e[0]), dot(w[1], s.e[1])
	return loss
}

// HessVec stores the Hessian of the loss on the plane times v in dst.
func (s *Section) HessVec(dst, x, v []float64) {
	if s.direct {
		HessVec(s.f, dst, x, v)
		return
	}
	w := s.spare.Get().(*[3][]float64)
	defer s.spare.Put(w)
	s.Point(w[0], x)
	for i := range w[1] {
		w[1][i] = v[0]*s.e[0][i] + v[1]*s.e[1][i]
	}
	HessVec(s.f, w[2], w[0], w[1])
	dst[0], dst[1] = dot(w[2], s.e[0]), dot(w[2], s.e[1])
}
