package symmetry

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/cube"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

const derived = "derived here, checked by a reference program"

// seedOfProofs is that of the facts that need no run.
const seedOfProofs = 1

func failed(err error) sim.Verdict { return sim.Judge(false, "%v", err) }

// partsOf are those of a named target in d coordinates.
func partsOf(name string, d int) []cube.Part {
	parts, err := cube.Parts(named[name], nil, d)
	if err != nil {
		panic(err) // the names are this package's own
	}
	return parts
}

// worst is the largest relative difference of two numbers.
func worst(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Max(math.Abs(want), 1e-300)
}

// exact holds the facts that need no run.
var exact = []sim.Claim{
	{
		ID: "s1", Preset: "a2", Source: derived, Panel: "levels",
		Statement: "The alignment is what it is defined to be: one number for each level, instead of a mean over all relabellings and sign changes.",
		Want:      "3 random functions of 4 signs: within 1e-12 of the largest eigenvalue over all 384 changes; signs alone, the largest squared coefficient",
		Prove:     bruteAlignment,
	},
	{
		ID: "s3", Preset: "a2", Source: derived, Panel: "levels",
		Statement: "Ten inputs: how well each target aligns.",
		Want:      "staircases 1/30 and 1/40, parities of two and four 1/45 and 1/210, leaps 1/20, the merging staircase 1/15, separate parts 1/30, the parity of all 1; within 1e-12",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for name, want := range map[string]float64{"staircase-3": 1.0 / 30, "staircase-4": 1.0 / 40, "parity-2": 1.0 / 45, "parity-4": 1.0 / 210, "leap-2": 1.0 / 20, "leap-3": 1.0 / 20, "msp-merge": 1.0 / 15, "non-msp": 1.0 / 30} {
				off = math.Max(off, worst(cube.Alignment(cube.LevelsOf(partsOf(name, 10), 10)), want))
			}
			full := make([]float64, 11)
			full[10] = 1
			off = math.Max(off, math.Abs(cube.Alignment(full)-1))
			return sim.Judge(off <= 1e-12, "within %.1e", off)
		},
	},
	{
		ID: "s5", Preset: "a1", Source: derived,
		Statement: "The leap of a target: taking next the part with the fewest new coordinates is the best order.",
		Want:      "1 for staircases and the merging one, 2 and 4 for parities, 2 and 3 for leaps, 2 for separate parts; the same as the best of all orders for 200 random systems",
		Prove: func(context.Context) sim.Verdict {
			wrong := 0
			for name, want := range map[string]int{"staircase-3": 1, "staircase-4": 1, "parity-2": 2, "parity-4": 4, "leap-2": 2, "leap-3": 3, "msp-merge": 1, "non-msp": 2} {
				if cube.Leap(named[name]) != want {
					wrong++
				}
			}
			for i := range 200 {
				if s := randomSets(uint64(i)); cube.Leap(s) != bestLeap(s, nil) {
					wrong++
				}
			}
			return sim.Judge(wrong == 0, "%d of 208 differ", wrong)
		},
	},
	{
		ID: "s6", Preset: "a2", Source: derived,
		Statement: "What is left of a target once all within reach is known aligns as the leap says.",
		Want:      "50 inputs: 0 for the staircases, ½/binom(49,2), ½/binom(49,3), 2.955e-4 and 1/binom(50,4) for leaps of two and three, separate parts and the parity of four, within 1e-12",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for name, want := range map[string]float64{"staircase-3": 0, "staircase-4": 0, "msp-merge": 0, "leap-2": 0.5 / cube.Binomial(49, 2), "leap-3": 0.5 / cube.Binomial(49, 3), "non-msp": 1.0 / 3 / cube.Binomial(48, 2), "parity-4": 1 / cube.Binomial(50, 4)} {
				off = math.Max(off, worst(cube.ResidualAlignment(partsOf(name, 50), 50), want))
			}
			return sim.Judge(off <= 1e-12, "within %.1e", off)
		},
	},
	{
		ID: "s7", Preset: "growth", Source: derived + "; hardness of this target is reported by the paper under a cryptographic assumption",
		Statement: "The sum modulo eight aligns well, by the product of all inputs alone: alignment does not explain that it is hard.",
		Want:      "4 to 14 inputs: 0.3913, 0.2874, 0.2418, 0.2204, 0.2101, 0.2050 within 1e-3; with 14 the level of all inputs is the largest, the next 4.9e-5",
		Prove: func(context.Context) sim.Verdict {
			off := 0.0
			for i, want := range []float64{0.3913, 0.2874, 0.2418, 0.2204, 0.2101, 0.2050} {
				c, _ := cube.Symmetric(4+2*i, modEight(4+2*i))
				off = math.Max(off, math.Abs(c-want))
			}
			_, levels := cube.Symmetric(14, modEight(14))
			next := slices.Max(levels[1:14])
			return sim.Judge(off <= 1e-3 && levels[14] > next && math.Abs(next-4.9e-5) <= 1e-6, "within %.1e; next %.2e", off, next)
		},
	},
	{
		ID: "s8", Preset: "sphere", Source: derived, Panel: "levels",
		Statement: "On the sphere a net cannot tell apart as many functions of a degree as there are harmonics.",
		Want:      "20 dimensions, degrees 0 to 4: 1, 20, 209, 1520, 8645",
		Prove: func(context.Context) sim.Verdict {
			var got []float64
			for l := range 5 {
				got = append(got, cube.Harmonics(20, l))
			}
			return sim.Judge(slices.Equal(got, []float64{1, 20, 209, 1520, 8645}), "%v", got)
		},
	},
	{
		ID: "s8b", Preset: "sphere", Source: derived, Panel: "levels",
		Statement: "The alignment under rotations is that of the best degree.",
		Want:      "a·x + x'Ax in three dimensions, A symmetric without trace: max(|a|²/9, 2|A|²/75) within 8 % of the mean over 4000 rotations",
		Prove:     rotations,
	},
	{
		ID: "s12", Preset: "a2", Source: derived,
		Statement: "No function aligns with all relabellings of a target better than its alignment says.",
		Want:      "100 random pairs of functions of 4 signs: the mean of squared overlaps over all 384 changes at most C times the square of the other's length",
		Prove:     neverAbove,
	},
	{
		ID: "s16", Preset: "a1", Source: derived,
		Statement: "Names do not matter, and nothing is left exactly where the leap is one.",
		Want:      "300 random systems: leap and residual alignment the same after renaming; residual 0 if and only if the leap is at most 1",
		Prove: func(context.Context) sim.Verdict {
			wrong := 0
			for i := range 300 {
				sets := randomSets(uint64(1000 + i))
				const d = 12
				renamed := make([][]int, len(sets))
				for k, s := range sets {
					for _, c := range s {
						renamed[k] = append(renamed[k], (5*c+3)%d)
					}
				}
				a, err := cube.Parts(sets, nil, d)
				if err != nil {
					return failed(err)
				}
				b, err := cube.Parts(renamed, nil, d)
				if err != nil {
					return failed(err)
				}
				left := cube.ResidualAlignment(a, d)
				if cube.Leap(sets) != cube.Leap(renamed) || math.Abs(left-cube.ResidualAlignment(b, d)) > 1e-15 || (left == 0) != (cube.Leap(sets) <= 1) {
					wrong++
				}
			}
			return sim.Judge(wrong == 0, "%d of 300 do not", wrong)
		},
	},
	{
		ID: "silent", Preset: "a2", Source: derived, Panel: "bound",
		Statement: "The bound says nothing about the plateau on this page: with these sizes it is above one. It does for others.",
		Want:      "parity of four, 40 inputs, R = 1, τ = 0.02, 2000 steps: above 1; parity of six, τ = 0.1, ε = 0.1: 0.114 within 0.001",
		Prove: func(context.Context) sim.Verdict {
			a, b := cube.Bound(1, 2000, 0.02, 1/cube.Binomial(40, 4), eps), cube.Bound(1, 2000, 0.1, 1/cube.Binomial(40, 6), eps)
			return sim.Judge(a > 1 && math.Abs(b-0.114) <= 1e-3, "%.2f and %.4f", a, b)
		},
	},
	{
		ID: "s17", Preset: "growth", Source: ours, Long: true,
		Statement: "Two clouds of runs, on a task and on its relabelling, with starts of their own: the same law, until the start knows the inputs.",
		Want:      "staircase of three, 10 inputs, 30 against 30 runs of 300 steps: Kolmogorov and Smirnov's p above 0.01, and below 1e-3 once the first three inputs have twice the weight",
		Prove:     clouds,
	},
}

