package landscape_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"thalweg/landscape"
)

func plane2(r [4]float64) landscape.Plane { return landscape.Direct(2, r) }

// The flow from (0, 0) down Himmelblau's function ends in its minimum (3, 2), the loss falls all the way.
func TestDescend(t *testing.T) {
	f := surface(t, "himmelblau")
	for _, c := range []struct{ from, to []float64 }{{[]float64{0, 0}, []float64{3, 2}}, {[]float64{-5, 5}, []float64{-2.805118086953, 3.131312518251}}} {
		d, err := landscape.Descend(t.Context(), f, c.from, landscape.DescendOptions{})
		if err != nil || !d.Converged || landscape.Distance(d.End, c.to) > 1e-8 {
			t.Fatalf("from %v: %+v, %v; want the end %v", c.from, d, err, c.to)
		}
		if !slices.Equal(d.Path[0], c.from) || !slices.Equal(d.Path[len(d.Path)-1], d.End) {
			t.Errorf("the path goes from %v to %v", d.Path[0], d.Path[len(d.Path)-1])
		}
		for i := 1; i < len(d.Path); i++ {
			if a, b := f.Loss(d.Path[i-1]), f.Loss(d.Path[i]); b > a {
				t.Errorf("from %v the loss rises from %g to %g", c.from, a, b)
			}
		}
	}
	// A stiff valley: the first millions of explicit steps would be of length 1/1000.
	d, err := landscape.Descend(t.Context(), surface(t, "rosenbrock"), []float64{-1.2, 1}, landscape.DescendOptions{})
	if err != nil || !d.Converged || landscape.Distance(d.End, []float64{1, 1}) > 1e-6 || d.Steps > 500 {
		t.Errorf("Rosenbrock's valley: %d steps to %v, %v, %v", d.Steps, d.End, d.Note, err)
	}
	if d, err := landscape.Descend(t.Context(), surface(t, "rosenbrock"), []float64{-1.2, 1}, landscape.DescendOptions{Steps: 10}); err != nil || d.Converged || d.Note == "" || d.Steps != 10 {
		t.Errorf("ten steps: %+v, %v", d, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := landscape.Descend(ctx, f, []float64{0, 0}, landscape.DescendOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("without time: %v", err)
	}
}

// The flow of a quadratic is known: where it is at a loss, its direction is x_i exp(-λ_i t).
func TestDescendAccuracy(t *testing.T) {
	f := bent{1, 3}
	d, err := landscape.Descend(t.Context(), f, []float64{1, 1}, landscape.DescendOptions{Points: 1000})
	if err != nil || !d.Converged {
		t.Fatal(d, err)
	}
	for _, x := range d.Path {
		// x = e^-t, y = e^-3t
		if math.Abs(x[1]-x[0]*x[0]*x[0]) > 1e-3 {
			t.Errorf("the path goes through %v, want (x, x^3)", x)
		}
	}
}

type bent []float64

func (d bent) Dim() int { return len(d) }
func (d bent) Loss(x []float64) (loss float64) {
	for i, v := range x {
		loss += d[i] * v * v / 2
	}
	return loss
}
func (d bent) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = d[i] * v
	}
	return d.Loss(x)
}
func (d bent) HessVec(dst, _, v []float64) {
	for i := range v {
		dst[i] = d[i] * v[i]
	}
}

func TestBasins(t *testing.T) {
	f := surface(t, "himmelblau")
	p := plane2([4]float64{-5, 5, -5, 5})
	told := 0
	m, err := landscape.Basins(t.Context(), f, p, landscape.BasinOptions{}, func(m *landscape.BasinMap) {
		if told++; m.Done < m.Side*m.Side && !slices.Contains(m.Index, -1) {
			t.Errorf("with %d of %d cells done none is open", m.Done, m.Side*m.Side)
		}
	})
	if err != nil || !m.Converged || len(m.Ends) != 4 || m.Lost != 0 || m.Done != 96*96 || told < 10 {
		t.Fatalf("Himmelblau's function has 4 basins: %d ends, %d lost, %v", len(m.Ends), m.Lost, err)
	}
	t.Logf("%d evaluations for %d cells", m.Evaluations, m.Done)
	// Each of the four saddles joins two of the minima.
	if len(m.Saddles) != 4 {
		t.Errorf("%d saddles, want 4", len(m.Saddles))
	}
	for _, s := range m.Saddles {
		if s.Ends[0] < 0 || s.Ends[1] < 0 || s.Ends[0] == s.Ends[1] {
			t.Errorf("the saddle at %g, %g joins %v", s.S, s.T, s.Ends)
		}
		for _, way := range s.Up {
			for i := 1; i < len(way); i++ {
				if a, b := f.Loss(way[i-1][:]), f.Loss(way[i][:]); b < a-1e-12*math.Abs(a) {
					t.Errorf("a separatrix of the saddle at %g, %g falls from %g to %g", s.S, s.T, a, b)
				}
			}
		}
	}
	// Cells far from a boundary agree with the flow followed to its end; traps do not take what is not theirs.
	for cell, index := range m.Index {
		i, j := cell/96, cell%96
		if cell%37 != 0 || i == 0 || j == 0 || i == 95 || j == 95 || m.Index[cell-1] != index || m.Index[cell+1] != index || m.Index[cell-96] != index || m.Index[cell+96] != index {
			continue
		}
		x := []float64{-5 + 10*(float64(j)+0.5)/96, -5 + 10*(float64(i)+0.5)/96}
		d, err := landscape.Descend(t.Context(), f, x, landscape.DescendOptions{Scale: 0.1})
		if err != nil || landscape.Distance(d.End, m.Ends[index].X) > 1e-6 {
			t.Errorf("from %v the flow ends at %v, the map says %v", x, d.End, m.Ends[index].X)
		}
	}
	before := runtime.GOMAXPROCS(1)
	one, err := landscape.Basins(t.Context(), f, p, landscape.BasinOptions{}, nil)
	runtime.GOMAXPROCS(before)
	if err != nil || !slices.Equal(one.Index, m.Index) || one.Evaluations != m.Evaluations {
		t.Errorf("one processor gives another map, %v", err)
	}
}

