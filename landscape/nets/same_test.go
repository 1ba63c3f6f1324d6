package nets

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// disguised is the same function with units in another order, turned where that changes nothing, and rescaled.
func disguised(r *rand.Rand, s Shape, theta []float64) []float64 {
	out := slices.Clone(theta)
	layers := s.layers()
	for l, in := range layers[:len(layers)-1] {
		turn := make([]float64, in.out)
		for i := range turn {
			turn[i] = 1
			if s.Activation.Odd() && r.IntN(2) == 0 {
				turn[i] = -1
			}
		}
		arrange(in, layers[l+1], out, r.Perm(in.out), turn)
		if !s.homogeneous() {
			continue
		}
		for i := range in.out {
			scale := math.Exp(r.NormFloat64())
			kernel.Scale(scale, matrix(in, out).Row(i))
			if in.bias >= 0 {
				out[in.bias+i] *= scale
			}
			for k := range layers[l+1].out {
				matrix(layers[l+1], out).Row(k)[i] /= scale
			}
		}
	}
	return out
}

func TestSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, activation := range []kernel.Activation{kernel.Tanh, kernel.ReLU, kernel.LeakyReLU, kernel.Sigmoid, kernel.GELU, kernel.Identity} {
		for _, sizes := range [][]int{{3, 6, 2}, {3, 6, 5, 2}, {2, 8, 8, 8, 1}} {
			for _, bias := range []bool{true, false} {
				n, theta, _ := example(t, sizes, activation, MSE, bias, 0, 20)
				for range 5 {
					other := disguised(r, n.shape, theta)
					if loss := n.Loss(theta); math.Abs(n.Loss(other)-loss) > 1e-10*loss {
						t.Fatalf("%v %v: the disguise changes the loss from %v to %v", activation, sizes, loss, n.Loss(other))
					}
					if got := n.Same(theta, other); got != landscape.Equal {
						t.Errorf("%v %v, bias %v: a net and its disguise are %v, want equal", activation, sizes, bias, got)
					}
					other[r.IntN(len(other))] += 1e-2
					if got := n.Same(theta, other); got == landscape.Equal {
						t.Errorf("%v %v, bias %v: different nets are equal", activation, sizes, bias)
					}
				}
			}
		}
	}
}

// With decay the scale of a unit matters: moving it makes another point of the loss.
func TestSameMindsDecay(t *testing.T) {
	n, theta, _ := example(t, []int{3, 6, 2}, kernel.ReLU, MSE, true, 0, 20)
	other := disguised(rand.New(rand.NewPCG(6, 6)), n.shape, theta)
	if got := n.Decayed(0.1).Same(theta, other); got != landscape.Different {
		t.Errorf("rescaled nets with decay are %v, want different", got)
	}
}

// The minimum of two hidden units of odd activation has 2 orders times 4 turns: eight places that are one.
func TestSearchMergesCopies(t *testing.T) {
	shape := Shape{Sizes: []int{1, 2, 1}, Activation: kernel.Tanh, Bias: true, L2: 0.01}
	x, y := make([]float64, 32), make([]float64, 32)
	for i := range x {
		x[i] = -2 + 4*float64(i)/31
		y[i] = math.Sin(2 * x[i])
	}
	n, err := New(shape, x, y)
	if err != nil {
		t.Fatal(err)
	}
	box := make([][2]float64, n.Dim())
	for i := range box {
		box[i] = [2]float64{-2, 2}
	}
	starts := landscape.Latin(box, 24, 1)
	got, err := landscape.Search{}.Find(context.Background(), n, starts, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := landscape.Search{}.Find(context.Background(), plainly{n}, starts, nil)
	if err != nil {
		t.Fatal(err)
	}
	lowest := got.Points[0]
	same := 0
	for _, p := range all.Points {
		if math.Abs(p.Loss-lowest.Loss) < 1e-9 {
			same++
		}
	}
	if lowest.Label() != "minimum" || lowest.Copies != same || same < 6 || same > 8 {
		t.Errorf("the lowest point is a %s with %d copies; without symmetry %d points have its loss, of 8 that there are", lowest.Label(), lowest.Copies, same)
	}
	if len(got.Points) >= len(all.Points) {
		t.Errorf("%d points up to symmetry, %d without", len(got.Points), len(all.Points))
	}
	for i, p := range got.Points {
		for _, q := range got.Points[i+1:] {
			if math.Abs(p.Loss-q.Loss) < 1e-10 && len(q.PossiblyEqual) == 0 {
				t.Errorf("two points at loss %v", p.Loss)
			}
		}
	}
}

// plainly hides the symmetry of a loss.
type plainly struct{ landscape.Curved }
