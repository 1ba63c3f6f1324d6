package symmetry

import (
	"fmt"
	"math"
	"strings"

	"thalweg/sim"
)

const ours = "reference program; the paper has no experiments"

func last(m *sim.MethodTrace, measure string) float64 { return m.Last(measure) }

// under is the first step at which the displayed loss is below a value, -1 for never.
func under(m *sim.MethodTrace, value float64) int {
	return m.First("displayed-loss", func(v float64) bool { return v < value })
}

// half is the first step at which a part is half learned, -1 for never.
func half(m *sim.MethodTrace, part int) int {
	return m.First(fmt.Sprintf("part-%d", part), func(v float64) bool { return v > 0.5 })
}

// played holds the facts that runs show.
var played = []sim.Claim{
	{
		ID: "a1", Preset: "a1", Source: ours, Panel: "parts", Seeds: 4, Long: true, Each: true,
		Statement: "A staircase is learned step by step, shortest product first.",
		Want:      "40 inputs, each of 4 seeds: mean square below 0.1 at some step from 1500 to 3500; parts half learned in order, the last two perhaps together",
		Check: func(traces []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for _, t := range traces {
				m := t.Method("stairs")
				k := under(m, 0.1)
				h := [4]int{half(m, 1), half(m, 2), half(m, 3), half(m, 4)}
				holds = holds && k >= 1500 && k <= 3500 && h[0] >= 0 && h[0] < h[1] && h[1] < h[2] && h[2] <= h[3]
				got = append(got, fmt.Sprintf("%d %v", k, h))
			}
			return sim.Judge(holds, "below 0.1 at, halves at: %s", strings.Join(got, "; "))
		},
	},
	{
		ID: "a2", Preset: "a2", Source: ours, Panel: "loss", Seeds: 4, Long: true,
		Statement: "The product of four signs is a wall to the very net that climbs the stairs.",
		Want:      "40 inputs, 4000 steps: the stairs below 0.1 for all of 4 seeds, the product above 0.9 for at least 3",
		Check: func(traces []*sim.Trace) sim.Verdict {
			flat, climbed := 0, 0
			var got []string
			for _, t := range traces {
				s, w := t.Method("stairs"), t.Method("wall")
				if last(w, "displayed-loss") > 0.9 {
					flat++
				}
				if under(s, 0.1) >= 0 {
					climbed++
				}
				got = append(got, fmt.Sprintf("%.3f and %.3f", last(s, "displayed-loss"), last(w, "displayed-loss")))
			}
			return sim.Judge(climbed == len(traces) && flat >= len(traces)-1, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "adam", Preset: "a2", Source: ours, Panel: "loss", Seeds: 2, Long: true,
		Specs:     []string{"preset=a2&methods=stairs=adam:problem=staircase-4,step-size=0.003,batch-size=64;wall=adam:problem=parity-4,step-size=0.003,batch-size=64&steps=3000"},
		Statement: "A plateau is not an impossibility: Adam, which treats inputs alike too, gets over this wall, later than up the stairs.",
		Want:      "step size 0.003, 2 seeds: both below 0.1 within 3000 steps, the stairs sooner",
		Check: func(traces []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for _, t := range traces {
				s, w := under(t.Method("stairs"), 0.1), under(t.Method("wall"), 0.1)
				holds = holds && s >= 0 && w > s
				got = append(got, fmt.Sprintf("%d and %d", s, w))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "leap-is-not-all", Preset: "a1", Source: ours, Panel: "loss", Seeds: 2, Long: true,
		Specs:     []string{"preset=a1&dim=30&steps=5000&methods=apart=sgd:problem=non-msp,step-size=0.05,batch-size=64;merge=sgd:problem=msp-merge,step-size=0.05,batch-size=64"},
		Statement: "At this size the leap does not order everything: a leap of two of low degree is learned before a leap of one of higher degree.",
		Want:      "30 inputs, 2 seeds: two separate parts (leap 2, degree 2) below 0.1 in less than half the steps of the staircase that merges (leap 1, degree 3)",
		Check: func(traces []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for _, t := range traces {
				a, b := under(t.Method("apart"), 0.1), under(t.Method("merge"), 0.1)
				holds = holds && a >= 0 && (b < 0 || 2*a < b)
				got = append(got, fmt.Sprintf("%d and %d", a, b))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "a3", Preset: "a3", Source: ours, Panel: "loss", Seeds: 4, Long: true,
		Specs:     []string{"preset=a3&methods=told=sgd:boost=2,step-size=0.05,batch-size=64"},
		Statement: "Twice the weight on the four signs at the start, and the wall falls.",
		Want:      "40 inputs: mean square below 0.1 within 4000 steps for at least 3 of 4 seeds, below 0.3 for all",
		Check: func(traces []*sim.Trace) sim.Verdict {
			down, all := 0, true
			var got []string
			for _, t := range traces {
				m := t.Method("told")
				if under(m, 0.1) >= 0 {
					down++
				}
				all = all && last(m, "displayed-loss") < 0.3
				got = append(got, fmt.Sprintf("%d (%.3f)", under(m, 0.1), last(m, "displayed-loss")))
			}
			return sim.Judge(down >= len(traces)-1 && all, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "a4", Preset: "a4", Source: ours, Panel: "loss", Seeds: 4, Long: true,
		Specs:     []string{"preset=a4&methods=local=sgd:step-size=0.05,batch-size=64", "preset=a4&support=0,8,16,24&methods=local=sgd:step-size=0.05,batch-size=64"},
		Statement: "Local wires see neighbours: four neighbouring signs are found, scattered ones never.",
		Want:      "30 inputs, window 4: neighbours below 0.1 for at least 2 of 4 seeds and below 0.7 for all, scattered ones above 0.9 for all",
		Check: func(traces []*sim.Trace) sim.Verdict {
			found, holds := 0, true
			var got []string
			for i, t := range traces {
				m := t.Method("local")
				end := last(m, "displayed-loss")
				if i%2 == 0 {
					if under(m, 0.1) >= 0 {
						found++
					}
					holds = holds && end < 0.7
				} else {
					holds = holds && end > 0.9
				}
				got = append(got, fmt.Sprintf("%.3f", end))
			}
			return sim.Judge(holds && found >= len(traces)/4, "neighbours and scattered by turns: %s", strings.Join(got, " "))
		},
	},
	{
		ID: "a5", Preset: "a5", Source: ours + "; of 25 seeds played here 23 stay above 0.9", Panel: "loss", Seeds: 4, Seeded: true, Long: true,
		Statement: "A third layer of weights climbs the stairs and stands before the same wall.",
		Want:      "40 inputs: the stairs below 0.1 by step 3500 for all of 4 seeds, the product above 0.9 after 4000 for at least 3",
		Check: func(traces []*sim.Trace) sim.Verdict {
			holds, flat := true, 0
			var got []string
			for _, t := range traces {
				s, w := under(t.Method("stairs"), 0.1), last(t.Method("wall"), "displayed-loss")
				holds = holds && s >= 0 && s <= 3500
				if w > 0.9 {
					flat++
				}
				got = append(got, fmt.Sprintf("%d, %.3f", s, w))
			}
			return sim.Judge(holds && flat >= len(traces)-1, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "a6", Preset: "a6", Source: "derived: a dense net's first layer takes a change of inputs up", Panel: "mirror",
		Statement: "A run and its mirror image are one run.",
		Want:      "60 noisy steps over all points: no weight and no loss apart by more than 1e-12",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Method("noisy-gd")
			w, l := most(m, "mirror-gap"), most(m, "mirror-loss-gap")
			return sim.Judge(w <= 1e-12 && l <= 1e-12, "weights within %.1e, losses within %.1e", w, l)
		},
	},
	{
		ID: "s9", Preset: "a6", Source: "derived", Panel: "mirror",
		Specs:     []string{"preset=a6&methods=sgd:step-size=0.05,batch-size=64", "preset=a6&depth=3&methods=sgd:step-size=0.05,batch-size=64"},
		Statement: "With two layers or with three: relabelled inputs, relabelled run.",
		Want:      "60 steps of descent: no weight apart by more than 1e-12",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := most(t[0].Methods[0], "mirror-gap"), most(t[1].Methods[0], "mirror-gap")
			return sim.Judge(a <= 1e-12 && b <= 1e-12, "within %.1e and %.1e", a, b)
		},
	},
	{
		ID: "s10", Preset: "a6", Source: "derived; Adam works coordinate by coordinate", Panel: "mirror",
		Specs:     []string{"preset=a6&mirror=rotate&methods=sgd:step-size=0.05,batch-size=64;adam:step-size=0.003,batch-size=64"},
		Statement: "Descent does not know directions, Adam does.",
		Want:      "rotated inputs, 60 steps: descent apart by at most 1e-12, Adam by more than 1e-3",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := most(t[0].Method("sgd"), "mirror-gap"), most(t[0].Method("adam"), "mirror-gap")
			return sim.Judge(a <= 1e-12 && b > 1e-3, "%.1e and %.1e", a, b)
		},
	},
	{
		ID: "s11", Preset: "a6", Source: "derived", Panel: "mirror",
		Statement: "Adam treats inputs alike too.",
		Want:      "relabelled inputs and signs, 60 steps: no weight apart by more than 1e-10",
		Check: func(t []*sim.Trace) sim.Verdict {
			a := most(t[0].Method("adam"), "mirror-gap")
			return sim.Judge(a <= 1e-10, "within %.1e", a)
		},
	},
	{
		ID: "growth", Preset: "growth", Source: ours, Panel: "loss", Seeds: 2, Long: true,
		Specs:     []string{"preset=growth", "preset=growth&dim=20&steps=5000"},
		Statement: "The wall grows with the inputs: with ten the product is learned as soon as the stairs, with twenty later.",
		Want:      "2 seeds: with 10 inputs both below 0.1 within 1500 steps, the product no later than the stairs by half; with 20 the product at least 3 times as late as with 10",
		Check: func(traces []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for i := 0; i+1 < len(traces); i += 2 {
				s, w := under(traces[i].Method("stairs"), 0.1), under(traces[i].Method("wall"), 0.1)
				later := under(traces[i+1].Method("wall"), 0.1)
				holds = holds && s >= 0 && w >= 0 && 2*w <= 3*s && (later < 0 || later >= 3*w)
				got = append(got, fmt.Sprintf("stairs %d, product %d, with 20 inputs %d", s, w, later))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
}

// most is the largest reading of a measure.
func most(m *sim.MethodTrace, measure string) float64 {
	top := math.Inf(-1)
	for _, v := range m.Readings(measure).Value {
		top = math.Max(top, v)
	}
	return top
}
