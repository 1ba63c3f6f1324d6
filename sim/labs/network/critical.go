package network

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim"
)

// saddlePlanes holds the claim about planes at points without gradient.
var saddlePlanes = []sim.Claim{
	{
		ID: "l7", Panel: "landscape", Source: "eigenvectors of a symmetric matrix are orthogonal",
		Statement: "The Hessian plane at a saddle shows it as one: up along its first axis, down along its second, at right angles, as steeply as the eigenvalues say.",
		Want:      "on two weights and on the saddles that a search finds in a net of two neurons with weight decay: one negative axis, axes of length 1 and orthogonal within 1e-12, bends of the loss along them within 1e-5 of the eigenvalues",
		Prove:     proveSaddlePlanes,
	},
}

func proveSaddlePlanes(ctx context.Context) sim.Verdict {
	pair := plain("one-point", 1)
	pair.activation, pair.bias = kernel.Identity, false
	two, err := pair.ground()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	decayed := plain("sine", 2)
	decayed.l2 = 0.01
	sine, err := decayed.ground()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	box := make([][2]float64, sine.train.Dim())
	for i := range box {
		box[i] = [2]float64{-2, 2}
	}
	found, err := landscape.Search{}.Find(ctx, sine.train, landscape.Latin(box, 32, 1), nil)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	var worst saddlePlane
	if err := worst.measure(ctx, two.train, []float64{0, 0}); err != nil {
		return sim.Judge(false, "%v", err)
	}
	for _, p := range found.Points {
		if p.Label() == "saddle" {
			if err := worst.measure(ctx, sine.train, p.X); err != nil {
				return sim.Judge(false, "%v", err)
			}
		}
	}
	return sim.Judge(worst.points > 1 && worst.signs && worst.cosine <= 1e-12 && worst.length <= 1e-12 && worst.bend <= 1e-5,
		"%d saddles, cosine %.1e, lengths off by %.1e, bends by %.1e at most", worst.points, worst.cosine, worst.length, worst.bend)
}

// A saddlePlane is how far planes at saddles are from what they should be, at worst.
type saddlePlane struct {
	points               int
	signs                bool
	cosine, length, bend float64
}

// measure takes in the Hessian plane at a saddle.
func (w *saddlePlane) measure(ctx context.Context, f landscape.Func, x []float64) error {
	p, err := landscape.HessianPlane(ctx, f, x, landscape.TopBottom)
	if err != nil {
		return fmt.Errorf("saddle %d: %w", w.points+1, err)
	}
	w.signs = (w.points == 0 || w.signs) && p.Curvatures[0] > 0 && p.Curvatures[1] < 0
	w.points++
	w.cosine = max(w.cosine, math.Abs(p.Cosine))
	at := make([]float64, len(x))
	loss := func(s, t float64) float64 {
		p.Point(at, s, t)
		return f.Loss(at)
	}
	for k, axis := range p.Axes {
		w.length = max(w.length, math.Abs(kernel.Norm(axis)-1))
		const h = 1e-3
		ahead, back := loss(h, 0), loss(-h, 0)
		if k == 1 {
			ahead, back = loss(0, h), loss(0, -h)
		}
		bend := (ahead - 2*loss(0, 0) + back) / (h * h)
		w.bend = max(w.bend, math.Abs(bend-p.Curvatures[k])/max(1, math.Abs(p.Curvatures[k])))
	}
	return nil
}
