package bench

import (
	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// W4 is curvature: of the net of W2 on 512 points a Hessian-vector product with its gradient pass, and 80 steps of
// Lanczos' method; of narrower nets with 501 and 987 parameters the exact Hessian with all its eigenvectors. The checks
// are v'Hv, the top Ritz value, and the largest eigenvalue.
func W4() []Workload {
	return []Workload{
		{Name: "w4_hvp", Make: product},
		{Name: "w4_hess501", Make: hessian(20)},
		{Name: "w4_hess987", Make: hessian(29)},
		{Name: "w4_slq", Make: quadrature},
	}
}

// curvatureRows is the number of points of W4.
const curvatureRows = 512

func product() (func() int, func() float64) {
	net, theta := waveNet[float64](waveWidth, curvatureRows), waveWeights(waveWidth)
	v, h := normals(30, net.Dim()), make([]float64, net.Dim())
	net.HessVec(h, theta, v)
	seen := kernel.Dot(v, h)
	return func() int {
		net.HessVec(h, theta, v)
		return 1
	}, func() float64 { return seen }
}

func hessian(width int) func() (func() int, func() float64) {
	return func() (func() int, func() float64) {
		net, theta := waveNet[float64](width, curvatureRows), waveWeights(width)
		seen := landscape.Eigen(net, theta).Values[net.Dim()-1]
		return func() int {
			landscape.Eigen(net, theta)
			return 1
		}, func() float64 { return seen }
	}
}

func quadrature() (func() int, func() float64) {
	net, theta := waveNet[float64](waveWidth, curvatureRows), waveWeights(waveWidth)
	start := normals(31, net.Dim())
	const steps = 80
	seen := landscape.Lanczos(landscape.HessianAt(net, theta), start, steps).Ritz[steps-1]
	return func() int {
		landscape.Lanczos(landscape.HessianAt(net, theta), start, steps)
		return 1
	}, func() float64 { return seen }
}
