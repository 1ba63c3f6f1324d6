package nets

import (
	"sync"

	"thalweg/landscape/kernel"
)

// A workspace holds what one tile leaves behind on its way through the net. Index 0 is the first layer;
// each entry is units x rows of the tile.
type workspace[T kernel.Float] struct {
	x, y        []T   // a gathered tile
	h           [][]T // activations; outputs in the last
	slope, bend [][]T // first and second derivative of the activation
	delta       [][]T // derivative of the loss by the layer's sum
	p           []T   // class probabilities
	top, sum    []T   // of the outputs' exponentials
	turned      []T   // activations, rows first
	window      []T   // inputs of a convolution as its filters meet them
	tangent     *tangent[T]
	outer       []T // columns of the Hessian, rows of data first
	ahead       []T // tangents of activations, rows first
	theta       []T // a point on a plane
	sweep       *sweep
}

func newWorkspace[T kernel.Float](sizes []int, window int) *workspace[T] {
	w := &workspace[T]{window: make([]T, window), x: make([]T, sizes[0]*tile), top: make([]T, tile), sum: make([]T, tile)}
	widest := sizes[0]
	for _, s := range sizes[1:] {
		w.h = append(w.h, make([]T, s*tile))
		w.slope = append(w.slope, make([]T, s*tile))
		w.bend = append(w.bend, make([]T, s*tile))
		w.delta = append(w.delta, make([]T, s*tile))
		widest = max(widest, s)
	}
	last := sizes[len(sizes)-1]
	w.y, w.p = make([]T, last*tile), make([]T, last*tile)
	w.turned = make([]T, max(widest*tile, window))
	return w
}

// spare keeps the workspaces that nobody uses: as many as were ever used at the same time. Unlike
// sync.Pool it drops none, so a warm net never allocates.
type spare[T kernel.Float] struct {
	sizes  []int
	window int
	mu     sync.Mutex
	free   []*workspace[T]
}

func (s *spare[T]) take() *workspace[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		w := s.free[n-1]
		s.free = s.free[:n-1]
		return w
	}
	return newWorkspace[T](s.sizes, s.window)
}

func (s *spare[T]) back(w *workspace[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, w)
}

// matrix is the weight matrix of l inside a parameter, a gradient or a direction.
func matrix[T kernel.Float](l layer, theta []T) kernel.Mat[T] {
	return kernel.Dense(l.out, l.in, theta[l.weights:])
}

// biases are those of l, nil in a net without.
func biases[T kernel.Float](l layer, theta []T) []T {
	if l.bias < 0 {
		return nil
	}
	return theta[l.bias:][:l.out]
}

// forward runs a tile through the net and returns the outputs, which stay in w. It keeps the activations,
// with order 1 their first derivatives too, with order 2 also the second.
func (n *Net[T]) forward(w *workspace[T], theta []T, x kernel.Mat[T], order int) kernel.Mat[T] {
	for i, l := range n.layers {
		z := sums(l, x.Cols, w.h[i])
		kernel.Affine(z, matrix(l, theta), n.windows(w, i, x), biases(l, theta))
		n.activate(w, i, z, order)
		x = kernel.Dense(l.units(), x.Cols, w.h[i])
	}
	return x
}

// activate turns the sums z of layer i, which stand in w.h[i], into activations, unless it is the last.
func (n *Net[T]) activate(w *workspace[T], i int, z kernel.Mat[T], order int) {
	if i == len(n.layers)-1 {
		return
	}
	var slope, bend []T
	if order > 0 {
		slope = w.slope[i][:len(z.Data)]
	}
	if order > 1 && n.shape.Activation.Bends() {
		bend = w.bend[i][:len(z.Data)]
	}
	kernel.Activate(n.shape.Activation, z.Data, slope, bend, z.Data)
}

// head sums the losses of outputs f against targets y over a tile. Unless delta is nil it stores there the
// derivative by f, times scale; cross-entropy leaves the class probabilities in w.p.
func (n *Net[T]) head(w *workspace[T], f, y kernel.Mat[T], delta []T, scale T) float64 {
	sum := 0.0
	if n.shape.Loss == MSE {
		for i, v := range f.Data {
			e := v - y.Data[i]
			sum += float64(e) * float64(e)
			if delta != nil {
				delta[i] = e * scale
			}
		}
		return sum / 2
	}
	p := kernel.Dense(f.Rows, f.Cols, w.p)
	kernel.ExpColumns(p, w.top, w.sum, f)
	sum = kernel.LogSumExp(w.top[:f.Cols], w.sum[:f.Cols])
	for i, t := range y.Data {
		if t != 0 {
			sum -= float64(t) * float64(f.Data[i])
		}
	}
	if delta == nil {
		return sum
	}
	for i := range p.Rows {
		row := p.Row(i)
		for j, v := range row {
			row[j] = v / w.sum[j]
			o := i*p.Cols + j
			delta[o] = (row[j] - y.Data[o]) * scale
		}
	}
	return sum
}

// gradTile adds the gradient of scale times the loss of one tile to dst and returns the loss of the tile.
func (n *Net[T]) gradTile(w *workspace[T], dst, theta []T, x, y kernel.Mat[T], scale T) float64 {
	f := n.forward(w, theta, x, 1)
	last := len(n.layers) - 1
	loss := n.head(w, f, y, w.delta[last], scale)
	for i := last; i >= 0; i-- {
		l := n.layers[i]
		delta, h := sums(l, x.Cols, w.delta[i]), x
		if i > 0 {
			h = kernel.Dense(n.shape.Sizes[i], x.Cols, w.h[i-1])
		}
		addOuter(w, matrix(l, dst), delta, n.windows(w, i, h))
		addRows(biases(l, dst), delta)
		if i > 0 {
			n.back(w, w.delta[i-1], i, matrix(l, theta), delta, x.Cols, false)
			kernel.Mul(w.delta[i-1][:len(h.Data)], w.slope[i-1])
		}
	}
	return loss
}

// addOuter adds delta*h' to dst. Rows of h that are long enough are turned first: the product is then
// faster and has the same bits.
func addOuter[T kernel.Float](w *workspace[T], dst, delta, h kernel.Mat[T]) {
	if h.Rows < 8 || delta.Rows < 8 {
		kernel.MulNT(dst, delta, h, true)
		return
	}
	t := kernel.Dense(h.Cols, h.Rows, w.turned)
	kernel.Transpose(t, h)
	kernel.MulNN(dst, delta, t, true)
}

// addRows adds the sum of each row of m to dst, unless that is nil.
func addRows[T kernel.Float](dst []T, m kernel.Mat[T]) {
	for i := range dst {
		dst[i] += kernel.Sum(m.Row(i))
	}
}
