package race

import (
	"fmt"
	"math"
	"strings"

	"thalweg/landscape"
	"thalweg/sim"
)

// flows are the claims about gradient flow and its kin.
var flows = []sim.Claim{
	{
		ID: "c2", Preset: "flow", Panel: "loss", Source: derived,
		Statement: "Gradient flow on a quadratic follows the exact path w(t) = exp(-λt) w(0) in each direction.",
		Specs:     []string{"problem=quadratic&eigenvalues=1,3,10&start=1,1,1&methods=gradient-flow:time-step=0.05&steps=100"},
		Want:      "within 1e-8 at all times",
		Check: func(t []*sim.Trace) sim.Verdict {
			m, worst := t[0].Method("gradient-flow"), 0.0
			for i := range m.Records() {
				for j, lambda := range []float64{1, 3, 10} {
					worst = max(worst, math.Abs(m.Point(i)[j]-math.Exp(-lambda*m.Clock[1][i])))
				}
			}
			return sim.Judge(worst <= 1e-8 && m.StoppedAt == 100, "off by at most %.2g up to time %g", worst, m.Clock[1][m.Records()-1])
		},
	},
	{
		ID: "c3", Preset: "flow", Panel: "landscape", Source: computed,
		Statement: "On Rosenbrock's valley gradient flow at relative tolerance 1e-8 agrees with itself at 1e-12.",
		Specs:     []string{"problem=rosenbrock&start=-1.2,1&methods=gradient-flow:time-step=0.01;tight=gradient-flow:time-step=0.01,rtol=1e-12,atol=1e-14&steps=1000"},
		Want:      "within 1e-6 up to time 10",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b, worst := t[0].Method("gradient-flow"), t[0].Method("tight"), 0.0
			for i := range a.Records() {
				for j := range 2 {
					worst = max(worst, math.Abs(a.Point(i)[j]-b.Point(i)[j]))
				}
			}
			return sim.Judge(worst <= 1e-6 && a.StoppedAt == 1000 && b.StoppedAt == 1000, "off by at most %.2g", worst)
		},
	},
	{
		ID: "c8", Preset: "balance", Panel: "landscape", Source: derived,
		Statement: "Gradient flow on (uv - 1)²/2 keeps the balance u² - v².",
		Want:      "u² - v² within 1e-8 of its start at all times",
		Check: func(t []*sim.Trace) sim.Verdict {
			drift := balanceDrift(t[0].Method("gradient-flow"))
			return sim.Judge(drift <= 1e-8, "it moves by %.2g", drift)
		},
	},
	{
		ID: "r8", Preset: "balance", Panel: "sharpness", Source: derived,
		Statement: "Flow on the product keeps u² - v² and ends at sharpness √((u₀² - v₀²)² + 4).",
		Specs:     []string{"preset=balance", "preset=balance&start=3,0.2"},
		Want:      "2.048950, 0.488055 at sharpness 4.436394933; 3.011686, 0.332040 at 9.180501076; sharpness and balance within 1e-8",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds, got := true, []string{}
			for i, tr := range t {
				m := tr.Method("gradient-flow")
				u0, v0 := m.Point(0)[0], m.Point(0)[1]
				want := math.Sqrt((u0*u0-v0*v0)*(u0*u0-v0*v0) + 4)
				sharpness, drift := m.Last("sharpness"), balanceDrift(m)
				end := [2][2]float64{{2.048950, 0.488055}, {3.011686, 0.332040}}[i]
				holds = holds && math.Abs(sharpness-want) <= 1e-8 && drift <= 1e-8 && close2(m.End(), end[0], end[1], 1e-6)
				got = append(got, fmt.Sprintf("%.6f, %.6f at sharpness %.9f, balance moves by %.2g", m.End()[0], m.End()[1], sharpness, drift))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "r11", Preset: "flow", Panel: "landscape", Source: both,
		Statement: "Gradient descent follows the flow of F + (η/4)|∇F|² one order better than the flow of F: halving the step size at a fixed time divides the gaps by 4 and by 2.",
		Specs:     []string{flowAt("0.001"), flowAt("0.0005"), flowAt("0.00025")},
		Want:      "ratios 1.9 to 2.1 to the flow, 3.8 to 4.2 to the modified flow; gaps 9.0989e-3, 4.5559e-3, 2.2797e-3 and 2.8605e-4, 7.1479e-5, 1.7869e-5",
		Check:     checkModified,
	},
}

func balanceDrift(m *sim.MethodTrace) float64 {
	at := func(i int) float64 { return m.Point(i)[0]*m.Point(i)[0] - m.Point(i)[1]*m.Point(i)[1] }
	worst := 0.0
	for i := range m.Records() {
		worst = max(worst, math.Abs(at(i)-at(0)))
	}
	return worst
}

// flowAt is the preset flow at another step size; the flow's records follow it.
func flowAt(eta string) string {
	return "preset=flow&methods=gradient-flow;gd:step-size=" + eta + ";modified-flow:step-size=" + eta
}

func checkModified(t []*sim.Trace) sim.Verdict {
	var plain, modified [3]float64
	for i, tr := range t {
		// Time 0.1, which the smallest step size reaches at the last of the preset's steps.
		gd := tr.Method("gd").Point(100 << i)
		plain[i] = landscape.Distance(gd, tr.Method("gradient-flow").Point(100<<i))
		modified[i] = landscape.Distance(gd, tr.Method("modified-flow").Point(100<<i))
	}
	holds := true
	for i := range 2 {
		a, b := plain[i]/plain[i+1], modified[i]/modified[i+1]
		holds = holds && a >= 1.9 && a <= 2.1 && b >= 3.8 && b <= 4.2
	}
	return sim.Judge(holds, "gaps %.4e, %.4e, %.4e and %.4e, %.4e, %.4e; ratios %.3f, %.3f and %.3f, %.3f",
		plain[0], plain[1], plain[2], modified[0], modified[1], modified[2], plain[0]/plain[1], plain[1]/plain[2], modified[0]/modified[1], modified[1]/modified[2])
}