// random gives the k-th random function of d signs, standard normal.
func random(d int, k uint64) []float64 {
	f := make([]float64, 1<<d)
	rng.NewKey(seedOfProofs, 0, 0, 0, rng.Probe).FillNormal(f, k, 0)
	return f
}

// randomSets are two to five different sets of one to four of seven coordinates.
func randomSets(k uint64) [][]int {
	u := make([]float64, 40)
	rng.NewKey(seedOfProofs, 1, 0, 0, rng.Probe).FillUniform(u, k, 0)
	many := 2 + int(4*u[0])
	known := map[int]bool{}
	var out [][]int
	for i := 1; len(out) < many && i < 40; i++ {
		mask := 1 + int(127*u[i])
		if bits.OnesCount(uint(mask)) > 4 || known[mask] {
			continue
		}
		known[mask] = true
		var set []int
		for c := range 7 {
			if mask>>c&1 == 1 {
				set = append(set, c)
			}
		}
		out = append(out, set)
	}
	return out
}

// bestLeap is the least over all orders of the sets.
func bestLeap(sets [][]int, seen []int) int {
	if len(sets) == 0 {
		return 0
	}
	best := math.MaxInt
	for i, s := range sets {
		fresh := 0
		next := slices.Clone(seen)
		for _, c := range s {
			if !slices.Contains(seen, c) {
				fresh++
				next = append(next, c)
			}
		}
		rest := slices.Delete(slices.Clone(sets), i, i+1)
		best = min(best, max(fresh, bestLeap(rest, next)))
	}
	return best
}

