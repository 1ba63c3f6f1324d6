package bench

import (
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
)

// W2 trains a 2-64-64-1 tanh net on 512 points of sin(3x)cos(2y): one item is a step (forward, backward,
// update), on all points or on contiguous batches of 32. The check is the full loss after 50 steps.
func W2() []Workload {
	return []Workload{
		{Name: "w2_full_f64", Make: descent[float64](512, 0.1)},
		{Name: "w2_full_f32", Make: descent[float32](512, 0.1)},
		{Name: "w2_mb_f64", Make: descent[float64](32, 0.02)},
		{Name: "w2_mb_f32", Make: descent[float32](32, 0.02)},
	}
}

func descent[T kernel.Float](batch int, rate T) func() (func() int, func() float64) {
	return func() (func() int, func() float64) {
		const rows = 512
		net := waveNet[T](waveWidth, rows)
		theta, grad := to[T](waveWeights(waveWidth)), make([]T, net.Dim())
		batches := make([][]int, rows/batch)
		for i := range rows {
			batches[i/batch] = append(batches[i/batch], i)
		}
		k := 0
		step := func() int {
			if batch == rows {
				net.Grad(grad, theta)
			} else {
				net.GradAt(grad, theta, batches[k%len(batches)])
				k++
			}
			kernel.Axpy(theta, -rate, grad)
			return 1
		}
		for range 50 {
			step()
		}
		loss := net.Loss(theta)
		return step, func() float64 { return loss }
	}
}

// waveWidth is the hidden width of the net of W2, the small net of W3 and products of W4.
const waveWidth = 64

// waveSizes are the sizes of such a net.
func waveSizes(width int) []int { return []int{2, width, width, 1} }

// waveNet is half the mean squared error of that net on points of sin(3x)cos(2y), stream 1.
func waveNet[T kernel.Float](width, rows int) *nets.Net[T] {
	x, y := make([]float64, 2*rows), make([]float64, rows)
	for i := range x {
		x[i] = 2*uniform(1, uint64(i)) - 1
	}
	for i := range y {
		y[i] = math.Sin(3*x[2*i]) * math.Cos(2*x[2*i+1])
	}
	return must(nets.New(nets.Shape{Sizes: waveSizes(width), Activation: kernel.Tanh, Loss: nets.MSE, Bias: true}, to[T](x), to[T](y)))
}

// waveWeights are its first weights: streams 2, 3, 4 over the root of the inputs of a unit, biases 0.
func waveWeights(width int) []float64 {
	var theta []float64
	sizes := waveSizes(width)
	for l, in := range sizes[:3] {
		out := sizes[l+1]
		w := normals(uint64(2+l), in*out)
		for i := range w {
			w[i] /= math.Sqrt(float64(in))
		}
		theta = append(append(theta, w...), make([]float64, out)...)
	}
	return theta
}

func to[T kernel.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// must panics on an error: the workloads' own data cannot be wrong.
func must[T any](v T, err error) T {
	if err != nil {
		panic("bench: " + err.Error())
	}
	return v
}
