package leakyrelu

import (
	"math"
	"slices"

	"thalweg/landscape/kernel"
	"thalweg/landscape/leaky"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
)

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm,
	{ID: "stable-rank", Label: "Stable rank", Kind: sim.Scalar, Every: sim.LogSpaced, Log: true, Help: `$\lVert W\rVert_F^2/\lVert W\rVert_2^2$, from 1 to the rank: how many directions share the weights.`},
	{ID: "limit-rank", Label: "Stable rank of the limit", Kind: sim.Scalar, Help: "Stable rank of the solution of largest margin in the parameters, which is of rank 2 at most."},
	{ID: "predicted-rank", Label: "Stable rank predicted after one step", Kind: sim.Scalar, Help: `$1+(\omega\sqrt{md}/(\eta\sigma))^2$ with $\sigma=\frac{1+\gamma}{4n}\lvert\sum_iy_ix_i\rvert$: the first gradient of a smooth net has rank 1 and this length, the start is noise. For starts below the scale at which that is 2.`},
	{ID: "collapse-scale", Label: "Scale below which the rank falls", Kind: sim.Scalar, Log: true, Help: `The scale of the start at which that noise is as long as the first step, $\omega^*=\eta\sigma/\sqrt{md}$.`},
	{ID: "numerical-rank", Label: "Numerical rank", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "How many singular values are above a thousandth of the largest."},
	{ID: "third-value", Label: "Third singular value ÷ first", Kind: sim.Scalar, Every: sim.LogSpaced, Log: true, Help: "0 for a matrix of rank 2."},
	{ID: "log-loss", Label: "ln L", Kind: sim.Scalar, Every: 1, Help: "Logarithm of the loss, also where the loss itself is too small for a number."},
	{ID: "training-error", Label: "Training error", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "Share of the points on the wrong side."},
	{ID: "normalized-margin", Label: "Normalised margin", Kind: sim.Scalar, Every: sim.LogSpaced, Help: `$\min_iy_if(x_i)/\lVert W\rVert_F$.`},
	{ID: "smoothed-margin", Label: "Smoothed margin", Kind: sim.Scalar, Every: sim.LogSpaced, Help: `$-\ln(nL)/\lVert W\rVert_F$, which is at most the normalised margin and comes to it; along gradient flow of a homogeneous net it never falls once $nL<1$ (Lyu, Li 2020).`},
	{ID: "margin-ratio", Label: "Margin ÷ largest", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "Normalised margin as a share of that of the solution of largest margin in the parameters."},
	{ID: "direction-cosine", Label: "Cosine to the limit", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "Of the angle between the weights and the solution of largest margin in the parameters."},
	{ID: "kkt-residual", Label: "Distance from KKT", Kind: sim.Scalar, Every: sim.LogSpaced, Log: true, Help: `How far the weights are, as a share of their length, from nonnegative combinations of $y_i\nabla f(x_i)$, which they are at a solution of largest margin.`},
	{ID: "complementarity", Label: "Complementarity", Kind: sim.Scalar, Every: sim.LogSpaced, Log: true, Help: "Mean of how far the margins are above the least one, weighted by the multipliers: 0 at a solution."},
	{ID: "linear-margin-ratio", Label: "Margin of the mean line", Kind: sim.Scalar, Every: sim.LogSpaced, Help: `Margin of the line with the normal $\sum_ja_jw_j$ as a share of the largest; negative where that line is wrong.`},
	{ID: "agreement", Label: "Agreement with the line", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "Share of 4000 normal points, or 500 for large nets, that the net and the line with its mean normal put on the same side: 1 where the boundary is that line."},
	{ID: "bend", Label: "Bend", Unit: "degrees", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "How far the two places at which the net is 0 on a circle in the picture's plane are from opposite. None where there are more than two."},
	{ID: "test-accuracy", Label: "Accuracy on fresh points", Kind: sim.Scalar, Every: sim.LogSpaced, Help: "Of clusters: share of 2000 fresh points on the right side."},
	{ID: "singular-values", Label: "Singular values", Kind: sim.Vector, Every: sim.LogSpaced, Help: "Of the weights, each as a share of the largest."},
	{ID: "decision", Label: "Decision", Kind: sim.Image, Every: sim.LogSpaced, Help: "The net on the plane of the normal of the line of largest margin and a random direction of the points, as a share of its largest value there. White is its boundary."},
	{ID: "decision-box", Label: "Its edges", Kind: sim.Vector, Help: "Ends of that picture."},
	{ID: "points", Label: "Points", Kind: sim.Points, Help: "What is learned from, laid on that plane: along the normal, across, and the label."},
	{ID: "neurons", Label: "Neurons of positive sign", Kind: sim.Points, Every: sim.LogSpaced, Help: "Weights of the neurons with a positive second layer, along the two different rows of the limit, or along the plane of the decision; as shares of the longest."},
	{ID: "opposed", Label: "Neurons of negative sign", Kind: sim.Points, Every: sim.LogSpaced, Help: "Those of the neurons with a negative one."},
}

