package teacher

import (
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// A Space holds the weight matrices that a group of permutations, acting on rows and columns alike, leaves as they are:
// those of the diagonal group of S_p1 x S_p2 x ... A zero of the gradient within it is a critical point of the whole
// loss, by symmetry (Palais, 1979), so that a handful of numbers stand for K x D.
type Space struct {
	K, D int
	// Label names for each entry of W, row-major, the number it takes: labels are numbered in the order of the entries.
	Label []int
	// Count is how many entries take each number.
	Count []int
}

// NewSpace is the fixed space of the group that permutes the first parts[0] neurons and coordinates together, the next
// parts[1], and so on, with extra neurons after those, which no permutation moves.
func NewSpace(parts []int, extra int) (*Space, error) {
	d := 0
	var block []int
	for b, size := range parts {
		if size < 1 {
			return nil, fmt.Errorf("part %d has %d neurons; want at least 1", b+1, size)
		}
		for range size {
			block = append(block, b)
		}
		d += size
	}
	if d == 0 || extra < 0 {
		return nil, fmt.Errorf("%d parts and %d extra neurons; want at least one part", len(parts), extra)
	}
	s := &Space{K: d + extra, D: d}
	type key struct {
		row, column int
		diagonal    bool
	}
	known := map[key]int{}
	for i := range s.K {
		for a := range d {
			k := key{len(parts) + i - d, block[a], false}
			if i < d {
				k = key{block[i], block[a], i == a}
			}
			l, ok := known[k]
			if !ok {
				l = len(known)
				known[k] = l
				s.Count = append(s.Count, 0)
			}
			s.Label = append(s.Label, l)
			s.Count[l]++
		}
	}
	return s, nil
}

// Expand is the weight matrix of the numbers xi, one for each label.
func (s *Space) Expand(xi []float64) []float64 {
	x := make([]float64, len(s.Label))
	for i, l := range s.Label {
		x[i] = xi[l]
	}
	return x
}

// Fit is the nearest matrix of the space to x, by its numbers, with the largest difference of an entry.
func (s *Space) Fit(x []float64) (xi []float64, apart float64) {
	xi = make([]float64, len(s.Count))
	for i, l := range s.Label {
		xi[l] += x[i] / float64(s.Count[l])
	}
	for i, l := range s.Label {
		apart = math.Max(apart, math.Abs(x[i]-xi[l]))
	}
	return xi, apart
}

// basis has the unit matrices of the space, one for each number.
func (s *Space) basis() [][]float64 {
	e := make([][]float64, len(s.Count))
	for q := range e {
		e[q] = make([]float64, len(s.Label))
	}
	for i, l := range s.Label {
		e[l][i] = 1 / math.Sqrt(float64(s.Count[l]))
	}
	return e
}

// The bounds of the reduced Newton method: its steps, how often one is halved, and the gradient it rests at.
const (
	newtonSteps    = 60
	newtonHalvings = 40
	newtonRest     = 1e-14
	// newtonEnough is the gradient that counts as a critical point where rounding keeps it from resting.
	newtonEnough = 1e-11
	// flat is the curvature, as a share of the largest, that a Newton step leaves alone.
	flat = 1e-10
)

// Newton follows Newton's method within the space from xi to a critical point of p, or says that it found none. The
// step is that of least squares, halved until the gradient falls.
func (s *Space) Newton(p *Problem, xi []float64) (at []float64, residual float64, err error) {
	if p.K != s.K || p.D != s.D {
		return nil, 0, fmt.Errorf("a space of %d x %d weights for a problem of %d x %d", s.K, s.D, p.K, p.D)
	}
	e := s.basis()
	at = append([]float64(nil), xi...)
	grad := make([]float64, p.Dim())
	r := s.slope(p, e, at, grad)
	for range newtonSteps {
		if norm(r) < newtonRest {
			break
		}
		j := reduced(p, s.Expand(at), e)
		step := leastSquares(j, r)
		next, better := make([]float64, len(at)), false
		for h, share := 0, 1.0; h < newtonHalvings; h, share = h+1, share/2 {
			for q := range next {
				next[q] = at[q] - share*step[q]/math.Sqrt(float64(s.Count[q]))
			}
			if g := s.slope(p, e, next, grad); norm(g) < norm(r) {
				copy(at, next)
				r, better = g, true
				break
			}
		}
		if !better {
			break
		}
	}
	residual = norm(r)
	if !(residual < newtonEnough) {
		return nil, residual, fmt.Errorf("newton's method rests at the gradient %.1e; want below %.0e", residual, newtonEnough)
	}
	return at, residual, nil
}

// slope is the gradient within the space.
func (s *Space) slope(p *Problem, e [][]float64, xi, grad []float64) []float64 {
	p.Grad(grad, s.Expand(xi))
	r := make([]float64, len(e))
	for q := range e {
		r[q] = kernel.Dot(e[q], grad)
	}
	return r
}

// reduced is the Hessian at x between orthonormal directions, row-major.
func reduced(p *Problem, x []float64, e [][]float64) []float64 {
	m := len(e)
	apply := landscape.HessianAt(p, x)
	h, out := make([]float64, len(x)), make([]float64, m*m)
	for q := range e {
		apply(h, e[q])
		for r := range e {
			out[r*m+q] = kernel.Dot(e[r], h)
		}
	}
	for i := range m {
		for j := range i {
			mean := (out[i*m+j] + out[j*m+i]) / 2
			out[i*m+j], out[j*m+i] = mean, mean
		}
	}
	return out
}

// leastSquares is the shortest solution of j y = r for a symmetric j, which it overwrites.
func leastSquares(j, r []float64) []float64 {
	values, vectors := landscape.SymmetricEigen(j, len(r))
	top := math.Max(math.Abs(values[0]), math.Abs(values[len(values)-1]))
	y := make([]float64, len(r))
	for i, v := range values {
		if math.Abs(v) > flat*top {
			kernel.Axpy(y, kernel.Dot(vectors[i], r)/v, vectors[i])
		}
	}
	return y
}
