package flowtosgd

import (
	"math"
	"slices"
	"sort"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim/flow"
)

// knots is how many points of a river are kept, evenly along its length.
const knots = 256

// A river is the way of gradient flow from the start, by the length of the way instead of by time. It is found when it
// is first asked for.
type river struct {
	ground *ground
	time   float64 // of the longest flow

	once sync.Once
	// apart is the distance between two knots, points and slopes are those of the knots: where, and which way.
	apart          float64
	points, slopes [][]float64
	// home tells that the last knot is where the flow comes to, not only where it has come by then.
	home bool
}

// A lengthened flow carries the length of its way as one more coordinate.
type lengthened struct{ landscape.Func }

// Dim implements flow.Field.
func (l lengthened) Dim() int { return l.Func.Dim() + 1 }

// Slope implements flow.Field.
func (l lengthened) Slope(dst, y []float64) float64 {
	n := l.Func.Dim()
	loss := l.Func.Grad(dst[:n], y[:n])
	dst[n] = norm(dst[:n])
	for i := range n {
		dst[i] = -dst[i]
	}
	return loss
}

// An even flow goes down at unit speed: its time is the length of its way.
type even struct{ landscape.Func }

// Slope implements flow.Field.
func (e even) Slope(dst, y []float64) float64 {
	loss := e.Func.Grad(dst, y)
	speed := norm(dst)
	if speed == 0 {
		return loss
	}
	for i := range dst {
		dst[i] /= -speed
	}
	return loss
}

// find lays the knots.
func (r *river) find() {
	g := r.ground
	whole, err := flow.New(lengthened{g.Func}, append(slices.Clone(g.start), 0), flow.Options{})
	if err != nil {
		return
	}
	_ = whole.Advance(r.time) // a flow that ends before stays at its end
	end := whole.Point()
	length := end[g.Dim()]
	grad := make([]float64, g.Dim())
	loss := g.Grad(grad, end[:g.Dim()])
	if !(length > 0) || math.IsInf(length, 1) || !landscape.Finite(end) {
		return
	}
	r.home = loss < arrived*g.Loss(g.start) || norm(grad) < resting
	down := even{g.Func}
	walk, err := flow.New(down, g.start, flow.Options{})
	if err != nil {
		return
	}
	r.apart = length / knots
	for k := range knots {
		if walk.Advance(float64(k)*r.apart) != nil {
			break
		}
		slope := make([]float64, g.Dim())
		down.Slope(slope, walk.Point())
		r.points, r.slopes = append(r.points, slices.Clone(walk.Point())), append(r.slopes, slope)
	}
	// Where the flow rests its gradient is rounding and has no direction: it comes in straight.
	last := slices.Clone(end[:g.Dim()])
	way := slices.Clone(last)
	if n := len(r.points); n > 0 {
		kernel.Axpy(way, -1, r.points[n-1])
		kernel.Scale(1/norm(way), way)
	}
	r.points, r.slopes = append(r.points, last), append(r.slopes, way)
}

// at stores the point after a length of the way in dst, between knots by Hermite's cubic. It reports whether it is known:
// behind the end of a river that has come home it is its end.
func (r *river) at(dst []float64, length float64) bool {
	r.once.Do(r.find)
	last := len(r.points) - 1
	if last < 1 {
		return false
	}
	k := sort.Search(last, func(i int) bool { return float64(i+1)*r.apart > length })
	if k == last {
		copy(dst, r.points[last])
		return r.home && last == knots
	}
	u, h := length/r.apart-float64(k), r.apart
	a, b := u*u*(3-2*u), u*(1-u)
	for i := range dst {
		dst[i] = (1-a)*r.points[k][i] + a*r.points[k+1][i] + h*b*((1-u)*r.slopes[k][i]-u*r.slopes[k+1][i])
	}
	return true
}
