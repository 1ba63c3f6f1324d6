package flowtosgd

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/sim"
)

// Where facts come from.
const (
	derived  = "derived here from the definitions"
	computed = "reference program"
	abstract = "Kale and others 2022, abstract; numbers by a reference program"
)

func last(m *sim.MethodTrace, id string) float64 {
	v := m.Readings(id).Value
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	n := len(s)
	if n == 0 {
		return math.NaN()
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}

func highest(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	return slices.Max(v)
}

// played holds the facts that the presets show.
var played = []sim.Claim{
	{
		ID: "b1", Preset: "b1", Source: abstract, Panel: "apart", Long: true,
		Statement: "From a hair beside the saddle gradient flow ends at one solution, and noisy descent at either: paths may part, and the loss still goes to 0.",
		Want:      "gradient flow at w*; of 40 seeds a share of 0.15 to 0.85 at −w*, by chance outside in fewer than one set of 200 000 for a fair coin; median loss below 1e-8, median largest distance from the flow above 1",
		Check: func(t []*sim.Trace) sim.Verdict {
			away, losses, apart := 0, []float64{}, []float64{}
			for _, m := range t[0].Replicas("sgd") {
				if m.Point(m.Records() - 1)[0] < 0 {
					away++
				}
				losses, apart = append(losses, last(m, "loss")), append(apart, highest(m.Readings("flow-distance").Value))
			}
			flow := t[0].Method("gradient-flow")
			share := float64(away) / float64(len(losses))
			home := math.Abs(flow.Point(flow.Records() - 1)[0] - 1)
			return sim.Judge(share >= 0.15 && share <= 0.85 && median(losses) < 1e-8 && median(apart) > 1 && home < 1e-6,
				"share %.3f of %d, median loss %.1e, median distance %.2f, flow within %.1e of w*", share, len(losses), median(losses), median(apart), home)
		},
	},
	{
		ID: "b2", Preset: "b2", Source: derived + "; numbers by a reference program", Panel: "account",
		Statement: "What descent pays comes to the potential, and the price of its steps halves with the step size.",
		Want:      "the sum of step size times loss over the potential, less 1: 0.0394, 0.0197, 0.0098, 0.0049, each within 2 %, and ratios 2 within 0.05",
		Check: func(t []*sim.Trace) sim.Verdict {
			want := []float64{0.0394, 0.0197, 0.0098, 0.0049}
			holds := true
			var got []float64
			for i, id := range []string{"gd-.008", "gd-.004", "gd-.002", "gd-.001"} {
				m := t[0].Method(id)
				gap := last(m, "certificate")/m.Readings("potential").Value[0] - 1
				got = append(got, gap)
				holds = holds && math.Abs(gap/want[i]-1) <= 0.02
				if i > 0 {
					holds = holds && math.Abs(got[i-1]/gap-2) <= 0.05
				}
			}
			return sim.Judge(holds, "%.5f, ratios %.3f %.3f %.3f", got, got[0]/got[1], got[1]/got[2], got[2]/got[3])
		},
	},
	{
		ID: "arc", Preset: "b2", Source: "derived: descent is a method of first order for the flow; numbers measured here", Panel: "apart",
		Statement: "Part of the distance from the river is only being early: after as long a way descent is about half as far from it. Both distances halve with the step size.",
		Want:      "largest distance at the same time and after the same length: each ratio of neighbours 2 within 0.05, the second distance 0.5 to 0.55 of the first",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var times, lengths []float64
			for i, id := range []string{"gd-.008", "gd-.004", "gd-.002", "gd-.001"} {
				m := t[0].Method(id)
				times, lengths = append(times, slices.Max(m.Readings("flow-distance").Value)), append(lengths, slices.Max(m.Readings("arc-distance").Value))
				share := lengths[i] / times[i]
				holds = holds && share >= 0.5 && share <= 0.55
				if i > 0 {
					holds = holds && math.Abs(times[i-1]/times[i]-2) <= 0.05 && math.Abs(lengths[i-1]/lengths[i]-2) <= 0.05
				}
			}
			return sim.Judge(holds, "%.5f by time, %.5f by length", times, lengths)
		},
	},
	{
		ID: "exceeds", Preset: "b2", Source: derived, Panel: "account",
		Statement: "The sum that descent pays is more than the potential: Φ bounds the flow's integral, not that of steps.",
		Want:      "for every step size the sum of step size times loss is above the potential at the start, by less than 5 %",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for _, m := range t[0].Methods {
				if m.Kind.ID != "gd" {
					continue
				}
				share := last(m, "certificate") / m.Readings("potential").Value[0]
				holds = holds && share > 1 && share < 1.05
				got = append(got, fmt.Sprintf("%s %.4f", m.ID, share))
			}
			return sim.Judge(holds, "%s", strings.Join(got, ", "))
		},
	},
	{
		ID: "f32", Preset: "b2", Source: derived, Panel: "account",
		Statement: "For gradient flow potential and account are one, at all times.",
		Want:      "the potential at the start, less what was paid, less the potential here: within 1e-6",
		Check: func(t []*sim.Trace) sim.Verdict {
			worst := 0.0
			for _, v := range t[0].Method("gradient-flow").Readings("slack").Value {
				worst = math.Max(worst, math.Abs(v))
			}
			return sim.Judge(worst <= 1e-6, "within %.1e", worst)
		},
	},
	{
		ID: "b3", Preset: "b3", Source: computed, Panel: "stability",
		Statement: "A step longer than 2 over the sharpness of the river's end comes to rest at a flatter place.",
		Want:      "sharpness at the end 9.1442 and 8.8703 for steps 0.15 and 0.21, within 1e-3; for 0.25, 0.30, 0.36, whose way is chaotic, at most 2/η with a loss below 1e-20",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for _, c := range []struct {
				id   string
				eta  float64
				want float64
			}{{"gd-.15", 0.15, 9.1442}, {"gd-.21", 0.21, 8.8703}, {"gd-.25", 0.25, 0}, {"gd-.30", 0.3, 0}, {"gd-.36", 0.36, 0}} {
				m := t[0].Method(c.id)
				sharp := sharpnessOf(m.Point(m.Records() - 1))
				if c.want > 0 {
					holds = holds && math.Abs(sharp-c.want) <= 1e-3
				} else {
					holds = holds && sharp <= 2/c.eta && last(m, "loss") < 1e-20
				}
				got = append(got, fmt.Sprintf("%.2f: %.4f", c.eta, sharp))
			}
			return sim.Judge(holds, "%s", strings.Join(got, ", "))
		},
	},
	{
		ID: "f18", Preset: "b3", Source: derived, Panel: "stability",
		Statement: "Descent with a step above 2 over the sharpness of the river's end never ends sharper than 2/η.",
		Want:      "for each of the steps 0.25, 0.30 and 0.36 the sharpness at the end is at most 2/η, below the river's 9.18",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			for _, id := range []string{"gd-.25", "gd-.30", "gd-.36"} {
				m := t[0].Method(id)
				sharp := sharpnessOf(m.Point(m.Records() - 1))
				holds = holds && sharp <= 2/m.Hyper.Real("step-size") && sharp < 9.18
			}
			flow := t[0].Method("gradient-flow")
			return sim.Judge(holds && math.Abs(sharpnessOf(flow.Point(flow.Records()-1))-9.180501076) < 1e-6, "the river ends at %.9f", sharpnessOf(flow.Point(flow.Records()-1)))
		},
	},
	{
		ID: "b4", Preset: "b4", Source: derived, Panel: "loss",
		Statement: "On |w|^1.5 no fixed step comes to the bottom: descent ends in a cycle of two points, while the flow has arrived at time 2.",
		Want:      "|w| = (η/2)² within 1e-6 of its size, loss (η/2)³/1.5, for steps 0.1 and 0.02; the flow at 0 by time 2",
		Check: func(t []*sim.Trace) sim.Verdict {
			off, low := 0.0, 0.0
			for _, id := range []string{"gd-.1", "gd-.02"} {
				m := t[0].Method(id)
				half := m.Hyper.Real("step-size") / 2
				off = math.Max(off, math.Abs(norm(m.Point(m.Records()-1))/(half*half)-1))
				low = math.Max(low, math.Abs(last(m, "loss")/(half*half*half/1.5)-1))
			}
			flow := t[0].Method("gradient-flow")
			end := norm(flow.Point(flow.Records() - 1))
			return sim.Judge(off <= 1e-6 && low <= 1e-5 && end < 1e-6, "cycle within %.1e, loss within %.1e; the flow ends at |w| = %.1e", off, low, end)
		},
	},
	{
		ID: "b5", Preset: "b5", Source: derived + "; numbers of steps by a reference program", Panel: "landscape",
		Specs:     []string{"preset=b5", "preset=b5&start=4.516859529,0&methods=gd:step-size=0.1"},
		Statement: "On w⁴/4 the limit of a start is η w² = 2: one per cent inside descent comes home, one per cent outside it is gone.",
		Want:      "inside |w| ≤ 0.1 after 487 steps; outside diverged within 8 steps",
		Check: func(t []*sim.Trace) sim.Verdict {
			in, out := t[0].Method("gd"), t[1].Method("gd")
			first := -1
			for i := range in.Records() {
				if norm(in.Point(i)) <= 0.1 {
					first = in.Step[i]
					break
				}
			}
			return sim.Judge(first == 487 && out.State == sim.Diverged && out.StoppedAt <= 8, "inside after %d steps; outside %s at %d", first, out.State, out.StoppedAt)
		},
	},
	{
		ID: "b6", Preset: "b6", Source: computed, Panel: "loss", Long: true,
		Specs:     []string{"preset=b6", "preset=b6&steps=20000&every=100&methods=edge=gd:step-size=0.05"},
		Statement: "Descent and samples both find the square root; a step on the very edge of stability hangs.",
		Want:      "step 0.01: a loss below 1e-10 at step 2119 ± 2, 0.03: 701 ± 2; samples: below 1e-3 after 3500 steps; step 0.05: above 1e-5 after 20 000 steps",
		Check: func(t []*sim.Trace) sim.Verdict {
			reached := func(id string) int {
				m := t[0].Method(id)
				for i, v := range m.At("loss") {
					if v <= 1e-10 {
						return m.Step[i]
					}
				}
				return -1
			}
			slow, fast, edge, samples := reached("gd-.01"), reached("gd-.03"), last(t[1].Method("edge"), "loss"), last(t[0].Method("sgd"), "loss")
			return sim.Judge(max(slow-2119, 2119-slow) <= 2 && max(fast-701, 701-fast) <= 2 && edge > 1e-5 && samples < 1e-3,
				"%d and %d steps; samples %.1e; on the edge %.1e", slow, fast, samples, edge)
		},
	},
	{
		ID: "b7", Preset: "b7", Source: computed, Panel: "balance",
		Statement: "Noise in the labels wears the balance away, and with it the sharpness; noise that dies at the solution does not.",
		Want:      "16 seeds: multiplied noise keeps c between 8.8 and 8.96; with label noise the median of |c| after 6000 steps is below 0.05, and the median loss over the last half 0.01 to 0.06",
		Check: func(t []*sim.Trace) sim.Verdict {
			low, high, worn, floor := math.Inf(1), math.Inf(-1), []float64{}, []float64{}
			for _, m := range t[0].Replicas("multiplied") {
				c := last(m, "balance")
				low, high = math.Min(low, c), math.Max(high, c)
			}
			for _, m := range t[0].Replicas("labels") {
				worn = append(worn, math.Abs(last(m, "balance")))
				loss := m.At("loss")
				sum := 0.0
				for _, v := range loss[len(loss)/2:] {
					sum += v / float64(len(loss)-len(loss)/2)
				}
				floor = append(floor, sum)
			}
			return sim.Judge(low >= 8.8 && high <= 8.96 && median(worn) < 0.05 && median(floor) > 0.01 && median(floor) < 0.06,
				"c %.4f to %.4f; with label noise median |c| %.1e, floor %.4f", low, high, median(worn), median(floor))
		},
	},
	{
		ID: "no-certificate", Preset: "b2", Source: derived, Panel: "account",
		Specs:     []string{"preset=b2&methods=adam:step-size=0.05&steps=400"},
		Statement: "For methods with memory the potential is no certificate: Adam climbs it on the way.",
		Want:      "the potential along Adam's walk rises by more than 0.1 % of the start in some step",
		Check: func(t []*sim.Trace) sim.Verdict {
			phi := t[0].Methods[0].Readings("potential").Value
			rise := 0.0
			for i := 1; i < len(phi); i++ {
				rise = math.Max(rise, phi[i]-phi[i-1])
			}
			return sim.Judge(rise > 0.001*phi[0], "it rises by up to %.4f from %.4f", rise, phi[0])
		},
	},
}

// sharpnessOf is the largest curvature of the product.
func sharpnessOf(w []float64) float64 {
	u, v := w[0], w[1]
	middle, half := (u*u+v*v)/2, math.Hypot((u*u-v*v)/2, 2*u*v-1)
	return middle + half
}
