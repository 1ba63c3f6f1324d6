package spuriousminima

import (
	"context"
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/teacher"
	"thalweg/sim"
)

// reference is where the numbers of the exact facts come from.
const reference = "Arjevani, Field 2022 for the points; numbers by a reference program"

// exact holds the facts of the families: they need no run.
var exact = []sim.Claim{
	{
		ID: "b2", Preset: "barcode", Source: "derived from the symmetry of the solution", Panel: "bars",
		Statement: "The curvatures at the solution have a closed form.",
		Want:      "for 6, 10 and 14 inputs every level within 1e-9 of it, with its multiplicity; for 6 the lowest is ¼−1/2π, 15 times",
		Prove:     func(context.Context) sim.Verdict { return solution() },
	},
	{
		ID: "b3", Preset: "trap", Source: reference + "; up to 14 as published by Safran, Shamir 2018",
		Statement: "Type II, one neuron flipped, has the loss that was published for each number of inputs.",
		Want:      "0.025080581002 for 6 inputs down to 0.011275581948 for 20, within 1e-10",
		Prove:     func(context.Context) sim.Verdict { return lossesAre(teacher.II, lossII) },
	},
	{
		ID: "b4", Preset: "not-all-alike", Source: reference,
		Statement: "Type A, all neurons flipped, is a deeper trap the more inputs there are.",
		Want:      "0.055668581322 for 6 inputs, 0.101505462449 for 20, within 1e-10",
		Prove: func(context.Context) sim.Verdict {
			return lossesAre(teacher.A, map[int]float64{6: 0.055668581322281, 8: 0.067731691360437, 10: 0.076636662021084, 14: 0.089256263368785, 20: 0.101505462449133})
		},
	},
	{
		ID: "b5", Preset: "not-all-alike", Source: reference,
		Statement: "Type I, all neurons flipped but one, lies just below type A.",
		Want:      "0.055321607548 for 7 inputs, 0.099286506126 for 20, within 1e-10",
		Prove: func(context.Context) sim.Verdict {
			return lossesAre(teacher.I, map[int]float64{7: 0.055321607547967, 8: 0.061834622174269, 10: 0.072056706992834, 14: 0.086069824381440, 20: 0.099286506126404})
		},
	},
	{
		ID: "b6", Preset: "trap", Source: reference, Panel: "bars",
		Statement: "Type II is a minimum: its lowest curvature is above 0 for every number of inputs.",
		Want:      "lowest and highest curvature for 6, 10, 14 and 20 inputs within 1e-9 of the published ones",
		Prove: func(context.Context) sim.Verdict {
			return levelsAre(teacher.II, map[int][2]float64{6: {0.004700354704, 2.0237338573}, 10: {0.031964027647, 3.0963561786}, 14: {0.044798800017, 4.1420622589}, 20: {0.055092581419, 5.6855538271}})
		},
	},
	{
		ID: "b7", Preset: "barcode", Source: reference, Panel: "bars",
		Statement: "At type II with ten inputs a hundred curvatures have twelve values, in groups of 1, 8, 28 and 27.",
		Want:      "five alone, five of 8, 0.062853592556 of 28, 0.380175145368 of 27, within 1e-9",
		Prove: func(context.Context) sim.Verdict {
			return codeIs(teacher.II, map[byte][]float64{
				't': {0.079093306089, 0.216165561703, 1.454087817364, 2.657945754427, 3.096356178558},
				's': {0.031964027646, 0.085186257136, 0.239215084326, 0.363740595291, 2.699543077834}, 'x': {0.062853592556}, 'y': {0.380175145368}})
		},
	},
	{
		ID: "b8", Preset: "barcode", Source: reference, Panel: "bars",
		Statement: "At type A seven values are enough: more symmetry, fewer bars.",
		Want:      "two alone, three of 9, 0.017488338597 of 36, 0.336611714289 of 35, within 1e-9",
		Prove: func(context.Context) sim.Verdict {
			return codeIs(teacher.A, map[byte][]float64{
				't': {1.432578635709, 3.038206572467}, 's': {0.066333270476, 0.176189118683, 2.658279542686}, 'x': {0.017488338597}, 'y': {0.336611714289}})
		},
	},
	{
		ID: "bulk", Preset: "barcode", Source: "reference program, claim card 4", Panel: "bars",
		Statement: "From its tallest bars the trap looks almost like the solution: they move onto the solution's as the inputs grow.",
		Want:      "type II, 6 to 50 inputs: the skew level rises to ¼−1/2π and the symmetric one to ¼+1/2π, each from below by less than 0.33/d",
		Prove:     func(context.Context) sim.Verdict { return bulk() },
	},
	{
		ID: "b9", Preset: "not-all-alike", Source: reference,
		Statement: "Type I is a saddle with 6 inputs, and a minimum from 7 on.",
		Want:      "six ways down for 6 inputs, the lowest −0.005825349313; none for 7 to 20, 0.001661975087 for 7; within 1e-9",
		Prove:     func(context.Context) sim.Verdict { return typeI() },
	},
	{
		ID: "b10", Preset: "barcode", Source: reference, Panel: "bars",
		Statement: "The bar code is lopsided: all curvatures but d+1 are below ½, and d+1 are above 1 and grow with d.",
		Want:      "II from 7 and A from 8 to 20 inputs: d+1 above 1, d²−d−1 below ½; with fewer one of the d+1 is still below 1; the highest of II grows by 0.257 for each input from 14 to 20, within 0.001",
		Prove:     func(context.Context) sim.Verdict { return lopsided() },
	},
	{
		ID: "b11", Preset: "one-more-neuron", Source: "derived from the homogeneity of the kernel; numbers by a reference program", Panel: "split",
		Statement: "Any neuron of any of these minima opens a way down when it is split.",
		Want:      "the lowest eigenvalue of D below 0 for every neuron of types II, A and I, 6 to 20 inputs; −0.0866190399 and −0.0768833385 for II with 10, within 1e-9",
		Prove:     func(context.Context) sim.Verdict { return splitMap() },
	},
	{
		ID: "b12", Preset: "one-more-neuron", Source: "derived from the homogeneity of the kernel", Panel: "bars",
		Statement: "A neuron split in halves leaves one flat direction and d−1 ways down, the steepest twice the split map's value.",
		Want:      "types II, A and I with 8 and 10 inputs, first and last neuron: index as before plus d−1, one curvature within 1e-8 of 0, the lowest twice that of D within 1e-9",
		Prove:     doorsOpen,
	},
	{
		ID: "b17", Preset: "trap", Source: "Safran, Shamir 2018, printed to ten digits",
		Statement: "The published minimum of seven neurons is five numbers.",
		Want:      "0.9969227988, −0.0350801559, 0.2616910758, 0.1859910463, −0.6327039049, each within 5e-10",
		Prove: func(context.Context) sim.Verdict {
			point, err := teacher.Find(teacher.II, 7)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			off := furthest(point.Xi, []float64{0.9969227988, -0.0350801559, 0.2616910758, 0.1859910463, -0.6327039049})
			return sim.Judge(off <= 5e-10, "within %.1e", off)
		},
	},
	{
		ID: "two-flipped", Preset: "trap", Source: "Safran, Shamir 2018, polished again by a reference program: 34 of 1000 runs; other sizes computed here", Panel: "loss",
		Statement: "The second most frequent trap has two neurons flipped: six numbers. From eight inputs on it is a minimum, below that a saddle.",
		Want:      "loss 0.035326880319 with 10 inputs within 1e-9; lowest curvature negative with 6 and 7 inputs, positive with 8 to 20",
		Prove: func(context.Context) sim.Verdict {
			holds, got, loss := true, 0, 0.0
			for d := teacher.SmallestFamily; d <= 20; d++ {
				w, l, err := teacher.TwoFlipped(d)
				if err != nil {
					return sim.Judge(false, "%v", err)
				}
				if d == 10 {
					loss = l
				}
				p := teacher.Orthonormal(d, d)
				if lowest := landscape.Spectrum(p, w)[0]; lowest > 0 != (d >= 8) {
					holds = false
				}
				got++
			}
			return sim.Judge(holds && math.Abs(loss-0.035326880319) <= 1e-9, "loss %.12f; of %d sizes the lowest curvature has the sign it should: %v", loss, got, holds)
		},
	},
	{
		ID: "b19", Preset: "not-all-alike", Source: "reference program; the limits are recalled from the authors' papers, not derived here",
		Statement: "As the inputs grow type II fades away like 0.30 over their number, while type A deepens towards 0.18.",
		Want:      "loss of A for 30 and 50 inputs 0.11396476623 and 0.12745075534, d times that of II 0.24268 and 0.25918 (both to their last digit), each growing from 6 to 50 inputs and below ½−1/π and ½−2/π²",
		Prove:     func(context.Context) sim.Verdict { return large() },
	},
	{
		ID: "b22", Preset: "one-more-neuron", Source: reference, Panel: "split",
		Statement: "At these minima a split opens d−1 ways down, neither more nor fewer: D has that many negative eigenvalues and a 0 along the neuron itself.",
		Want:      "types II, A and I with 8 and 10 inputs, every neuron: d−1 below −0.01, one within 1e-9 of 0; II with 10: −0.0866190399 to −0.0261143649 and −0.0768833385 to −0.0324539592, A: −0.1142511304 to −0.0733561990, within 1e-9",
		Prove:     func(context.Context) sim.Verdict { return splitSpectra() },
	},
	{
		ID: "b23", Preset: "one-more-neuron", Source: reference, Panel: "birth",
		Statement: "A neuron can also be born from nothing: along the missing teacher the loss falls at first order.",
		Want:      "slope 0 along every neuron within 1e-13; the lowest for 10 inputs −0.0309577005 (II, along the last input), −0.0183670459 (A), −0.0186389249 (I), for 8 −0.0339270398 (II), within 1e-8",
		Prove:     func(context.Context) sim.Verdict { return births() },
	},
}

