package network

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

// exact holds the claims that need no run: facts of derivatives and planes, held against a net.
var exact = []sim.Claim{
	{
		ID: "n1", Panel: "spectrum", Source: "Pearlmutter 1994; checked against central differences",
		Statement: "The Hessian is symmetric, its eigenvalues sum to its trace, and its product with a vector is the difference of two gradients.",
		Want:      "asymmetry below 1e-12, sum of eigenvalues within 1e-10 of the trace, products within 1e-6 of differences, on iris, sine and two moons",
		Prove:     proveHessian,
	},
	{
		ID: "l8", Panel: "landscape", Source: "Li et al. 2018, filter normalisation",
		Statement: "Each row of a filter-normalised direction is as long as the row of weights it belongs to, and does not move the biases.",
		Want:      "row lengths within 1e-12, biases 0, for both axes",
		Prove:     proveRows,
	},
	{
		ID: "n2", Panel: "landscape", Source: "geometry of three points",
		Statement: "The plane through three nets shows their three true losses, and none of them lies off it.",
		Want:      "losses within 1e-12, distances 0 within 1e-12",
		Prove:     proveThree,
	},
	{
		ID: "n15", Preset: "two-weights", Panel: "curvature", Source: "uv = 1 has the Hessian [v² 1; 1 u²], of sharpness u² + v²",
		Statement: "The same function and the same perfect fit can have any sharpness from 2 on.",
		Want:      "loss 0 at (1,1), (10,0.1) and (2,0.5); sharpness 2, 100.01 and 4.25 within 1e-9",
		Prove:     proveTwoWeights,
	},
}

// small nets on which everything can be computed in full.
var small = []recipe{
	plain("iris", 4),
	plain("sine", 4, 3),
	plain("two-moons", 5),
}

func proveHessian(context.Context) sim.Verdict {
	var asymmetry, trace, product float64
	for _, r := range small {
		g, err := r.ground()
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		f, x := g.train, g.start
		h, a := landscape.Hessian(f, x)
		asymmetry = math.Max(asymmetry, a)
		n := f.Dim()
		var tr, sum float64
		for i := range n {
			tr += h[i*n+i]
		}
		for _, l := range landscape.Spectrum(f, x) {
			sum += l
		}
		trace = math.Max(trace, math.Abs(sum-tr)/math.Abs(tr))
		v, exact, differences := make([]float64, n), make([]float64, n), make([]float64, n)
		rng.NewKey(r.seed, 0, 0, 0, rng.Probe).FillNormal(v, 0, 0)
		landscape.HessVec(f, exact, x, v)
		landscape.HessVec(uncurved{f}, differences, x, v)
		product = math.Max(product, landscape.Distance(exact, differences)/math.Sqrt(kernel.Dot(exact, exact)))
	}
	return sim.Judge(asymmetry <= 1e-12 && trace <= 1e-10 && product <= 1e-6, "asymmetry %.1e, trace %.1e, products %.1e", asymmetry, trace, product)
}

// uncurved hides all that a loss knows beyond its gradient.
type uncurved struct{ landscape.Func }

func proveRows(context.Context) sim.Verdict {
	worst := 0.0
	for _, r := range small {
		g, err := r.ground()
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		x := g.start
		p, err := landscape.RandomPlane(x, g.train.Blocks(), r.seed)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		for _, axis := range p.Axes {
			for _, b := range g.train.Blocks() {
				for row := range b.Rows {
					at := b.Offset + row*b.Columns
					d, w := axis[at:][:b.Columns], x[at:][:b.Columns]
					want := math.Sqrt(kernel.Dot(w, w))
					if b.Bias {
						want = 0
					}
					worst = math.Max(worst, math.Abs(math.Sqrt(kernel.Dot(d, d))-want)/math.Max(want, 1))
				}
			}
		}
	}
	return sim.Judge(worst <= 1e-12, "off by at most %.1e", worst)
}

func proveThree(context.Context) sim.Verdict {
	r := plain("digits", 24)
	r.rows.Samples = 100
	g, err := r.ground()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	var points [3][]float64
	for i := range points {
		points[i] = g.train.Shape().Init(r.init, r.initScale, r.seed, uint64(i))
	}
	p, err := landscape.ThreePoints(points[0], points[1], points[2], r.seed)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	var loss, distance float64
	x := make([]float64, g.train.Dim())
	for _, c := range points {
		s, t, d, err := p.Project(c)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		p.Point(x, s, t)
		want := g.train.Loss(c)
		loss = math.Max(loss, math.Abs(g.train.Loss(x)-want)/want)
		distance = math.Max(distance, d)
	}
	return sim.Judge(loss <= 1e-12 && distance <= 1e-12, "losses off by %.1e, distances at most %.1e", loss, distance)
}

func proveTwoWeights(context.Context) sim.Verdict {
	r := plain("one-point", 1)
	r.activation, r.bias = kernel.Identity, false
	g, err := r.ground()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	holds := true
	got := ""
	for _, c := range []struct{ u, v float64 }{{1, 1}, {10, 0.1}, {2, 0.5}} {
		x := []float64{c.u, c.v}
		eig := landscape.Spectrum(g.train, x)
		loss, sharp := g.train.Loss(x), eig[len(eig)-1]
		holds = holds && math.Abs(loss) <= 1e-9 && math.Abs(sharp-(c.u*c.u+c.v*c.v)) <= 1e-9
		got += fmt.Sprintf("(%v,%v): loss %.1e, sharpness %.10g; ", c.u, c.v, loss, sharp)
	}
	return sim.Judge(holds, "%s", got[:len(got)-2])
}
