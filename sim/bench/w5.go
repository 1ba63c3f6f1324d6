package bench

import (
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/teacher"
)

// W5 is a ReLU student against a ReLU teacher under normal inputs, as many neurons as inputs: loss and gradient of 20 and
// of 100, and of 20 the Hessian with its eigenvectors. The checks are the loss after 20 steps of descent, and the largest
// eigenvalue.
func W5() []Workload {
	return []Workload{
		{Name: "w5_20", Make: studentGradient(20)},
		{Name: "w5_100", Make: studentGradient(100)},
		{Name: "w5_hess", Make: studentHessian},
	}
}

func student(d int) (*teacher.Problem, []float64) {
	w, v := normals(40, d*d), normals(41, d*d)
	kernel.Scale(1/math.Sqrt(float64(d)), w)
	kernel.Scale(1/math.Sqrt(float64(d)), v)
	p, err := teacher.New(d, d, v)
	if err != nil {
		panic("bench: " + err.Error())
	}
	return p, w
}

func studentGradient(d int) func() (func() int, func() float64) {
	return func() (func() int, func() float64) {
		p, w := student(d)
		g := make([]float64, p.Dim())
		for range 20 {
			p.Grad(g, w)
			kernel.Axpy(w, -0.5/float64(d), g)
		}
		seen := p.Loss(w)
		return func() int {
			p.Grad(g, w)
			return 1
		}, func() float64 { return seen }
	}
}

func studentHessian() (func() int, func() float64) {
	p, w := student(20)
	seen := landscape.Eigen(p, w).Values[p.Dim()-1]
	return func() int {
		landscape.Eigen(p, w)
		return 1
	}, func() float64 { return seen }
}
