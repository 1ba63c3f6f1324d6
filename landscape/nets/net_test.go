package nets

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

func normals(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * r.NormFloat64()
	}
	return x
}

// example is a net over random rows: real targets for mse, one-hot ones for cross-entropy.
func example(t testing.TB, sizes []int, a kernel.Activation, loss Loss, bias bool, l2 float64, rows int) (n *Net[float64], theta, v []float64) {
	return overRandom(t, Shape{Sizes: sizes, Activation: a, Loss: loss, Bias: bias, L2: l2}, rows)
}

func overRandom(t testing.TB, s Shape, rows int) (n *Net[float64], theta, v []float64) {
	r := rand.New(rand.NewPCG(11, uint64(rows)))
	x, y := normals(r, rows*s.Inputs(), 1), normals(r, rows*s.Outputs(), 1)
	if s.Loss == CrossEntropy {
		clear(y)
		for i := range rows {
			y[i*s.Outputs()+r.IntN(s.Outputs())] = 1
		}
	}
	n, err := New(s, x, y)
	if err != nil {
		t.Fatal(err)
	}
	return n, normals(r, n.Dim(), 0.7), normals(r, n.Dim(), 1)
}

// every calls f with nets of all activations and losses, over one tile, a short last tile, and no biases.
func every(t *testing.T, f func(t *testing.T, n *Net[float64], theta, v []float64)) {
	for a := kernel.Tanh; a <= kernel.Identity; a++ {
		for _, loss := range []Loss{MSE, CrossEntropy} {
			for _, c := range []struct {
				sizes []int
				bias  bool
				rows  int
			}{{[]int{2, 3}, true, 5}, {[]int{3, 5, 9, 4}, true, 70}, {[]int{9, 10, 3}, false, 64}} {
				t.Run(fmt.Sprint(a, "-", loss, c.sizes), func(t *testing.T) {
					n, theta, v := example(t, c.sizes, a, loss, c.bias, 0.03, c.rows)
					f(t, n, theta, v)
				})
			}
		}
	}
}

func along(theta, v []float64, h float64) []float64 {
	at := slices.Clone(theta)
	kernel.Axpy(at, h, v)
	return at
}

// TestContract holds every kind of net against the contract of a loss, and against its dense Hessian.
func TestContract(t *testing.T) {
	every(t, func(t *testing.T, n *Net[float64], theta, v []float64) {
		landscapetest.Check(t, n, [][]float64{theta})
		hv := make([]float64, n.Dim())
		n.HessVec(hv, theta, v)
		hess, asymmetry := landscape.Hessian(n, theta)
		if asymmetry > 1e-14 {
			t.Errorf("asymmetry %v", asymmetry)
		}
		for i := range hv {
			if want := kernel.Dot(hess[i*n.Dim():][:n.Dim()], v); math.Abs(want-hv[i]) > 1e-12 {
				t.Errorf("row %d of the Hessian gives %v, the product %v", i, want, hv[i])
			}
		}
	})
}

func TestHessVecAgainstDifferences(t *testing.T) {
	every(t, func(t *testing.T, n *Net[float64], theta, v []float64) {
		hv, low, high := make([]float64, n.Dim()), make([]float64, n.Dim()), make([]float64, n.Dim())
		n.HessVec(hv, theta, v)
		const h = 1e-6
		n.Grad(low, along(theta, v, -h))
		n.Grad(high, along(theta, v, h))
		for i := range hv {
			if d := (high[i] - low[i]) / (2 * h); math.Abs(d-hv[i]) > 2e-7 {
				t.Errorf("component %d is %v, differences give %v", i, hv[i], d)
			}
		}
	})
}

