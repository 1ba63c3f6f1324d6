package landscape_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/reftest"
	"thalweg/landscape/surfaces"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "landscape", map[string]reftest.Part{
		"sym8":          sym8,
		"lanczos":       lanczos,
		"slq":           slq,
		"eos_quadratic": eosQuadratic,
		"surfaces":      classics,
		"pca":           pca,
		"filter_norm":   filterNorm,
		"plane3":        plane3,
		"bezier":        bezier,

		"critical_points": criticalPoints,
		"permute":         permute,
	})
}

// matrix is a quadratic loss whose Hessian is known.
type matrix [][]float64

func (a matrix) Dim() int { return len(a) }

func (a matrix) Loss(x []float64) float64 { return a.Grad(make([]float64, len(a)), x) }

func (a matrix) Grad(dst, x []float64) float64 {
	a.HessVec(dst, nil, x)
	sum := 0.0
	for i, v := range x {
		sum += v * dst[i] / 2
	}
	return sum
}

func (a matrix) HessVec(dst, _, v []float64) {
	for i, row := range a {
		dst[i] = 0
		for j, e := range row {
			dst[i] += e * v[j]
		}
	}
}

func diagonal(d []float64) matrix {
	a := make(matrix, len(d))
	for i, v := range d {
		a[i] = make([]float64, len(d))
		a[i][i] = v
	}
	return a
}

func flat(rows [][]float64) []float64 {
	var all []float64
	for _, r := range rows {
		all = append(all, r...)
	}
	return all
}

func sym8(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct{ A matrix }
	reftest.Decode(t, part, &c)
	eigenvalues := landscape.Spectrum(c.A, make([]float64, len(c.A)))
	trace, square := 0.0, 0.0
	for _, v := range eigenvalues {
		trace += v
		square += v * v
	}
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "eig", eigenvalues, 0)
	reftest.Leaf(t, fields, "trace", []float64{trace}, 0)
	reftest.Leaf(t, fields, "fro2", []float64{square}, 0)
}

func lanczos(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct {
		A           matrix
		Diag, Start []float64
		M           int
	}
	reftest.Decode(t, part, &c)
	if c.A == nil {
		c.A = diagonal(c.Diag)
	}
	k := landscape.Lanczos(landscape.HessianAt(c.A, nil), c.Start, c.M)
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "alpha", k.Alpha, 1e-8)
	reftest.Leaf(t, fields, "beta", k.Beta, 1e-8)
	reftest.Leaf(t, fields, "ritz", k.Ritz, 0)
	reftest.Leaf(t, fields, "weights", k.Weights, 0)
}

func slq(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct {
		A      matrix
		Probes [][]float64
		M      int
	}
	reftest.Decode(t, part, &c)
	d := landscape.Quadrature(landscape.HessianAt(c.A, nil), c.Probes, c.M)
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "nodes", flat(d.Nodes), 0)
	reftest.Leaf(t, fields, "weights", flat(d.Weights), 0)
	reftest.Leaf(t, fields, "trace", []float64{d.Trace}, 0)
}

func eosQuadratic(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct{ Eig []float64 }
	reftest.Decode(t, part, &c)
	f := diagonal(c.Eig)
	ones, grad := make([]float64, len(c.Eig)), make([]float64, len(c.Eig))
	for i := range ones {
		ones[i] = 1
	}
	f.Grad(grad, ones)
	factors := make([]float64, len(c.Eig))
	for i, g := range grad {
		factors[i] = ones[i] - 0.21*g
	}
	eigenvalues := landscape.Spectrum(f, ones)
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "stable_eta_max", []float64{2 / eigenvalues[len(eigenvalues)-1]}, 0)
	reftest.Leaf(t, fields, "amplification_at_eta_0p21", factors, 0)
}

