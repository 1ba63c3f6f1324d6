package race

import (
	"fmt"
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/sim"
)

// A divergence is explained by the first point at which the step size was above the limit of its rule, and the step
// size that is suggested instead stays.
func TestLimitOfTheDiverged(t *testing.T) {
	played := func(query string) *sim.Trace {
		d, err := sim.ParseLink("/lab/race?problem=rosenbrock&start=-0.72,2.72&steps=2000&" + query)
		if err != nil {
			t.Fatal(err)
		}
		return play(t, d)
	}
	for id, factor := range map[string]float64{"gd": 2, "momentum": 2 * 1.9, "nesterov": 2 * 1.9 / 2.8} {
		m := played("methods=" + id + ":step-size=0.002").Methods[0]
		if m.State != sim.Diverged || !(m.Suggest < m.Limit && m.Limit < 0.002 && m.Suggest > 0.7*m.Limit) {
			t.Fatalf("%s %s: limit %g, suggested %g", id, m.State, m.Limit, m.Suggest)
		}
		steepest := math.Inf(-1)
		for i := range m.Records() {
			steepest = max(steepest, landscape.Spectrum(m.Ground, m.Point(i))[1])
			if factor/steepest < 0.002 {
				break
			}
		}
		if math.Abs(m.Limit*steepest-factor) > 1e-9 {
			t.Errorf("%s: the limit is %g, want %g/%g", id, m.Limit, factor, steepest)
		}
		if m := played(fmt.Sprintf("methods=%s:step-size=%g", id, m.Suggest)).Methods[0]; m.State != sim.Done || m.Limit != 0 {
			t.Errorf("%s at the suggested step size: %s, limit %g", id, m.State, m.Limit)
		}
	}
	for _, query := range []string{"methods=gd:step-size=0.002,schedule=cosine", "methods=adam:step-size=100", "methods=gd:step-size=0.0001&moves=5:gd.step-size=0.01"} {
		if m := played(query).Methods[0]; m.Limit != 0 || m.Suggest != 0 {
			t.Errorf("%s: %s with limit %g, want none: it is not known", query, m.State, m.Limit)
		}
	}
}