func TestCurve(t *testing.T) {
	n, a, b := example(t, []int{3, 6, 2}, kernel.Tanh, CrossEntropy, true, 0.1, 30)
	c, g, scratch := along(a, b, 0.3), make([]float64, n.Dim()), make([]float64, n.Dim())
	const place, h = 0.3, 1e-5
	loss := landscape.CurveGrad(n, g, scratch, a, c, b, place)
	if want := n.Loss(scratch); loss != want {
		t.Errorf("loss %v, at the point of the curve %v", loss, want)
	}
	for i := range g {
		e := make([]float64, n.Dim())
		e[i] = 1
		high := landscape.CurveGrad(n, make([]float64, n.Dim()), scratch, a, along(c, e, h), b, place)
		low := landscape.CurveGrad(n, make([]float64, n.Dim()), scratch, a, along(c, e, -h), b, place)
		if d := (high - low) / (2 * h); math.Abs(d-g[i]) > 1e-8 {
			t.Errorf("component %d is %v, differences give %v", i, g[i], d)
		}
	}
	if got := landscape.Barrier([]float64{0, 0.25, 0.5, 1}, []float64{1, 2.5, 2, 3}, 1, 3); got != 1 {
		t.Errorf("barrier %v, want 1", got)
	}
}

// TestByHand: one row, one tanh unit, weights 0.5 and 2, worked out on paper.
func TestByHand(t *testing.T) {
	n, err := New(Shape{Sizes: []int{1, 1, 1}, Activation: kernel.Tanh, L2: 0.1}, []float64{1}, []float64{3})
	if err != nil {
		t.Fatal(err)
	}
	a := math.Tanh(0.5)
	e, s := 2*a-3, 1-a*a
	g, hv := make([]float64, 2), make([]float64, 2)
	loss := n.Grad(g, []float64{0.5, 2})
	n.HessVec(hv, []float64{0.5, 2}, []float64{1, 0})
	for _, c := range [][2]float64{
		{loss, 0.5*e*e + 0.05*4.25},
		{g[0], e*2*s + 0.05}, {g[1], e*a + 0.2},
		{hv[0], 4*s*s - 4*e*a*s + 0.1}, {hv[1], 2*s*a + e*s},
	} {
		if math.Abs(c[0]-c[1]) > 1e-14 {
			t.Errorf("got %v, want %v", c[0], c[1])
		}
	}
}

func TestMinibatches(t *testing.T) {
	every(t, func(t *testing.T, n *Net[float64], theta, v []float64) {
		all := make([]int, n.Len())
		for i := range all {
			all[i] = i
		}
		full, g := make([]float64, n.Dim()), make([]float64, n.Dim())
		want := n.Grad(full, theta)
		if got := n.GradAt(g, theta, all); got != want || !slices.Equal(g, full) {
			t.Errorf("the batch of all rows in order has loss %v and another gradient than all rows, %v", got, want)
		}
		batch := []int{3, 0, 3, n.Len() - 1}
		sub, err := n.Over(pick(n.x, batch, n.shape.Inputs()), pick(n.y, batch, n.shape.Outputs()))
		if err != nil {
			t.Fatal(err)
		}
		want = sub.Grad(full, theta)
		if got := n.GradAt(g, theta, batch); got != want || !slices.Equal(g, full) {
			t.Errorf("the batch has loss %v, a net over its rows %v", got, want)
		}
	})
}

func pick(data []float64, rows []int, width int) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, data[r*width:][:width]...)
	}
	return out
}

func TestReLUAtZero(t *testing.T) {
	n, _ := New(Shape{Sizes: []int{1, 1, 1}, Activation: kernel.ReLU}, []float64{1}, []float64{1})
	g, hv := []float64{9, 9}, []float64{9, 9}
	n.Grad(g, []float64{0, 5})
	n.HessVec(hv, []float64{0, 5}, []float64{1, 1})
	if !slices.Equal(g, []float64{0, 0}) || !slices.Equal(hv, []float64{0, 0}) {
		t.Errorf("gradient %v and product %v, want zeros", g, hv)
	}
}

