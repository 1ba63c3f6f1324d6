package cube

import (
	"context"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

func normal(n int, stream uint64) []float64 {
	v := make([]float64, n)
	rng.NewKey(5, 0, 0, 0, rng.Data).FillNormal(v, stream, 0)
	return v
}

func mustNet(t *testing.T, act Activation, sizes ...int) *Net {
	t.Helper()
	n, err := NewNet(sizes, act)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A lossy net is one on rows, as a loss of its weights.
type lossy struct {
	*Net
	x, y []float64
}

func (l lossy) Loss(theta []float64) float64      { return l.Net.Loss(theta, l.x, l.y) }
func (l lossy) Grad(dst, theta []float64) float64 { return l.Net.Grad(dst, theta, l.x, l.y) }
func (l lossy) HessVec(dst, theta, v []float64)   { l.Net.HessVec(dst, theta, v, l.x, l.y) }
func (l lossy) OnPlane(ctx context.Context, o, u, v []float64) func(losses, s []float64, t float64) {
	return l.Net.OnPlane(ctx, l.x, l.y, o, u, v)
}

// Losses, gradients and Hessian products agree with differences, for every activation and depth.
func TestContract(t *testing.T) {
	for _, act := range []Activation{ReLU, Tanh, Sigmoid} {
		for _, sizes := range [][]int{{4, 1}, {4, 5, 1}, {3, 4, 5, 1}, {3, 4, 3, 4, 1}} {
			n := mustNet(t, act, sizes...)
			f := lossy{n, normal(6*sizes[0], 1), normal(6, 2)}
			landscapetest.Check(t, f, [][]float64{normal(n.Dim(), 3), normal(n.Dim(), 4)})
			o, u, v := normal(n.Dim(), 5), normal(n.Dim(), 6), normal(n.Dim(), 7)
			got, at := make([]float64, 1), make([]float64, n.Dim())
			f.OnPlane(t.Context(), o, u, v)(got, []float64{0.3}, -0.6)
			landscape.Plane{Origin: o, Axes: [2][]float64{u, v}}.Point(at, 0.3, -0.6)
			if want := f.Loss(at); math.Abs(got[0]-want) > 1e-12*(1+want) {
				t.Errorf("%v: on the plane the loss is %v, want %v", sizes, got[0], want)
			}
		}
	}
}

// Without an end to what is let through, and with a far one, clipping changes nothing; with a near one no example weighs
// more than it may; masked weights and frozen layers have no gradient.
func TestClipMaskFreeze(t *testing.T) {
	n := mustNet(t, Tanh, 4, 5, 1)
	x, y, theta := normal(7*4, 1), normal(7, 2), normal(n.Dim(), 3)
	plain, clipped := make([]float64, n.Dim()), make([]float64, n.Dim())
	n.Grad(plain, theta, x, y)
	n.Clip = 1e6
	n.Grad(clipped, theta, x, y)
	if apart := landscape.Distance(plain, clipped); apart > 1e-12 {
		t.Errorf("a far clip changes the gradient by %g", apart)
	}
	n.Clip = 0.5
	for i := range 7 {
		n.Grad(clipped, theta, x[i*4:(i+1)*4], y[i:i+1])
		f := make([]float64, 1)
		n.Outputs(f, theta, x[i*4:(i+1)*4])
		if most := 0.5 * math.Abs(f[0]-y[i]); kernel.Norm(clipped) > most*(1+1e-12) {
			t.Errorf("example %d weighs %g, at most %g", i, kernel.Norm(clipped), most)
		}
	}
	n.Clip = math.Inf(1)
	n.Mask = slices.Repeat([]float64{1, 0, 1, 1, 0}, 4)
	n.Grad(clipped, theta, x, y)
	for i := 1; i < 20; i += 5 {
		if clipped[i] != 0 || clipped[i+1] == 0 {
			t.Errorf("weights %d and %d have the gradients %v and %v; the first is masked", i, i+1, clipped[i], clipped[i+1])
		}
	}
	n.Mask, n.LastOnly = nil, true
	n.Grad(clipped, theta, x, y)
	for i, v := range clipped {
		if (v != 0) != (i >= 25) {
			t.Errorf("weight %d has the gradient %v where only the last layer learns", i, v)
		}
	}
}

// Walsh's transform is its own inverse but for the number of points, and keeps squares.
func TestWalsh(t *testing.T) {
	f := normal(64, 1)
	coef := slices.Clone(f)
	Walsh(coef)
	if a, b := kernel.Dot(coef, coef), kernel.Dot(f, f)/64; math.Abs(a-b) > 1e-12*b {
		t.Errorf("the squares of the coefficients add up to %v, want %v", a, b)
	}
	again := slices.Clone(coef)
	Walsh(again)
	for i := range again {
		if math.Abs(64*again[i]-f[i]) > 1e-12 {
			t.Errorf("value %d comes back as %v, want %v", i, 64*again[i], f[i])
		}
	}
	// A product has one coefficient.
	p := make([]float64, 16)
	for r := range p {
		p[r] = (1 - 2*float64(r&1)) * (1 - 2*float64(r>>2&1))
	}
	Walsh(p)
	for r, c := range p {
		if want := map[bool]float64{true: 1}[r == 5]; c != want {
			t.Errorf("coefficient %d of x_0 x_2 is %v, want %v", r, c, want)
		}
	}
}

// A function of the number of minuses has the levels that its values have.
func TestSymmetric(t *testing.T) {
	const d = 6
	f := func(j int) float64 { return math.Sin(float64(j * j)) }
	values, mean, square := make([]float64, 1<<d), 0.0, 0.0
	for r := range values {
		n := 0
		for b := r; b > 0; b &= b - 1 {
			n++
		}
		values[r] = f(n)
		mean += values[r] / (1 << d)
	}
	for r := range values {
		values[r] -= mean
		square += values[r] * values[r] / (1 << d)
	}
	kernel.Scale(1/math.Sqrt(square), values)
	Walsh(values)
	want := Alignment(Levels(values))
	if got, _ := Symmetric(d, f); math.Abs(got-want) > 1e-12 {
		t.Errorf("the alignment is %v, want %v", got, want)
	}
}

// Sets are read as they are written, and refused by what is wrong with them.
func TestSets(t *testing.T) {
	sets, err := ReadSets("0; 0,1 ;2,0,1")
	if err != nil || len(sets) != 3 || !slices.Equal(sets[2], []int{2, 0, 1}) {
		t.Errorf("read as %v, %v", sets, err)
	}
	for text, d := range map[string]int{"0;x": 5, "0,0": 5, "0,7": 5, "1;1": 5, "": 5, "-1": 5} {
		sets, err := ReadSets(text)
		if err == nil {
			_, err = Parts(sets, nil, d)
		}
		if err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if _, err := Parts([][]int{{0}}, []float64{0}, 3); err == nil {
		t.Error("a target without weight is taken")
	}
	parts, err := Parts([][]int{{0}, {1, 0}}, []float64{3, 4}, 3)
	if err != nil || parts[0].Coef != 0.6 || parts[1].Coef != 0.8 || !slices.Equal(parts[1].Set, []int{0, 1}) {
		t.Errorf("parts are %v, %v", parts, err)
	}
}

// FuzzSets reads any text without panic, and what it takes reads back the same.
func FuzzSets(f *testing.F) {
	for _, s := range []string{"0;0,1;0,1,2", ";", "1,,2", "9999999999999999999", " 3 ; 4,5 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sets, err := ReadSets(text)
		if err != nil {
			return
		}
		out := ""
		for i, s := range sets {
			if i > 0 {
				out += ";"
			}
			out += Written(s)
		}
		again, err := ReadSets(out)
		if err != nil || !slices.EqualFunc(sets, again, slices.Equal) {
			t.Errorf("%q reads as %v, written and read again as %v (%v)", text, sets, again, err)
		}
	})
}
