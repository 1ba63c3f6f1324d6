package spuriousminima

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape/teacher"
	"thalweg/sim"
)

// played holds the facts that runs show.
var played = []sim.Claim{
	{
		ID: "trap", Preset: "trap", Source: reference + "; the trap is published by Safran, Shamir 2018", Panel: "loss", Each: true,
		Statement: "Shaken a little, ten neurons fall back into the trap.",
		Want:      "loss within 1e-6 of 0.018702194585599 at the end, no way down there, distance from type II below 1e-6",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Methods[0]
			loss, index, away := last(m, "loss"), last(m, "index"), last(m, "family-distance")
			return math.Abs(loss-lossII[10]) <= 1e-6 && index == 0 && away < 1e-6 && last(m, "nearest-family") == float64(teacher.II),
				fmt.Sprintf("loss %.12f, %v ways down, distance %.1e", loss, index, away)
		}),
	},
	{
		ID: "one-more-neuron", Preset: "one-more-neuron", Source: reference, Panel: "loss", Each: true,
		Statement: "One more neuron, made by splitting a plain one, sets the student free.",
		Want:      "nine ways down at the start; a loss below 1e-8 after 4000 steps, while ten neurons stay at 0.0187",
		Check: each(func(t *sim.Trace) (bool, string) {
			freed, trapped := t.Method("freed"), t.Method("trapped")
			start := freed.Readings("index").Value[0]
			return start == 9 && last(freed, "loss") < 1e-8 && math.Abs(last(trapped, "loss")-lossII[10]) < 1e-6,
				fmt.Sprintf("%v ways down; %s, %s", start, saidLoss(freed), saidLoss(trapped))
		}),
	},
	{
		ID: "wrong-neuron", Preset: "wrong-neuron", Source: reference, Panel: "loss", Each: true,
		Statement: "The flipped neuron opens nine ways down as well, and they lead to another dead end.",
		Want:      "nine ways down at the start, and after 4000 steps a loss within 1e-6 of 0.0178926551",
		Check: each(func(t *sim.Trace) (bool, string) {
			wrong := t.Method("wrong")
			start := wrong.Readings("index").Value[0]
			return start == 9 && math.Abs(last(wrong, "loss")-0.0178926551394) <= 1e-6, fmt.Sprintf("%v ways down; %s", start, saidLoss(wrong))
		}),
	},
	{
		ID: "success-table", Preset: "success-table", Source: "Safran, Shamir 2018: 346 and 1 of 1000; ranges by a reference program, about two standard errors wide on either side", Panel: "success", Long: true, Each: true,
		Statement: "A bad minimum is not rare with as many neurons as the teacher has; with one more it nearly never happens.",
		Want:      "of 200 runs 24 to 44 % in a trap with 10 neurons, at most 2 % with 11 and with 12, none still moving with 10",
		Check: each(func(t *sim.Trace) (bool, string) {
			holds := true
			var got []string
			for _, m := range t.Methods {
				bad, moving := last(m, "bad-fraction"), last(m, "moving-runs")
				if m.ID == "ten" {
					holds = holds && bad >= 0.24 && bad <= 0.44 && moving == 0
				} else {
					// Those that still move may yet end badly.
					holds = holds && bad+moving/200 <= 0.02
				}
				got = append(got, fmt.Sprintf("%s %.1f %% (%v moving)", m.ID, 100*bad, moving))
			}
			return holds, strings.Join(got, ", ")
		}),
	},
	{
		ID: "b16", Preset: "success-table", Source: "Safran, Shamir 2018, polished again by a reference program: every published bad run with 6, 7 and 8 neurons is of type II", Long: true,
		Specs:     []string{"preset=success-table&dim=8&runs=1&steps=6000&methods=gd:step-size=0.375&replicas=100"},
		Statement: "Types A and I exist, yet nobody meets them: whoever is trapped with eight neurons is at type II.",
		Want:      "of 100 runs those that end above 0.001 are within 1e-4 of type II, and there are 3 to 25 of them",
		Check: each(func(t *sim.Trace) (bool, string) {
			bad, other := 0, 0
			for _, m := range t.Methods {
				if last(m, "loss") < success {
					continue
				}
				bad++
				if last(m, "nearest-family") != float64(teacher.II) || last(m, "family-distance") > 1e-4 {
					other++
				}
			}
			return other == 0 && bad >= 3 && bad <= 25, fmt.Sprintf("%d trapped, %d of them not at type II", bad, other)
		}),
	},
	{
		ID: "b15", Preset: "success-table", Source: "Safran, Shamir 2018: 3, 55, 126, 218, 346, 736 of 1000 with as many neurons as inputs", Panel: "sizes", Long: true,
		Specs: []string{
			"preset=success-table&dim=6&runs=300&steps=20000&methods=gd:step-size=0.5", "preset=success-table&dim=7&runs=300&steps=20000&methods=gd:step-size=0.4285714285714286",
			"preset=success-table&dim=8&runs=300&steps=20000&methods=gd:step-size=0.375", "preset=success-table&dim=9&runs=200&steps=20000&methods=gd:step-size=0.3333333333333333",
			"preset=success-table&dim=10&runs=200&steps=20000&methods=gd:step-size=0.3", "preset=success-table&dim=14&runs=100&steps=40000&methods=gd:step-size=0.21428571428571427",
		},
		Statement: "The more inputs, the more often descent is caught, as often as was published.",
		Want:      "6, 7, 8, 9, 10 and 14 inputs: all runs at rest, and each share no further from the published one than two such samples differ by chance in 999 of 1000",
		Check: func(traces []*sim.Trace) sim.Verdict {
			const z = 3.2905 // of 0.001, two-sided
			holds := true
			var got []string
			for _, t := range traces {
				m, d := t.Methods[0], t.Spec.Values.Whole("dim")
				n, p, moving := float64(t.Spec.Values.Whole("runs")), float64(publishedEqual[d])/publishedRuns, last(m, "moving-runs")
				share := last(m, "bad-fraction")
				pooled := (n*share + publishedRuns*p) / (n + publishedRuns)
				holds = holds && moving == 0 && math.Abs(share-p) <= z*math.Sqrt(pooled*(1-pooled)*(1/n+1.0/publishedRuns))
				got = append(got, fmt.Sprintf("%d: %.1f %% (%.1f)", d, 100*share, 100*p))
			}
			return sim.Judge(holds, "%s", strings.Join(got, ", "))
		},
	},
	{
		ID: "barcode", Preset: "barcode", Source: "by the symmetry of the points (Schur), against the dense Hessian", Panel: "bars", Each: true,
		Statement: "Blocks of at most five by five give every curvature of a hundred by hundred Hessian.",
		Want:      "twelve levels by symmetry, of multiplicity 1, 8, 28 and 27; each of the hundred values of the dense Hessian within 1e-9 of its own",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Methods[0]
			dense, levels, counts := m.Readings("spectrum").Rows[0], m.Readings("levels").Rows[0], m.Readings("multiplicity").Rows[0]
			off, n := 0.0, 0
			var many []int
			for i, v := range levels {
				for range int(counts[i]) {
					if n == len(dense) {
						return false, fmt.Sprintf("more than %d values by symmetry", n)
					}
					off = math.Max(off, math.Abs(dense[n]-v))
					n++
				}
				if c := int(counts[i]); !slices.Contains(many, c) {
					many = append(many, c)
				}
			}
			slices.Sort(many)
			holds := n == 100 && len(dense) == n && len(levels) == 12 && slices.Equal(many, []int{1, 8, 27, 28}) && off <= 1e-9
			return holds, fmt.Sprintf("%d levels, multiplicities %v, of %d values the worst is off by %.1e", len(levels), many, len(dense), off)
		}),
	},
	{
		ID: "not-all-alike", Preset: "not-all-alike", Source: reference, Panel: "loss", Each: true,
		Statement: "Type A is a strict minimum, nine times as deep a trap as type II with twenty inputs.",
		Want:      "the walk stays within 1e-3 of type A's 0.1015; type II lies at 0.0113",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Methods[0]
			a, ii := last(m, "loss-a"), last(m, "loss-ii")
			return math.Abs(last(m, "loss")-a) < 1e-3 && a > 9*ii && a < 9.1*ii, fmt.Sprintf("%s, type A %.6f, type II %.6f", saidLoss(m), a, ii)
		}),
	},
}

