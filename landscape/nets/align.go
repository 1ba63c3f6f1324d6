package nets

import (
	"context"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// An Alignment is a net whose hidden units were reordered, and turned where that is asked for, to lie as
// close as possible to another net. It is the same function.
type Alignment struct {
	Theta []float64
	// Units[l][i] is the unit of hidden layer l that now stands at place i; Signs[l][i] is -1 when it was turned.
	Units [][]int
	Signs [][]float64
	// Moved and Turned count the units at a new place and the units that were turned.
	Moved, Turned int
	Sweeps        int
}

// Align reorders the hidden units of b, or whole channels of convolutions, to match those of a. Layer by layer it maximises the sum over pairs
// of the products of incoming weights, biases and outgoing weights, in sweeps until nothing moves (at most
// 100): exact for one hidden layer, a local optimum for more. With signs, which only odd activations allow,
// pairs are matched by the size of that sum and turned where it is negative. After Ainsworth, Hayase and
// Srinivasa, Git Re-Basin, 2022.
func Align(s Shape, a, b []float64, signs bool) *Alignment {
	r, _ := align(context.Background(), s, a, b, signs)
	return r
}

// align is Align that ends with ctx: wide nets take a second.
func align(ctx context.Context, s Shape, a, b []float64, signs bool) (*Alignment, error) {
	layers := s.layers()
	r := &Alignment{Theta: append([]float64(nil), b...)}
	for _, l := range layers[:len(layers)-1] {
		units, ones := make([]int, l.out), make([]float64, l.out)
		for i := range units {
			units[i], ones[i] = i, 1
		}
		r.Units, r.Signs = append(r.Units, units), append(r.Signs, ones)
	}
	for moving := true; moving && r.Sweeps < 100; r.Sweeps++ {
		moving = false
		for i := range r.Units {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if r.alignLayer(layers[i], layers[i+1], i, a, signs) {
				moving = true
			}
		}
	}
	for l, units := range r.Units {
		for i, u := range units {
			if u != i {
				r.Moved++
			}
			if r.Signs[l][i] < 0 {
				r.Turned++
			}
		}
	}
	return r, nil
}

// alignLayer matches the units of hidden layer l, given by the layers before and after them, and reports
// whether anything changed.
func (r *Alignment) alignLayer(in, out layer, l int, a []float64, signs bool) bool {
	n := in.out
	score := kernel.Dense(n, n, make([]float64, n*n))
	kernel.MulNT(score, matrix(in, a), matrix(in, r.Theta), false)
	if g := group(in, out); g == 1 {
		kernel.MulTN(score, matrix(out, a), matrix(out, r.Theta), true)
	} else {
		for k := range out.out {
			kernel.MulNT(score, kernel.Dense(n, g, matrix(out, a).Row(k)), kernel.Dense(n, g, matrix(out, r.Theta).Row(k)), true)
		}
	}
	if in.bias >= 0 {
		for i, v := range biases(in, a) {
			kernel.Axpy(score.Row(i), v, biases(in, r.Theta))
		}
	}
	gain := append([]float64(nil), score.Data...)
	if signs {
		for i, v := range gain {
			gain[i] = math.Abs(v)
		}
	}
	place := landscape.Assign(n, gain)
	turn := make([]float64, n)
	changed := false
	for i, j := range place {
		turn[i] = 1
		if signs && score.Row(i)[j] < 0 {
			turn[i] = -1
		}
		changed = changed || i != j || turn[i] < 0
	}
	if !changed {
		return false
	}
	units, ones := append([]int(nil), r.Units[l]...), append([]float64(nil), r.Signs[l]...)
	for i, j := range place {
		r.Units[l][i], r.Signs[l][i] = units[j], ones[j]*turn[i]
	}
	arrange(in, out, r.Theta, place, turn)
	return true
}

// group is how many columns of the layer out belong to one unit of the layer in before it: the taps of a convolution,
// or the places of a channel that a dense layer sees.
func group(in, out layer) int { return out.in / in.out }

// arrange puts unit place[i] of a hidden layer, given by the layers before and after it, at place i, times turn[i].
func arrange(in, out layer, theta []float64, place []int, turn []float64) {
	old, g := append([]float64(nil), theta...), group(in, out)
	for i, j := range place {
		row := matrix(in, theta).Row(i)
		copy(row, matrix(in, old).Row(j))
		kernel.Scale(turn[i], row)
		if in.bias >= 0 {
			theta[in.bias+i] = turn[i] * old[in.bias+j]
		}
		for k := range out.out {
			to, from := matrix(out, theta).Row(k)[i*g:][:g], matrix(out, old).Row(k)[j*g:][:g]
			for q, v := range from {
				to[q] = turn[i] * v
			}
		}
	}
}

// Align implements landscape.Aligner: signs need an odd activation.
func (n *Net[T]) Align(ctx context.Context, a, b []float64, signs bool) (aligned []float64, moved, turned int, err error) {
	if signs && !n.shape.Activation.Odd() {
		return nil, 0, 0, nil
	}
	r, err := align(ctx, n.shape, a, b, signs)
	if err != nil {
		return nil, 0, 0, err
	}
	return r.Theta, r.Moved, r.Turned, nil
}
