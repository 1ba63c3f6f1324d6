package symmetry

import (
	"fmt"
	"math"

	"thalweg/landscape/cube"
	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
)

// every is the cadence of what is looked at.
const every = 20

// eps is the gain in loss that the bound is about.
const eps = 0.1

var measures = append([]sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm,
	{ID: "displayed-loss", Label: "Mean square", Kind: sim.Scalar, Every: every, Log: true, Help: "Mean of (f − y)² over 2048 fixed points that are not learned from, or over all points: 1 for a net that says nothing."},
	{ID: "fourier", Label: "Walsh coefficients", Kind: sim.Vector, Every: every, Help: "Of the net, on all products of the target's coordinates: place r stands for the product of those of its set bits. The other coordinates are averaged over 64 settings."},
	{ID: "coordinate-mass", Label: "Weight of each input", Kind: sim.Vector, Every: every, Help: "Length of the first layer's weights of each input."},
	{ID: "support-share", Label: "Share on the target's inputs", Kind: sim.Scalar, Every: every, Help: "Of the squared first-layer weights, the share on the inputs that matter."},
	{ID: "alignment", Label: "Alignment C", Kind: sim.Scalar, Log: true, Help: "How well the target can align, on average over all relabellings and sign changes of the inputs, with any one function: $\\max_kW_k/\\binom dk$. On the sphere over all rotations."},
	{ID: "residual-alignment", Label: "Alignment of the rest", Kind: sim.Scalar, Log: true, Help: "That of what is left once the coordinates within reach by steps of one are known; 0 for a staircase."},
	{ID: "leap", Label: "Leap", Kind: sim.Scalar, Help: "The least number of new coordinates that some order of the target's parts asks for at its worst step."},
	{ID: "bound", Label: "Bound on the chance", Kind: sim.Scalar, Every: every, Log: true, Help: fmt.Sprintf("At most this is the chance to gain %g in loss so far: $R\\sqrt{kC}/(2\\tau)+C/\\varepsilon$. It speaks of all points, clipped gradients and noise; without them there is none, and above 1 it guarantees nothing.", eps)},
	{ID: "levels", Label: "Alignment by level", Kind: sim.Vector, Help: "What each number of coordinates, or each degree on the sphere, gives to the alignment; place k+1 stands for k coordinates."},
	{ID: "mirror-gap", Label: "Gap to the mirror image", Kind: sim.Scalar, Every: 1, Log: true, Help: "Largest difference of a weight between the method's image and its twin on mirrored inputs."},
	{ID: "mirror-loss-gap", Label: "Gap of their losses", Kind: sim.Scalar, Every: every, Log: true, Help: "Difference of the two losses."},
	{ID: "target-gradient", Label: "What the start sees of the target", Kind: sim.Scalar, Help: "Length of the part of the first gradient that depends on the target: its gradient less that of the target 0."},
	{ID: "sets", Label: "Parts of the target", Kind: sim.Points, Every: every, Help: "Each part by its place in the order of fewest new coordinates and the number of its coordinates."},
	{ID: "set-links", Label: "Which opens which", Kind: sim.Image, Help: "Row i, column j: a part i before j that gives it a coordinate."},
	{ID: "lit", Label: "Learned share", Kind: sim.Vector, Every: every, Help: "The net's coefficient on each part, as a share of the target's, in the same order."},
}, partMeasures()...)

// mostParts is how many parts have a line of their own.
const mostParts = 4

func partMeasures() []sim.Measure {
	var out []sim.Measure
	for k, name := range []string{"First", "Second", "Third", "Fourth"} {
		out = append(out, sim.Measure{ID: fmt.Sprintf("part-%d", k+1), Label: name + " part", Kind: sim.Scalar, Every: every,
			Help: "The net's coefficient on this part of the target, as a share of the target's: 1 once it is learned."})
	}
	return out
}

// seen is what the readers of one contestant share at a step.
type seen struct {
	*ground
	step int
	coef []float64
}

func (s *seen) at(r *sim.Reading) []float64 {
	if s.step != r.Step {
		s.step, s.coef = r.Step, s.fourier(r.X)
	}
	return s.coef
}

