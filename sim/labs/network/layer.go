package network

import (
	"thalweg/landscape"
	"thalweg/landscape/nets"
)

// layerSteps is enough of Lanczos' steps for the top of one layer's spectrum.
const layerSteps = 20

// layerTops are the largest eigenvalues of the blocks of a net's Hessian that belong to one layer each, weights and
// biases, first layer first.
func layerTops(net *nets.Net[float64], apply landscape.Operator) []float64 {
	var tops []float64
	for _, r := range landscape.Layers(net) {
		n := r[1] - r[0]
		t := landscape.Follow(landscape.Restrict(apply, net.Dim(), r[0], r[1]), n, nil, landscape.TrackOptions{Cold: layerSteps, HighOnly: true})
		tops = append(tops, t.High)
	}
	return tops
}
