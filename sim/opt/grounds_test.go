package opt

import (
	"math"
	"testing"
)

// bowl is ½Σ aᵢxᵢ².
type bowl []float64

func (b bowl) Dim() int { return len(b) }

func (b bowl) Loss(x []float64) (loss float64) {
	for i, v := range x {
		loss += b[i] * v * v / 2
	}
	return loss
}

func (b bowl) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = b[i] * v
	}
	return b.Loss(x)
}

func (b bowl) HessVec(dst, _, v []float64) {
	for i, u := range v {
		dst[i] = b[i] * u
	}
}

// valley is Rosenbrock's function of two variables.
type valley struct{}

func (valley) Dim() int { return 2 }

func (valley) Loss(x []float64) float64 {
	a, b := x[1]-x[0]*x[0], 1-x[0]
	return 100*a*a + b*b
}

func (f valley) Grad(dst, x []float64) float64 {
	a, b := x[1]-x[0]*x[0], 1-x[0]
	dst[0], dst[1] = -400*x[0]*a-2*b, 200*a
	return f.Loss(x)
}

func (valley) HessVec(dst, x, v []float64) {
	off := -400 * x[0]
	dst[0] = (1200*x[0]*x[0]-400*x[1]+2)*v[0] + off*v[1]
	dst[1] = off*v[0] + 200*v[1]
}

// rows is the mean over rows of ½|x - rᵢ|²: the gradient of a batch is x minus its mean.
type rows [][]float64

func (r rows) Dim() int { return len(r[0]) }
func (r rows) Len() int { return len(r) }

func (r rows) Loss(x []float64) (loss float64) {
	for i := range r {
		loss += r.row(x, i)
	}
	return loss / float64(len(r))
}

func (r rows) row(x []float64, i int) (loss float64) {
	for j, v := range x {
		loss += (v - r[i][j]) * (v - r[i][j]) / 2
	}
	return loss
}

func (r rows) Grad(dst, x []float64) float64 {
	clear(dst)
	for i := range r {
		for j, v := range x {
			dst[j] += (v - r[i][j]) / float64(len(r))
		}
	}
	return r.Loss(x)
}

func (r rows) GradAt(dst, x []float64, batch []int) (loss float64) {
	clear(dst)
	for _, i := range batch {
		for j, v := range x {
			dst[j] += (v - r[i][j]) / float64(len(batch))
		}
		loss += r.row(x, i)
	}
	return loss / float64(len(batch))
}

func someData() rows {
	r := make(rows, 10)
	for i := range r {
		r[i] = []float64{math.Sin(float64(i)), math.Cos(2 * float64(i))}
	}
	return r
}

// logarithm has no loss for x ≤ 0 though its derivative goes on: x - ln x.
type logarithm struct{}

func (logarithm) Dim() int                 { return 1 }
func (logarithm) Loss(x []float64) float64 { return x[0] - math.Log(x[0]) }
func (f logarithm) Grad(dst, x []float64) float64 {
	dst[0] = 1 - 1/x[0]
	return f.Loss(x)
}

func start(t testing.TB, id string, h Hyper, env Env) Method {
	t.Helper()
	env.CommonNoise = true
	m, err := New(id, h, env)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// play makes up to n steps and returns the error that ended it.
func play(m Method, n int) error {
	for range n {
		if err := m.Step(); err != nil {
			return err
		}
	}
	return nil
}