func (g *ground) readers(m *sim.MethodSpec) map[string]sim.Reader {
	s, t := &seen{ground: g, step: -1}, g.target
	c, levels := t.alignment()
	read := map[string]sim.Reader{
		"displayed-loss":  rules.Scalar(func(r *sim.Reading) float64 { return g.displayed(r.X) }),
		"coordinate-mass": func(r *sim.Reading) ([]float64, int) { return g.net.Mass(r.X), 0 },
		"alignment":       rules.Scalar(func(*sim.Reading) float64 { return c }),
		"levels":          func(*sim.Reading) ([]float64, int) { return levels, 0 },
		"target-gradient": rules.Scalar(func(r *sim.Reading) float64 { return g.hint(r.X) }),
	}
	if len(t.support) > 0 {
		read["support-share"] = rules.Scalar(func(r *sim.Reading) float64 {
			in, all := 0.0, 0.0
			for i, v := range g.net.Mass(r.X) {
				all += v * v
				for _, c := range t.support {
					if c == i {
						in += v * v
					}
				}
			}
			return in / all
		})
	}
	if tau, ok := g.bounded(m); ok {
		read["bound"] = rules.Scalar(func(r *sim.Reading) float64 {
			if r.Step == 0 {
				return math.NaN()
			}
			return cube.Bound(g.clip, r.Step, tau, c, eps)
		})
	}
	if len(t.parts) == 0 {
		return read
	}
	order := cube.Order(t.sets())
	leap, residual := cube.Leap(t.sets()), cube.ResidualAlignment(t.parts, t.d)
	read["leap"] = rules.Scalar(func(*sim.Reading) float64 { return float64(leap) })
	read["residual-alignment"] = rules.Scalar(func(*sim.Reading) float64 { return residual })
	read["fourier"] = func(r *sim.Reading) ([]float64, int) { return s.at(r), 0 }
	share := func(r *sim.Reading, i int) float64 {
		p := t.parts[i]
		return s.at(r)[t.bits(p.Set)] / p.Coef
	}
	read["lit"] = func(r *sim.Reading) ([]float64, int) {
		out := make([]float64, len(order))
		for k, i := range order {
			out[k] = share(r, i)
		}
		return out, 0
	}
	read["sets"] = func(*sim.Reading) ([]float64, int) {
		var out []float64
		for k, i := range order {
			out = append(out, float64(k+1), float64(len(t.parts[i].Set)))
		}
		return out, 2
	}
	read["set-links"] = func(*sim.Reading) ([]float64, int) { return t.links(order), len(order) }
	for k, i := range order[:min(mostParts, len(order))] {
		read[fmt.Sprintf("part-%d", k+1)] = rules.Scalar(func(r *sim.Reading) float64 { return share(r, i) })
	}
	return read
}

// bounded reports whether the theorem speaks of a method, which sees all points, clipped gradients and noise, and how
// large that is.
func (g *ground) bounded(m *sim.MethodSpec) (tau float64, ok bool) {
	tau = g.tau
	if v, own := m.Hyper.Find("noise"); own {
		tau = v.Num
	}
	return tau, (m.Kind.ID == "sgd" || m.Kind.ID == "noisy-gd") && g.population && tau > 0 && !math.IsInf(g.clip, 1)
}

// links marks for the parts in an order which of the earlier ones gave a coordinate of each.
func (t *target) links(order []int) []float64 {
	n := len(order)
	out := make([]float64, n*n)
	known := map[int]int{}
	for j, i := range order {
		for _, c := range t.parts[i].Set {
			if from, ok := known[c]; ok {
				out[from*n+j] = 1
			}
		}
		for _, c := range t.parts[i].Set {
			if _, ok := known[c]; !ok {
				known[c] = j
			}
		}
	}
	return out
}

// displayed is the mean square over the points that only measures see.
func (g *ground) displayed(theta []float64) float64 {
	return 2 * g.net.Loss(theta, g.shown.x, g.shown.y)
}

// hint is the length of the gradient's part that depends on the target, mean y ∇f: what the start sees of it.
func (g *ground) hint(theta []float64) float64 {
	with, without := make([]float64, g.Dim()), make([]float64, g.Dim())
	g.net.Plain(with, theta, g.shown.x, g.shown.y)
	g.net.Plain(without, theta, g.shown.x, make([]float64, len(g.shown.y)))
	kernel.Axpy(with, -1, without)
	return kernel.Norm(with)
}
