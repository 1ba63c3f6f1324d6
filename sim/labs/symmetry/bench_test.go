package symmetry

import (
	"testing"

	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

// BenchmarkSteps is 4000 steps of descent on one net: 30 inputs, width 128, 64 fresh points a step.
func BenchmarkSteps(b *testing.B) {
	var d sim.Draft
	if err := d.Query("problem=staircase-4&dim=30"); err != nil {
		b.Fatal(err)
	}
	s, err := Lab.Resolve(d)
	if err != nil {
		b.Fatal(err)
	}
	t, err := newTarget(s.Values)
	if err != nil {
		b.Fatal(err)
	}
	g, err := read(s.Values, 1).ground(t)
	if err != nil {
		b.Fatal(err)
	}
	grad, key := make([]float64, g.Dim()), rng.NewKey(1, 0, 0, 0, rng.Batch)
	b.ReportAllocs()
	for b.Loop() {
		for k := range uint64(4000) {
			g.FreshGrad(grad, g.start, key, k, 64)
			kernel.Axpy(g.start, -0.05, grad)
		}
	}
}
