// Package kernel is the arithmetic under every loss: matrix products, activations, softmax and sums.
//
// Results depend on the operands alone: each number is summed in one fixed order, whatever the shape of
// the matrix around it, the number of cores, or the address of the data. Nothing here allocates, except
// the goroutines of Blocks. Wrong shapes are the caller's mistake and panic.
package kernel

import "fmt"

// A Float is a working precision.
type Float interface{ float32 | float64 }

// A Mat is a row-major matrix inside Data; row i begins at i*Stride.
type Mat[T Float] struct {
	Rows, Cols, Stride int
	Data               []T
}

// Dense is the rows x cols matrix that fills the front of data.
func Dense[T Float](rows, cols int, data []T) Mat[T] {
	return Mat[T]{rows, cols, cols, data[:rows*cols]}
}

// Row is row i of m.
func (m Mat[T]) Row(i int) []T { return m.Data[i*m.Stride:][:m.Cols] }

func (m Mat[T]) String() string { return fmt.Sprintf("%dx%d", m.Rows, m.Cols) }

// Transpose stores the transpose of a in dst.
func Transpose[T Float](dst, a Mat[T]) {
	if dst.Rows != a.Cols || dst.Cols != a.Rows {
		panic(fmt.Sprintf("kernel: the transpose of %v does not fit %v", a, dst))
	}
	for i := range a.Rows {
		o := i
		for _, v := range a.Row(i) {
			dst.Data[o] = v
			o += dst.Stride
		}
	}
}
