package sim

import (
	"math"
	"slices"

	"thalweg/landscape"
)

// The standard measures, which a lab lists by these variables.
var (
	Loss            = Measure{"loss", "Loss", Scalar, "", 1, true, "The loss of the real point, over the whole ground, never of a minibatch. Where a picture shows a plane, the loss on the plane under the dot is another."}
	GradientNorm    = Measure{"gradient-norm", "Gradient norm", Scalar, "", 1, true, "Euclidean norm of the full gradient."}
	StepNorm        = Measure{"step-norm", "Step length", Scalar, "", 1, true, "Length of the last update."}
	Distance        = Measure{"distance", "Distance", Scalar, "", 1, true, "Distance to the nearest known minimum."}
	Sharpness       = Measure{"sharpness", "Sharpness", Scalar, "", 10, true, `The largest curvature here, $\lambda_{\max}(H)$. Compare with the line $2/\eta$; meaningless without the parametrisation.`}
	LowestCurvature = Measure{"lowest-curvature", "Lowest curvature", Scalar, "", 10, false, "The smallest curvature here. Below 0 the ground falls away to both sides: no minimum."}
	Spectrum        = Measure{"spectrum", "Hessian spectrum", Vector, "", 50, false, "Hessian eigenvalues in ascending order: all of them up to dimension 600, else the ends by Lanczos."}
)

// liveSpectrum is the dimension up to which curvature is computed from the dense Hessian while a run goes on.
const liveSpectrum = 100

// standard returns the reader of a standard measure, nil when the ground does not give it.
func standard(id string, c *Contestant) Reader {
	f := c.Ground
	one := make([]float64, 1)
	value := func(v float64) ([]float64, int) { one[0] = v; return one, 0 }
	switch id {
	case "loss":
		return func(at *Reading) ([]float64, int) { return value(at.Loss) }
	case "gradient-norm":
		return func(at *Reading) ([]float64, int) { return value(norm(at.Grad)) }
	case "distance":
		if len(c.Minima) == 0 {
			return nil
		}
		return func(at *Reading) ([]float64, int) {
			best := math.Inf(1)
			for _, m := range c.Minima {
				best = min(best, landscape.Distance(at.X, m.X))
			}
			return value(best)
		}
	}
	curved, ok := f.(landscape.Curved)
	if !ok {
		return nil
	}
	ends := func(x []float64) (low, high float64) {
		if f.Dim() <= liveSpectrum {
			eig := landscape.Spectrum(curved, x)
			return eig[0], eig[len(eig)-1]
		}
		low, high, _ = landscape.Extremes(curved, x)
		return low, high
	}
	switch id {
	case "sharpness":
		return func(at *Reading) ([]float64, int) { _, high := ends(at.X); return value(high) }
	case "lowest-curvature":
		return func(at *Reading) ([]float64, int) { low, _ := ends(at.X); return value(low) }
	case "spectrum":
		if f.Dim() > liveSpectrum {
			return func(at *Reading) ([]float64, int) {
				_, _, ritz := landscape.Extremes(curved, at.X)
				return slices.Clone(ritz), 0
			}
		}
		return func(at *Reading) ([]float64, int) { return landscape.Spectrum(curved, at.X), 0 }
	}
	return nil
}

func norm(v []float64) float64 {
	var s float64
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}

// due reports whether a measure is read at a record; before is the step of the one before it.
func (m *Measure) due(before, step int, last bool) bool {
	switch {
	case step == 0:
		return true
	case m.Every == LogSpaced:
		next, _ := slices.BinarySearch(logSpaced, before+1)
		return last || logSpaced[next] <= step
	}
	return m.Every > 0 && (last || step%m.Every == 0)
}

// logSpaced are the steps of that cadence, ascending.
var logSpaced = func() []int {
	const far = 100_000_000
	list := []int{1, 2, 3}
	for s := 3; s < far; {
		s = max(s+1, int(math.Round(1.3*float64(s))))
		list = append(list, s)
	}
	for p := 10; p <= far; p *= 10 {
		list = append(list, p)
	}
	slices.Sort(list)
	return slices.Compact(list)
}()
