package inference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"gonum.org/v1/gonum/integrate/quad"

	"thalweg/landscape/kernel"
)

// Logistic is the posterior of Bayesian logistic regression with a normal prior of variance tau² on every weight. Its
// evidence, moments and entropy come from Gauss-Hermite quadrature about the mode.
type Logistic struct {
	x, y        []float64 // n x d, n labels 0 or 1
	n, d        int
	tau2        float64
	Mode        []float64
	mean, cov   []float64
	entropy     float64
	LogEvidence float64
	// Laplace is the evidence of the normal approximation at the mode.
	Laplace float64
	pool    []float64 // draws of a normal about the mode, row by row
	sums    []float64 // of their weights
}

// nodes of the quadrature in each direction, and how much wider than the curvature at the mode they stand.
const (
	hermiteNodes = 9
	hermiteWiden = 1.15
	mostNodes    = 200_000
	poolDraws    = 20_000
)

// NewLogistic returns the posterior. The rows of x carry a 1 where there is an intercept.
func NewLogistic(x, y []float64, d int, tau2 float64) (*Logistic, error) {
	p := &Logistic{x: x, y: y, n: len(y), d: d, tau2: tau2, Mode: make([]float64, d), mean: make([]float64, d), cov: make([]float64, d*d)}
	if math.Pow(hermiteNodes, float64(d)) > mostNodes {
		return nil, fmt.Errorf("%d weights are too many for the quadrature of the posterior", d)
	}
	root, err := p.climb()
	if err != nil {
		return nil, err
	}
	p.integrate(root)
	p.fill(root)
	return p, nil
}

// Joint is ln of prior times likelihood, the target before it is normalised.
func (p *Logistic) Joint(b []float64) float64 {
	sum := -kernel.Dot(b, b)/(2*p.tau2) - float64(p.d)/2*math.Log(2*math.Pi*p.tau2)
	for i, y := range p.y {
		a := kernel.Dot(p.x[i*p.d:(i+1)*p.d], b)
		sum += y*a - max(a, 0) - math.Log1p(math.Exp(-math.Abs(a)))
	}
	return sum
}

// Dim implements Target.
func (p *Logistic) Dim() int { return p.d }

// Log implements Target.
func (p *Logistic) Log(b []float64) float64 { return p.Joint(b) - p.LogEvidence }

// LogGrad implements Target.
func (p *Logistic) LogGrad(dst, b []float64) {
	for i, v := range b {
		dst[i] = -v / p.tau2
	}
	for i, y := range p.y {
		row := p.x[i*p.d : (i+1)*p.d]
		kernel.Axpy(dst, y-logistic(kernel.Dot(row, b)), row)
	}
}

// Moments implements Target.
func (p *Logistic) Moments() (mean, cov []float64, entropy float64) { return p.mean, p.cov, p.entropy }

// climb finds the mode by Newton's method and returns a root of the inverse curvature there, lower triangular.
func (p *Logistic) climb() ([]float64, error) {
	d := p.d
	g, h, l, inv, cov := make([]float64, d), make([]float64, d*d), make([]float64, d*d), make([]float64, d*d), make([]float64, d*d)
	for range 100 {
		p.LogGrad(g, p.Mode)
		clear(h)
		for i := range d {
			h[i*d+i] = 1 / p.tau2
		}
		for i := range p.n {
			row := p.x[i*d : (i+1)*d]
			s := logistic(kernel.Dot(row, p.Mode))
			for j := range d {
				kernel.Axpy(h[j*d:(j+1)*d], s*(1-s)*row[j], row)
			}
		}
		if !cholesky(l, h, d) {
			return nil, fmt.Errorf("the posterior has no curvature at its mode")
		}
		invertLower(inv, l, d)
		kernel.MulTN(square(cov, d), square(inv, d), square(inv, d), false)
		far := 0.0
		for i := range d {
			move := kernel.Dot(cov[i*d:(i+1)*d], g)
			p.Mode[i] += move
			far = max(far, math.Abs(move))
		}
		if far < 1e-13 {
			break
		}
	}
	p.Laplace = p.Joint(p.Mode) + (float64(d)*logTwoPi-logDet(l, d))/2
	root := make([]float64, d*d)
	cholesky(root, cov, d)
	return root, nil
}

// integrate sums over the product of Hermite nodes.
func (p *Logistic) integrate(root []float64) {
	d := p.d
	at, weight := make([]float64, hermiteNodes), make([]float64, hermiteNodes)
	quad.Hermite{}.FixedLocations(at, weight, math.Inf(-1), math.Inf(1))
	points := 1
	for range d {
		points *= hermiteNodes
	}
	values, all := make([]float64, points), make([]float64, points*d)
	kernel.Blocks((points+999)/1000, func(block int) {
		e := make([]float64, d)
		for i := block * 1000; i < min(points, (block+1)*1000); i++ {
			log := 0.0
			for j, rest := 0, i; j < d; j, rest = j+1, rest/hermiteNodes {
				x := at[rest%hermiteNodes]
				e[j] = hermiteWiden * math.Sqrt2 * x
				log += math.Log(weight[rest%hermiteNodes]) + x*x
			}
			b := all[i*d : (i+1)*d]
			for j := range d {
				b[j] = p.Mode[j] + kernel.Dot(root[j*d:j*d+j+1], e[:j+1])
			}
			values[i] = log + p.Joint(b)
		}
	})
	top := slices.Max(values)
	mass, mean := 0.0, 0.0 // of 1, and of the joint's logarithm
	for i, v := range values {
		w := math.Exp(v - top)
		mass += w
		kernel.Axpy(p.mean, w, all[i*d:(i+1)*d])
		mean += w * p.Joint(all[i*d:(i+1)*d])
	}
	kernel.Scale(1/mass, p.mean)
	for i, v := range values {
		b, w := all[i*d:(i+1)*d], math.Exp(v-top)/mass
		for j := range d {
			for k := range d {
				p.cov[j*d+k] += w * (b[j] - p.mean[j]) * (b[k] - p.mean[k])
			}
		}
	}
	p.LogEvidence = top + math.Log(mass) + logDet(root, d)/2 + float64(d)*math.Log(hermiteWiden*math.Sqrt2)
	p.entropy = p.LogEvidence - mean/mass
}

// fill draws from a normal about the mode, wider than the posterior, and weighs the draws.
func (p *Logistic) fill(root []float64) {
	const wide = 1.4
	r, d := rand.New(rand.NewPCG(1, 1)), p.d
	p.pool, p.sums = make([]float64, poolDraws*d), make([]float64, poolDraws)
	logs, e := make([]float64, poolDraws), make([]float64, d)
	for i := range poolDraws {
		for j := range e {
			e[j] = wide * r.NormFloat64()
		}
		b := p.pool[i*d : (i+1)*d]
		for j := range d {
			b[j] = p.Mode[j] + kernel.Dot(root[j*d:j*d+j+1], e[:j+1])
		}
		logs[i] = p.Joint(b) + kernel.Dot(e, e)/(2*wide*wide)
	}
	top, sum := slices.Max(logs), 0.0
	for i, l := range logs {
		sum += math.Exp(l - top)
		p.sums[i] = sum
	}
}

// Draw implements Target: by importance from a pool that is the same in each run.
func (p *Logistic) Draw(dst []float64, r *rand.Rand) {
	i := sort.SearchFloat64s(p.sums, r.Float64()*p.sums[len(p.sums)-1])
	i = min(i, len(p.sums)-1)
	copy(dst, p.pool[i*p.d:(i+1)*p.d])
}