func TestManyIsOneByOne(t *testing.T) {
	n, theta, v := example(t, []int{3, 6, 2}, kernel.GELU, CrossEntropy, true, 0.1, 100)
	points := slices.Concat(theta, v, along(theta, v, 0.5))
	losses := make([]float64, 3)
	n.Losses(losses, points)
	for i := range losses {
		if want := n.Loss(points[i*n.Dim():][:n.Dim()]); losses[i] != want {
			t.Errorf("point %d: %v among many, %v alone", i, losses[i], want)
		}
	}
}

func TestOnPlane(t *testing.T) {
	every(t, func(t *testing.T, n *Net[float64], theta, v []float64) {
		u := along(v, theta, 0.5)
		for _, l2 := range []float64{0, 0.5} {
			net := n.Decayed(l2)
			row := net.OnPlane(context.Background(), theta, u, v)
			long := make([]float64, 41)
			for i := range long {
				long[i] = 9 + 0.1*float64(i*i)/40
			}
			for _, s := range [][]float64{{0}, {1}, {-0.5}, {-1, -0.9, -0.5, -0.1, 0, 0.2, 0.21, 0.7, 1}, long, {3, 2, 1, 0, 4, 5, 6, 7, 8}} {
				losses := make([]float64, len(s))
				row(losses, s, 0.25)
				for i, got := range losses {
					want := net.Loss(along(along(theta, u, s[i]), v, 0.25))
					if math.Abs(got-want) > 1e-12*want {
						t.Errorf("at %v of %v: %v on the plane, %v in space", s[i], s, got, want)
					}
				}
			}
		}
	})
}

