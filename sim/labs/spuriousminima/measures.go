package spuriousminima

import (
	"context"
	"math"
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/teacher"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
)

// every is the cadence of whole spectra.
const every = 50

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Sharpness, sim.LowestCurvature, sim.Spectrum, rules.StabilityLimit, rules.StabilityRatio,
	{ID: "index", Label: "Ways down", Kind: sim.Scalar, Every: every, Help: "How many curvatures are negative, below a millionth of the largest: 0 at a minimum."},
	{ID: "levels", Label: "Distinct curvatures", Kind: sim.Vector, Every: every,
		Help: "The Hessian's eigenvalues, each once: those within a thousandth of the largest of their neighbour count as one. Near a symmetric point they gather on a few values."},
	{ID: "multiplicity", Label: "How many of each", Kind: sim.Vector, Every: every, Help: "How many eigenvalues lie at each of the distinct curvatures."},
	{ID: "level-types", Label: "Kind of each", Kind: sim.Vector, Every: every,
		Help: "What kind of directions a curvature belongs to, by its multiplicity: 0 those that keep all the symmetry, 1 one neuron against another, 2 skew, 3 symmetric, −1 none of these."},
	{ID: "nearest-family", Label: "Nearest family", Kind: sim.Scalar, Every: 20, Help: "Of as many neurons as inputs: 0 the solution, 1 type A, 2 type I, 3 type II, whichever is nearest once neurons and inputs are in the best order."},
	{ID: "family-distance", Label: "Distance from it", Kind: sim.Scalar, Every: 20, Log: true, Help: "Frobenius distance of the weights from the nearest family, in the best order of neurons and inputs."},
	{ID: "neuron-norms", Label: "Length of each neuron", Kind: sim.Vector, Every: 20, Help: "Euclidean length of each neuron's weights."},
	{ID: "split-eigenvalues", Label: "Split map", Kind: sim.Vector, Every: 20,
		Help: `For each neuron the lowest eigenvalue of $D_i=H_{ii}-\frac12I$. Where it is negative, splitting that neuron makes a minimum a saddle; the lowest curvature after a split in halves is twice it.`},
	{ID: "birth-slope", Label: "Slope of a birth", Kind: sim.Points, Every: every,
		Help: "How the loss would change with a neuron grown from nothing, by the angle of its direction in the plane of the last two inputs, in degrees. Below 0 a neuron can be born."},
	{ID: "weights", Label: "Neurons", Kind: sim.Image, Every: 5, Help: "The weights, a row for each neuron, in the order of the inputs that the neurons lean on most; extra neurons last."},
	{ID: "flipped", Label: "Unlike the others", Kind: sim.Vector, Every: 5, Help: "Rows of the picture of neurons that stand out: those that lean against their own input, then the extra ones."},
	{ID: "loss-ii", Label: "Loss of type II", Kind: sim.Scalar, Help: "The loss of the critical point with one neuron flipped, in this many dimensions."},
	{ID: "loss-a", Label: "Loss of type A", Kind: sim.Scalar, Help: "The loss of the critical point with all neurons flipped."},
	{ID: "loss-i", Label: "Loss of type I", Kind: sim.Scalar, Help: "The loss of the critical point with all neurons but one flipped."},
	{ID: "loss-two", Label: "Loss of two flipped", Kind: sim.Scalar, Help: "The loss of the critical point with two neurons flipped, which is of no family."},
	{ID: "bad-fraction", Label: "Share in a trap", Kind: sim.Scalar, Every: 20, Help: "Of all runs, those that rest, with a gradient below 1e-9, at a loss above 0.001."},
	{ID: "bad-low", Label: "Share, low end", Kind: sim.Scalar, Every: 20, Help: "Low end of the interval of 95 % around that share (Wilson)."},
	{ID: "bad-high", Label: "Share, high end", Kind: sim.Scalar, Every: 20, Help: "High end of that interval."},
	{ID: "published-fraction", Label: "Share published", Kind: sim.Scalar, Every: 20, Help: "The share of 1000 runs that Safran and Shamir published for this size."},
	{ID: "published-by-size", Label: "Published, by size", Kind: sim.Points, Help: "For each number of inputs the runs in a trap that Safran and Shamir published, of 1000, in per cent: of as many neurons as the method has more than inputs."},
	{ID: "share-by-size", Label: "Ours", Kind: sim.Points, Every: 20, Help: "The number of inputs, and the runs in a trap so far in per cent."},
	{ID: "trapped-runs", Label: "Runs in a trap", Kind: sim.Scalar, Every: 20, Help: "How many runs rest at a loss above 0.001."},
	{ID: "solved-runs", Label: "Runs solved", Kind: sim.Scalar, Every: 20, Help: "How many runs are below a loss of 0.001."},
	{ID: "moving-runs", Label: "Runs still moving", Kind: sim.Scalar, Every: 20, Help: "How many runs are above 0.001 and do not rest: they may yet get out, and count as neither."},
}