// A sight is what the readers of one contestant share at a step.
type sight struct {
	*ground
	step     int
	singular []float64
	least    float64
	norm     float64
	outputs  []float64
	normal   []float64
	fit      leaky.Fit
	fits     bool
}

// at looks once at each step.
func (s *sight) at(r *sim.Reading) *sight {
	if s.step == r.Step {
		return s
	}
	s.step = r.Step
	s.singular = leaky.SingularValues(r.X, s.Inputs)
	s.least = s.Outputs(s.outputs, r.X)
	s.norm = kernel.Norm(r.X)
	s.Normal(s.normal, r.X)
	s.fit, s.fits = s.Fit(r.X)
	return s
}

func (g *ground) readers(m *sim.MethodSpec) map[string]sim.Reader {
	s := &sight{ground: g, step: -1, outputs: make([]float64, g.N), normal: make([]float64, g.Inputs)}
	w := g.world
	scalar := func(f func(s *sight, r *sim.Reading) float64) sim.Reader {
		return rules.Scalar(func(r *sim.Reading) float64 { return f(s.at(r), r) })
	}
	read := map[string]sim.Reader{
		"stable-rank":    scalar(func(s *sight, _ *sim.Reading) float64 { return leaky.StableRank(s.singular) }),
		"numerical-rank": scalar(func(s *sight, _ *sim.Reading) float64 { return float64(rank(s.singular)) }),
		"third-value": scalar(func(s *sight, _ *sim.Reading) float64 {
			if len(s.singular) < 3 {
				return math.NaN()
			}
			return s.singular[2] / s.singular[0]
		}),
		"log-loss":          rules.Scalar(func(r *sim.Reading) float64 { return g.LogLoss(r.X) }),
		"training-error":    scalar(func(s *sight, _ *sim.Reading) float64 { return s.wrong() }),
		"normalized-margin": scalar(func(s *sight, _ *sim.Reading) float64 { return s.least / s.norm }),
		"smoothed-margin": scalar(func(s *sight, r *sim.Reading) float64 {
			return -(g.LogLoss(r.X) + math.Log(float64(g.N))) / s.norm
		}),
		"agreement": scalar(func(s *sight, r *sim.Reading) float64 { return s.agreement(r.X) }),
		"bend":      scalar(func(s *sight, r *sim.Reading) float64 { return s.bend(r.X) }),
		"singular-values": func(r *sim.Reading) ([]float64, int) {
			v := slices.Clone(s.at(r).singular)
			if len(v) > 0 && v[0] > 0 {
				kernel.Scale(1/v[0], v)
			}
			return v, 0
		},
		"decision":     func(r *sim.Reading) ([]float64, int) { return g.decision(r.X), cells },
		"decision-box": func(*sim.Reading) ([]float64, int) { e := w.edge(); return []float64{-e, e, -e, e}, 0 },
		"points":       func(*sim.Reading) ([]float64, int) { return w.laid(), 3 },
		"neurons":      func(r *sim.Reading) ([]float64, int) { return g.neurons(r.X, 1), 2 },
		"opposed":      func(r *sim.Reading) ([]float64, int) { return g.neurons(r.X, -1), 2 },
		"kkt-residual": scalar(func(s *sight, _ *sim.Reading) float64 { return s.kkt(func(f leaky.Fit) float64 { return f.Residual }) }),
		"complementarity": scalar(func(s *sight, _ *sim.Reading) float64 {
			return s.kkt(func(f leaky.Fit) float64 { return f.Complementarity })
		}),
	}
	if g.limit != nil {
		limit := leaky.StableRank(leaky.SingularValues(g.limit.W, g.Inputs))
		read["limit-rank"] = rules.Scalar(func(*sim.Reading) float64 { return limit })
		read["margin-ratio"] = scalar(func(s *sight, _ *sim.Reading) float64 { return s.least / s.norm * g.limit.Norm })
		read["direction-cosine"] = scalar(func(s *sight, r *sim.Reading) float64 { return kernel.Dot(r.X, g.limit.W) / (s.norm * g.limit.Norm) })
	}
	if w.line != nil {
		read["linear-margin-ratio"] = scalar(func(s *sight, _ *sim.Reading) float64 {
			return s.lineMargin() / (kernel.Norm(s.normal) * w.line.Margin)
		})
	}
	if w.tests != nil {
		read["test-accuracy"] = rules.Scalar(func(r *sim.Reading) float64 {
			right := 0
			f := g.crowd(w.tests, r.X)
			for i, y := range w.tests.labels {
				if f[i]*y > 0 {
					right++
				}
			}
			return float64(right) / testCount
		})
	}
	if eta, ok := m.Hyper.Find("step-size"); ok && g.Act == leaky.Smooth && g.Criterion == leaky.Logistic {
		scale := eta.Num * g.firstStep() / math.Sqrt(float64(w.m*w.d))
		read["collapse-scale"] = rules.Scalar(func(*sim.Reading) float64 { return scale })
		if ratio := g.omega / scale; ratio <= 1 {
			read["predicted-rank"] = rules.Scalar(func(*sim.Reading) float64 { return 1 + ratio*ratio })
		}
	}
	return read
}

