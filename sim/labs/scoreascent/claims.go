package scoreascent

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape/inference"
	"thalweg/sim"
)

// rivals are the other methods with a Markov chain of the target.
var rivals = []string{"jsa", "msc-rb", "msc"}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}

// over reads a number of a method's walk in each trace.
func over(traces []*sim.Trace, id string, read func(m *sim.MethodTrace) float64) []float64 {
	out := make([]float64, len(traces))
	for i, t := range traces {
		out[i] = read(t.Method(id))
	}
	return out
}

func final(measure string) func(m *sim.MethodTrace) float64 {
	return func(m *sim.MethodTrace) float64 { return m.Last(measure) }
}

// between is the mean of a measure over records of steps from one to another.
func between(measure string, from, to int) func(m *sim.MethodTrace) float64 {
	return func(m *sim.MethodTrace) float64 {
		sum, n := 0.0, 0
		for i, v := range m.At(measure) {
			if m.Step[i] >= from && m.Step[i] <= to {
				sum += v
				n++
			}
		}
		return sum / float64(n)
	}
}

// width is the standard deviation of q along the first coordinate of the picture.
func width(m *sim.MethodTrace) float64 {
	rows := m.Readings("ellipse").Rows
	return math.Sqrt(rows[len(rows)-1][2])
}

// fall is how many times smaller the variance at the start is with 128 proposals than with 8, and that with 8.
func fall(m *sim.MethodTrace) (ratio, at8 float64) {
	v := m.Readings("variance-by-n").Rows[0]
	return math.Pow(10, v[1]-v[len(v)-1]), math.Pow(10, v[1])
}

const (
	paper = "the paper; reference program"
	ours  = "reference program"
)

