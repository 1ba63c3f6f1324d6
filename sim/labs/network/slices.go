package network

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/sim"
)

// hidden holds the claims about what slices hide and show.
var hidden = []sim.Claim{
	{
		ID: "n13", Preset: "slice", Panel: "plane", Source: "five seeds, float64 reference program", Seeds: 5, Specs: []string{"preset=slice&every=65"},
		Statement: "A random slice through the end of a walk hides the walk: its start seems to have less than a tenth of its true loss, and nearly its whole way lies off the slice.",
		Want:      "plane loss at the start below a tenth of the true loss; distance above 0.98 of the way from start to end",
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Method("sgd")
			start, end := m.Point(0), m.End()
			var blocks []landscape.Block
			if b, ok := m.Ground.(landscape.Blocks); ok {
				blocks = b.Blocks()
			}
			p, err := landscape.RandomPlane(end, blocks, t.Spec.Seed)
			if err != nil {
				return false, err.Error()
			}
			s, u, off, err := p.Project(start)
			if err != nil {
				return false, err.Error()
			}
			x := make([]float64, len(start))
			p.Point(x, s, u)
			plane, loss, way := m.Ground.Loss(x), m.Ground.Loss(start), landscape.Distance(start, end)
			return plane < loss/10 && off > 0.98*way, fmt.Sprintf("loss %.2f seen as %.4f, %.3f of %.3f off the plane", loss, plane, off, way)
		}),
	},
	{
		ID: "n14", Preset: "random-walk", Panel: "landscape", Source: "8/π² for a random walk about its last point, 6/π² about its mean; simulated", Seeds: 3,
		Specs:     []string{"preset=random-walk&every=7&methods=random-walk"},
		Statement: "A walk without aim has about 81 percent of its spread on its first principal axis.",
		Want:      fmt.Sprintf("share of the first axis between 0.72 and 0.90 (theory %.3f)", 8/(math.Pi*math.Pi)),
		Check: each(func(t *sim.Trace) (bool, string) {
			m := t.Method("random-walk")
			var points [][]float64
			for i := range m.Records() {
				points = append(points, m.Point(i))
			}
			p, err := landscape.PCA(context.Background(), points)
			if err != nil {
				return false, err.Error()
			}
			share := p.Explained[0]
			return share >= 0.72 && share <= 0.90, fmt.Sprintf("%.4f", share)
		}),
	},
}