// firstStep is σ, the length of the first gradient of a smooth net from a small start with the logistic loss.
func (g *ground) firstStep() float64 { return (1 + g.Slope) / 4 * g.world.mean }

// rank counts the singular values above a thousandth of the first.
func rank(singular []float64) (n int) {
	for _, v := range singular {
		if v > 1e-3*singular[0] {
			n++
		}
	}
	return n
}

func (s *sight) wrong() float64 {
	n := 0
	for i, f := range s.outputs {
		if !(f*s.Y[i] > 0) {
			n++
		}
	}
	return float64(n) / float64(s.N)
}

func (s *sight) kkt(of func(leaky.Fit) float64) float64 {
	if !s.fits {
		return math.NaN()
	}
	return of(s.fit)
}

// lineMargin is the least y n·x for the mean normal n.
func (s *sight) lineMargin() float64 {
	low := math.Inf(1)
	for i, y := range s.Y {
		low = math.Min(low, y*kernel.Dot(s.normal, s.world.row(i)))
	}
	return low
}

// crowd evaluates the net on a set of points. Weights beyond the coordinates of the data are those of the start.
func (g *ground) crowd(c *crowd, w []float64) []float64 {
	used := g.world.used()
	out := make([]float64, c.k)
	const rows = probeBlock
	kernel.Blocks(c.k/rows, func(b int) {
		z, room := make([]float64, rows*g.Width), make([]float64, g.Width)
		from := b * rows
		for i, v := range c.behind[from*g.Width : (from+rows)*g.Width] {
			z[i] = g.omega * v
		}
		kernel.MulNT(kernel.Dense(rows, g.Width, z), kernel.Mat[float64]{Rows: rows, Cols: used, Stride: g.Inputs, Data: c.x[from*g.Inputs:]},
			kernel.Mat[float64]{Rows: g.Width, Cols: used, Stride: g.Inputs, Data: w}, true)
		for i := range rows {
			out[from+i] = g.Glance(z[i*g.Width:(i+1)*g.Width], room)
		}
	})
	return out
}

func (s *sight) agreement(w []float64) float64 {
	c := s.world.probe
	f, same := s.crowd(c, w), 0
	for i := range c.k {
		if (f[i] > 0) == (kernel.Dot(s.normal, c.x[i*s.Inputs:(i+1)*s.Inputs]) > 0) {
			same++
		}
	}
	return float64(same) / float64(c.k)
}

// cells is the side of the picture of the decision.
const cells = 96

