package flowtosgd

import (
	"testing"

	"thalweg/landscape"
	"thalweg/sim/flow"
)

// The flows of phase retrieval in 50 dimensions to time 2 and of a 10 x 10 square root to time 8, at the tolerance 1e-8; the
// figure beside the time is how many right-hand sides a flow takes.
func BenchmarkFlows(b *testing.B) {
	star, w := make([]float64, 50), make([]float64, 50)
	star[0] = 1
	for i := range w {
		w[i] = 0.1 / float64(i+1)
	}
	root := make([]float64, 100)
	for i := range 10 {
		root[i*10+i] = 2
	}
	for _, c := range []struct {
		name string
		f    landscape.Func
		w    []float64
		end  float64
	}{{"phase", newPhase(star), w, 2}, {"sqrt", newRoot(10, turnedMatrix(10, 100, 1)), root, 8}} {
		b.Run(c.name, func(b *testing.B) {
			slopes := 0
			for b.Loop() {
				run, err := flow.New(flow.Descent{Func: c.f}, c.w, flow.Options{RTol: 1e-8, ATol: 1e-10})
				if err != nil {
					b.Fatal(err)
				}
				_ = run.Advance(c.end) // one that has come to rest stays there
				slopes = run.Stats().Gradients
			}
			b.ReportMetric(float64(slopes), "slopes/flow")
		})
	}
}
