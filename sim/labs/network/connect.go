package network

import (
	"context"
	"fmt"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/nets"
	"thalweg/sim"
)

// pathMeasures are taken once, when two nets of one ground have ended.
var pathMeasures = []sim.Measure{
	{ID: "barrier", Label: "Barriers", Kind: sim.Vector,
		Help: "How far the train loss rises above the chord of the end losses, from the first net to this one: straight, with its neurons reordered, with neurons turned as well, along a trained curve. What the activation does not allow is left out."},
	{ID: "path-loss", Label: "Loss along the paths", Kind: sim.Vector, Log: true,
		Help: "The train loss at 61 places from the first net to this one, path after path: straight, reordered, turned as well, along a trained curve."},
}

// pathRows are the path measures of the ways from net a to net b. The curve joins them as they are.
func pathRows(ctx context.Context, net *nets.Net[float64], a, b []float64, seed uint64) (map[string]sim.Values, error) {
	var barriers, losses []float64
	add := func(w landscape.Way) { barriers, losses = append(barriers, w.Barrier), append(losses, w.Loss...) }
	ends := [][]float64{b}
	for _, signs := range []bool{false, true} {
		aligned, _, _, err := net.Align(ctx, a, b, signs)
		if err != nil {
			return nil, err
		}
		if aligned != nil {
			ends = append(ends, aligned)
		}
	}
	for _, end := range ends {
		w, err := landscape.Chord(ctx, net, a, end)
		if err != nil {
			return nil, err
		}
		add(w)
	}
	c, err := landscape.Connect(ctx, net, a, b, landscape.CurveOptions{Seed: seed}, nil)
	if err != nil {
		return nil, err
	}
	add(c.Way)
	return map[string]sim.Values{"barrier": {Numbers: barriers}, "path-loss": {Numbers: losses}}, nil
}

// join makes the scene take the path measures of its first two contestants that are two nets: one ground, two draws of
// first weights.
func join(scene *sim.Scene, grounds []*ground, draws []int, setup *sim.Setup) {
	for b := range grounds {
		for a := range b {
			if grounds[a] != grounds[b] || draws[a] == draws[b] {
				continue
			}
			scene.Contestants[b].Closes = []string{"barrier", "path-loss"}
			scene.Cost += pathWork(grounds[a].train) / float64(setup.Steps)
			scene.Closing = func(ctx context.Context, ends []sim.End) ([]map[string]sim.Values, error) {
				if ends[a].X == nil || ends[b].X == nil {
					return nil, nil
				}
				rows := make([]map[string]sim.Values, len(ends))
				var err error
				rows[b], err = pathRows(ctx, ends[b].Ground.(*nets.Net[float64]), ends[a].X, ends[b].X, setup.Seed)
				return rows, err
			}
			return
		}
	}
}

// pathWork estimates the cost of the paths between two nets, nearly all of it that of training the curve.
func pathWork(net *nets.Net[float64]) float64 {
	return 600 * gradWork(net)
}

// joined holds the claims about the ways between two nets.
var joined = []sim.Claim{
	{
		ID: "n10", Panel: "ground", Preset: "connect", Source: "Ainsworth et al. 2022 and Garipov et al. 2018 for the effects; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=connect&every=400"},
		Statement: "Between two trained nets stands a hill; most of it goes when the neurons are put in order, and all of it along a curve.",
		Want:      "barrier above 0.1 on the straight line, below a third of it with the neurons reordered, below 0.005 on the trained curve",
		Check: onPaths(func(w ways) bool {
			return w.straight > 0.1 && w.permuted < w.straight/3 && w.curve < 0.005
		}),
	},
	{
		ID: "n10-relu", Panel: "ground", Preset: "connect-relu", Source: "the same with relu; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=connect-relu&every=400"},
		Statement: "Nets with kinks are neighbours too, once their neurons stand in one order.",
		Want:      "barrier with the neurons reordered below half of the straight one, on the trained curve at most the straight one",
		Check:     onPaths(halved),
	},
	{
		ID: "n10-moons", Panel: "ground", Preset: "connect-moons", Source: "the same on two moons; numbers by reference program", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=connect-moons&every=1000"},
		Statement: "Between two small nets on two moons the hill halves when their neurons are put in order.",
		Want:      "barrier with the neurons reordered below half of the straight one, on the trained curve at most the straight one",
		Check:     onPaths(halved),
	},
	{
		ID: "n3", Panel: "ground", Preset: "connect", Source: "the straight line is one of the curves that are trained", Seeds: 5, Long: true, Each: true,
		Specs:     []string{"preset=connect&every=400", "preset=connect-relu&every=400", "preset=connect-moons&every=1000"},
		Statement: "The trained curve climbs no higher than the straight line.",
		Want:      "highest of 61 losses on the curve at most that on the straight line, within 1e-12, with tanh, with relu and on two moons",
		Check:     onPaths(func(w ways) bool { return w.curveTop <= w.straightTop+1e-12 }),
	},
}

// ways are the barriers and highest losses of a run of two nets.
type ways struct {
	straight, permuted, curve float64 // barriers
	straightTop, curveTop     float64
}

func halved(w ways) bool { return w.permuted < w.straight/2 && w.curve <= w.straight }

func onPaths(check func(ways) bool) func([]*sim.Trace) sim.Verdict {
	return each(func(t *sim.Trace) (bool, string) {
		barriers, losses := t.Methods[1].Readings("barrier"), t.Methods[1].Readings("path-loss")
		if barriers == nil || len(barriers.Rows) == 0 {
			return false, "no two nets on one ground"
		}
		b, loss := barriers.Rows[0], losses.Rows[0]
		last, places := len(b)-1, len(loss)/len(b)
		w := ways{straight: b[0], permuted: b[1], curve: b[last], straightTop: slices.Max(loss[:places]), curveTop: slices.Max(loss[last*places:])}
		text := fmt.Sprintf("%.3f, reordered %.3f", w.straight, w.permuted)
		if last == 3 {
			text += fmt.Sprintf(", turned %.3f", b[2])
		}
		return check(w), text + fmt.Sprintf(", curve %.4f", w.curve)
	})
}
