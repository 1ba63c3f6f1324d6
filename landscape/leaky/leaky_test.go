package leaky

import (
	"errors"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

var key = rng.NewKey(3, 0, 0, 0, rng.Data)

func normal(n int, stream uint64) []float64 {
	v := make([]float64, n)
	key.FillNormal(v, stream, 0)
	return v
}

func turns(n int, scale float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = scale * (1 - 2*float64(i%2))
	}
	return v
}

func mustNew(t *testing.T, x []float64, inputs int, y, a []float64, slope float64, act Activation, c Criterion) *Net {
	t.Helper()
	n, err := New(x, inputs, y, a, slope, act, c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Losses, gradients and products agree with differences, on batches and on planes too; columns no point meets are left
// alone.
func TestContract(t *testing.T) {
	x := normal(5*7, 0)
	for i := range 5 {
		x[i*7+6], x[i*7+5] = 0, 0
	}
	for _, act := range []Activation{Leaky, Smooth} {
		for _, c := range []Criterion{Logistic, Exponential} {
			n := mustNew(t, x, 7, turns(5, 1), turns(6, 1/math.Sqrt(6)), 0.1, act, c)
			w := normal(n.Dim(), 1)
			landscapetest.Check(t, n, [][]float64{w, normal(n.Dim(), 2)})
			grad, u, v := make([]float64, n.Dim()), normal(n.Dim(), 3), normal(n.Dim(), 4)
			n.Grad(grad, w)
			for j := range 6 {
				if grad[j*7+5] != 0 || grad[j*7+6] != 0 {
					t.Fatalf("a weight that no point meets has the gradient %v", grad[j*7+5:j*7+7])
				}
			}
			losses, at := make([]float64, 2), make([]float64, n.Dim())
			n.OnPlane(t.Context(), w, u, v)(losses, []float64{-0.3, 0.7}, 0.2)
			for k, s := range []float64{-0.3, 0.7} {
				landscape.Plane{Origin: w, Axes: [2][]float64{u, v}}.Point(at, s, 0.2)
				if want := n.Loss(at); math.Abs(losses[k]-want) > 1e-12*(1+want) {
					t.Errorf("on the plane the loss is %v, want %v", losses[k], want)
				}
			}
			// The flow of ln L goes the way of the gradient.
			down := make([]float64, n.Dim())
			log := n.Downhill(down, w)
			loss := n.Loss(w)
			for i := range down {
				if math.Abs(down[i]+grad[i]/loss) > 1e-12 {
					t.Fatalf("the direction of ln L is %v, want %v", down[i], -grad[i]/loss)
				}
			}
			if math.Abs(log-math.Log(loss)) > 1e-12 {
				t.Errorf("ln L is %v, want %v", log, math.Log(loss))
			}
		}
	}
}

// A leaky net is homogeneous, a smooth one leaky far away; neither overflows, and a glance is an output.
func TestActivations(t *testing.T) {
	x := normal(4*3, 0)
	n := mustNew(t, x, 3, turns(4, 1), turns(4, 0.5), 0.3, Leaky, Logistic)
	w := normal(n.Dim(), 1)
	f, g := make([]float64, 4), make([]float64, 4)
	n.Outputs(f, w)
	far := slices.Clone(w)
	kernel.Scale(17, far)
	n.Outputs(g, far)
	for i := range f {
		if math.Abs(g[i]-17*f[i]) > 1e-13*math.Abs(g[i]) {
			t.Errorf("output %d of 17 W is %v, want %v", i, g[i], 17*f[i])
		}
	}
	s := mustNew(t, []float64{1}, 1, []float64{1}, []float64{1}, 0.3, Smooth, Exponential)
	limit := -(1 - 0.3) * math.Ln2
	for _, z := range []float64{50, 1e4, -50, -1e4} {
		want := z
		if z < 0 {
			want = 0.3 * z
		}
		if got := s.Output([]float64{z}) - want; math.Abs(got-limit) > 1e-10 {
			t.Errorf("φ(%g) less its line is %v, want %v", z, got, limit)
		}
	}
	for _, z := range []float64{-40, -3, -0.1, 0, 0.2, 5, 60} {
		if got, want := s.Glance([]float64{z}, make([]float64, 1)), s.Output([]float64{z}); math.Abs(got-want) > 1e-7 {
			t.Errorf("at %g a glance sees %v, want %v", z, got, want)
		}
	}
	if v := s.LogLoss([]float64{1e5}); !(v < -9e4) || math.IsInf(v, 0) {
		t.Errorf("ln L of a margin of 1e5 is %v", v)
	}
	if v := s.Loss([]float64{1e7}); !math.IsInf(v, 1) {
		t.Errorf("the loss of an output of 1e7 is %v, want +Inf", v)
	}
}

// The line of largest margin on fifty sets of every kind of support meets its conditions; sets that no line parts are
// refused.
func TestMaxMargin(t *testing.T) {
	for set := range 50 {
		n, d := 4+set%27, 2+set%9
		x, y, z := normal(n*d, uint64(10+set)), make([]float64, n), normal(d, uint64(500+set))
		for i := range y {
			row := x[i*d : (i+1)*d]
			y[i] = 1
			if kernel.Dot(row, z) < 0 {
				y[i] = -1
			}
			kernel.Axpy(row, 0.3*y[i]/kernel.Norm(z), z) // a gap
		}
		l, err := MaxMargin(x, d, y)
		if err != nil {
			t.Fatalf("set %d of %d points in %d dimensions: %v", set, n, d, err)
		}
		low, slack := math.Inf(1), 0.0
		for i := range y {
			m := y[i] * kernel.Dot(l.Z, x[i*d:(i+1)*d])
			low = math.Min(low, m)
			slack = math.Max(slack, math.Abs(l.Alpha[i]*(m-1)))
			if l.Alpha[i] < 0 {
				t.Errorf("set %d: multiplier %d is %v", set, i, l.Alpha[i])
			}
		}
		if size := kernel.Dot(l.Z, l.Z); math.Abs(low-1) > 1e-9 || slack > 1e-9*size || math.Abs(l.Gap) > 1e-9*size {
			t.Errorf("set %d of %d points in %d dimensions: least margin %.12f, slackness %.1e, gap %.1e", set, n, d, low, slack, l.Gap)
		}
	}
	for name, x := range map[string][]float64{"the same point twice": {1, 2, 1, 2}, "opposite points of one kind": {1, 2, -1, -2}} {
		y := []float64{1, -1}
		if name == "opposite points of one kind" {
			y[1] = 1
		}
		if _, err := MaxMargin(x, 2, y); !errors.Is(err, ErrNotSeparable) {
			t.Errorf("%s: %v, want not separable", name, err)
		}
	}
}

// Compressed coordinates keep all products of points and weights, whatever the number of dimensions is to that of rows.
func TestCompress(t *testing.T) {
	for _, d := range []int{3, 7, 12, 20, 60, 400} {
		n, m := 5, 6
		x, w := normal(n*d, 1), normal(m*d, 2)
		px, pw, q, err := Compress(x, n, w, m, d)
		if err != nil {
			t.Fatalf("%d dimensions: %v", d, err)
		}
		if q > min(d, n+m) && q > d {
			t.Errorf("%d dimensions become %d", d, q)
		}
		all, packed := append(slices.Clone(x), w...), append(slices.Clone(px), pw...)
		for i := range n + m {
			for j := range n + m {
				want, got := kernel.Dot(all[i*d:(i+1)*d], all[j*d:(j+1)*d]), kernel.Dot(packed[i*q:(i+1)*q], packed[j*q:(j+1)*q])
				if math.Abs(got-want) > 1e-10*float64(d) {
					t.Fatalf("%d dimensions: product %d, %d is %v, want %v", d, i, j, got, want)
				}
			}
		}
		for i := range n {
			for k := min(n, d); k < q; k++ {
				if px[i*q+k] != 0 {
					t.Fatalf("%d dimensions: point %d has coordinate %d", d, i, k)
				}
			}
		}
	}
	if _, _, _, err := Compress(make([]float64, 4), 2, normal(4, 1), 2, 2); err == nil {
		t.Error("points that are all 0 are compressed")
	}
}

// Turning all labels and the second layer leaves descent's weights as they are, and a turned world its stable rank.
func TestSymmetries(t *testing.T) {
	const n, d, m = 6, 9, 4
	x, y, a := normal(n*d, 1), turns(n, 1), turns(m, 0.5)
	descend := func(x, y, a, w []float64) []float64 {
		net := mustNew(t, x, d, y, a, 0.2, Smooth, Logistic)
		w, grad := slices.Clone(w), make([]float64, m*d)
		for range 30 {
			net.Grad(grad, w)
			kernel.Axpy(w, -0.1, grad)
		}
		return w
	}
	w := normal(m*d, 2)
	minus := func(v []float64) []float64 { v = slices.Clone(v); kernel.Scale(-1, v); return v }
	plain := descend(x, y, a, w)
	if apart := landscape.Distance(plain, descend(x, minus(y), minus(a), w)); apart > 1e-12 {
		t.Errorf("with all labels and signs turned the weights differ by %g", apart)
	}
	// A reflection is a rotation enough: x - 2 (x·v) v.
	v := normal(d, 3)
	kernel.Scale(1/kernel.Norm(v), v)
	reflect := func(rows []float64) []float64 {
		rows = slices.Clone(rows)
		for i := 0; i < len(rows); i += d {
			kernel.Axpy(rows[i:i+d], -2*kernel.Dot(rows[i:i+d], v), v)
		}
		return rows
	}
	one, two := StableRank(SingularValues(plain, d)), StableRank(SingularValues(descend(reflect(x), y, a, reflect(w)), d))
	if math.Abs(one-two) > 1e-10 {
		t.Errorf("in a turned world the stable rank is %v, want %v", two, one)
	}
}

// Bad nets are refused by what is wrong.
func TestRefused(t *testing.T) {
	for name, f := range map[string]func() error{
		"label": func() error {
			_, err := New([]float64{1}, 1, []float64{2}, []float64{1}, 0.5, Leaky, Logistic)
			return err
		},
		"slope": func() error {
			_, err := New([]float64{1}, 1, []float64{1}, []float64{1}, 1, Leaky, Logistic)
			return err
		},
		"number": func() error {
			_, err := New([]float64{1, 2}, 1, []float64{1}, []float64{1}, 0.5, Leaky, Logistic)
			return err
		},
		"nan": func() error {
			_, err := New([]float64{math.NaN()}, 1, []float64{1}, []float64{1}, 0.5, Leaky, Logistic)
			return err
		},
		"sizes": func() error {
			n, _ := New([]float64{1}, 1, []float64{1}, []float64{1, 2}, 0.5, Leaky, Logistic)
			_, err := n.Limit()
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s: nothing is refused", name)
		}
	}
}

// The least of a quadratic over nonnegative numbers meets its conditions, also where some of them end at 0.
func TestLeastQuadratic(t *testing.T) {
	zeros := 0
	for set := range 40 {
		n := 2 + set%9
		half, b := normal(n*(n+2), uint64(700+set)), normal(n, uint64(900+set))
		g := mat.NewSymDense(n, nil)
		for i := range n {
			for j := i; j < n; j++ {
				g.SetSym(i, j, kernel.Dot(half[i*(n+2):(i+1)*(n+2)], half[j*(n+2):(j+1)*(n+2)]))
			}
		}
		u, err := leastQuadratic(g, b)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range u {
			slope := -b[i]
			for k, w := range u {
				slope += g.At(i, k) * w
			}
			if v < 0 || slope < -1e-10 || v > 0 && math.Abs(slope) > 1e-9 {
				t.Errorf("set %d: number %d is %v with the slope %v", set, i, v, slope)
			}
			if v == 0 {
				zeros++
			}
		}
	}
	if zeros < 20 {
		t.Errorf("%d of the numbers are 0: the bound is hardly met", zeros)
	}
}
