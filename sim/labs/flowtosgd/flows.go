package flowtosgd

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/flow"
)

// flowing follows gradient flow of a loss, or the flow uphill, at the tolerance 1e-12.
func flowing(f landscape.Func, w []float64) (*flow.Integrator, error) {
	return flow.New(flow.Descent{Func: f}, w, flow.Options{RTol: 1e-12, ATol: 1e-14})
}

// plane is phase retrieval in the plane of the solution and one direction across.
func plane() *phase { return newPhase([]float64{1, 0}) }

// flows holds the facts of gradient flow.
var flows = []sim.Claim{
	{
		ID: "f4", Preset: "b1", Source: derived,
		Statement: "On phase retrieval the tangent of the angle to the solution falls as exp(−8t), and the radius follows by one quadrature.",
		Want:      "from (0.3, 0.5): the flow within 1e-8 of the exact solution at the times 0.02, 0.1, 0.3, 0.6 and 1",
		Prove:     func(context.Context) sim.Verdict { return phaseFlow() },
	},
	{
		ID: "f11", Preset: "b6", Source: derived,
		Statement: "On the square root, from a start that commutes with M, each squared eigenvalue follows a logistic curve.",
		Want:      "5 × 5, at the times 0.02, 0.1 and 0.5: within 1e-8",
		Prove:     func(context.Context) sim.Verdict { return logistic() },
	},
	{
		ID: "f13", Preset: "b1", Source: derived, Panel: "loss",
		Specs:     []string{"problem=phase&start=0.0001,0.5&methods=gradient-flow:time-step=0.002&steps=2000"},
		Statement: "The loss along gradient flow is at most the potential at the start over the time, also past the saddle.",
		Want:      "from (1e-4, 0.5): t F / Φ at most 1 at all times, at its highest 0.798 within 0.002; Φ = 2.940411 within 1e-6",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			phi, top := m.Readings("potential").Value[0], 0.0
			for i, l := range m.At("loss") {
				top = math.Max(top, m.Clock[1][i]*l/phi)
			}
			return sim.Judge(top <= 1 && math.Abs(top-0.798) <= 0.002 && math.Abs(phi-2.940411) <= 1e-6, "at most %.4f, Φ = %.7f", top, phi)
		},
	},
	{
		ID: "f14", Preset: "b1", Source: derived,
		Specs:     []string{"problem=phase&start=0.0001,0.5&methods=gradient-flow:time-step=0.002&steps=2000"},
		Statement: "How long the flow stays at the saddle grows as the logarithm of the distance from its line, over 8.",
		Want:      "from (1e-4, 0.5) the angle passes 45 degrees, or u ½, at a time within 0.3 of ln(10⁴)/8 = 1.151",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			for i := range m.Records() {
				if math.Abs(m.Point(i)[0]) >= 0.5 {
					at := m.Clock[1][i]
					return sim.Judge(math.Abs(at-math.Log(1e4)/8) <= 0.3, "u passes ½ at time %.3f", at)
				}
			}
			return sim.Judge(false, "u never passes ½")
		},
	},
	{
		ID: "f17", Preset: "b3", Source: derived,
		Statement: "The flow on the product keeps u² − v², so it ends where the sharpness is √(c² + 4).",
		Want:      "from (3, 0.2) 9.180501076, from (5, 0.1) the value by the formula, each within 1e-8",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			var first float64
			for i, w := range [][]float64{{3, 0.2}, {5, 0.1}, {0.5, 0.4}} {
				run, err := flowing(product{}, w)
				if err != nil {
					return sim.Judge(false, "%v", err)
				}
				_ = run.Advance(200)
				c := w[0]*w[0] - w[1]*w[1]
				sharp := sharpnessOf(run.Point())
				off = math.Max(off, math.Abs(sharp-math.Sqrt(c*c+4)))
				if i == 0 {
					first = sharp
				}
			}
			return sim.Judge(off <= 1e-8 && math.Abs(first-9.180501076) <= 1e-8, "%.9f, all within %.1e", first, off)
		},
	},
	{
		ID: "f20", Preset: "b4", Source: derived,
		Statement: "The flow of |w|^1.5 does not come nearer and nearer: it arrives, at time 2.",
		Want:      "from 1 at the time 2 − 2e-3: |w| = 1e-6 within 1e-9",
		Prove: func(context.Context) sim.Verdict {
			run, err := flowing(&power{n: 2, p: 1.5}, []float64{1, 0})
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			if err := run.Advance(2 - 2e-3); err != nil {
				return sim.Judge(false, "%v", err)
			}
			w := run.Point()[0]
			return sim.Judge(math.Abs(w-1e-6) <= 1e-9, "%.10g", w)
		},
	},
	{
		ID: "f22", Preset: "b5", Source: derived,
		Statement: "Uphill the flow of w⁴/4 leaves all bounds at the time 1/(2w₀²).",
		Want:      "from 1 at the time 0.4999: w = 1/√(1 − 2t) within 1e-6 of its size",
		Prove: func(context.Context) sim.Verdict {
			run, err := flow.New(uphill{&power{n: 2, p: 4}}, []float64{1, 0}, flow.Options{RTol: 1e-12, ATol: 1e-14})
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			if err := run.Advance(0.4999); err != nil {
				return sim.Judge(false, "%v", err)
			}
			want := 1 / math.Sqrt(1-2*0.4999)
			return sim.Judge(math.Abs(run.Point()[0]/want-1) <= 1e-6, "%.8g, want %.8g", run.Point()[0], want)
		},
	},
	{
		ID: "f24", Preset: "b2", Source: derived, Panel: "loss",
		Specs:     []string{"problem=sine-bowl&start=6,0&methods=gradient-flow:time-step=0.01&steps=1500"},
		Statement: "The sine bowl is not convex, yet its flow is bound to an exponential rate by its Polyak–Łojasiewicz constant.",
		Want:      "from 6: the loss at most F₀ exp(−2μt) at all times",
		Check:     below,
	},
	{
		ID: "f25", Preset: "b5", Source: derived, Panel: "loss",
		Specs:     []string{"problem=power&exponent=4&start=1.5,0&methods=gradient-flow:time-step=0.01&steps=2000"},
		Statement: "On w⁴/4, where the Kurdyka–Łojasiewicz exponent is ¾, the loss falls like 1/t².",
		Want:      "F = r⁴/(4(1 + 2r²t)²) within 1e-7 of its size up to time 20",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			bound, off := m.At("problem-bound"), 0.0
			for i, l := range m.At("loss") {
				off = math.Max(off, math.Abs(l/bound[i]-1))
			}
			return sim.Judge(off <= 1e-7, "within %.1e", off)
		},
	},
	{
		ID: "f28", Preset: "b3", Source: "criterion of Chatterjee 2022, reconstructed; numbers derived here", Panel: "loss",
		Specs:     []string{"problem=product&start=2.5,0.1&methods=gradient-flow:time-step=0.005,rtol=1e-12,atol=1e-15&steps=600"},
		Statement: "Where the slope is steep enough in a ball around the start, the flow stays inside it and falls at an exponential rate.",
		Want:      "from (2.5, 0.1): radius 0.348226 and rate 9.277477 within 1e-6; the path within the radius, 0.296828 at most, within 1e-6; the loss at most F₀ exp(−αt)",
		Check: func(t []*sim.Trace) sim.Verdict {
			m := t[0].Methods[0]
			radius, alpha, _ := ball([]float64{2.5, 0.1})
			far := 0.0
			for i := range m.Records() {
				far = math.Max(far, landscape.Distance(m.Point(i), []float64{2.5, 0.1}))
			}
			v := below(t)
			return sim.Judge(v.Verdict == sim.Holds && math.Abs(radius-0.348226) <= 1e-6 && math.Abs(alpha-9.277477) <= 1e-6 && far < radius && math.Abs(far-0.296828) <= 1e-6,
				"radius %.6f, rate %.6f, path to %.6f; %s", radius, alpha, far, v.Got)
		},
	},
}

