package opt

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/lapack"
	lapackgonum "gonum.org/v1/gonum/lapack/gonum"
)

// CMAES is the evolution strategy with covariance matrix adaptation (Hansen, The CMA evolution strategy: a
// tutorial), with the symmetric root of the covariance, so that nothing depends on sign or order of
// eigenvectors. Ask gives the points to try, Tell takes their losses.
type CMAES struct {
	Constants
	dim, population int
	active          bool
	generation      int // completed

	mean      []float64
	sigma     float64
	cov       []float64 // C, row-major
	ps, pc    []float64 // evolution paths
	vectors   []float64 // B, eigenvectors of C in columns
	root      []float64 // D, roots of the eigenvalues
	steps     []float64 // population x dim: y = C^{1/2} z
	rank      []int     // best first
	losses    []float64
	yw, white []float64
	inner     []float64
	work      []float64
	compare   func(i, j int) int
}

// Constants are the fixed numbers of a strategy.
type Constants struct {
	Weights                          []float64 // by rank, best first
	MuEff, CC, CS, C1, CMu, DS, ChiN float64
}

// NewConstants returns the constants for a dimension and population.
func NewConstants(dim, population int, active bool) Constants {
	n, half := float64(dim), population/2
	w := make([]float64, population)
	positive, squares := 0.0, 0.0
	for i := range w {
		w[i] = math.Log(float64(population+1)/2) - math.Log(float64(i+1))
		if i < half {
			positive += w[i]
		}
	}
	raw := slices.Clone(w)
	for i := range w {
		if i < half {
			w[i] /= positive
			squares += w[i] * w[i]
		} else {
			w[i] = 0
		}
	}
	c := Constants{Weights: w, MuEff: 1 / squares}
	mu := c.MuEff
	c.CC = (4 + mu/n) / (n + 4 + 2*mu/n)
	c.CS = (mu + 2) / (n + mu + 5)
	c.C1 = 2 / ((n+1.3)*(n+1.3) + mu)
	c.CMu = math.Min(1-c.C1, 2*(0.25+mu+1/mu-2)/((n+2)*(n+2)+mu))
	c.DS = 1 + 2*math.Max(0, math.Sqrt((mu-1)/(n+1))-1) + c.CS
	c.ChiN = math.Sqrt(n) * (1 - 1/(4*n) + 1/(21*n*n))
	if active {
		sum, sumAbs, sumSquares := 0.0, 0.0, 0.0
		for _, v := range raw[half:] {
			sum, sumAbs, sumSquares = sum+v, sumAbs+math.Abs(v), sumSquares+v*v
		}
		muBad := sum * sum / sumSquares
		scale := min(1+c.C1/c.CMu, 1+2*muBad/(mu+2), (1-c.C1-c.CMu)/(n*c.CMu))
		for i := half; i < population; i++ {
			w[i] = scale * raw[i] / sumAbs
		}
	}
	return c
}

const (
	lazyDim       = 64    // above it the eigenvectors are renewed only now and then
	smallestEigen = 1e-20 // of the covariance
	worstEigen    = 1e14  // condition above which the covariance starts anew
)

// NewCMAES returns the strategy at its start: covariance the identity, standard deviation sigma.
func NewCMAES(mean []float64, sigma float64, population int, active bool) (*CMAES, error) {
	n := len(mean)
	if n < 1 || population < 2 || !(sigma > 0) {
		return nil, fmt.Errorf("a strategy takes at least 1 dimension, 2 points and a sigma above 0, not %d, %d and %g", n, population, sigma)
	}
	c := &CMAES{Constants: NewConstants(n, population, active), dim: n, population: population, active: active,
		mean: slices.Clone(mean), sigma: sigma, cov: make([]float64, n*n), ps: make([]float64, n), pc: make([]float64, n),
		vectors: make([]float64, n*n), root: make([]float64, n), steps: make([]float64, population*n),
		rank: make([]int, population), losses: make([]float64, population),
		yw: make([]float64, n), white: make([]float64, n), inner: make([]float64, n)}
	size := make([]float64, 1)
	var l lapackgonum.Implementation
	l.Dsyev(lapack.EVCompute, 'U', n, c.vectors, n, c.root, size, -1)
	c.work = make([]float64, int(size[0]))
	c.compare = c.better
	c.reset()
	return c, nil
}

// reset makes the covariance the identity.
func (c *CMAES) reset() {
	clear(c.cov)
	clear(c.vectors)
	for i := range c.dim {
		c.cov[i*c.dim+i], c.vectors[i*c.dim+i], c.root[i] = 1, 1, 1
	}
}

// Clone returns a deep copy.
func (c *CMAES) Clone() *CMAES {
	d := *c
	for _, v := range []*[]float64{&d.mean, &d.cov, &d.ps, &d.pc, &d.vectors, &d.root, &d.steps, &d.losses, &d.yw, &d.white, &d.inner, &d.work} {
		*v = slices.Clone(*v)
	}
	d.rank = slices.Clone(c.rank)
	d.compare = d.better
	return &d
}

// Mean, Sigma, Cov, Paths and Spread look at the state: the mean, the global standard deviation, the covariance
// row by row, the evolution paths pσ and pc, and the largest standard deviation in any direction.
func (c *CMAES) Mean() []float64                  { return c.mean }
func (c *CMAES) Sigma() float64                   { return c.sigma }
func (c *CMAES) Cov() []float64                   { return c.cov }
func (c *CMAES) Paths() (ps, pc []float64)        { return c.ps, c.pc }
func (c *CMAES) Spread() float64                  { return c.sigma * slices.Max(c.root) }
func (c *CMAES) Generation() int                  { return c.generation }
func (c *CMAES) Eigen() (vectors, root []float64) { return c.vectors, c.root }

