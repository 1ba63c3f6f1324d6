package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func random(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// at reads element (i, j) of a, or of its transpose.
func at(a Mat[float64], turned bool, i, j int) float64 {
	if turned {
		i, j = j, i
	}
	return a.Data[i*a.Stride+j]
}

func TestProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][3]int{{1, 1, 1}, {2, 3, 4}, {5, 7, 3}, {4, 64, 9}, {3, 1, 2}, {7, 33, 13}, {64, 64, 64}} {
		m, n, k := shape[0], shape[1], shape[2]
		for kind, f := range map[string]func(c, a, b Mat[float64], add bool){"NN": MulNN[float64], "TN": MulTN[float64], "NT": MulNT[float64]} {
			for _, add := range []bool{false, true} {
				ta, tb := kind == "TN", kind == "NT"
				a, b, c := Dense(m, k, random(r, m*k)), Dense(k, n, random(r, k*n)), Mat[float64]{m, n, n + 3, random(r, m*(n+3))}
				if ta {
					a.Rows, a.Cols, a.Stride = k, m, m
				}
				if tb {
					b.Rows, b.Cols, b.Stride = n, k, k
				}
				before := slices.Clone(c.Data)
				f(c, a, b, add)
				for i := range m {
					for j := range n {
						want := 0.0
						if add {
							want = before[i*c.Stride+j]
						}
						for l := range k {
							want += at(a, ta, i, l) * at(b, tb, l, j)
						}
						if got := c.Data[i*c.Stride+j]; math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
							t.Fatalf("%s %v add=%v: element (%d, %d) is %v, want %v", kind, shape, add, i, j, got, want)
						}
					}
					if i < m-1 && !slices.Equal(c.Data[i*c.Stride+n:][:3], before[i*c.Stride+n:][:3]) {
						t.Fatalf("%s %v wrote between the rows", kind, shape)
					}
				}
			}
		}
	}
}

// TestProductsOfPieces holds a product against the same product of one row and one column at a time:
// the bits of a number must not depend on what is computed beside it.
func TestProductsOfPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const m, n, k = 5, 9, 11
	a, b := Dense(m, k, random(r, m*k)), Dense(k, n, random(r, k*n))
	at, bt := Dense(k, m, make([]float64, m*k)), Dense(n, k, make([]float64, n*k))
	Transpose(at, a)
	Transpose(bt, b)
	nn, tn, nt := Dense(m, n, make([]float64, m*n)), Dense(m, n, make([]float64, m*n)), Dense(m, n, make([]float64, m*n))
	MulNN(nn, a, b, false)
	MulTN(tn, at, b, false)
	MulNT(nt, a, bt, false)
	if !slices.Equal(nn.Data, tn.Data) || !slices.Equal(nn.Data, nt.Data) {
		t.Error("the three products differ in their bits")
	}
	for i := range m {
		for j := range n {
			one := Dense(1, 1, make([]float64, 1))
			MulNN(one, Dense(1, k, a.Row(i)), Mat[float64]{k, 1, n, b.Data[j:]}, false)
			if one.Data[0] != nn.Data[i*n+j] {
				t.Fatalf("element (%d, %d) alone is %v, in the product %v", i, j, one.Data[0], nn.Data[i*n+j])
			}
		}
	}
}

func TestWrongShapesPanic(t *testing.T) {
	defer func() {
		if got := recover(); got == nil || !strings.Contains(got.(string), "2x3 and 2x3") {
			t.Errorf("got %v", got)
		}
	}()
	a := Dense(2, 3, make([]float64, 6))
	MulNN(Dense(2, 3, make([]float64, 6)), a, a, false)
}

func TestAffine(t *testing.T) {
	w, x := Dense(2, 1, []float64{2, 3}), Dense(1, 3, []float64{1, 10, 100})
	c := Dense(2, 3, make([]float64, 6))
	Affine(c, w, x, []float64{0.5, -1})
	if want := []float64{2.5, 20.5, 200.5, 2, 29, 299}; !slices.Equal(c.Data, want) {
		t.Errorf("got %v, want %v", c.Data, want)
	}
	Affine(c, w, x, nil)
	if want := []float64{2, 20, 200, 3, 30, 300}; !slices.Equal(c.Data, want) {
		t.Errorf("without bias: got %v, want %v", c.Data, want)
	}
}

// sweep holds values of every size, dense where tanh bends.
func sweep() []float64 {
	x := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), 5e-324, -1e-310, 1e-20, 19.9, 20, 21, 700, -700, 707.9, 708, -708, 709.5, -744, -750, 1e300, -1e300}
	r := rand.New(rand.NewPCG(5, 6))
	for range 300000 {
		x = append(x, 3*r.NormFloat64(), 0.4*r.NormFloat64(), 20*r.NormFloat64(), math.Exp(30*r.NormFloat64()))
	}
	return x
}

