package sim

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"thalweg/landscape"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// What Probe can be asked.
var Probes = []string{"loss", "grad", "hvp", "hessian", "spectrum"}

// maxProbe bounds the numbers that a probe returns.
const maxProbe = 4_000_000

// Probe measures a lab's ground at points: its loss, gradient, Hessian-vector product with the vector beside the
// point, Hessian and eigenvalues, as a JSON document of full precision. The ground is that of the spec's first
// method.
func Probe(ctx context.Context, s *Spec, points, vectors [][]float64, what []string) (json.RawMessage, error) {
	if len(what) == 0 {
		what = []string{"loss", "grad"}
	}
	for _, w := range what {
		if !slices.Contains(Probes, w) {
			return nil, param.Refuse("what", "%q is not one of loss, grad, hvp, hessian, spectrum", w)
		}
	}
	scene, err := s.Lab.Open(Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed, Steps: s.Steps})
	if err != nil {
		return nil, err
	}
	c := &scene.Contestants[0]
	f, n := c.Ground, c.Ground.Dim()
	asks := func(w string) bool { return slices.Contains(what, w) }
	if asks("hvp") && len(vectors) != len(points) {
		return nil, param.Refuse("v", "%d vectors for %d points; hvp needs one each", len(vectors), len(points))
	}
	if (asks("hessian") || asks("spectrum")) && n > landscape.MaxDense {
		return nil, param.Refuse("what", "Hessian of %d parameters is not computed in full (at most %d)", n, landscape.MaxDense)
	}
	size := 2 * n
	if asks("hessian") {
		size += n * n
	}
	if len(points)*size > maxProbe {
		return nil, param.Refuse("at", "%d points of dimension %d make more than %d numbers", len(points), n, maxProbe)
	}
	d := &doc{flags: map[string]string{}}
	out := []json.RawMessage{}
	for i, x := range points {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(x) != n {
			return nil, param.Refuse("at", "point %d has %d coordinates, this ground has %d", i, len(x), n)
		}
		at := "/points/" + strconv.Itoa(i)
		var o fields
		o.raw("x", d.floats(at+"/x", x))
		g := make([]float64, n)
		loss := f.Grad(g, x)
		if asks("loss") {
			o.raw("loss", d.number(at+"/loss", loss))
		}
		if asks("grad") {
			o.raw("grad", d.floats(at+"/grad", g))
		}
		if asks("hvp") {
			if len(vectors[i]) != n {
				return nil, param.Refuse("v", "vector %d has %d coordinates, this ground has %d", i, len(vectors[i]), n)
			}
			h := make([]float64, n)
			landscape.HessVec(f, h, x, vectors[i])
			o.raw("hvp", d.floats(at+"/hvp", h))
		}
		if asks("hessian") {
			h, err := landscape.DenseHessian(ctx, f, x)
			if err != nil {
				return nil, err
			}
			o.raw("hessian", d.rows(at+"/hessian", h.Values, n))
		}
		if asks("spectrum") {
			full, err := landscape.FullSpectrum(ctx, f, x)
			if err != nil {
				return nil, err
			}
			o.raw("spectrum", d.floats(at+"/spectrum", full.Values))
		}
		out = append(out, o.bytes())
	}
	var o fields
	o.add("schema", 1)
	o.add("lab", s.Lab.ID)
	o.add("problem", c.Problem)
	o.add("dim", n)
	o.add("points", out)
	if len(d.flags) > 0 {
		o.add("flags", d.flags)
	}
	return o.bytes(), nil
}

// ReadPoints reads what Probe takes: a JSON array of arrays, or {"x": […], "v": […]}.
func ReadPoints(data []byte) (points, vectors [][]float64, err error) {
	if json.Unmarshal(data, &points) == nil {
		return points, nil, nil
	}
	var both struct {
		X [][]float64 `json:"x"`
		V [][]float64 `json:"v"`
	}
	if err := json.Unmarshal(data, &both); err != nil || both.X == nil {
		return nil, nil, param.Refuse("at", "is neither an array of arrays of numbers nor {\"x\":[…],\"v\":[…]}")
	}
	return both.X, both.V, nil
}

// ReadNPY reads points from a two-dimensional NumPy array of float64 or float32 in C order.
func ReadNPY(data []byte) ([][]float64, error) {
	a, err := files.ReadNPY(data)
	if err != nil {
		return nil, param.Refuse("at", "%v", err)
	}
	shape := a.Shape
	if len(shape) == 1 {
		shape = []int{1, shape[0]} // a single point
	}
	if len(shape) != 2 || shape[1] < 1 || a.Whole() {
		return nil, param.Refuse("at", "the array is no rows of points in float64 or float32")
	}
	rows, columns, v := shape[0], shape[1], a.Floats()
	points := make([][]float64, rows)
	for i := range points {
		points[i] = v[i*columns : (i+1)*columns]
	}
	return points, nil
}