// liveSpectrum is the number of weights up to which the whole spectrum is computed from the dense Hessian while a run
// goes on.
const liveSpectrum = 600

// readers are the measures of a method on its ground.
func (g *ground) readers() map[string]sim.Reader {
	read := map[string]sim.Reader{
		"weights": g.weights, "flipped": g.flipped, "neuron-norms": g.lengths, "split-eigenvalues": g.splits, "birth-slope": g.births,
	}
	if g.Plain() && g.D >= teacher.SmallestFamily {
		for id, f := range map[string]teacher.Family{"loss-ii": teacher.II, "loss-a": teacher.A, "loss-i": teacher.I} {
			if point, err := teacher.Find(f, g.D); err == nil {
				read[id] = rules.Scalar(func(*sim.Reading) float64 { return point.Loss })
			}
		}
		if _, loss, err := teacher.TwoFlipped(g.D); err == nil {
			read["loss-two"] = rules.Scalar(func(*sim.Reading) float64 { return loss })
		}
		if g.K == g.D {
			read["nearest-family"] = rules.Scalar(func(at *sim.Reading) float64 { f, _, _ := g.Nearest(at.X); return float64(f) })
			read["family-distance"] = rules.Scalar(func(at *sim.Reading) float64 { _, s, _ := g.Nearest(at.X); return s })
		}
	}
	if list := publishedBySize(g.K - g.D); g.Plain() && len(list) > 0 {
		read["published-by-size"] = func(*sim.Reading) ([]float64, int) { return list, 2 }
	}
	s := &spectra{g: g, step: -1}
	read["levels"] = func(at *sim.Reading) ([]float64, int) { s.at(at); return s.levels, 0 }
	read["multiplicity"] = func(at *sim.Reading) ([]float64, int) { s.at(at); return s.counts, 0 }
	read["level-types"] = func(at *sim.Reading) ([]float64, int) { s.at(at); return s.types, 0 }
	read["index"] = rules.Scalar(func(at *sim.Reading) float64 {
		if s.at(at); len(s.levels) == 0 {
			return math.NaN()
		}
		return below(s.levels, s.counts)
	})
	if g.Dim() <= liveSpectrum {
		read["spectrum"] = func(at *sim.Reading) ([]float64, int) { s.at(at); return s.values, 0 }
	}
	return read
}

// negative is the curvature, as a share of the largest, below which it counts as a way down.
const negative = 1e-6

// gathered is how near two eigenvalues are to count as one in the bar code, as a share of the largest.
const gathered = 1e-3

// How near a point must be to a symmetric one for its curvatures to be taken from there: far below what the page
// shows, and, where nothing else gives them, so that they are right to six digits.
const (
	symmetric       = 1e-9
	nearlySymmetric = 1e-6
)

// spectra holds the spectrum of the last step at which it was asked for. values are those of the dense Hessian, nil
// beyond liveSpectrum; the bar code is exact at a symmetric point, else gathered from the values, else empty.
type spectra struct {
	g                             *ground
	step                          int
	values, levels, counts, types []float64
}

func (s *spectra) at(at *sim.Reading) {
	if at.Step == s.step {
		return
	}
	s.step = at.Step
	s.values, s.levels, s.counts, s.types = nil, nil, nil, nil
	tolerance := nearlySymmetric
	if s.g.Dim() <= liveSpectrum {
		s.values = s.g.denseSpectrum(at.X)
		tolerance = symmetric
	}
	if levels, known := s.g.Isotypic(at.X, tolerance); known {
		for _, l := range levels {
			s.levels, s.counts = append(s.levels, l.Value), append(s.counts, float64(l.Multiplicity))
			s.types = append(s.types, float64(strings.IndexByte(kinds, l.Type)))
		}
		return
	}
	if len(s.values) == 0 {
		return
	}
	top := math.Max(math.Abs(s.values[0]), math.Abs(s.values[len(s.values)-1]))
	for i, v := range s.values {
		last := len(s.levels) - 1
		if i > 0 && v-s.values[i-1] < gathered*top && (v < 0) == (s.values[i-1] < 0) {
			s.counts[last]++
			s.levels[last] += (v - s.levels[last]) / s.counts[last]
			continue
		}
		s.levels, s.counts = append(s.levels, v), append(s.counts, 1)
	}
	for _, n := range s.counts {
		s.types = append(s.types, s.g.kind(int(n)))
	}
}

