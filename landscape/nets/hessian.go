package nets

import "thalweg/landscape/kernel"

// A tangent holds the derivatives of what a workspace holds, along one direction of the parameter.
type tangent[T kernel.Float] struct {
	z, h, delta [][]T // of each layer's sum, activation, and derivative of the loss
	back        []T
}

func newTangent[T kernel.Float](sizes []int) *tangent[T] {
	t := &tangent[T]{}
	widest := 0
	for _, s := range sizes[1:] {
		t.z = append(t.z, make([]T, s*tile))
		t.h = append(t.h, make([]T, s*tile))
		t.delta = append(t.delta, make([]T, s*tile))
		widest = max(widest, s)
	}
	t.back = make([]T, widest*tile)
	return t
}

// HessVec stores the Hessian at theta times v in dst, exactly, by the R-operator: every line of the
// gradient is differentiated along v (Pearlmutter, Fast exact multiplication by the Hessian, 1994).
// For relu this is exact away from the kinks.
func (n *Net[T]) HessVec(dst, theta, v []T) {
	w := n.spare.take()
	defer n.spare.back(w)
	if w.tangent == nil {
		w.tangent = newTangent[T](n.shape.Sizes)
	}
	clear(dst[:n.dim])
	for i, x := range n.tiles {
		n.hessTile(w, dst, theta, v, x, n.wanted[i], 1/T(n.rows))
	}
	n.addDecay(dst, v)
}

func (n *Net[T]) hessTile(w *workspace[T], dst, theta, v []T, x, y kernel.Mat[T], scale T) {
	t := w.tangent
	last := len(n.layers) - 1
	f := n.forward(w, theta, x, 2)
	n.head(w, f, y, w.delta[last], scale)
	h := x
	for i, l := range n.layers {
		z := kernel.Dense(l.out, x.Cols, t.z[i])
		kernel.Affine(z, matrix(l, v), h, biases(l, v))
		if i > 0 {
			kernel.MulNN(z, matrix(l, theta), kernel.Dense(l.in, x.Cols, t.h[i-1]), true)
		}
		if i < last {
			copy(t.h[i], z.Data)
			kernel.Mul(t.h[i][:len(z.Data)], w.slope[i])
		}
		h = kernel.Dense(l.out, x.Cols, w.h[i])
	}
	n.headTangent(w, kernel.Dense(f.Rows, f.Cols, t.z[last]), t.delta[last], scale)
	for i := last; i >= 0; i-- {
		l := n.layers[i]
		delta, moved, h := kernel.Dense(l.out, x.Cols, w.delta[i]), kernel.Dense(l.out, x.Cols, t.delta[i]), x
		if i > 0 {
			h = kernel.Dense(l.in, x.Cols, w.h[i-1])
		}
		addOuter(w, matrix(l, dst), moved, h)
		addRows(biases(l, dst), moved)
		if i == 0 {
			break
		}
		addOuter(w, matrix(l, dst), delta, kernel.Dense(l.in, x.Cols, t.h[i-1]))
		below, back := kernel.Dense(l.in, x.Cols, t.delta[i-1]), kernel.Dense(l.in, x.Cols, t.back)
		kernel.MulTN(back, matrix(l, theta), delta, false)
		kernel.MulTN(below, matrix(l, theta), moved, false)
		kernel.MulTN(below, matrix(l, v), delta, true)
		kernel.Mul(below.Data, w.slope[i-1])
		if n.shape.Activation.Bends() {
			bend, z := w.bend[i-1], t.z[i-1]
			for j, b := range back.Data {
				below.Data[j] += b * bend[j] * z[j]
			}
		}
		copy(w.delta[i-1], back.Data)
		kernel.Mul(w.delta[i-1][:len(back.Data)], w.slope[i-1])
	}
}

// headTangent stores the derivative of the head's delta along a move of the outputs: the move itself for
// mse; p*(move - sum of p*move) with the class probabilities p for cross-entropy.
func (n *Net[T]) headTangent(w *workspace[T], move kernel.Mat[T], delta []T, scale T) {
	if n.shape.Loss == MSE {
		for i, v := range move.Data {
			delta[i] = v * scale
		}
		return
	}
	mean := w.lse[:move.Cols]
	clear(mean)
	p := kernel.Dense(move.Rows, move.Cols, w.p)
	for i := range move.Rows {
		for j, v := range move.Row(i) {
			mean[j] += p.Row(i)[j] * v
		}
	}
	for i := range move.Rows {
		for j, v := range move.Row(i) {
			delta[i*move.Cols+j] = p.Row(i)[j] * (v - mean[j]) * scale
		}
	}
}
