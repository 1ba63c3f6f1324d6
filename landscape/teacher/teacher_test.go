package teacher

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

// start is W as a run draws it: normal, of variance 1/d.
func start(p *Problem, seed uint64) []float64 {
	x := make([]float64, p.Dim())
	rng.NewKey(seed, 0, 0, 0, rng.Init).FillNormal(x, 0, 0)
	kernel.Scale(1/math.Sqrt(float64(p.D)), x)
	return x
}

func mustFind(t testing.TB, f Family, d int) *Point {
	t.Helper()
	p, err := Find(f, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The losses keep landscape's contract: gradients, products with the Hessian, nothing changed, nothing allocated.
func TestContract(t *testing.T) {
	bent, err := Perturbed(4, 3, 0.3, 7)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Problem{"orthonormal": Orthonormal(5, 5), "wide": Orthonormal(7, 4), "narrow": Orthonormal(2, 5), "perturbed": bent, "one": Orthonormal(1, 1)} {
		t.Run(name, func(t *testing.T) {
			x := start(p, 3)
			if name == "one" {
				x[0] = 0.7 // in one dimension all neurons are parallel
			}
			landscapetest.Check(t, p, [][]float64{x, start(p, 4)})
		})
	}
}

// The whole Hessian filled by blocks is that made of products, also at points whose neurons are parallel.
func TestHessianByBlocks(t *testing.T) {
	bent, err := Perturbed(4, 4, 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	two := mustFind(t, II, 8)
	for name, c := range map[string]struct {
		p *Problem
		x []float64
	}{
		"random": {Orthonormal(5, 4), start(Orthonormal(5, 4), 2)}, "perturbed": {bent, start(bent, 5)},
		"split": {Orthonormal(9, 8), Split(two.W(), 8, 8, 0, 0.3)}, "solution": {Orthonormal(4, 4), Orthonormal(4, 4).Solution(make([]float64, 16))},
	} {
		h := make([]float64, c.p.Dim()*c.p.Dim())
		if err := c.p.Hessian(t.Context(), h, c.x); err != nil {
			t.Fatal(err)
		}
		n := c.p.Dim()
		v, got := make([]float64, n), make([]float64, n)
		for j := range n {
			v[j] = 1
			c.p.HessVec(got, c.x, v)
			v[j] = 0
			for i := range n {
				if math.Abs(got[i]-h[i*n+j]) > 1e-13 {
					t.Fatalf("%s: entry %d, %d of the Hessian is %v by blocks, %v by a product", name, i, j, h[i*n+j], got[i])
				}
			}
		}
	}
}

// Euler: the loss is half of w.g plus what the teacher alone leaves, because the kernel is homogeneous of degree 1 in each.
func TestEuler(t *testing.T) {
	p := Orthonormal(6, 5)
	x, g := start(p, 9), make([]float64, p.Dim())
	p.Grad(g, x)
	want := 0.0
	for i := range p.K {
		for j := range p.K {
			want += Kernel(p.Row(x, i), p.Row(x, j))
		}
		for j := range p.Teachers {
			want -= Kernel(p.Row(x, i), p.Teacher()[j*p.D:(j+1)*p.D])
		}
	}
	if got := kernel.Dot(x, g); math.Abs(got-want) > 1e-12 {
		t.Errorf("sum of w.g is %v, the kernels say %v", got, want)
	}
}

// The order of neurons changes nothing, nor that of coordinates against the unit vectors.
func TestOrderOfNeuronsAndCoordinates(t *testing.T) {
	p := Orthonormal(6, 5)
	x := start(p, 11)
	rows, columns := []int{3, 0, 5, 1, 4, 2}, []int{4, 2, 0, 1, 3}
	y := make([]float64, len(x))
	for i := range p.K {
		for a := range p.D {
			y[i*p.D+a] = x[rows[i]*p.D+columns[a]]
		}
	}
	if a, b := p.Loss(x), p.Loss(y); math.Abs(a-b) > 1e-13*math.Abs(a) {
		t.Errorf("the loss changes from %v to %v with the order", a, b)
	}
	if p.Same(x, y) != landscape.Equal {
		t.Error("the two orders do not count as the same point")
	}
	y[0] += 0.1
	if p.Same(x, y) == landscape.Equal {
		t.Error("different points count as the same")
	}
}

// Parallel and opposite neurons, where the arc cosine has no digits, have finite curvature and the exact loss.
func TestParallelNeurons(t *testing.T) {
	p := Orthonormal(2, 3)
	for _, sign := range []float64{1, -1} {
		for _, off := range []float64{0, 1e-12, 1e-9, 1e-7, 1e-4} {
			x := []float64{0.6, 0.2, 0.1, sign * 1.2, sign * 0.4, sign*0.2 + off}
			g, h := make([]float64, 6), make([]float64, 36)
			loss := p.Grad(g, x)
			if err := p.Hessian(t.Context(), h, x); err != nil {
				t.Fatal(err)
			}
			if !landscape.Finite(append(slices.Concat(g, h), loss)) {
				t.Errorf("sign %v off by %v: loss %v, gradient %v, Hessian %v", sign, off, loss, g, h)
			}
			if landscape.SymmetricEigenvalues(h, 6)[5] > 10 {
				t.Errorf("sign %v off by %v: the curvature is not bounded", sign, off)
			}
		}
	}
	w := []float64{0.3, -0.4}
	if got, want := Kernel(w, []float64{0.6, -0.8}), 0.25; math.Abs(got-want) > 1e-16 {
		t.Errorf("the kernel of parallel vectors is %v, want half their product %v", got, want)
	}
	if got := Kernel(w, []float64{-0.6, 0.8}); math.Abs(got) > 1e-17 {
		t.Errorf("the kernel of opposite vectors is %v, want 0", got)
	}
}

// A neuron without a direction adds nothing and stays.
func TestNeuronAtZero(t *testing.T) {
	p, q := Orthonormal(3, 3), Orthonormal(2, 3)
	x := start(p, 1)
	clear(x[6:])
	g, h := make([]float64, 9), make([]float64, 9)
	if got, want := p.Grad(g, x), q.Loss(x[:6]); math.Abs(got-want) > 1e-15 {
		t.Errorf("the loss with a neuron at 0 is %v, without it %v", got, want)
	}
	p.HessVec(h, x, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
	if !landscape.Finite(g) || !landscape.Finite(h) || g[6] != 0 || h[6] != 0 {
		t.Errorf("gradient %v, product %v of a neuron at 0", g, h)
	}
}

// The mean gradient of 4000 batches of 8 lies within 4 standard errors of the exact one in each of 12 entries; by chance
// that fails in one of 1300 seeds.
func TestSamplesAreUnbiased(t *testing.T) {
	p := Orthonormal(4, 3)
	x, want, g := start(p, 6), make([]float64, 12), make([]float64, 12)
	loss := p.Grad(want, x)
	const batches, size = 4000, 8
	in := make([]float64, size*3)
	key := rng.NewKey(1, 0, 0, 0, rng.Batch)
	mean, square, seen := make([]float64, 12), make([]float64, 12), 0.0
	for b := range batches {
		key.FillNormal(in, uint64(b), 0)
		seen += p.SampleGrad(g, x, in) / batches
		for i := range g {
			mean[i] += g[i] / batches
			square[i] += g[i] * g[i] / batches
		}
	}
	for i := range g {
		if e := math.Sqrt((square[i] - mean[i]*mean[i]) / batches); math.Abs(mean[i]-want[i]) > 4*e {
			t.Errorf("entry %d: mean of samples %v, exact %v, standard error %v", i, mean[i], want[i], e)
		}
	}
	if math.Abs(seen-loss) > 0.02 {
		t.Errorf("mean loss of samples %v, exact %v", seen, loss)
	}
}

// Spectra by symmetry are those of the dense Hessian, multiplicities counted.
func TestIsotypicAgainstDense(t *testing.T) {
	for _, f := range Families {
		for _, d := range []int{6, 7, 10} {
			point := mustFind(t, f, d)
			h := make([]float64, d*d*d*d)
			if err := Orthonormal(d, d).Hessian(context.Background(), h, point.W()); err != nil {
				t.Fatal(err)
			}
			want := landscape.SymmetricEigenvalues(h, d*d)
			got, known := Orthonormal(d, d).Eigenvalues(point.W())
			if !known || len(got) != len(want) {
				t.Fatalf("%s in %d dimensions: %d eigenvalues by symmetry, want %d", f, d, len(got), len(want))
			}
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-10 {
					t.Errorf("%s in %d dimensions: eigenvalue %d is %v by symmetry, %v of the dense Hessian", f, d, i, got[i], want[i])
				}
			}
		}
	}
}

// A point whose rows and columns were moved is recognised, a random one is not.
func TestRecognised(t *testing.T) {
	const d = 8
	p := Orthonormal(d, d)
	for _, f := range Families {
		point := mustFind(t, f, d)
		x, w := make([]float64, d*d), point.W()
		for i := range d {
			for a := range d {
				x[i*d+a] = w[(i*3+2)%d*d+(a*5+1)%d]
			}
		}
		if got, s, known := p.Nearest(x); !known || got != f || s > 1e-12 {
			t.Errorf("%s moved about is taken for %s at distance %.2g", f, got, s)
		}
		if l, known := p.Isotypic(x, 1e-10); !known || Index(l, 1e-9) != Index(point.Levels(), 1e-9) {
			t.Errorf("%s moved about has no spectrum by symmetry", f)
		}
	}
	if _, known := p.Isotypic(start(p, 1), 1e-6); known {
		t.Error("a random point counts as symmetric")
	}
}

// Newton's method stays where it found a critical point.
func TestNewtonRests(t *testing.T) {
	for _, f := range Families {
		point := mustFind(t, f, 9)
		again, _, err := point.Space.Newton(Orthonormal(9, 9), point.Xi)
		if err != nil {
			t.Fatal(err)
		}
		for q := range again {
			if math.Abs(again[q]-point.Xi[q]) > 1e-12 {
				t.Errorf("%s moves from %v to %v", f, point.Xi, again)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for name, make := range map[string]func() error{
		"no neuron":        func() error { _, err := New(0, 3, nil); return err },
		"a teacher at 0":   func() error { _, err := New(2, 2, []float64{1, 0, 0, 0}); return err },
		"a NaN":            func() error { _, err := New(2, 2, []float64{1, 0, math.NaN(), 1}); return err },
		"half a row":       func() error { _, err := New(2, 2, []float64{1, 0, 1}); return err },
		"family in 5":      func() error { _, err := Find(II, 5); return err },
		"an empty space":   func() error { _, err := NewSpace(nil, 1); return err },
		"a part of nobody": func() error { _, err := NewSpace([]int{2, 0}, 0); return err },
	} {
		if make() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Equal bits from many goroutines at once.
func TestConcurrent(t *testing.T) {
	p := Orthonormal(10, 10)
	x := start(p, 1)
	want := make([]float64, p.Dim())
	p.Grad(want, x)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			g := make([]float64, p.Dim())
			for range 50 {
				p.Grad(g, x)
				if !slices.Equal(g, want) {
					t.Error("the gradient differs")
					return
				}
			}
		})
	}
	wait.Wait()
}

func BenchmarkGrad(b *testing.B) {
	for name, d := range map[string]int{"10": 10, "20": 20, "100": 100} {
		b.Run(name, func(b *testing.B) {
			p := Orthonormal(d, d)
			x, g := start(p, 1), make([]float64, d*d)
			for b.Loop() {
				p.Grad(g, x)
			}
		})
	}
}

func BenchmarkFamilies(b *testing.B) {
	for b.Loop() {
		places.Clear()
		for d := 6; d <= 20; d++ {
			for _, f := range Families {
				mustFind(b, f, d)
			}
		}
	}
}
