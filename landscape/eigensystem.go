package landscape

import "context"

// rowsAtOnce is how many rows of eigenvectors are turned between two looks at the context.
const rowsAtOnce = 16

// eigensystem returns the eigenvalues of a symmetric n x n matrix, ascending, and their unit eigenvectors. It
// overwrites a, whose entries must be finite, and returns the error of ctx soon after that has ended.
func eigensystem(ctx context.Context, a []float64, n int) (values []float64, vectors [][]float64, err error) {
	d, beside, h, err := reduce(ctx, a, n)
	if err != nil {
		return nil, nil, err
	}
	vectors = make([][]float64, n)
	for i := range vectors {
		vectors[i] = make([]float64, n)
	}
	rows := make([][]float64, 0, rowsAtOnce)
	for from := 0; from < n; from += rowsAtOnce {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		rows = rows[:0]
		for r := from; r < min(n, from+rowsAtOnce); r++ {
			// Row r of the product of all reflections, the last row's first.
			row := unit(n, r)
			for i := n - 1; i > 0; i-- {
				if h[i] != 0 {
					u := a[i*n:][:i]
					addScaled(row[:i], -dot(u, row[:i])/h[i], u)
				}
			}
			rows = append(rows, row)
		}
		var turned [][]float64
		values, turned = tridiagonal(d, beside, rows...)
		for k, row := range turned {
			for i, v := range row {
				vectors[i][from+k] = v
			}
		}
	}
	return values, vectors, nil
}
