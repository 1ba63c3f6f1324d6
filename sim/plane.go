package sim

import (
	"math"
	"slices"

	"thalweg/landscape"
)

// The kinds of planes.
const (
	Direct = "direct" // the whole space of a two-dimensional ground
	PCA    = "pca"    // principal axes of the trajectories, centred on the first method's last point
	Random = "random" // filter-normalised random directions at the first method's last point
)

// Shared lists the methods that walk on the ground of a method: they are the ones its plane can show.
func (t *Trace) Shared(of *MethodTrace) []*MethodTrace {
	var out []*MethodTrace
	for _, m := range t.Methods {
		if m.Ground == of.Ground || m.Replica != of.Replica && sameOwn(m, of) {
			out = append(out, m)
		}
	}
	return out
}

func sameOwn(a, b *MethodTrace) bool {
	if a.Dim != b.Dim || a.Problem != b.Problem || len(a.Own) != len(b.Own) {
		return false
	}
	for i := range a.Own {
		if a.Own[i].Control.ID != b.Own[i].Control.ID || !a.Own[i].Value.Equal(b.Own[i].Value) {
			return false
		}
	}
	return true
}

// maxPlanePoints is how many points of a trajectory a fitted plane is made from.
const maxPlanePoints = 400

// Plane fits a plane of a kind (empty: the default one) to what the methods on a method's ground recorded so far.
func (t *Trace) Plane(of *MethodTrace, kind string) (landscape.Plane, error) {
	if kind == "" {
		kind = Direct
		if len(of.Planes) > 0 {
			kind = of.Planes[0]
		}
	}
	if kind == Direct {
		return landscape.Direct(of.Dim, of.Domain), nil
	}
	methods := t.Shared(of)
	var paths [][]float64
	for _, m := range methods {
		n := len(m.Theta) / m.Dim
		gap := (n + maxPlanePoints/len(methods) - 1) / max(1, maxPlanePoints/len(methods))
		for i := 0; i < n-1; i += max(1, gap) {
			paths = append(paths, m.Theta[i*m.Dim:(i+1)*m.Dim])
		}
		paths = append(paths, m.End())
	}
	end := of.End()
	var p landscape.Plane
	var err error
	if kind == Random {
		var blocks []landscape.Block
		if b, ok := of.Ground.(landscape.Blocks); ok {
			blocks = b.Blocks()
		}
		p, err = landscape.RandomPlane(slices.Clone(end), blocks, t.Spec.Seed)
		return p, err
	}
	paths = append(paths, end)
	p, err = landscape.PCA(paths)
	if err != nil {
		return p, err
	}
	p.Fit(paths)
	return p, nil
}

// Whole reports whether a plane shows the whole space of the method, so that nothing is hidden.
func (t *MethodTrace) Whole(p *landscape.Plane) bool { return p.Kind == Direct && t.Dim == 2 }

// Path gives the rows of a method's path on a plane from record a up to b: step, s, t and, off a plane that is not
// the whole space, plane loss and distance. Plane losses are computed at every gap-th record only (0: none), NaN
// elsewhere.
func (t *MethodTrace) Path(p *landscape.Plane, a, b, gap int) (rows []float64, columns int) {
	columns = 5
	if t.Whole(p) {
		columns = 3
	}
	x := make([]float64, t.Dim)
	for i := a; i < b; i++ {
		point := t.Point(i)
		if point == nil {
			continue
		}
		s, u, d, err := p.Project(point)
		if err != nil {
			s, u, d = math.NaN(), math.NaN(), math.NaN()
		}
		rows = append(rows, float64(t.Step[i]), s, u)
		if columns == 5 {
			loss := math.NaN()
			if gap > 0 && (i%gap == 0 || i == len(t.Step)-1) {
				p.Point(x, s, u)
				loss = t.Ground.Loss(x)
			}
			rows = append(rows, loss, d)
		}
	}
	return rows, columns
}
