package race

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
	"thalweg/sim"
)

// grounds are the claims about formulas, pictures and update rules.
var grounds = []sim.Claim{
	{
		ID: "r13", Preset: "formula", Panel: "landscape", Source: computed,
		Statement: "Gradient and Hessian of a typed formula are exact: the walks on (1-x)^2 + a*(y-x^2)^2 at a = 100 are those on Rosenbrock's valley.",
		Specs:     []string{"preset=formula", "problem=rosenbrock&start=-1.2,1&methods=gd:step-size=0.001;adam:step-size=0.04&steps=100"},
		Want:      "loss, gradient norm, point and eigenvalues agree within 1e-12 relative on every record of 100 steps",
		Check:     checkFormula,
	},
	{
		ID: "c5", Source: computed,
		Statement: "The formula of NAdam and that of PyTorch 1.13, which multiplies by one factor more, are different methods.",
		Specs:     []string{"problem=rosenbrock&start=-1.7761021770354084,0.7557839008163921&methods=nadam:step-size=0.05;old=nadam:step-size=0.05,torch-1.13=on&steps=20"},
		Want:      "more than 1e-4 apart in some coordinate after 20 steps",
		Check: func(t []*sim.Trace) sim.Verdict {
			a, b := t[0].Method("nadam").End(), t[0].Method("old").End()
			apart := max(math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1]))
			return sim.Judge(apart > 1e-4, "%.3g apart", apart)
		},
	},
	{
		ID: "l9", Source: derived,
		Statement: "Contours of an affine function drawn from a grid lie exactly on it.",
		Want:      "every vertex within 1e-12 of its level",
		Prove:     proveContours,
	},
}

func checkFormula(t []*sim.Trace) sim.Verdict {
	worst := 0.0
	apart := func(a, b []float64) {
		size, diff := 0.0, 0.0
		for i := range b {
			size, diff = max(size, math.Abs(b[i])), max(diff, math.Abs(a[i]-b[i]))
		}
		if diff > 0 {
			worst = max(worst, diff/size)
		}
	}
	for _, id := range []string{"gd", "adam"} {
		a, b := t[0].Method(id), t[1].Method(id)
		if a.Records() != 101 || b.Records() != 101 {
			return sim.Judge(false, "%d and %d records", a.Records(), b.Records())
		}
		for i := range a.Records() {
			apart(a.Point(i), b.Point(i))
			for _, m := range []string{"loss", "gradient-norm"} {
				apart(a.At(m)[i:i+1], b.At(m)[i:i+1])
			}
		}
		for i, row := range b.Readings("spectrum").Rows {
			apart(a.Readings("spectrum").Rows[i], row)
		}
	}
	return sim.Judge(worst <= 1e-12, "apart by %.2g at most", worst)
}

func proveContours(ctx context.Context) sim.Verdict {
	f, err := surfaces.Parse("3x - 2y + 0.7")
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	affine := f.With(nil)
	plane := landscape.Direct(2, [4]float64{-2, 2, -1, 3})
	g, err := landscape.Survey(ctx, affine, plane, 41, 41)
	if err != nil {
		return sim.Verdict{Verdict: sim.NotYet, Got: err.Error()}
	}
	worst, vertices := 0.0, 0
	for level := -9.0; level <= 7; level += 0.7 {
		for _, line := range g.Contours(level) {
			for _, p := range line {
				vertices++
				worst = max(worst, math.Abs(affine.Loss(p[:])-level))
			}
		}
	}
	return sim.Judge(worst <= 1e-12 && vertices > 1000, "%s", fmt.Sprintf("%d vertices, off by at most %.2g", vertices, worst))
}
