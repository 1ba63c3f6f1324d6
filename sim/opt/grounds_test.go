package opt

import (
	"math"
	"testing"

	"thalweg/landscape/landscapetest"
)

type (
	bowl   = landscapetest.Bowl
	valley = landscapetest.Valley
)

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
