package surfaces

import (
	"fmt"
	"math"
	"sync"

	"thalweg/landscape"
)

// Rotated turns a surface of the plane about 0, counter-clockwise: the loss at w is that of f at w turned
// back. It panics when f is not two-dimensional.
func Rotated(f landscape.Curved, degrees float64) landscape.Curved {
	if f.Dim() != 2 {
		panic(fmt.Sprintf("surfaces: turning a surface of dimension %d, want 2", f.Dim()))
	}
	if degrees == 0 {
		return f
	}
	r := &rotated{f: f, rotation: rotationBy(degrees)}
	r.scratch.New = func() any { return new([6]float64) }
	return r
}

// Rotate returns the point x turned about 0 by that many degrees, counter-clockwise.
func Rotate(x []float64, degrees float64) []float64 {
	dst := make([]float64, 2)
	rotationBy(degrees).turn(dst, x)
	return dst
}

type rotation struct{ cos, sin float64 }

func rotationBy(degrees float64) rotation {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return rotation{cos, sin}
}

func (r rotation) turn(dst, x []float64) {
	dst[0], dst[1] = r.cos*x[0]-r.sin*x[1], r.sin*x[0]+r.cos*x[1]
}

func (r rotation) back(dst, x []float64) { rotation{r.cos, -r.sin}.turn(dst, x) }

type rotated struct {
	f landscape.Curved
	rotation
	// scratch lends room for three points: slices handed to an interface would otherwise be allocated.
	scratch sync.Pool
}

var _ landscape.Curved = (*rotated)(nil)

func (r *rotated) Dim() int { return 2 }

func (r *rotated) Loss(x []float64) float64 {
	s := r.scratch.Get().(*[6]float64)
	defer r.scratch.Put(s)
	r.back(s[:2], x)
	return r.f.Loss(s[:2])
}

func (r *rotated) Grad(dst, x []float64) float64 {
	s := r.scratch.Get().(*[6]float64)
	defer r.scratch.Put(s)
	r.back(s[:2], x)
	loss := r.f.Grad(s[2:4], s[:2])
	r.turn(dst, s[2:4])
	return loss
}

func (r *rotated) HessVec(dst, x, v []float64) {
	s := r.scratch.Get().(*[6]float64)
	defer r.scratch.Put(s)
	r.back(s[:2], x)
	r.back(s[2:4], v)
	r.f.HessVec(s[4:6], s[:2], s[2:4])
	r.turn(dst, s[4:6])
}