// Ask stores the points of the next generation in points, one row each: m + σ C^{1/2} z for the standard normal
// rows of z.
func (c *CMAES) Ask(points, z []float64) {
	n := c.dim
	for k := range c.population {
		y := c.steps[k*n : (k+1)*n]
		c.spectral(y, z[k*n:(k+1)*n], false)
		for i := range y {
			points[k*n+i] = c.mean[i] + c.sigma*y[i]
		}
	}
}

// spectral stores C^{1/2} v, or C^{-1/2} v, in dst.
func (c *CMAES) spectral(dst, v []float64, inverse bool) {
	n := c.dim
	for j := range n {
		sum := 0.0
		for i, x := range v {
			sum += c.vectors[i*n+j] * x
		}
		if inverse {
			c.inner[j] = sum / c.root[j]
		} else {
			c.inner[j] = sum * c.root[j]
		}
	}
	for i := range n {
		dst[i] = dot(c.vectors[i*n:(i+1)*n], c.inner)
	}
}

// better orders points by loss, those without one last, equal ones by index.
func (c *CMAES) better(i, j int) int {
	a, b := c.losses[i], c.losses[j]
	switch {
	case a < b || math.IsNaN(b) && !math.IsNaN(a):
		return -1
	case b < a || math.IsNaN(a) && !math.IsNaN(b):
		return 1
	}
	return i - j
}

// Ranks are the points of the last generation, best first.
func (c *CMAES) Ranks() []int { return c.rank }

// Losses are those of the last generation, as told.
func (c *CMAES) Losses() []float64 { return c.losses }

// Tell takes the losses of the points of the last Ask. When none is a number the strategy starts anew around
// its mean with half the sigma.
func (c *CMAES) Tell(losses []float64) {
	copy(c.losses, losses)
	for i := range c.rank {
		c.rank[i] = i
		if math.IsInf(losses[i], 0) {
			c.losses[i] = math.NaN()
		}
	}
	slices.SortFunc(c.rank, c.compare)
	c.generation++
	if math.IsNaN(c.losses[c.rank[0]]) {
		c.reset()
		clear(c.ps)
		clear(c.pc)
		c.sigma /= 2
		return
	}
	c.moveMean()
	c.adapt()
}

// moveMean recombines the better half and follows it with both paths.
func (c *CMAES) moveMean() {
	n := c.dim
	clear(c.yw)
	for i := range c.population / 2 {
		y := c.steps[c.rank[i]*n:]
		for j := range n {
			c.yw[j] += c.Weights[i] * y[j]
		}
	}
	for j := range n {
		c.mean[j] += c.sigma * c.yw[j]
	}
	c.spectral(c.white, c.yw, true)
	pull := math.Sqrt(c.CS * (2 - c.CS) * c.MuEff)
	for j := range n {
		c.ps[j] = (1-c.CS)*c.ps[j] + pull*c.white[j]
	}
}

// adapt renews covariance, sigma and eigenvectors.
func (c *CMAES) adapt() {
	n, length := c.dim, norm(c.ps)
	hs := 0.0
	if length/math.Sqrt(1-math.Pow(1-c.CS, 2*float64(c.generation))) < (1.4+2/float64(n+1))*c.ChiN {
		hs = 1
	}
	pull := hs * math.Sqrt(c.CC*(2-c.CC)*c.MuEff)
	sum := 0.0
	for j := range n {
		c.pc[j] = (1-c.CC)*c.pc[j] + pull*c.yw[j]
	}
	for _, w := range c.Weights {
		sum += w
	}
	keep := 1 + c.C1*(1-hs)*c.CC*(2-c.CC) - c.C1 - c.CMu*sum
	for i := range n {
		for j := range n {
			c.cov[i*n+j] = keep*c.cov[i*n+j] + c.C1*c.pc[i]*c.pc[j]
		}
	}
	for k, w := range c.Weights {
		if w == 0 {
			continue
		}
		y := c.steps[c.rank[k]*n : (c.rank[k]+1)*n]
		if w < 0 {
			c.spectral(c.white, y, true)
			w *= float64(n) / dot(c.white, c.white)
		}
		for i := range n {
			for j := range n {
				c.cov[i*n+j] += c.CMu * w * y[i] * y[j]
			}
		}
	}
	c.sigma *= math.Exp(math.Min(1, c.CS/c.DS*(length/c.ChiN-1)))
	for i := range n {
		for j := range i {
			mean := (c.cov[i*n+j] + c.cov[j*n+i]) / 2
			c.cov[i*n+j], c.cov[j*n+i] = mean, mean
		}
	}
	if gap := max(1, int(1/(10*float64(n)*(c.C1+c.CMu)))); n <= lazyDim || c.generation%gap == 0 {
		c.decompose()
	}
}

// decompose finds the eigenvectors of the covariance. One that lost its definiteness is mended, one of a
// condition beyond 1e14 starts anew.
func (c *CMAES) decompose() {
	copy(c.vectors, c.cov)
	var l lapackgonum.Implementation
	ok := l.Dsyev(lapack.EVCompute, 'U', c.dim, c.vectors, c.dim, c.root, c.work, len(c.work))
	high := math.Max(c.root[c.dim-1], smallestEigen)
	low := math.Max(c.root[0], smallestEigen)
	if !ok || !finite(high) || high/low > worstEigen {
		c.reset()
		return
	}
	for i, v := range c.root {
		c.root[i] = math.Sqrt(math.Max(v, smallestEigen))
	}
}