func TestDecayed(t *testing.T) {
	n, theta, _ := example(t, []int{3, 6, 2}, kernel.Tanh, MSE, true, 0, 20)
	want := n.Loss(theta) + 0.5*0.3*kernel.Dot(theta, theta)
	if got := n.Decayed(0.3).Loss(theta); math.Abs(got-want) > 1e-14*want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPrecisions(t *testing.T) {
	n, theta, v := example(t, []int{3, 9, 8, 2}, kernel.Tanh, CrossEntropy, true, 0.03, 100)
	n32, err := New(n.shape, to[float32](n.x), to[float32](n.y))
	if err != nil {
		t.Fatal(err)
	}
	g, g32 := make([]float64, n.Dim()), make([]float32, n.Dim())
	if want, got := n.Grad(g, theta), n32.Grad(g32, to[float32](theta)); math.Abs(got-want) > 1e-6 {
		t.Errorf("loss %v in float32, %v in float64", got, want)
	}
	n.HessVec(v, theta, g)
	h32 := make([]float32, n.Dim())
	n32.HessVec(h32, to[float32](theta), g32)
	for i := range g {
		if math.Abs(g[i]-float64(g32[i])) > 1e-6 || math.Abs(v[i]-float64(h32[i])) > 1e-5 {
			t.Fatalf("component %d: %v and %v in float32, %v and %v in float64", i, g32[i], h32[i], g[i], v[i])
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	n, theta, v := example(t, []int{4, 40, 30, 3}, kernel.Tanh, CrossEntropy, true, 0.01, 200)
	g, batch := make([]float64, n.Dim()), []int{5, 9, 100, 3}
	losses := make([]float64, 1)
	plane := n.OnPlane(context.Background(), theta, theta, v)
	s := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}
	row := make([]float64, len(s))
	kinked, at, _ := example(t, []int{4, 40, 30, 3}, kernel.ReLU, CrossEntropy, true, 0.01, 200)
	swept := kinked.OnPlane(context.Background(), at, at, v)
	if allocs := testing.AllocsPerRun(50, func() {
		n.Loss(theta)
		n.Grad(g, theta)
		n.GradAt(g, theta, batch)
		n.HessVec(g, theta, v)
		n.Losses(losses, theta)
		plane(row, s, 0.2)
		swept(row, s, 0.2)
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestSameBitsOnAnyCoresAndTogether(t *testing.T) {
	n, theta, v := example(t, []int{8, 30, 5}, kernel.Sigmoid, CrossEntropy, true, 0.01, 300)
	calculate := func() []float64 {
		g, hv := make([]float64, n.Dim()), make([]float64, n.Dim())
		loss := n.Grad(g, theta)
		n.HessVec(hv, theta, v)
		return append(append(g, hv...), loss)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := calculate()
	runtime.GOMAXPROCS(2)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 10 {
				if !slices.Equal(calculate(), want) {
					t.Error("other bits")
				}
			}
		})
	}
	wait.Wait()
}

func TestPredictions(t *testing.T) {
	// Two classes split by the sign of the first input.
	x := []float64{1, 5, -1, 5, 2, -3, -2, 0}
	n, _ := New(Shape{Sizes: []int{2, 2}, Loss: CrossEntropy}, x, []float64{1, 0, 0, 1, 0, 1, 0, 1})
	theta := []float64{1, 0, -1, 0}
	if got := n.Outputs(theta); !slices.Equal(got, []float64{1, -1, -1, 1, 2, -2, -2, 2}) {
		t.Errorf("outputs %v", got)
	}
	if got := n.Confusion(theta); !slices.Equal(got, []int{1, 0, 1, 2}) {
		t.Errorf("confusion %v", got)
	}
	if got := n.Accuracy(theta); got != 0.75 {
		t.Errorf("accuracy %v", got)
	}
	if got := n.Accuracy(make([]float64, 4)); got != 0.25 {
		t.Errorf("ties go to the first class: accuracy %v", got)
	}
	picture := make([]float64, 2*3*2)
	n.Decision(picture, theta, Box{-3, 3, 0, 1}, 3, 2)
	p := 1 / (1 + math.Exp(-4))
	for i, want := range []float64{1 - p, p, 0.5, 0.5, p, 1 - p, 1 - p, p, 0.5, 0.5, p, 1 - p} {
		if math.Abs(picture[i]-want) > 1e-15 {
			t.Errorf("decision %v", picture)
			break
		}
	}
}

func TestInit(t *testing.T) {
	s := Shape{Sizes: []int{200, 100, 50}, Bias: true}
	for law, want := range map[Init]float64{Glorot: math.Sqrt(2.0 / 300), He: math.Sqrt(2.0 / 200), Normal: 1} {
		theta := s.Init(law, 0.5, 7, 0)
		w := theta[:20000]
		if got := math.Sqrt(kernel.Dot(w, w) / 20000); math.Abs(got/(0.5*want)-1) > 0.02 {
			t.Errorf("%v: deviation %v, want %v", law, got, 0.5*want)
		}
		if b := theta[20000:20100]; slices.Max(b) != 0 || slices.Min(b) != 0 {
			t.Errorf("%v: biases are not 0", law)
		}
		if back, err := ParseInit(law.String()); err != nil || back != law {
			t.Errorf("%v does not parse back", law)
		}
	}
	// The first two values of the specification's example 2-3-2, glorot, seed 1, run 0.
	if got := (Shape{Sizes: []int{2, 3, 2}, Bias: true}).Init(Glorot, 1, 1, 0)[0]; math.Abs(got+0.6699666300989943) > 1e-12 {
		t.Errorf("first value %v", got)
	}
	if slices.Equal(s.Init(He, 1, 1, 0), s.Init(He, 1, 1, 1)) {
		t.Error("two runs begin at the same point")
	}
}

func TestBatches(t *testing.T) {
	b := NewBatches(rng.NewKey(1, 0, 0, 0, rng.Batch), 7, 3)
	if b.PerEpoch() != 3 {
		t.Errorf("%d batches in an epoch", b.PerEpoch())
	}
	epoch := func(e int) (rows []int) {
		for s := range 3 {
			rows = append(rows, b.At(3*e+s)...)
		}
		return rows
	}
	first, second := epoch(0), epoch(1)
	if !slices.Equal(epoch(0), first) || slices.Equal(first, second) {
		t.Errorf("epochs %v and %v", first, second)
	}
	if len(b.At(2)) != 1 {
		t.Errorf("the last batch is %v", b.At(2))
	}
	slices.Sort(second)
	if !slices.Equal(second, []int{0, 1, 2, 3, 4, 5, 6}) {
		t.Errorf("an epoch holds %v", second)
	}
	if got := NewBatches(1, 4, 100).At(3); len(got) != 4 {
		t.Errorf("a batch larger than the data is %v", got)
	}
}

func TestBlocksCoverTheParameter(t *testing.T) {
	for _, bias := range []bool{true, false} {
		s := Shape{Sizes: []int{3, 5, 2}, Bias: bias}
		at := 0
		for _, b := range s.Blocks() {
			if b.Offset != at {
				t.Errorf("block %+v begins at %d, expected %d", b, b.Offset, at)
			}
			at += b.Rows * b.Columns
		}
		if at != s.Dim() {
			t.Errorf("blocks hold %d of %d parameters", at, s.Dim())
		}
		if l := s.Layers(); l[0][0] != 0 || l[0][1] != l[1][0] || l[1][1] != s.Dim() {
			t.Errorf("layers %v of %d parameters", l, s.Dim())
		}
	}
}

func TestErrors(t *testing.T) {
	for want, f := range map[string]func() error{
		"'hinge' is none of mse":   func() error { _, err := ParseLoss("hinge"); return err },
		"'zero' is none of glorot": func() error { _, err := ParseInit("zero"); return err },
		"at least two sizes":       func() error { _, err := New(Shape{Sizes: []int{3}}, []float64{1}, nil); return err },
		"must be at least 1":       func() error { _, err := New(Shape{Sizes: []int{3, 0}}, []float64{1}, nil); return err },
		"got 3 input values": func() error {
			_, err := New(Shape{Sizes: []int{2, 1}}, []float64{1, 2, 3}, []float64{1})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The benchmarks have the shape of workloads w2 (2-64-64-1, 512 rows or batches of 32) and w3 (1024 rows).

func benchmarkGrad[T kernel.Float](b *testing.B, batch int) {
	n, theta, _ := example(b, []int{2, 64, 64, 1}, kernel.Tanh, MSE, true, 0, 512)
	net, g := convert[T](b, n), make([]T, n.Dim())
	at, rows := to[T](theta), make([]int, batch)
	for i := range rows {
		rows[i] = i
	}
	for b.Loop() {
		if batch > 0 {
			net.GradAt(g, at, rows)
		} else {
			net.Grad(g, at)
		}
	}
}

func to[T kernel.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

func convert[T kernel.Float](b *testing.B, n *Net[float64]) *Net[T] {
	m, err := New(n.shape, to[T](n.x), to[T](n.y))
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkGradFull(b *testing.B)    { benchmarkGrad[float64](b, 0) }
func BenchmarkGradFull32(b *testing.B)  { benchmarkGrad[float32](b, 0) }
func BenchmarkGradBatch(b *testing.B)   { benchmarkGrad[float64](b, 32) }
func BenchmarkGradBatch32(b *testing.B) { benchmarkGrad[float32](b, 32) }

func BenchmarkLoss(b *testing.B) {
	n, theta, _ := example(b, []int{2, 64, 64, 1}, kernel.Tanh, MSE, true, 0, 1024)
	for b.Loop() {
		n.Loss(theta)
	}
}

func BenchmarkHessVec(b *testing.B) {
	n, theta, v := example(b, []int{2, 64, 64, 1}, kernel.Tanh, MSE, true, 0, 512)
	hv := make([]float64, n.Dim())
	for b.Loop() {
		n.HessVec(hv, theta, v)
	}
}
