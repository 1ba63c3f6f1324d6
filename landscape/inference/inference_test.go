package inference

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
)

func normals(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 7))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// The divergence has an exact gradient and curvature, in both families and at points far from the best.
func TestContract(t *testing.T) {
	for _, d := range []int{2, 5} {
		cov := Wishart(d, d+6, rand.New(rand.NewPCG(3, 1)))
		g, err := NewGauss(normals(d, 1), cov)
		if err != nil {
			t.Fatal(err)
		}
		mean, cov, h := g.Moments()
		for _, f := range []Family{MeanField, FullRank} {
			k := NewDivergence(f, mean, cov, h)
			landscapetest.Check(t, k, [][]float64{normals(k.Dim(), 5), normals(k.Dim(), 6)})
			if f == FullRank && math.Abs(k.Floor) > 1e-12 {
				t.Errorf("a normal target leaves %v to any ellipse, want 0", k.Floor)
			}
		}
	}
}

// Scores and path derivatives are the gradients they claim to be.
func TestScore(t *testing.T) {
	for _, f := range []Family{MeanField, FullRank} {
		const d, h = 3, 1e-6
		q, lambda, z, eps, w := NewNormal(f, d), normals(f.Params(d), 2), normals(d, 3), normals(d, 4), normals(d, 5)
		q.Set(lambda)
		score, path := make([]float64, len(lambda)), make([]float64, len(lambda))
		q.AddScore(score, 1, z)
		q.AddPath(path, 1, w, eps)
		for i := range lambda {
			at := func(step float64) (log, along float64) {
				x, y := append([]float64(nil), lambda...), make([]float64, d)
				x[i] += step
				q.Set(x)
				q.Draw(y, eps)
				return q.Log(z), kernel.Dot(w, y)
			}
			up, far := at(h)
			down, near := at(-h)
			if want := (up - down) / 2 / h; math.Abs(score[i]-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("score %d is %v, differences say %v", i, score[i], want)
			}
			if want := (far - near) / 2 / h; math.Abs(path[i]-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("path derivative %d is %v, differences say %v", i, path[i], want)
			}
		}
	}
}

// A target's draws have its moments, and its gradient is that of its logarithm. The bounds are five standard errors: a
// fresh seed fails with less than 1e-6 in each; a width off by 5 % is caught.
func TestTargets(t *testing.T) {
	const n = 40_000
	for _, name := range []string{"gauss", "banana", "mix3", "student"} {
		p, _ := Planar(name, 0.9)
		mean, cov, _ := p.Moments()
		r, z := rand.New(rand.NewPCG(11, 1)), make([]float64, 2)
		var m, s [2]float64
		for range n {
			p.Draw(z, r)
			for i := range 2 {
				m[i] += z[i] / n
				s[i] += (z[i] - mean[i]) * (z[i] - mean[i]) / n
			}
		}
		for i := range 2 {
			v := cov[3*i]
			if d := math.Abs(m[i] - mean[i]); d > 5*math.Sqrt(v/n) {
				t.Errorf("%s: the mean of draws is %v in coordinate %d, want %v", name, m[i], i, mean[i])
			}
			// The kurtosis of these targets is at most 9 but for heavy tails, where it is 15.
			if d := math.Abs(s[i]/v - 1); d > 5*math.Sqrt(14.0/n) {
				t.Errorf("%s: the variance of draws is %v in coordinate %d, want %v", name, s[i], i, v)
			}
		}
	}
	for _, name := range []string{"gauss", "banana", "funnel", "mix3", "student"} {
		p, _ := Planar(name, -0.4)
		for k := range uint64(4) {
			z, g := normals(2, 20+k), make([]float64, 2)
			p.LogGrad(g, z)
			for i := range 2 {
				a, b := append([]float64(nil), z...), append([]float64(nil), z...)
				a[i] += 1e-5
				b[i] -= 1e-5
				if want := (p.Log(a) - p.Log(b)) / 2e-5; math.Abs(g[i]-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("%s: gradient %d at %v is %v, differences say %v", name, i, z, g[i], want)
				}
			}
		}
	}
}

// Far out nothing overflows: a funnel's neck has no density, softplus is its argument, a normal log density stays finite.
func TestEdges(t *testing.T) {
	p, _ := Planar("funnel", 0)
	if v := p.Log([]float64{-701, 1}); !math.IsInf(v, -1) {
		t.Errorf("the log density in the funnel's neck is %v, want -Inf", v)
	}
	for _, x := range []float64{-745, -40, 0, 29.9, 30.1, 800} {
		y := Softplus(x)
		if x > -700 && math.Abs(InverseSoftplus(y)-x) > 1e-6*(1+math.Abs(x)) && x > -30 {
			t.Errorf("softplus of %v is %v, whose inverse is %v", x, y, InverseSoftplus(y))
		}
		if s := logistic(x); !(s >= 0 && s <= 1) {
			t.Errorf("the slope at %v is %v", x, s)
		}
	}
	if w := Weight([]float64{0, 0}, []float64{1, 0.9, 0.9, 1}, []float64{0, 0}, []float64{1, 0, 0, 1}); !math.IsInf(w, 1) {
		t.Errorf("w* of an upright ellipse on a tilted target is %v, want infinity", w)
	}
}

// A density of one's own is normalised where it ends inside its box, and refused elsewhere.
func TestBoxed(t *testing.T) {
	grad := func(dst, z []float64) { dst[0], dst[1] = -z[0], -4*z[1] }
	b, err := NewBoxed(func(z []float64) float64 { return 3 - z[0]*z[0]/2 - 2*z[1]*z[1] }, grad, [4]float64{-7, 7, -4, 4})
	if err != nil {
		t.Fatal(err)
	}
	_, cov, h := b.Moments()
	if math.Abs(cov[0]-1) > 1e-6 || math.Abs(cov[3]-0.25) > 1e-6 || math.Abs(h-(math.Log(2*math.Pi*math.E)-math.Log(2))) > 1e-6 {
		t.Errorf("variances %v, %v and entropy %v, want 1, 0.25 and %v", cov[0], cov[3], h, math.Log(2*math.Pi*math.E)-math.Log(2))
	}
	for want, log := range map[string]func(z []float64) float64{
		"does not end inside": func([]float64) float64 { return 0 },
		"no finite largest":   func([]float64) float64 { return math.Inf(-1) },
		"on a point":          func(z []float64) float64 { return -1e9 * (z[0]*z[0] + z[1]*z[1]) },
	} {
		if _, err := NewBoxed(log, grad, [4]float64{-1, 1.01, -1, 1.01}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a refusal with %q", err, want)
		}
	}
}
