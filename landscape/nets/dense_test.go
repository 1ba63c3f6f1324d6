package nets

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// The Hessian as a whole and the products at a fixed point are those of single products.
func TestHessianOfNets(t *testing.T) {
	ctx := context.Background()
	every(t, func(t *testing.T, n *Net[float64], theta, v []float64) {
		dim := n.Dim()
		whole := make([]float64, dim*dim)
		if err := n.Hessian(ctx, whole, theta); err != nil {
			t.Fatal(err)
		}
		apply := n.HessianAt(ctx, theta)
		unit, column, fixed := make([]float64, dim), make([]float64, dim), make([]float64, dim)
		size := 0.0
		for _, e := range whole {
			size = max(size, math.Abs(e))
		}
		for j := range dim {
			unit[j] = 1
			n.HessVec(column, theta, unit)
			apply(fixed, unit)
			unit[j] = 0
			for i, want := range column {
				if d := math.Abs(whole[i*dim+j] - want); d > 1e-12*max(1, size) {
					t.Fatalf("entry %d, %d of the Hessian is %v, a product says %v", i, j, whole[i*dim+j], want)
				}
				if whole[i*dim+j] != whole[j*dim+i] {
					t.Fatalf("entry %d, %d is %v, its mirror image %v", i, j, whole[i*dim+j], whole[j*dim+i])
				}
				if fixed[i] != want {
					t.Fatalf("entry %d of column %d is %v at the fixed point, %v by a product alone", i, j, fixed[i], want)
				}
			}
		}
	})
}

func TestHessianSameBitsOnAnyCores(t *testing.T) {
	n, theta, _ := example(t, []int{5, 9, 4}, kernel.Tanh, CrossEntropy, true, 0, 200)
	whole := func() []float64 {
		h := make([]float64, n.Dim()*n.Dim())
		if err := n.Hessian(context.Background(), h, theta); err != nil {
			t.Fatal(err)
		}
		return h
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := whole()
	runtime.GOMAXPROCS(4)
	if !slices.Equal(one, whole()) {
		t.Error("four cores give other bits than one")
	}
}

// A product that is made in parts is that of a product alone but for rounding, with the same bits on any cores.
func TestWideProducts(t *testing.T) {
	n, theta, v := example(t, []int{30, 100, 10}, kernel.Tanh, CrossEntropy, true, 0.01, 2100)
	want, one, four := make([]float64, n.Dim()), make([]float64, n.Dim()), make([]float64, n.Dim())
	n.HessVec(want, theta, v)
	apply := n.HessianAt(context.Background(), theta)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	apply(one, v)
	runtime.GOMAXPROCS(4)
	apply(four, v)
	if !slices.Equal(one, four) {
		t.Error("four cores give other bits than one")
	}
	for i := range want {
		if math.Abs(one[i]-want[i]) > 1e-12*max(1, math.Abs(want[i])) {
			t.Fatalf("entry %d is %v in parts, %v in a product alone", i, one[i], want[i])
		}
	}
	if slices.Equal(one, want) {
		t.Error("the product was not made in parts")
	}
}

// A product and a Hessian leave the cores soon after their context has ended.
func TestHessianEndsWithItsContext(t *testing.T) {
	n, theta, v := example(t, []int{20, 60, 10}, kernel.Tanh, CrossEntropy, true, 0, 1500)
	// The best of five: others may hold the processor.
	late := time.Hour
	for range 5 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		start := time.Now()
		if err := n.Hessian(ctx, make([]float64, n.Dim()*n.Dim()), theta); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
		cancel()
		late = min(late, time.Since(start)-10*time.Millisecond)
	}
	if late > 50*time.Millisecond {
		t.Errorf("%v after the end of its context, want 50 ms at most", late)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n.HessianAt(ctx, theta)(make([]float64, n.Dim()), v)
	if _, err := landscape.EndPairs(ctx, n, theta, landscape.EndOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("pairs of an ended context: error %v", err)
	}
}

func benchmarkNet(b *testing.B, sizes []int, rows int) (*Net[float64], []float64, []float64) {
	x, y := make([]float64, rows*sizes[0]), make([]float64, rows*sizes[len(sizes)-1])
	for i := range x {
		x[i] = math.Sin(float64(i))
	}
	for i := range y {
		y[i] = math.Cos(float64(i))
	}
	n, err := New(Shape{Sizes: sizes, Activation: kernel.Tanh, Bias: true}, x, y)
	if err != nil {
		b.Fatal(err)
	}
	theta := n.Shape().Init(Glorot, 1, 1, 0)
	return n, theta, slices.Clone(theta)
}

func BenchmarkHessianAt(b *testing.B) {
	n, theta, v := benchmarkNet(b, []int{2, 64, 64, 1}, 512)
	dst, apply := make([]float64, n.Dim()), n.HessianAt(context.Background(), theta)
	for b.Loop() {
		apply(dst, v)
	}
}

func BenchmarkHessian(b *testing.B) {
	n, theta, _ := benchmarkNet(b, []int{2, 29, 29, 1}, 512)
	h := make([]float64, n.Dim()*n.Dim())
	for b.Loop() {
		if err := n.Hessian(context.Background(), h, theta); err != nil {
			b.Fatal(err)
		}
	}
}
