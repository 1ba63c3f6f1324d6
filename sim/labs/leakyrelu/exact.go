package leakyrelu

import (
	"context"
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/leaky"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

// seedOfProofs is that of the data of facts that need no run.
const seedOfProofs = 1

// usual is the sample of the presets: 20 normal points in 10 000 dimensions, 100 neurons.
var usual = sample{problem: gauss, n: 20, d: 10000, m: 100, seed: seedOfProofs}

// few are the same points before ten neurons: the limit depends on the signs' shares only, not on how many there are.
var few = sample{problem: gauss, n: 20, d: 10000, m: 10, seed: seedOfProofs}

func (s sample) leakyGround(slope float64) (*ground, error) {
	w, err := s.world()
	if err != nil {
		return nil, err
	}
	return w.ground(kind{slope, 1e-5, "leaky"}, leaky.Exponential)
}

func failed(err error) sim.Verdict { return sim.Judge(false, "%v", err) }

// exact holds the facts that need no run.
var exact = []sim.Claim{
	{
		ID: "a5", Preset: "leaky-gf", Source: "closed form, derived",
		Statement: "On orthogonal points both solutions of largest margin are written down at once.",
		Want:      "multipliers m/((m₊+γ²m₋)|x|²) and 1/|x|² within 1e-12 of their size; 1.98019801980198 for points of length 1, three neurons of each sign and γ = 0.1",
		Prove: func(context.Context) sim.Verdict {
			worst := 0.0
			for _, r := range [][]float64{{1, 1, 1, 1}, {0.5, 2, 3, 0.7}} {
				x := make([]float64, 16)
				for i, v := range r {
					x[i*5] = v
				}
				y, b := []float64{1, -1, 1, -1}, 1/math.Sqrt(6)
				net, err := leaky.New(x, 4, y, []float64{b, -b, b, -b, b, -b}, 0.1, leaky.Leaky, leaky.Logistic)
				if err != nil {
					return failed(err)
				}
				limit, err := net.Limit()
				if err != nil {
					return failed(err)
				}
				line, err := leaky.MaxMargin(x, 4, y)
				if err != nil {
					return failed(err)
				}
				for i, v := range r {
					want := 6 / ((3 + 0.01*3) * v * v)
					worst = math.Max(worst, math.Max(math.Abs(limit.Lambda[i]/want-1), math.Abs(line.Alpha[i]*v*v-1)))
				}
				if r[1] == 1 && math.Abs(limit.Lambda[0]-1.98019801980198) > 1e-12 {
					worst = math.Inf(1)
				}
			}
			return sim.Judge(worst <= 1e-12, "within %.1e", worst)
		},
	},
	{
		ID: "a6", Preset: "one-step", Source: "derived: descent never leaves the span of the points and of the starting weights",
		Statement: "Ten thousand dimensions are no more than a hundred and twenty: the compressed run is the run.",
		Want:      "20 points in 1000 dimensions, 10 neurons: outputs and singular values after 20 steps within 1e-12 of those in all dimensions",
		Prove:     compressed,
	},
	{
		ID: "a9", Preset: "leaky-gf", Source: "derived, a linear system in as many unknowns as points",
		Statement: "The solution of largest margin in the parameters has two different rows, and is exact.",
		Want:      "at 20 points in 10 000 dimensions: rank 2, all margins 1 within 1e-12, distance from KKT at most 1e-12",
		Prove: func(context.Context) sim.Verdict {
			g, err := usual.leakyGround(0.1)
			if err != nil {
				return failed(err)
			}
			if g.limit == nil {
				return sim.Judge(false, "the pattern is not valid")
			}
			off := 0.0
			f := make([]float64, g.N)
			g.Outputs(f, g.limit.W)
			for i, v := range f {
				off = math.Max(off, math.Abs(v*g.Y[i]-1))
			}
			fit, ok := g.Fit(g.limit.W)
			singular := leaky.SingularValues(g.limit.W, g.Inputs)
			n := 0
			for _, s := range singular {
				if s > 1e-12*singular[0] {
					n++
				}
			}
			return sim.Judge(ok && n == 2 && off <= 1e-12 && fit.Residual <= 1e-12, "rank %d, margins within %.1e, KKT %.1e, stable rank %.4f", n, off, fit.Residual, leaky.StableRank(singular))
		},
	},
	{
		ID: "a10", Preset: "leaky-gf", Source: "Frei and others 2023 for the bound, as recalled; values by a reference program",
		Statement: "The line of that solution is close to the linear one of largest margin.",
		Want:      "twelve data sets: length of its normal, both at least margin 1, over that of the linear solution between 1 and 2/(1+γ); their mean 1.0317 (γ = 0.1) and 1.0079 (γ = 0.5) within 0.02",
		Prove: func(context.Context) sim.Verdict {
			const sets = 12
			holds := true
			var mean, low, high [2]float64
			for i, c := range []struct{ slope, want float64 }{{0.1, 1.0317}, {0.5, 1.0079}} {
				low[i] = math.Inf(1)
				for seed := range uint64(sets) {
					own := few
					own.seed = seedOfProofs + seed
					g, err := own.leakyGround(c.slope)
					if err != nil {
						return failed(err)
					}
					if g.limit == nil || g.world.line == nil {
						return sim.Judge(false, "no solution at slope %g", c.slope)
					}
					normal := make([]float64, g.Inputs)
					g.Normal(normal, g.limit.W)
					least := math.Inf(1)
					for p, y := range g.Y {
						least = math.Min(least, y*kernel.Dot(normal, g.world.row(p)))
					}
					ratio := kernel.Norm(normal) / least * g.world.line.Margin
					mean[i] += ratio / sets
					low[i], high[i] = math.Min(low[i], ratio), math.Max(high[i], ratio)
					holds = holds && ratio >= 1 && ratio <= 2/(1+c.slope)
				}
				holds = holds && math.Abs(mean[i]-c.want) <= 0.02
			}
			return sim.Judge(holds, "γ = 0.1: %.4f to %.4f, mean %.4f; γ = 0.5: %.4f to %.4f, mean %.4f", low[0], high[0], mean[0], low[1], high[1], mean[1])
		},
	},
	{
		ID: "a11", Preset: "crooked", Source: "derived: with two different rows the sign of the net is that of one linear function", Panel: "agreement",
		Statement: "A net of two different neurons has a straight boundary, whatever they are.",
		Want:      "any two rows in 50 dimensions: 4000 of 4000 normal points on the side of the line with the mean neuron as normal",
		Prove: func(context.Context) sim.Verdict {
			const inputs, neurons = 50, 8
			key := rng.NewKey(seedOfProofs, 0, 0, 0, rng.Probe)
			rows, a, w := make([]float64, 2*inputs), make([]float64, neurons), make([]float64, neurons*inputs)
			key.FillNormal(rows, 0, 0)
			for j := range a {
				a[j] = 1
				if j%2 == 1 {
					a[j] = -1
				}
				copy(w[j*inputs:], rows[(j%2)*inputs:(j%2+1)*inputs])
			}
			net, err := leaky.New(rows, inputs, []float64{1, -1}, a, 0.1, leaky.Leaky, leaky.Logistic)
			if err != nil {
				return failed(err)
			}
			normal, x, z := make([]float64, inputs), make([]float64, inputs), make([]float64, neurons)
			net.Normal(normal, w)
			same := 0
			for i := range probes {
				key.FillNormal(x, uint64(i+1), 0)
				for j := range z {
					z[j] = kernel.Dot(x, w[j*inputs:(j+1)*inputs])
				}
				if (net.Output(z) > 0) == (kernel.Dot(normal, x) > 0) {
					same++
				}
			}
			return sim.Judge(same == probes, "%d of %d", same, probes)
		},
	},
	{
		ID: "a14", Preset: "one-step", Source: "definition", Panel: "rank",
		Statement: "The stable rank lies between 1 and the rank, and does not see the scale.",
		Want:      "50 random matrices up to 30 by 40: 1 <= SR <= min(m, q), and the same within 1e-12 when scaled by 1e-5 and 1e5",
		Prove: func(context.Context) sim.Verdict {
			key := rng.NewKey(seedOfProofs, 0, 0, 0, rng.Probe)
			worst, inside := 0.0, true
			for i := range 50 {
				m, q := 1+i%30, 1+(i*7)%40
				w := make([]float64, m*q)
				key.FillNormal(w, uint64(i), 0)
				sr := leaky.StableRank(leaky.SingularValues(w, q))
				inside = inside && sr >= 1-1e-12 && sr <= float64(min(m, q))+1e-12
				for _, c := range []float64{1e-5, 1e5} {
					v := append([]float64(nil), w...)
					kernel.Scale(c, v)
					worst = math.Max(worst, math.Abs(leaky.StableRank(leaky.SingularValues(v, q))-sr))
				}
			}
			return sim.Judge(inside && worst <= 1e-12, "inside: %v, within %.1e", inside, worst)
		},
	},
}

// compressed runs descent in all dimensions beside the compressed one.
func compressed(context.Context) sim.Verdict {
	const n, d, m, steps = 20, 1000, 10, 20
	key := rng.NewKey(seedOfProofs, 0, 0, 0, rng.Data)
	x, w, y, a := make([]float64, n*d), make([]float64, m*d), make([]float64, n), make([]float64, m)
	key.FillNormal(x, 0, 0)
	key.FillNormal(w, 1, 0)
	kernel.Scale(0.01, w)
	for i := range y {
		y[i] = 1 - 2*float64(i%2)
	}
	for j := range a {
		a[j] = (1 - 2*float64(j%2)) / math.Sqrt(m)
	}
	px, pw, q, err := leaky.Compress(x, n, w, m, d)
	if err != nil {
		return failed(err)
	}
	descend := func(x, w []float64, inputs int) (f, singular []float64, err error) {
		net, err := leaky.New(x, inputs, y, a, 0.1, leaky.Smooth, leaky.Logistic)
		if err != nil {
			return nil, nil, err
		}
		grad := make([]float64, len(w))
		for range steps {
			net.Grad(grad, w)
			kernel.Axpy(w, -0.05, grad)
		}
		f = make([]float64, n)
		net.Outputs(f, w)
		return f, leaky.SingularValues(w, inputs), nil
	}
	f, s, err := descend(x, w, d)
	if err != nil {
		return failed(err)
	}
	pf, ps, err := descend(px, pw, q)
	if err != nil {
		return failed(err)
	}
	off, values := 0.0, 0.0
	for i := range f {
		off = math.Max(off, math.Abs(f[i]-pf[i]))
	}
	for i := range s {
		values = math.Max(values, math.Abs(s[i]-ps[i]))
	}
	return sim.Judge(off <= 1e-12 && values <= 1e-12, "%d coordinates for %d; outputs within %.1e, singular values within %.1e", q, d, off, values)
}
