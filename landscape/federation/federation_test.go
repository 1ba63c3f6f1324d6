package federation

import (
	"math"
	"math/rand/v2"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
)

func normals(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 3))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// problems are one of each kind, of more clients than a block holds.
func problems() map[string]Clients {
	const k, n = 70, 3
	labels, sides := make([]int, k*n), make([]float64, k*n)
	for i := range labels {
		labels[i], sides[i] = i%4, float64(i*i%3%2)
	}
	return map[string]Clients{
		"softmax":   NewSoftmax(normals(k*n*5, 1), labels, 5, 4, n, 0.01),
		"logistic":  NewLogistic(normals(k*n*2, 2), sides, 2, n, 0.01),
		"quadratic": NewQuadratic(1.7, normals(k*2, 3), 2),
	}
}

// Gradients and curvature are exact, and the ground is the mean of its clients.
func TestContract(t *testing.T) {
	for name, c := range problems() {
		t.Run(name, func(t *testing.T) {
			x := normals(c.Dim(), 5)
			if name != "softmax" { // whose blocks are goroutines
				landscapetest.Check(t, c, [][]float64{x, normals(c.Dim(), 6)})
			}
			want, g, mean := make([]float64, c.Dim()), make([]float64, c.Dim()), make([]float64, c.Dim())
			c.Grad(want, x)
			for i := range c.Clients() {
				c.ClientGrad(g, x, i)
				kernel.Axpy(mean, 1/float64(c.Clients()), g)
			}
			for i := range want {
				if math.Abs(mean[i]-want[i]) > 1e-12*(1+math.Abs(want[i])) {
					t.Errorf("gradient %d is %v, the mean of the clients' %v", i, want[i], mean[i])
				}
			}
		})
	}
}

// The softmax loss, gradient and products agree with differences.
func TestSoftmax(t *testing.T) {
	s := problems()["softmax"]
	const h = 1e-5
	x, v := normals(s.Dim(), 7), normals(s.Dim(), 8)
	g, up, down, hv := make([]float64, s.Dim()), make([]float64, s.Dim()), make([]float64, s.Dim()), make([]float64, s.Dim())
	s.Grad(g, x)
	s.HessVec(hv, x, v)
	ahead, behind := append([]float64(nil), x...), append([]float64(nil), x...)
	kernel.Axpy(ahead, h, v)
	kernel.Axpy(behind, -h, v)
	fa, fb := s.Grad(up, ahead), s.Grad(down, behind)
	if want := (fa - fb) / 2 / h; math.Abs(kernel.Dot(g, v)-want) > 1e-7*(1+math.Abs(want)) {
		t.Errorf("the slope along v is %v, differences say %v", kernel.Dot(g, v), want)
	}
	if l := s.Loss(x); math.Abs(l-s.Grad(g, x)) > 1e-13 {
		t.Error("Loss and Grad differ")
	}
	var p landscape.Planar = s.(*Softmax)
	on := p.OnPlane(t.Context(), x, v, g)
	losses, at := make([]float64, 3), []float64{-0.5, 0, 1.5}
	on(losses, at, 0.3)
	for i, a := range at {
		w := append([]float64(nil), x...)
		kernel.Axpy(w, a, v)
		kernel.Axpy(w, 0.3, g)
		if want := s.Loss(w); math.Abs(losses[i]-want) > 1e-12*(1+want) {
			t.Errorf("on the plane the loss is %v, want %v", losses[i], want)
		}
	}
	for i := range hv {
		if want := (up[i] - down[i]) / 2 / h; math.Abs(hv[i]-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("product %d is %v, differences say %v", i, hv[i], want)
		}
	}
}

// The heavy ball's floor is what a long run shows: 400,000 steps, within five standard errors, for which the
// autocorrelation is taken as (1+rate)/(1-rate) steps. A fresh seed fails with less than 1e-6.
func TestHeavyBall(t *testing.T) {
	for _, gamma := range []float64{0, 0.9} {
		const h, eta, n = 1.0, 0.1, 400_000
		want, rate := HeavyBall(h, eta, gamma, 1)
		r := rand.New(rand.NewPCG(9, 9))
		w, v, sum := 0.0, 0.0, 0.0
		for range n {
			v = gamma*v + h*w + r.NormFloat64()
			w -= eta * v
			sum += w * w / n
		}
		if off := math.Abs(sum/want - 1); off > 5*math.Sqrt(2*(1+rate*rate)/(1-rate*rate)/n) {
			t.Errorf("momentum %g: the variance of a long run is %v, want %v", gamma, sum, want)
		}
	}
	if v, _ := HeavyBall(1, 4, 0.9, 1); !math.IsInf(v, 1) {
		t.Errorf("beyond 2(1+γ) the variance is %v, want infinity", v)
	}
}
