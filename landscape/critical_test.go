package landscape_test

import (
	"context"
	"errors"
	"math"
	same "reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/landscape/surfaces"
)

// box is the domain of a surface as the bounds of a search.
func box(domain [4]float64) [][2]float64 {
	return [][2]float64{{domain[0], domain[1]}, {domain[2], domain[3]}}
}

// search looks for the critical points of a surface in its domain.
func search(t *testing.T, id string) landscape.Findings {
	t.Helper()
	s, _ := surfaces.Find(id)
	b := box(s.Domain)
	got, err := landscape.Search{Box: b}.Find(context.Background(), surface(t, id), landscape.Latin(b, 64, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The turns of the gradient along the border of the domain, found without the points, must be what the points make of
// it; the counts are those that the search gave once the two agreed.
func TestSearchFindsAllPoints(t *testing.T) {
	for _, c := range []struct {
		id                      string
		minima, saddles, maxima int
	}{
		{"quadratic", 1, 0, 0},
		{"rosenbrock", 1, 0, 0},
		{"himmelblau", 4, 4, 1},
		{"beale", 1, 2, 0},
		{"three-hump-camel", 3, 2, 0},
		{"six-hump-camel", 6, 7, 2},
		{"muller-brown", 3, 2, 0},
		{"goldstein-price", 4, 4, 1},
		{"branin", 3, 2, 0},
		{"styblinski-tang", 4, 4, 1},
		{"mccormick", 2, 1, 0},
		{"rastrigin", 121, 220, 100},
		{"griewank", 17, 24, 18},
		{"levy", 40, 75, 35},
		{"schwefel", 49, 98, 49},
		{"freudenstein-roth", 2, 0, 0},
		{"two-wells", 2, 1, 0},
		{"hyperbolic", 0, 1, 0},
		{"booth", 1, 0, 0},
		{"matyas", 1, 0, 0},
		{"bohachevsky", 25, 40, 16},
	} {
		got := search(t, c.id)
		minima, saddles, maxima, degenerate, sum := got.Morse()
		if minima != c.minima || saddles != c.saddles || maxima != c.maxima || degenerate != 0 {
			t.Errorf("%s has %d minima, %d saddles, %d maxima and %d degenerate points, want %d, %d, %d, 0", c.id,
				minima, saddles, maxima, degenerate, c.minima, c.saddles, c.maxima)
		}
		if !got.TurnsKnown || sum != got.Turns || !got.Converged {
			t.Errorf("%s: the indices of the points sum to %d, the gradient turns %d times around the domain (%v)", c.id, sum, got.Turns, got.Note)
		}
	}
}

// Degenerate points and kinks have no place in Morse's count; the turns of the gradient around each of them make up for
// what is missing along the border.
func TestSearchFindsDegeneratePoints(t *testing.T) {
	for _, c := range []struct {
		id         string
		degenerate int
		turns      int
		known      bool
	}{
		{"monkey-saddle", 1, -2, true},
		{"ackley", 1, 1, true},    // the kink at the centre
		{"easom", 28, 9, true},    // 41 points by the roots of its factors; at 28 the curvature is below 1e-8
		{"absolute", 1, 0, false}, // the kink at the centre; the gradient jumps on the border as well
	} {
		got := search(t, c.id)
		if _, _, _, degenerate, _ := got.Morse(); degenerate != c.degenerate || got.Turns != c.turns || got.TurnsKnown != c.known || !got.Converged {
			t.Errorf("%s has %d degenerate points, want %d; the gradient turns %d times (%v), want %d (%v); %s", c.id, degenerate, c.degenerate,
				got.Turns, got.TurnsKnown, c.turns, c.known, got.Note)
		}
	}
	if got := search(t, "easom"); len(got.Points) != 41 {
		t.Errorf("easom has %d points, want 41", len(got.Points))
	}
	if got := search(t, "monkey-saddle").Points[0]; landscape.Distance(got.X, []float64{0, 0}) > 1e-10 {
		t.Errorf("the monkey saddle is found at %v", got.X)
	}
}

// The curve xy = 1 of minima is shown by a few points.
func TestSearchOnACurve(t *testing.T) {
	got := search(t, "product")
	if n := len(got.Points); n < 5 || n > 50 {
		t.Errorf("%d points, want some on the curve and a saddle", n)
	}
	for _, p := range got.Points {
		switch p.Label() {
		case "saddle":
			if landscape.Distance(p.X, []float64{0, 0}) > 1e-10 || p.Loss != 0.5 {
				t.Errorf("a saddle at %v", p.X)
			}
		case "degenerate":
			if !near(p.X[0]*p.X[1], 1, 1e-10) || p.Nullity != 1 || p.Index != 0 {
				t.Errorf("%v at %v is no minimum of the curve", p.String(), p.X)
			}
		default:
			t.Errorf("%v at %v", p.String(), p.X)
		}
	}
}

// At a trap the gradient does not vanish, but no step makes it shorter: the Hessian sends it to 0.
func TestSearchNamesTraps(t *testing.T) {
	got := search(t, "muller-brown")
	if len(got.Traps) == 0 {
		t.Fatal("no trap was found")
	}
	f := surface(t, "muller-brown")
	grad, bent := make([]float64, 2), make([]float64, 2)
	for _, trap := range got.Traps {
		f.Grad(grad, trap.X)
		f.HessVec(bent, trap.X, grad)
		eigenvalues := landscape.Spectrum(f, trap.X)
		size := max(math.Abs(eigenvalues[0]), math.Abs(eigenvalues[1]))
		if g := math.Hypot(grad[0], grad[1]); g < 1e-6 || math.Hypot(bent[0], bent[1]) > 1e-5*size*g {
			t.Errorf("at the trap %v the gradient is %v, the Hessian makes it %v", trap.X, grad, bent)
		}
	}
}

func TestSearchIsTheSameOnAnyCores(t *testing.T) {
	all := runtime.GOMAXPROCS(1)
	one := search(t, "six-hump-camel")
	runtime.GOMAXPROCS(4)
	four := search(t, "six-hump-camel")
	runtime.GOMAXPROCS(all)
	if !same.DeepEqual(one, four) {
		t.Errorf("one core finds %+v, four find %+v", one, four)
	}
}

// A smaller budget finds a part of the same points under the same numbers, and says so; what is told while it works
// comes in the order of the starts.
func TestSearchWithinABudget(t *testing.T) {
	f := surface(t, "himmelblau")
	b := box([4]float64{-5, 5, -5, 5})
	starts := landscape.Latin(b, 64, 1)
	whole, err := landscape.Search{}.Find(t.Context(), f, starts, nil)
	if err != nil || len(whole.Points) != 9 || !whole.Converged {
		t.Fatalf("%d points, %s (%v)", len(whole.Points), whole.Note, err)
	}
	places := make(map[int][]float64)
	for _, p := range whole.Points {
		places[p.Number] = p.X
	}
	tried := 0
	part, err := landscape.Search{Budget: 400}.Find(t.Context(), f, starts, func(so landscape.Findings) {
		if so.Tried != tried+1 {
			t.Errorf("told of %d starts after %d", so.Tried, tried)
		}
		if so.Converged || strings.Contains(so.Note, "budget") {
			t.Errorf("on its way, after %d of %d starts, the search says it is converged: %v, %q", so.Tried, so.Starts, so.Converged, so.Note)
		}
		tried = so.Tried
	})
	if err != nil || part.Converged || part.Note == "" || part.Tried != tried || part.Tried >= 64 || part.Evaluations > 400 || len(part.Points) == 0 {
		t.Errorf("budget of 400: %d evaluations, %d of %d starts, told of %d, %d points, converged %v, %q (%v)", part.Evaluations, part.Tried, part.Starts, tried,
			len(part.Points), part.Converged, part.Note, err)
	}
	for _, p := range part.Points {
		if landscape.Distance(places[p.Number], p.X) > 1e-6 {
			t.Errorf("point %d is at %v, in the whole search at %v", p.Number, p.X, places[p.Number])
		}
	}
}

// Cancelled work comes back at once, with what it has.
func TestSearchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := bowl(120)
	starts := make([][]float64, 400)
	for i := range starts {
		starts[i] = make([]float64, 120)
		for j := range starts[i] {
			starts[i][j] = float64(i + j)
		}
	}
	var at time.Time
	got, err := landscape.Search{Budget: math.MaxInt}.Find(ctx, f, starts, func(landscape.Findings) {
		if at.IsZero() {
			at = time.Now()
			cancel()
		}
	})
	if late := time.Since(at); !errors.Is(err, context.Canceled) || got.Converged || len(got.Points) != 1 || late > 200*time.Millisecond {
		t.Errorf("%v after %v, %d points, converged %v", err, late, len(got.Points), got.Converged)
	}
}

// bowl is a quartic bowl around the origin of n dimensions, sum of i x^2 / 2 + x^4 / 4.
type bowl int

func (n bowl) Dim() int { return int(n) }

func (n bowl) Loss(x []float64) float64 { return n.Grad(make([]float64, len(x)), x) }

func (n bowl) Grad(dst, x []float64) (loss float64) {
	for i, v := range x {
		a := 1 + float64(i)
		loss += a*v*v/2 + v*v*v*v/4
		dst[i] = a*v + v*v*v
	}
	return loss
}

func (n bowl) HessVec(dst, x, v []float64) {
	for i, u := range v {
		dst[i] = (1 + float64(i) + 3*x[i]*x[i]) * u
	}
}

// ridges has a saddle of index 2 at the origin and four minima around it, in more dimensions than a dense Hessian is
// made for.
type ridges struct{ bowl }

func (r ridges) Grad(dst, x []float64) float64 {
	loss := r.bowl.Grad(dst, x)
	for i, push := range [2]float64{2, 5} { // curvatures 1 - 2 and 2 - 5
		loss -= push * x[i] * x[i] / 2
		dst[i] -= push * x[i]
	}
	return loss
}

func (r ridges) Loss(x []float64) float64 { return r.Grad(make([]float64, len(x)), x) }

func (r ridges) HessVec(dst, x, v []float64) {
	r.bowl.HessVec(dst, x, v)
	dst[0] -= 2 * v[0]
	dst[1] -= 5 * v[1]
}

func TestSearchWithoutADenseHessian(t *testing.T) {
	const n = 700
	start := make([]float64, n)
	rng.NewKey(1, 0, 0, 0, rng.Probe).FillNormal(start, 0, 0)
	for i := range start {
		start[i] *= 1e-2
	}
	got, err := landscape.Search{}.Find(t.Context(), ridges{n}, [][]float64{start}, nil)
	if err != nil {
		t.Fatal(err)
	}
	saddles, minima := 0, 0
	for _, p := range got.Points {
		if !p.Partial || !p.Converged {
			t.Errorf("%v: partial %v, gradient %.1e", p.String(), p.Partial, p.GradNorm)
		}
		switch p.Index {
		case 0:
			// Curvature a - push below 0 leaves minima at x^2 = push - a.
			minima++
			if !near(math.Abs(p.X[0]), 1, 1e-9) || !near(math.Abs(p.X[1]), math.Sqrt(3), 1e-9) {
				t.Errorf("a minimum at %v, …", p.X[:3])
			}
		case 2:
			saddles++
			if landscape.Distance(p.X, make([]float64, n)) > 1e-9 || p.Label() != "saddle" {
				t.Errorf("%s of index 2 at %v, …", p.Label(), p.X[:3])
			}
		}
	}
	if saddles != 1 || minima < 2 {
		t.Errorf("%d saddles of index 2 and %d minima: %s", saddles, minima, got.Note)
	}
}

// mirrored is a loss with a symmetry: the sign of its first coordinate does not matter.
type mirrored struct{ landscape.Curved }

func (mirrored) Same(a, b []float64) landscape.Match {
	if math.Abs(math.Abs(a[0])-math.Abs(b[0])) < 1e-6 && math.Abs(a[1]-b[1]) < 1e-6 {
		return landscape.Equal
	}
	return landscape.Different
}

// undecided cannot tell points of one loss apart.
type undecided struct{ landscape.Curved }

func (undecided) Same(a, b []float64) landscape.Match { return landscape.Possibly }

func TestSearchUpToSymmetry(t *testing.T) {
	f := surface(t, "two-wells")
	starts := [][]float64{{-0.9, 0.1}, {0.9, 0.1}, {0.8, -0.2}, {-1.1, 0}}
	got, err := landscape.Search{}.Find(t.Context(), mirrored{f}, starts, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Points) != 1 || got.Points[0].Copies != 2 || got.Points[0].Hits != 4 {
		t.Errorf("found %+v, want one minimum with two copies, hit by four starts", got.Points)
	}
	got, err = landscape.Search{}.Find(t.Context(), undecided{f}, starts, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Points) != 2 || !slices.Equal(got.Points[0].PossiblyEqual, []int{got.Points[1].Number}) || !slices.Equal(got.Points[1].PossiblyEqual, []int{got.Points[0].Number}) {
		t.Errorf("found %+v, want two minima that may be one", got.Points)
	}
}

// Where the loss falls forever the gradient fades away: that is no critical point.
func TestSearchTowardsInfinity(t *testing.T) {
	got, err := landscape.Search{}.Find(t.Context(), formula(t, "exp(-x)+y^2"), [][]float64{{0, 0.3}, {30, 0}}, nil)
	if err != nil || len(got.Points) != 0 || got.Faded != 1 || got.Outside != 1 || got.Note == "" {
		t.Errorf("found %+v, %d faded, %d too far away, %q (%v)", got.Points, got.Faded, got.Outside, got.Note, err)
	}
}

func TestSearchRefuses(t *testing.T) {
	f := surface(t, "booth")
	for _, c := range []struct {
		s      landscape.Search
		starts [][]float64
	}{
		{landscape.Search{Budget: -1}, nil},
		{landscape.Search{Tolerance: -1}, nil},
		{landscape.Search{Box: [][2]float64{{0, 1}}}, nil},
		{landscape.Search{Box: [][2]float64{{0, 1}, {1, 1}}}, nil},
		{landscape.Search{Box: [][2]float64{{0, 1}, {0, math.Inf(1)}}}, nil},
		{landscape.Search{}, [][]float64{{1, 2, 3}}},
	} {
		if _, err := c.s.Find(t.Context(), f, c.starts, nil); err == nil {
			t.Errorf("%+v from %v was not refused", c.s, c.starts)
		}
	}
}

func TestLatin(t *testing.T) {
	b := [][2]float64{{-2, 2}, {0, 10}, {5, 6}}
	points := landscape.Latin(b, 20, 3)
	for k, side := range b {
		var slices [20]int
		for _, x := range points {
			slices[int(20*(x[k]-side[0])/(side[1]-side[0]))]++
		}
		for i, n := range slices {
			if n != 1 {
				t.Errorf("slice %d of side %d holds %d points", i, k, n)
			}
		}
	}
	if other := landscape.Latin(b, 20, 4); same.DeepEqual(points, other) {
		t.Error("another seed gives the same points")
	}
}

// static has a gradient without any order, of length 1: what rounding leaves of one on a plain.
type static struct{ calls *atomic.Int64 }

func (static) Dim() int               { return 2 }
func (static) Loss([]float64) float64 { return 0 }
func (s static) Grad(dst, x []float64) float64 {
	s.calls.Add(1)
	u, _ := rng.NewKey(math.Float64bits(x[0]), math.Float64bits(x[1]), 0, 0, rng.Probe).Uniform2(0, 0)
	dst[0], dst[1] = math.Cos(2*math.Pi*u), math.Sin(2*math.Pi*u)
	return 0
}
func (static) HessVec(dst, _, v []float64) { copy(dst, v) }

// Where a gradient turns however closely one looks, the way around the box is given up and the budget is kept.
func TestSearchOnStatic(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	var calls atomic.Int64
	const budget = 20_000
	got, err := landscape.Search{Box: box([4]float64{-1, 1, -1, 1}), Budget: budget}.Find(ctx, static{&calls}, nil, nil)
	if err != nil || got.TurnsKnown || calls.Load() > 2*budget {
		t.Errorf("%d gradients with a budget of %d, turns known %v (%v)", calls.Load(), budget, got.TurnsKnown, err)
	}
}
