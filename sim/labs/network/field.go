package network

import (
	"thalweg/sim"
	"thalweg/sim/data"
)

// once is the cadence of measures that never change: at the start and at the end of a run.
const once = 1 << 20

// unscaled gives inputs in the units of the data, as they were before they were standardized.
func (g *ground) unscaled(x float64, input int) float64 {
	if g.set.Deviation == nil {
		return x
	}
	if d := g.set.Deviation[input]; d > data.Constant {
		x *= d
	}
	return g.set.Mean[input] + x
}

// rows lists inputs x, y, … and labels as points x, y, class.
func (g *ground) rows(x []float64, labels []int) sim.Reader {
	if len(labels) == 0 {
		return nil
	}
	points := make([]float64, 0, 3*len(labels))
	for i, c := range labels {
		points = append(points, g.unscaled(x[2*i], 0), g.unscaled(x[2*i+1], 1), float64(c))
	}
	return func(*sim.Reading) ([]float64, int) { return points, 3 }
}

// inputBox is the box of the decision picture in the units of the data.
func (g *ground) inputBox(*sim.Reading) ([]float64, int) {
	return []float64{g.unscaled(g.box.XMin, 0), g.unscaled(g.box.XMax, 0), g.unscaled(g.box.YMin, 1), g.unscaled(g.box.YMax, 1)}, 0
}