// below holds the loss of the first method against the bound of its problem, up to the rounding of the two.
func below(t []*sim.Trace) sim.Verdict {
	m := t[0].Methods[0]
	bound, top := m.At("problem-bound"), 0.0
	for i, l := range m.At("loss") {
		if l > 1e-18 { // what lies below is rounding
			top = math.Max(top, l/bound[i])
		}
	}
	return sim.Judge(top <= 1+1e-12, "the loss is at most %.6f of the bound", top)
}

// uphill is the flow w' = +grad F.
type uphill struct{ landscape.Func }

// Slope implements flow.Field.
func (u uphill) Slope(dst, y []float64) float64 { return u.Grad(dst, y) }

// phaseFlow holds the flow of phase retrieval against its exact solution: with tan(angle) known, s = 1/r^2 solves the
// linear equation s' = -2(4 + 8 cos^2)s + 24, by Simpson's rule in fine steps.
func phaseFlow() sim.Verdict {
	u0, v0 := 0.3, 0.5
	run, err := flowing(plane(), []float64{u0, v0})
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	tan0, s0 := v0/u0, 1/(u0*u0+v0*v0)
	off := 0.0
	for _, t := range []float64{0.02, 0.1, 0.3, 0.6, 1} {
		if err := run.Advance(t); err != nil {
			return sim.Judge(false, "%v", err)
		}
		// The integral of 2(4 + 8 cos^2) from 0: cos^2 = 1/(1 + tan^2), with tan = tan0 exp(-8t), integrates in closed form.
		grown := func(at float64) float64 {
			return 8*at + math.Log((math.Exp(16*at)+tan0*tan0)/(1+tan0*tan0))
		}
		const n = 20000
		h, sum := t/n, 0.0
		for i := range n + 1 {
			w := 2.0
			switch {
			case i == 0 || i == n:
				w = 1
			case i%2 == 1:
				w = 4
			}
			sum += w * math.Exp(grown(float64(i)*h)-grown(t))
		}
		s := s0*math.Exp(-grown(t)) + 24*sum*h/3
		r, angle := 1/math.Sqrt(s), math.Atan(tan0*math.Exp(-8*t))
		off = math.Max(off, landscape.Distance(run.Point(), []float64{r * math.Cos(angle), r * math.Sin(angle)}))
	}
	return sim.Judge(off <= 1e-8, "within %.1e", off)
}

