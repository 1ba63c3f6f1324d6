package race

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
	"thalweg/sim"
)

// forty is the source of places that were computed beforehand in forty digits.
const forty = "Newton's method in 40 digits, beforehand and independently"

// critical are the claims about points without gradient, all found by search in the domain of the surface.
var critical = []sim.Claim{
	{
		ID: "l1", Preset: "four-minima", Panel: "landscape", Source: forty,
		Statement: "A search finds Himmelblau's four minima, all of loss 0.",
		Want:      "minima at 3, 2; -2.805118086953, 3.131312518251; -3.779310253378, -3.283185991286; 3.584428340330, -1.848126526964 within 1e-10, and no other",
		Prove: findsAll("himmelblau", "minimum", []spot{
			{3, 2, 0}, {-2.805118086953, 3.131312518251, 0}, {-3.779310253378, -3.283185991286, 0}, {3.584428340330, -1.848126526964, 0},
		}),
	},
	{
		ID: "l2", Preset: "four-minima", Panel: "landscape", Source: forty,
		Statement: "Between Himmelblau's minima stand four saddles.",
		Want:      "saddles of loss 13.311926270406, 67.719150087526, 104.015162917558, 178.337239201927 in their places within 1e-10, and no other",
		Prove: findsAll("himmelblau", "saddle", []spot{
			{3.385154183607, 0.073851879838, 13.311926270406}, {0.086677504555, 2.884254701175, 67.719150087526},
			{-3.073025750764, -0.081353044288, 104.015162917558}, {-0.127961346731, -1.953714980245, 178.337239201927},
		}),
	},
	{
		ID: "l3", Preset: "four-minima", Panel: "landscape", Source: forty,
		Statement: "Himmelblau's surface has one maximum, where it bends down with curvatures 45.6 and 16.1.",
		Want:      "a maximum at -0.270844590667, -0.923038556480 of loss 181.616521522583 within 1e-10, eigenvalues -45.60522929, -16.06601967 within 1e-8",
		Prove:     proveMaximum,
	},
	{
		ID: "l4", Preset: "escape", Panel: "landscape", Source: forty,
		Statement: "A search finds the three minima of the Müller-Brown potential.",
		Want:      "minima of loss -146.699517209954, -108.166724116852, -80.767818129659 in their places within 1e-10, and no other",
		Prove: findsAll("muller-brown", "minimum", []spot{
			{-0.558223634633, 1.441725841805, -146.699517209954}, {0.623499404931, 0.028037758529, -108.166724116852}, {-0.050010822998, 0.466694104872, -80.767818129659},
		}),
	},
	{
		ID: "l5", Preset: "escape", Panel: "landscape", Source: forty,
		Statement: "Two saddles part the minima of the Müller-Brown potential: they are what a walk has to climb.",
		Want:      "saddles of loss -40.664843508657, -72.248940112325 in their places within 1e-10, and no other",
		Prove: findsAll("muller-brown", "saddle", []spot{
			{-0.822001558733, 0.624312802815, -40.664843508657}, {0.212486582001, 0.292988325107, -72.248940112325},
		}),
	},
	{
		ID: "l6", Preset: "four-minima", Panel: "landscape", Source: "Morse theory; Poincaré and Hopf; linear algebra",
		Statement: "Minima less saddles and maxima count what the gradient turns on the way around the domain; Hessians are symmetric, their eigenvalues sum to the trace, and Lanczos' method finds them.",
		Want:      "4 - 4 + 1 = 1 and 6 - 7 + 2 = 1, one turn each; asymmetry below 1e-12, sums of eigenvalues within 1e-10 of the trace, residuals of Lanczos' pairs below 1e-10",
		Prove:     proveMorse,
	},
}

// A spot is a point of the plane and the loss there.
type spot struct{ x, y, loss float64 }

// find searches the domain of a surface from 64 starts.
func find(ctx context.Context, id string) (landscape.Curved, landscape.Findings, error) {
	s, _ := surfaces.Find(id)
	f, err := s.New(surfaces.Params{})
	if err != nil {
		return nil, landscape.Findings{}, err
	}
	d := s.Domain
	box := [][2]float64{{d[0], d[1]}, {d[2], d[3]}}
	found, err := landscape.Search{Box: box}.Find(ctx, f, landscape.Latin(box, searchStarts, 1), nil)
	return f, found, err
}

// searchStarts is how many starts a search has.
const searchStarts = 64

