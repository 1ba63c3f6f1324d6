package bench

import (
	"context"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
)

// W3 evaluates losses on a 101 x 101 grid over [-1,1]^2 of two filter-normalised directions: of the net of
// W2 on 1024 points, and of a 784-100-10 relu net with cross-entropy on 1024 rows. One item is one loss.
// The check is the mean over every tenth row and column.
func W3() []Workload {
	return []Workload{
		{Name: "w3_small_f64", Make: waveGrid[float64]},
		{Name: "w3_small_f32", Make: waveGrid[float32]},
		{Name: "w3_big_f32", Make: imageGrid},
	}
}

const gridSide = 101

// overGrid goes over the rows of the grid, without end.
func overGrid(row func(losses, s []float64, t float64)) (func() int, func() float64) {
	at := make([]float64, gridSide)
	for i := range at {
		at[i] = -1 + 0.02*float64(i)
	}
	var tenth []float64
	for i := 0; i < gridSide; i += 10 {
		tenth = append(tenth, at[i])
	}
	losses := make([]float64, gridSide)
	sum := 0.0
	for _, t := range tenth {
		row(losses, tenth, t)
		for _, l := range losses[:len(tenth)] {
			sum += l
		}
	}
	k := 0
	return func() int {
		row(losses, at, at[k%gridSide])
		k++
		return gridSide
	}, func() float64 { return sum / 121 }
}

func waveGrid[T kernel.Float]() (func() int, func() float64) {
	net, theta := waveNet[T](waveWidth, 1024), waveWeights(waveWidth)
	var axes [2][]T
	for q := range axes {
		axes[q] = to[T](filtered(net.Blocks(), theta, uint64(5+3*q)))
	}
	return overGrid(net.OnPlane(context.Background(), to[T](theta), axes[0], axes[1]))
}

func imageGrid() (func() int, func() float64) {
	const rows, classes = 1024, 10
	x, y := make([]float32, rows*784), make([]float32, rows*classes)
	for i := range x {
		x[i] = float32(uniform(20, uint64(i)))
	}
	for i := range rows {
		y[i*classes+int(classes*uniform(21, uint64(i)))] = 1
	}
	net := must(nets.New(nets.Shape{Sizes: []int{784, 100, classes}, Activation: kernel.ReLU, Loss: nets.CrossEntropy}, x, y))
	theta := append(normals(22, 784*100), normals(23, 100*classes)...)
	kernel.Scale(1.0/28, theta[:784*100])
	kernel.Scale(1.0/10, theta[784*100:])
	var axes [2][]float32
	for q := range axes {
		axes[q] = to[float32](filtered(net.Blocks(), theta, uint64(24+2*q)))
	}
	return overGrid(net.OnPlane(context.Background(), to[float32](theta), axes[0], axes[1]))
}

// filtered is a direction whose weight rows have the norms of those of theta, 0 on biases; each weight
// block takes the next stream.
func filtered(blocks []landscape.Block, theta []float64, stream uint64) []float64 {
	d := make([]float64, len(theta))
	for _, b := range blocks {
		if !b.Bias {
			copy(d[b.Offset:], normals(stream, b.Rows*b.Columns))
			stream++
		}
	}
	landscape.FilterNormalize(d, d, theta, blocks)
	return d
}