func classics(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	reftest.Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
		var c struct{ X []float64 }
		reftest.Decode(t, raw, &c)
		s, ok := surfaces.Find(reftest.ID(name))
		if !ok {
			t.Fatalf("there is no surface %s", name)
		}
		f, err := s.New(surfaces.Params{Dim: len(c.X)})
		if err != nil {
			t.Fatal(err)
		}
		grad := make([]float64, len(c.X))
		loss := f.Grad(grad, c.X)
		fields := reftest.Object(t, raw)
		reftest.Leaf(t, fields, "value", []float64{loss}, 0)
		reftest.Leaf(t, fields, "grad", grad, 0)
	})
}

// project returns the coordinates of points in a plane.
func project(t *testing.T, p landscape.Plane, points ...[]float64) []float64 {
	t.Helper()
	var coords []float64
	for _, x := range points {
		a, b, _, err := p.Project(x)
		if err != nil {
			t.Fatal(err)
		}
		coords = append(coords, a, b)
	}
	return coords
}

func pca(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct{ Points [][]float64 }
	reftest.Decode(t, part, &c)
	p, err := landscape.PCA(t.Context(), c.Points)
	if err != nil {
		t.Fatal(err)
	}
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "axes", flat(p.Axes[:]), 0)
	reftest.Leaf(t, fields, "explained", p.Explained, 0)
	reftest.Leaf(t, fields, "coords", project(t, p, c.Points...), 0)
}

func filterNorm(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	fields := reftest.Object(t, part)
	numbers := func(name string) []float64 {
		v, err := reftest.Flat(fields[name])
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rows, err := reftest.List(fields["W"])
	if err != nil {
		t.Fatal(err)
	}
	w, b := numbers("W"), numbers("b")
	blocks := []landscape.Block{
		{Rows: len(rows), Columns: len(w) / len(rows)},
		{Offset: len(w), Rows: len(b), Columns: 1, Bias: true},
	}
	out := make([]float64, len(w)+len(b))
	landscape.FilterNormalize(out, append(numbers("D"), numbers("Db")...), append(w, b...), blocks)
	reftest.Leaf(t, fields, "out", out[:len(w)], 0)
	reftest.Leaf(t, fields, "out_b", out[len(w):], 0)
}

func plane3(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct{ A, B, C []float64 }
	reftest.Decode(t, part, &c)
	p, err := landscape.ThreePoints(c.A, c.B, c.C, 1)
	if err != nil {
		t.Fatal(err)
	}
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "e1", p.Axes[0], 0)
	reftest.Leaf(t, fields, "e2", p.Axes[1], 0)
	reftest.Leaf(t, fields, "coords", project(t, p, c.A, c.B, c.C), 0)
}

func bezier(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct {
		A, B, C []float64
		T       float64
	}
	reftest.Decode(t, part, &c)
	point, tangent := make([]float64, len(c.A)), make([]float64, len(c.A))
	landscape.Bezier(point, tangent, c.A, c.C, c.B, c.T)
	fields := reftest.Object(t, part)
	reftest.Leaf(t, fields, "point", point, 0)
	reftest.Leaf(t, fields, "tangent", tangent, 0)
}

// criticalPoints searches the domain of each surface, or the box that stands beside its points.
func criticalPoints(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	reftest.Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
		s, ok := surfaces.Find(reftest.ID(name))
		if !ok {
			t.Fatalf("there is no surface %s", name)
		}
		domain, list := s.Domain, raw
		if wanted, err := reftest.List(raw); err != nil || len(wanted) == 0 {
			var given struct{ Box *[4]float64 }
			reftest.Decode(t, raw, &given)
			if given.Box != nil {
				domain = *given.Box
			}
			list = points(t, raw)
		}
		b, f := box(domain), surface(t, s.ID)
		for len(b) < f.Dim() {
			b = append(b, b[1]) // the domain has two sides
		}
		found, err := landscape.Search{Box: b}.Find(t.Context(), f, landscape.Latin(b, 64, 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		left := slices.Clone(found.Points)
		reftest.Cases(t, list, func(t *testing.T, _ string, raw json.RawMessage) {
			i := nextPoint(t, left, raw)
			c := left[i]
			left = slices.Delete(left, i, i+1)
			pointLeaves(t, f, c, raw)
		})
		for _, c := range left {
			// Curves of critical points cannot be listed.
			if c.Nullity == 0 {
				t.Errorf("%v at %v is not in the list", c.String(), c.X)
			}
		}
	})
}