// doors holds what a split leads to, and where it does not lead home.
var doors = []sim.Claim{
	{
		ID: "noise-frees-all", Preset: "noise-frees-all", Source: "reference program, three seeds", Panel: "loss", Seeds: 3, Long: true, Each: true,
		Specs: []string{
			"preset=noise-frees-all", "preset=noise-frees-all&family=i",
			"preset=noise-frees-all&family=i&methods=freed=gd:extra-neurons=1,split=7,step-size=0.2777777777777778",
			"preset=noise-frees-all&family=ii",
		},
		Statement: "One split and a little noise free types A and I too, whichever neuron was split, and type II by a plain one.",
		Want:      "8 inputs, loss below 1e-9 within 12000 steps for every seed",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Methods[0]
			return last(m, "loss") < 1e-9, fmt.Sprintf("%s %.1e", t.Spec.Values.Text("family"), last(m, "loss"))
		}),
	},
	{
		ID: "b21", Preset: "noise-frees-all", Source: "reference program, three seeds", Panel: "loss", Seeds: 3, Long: true, Each: true,
		Specs:     []string{"preset=noise-frees-all&family=ii&methods=wrong=gd:extra-neurons=1,split=7,step-size=0.2777777777777778"},
		Statement: "Not every door leads home: with the flipped neuron split, noise does not help either.",
		Want:      "8 inputs, loss within 1e-6 of 0.0205607918 after 12000 steps for every seed",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Methods[0]
			return math.Abs(last(m, "loss")-0.020560791803) <= 1e-6, fmt.Sprintf("%.10f", last(m, "loss"))
		}),
	},
	{
		ID: "symmetric-push", Preset: "noise-frees-all", Source: "reference program", Panel: "loss", Each: true,
		Specs:     []string{"preset=noise-frees-all&perturb-along=lowest&steps=4000"},
		Statement: "Pushed exactly along the lowest curvature, type A stays on a sheet of symmetric points, far above the solution.",
		Want:      "8 inputs, loss 0.05 to 0.08 after 4000 steps",
		Check: each(func(t *sim.Trace) (bool, string) {
			loss := last(t.Methods[0], "loss")
			return loss >= 0.05 && loss <= 0.08, fmt.Sprintf("%.6f", loss)
		}),
	},
	{
		ID: "b18", Preset: "wrong-neuron", Source: reference + "; the minima are published by Safran, Shamir 2018",
		Statement: "With one neuron too many there are spurious minima still: a pair takes the flipped neuron's place.",
		Want:      "loss 0.020560791803 with a lowest curvature of 0.005944624706 for 8 inputs, 0.017892655139 for 10; within 1e-9",
		Prove:     survivors,
	},
	{
		ID: "b20", Preset: "wrong-neuron", Source: reference,
		Statement: "Between the old trap and the new one lies a pass with a single way down.",
		Want:      "seven numbers: an index-1 saddle at loss 0.0213688229222, lowest curvature −0.3472207093, for 8 inputs; 0.0186335080071 and −0.5433041854 for 10; within 1e-9",
		Prove:     passes,
	},
}
