package inference

import (
	"math"
	"sync"

	"thalweg/landscape/kernel"
)

// A Divergence is the inclusive Kullback-Leibler divergence KL(π‖q) of a target with known first two moments and entropy,
// as a loss over λ. It is exact: of π only the moments matter to a normal q.
type Divergence struct {
	Family     Family
	Mean, Cov  []float64 // of π
	Entropy    float64   // H[π]
	Best       []float64 // the λ where it is least: the moments of π
	Floor      float64   // the divergence there
	dim, param int
	pool       sync.Pool
}

// NewDivergence returns the loss; cov must be positive definite.
func NewDivergence(f Family, mean, cov []float64, entropy float64) *Divergence {
	d := len(mean)
	k := &Divergence{Family: f, Mean: mean, Cov: cov, Entropy: entropy, Best: make([]float64, f.Params(d)), dim: d, param: f.Params(d)}
	k.pool.New = func() any { return newDesk(f, d) }
	f.Pack(k.Best, mean, cov)
	k.Floor = k.Loss(k.Best)
	return k
}

// desk is the room that an evaluation needs.
type desk struct {
	q                              *Normal
	delta                          []float64
	m, a, b, g, n, t, w, low, turn []float64 // d x d, of full rank only
}

func newDesk(f Family, d int) *desk {
	k := &desk{q: NewNormal(f, d), delta: make([]float64, d)}
	if f == FullRank {
		for _, p := range []*[]float64{&k.m, &k.a, &k.b, &k.g, &k.n, &k.t, &k.w, &k.low} {
			*p = make([]float64, d*d)
		}
		k.turn = make([]float64, 3*d)
	}
	return k
}

// Dim implements landscape.Func.
func (k *Divergence) Dim() int { return k.param }

// CrossEntropy is -E_π[ln q], the divergence plus the entropy of π.
func (k *Divergence) CrossEntropy(lambda []float64) float64 {
	s := k.pool.Get().(*desk)
	defer k.pool.Put(s)
	s.q.Set(lambda)
	return k.crossEntropy(s)
}

func (k *Divergence) crossEntropy(s *desk) float64 {
	d, q := k.dim, s.q
	sum := float64(d)*math.Log(2*math.Pi) + 2*q.logScale
	for i := range d {
		s.delta[i] = q.Mean[i] - k.Mean[i]
	}
	if k.Family == MeanField {
		for i, r := range q.Scale {
			sum += (k.Cov[i*d+i] + s.delta[i]*s.delta[i]) / r / r
		}
		return sum / 2
	}
	invertLower(s.m, q.Scale, d)
	k.second(s)
	k.turned(s)
	for i := range d {
		sum += s.b[i*d+i]
	}
	return sum / 2
}

// second stores A = C + δδ'.
func (k *Divergence) second(s *desk) {
	d := k.dim
	copy(s.a, k.Cov)
	for i := range d {
		kernel.Axpy(s.a[i*d:(i+1)*d], s.delta[i], s.delta)
	}
}

// turned stores B = M A M', with M the inverse of L: a normal q at its best has B = 1.
func (k *Divergence) turned(s *desk) {
	d := k.dim
	kernel.MulNN(square(s.t, d), square(s.m, d), square(s.a, d), false)
	kernel.MulNT(square(s.b, d), square(s.t, d), square(s.m, d), false)
}

// Loss implements landscape.Func.
func (k *Divergence) Loss(lambda []float64) float64 { return k.CrossEntropy(lambda) - k.Entropy }

// Grad implements landscape.Func: of full rank ∂m = Σ⁻¹δ and ∂L the lower triangle of -Σ⁻¹AL⁻ᵀ plus 1/diag L.
func (k *Divergence) Grad(dst, lambda []float64) float64 {
	s := k.pool.Get().(*desk)
	defer k.pool.Put(s)
	d, q := k.dim, s.q
	q.Set(lambda)
	loss := k.crossEntropy(s) - k.Entropy
	if k.Family == MeanField {
		for i, r := range q.Scale {
			a := (k.Cov[i*d+i] + s.delta[i]*s.delta[i]) / r / r
			dst[i] = s.delta[i] / r / r
			dst[d+i] = (1 - a) / r * q.slope[i]
		}
		return loss
	}
	copy(dst[:d], q.back(q.standardShift(s.delta)))
	kernel.MulTN(square(s.g, d), square(s.m, d), square(s.b, d), false)
	at := d
	for i := range d {
		for j := range i {
			dst[at+j] = -s.g[i*d+j]
		}
		dst[at+i] = (1/q.Scale[i*d+i] - s.g[i*d+i]) * q.slope[i]
		at += i + 1
	}
	return loss
}

// standardShift stores L⁻¹δ in q.u, of full rank.
func (q *Normal) standardShift(delta []float64) []float64 {
	d, u := len(delta), q.u
	for i := range d {
		u[i] = (delta[i] - kernel.Dot(q.Scale[i*d:i*d+i], u[:i])) / q.Scale[i*d+i]
	}
	return u
}

