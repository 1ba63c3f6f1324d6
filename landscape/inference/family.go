// Package inference is approximation of a distribution by a normal one as a landscape: targets whose density is known,
// the families of normal distributions, the inclusive divergence as a loss with its exact gradient and curvature, and the
// theory of the Markov chains that follow it (Kim, Oh, Gardner, Dieng, Kim, NeurIPS 2022, arXiv 2206.06295).
package inference

import (
	"math"

	"thalweg/landscape/kernel"
)

// A Family is a set of normal distributions with its parameters λ.
type Family int

// The families. MeanField has λ = (m, ω) with standard deviations softplus(ω); FullRank λ = (m, the lower triangle of L
// row by row) with covariance LL' and softplus on the diagonal.
const (
	MeanField Family = iota
	FullRank
)

// Params is the number of parameters of the family in d dimensions.
func (f Family) Params(d int) int {
	if f == MeanField {
		return 2 * d
	}
	return d + d*(d+1)/2
}

// Softplus is ln(1+e^x), and x itself above 30.
func Softplus(x float64) float64 {
	if x > 30 {
		return x
	}
	return math.Log1p(math.Exp(x))
}

// InverseSoftplus is the x whose softplus is y > 0.
func InverseSoftplus(y float64) float64 {
	if y > 30 {
		return y
	}
	return y + math.Log(-math.Expm1(-y))
}

// logistic is 1/(1+e^-x), the slope of softplus.
func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// A Normal is a member q of a family, unpacked. It is not safe for concurrent use.
type Normal struct {
	Family Family
	// Mean is m. Scale holds the standard deviations of MeanField, and L of FullRank, d x d.
	Mean, Scale []float64
	slope       []float64 // of softplus at each diagonal parameter
	logScale    float64   // the sum of the logarithms of the diagonal
	u, a        []float64
}

// NewNormal returns a member in d dimensions, with nothing set.
func NewNormal(f Family, d int) *Normal {
	scale := d
	if f == FullRank {
		scale = d * d
	}
	return &Normal{Family: f, Mean: make([]float64, d), Scale: make([]float64, scale), slope: make([]float64, d), u: make([]float64, d), a: make([]float64, d)}
}

// Clone returns a copy.
func (q *Normal) Clone() *Normal {
	c := NewNormal(q.Family, len(q.Mean))
	copy(c.Mean, q.Mean)
	copy(c.Scale, q.Scale)
	copy(c.slope, q.slope)
	c.logScale = q.logScale
	return c
}

// Set unpacks λ.
func (q *Normal) Set(lambda []float64) {
	d := len(q.Mean)
	copy(q.Mean, lambda)
	q.logScale = 0
	if q.Family == MeanField {
		for i, w := range lambda[d:] {
			q.Scale[i], q.slope[i] = Softplus(w), logistic(w)
			q.logScale += math.Log(q.Scale[i])
		}
		return
	}
	at := d
	for i := range d {
		copy(q.Scale[i*d:i*d+i], lambda[at:at+i])
		w := lambda[at+i]
		q.Scale[i*d+i], q.slope[i] = Softplus(w), logistic(w)
		q.logScale += math.Log(q.Scale[i*d+i])
		at += i + 1
	}
}

// Pack stores the λ of a mean and a covariance, of which MeanField takes the diagonal. It reports false where the
// covariance is not positive definite.
func (f Family) Pack(lambda, mean, cov []float64) bool {
	d := len(mean)
	copy(lambda, mean)
	if f == MeanField {
		for i := range d {
			if !(cov[i*d+i] > 0) {
				return false
			}
			lambda[d+i] = InverseSoftplus(math.Sqrt(cov[i*d+i]))
		}
		return true
	}
	l := make([]float64, d*d)
	if !cholesky(l, cov, d) {
		return false
	}
	at := d
	for i := range d {
		copy(lambda[at:at+i], l[i*d:i*d+i])
		lambda[at+i] = InverseSoftplus(l[i*d+i])
		at += i + 1
	}
	return true
}

