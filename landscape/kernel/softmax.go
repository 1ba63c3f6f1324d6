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

// ExpColumns stores exp(f - top) in p, which must be apart, with the maximum of its column in top, one for each column,
// and the sums of the columns of p in sum; rows are added in order. Divided by its sum each column is its softmax.
func ExpColumns[T Float](p Mat[T], top, sum []T, f Mat[T]) {
	top, sum = top[:f.Cols], sum[:f.Cols]
	copy(top, f.Row(0))
	for i := 1; i < f.Rows; i++ {
		for j, v := range f.Row(i) {
			top[j] = max(top[j], v)
		}
	}
	clear(sum)
	for i := range f.Rows {
		out := p.Row(i)
		for j, v := range f.Row(i) {
			out[j] = v - top[j]
		}
		MapExp(out, out)
		for j, v := range out {
			sum[j] += v
		}
	}
}

// LogSumExp is the sum over columns of the logarithm of the sum of exponentials, by what ExpColumns left: 32 sums are
// multiplied before one logarithm is taken of them, for they lie between 1 and the number of rows.
func LogSumExp[T Float](top, sum []T) float64 {
	total := 0.0
	for from := 0; from < len(top); from += 32 {
		to := min(from+32, len(top))
		product := 1.0
		for j, s := range sum[from:to] {
			product *= float64(s)
			total += float64(top[from+j])
		}
		total += math.Log(product)
	}
	return total
}