// denseSpectrum are the eigenvalues of the dense Hessian, ascending; NaN where it is not finite.
func (g *ground) denseSpectrum(x []float64) []float64 {
	n := g.Dim()
	h := make([]float64, n*n)
	if err := g.Hessian(context.Background(), h, x); err != nil || !landscape.Finite(h) {
		return slices.Repeat([]float64{math.NaN()}, n)
	}
	return landscape.SymmetricEigenvalues(h, n)
}

// below counts the ways down among ascending curvatures, counts of each, or one where counts is nil.
func below(values, counts []float64) float64 {
	n, top := 0.0, math.Max(math.Abs(values[0]), math.Abs(values[len(values)-1]))
	for i, v := range values {
		if !(v < -negative*top) {
			break
		}
		if counts == nil {
			n++
		} else {
			n += counts[i]
		}
	}
	return n
}

// kinds of directions, in the order of the measure level-types.
const kinds = "tsxy"

// kind is the kind of directions that belongs to a multiplicity under the permutations that the point's family keeps:
// of m neurons alike there are 1, m-1, (m-1)(m-2)/2 and m(m-3)/2 of the four kinds. -1 stands for none, or for two that
// are equally many.
func (g *ground) kind(n int) float64 {
	m := g.D
	if g.family != nil {
		if len(g.family.Xi) > 2 {
			m--
		}
		if g.K > g.D && g.recipe.split < m {
			m-- // the split neuron is no longer like the others
		}
	}
	many := []int{1, m - 1, (m - 1) * (m - 2) / 2, m * (m - 3) / 2}
	i := slices.Index(many, n)
	if i >= 0 && slices.Contains(many[i+1:], n) {
		return -1
	}
	return float64(i)
}

// order is the row of the picture that each neuron stands in: the input that it leans on most, one each, extra ones last.
func (g *ground) order(x []float64) []int {
	n := max(g.K, g.D)
	gain := make([]float64, n*n)
	for i := range g.K {
		for a := range g.D {
			gain[i*n+a] = math.Abs(x[i*g.D+a])
		}
	}
	rows := landscape.Assign(n, gain)[:g.K]
	// With fewer neurons than inputs the rows close up.
	sorted := slices.Clone(rows)
	slices.Sort(sorted)
	for i, r := range rows {
		rows[i], _ = slices.BinarySearch(sorted, r)
	}
	return rows
}

func (g *ground) weights(at *sim.Reading) ([]float64, int) {
	out := make([]float64, len(at.X))
	for i, r := range g.order(at.X) {
		copy(out[r*g.D:(r+1)*g.D], g.Row(at.X, i))
	}
	return out, g.D
}

func (g *ground) flipped(at *sim.Reading) ([]float64, int) {
	x, _ := g.weights(at)
	out := []float64{}
	for i := range min(g.K, g.D) {
		if x[i*g.D+i] < 0 {
			out = append(out, float64(i))
		}
	}
	for i := g.D; i < g.K; i++ {
		out = append(out, float64(i))
	}
	return out, 0
}

func (g *ground) lengths(at *sim.Reading) ([]float64, int) {
	out := make([]float64, g.K)
	for i := range out {
		out[i] = kernel.Norm(g.Row(at.X, i))
	}
	return out, 0
}

func (g *ground) splits(at *sim.Reading) ([]float64, int) {
	out := make([]float64, g.K)
	g.SplitMinima(out, at.X)
	return out, 0
}

// births is the slope of a birth around the circle of the last two inputs.
func (g *ground) births(at *sim.Reading) ([]float64, int) {
	const degrees = 3
	var out []float64
	u := make([]float64, g.D)
	for a := -180; a <= 180; a += degrees {
		u[g.D-2], u[g.D-1] = math.Cos(float64(a)*math.Pi/180), math.Sin(float64(a)*math.Pi/180)
		out = append(out, float64(a), g.BirthSlope(at.X, u))
	}
	return out, 2
}
