package inference

import (
	"fmt"
	"math"
	"math/rand/v2"

	"thalweg/landscape/kernel"
)

// A Target is a distribution π to be approximated. Implementations are safe for concurrent use.
type Target interface {
	Dim() int
	// Log is ln π(z), normalised; minus infinity where there is no density.
	Log(z []float64) float64
	// LogGrad stores its gradient.
	LogGrad(dst, z []float64)
	// Moments are the mean, the covariance (d x d) and the entropy. They must not be changed.
	Moments() (mean, cov []float64, entropy float64)
	// WStar is sup π/q of a normal q with mean m and covariance sigma: infinite where the target is wider than q in some
	// direction, NaN where it has no closed form.
	WStar(m, sigma []float64) float64
	// Draw stores an independent draw.
	Draw(dst []float64, r *rand.Rand)
}

const logTwoPi = 1.8378770664093453

// Gauss is the normal distribution of any dimension.
type Gauss struct {
	mean, cov, chol, prec []float64
	logNorm               float64
}

// NewGauss returns the normal distribution; cov must be positive definite.
func NewGauss(mean, cov []float64) (*Gauss, error) {
	d := len(mean)
	g := &Gauss{mean: mean, cov: cov, chol: make([]float64, d*d), prec: make([]float64, d*d)}
	if !cholesky(g.chol, cov, d) {
		return nil, fmt.Errorf("the covariance is not positive definite")
	}
	inv := make([]float64, d*d)
	invertLower(inv, g.chol, d)
	kernel.MulTN(square(g.prec, d), square(inv, d), square(inv, d), false)
	g.logNorm = -0.5 * (float64(d)*logTwoPi + logDet(g.chol, d))
	return g, nil
}

// Dim implements Target.
func (g *Gauss) Dim() int { return len(g.mean) }

// Log implements Target.
func (g *Gauss) Log(z []float64) float64 {
	// Forward substitution row by row in place of a vector of its own: L has no zeros on its diagonal.
	var room [128]float64
	u := room[:]
	if len(z) > len(room) {
		u = make([]float64, len(z))
	}
	d, sum := len(z), 0.0
	for i := range d {
		v := (z[i] - g.mean[i] - kernel.Dot(g.chol[i*d:i*d+i], u[:i])) / g.chol[i*d+i]
		u[i] = v
		sum += v * v
	}
	return g.logNorm - sum/2
}

// LogGrad implements Target.
func (g *Gauss) LogGrad(dst, z []float64) {
	d := len(z)
	var room [128]float64
	u := room[:]
	if d > len(room) {
		u = make([]float64, d)
	}
	for i := range d {
		u[i] = g.mean[i] - z[i]
	}
	for i := range d {
		dst[i] = kernel.Dot(g.prec[i*d:(i+1)*d], u[:d])
	}
}

// Moments implements Target.
func (g *Gauss) Moments() (mean, cov []float64, entropy float64) {
	return g.mean, g.cov, float64(len(g.mean))/2 - g.logNorm
}

// Draw implements Target.
func (g *Gauss) Draw(dst []float64, r *rand.Rand) {
	d := len(dst)
	eps := make([]float64, d)
	for i := range eps {
		eps[i] = r.NormFloat64()
	}
	for i := range d {
		dst[i] = g.mean[i] + kernel.Dot(g.chol[i*d:i*d+i+1], eps[:i+1])
	}
}

// Wishart returns the sum of degrees outer products of normal vectors with variances 1/d, 2/d, …, 1: a covariance that is
// positive definite for degrees > d with certainty.
func Wishart(d, degrees int, r *rand.Rand) []float64 {
	rows := make([]float64, degrees*d)
	for i := range degrees {
		for j := range d {
			rows[i*d+j] = r.NormFloat64() * math.Sqrt(float64(j+1)/float64(d))
		}
	}
	out := make([]float64, d*d)
	m := kernel.Dense(degrees, d, rows)
	kernel.MulTN(square(out, d), m, m, false)
	return out
}

// Banana is z₁ ~ N(0, s²), z₂ ~ N(b(z₁²-s²), t²).
type Banana struct{ S, B, T float64 }

// Dim implements Target.
func (Banana) Dim() int { return 2 }

// Log implements Target.
func (p Banana) Log(z []float64) float64 {
	x, y := z[0]/p.S, (z[1]-p.B*(z[0]*z[0]-p.S*p.S))/p.T
	return -(x*x+y*y)/2 - math.Log(p.S*p.T) - logTwoPi
}

// LogGrad implements Target.
func (p Banana) LogGrad(dst, z []float64) {
	y := (z[1] - p.B*(z[0]*z[0]-p.S*p.S)) / p.T / p.T
	dst[0], dst[1] = -z[0]/p.S/p.S+2*p.B*z[0]*y, -y
}

