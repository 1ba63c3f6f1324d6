package network

import (
	"context"
	"fmt"
	"math"
	"strings"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
	"thalweg/sim"
	"thalweg/sim/data"
)

// copies holds the claims about what the order of neurons and the saddles of linear nets look like.
var copies = []sim.Claim{
	{
		ID: "n17", Source: "neurons of a layer can change places; those of an odd activation can turn",
		Statement: "Aligning one net to another changes none of its outputs.",
		Want:      "outputs within 1e-12 after reordering and turning, for tanh and relu, one and two hidden layers",
		Prove:     proveAlignment,
	},
	{
		ID: "n18", Preset: "saddles", Panel: "spectrum", Source: "counted from the singular values of the teacher",
		Statement: "A two-layer linear net that has learned j of 4 modes stands on a saddle of index (4-j)(8-j), and its lowest curvature is the strongest mode still missing.",
		Want:      "for j from 0 to 4 the gradient 0, index 32 21 12 5 0, nullity 32 43 52 59 64 of 96, lowest curvature -4 -2 -1 -0.5 0 within 1e-9",
		Prove:     proveSaddles,
	},
}

func proveAlignment(context.Context) sim.Verdict {
	worst, moved, turned := 0.0, 0, 0
	for _, c := range []struct {
		widths     []int
		activation kernel.Activation
	}{{[]int{16}, kernel.Tanh}, {[]int{16}, kernel.ReLU}, {[]int{8, 8}, kernel.Tanh}, {[]int{8, 8}, kernel.ReLU}} {
		r := plain("two-moons", c.widths...)
		r.activation = c.activation
		g, err := r.ground()
		if err != nil {
			return sim.Judge(false, "%v", err)
		}
		shape := g.train.Shape()
		b := shape.Init(r.init, r.initScale, r.seed, 1)
		aligned := nets.Align(shape, g.start, b, c.activation.Odd())
		moved, turned = moved+aligned.Moved, turned+aligned.Turned
		before, after := g.train.Outputs(b), g.train.Outputs(aligned.Theta)
		for i, v := range before {
			worst = math.Max(worst, math.Abs(v-after[i]))
		}
	}
	return sim.Judge(worst <= 1e-12 && moved > 0 && turned > 0, "%d neurons moved, %d turned, outputs off by at most %.1e", moved, turned, worst)
}

func proveSaddles(context.Context) sim.Verdict {
	const in, hidden, out = 8, 8, 4
	r := plain("teacher", hidden)
	r.activation, r.bias = kernel.Identity, false
	r.rows.Identity, r.rows.Samples, r.rows.Noise, r.rows.TestFraction = true, 200, 0, 0
	g, err := r.ground()
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	modes, err := data.LinearTeacher(r.seed, nil)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	holds := true
	var got []string
	x, grad := make([]float64, g.train.Dim()), make([]float64, g.train.Dim())
	for j := 0; ; j++ {
		g.train.Grad(grad, x)
		index, nullity := 0, 0
		eig := landscape.Spectrum(g.train, x)
		for _, l := range eig {
			switch {
			case math.Abs(l) <= 1e-8:
				nullity++
			case l < 0:
				index++
			}
		}
		lowest := 0.0
		if j < out {
			lowest = -modes.Values[j]
		}
		want := (out - j) * (hidden - j)
		holds = holds && kernel.Norm(grad) <= 1e-9 && index == want && nullity == [...]int{32, 43, 52, 59, 64}[j] && math.Abs(eig[0]-lowest) <= 1e-9
		got = append(got, fmt.Sprintf("%d (nullity %d, lowest %.10g)", index, nullity, eig[0]))
		if j == out {
			break
		}
		// The balanced point with one mode more gives neuron j the mode's root in both layers.
		root := math.Sqrt(modes.Values[j])
		kernel.Axpy(x[j*in:][:in], root, modes.Right[j])
		for o, u := range modes.Left[j] {
			x[hidden*in+o*hidden+j] = root * u
		}
	}
	return sim.Judge(holds, "%s", strings.Join(got, ", "))
}
