package landscape_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
)

// reflected is diag(d) seen in a basis turned by one reflection: eigenvalues d, no entry 0. It counts its products.
type reflected struct {
	landscapetest.Bowl
	v        []float64
	products int
}

func reflect(d []float64) *reflected {
	r := &reflected{Bowl: d, v: make([]float64, len(d))}
	rng.NewKey(11, 0, 0, 0, rng.Probe).FillNormal(r.v, 0, 0)
	size := math.Sqrt(inner(r.v, r.v))
	for i := range r.v {
		r.v[i] /= size
	}
	return r
}

func inner(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// mirror stores x - 2 v v'x in dst.
func (r *reflected) mirror(dst, x []float64) {
	s := 2 * inner(r.v, x)
	for i := range dst {
		dst[i] = x[i] - s*r.v[i]
	}
}

func (r *reflected) HessVec(dst, x, u []float64) {
	r.products++
	turned, out := make([]float64, len(u)), make([]float64, len(u))
	r.mirror(turned, u)
	r.Bowl.HessVec(out, x, turned)
	r.mirror(dst, out)
}

func checkPairs(t *testing.T, f landscape.Func, x []float64, got []landscape.Pair, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d pairs, want %d", len(got), len(want))
	}
	h := make([]float64, len(x))
	for i, p := range got {
		if !near(p.Value, want[i], 1e-10) {
			t.Errorf("eigenvalue %d is %.12g, want %.12g", i, p.Value, want[i])
		}
		landscape.HessVec(f, h, x, p.Vector)
		for j := range h {
			h[j] -= p.Value * p.Vector[j]
		}
		if r := math.Sqrt(inner(h, h)); r > max(1e-8*math.Abs(p.Value), 1e-11*math.Abs(want[0])) {
			t.Errorf("eigenvalue %g has the residual %.1e, said %.1e; allowed 1e-8 of it", p.Value, r, p.Residual)
		}
		for j := range i {
			if d := inner(p.Vector, got[j].Vector); math.Abs(d) > 1e-8 {
				t.Errorf("vectors %d and %d have the product %.1e, want 0", i, j, d)
			}
		}
	}
}

// A triple eigenvalue at the top, a double one at the bottom and a triple one in the cut: all copies are found, and
// products are counted.
func TestEndPairs(t *testing.T) {
	d := make([]float64, 400)
	for i := range d {
		d[i] = 0.5 * float64(i) / 400
	}
	copy(d, []float64{-2, -2, -1})
	copy(d[390:], []float64{3, 3, 3, 4, 5, 6, 7, 9, 9, 9})
	f := reflect(d)
	x := make([]float64, 400)
	p, err := landscape.EndPairs(context.Background(), f, x, landscape.EndOptions{Low: 3, High: 8})
	if err != nil || !p.Converged || !p.Exact {
		t.Fatalf("converged %v, exact %v, note %q, error %v", p.Converged, p.Exact, p.Note, err)
	}
	if p.Products != f.products || p.Products > 300 {
		t.Errorf("%d products counted, %d made, at most 300 expected", p.Products, f.products)
	}
	checkPairs(t, f, x, p.Low, []float64{-2, -2, -1})
	checkPairs(t, f, x, p.High, []float64{9, 9, 9, 7, 6, 5, 4, 3})
	// Warm from its own vectors, one end only.
	var warm [][]float64
	for _, pair := range p.High[:4] {
		warm = append(warm, pair.Vector)
	}
	again, err := landscape.EndPairs(context.Background(), f, x, landscape.EndOptions{High: 4, Warm: warm})
	if err != nil || len(again.Low) != 0 || !again.Converged {
		t.Fatalf("%d low pairs, converged %v, error %v", len(again.Low), again.Converged, err)
	}
	checkPairs(t, f, x, again.High, []float64{9, 9, 9, 7})
	// Without further starts each distinct value is enough.
	once, err := landscape.EndPairs(context.Background(), reflect([]float64{1, 1, 1, 1, 4, 4, 4, 9}), x[:8], landscape.EndOptions{High: 2, Once: true, Budget: 3})
	if err != nil || !once.Converged || once.Products != 3 || !near(once.High[1].Value, 4, 1e-10) {
		t.Errorf("once: %d products, converged %v, %v, error %v; want 9 and 4 after the 3 products that see them", once.Products, once.Converged, once.High, err)
	}
}

