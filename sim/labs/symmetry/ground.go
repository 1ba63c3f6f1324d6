package symmetry

import (
	"context"
	"math"
	"slices"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/cube"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim/param"
)

// How many fixed points the displayed loss, and the loss of the ground with its slices, are taken over, where not over
// all of them.
const (
	shownPoints  = 2048
	groundPoints = 256
	// backgrounds are the settings of the other coordinates over which coefficients are averaged.
	backgrounds = 64
)

// A recipe is what fixes a ground and a start: the controls, read.
type recipe struct {
	depth, width, window int
	act                  cube.Activation
	signs                bool // the start is of signs
	bias, boost          float64
	boosted              []float64
	lastOnly, population bool
	tau, clip            float64
	mirror               string
	seed                 uint64
}

func read(v param.Values, seed uint64) recipe {
	return recipe{depth: v.Whole("depth"), width: v.Whole("width"), window: v.Whole("window"), act: activations[v.Text("activation")],
		signs: v.Text("init") == "rademacher", bias: v.Real("bias-init"), boost: v.Real("boost"), boosted: v.Vector("boost-coordinates"),
		lastOnly: v.On("last-layer-only"), population: v.On("population"), tau: v.Real("noise"), clip: v.Real("clip"), mirror: v.Text("mirror"), seed: seed}
}

// A ground is a net on a target. Its loss is half the mean square over fixed points, or over all of the cube; what methods
// see in a step is drawn anew, clipped and noisy as the recipe says.
type ground struct {
	recipe
	target *target
	net    *cube.Net
	start  []float64
	x, y   []float64 // points of the loss, as the net sees them
	mirror *mirror   // of this ground's inputs, nil for the inputs themselves; the recipe's kind stands beside it
	noise  rng.Key
	pool   sync.Pool
	shown  *looks
}

// looks are the points that only measures see.
type looks struct {
	x, y []float64 // of the displayed loss
	// around holds the settings of the support in each background, backgrounds x 2^P rows; nil without a support.
	around []float64
}

func (r recipe) ground(t *target) (*ground, error) {
	switch {
	case r.population && t.d > exactDim:
		return nil, param.Refuse("population", "goes through all points of the cube: the inputs must be %d or fewer; got %d", exactDim, t.d)
	case r.population && t.id == sphereID:
		return nil, param.Refuse("population", "goes through all points of the cube; a sphere has no end of them")
	case r.window > t.d:
		return nil, param.Refuse("window", "must be at most %d, the number of inputs; got %d", t.d, r.window)
	}
	sizes := []int{t.d}
	for range r.depth - 1 {
		sizes = append(sizes, r.width)
	}
	net, err := cube.NewNet(append(sizes, 1), r.act)
	if err != nil {
		return nil, err
	}
	net.LastOnly, net.Clip = r.lastOnly, r.clip
	g := &ground{recipe: r, target: t, net: net, noise: rng.NewKey(r.seed, 0, 0, 0, rng.GradientNoise)}
	if r.window > 0 && r.window < t.d {
		net.Mask = make([]float64, t.d*r.width)
		for j := range r.width {
			from := j % (t.d - r.window + 1)
			for i := from; i < from+r.window; i++ {
				net.Mask[i*r.width+j] = 1
			}
		}
	}
	if err := g.begin(); err != nil {
		return nil, err
	}
	if r.population {
		g.x = everyPoint(t.d)
		g.y = t.values(g.x)
	} else {
		g.x, g.y = t.draw(rng.NewKey(r.seed, 0, 0, 0, rng.Data), 0, groundPoints)
	}
	g.shown = &looks{}
	g.shown.x, g.shown.y = g.x, g.y
	if !r.population {
		g.shown.x, g.shown.y = t.draw(rng.NewKey(r.seed, 0, 0, 0, rng.Probe), 0, shownPoints)
	}
	if len(t.parts) > 0 {
		g.shown.around = t.around(rng.NewKey(r.seed, 1, 0, 0, rng.Probe))
	}
	g.pool.New = func() any { return &room{} }
	return g, nil
}

