package leakyrelu

import (
	"fmt"
	"math"
	"strings"

	"thalweg/sim"
)

const reference = "Frei and others 2023 for the effect; numbers by a reference program"

// at is the reading of a measure at a step, NaN where there is none.
func at(m *sim.MethodTrace, measure string, step int) float64 {
	s := m.Readings(measure)
	if s == nil {
		return math.NaN()
	}
	for i, k := range s.Step {
		if k == step {
			return s.Value[i]
		}
	}
	return math.NaN()
}

func last(m *sim.MethodTrace, measure string) float64 { return m.Last(measure) }

// most is the largest reading of a measure after the start.
func most(m *sim.MethodTrace, measure string) float64 {
	top := math.Inf(-1)
	for i, v := range m.Readings(measure).Value {
		if m.Readings(measure).Step[i] > 0 {
			top = math.Max(top, v)
		}
	}
	return top
}

// played holds the facts that runs show.
var played = []sim.Claim{
	{
		ID: "one-step", Preset: "one-step", Source: reference, Panel: "comb",
		Statement: "One step of descent from a tiny start leaves one direction of a hundred, and it stays so.",
		Want:      "stable rank above 60 at the start, below 1.2 after one step and below 1.5 ever after",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Method("tiny")
			before, after, later := at(m, "stable-rank", 0), at(m, "stable-rank", 1), most(m, "stable-rank")
			return sim.Judge(before > 60 && after < 1.2 && later < 1.5, "%.2f, then %.4f; at most %.4f later, %.4f at the end", before, after, later, last(m, "stable-rank"))
		},
	},
	{
		ID: "a8", Preset: "one-step", Source: reference, Panel: "rank", Long: true,
		Statement: "The scale of the start decides: the usual one keeps its rank through that step, and fits as well in the end.",
		Want:      "stable rank falls at least 50 times in one step at scale 1e-5, by less than 0.1 % at 0.0141; both losses below 1e-3 at the end",
		Check: func(t []*sim.Trace) sim.Verdict {
			tiny, usual := t[0].Method("tiny"), t[0].Method("usual")
			fall, change := at(tiny, "stable-rank", 0)/at(tiny, "stable-rank", 1), 1-at(usual, "stable-rank", 1)/at(usual, "stable-rank", 0)
			return sim.Judge(fall >= 50 && math.Abs(change) < 1e-3 && last(tiny, "loss") < 1e-3 && last(usual, "loss") < 1e-3,
				"%.1f times, and by %.3f %%; losses %.1e and %.1e", fall, 100*change, last(tiny, "loss"), last(usual, "loss"))
		},
	},
	{
		ID: "one-step-law", Preset: "one-step", Source: "derived from the first gradient, which is of rank one for a small start", Panel: "rank",
		Specs: []string{"preset=one-step&steps=2&methods=a=gd:init-scale=0.000001,step-size=0.01;b=gd:init-scale=0.00001,step-size=0.01;c=gd:init-scale=0.00003,step-size=0.01;d=gd:init-scale=0.00008,step-size=0.01",
			"preset=one-step&steps=2&slope=0.1&methods=a=gd:init-scale=0.00001,step-size=0.01;b=gd:init-scale=0.00005,step-size=0.01"},
		Statement: "The stable rank after one step can be computed beforehand.",
		Want:      "1 + (ω√(md)/(ησ))² within 3 % for starts up to the scale at which that is 2, slopes 0.5 and 0.1",
		Check: func(traces []*sim.Trace) sim.Verdict {
			worst := 0.0
			var got []string
			for _, t := range traces {
				for _, m := range t.Methods {
					want, is := at(m, "predicted-rank", 0), at(m, "stable-rank", 1)
					worst = math.Max(worst, math.Abs(is/want-1))
					got = append(got, fmt.Sprintf("%.4f (%.4f)", is, want))
				}
			}
			return sim.Judge(worst <= 0.03, "measured (predicted) %s", strings.Join(got, ", "))
		},
	},
	{
		ID: "scales", Preset: "scales", Source: reference, Panel: "rank",
		Statement: "The larger the start, the more of its directions outlive the first step; the loss does not tell.",
		Want:      "starts of 1e-6 to 1e-2: stable rank after one step below 1.001, 1.1, 5, and above 40 and 80; all losses after 200 steps within a factor of two",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds, low, high := true, math.Inf(1), 0.0
			var got []string
			for i, m := range t[0].Methods {
				sr := at(m, "stable-rank", 1)
				holds = holds && (i < 3 && sr < []float64{1.001, 1.1, 5}[i] || i >= 3 && sr > []float64{40, 80}[i-3])
				low, high = math.Min(low, last(m, "loss")), math.Max(high, last(m, "loss"))
				got = append(got, fmt.Sprintf("%.4f", sr))
			}
			return sim.Judge(holds && high < 2*low, "%s; losses %.2e to %.2e", strings.Join(got, ", "), low, high)
		},
	},
	{
		ID: "glorot-vs-50", Preset: "glorot-vs-50", Source: reference, Panel: "rank", Long: true,
		Statement: "Two starts, one fifty times smaller: the same loss, and a rank of one against a rank of eighty.",
		Want:      "after 1000 steps stable rank above 60 and below 2, both losses below 1e-3",
		Check: func(t []*sim.Trace) sim.Verdict {
			u, s := t[0].Method("usual"), t[0].Method("smaller")
			return sim.Judge(last(u, "stable-rank") > 60 && last(s, "stable-rank") < 2 && last(u, "loss") < 1e-3 && last(s, "loss") < 1e-3,
				"stable rank %.2f and %.3f, loss %.2e and %.2e", last(u, "stable-rank"), last(s, "stable-rank"), last(u, "loss"), last(s, "loss"))
		},
	},
	{
		ID: "leaky-gf", Preset: "leaky-gf", Source: "Frei and others 2023 for the limit; its closed form derived here", Panel: "margin",
		Statement: "Gradient flow goes in direction to a matrix of rank two, the solution of largest margin.",
		Want:      "at rescaled time 10: cosine to the closed solution above 0.9999, third singular value below a thousandth of the first, distance from KKT below 1e-3",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			c, s, k := last(m, "direction-cosine"), last(m, "third-value"), last(m, "kkt-residual")
			return sim.Judge(c > 0.9999 && s < 1e-3 && k < 1e-3 && m.State == sim.Converged,
				"cosine %.6f, third value %.1e, KKT %.1e, margin %.5f of the largest, stable rank %.4f (limit %.4f)", c, s, k, last(m, "margin-ratio"), last(m, "stable-rank"), at(m, "limit-rank", 0))
		},
	},
	{
		ID: "a12", Preset: "leaky-gf", Source: "Lyu, Li 2020 for the smoothed margin; the rest derived: f is homogeneous, so that the norm grows in proportion to the rescaled time", Panel: "margin",
		Statement: "Along the flow the smoothed margin never falls once all points are right, and the distance from the conditions of the largest margin falls as one over the time.",
		Want:      "no fall of the smoothed margin, and of the least one by no more than 1e-4 of it, from one reading to the next; distance times time at time 10 over that at time 1: 1 within 20 %",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			falls := func(measure string) (fall float64) {
				v := m.Readings(measure).Value
				for i := 1; i < len(v); i++ {
					if v[i-1] > 0 {
						fall = math.Max(fall, 1-v[i]/v[i-1])
					}
				}
				return fall
			}
			smooth, least := falls("smoothed-margin"), falls("normalized-margin")
			early, when := upTo(m, "kkt-residual", 1)
			late, end := upTo(m, "kkt-residual", 10)
			ratio := late * end / (early * when)
			return sim.Judge(smooth <= 0 && least <= 1e-4 && math.Abs(ratio-1) <= 0.2, "falls by at most %.1e and %.1e; %.2e at time %.3f, %.2e at time %.3f, ratio %.4f", smooth, least, early, when, late, end, ratio)
		},
	},
	{
		ID: "crooked", Preset: "crooked", Source: reference, Panel: "agreement",
		Statement: "From a tiny start the boundary is a line; from a large one the same net is crooked.",
		Want:      "on 4000 normal points the agreement with the line of the mean neuron is larger by more than 0.08, and above 0.99",
		Check: func(t []*sim.Trace) sim.Verdict {
			l, s := t[0].Method("large"), t[0].Method("tiny")
			a, b := last(l, "agreement"), last(s, "agreement")
			return sim.Judge(b-a > 0.08 && b > 0.99, "%.4f against %.4f; margin of the line %.3f and %.3f, bend %.2f° and %.3f°", a, b, last(l, "linear-margin-ratio"), last(s, "linear-margin-ratio"), last(l, "bend"), last(s, "bend"))
		},
	},
	{
		ID: "lazy", Preset: "crooked", Source: reference, Panel: "rank",
		Statement: "A large start is lazy: its rank does not move, and the loss goes to 0 all the same.",
		Want:      "at scale 0.5 the stable rank changes by less than 0.1 % in 1000 steps while the loss falls below 1e-3",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Method("large")
			change := math.Abs(last(m, "stable-rank")/at(m, "stable-rank", 0) - 1)
			return sim.Judge(change < 1e-3 && last(m, "loss") < 1e-3, "by %.4f %%, loss %.1e", 100*change, last(m, "loss"))
		},
	},
	{
		ID: "sgd", Preset: "sgd", Source: reference, Panel: "rank", Long: true,
		Statement: "Single points do it too: after one step with one or five of them the rank is one, and stays.",
		Want:      "stable rank below 1.1 at every reading from step 1 on, with 1 and with 5 points a step",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := t[0].Method("one"), t[0].Method("five")
			return sim.Judge(most(a, "stable-rank") < 1.1 && most(b, "stable-rank") < 1.1, "at most %.4f and %.4f; %.4f and %.4f at the end", most(a, "stable-rank"), most(b, "stable-rank"), last(a, "stable-rank"), last(b, "stable-rank"))
		},
	},
	{
		ID: "clusters", Preset: "clusters", Source: reference, Panel: "accuracy", Long: true,
		Specs:     []string{"preset=clusters&separation=0", "preset=clusters", "preset=clusters&separation=20"},
		Statement: "Where there is something to learn, the simple fit learns it; where there is nothing, it fits the labels and knows nothing.",
		Want:      "accuracy on fresh points 0.40 to 0.65 at separation 0, at least 0.98 at 10 and 20; stable rank below 1.05 in all",
		Check: func(t []*sim.Trace) sim.Verdict {
			holds := true
			var got []string
			for i, r := range t {
				m := r.Methods[0]
				a := last(m, "test-accuracy")
				holds = holds && last(m, "stable-rank") < 1.05 && (i == 0 && a >= 0.40 && a <= 0.65 || i > 0 && a >= 0.98)
				got = append(got, fmt.Sprintf("%.3f (rank %.4f)", a, last(m, "stable-rank")))
			}
			return sim.Judge(holds, "%s", strings.Join(got, ", "))
		},
	},
	{
		ID: "violated", Preset: "violated", Source: "reference program", Panel: "rank", Long: true,
		Statement: "Where points are not nearly at right angles the closed solution is not valid, and the flow stays at rank three or more, though descent's rank falls at first.",
		Want:      "n max|x·x′|/min|x|² above 2, no valid pattern; descent's stable rank below 1.3 at step 10; at the end of the flow the third singular value above 0.05 of the first",
		Check: func(t []*sim.Trace) sim.Verdict {
			gd, flow := t[0].Method("gd"), t[0].Method("flow")
			g := flow.Ground.(*ground)
			return sim.Judge(g.NearOrthogonality() > 2 && g.limit == nil && at(gd, "stable-rank", 10) < 1.3 && last(flow, "third-value") > 0.05,
				"orthogonality %.2f, valid: %v; descent's stable rank %.2f, %.2f after one step, %.3f at step 10; third value of the flow %.3f",
				g.NearOrthogonality(), g.limit != nil, at(gd, "stable-rank", 0), at(gd, "stable-rank", 1), at(gd, "stable-rank", 10), last(flow, "third-value"))
		},
	},
	{
		ID: "paper-scale", Preset: "paper-scale", Source: reference, Panel: "rank", Long: true,
		Statement: "With a hundred points and 512 neurons it is the same.",
		Want:      "stable rank above 200 at the start, below 2 after one step",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			return sim.Judge(at(m, "stable-rank", 0) > 200 && at(m, "stable-rank", 1) < 2, "%.1f, then %.4f", at(m, "stable-rank", 0), at(m, "stable-rank", 1))
		},
	},
}

// upTo is the last reading of a measure up to a time, with its own time.
func upTo(m *sim.MethodTrace, measure string, time float64) (value, when float64) {
	s, k := m.Readings(measure), 0
	for i, step := range s.Step {
		for k < len(m.Step)-1 && m.Step[k] < step {
			k++
		}
		if t := m.Clock[1][k]; t <= time*(1+1e-12) {
			value, when = s.Value[i], t
		}
	}
	return value, when
}
