package network

import (
	"context"
	"fmt"
	"math"
	"strings"

	"thalweg/landscape"
	"thalweg/sim"
)

// spread holds the claims about the Hessian of trained nets: what stands out of its spectrum, and how batches and
// widths shape where a walk ends.
var spread = []sim.Claim{
	{
		ID: "n7", Preset: "sharp-and-flat", Panel: "curvature", Source: "Keskar et al. 2017 for the effect; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=sharp-and-flat&every=4000"},
		Statement: "At a large step size, batches of 8 end on flatter ground than batches of 256.",
		Want:      "trace of the Hessian with batches of 256 above 1.5 times that with 8, largest curvature above 1.3 times",
		Check: each(func(t *sim.Trace) (bool, string) {
			small, large := t.Method("batch-8"), t.Method("batch-256")
			trace, sharp := large.Last("trace")/small.Last("trace"), large.Last("sharpness")/small.Last("sharpness")
			return trace > 1.5 && sharp > 1.3, fmt.Sprintf("trace %.2f, sharpness %.2f times, train losses %.1e and %.1e, test %.3f and %.3f", trace, sharp,
				small.Last("loss"), large.Last("loss"), small.Last("test-loss"), large.Last("test-loss"))
		}),
	},
	{
		ID: "n11", Preset: "spectrum", Panel: "spectrum", Source: "Sagun et al. 2017 for the effect; over 30 seeds the gap stood after number 9 for 23, and one ratio was below 1.25", Seeds: 12, Long: true,
		Specs:     []string{"preset=spectrum&every=100"},
		Statement: "Of ten classes, nine curvatures stand apart early in training, and hold about half of all there is.",
		Want:      "the nine hold 0.45 to 0.65 of the trace for every seed; curvature 9 at least 1.25 times number 10 for at least 10 of 12; the widest gap of the first 19 after number 9 for at least 6",
		Check:     checkOutliers,
	},
	{
		ID: "n11-standardized", Preset: "spectrum-standardized", Panel: "spectrum", Source: "the same net on scaled inputs; numbers by reference program", Seeds: 5, Long: true,
		Specs:     []string{"preset=spectrum-standardized&every=100"},
		Statement: "Scaling each input removes the group of nine.",
		Want:      "curvature 9 below 1.25 times number 10",
		Check: each(func(t *sim.Trace) (bool, string) {
			s, err := standing(t.Method("sgd"), t.Spec.Seed)
			if err != nil {
				return false, err.Error()
			}
			return s.ratio < 1.25, fmt.Sprintf("%.3f, widest gap after %d, nine hold %.2f", s.ratio, s.gap, s.share)
		}),
	},
	{
		ID: "n12", Preset: "width", Panel: "loss", Source: "Belkin et al. 2019 for the effect; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=width&every=3000"},
		Statement: "With a fifth of the labels drawn anew, the net that can just learn the train rows by heart tests worse than a narrower and a wider one.",
		Want:      "test loss of 32 neurons above 1.6 times those of 6 and of 200",
		Check: each(func(t *sim.Trace) (bool, string) {
			narrow, middle, wide := t.Method("width-6").Last("test-loss"), t.Method("width-32").Last("test-loss"), t.Method("width-200").Last("test-loss")
			return middle > 1.6*narrow && middle > 1.6*wide, fmt.Sprintf("%.3f, %.3f, %.3f", narrow, middle, wide)
		}),
	},
}

// A standout says how the largest nine curvatures stand among the first nineteen.
type standout struct {
	ratio float64 // of number 9 to number 10
	gap   int     // the widest ratio of neighbours comes after this number
	share float64 // of the trace that the nine hold
}

const (
	outliers = 9
	looked   = 19
	// traceDraws is the number of random directions that the trace is taken from: two percent of it on these nets.
	traceDraws = 64
)

// standing measures the end of a walk.
func standing(m *sim.MethodTrace, seed uint64) (standout, error) {
	ctx := context.Background()
	pairs, err := landscape.EndPairs(ctx, m.Ground, m.End(), landscape.EndOptions{High: looked + 1, Tolerance: 1e-6, Once: true})
	switch {
	case err != nil:
		return standout{}, err
	case !pairs.Converged:
		return standout{}, fmt.Errorf("the largest curvatures are not converged: %s", pairs.Note)
	}
	// Two steps of Lanczos' method give the product v'Hv of each probe exactly.
	density, err := landscape.SpectralDensity(ctx, m.Ground, m.End(), landscape.DensityOptions{Probes: traceDraws, Steps: 2, Seed: seed})
	if err != nil {
		return standout{}, err
	}
	var s standout
	widest := 0.0
	for i := range looked {
		ratio := pairs.High[i].Value / pairs.High[i+1].Value
		if i < outliers {
			s.share += pairs.High[i].Value / density.Trace
		}
		if i+1 == outliers {
			s.ratio = ratio
		}
		if ratio > widest {
			widest, s.gap = ratio, i+1
		}
	}
	return s, nil
}

// checkOutliers judges a tendency: of seeds like these, fewer than one set of twelve in a hundred fails it.
func checkOutliers(traces []*sim.Trace) sim.Verdict {
	apart, placed, low, high := 0, 0, math.Inf(1), math.Inf(-1)
	var ratios []string
	for _, t := range traces {
		s, err := standing(t.Method("sgd"), t.Spec.Seed)
		if err != nil {
			return sim.Judge(false, "seed %d: %v", t.Spec.Seed, err)
		}
		low, high = min(low, s.share), max(high, s.share)
		if s.ratio >= 1.25 {
			apart++
		}
		if s.gap == outliers {
			placed++
		}
		ratios = append(ratios, fmt.Sprintf("%.2f", s.ratio))
	}
	return sim.Judge(low >= 0.45 && high <= 0.65 && apart >= len(traces)-2 && placed >= len(traces)/2,
		"share %.3f to %.3f, ratios %s, widest gap after number %d for %d of %d", low, high, strings.Join(ratios, " "), outliers, placed, len(traces))
}