// points is the field of a case that holds its points.
func points(t *testing.T, raw json.RawMessage) json.RawMessage {
	for _, field := range reftest.Object(t, raw) {
		var list []struct{ X []float64 }
		if json.Unmarshal(field, &list) == nil && len(list) > 0 && len(list[0].X) > 0 {
			return field
		}
	}
	t.Fatal("no list of points")
	return nil
}

// nextPoint is the point at the wanted place or, so that a wrong place fails its own leaf alone, the first of those
// left, which are sorted by loss; among points of equal loss, whose order means nothing, the one next to the place.
func nextPoint(t *testing.T, left []landscape.Critical, raw json.RawMessage) int {
	t.Helper()
	var want struct{ X []float64 }
	reftest.Decode(t, raw, &want)
	if len(left) == 0 {
		t.Fatalf("nothing was found at %v", want.X)
	}
	best, first := 0, true
	for i, c := range left {
		if len(want.X) != len(c.X) {
			continue
		}
		d := landscape.Distance(c.X, want.X)
		if d <= 1e-6*(1+math.Abs(want.X[0])) {
			return i
		}
		first = first && near(c.Loss, left[0].Loss, 1e-9*(1+math.Abs(c.Loss)))
		if first && d < landscape.Distance(left[best].X, want.X) {
			best = i
		}
	}
	return best
}

// pointLeaves holds a point against the fields of its case: places to 1e-10, losses to 1e-10 of 1+|loss|, which is 0 at
// many minima up to rounding, eigenvalues to 1e-8.
func pointLeaves(t *testing.T, f landscape.Func, c landscape.Critical, raw json.RawMessage) {
	fields := reftest.Object(t, raw)
	absolute := func(field string, got []float64, allowed float64) {
		if _, ok := fields[field]; !ok {
			return
		}
		t.Run(field, func(t *testing.T) {
			want, err := reftest.Flat(fields[field])
			if err != nil || len(want) != len(got) {
				t.Fatalf("want %s (%v), got %v", fields[field], err, got)
			}
			for i, w := range want {
				if !near(got[i], w, allowed) {
					t.Errorf("number %d is %v, want %v: off by %.2e, allowed %.2e", i, got[i], w, math.Abs(got[i]-w), allowed)
				}
			}
		})
	}
	size := 1.0
	for _, v := range c.X {
		size = max(size, math.Abs(v))
	}
	absolute("x", c.X, 1e-10*size)
	absolute("value", []float64{c.Loss}, 1e-10*(1+math.Abs(c.Loss)))
	hesse, err := landscape.DenseHessian(t.Context(), f, c.X)
	if err != nil {
		t.Fatal(err)
	}
	h := hesse.Values
	reftest.Leaf(t, fields, "hess", []float64{h[0], h[1], h[3]}, 1e-8)
	reftest.Leaf(t, fields, "eig", c.Eigenvalues, 1e-8)
	reftest.Leaf(t, fields, "index", []float64{float64(c.Index)}, 0)
}

func permute(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
	var c struct{ A, B, C [][]float64 }
	reftest.Decode(t, part, &c)
	fields := reftest.Object(t, part)
	rectangle := func(rows [][]float64) landscape.Matrix {
		m := landscape.Matrix{Rows: len(rows), Values: flat(rows)}
		if len(rows) > 0 {
			m.Columns = len(rows[0])
		}
		return m
	}
	answer := func(other [][]float64) []float64 {
		if landscape.SameUpToRowsAndColumns(rectangle(c.A), rectangle(other)) == landscape.Equal {
			return []float64{1}
		}
		return []float64{0}
	}
	reftest.Leaf(t, fields, "equal_mod_rows_and_cols", answer(c.B), 0)
	reftest.Leaf(t, fields, "C_equal_mod_rows_and_cols_at_1e_6", answer(c.C), 0)
}
