package nets

import "thalweg/landscape/kernel"

// Predict stores the outputs of the net at theta for rows of inputs x in dst, row after row.
func (n *Net[T]) Predict(dst, theta, x []T) {
	w := n.spare.take()
	defer n.spare.back(w)
	in, out := n.shape.Inputs(), n.shape.Outputs()
	for r := 0; r < len(x)/in; r += tile {
		c := min(tile, len(x)/in-r)
		m := kernel.Dense(in, c, w.x)
		kernel.Transpose(m, kernel.Dense(c, in, x[r*in:]))
		kernel.Transpose(kernel.Dense(c, out, dst[r*out:]), n.forward(w, theta, m, 0))
	}
}

// Outputs returns the outputs at theta for the net's own rows, row after row.
func (n *Net[T]) Outputs(theta []T) []T {
	dst := make([]T, n.rows*n.shape.Outputs())
	n.Predict(dst, theta, n.x)
	return dst
}

// Confusion counts the rows of class i taken for class j in element i*classes+j; the class of a row is
// the place of its largest value, the first on ties, in targets and outputs alike.
func (n *Net[T]) Confusion(theta []T) []int {
	k := n.shape.Outputs()
	f := n.Outputs(theta)
	counts := make([]int, k*k)
	for r := range n.rows {
		counts[top(n.y[r*k:][:k])*k+top(f[r*k:][:k])]++
	}
	return counts
}

// Accuracy is the share of rows whose largest output is that of their class.
func (n *Net[T]) Accuracy(theta []T) float64 {
	k := n.shape.Outputs()
	right := 0
	for i, c := range n.Confusion(theta) {
		if i/k == i%k {
			right += c
		}
	}
	return float64(right) / float64(n.rows)
}

func top[T kernel.Float](x []T) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// A Box is a rectangle of the plane of two inputs.
type Box struct{ XMin, XMax, YMin, YMax float64 }

// Decision stores a picture of the net of two inputs in dst: the outputs, as class probabilities for
// cross-entropy, at the centres of columns x rows cells of the box, row after row from YMin up.
func (n *Net[T]) Decision(dst, theta []T, box Box, columns, rows int) {
	out := n.shape.Outputs()
	x := make([]T, 2*columns*rows)
	for r := range rows {
		for c := range columns {
			x[2*(r*columns+c)] = T(box.XMin + (box.XMax-box.XMin)*(float64(c)+0.5)/float64(columns))
			x[2*(r*columns+c)+1] = T(box.YMin + (box.YMax-box.YMin)*(float64(r)+0.5)/float64(rows))
		}
	}
	n.Predict(dst, theta, x)
	if n.shape.Loss == CrossEntropy {
		f := kernel.Dense(columns*rows, out, dst)
		kernel.SoftmaxRows(f, nil, f)
	}
}
