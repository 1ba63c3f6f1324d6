package flowtosgd

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim"
)

// The strip of step sizes: how many, from where to where in powers of ten, and how long descent walks for each.
const (
	sweepSizes = 60
	sweepFrom  = -3.0
	sweepTo    = 0.3
	sweepSteps = 3000
	// arrived is the loss, as a share of the first, below which descent has arrived, same how near two ends are the same, as a
	// share of 1 + |end|: on the product, whose minima are a curve, steps below the threshold end that near.
	arrived = 1e-6
	same    = 0.025
)

// The ends of descent, in the order of the names of the panel.
const (
	endHome = iota
	endElsewhere
	endNone
	endDiverged
)

// sweep tells for each step size where descent from the start ends.
func (r *reading) sweep(*sim.Reading) ([]float64, int) {
	out := make([]float64, sweepSizes)
	home := r.pot.bottom()
	for i := range out {
		eta := math.Pow(10, sweepFrom+(sweepTo-sweepFrom)*(float64(i)+0.5)/sweepSizes)
		out[i] = float64(r.ground.fate(eta, home))
	}
	return out, sweepSizes
}

func sweepBox() []float64 { return []float64{sweepFrom, sweepTo, 0, 1} }

// threshold is the step size up to which theory lets descent from the start end where gradient flow does: on powers
// above 2 and on the exponential the start itself sets it (a cycle of two points), elsewhere the sharpness at the flow's
// end. Below the power 2 there is none, which is NaN.
func (g *ground) threshold(home []float64) float64 {
	switch f := g.Func.(type) {
	case *power:
		if f.p < 2 {
			return math.NaN()
		}
		return 2 / math.Pow(norm(g.start), f.p-2)
	case *exponential:
		far := 0.0
		for _, x := range g.start {
			far = math.Max(far, math.Abs(x))
		}
		return 2 * math.Exp(-far*far/2)
	}
	return 2 / slices.Max(landscape.Spectrum(g.Func, home))
}

// fate is the end of descent with a step size; home is that of gradient flow.
func (g *ground) fate(eta float64, home []float64) int {
	x, grad := append([]float64(nil), g.start...), make([]float64, g.Dim())
	first := g.Loss(x)
	for range sweepSteps {
		loss := g.Grad(grad, x)
		if loss < arrived*arrived*first {
			break
		}
		for i := range x {
			x[i] -= eta * grad[i]
		}
		if !landscape.Finite(x) {
			return endDiverged
		}
	}
	switch {
	case !(g.Loss(x) < arrived*first):
		return endNone
	case landscape.Distance(x, home) > same*(1+norm(home)):
		return endElsewhere
	}
	return endHome
}