// begin draws the start: weights of variance 2/inputs in hidden layers and 1/inputs in the last, first-layer biases even
// between -bias and bias, others 0; then the head start, and the windows, whose weights are longer so that as much comes in.
func (g *ground) begin() error {
	n := g.net
	g.start = make([]float64, n.Dim())
	key := rng.NewKey(g.seed, 0, 0, 0, rng.Init)
	at := 0
	for l := range len(n.Sizes) - 1 {
		in, out := n.Sizes[l], n.Sizes[l+1]
		w := g.start[at : at+in*out]
		deviation := math.Sqrt(2 / float64(in))
		if l == len(n.Sizes)-2 {
			deviation = math.Sqrt(1 / float64(in))
		}
		if g.signs {
			key.FillUniform(w, uint64(2*l), 0)
			for i, u := range w {
				w[i] = deviation
				if u < 0.5 {
					w[i] = -deviation
				}
			}
		} else {
			key.FillNormal(w, uint64(2*l), 0)
			kernel.Scale(deviation, w)
		}
		if l == 0 {
			b := g.start[at+in*out : at+(in+1)*out]
			key.FillUniform(b, 1, 0)
			for i, u := range b {
				b[i] = g.bias * (2*u - 1)
			}
			if err := g.favour(w, out); err != nil {
				return err
			}
		}
		at += (in + 1) * out
	}
	return nil
}

// favour gives some coordinates their head start and lays the wires.
func (g *ground) favour(w []float64, out int) error {
	whose := g.boosted
	if len(whose) == 0 {
		for _, c := range g.target.support {
			whose = append(whose, float64(c))
		}
	}
	if g.boost != 1 {
		for _, c := range whose {
			if c != math.Trunc(c) || int(c) >= g.target.d {
				return param.Refuse("boost-coordinates", "must be whole numbers from 0 to %d; got %g", g.target.d-1, c)
			}
			kernel.Scale(g.boost, w[int(c)*out:(int(c)+1)*out])
		}
	}
	if g.net.Mask != nil {
		kernel.Mul(w, g.net.Mask)
		kernel.Scale(math.Sqrt(float64(g.target.d)/float64(g.window)), w)
	}
	return nil
}

// mirrored is the same net with start and inputs mirrored.
func (g *ground) mirrored(m *mirror) *ground {
	twin := &ground{recipe: g.recipe, target: g.target, net: g.net, start: make([]float64, len(g.start)), x: make([]float64, len(g.x)), y: g.y, mirror: m, noise: g.noise, shown: g.shown}
	m.weights(twin.start, g.start, g.net.Sizes[1])
	m.inputs(twin.x, g.x)
	twin.pool.New = func() any { return &room{} }
	return twin
}

// room is what a step needs.
type room struct{ x, y, seen, z, turned []float64 }

func (r *room) of(points, d, dim int) {
	if len(r.x) < points*d {
		r.x, r.seen, r.y = make([]float64, points*d), make([]float64, points*d), make([]float64, points)
	}
	if len(r.z) < dim {
		r.z, r.turned = make([]float64, dim), make([]float64, dim)
	}
}

// Dim implements landscape.Func.
func (g *ground) Dim() int { return g.net.Dim() }

// Loss implements landscape.Func.
func (g *ground) Loss(theta []float64) float64 { return g.net.Loss(theta, g.x, g.y) }

// Grad implements landscape.Func. Nothing is clipped in it.
func (g *ground) Grad(dst, theta []float64) float64 { return g.net.Plain(dst, theta, g.x, g.y) }

// HessVec implements landscape.Curved.
func (g *ground) HessVec(dst, theta, v []float64) { g.net.HessVec(dst, theta, v, g.x, g.y) }

// OnPlane implements landscape.Planar.
func (g *ground) OnPlane(ctx context.Context, origin, u, v []float64) func(losses, s []float64, t float64) {
	return g.net.OnPlane(ctx, g.x, g.y, origin, u, v)
}

// Blocks implements landscape.Blocks. A row of a block is what goes out of one input of a layer.
func (g *ground) Blocks() []landscape.Block {
	var out []landscape.Block
	at := 0
	for l := range len(g.net.Sizes) - 1 {
		in, size := g.net.Sizes[l], g.net.Sizes[l+1]
		out = append(out, landscape.Block{Offset: at, Rows: in, Columns: size}, landscape.Block{Offset: at + in*size, Rows: 1, Columns: size, Bias: true})
		at += (in + 1) * size
	}
	return out
}

