package network

import (
	"fmt"
	"math"
	"strings"

	"thalweg/sim"
)

// edges holds the claims about step sizes and sharpness.
var edges = []sim.Claim{
	{
		ID: "n4", Preset: "edge-of-stability", Panel: "stability", Source: "Cohen et al. 2021 for the effect; numbers by reference program", Seeds: 3, Long: true, Each: true,
		Specs:     []string{"preset=edge-of-stability&methods=gd:step-size=0.2;gd:step-size=0.3;gd:step-size=0.4"},
		Statement: "Gradient descent climbs to where its step size is just too long, stays there, and learns on while its loss jumps.",
		Want:      "for step sizes 0.3 and 0.4 over steps 2000 to 3000: mean sharpness 0.97 to 1.05 of 2/η; from step 1000 the loss falls 1.3 times while 5 % of steps rise; for 0.2 sharpness below 0.9 of 2/η throughout",
		Check:     each(checkEdge),
	},
	{
		ID: "n5", Preset: "edge-momentum", Panel: "stability", Source: "stability of the heavy ball on a quadratic, 2(1+μ)/η; of seeds 1 to 6 the first four come to the line, 5 and 6 rest at 0.87 and 0.83 of it", Seeds: 3, Seeded: true, Long: true, Each: true,
		Statement: "With momentum the edge lies higher, at 2(1+μ)/η.",
		Want:      "mean sharpness over the last half 0.95 to 1.04 of 2(1+μ)/η",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Method("momentum")
			line := 2 * (1 + m.Hyper.Real("momentum")) / m.Hyper.Real("step-size")
			mean, _, _ := meanSharpness(m, t.Spec.Steps/2)
			return mean/line >= 0.95 && mean/line <= 1.04, fmt.Sprintf("%.4f of %.3f", mean/line, line)
		}),
	},
	{
		ID: "n6", Preset: "catapult", Panel: "loss", Source: "Lewkowycz et al. 2020 for the effect; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Statement: "A step too long for the first valley throws the net out of it, into a flatter one.",
		Want:      "step size 0.025: peak above 50 times the first loss, end below a fifth of it and sharpness below 0.7 of the first; step size 0.01: sharpness within 2 % of the first",
		Check: each(func(t *sim.Trace) (bool, string) {
			long, short := t.Method("long"), t.Method("short")
			loss, sharp, control := long.At("loss"), long.At("sharpness"), short.At("sharpness")
			peak := 0.0
			for _, l := range loss {
				peak = math.Max(peak, l)
			}
			end, flat := loss[len(loss)-1], sharp[len(sharp)-1]
			drift := 0.0
			for _, s := range control {
				drift = math.Max(drift, math.Abs(s/control[0]-1))
			}
			return peak > 50*loss[0] && end < loss[0]/5 && flat < 0.7*sharp[0] && drift <= 0.02,
				fmt.Sprintf("loss %.2f, %.0f, %.4f, sharpness %.1f to %.1f, short step within %.2g %%", loss[0], peak, end, sharp[0], flat, 100*drift)
		}),
	},
}

func checkEdge(t *sim.Trace) (bool, string) {
	holds := true
	var got []string
	for _, m := range t.Methods {
		eta := m.Hyper.Real("step-size")
		switch eta {
		case 0.2:
			_, _, high := meanSharpness(m, 0)
			holds = holds && high*eta/2 < 0.9
			got = append(got, fmt.Sprintf("%v: at most %.3f", eta, high*eta/2))
		case 0.3, 0.4:
			mean, low, high := meanSharpness(m, 2000)
			mean, low, high = mean*eta/2, low*eta/2, high*eta/2
			loss := m.At("loss")
			rising := 0
			for i := 1001; i < len(loss); i++ {
				if loss[i] > loss[i-1] {
					rising++
				}
			}
			share, fall := float64(rising)/float64(len(loss)-1001), loss[1000]/loss[len(loss)-1]
			holds = holds && mean >= 0.97 && mean <= 1.05 && fall >= 1.3 && share >= 0.05
			got = append(got, fmt.Sprintf("%v: %.4f (%.3f to %.3f), loss falls %.2f times, %.0f %% of steps rise", eta, mean, low, high, fall, 100*share))
		}
	}
	return holds, strings.Join(got, "; ")
}

// meanSharpness is the mean of the sharpness readings from a step on, with their lowest and highest.
func meanSharpness(m *sim.MethodTrace, from int) (mean, low, high float64) {
	s := m.Readings("sharpness")
	low, high = math.Inf(1), math.Inf(-1)
	n := 0
	for i, v := range s.Value {
		if s.Step[i] >= from {
			mean += v
			low, high = math.Min(low, v), math.Max(high, v)
			n++
		}
	}
	return mean / float64(n), low, high
}
