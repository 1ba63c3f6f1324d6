// Package leaky is a network of one hidden layer with a leaky activation on few points in many dimensions: its loss, its
// solutions of largest margin, linear and in the parameters, and coordinates in which many dimensions cost no more than
// few. The setting is that of Frei, Vardi, Bartlett, Srebro and Hu, ICLR 2023 (arXiv 2210.07082).
package leaky

import (
	"context"
	"fmt"
	"math"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// An Activation is that of the hidden layer, of slope γ below 0.
type Activation int

// Leaky is max(γz, z). Smooth is γz + (1-γ)(softplus(z) - ln 2), which is 0 at 0 and has slopes between γ and 1.
const (
	Leaky Activation = iota
	Smooth
)

// A Criterion is the loss of a margin q = y f(x).
type Criterion int

// Logistic is ln(1 + e^-q), Exponential e^-q.
const (
	Logistic Criterion = iota
	Exponential
)

// tooLarge is the output above which the loss counts as infinite, so that a walk whose steps are too large ends.
const tooLarge = 1e6

// A Net is the mean loss over N points of f(x) = Σ_j a_j φ(w_j·x), as a function of W, Width x Inputs, row-major. The
// second layer is fixed. It is safe for concurrent use and must not be changed.
type Net struct {
	N, Inputs, Width int
	// X holds the points, row-major, Y their labels of ±1, A the second layer.
	X, Y, A []float64
	// Slope is γ, above 0 and below 1.
	Slope     float64
	Act       Activation
	Criterion Criterion

	used int // columns beyond which all points are 0: weights there meet nothing
	pool sync.Pool
}

// New makes a net of points x, row-major with so many inputs, labels y of ±1 and a second layer a.
func New(x []float64, inputs int, y, a []float64, slope float64, act Activation, criterion Criterion) (*Net, error) {
	switch {
	case len(y) < 1 || inputs < 1 || len(a) < 1 || len(x) != len(y)*inputs:
		return nil, fmt.Errorf("%d numbers for %d points of %d inputs and %d neurons; want at least one of each, and points times inputs numbers", len(x), len(y), inputs, len(a))
	case !(slope > 0 && slope < 1):
		return nil, fmt.Errorf("a slope of %g; want above 0 and below 1", slope)
	case !landscape.Finite(x) || !landscape.Finite(a):
		return nil, fmt.Errorf("points and second layer must be finite")
	}
	for i, v := range y {
		if v != 1 && v != -1 {
			return nil, fmt.Errorf("label %d is %g; want 1 or -1", i, v)
		}
	}
	n := &Net{N: len(y), Inputs: inputs, Width: len(a), X: x, Y: y, A: a, Slope: slope, Act: act, Criterion: criterion, used: 1}
	for i, v := range x {
		if v != 0 {
			n.used = max(n.used, i%inputs+1)
		}
	}
	n.pool.New = func() any { return n.newScratch() }
	return n, nil
}

// A scratch is room for one evaluation: for each point and neuron its input z, output h, slope s and bend b, and c, what
// the gradient's rows are made of; for each point output f, margin q, slope g and bend d of the loss, both over its value
// where the loss is taken by its logarithm; the points of a batch.
type scratch struct {
	z, h, s, b, c []float64
	f, q, g, d, y []float64
	x             []float64
}

func (n *Net) newScratch() *scratch {
	all := make([]float64, 5*n.N*n.Width+5*n.N+n.N*n.used)
	s := &scratch{}
	for _, p := range []*[]float64{&s.z, &s.h, &s.s, &s.b, &s.c} {
		*p, all = all[:n.N*n.Width], all[n.N*n.Width:]
	}
	for _, p := range []*[]float64{&s.f, &s.q, &s.g, &s.d, &s.y} {
		*p, all = all[:n.N], all[n.N:]
	}
	s.x = all
	return s
}

func (n *Net) take() *scratch { return n.pool.Get().(*scratch) }

// Dim implements landscape.Func.
func (n *Net) Dim() int { return n.Width * n.Inputs }

// Len implements landscape.Sampled.
func (n *Net) Len() int { return n.N }

// Blocks implements landscape.Blocks.
func (n *Net) Blocks() []landscape.Block {
	return []landscape.Block{{Rows: n.Width, Columns: n.Inputs}}
}

// met are the columns of a matrix of weights that the points meet.
func (n *Net) met(w []float64) kernel.Mat[float64] {
	return kernel.Mat[float64]{Rows: n.Width, Cols: n.used, Stride: n.Inputs, Data: w}
}

// points are all of them, in the columns that are not 0.
func (n *Net) points() kernel.Mat[float64] {
	return kernel.Mat[float64]{Rows: n.N, Cols: n.used, Stride: n.Inputs, Data: n.X}
}

// batch gathers points and labels.
func (n *Net) batch(s *scratch, rows []int) (x kernel.Mat[float64], y []float64) {
	for r, i := range rows {
		copy(s.x[r*n.used:(r+1)*n.used], n.X[i*n.Inputs:i*n.Inputs+n.used])
		s.y[r] = n.Y[i]
	}
	return kernel.Dense(len(rows), n.used, s.x), s.y[:len(rows)]
}

// look evaluates the net at w on points: inputs and outputs of neurons, their slopes if asked for, outputs and margins.
func (n *Net) look(s *scratch, w []float64, x kernel.Mat[float64], y []float64, slopes bool) {
	k, m := x.Rows, n.Width
	kernel.MulNT(kernel.Dense(k, m, s.z), x, n.met(w), false)
	n.outputs(s, y, slopes)
}

// outputs goes on from the inputs of the neurons.
func (n *Net) outputs(s *scratch, y []float64, slopes bool) {
	m := n.Width
	n.activate(s.h, s.s, s.b, s.z[:len(y)*m], slopes)
	for i := range y {
		s.f[i] = kernel.Dot(n.A, s.h[i*m:(i+1)*m])
		s.q[i] = y[i] * s.f[i]
	}
}

// activate applies the activation; slope and bend are filled if asked for.
func (n *Net) activate(h, slope, bend, z []float64, slopes bool) {
	g := n.Slope
	if n.Act == Leaky {
		for i, v := range z {
			if v > 0 {
				h[i] = v
			} else {
				h[i] = g * v
			}
		}
		if slopes {
			for i, v := range z {
				bend[i] = 0
				if v > 0 {
					slope[i] = 1
				} else {
					slope[i] = g
				}
			}
		}
		return
	}
	for i, v := range z {
		h[i] = g*v + (1-g)*(softplus(v)-math.Ln2)
	}
	if slopes {
		kernel.MapSigmoid(slope[:len(z)], z)
		for i, p := range slope[:len(z)] {
			bend[i] = (1 - g) * p * (1 - p)
			slope[i] = g + (1-g)*p
		}
	}
}

// softplus is ln(1 + e^x).
func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// price is the mean loss of the margins, with slope -g and bend d of each point's loss if asked for. It is infinite where
// an output is too large.
func (n *Net) price(s *scratch, k int, slopes bool) float64 {
	sum := 0.0
	for i, q := range s.q[:k] {
		if !(math.Abs(q) <= tooLarge) {
			return math.Inf(1)
		}
		if n.Criterion == Exponential {
			e := math.Exp(-q)
			sum += e
			s.g[i], s.d[i] = e, e
			continue
		}
		sum += softplus(-q)
		if slopes {
			p := sigmoid(-q)
			s.g[i], s.d[i] = p, p*sigmoid(q)
		}
	}
	return sum / float64(k)
}

func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// Loss implements landscape.Func.
func (n *Net) Loss(w []float64) float64 {
	s := n.take()
	defer n.pool.Put(s)
	n.look(s, w, n.points(), n.Y, false)
	return n.price(s, n.N, false)
}

// Grad implements landscape.Func: ∂L/∂w_j = -(a_j/n) Σ_i g_i y_i φ'(z_ij) x_i. Columns that no point meets are 0.
func (n *Net) Grad(dst, w []float64) float64 {
	s := n.take()
	defer n.pool.Put(s)
	return n.gradOn(s, dst, w, n.points(), n.Y)
}

// GradAt implements landscape.Sampled.
func (n *Net) GradAt(dst, w []float64, rows []int) float64 {
	s := n.take()
	defer n.pool.Put(s)
	x, y := n.batch(s, rows)
	return n.gradOn(s, dst, w, x, y)
}

func (n *Net) gradOn(s *scratch, dst, w []float64, x kernel.Mat[float64], y []float64) float64 {
	n.look(s, w, x, y, true)
	loss := n.price(s, len(y), true)
	if math.IsInf(loss, 1) {
		clear(dst)
		return loss
	}
	for i := range y {
		s.g[i] *= -y[i] / float64(len(y))
	}
	n.spread(s, dst, x)
	return loss
}

// spread stores in dst for each neuron a_j Σ_i g_i φ'(z_ij) x_i.
func (n *Net) spread(s *scratch, dst []float64, x kernel.Mat[float64]) {
	m := n.Width
	for i, g := range s.g[:x.Rows] {
		c, slope := s.c[i*m:(i+1)*m], s.s[i*m:(i+1)*m]
		for j, a := range n.A {
			c[j] = a * g * slope[j]
		}
	}
	if n.used < n.Inputs {
		clear(dst)
	}
	kernel.MulTN(n.met(dst), kernel.Dense(x.Rows, m, s.c), x, false)
}

// HessVec implements landscape.Curved. A leaky activation has no bend, so what its kinks do is left out.
func (n *Net) HessVec(dst, w, v []float64) {
	s := n.take()
	defer n.pool.Put(s)
	m, x := n.Width, n.points()
	n.look(s, w, x, n.Y, true)
	if n.price(s, n.N, true); n.Criterion == Exponential {
		copy(s.d, s.g)
	}
	p := s.h // the outputs are not needed any more
	kernel.MulNT(kernel.Dense(n.N, m, p), x, n.met(v), false)
	for i, y := range n.Y {
		row := func(v []float64) []float64 { return v[i*m : (i+1)*m] }
		slope, bend, move, c := row(s.s), row(s.b), row(p), row(s.c)
		dq := 0.0
		for j, a := range n.A {
			dq += a * slope[j] * move[j]
		}
		dq *= y * -s.d[i] // how g moves
		for j, a := range n.A {
			c[j] = -a * y / float64(n.N) * (dq*slope[j] + s.g[i]*bend[j]*move[j])
		}
	}
	if n.used < n.Inputs {
		clear(dst)
	}
	kernel.MulTN(n.met(dst), kernel.Dense(n.N, m, s.c), x, false)
}

// OnPlane implements landscape.Planar: the inputs of the neurons are linear in the coordinates of a plane.
func (n *Net) OnPlane(ctx context.Context, origin, u, v []float64) func(losses, at []float64, t float64) {
	size := n.N * n.Width
	zs := make([]float64, 3*size)
	for k, w := range [3][]float64{origin, u, v} {
		kernel.MulNT(kernel.Dense(n.N, n.Width, zs[k*size:]), n.points(), n.met(w), false)
	}
	z0, zu, zv := zs[:size], zs[size:2*size], zs[2*size:]
	return func(losses, at []float64, t float64) {
		s := n.take()
		defer n.pool.Put(s)
		for k, a := range at {
			if ctx.Err() != nil {
				return
			}
			for i := range z0 {
				s.z[i] = z0[i] + a*zu[i] + t*zv[i]
			}
			n.outputs(s, n.Y, false)
			losses[k] = n.price(s, n.N, false)
		}
	}
}

// Outputs stores f at the points in dst and returns the least margin, min y f.
func (n *Net) Outputs(dst, w []float64) (least float64) {
	s := n.take()
	defer n.pool.Put(s)
	n.look(s, w, n.points(), n.Y, false)
	copy(dst, s.f)
	least = math.Inf(1)
	for _, q := range s.q {
		least = math.Min(least, q)
	}
	return least
}

// Output is f at inputs z of the neurons.
func (n *Net) Output(z []float64) float64 {
	sum := 0.0
	for j, a := range n.A {
		v := z[j]
		switch {
		case n.Act == Smooth:
			v = n.Slope*v + (1-n.Slope)*(softplus(v)-math.Ln2)
		case v <= 0:
			v *= n.Slope
		}
		sum += a * v
	}
	return sum
}

// log1p8 are the coefficients of the polynomial that ln(1+e)/e is within 2e-8 of for e from 0 to 1.
var log1p8 = [9]float64{0.9999999659255085, -0.49999444976336943, 0.3331812170752075, -0.2483539898854423, 0.1907688073604561,
	-0.1360224762329119, 0.07751608675107953, -0.02907406468449292, 0.005126102142775202}

// Glance is Output to seven digits of the largest term, for pictures and counts: room is as long as z.
func (n *Net) Glance(z, room []float64) float64 {
	if n.Act == Leaky {
		return n.Output(z)
	}
	for i, v := range z {
		room[i] = -math.Abs(v)
	}
	kernel.MapExp(room, room)
	sum, g, c := 0.0, n.Slope, &log1p8
	for j, a := range n.A {
		e, v := room[j], z[j]
		p := e * (c[0] + e*(c[1]+e*(c[2]+e*(c[3]+e*(c[4]+e*(c[5]+e*(c[6]+e*(c[7]+e*c[8]))))))))
		sum += a * (g*v + (1-g)*(max(v, 0)+p-math.Ln2))
	}
	return sum
}

// LogLoss is ln L, also where L is far below the smallest number: by log-sum-exp of the logarithms of the points' losses.
func (n *Net) LogLoss(w []float64) float64 {
	s := n.take()
	defer n.pool.Put(s)
	n.look(s, w, n.points(), n.Y, false)
	return n.logPrice(s)
}

// logPrice is ln L of the margins; it leaves in g the slope of each point's loss over n L, which is never 0/0.
func (n *Net) logPrice(s *scratch) float64 {
	top := math.Inf(-1)
	for i, q := range s.q {
		t, g := -q, -q // logarithms of loss and slope
		if n.Criterion == Logistic {
			g = -softplus(q)
			if q <= 30 {
				t = math.Log(softplus(-q))
			}
		}
		s.d[i], s.g[i] = t, g
		top = math.Max(top, t)
	}
	sum := 0.0
	for _, t := range s.d {
		sum += math.Exp(t - top)
	}
	log := top + math.Log(sum) - math.Log(float64(n.N))
	for i, g := range s.g {
		s.g[i] = math.Exp(g-log) / float64(n.N)
	}
	return log
}

// Downhill stores -∇L/L in dst and returns ln L: the direction of the flow of ln L, which needs finite time only.
func (n *Net) Downhill(dst, w []float64) float64 {
	s := n.take()
	defer n.pool.Put(s)
	x := n.points()
	n.look(s, w, x, n.Y, true)
	log := n.logPrice(s)
	for i, y := range n.Y {
		s.g[i] *= y
	}
	n.spread(s, dst, x)
	return log
}

// Normal is Σ_j a_j w_j, the normal of the boundary where that is linear.
func (n *Net) Normal(dst, w []float64) {
	clear(dst)
	for j, a := range n.A {
		kernel.Axpy(dst, a, w[j*n.Inputs:(j+1)*n.Inputs])
	}
}