// In another plane through the same space the map is the same, though its axes are neither orthogonal nor of length 1.
func TestBasinsSkewed(t *testing.T) {
	f := surface(t, "himmelblau")
	skewed := landscape.Plane{Kind: "points", Origin: []float64{1, -1}, Axes: [2][]float64{{2, 0}, {1, 3}}, Range: [4]float64{-2, 2, -1, 1}}
	m, err := landscape.Basins(t.Context(), f, skewed, landscape.BasinOptions{Side: 24}, nil)
	if err != nil {
		t.Fatal(err)
	}
	full, err := landscape.Basins(t.Context(), f, skewed, landscape.BasinOptions{Side: 24, Full: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	x := make([]float64, 2)
	for cell, index := range m.Index {
		a, b := m.Ends[index], full.Ends[full.Index[cell]]
		skewed.Point(x, a.S, a.T)
		if landscape.Distance(x, b.X) > 1e-6 {
			differ++
		}
		skewed.Point(x, b.S, b.T)
		if b.Off > 1e-9 || landscape.Distance(x, b.X) > 1e-9 {
			t.Fatalf("an end at %v is told at %g, %g", b.X, b.S, b.T)
		}
	}
	if differ > 24 { // boundary cells may fall either way
		t.Errorf("%d of %d cells differ between the flow on the plane, which is the whole space, and the flow there", differ, len(m.Index))
	}
}

// A loss without minima in reach loses its flows, and says so.
func TestBasinsLost(t *testing.T) {
	m, err := landscape.Basins(t.Context(), bent{-1, 1}, plane2([4]float64{-1, 1, -1, 1}), landscape.BasinOptions{Side: 9}, nil)
	if err != nil || m.Converged || m.Lost == 0 {
		t.Errorf("a saddle alone: %+v, %v", m, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if m, err := landscape.Basins(ctx, bent{1, 1}, plane2([4]float64{-1, 1, -1, 1}), landscape.BasinOptions{Side: 9}, nil); !errors.Is(err, context.Canceled) || m == nil || m.Done != 0 || m.Converged {
		t.Errorf("without time: %+v, %v", m, err)
	}
	for _, p := range []landscape.Plane{plane2([4]float64{1, -1, 0, 1}), {Origin: []float64{0, 0}, Axes: [2][]float64{{1, 0}, {2, 0}}, Range: [4]float64{0, 1, 0, 1}}} {
		if _, err := landscape.Basins(t.Context(), bent{1, 1}, p, landscape.BasinOptions{}, nil); err == nil {
			t.Errorf("the plane %+v was taken", p)
		}
	}
}

// Steps are implicit in few dimensions and explicit in many.
func TestDescendDimensions(t *testing.T) {
	for _, n := range []int{1, 3, 40, 150} {
		f, x := make(bent, n), make([]float64, n)
		for i := range f {
			f[i], x[i] = 1+9*float64(i)/float64(n), 1
		}
		d, err := landscape.Descend(t.Context(), f, x, landscape.DescendOptions{})
		if err != nil || !d.Converged || d.GradNorm > 1e-9 || len(d.Losses) != len(d.Path) || d.Losses[0] != f.Loss(x) {
			t.Errorf("dimension %d: %d steps, |g| = %g, %s, %v", n, d.Steps, d.GradNorm, d.Note, err)
		}
	}
}

// wells are two wells, (x^2-1)^2/4 + y^2/2, whose saddle lies on the middle column of a map of odd side.
type wells struct{}

func (wells) Dim() int { return 2 }
func (wells) Loss(x []float64) float64 {
	d := x[0]*x[0] - 1
	return d*d/4 + x[1]*x[1]/2
}
func (w wells) Grad(dst, x []float64) float64 {
	dst[0], dst[1] = x[0]*(x[0]*x[0]-1), x[1]
	return w.Loss(x)
}
func (wells) HessVec(dst, x, v []float64) { dst[0], dst[1] = (3*x[0]*x[0]-1)*v[0], v[1] }

// The flow from a cell whose middle is right between two basins comes to rest on the saddle, which is no minimum.
func TestBasinsBetween(t *testing.T) {
	for _, full := range []bool{false, true} {
		m, err := landscape.Basins(t.Context(), wells{}, plane2([4]float64{-2, 2, -2, 2}), landscape.BasinOptions{Side: 9, Full: full}, nil)
		if err != nil || !m.Converged || len(m.Ends) != 2 {
			t.Fatalf("two wells have two basins, the map (of the whole space %v) has the ends %+v (%v)", full, m.Ends, err)
		}
		for _, e := range m.Ends {
			if math.Abs(math.Abs(e.S)-1) > 1e-3 || math.Abs(e.T) > 1e-3 {
				t.Errorf("an end at %g, %g, want the minima (±1, 0)", e.S, e.T)
			}
		}
	}
}