// lossII are the losses of type II by the number of inputs.
var lossII = map[int]float64{6: 0.025080581002463, 7: 0.023202714913563, 8: 0.021508037171518, 9: 0.020014175808506, 10: 0.018702194585599, 11: 0.017546675908664,
	12: 0.016523792712789, 13: 0.015613154241084, 14: 0.014797828887147, 15: 0.014063881718684, 16: 0.013399845063294, 17: 0.012796245493440, 18: 0.012245213378545,
	19: 0.011740170346396, 20: 0.011275581947544}

func lossesAre(f teacher.Family, want map[int]float64) sim.Verdict {
	off := 0.0
	for d, loss := range want {
		point, err := teacher.Find(f, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		off = math.Max(off, math.Abs(point.Loss-loss))
	}
	return sim.Judge(off <= 1e-10, "%d losses within %.1e", len(want), off)
}

func levelsAre(f teacher.Family, want map[int][2]float64) sim.Verdict {
	off, lowest := 0.0, math.Inf(1)
	for d, ends := range want {
		levels, err := levelsOf(f, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		off = math.Max(off, furthest([]float64{levels[0].Value, levels[len(levels)-1].Value}, ends[:]))
	}
	for d := teacher.SmallestFamily; d <= 20; d++ {
		levels, err := levelsOf(f, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		lowest = math.Min(lowest, levels[0].Value)
	}
	return sim.Judge(off <= 1e-9 && lowest > 0, "within %.1e, the lowest of all from 6 to 20 inputs %.6f", off, lowest)
}

func levelsOf(f teacher.Family, d int) ([]teacher.Level, error) {
	point, err := teacher.Find(f, d)
	if err != nil {
		return nil, err
	}
	return point.Levels(), nil
}

// furthest is the largest difference of numbers in the same order.
func furthest(got, want []float64) (off float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i := range got {
		off = math.Max(off, math.Abs(got[i]-want[i]))
	}
	return off
}

// multiplicities are those of the four kinds of directions for m neurons alike.
func multiplicities(m int) map[byte]int {
	return map[byte]int{'t': 1, 's': m - 1, 'x': (m - 1) * (m - 2) / 2, 'y': m * (m - 3) / 2}
}

func codeIs(f teacher.Family, want map[byte][]float64) sim.Verdict {
	const d = 10
	levels, err := levelsOf(f, d)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	m := d
	if f != teacher.A {
		m--
	}
	got, right, off := map[byte][]float64{}, true, 0.0
	for _, l := range levels {
		got[l.Type] = append(got[l.Type], l.Value)
		right = right && l.Multiplicity == multiplicities(m)[l.Type]
	}
	for kind, values := range want {
		off = math.Max(off, furthest(got[kind], values))
	}
	return sim.Judge(right && off <= 1e-9, "%d values, multiplicities as said: %v, within %.1e", len(levels), right, off)
}

// solution holds the levels of the global minimum against their closed form.
func solution() sim.Verdict {
	off, lowest := 0.0, 0
	for _, d := range []int{6, 10, 14} {
		levels, err := levelsOf(teacher.Global, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		n, half := float64(d), 1/(2*math.Pi)
		var want []float64
		add := func(v float64, times int) { want = append(want, slices.Repeat([]float64{v}, times)...) }
		add(0.25-half, d*(d-1)/2)
		add(0.25+half, d*(d-3)/2)
		for _, v := range roots((n+2)/4, (n+1)/16+1/(4*math.Pi)-1/(4*math.Pi*math.Pi)) {
			add(v, d-1)
		}
		a, b, c, e := 0.5+(n-1)*half, (n-1)/4, 0.25, n/4+half
		for _, v := range roots(a+e, a*e-b*c) {
			add(v, 1)
		}
		slices.Sort(want)
		var got []float64
		for _, l := range levels {
			got = append(got, slices.Repeat([]float64{l.Value}, l.Multiplicity)...)
			if d == 6 && math.Abs(l.Value-0.25+half) < 1e-9 {
				lowest += l.Multiplicity
			}
		}
		off = math.Max(off, furthest(got, want))
	}
	return sim.Judge(off <= 1e-9 && lowest == 15, "within %.1e; the lowest of 6 inputs %d times", off, lowest)
}

// roots are those of x² − sum·x + product, ascending.
func roots(sum, product float64) [2]float64 {
	r := math.Sqrt(sum*sum/4 - product)
	return [2]float64{sum/2 - r, sum/2 + r}
}

func typeI() sim.Verdict {
	var lowest [21]float64
	right := true
	for d := teacher.SmallestFamily; d <= 20; d++ {
		levels, err := levelsOf(teacher.I, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		lowest[d] = levels[0].Value
		want := 0
		if d == 6 {
			want = 6
		}
		right = right && teacher.Index(levels, 1e-9) == want
	}
	off := furthest([]float64{lowest[6], lowest[7]}, []float64{-0.005825349313, 0.001661975087})
	return sim.Judge(right && off <= 1e-9, "%.12f for 6 inputs, %.12f for 7, indices as said: %v", lowest[6], lowest[7], right)
}

func lopsided() sim.Verdict {
	right := true
	var top [21]float64
	for _, f := range []teacher.Family{teacher.II, teacher.A} {
		for d := teacher.SmallestFamily; d <= 20; d++ {
			levels, err := levelsOf(f, d)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			low, high := 0, 0
			for _, l := range levels {
				if l.Value < 0.5 {
					low += l.Multiplicity
				}
				if l.Value > 1 {
					high += l.Multiplicity
				}
			}
			want := d + 1
			if d == 6 || d == 7 && f == teacher.A {
				want--
			}
			right = right && high == want && low == d*d-d-1
			if f == teacher.II {
				top[d] = levels[len(levels)-1].Value
			}
		}
	}
	growth := (top[20] - top[14]) / 6
	return sim.Judge(right && math.Abs(growth-0.257) <= 1e-3, "counts as said: %v; growth %.4f", right, growth)
}

func bulk() sim.Verdict {
	right, last := true, [2]float64{}
	limits := map[byte]float64{'x': 0.25 - 1/(2*math.Pi), 'y': 0.25 + 1/(2*math.Pi)}
	for d := teacher.SmallestFamily; d <= teacher.LargestFamily; d++ {
		levels, err := levelsOf(teacher.II, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		for _, l := range levels {
			limit, tall := limits[l.Type]
			if !tall {
				continue
			}
			k := l.Type - 'x'
			right = right && l.Value > last[k] && l.Value < limit && limit-l.Value < 0.33/float64(d)
			last[k] = l.Value
		}
	}
	return sim.Judge(right, "with 50 inputs %.6f of %.6f and %.6f of %.6f", last[0], limits['x'], last[1], limits['y'])
}

func splitMap() sim.Verdict {
	highest, off := math.Inf(-1), 0.0
	want := map[int][2]float64{8: {-0.0999278291, -0.0828176167}, 10: {-0.0866190399, -0.0768833385}, 14: {-0.0689423068, -0.0685190700}}
	for _, f := range []teacher.Family{teacher.II, teacher.A, teacher.I} {
		for d := teacher.SmallestFamily; d <= 20; d++ {
			point, err := teacher.Find(f, d)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			p, w := teacher.Orthonormal(d, d), point.W()
			// The neurons of a family are of two kinds at most, the first and the last.
			ends := []float64{p.SplitEigenvalues(w, 0)[0], p.SplitEigenvalues(w, d-1)[0]}
			highest = math.Max(highest, slices.Max(ends))
			if e, ok := want[d]; ok && f == teacher.II {
				off = math.Max(off, furthest(ends, e[:]))
			}
		}
	}
	return sim.Judge(highest < 0 && off <= 1e-9, "the highest of all is %.6f; within %.1e", highest, off)
}

// flat is the size of a curvature that counts as 0 at a split point.
const flat = 1e-8

func doorsOpen(ctx context.Context) sim.Verdict {
	off, right, steepest := 0.0, true, 0.0
	for _, f := range []teacher.Family{teacher.II, teacher.A, teacher.I} {
		for _, d := range []int{8, 10} {
			point, err := teacher.Find(f, d)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			before, w := teacher.Index(point.Levels(), flat), point.W()
			for _, neuron := range []int{0, d - 1} {
				full, err := landscape.FullSpectrum(ctx, teacher.Orthonormal(d+1, d), teacher.Split(w, d, d, neuron, 0.5))
				if err != nil {
					return sim.Judge(false, "%v", err)
				}
				down, zero := 0, 0
				for _, v := range full.Values {
					switch {
					case v < -flat:
						down++
					case v <= flat:
						zero++
					}
				}
				lowest := 2 * teacher.Orthonormal(d, d).SplitEigenvalues(w, neuron)[0]
				off = math.Max(off, math.Abs(full.Values[0]-lowest))
				right = right && down == before+d-1 && zero == 1
				if f == teacher.II && d == 10 && neuron == 0 {
					steepest = full.Values[0]
					off = math.Max(off, math.Abs(steepest+0.1732380798)-5e-11) // to its last digit
				}
			}
		}
	}
	return sim.Judge(right && off <= 1e-9, "counts as said: %v; within %.1e; II with 10 inputs %.10f", right, off, steepest)
}

func splitSpectra() sim.Verdict {
	right, off := true, 0.0
	want := map[teacher.Family][][2]float64{
		teacher.II: {{-0.0866190399, -0.0261143649}, {-0.0768833385, -0.0324539592}}, teacher.A: {{-0.1142511304, -0.0733561990}},
	}
	for _, f := range []teacher.Family{teacher.II, teacher.A, teacher.I} {
		for _, d := range []int{8, 10} {
			point, err := teacher.Find(f, d)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			p, w := teacher.Orthonormal(d, d), point.W()
			for neuron := range d {
				e := p.SplitEigenvalues(w, neuron)
				right = right && e[d-2] < -0.01 && math.Abs(e[d-1]) <= 1e-9
			}
			for i, ends := range want[f] {
				if d == 10 {
					e := p.SplitEigenvalues(w, i*(d-1))
					off = math.Max(off, furthest([]float64{e[0], e[d-2]}, ends[:]))
				}
			}
		}
	}
	return sim.Judge(right && off <= 1e-9, "counts as said: %v; within %.1e", right, off)
}

func births() sim.Verdict {
	along, off := 0.0, 0.0
	var toward float64
	for _, c := range []struct {
		f    teacher.Family
		d    int
		want float64
	}{{teacher.II, 10, -0.0309577005}, {teacher.A, 10, -0.0183670459}, {teacher.I, 10, -0.0186389249}, {teacher.II, 8, -0.0339270398}} {
		point, err := teacher.Find(c.f, c.d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		p, w := teacher.Orthonormal(c.d, c.d), point.W()
		for i := range c.d {
			u := slices.Clone(p.Row(w, i))
			kernel.Scale(1/kernel.Norm(u), u)
			along = math.Max(along, math.Abs(p.BirthSlope(w, u)))
		}
		u, slope := p.LowestBirth(w)
		off = math.Max(off, math.Abs(slope-c.want))
		if c.f == teacher.II && c.d == 10 {
			toward = u[c.d-1]
		}
	}
	return sim.Judge(along <= 1e-13 && off <= 1e-8 && toward > 0.99, "along neurons %.1e, lowest within %.1e, %.4f of it along the last input", along, off, toward)
}

func large() sim.Verdict {
	off, growing, bounded := 0.0, true, true
	var lastA, lastII float64
	for d := teacher.SmallestFamily; d <= teacher.LargestFamily; d++ {
		a, err := teacher.Find(teacher.A, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		ii, err := teacher.Find(teacher.II, d)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		n := float64(d)
		growing = growing && a.Loss > lastA && n*ii.Loss > lastII
		lastA, lastII = a.Loss, n*ii.Loss
		bounded = bounded && lastA < 0.5-1/math.Pi && lastII < 0.5-2/(math.Pi*math.Pi)
		switch d {
		case 30:
			off = math.Max(off, math.Max(math.Abs(lastA-0.11396476623)*1e6, math.Abs(lastII-0.24268)))
		case 50:
			off = math.Max(off, math.Max(math.Abs(lastA-0.12745075534)*1e6, math.Abs(lastII-0.25918)))
		}
	}
	return sim.Judge(off <= 1e-5 && growing && bounded, "with 50 inputs A %.11f, II times 50 %.5f; growing %v, below the limits %v", lastA, lastII, growing, bounded)
}

// each makes a check of one trace judge all of them.
func each(check func(*sim.Trace) (bool, string)) func([]*sim.Trace) sim.Verdict {
	return func(traces []*sim.Trace) sim.Verdict {
		v := sim.Verdict{Verdict: sim.Holds}
		for i, t := range traces {
			holds, got := check(t)
			if i > 0 {
				v.Got += "; "
			}
			v.Got += got
			if !holds {
				v.Verdict = sim.Fails
			}
		}
		return v
	}
}

// last is the last reading of a scalar measure.
func last(m *sim.MethodTrace, id string) float64 {
	v := m.Readings(id).Value
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}

func saidLoss(m *sim.MethodTrace) string { return fmt.Sprintf("%s %.10g", m.ID, last(m, "loss")) }