func TestMapsAgainstMath(t *testing.T) {
	x := sweep()
	got := make([]float64, len(x))
	for name, c := range map[string]struct {
		f    func(dst, x []float64)
		want func(float64) float64
		tol  float64
	}{
		"tanh":    {MapTanh[float64], math.Tanh, 1e-15},
		"exp":     {MapExp[float64], math.Exp, 4.5e-16},
		"sigmoid": {MapSigmoid[float64], func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }, 6e-16},
	} {
		c.f(got, x)
		worst, where := 0.0, 0.0
		for i, z := range x {
			want := c.want(z)
			if got[i] == want {
				continue
			}
			if e := math.Abs(got[i]-want) / math.Abs(want); !(e <= worst) {
				worst, where = e, z
			}
		}
		if !(worst <= c.tol) {
			t.Errorf("%s(%v) is off by %.2g, allowed %.2g", name, where, worst, c.tol)
		}
		nan := []float64{math.NaN()}
		if c.f(nan, nan); !math.IsNaN(nan[0]) {
			t.Errorf("%s(NaN) is %v", name, nan[0])
		}
	}
}

func TestActivationDerivatives(t *testing.T) {
	z := []float64{-40, -3, -1.25, -0.5, -1e-3, 1e-3, 0.25, 1, 2.5, 40}
	n := len(z)
	for a := Tanh; a <= Identity; a++ {
		h, slope, bend, low, high, scratch := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		Activate(a, h, slope, bend, z)
		const step = 1e-5
		shifted := func(by float64, value, first []float64) {
			for i := range z {
				scratch[i] = z[i] + by
			}
			Activate(a, value, first, nil, scratch)
		}
		s0, s1 := make([]float64, n), make([]float64, n)
		shifted(-step, low, s0)
		shifted(step, high, s1)
		for i := range z {
			if d := (high[i] - low[i]) / (2 * step); math.Abs(d-slope[i]) > 1e-9*(1+math.Abs(z[i])) {
				t.Errorf("%v'(%v) is %v, differences give %v", a, z[i], slope[i], d)
			}
			if d := (s1[i] - s0[i]) / (2 * step); math.Abs(d-bend[i]) > 1e-9*(1+math.Abs(z[i])) {
				t.Errorf("%v''(%v) is %v, differences give %v", a, z[i], bend[i], d)
			}
		}
		if a.Bends() == (slices.Max(bend) == 0 && slices.Min(bend) == 0) {
			t.Errorf("%v: Bends is %v", a, a.Bends())
		}
		inPlace := slices.Clone(z)
		s2 := make([]float64, n)
		Activate(a, inPlace, s2, nil, inPlace)
		if !slices.Equal(inPlace, h) || !slices.Equal(s2, slope) {
			t.Errorf("%v in place differs", a)
		}
		if back, err := ParseActivation(a.String()); err != nil || back != a {
			t.Errorf("%v does not parse back: %v", a, err)
		}
	}
	z, h, slope := []float64{0, math.Inf(-1), math.NaN()}, make([]float64, 3), make([]float64, 3)
	Activate(ReLU, h, slope, nil, z)
	if h[0] != 0 || slope[0] != 0 || h[1] != 0 || !math.IsNaN(h[2]) {
		t.Errorf("relu at 0, -inf, NaN: %v, slopes %v", h, slope)
	}
	Activate(LeakyReLU, h, slope, nil, z)
	if h[0] != 0 || slope[0] != 0.01 {
		t.Errorf("leaky-relu at 0: %v, slope %v", h[0], slope[0])
	}
	if _, err := ParseActivation("swish"); err == nil || !strings.Contains(err.Error(), "'swish'") {
		t.Errorf("got %v", err)
	}
}

