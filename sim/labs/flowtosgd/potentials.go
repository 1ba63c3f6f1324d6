package flowtosgd

import (
	"context"
	"math"

	"thalweg/landscape"
	"thalweg/sim"
)

// numeric is the potential by the flow alone, without formulas.
func numeric(f landscape.Func, w []float64) float64 {
	p := potential{g: scales["identity"], maxTime: 1000, rtol: 1e-11}
	return p.along(f, w, p.maxTime)
}

// identityPotential is the potential of a loss as the lab computes it.
func identityPotential(f landscape.Func) *potential {
	return &potential{ground: ground{Func: f}, g: scales["identity"], maxTime: 1000, rtol: 1e-11}
}

// agree holds the potential by the flow against its formula at points.
func agree(f landscape.Func, points [][]float64) (off float64) {
	p := identityPotential(f)
	for _, w := range points {
		want, ok := p.closed(w)
		if !ok {
			return math.Inf(1)
		}
		off = math.Max(off, math.Abs(numeric(f, w)-want))
	}
	return off
}

// potentials holds the facts of the potential.
var potentials = []sim.Claim{
	{
		ID: "f5", Preset: "b1", Source: derived,
		Statement: "The saddles of phase retrieval lie on the sphere of radius 1/√3 across the solution, at loss 8/3.",
		Want:      "loss 8/3 and curvatures −8 and 8 at (0, 1/√3), curvatures 24 and 8 at the solution, gradient 0 at both; within 1e-12",
		Prove: func(context.Context) sim.Verdict {
			f, off := plane(), 0.0
			for _, c := range []struct {
				w         []float64
				loss      float64
				low, high float64
			}{{[]float64{0, 1 / math.Sqrt(3)}, 8.0 / 3, -8, 8}, {[]float64{1, 0}, 0, 8, 24}} {
				g := make([]float64, 2)
				loss := f.Grad(g, c.w)
				e := landscape.Spectrum(f, c.w)
				off = math.Max(off, math.Max(norm(g), math.Max(math.Abs(loss-c.loss), math.Max(math.Abs(e[0]-c.low), math.Abs(e[1]-c.high)))))
			}
			return sim.Judge(off <= 1e-12, "within %.1e", off)
		},
	},
	{
		ID: "f6", Preset: "b1", Source: derived,
		Statement: "At the saddle's line the potential has a wall that the loss does not have: it grows as ⅓ ln(1/u).",
		Want:      "slope of Φ in ln(1/u) between u = 1e-6 and 1e-7: ⅓ within 1e-5",
		Prove: func(context.Context) sim.Verdict {
			p := identityPotential(plane())
			slope := (p.at([]float64{1e-7, 0.5}) - p.at([]float64{1e-6, 0.5})) / math.Log(10)
			return sim.Judge(math.Abs(slope-1.0/3) <= 1e-5, "%.7f", slope)
		},
	},
	{
		ID: "f7", Preset: "b2", Source: derived,
		Statement: "On every quadratic the potential is |w|²/4, whatever its curvatures.",
		Want:      "by the flow at 6 points of 4 × 4 matrices within 1e-8",
		Prove: func(context.Context) sim.Verdict {
			off := agree(&quadratic{n: 4, a: turnedMatrix(4, 30, 2)}, drawn(6, 4, 1))
			return sim.Judge(off <= 1e-8, "%s", worst(off, 6))
		},
	},
	{
		ID: "f8", Preset: "b5", Source: derived,
		Statement: "On |w|ᵖ/p the potential is |w|²/(2p).",
		Want:      "by the flow for p = 1.5, 2 and 2.5 at 4 points each within 1e-8",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for _, p := range []float64{1.5, 2, 2.5} {
				off = math.Max(off, agree(&power{n: 3, p: p}, drawn(4, 3, 0.7)))
			}
			return sim.Judge(off <= 1e-8, "%s", worst(off, 12))
		},
	},
	{
		ID: "f9", Preset: "b3", Source: derived,
		Statement: "On the product the potential has a closed form by the balance, infinite only where u = −v.",
		Want:      "by the flow at 8 points within 1e-8",
		Prove: func(context.Context) sim.Verdict {
			off := agree(product{}, append(drawn(7, 2, 1.2), []float64{1.3, 1.3}))
			return sim.Judge(off <= 1e-8, "%s", worst(off, 8))
		},
	},
	{
		ID: "f10", Preset: "b6", Source: derived,
		Statement: "On the square root, where W commutes with M, the potential is a Bregman divergence of the squares.",
		Want:      "by the flow at 3 points of 3 × 3 matrices within 1e-8",
		Prove: func(context.Context) sim.Verdict {
			f := newRoot(3, turnedMatrix(3, 5, 4))
			off := 0.0
			for _, q := range [][]float64{{0.5, 1, 2}, {3, 0.2, 1}, {1, 1, 6}} {
				w := make([]float64, 9)
				for k := range 3 {
					for i := range 3 {
						for j := range 3 {
							w[i*3+j] += math.Sqrt(q[k]) * f.turn[k][i] * f.turn[k][j]
						}
					}
				}
				off = math.Max(off, math.Abs(numeric(f, w)-rootPotential(f.values, []float64{math.Sqrt(q[0]), math.Sqrt(q[1]), math.Sqrt(q[2])})))
			}
			return sim.Judge(off <= 1e-8, "%s", worst(off, 3))
		},
	},
	{
		ID: "f12", Preset: "b6", Source: derived,
		Statement: "The potential falls along the gradient of the loss at exactly the rate g: that is what makes it a clock.",
		Want:      "⟨∇Φ, ∇F⟩/F = 1 within 1e-5: at a 3 × 3 matrix that does not commute, and at 4 points of phase retrieval",
		Prove: func(context.Context) sim.Verdict {
			f := newRoot(3, turnedMatrix(3, 5, 4))
			w := append([]float64(nil), f.solution()...)
			for i, e := range drawn(1, 9, 0.2)[0] {
				w[i] += e
			}
			off := math.Abs(identityAt(identityPotential(f), w) - 1)
			for _, u := range [][]float64{{0.3, 0.5}, {0.8, 0.1}, {1.2, 0.4}, {0.05, 0.7}} {
				off = math.Max(off, math.Abs(identityAt(identityPotential(plane()), u)-1))
			}
			return sim.Judge(off <= 1e-5, "%s", worst(off, 5))
		},
	},
	{
		ID: "f23", Preset: "b2", Source: derived,
		Statement: "The sine bowl bends both ways, and still its slope is never small beside its loss.",
		Want:      "the least |F′|²/(2F) is 0.175531 within 1e-6, at |x| = 2.2017; its lowest curvature is −4",
		Prove: func(context.Context) sim.Verdict {
			f, g := &sineBowl{n: 1}, make([]float64, 1)
			least, at := math.Inf(1), 0.0
			for i := 1; i <= 2_000_000; i++ {
				x := float64(i) * 5e-6
				loss := f.Grad(g, []float64{x})
				if mu := g[0] * g[0] / (2 * loss); mu < least {
					least, at = mu, x
				}
			}
			f.HessVec(g, []float64{math.Pi / 2}, []float64{1})
			return sim.Judge(math.Abs(least-sineConstant) <= 1e-6 && math.Abs(at-2.2017) <= 1e-3 && math.Abs(g[0]+4) <= 1e-12, "%.7f at %.4f, curvature %.3f", least, at, g[0])
		},
	},
	{
		ID: "too-slow", Preset: "b5", Source: derived,
		Statement: "Where the flow is too slow for g there is no finite potential, and no certificate: on w⁴/4 none with the root of the loss.",
		Want:      "Φ infinite for g = √F on the power 4, finite for g = F, and equal to the formula within 1e-8 for g = F² on the power 2.5",
		Prove: func(context.Context) sim.Verdict {
			w := []float64{0.9, 0.2}
			slow := &potential{ground: ground{Func: &power{n: 2, p: 4}}, g: scales["root"], maxTime: 1000, rtol: 1e-11}
			fine := &potential{ground: ground{Func: &power{n: 2, p: 4}}, g: scales["identity"], maxTime: 1000, rtol: 1e-11}
			square := &potential{ground: ground{Func: &power{n: 2, p: 2.5}}, g: scales["square"], maxTime: 1000, rtol: 1e-11}
			off := math.Abs(square.along(square.ground.Func, w, 1000) - square.at(w))
			return sim.Judge(math.IsInf(slow.at(w), 1) && !math.IsInf(fine.at(w), 1) && off <= 1e-8, "%v, %.6f; within %.1e", slow.at(w), fine.at(w), off)
		},
	},
	{
		ID: "wall", Preset: "b1", Source: derived,
		Statement: "On the saddle's own line the potential is infinite: the certificate is local, and says nothing of a walk that crosses it.",
		Want:      "Φ infinite at (0, 0.5), finite at (1e-12, 0.5)",
		Prove: func(context.Context) sim.Verdict {
			p := identityPotential(plane())
			p.maxTime = 20
			on, beside := p.at([]float64{0, 0.5}), p.at([]float64{1e-12, 0.5})
			return sim.Judge(math.IsInf(on, 1) && beside-beside == 0, "%v and %.4f", on, beside)
		},
	},
}
