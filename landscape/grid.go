package landscape

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Grid is the loss over a plane, on points that divide its range evenly, the ends included.
type Grid struct {
	Rows, Columns int
	// Range is that of the plane: smin, smax, tmin, tmax.
	Range [4]float64
	// Values holds the loss at row i, column j in Values[i*Columns+j]: s grows along a row, t from row to
	// row. A loss that is not finite is NaN, a hole.
	Values []float64
	Holes  int
	// Min, Median and Max of the values that are no holes; NaN when all are.
	Min, Median, Max float64
}

// The sizes a grid may have.
const (
	minSide = 2
	maxSide = 512
)

// S is the coordinate of column j.
func (g *Grid) S(j int) float64 { return along(g.Range[0], g.Range[1], j, g.Columns) }

// T is the coordinate of row i.
func (g *Grid) T(i int) float64 { return along(g.Range[2], g.Range[3], i, g.Rows) }

// along is place i of n that divide the way from a to b evenly.
func along(a, b float64, i, n int) float64 {
	if i == n-1 {
		return b // exactly
	}
	return a + (b-a)*float64(i)/float64(n-1)
}

// batchSize bounds the numbers in one batch of points, 32 MB.
const batchSize = 4 << 20

// Survey computes the loss over the range of a plane, rows side by side on all processors. The values do
// not depend on how many there are. It ends early, with the context's error, when that is done.
func Survey(ctx context.Context, f Func, p Plane, rows, columns int) (*Grid, error) {
	for _, side := range [2]int{rows, columns} {
		if side < minSide || side > maxSide {
			return nil, fmt.Errorf("grid has %d x %d points, want %d to %d each way", rows, columns, minSide, maxSide)
		}
	}
	if dim := f.Dim(); len(p.Origin) != dim || len(p.Axes[0]) != dim || len(p.Axes[1]) != dim {
		return nil, fmt.Errorf("plane has %d dimensions, the loss %d", len(p.Origin), dim)
	}
	if !allFinite(p.Range[:]) {
		return nil, fmt.Errorf("range of the plane is %v, want finite numbers", p.Range)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	g := &Grid{Rows: rows, Columns: columns, Range: p.Range, Values: make([]float64, rows*columns)}
	surveyor := g.surveyor(ctx, f, p)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(rows, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			survey := surveyor()
			for i := int(next.Add(1)) - 1; i < rows && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				survey(i)
			}
		})
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.summarize()
	return g, nil
}

// surveyor returns what makes a function that fills one row, with room of its own.
func (g *Grid) surveyor(ctx context.Context, f Func, p Plane) func() func(i int) {
	if flat, ok := f.(Planar); ok {
		losses := flat.OnPlane(ctx, p.Origin, p.Axes[0], p.Axes[1])
		s := make([]float64, g.Columns)
		for j := range s {
			s[j] = g.S(j)
		}
		return func() func(i int) {
			return func(i int) { losses(g.Values[i*g.Columns:][:g.Columns], s, g.T(i)) }
		}
	}
	return func() func(i int) { return g.pointwise(ctx, f, p) }
}

// pointwise returns a function that fills one row point by point, or batch by batch.
func (g *Grid) pointwise(ctx context.Context, f Func, p Plane) func(i int) {
	dim := f.Dim()
	many, ok := f.(Many)
	if !ok {
		x := make([]float64, dim)
		return func(i int) {
			for j := 0; j < g.Columns && ctx.Err() == nil; j++ {
				p.Point(x, g.S(j), g.T(i))
				g.Values[i*g.Columns+j] = f.Loss(x)
			}
		}
	}
	size := min(g.Columns, max(1, batchSize/dim))
	points := make([]float64, size*dim)
	return func(i int) {
		for from := 0; from < g.Columns && ctx.Err() == nil; from += size {
			n := min(size, g.Columns-from)
			for j := range n {
				p.Point(points[j*dim:(j+1)*dim], g.S(from+j), g.T(i))
			}
			at := i*g.Columns + from
			many.Losses(g.Values[at:at+n], points[:n*dim])
		}
	}
}

// summarize turns what is not finite into holes and finds the order statistics of the rest.
func (g *Grid) summarize() {
	sorted := make([]float64, 0, len(g.Values))
	for i, v := range g.Values {
		if v-v != 0 {
			g.Values[i] = math.NaN()
			g.Holes++
			continue
		}
		sorted = append(sorted, v)
	}
	n := len(sorted)
	if n == 0 {
		g.Min, g.Median, g.Max = math.NaN(), math.NaN(), math.NaN()
		return
	}
	slices.Sort(sorted)
	g.Min, g.Max = sorted[0], sorted[n-1]
	g.Median = sorted[(n-1)/2] + (sorted[n/2]-sorted[(n-1)/2])/2
}
