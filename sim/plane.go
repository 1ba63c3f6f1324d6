package sim

import (
	"context"
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim/param"
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

// A fitted plane is made from all recorded points, as long as they are not more than maxPlanePoints; fewer, but
// leastPlanePoints at least, where so many would be more than maxPlaneNumbers. Else each walk is thinned evenly.
const (
	maxPlanePoints, leastPlanePoints = 2000, 400
	maxPlaneNumbers                  = 4 << 20
)

// A Fitting is what a plane is made of: taken from a trace that may go on, and fitted apart from it.
type Fitting struct {
	Text   PlaneText
	Ground landscape.Func
	Domain [4]float64
	Seed   uint64
	// Spots are the points that the plane goes through, Paths those that it is fitted to.
	Spots []Spot
	Paths [][]float64
	// Thinned is above 1 where Paths hold only one of so many recorded points of a walk.
	Thinned int
	// Settled tells that the plane stays as it is while the run goes on.
	Settled bool
}

// Fitting collects what a plane of a method's ground is made of (an empty kind means the default one).
func (t *Trace) Fitting(of *MethodTrace, p PlaneText) (*Fitting, error) {
	if p.Kind == "" {
		p.Kind = of.Kinds()[0]
	}
	f := &Fitting{Text: p, Ground: of.Ground, Domain: of.Domain, Seed: t.Spec.Seed, Settled: p.Kind != PCA}
	for _, a := range t.through(of, p) {
		s, err := t.Spot(of, a)
		if err != nil {
			return nil, param.Refuse("plane", "%s: %s", p, param.Faults(err)[0].Detail)
		}
		f.Spots = append(f.Spots, s)
		f.Settled = f.Settled && s.Settled
	}
	if p.Kind != PCA {
		return f, nil
	}
	methods := t.Shared(of)
	most := max(1, min(maxPlanePoints, max(leastPlanePoints, maxPlaneNumbers/of.Dim))/len(methods))
	for _, m := range methods {
		n := len(m.Theta) / m.Dim
		gap := max(1, (n+most-1)/most)
		f.Thinned = max(f.Thinned, gap)
		for i := 0; i < n-1; i += gap {
			f.Paths = append(f.Paths, m.Theta[i*m.Dim:(i+1)*m.Dim])
		}
		f.Paths = append(f.Paths, m.End())
	}
	f.Paths = append(f.Paths, of.End())
	return f, nil
}

// A Finder gives the point of a critical point's number, which it may have to search for.
type Finder func(ctx context.Context, number int) ([]float64, error)

// Plane fits the plane. find may be nil where critical points are not known.
func (f *Fitting) Plane(ctx context.Context, find Finder) (landscape.Plane, error) {
	for i := range f.Spots {
		s := &f.Spots[i]
		if s.X != nil {
			continue
		}
		if find == nil {
			return landscape.Plane{}, param.Refuse("plane", "%s: critical points are not searched here", f.Text)
		}
		var err error
		if s.X, err = find(ctx, s.Anchor.Critical); err != nil {
			return landscape.Plane{}, err
		}
	}
	var blocks []landscape.Block
	if b, ok := f.Ground.(landscape.Blocks); ok {
		blocks = b.Blocks()
	}
	switch f.Text.Kind {
	case Direct:
		return landscape.Direct(f.Ground.Dim(), f.Domain), nil
	case Random:
		return landscape.RandomPlane(slices.Clone(f.Spots[0].X), blocks, f.Seed)
	case Hessian:
		return landscape.HessianPlane(ctx, f.Ground, f.Spots[0].X, landscape.TopBottom)
	case HessianTop:
		p, err := landscape.HessianPlane(ctx, f.Ground, f.Spots[0].X, landscape.TopTwo)
		p.Kind = HessianTop
		return p, err
	case Escape:
		solved, ok := f.Ground.(landscape.Solved)
		if !ok {
			return landscape.Plane{}, param.Refuse("plane", "%s: this ground does not know its solution", f.Text)
		}
		return landscape.EscapePlane(ctx, solved, f.Spots[0].X)
	case TwoPoints:
		return landscape.LinePlane(f.Spots[0].X, f.Spots[1].X, blocks, f.Seed)
	case ThreePoints:
		return landscape.ThreePoints(f.Spots[0].X, f.Spots[1].X, f.Spots[2].X, f.Seed)
	}
	p, err := landscape.PCA(ctx, f.Paths)
	if err != nil {
		return p, err
	}
	if f.Thinned > 1 {
		p.Note += fmt.Sprintf("; fitted to one in %d recorded points", f.Thinned)
	}
	return p, p.Fit(f.Paths)
}

// Searched reports whether the plane goes through critical points, which a search must find.
func (f *Fitting) Searched() bool {
	return slices.ContainsFunc(f.Spots, func(s Spot) bool { return s.X == nil })
}

// A Mark is a point that a plane goes through, as the plane shows it.
type Mark struct {
	Label string `json:"label"`
	Step  int    `json:"step"` // -1 for a critical point
	// S and T are its coordinates in the plane, Distance how far it lies off it.
	S        float64 `json:"s"`
	T        float64 `json:"t"`
	Distance float64 `json:"distance"`
	Loss     float64 `json:"loss"`
}

// Marks lays the points of the fitting on its plane.
func (f *Fitting) Marks(p *landscape.Plane) []Mark {
	out := []Mark{}
	for i := range f.Spots {
		s := &f.Spots[i]
		if s.X == nil {
			continue
		}
		m := Mark{Label: s.Anchor.String(), Step: s.Step, Loss: f.Ground.Loss(s.X)}
		if s.Anchor.Critical > 0 || s.Anchor.Method == SolutionAnchor {
			m.Step = -1
		}
		var err error
		if m.S, m.T, m.Distance, err = p.Project(s.X); err == nil {
			out = append(out, m)
		}
	}
	if solved, ok := f.Ground.(landscape.Solved); ok && f.Text.Kind == Escape && p.Axes[0] != nil {
		x := solved.Solution(f.Spots[0].X)
		m := Mark{Label: "solution", Step: -1, Loss: f.Ground.Loss(x)}
		var err error
		if m.S, m.T, m.Distance, err = p.Project(x); err == nil {
			out = append(out, m)
		}
	}
	return out
}

// Plane fits a plane of a kind (empty: the default one) to what the methods on a method's ground recorded so far.
func (t *Trace) Plane(ctx context.Context, of *MethodTrace, p PlaneText, find Finder) (landscape.Plane, error) {
	f, err := t.Fitting(of, p)
	if err != nil {
		return landscape.Plane{}, err
	}
	return f.Plane(ctx, find)
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
				loss = t.GroundAt(t.Step[i]).Loss(x)
			}
			rows = append(rows, loss, d)
		}
	}
	return rows, columns
}
