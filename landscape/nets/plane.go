package nets

import (
	"context"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

var _ landscape.Planar = (*Net[float64])(nil)

// OnPlane is the loss on the plane origin + s*u + t*v, a row of points at a time. The sums of the first layer are affine
// in (s, t): they are computed once for the three directions, so that a point costs a pass over them instead of a
// product with the data, which is most of the work when there are many inputs. Where the first activation is straight
// but for a kink, the sums of the second layer are followed along the row as well (see sweep). It keeps three copies of
// rows x first width; the result differs from Loss at the point by rounding alone. The function may be called from
// several goroutines and leaves losses unfinished once ctx has ended; origin, u and v must stay as they are.
func (n *Net[T]) OnPlane(ctx context.Context, origin, u, v []T) func(losses, s []float64, t float64) {
	first := n.layers[0]
	p := &slice[T]{Net: n, ctx: ctx, axes: [3][]T{origin, u, v}}
	w := n.spare.take()
	defer n.spare.back(w)
	for _, x := range n.tiles {
		if ctx.Err() != nil {
			return func(_, _ []float64, _ float64) {}
		}
		var parts [3][]T
		for k, theta := range p.axes {
			z := sums(first, x.Cols, make([]T, first.units()*x.Cols))
			kernel.Affine(z, matrix(first, theta), n.windows(w, 0, x), biases(first, theta))
			parts[k] = z.Data
		}
		p.sums = append(p.sums, parts)
	}
	return p.row
}

// A slice is a net on a plane.
type slice[T kernel.Float] struct {
	*Net[T]
	ctx  context.Context
	axes [3][]T
	sums [][3][]T // of the first layer in each tile, of each axis
}

// leastSweep is the number of points in a row from which a sweep pays.
const leastSweep = 8

// row stores the losses at the points (s[i], t).
func (p *slice[T]) row(losses, s []float64, t float64) {
	w := p.spare.take()
	defer p.spare.back(w)
	if w.theta == nil {
		w.theta = make([]T, p.dim)
	}
	clear(losses[:len(s)])
	swept := len(p.reach) == 0 && len(p.layers) > 1 && len(s) >= leastSweep && !p.shape.Activation.Bends() && ascending(s)
	if swept {
		p.sweepRow(w, losses, s, t)
	} else {
		p.walkRow(w, losses, s, t)
	}
	for j := range s {
		losses[j] /= float64(p.rows)
		if p.shape.L2 != 0 {
			p.place(w.theta, T(s[j]), T(t), 0)
			losses[j] += p.decay(w.theta)
		}
	}
}

func ascending(s []float64) bool {
	for i := 1; i < len(s); i++ {
		if !(s[i] > s[i-1]) {
			return false
		}
	}
	return true
}

// place stores the parameter at (s, t), of the layers from the given one on, in theta.
func (p *slice[T]) place(theta []T, s, t T, layer int) {
	if layer < len(p.layers) {
		from := p.layers[layer].weights
		combine(theta[from:], s, t, p.axes[0][from:], p.axes[1][from:], p.axes[2][from:])
	}
}

// walkRow sums the losses of the rows of data point by point.
func (p *slice[T]) walkRow(w *workspace[T], losses, s []float64, t float64) {
	first := p.layers[0]
	for j := range s {
		p.place(w.theta, T(s[j]), T(t), 1)
		for i, x := range p.tiles {
			if p.ctx.Err() != nil {
				return
			}
			z := kernel.Dense(first.units(), x.Cols, w.h[0])
			combine(z.Data, T(s[j]), T(t), p.sums[i][0], p.sums[i][1], p.sums[i][2])
			losses[j] += p.onward(w, 0, z, i)
		}
	}
}

// onward takes a tile on from the sums z of a layer, by the weights in w.theta, and returns the sum of its losses.
func (p *slice[T]) onward(w *workspace[T], layer int, z kernel.Mat[T], number int) float64 {
	for i := layer; ; i++ {
		p.activate(w, i, z, 0)
		if i == len(p.layers)-1 {
			return p.head(w, z, p.wanted[number], nil, 0)
		}
		l := p.layers[i+1]
		kernel.Affine(sums(l, z.Cols, w.h[i+1]), matrix(l, w.theta), p.windows(w, i+1, z), biases(l, w.theta))
		z = kernel.Dense(l.units(), z.Cols, w.h[i+1])
	}
}

// combine stores x + s*u + t*v in dst.
func combine[T kernel.Float](dst []T, s, t T, x, u, v []T) {
	x, u, v = x[:len(dst)], u[:len(dst)], v[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + s*u[i] + t*v[i]
	}
}
