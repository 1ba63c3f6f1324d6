package cube

import (
	"context"
	"fmt"
	"math"
	"sync"

	"thalweg/landscape/kernel"
)

// An Activation is that of the hidden layers.
type Activation int

// ReLU has slope 0 at 0.
const (
	ReLU Activation = iota
	Tanh
	Sigmoid
)

// A Net is a network of dense layers with a linear output, h_{l+1} = act(h_l W_l + b_l), as a function of its weights
// W_0, b_0, W_1, b_1, …, each W row by row, a row for each input of the layer. It is safe for concurrent use and must
// not be changed.
type Net struct {
	Sizes []int // inputs, hidden layers, 1
	Act   Activation
	// Mask, if not nil, has a 0 for each weight of the first layer that stays 0.
	Mask []float64
	// LastOnly trains the output layer alone, on features that stay as they start.
	LastOnly bool
	// Clip is the longest gradient of the output at one example that is let through; infinite for all.
	Clip float64

	dim     int
	offsets []int // of each layer's weights
	pool    sync.Pool
}

// NewNet makes a net of so many inputs, hidden layers and one output.
func NewNet(sizes []int, act Activation) (*Net, error) {
	if len(sizes) < 2 || sizes[len(sizes)-1] != 1 {
		return nil, fmt.Errorf("sizes %v; want inputs, hidden layers and 1 output", sizes)
	}
	n := &Net{Sizes: sizes, Act: act, Clip: math.Inf(1)}
	for l := range len(sizes) - 1 {
		if sizes[l] < 1 {
			return nil, fmt.Errorf("layer %d has %d units; want at least 1", l, sizes[l])
		}
		n.offsets = append(n.offsets, n.dim)
		n.dim += (sizes[l] + 1) * sizes[l+1]
	}
	n.pool.New = func() any { return &work{} }
	return n, nil
}

// Dim is the number of weights.
func (n *Net) Dim() int { return n.dim }

// layers is how many matrices there are.
func (n *Net) layers() int { return len(n.Sizes) - 1 }

// weights are matrix and bias of a layer inside theta.
func (n *Net) weights(theta []float64, l int) (w kernel.Mat[float64], b []float64) {
	in, out := n.Sizes[l], n.Sizes[l+1]
	at := n.offsets[l]
	return kernel.Dense(in, out, theta[at:]), theta[at+in*out : at+(in+1)*out]
}

// work is room for the layers of a batch.
type work struct {
	h, s, d [][]float64 // outputs, slopes and errors of each layer
	f, c    []float64
	norms   []float64
	rows    int
}

func (n *Net) take(rows int) *work {
	w := n.pool.Get().(*work)
	if w.rows < rows || len(w.h) == 0 {
		*w = work{rows: rows, f: make([]float64, rows), c: make([]float64, rows), norms: make([]float64, rows)}
		for _, size := range n.Sizes[1:] {
			w.h = append(w.h, make([]float64, rows*size))
			w.s = append(w.s, make([]float64, rows*size))
			w.d = append(w.d, make([]float64, rows*size))
		}
	}
	return w
}

// forward evaluates the net on rows of x.
func (n *Net) forward(w *work, theta []float64, x kernel.Mat[float64], slopes bool) {
	n.affine(w.h[0], theta, 0, x)
	n.onwards(w, theta, x.Rows, slopes)
}

// affine stores h W_l + b_l in dst.
func (n *Net) affine(dst, theta []float64, l int, h kernel.Mat[float64]) {
	m, b := n.weights(theta, l)
	out := kernel.Dense(h.Rows, m.Cols, dst)
	for i := range h.Rows {
		copy(out.Row(i), b)
	}
	kernel.MulNN(out, h, m, true)
}

// onwards goes on from the inputs of the first hidden layer, for so many rows.
func (n *Net) onwards(w *work, theta []float64, rows int, slopes bool) {
	last := n.layers() - 1
	for l := range last {
		out := w.h[l][:rows*n.Sizes[l+1]]
		n.activate(out, w.s[l], slopes)
		n.affine(w.h[l+1], theta, l+1, kernel.Dense(rows, n.Sizes[l+1], out))
	}
	copy(w.f[:rows], w.h[last])
}

// OnPlane is the loss over rows of x on a plane of weights: what the first layer gives is linear in its coordinates.
func (n *Net) OnPlane(ctx context.Context, x, y, origin, u, v []float64) func(losses, at []float64, t float64) {
	rows := len(y)
	size := rows * n.Sizes[1]
	zs := make([]float64, 3*size)
	for k, theta := range [3][]float64{origin, u, v} {
		n.affine(zs[k*size:(k+1)*size], theta, 0, kernel.Dense(rows, n.Sizes[0], x))
	}
	z0, zu, zv := zs[:size], zs[size:2*size], zs[2*size:]
	return func(losses, at []float64, t float64) {
		w := n.take(rows)
		defer n.pool.Put(w)
		theta := make([]float64, n.dim)
		for k, s := range at {
			if ctx.Err() != nil {
				return
			}
			for i := range theta {
				theta[i] = origin[i] + s*u[i] + t*v[i]
			}
			h := w.h[0]
			for i := range z0 {
				h[i] = z0[i] + s*zu[i] + t*zv[i]
			}
			n.onwards(w, theta, rows, false)
			losses[k] = half(w.f, y)
		}
	}
}