// changes calls f with each change of the indices of functions of d signs: all permutations and sign changes.
func changes(d int, f func(to []int, flip int)) {
	order := make([]int, d)
	for i := range order {
		order[i] = i
	}
	to := make([]int, 1<<d)
	var permute func(k int)
	permute = func(k int) {
		if k == d {
			for r := range to {
				to[r] = 0
				for i := range d {
					to[r] |= (r >> i & 1) << order[i]
				}
			}
			for flip := range 1 << d {
				f(to, flip)
			}
			return
		}
		for i := k; i < d; i++ {
			order[k], order[i] = order[i], order[k]
			permute(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	permute(0)
}

func bruteAlignment(context.Context) sim.Verdict {
	const d, n = 4, 16
	off := 0.0
	for k := range uint64(3) {
		f := random(d, k)
		mean, signs, turned := make([]float64, n*n), make([]float64, n*n), make([]float64, n)
		count, plain := 0.0, 0.0
		changes(d, func(to []int, flip int) {
			for r := range turned {
				turned[r] = f[to[r]^flip] / math.Sqrt(n)
			}
			unmoved := slices.IsSorted(to)
			for i, v := range turned {
				kernel.Axpy(mean[i*n:(i+1)*n], v, turned)
				if unmoved {
					kernel.Axpy(signs[i*n:(i+1)*n], v, turned)
				}
			}
			count++
			if unmoved {
				plain++
			}
		})
		kernel.Scale(1/count, mean)
		kernel.Scale(1/plain, signs)
		top := landscape.SymmetricEigenvalues(mean, n)[n-1]
		alone := landscape.SymmetricEigenvalues(signs, n)[n-1]
		coef := slices.Clone(f)
		cube.Walsh(coef)
		off = math.Max(off, math.Max(worst(cube.Alignment(cube.Levels(coef)), top), worst(cube.SignAlignment(coef), alone)))
	}
	return sim.Judge(off <= 1e-12, "within %.1e", off)
}

func neverAbove(context.Context) sim.Verdict {
	const d, n = 4, 16
	top := 0.0
	for k := range uint64(100) {
		f, h := random(d, 10+k), random(d, 500+k)
		sum, count := 0.0, 0.0
		changes(d, func(to []int, flip int) {
			overlap := 0.0
			for r, v := range h {
				overlap += v * f[to[r]^flip]
			}
			overlap /= n
			sum += overlap * overlap
			count++
		})
		coef := slices.Clone(f)
		cube.Walsh(coef)
		top = math.Max(top, sum/count/(cube.Alignment(cube.Levels(coef))*kernel.Dot(h, h)/n))
	}
	return sim.Judge(top <= 1+1e-12, "at most %.4f of it", top)
}

// rotations compares the alignment on the sphere with a mean over random rotations. Functions of degree one and two are
// held by their coefficients on an orthonormal basis of eight.
func rotations(context.Context) sim.Verdict {
	const turns = 4000
	a, s := []float64{0.6, -0.3, 0.9}, []float64{0.5, 0.8, -0.2, 0.8, 0.4, 0.3, -0.2, 0.3, -0.9}
	square := kernel.Dot(s, s)
	want := math.Max(kernel.Dot(a, a)/9, 2*square/75)
	mean := make([]float64, 64)
	key := rng.NewKey(seedOfProofs, 2, 0, 0, rng.Probe)
	normal := make([]float64, 9)
	for k := range turns {
		key.FillNormal(normal, uint64(k), 0)
		q := orthonormal(normal)
		// f(Qx) = (Q'a)·x + x'(Q'SQ)x.
		var c [8]float64
		var turned [9]float64
		for i := range 3 {
			for j := range 3 {
				c[i] += q[j*3+i] * a[j] / math.Sqrt(3)
				for p := range 3 {
					for r := range 3 {
						turned[i*3+j] += q[p*3+i] * s[p*3+r] * q[r*3+j]
					}
				}
			}
		}
		// x'Tx without trace has the square 2|T|²/15 on the sphere; an orthonormal basis of such T turns T into five numbers.
		scale := math.Sqrt(2.0 / 15)
		c[3], c[4], c[5] = scale*math.Sqrt2*turned[1], scale*math.Sqrt2*turned[2], scale*math.Sqrt2*turned[5]
		c[6] = scale * (turned[0] - turned[4]) / math.Sqrt2
		c[7] = scale * (turned[0] + turned[4] - 2*turned[8]) / math.Sqrt(6)
		for i, v := range c {
			kernel.Axpy(mean[i*8:(i+1)*8], v/turns, c[:])
		}
	}
	got := landscape.SymmetricEigenvalues(mean, 8)[7]
	return sim.Judge(worst(got, want) <= 0.08, "%.4f, mean over rotations %.4f", want, got)
}

// orthonormal is a random rotation or reflection from nine normal numbers: Gram and Schmidt on the rows.
func orthonormal(v []float64) []float64 {
	q := slices.Clone(v)
	for i := range 3 {
		row := q[i*3 : i*3+3]
		for j := range i {
			kernel.Axpy(row, -kernel.Dot(row, q[j*3:j*3+3]), q[j*3:j*3+3])
		}
		kernel.Scale(1/kernel.Norm(row), row)
	}
	return q
}

// clouds plays thirty runs on the staircase of three and thirty on the same with its letters at the other end, with the
// start favouring no inputs, then the first three.
func clouds(ctx context.Context) sim.Verdict {
	const runs, steps = 30, 300
	ends := func(letters []int, boost float64, from uint64) ([]float64, error) {
		sets := make([][]int, 3)
		for i := range sets {
			sets[i] = letters[:i+1]
		}
		parts, err := cube.Parts(sets, nil, 10)
		if err != nil {
			return nil, err
		}
		t := &target{id: "staircase-3", d: 10, parts: parts, support: slices.Sorted(slices.Values(letters))}
		t.eval = func(x []float64) float64 {
			sum := 0.0
			for _, p := range parts {
				sum += p.Coef * product(x, p.Set)
			}
			return sum
		}
		out := make([]float64, runs)
		for k := range runs {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			r := recipe{depth: 2, width: 32, bias: 0.5, boost: boost, boosted: []float64{0, 1, 2}, clip: math.Inf(1), mirror: "none", seed: from + uint64(k)}
			g, err := r.ground(t)
			if err != nil {
				return nil, err
			}
			theta, grad, key := g.start, make([]float64, g.Dim()), rng.NewKey(r.seed, 0, 0, 0, rng.Batch)
			for s := range uint64(steps) {
				g.FreshGrad(grad, theta, key, s, 32)
				kernel.Axpy(theta, -0.05, grad)
			}
			out[k] = g.displayed(theta)
		}
		return out, nil
	}
	var p [2]float64
	for i, boost := range []float64{1, 2} {
		here, err := ends([]int{0, 1, 2}, boost, 100)
		if err != nil {
			return failed(err)
		}
		there, err := ends([]int{9, 8, 7}, boost, 200)
		if err != nil {
			return failed(err)
		}
		p[i] = sameLaw(here, there)
	}
	return sim.Judge(p[0] > 0.01 && p[1] < 1e-3, "p %.3f, and %.1e with a head start", p[0], p[1])
}

// sameLaw is the p-value of Kolmogorov and Smirnov's test of two samples, by its limiting law (Smirnov, 1948).
func sameLaw(a, b []float64) float64 {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	i, j, apart := 0, 0, 0.0
	for i < len(a) && j < len(b) {
		if a[i] <= b[j] {
			i++
		} else {
			j++
		}
		apart = math.Max(apart, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	n := math.Sqrt(float64(len(a)*len(b)) / float64(len(a)+len(b)))
	x := (n + 0.12 + 0.11/n) * apart
	sum, sign := 0.0, 2.0
	for k := 1.0; k <= 100; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return math.Min(1, math.Max(0, sum))
}