func TestEndPairsOfSmallAndFlatMatrices(t *testing.T) {
	for _, c := range []struct {
		d, low, high []float64
	}{
		{[]float64{2, 18}, []float64{2, 18}, []float64{18, 2}},
		{[]float64{1, 1, 1, 1, 1, 1, 1}, []float64{1, 1, 1, 1, 1}, []float64{1, 1, 1, 1, 1}},
		{[]float64{0, 0, 0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}},
		{make([]float64, 300), []float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}},
	} {
		f := reflect(c.d)
		x := make([]float64, len(c.d))
		p, err := landscape.EndPairs(context.Background(), f, x, landscape.EndOptions{})
		if err != nil || !p.Converged {
			t.Fatalf("%v: note %q, error %v", c.d[:2], p.Note, err)
		}
		checkPairs(t, f, x, p.Low, c.low)
		checkPairs(t, f, x, p.High, c.high)
	}
}

func TestEndPairsSaysWhatItDidNotReach(t *testing.T) {
	d := make([]float64, 500)
	for i := range d {
		d[i] = float64(i)
	}
	p, err := landscape.EndPairs(context.Background(), reflect(d), make([]float64, 500), landscape.EndOptions{Budget: 30})
	if err != nil || p.Converged || p.Products != 30 || !strings.HasPrefix(p.Note, "budget spent (") || len(p.High) != 5 || p.High[0].Converged {
		t.Errorf("30 products for a full spectrum: %d used, converged %v, %d pairs, note %q, error %v", p.Products, p.Converged, len(p.High), p.Note, err)
	}
	p, err = landscape.EndPairs(context.Background(), formula(t, "log(x)"), []float64{-1, 1}, landscape.EndOptions{})
	if err != nil || p.Converged || p.Note != "the Hessian is not finite here" {
		t.Errorf("in a hole: converged %v, note %q, error %v", p.Converged, p.Note, err)
	}
	if _, err = landscape.EndPairs(context.Background(), reflect(d), make([]float64, 500), landscape.EndOptions{Low: -1}); err == nil {
		t.Error("-1 pairs were not refused")
	}
}

// slow takes a millisecond for each product.
type slow struct{ sidewise }

func (s slow) HessVec(dst, x, v []float64) {
	time.Sleep(time.Millisecond)
	s.sidewise.HessVec(dst, x, v)
}

func TestCancel(t *testing.T) {
	d := make([]float64, 900)
	for i := range d {
		d[i] = float64(i)
	}
	f, x := slow{sidewise{reflect(d)}}, make([]float64, 900)
	for name, work := range map[string]func(context.Context) error{
		"pairs": func(ctx context.Context) error {
			_, err := landscape.EndPairs(ctx, f, x, landscape.EndOptions{})
			return err
		},
		"full": func(ctx context.Context) error { _, err := landscape.FullSpectrum(ctx, f, x); return err },
		"density": func(ctx context.Context) error {
			_, err := landscape.SpectralDensity(ctx, f, x, landscape.DensityOptions{})
			return err
		},
	} {
		// The best of five: others may hold the processor.
		late := time.Hour
		for range 5 {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			start := time.Now()
			if err := work(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: error %v, want the context's", name, err)
			}
			cancel()
			late = min(late, time.Since(start)-20*time.Millisecond)
		}
		if late > 50*time.Millisecond {
			t.Errorf("%s: %v after the end of its context, want 50 ms at most", name, late)
		}
	}
}
