package labs_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/labs"
	"thalweg/sim/param"
)

// everyGround calls f with each problem of each lab, small enough for its whole Hessian.
func everyGround(t *testing.T, f func(t *testing.T, s *sim.Spec, c *sim.Contestant)) {
	t.Helper()
	for _, l := range labs.All {
		control := slices.IndexFunc(l.Controls, func(c param.Control) bool { return c.ID == "problem" })
		if control < 0 {
			t.Errorf("lab %s has no control that chooses its ground", l.ID)
			continue
		}
		for _, problem := range l.Controls[control].Choices {
			if slices.ContainsFunc(l.Controls, func(c param.Control) bool { return c.ID == problem.ID && len(c.Accept) > 0 }) {
				continue // needs an upload: rows on the nets of the other problems, or a surface without exact curvature
			}
			t.Run(l.ID+"/"+problem.ID, func(t *testing.T) {
				query := "problem=" + problem.ID
				if l.ID == "network" {
					query += "&architecture=5&samples=60"
				} else {
					for _, p := range smaller[l.ID] {
						query += "&" + p.Name + "=" + p.Text
					}
				}
				if l.ID == "symmetry" {
					query += "&activation=tanh" // differences cross the kinks of ReLU
				}
				var d sim.Draft
				if err := d.Query(query); err != nil {
					t.Fatal(err)
				}
				s, err := l.Resolve(d)
				if err != nil {
					t.Fatal(err)
				}
				scene, err := l.Open(sim.Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed, Steps: s.Steps})
				if err != nil {
					t.Fatal(err)
				}
				f(t, s, &scene.Contestants[0])
			})
		}
	}
}

// around is a point a little off the start, where no ground has a kink by construction, and two directions.
func around(c *sim.Contestant) (x, u, v []float64) {
	n := c.Ground.Dim()
	x, u, v = slices.Clone(c.Method.Point()), make([]float64, n), make([]float64, n)
	key := rng.NewKey(77, 0, 0, 0, rng.Probe)
	key.FillNormal(u, 0, 0)
	key.FillNormal(v, 1, 0)
	for i := range x {
		x[i] += 0.01 * v[(i+1)%n]
	}
	return x, u, v
}

func inner(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// Of every ground of every lab the Hessian is symmetric to 1e-10, and its product with a vector is the derivative of
// the gradient to 1e-6.
func TestHessianOfEveryGround(t *testing.T) {
	everyGround(t, func(t *testing.T, _ *sim.Spec, c *sim.Contestant) {
		f, ok := c.Ground.(landscape.Curved)
		if !ok {
			t.Fatal("the ground has no exact curvature")
		}
		n := f.Dim()
		x, u, v := around(c)
		hu, hv := make([]float64, n), make([]float64, n)
		f.HessVec(hu, x, u)
		f.HessVec(hv, x, v)
		size := math.Sqrt(inner(hu, hu) * inner(v, v))
		if d := math.Abs(inner(u, hv) - inner(v, hu)); d > 1e-10*(size+math.Abs(inner(u, hv))) {
			t.Errorf("u'Hv is %v, v'Hu %v", inner(u, hv), inner(v, hu))
		}
		// Differences of two widths, extrapolated.
		difference := func(h float64) []float64 {
			low, high, at := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range at {
				at[i] = x[i] - h*v[i]
			}
			f.Grad(low, at)
			for i := range at {
				at[i] = x[i] + h*v[i]
			}
			f.Grad(high, at)
			for i := range high {
				high[i] = (high[i] - low[i]) / (2 * h)
			}
			return high
		}
		wide, narrow := difference(2e-4), difference(1e-4)
		for i := range hv {
			if want := (4*narrow[i] - wide[i]) / 3; math.Abs(hv[i]-want) > 1e-6*math.Sqrt(inner(hv, hv))+1e-10 {
				t.Errorf("entry %d of Hv is %v, differences say %v", i, hv[i], want)
			}
		}
	})
}

// Probe gives the Hessian and the eigenvalues of every ground: they are finite, symmetric, and sum to the trace.
func TestProbeOfEveryGround(t *testing.T) {
	everyGround(t, func(t *testing.T, s *sim.Spec, c *sim.Contestant) {
		x, _, v := around(c)
		raw, err := sim.Probe(t.Context(), s, [][]float64{x}, [][]float64{v}, []string{"hessian", "spectrum", "hvp"})
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Dim    int
			Points []struct {
				Hessian       [][]float64
				Spectrum, Hvp []float64
			}
		}
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		n, p := c.Ground.Dim(), d.Points[0]
		if d.Dim != n || len(p.Hessian) != n || len(p.Spectrum) != n || len(p.Hvp) != n {
			t.Fatalf("%d parameters gave %d rows, %d eigenvalues, a product of %d", n, len(p.Hessian), len(p.Spectrum), len(p.Hvp))
		}
		trace, sum, size := 0.0, 0.0, 0.0
		for i, row := range p.Hessian {
			trace += row[i]
			sum += p.Spectrum[i]
			size = max(size, math.Abs(p.Spectrum[i]))
			if got := inner(row, v); math.Abs(got-p.Hvp[i]) > 1e-10*(1+math.Sqrt(inner(p.Hvp, p.Hvp))) {
				t.Errorf("row %d of the Hessian gives %v, the product %v", i, got, p.Hvp[i])
			}
			for j, e := range row {
				if p.Hessian[j][i] != e {
					t.Fatalf("entry %d, %d is %v, its mirror image %v", i, j, e, p.Hessian[j][i])
				}
			}
		}
		if !slices.IsSorted(p.Spectrum) || math.Abs(trace-sum) > 1e-10*float64(n)*max(1, size) {
			t.Errorf("the eigenvalues sum to %v, the trace is %v", sum, trace)
		}
	})
}

// A Hessian that is too large for Probe is refused with the limit.
func TestProbeRefusesLargeHessians(t *testing.T) {
	var d sim.Draft
	if err := d.Query("problem=digits&architecture=24"); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(labs.All, func(l *sim.Lab) bool { return l.ID == "network" })
	s, err := labs.All[i].Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"hessian", "spectrum"} {
		_, err := sim.Probe(t.Context(), s, [][]float64{make([]float64, 1810)}, nil, []string{what})
		if want := fmt.Sprintf("what: Hessian of 1810 parameters is not computed in full (at most %d)", landscape.MaxDense); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
}
