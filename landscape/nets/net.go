package nets

import (
	"fmt"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// tile is the number of rows of data that pass through the net together. Sums run over the tiles in order.
const tile = 64

// A Net is the mean loss of a shape over rows of data, as a function of the parameter, in precision T;
// Net[float64] is a landscape.Func and all its extensions. Methods may run at the same time and allocate
// nothing once their workspaces are warm.
type Net[T kernel.Float] struct {
	shape  Shape
	layers []layer
	reach  [][]int32 // of each convolution, see reaches
	dim    int
	rows   int
	x, y   []T             // one row of inputs, of targets, after another
	tiles  []kernel.Mat[T] // the inputs in tiles, features x rows of data
	wanted []kernel.Mat[T] // the targets in tiles
	spare  *spare[T]
}

var (
	_ landscape.Curved  = (*Net[float64])(nil)
	_ landscape.Sampled = (*Net[float64])(nil)
	_ landscape.Many    = (*Net[float64])(nil)
	_ landscape.Blocks  = (*Net[float64])(nil)
	_ landscape.Aligner = (*Net[float64])(nil)
)

// New puts a shape over data: x holds rows of inputs, y as many rows of targets. Both are copied.
func New[T kernel.Float](shape Shape, x, y []T) (*Net[T], error) {
	if err := shape.check(); err != nil {
		return nil, err
	}
	in, out := shape.Inputs(), shape.Outputs()
	rows := len(x) / in
	if rows == 0 || len(x) != rows*in || len(y) != rows*out {
		return nil, fmt.Errorf("a net of %d inputs and %d outputs needs rows of data: got %d input values and %d target values", in, out, len(x), len(y))
	}
	n := &Net[T]{shape: shape, layers: shape.layers(), dim: shape.Dim(), rows: rows, x: append([]T(nil), x...), y: append([]T(nil), y...)}
	for r := 0; r < rows; r += tile {
		c := min(tile, rows-r)
		n.tiles = append(n.tiles, turned(in, c, n.x[r*in:]))
		n.wanted = append(n.wanted, turned(out, c, n.y[r*out:]))
	}
	n.reach = shape.reaches()
	n.spare = &spare[T]{sizes: shape.Sizes}
	for _, r := range n.reach {
		n.spare.window = max(n.spare.window, len(r)*tile)
	}
	return n, nil
}

// turned copies the first count rows of x, each of the given width, to a width x count matrix.
func turned[T kernel.Float](width, count int, x []T) kernel.Mat[T] {
	m := kernel.Dense(width, count, make([]T, width*count))
	kernel.Transpose(m, kernel.Dense(count, width, x))
	return m
}

// Over puts the same shape over other rows, for instance those held out for a test.
func (n *Net[T]) Over(x, y []T) (*Net[T], error) { return New(n.shape, x, y) }

// Decayed is the same net with another L2; it shares data and workspaces.
func (n *Net[T]) Decayed(l2 float64) *Net[T] {
	other := *n
	other.shape.L2 = l2
	return &other
}

// Shape is the shape of the net.
func (n *Net[T]) Shape() Shape { return n.shape }

// Dim is the number of parameters.
func (n *Net[T]) Dim() int { return n.dim }

// Len is the number of rows.
func (n *Net[T]) Len() int { return n.rows }

// Blocks lists the weight matrices and biases in the order of the parameter.
func (n *Net[T]) Blocks() []landscape.Block { return n.shape.Blocks() }

// Loss is the loss at theta.
func (n *Net[T]) Loss(theta []T) float64 {
	w := n.spare.take()
	defer n.spare.back(w)
	return n.loss(w, theta)
}

func (n *Net[T]) loss(w *workspace[T], theta []T) float64 {
	sum := 0.0
	for i, x := range n.tiles {
		sum += n.head(w, n.forward(w, theta, x, 0), n.wanted[i], nil, 0)
	}
	return sum/float64(n.rows) + n.decay(theta)
}

// Losses stores the losses of many points, one after another in points. It works alone: to use more
// cores, call it for parts of the points from several goroutines.
func (n *Net[T]) Losses(losses []float64, points []T) {
	w := n.spare.take()
	defer n.spare.back(w)
	for i := range losses {
		losses[i] = n.loss(w, points[i*n.dim:][:n.dim])
	}
}

// Grad stores the gradient at theta in dst and returns the loss.
func (n *Net[T]) Grad(dst, theta []T) float64 {
	w := n.spare.take()
	defer n.spare.back(w)
	clear(dst[:n.dim])
	sum := 0.0
	for i, x := range n.tiles {
		sum += n.gradTile(w, dst, theta, x, n.wanted[i], 1/T(n.rows))
	}
	n.addDecay(dst, theta)
	return sum/float64(n.rows) + n.decay(theta)
}

// GradAt stores the gradient of the mean loss over the rows of batch in dst and returns that loss, both
// with the whole L2 term. A row may occur more than once.
func (n *Net[T]) GradAt(dst, theta []T, batch []int) float64 {
	if len(batch) == 0 {
		panic("nets: a batch needs at least one row")
	}
	w := n.spare.take()
	defer n.spare.back(w)
	clear(dst[:n.dim])
	sum := 0.0
	for b := 0; b < len(batch); b += tile {
		rows := batch[b:min(b+tile, len(batch))]
		x := gather(w.x, n.x, n.shape.Inputs(), rows)
		y := gather(w.y, n.y, n.shape.Outputs(), rows)
		sum += n.gradTile(w, dst, theta, x, y, 1/T(len(batch)))
	}
	n.addDecay(dst, theta)
	return sum/float64(len(batch)) + n.decay(theta)
}

// gather turns the given rows of data, each of the given width, into a tile in buffer.
func gather[T kernel.Float](buffer, data []T, width int, rows []int) kernel.Mat[T] {
	m := kernel.Dense(width, len(rows), buffer)
	for c, r := range rows {
		o := c
		for _, v := range data[r*width:][:width] {
			m.Data[o] = v
			o += len(rows)
		}
	}
	return m
}

// addDecay adds L2*x to dst.
func (n *Net[T]) addDecay(dst, x []T) {
	if n.shape.L2 != 0 {
		kernel.Axpy(dst[:n.dim], T(n.shape.L2), x)
	}
}

// decay is the part of the loss that L2 adds.
func (n *Net[T]) decay(theta []T) float64 {
	if n.shape.L2 == 0 {
		return 0
	}
	return 0.5 * n.shape.L2 * float64(kernel.Dot(theta, theta))
}
