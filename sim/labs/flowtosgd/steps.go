package flowtosgd

import (
	"context"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

// descend makes steps of descent in place and returns the sum of step size times loss.
func descend(f landscape.Func, w []float64, eta float64, steps int) (paid float64) {
	g := make([]float64, len(w))
	for range steps {
		paid += eta * f.Grad(g, w)
		for i := range w {
			w[i] -= eta * g[i]
		}
	}
	return paid
}

// steps holds the facts of descent with steps.
var steps = []sim.Claim{
	{
		ID: "f19", Preset: "b4", Source: derived,
		Statement: "The cycle of descent on |w|^1.5 has the size (η/2)².",
		Want:      "for steps 0.1, 0.06 and 0.02: |w| = 0.0025, 0.0009 and 0.0001 within 1e-6 of its size",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for _, eta := range []float64{0.1, 0.06, 0.02} {
				w := []float64{1, 0}
				descend(&power{n: 2, p: 1.5}, w, eta, 20000)
				off = math.Max(off, math.Abs(math.Abs(w[0])/(eta*eta/4)-1))
			}
			return sim.Judge(off <= 1e-6, "within %.1e", off)
		},
	},
	{
		ID: "f21", Preset: "b5", Source: derived, Panel: "landscape",
		Statement: "On w⁴/4 descent comes home from |w| below √(2/η), and from nowhere beyond.",
		Want:      "for η = 0.1 the limit by bisection is √20 = 4.47214 within 1 %",
		Prove: func(context.Context) sim.Verdict {
			limit := bisected(&power{n: 2, p: 4}, 0.1, 1, 10)
			return sim.Judge(math.Abs(limit/math.Sqrt(20)-1) <= 0.01, "%.6f", limit)
		},
	},
	{
		ID: "f29", Preset: "b5", Source: derived,
		Statement: "On exp(w²/2) − 1 the limit is √(2 ln(2/η)): the flow comes home from everywhere, a fixed step only from a ball.",
		Want:      "for η = 0.05 the limit by bisection is 2.716203 within 1e-6",
		Prove: func(context.Context) sim.Verdict {
			limit := bisected(&exponential{n: 2}, 0.05, 1, 5)
			return sim.Judge(math.Abs(limit-2.716203) <= 1e-6 && math.Abs(limit-math.Sqrt(2*math.Log(2/0.05))) <= 1e-6, "%.7f", limit)
		},
	},
	{
		ID: "f26", Preset: "b2", Source: derived, Panel: "account",
		Statement: "On a quadratic each step lowers the potential by what it pays, less an exact second-order price.",
		Want:      "Φ(w⁺) − Φ(w) = −ηF + η²|∇F|²/4 within 1e-14 of its size, 20 steps of 5 × 5",
		Prove: func(context.Context) sim.Verdict {
			f, off := &quadratic{n: 5, a: turnedMatrix(5, 20, 9)}, 0.0
			w, g := drawn(1, 5, 1)[0], make([]float64, 5)
			const eta = 0.1
			phi := func() float64 { return norm(w) * norm(w) / 4 }
			for range 20 {
				before, loss := phi(), f.Grad(g, w)
				for i := range w {
					w[i] -= eta * g[i]
				}
				size := norm(g)
				off = math.Max(off, math.Abs(phi()-before+eta*loss-eta*eta*size*size/4)/math.Max(1, before))
			}
			return sim.Judge(off <= 1e-14, "within %.1e", off)
		},
	},
	{
		ID: "f26b", Preset: "b2", Source: derived, Panel: "account",
		Statement: "All that descent pays on a quadratic is at most Φ₀/(1 − ηL/2).",
		Want:      "curvatures 0.1, 1 and 10, η = 0.15, from (1, 1, 1), 3000 steps: 1.52216 within 1e-5, at most 3",
		Prove: func(context.Context) sim.Verdict {
			f := &quadratic{n: 3, a: []float64{0.1, 0, 0, 0, 1, 0, 0, 0, 10}}
			paid := descend(f, []float64{1, 1, 1}, 0.15, 3000)
			bound := 0.75 / (1 - 0.15*10/2)
			return sim.Judge(math.Abs(paid-1.52216) <= 1e-5 && paid <= bound, "%.5f, at most %.5f", paid, bound)
		},
	},
	{
		ID: "f27", Preset: "b2", Source: derived,
		Statement: "With noise that does not die descent on a quadratic rests at a floor: Σ ηs²/(2(2 − ηλ)).",
		Want:      "curvatures 0.1, 1 and 10, η = 0.15, s = 0.5: mean loss over 400 000 steps after 4 000 within 2 % of the formula, which is four standard errors",
		Prove:     func(context.Context) sim.Verdict { return noiseFloor() },
	},
	{
		ID: "f30", Preset: "b7", Source: derived, Panel: "balance",
		Statement: "Each step on the product with error e shrinks the balance by exactly 1 − η²e².",
		Want:      "c⁺ = c(1 − η²e²) within 1e-14 of its size, for 50 points and errors that are not the loss's own",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for k, w := range drawn(50, 2, 1.5) {
				const eta = 0.07
				e := w[0]*w[1] - 1 + 0.1*float64(k%7)
				c := (w[0] - w[1]) * (w[0] + w[1])
				u, v := w[0]-eta*e*w[1], w[1]-eta*e*w[0]
				off = math.Max(off, math.Abs((u-v)*(u+v)-c*(1-eta*eta*e*e))/math.Max(1, norm(w)*norm(w)))
			}
			return sim.Judge(off <= 1e-14, "within %.1e", off)
		},
	},
	{
		ID: "f2", Preset: "b1", Source: derived,
		Statement: "The loss of phase retrieval is the mean over samples that it says it is.",
		Want:      "400 000 samples in three dimensions at (0.5, 0.4, 0.1): mean within 3 % of the loss, four standard errors; polynomial and sum of squares within 1e-13",
		Prove:     func(context.Context) sim.Verdict { return sampled() },
	},
	{
		ID: "marginal", Preset: "b6", Source: derived + "; 20 000 steps by a reference program",
		Statement: "At the root of M a step is stable below 1/(4 m) for the largest eigenvalue m: at that very step descent hangs.",
		Want:      "n = 2, M = diag(0.5, 5): curvatures 8m at the root, so 2/λ = 0.05; from 2I the loss after 20 000 steps is above 1e-5 at η = 0.05 and below 1e-20 at 0.045",
		Prove: func(context.Context) sim.Verdict {
			f := newRoot(2, []float64{0.5, 0, 0, 5})
			top := landscape.Spectrum(f, f.solution())[3]
			edge, inside := []float64{2, 0, 0, 2}, []float64{2, 0, 0, 2}
			descend(f, edge, 0.05, 20000)
			descend(f, inside, 0.045, 20000)
			return sim.Judge(math.Abs(2/top-0.05) <= 1e-12 && f.Loss(edge) > 1e-5 && f.Loss(inside) < 1e-20, "2/λ = %.6f; %.1e on the edge, %.1e inside", 2/top, f.Loss(edge), f.Loss(inside))
		},
	},
}

