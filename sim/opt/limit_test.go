package opt

import (
	"math"
	"slices"
	"testing"
)

// Just below the limit a walk stays on a bowl, just above it leaves.
func TestStableStep(t *testing.T) {
	for id, h := range map[string]Hyper{"gd": {}, "momentum": {"momentum": 0.8, "dampening": 0.5}, "nesterov": {"momentum": 0.8, "weight-decay": 1}} {
		h["step-size"] = 1
		limit := start(t, id, h, Env{Ground: bowl{7, 1}, Start: []float64{1, 1}}).(*Walk).StableStep(7)
		for factor, stays := range map[float64]bool{0.99: true, 1.01: false} {
			h["step-size"] = factor * limit
			m := start(t, id, h, Env{Ground: bowl{7, 1}, Start: []float64{1, 1}})
			if err := play(m, 6000); (err == nil) != stays {
				t.Errorf("%s at %g of its limit %g: %v", id, factor, limit, err)
			}
		}
	}
	for id, h := range map[string]Hyper{"adam": {}, "gd": {"clip": 1}, "momentum": {"schedule": 1}, "nesterov": {"warm-up": 5}} {
		h["step-size"] = 1
		if v := start(t, id, h, Env{Ground: bowl{7, 1}, Start: []float64{1, 1}}).(*Walk).StableStep(7); !math.IsNaN(v) {
			t.Errorf("%s with %v has the limit %g", id, h, v)
		}
	}
}

// FirstMove is the first step of a walk that starts there, and leaves the walk it is asked of alone.
func TestFirstMove(t *testing.T) {
	for _, rule := range Rules {
		if isClassic(rule.ID) || rule.ID == "cma-es" {
			continue
		}
		h := someHyper(rule.ID)
		m := start(t, rule.ID, h, Env{Ground: valley{}, Start: []float64{-1.2, 1}})
		m.Step()
		at := slices.Clone(m.Point())
		move := m.(interface {
			FirstMove() func(dst, x []float64) bool
		}).FirstMove()
		dst := make([]float64, 2)
		for _, x := range [][]float64{{0.3, -0.4}, {2, 2}, {0.3, -0.4}} {
			fresh := start(t, rule.ID, h, Env{Ground: valley{}, Start: x})
			fresh.Step()
			if !move(dst, x) {
				t.Fatalf("%s has no move from %v", rule.ID, x)
			}
			for i, to := range fresh.Point() {
				want := to - x[i]
				if _, flow := m.(*Flow); flow {
					continue // its direction, not a time step
				}
				if math.Abs(dst[i]-want) > 1e-14 {
					t.Errorf("%s from %v moves by %v, a fresh walk by %v", rule.ID, x, dst[i], want)
				}
			}
		}
		if !slices.Equal(at, m.Point()) {
			t.Errorf("%s was moved", rule.ID)
		}
	}
}
