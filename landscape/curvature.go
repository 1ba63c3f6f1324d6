package landscape

import (
	"context"
	"math"
	"slices"
)

// A curvature is the Hessian at a point as Newton's method needs it.
type curvature interface {
	// newton is the shortest of the steps that bring the linearised gradient nearest to 0, from a point with the
	// given gradient.
	newton(grad []float64) []float64
	// levenberg is -(H'H + mu) \ H'grad.
	levenberg(grad []float64, mu float64) []float64
	// trust is a step of at most so much length that lowers the quadratic model of the loss by gain.
	trust(grad []float64, radius float64) (step []float64, gain float64)
	// bent is the product of the Hessian and v.
	bent(v []float64) []float64
	// size is that of the largest eigenvalue, at least nearly.
	size() float64
}

const (
	// pseudoRank is the ratio of eigenvalues below which one counts as 0 in Newton's step.
	pseudoRank = 1e-12
	// leastCurvature bounds the curvatures of the model from below, relative to the largest.
	leastCurvature = 1e-8
	// balanced is the dimension up to which a singular Hessian is tried again in better units.
	balanced = 50
)

// dense is a curvature with all its eigenvectors.
type dense struct {
	values  []float64
	vectors [][]float64
	top     float64
	matrix  []float64 // row-major
}

func newDense(ctx context.Context, matrix []float64, n int) *dense {
	values, vectors, err := eigensystem(ctx, append([]float64(nil), matrix...), n)
	if err != nil {
		return nil
	}
	return &dense{values, vectors, largest(values), matrix}
}

func (d *dense) size() float64 { return d.top }

func (d *dense) bent(v []float64) []float64 {
	n := len(v)
	out := make([]float64, n)
	for i := range out {
		out[i] = dot(d.matrix[i*n:][:n], v)
	}
	return out
}

// newton falls back on units in which the diagonal of the Hessian is 1 when an eigenvalue is negligible beside the
// largest: where that comes from the scales of the coordinates alone, the step is still exact.
func (d *dense) newton(grad []float64) []float64 {
	step, whole := d.solve(grad)
	n := len(grad)
	if whole || n > balanced {
		return step
	}
	units, scaled := make([]float64, n), make([]float64, n*n)
	for i := range units {
		if units[i] = 1; d.matrix[i*n+i] != 0 {
			units[i] = 1 / math.Sqrt(math.Abs(d.matrix[i*n+i]))
		}
	}
	rescaled := make([]float64, n)
	for i, u := range units {
		rescaled[i] = u * grad[i]
		for j, w := range units {
			scaled[i*n+j] = u * w * d.matrix[i*n+j]
		}
	}
	if !allFinite(scaled) {
		return step
	}
	other, whole := newDense(context.Background(), scaled, n).solve(rescaled)
	if !whole {
		return step
	}
	for i, u := range units {
		other[i] *= u
	}
	return other
}

// solve is the step by the eigenvectors, and whether no eigenvalue counted as 0.
func (d *dense) solve(grad []float64) (step []float64, whole bool) {
	step, whole = make([]float64, len(grad)), true
	for i, v := range d.values {
		if math.Abs(v) > pseudoRank*d.top {
			addScaled(step, -dot(d.vectors[i], grad)/v, d.vectors[i])
		} else {
			whole = false
		}
	}
	return step, whole
}

func (d *dense) levenberg(grad []float64, mu float64) []float64 {
	step := make([]float64, len(grad))
	for i, v := range d.values {
		addScaled(step, -v*dot(d.vectors[i], grad)/(v*v+mu), d.vectors[i])
	}
	return step
}

// trust minimises the model with all curvatures turned positive inside the ball: -(|H| + sigma) \ grad with the
// sigma for which the step ends on the sphere, unless the step without it stays inside.
func (d *dense) trust(grad []float64, radius float64) (step []float64, gain float64) {
	n := len(grad)
	parts, bend := make([]float64, n), make([]float64, n)
	for i, v := range d.values {
		parts[i] = dot(d.vectors[i], grad)
		bend[i] = max(math.Abs(v), leastCurvature*d.top)
	}
	sigma := 0.0
	if d.top == 0 {
		sigma = norm(grad) / radius
	} else {
		// Newton's method for 1/|step| = 1/radius comes from below and never goes beyond.
		for range 50 {
			square, slope := 0.0, 0.0
			for i, p := range parts {
				s := p / (bend[i] + sigma)
				square += s * s
				slope += s * s / (bend[i] + sigma)
			}
			length := math.Sqrt(square)
			if !(length > radius*(1+1e-6)) {
				break
			}
			sigma += square / slope * (length - radius) / radius
		}
	}
	step = make([]float64, n)
	for i, p := range parts {
		s := -p / (bend[i] + sigma)
		gain -= s*p + bend[i]*s*s/2
		addScaled(step, s, d.vectors[i])
	}
	return step, gain
}

// sparse is a curvature known by its products alone.
type sparse struct {
	h     *hunter
	x     []float64
	apply Operator
	n     int
	top   float64 // the largest quotient seen
}