// HessVec implements landscape.Curved.
func (k *Divergence) HessVec(dst, lambda, v []float64) {
	s := k.pool.Get().(*desk)
	defer k.pool.Put(s)
	d, q := k.dim, s.q
	q.Set(lambda)
	k.crossEntropy(s)
	if k.Family == MeanField {
		for i, r := range q.Scale {
			l, a, delta := q.slope[i], k.Cov[i*d+i]+s.delta[i]*s.delta[i], s.delta[i]
			mm, ms := 1/r/r, -2*delta/r/r/r
			ss := (3*a/r/r - 1) / r / r
			slope := (1 - a/r/r) / r
			dst[i] = mm*v[i] + ms*l*v[d+i]
			dst[d+i] = l*ms*v[i] + (l*l*ss+slope*l*(1-l))*v[d+i]
		}
		return
	}
	k.fullHessVec(dst, v, s)
}

// fullHessVec differentiates the gradient along v: with N = M dL, dM = -NM and dB = -NB - BN' + M dA M'.
func (k *Divergence) fullHessVec(dst, v []float64, s *desk) {
	d, q := k.dim, s.q
	dm := v[:d]
	clear(s.low) // dL
	at := d
	for i := range d {
		copy(s.low[i*d:i*d+i], v[at:at+i])
		s.low[i*d+i] = v[at+i] * q.slope[i]
		at += i + 1
	}
	kernel.MulNN(square(s.n, d), square(s.m, d), square(s.low, d), false)
	kernel.MulTN(square(s.g, d), square(s.m, d), square(s.b, d), false) // M'B, of the gradient
	slopes := s.turn[:d]
	for i := range d {
		slopes[i] = 1/q.Scale[i*d+i] - s.g[i*d+i]
	}
	// t = N B; w = N'B + NB + BN' - M dA M'
	kernel.MulTN(square(s.w, d), square(s.n, d), square(s.b, d), false)
	kernel.MulNN(square(s.t, d), square(s.n, d), square(s.b, d), false)
	md, mt := s.turn[d:2*d], s.turn[2*d:]
	for i := range d {
		md[i] = kernel.Dot(s.m[i*d:i*d+i+1], s.delta[:i+1])
		mt[i] = kernel.Dot(s.m[i*d:i*d+i+1], dm[:i+1])
	}
	for i := range d {
		for j := range d {
			s.w[i*d+j] += s.t[i*d+j] + s.t[j*d+i] - mt[i]*md[j] - md[i]*mt[j]
		}
	}
	kernel.MulTN(square(s.g, d), square(s.m, d), square(s.w, d), false)
	at = d
	for i := range d {
		copy(dst[at:at+i], s.g[i*d:i*d+i])
		r, l := q.Scale[i*d+i], q.slope[i]
		dst[at+i] = (s.g[i*d+i]-s.low[i*d+i]/r/r)*l + slopes[i]*l*(1-l)*v[at+i]
		at += i + 1
	}
	// d(M'M δ) = M'(M dm - N'M δ - N M δ)
	u := q.u
	for i := range d {
		u[i] = mt[i]
		for j := range d {
			u[i] -= (s.n[j*d+i] + s.n[i*d+j]) * md[j]
		}
	}
	for i := range d {
		dst[i] = 0
	}
	for j := range d {
		kernel.Axpy(dst[:j+1], u[j], s.m[j*d:j*d+j+1])
	}
}

// Weight is w* = sup π/q of a normal target and a normal q, infinite unless Σ - C is positive definite.
func Weight(mean, cov, m, sigma []float64) float64 {
	d := len(mean)
	gap, l, c, s := make([]float64, d*d), make([]float64, d*d), make([]float64, d*d), make([]float64, d*d)
	for i := range gap {
		gap[i] = sigma[i] - cov[i]
	}
	if !cholesky(l, gap, d) || !cholesky(c, cov, d) || !cholesky(s, sigma, d) {
		return math.Inf(1)
	}
	u := make([]float64, d)
	for i := range d {
		u[i] = (mean[i] - m[i] - kernel.Dot(l[i*d:i*d+i], u[:i])) / l[i*d+i]
	}
	return math.Exp((logDet(s, d) - logDet(c, d) + kernel.Dot(u, u)) / 2)
}

// WStar is w* of a normal q.
func (g *Gauss) WStar(m, sigma []float64) float64 { return Weight(g.mean, g.cov, m, sigma) }

// WStar is infinite: along its crest a banana falls off as the square of the square root.
func (Banana) WStar(_, _ []float64) float64 { return math.Inf(1) }

// WStar is infinite: a funnel's mouth is wider than any normal distribution.
func (Funnel) WStar(_, _ []float64) float64 { return math.Inf(1) }

// WStar is infinite: so are heavy tails.
func (*Student) WStar(_, _ []float64) float64 { return math.Inf(1) }

// WStar is infinite where one of the hills is wider than q in some direction, and has no closed form elsewhere.
func (m *Mixture) WStar(mean, sigma []float64) float64 {
	for _, p := range m.parts {
		if math.IsInf(p.WStar(mean, sigma), 1) {
			return math.Inf(1)
		}
	}
	return math.NaN()
}

// WStar is infinite where the prior is wider than q in some direction, and has no closed form elsewhere: likelihoods fall
// off no faster than exponentially.
func (p *Logistic) WStar(_, sigma []float64) float64 {
	wide := make([]float64, p.d*p.d)
	for i := range p.d {
		wide[i*p.d+i] = p.tau2
	}
	zero := make([]float64, p.d)
	if math.IsInf(Weight(zero, wide, zero, sigma), 1) {
		return math.Inf(1)
	}
	return math.NaN()
}

// WStar has no closed form.
func (*Boxed) WStar(_, _ []float64) float64 { return math.NaN() }
