package network

import (
	"thalweg/landscape"
	"thalweg/landscape/nets"
	"thalweg/sim"
)

// A layer is the loss of a net as a function of one layer, weights and biases, with all others held at x.
type layer struct {
	net      *nets.Net[float64]
	x        []float64
	from, to int
}

var _ landscape.Curved = layer{}

// layersAt cuts the loss at x into its layers.
func layersAt(net *nets.Net[float64], x []float64) []layer {
	var out []layer
	for _, b := range net.Blocks() {
		end := b.Offset + b.Rows*b.Columns
		if b.Bias {
			out[len(out)-1].to = end
		} else {
			out = append(out, layer{net, x, b.Offset, end})
		}
	}
	return out
}

// Dim implements landscape.Func.
func (l layer) Dim() int { return l.to - l.from }

// whole is a vector over all parameters that is v in the layer and the rest of others beside it.
func (l layer) whole(others, v []float64) []float64 {
	w := make([]float64, l.net.Dim())
	copy(w, others)
	copy(w[l.from:l.to], v)
	return w
}

// Loss implements landscape.Func.
func (l layer) Loss(x []float64) float64 { return l.net.Loss(l.whole(l.x, x)) }

// Grad implements landscape.Func.
func (l layer) Grad(dst, x []float64) float64 {
	g := make([]float64, l.net.Dim())
	loss := l.net.Grad(g, l.whole(l.x, x))
	copy(dst, g[l.from:l.to])
	return loss
}

// HessVec implements landscape.Curved.
func (l layer) HessVec(dst, x, v []float64) {
	h := make([]float64, l.net.Dim())
	l.net.HessVec(h, l.whole(l.x, x), l.whole(nil, v))
	copy(dst, h[l.from:l.to])
}

// layerSteps is enough of Lanczos' steps for the top of one layer's spectrum.
const layerSteps = 20

// sharpest is the largest Hessian eigenvalue of the layer where it stands.
func (l layer) sharpest() float64 {
	value, _, _ := landscape.Sharpness(l, l.x[l.from:l.to], nil, layerSteps)
	return value
}

func (g *ground) layerSpectrum(at *sim.Reading) ([]float64, int) {
	var out []float64
	for _, l := range layersAt(g.train, at.X) {
		out = append(out, l.sharpest())
	}
	return out, 0
}
