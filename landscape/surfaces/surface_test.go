package surfaces

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
)

func open(t *testing.T, s Surface, p Params) landscape.Curved {
	t.Helper()
	f, err := s.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// places are points of the domain away from kinks, the start among them.
func places(s Surface, dim int) [][]float64 {
	d := s.Domain
	points := [][]float64{s.StartFor(dim)}
	for k := range 4 {
		x := make([]float64, dim)
		for i := range x {
			low, high := d[2*(i%2)], d[2*(i%2)+1]
			// Multiples of the golden ratio spread evenly and never meet a symmetric spot.
			_, part := math.Modf(float64(k*dim+i+1) * math.Phi)
			x[i] = low + (high-low)*part
		}
		points = append(points, x)
	}
	return points
}

func TestSurfaces(t *testing.T) {
	if len(All) != 33 {
		t.Errorf("there are %d surfaces, want 33", len(All))
	}
	for _, s := range All {
		t.Run(s.ID, func(t *testing.T) {
			if got, ok := Find(s.ID); !ok || got.Label != s.Label {
				t.Errorf("Find(%q) = %q, %v", s.ID, got.Label, ok)
			}
			dims := []int{s.Dim}
			if s.Variable {
				dims = append(dims, 3, 7)
			}
			for _, dim := range dims {
				t.Run(fmt.Sprint(dim), func(t *testing.T) {
					landscapetest.Check(t, open(t, s, Params{Dim: dim}), places(s, dim))
				})
			}
		})
	}
}

// TestMinima: a listed minimum has the listed loss and no gradient beyond rounding.
func TestMinima(t *testing.T) {
	for _, s := range All {
		t.Run(s.ID, func(t *testing.T) {
			dims := []int{s.Dim}
			if s.Variable {
				dims = append(dims, 3, 10)
			}
			for _, dim := range dims {
				f := open(t, s, Params{Dim: dim})
				for _, m := range s.MinimaFor(dim) {
					if loss := f.Loss(m.X); math.Abs(loss-m.Loss) > 3e-13*(1+math.Abs(m.Loss)) {
						t.Errorf("loss at %v is %v, want %v", m.X, loss, m.Loss)
					}
					if m.Border {
						continue
					}
					grad := make([]float64, dim)
					f.Grad(grad, m.X)
					h, _ := landscape.Hessian(f, m.X)
					size := 1.0
					for _, v := range h {
						if !math.IsNaN(v) {
							size = max(size, math.Abs(v))
						}
					}
					for _, g := range grad {
						if math.Abs(g) > 1e-13*size*(1+math.Abs(m.X[0])) {
							t.Errorf("gradient at %v is %v", m.X, grad)
						}
					}
				}
			}
		})
	}
}

// TestEigenvalues holds the curvature at minima, independently computed in 40 digits, for the surfaces
// whose values no reference file has.
func TestEigenvalues(t *testing.T) {
	for _, c := range []struct {
		id   string
		at   int
		want [2]float64
	}{
		{"matyas", 0, [2]float64{0.04, 1}},
		{"three-hump-camel", 1, [2]float64{1.90244515499, 12.2506441369}},
		{"branin", 0, [2]float64{0.861495160368, 22.291739023}},
		{"branin", 1, [2]float64{1.73226226325, 11.0862111886}},
		{"branin", 2, [2]float64{1.69495738493, 11.3302112816}},
		{"styblinski-tang", 0, [2]float64{34.5830591026, 34.5830591026}},
		{"styblinski-tang", 1, [2]float64{29.2695527763, 34.5830591026}},
		{"mccormick", 0, [2]float64{1.73205080757, 4}},
		{"bohachevsky", 0, [2]float64{28.6479318829, 67.165468167}},
		{"rastrigin", 0, [2]float64{396.784176044, 396.784176044}},
		{"griewank", 0, [2]float64{0.5005, 1.0005}},
		{"levy", 0, [2]float64{0.125, 2.24379232298}},
		{"schwefel", 0, [2]float64{0.252367062173, 0.252367062173}},
		{"easom", 0, [2]float64{3, 3}},
		{"michalewicz", 0, [2]float64{32.5056440879, 81}},
		{"freudenstein-roth", 0, [2]float64{2.90043207562, 3729.09956792}},
		{"freudenstein-roth", 1, [2]float64{0.820717742291, 905.067034098}},
		{"drop-wave", 0, [2]float64{72.5, 72.5}},
		{"two-wells", 0, [2]float64{2, 8}},
	} {
		t.Run(fmt.Sprintf("%s-%d", c.id, c.at), func(t *testing.T) {
			s, _ := Find(c.id)
			h, _ := landscape.Hessian(open(t, s, Params{}), s.Minima[c.at].X)
			mean, half := (h[0]+h[3])/2, math.Hypot((h[0]-h[3])/2, h[1])
			for i, got := range []float64{mean - half, mean + half} {
				if math.Abs(got-c.want[i]) > 1e-10*c.want[1] {
					t.Errorf("eigenvalue %d is %.13g, want %.13g", i, got, c.want[i])
				}
			}
		})
	}
}

func TestPowellsRatio(t *testing.T) {
	// The smaller eigenvalue drowns in the rounding of the larger one: it is read from the determinant.
	s, _ := Find("powell-badly-scaled")
	h, _ := landscape.Hessian(open(t, s, Params{}), s.Minima[0].X)
	if largest := h[0] + h[3]; math.Abs(largest-16584381691.6) > 0.1 {
		t.Errorf("the largest eigenvalue is %v, want 16584381691.6", largest)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		id string
		p  Params
	}{
		{"himmelblau", Params{Dim: 3}},
		{"wood", Params{Dim: 2}},
		{"levy", Params{Dim: 1}},
		{"levy", Params{Dim: 101}},
		{"quadratic", Params{Condition: 0.5}},
		{"quadratic", Params{Condition: math.NaN()}},
		{"quadratic", Params{Eigenvalues: []float64{1}}},
		{"quadratic", Params{Eigenvalues: []float64{1, math.Inf(1)}}},
	} {
		s, _ := Find(c.id)
		if _, err := s.New(c.p); err == nil {
			t.Errorf("%s accepted %+v", c.id, c.p)
		}
	}
	if _, ok := Find("rose"); ok {
		t.Error("found a surface that does not exist")
	}
}

func TestQuadraticEigenvalues(t *testing.T) {
	s, _ := Find("quadratic")
	f := open(t, s, Params{Eigenvalues: []float64{1, -3, 10}})
	if got := f.Loss([]float64{1, 1, 1}); got != 4 {
		t.Errorf("loss is %v, want 4", got)
	}
	f = open(t, s, Params{Dim: 3, Condition: 100})
	grad := make([]float64, 3)
	f.Grad(grad, []float64{1, 1, 1})
	if want := []float64{1, 10, 100}; !slices.Equal(grad, want) {
		t.Errorf("eigenvalues are %v, want %v", grad, want)
	}
}

func TestStartFor(t *testing.T) {
	s, _ := Find("rosenbrock")
	if got, want := s.StartFor(5), []float64{-1.2, 1, -1.2, 1, -1.2}; !slices.Equal(got, want) {
		t.Errorf("start is %v, want %v", got, want)
	}
}

func TestAtKinks(t *testing.T) {
	origin := []float64{0, 0}
	for _, id := range []string{"ackley", "drop-wave", "schwefel", "absolute"} {
		s, _ := Find(id)
		f := open(t, s, Params{})
		grad := []float64{1, 1}
		if loss := f.Grad(grad, origin); math.IsNaN(loss) || grad[0] != 0 || grad[1] != 0 {
			t.Errorf("%s at 0: loss %v, gradient %v, want no gradient", id, loss, grad)
		}
	}
	s, _ := Find("ackley")
	f := open(t, s, Params{})
	hv := make([]float64, 2)
	if f.HessVec(hv, origin, []float64{1, 0}); !math.IsNaN(hv[0]) || !f.(Kinked).Kink(origin) {
		t.Errorf("ackley has the curvature %v at its kink", hv)
	}
	s, _ = Find("helical-valley")
	if loss := open(t, s, Params{}).Loss([]float64{0, 0, 1}); !math.IsNaN(loss) {
		t.Errorf("helical-valley at its axis is %v, want NaN", loss)
	}
}

func TestDropWaveJoinsItsSeries(t *testing.T) {
	in, out := dropWave(0.6e-4*(1-1e-9), 0.8e-4*(1-1e-9)), dropWave(0.6e-4*(1+1e-9), 0.8e-4*(1+1e-9))
	for _, d := range []float64{in.f - out.f, in.x - out.x, in.xx - out.xx, in.xy - out.xy, in.yy - out.yy} {
		if math.Abs(d) > 1e-10 {
			t.Errorf("the jet jumps by %.1e where the series ends", d)
		}
	}
}

func TestRotated(t *testing.T) {
	s, _ := Find("six-hump-camel")
	f := Rotated(open(t, s, Params{}), 30)
	landscapetest.Check(t, f, places(s, 2))
	for _, m := range s.Minima {
		if loss := f.Loss(Rotate(m.X, 30)); math.Abs(loss-m.Loss) > 1e-13 {
			t.Errorf("loss at the turned minimum is %v, want %v", loss, m.Loss)
		}
	}
	if x := Rotate([]float64{1, 0}, 90); math.Hypot(x[0], x[1]-1) > 1e-15 {
		t.Errorf("a quarter turn of 1,0 is %v", x)
	}
}

func BenchmarkGrad(b *testing.B) {
	for _, id := range []string{"himmelblau", "muller-brown", "rastrigin"} {
		b.Run(id, func(b *testing.B) {
			s, _ := Find(id)
			f, err := s.New(Params{})
			if err != nil {
				b.Fatal(err)
			}
			grad := make([]float64, 2)
			b.ReportAllocs()
			for b.Loop() {
				f.Grad(grad, s.Start)
			}
		})
	}
}