// findsAll judges whether a search finds points of a kind in all the places, and nowhere else.
func findsAll(id, label string, want []spot) func(context.Context) sim.Verdict {
	return func(ctx context.Context) sim.Verdict {
		_, found, err := find(ctx, id)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		got := ofLabel(found, label)
		away, off := 0.0, 0.0
		for _, w := range want {
			nearest := math.Inf(1)
			loss := 0.0
			for _, p := range got {
				if d := max(math.Abs(p.X[0]-w.x), math.Abs(p.X[1]-w.y)); d < nearest {
					nearest, loss = d, p.Loss
				}
			}
			away, off = max(away, nearest), max(off, math.Abs(loss-w.loss)/(1+math.Abs(w.loss)))
		}
		return sim.Judge(len(got) == len(want) && away <= 1e-10 && off <= 1e-10 && found.Converged,
			"%d of this kind, %.1e away at most, losses off by %.1e; %d evaluations", len(got), away, off, found.Evaluations)
	}
}

func ofLabel(f landscape.Findings, label string) []landscape.Critical {
	var out []landscape.Critical
	for _, p := range f.Points {
		if p.Label() == label {
			out = append(out, p)
		}
	}
	return out
}

func proveMaximum(ctx context.Context) sim.Verdict {
	_, found, err := find(ctx, "himmelblau")
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	got := ofLabel(found, "maximum")
	if len(got) != 1 {
		return sim.Judge(false, "%d maxima", len(got))
	}
	p := got[0]
	holds := close2(p.X, -0.270844590667, -0.923038556480, 1e-10) && near(p.Loss, 181.616521522583, 1e-10) &&
		close2(p.Eigenvalues, -45.60522929, -16.06601967, 1e-8)
	return sim.Judge(holds, "%.12f, %.12f of loss %.12f, eigenvalues %.8f, %.8f", p.X[0], p.X[1], p.Loss, p.Eigenvalues[0], p.Eigenvalues[1])
}

func proveMorse(ctx context.Context) sim.Verdict {
	holds, got := true, ""
	var asymmetry, trace float64
	for i, id := range []string{"himmelblau", "six-hump-camel"} {
		f, found, err := find(ctx, id)
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		minima, saddles, maxima, _, sum := found.Morse()
		want := [2][3]int{{4, 4, 1}, {6, 7, 2}}[i]
		holds = holds && [3]int{minima, saddles, maxima} == want && sum == 1 && found.TurnsKnown && found.Turns == 1
		got += fmt.Sprintf("%d - %d + %d = %d, %d turn; ", minima, saddles, maxima, sum, found.Turns)
		for _, p := range found.Points {
			full, err := landscape.FullSpectrum(ctx, f, p.X)
			if err != nil {
				return sim.Judge(false, "%v", err)
			}
			asymmetry, trace = max(asymmetry, full.Asymmetry), max(trace, full.TraceError)
		}
	}
	residual, err := lanczosResidual()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	return sim.Judge(holds && asymmetry <= 1e-12 && trace <= 1e-10 && residual <= 1e-10, "%sasymmetry %.1e, trace off by %.1e, residuals %.1e", got, asymmetry, trace, residual)
}

// lanczosResidual is the largest residual |Hv - λv|, relative to the largest eigenvalue, of the pairs that Lanczos'
// method finds at the start of Rosenbrock's valley in 20 dimensions.
func lanczosResidual() (float64, error) {
	const dim = 20
	s, _ := surfaces.Find("rosenbrock")
	f, err := s.New(surfaces.Params{Dim: dim})
	if err != nil {
		return 0, err
	}
	x, start, product := s.StartFor(dim), make([]float64, dim), make([]float64, dim)
	for i := range start {
		x[i] += 0.01 * float64(i) // no two coordinates alike, so that no eigenvalue is double
		start[i] = 1 / math.Sqrt(dim)
	}
	k := landscape.Lanczos(landscape.HessianAt(f, x), start, dim)
	top, worst := 0.0, 0.0
	for _, v := range k.Ritz {
		top = max(top, math.Abs(v))
	}
	for i, value := range k.Ritz {
		v := k.Vector(i)
		f.HessVec(product, x, v)
		for j := range product {
			product[j] -= value * v[j]
		}
		worst = max(worst, landscape.Distance(product, make([]float64, dim))/top)
	}
	if len(k.Ritz) != dim {
		return 0, fmt.Errorf("%d of %d eigenvalues by Lanczos' method", len(k.Ritz), dim)
	}
	return worst, nil
}
