package privatefederation

import (
	"context"
	"math"

	"thalweg/sim"
	"thalweg/sim/param"
)

// The privacy losses and momenta of the map.
var (
	sweepLosses  = []float64{0.5, 1, 2, 4, 8, 16}
	sweepMomenta = []float64{0, 0.5, 0.9, 0.97}
)

// sweep plays a method again for each of them, and tells the accuracies, momentum by momentum; only the context ends it early.
func (w *world) sweep(ctx context.Context, v param.Values, m *sim.MethodSpec, steps int, src noise) ([]float64, error) {
	right, all := make([]float64, classes), make([]float64, classes)
	out := make([]float64, 0, len(sweepLosses)*len(sweepMomenta))
	for _, gamma := range sweepMomenta {
		for _, eps := range sweepLosses {
			f, err := w.federated(v.With("epsilon", param.Num(eps)).With("total-epsilon", param.Num(0)), m, steps)
			if err != nil {
				// This loss is refused for this mechanism: a hole.
				out = append(out, math.NaN())
				continue
			}
			f.momentum, f.noise = gamma, src
			for range f.rounds {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				if f.Step() != nil {
					break
				}
			}
			out = append(out, w.accuracy(f.w, right, all))
		}
	}
	return out, nil
}
