package sim

import (
	"context"
	"fmt"
	"slices"

	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// bowl is ½(λx² + y²).
type bowl struct{ lambda float64 }

func (bowl) Dim() int { return 2 }
func (b bowl) Loss(x []float64) float64 {
	return (b.lambda*x[0]*x[0] + x[1]*x[1]) / 2
}
func (b bowl) Grad(dst, x []float64) float64 {
	dst[0], dst[1] = b.lambda*x[0], x[1]
	return b.Loss(x)
}
func (b bowl) HessVec(dst, _, v []float64) { dst[0], dst[1] = b.lambda*v[0], v[1] }

// walker steps down the bowl.
type descent struct {
	b    bowl
	x, g []float64
	rate float64
	c    opt.Clock
}

func (d *descent) Point() []float64 { return d.x }
func (d *descent) Clock() opt.Clock { return d.c }
func (d *descent) Step() error {
	d.b.Grad(d.g, d.x)
	for i := range d.x {
		if v := d.x[i] - d.rate*d.g[i]; v > 1e12 || v < -1e12 {
			return fmt.Errorf("%w at step %d", opt.ErrDiverged, d.c.Steps+1)
		}
	}
	for i := range d.x {
		d.x[i] -= d.rate * d.g[i]
	}
	d.c.Steps++
	d.c.Gradients++
	d.c.Time += d.rate
	return nil
}
func (d *descent) Turn(_ string, v float64) error { d.rate = v; return nil }
func (d *descent) CloneMethod() Method {
	c := *d
	c.x, c.g = slices.Clone(d.x), slices.Clone(d.g)
	return &c
}

// testLab is a small lab with one of everything.
func testLab() *Lab {
	hyper := []*param.Control{{ID: "step-size", Label: "Step size", Kind: param.Real, Min: 1e-10, Max: 100, Default: param.Num(0.1), Log: true, Live: true}}
	return &Lab{
		ID: "bowl", Title: "Bowl", Question: "How steep?", Version: 1,
		Controls: []param.Control{
			{ID: "curvature", Label: "Curvature", Kind: param.Real, Min: 0.1, Max: 100, Default: param.Num(2), PerMethod: true},
			{ID: "start", Label: "Start", Kind: param.Vector, MinLength: 2, MaxLength: 2, By: func(v param.Values) param.Value { return param.List(1, v.Real("curvature")/2) }},
		},
		Methods:  []MethodKind{{ID: "gd", Label: "Gradient descent", Slot: 1, Hyper: hyper}},
		Start:    []string{"gd"},
		Steps:    200,
		Measures: []Measure{Loss, GradientNorm, StepNorm, Sharpness, Spectrum},
		Presets:  []Preset{{ID: "two", Title: "Two", Set: []string{"curvature=4"}, Methods: []string{"gd:step-size=0.1", "fast=gd:step-size=0.51"}, Seed: 3}},
		Claims: []Claim{{ID: "edge", Statement: "above 2/λ the walk diverges", Source: "textbook", Preset: "two", Want: "diverged",
			Check: func(t []*Trace) Verdict {
				return Judge(t[0].Method("fast").State == Diverged, "%s", t[0].Method("fast").State)
			}}},
		Open: func(s Setup) (*Scene, error) {
			out := &Scene{}
			for _, m := range s.Methods {
				b := bowl{s.Values.Real("curvature")}
				if v, ok := m.Own.Find("curvature"); ok {
					b.lambda = v.Num
				}
				d := &descent{b: b, x: slices.Clone(s.Values.Vector("start")), g: make([]float64, 2), rate: m.Hyper.Real("step-size")}
				out.Contestants = append(out.Contestants, Contestant{Method: d, Ground: b, Problem: "bowl", Domain: [4]float64{-2, 2, -2, 2}})
			}
			return out, nil
		},
	}
}

func play(s *Spec) *Trace {
	t, err := Play(context.Background(), s, nil)
	if err != nil {
		panic(err)
	}
	return t
}
