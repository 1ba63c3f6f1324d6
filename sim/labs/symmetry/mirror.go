package symmetry

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// A mirror is a change of inputs under which a dense net with its start carried along is the same net: x'_i = s_i x_π(i),
// or x' = x Q for a rotation.
type mirror struct {
	d     int
	order []int
	signs []float64
	turn  []float64 // Q, d x d, nil without a rotation
}

// newMirror draws one of a seed.
func newMirror(kind string, d int, seed uint64) *mirror {
	key := rng.NewKey(seed, 2, 0, 0, rng.Init)
	m := &mirror{d: d}
	if kind == "rotate" {
		normal := make([]float64, d*d)
		key.FillNormal(normal, 0, 0)
		var qr mat.QR
		qr.Factorize(mat.NewDense(d, d, normal))
		var q mat.Dense
		qr.QTo(&q)
		m.turn = q.RawMatrix().Data
		return m
	}
	chance := make([]float64, 2*d)
	key.FillUniform(chance, 0, 0)
	m.order, m.signs = make([]int, d), make([]float64, d)
	for i := range d {
		m.order[i] = i
		m.signs[i] = 1
		if chance[i] < 0.5 {
			m.signs[i] = -1
		}
	}
	for i := d - 1; i > 0; i-- {
		j := min(i, int(chance[d+i]*float64(i+1)))
		m.order[i], m.order[j] = m.order[j], m.order[i]
	}
	return m
}

// inputs mirrors rows of x into dst.
func (m *mirror) inputs(dst, x []float64) {
	if m.turn != nil {
		rows := len(x) / m.d
		kernel.MulNN(kernel.Dense(rows, m.d, dst), kernel.Dense(rows, m.d, x), kernel.Dense(m.d, m.d, m.turn), false)
		return
	}
	for r := 0; r < len(x); r += m.d {
		for i, from := range m.order {
			dst[r+i] = m.signs[i] * x[r+from]
		}
	}
}

// weights carries weights, or noise on them, along: the rows of the first layer change as the inputs do, the rest stays.
func (m *mirror) weights(dst, theta []float64, out int) {
	copy(dst, theta)
	if m.turn != nil {
		kernel.MulTN(kernel.Dense(m.d, out, dst), kernel.Dense(m.d, m.d, m.turn), kernel.Dense(m.d, out, theta), false)
		return
	}
	for i, from := range m.order {
		for j, v := range theta[from*out : (from+1)*out] {
			dst[i*out+j] = m.signs[i] * v
		}
	}
}

// A carried noise is another one carried along.
type carried struct {
	opt.Noise
	mirror *mirror
	out    int
	room   []float64
}

// Normal implements opt.Noise.
func (c *carried) Normal(dst []float64, t uint64) {
	c.Noise.Normal(c.room, t)
	c.mirror.weights(dst, c.room, c.out)
}

// A pair is a method with its mirror image, which goes the same steps.
type pair struct {
	method, twin opt.Method
	ground       *ground
	image        []float64
}

// Step implements sim.Method.
func (p *pair) Step() error {
	if err := p.method.Step(); err != nil {
		return err
	}
	return p.twin.Step()
}

// Point implements sim.Method.
func (p *pair) Point() []float64 { return p.method.Point() }

// Clock implements sim.Method.
func (p *pair) Clock() opt.Clock { return p.method.Clock() }

// Turn implements sim.Turner for both.
func (p *pair) Turn(id string, v float64) error {
	if err := p.method.Turn(id, v); err != nil {
		return err
	}
	return p.twin.Turn(id, v)
}

// Alone implements sim.Leader.
func (p *pair) Alone() sim.Method { return p.method }

// CloneMethod implements sim.Cloner.
func (p *pair) CloneMethod() sim.Method {
	a, ok := opt.Clone(p.method)
	b, both := opt.Clone(p.twin)
	if !ok || !both {
		return nil
	}
	return &pair{a, b, p.ground, make([]float64, len(p.image))}
}

// gap is the largest difference of a weight between the image of the method and its twin.
func (p *pair) gap() float64 {
	p.ground.mirror.weights(p.image, p.method.Point(), p.ground.net.Sizes[1])
	gap := 0.0
	for i, v := range p.twin.Point() {
		gap = math.Max(gap, math.Abs(v-p.image[i]))
	}
	return gap
}

// noiseKey is the stream of a rule's own noise, as opt draws it for the contestant.
func noiseKey(m *sim.MethodSpec, env *opt.Env) rng.Key {
	code := uint64(0)
	if !env.CommonNoise {
		code = rng.MethodCode(m.ID)
	}
	return rng.NewKey(env.Seed, env.Run, code, 0, rng.GradientNoise)
}
