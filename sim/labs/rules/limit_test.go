package rules

import (
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// bowl is ½λ|x|².
type bowl struct{ lambda float64 }

func (bowl) Dim() int { return 2 }
func (b bowl) Loss(x []float64) float64 {
	return b.lambda * (x[0]*x[0] + x[1]*x[1]) / 2
}
func (b bowl) Grad(dst, x []float64) float64 {
	dst[0], dst[1] = b.lambda*x[0], b.lambda*x[1]
	return b.Loss(x)
}
func (b bowl) HessVec(dst, _, v []float64) { dst[0], dst[1] = b.lambda*v[0], b.lambda*v[1] }

// At 0.99 of its limit a method settles, at 1.01 it grows, and the ratio says so. With epsilon 1 and tiny slopes the
// adaptive rules hold their scales still at 1, where the theory is exact.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		id    string
		hyper opt.Hyper
	}{
		{"gd", opt.Hyper{}}, {"momentum", opt.Hyper{"momentum": 0.9}}, {"momentum", opt.Hyper{"momentum": 0.5, "dampening": 0.3, "weight-decay": 0.2}},
		{"nesterov", opt.Hyper{"momentum": 0.9}}, {"nesterov", opt.Hyper{"momentum": 0.4, "weight-decay": 0.1}},
		{"adagrad", opt.Hyper{"epsilon": 1}}, {"rmsprop", opt.Hyper{"epsilon": 1, "momentum": 0.5}}, {"adam", opt.Hyper{"epsilon": 1}},
		{"adam", opt.Hyper{"epsilon": 1, "beta1": 0.5, "weight-decay": 0.3}}, {"adamw", opt.Hyper{"epsilon": 1, "weight-decay": 0.02}}, {"adamax", opt.Hyper{"epsilon": 1}},
	} {
		const lambda = 0.8
		// The limit falls as the step size grows; a step size of share·limit/λ is found by halving.
		for _, share := range []float64{0.99, 1.01} {
			low, high := 1e-3, 100.0
			for range 100 {
				c.hyper["step-size"] = (low + high) / 2
				if limit, decay := limitAfter(t, c.id, c.hyper, lambda); (lambda+decay)/limit < share {
					low = (low + high) / 2
				} else {
					high = (low + high) / 2
				}
			}
			m := method(t, c.id, c.hyper, lambda)
			readers := Stability(m, bowl{lambda}, func(m sim.Method) *opt.Walk { return m.(*opt.Walk) }, func(*sim.Reading) float64 { return lambda }, sim.NewFollower(300, landscape.TrackOptions{HighOnly: true}))
			size := func(steps int) (largest float64) {
				for range steps {
					if err := m.Step(); err != nil {
						t.Fatalf("%s: %v", c.id, err)
					}
					largest = math.Max(largest, math.Abs(m.Point()[0]))
				}
				return largest
			}
			size(200) // the first steps, which a bias correction makes longer
			before := size(20)
			size(200)
			after := size(20)
			got, _ := readers[StabilityRatio.ID](&sim.Reading{Method: m, X: m.Point()})
			if len(got) != 1 || math.Abs(got[0]-share) > 1e-4 {
				t.Errorf("%s %v: sharpness over limit %v, want %v", c.id, c.hyper, got, share)
			}
			if (after < before) != (share < 1) {
				t.Errorf("%s %v at %v of its limit went from %.2g to %.2g", c.id, c.hyper, share, before, after)
			}
		}
	}
	for _, id := range []string{"lion", "rprop", "nadam", "nesterov-1983"} {
		if r := Stability(method(t, id, opt.Hyper{"step-size": 0.1}, 1), bowl{1}, nil, nil, nil); r != nil {
			t.Errorf("%s has no known limit, yet it is read", id)
		}
	}
}

func method(t *testing.T, id string, hyper opt.Hyper, lambda float64) *opt.Walk {
	t.Helper()
	m, err := opt.New(id, hyper, opt.Env{Ground: bowl{lambda}, Start: []float64{1e-150, 1e-150}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*opt.Walk)
}

// limitAfter is the limit of a method that has walked long enough for its first steps to be forgotten.
func limitAfter(t *testing.T, id string, hyper opt.Hyper, lambda float64) (limit, decay float64) {
	t.Helper()
	m := method(t, id, hyper, lambda)
	for range 200 {
		if m.Step() != nil {
			break
		}
	}
	limit, decay, _ = Limit(m)
	return limit, decay
}
