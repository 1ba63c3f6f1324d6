package landscape

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// The dimensions up to which a dense Hessian is computed: at once, and when there is time.
const (
	LiveDense = 600
	MaxDense  = 1500
)

// Spectral is the optional ability of a loss to know the eigenvalues of its Hessian, for instance by its symmetry.
type Spectral interface {
	Func
	// Eigenvalues returns all eigenvalues at x, ascending, or reports that it does not know them there.
	Eigenvalues(x []float64) (values []float64, known bool)
}

// The sources of a spectrum.
const (
	FromProblem     = "problem"     // the problem knows its eigenvalues
	FromDense       = "dense"       // of the dense Hessian
	FromDifferences = "differences" // of a dense Hessian by differences of gradients
	FromLanczos     = "lanczos"     // the ends of the spectrum, by Lanczos' method
)

// A Full is the whole spectrum of the Hessian at a point.
type Full struct {
	// Values are the eigenvalues, ascending; NaN where the Hessian is not finite.
	Values []float64
	Source string
	// Trace is the sum of the eigenvalues, Norm the root of the sum of their squares. TraceError and NormError are
	// their relative distances from the trace and the Frobenius norm of the matrix; both are 0 without a matrix.
	Trace, Norm           float64
	TraceError, NormError float64
	// Asymmetry is that of the Hessian before it was made symmetric.
	Asymmetry float64
	Clusters  []Cluster
	// Blocks are the spectra of the blocks of the Hessian that belong to one layer each, for losses that have layers.
	Blocks []BlockSpectrum
	// Products counts the products with the Hessian. Converged is false where the numbers are not to be believed, and
	// Note says why.
	Products  int
	Converged bool
	Note      string
}

// A BlockSpectrum has the eigenvalues of the block of the Hessian that belongs to one layer, ascending.
type BlockSpectrum struct {
	Label  string
	Values []float64
}

// checkedSum bounds the relative distance of the sums of eigenvalues and of their squares from trace and norm.
const checkedSum = 1e-10

// FullSpectrum finds all eigenvalues of the Hessian of f at x: those that the problem knows, if it does, else those
// of the dense Hessian, up to dimension MaxDense. It returns the error of ctx where that ends before.
func FullSpectrum(ctx context.Context, f Func, x []float64) (*Full, error) {
	n := f.Dim()
	if s, ok := f.(Spectral); ok {
		if values, known := s.Eigenvalues(x); known {
			full := &Full{Values: values, Source: FromProblem, Converged: allFinite(values)}
			full.sum()
			return full, ctx.Err()
		}
	}
	if n > MaxDense {
		return nil, fmt.Errorf("the Hessian of %d parameters is not computed in full (at most %d): take the ends of its spectrum or its density", n, MaxDense)
	}
	h, err := DenseHessian(ctx, f, x)
	if err != nil {
		return nil, err
	}
	full := &Full{Source: FromDense, Asymmetry: h.Asymmetry, Products: h.Products}
	if !h.Exact {
		full.Source, full.Note = FromDifferences, "HVP by finite differences"
	}
	if !allFinite(h.Values) {
		full.Values = slices.Repeat([]float64{math.NaN()}, n)
		full.Trace, full.Norm, full.Note = math.NaN(), math.NaN(), "the Hessian is not finite here"
		return full, nil
	}
	if b, ok := f.(Blocks); ok {
		if full.Blocks, err = blockSpectra(ctx, h, Layers(b)); err != nil {
			return nil, err
		}
	}
	trace, absolute := 0.0, 0.0
	for i := range n {
		trace += h.Values[i*n+i]
		absolute += math.Abs(h.Values[i*n+i])
	}
	size := frobenius(h.Values)
	if full.Values, err = eigenvalues(ctx, h.Values, n); err != nil {
		return nil, err
	}
	full.sum()
	if size > 0 {
		full.TraceError = math.Abs(full.Trace-trace) / max(absolute, size)
		full.NormError = math.Abs(full.Norm-size) / size
	}
	full.Converged = true
	switch {
	case h.Asymmetry > RoughAsymmetry:
		full.Converged = false
		full.Note = fmt.Sprintf("Hessian asymmetric (%.1e of its size): the gradient is not smooth here", h.Asymmetry)
	case full.TraceError > checkedSum || full.NormError > checkedSum:
		full.Converged = false
		full.Note = fmt.Sprintf("the eigenvalues miss the trace by %.1e and the norm by %.1e", full.TraceError, full.NormError)
	}
	return full, nil
}