// Moments implements Target.
func (p Banana) Moments() (mean, cov []float64, entropy float64) {
	v := p.S * p.S
	return []float64{0, 0}, []float64{v, 0, 0, p.T*p.T + 2*p.B*p.B*v*v}, logTwoPi + 1 + math.Log(p.S*p.T)
}

// Draw implements Target.
func (p Banana) Draw(dst []float64, r *rand.Rand) {
	dst[0] = p.S * r.NormFloat64()
	dst[1] = p.B*(dst[0]*dst[0]-p.S*p.S) + p.T*r.NormFloat64()
}

// Funnel is v ~ N(0, s²), x ~ N(0, e^v).
type Funnel struct{ S float64 }

// Dim implements Target.
func (Funnel) Dim() int { return 2 }

// farthest is the largest exponent that is taken.
const farthest = 700

// Log implements Target.
func (p Funnel) Log(z []float64) float64 {
	if -z[0] > farthest {
		return math.Inf(-1)
	}
	v := z[0] / p.S
	return -(v*v+z[1]*z[1]*math.Exp(-z[0])+z[0])/2 - math.Log(p.S) - logTwoPi
}

// LogGrad implements Target.
func (p Funnel) LogGrad(dst, z []float64) {
	e := math.Exp(min(-z[0], farthest))
	dst[0], dst[1] = -z[0]/p.S/p.S+(z[1]*z[1]*e-1)/2, -z[1]*e
}

// Moments implements Target.
func (p Funnel) Moments() (mean, cov []float64, entropy float64) {
	v := p.S * p.S
	return []float64{0, 0}, []float64{v, 0, 0, math.Exp(v / 2)}, logTwoPi + 1 + math.Log(p.S)
}

// Draw implements Target.
func (p Funnel) Draw(dst []float64, r *rand.Rand) {
	dst[0] = p.S * r.NormFloat64()
	dst[1] = math.Exp(dst[0]/2) * r.NormFloat64()
}

// Student is the bivariate t distribution with more than two degrees of freedom.
type Student struct {
	nu         float64
	mean       []float64
	s, l, prec [4]float64
	logNorm    float64
}

// NewStudent returns it for a scale matrix, 2 x 2.
func NewStudent(nu float64, mean []float64, s [4]float64) *Student {
	t := &Student{nu: nu, mean: mean, s: s}
	cholesky(t.l[:], s[:], 2)
	det := s[0]*s[3] - s[1]*s[2]
	t.prec = [4]float64{s[3] / det, -s[1] / det, -s[2] / det, s[0] / det}
	a, _ := math.Lgamma(nu/2 + 1)
	b, _ := math.Lgamma(nu / 2)
	t.logNorm = a - b - math.Log(nu*math.Pi) - math.Log(det)/2
	return t
}

// Dim implements Target.
func (*Student) Dim() int { return 2 }

func (t *Student) turned(z []float64) (gx, gy, delta float64) {
	x, y := z[0]-t.mean[0], z[1]-t.mean[1]
	gx, gy = t.prec[0]*x+t.prec[1]*y, t.prec[2]*x+t.prec[3]*y
	return gx, gy, x*gx + y*gy
}

// Log implements Target.
func (t *Student) Log(z []float64) float64 {
	_, _, delta := t.turned(z)
	return t.logNorm - (t.nu+2)/2*math.Log1p(delta/t.nu)
}

// LogGrad implements Target.
func (t *Student) LogGrad(dst, z []float64) {
	x, y, delta := t.turned(z)
	f := -(t.nu + 2) / (t.nu + delta)
	dst[0], dst[1] = f*x, f*y
}

// Moments implements Target.
func (t *Student) Moments() (mean, cov []float64, entropy float64) {
	cov = make([]float64, 4)
	for i, v := range t.s {
		cov[i] = v * t.nu / (t.nu - 2)
	}
	return t.mean, cov, -t.logNorm + (t.nu+2)/2*(digamma(t.nu/2+1)-digamma(t.nu/2))
}

// Draw implements Target.
func (t *Student) Draw(dst []float64, r *rand.Rand) {
	// A chi-squared number of ν degrees: for whole ν a sum of squares.
	chi := 0.0
	for range int(t.nu) {
		e := r.NormFloat64()
		chi += e * e
	}
	f := math.Sqrt(t.nu / chi)
	a, b := r.NormFloat64(), r.NormFloat64()
	dst[0] = t.mean[0] + f*t.l[0]*a
	dst[1] = t.mean[1] + f*(t.l[2]*a+t.l[3]*b)
}