func logistic() sim.Verdict {
	const n = 5
	f := newRoot(n, turnedMatrix(n, 40, 3))
	q, w := []float64{0.3, 2, 1.1, 4, 0.9}, make([]float64, n*n)
	for k := range n {
		for i := range n {
			for j := range n {
				w[i*n+j] += math.Sqrt(q[k]) * f.turn[k][i] * f.turn[k][j]
			}
		}
	}
	run, err := flowing(f, w)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	off := 0.0
	for _, t := range []float64{0.02, 0.1, 0.5} {
		if err := run.Advance(t); err != nil {
			return sim.Judge(false, "%v", err)
		}
		got, _ := f.commuting(run.Point())
		for k, want := range squaresAt(f.values, q, t) {
			off = math.Max(off, math.Abs(got[k]*got[k]-want))
		}
	}
	return sim.Judge(off <= 1e-8, "within %.1e", off)
}

// drawn are a few random points.
func drawn(n, dim int, size float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, dim)
		rng.NewKey(uint64(i+1), 0, 0, uint64(dim), rng.Probe).FillNormal(out[i], 0, 0)
		for j := range out[i] {
			out[i][j] *= size
		}
	}
	return out
}

func worst(off float64, of int) string { return fmt.Sprintf("%d points within %.1e", of, off) }
