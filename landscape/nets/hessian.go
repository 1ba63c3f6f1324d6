package nets

import (
	"context"

	"thalweg/landscape/kernel"
)

// A tangent holds the derivatives of what a workspace holds, along one direction of the parameter.
type tangent[T kernel.Float] struct {
	z, h, delta [][]T // of each layer's sum, activation, and derivative of the loss
	mean        []T
}

func newTangent[T kernel.Float](sizes []int) *tangent[T] {
	t := &tangent[T]{mean: make([]T, tile)}
	for _, s := range sizes[1:] {
		t.z = append(t.z, make([]T, s*tile))
		t.h = append(t.h, make([]T, s*tile))
		t.delta = append(t.delta, make([]T, s*tile))
	}
	return t
}

// A pass is what the gradient leaves behind on a tile and its derivative needs: of each layer the activations and
// their slopes, and the derivative delta of the loss by the layer's sum. curl is the second derivative of the
// activation times the derivative of the loss by it: how delta changes where the sum moves. p are the class
// probabilities.
type pass[T kernel.Float] struct {
	h, slope, curl, delta [][]T
	p                     []T
}

// hold makes the gradient pass of a tile in w and returns what it left there.
func (n *Net[T]) hold(w *workspace[T], theta []T, x, y kernel.Mat[T], scale T) pass[T] {
	f := n.forward(w, theta, x, 2)
	last := len(n.layers) - 1
	n.head(w, f, y, w.delta[last], scale)
	for i := last; i > 0; i-- {
		l := n.layers[i]
		below := w.delta[i-1][:n.shape.Sizes[i]*x.Cols]
		n.back(w, below, i, matrix(l, theta), sums(l, x.Cols, w.delta[i]), x.Cols, false)
		if n.shape.Activation.Bends() {
			kernel.Mul(w.bend[i-1][:len(below)], below)
		}
		kernel.Mul(below, w.slope[i-1])
	}
	return pass[T]{w.h, w.slope, w.bend, w.delta, w.p}
}

// HessVec stores the Hessian at theta times v in dst, exactly, by the R-operator: every line of the
// gradient is differentiated along v (Pearlmutter, Fast exact multiplication by the Hessian, 1994).
// For relu this is exact away from the kinks.
func (n *Net[T]) HessVec(dst, theta, v []T) {
	w := n.spare.take()
	defer n.spare.back(w)
	clear(dst[:n.dim])
	for i, x := range n.tiles {
		held := n.hold(w, theta, x, n.wanted[i], 1/T(n.rows))
		n.product(w, held, dst, theta, v, i, 1/T(n.rows))
	}
	n.addDecay(dst, v)
}

// tangents returns the tangent of w, with room of its own.
func (w *workspace[T]) tangents(sizes []int) *tangent[T] {
	if w.tangent == nil {
		w.tangent = newTangent[T](sizes)
	}
	return w.tangent
}

// product adds to dst what tile number of the data contributes to the Hessian times v, by the pass that is held of it.
func (n *Net[T]) product(w *workspace[T], held pass[T], dst, theta, v []T, number int, scale T) {
	x := n.tiles[number]
	t := w.tangents(n.shape.Sizes)
	last := len(n.layers) - 1
	h := x
	for i, l := range n.layers {
		z := sums(l, x.Cols, t.z[i])
		kernel.Affine(z, matrix(l, v), n.windows(w, i, h), biases(l, v))
		if i > 0 {
			kernel.MulNN(z, matrix(l, theta), n.windows(w, i, kernel.Dense(n.shape.Sizes[i], x.Cols, t.h[i-1])), true)
		}
		if i < last {
			copy(t.h[i], z.Data)
			kernel.Mul(t.h[i][:len(z.Data)], held.slope[i])
			h = kernel.Dense(l.units(), x.Cols, held.h[i])
		}
	}
	outputs := n.layers[last].out
	n.headTangent(held.p, t.mean, kernel.Dense(outputs, x.Cols, t.z[last]), t.delta[last], scale)
	for i := last; i >= 0; i-- {
		l := n.layers[i]
		moved := sums(l, x.Cols, t.delta[i])
		addRows(biases(l, dst), moved)
		if i == 0 {
			n.addFirst(w, matrix(l, dst), moved, number)
			break
		}
		delta, inputs := sums(l, x.Cols, held.delta[i]), n.shape.Sizes[i]
		addOuter(w, matrix(l, dst), moved, n.windows(w, i, kernel.Dense(inputs, x.Cols, held.h[i-1])))
		addOuter(w, matrix(l, dst), delta, n.windows(w, i, kernel.Dense(inputs, x.Cols, t.h[i-1])))
		below := t.delta[i-1][:inputs*x.Cols]
		n.back(w, below, i, matrix(l, theta), moved, x.Cols, false)
		n.back(w, below, i, matrix(l, v), delta, x.Cols, true)
		n.bend(held, t, below, i-1)
	}
}