// FreshGrad implements landscape.Fresh: the clipped gradient over so many fresh points, or over all, with noise.
func (g *ground) FreshGrad(dst, theta []float64, key rng.Key, t uint64, size int) float64 {
	r := g.pool.Get().(*room)
	defer g.pool.Put(r)
	x, y := g.x, g.y
	if !g.population {
		d := g.target.d
		r.of(size, d, 0)
		x, y = r.x[:size*d], r.y[:size]
		g.target.fill(x, y, key, t)
		if g.mirror != nil {
			g.mirror.inputs(r.seen[:size*d], x)
			x = r.seen[:size*d]
		}
	}
	loss := g.net.Grad(dst, theta, x, y)
	if g.tau > 0 {
		r.of(0, 0, len(dst))
		z := r.z[:len(dst)]
		g.noise.FillNormal(z, t, 0)
		if g.mirror != nil {
			g.mirror.weights(r.turned, z, g.net.Sizes[1])
			z = r.turned[:len(dst)]
		}
		if g.net.Mask != nil {
			kernel.Mul(z[:len(g.net.Mask)], g.net.Mask)
		}
		kernel.Axpy(dst, g.tau, z)
	}
	return loss
}

// everyPoint lists the cube: bit i of the row's number is set where coordinate i is -1.
func everyPoint(d int) []float64 {
	x := make([]float64, d<<d)
	for r := range 1 << d {
		for i := range d {
			x[r*d+i] = 1 - 2*float64(r>>i&1)
		}
	}
	return x
}

// draw gives n points of a stream with their values.
func (t *target) draw(key rng.Key, stream uint64, n int) (x, y []float64) {
	x, y = make([]float64, n*t.d), make([]float64, n)
	t.fill(x, y, key, stream)
	return x, y
}

// fill draws points, row by row, and their values.
func (t *target) fill(x, y []float64, key rng.Key, stream uint64) {
	if t.id == sphereID {
		key.FillNormal(x, stream, 0)
		for i := range y {
			row := x[i*t.d : (i+1)*t.d]
			kernel.Scale(1/kernel.Norm(row), row)
		}
	} else {
		key.FillUniform(x, stream, 0)
		for i, u := range x {
			x[i] = 1
			if u < 0.5 {
				x[i] = -1
			}
		}
	}
	for i := range y {
		y[i] = t.eval(x[i*t.d : (i+1)*t.d])
	}
}

// values are those at rows of x.
func (t *target) values(x []float64) []float64 {
	y := make([]float64, len(x)/t.d)
	for i := range y {
		y[i] = t.eval(x[i*t.d : (i+1)*t.d])
	}
	return y
}

// around lists for each background all settings of the support, bit k of the setting's number set where the k-th
// coordinate of the support is -1.
func (t *target) around(key rng.Key) []float64 {
	p := len(t.support)
	out := make([]float64, 0, backgrounds<<p*t.d)
	row := make([]float64, t.d)
	for b := range backgrounds {
		key.FillUniform(row, uint64(b), 0)
		for i, u := range row {
			row[i] = 1
			if u < 0.5 {
				row[i] = -1
			}
		}
		for s := range 1 << p {
			for k, c := range t.support {
				row[c] = 1 - 2*float64(s>>k&1)
			}
			out = append(out, row...)
		}
	}
	return out
}

// fourier are the coefficients of the net on the products of the support, averaged over the backgrounds; index r stands
// for the product of the coordinates of its set bits.
func (g *ground) fourier(theta []float64) []float64 {
	size := 1 << len(g.target.support)
	f := make([]float64, backgrounds*size)
	g.net.Outputs(f, theta, g.shown.around)
	out := make([]float64, size)
	for b := range backgrounds {
		kernel.Axpy(out, 1.0/backgrounds, f[b*size:(b+1)*size])
	}
	cube.Walsh(out)
	return out
}

// bits is the place of a set among the products of the support.
func (t *target) bits(set []int) int {
	r := 0
	for _, c := range set {
		r |= 1 << slices.Index(t.support, c)
	}
	return r
}
