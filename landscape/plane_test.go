package landscape_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// walk is a random walk of n steps in dim dimensions.
func walk(n, dim int) [][]float64 {
	points := make([][]float64, n)
	x, step := make([]float64, dim), make([]float64, dim)
	key := rng.NewKey(1, 0, 0, 0, rng.Probe)
	for i := range points {
		key.FillNormal(step, uint64(i), 0)
		for j := range x {
			x[j] += step[j]
		}
		points[i] = slices.Clone(x)
	}
	return points
}

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol }

func TestProjectUndoesPoint(t *testing.T) {
	p := landscape.Plane{Origin: []float64{1, 2, 3}, Axes: [2][]float64{{2, 0, 1}, {1, 1, 0}}}
	x := make([]float64, 3)
	p.Point(x, 0.7, -1.3)
	// The cross product of the axes is at right angles to the plane.
	normal := []float64{-1, 1, 2}
	for i := range x {
		x[i] += 2 * normal[i]
	}
	a, b, d, err := p.Project(x)
	if err != nil || !near(a, 0.7, 1e-14) || !near(b, -1.3, 1e-14) || !near(d, 2*math.Sqrt(6), 1e-14) {
		t.Errorf("projection is %v, %v at %v (%v)", a, b, d, err)
	}
	p.Axes[1] = []float64{-4, 0, -2}
	if _, _, _, err := p.Project(x); !errors.Is(err, landscape.ErrDegenerate) {
		t.Errorf("parallel axes give %v", err)
	}
}

func TestPCASmallerGram(t *testing.T) {
	// The same walk with a hundred idle coordinates goes through the other Gram matrix.
	narrow := walk(20, 5)
	wide := make([][]float64, len(narrow))
	for i, x := range narrow {
		wide[i] = append(slices.Clone(x), make([]float64, 100)...)
	}
	p, err := landscape.PCA(t.Context(), narrow)
	q, err2 := landscape.PCA(t.Context(), wide)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for k := range p.Axes {
		for i, v := range p.Axes[k] {
			if !near(v, q.Axes[k][i], 1e-12) {
				t.Fatalf("axis %d is %v, %v in more dimensions", k, p.Axes[k], q.Axes[k][:5])
			}
		}
	}
	if q.Range != p.Range && !near(q.Range[0], p.Range[0], 1e-9) {
		t.Errorf("range is %v and %v", p.Range, q.Range)
	}
}

func TestPCAOfManyPoints(t *testing.T) {
	// Long walks in many dimensions: theory says 8/pi^2 on the first axis (specific walks 0.79 to 0.83).
	p, err := landscape.PCA(t.Context(), walk(800, 1000))
	if err != nil {
		t.Fatal(err)
	}
	if p.Explained[0] < 0.78 || p.Explained[0] > 0.84 {
		t.Errorf("the first axis explains %v of a random walk, want 0.81", p.Explained[0])
	}
	if c := p.Axes[0]; !near(dotOf(c, c), 1, 1e-12) || !near(dotOf(c, p.Axes[1]), 0, 1e-12) {
		t.Error("the axes are not orthonormal")
	}
}

func dotOf(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestPCADegenerate(t *testing.T) {
	if _, err := landscape.PCA(t.Context(), [][]float64{{1, 2}, {1, 2}}); err == nil {
		t.Error("one point made a plane")
	}
	p, err := landscape.PCA(t.Context(), [][]float64{{1, 2, 3}, {2, 4, 6}, {4, 8, 12}})
	if err != nil || p.Note == "" {
		t.Errorf("points on a line: %v, note %q", err, p.Note)
	}
	if !near(p.Explained[0], 1, 1e-12) {
		t.Errorf("a line explains %v", p.Explained)
	}
}

func TestThreePointsOnALine(t *testing.T) {
	a, b, c := []float64{0, 0, 0}, []float64{1, 1, 0}, []float64{3, 3, 0}
	p, err := landscape.ThreePoints(a, b, c, 5)
	if err != nil || p.Note == "" || !near(dotOf(p.Axes[0], p.Axes[1]), 0, 1e-12) {
		t.Errorf("plane %+v, %v", p, err)
	}
	if _, err := landscape.ThreePoints(a, a, c, 5); err == nil {
		t.Error("two equal points made an axis")
	}
}

func TestRandomPlane(t *testing.T) {
	theta := []float64{1, 2, 3, 4, 0, 0, 5}
	blocks := []landscape.Block{{Rows: 3, Columns: 2}, {Offset: 6, Rows: 1, Columns: 1, Bias: true}}
	p, err := landscape.RandomPlane(theta, blocks, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k, d := range p.Axes {
		for r := range 3 {
			want := math.Hypot(theta[2*r], theta[2*r+1])
			if got := math.Hypot(d[2*r], d[2*r+1]); !near(got, want, 1e-12) {
				t.Errorf("row %d of axis %d has length %v, that of the weights is %v", r, k, got, want)
			}
		}
		if d[6] != 0 {
			t.Errorf("the bias moves by %v along axis %d", d[6], k)
		}
	}
	same, _ := landscape.RandomPlane(theta, blocks, 1)
	other, _ := landscape.RandomPlane(theta, blocks, 2)
	if !slices.Equal(p.Axes[0], same.Axes[0]) || slices.Equal(p.Axes[0], other.Axes[0]) {
		t.Error("directions must follow from the seed")
	}
	if _, err := landscape.RandomPlane(make([]float64, 7), blocks, 1); !errors.Is(err, landscape.ErrDegenerate) {
		t.Errorf("a plane of no directions gives %v", err)
	}
}

func TestFit(t *testing.T) {
	p := landscape.Direct(2, [4]float64{})
	if err := p.Fit([][]float64{{0, -1}, {10, 4}, {math.NaN(), 7}}); err != nil {
		t.Fatal(err)
	}
	if want := [4]float64{-2, 12, -2, 5}; p.Range != want {
		t.Errorf("range is %v, want %v", p.Range, want)
	}
	if err := p.Fit(nil); err == nil {
		t.Error("a range was fitted to nothing")
	}
}

func TestLine(t *testing.T) {
	// Between its wells at -1 and 1 this loss rises by 1.
	p := landscape.Line(surface(t, "two-wells"), []float64{-1, 0}, []float64{1, 0})
	if !near(p.Barrier, 1, 1e-12) || len(p.T) != 61 || p.T[0] != -0.25 || p.T[60] != 1.25 {
		t.Errorf("barrier %v over %d places from %v to %v", p.Barrier, len(p.T), p.T[0], p.T[60])
	}
}
