package server

import (
	"fmt"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A bowl is ½ Σ c_i x_i², with curvatures from 1 to 4.
type bowl struct{ dim int }

func (b bowl) Dim() int { return b.dim }
func (b bowl) curve(i int) float64 {
	return 1 + 3*float64(i)/float64(max(1, b.dim-1))
}
func (b bowl) Loss(x []float64) (l float64) {
	for i, v := range x {
		l += b.curve(i) * v * v / 2
	}
	return l
}
func (b bowl) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = b.curve(i) * v
	}
	return b.Loss(x)
}
func (b bowl) HessVec(dst, _, v []float64) {
	for i := range v {
		dst[i] = b.curve(i) * v[i]
	}
}

// A descent is plain gradient descent that can wait a while at each step, and panic at one.
type descent struct {
	ground  bowl
	x, grad []float64
	rate    float64
	steps   int
	delay   time.Duration
	breakAt int
	flock   int // points of its swarm, all where it is
}

func (d *descent) Step() error {
	if d.delay > 0 {
		time.Sleep(d.delay)
	}
	if d.breakAt > 0 && d.steps == d.breakAt {
		panic("broken on purpose")
	}
	d.ground.Grad(d.grad, d.x)
	next := make([]float64, len(d.x))
	for i := range next {
		next[i] = d.x[i] - d.rate*d.grad[i]
	}
	if !landscape.Finite(next) {
		return fmt.Errorf("diverged at step %d: %w", d.steps, opt.ErrDiverged)
	}
	d.x = next
	d.steps++
	return nil
}
func (d *descent) Point() []float64 { return d.x }
func (d *descent) Clock() opt.Clock {
	return opt.Clock{Steps: d.steps, Time: float64(d.steps) * d.rate, Gradients: d.steps}
}
func (d *descent) Turn(_ string, v float64) error { d.rate = v; return nil }
func (d *descent) CloneMethod() sim.Method {
	c := *d
	c.x, c.grad = append([]float64{}, d.x...), make([]float64, len(d.x))
	return &c
}
func (d *descent) Swarm() []float64 { return slices.Repeat(d.x, d.flock) }

// testLab is a lab of bowls: two-dimensional ones are shown whole, larger ones on a principal plane.
func testLab() *sim.Lab {
	rate := &param.Control{ID: "step-size", Label: "Step size", Kind: param.Real, Min: 1e-10, Max: 100, Default: param.Num(0.01), Live: true}
	ends := func(ts []*sim.Trace) sim.Verdict {
		v := ts[0].Methods[0].Last("loss")
		return sim.Judge(v < 1, "ends at %.3g", v)
	}
	return &sim.Lab{
		ID: "bowl", Title: "Bowl", Summary: "A bowl.", Question: "How fast down?", Source: "A test", Version: 1,
		Controls: []param.Control{
			{ID: "dim", Label: "Dimension", Kind: param.Whole, Min: 2, Max: 50, Default: param.Num(2)},
			{ID: "delay", Label: "Delay", Unit: "µs", Kind: param.Whole, Min: 0, Max: 1e6, Default: param.Num(0)},
			{ID: "flock", Label: "Flock", Kind: param.Whole, Min: 1, Max: 1e5, Default: param.Num(2)},
			{ID: "break-at", Label: "Break at", Kind: param.Whole, Min: 0, Max: 1e6, Default: param.Num(0)},
			{ID: "rows", Label: "Rows", Kind: param.Text, Accept: []string{files.KindTable}},
		},
		Methods: []sim.MethodKind{{ID: "gd", Label: "Gradient descent", Slot: 1, Hyper: []*param.Control{rate}}, {ID: "other", Label: "Another", Slot: 2, Hyper: []*param.Control{rate}}},
		Start:   []string{"gd", "other:step-size=0.05"}, Steps: 600,
		Measures: []sim.Measure{sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Distance, sim.Spectrum,
			{ID: "picture", Label: "Picture", Kind: sim.Image, Every: 10}, {ID: "cloud", Label: "Cloud", Kind: sim.Points, Every: 10}},
		Presets: []sim.Preset{{ID: "plain", Title: "Plain"}, {ID: "wide", Title: "Wide", Set: []string{"dim=6"}}},
		Claims: []sim.Claim{
			{ID: "ends", Statement: "It ends low.", Source: "theory", Preset: "plain", Want: "below 1", Check: ends},
			{ID: "many", Statement: "From two seeds.", Source: "theory", Preset: "plain", Want: "below 1", Seeds: 2, Check: ends},
			{ID: "proof", Statement: "True.", Source: "theory", Preset: "wide", Want: "true", Prove: nil, Check: ends},
			{ID: "long", Statement: "Takes long.", Source: "theory", Preset: "wide", Want: "below 1", Long: true, Check: ends},
			{ID: "each", Statement: "Takes long, seed by seed.", Source: "theory", Preset: "wide", Want: "below 1", Long: true, Each: true, Seeds: 3, Check: ends},
			{ID: "elsewhere", Statement: "Takes long, on another run.", Source: "theory", Preset: "wide", Specs: []string{"preset=wide&steps=700"}, Want: "below 1", Long: true, Each: true, Check: ends},
		},
		Open: func(s sim.Setup) (*sim.Scene, error) {
			f := bowl{s.Values.Whole("dim")}
			scene := &sim.Scene{Note: "a bowl"}
			var from *data.Table // its first row is the start
			if file := s.Values.File("rows"); file != nil {
				var err error
				if from, err = files.TableOf(file, "", ""); err != nil {
					return nil, param.Refuse("rows", "%v", err)
				}
			}
			for _, m := range s.Methods {
				x := make([]float64, f.dim)
				for i := range x {
					x[i] = 3 - float64(i)/2
				}
				if from != nil {
					copy(x, from.X[:from.Inputs])
				}
				c := sim.Contestant{Ground: f, Problem: "bowl", Domain: [4]float64{-4, 4, -4, 4}, Minima: []landscape.Minimum{{X: make([]float64, f.dim)}},
					Method: &descent{ground: f, x: x, grad: make([]float64, f.dim), rate: m.Hyper.Real("step-size"),
						delay: time.Duration(s.Values.Whole("delay")) * time.Microsecond, breakAt: s.Values.Whole("break-at"), flock: s.Values.Whole("flock")},
					Read: map[string]sim.Reader{
						"picture": func(at *sim.Reading) ([]float64, int) {
							return []float64{at.X[0], at.X[1], float64(at.Step), 1, 2, 3}, 3
						},
						"cloud": func(at *sim.Reading) ([]float64, int) { return []float64{at.X[0], at.X[1], 0, math.NaN()}, 2 },
					}}
				if f.dim > 2 {
					c.Planes = sim.High
				}
				scene.Contestants = append(scene.Contestants, c)
			}
			return scene, nil
		},
	}
}

// serve starts a server of the test lab behind an http server.
func serve(t testing.TB, limits Limits, base string) (*Server, *httptest.Server) {
	t.Helper()
	return serveWith(t, Options{Version: "test", Base: base, Limits: limits})
}

// serveWith starts a server of the test lab with options of its own.
func serveWith(t testing.TB, o Options) (*Server, *httptest.Server) {
	t.Helper()
	if o.Labs == nil {
		o.Labs = []*sim.Lab{testLab()}
	}
	if err := sim.Validate(o.Labs); err != nil {
		t.Fatal(err)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return s, web
}

// wsURL is the address of the stream of a server.
func wsURL(web *httptest.Server, base string) string {
	return "ws" + strings.TrimPrefix(web.URL, "http") + base + "/ws"
}
