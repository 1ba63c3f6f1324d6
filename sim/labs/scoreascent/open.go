package scoreascent

import (
	"errors"
	"math"
	"strconv"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/landscape/surfaces"
	"thalweg/sim"
	"thalweg/sim/data"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A world is the target of a scene with all that its methods share.
type world struct {
	id        string
	target    inference.Target
	ground    *inference.Divergence
	start     []float64
	box       [4]float64 // of the picture
	shown     [2]int     // the coordinates in it
	states    inference.States
	variances sync.Map // of the readings taken once, by kind
	draws     []float64
	seed      uint64
	once      sync.Once // of draws
	drawn     sync.Once // of picture
	picture   []float64
	lines     []float64 // contours of mass
}

// open fits the same target by every method, from the same start and with the same random numbers.
func open(s sim.Setup) (*sim.Scene, error) {
	w, err := newWorld(s.Values, s.Seed)
	if err != nil {
		return nil, err
	}
	scene := &sim.Scene{}
	defensive, _ := strconv.ParseFloat(s.Values.Text("defensive"), 64)
	rule, falls := optimizers[s.Values.Text("optimizer")], schedules[s.Values.Text("schedule")]
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		code := uint64(0)
		if !s.Values.On("common-noise") {
			code = rng.MethodCode(m.ID)
		}
		key := func(p rng.Purpose) rng.Key { return rng.NewKey(s.Seed, 0, code, 0, p) }
		k, heavy := kinds[m.Kind.ID], defensive
		if k.chainsOf(1) == 0 {
			heavy = 0 // of kernels only
		}
		c := newChains(k, w.target, w.ground.Family, values.Whole("proposals"), heavy)
		c.begin(w.start, keyed{key(rng.Init), key(rng.Init)})
		step, _ := m.Hyper.Find("step-size")
		a := newAscent(c, w.ground, w.start, rule, falls, step.Num, keyed{key(rng.Proposal), key(rng.Accept)})
		r := &readers{world: w, probe: values.Whole("probe"), first: i == 0}
		scene.Contestants = append(scene.Contestants, sim.Contestant{Method: a, Ground: w.ground, Problem: w.id, Planes: sim.High, Read: r.of(a),
			Minima: []landscape.Minimum{{X: w.ground.Best, Loss: w.ground.Floor}}})
		scene.Cost += c.cost()
	}
	scene.Note = w.note()
	return scene, nil
}

// cost estimates the floating point operations of a step.
func (c *chains) cost() float64 {
	d, each := float64(c.d), 60.0
	each *= d // normal numbers and the mean field
	if _, dense := c.target.(*inference.Gauss); dense || c.q.Family == inference.FullRank {
		each += 4 * d * d
	}
	if _, rows := c.target.(*inference.Logistic); rows {
		each += 100 * (2*d + 40)
	}
	return float64(c.n)*each + 20*float64(c.q.Family.Params(c.d))
}

func (w *world) note() string {
	switch w.id {
	case "mix3":
		return "Three hills and one ellipse: the best inclusive fit covers all of them, and what lies between."
	case irisID:
		return "Moments, entropy and evidence of the posterior are a quadrature about its mode; the picture shows two of its five weights."
	case gaussD:
		return "The picture shows two of the coordinates: the narrowest and the widest."
	}
	return ""
}

func newWorld(v param.Values, seed uint64) (*world, error) {
	w := &world{id: v.Text("problem"), seed: seed, shown: [2]int{0, 1}}
	if p, q := v.Vector("states-p"), v.Vector("states-q"); len(p) != len(q) {
		return nil, param.Refuse("states-q", "must hold as many numbers as states-p, %d; got %d", len(p), len(q))
	} else {
		w.states = inference.NewStates(p, q)
	}
	switch w.id {
	case gaussD:
		g, err := manyDims(v.Whole("dim"), v.Whole("degrees"), seed)
		if err != nil {
			return nil, err
		}
		w.target = g
		w.shown = [2]int{0, g.Dim() - 1}
	case irisID:
		g, err := irises()
		if err != nil {
			return nil, err
		}
		w.target, w.shown = g, [2]int{3, 4}
	case formulaID:
		g, err := typed(v.Text("formula"), v.Vector("formula-box"))
		if err != nil {
			return nil, err
		}
		w.target = g
	default:
		w.target, _ = inference.Planar(w.id, v.Real("correlation"))
	}
	mean, cov, entropy := w.target.Moments()
	w.ground = inference.NewDivergence(families[v.Text("family")], mean, cov, entropy)
	if err := w.begin(v, mean, cov); err != nil {
		return nil, err
	}
	w.frame(v, mean, cov)
	return w, nil
}