// sum fills in what follows from the eigenvalues alone.
func (s *Full) sum() {
	for _, v := range s.Values {
		s.Trace += v
	}
	s.Norm = norm(s.Values)
	s.Clusters = Clusters(s.Values)
}

// blockSpectra are the spectra of the diagonal blocks of h.
func blockSpectra(ctx context.Context, h *Hesse, ranges [][2]int) ([]BlockSpectrum, error) {
	var out []BlockSpectrum
	for i, r := range ranges {
		m := r[1] - r[0]
		block := make([]float64, 0, m*m)
		for row := r[0]; row < r[1]; row++ {
			block = append(block, h.Values[row*h.N+r[0]:row*h.N+r[1]]...)
		}
		values, err := eigenvalues(ctx, block, m)
		if err != nil {
			return nil, err
		}
		out = append(out, BlockSpectrum{fmt.Sprintf("layer %d", i+1), values})
	}
	return out, nil
}

// Layers lists where each layer of the parameter begins and ends: a weight matrix with the biases that follow it.
func Layers(f Blocks) [][2]int {
	var out [][2]int
	for _, b := range f.Blocks() {
		end := b.Offset + b.Rows*b.Columns
		if b.Bias && len(out) > 0 && out[len(out)-1][1] == b.Offset {
			out[len(out)-1][1] = end
			continue
		}
		out = append(out, [2]int{b.Offset, end})
	}
	return out
}

// A Cluster is a group of eigenvalues that cannot be told apart: their mean and how many there are.
type Cluster struct {
	Value float64 `json:"value"`
	Count int     `json:"count"`
}

// Clusters merges eigenvalues, given in ascending order, that are closer to their neighbour than 1e-7 of the largest
// by size, or than 1e-7 where that is below 1. Of Lanczos' method, which finds a multiple eigenvalue once, the counts
// say nothing.
func Clusters(values []float64) []Cluster {
	var out []Cluster
	gap := 1e-7 * max(1, largest(values))
	for i, v := range values {
		if i > 0 && v-values[i-1] < gap {
			last := &out[len(out)-1]
			last.Count++
			last.Value += (v - last.Value) / float64(last.Count)
			continue
		}
		out = append(out, Cluster{v, 1})
	}
	return out
}

// Spectrum returns all eigenvalues of the Hessian of f at x, ascending, as FullSpectrum does but without its checks
// and without a limit of the dimension. They are NaN where the Hessian is not finite. The work grows as the cube of
// the dimension: 600 is a tenth of a second, 1500 some seconds.
func Spectrum(f Func, x []float64) []float64 {
	if s, ok := f.(Spectral); ok {
		if values, known := s.Eigenvalues(x); known {
			return values
		}
	}
	h := wholeHessian(f, x)
	if !allFinite(h) {
		return slices.Repeat([]float64{math.NaN()}, f.Dim())
	}
	values, _ := eigenvalues(context.Background(), h, f.Dim())
	return values
}

// wholeHessian is the dense Hessian in the fastest way that f knows.
func wholeHessian(f Func, x []float64) []float64 {
	if d, ok := f.(Dense); ok {
		h := make([]float64, f.Dim()*f.Dim())
		if d.Hessian(context.Background(), h, x) == nil {
			return h
		}
	}
	h, _ := Hessian(f, x)
	return h
}

// An Eigensystem holds the eigenvalues of a symmetric matrix, ascending, and their unit eigenvectors.
type Eigensystem struct {
	Values  []float64
	Vectors [][]float64
	// Asymmetry is |H - H'| / |H| before H was made symmetric; above RoughAsymmetry the gradient is not smooth there.
	Asymmetry float64
}

// Eigen returns the eigensystem of the Hessian of f at x, or nil where the Hessian is not finite.
func Eigen(f Func, x []float64) *Eigensystem {
	h, _ := DenseHessian(context.Background(), f, x)
	if !allFinite(h.Values) {
		return nil
	}
	values, vectors := SymmetricEigen(h.Values, f.Dim())
	return &Eigensystem{values, vectors, h.Asymmetry}
}

// SymmetricEigenvalues are the eigenvalues of a symmetric n x n matrix, row-major, ascending. It overwrites the matrix,
// whose entries must be finite.
func SymmetricEigenvalues(a []float64, n int) []float64 {
	values, _ := eigenvalues(context.Background(), a, n)
	return values
}

// SymmetricEigen returns eigenvalues, ascending, and unit eigenvectors of a symmetric n x n matrix, row-major, which it
// overwrites. All must be finite.
func SymmetricEigen(a []float64, n int) (values []float64, vectors [][]float64) {
	values, vectors, _ = eigensystem(context.Background(), a, n)
	return values, vectors
}
