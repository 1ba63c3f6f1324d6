package race

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/sim"
)

// chance are the claims about random walks. None rests on one seed: each states its margin in standard errors or
// the odds of a false alarm.
var chance = []sim.Claim{
	{
		ID: "c7", Panel: "landscape", Source: derived,
		Statement: "The stationary variance of Langevin steps on curvature λ is T/(λ(1 - ηλ/2)), not T/λ.",
		Specs:     []string{fmt.Sprintf("problem=quadratic&eigenvalues=1,10&start=0,0&methods=langevin:step-size=%v,temperature=%v&steps=%d", ulaStep, ulaHeat, ulaBurn+ulaSamples)},
		Want:      "within 4 standard errors over 100000 samples after burn-in, for λ = 1 and 10 (false alarms: 1 in 8000)",
		Check: func(t []*sim.Trace) sim.Verdict {
			m, holds, got := t[0].Method("langevin"), true, []string{}
			for j, lambda := range []float64{1, 10} {
				mean := 0.0
				for i := m.Records() - ulaSamples; i < m.Records(); i++ {
					mean += m.Point(i)[j] * m.Point(i)[j] / ulaSamples
				}
				want := ulaHeat / (lambda * (1 - ulaStep*lambda/2))
				// Each coordinate is a Gaussian AR(1) chain, whose squares are correlated by ρ^2k over k steps.
				rho := (1 - ulaStep*lambda) * (1 - ulaStep*lambda)
				errors := (mean - want) / (want * math.Sqrt(2*(1+rho)/(1-rho)/ulaSamples))
				holds = holds && math.Abs(errors) <= 4
				got = append(got, fmt.Sprintf("%.5f against %.5f (%+.1f standard errors)", mean, want, errors))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "r5", Preset: "noise-floor", Panel: "loss", Source: both,
		Statement: "Under additive noise σ gradient descent on a quadratic hovers at mean loss Σ ησ²/(2(2 - ηλ)).",
		Want:      "0.0073718 within 5 % over 16 walks and the second half of 20000 steps (5 standard errors)",
		Check: func(t []*sim.Trace) sim.Verdict {
			mean := 0.0
			for _, m := range t[0].Replicas("sgd") {
				loss := m.At("loss")
				half := loss[len(loss)/2:]
				for _, v := range half {
					mean += v / float64(16*len(half))
				}
			}
			want := isotropicFloor([]float64{1, 10}, 0.05, 0.5)
			return sim.Judge(near(mean, want, 0.05), "%.6f against %.6f (%+.1f %%)", mean, want, 100*(mean/want-1))
		},
	},
	{
		ID: "r9", Preset: "escape", Panel: "landscape", Source: computed,
		Statement: "Langevin crosses between the wells of the Müller-Brown surface when the temperature is high enough; gradient descent does not.",
		Specs:     []string{"preset=escape", "preset=escape&methods=langevin:step-size=0.0001,temperature=5"},
		Want:      "at temperature 30 at least 5 of 6 walks come within 0.25 of the second minimum (its odds exceed 99.9 %), at 5 none does, descent never",
		Check: func(t []*sim.Trace) sim.Verdict {
			hot, cold, still := crossings(t[0], "langevin"), crossings(t[1], "langevin"), crossings(t[0], "gd")
			return sim.Judge(len(hot) >= 5 && len(cold) == 0 && len(still) == 0,
				"%d of 6 at temperature 30, first at steps %v; %d of 6 at temperature 5; %d by descent", len(hot), hot, len(cold), len(still))
		},
	},
}

// isotropicFloor is the long-run mean loss of descent on a quadratic under additive noise σ. In each direction the
// variance solves v = (1-ηλ)²v + η²σ².
func isotropicFloor(eigenvalues []float64, eta, sigma float64) (loss float64) {
	for _, l := range eigenvalues {
		loss += eta * sigma * sigma / (2 * (2 - eta*l))
	}
	return loss
}

// jitterFloor is the same for gradients taken at a place σ away: their noise is σλ in each direction.
func jitterFloor(eigenvalues []float64, eta, sigma float64) (loss float64) {
	for _, l := range eigenvalues {
		loss += eta * sigma * sigma * l * l / (2 * (2 - eta*l))
	}
	return loss
}

// relativeLimit is the step size below which the mean square settles under noise in proportion to the slope:
// (1-ηλ)² + η²λ²σ² < 1.
func relativeLimit(eigenvalues []float64, sigma float64) float64 {
	return 2 / (slices.Max(eigenvalues) * (1 + sigma*sigma))
}

// floorNote says where theory sees the noisy methods of a scene end on a quadratic, empty elsewhere.
func floorNote(s *sim.Setup) string {
	sigma := s.Values.Real("gradient-noise")
	i := slices.IndexFunc(s.Methods, func(m sim.MethodSpec) bool { return m.Kind.ID == "sgd" })
	if sigma == 0 || i < 0 || s.Values.Text("problem") != "quadratic" {
		return ""
	}
	f, err := ground(s.Values)
	if err != nil {
		return ""
	}
	eigenvalues := landscape.Spectrum(f, make([]float64, f.Dim()))
	eta := s.Methods[i].Hyper.Real("step-size")
	if eigenvalues[0] <= 0 || eta >= 2/slices.Max(eigenvalues) {
		return ""
	}
	switch s.Values.Text("noise-model") {
	case "relative":
		return fmt.Sprintf("In the mean square, %s settles below step size %.4g.", s.Methods[i].ID, relativeLimit(eigenvalues, sigma))
	case "jitter":
		return fmt.Sprintf("In the long run %s hovers at mean loss %.4g.", s.Methods[i].ID, jitterFloor(eigenvalues, eta, sigma))
	}
	return fmt.Sprintf("In the long run %s hovers at mean loss %.4g.", s.Methods[i].ID, isotropicFloor(eigenvalues, eta, sigma))
}

// The chain of c7: long enough to forget its start, a step size at which T/λ alone would be off by a third.
const (
	ulaStep    = 0.05
	ulaHeat    = 0.1
	ulaBurn    = 1000
	ulaSamples = 100_000
)

// crossings are the first steps at which the walks of a method are near the second minimum of the Müller-Brown
// surface.
func crossings(t *sim.Trace, method string) []int {
	second := []float64{0.6234994049309, 0.02803775852869}
	var out []int
	for _, m := range t.Replicas(method) {
		for i := range m.Records() {
			if landscape.Distance(m.Point(i), second) <= 0.25 {
				out = append(out, m.Step[i])
				break
			}
		}
	}
	return out
}