// digamma is the derivative of ln Γ, for x > 0: shifted up to where the asymptotic series is exact to rounding.
func digamma(x float64) float64 {
	s := 0.0
	for x < 10 {
		s -= 1 / x
		x++
	}
	f := 1 / (x * x)
	return s + math.Log(x) - 1/(2*x) - f*(1.0/12-f*(1.0/120-f*(1.0/252-f*(1.0/240-f*(1.0/132-f*691.0/32760)))))
}

// Mixture is a mixture of normal distributions in the plane.
type Mixture struct {
	weights []float64
	parts   []*Gauss
	mean    []float64
	cov     []float64
	entropy float64
}

// NewMixture returns it; its entropy is a quadrature over the plane.
func NewMixture(weights []float64, parts []*Gauss) *Mixture {
	m := &Mixture{weights: weights, parts: parts, mean: make([]float64, 2), cov: make([]float64, 4)}
	for k, w := range weights {
		kernel.Axpy(m.mean, w, parts[k].mean)
		kernel.Axpy(m.cov, w, parts[k].cov)
		for i := range 2 {
			for j := range 2 {
				m.cov[2*i+j] += w * parts[k].mean[i] * parts[k].mean[j]
			}
		}
	}
	for i := range 2 {
		for j := range 2 {
			m.cov[2*i+j] -= m.mean[i] * m.mean[j]
		}
	}
	// The trapezoidal rule converges beyond all orders on what falls off like a normal density.
	const cells, sides = 400, 9
	var low, step [2]float64
	for i := range 2 {
		a, b := math.Inf(1), math.Inf(-1)
		for _, p := range parts {
			r := sides * math.Sqrt(p.cov[3*i])
			a, b = min(a, p.mean[i]-r), max(b, p.mean[i]+r)
		}
		low[i], step[i] = a, (b-a)/cells
	}
	z := make([]float64, 2)
	for i := range cells + 1 {
		row := 0.0
		for j := range cells + 1 {
			z[0], z[1] = low[0]+float64(i)*step[0], low[1]+float64(j)*step[1]
			l := m.Log(z)
			row -= math.Exp(l) * l
		}
		m.entropy += row
	}
	m.entropy *= step[0] * step[1]
	return m
}

// Dim implements Target.
func (*Mixture) Dim() int { return 2 }

// Log implements Target.
func (m *Mixture) Log(z []float64) float64 {
	top := math.Inf(-1)
	var logs [8]float64
	for k, p := range m.parts {
		logs[k] = math.Log(m.weights[k]) + p.Log(z)
		top = max(top, logs[k])
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for k := range m.parts {
		sum += math.Exp(logs[k] - top)
	}
	return top + math.Log(sum)
}

// LogGrad implements Target.
func (m *Mixture) LogGrad(dst, z []float64) {
	l := m.Log(z)
	var g [2]float64
	dst[0], dst[1] = 0, 0
	for k, p := range m.parts {
		share := math.Exp(math.Log(m.weights[k]) + p.Log(z) - l)
		p.LogGrad(g[:], z)
		dst[0] += share * g[0]
		dst[1] += share * g[1]
	}
}

// Moments implements Target.
func (m *Mixture) Moments() (mean, cov []float64, entropy float64) { return m.mean, m.cov, m.entropy }

// Draw implements Target.
func (m *Mixture) Draw(dst []float64, r *rand.Rand) {
	u, k := r.Float64(), 0
	for u -= m.weights[0]; u > 0 && k < len(m.weights)-1; u -= m.weights[k] {
		k++
	}
	m.parts[k].Draw(dst, r)
}

// Planar targets by name; correlation is that of gauss.
func Planar(name string, correlation float64) (Target, bool) {
	must := func(mean, cov []float64) *Gauss {
		g, err := NewGauss(mean, cov)
		if err != nil {
			panic(err) // these are positive definite
		}
		return g
	}
	switch name {
	case "gauss":
		return must([]float64{1, -0.5}, []float64{1, correlation, correlation, 1}), true
	case "banana":
		return Banana{1.5, 0.5, 0.6}, true
	case "funnel":
		return Funnel{1.5}, true
	case "mix3":
		return NewMixture([]float64{0.5, 0.3, 0.2}, []*Gauss{must([]float64{-2, 0}, []float64{0.6, 0.3, 0.3, 0.6}),
			must([]float64{2, 1.5}, []float64{0.4, -0.1, -0.1, 0.8}), must([]float64{1.5, -2}, []float64{0.3, 0, 0, 0.3})}), true
	case "student":
		return NewStudent(5, []float64{0.5, 0}, [4]float64{1, -0.6, -0.6, 1.5}), true
	}
	return nil, false
}