// along are the inputs of the neurons for the two directions of the picture.
func (g *ground) along(w []float64) (u, v []float64) {
	u, v = make([]float64, g.Width), make([]float64, g.Width)
	for j := range g.Width {
		row := w[j*g.Inputs : (j+1)*g.Inputs]
		u[j], v[j] = kernel.Dot(row, g.world.e1), kernel.Dot(row, g.world.e2)
	}
	return u, v
}

// decision is the net on the plane of the picture, row by row from the lowest.
func (g *ground) decision(w []float64) []float64 {
	u, v := g.along(w)
	out, edge := make([]float64, cells*cells), g.world.edge()
	kernel.Blocks(cells, func(r int) {
		z, room := make([]float64, g.Width), make([]float64, g.Width)
		t := edge * (2*(float64(r)+0.5)/cells - 1)
		for c := range cells {
			s := edge * (2*(float64(c)+0.5)/cells - 1)
			for j := range z {
				z[j] = s*u[j] + t*v[j]
			}
			out[r*cells+c] = g.Glance(z, room)
		}
	})
	top := 0.0
	for _, f := range out {
		top = math.Max(top, math.Abs(f))
	}
	if top > 0 && top-top == 0 {
		kernel.Scale(1/top, out)
	}
	return out
}

// bend is how far, in degrees, the two zeros of the net on the unit circle of the picture's plane are from opposite; NaN
// unless there are two.
func (s *sight) bend(w []float64) float64 {
	u, v := s.along(w)
	z := make([]float64, s.Width)
	at := func(t float64) float64 {
		c, d := math.Cos(t), math.Sin(t)
		for j := range z {
			z[j] = c*u[j] + d*v[j]
		}
		return s.Output(z)
	}
	const parts = 360
	var zeros []float64
	before := at(0)
	for k := 1; k <= parts; k++ {
		low, high := 2*math.Pi*float64(k-1)/parts, 2*math.Pi*float64(k)/parts
		now := at(high)
		if (before > 0) != (now > 0) {
			for range 50 {
				if mid := (low + high) / 2; (at(mid) > 0) == (before > 0) {
					low = mid
				} else {
					high = mid
				}
			}
			zeros = append(zeros, (low+high)/2)
		}
		before = now
	}
	if len(zeros) != 2 {
		return math.NaN()
	}
	return math.Abs(math.Abs(zeros[1]-zeros[0])-math.Pi) * 180 / math.Pi
}

// edge is half the side of the picture, a little more than the farthest point on it.
func (w *world) edge() float64 {
	far := 0.0
	laid := w.laid()
	for i := 0; i < len(laid); i += 3 {
		far = math.Max(far, math.Max(math.Abs(laid[i]), math.Abs(laid[i+1])))
	}
	return 1.3 * far
}

// laid are the points on the plane of the picture, with 0 for the label -1 and 1 for the label 1.
func (w *world) laid() []float64 {
	out := make([]float64, 0, 3*w.n)
	for i, y := range w.y {
		out = append(out, kernel.Dot(w.row(i), w.e1), kernel.Dot(w.row(i), w.e2), (1+y)/2)
	}
	return out
}

// neurons lays those of one sign on the two different rows of the limit, made orthogonal, or on the picture's plane.
func (g *ground) neurons(w []float64, sign float64) []float64 {
	a, b := g.world.e1, g.world.e2
	if g.limit != nil {
		a, b = unit(g.limit.V, nil), unit(g.limit.U, unit(g.limit.V, nil))
	}
	long := 0.0
	for j := range g.Width {
		long = math.Max(long, kernel.Norm(w[j*g.Inputs:(j+1)*g.Inputs]))
	}
	var out []float64
	for j, second := range g.A {
		if second*sign < 0 {
			continue
		}
		row := w[j*g.Inputs : (j+1)*g.Inputs]
		out = append(out, kernel.Dot(row, a)/long, kernel.Dot(row, b)/long)
	}
	return out
}

// unit is v at right angles to a unit vector, if one is given, and of length 1.
func unit(v, off []float64) []float64 {
	out := slices.Clone(v)
	if off != nil {
		kernel.Axpy(out, -kernel.Dot(out, off), off)
	}
	if size := kernel.Norm(out); size > 0 {
		kernel.Scale(1/size, out)
	}
	return out
}