// activate turns inputs into outputs in place and stores the slopes.
func (n *Net) activate(h, slope []float64, slopes bool) {
	switch n.Act {
	case ReLU:
		for i, v := range h {
			if v > 0 {
				slope[i] = 1
			} else {
				h[i], slope[i] = 0, 0
			}
		}
	case Tanh:
		kernel.MapTanh(h, h)
		if slopes {
			for i, v := range h {
				slope[i] = 1 - v*v
			}
		}
	default:
		kernel.MapSigmoid(h, h)
		if slopes {
			for i, v := range h {
				slope[i] = v * (1 - v)
			}
		}
	}
}

// Outputs stores the outputs for the rows of x, so many inputs each, in dst.
func (n *Net) Outputs(dst, theta, x []float64) {
	w := n.take(len(dst))
	defer n.pool.Put(w)
	n.forward(w, theta, kernel.Dense(len(dst), n.Sizes[0], x), false)
	copy(dst, w.f)
}

// Loss is half the mean square of output less y over the rows of x.
func (n *Net) Loss(theta, x, y []float64) float64 {
	w := n.take(len(y))
	defer n.pool.Put(w)
	n.forward(w, theta, kernel.Dense(len(y), n.Sizes[0], x), false)
	return half(w.f, y)
}

func half(f, y []float64) float64 {
	sum := 0.0
	for i, v := range y {
		sum += (f[i] - v) * (f[i] - v)
	}
	return sum / (2 * float64(len(y)))
}

// Grad stores the gradient of that loss in dst and returns the loss. Where gradients of single examples are clipped it is
// -mean (y - f) J min(1, Clip/|J|) with J the gradient of the output at the example.
func (n *Net) Grad(dst, theta, x, y []float64) float64 {
	return n.grad(dst, theta, x, y, n.Clip, n.LastOnly)
}

// Plain stores the gradient without clipping, and over all layers, in dst and returns the loss.
func (n *Net) Plain(dst, theta, x, y []float64) float64 {
	return n.grad(dst, theta, x, y, math.Inf(1), false)
}

func (n *Net) grad(dst, theta, x, y []float64, most float64, lastOnly bool) float64 {
	rows := len(y)
	w := n.take(rows)
	defer n.pool.Put(w)
	in := kernel.Dense(rows, n.Sizes[0], x)
	n.forward(w, theta, in, true)
	last := n.layers() - 1
	for i := range rows {
		w.c[i] = (w.f[i] - y[i]) / float64(rows)
		w.d[last][i] = w.c[i]
	}
	clipped := !math.IsInf(most, 1)
	if clipped {
		for i := range rows {
			w.d[last][i] = 1
		}
	}
	clear(dst)
	first := 0
	if lastOnly {
		first = last
	}
	for l := last; l > first; l-- {
		m, _ := n.weights(theta, l)
		below := kernel.Dense(rows, m.Rows, w.d[l-1])
		kernel.MulNT(below, kernel.Dense(rows, m.Cols, w.d[l]), m, false)
		kernel.Mul(below.Data, w.s[l-1][:len(below.Data)])
	}
	if clipped {
		n.clip(w, in, first, most)
	}
	for l := first; l <= last; l++ {
		m, b := n.weights(dst, l)
		d := kernel.Dense(rows, m.Cols, w.d[l])
		kernel.MulTN(m, n.below(w, in, l), d, false)
		for i := range rows {
			kernel.Axpy(b, 1, d.Row(i))
		}
		if l == 0 && n.Mask != nil {
			kernel.Mul(m.Data, n.Mask)
		}
	}
	return half(w.f, y)
}

// clip scales the errors of each example, which are those of its output, by what it weighs in the mean.
func (n *Net) clip(w *work, x kernel.Mat[float64], first int, most float64) {
	rows := x.Rows
	clear(w.norms[:rows])
	for l := first; l < n.layers(); l++ {
		for i := range rows {
			size := n.Sizes[l+1]
			d := w.d[l][i*size : (i+1)*size]
			h := x.Row(i)
			if l > 0 {
				h = w.h[l-1][i*n.Sizes[l] : (i+1)*n.Sizes[l]]
			}
			dd, hh := kernel.Dot(d, d), kernel.Dot(h, h)
			if l == 0 && n.Mask != nil {
				// Masked weights have no gradient.
				dd0 := dd
				sum := 0.0
				for a, v := range h {
					for j, e := range d {
						sum += v * v * e * e * n.Mask[a*size+j]
					}
				}
				w.norms[i] += sum + dd0
				continue
			}
			w.norms[i] += dd * (hh + 1)
		}
	}
	for i := range rows {
		scale := w.c[i]
		if size := math.Sqrt(w.norms[i]); size > most {
			scale *= most / size
		}
		for l := first; l < n.layers(); l++ {
			size := n.Sizes[l+1]
			kernel.Scale(scale, w.d[l][i*size:(i+1)*size])
		}
	}
}

// Mass is the length of the first layer's weights of each input.
func (n *Net) Mass(theta []float64) []float64 {
	m, _ := n.weights(theta, 0)
	out := make([]float64, m.Rows)
	for i := range out {
		out[i] = kernel.Norm(m.Row(i))
	}
	return out
}

// First are the weights of the first layer inside theta, a row for each input.
func (n *Net) First(theta []float64) []float64 { m, _ := n.weights(theta, 0); return m.Data }