const (
	trustProducts  = 50    // of Steihaug's method in one step
	newtonProducts = 200   // of one step of the other kinds
	solved         = 1e-10 // residual of a linear system, relative to its right side
	endCount       = 8     // eigenvalues that are found at the low end
)

func (s *sparse) size() float64 { return s.top }

func (s *sparse) bent(v []float64) []float64 {
	out := make([]float64, s.n)
	s.product(out, v)
	return out
}

// product applies the Hessian and counts it.
func (s *sparse) product(dst, v []float64) {
	s.h.used++
	s.apply(dst, v)
	if length := norm(v); length > 0 {
		s.top = max(s.top, norm(dst)/length)
	}
}

// newton is MINRES (Paige and Saunders, 1975), for a Hessian of any sign: its iterates stay in the span of products
// with the gradient, where the shortest solution is.
func (s *sparse) newton(grad []float64) []float64 {
	x, beta := make([]float64, s.n), norm(grad)
	if beta == 0 {
		return x
	}
	v, before := make([]float64, s.n), make([]float64, s.n)
	addScaled(v, -1/beta, grad)
	w, last := make([]float64, s.n), make([]float64, s.n)
	rest, enough := beta, solved*beta
	c, c1, sn, sn1 := 1.0, 1.0, 0.0, 0.0 // the rotation of this step and of the one before
	product := make([]float64, s.n)
	for range min(newtonProducts, s.n) {
		s.product(product, v)
		alpha := dot(product, v)
		addScaled(product, -alpha, v)
		addScaled(product, -beta, before)
		next := norm(product)
		side := c*alpha - c1*sn*beta
		length := math.Hypot(side, next)
		if s.h.over() || !(length > rounding*s.top) {
			return x // what is left of the gradient is out of reach
		}
		direction := slices.Clone(v)
		addScaled(direction, -sn1*beta, last)
		addScaled(direction, -(sn*alpha + c1*c*beta), w)
		scale(direction, 1/length)
		last, w = w, direction
		c1, sn1 = c, sn
		c, sn = side/length, next/length
		addScaled(x, c*rest, w)
		rest *= -sn
		if math.Abs(rest) <= enough || next <= rounding*s.top {
			return x
		}
		before, v = v, before
		copy(v, product)
		scale(v, 1/next)
		beta = next
	}
	return x
}

// levenberg is the method of conjugate gradients for H'H + mu.
func (s *sparse) levenberg(grad []float64, mu float64) []float64 {
	x, r := make([]float64, s.n), s.bent(grad)
	scale(r, -1)
	p, square := slices.Clone(r), dot(r, r)
	enough := solved * solved * square
	once, twice := make([]float64, s.n), make([]float64, s.n)
	for range min(newtonProducts/2, s.n) {
		if s.h.over() || !(square > enough) {
			break
		}
		s.product(once, p)
		s.product(twice, once)
		addScaled(twice, mu, p)
		share := square / dot(p, twice)
		addScaled(x, share, p)
		addScaled(r, -share, twice)
		next := dot(r, r)
		scale(p, next/square)
		addScaled(p, 1, r)
		square = next
	}
	return x
}

// trust is Steihaug's method of conjugate gradients (1983): it goes on to the sphere where it leaves the ball or
// meets a direction without positive curvature.
func (s *sparse) trust(grad []float64, radius float64) (step []float64, gain float64) {
	step = make([]float64, s.n)
	r := slices.Clone(grad)
	p := slices.Clone(grad)
	scale(p, -1)
	square := dot(r, r)
	enough := square * min(0.25, math.Sqrt(square))
	bent, product := make([]float64, s.n), make([]float64, s.n) // of the step and of the direction
	for range min(trustProducts, s.n) {
		if s.h.over() || !(square > enough) {
			break
		}
		s.product(product, p)
		bend := dot(p, product)
		share := square / bend
		if out := toSphere(step, p, radius); !(bend > 0) || share >= out {
			share = out
			addScaled(step, share, p)
			addScaled(bent, share, product)
			break
		}
		addScaled(step, share, p)
		addScaled(bent, share, product)
		addScaled(r, share, product)
		next := dot(r, r)
		scale(p, next/square)
		addScaled(p, -1, r)
		square = next
	}
	return step, -dot(grad, step) - dot(step, bent)/2
}

// toSphere is how far x can go along p inside a ball about 0.
func toSphere(x, p []float64, radius float64) float64 {
	a, b, c := dot(p, p), dot(x, p), dot(x, x)-radius*radius
	return (math.Sqrt(max(0, b*b-a*c)) - b) / a
}

// ends are eigenvalues at both ends of the spectrum, ascending.
func (s *sparse) ends() (values []float64, partial bool) {
	exact := exactly(s.h.f)
	pairs, err := endPairsOf(s.h.ctx, s.apply, s.n, exact, EndOptions{Low: endCount, High: 1})
	s.h.used += pairs.Products
	if err != nil {
		return nil, false
	}
	for _, p := range pairs.Low {
		values = append(values, p.Value)
	}
	for _, p := range pairs.High {
		values = append(values, p.Value)
	}
	return values, true
}
