package nets

import (
	"context"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

var (
	_ landscape.Fixed = (*Net[float64])(nil)
	_ landscape.Dense = (*Net[float64])(nil)
)

// outerColumns is how many columns of the Hessian are filled together: 64 rows of data of so many numbers stay in
// the second cache.
const outerColumns = 512

// Hessian stores the Hessian at theta in dst, row-major Dim x Dim and symmetric.
//
// The sum of a unit moves by an input h of that unit times the move of a weight. So one tangent pass for each unit tells
// all: a unit's derivative r of a delta gives, for weights on inputs h and h', the entry h*(r*h' + delta*Rh'), where Rh'
// is how h' moves with the unit's sum. That is a product of matrices over the rows of data, of N Dim² operations in all,
// where a product for each column takes N Dim times the 12 or so operations of each weight. Units are filled side by side
// on all cores, each in its own rows, so the bits do not depend on how many there are. With
// convolutions there is a product for each column after all.
func (n *Net[T]) Hessian(ctx context.Context, dst, theta []T) error {
	if len(n.reach) > 0 {
		return n.columns(ctx, dst[:n.dim*n.dim], theta)
	}
	at, err := n.fix(ctx, theta)
	if err != nil {
		return err
	}
	dst = dst[:n.dim*n.dim]
	clear(dst)
	rows := at.flip()
	var units [][2]int
	for i, l := range n.layers {
		for u := range l.out {
			units = append(units, [2]int{i, u})
		}
	}
	kernel.Blocks(len(units), func(k int) {
		w := n.spare.take()
		defer n.spare.back(w)
		for i := range n.tiles {
			if ctx.Err() != nil {
				return
			}
			at.bump(w, dst, rows[i], i, units[k][0], units[k][1])
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	n.mirror(dst)
	for i := range n.dim {
		dst[i*n.dim+i] += T(n.shape.L2)
	}
	return nil
}

// flipped is a pass with rows of data first: the inputs of each layer and its delta.
type flipped[T kernel.Float] struct{ inputs, delta []kernel.Mat[T] }

// flip turns the passes of all tiles.
func (at *fixed[T]) flip() []flipped[T] {
	n := at.net
	all := make([]flipped[T], len(n.tiles))
	back := func(units, cols int, m []T) kernel.Mat[T] {
		t := kernel.Dense(cols, units, make([]T, cols*units))
		kernel.Transpose(t, kernel.Dense(units, cols, m))
		return t
	}
	for i, x := range n.tiles {
		t, held := &all[i], at.passes[i]
		for j, l := range n.layers {
			inputs := kernel.Mat[T]{}
			if j == 0 {
				inputs = kernel.Dense(x.Cols, l.in, n.x[i*tile*l.in:])
			} else {
				inputs = back(l.in, x.Cols, held.h[j-1])
			}
			t.inputs = append(t.inputs, inputs)
			t.delta = append(t.delta, back(l.out, x.Cols, held.delta[j]))
		}
	}
	return all
}

// bump adds what tile number of the data contributes to the rows of the Hessian that belong to one unit of a layer:
// their entries in the columns of that unit, of the later ones of the layer, and of all layers after it.
func (at *fixed[T]) bump(w *workspace[T], dst []T, rows flipped[T], number, layer, unit int) {
	n, held := at.net, at.passes[number]
	t := w.tangents(n.shape.Sizes)
	cols, last := n.tiles[number].Cols, len(n.layers)-1
	// Forward: how sums and activations move with the unit's sum.
	for m := layer; m <= last; m++ {
		l := n.layers[m]
		z := kernel.Dense(l.out, cols, t.z[m])
		if m == layer {
			clear(z.Data)
			for j := range z.Row(unit) {
				z.Row(unit)[j] = 1
			}
		} else {
			kernel.MulNN(z, matrix(l, at.theta), kernel.Dense(l.in, cols, t.h[m-1]), false)
		}
		if m < last {
			copy(t.h[m], z.Data)
			kernel.Mul(t.h[m][:len(z.Data)], held.slope[m])
		}
	}
	n.headTangent(held.p, t.mean, kernel.Dense(n.layers[last].out, cols, t.z[last]), t.delta[last], 1/T(n.rows))
	// Back: how the deltas move, the entries of each layer as soon as its own are known.
	for m := last; m > layer; m-- {
		at.enter(w, dst, rows, number, layer, unit, m, 0)
		n.backTangent(held, t, at.theta, m, cols)
	}
	at.enter(w, dst, rows, number, layer, unit, layer, unit)
}

// backTangent takes the tangent of the deltas of layer m to the layer below, for a move of sums alone.
func (n *Net[T]) backTangent(held pass[T], t *tangent[T], theta []T, m, cols int) {
	l := n.layers[m]
	below := kernel.Dense(l.in, cols, t.delta[m-1])
	kernel.MulTN(below, matrix(l, theta), kernel.Dense(l.out, cols, t.delta[m]), false)
	n.bend(held, t, below.Data, m-1)
}

// bend turns the tangent of the loss by the activations of layer i, in below, to that by its sums.
func (n *Net[T]) bend(held pass[T], t *tangent[T], below []T, i int) {
	kernel.Mul(below, held.slope[i])
	if n.shape.Activation.Bends() {
		curl, z := held.curl[i][:len(below)], t.z[i][:len(below)]
		for j := range below {
			below[j] += curl[j] * z[j]
		}
	}
}

// enter adds the entries of a unit's rows in the columns of layer m, from its unit from on.
func (at *fixed[T]) enter(w *workspace[T], dst []T, rows flipped[T], number, layer, unit, m, from int) {
	n, t := at.net, w.tangent
	own, l := n.layers[layer], n.layers[m]
	inputs := n.tiles[number] // of the unit's layer
	cols := inputs.Cols
	if layer > 0 {
		inputs = kernel.Dense(own.in, cols, at.passes[number].h[layer-1])
	}
	if w.outer == nil {
		w.outer, w.ahead = make([]T, tile*max(outerColumns, len(w.turned)/tile)), make([]T, len(w.turned))
	}
	moved := kernel.Dense(cols, l.out, w.turned)
	kernel.Transpose(moved, kernel.Dense(l.out, cols, t.delta[m]))
	ahead := kernel.Dense(cols, l.in, w.ahead) // how the inputs of layer m move
	if m > layer {
		kernel.Transpose(ahead, kernel.Dense(l.in, cols, t.h[m-1]))
	}
	add := func(column int, b kernel.Mat[T]) {
		row := own.weights + unit*own.in
		kernel.MulNN(kernel.Mat[T]{Rows: own.in, Cols: b.Cols, Stride: n.dim, Data: dst[row*n.dim+column:]}, inputs, b, true)
		if own.bias >= 0 {
			for r := range cols {
				kernel.Axpy(dst[(own.bias+unit)*n.dim+column:][:b.Cols], 1, b.Row(r))
			}
		}
	}
	for k, group := from, max(1, outerColumns/l.in); k < l.out; k += group {
		count := min(group, l.out-k)
		b := kernel.Dense(cols, count*l.in, w.outer)
		for r := range cols {
			out, h, rh := b.Row(r), rows.inputs[m].Row(r), ahead.Row(r)
			for u := range count {
				entry, a := out[u*l.in:][:len(h)], moved.Row(r)[k+u]
				if m == layer {
					for j, v := range h {
						entry[j] = a * v
					}
					continue
				}
				d := rows.delta[m].Row(r)[k+u]
				for j, v := range h {
					entry[j] = a*v + d*rh[j]
				}
			}
		}
		add(l.weights+k*l.in, b)
	}
	if l.bias >= 0 {
		add(l.bias+from, kernel.Mat[T]{Rows: cols, Cols: l.out - from, Stride: l.out, Data: moved.Data[from:]})
	}
}

// mirror completes a Hessian of which each unit's rows are filled in the columns of that unit and of those after it.
func (n *Net[T]) mirror(h []T) {
	order := make([]int, n.dim) // of the units that parameters belong to
	count := 0
	for _, l := range n.layers {
		for u := range l.out {
			for j := range l.in {
				order[l.weights+u*l.in+j] = count
			}
			if l.bias >= 0 {
				order[l.bias+u] = count
			}
			count++
		}
	}
	for i, a := range order {
		row := h[i*n.dim:][:n.dim]
		for j, b := range order {
			if a < b || a == b && i < j {
				h[j*n.dim+i] = row[j]
			}
		}
	}
}
