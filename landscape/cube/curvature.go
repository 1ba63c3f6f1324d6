package cube

import (
	"thalweg/landscape/kernel"
)

// HessVec stores the Hessian of the loss over rows of x at theta times v in dst, by the R-operator (Pearlmutter, 1994).
// ReLU has no bend: what its kinks do is left out. Nothing is clipped in it.
func (n *Net) HessVec(dst, theta, v, x, y []float64) {
	rows, last := len(y), n.layers()-1
	w, r := n.take(rows), n.take(rows)
	defer n.pool.Put(w)
	defer n.pool.Put(r)
	in := kernel.Dense(rows, n.Sizes[0], x)
	n.forward(w, theta, in, true)
	// r.h holds what moves of each layer's outputs, r.s what moves of their slopes.
	for l := range n.layers() {
		m, _ := n.weights(theta, l)
		n.affine(r.h[l], v, l, n.below(w, in, l))
		if l > 0 {
			kernel.MulNN(kernel.Dense(rows, m.Cols, r.h[l]), kernel.Dense(rows, m.Rows, r.h[l-1]), m, true)
		}
		if l < last {
			n.move(r.h[l][:rows*m.Cols], r.s[l], w.h[l], w.s[l])
		}
	}
	for i := range rows {
		w.d[last][i] = (w.f[i] - y[i]) / float64(rows)
		r.d[last][i] = r.h[last][i] / float64(rows)
	}
	for l := last; l > 0; l-- {
		m, _ := n.weights(theta, l)
		moved, _ := n.weights(v, l)
		d, rd := kernel.Dense(rows, m.Cols, w.d[l]), kernel.Dense(rows, m.Cols, r.d[l])
		below, rbelow := kernel.Dense(rows, m.Rows, w.d[l-1]), kernel.Dense(rows, m.Rows, r.d[l-1])
		kernel.MulNT(below, d, m, false)
		kernel.MulNT(rbelow, rd, m, false)
		kernel.MulNT(rbelow, d, moved, true)
		slope, bend := w.s[l-1], r.s[l-1]
		for i := range below.Data {
			rbelow.Data[i] = rbelow.Data[i]*slope[i] + below.Data[i]*bend[i]
			below.Data[i] *= slope[i]
		}
	}
	for l := range n.layers() {
		m, b := n.weights(dst, l)
		d, rd := kernel.Dense(rows, m.Cols, w.d[l]), kernel.Dense(rows, m.Cols, r.d[l])
		kernel.MulTN(m, n.below(w, in, l), rd, false)
		if l > 0 {
			kernel.MulTN(m, kernel.Dense(rows, m.Rows, r.h[l-1]), d, true)
		}
		clear(b)
		for i := range rows {
			kernel.Axpy(b, 1, rd.Row(i))
		}
		if l == 0 && n.Mask != nil {
			kernel.Mul(m.Data, n.Mask)
		}
	}
}

// below are the inputs of a layer.
func (n *Net) below(w *work, in kernel.Mat[float64], l int) kernel.Mat[float64] {
	if l == 0 {
		return in
	}
	return kernel.Dense(in.Rows, n.Sizes[l], w.h[l-1])
}

// move turns what moves of a layer's inputs, in place, into what moves of its outputs, and stores what moves of its
// slopes, from outputs and slopes.
func (n *Net) move(rz, rs, h, s []float64) {
	for i, v := range rz {
		switch n.Act {
		case ReLU:
			rs[i] = 0
		case Tanh:
			rs[i] = -2 * h[i] * s[i] * v
		default:
			rs[i] = s[i] * (1 - 2*h[i]) * v
		}
		rz[i] = s[i] * v
	}
}