// begin sets the start.
func (w *world) begin(v param.Values, mean, cov []float64) error {
	d, f := w.target.Dim(), w.ground.Family
	m, c := make([]float64, d), make([]float64, d*d)
	switch v.Text("start-at") {
	case "optimum":
		copy(m, mean)
		copy(c, cov)
	case "halfway":
		kernel.Axpy(m, 0.5, mean)
		kernel.Axpy(c, 0.49, cov)
	default:
		given := v.Vector("start")
		switch {
		case len(given) == d:
			copy(m, given)
		case len(given) != 0:
			return param.Refuse("start", "must hold a number for each of the %d dimensions of this target, or none; got %d", d, len(given))
		case w.id == gaussD:
			rng.NewKey(w.seed, 0, 0, 0, rng.Init).FillNormal(m, 1, 0)
		}
		for i := range d {
			c[i*d+i] = v.Real("init-scale") * v.Real("init-scale")
		}
	}
	w.start = make([]float64, f.Params(d))
	f.Pack(w.start, m, c)
	if !finite(w.ground.Loss(w.start)) {
		return param.Refuse("start", "the divergence is not finite there")
	}
	return nil
}

// boxes are those of the pictures of named targets.
var boxes = map[string][4]float64{"gauss": {-3, 4.5, -4, 3.5}, "banana": {-5, 5, -3.5, 6.5}, "funnel": {-5, 5, -5, 5}, "mix3": {-5, 5, -5, 5}, "student": {-4.5, 5.5, -5, 5}}

// frame chooses the box of the picture.
func (w *world) frame(v param.Values, mean, cov []float64) {
	if b, ok := boxes[w.id]; ok {
		w.box = b
		return
	}
	if w.id == formulaID {
		copy(w.box[:], v.Vector("formula-box"))
		return
	}
	d := w.target.Dim()
	for k, i := range w.shown {
		r := 3.5 * math.Sqrt(cov[i*d+i])
		w.box[2*k], w.box[2*k+1] = mean[i]-r, mean[i]+r
	}
}

// manyDims is the normal target of the paper's simulation: mean N(0, 1), covariance Wishart.
func manyDims(d, degrees int, seed uint64) (*inference.Gauss, error) {
	if degrees <= d {
		return nil, param.Refuse("degrees", "must be at least %d, one more than the dimensions, else the covariance is singular; got %d", d+1, degrees)
	}
	r := rng.NewKey(seed, 0, 0, 0, rng.Data).Seq()
	mean := make([]float64, d)
	for i := range mean {
		mean[i] = r.NormFloat64()
	}
	g, err := inference.NewGauss(mean, inference.Wishart(d, degrees, r))
	if err != nil {
		return nil, param.Refuse("degrees", "%v", err)
	}
	return g, nil
}

// irises is the posterior on versicolor against virginica: an intercept and four standardised lengths, prior variance 4.
var irises = sync.OnceValues(func() (*inference.Logistic, error) {
	t := data.Iris()
	const d, tau2 = 5, 4
	var x, y []float64
	for i, label := range t.Labels {
		if label == 0 {
			continue
		}
		x = append(append(x, 1), t.X[i*4:(i+1)*4]...)
		y = append(y, float64(label-1))
	}
	n := len(y)
	for j := 1; j < d; j++ {
		mean, square := 0.0, 0.0
		for i := range n {
			mean += x[i*d+j] / float64(n)
		}
		for i := range n {
			x[i*d+j] -= mean
			square += x[i*d+j] * x[i*d+j] / float64(n)
		}
		for i := range n {
			x[i*d+j] /= math.Sqrt(square)
		}
	}
	return inference.NewLogistic(x, y, d, tau2)
})

// typed is the target of one's own.
func typed(text string, box []float64) (inference.Target, error) {
	f, err := surfaces.Parse(text)
	if err != nil {
		var fault *surfaces.FormulaError
		if errors.As(err, &fault) {
			return nil, param.Refuse("formula", "%v", fault)
		}
		return nil, param.Refuse("formula", "%v", err)
	}
	if f.Dim() != 2 || len(f.Letters()) > 0 {
		return nil, param.Refuse("formula", "a log density here takes x and y and no other letters")
	}
	if box[0] >= box[1] || box[2] >= box[3] {
		return nil, param.Refuse("formula-box", "wants x0 < x1 and y0 < y1")
	}
	log := f.With(nil)
	target, err := inference.NewBoxed(log.Loss, func(dst, z []float64) { log.Grad(dst, z) }, [4]float64(box))
	if err != nil {
		return nil, param.Refuse("formula", "%v", err)
	}
	return target, nil
}

var optimizers = map[string]func(float64) opt.Optimizer{
	"adam":     func(g float64) opt.Optimizer { return opt.Adam{StepSize: g, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8} },
	"sgd":      func(g float64) opt.Optimizer { return opt.GD{StepSize: g} },
	"momentum": func(g float64) opt.Optimizer { return opt.Momentum{StepSize: g, Momentum: 0.9} },
	"nesterov": func(g float64) opt.Optimizer { return opt.Nesterov{StepSize: g, Momentum: 0.9} },
	"rmsprop":  func(g float64) opt.Optimizer { return opt.RMSprop{StepSize: g, Smoothing: 0.99, Epsilon: 1e-8} },
}

var schedules = map[string]func(step int) float64{
	"constant": func(int) float64 { return 1 },
	"root":     func(t int) float64 { return 1 / math.Sqrt(float64(t)) },
	"inverse":  func(t int) float64 { return 1 / float64(t) },
}
