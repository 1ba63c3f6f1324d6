package landscape

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Spectrum returns all eigenvalues of the Hessian of f at x, ascending, from the dense Hessian. They are NaN
// where the Hessian is not finite. The work grows as the cube of the dimension: 600 is a second, 1500 a minute.
func Spectrum(f Func, x []float64) []float64 {
	h, _ := Hessian(f, x)
	if !allFinite(h) {
		return slices.Repeat([]float64{math.NaN()}, f.Dim())
	}
	var eigen mat.EigenSym
	eigen.Factorize(mat.NewSymDense(f.Dim(), h), false)
	return eigen.Values(nil)
}

// An Eigensystem holds the eigenvalues of a symmetric matrix, ascending, and their unit eigenvectors.
type Eigensystem struct {
	Values  []float64
	Vectors [][]float64
	// Asymmetry is |H - H'| / |H| before H was made symmetric; above 1e-6 the gradient is not smooth there.
	Asymmetry float64
}

// Eigen returns the eigensystem of the Hessian of f at x, or nil where the Hessian is not finite.
func Eigen(f Func, x []float64) *Eigensystem {
	h, asymmetry := Hessian(f, x)
	if !allFinite(h) {
		return nil
	}
	values, vectors := symmetric(h, f.Dim())
	return &Eigensystem{values, vectors, asymmetry}
}

// symmetric returns eigenvalues, ascending, and eigenvectors of a symmetric n x n matrix, row-major.
func symmetric(a []float64, n int) (values []float64, vectors [][]float64) {
	var eigen mat.EigenSym
	eigen.Factorize(mat.NewSymDense(n, a), true)
	values = eigen.Values(nil)
	var q mat.Dense
	eigen.VectorsTo(&q)
	vectors = make([][]float64, n)
	for i := range vectors {
		vectors[i] = mat.Col(nil, i, &q)
	}
	return values, vectors
}
