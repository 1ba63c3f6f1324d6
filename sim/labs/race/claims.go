package race

import (
	"fmt"
	"math"
	"strings"

	"thalweg/sim"
)

// The sources of the numbers. Those computed beforehand come from another program, in double precision and with exact
// derivatives.
const (
	derived  = "derivation on paper"
	computed = "computed beforehand, independently"
	both     = derived + "; " + computed
)

// grid is the grid of step sizes of the fair race: 1-2-3-5-7 in each decade from 1e-5 to 7.
func grid() []string {
	var out []string
	for e := -5; e <= 0; e++ {
		for _, m := range []int{1, 2, 3, 5, 7} {
			out = append(out, fmt.Sprintf("%de%d", m, e))
		}
	}
	return out
}

// fair is the spec that runs a method of the valley at all step sizes of the grid.
func fair(method string) string {
	var b strings.Builder
	for _, eta := range grid() {
		fmt.Fprintf(&b, "%s:step-size=%s;", method, eta)
	}
	return "preset=valley&methods=" + b.String()
}

// racing are the claims about who comes first.
var racing = []sim.Claim{
	{
		ID: "r1", Preset: "twist", Panel: "loss", Source: both,
		Statement: "Turning the map by 45° leaves the losses of gradient descent and momentum alone and changes Adam's.",
		Specs:     []string{"preset=twist", "preset=twist&methods=momentum:step-size=0.003;turned=momentum:step-size=0.003,angle=45"},
		Want:      "losses of gd and momentum within 1e-12, Adam's final loss more than 1000 times higher: 4.09e-8 straight, 0.159 turned",
		Check: func(t []*sim.Trace) sim.Verdict {
			gd := gap(t[0].Method("gd").At("loss"), t[0].Method("gd-turned").At("loss"))
			momentum := gap(t[1].Method("momentum").At("loss"), t[1].Method("turned").At("loss"))
			straight, turned := t[0].Method("adam").Last("loss"), t[0].Method("adam-turned").Last("loss")
			return sim.Judge(gd <= 1e-12 && momentum <= 1e-12 && turned > 1000*straight && near(straight, 4.09e-8, 0.01) && near(turned, 0.159, 0.01),
				"gd differs by %.2g, momentum by %.2g; Adam %.3g straight, %.3g turned", gd, momentum, straight, turned)
		},
	},
	{
		ID: "r2", Preset: "valley", Panel: "loss", Source: computed,
		Statement: "At one common step size 0.001 the order is momentum, gradient descent, Adam; with each method's best step size of a printed grid it is Adam, momentum, Nesterov, gradient descent.",
		Specs:     []string{"preset=valley", "preset=valley&methods=nesterov:step-size=0.001", fair("gd"), fair("momentum"), fair("nesterov"), fair("adam")},
		Want:      "0.195057, 1.35729e-8, 5.22728, momentum below 0.01 at step 416; best rates gd 0.002, momentum 0.002, nesterov 0.001, adam 0.2, exponents of their losses -5, -17, -9, -27 within 1",
		Check:     checkFair,
	},
	{
		ID: "r6", Preset: "valley", Panel: "anatomy", Source: both,
		Statement: "Adam's first step is its step size in each coordinate: from -1.5, 2, where the gradient is -155, -50, step size 0.05 leads to -1.45, 2.05.",
		Specs:     []string{"preset=valley&methods=adam:step-size=0.05&steps=1"},
		Want:      "-1.45, 2.05 within 1e-6",
		Check: func(t []*sim.Trace) sim.Verdict {
			x := t[0].Method("adam").End()
			return sim.Judge(close2(x, -1.45, 2.05, 1e-6), "%.9f, %.9f", x[0], x[1])
		},
	},
	{
		ID: "r7", Preset: "stiff", Panel: "loss", Source: both,
		Statement: "On condition 100 gradient descent contracts by 99/101 a step; tuned momentum reaches 1e-8 at step 81, gradient descent not within 200.",
		Want:      "contraction 99/101 within 1e-9; first loss below 1e-8 never, at 81, 114, 189 (Adam within 1); losses 0.0174394, 9.18e-29, 3.66e-16, 4.22e-9",
		Check:     checkStiff,
	},
	{
		ID: "r10", Preset: "saddle", Panel: "landscape", Source: both,
		Statement: "Leaving a saddle takes logarithmic time: ten thousand times closer costs gradient descent ln 10⁴ / ln(1+4η) = 50.5 steps at η = 0.05.",
		Specs:     []string{"preset=saddle", "preset=saddle&start=-1e-6,1", "preset=saddle&start=0,1"},
		Want:      "|x| > 0.5 first at steps 23, 11, 11 and 73, 34, 11 (gd, momentum, Adam; within 1), all ending at -1, 0 within 1e-6; from x = 0 none leaves",
		Check:     checkSaddle,
	},
	{
		ID: "r12", Preset: "swarm", Panel: "basin-share", Source: computed,
		Statement: "46 % of a uniform grid of starts miss the best minima of the six-hump camel.",
		Specs:     []string{"preset=swarm", "preset=swarm&problem=six-hump-camel"},
		Want:      "44 to 48 % miss; Himmelblau's four minima hold 241, 267, 261, 255 of 1024 starts, within 2",
		Check:     checkSwarm,
	},
	{
		ID: "r14", Preset: "many-wells", Panel: "landscape", Source: computed,
		Statement: "Gradient descent, momentum and Adam stop in the nearest well, in the cell of 4, -3.",
		Want:      "3.97978, -2.98486, loss 24.87, within 0.01",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds, got := true, make([]string, 0, 3)
			for _, id := range []string{"gd", "momentum", "adam"} {
				m := t[0].Method(id)
				x, loss := m.End(), m.Last("loss")
				holds = holds && close2(x, 3.97978, -2.98486, 0.01) && math.Abs(loss-24.87) <= 0.01
				got = append(got, fmt.Sprintf("%s %.5f, %.5f at %.4f", id, x[0], x[1], loss))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
}

func checkFair(t []*sim.Trace) sim.Verdict {
	same := t[0]
	gd, momentum, adam := same.Method("gd").Last("loss"), same.Method("momentum").Last("loss"), same.Method("adam").Last("loss")
	below := func(v float64) bool { return v < 0.01 }
	first, look := same.Method("momentum").First("loss", below), t[1].Method("nesterov")
	holds := near(gd, 0.195057, 1e-4) && near(momentum, 1.35729e-8, 1e-4) && near(adam, 5.22728, 1e-4) && first == 416 &&
		near(look.Last("loss"), 5.778e-9, 1e-3) && look.First("loss", below) == 306
	// The best of each method on the grid, in the order of the specs.
	wantRate, wantLoss := []string{"2e-3", "2e-3", "1e-3", "2e-1"}, []float64{4.6e-5, 1.2e-17, 5.8e-9, 7.7e-27}
	got := make([]string, 4)
	best := make([]float64, 4)
	for i, tr := range t[2:] {
		best[i] = math.Inf(1)
		rate := ""
		for j, m := range tr.Methods {
			if loss := m.Last("loss"); m.State != sim.Diverged && loss < best[i] {
				best[i], rate = loss, grid()[j]
			}
		}
		holds = holds && rate == wantRate[i] && math.Abs(math.Floor(math.Log10(best[i]))-math.Floor(math.Log10(wantLoss[i]))) <= 1
		got[i] = fmt.Sprintf("%s %.2g at %s", tr.Methods[0].Kind.ID, best[i], rate)
	}
	holds = holds && best[3] < best[1] && best[1] < best[2] && best[2] < best[0]
	return sim.Judge(holds, "gd %.6g, momentum %.6g, adam %.6g, momentum below 0.01 at step %d; best: %s", gd, momentum, adam, first, strings.Join(got, ", "))
}

func checkStiff(t []*sim.Trace) sim.Verdict {
	loss := t[0].Method("gd").At("loss")
	contraction := math.Pow(loss[len(loss)-1]/loss[0], 0.5/float64(len(loss)-1))
	holds := near(contraction, 99.0/101, 1e-9)
	got := fmt.Sprintf("contraction %.12g;", contraction)
	for i, id := range []string{"gd", "momentum", "nesterov", "adam"} {
		m := t[0].Method(id)
		first := m.First("loss", func(v float64) bool { return v < 1e-8 })
		slack := 0
		if id == "adam" {
			slack = 1
		}
		want := [4]int{-1, 81, 114, 189}[i]
		// The wanted losses are known to three digits and more.
		end := [4]float64{0.0174394, 9.18e-29, 3.66e-16, 4.22e-9}[i]
		holds = holds && first >= want-slack && first <= want+slack && near(m.Last("loss"), end, 0.01)
		got += fmt.Sprintf(" %s %d (%.6g)", id, first, m.Last("loss"))
	}
	return sim.Judge(holds, "%s", got)
}

func checkSaddle(t []*sim.Trace) sim.Verdict {
	want := [2][3]int{{23, 11, 11}, {73, 34, 11}}
	holds, got := true, ""
	for i, tr := range t {
		got += [3]string{"from -0.01:", "; from -1e-6:", "; from 0:"}[i]
		for j, id := range []string{"gd", "momentum", "adam"} {
			m := tr.Method(id)
			left := leaves(m)
			if i == 2 {
				holds = holds && left < 0
			} else {
				holds = holds && left >= want[i][j]-1 && left <= want[i][j]+1 && close2(m.End(), -1, 0, 1e-6)
			}
			got += fmt.Sprintf(" %s %d", id, left)
		}
	}
	return sim.Judge(holds, "%s; gd ends at %.7f, %.1e", got, t[1].Method("gd").End()[0], t[1].Method("gd").End()[1])
}

// leaves is the first step at which |x| > 0.5, or -1.
func leaves(m *sim.MethodTrace) int {
	for i := range m.Records() {
		if math.Abs(m.Point(i)[0]) > 0.5 {
			return m.Step[i]
		}
	}
	return -1
}

func checkSwarm(t []*sim.Trace) sim.Verdict {
	himmelblau, camel := counts(t[0].Methods[0]), counts(t[1].Methods[0])
	holds := true
	for i, want := range []int{241, 267, 261, 255} {
		holds = holds && himmelblau[i] >= want-2 && himmelblau[i] <= want+2
	}
	best := 0
	for i, m := range t[1].Methods[0].Minima {
		if m.Loss < -1 {
			best += camel[i]
		}
	}
	missed := 100 * (1 - float64(best)/1024)
	return sim.Judge(holds && missed >= 44 && missed <= 48, "%.1f %% miss (%v); Himmelblau %v", missed, camel, himmelblau)
}

// counts are the starts of a swarm at each minimum, at none, and diverged.
func counts(m *sim.MethodTrace) []int {
	rows := m.Readings("basin-share").Rows
	points, _ := m.Swarm()
	out := make([]int, len(rows[0]))
	for i, share := range rows[len(rows)-1] {
		out[i] = int(math.Round(share * float64(len(points)/2)))
	}
	return out
}

// near reports whether got is want within a relative tolerance.
func near(got, want, tol float64) bool { return math.Abs(got-want) <= tol*math.Abs(want) }

// close2 reports whether a point of the plane is x, y within a tolerance for each coordinate.
func close2(got []float64, x, y, tol float64) bool {
	return math.Abs(got[0]-x) <= tol && math.Abs(got[1]-y) <= tol
}

// gap is the largest difference of two series, relative to their first entry where that is above 1.
func gap(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst / max(1, math.Abs(a[0]))
}