// bisected is the size of a start along the first axis beyond which descent does not come home.
func bisected(f landscape.Func, eta, low, high float64) float64 {
	g := make([]float64, f.Dim())
	home := func(x float64) bool {
		w := []float64{x, 0}
		for range 20000 {
			f.Grad(g, w)
			w[0] -= eta * g[0]
			if !(math.Abs(w[0]) <= 10*high) {
				return false
			}
			if math.Abs(w[0]) < x/2 {
				return true
			}
		}
		return false
	}
	for range 40 {
		if middle := (low + high) / 2; home(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

func noiseFloor() sim.Verdict {
	const eta, s = 0.15, 0.5
	lambda := []float64{0.1, 1, 10}
	f := &quadratic{noise: s, n: 3, a: []float64{0.1, 0, 0, 0, 1, 0, 0, 0, 10}}
	key := rng.NewKey(1, 0, 0, 0, rng.GradientNoise)
	w, g := []float64{1, 1, 1}, make([]float64, 3)
	const burn, count = 4000, 400_000
	mean := 0.0
	for t := range burn + count {
		loss := f.FreshGrad(g, w, key, uint64(t), 1)
		if t >= burn {
			mean += loss / count
		}
		for i := range w {
			w[i] -= eta * g[i]
		}
	}
	want := 0.0
	for _, l := range lambda {
		want += eta * s * s / (2 * (2 - eta*l))
	}
	return sim.Judge(math.Abs(mean/want-1) <= 0.02, "%.5f, the formula says %.5f", mean, want)
}

func sampled() sim.Verdict {
	star, w := []float64{1, 0, 0}, []float64{0.5, 0.4, 0.1}
	f := newPhase(star)
	g, in := make([]float64, 3), make([]float64, 3*400_000)
	rng.NewKey(1, 0, 0, 0, rng.Batch).FillNormal(in, 0, 0)
	mean, loss := f.SampleGrad(g, w, in), f.Loss(w)
	ww, u := norm(w)*norm(w), w[0]
	polynomial := 3*ww*ww + 3 - 2*ww - 4*u*u
	return sim.Judge(math.Abs(mean/loss-1) <= 0.03 && math.Abs(polynomial-loss) <= 1e-13, "mean %.5f, loss %.5f, the two forms within %.1e", mean, loss, math.Abs(polynomial-loss))
}