// played holds the facts that runs show.
var played = []sim.Claim{
	{
		ID: "inclusive-vs-exclusive", Preset: "inclusive-vs-exclusive", Source: ours, Panel: "density", Seeds: 24,
		Specs:     []string{"preset=inclusive-vs-exclusive&methods=pmcsa:step-size=0.01;elbo:step-size=0.01&every=50"},
		Statement: "The target's width is 1. The chains' ellipse reaches for it, the usual fit sits at 0.436.",
		Want:      "tilt 0.9, 3000 steps: mean width over 24 seeds of pMCSA in [0.75, 1.1], of ELBO in [0.42, 0.46]",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := mean(over(t, "pmcsa", width)), mean(over(t, "elbo", width))
			return sim.Judge(a >= 0.75 && a <= 1.1 && b >= 0.42 && b <= 0.46, "%.3f and %.4f", a, b)
		},
	},
	{
		ID: "paper-variance", Preset: "paper-variance", Source: paper, Panel: "by-n",
		Specs:     []string{"preset=paper-variance&steps=10"},
		Statement: "Sixteen times the chains, a sixteenth of the variance; sixteen times the moves of one chain do far less, and one chosen state nothing.",
		Want:      "50 dimensions, at the best fit, 512 copies, N from 8 to 128: pMCSA falls 10 to 26 times, MSC 0.7 to 1.5 times; at 8 pMCSA has less than half of every other",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			a, at8 := fall(t[0].Method("pmcsa"))
			got = append(got, fmt.Sprintf("pmcsa %.3f, ×%.1f", at8, a))
			for _, id := range rivals {
				b, other := fall(t[0].Method(id))
				holds = holds && 2*at8 < other
				if id == "msc" {
					holds = holds && b >= 0.7 && b <= 1.5
				}
				got = append(got, fmt.Sprintf("%s %.3f, ×%.1f", id, other, b))
			}
			return sim.Judge(holds && a >= 10 && a <= 26, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "paper-variance-early", Preset: "paper-variance-early", Source: paper, Panel: "by-n",
		Specs:     []string{"preset=paper-variance-early&steps=10"},
		Statement: "Early in a run only chains side by side get anything for more proposals.",
		Want:      "50 dimensions, halfway, 512 copies, N from 8 to 128: pMCSA falls more than 10 times, all others less than twice",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, _ := fall(t[0].Method("pmcsa"))
			holds, got := a > 10, []string{fmt.Sprintf("pmcsa ×%.1f", a)}
			for _, id := range rivals {
				b, _ := fall(t[0].Method(id))
				holds = holds && b < 2
				got = append(got, fmt.Sprintf("%s ×%.2f", id, b))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "paper-race", Preset: "paper-race", Source: paper, Panel: "excess", Seeds: 8, Long: true,
		Statement: "In fifty dimensions chains side by side are far ahead on the way, and a little ahead at the end.",
		Want:      "Adam 0.01, N = 10, medians of 8 seeds: at step 2000 the KL of pMCSA is below a third of JSA's, MSC-RB's and MSC's; after 10,000 steps it is the lowest of all six",
		Check: func(t []*sim.Trace) sim.Verdict {
			early := between("loss", 2000, 2000)
			a, end := median(over(t, "pmcsa", early)), median(over(t, "pmcsa", final("loss")))
			holds, got := true, []string{fmt.Sprintf("pmcsa %.1f, %.3f", a, end)}
			for _, id := range append(slices.Clone(rivals), "snis", "elbo") {
				b, last := median(over(t, id, early)), median(over(t, id, final("loss")))
				holds = holds && end < last && (!slices.Contains(rivals, id) || 3*a < b)
				got = append(got, fmt.Sprintf("%s %.1f, %.3f", id, b, last))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "sa-40", Preset: "paper-race", Source: paper + "; the set-up is ours", Panel: "excess", Seeds: 16,
		Specs:     []string{"preset=inclusive-vs-exclusive&correlation=0&start-at=optimum&proposals=32&optimizer=sgd&schedule=inverse&methods=pmcsa:step-size=1;jsa:step-size=1&steps=4000&every=25"},
		Statement: "With steps 1/t pMCSA and JSA, which make as many moves, both come nearer as 1/T and end up equal: what is gained is gained on the way.",
		Want:      "slopes of the median excess KL of 16 seeds from step 100 to 4000 in [-1.2, -0.8]; at the end pMCSA and JSA within a factor of 2",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			ends := map[string]float64{}
			for _, id := range []string{"pmcsa", "jsa"} {
				var x, y []float64
				for i, step := range t[0].Method(id).Step {
					if step < 100 {
						continue
					}
					v := median(over(t, id, func(m *sim.MethodTrace) float64 { return m.At("excess-kl")[i] }))
					// Records even in the logarithm count alike.
					if len(x) == 0 || math.Log(float64(step)) > x[len(x)-1]+0.1 {
						x, y = append(x, math.Log(float64(step))), append(y, math.Log(v))
					}
					ends[id] = v
				}
				s := slope(x, y)
				holds = holds && s >= -1.2 && s <= -0.8
				got = append(got, fmt.Sprintf("%s %.2f, %.2e", id, s, ends[id]))
			}
			ratio := ends["pmcsa"] / ends["jsa"]
			return sim.Judge(holds && ratio > 0.5 && ratio < 2, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "big-steps", Preset: "big-steps", Source: paper, Panel: "excess", Seeds: 32, Long: true,
		Statement: "At thirty times the step size what shakes least sits lowest.",
		Want:      "tilted target, any ellipse, Adam 0.3: mean KL over the second half, mean of 32 seeds, of pMCSA below 0.8 of the least of the others",
		Check: func(t []*sim.Trace) sim.Verdict {
			read := between("loss", 750, 1500)
			a, least := mean(over(t, "pmcsa", read)), math.Inf(1)
			got := []string{fmt.Sprintf("pmcsa %.2f", a)}
			for _, id := range rivals {
				b := mean(over(t, id, read))
				least = min(least, b)
				got = append(got, fmt.Sprintf("%s %.2f", id, b))
			}
			return sim.Judge(a < 0.8*least, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "iris", Preset: "iris", Source: ours, Panel: "excess", Seeds: 16, Long: true,
		Specs:     []string{"preset=iris&methods=pmcsa:step-size=0.01;jsa:step-size=0.01;msc-rb:step-size=0.01;msc:step-size=0.01;elbo:step-size=0.01"},
		Statement: "On a real posterior chains side by side are ahead early on, and the usual fit is too narrow.",
		Want:      "mean excess KL over steps 500 to 1000, mean of 16 seeds, of pMCSA at most half of every other chain's; standard deviations, as shares of the posterior's and in the mean, of ELBO in [0.8, 0.95], of pMCSA in [0.96, 1.03]",
		Check: func(t []*sim.Trace) sim.Verdict {
			read := between("excess-kl", 500, 1000)
			a := mean(over(t, "pmcsa", read))
			holds, got := true, []string{fmt.Sprintf("pmcsa %.3f", a)}
			for _, id := range rivals {
				b := mean(over(t, id, read))
				holds = holds && 2*a <= b
				got = append(got, fmt.Sprintf("%s %.3f", id, b))
			}
			narrow, right := mean(over(t, "elbo", share)), mean(over(t, "pmcsa", share))
			return sim.Judge(holds && narrow >= 0.8 && narrow <= 0.95 && right >= 0.96 && right <= 1.03, "%s; widths %.3f and %.3f", strings.Join(got, "; "), narrow, right)
		},
	},
	{
		ID: "where-it-loses", Preset: "where-it-loses", Source: ours, Panel: "excess", Seeds: 12,
		Specs:     []string{"preset=where-it-loses&every=50"},
		Statement: "On an easy target in the plane, with small steps, chains side by side are last: they mix slowly.",
		Want:      "banana, any ellipse, Adam 0.01, 3000 steps: median excess KL of 12 seeds of pMCSA at least 1.4 times that of every other chain",
		Check: func(t []*sim.Trace) sim.Verdict {
			a := median(over(t, "pmcsa", final("excess-kl")))
			holds, got := true, []string{fmt.Sprintf("pmcsa %.2f", a)}
			for _, id := range rivals {
				b := median(over(t, id, final("excess-kl")))
				holds = holds && a > 1.4*b
				got = append(got, fmt.Sprintf("%s %.2f", id, b))
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "sa-25", Preset: "big-steps", Source: paper + "; at 0.03, 0.1 and 0.3 JSA and MSC-RB match or beat pMCSA, so that this rests on step size 0.01", Panel: "excess", Seeds: 4, Long: true,
		Specs: []string{"problem=gauss-d&dim=20&degrees=200&every=50&methods=" + strings.Join(at("0.01", six[:4]...), ";"), "problem=gauss-d&dim=20&degrees=200&every=50&methods=" + strings.Join(at("0.03", six[:4]...), ";"),
			"problem=gauss-d&dim=20&degrees=200&every=50&methods=" + strings.Join(at("0.1", six[:4]...), ";"), "problem=gauss-d&dim=20&degrees=200&every=50&methods=" + strings.Join(at("0.3", six[:4]...), ";")},
		Statement: "Over step sizes from 0.01 to 0.3 the worst that happens to pMCSA is mild.",
		Want:      "20 dimensions, 3000 steps, median of 4 seeds at each of four step sizes: the worst final KL of pMCSA below half of the worst of every other chain",
		Check: func(t []*sim.Trace) sim.Verdict {
			worst := func(id string) (float64, string) {
				far, text := 0.0, ""
				for k := range 4 {
					var at []*sim.Trace
					for i := k; i < len(t); i += 4 {
						at = append(at, t[i])
					}
					v := median(over(at, id, final("loss")))
					far = max(far, v)
					text += fmt.Sprintf(" %.2f", v)
				}
				return far, id + text
			}
			a, text := worst("pmcsa")
			holds, got := true, []string{text}
			for _, id := range rivals {
				b, text := worst(id)
				holds = holds && 2*a < b
				got = append(got, text)
			}
			return sim.Judge(holds, "%s", strings.Join(got, "; "))
		},
	},
	{
		ID: "one-proposal", Preset: "inclusive-vs-exclusive", Source: "derived", Panel: "density",
		Specs:     []string{"preset=inclusive-vs-exclusive&proposals=1&methods=pmcsa:step-size=0.01;jsa:step-size=0.01&steps=500"},
		Statement: "With one proposal a step JSA and pMCSA are one and the same chain.",
		Want:      "common random numbers, 500 steps: every point the same to the bit",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := t[0].Method("pmcsa"), t[0].Method("jsa")
			differ := 0
			for i := range a.Records() {
				if !slices.Equal(a.Point(i), b.Point(i)) {
					differ++
				}
			}
			return sim.Judge(differ == 0, "%d of %d records differ", differ, a.Records())
		},
	},
}

// slope is that of the least-squares line.
func slope(x, y []float64) float64 {
	mx, my, xx, xy := mean(x), mean(y), 0.0, 0.0
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return xy / xx
}

// share is the mean over coordinates of q's standard deviation over the target's, of upright ellipses.
func share(m *sim.MethodTrace) float64 {
	k, sum := ground(m), 0.0
	d := len(k.Mean)
	x := m.End()
	for i := range d {
		sum += inference.Softplus(x[d+i]) / math.Sqrt(k.Cov[i*d+i]) / float64(d)
	}
	return sum
}
