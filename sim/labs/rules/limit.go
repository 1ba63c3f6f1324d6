package rules

import (
	"math"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// The measures of how near a method is to the largest curvature that it can stand.
var (
	StabilityLimit = sim.Measure{ID: "stability-limit", Label: "Largest stable curvature", Kind: sim.Scalar, Every: 10, Log: true,
		Help: `The curvature on which the method just swings for ever, at its present step size: $2/\eta$ for descent, $2(1+\mu)/\eta$ for momentum, $2(1+\mu)/((1+2\mu)\eta)$ for Nesterov. Where sharpness is above it, the method cannot rest.`}
	StabilityRatio = sim.Measure{ID: "stability-ratio", Label: "Sharpness ÷ limit", Kind: sim.Scalar, Unit: "unstable above 1", Every: 10, Log: true,
		Help: `Sharpness as a share of the largest curvature that the method can stand on a quadratic. Limits: $2/\eta$ for descent, $2(1+\mu)/\eta$ for momentum, $2(1+\mu)/((1+2\mu)\eta)$ for Nesterov. The adaptive rules are judged by the curvature in the coordinates that they have rescaled, with their scales held still: $2/\eta$ for AdaGrad and RMSProp, $2(1+\beta_1)/((1-\beta_1)\eta)$ for Adam. No value where no limit is known.`}
)

// Limit is the largest curvature on which a walk's rule is stable, NaN where none is known. With scale it is meant in
// coordinates rescaled by it; decay is what weight decay adds to every curvature.
//
// Adam's mean is a heavy ball of step size η(1-β₁); with decoupled decay δ the product of its multipliers is β₁(1-ηδ)
// and their sum 1-ηδ+β₁ less the step, so that they leave the unit circle at -1 where the step is (2-ηδ)(1+β₁).
func Limit(w *opt.Walk) (limit, decay float64, scale []float64) {
	if w.Rule() == nil {
		return math.NaN(), 0, nil
	}
	eta, delta := w.Value("step-size"), w.Value("weight-decay")
	if rate := w.Memory().Rate; rate > 0 {
		eta = rate
	}
	if delta > 0 {
		decay = delta
	}
	switch id := w.Rule().ID; id {
	case "adagrad":
		return 2 / eta, 0, box(w)
	case "rmsprop":
		return 2 * (1 + w.Value("momentum")) / eta, 0, box(w)
	case "adam", "adamw", "adamax":
		beta, kept := w.Value("beta1"), 1.0
		if id == "adamw" {
			kept, decay = 1-eta*decay, 0
		}
		eta /= 1 - math.Pow(beta, float64(w.Memory().Step))
		return (1 + kept) * (1 + beta) / ((1 - beta) * eta), decay, box(w)
	}
	return w.Swing() / eta, decay, nil
}

// box is the scale that an adaptive rule gives each coordinate, empty before its first step.
func box(w *opt.Walk) []float64 {
	for _, v := range w.Anatomy() {
		if v.Name == "scale box" {
			return v.V
		}
	}
	return []float64{}
}

// Rescales reports whether the limit of a walk is meant in rescaled coordinates.
func Rescales(w *opt.Walk) bool {
	_, _, scale := Limit(w)
	return scale != nil
}

// Stability returns the readers of the measures above, none for a method without a known limit. walk finds the walk
// of a reading, sharpness the largest curvature there; follow, which may be nil, is for that in rescaled coordinates.
func Stability(w *opt.Walk, ground landscape.Func, walk func(sim.Method) *opt.Walk, sharpness func(*sim.Reading) float64, follow *sim.Follower) map[string]sim.Reader {
	if limit, _, scale := Limit(w); math.IsNaN(limit) && scale == nil {
		return nil
	} else if scale == nil {
		return map[string]sim.Reader{
			StabilityLimit.ID: Scalar(func(at *sim.Reading) float64 {
				limit, decay, _ := Limit(walk(at.Method))
				return limit - decay
			}),
			StabilityRatio.ID: Scalar(func(at *sim.Reading) float64 {
				limit, decay, _ := Limit(walk(at.Method))
				return (sharpness(at) + decay) / limit
			}),
		}
	}
	return map[string]sim.Reader{StabilityRatio.ID: Scalar(func(at *sim.Reading) float64 {
		limit, decay, scale := Limit(walk(at.Method))
		if len(scale) == 0 {
			return math.NaN()
		}
		return follow.Read(at.Step, rescaled(landscape.HessianAt(ground, at.X), scale, decay), ground.Dim()).High / limit
	})}
}

// rescaled is a matrix, with decay added to its diagonal, between the roots of a scale.
func rescaled(apply landscape.Operator, scale []float64, decay float64) landscape.Operator {
	root, v := make([]float64, len(scale)), make([]float64, len(scale))
	for i, s := range scale {
		root[i] = math.Sqrt(s)
	}
	return func(dst, u []float64) {
		for i := range v {
			v[i] = root[i] * u[i]
		}
		apply(dst, v)
		for i := range dst {
			dst[i] = root[i] * (dst[i] + decay*v[i])
		}
	}
}

// Scalar is a reader of a number, with no reading where it is not finite.
func Scalar(value func(*sim.Reading) float64) sim.Reader {
	return Unbounded(func(at *sim.Reading) float64 {
		if v := value(at); !math.IsInf(v, 0) {
			return v
		}
		return math.NaN()
	})
}

// Unbounded is a reader of a number that may be infinite, with no reading where it is none.
func Unbounded(value func(*sim.Reading) float64) sim.Reader {
	out := make([]float64, 1)
	return func(at *sim.Reading) ([]float64, int) {
		if out[0] = value(at); math.IsNaN(out[0]) {
			return nil, 0
		}
		return out, 0
	}
}
