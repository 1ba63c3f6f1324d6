package race

import (
	"fmt"
	"math"
	"strings"

	"thalweg/sim"
)

// stability are the claims about the largest step size that a curvature allows.
var stability = []sim.Claim{
	{
		ID: "c6", Preset: "edge", Panel: "stability", Source: derived,
		Statement: "Gradient descent at step size 1.99/λ converges, at 2.01/λ it diverges.",
		Specs:     []string{"problem=quadratic&eigenvalues=1,10&start=1,1&methods=below=gd:step-size=0.199;above=gd:step-size=0.201&steps=3000"},
		Want:      "after 3000 steps |x2| < 1e-12 at 0.199; diverged at 0.201",
		Check: func(t []*sim.Trace) sim.Verdict {
			below, above := t[0].Method("below"), t[0].Method("above")
			x := math.Abs(below.End()[1])
			return sim.Judge(x < 1e-12 && above.State == sim.Diverged, "|x2| = %.2g at 0.199; %s at step %d at 0.201", x, above.State, above.StoppedAt)
		},
	},
	{
		ID: "l10", Preset: "edge", Panel: "loss", Source: derived,
		Statement: "Each step multiplies the error along curvature λ by 1 - ηλ: on curvatures 1, 3, 10 the steepest coordinate is 0.9^100, 1 and 1.1^100 in size after 100 steps at 0.19, 0.2 and 0.21.",
		Want:      "2.65614e-5, 1, 13780.6; 1e-10 relative",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds, got := true, ""
			for i, id := range []string{"gd", "gd-2", "gd-3"} {
				x := math.Abs(t[0].Method(id).End()[2])
				holds = holds && near(x, math.Pow([3]float64{0.9, 1, 1.1}[i], 100), 1e-10)
				got += fmt.Sprintf(" %.12g", x)
			}
			return sim.Judge(holds, "|x3| =%s", got)
		},
	},
	{
		ID: "r3", Preset: "four-minima", Panel: "stability", Source: both,
		Statement: "A minimum holds gradient descent if and only if η < 2/λ_max: on Himmelblau's surface 0.0243, 0.0248, 0.014949, 0.018972.",
		Specs: append([]string{"preset=four-minima", "preset=four-minima&start=0,-2&methods=gd:step-size=0.0189;gd:step-size=0.0191"},
			besideMinima()...),
		Want:  "0.0149 rests at -3.779310, -3.283186, 0.0150 alternates between -3.88359, -3.21063 and -3.66322, -3.34763; from 0, -2 0.0189 rests at 3.584428, -1.848127, 0.0191 alternates; beside each minimum 0.99 of its limit settles and 1.01 does not",
		Check: checkHimmelblau,
	},
	{
		ID: "r4", Preset: "limits", Panel: "stability", Source: both,
		Statement: "On curvature λ the limits are 2/λ for gradient descent, 2(1+μ)/λ for momentum and 2(1+μ)/((1+2μ)λ) for Nesterov.",
		Specs:     []string{"preset=limits", limitsAt(0.99), limitsAt(1.01)},
		Want:      "at 1.5 only nesterov diverges; at 0.99 of 2, 3.8, 1.357142857 all settle, at 1.01 all grow",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds, got := true, []string{}
			for _, id := range []string{"gd", "momentum", "nesterov"} {
				m, below, above := t[0].Method(id), t[1].Method(id), t[2].Method(id)
				settles := below.Last("loss") < 1e-3*below.At("loss")[0]
				grows := above.State == sim.Diverged || above.Last("loss") > 1e3*above.At("loss")[0]
				holds = holds && (m.State == sim.Diverged) == (id == "nesterov") && settles && grows
				got = append(got, fmt.Sprintf("%s %s, 0.99 to %.1e, 1.01 to %.1e", id, m.State, below.Last("loss"), above.Last("loss")))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
}

// limitsAt is the spec with each method of the preset limits at a multiple of its limit.
func limitsAt(factor float64) string {
	return fmt.Sprintf("preset=limits&methods=gd:step-size=%v;momentum:step-size=%v;nesterov:step-size=%v",
		factor*2, factor*2*(1+0.9), factor*2*(1+0.9)/(1+2*0.9))
}

// himmelblau holds the minima of that surface with their largest curvature.
var himmelblau = []struct{ x, y, sharpness float64 }{
	{3, 2, 82.2842712475}, {-2.805118086953, 3.131312518251, 80.5500717789},
	{-3.779310253378, -3.283185991286, 133.785615213}, {3.58442834033, -1.848126526964, 105.418908336},
}

// besideMinima are the specs that start a millionth beside each minimum at 0.99 and 1.01 of its limit.
func besideMinima() []string {
	var out []string
	for _, m := range himmelblau {
		out = append(out, fmt.Sprintf("problem=himmelblau&start=%v,%v&methods=below=gd:step-size=%v;above=gd:step-size=%v&steps=2000",
			m.x+1e-6, m.y+1e-6, 0.99*2/m.sharpness, 1.01*2/m.sharpness))
	}
	return out
}

func checkHimmelblau(t []*sim.Trace) sim.Verdict {
	rest, flicker := t[0].Method("gd"), t[0].Method("gd-2")
	holds := close2(rest.End(), -3.779310, -3.283186, 1e-6) && rest.Last("loss") < 1e-20 &&
		alternates(flicker, [2][3]float64{{-3.88359, -3.21063, 1.09084}, {-3.66322, -3.34763, 1.15725}})
	got := fmt.Sprintf("0.0149 at %.6f, %.6f (%.1e), 0.0150 %s", rest.End()[0], rest.End()[1], rest.Last("loss"), lastTwo(flicker))
	rest, flicker = t[1].Method("gd"), t[1].Method("gd-2")
	holds = holds && close2(rest.End(), 3.584428, -1.848127, 1e-6)
	a, b := flicker.At("loss")[flicker.Records()-2], flicker.Last("loss")
	holds = holds && math.Abs(max(a, b)-1.27733) <= 1e-4 && math.Abs(min(a, b)-1.08436) <= 1e-4
	got += fmt.Sprintf("; 0.0189 at %.6f, %.6f, 0.0191 %s; limits", rest.End()[0], rest.End()[1], lastTwo(flicker))
	for i, tr := range t[2:] {
		below, above := tr.Method("below"), tr.Method("above")
		limit := 2 / below.Last("sharpness")
		holds = holds && math.Abs(limit-[4]float64{0.0243, 0.0248, 0.014949, 0.018972}[i]) <= [4]float64{5e-5, 5e-5, 5e-7, 5e-7}[i] &&
			below.Last("distance") < 1e-9 && (above.State == sim.Diverged || above.Last("distance") > 1e-2)
		got += fmt.Sprintf(" %.6f", limit)
	}
	return sim.Judge(holds, "%s", got)
}

// alternates reports whether the last two records are at two places with their losses, within 1e-4.
func alternates(m *sim.MethodTrace, want [2][3]float64) bool {
	loss, n := m.At("loss"), m.Records()
	is := func(record int, w [3]float64) bool {
		return close2(m.Point(record), w[0], w[1], 1e-4) && math.Abs(loss[record]-w[2]) <= 1e-4
	}
	return is(n-1, want[0]) && is(n-2, want[1]) || is(n-1, want[1]) && is(n-2, want[0])
}

func lastTwo(m *sim.MethodTrace) string {
	n := m.Records()
	a, b, loss := m.Point(n-2), m.Point(n-1), m.At("loss")
	return fmt.Sprintf("between %.5f, %.5f (%.5f) and %.5f, %.5f (%.5f)", a[0], a[1], loss[n-2], b[0], b[1], loss[n-1])
}
