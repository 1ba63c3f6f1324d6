package kernel

import "math"

// SoftmaxRows stores the softmax of each row of f in p, which may be f, and the log-sum-exp of the row
// in lse, one value per row, unless lse is nil. The row's maximum is subtracted first.
func SoftmaxRows[T Float](p Mat[T], lse []T, f Mat[T]) {
	for i := range f.Rows {
		in, out := f.Row(i), p.Row(i)
		top := in[0]
		for _, v := range in {
			top = max(top, v)
		}
		for j, v := range in {
			out[j] = v - top
		}
		MapExp(out, out)
		s := Sum(out)
		Scale(1/s, out)
		if lse != nil {
			lse[i] = top + T(math.Log(float64(s)))
		}
	}
}

// SoftmaxColumns stores the softmax of each column of f in p, which must be apart, and the log-sum-exp of
// the column in lse, one value per column. The column's maximum is subtracted first; rows are summed in order.
func SoftmaxColumns[T Float](p Mat[T], lse []T, f Mat[T]) {
	lse = lse[:f.Cols]
	copy(lse, f.Row(0))
	for i := 1; i < f.Rows; i++ {
		for j, v := range f.Row(i) {
			lse[j] = max(lse[j], v)
		}
	}
	for i := range f.Rows {
		out := p.Row(i)
		for j, v := range f.Row(i) {
			out[j] = v - lse[j]
		}
		MapExp(out, out)
	}
	for j := range lse {
		s := T(0)
		for o := j; o < p.Rows*p.Stride; o += p.Stride {
			s += p.Data[o]
		}
		lse[j] += T(math.Log(float64(s)))
		s = 1 / s
		for o := j; o < p.Rows*p.Stride; o += p.Stride {
			p.Data[o] *= s
		}
	}
}