// Draw stores m + L eps in z.
func (q *Normal) Draw(z, eps []float64) {
	d := len(q.Mean)
	if q.Family == MeanField {
		for i, e := range eps {
			z[i] = q.Mean[i] + q.Scale[i]*e
		}
		return
	}
	for i := range d {
		z[i] = q.Mean[i] + kernel.Dot(q.Scale[i*d:i*d+i+1], eps[:i+1])
	}
}

// standard stores L⁻¹(z-m) in q.u.
func (q *Normal) standard(z []float64) []float64 {
	d, u := len(q.Mean), q.u
	if q.Family == MeanField {
		for i, x := range z {
			u[i] = (x - q.Mean[i]) / q.Scale[i]
		}
		return u
	}
	for i := range d {
		u[i] = (z[i] - q.Mean[i] - kernel.Dot(q.Scale[i*d:i*d+i], u[:i])) / q.Scale[i*d+i]
	}
	return u
}

// back stores L⁻ᵀu in q.a.
func (q *Normal) back(u []float64) []float64 {
	d, a := len(q.Mean), q.a
	if q.Family == MeanField {
		for i, x := range u {
			a[i] = x / q.Scale[i]
		}
		return a
	}
	copy(a, u)
	for i := d - 1; i >= 0; i-- {
		a[i] /= q.Scale[i*d+i]
		kernel.Axpy(a[:i], -a[i], q.Scale[i*d:i*d+i])
	}
	return a
}

// Log is ln q(z).
func (q *Normal) Log(z []float64) float64 {
	u := q.standard(z)
	return -0.5*kernel.Dot(u, u) - q.logScale - float64(len(z))/2*math.Log(2*math.Pi)
}

// LogGrad stores the gradient of ln q by z, -Σ⁻¹(z-m).
func (q *Normal) LogGrad(dst, z []float64) {
	for i, a := range q.back(q.standard(z)) {
		dst[i] = -a
	}
}

// AddScore adds weight times the score, the gradient of ln q(z;λ) by λ, to dst.
func (q *Normal) AddScore(dst []float64, weight float64, z []float64) {
	d := len(q.Mean)
	if q.Family == MeanField {
		for i, x := range z {
			u := (x - q.Mean[i]) / q.Scale[i]
			w := weight / q.Scale[i]
			dst[i] += w * u
			dst[d+i] += w * (u*u - 1) * q.slope[i]
		}
		return
	}
	u := q.standard(z)
	a := q.back(u)
	kernel.Axpy(dst[:d], weight, a)
	at := d
	for i := range d {
		kernel.Axpy(dst[at:at+i], weight*a[i], u[:i])
		dst[at+i] += weight * (a[i]*u[i] - 1/q.Scale[i*d+i]) * q.slope[i]
		at += i + 1
	}
}

// AddPath adds weight times the gradient by λ of w'z at z = m + L eps, with w held, to dst.
func (q *Normal) AddPath(dst []float64, weight float64, w, eps []float64) {
	d := len(q.Mean)
	kernel.Axpy(dst[:d], weight, w)
	if q.Family == MeanField {
		for i, e := range eps {
			dst[d+i] += weight * w[i] * e * q.slope[i]
		}
		return
	}
	at := d
	for i := range d {
		kernel.Axpy(dst[at:at+i], weight*w[i], eps[:i])
		dst[at+i] += weight * w[i] * eps[i] * q.slope[i]
		at += i + 1
	}
}

// Covariance stores Σ, d x d.
func (q *Normal) Covariance(dst []float64) {
	d := len(q.Mean)
	clear(dst)
	for i := range d {
		if q.Family == MeanField {
			dst[i*d+i] = q.Scale[i] * q.Scale[i]
			continue
		}
		for j := range i + 1 {
			v := kernel.Dot(q.Scale[i*d:i*d+j+1], q.Scale[j*d:j*d+j+1])
			dst[i*d+j], dst[j*d+i] = v, v
		}
	}
}