// addFirst adds delta times the transpose of tile number of the inputs, which stands in the data as it is, to dst.
func (n *Net[T]) addFirst(w *workspace[T], dst, delta kernel.Mat[T], number int) {
	if len(n.reach) > 0 {
		addOuter(w, dst, delta, n.windows(w, 0, n.tiles[number]))
		return
	}
	if dst.Cols < 8 || delta.Rows < 8 {
		kernel.MulNT(dst, delta, n.tiles[number], true)
		return
	}
	kernel.MulNN(dst, delta, kernel.Dense(delta.Cols, dst.Cols, n.x[number*tile*dst.Cols:]), true)
}

// headTangent stores the derivative of the head's delta along a move of the outputs: the move itself for
// mse; p*(move - sum of p*move) with the class probabilities p for cross-entropy.
func (n *Net[T]) headTangent(p, mean []T, move kernel.Mat[T], delta []T, scale T) {
	if n.shape.Loss == MSE {
		for i, v := range move.Data {
			delta[i] = v * scale
		}
		return
	}
	mean = mean[:move.Cols]
	clear(mean)
	probability := kernel.Dense(move.Rows, move.Cols, p)
	for i := range move.Rows {
		for j, v := range move.Row(i) {
			mean[j] += probability.Row(i)[j] * v
		}
	}
	for i := range move.Rows {
		for j, v := range move.Row(i) {
			delta[i*move.Cols+j] = probability.Row(i)[j] * (v - mean[j]) * scale
		}
	}
}

// maxHeld bounds the numbers that the passes of a whole net may take: 128 MB in double precision.
const maxHeld = 16 << 20

// A fixed net stands at one theta: the passes of all tiles are held.
type fixed[T kernel.Float] struct {
	net    *Net[T]
	theta  []T
	passes []pass[T]
}

// fix makes the gradient pass of every tile, or returns the error of ctx.
func (n *Net[T]) fix(ctx context.Context, theta []T) (*fixed[T], error) {
	w := n.spare.take()
	defer n.spare.back(w)
	at := &fixed[T]{net: n, theta: theta}
	for i, x := range n.tiles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n.hold(w, theta, x, n.wanted[i], 1/T(n.rows))
		p := pass[T]{}
		for j, l := range n.layers {
			size := l.units() * x.Cols
			p.delta = append(p.delta, append([]T(nil), w.delta[j][:size]...))
			if j == len(n.layers)-1 {
				break
			}
			p.h = append(p.h, append([]T(nil), w.h[j][:size]...))
			p.slope = append(p.slope, append([]T(nil), w.slope[j][:size]...))
			p.curl = append(p.curl, append([]T(nil), w.bend[j][:size]...))
		}
		if n.shape.Loss == CrossEntropy {
			p.p = append([]T(nil), w.p[:n.shape.Outputs()*x.Cols]...)
		}
		at.passes = append(at.passes, p)
	}
	return at, nil
}

// held is how many numbers the passes of all tiles take.
func (n *Net[T]) held() int {
	units := 2 * n.shape.Outputs()
	for _, l := range n.layers[:len(n.layers)-1] {
		units += 4 * l.units()
	}
	return units * n.rows
}

// Products of so many operations are made in parts of the data, side by side.
const (
	wideProduct  = 1e8
	productParts = 4
)

// HessianAt returns the Hessian at theta as a product, for which the gradient pass over the data is made once and kept;
// of nets over so many rows that it would not fit, each product makes its own. Large products use all cores; the bits do
// not depend on how many there are. The function may be called from several goroutines. Once ctx has ended it leaves dst
// unfinished. theta must stay as it is.
func (n *Net[T]) HessianAt(ctx context.Context, theta []T) func(dst, v []T) {
	var at *fixed[T]
	if n.held() <= maxHeld {
		var err error
		if at, err = n.fix(ctx, theta); err != nil {
			return func(_, _ []T) {}
		}
	}
	scale := 1 / T(n.rows)
	// between adds what the tiles from one to another contribute.
	between := func(dst, v []T, from, to int) {
		w := n.spare.take()
		defer n.spare.back(w)
		for i := from; i < to && ctx.Err() == nil; i++ {
			var held pass[T]
			if at != nil {
				held = at.passes[i]
			} else {
				held = n.hold(w, theta, n.tiles[i], n.wanted[i], scale)
			}
			n.product(w, held, dst, theta, v, i, scale)
		}
	}
	tiles := len(n.tiles)
	if tiles < productParts || 12*float64(n.dim)*float64(n.rows) < wideProduct {
		return func(dst, v []T) {
			clear(dst[:n.dim])
			between(dst, v, 0, tiles)
			n.addDecay(dst, v)
		}
	}
	return func(dst, v []T) {
		sums := make([]T, productParts*n.dim)
		kernel.Blocks(productParts, func(k int) {
			between(sums[k*n.dim:][:n.dim], v, k*tiles/productParts, (k+1)*tiles/productParts)
		})
		clear(dst[:n.dim])
		for k := range productParts {
			kernel.Axpy(dst[:n.dim], 1, sums[k*n.dim:])
		}
		n.addDecay(dst, v)
	}
}
