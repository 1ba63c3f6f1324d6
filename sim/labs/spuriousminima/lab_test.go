package spuriousminima

import (
	"math"
	"strings"
	"testing"

	"thalweg/sim"
)

func begin(t *testing.T, link string) (*sim.Run, error) {
	t.Helper()
	var d sim.Draft
	if err := d.Query(link); err != nil {
		return nil, err
	}
	spec, err := Lab.Resolve(d)
	if err != nil {
		return nil, err
	}
	return sim.NewRun(spec)
}

// Bad values are refused by the name of the field and what would be right.
func TestRefused(t *testing.T) {
	for link, want := range map[string]string{
		"dim=1":                                   "dim",
		"family=ii&dim=5":                         "want 6 to 50",
		"family=ii&extra-neurons=1":               "must name the neuron",
		"family=ii&split=3":                       "set extra-neurons to 1",
		"family=ii&extra-neurons=1&split=12":      "must be -1 to 9",
		"split=2":                                 "choose a family",
		"family=a&extra-neurons=-1":               "must be 0 or more",
		"family=a&runs=5&perturbation=0":          "all runs are the same",
		"family=a&runs=5&perturb-along=lowest":    "all runs are the same",
		"runs=3&methods=gradient-flow":            "no plain step",
		"dim=2&extra-neurons=-2":                  "want at least 1",
		"problem=perturbed&teacher-noise=0.5":     "teacher-noise",
		"family=ii&methods=gd:step-size=nonsense": "step-size",
	} {
		if _, err := begin(t, link); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a message with %q", link, err, want)
		}
	}
}

// What the page should say first: a loss that cannot reach 0, a step size that cannot rest.
func TestNotes(t *testing.T) {
	for link, want := range map[string]string{"extra-neurons=-1": "cannot reach 0", "methods=gd:step-size=0.9": "unstable: η > 2/λmax", "dim=6": ""} {
		r, err := begin(t, link)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Note(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: the note is %q, want %q", link, got, want)
		}
	}
}

// Wilson's interval for 63 of 200, and at the ends.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		n, of     int
		low, high float64
	}{{63, 200, 0.25462, 0.38238}, {0, 200, 0, 0.01885}, {5, 5, 0.56551, 1}} {
		if low, high := wilson(c.n, c.of); math.Abs(low-c.low) > 1e-4 || math.Abs(high-c.high) > 1e-4 {
			t.Errorf("%d of %d: %.5f to %.5f, want %.5f to %.5f", c.n, c.of, low, high, c.low, c.high)
		}
	}
}

// The runs beside the first are those of a run with their seed: counted together they are what each is alone.
func TestCrowdIsItsRuns(t *testing.T) {
	const runs, steps = 6, 400
	r, err := begin(t, "dim=6&runs=6&seed=3&steps=400&every=400&methods=gd:step-size=0.5")
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(t.Context(), 50) {
	}
	solved := 0.0
	for seed := range runs {
		one, err := begin(t, "dim=6&steps=400&methods=gd:step-size=0.5&seed="+string(rune('3'+seed)))
		if err != nil {
			t.Fatal(err)
		}
		for !one.Advance(t.Context(), steps) {
		}
		for _, loss := range one.Trace().Methods[0].At("loss") {
			if loss < success {
				solved++
				break
			}
		}
	}
	got := r.Trace().Methods[0].Readings("solved-runs").Value
	if len(got) == 0 || got[len(got)-1] != solved {
		t.Errorf("%v runs solved together, %v alone", got, solved)
	}
}

// The bar code is exact at a symmetric point of any size, gathered from the dense Hessian up to 600 weights elsewhere,
// and says nothing where neither is known.
func TestBars(t *testing.T) {
	for link, want := range map[string]struct{ levels, weights, dense int }{
		"dim=10&family=ii&perturbation=0":                         {12, 100, 100},
		"dim=50&family=a&perturbation=0":                          {7, 2500, 0},
		"dim=20&family=ii&perturbation=0&extra-neurons=1&split=0": {-1, 420, 420},
		"dim=6&family=ii&perturbation=0&extra-neurons=1&split=0":  {-1, 42, 42},
		"dim=30&family=a&perturbation=0.01":                       {0, 0, 0},
	} {
		r, err := begin(t, link+"&steps=1")
		if err != nil {
			t.Fatal(err)
		}
		r.Advance(t.Context(), 1)
		m := r.Trace().Methods[0]
		row := func(id string) []float64 {
			if rows := m.Readings(id).Rows; len(rows) > 0 && (id != "spectrum" || want.dense > 0) {
				return rows[0]
			}
			return nil
		}
		levels, counts, types, dense := row("levels"), row("multiplicity"), row("level-types"), row("spectrum")
		weights := 0
		for i, n := range counts {
			weights += int(n)
			// Four neurons alike have three standard and three skew directions: nothing tells which these are.
			if want.weights == 42 && n == 3 && types[i] >= 0 {
				t.Errorf("%s: three equal curvatures are said to be of kind %v", link, types[i])
			}
		}
		if want.levels >= 0 && len(levels) != want.levels || weights != want.weights || len(dense) != want.dense {
			t.Errorf("%s: %d levels of %d weights, %d dense values; want %+v", link, len(levels), weights, len(dense), want)
		}
	}
}

// A family's point opens on the way out: both ends of it are in the picture, and on the second axis the loss falls from
// a split point and rises from a trap.
func TestWayOut(t *testing.T) {
	r, err := begin(t, "preset=one-more-neuron&steps=1")
	if err != nil {
		t.Fatal(err)
	}
	r.Advance(t.Context(), 1)
	trace := r.Trace()
	for i, falls := range []bool{false, true} {
		m := trace.Methods[i]
		f, err := trace.Fitting(m, sim.PlaneText{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Plane(t.Context(), nil)
		if err != nil || p.Kind != sim.Escape {
			t.Fatalf("%s opens on %s: %v", m.ID, p.Kind, err)
		}
		marks := f.Marks(&p)
		if len(marks) != 2 || marks[1].Label != "solution" || marks[1].Distance > 1e-9 || math.Abs(marks[1].Loss) > 1e-14 || marks[1].S > p.Range[1] {
			t.Errorf("%s: the plane is marked by %+v, want its start and a solution on it", m.ID, marks)
		}
		x := make([]float64, m.Dim)
		p.Point(x, 0, 0.02)
		if rise := m.Ground.Loss(x) - m.Ground.Loss(p.Origin); (rise < 0) != falls {
			t.Errorf("%s: along the lowest curvature the loss changes by %g, want it to fall: %v", m.ID, rise, falls)
		}
	}
}

// A hundred runs cost a hundred gradients, but one spectrum.
func TestCrowdCost(t *testing.T) {
	if _, err := begin(t, "dim=14&runs=100&steps=40000"); err != nil {
		t.Errorf("a hundred runs with 14 inputs are refused: %v", err)
	}
	if _, err := begin(t, "dim=50&runs=500&steps=1000000"); err == nil {
		t.Error("500 runs of a million steps with 50 inputs are begun")
	}
}
