package explore

import (
	"context"
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// criticalAsk asks for the points without gradient that so many starts lead to.
type criticalAsk struct {
	Starts int `json:"starts"`
}

// The numbers of starts: the usual one and the most.
const (
	usualStarts = 64
	mostStarts  = 1024
)

func (a *criticalAsk) anchors() []*sim.Anchor { return nil }

func (a *criticalAsk) check() error {
	if a.Starts == 0 {
		a.Starts = usualStarts
	}
	if a.Starts < 1 || a.Starts > mostStarts {
		return param.Refuse("starts", "must lie between 1 and %d; got %d", mostStarts, a.Starts)
	}
	return nil
}

// startsOf takes the places of the walks from where critical points may be near: their ends and starts, and in each
// quarter of a walk the one of the shortest gradient. The box is around all of the walks, or the domain of a
// two-dimensional ground.
func startsOf(tr *sim.Trace, of *sim.MethodTrace) (starts [][]float64, box [][2]float64) {
	box = make([][2]float64, of.Dim)
	for k := range box {
		box[k] = [2]float64{math.Inf(1), math.Inf(-1)}
	}
	add := func(x []float64) {
		if x != nil && !slices.ContainsFunc(starts, func(o []float64) bool { return slices.Equal(o, x) }) {
			starts = append(starts, x)
		}
	}
	for _, m := range tr.Shared(of) {
		if m.Replica != of.Replica {
			continue
		}
		for i := range m.Records() {
			for k, v := range m.Point(i) {
				box[k] = [2]float64{min(box[k][0], v), max(box[k][1], v)}
			}
		}
		add(m.End())
		norms := m.At("gradient-norm")
		for quarter := range 4 {
			least := -1
			for i := quarter * len(norms) / 4; i < (quarter+1)*len(norms)/4; i++ {
				if m.Point(i) != nil && (least < 0 || norms[i] < norms[least]) {
					least = i
				}
			}
			if least >= 0 {
				add(m.Point(least))
			}
		}
		add(m.Point(0))
	}
	for k := range box {
		// A fifth more on every side, and something where the walks did not move.
		pad := 0.2*(box[k][1]-box[k][0]) + 1e-3*(1+math.Abs(box[k][0]))
		box[k][0], box[k][1] = box[k][0]-pad, box[k][1]+pad
	}
	if of.Dim == 2 {
		d := of.Domain
		box = [][2]float64{{d[0], d[1]}, {d[2], d[3]}}
	}
	return starts, box
}

// A Point is a critical point, or the nearest to one that was reached.
type Point struct {
	ID       int    `json:"id"`
	X        []Real `json:"x,omitempty"` // up to dimension maxShownDim
	S        *Real  `json:"s"`
	T        *Real  `json:"t"`
	Distance *Real  `json:"distance"`
	Loss     Real   `json:"loss"`
	Grad     Real   `json:"grad"`
	// Converged is false where the gradient is longer than the tolerance; Why says how long it is.
	Converged bool   `json:"converged"`
	Why       string `json:"why"`
	Index     int    `json:"index"`
	Nullity   int    `json:"nullity"`
	Label     string `json:"label"`
	// Eigenvalues are all those of the Hessian, or with Partial the lowest and the highest.
	Eigenvalues []Real              `json:"eigenvalues"`
	Partial     bool                `json:"partial"`
	Clusters    []landscape.Cluster `json:"clusters"`
	Hits        int                 `json:"hits"`
	Copies      int                 `json:"copies"`
	Possibly    []int               `json:"possibly"`
}

// maxShownDim is the dimension up to which points are told coordinate by coordinate.
const maxShownDim = 16

// A TrapPoint is where the gradient is short without being 0.
type TrapPoint struct {
	S    *Real  `json:"s"`
	T    *Real  `json:"t"`
	X    []Real `json:"x,omitempty"`
	Grad Real   `json:"grad"`
	Why  string `json:"why"`
}

// Morse counts critical points by kind. Sum is minima less saddles of odd index and so on; Expected is what it is for all
// points, null where that is not known.
type Morse struct {
	Minima     int  `json:"minima"`
	Saddles    int  `json:"saddles"`
	Maxima     int  `json:"maxima"`
	Degenerate int  `json:"degenerate"`
	Sum        int  `json:"sum"`
	Expected   *int `json:"expected"`
}

// CriticalPoints are what a search found.
type CriticalPoints struct {
	Points []Point     `json:"points"`
	Traps  []TrapPoint `json:"traps"`
	Starts int         `json:"starts"`
	Tried  int         `json:"tried"`
	Morse  Morse       `json:"morse"`
	Note   string      `json:"note"`
}

// findings are a search's result before it is laid on a plane.
type findings struct{ landscape.Findings }

// numbers counts those that are held.
func (f findings) numbers() (n int) {
	for i := range f.Points {
		n += len(f.Points[i].X) + len(f.Points[i].Eigenvalues)
	}
	for i := range f.Traps {
		n += len(f.Traps[i].X)
	}
	return n
}

// On lays the points on a plane.
func (f findings) On(p *landscape.Plane) any {
	out := &CriticalPoints{Points: []Point{}, Traps: []TrapPoint{}, Starts: f.Starts, Tried: f.Tried, Note: f.Note}
	m := &out.Morse
	m.Minima, m.Saddles, m.Maxima, m.Degenerate, m.Sum = f.Findings.Morse()
	if f.TurnsKnown {
		m.Expected = &f.Turns
	}
	for i := range f.Points {
		out.Points = append(out.Points, pointOf(&f.Points[i], p))
	}
	for _, t := range f.Traps {
		o := TrapPoint{X: shown(t.X), Grad: Real(t.GradNorm), Why: fmt.Sprintf("not critical: |g| = %.2g", t.GradNorm)}
		o.S, o.T, _ = place(p, t.X)
		out.Traps = append(out.Traps, o)
	}
	return out
}

// pointOf tells a critical point.
func pointOf(c *landscape.Critical, p *landscape.Plane) Point {
	o := Point{ID: c.Number, X: shown(c.X), Loss: Real(c.Loss), Grad: Real(c.GradNorm), Converged: c.Converged, Index: c.Index, Nullity: c.Nullity, Label: c.Label(),
		Eigenvalues: reals(c.Eigenvalues), Partial: c.Partial, Clusters: []landscape.Cluster{}, Hits: c.Hits, Copies: c.Copies, Possibly: append([]int{}, c.PossiblyEqual...)}
	if !c.Converged {
		o.Why = fmt.Sprintf("not converged: |g| = %.2g", c.GradNorm)
	}
	if !c.Partial {
		o.Clusters = clusters(landscape.Clusters(c.Eigenvalues))
	}
	o.S, o.T, o.Distance = place(p, c.X)
	return o
}

// shown are the coordinates of a point where they are few.
func shown(x []float64) []Real {
	if len(x) > maxShownDim {
		return nil
	}
	return reals(x)
}

// place is where a point lies in a plane; nil without one.
func place(p *landscape.Plane, x []float64) (s, t, distance *Real) {
	if p == nil {
		return nil, nil, nil
	}
	u, v, d, err := p.Project(x)
	if err != nil {
		return nil, nil, nil
	}
	a, b, c := Real(u), Real(v), Real(d)
	return &a, &b, &c
}

// maxStartNumbers bounds the numbers that the starts of a search are kept in.
const maxStartNumbers = 16 << 20

func (a *criticalAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	if n := s.Ground.Dim(); a.Starts > usualStarts && a.Starts*n > maxStartNumbers {
		return Report{}, param.Refuse("starts", "%d starts of %d parameters are more than %d numbers; at most %d starts here", a.Starts, n, maxStartNumbers, max(usualStarts, maxStartNumbers/n))
	}
	before := 0
	if a.Starts != usualStarts && s.Chart != nil && !s.Chart.isNumbered() {
		// Links name points by their numbers: they are those of the usual search, whatever is asked for first.
		tried, r, err := search(ctx, s, usualStarts, func(Report) {})
		if err != nil || ctx.Err() != nil {
			r.Why = spent(min(tried, a.Starts), a.Starts, "starts")
			return r, err
		}
		before = r.Evaluations
	}
	_, r, err := search(ctx, s, a.Starts, tell)
	r.Evaluations += before
	return r, err
}

// search looks for critical points from so many starts, and tells how many of them were followed.
func search(ctx context.Context, s *Site, n int, tell func(Report)) (tried int, r Report, err error) {
	starts, box := startsOf(s.trace, s.of)
	// More starts than usual go on where the usual ones end, so that points keep their numbers.
	usual := landscape.Latin(box, max(0, usualStarts-len(starts)), s.Seed)
	more := landscape.Latin(box, max(0, n-usualStarts), s.Seed+1)
	starts = slices.Concat(starts, usual, more)
	starts = starts[:min(len(starts), n)]
	if s.Ground.Dim() > 2 {
		box = nil // the walks need not have been near all that there is
	}
	report := func(f landscape.Findings) Report {
		if s.Chart != nil {
			f.Points = s.Chart.keep(f.Points)
		}
		r := Report{Evaluations: f.Evaluations, Converged: f.Converged, Why: f.Note, Result: findings{f}}
		if f.Starts > 0 {
			r.Share = float64(f.Tried) / float64(f.Starts)
		}
		return r
	}
	f, err := landscape.Search{Box: box}.Find(ctx, landscape.AsCurved(s.Ground), starts, func(f landscape.Findings) { tell(report(f)) })
	r = report(f)
	if ended(ctx, err) {
		r.Converged, r.Why = false, spent(f.Tried, max(f.Starts, len(starts)), "starts")
		return f.Tried, r, nil
	}
	if s.Chart != nil && n == usualStarts && err == nil {
		s.Chart.setNumbered()
	}
	return f.Tried, r, err
}