func TestSoftmax(t *testing.T) {
	f := Dense(2, 3, []float64{1, 2, 3, 1000, 1000, -1000})
	p, lse := Dense(2, 3, make([]float64, 6)), make([]float64, 3)
	SoftmaxRows(p, lse, f)
	s := math.Exp(1) + math.Exp(2) + math.Exp(3)
	for i, want := range []float64{math.Exp(1) / s, math.Exp(2) / s, math.Exp(3) / s, 0.5, 0.5, 0} {
		if math.Abs(p.Data[i]-want) > 1e-15 {
			t.Errorf("rows: p[%d] is %v, want %v", i, p.Data[i], want)
		}
	}
	if math.Abs(lse[0]-math.Log(s)) > 1e-15 || math.Abs(lse[1]-1000-math.Ln2) > 1e-12 {
		t.Errorf("rows: log-sum-exp %v", lse)
	}
	turned, q := Dense(3, 2, make([]float64, 6)), Dense(3, 2, make([]float64, 6))
	Transpose(turned, f)
	top, sum := make([]float64, 2), make([]float64, 2)
	ExpColumns(q, top, sum, turned)
	if got, want := LogSumExp(top, sum), lse[0]+lse[1]; math.Abs(got-want) > 1e-12 {
		t.Errorf("columns: log-sum-exp %v, rows %v", got, want)
	}
	for i := range 2 {
		for j := range 3 {
			if math.Abs(q.Data[j*2+i]/sum[i]-p.Data[i*3+j]) > 1e-15 {
				t.Errorf("columns: %v over %v, rows %v", q.Data, sum, p.Data)
			}
		}
	}
	for _, n := range []int{1, 31, 32, 33, 100} {
		tops, sums, want := make([]float64, n), make([]float64, n), 0.0
		for i := range n {
			tops[i], sums[i] = float64(i%5)-2, 1+float64(i*i%509)
			want += tops[i] + math.Log(sums[i])
		}
		if got := LogSumExp(tops, sums); math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("log-sum-exp of %d columns is %v, want %v", n, got, want)
		}
	}
}

func TestVectors(t *testing.T) {
	x, y := []float64{1, 2, 3, 4, 5}, []float64{1, 10, 100, 1000, 10000}
	if got := Dot(x, y); got != 54321 {
		t.Errorf("dot %v", got)
	}
	if got := Sum(x); got != 15 {
		t.Errorf("sum %v", got)
	}
	if got := Norm([]float64{3, 4}); got != 5 {
		t.Errorf("norm %v", got)
	}
	Axpy(y, 2, x)
	Scale(10, y)
	Mul(y, x)
	if want := []float64{30, 280, 3180, 40320, 500500}; !slices.Equal(y, want) {
		t.Errorf("got %v, want %v", y, want)
	}
}

func TestReduceSameBitsOnAnyCores(t *testing.T) {
	x := random(rand.New(rand.NewPCG(7, 8)), 100003)
	sum := func() float64 { return Reduce(len(x), func(low, high int) float64 { return Sum(x[low:high]) }) }
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := sum()
	for _, cores := range []int{2, 3, 8} {
		runtime.GOMAXPROCS(cores)
		for range 20 {
			if got := sum(); got != want {
				t.Fatalf("%d cores give %v, one core %v", cores, got, want)
			}
		}
	}
	if got := Reduce(3, func(low, high int) float64 { return float64(high - low) }); got != 3 {
		t.Errorf("three items are counted as %v", got)
	}
}

func TestNothingAllocates(t *testing.T) {
	a, b, c := Dense(300, 64, make([]float64, 300*64)), Dense(64, 64, make([]float64, 64*64)), Dense(300, 64, make([]float64, 300*64))
	lse, sum := make([]float64, 64), make([]float64, 64)
	if n := testing.AllocsPerRun(10, func() {
		MulNN(c, a, b, true)
		MulTN(b, a, c, false)
		MulNT(c, a, b, false)
		Activate(GELU, c.Data, a.Data, nil, c.Data)
		ExpColumns(a, lse, sum, c)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func benchmarkProduct[T Float](b *testing.B, f func(c, a, b Mat[T], add bool)) {
	x, y, z := Dense(64, 64, make([]T, 4096)), Dense(64, 64, make([]T, 4096)), Dense(64, 64, make([]T, 4096))
	for i := range x.Data {
		x.Data[i], y.Data[i] = T(i), 1/T(i+1)
	}
	for b.Loop() {
		f(z, x, y, false)
	}
	b.ReportMetric(2*64*64*64*float64(b.N)/b.Elapsed().Seconds()/1e9, "GF/s")
}

func BenchmarkMulNN(b *testing.B)   { benchmarkProduct(b, MulNN[float64]) }
func BenchmarkMulTN(b *testing.B)   { benchmarkProduct(b, MulTN[float64]) }
func BenchmarkMulNT(b *testing.B)   { benchmarkProduct(b, MulNT[float64]) }
func BenchmarkMulNN32(b *testing.B) { benchmarkProduct(b, MulNN[float32]) }

func benchmarkMap(b *testing.B, f func(dst, x []float64)) {
	x, y := random(rand.New(rand.NewPCG(9, 9)), 4096), make([]float64, 4096)
	for b.Loop() {
		f(y, x)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/4096, "ns/value")
}

func BenchmarkTanh(b *testing.B) { benchmarkMap(b, MapTanh[float64]) }
func BenchmarkExp(b *testing.B)  { benchmarkMap(b, MapExp[float64]) }
func BenchmarkMathTanh(b *testing.B) {
	benchmarkMap(b, func(dst, x []float64) {
		for i, v := range x {
			dst[i] = math.Tanh(v)
		}
	})
}
