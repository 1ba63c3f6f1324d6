package leaky

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape/kernel"
)

// Compress turns points x, n x d, and starting weights w, m x d, both row-major, into coordinates of the space that they
// span: everything that descent does happens there, so that outputs, losses, gradients and singular values are the same
// (all trajectories stay in the span of the rows of w and of the points). The points come first: beyond the first n
// coordinates they are 0. It returns both with q <= n+m columns.
func Compress(x []float64, n int, w []float64, m, d int) (points, weights []float64, q int, err error) {
	e, err := basis(x, n, d)
	if err != nil {
		return nil, nil, 0, err
	}
	r := len(e) / d
	rest := append([]float64(nil), w...)
	front := make([]float64, m*r) // coordinates of the weights along the basis of the points
	basisMat, restMat, frontMat := kernel.Dense(r, d, e), kernel.Dense(m, d, rest), kernel.Dense(m, r, front)
	kernel.MulNT(frontMat, restMat, basisMat, false)
	sub := make([]float64, r*d)
	copy(sub, e)
	kernel.Scale(-1, sub)
	kernel.MulNN(restMat, frontMat, kernel.Dense(r, d, sub), true)
	// What is left over is orthogonal to the points. Its rows have coordinates of their own: those of a triangle, or, where
	// there are hardly more coordinates than rows, all that are left.
	var tail []float64
	k := m
	if d-r > 2*m {
		tail, err = triangle(rest, m, d)
	} else {
		k = d - r
		tail, err = beyond(e, r, rest, m, d)
	}
	if err != nil {
		return nil, nil, 0, err
	}
	q = r + k
	points, weights = make([]float64, n*q), make([]float64, m*q)
	kernel.MulNT(kernel.Mat[float64]{Rows: n, Cols: r, Stride: q, Data: points}, kernel.Dense(n, d, x), basisMat, false)
	for j := range m {
		copy(weights[j*q:], front[j*r:(j+1)*r])
		copy(weights[j*q+r:(j+1)*q], tail[j*k:(j+1)*k])
	}
	return points, weights, q, nil
}

// basis is an orthonormal one of the span of n points of d coordinates, row by row: Gram and Schmidt, twice each.
func basis(x []float64, n, d int) ([]float64, error) {
	var e []float64
	for i := range n {
		v := append([]float64(nil), x[i*d:(i+1)*d]...)
		before := kernel.Norm(v)
		for range 2 {
			for k := 0; k < len(e); k += d {
				kernel.Axpy(v, -kernel.Dot(v, e[k:k+d]), e[k:k+d])
			}
		}
		if left := kernel.Norm(v); left > 1e-10*before {
			kernel.Scale(1/left, v)
			e = append(e, v...)
		}
	}
	if len(e) == 0 {
		return nil, fmt.Errorf("all points are 0")
	}
	return e, nil
}

// triangle is L of rest = L Q with orthonormal rows Q, m x m, by Cholesky's factor of the products of the rows.
func triangle(rest []float64, m, d int) ([]float64, error) {
	var gram mat.SymDense
	gram.SymOuterK(1, mat.NewDense(m, d, rest))
	var c mat.Cholesky
	if !c.Factorize(&gram) {
		return nil, fmt.Errorf("the rows of the starting weights depend on each other")
	}
	var l mat.TriDense
	c.LTo(&l)
	out := make([]float64, m*m)
	for i := range m {
		for j := range i + 1 {
			out[i*m+j] = l.At(i, j)
		}
	}
	return out, nil
}

// beyond are the coordinates of the rows of rest along the d-r directions that are orthogonal to the basis e.
func beyond(e []float64, r int, rest []float64, m, d int) ([]float64, error) {
	k := d - r
	if k == 0 {
		return nil, nil
	}
	var qr mat.QR
	qr.Factorize(mat.NewDense(r, d, e).T())
	var q mat.Dense
	qr.QTo(&q)
	var out mat.Dense
	out.Mul(mat.NewDense(m, d, rest), q.Slice(0, d, r, d))
	flat := make([]float64, m*k)
	for j := range m {
		copy(flat[j*k:], out.RawRowView(j))
	}
	return flat, nil
}

// NearOrthogonality is n max_{i≠j} |x_i·x_j| / min_i |x_i|², far below 1 where points are nearly orthogonal.
func (n *Net) NearOrthogonality() float64 {
	most, least := 0.0, math.Inf(1)
	for i := range n.N {
		for j := range i + 1 {
			p := math.Abs(kernel.Dot(n.X[i*n.Inputs:(i+1)*n.Inputs], n.X[j*n.Inputs:(j+1)*n.Inputs]))
			if i == j {
				least = math.Min(least, p)
			} else {
				most = math.Max(most, p)
			}
		}
	}
	return float64(n.N) * most / least
}

// SingularValues of a weight matrix of so many columns, descending, min(rows, columns) of them. They are those of the
// matrix itself, not of its products, so that small ones are right.
func SingularValues(w []float64, columns int) []float64 {
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(len(w)/columns, columns, append([]float64(nil), w...)), mat.SVDNone) {
		return nil
	}
	return svd.Values(nil)
}

// StableRank is |W|_F²/|W|_2² by the singular values, from 1 to the rank; NaN of a matrix of zeros.
func StableRank(singular []float64) float64 {
	if len(singular) == 0 || singular[0] == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, s := range singular {
		r := s / singular[0]
		sum += r * r
	}
	return sum
}
