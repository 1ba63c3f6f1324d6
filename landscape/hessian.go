package landscape

import (
	"context"
	"math"
)

// An Operator stores a symmetric matrix times v in dst.
type Operator func(dst, v []float64)

// Fixed is the optional ability to multiply by the Hessian of one point many times faster than by HessVec, because
// what does not depend on the direction is kept. The function may be called from several goroutines; once ctx has
// ended it may return early and leave dst unfinished. x must stay as it is.
type Fixed interface {
	Curved
	HessianAt(ctx context.Context, x []float64) func(dst, v []float64)
}

// Dense is the optional ability to fill the whole Hessian, row-major n x n and symmetric, faster than column by
// column. It returns the error of ctx soon after that has ended, with dst unfinished.
type Dense interface {
	Curved
	Hessian(ctx context.Context, dst, x []float64) error
}

// HessianAt is the Hessian of f at x as an operator.
func HessianAt(f Func, x []float64) Operator { return hessianAt(context.Background(), f, x) }

// hessianAt is HessianAt whose products may end early with ctx.
func hessianAt(ctx context.Context, f Func, x []float64) Operator {
	if fixed, ok := f.(Fixed); ok {
		return fixed.HessianAt(ctx, x)
	}
	return func(dst, v []float64) { HessVec(f, dst, x, v) }
}

// Restrict is the block from..to of an operator on n coordinates.
func Restrict(apply Operator, n, from, to int) Operator {
	v, h := make([]float64, n), make([]float64, n)
	return func(dst, u []float64) {
		copy(v[from:to], u)
		apply(h, v)
		copy(dst, h[from:to])
	}
}

// A Hesse is the dense Hessian at a point.
type Hesse struct {
	// N is the dimension, Values the matrix, row-major N x N and exactly symmetric.
	N      int
	Values []float64
	// Asymmetry is |H - H'| / |H| in the Frobenius norm, of the products that H was made of or, where the loss fills
	// H as a whole, estimated from two products with random directions. Above RoughAsymmetry the gradient is not
	// smooth here.
	Asymmetry float64
	// Exact is false when products are differences of gradients.
	Exact bool
	// Products counts the products with the Hessian; a matrix filled as a whole counts as N.
	Products int
}

// RoughAsymmetry is the asymmetry above which a Hessian is not to be believed.
const RoughAsymmetry = 1e-6

// DenseHessian is the Hessian of f at x. It returns the error of ctx where that ends before.
func DenseHessian(ctx context.Context, f Func, x []float64) (*Hesse, error) {
	n := f.Dim()
	exact := exactly(f)
	h := &Hesse{N: n, Values: make([]float64, n*n), Exact: exact, Products: n}
	if d, ok := f.(Dense); ok {
		if err := d.Hessian(ctx, h.Values, x); err != nil {
			return nil, err
		}
		h.Asymmetry = probeAsymmetry(d, x, frobenius(h.Values))
		h.Products += 2
		return h, ctx.Err()
	}
	apply := hessianAt(ctx, f, x)
	v, column := make([]float64, n), make([]float64, n)
	for j := range n {
		v[j] = 1
		apply(column, v)
		v[j] = 0
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, e := range column {
			h.Values[i*n+j] = e
		}
	}
	h.Asymmetry = symmetrize(h.Values, n)
	return h, nil
}

// symmetrize replaces H by (H + H')/2 and returns |H - H'| / |H|.
func symmetrize(h []float64, n int) float64 {
	size, diff := frobenius(h), 0.0
	for i := range n {
		for j := range i {
			a, b := h[i*n+j], h[j*n+i]
			diff += 2 * (a - b) * (a - b)
			h[i*n+j] = (a + b) / 2
			h[j*n+i] = h[i*n+j]
		}
	}
	if size == 0 {
		return 0
	}
	return math.Sqrt(diff) / size
}

// probeAsymmetry estimates |H - H'| / |H| by |u'Hv - v'Hu| for normal u and v, whose mean square is the square of
// |H - H'|.
func probeAsymmetry(f Curved, x []float64, size float64) float64 {
	n := f.Dim()
	if size == 0 {
		return 0
	}
	u, v := randomDirection(n, 0, 2), randomDirection(n, 0, 3)
	hu, hv := make([]float64, n), make([]float64, n)
	f.HessVec(hu, x, u)
	f.HessVec(hv, x, v)
	return math.Abs(dot(u, hv)-dot(v, hu)) / size
}

// frobenius is the Frobenius norm of a matrix, free of overflow where its entries are.
func frobenius(h []float64) float64 {
	top := largest(h)
	if top == 0 || top-top != 0 {
		return top
	}
	sum := 0.0
	for _, v := range h {
		sum += v / top * (v / top)
	}
	return top * math.Sqrt(sum)
}
