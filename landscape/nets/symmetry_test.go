package nets

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"thalweg/landscape/kernel"
)

// TestAlignUndoesShuffling: a net whose hidden units were reordered and turned comes back, bit for bit.
func TestAlignUndoesShuffling(t *testing.T) {
	for _, bias := range []bool{true, false} {
		n, theta, _ := example(t, []int{3, 6, 5, 2}, kernel.Tanh, MSE, bias, 0, 20)
		shuffled := slices.Clone(theta)
		for l := range 2 {
			in, out := n.layers[l], n.layers[l+1]
			for i := range in.out {
				j := (i*in.in + l + 1) % in.out // 3 and 6 with 6 and 5 units: not always a permutation
				if i%2 == 0 {
					j = in.out - 1 - i
				}
				swapUnits(in, out, shuffled, i, j)
			}
			turnUnit(in, out, shuffled, 1)
		}
		if math.Abs(n.Loss(shuffled)-n.Loss(theta)) > 1e-13 {
			t.Fatalf("shuffling moved the loss from %v to %v", n.Loss(theta), n.Loss(shuffled))
		}
		r := Align(n.shape, theta, shuffled, true)
		if math.Abs(n.Loss(r.Theta)-n.Loss(theta)) > 1e-13 {
			t.Errorf("aligning moved the loss from %v to %v", n.Loss(theta), n.Loss(r.Theta))
		}
		if !slices.Equal(r.Theta, theta) || r.Turned != 2 {
			t.Errorf("%d moved, %d turned in %d sweeps, but the net is not the first one", r.Moved, r.Turned, r.Sweeps)
		}
		if again := Align(n.shape, theta, theta, true); again.Moved+again.Turned != 0 || again.Sweeps != 1 {
			t.Errorf("an aligned net moves: %+v", again)
		}
		// Row i of the aligned layer is row Units[0][i] of the other, turned by its sign.
		for i, u := range r.Units[0] {
			want := slices.Clone(matrix(n.layers[0], shuffled).Row(u))
			kernel.Scale(r.Signs[0][i], want)
			if !slices.Equal(matrix(n.layers[0], r.Theta).Row(i), want) {
				t.Errorf("unit %d is not unit %d of the other net", i, u)
			}
		}
	}
}

func swapUnits(in, out layer, theta []float64, i, j int) {
	a, b := matrix(in, theta).Row(i), matrix(in, theta).Row(j)
	for k := range a {
		a[k], b[k] = b[k], a[k]
	}
	if in.bias >= 0 {
		theta[in.bias+i], theta[in.bias+j] = theta[in.bias+j], theta[in.bias+i]
	}
	for k := range out.out {
		row := matrix(out, theta).Row(k)
		row[i], row[j] = row[j], row[i]
	}
}

func turnUnit(in, out layer, theta []float64, i int) {
	kernel.Scale(-1, matrix(in, theta).Row(i))
	if in.bias >= 0 {
		theta[in.bias+i] *= -1
	}
	for k := range out.out {
		matrix(out, theta).Row(k)[i] *= -1
	}
}

// TestHalfSteps lets a small linear net learn two modes and compares the steps with the prediction.
func TestHalfSteps(t *testing.T) {
	const step = 0.02
	truth := Modes{Values: []float64{2, 0.8}, Left: [][]float64{{0.6, 0.8}, {0.8, -0.6}}, Right: [][]float64{{1, 0, 0}, {0, 0, 1}}}
	a := truth.Map()
	modes := SingularModes(a)
	for i, v := range truth.Values {
		if math.Abs(modes.Values[i]-v) > 1e-14 {
			t.Errorf("mode %d has strength %v, want %v", i, modes.Values[i], v)
		}
	}
	x, y := make([]float64, 9), make([]float64, 6) // three rows with second moment 1
	for i := range 3 {
		x[4*i] = math.Sqrt(3)
	}
	kernel.MulNT(kernel.Dense(3, 2, y), kernel.Dense(3, 3, x), a, false)
	s := Shape{Sizes: []int{3, 4, 2}, Activation: kernel.Identity}
	n, err := New(s, x, y)
	if err != nil {
		t.Fatal(err)
	}
	theta := s.Init(Normal, 1e-4, 3, 0)
	predicted := modes.HalfSteps(s, theta, step)
	g, strength, seen := make([]float64, n.Dim()), make([]float64, 2), []int{-1, -1}
	for k := range 3000 {
		modes.Strengths(strength, s, theta)
		for i, v := range strength {
			if seen[i] < 0 && v >= modes.Values[i]/2 {
				seen[i] = k
			}
		}
		n.Grad(g, theta)
		kernel.Axpy(theta, -step, g)
	}
	for i, k := range seen {
		if math.Abs(float64(k)-predicted[i]) > 1.5 {
			t.Errorf("mode %d is half grown at step %d, predicted %.1f", i, k, predicted[i])
		}
	}
}

// A cancelled alignment of wide nets, which takes a second whole, ends within a layer.
func TestAlignCancelled(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time, of which the race detector takes too much")
	}
	n := &Net[float64]{shape: Shape{Sizes: []int{2, 512, 360, 10}, Activation: kernel.Tanh, Bias: true}}
	a, b := n.shape.Init(He, 1, 1, 0), n.shape.Init(He, 1, 2, 1)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	from := time.Now()
	aligned, _, _, err := n.Align(ctx, a, b, true)
	if late := time.Since(from); !errors.Is(err, context.Canceled) || aligned != nil || late > 500*time.Millisecond {
		t.Errorf("%v after %v, aligned %v; want it cancelled at once", err, late, aligned != nil)
	}
}
