package landscape

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A BasinMap says of each cell of a grid over a plane which minimum the flow from there runs down to.
type BasinMap struct {
	Side  int
	Range [4]float64
	// Index holds the end of the flow from the middle of the cell in row i, column j in Index[i*Side+j], -1 where it is not known yet and -2 where the steps
	// of the flow were spent, or led away to infinity. Rows run along the second axis from its low end.
	Index []int16
	Ends  []BasinEnd
	// Saddles are those of the loss on the plane, with the separatrices that run down to them. Only of maps of the
	// plane's own flow.
	Saddles []Pass
	// Done counts the cells that are known, Lost those where the steps were spent. Evaluations counts gradients and
	// products with the Hessian. Converged tells that all cells have an end.
	Done, Lost, Evaluations int
	Converged               bool
	// Note says where saddles may be missing.
	Note string
}

// A BasinEnd is a minimum that flows run down to, at S, T in the plane, Off its distance from it.
type BasinEnd struct {
	X         []float64
	S, T, Off float64
	Loss      float64
}

// A Pass is a saddle of index 1 on a plane: the two ways up from it part basins, the two ways down join minima.
type Pass struct {
	S, T, Loss float64
	// Up are its separatrices, from the saddle upwards, Down the ways to the ends. Points are s, t.
	Up, Down [2][][2]float64
	// Ends are indices of the map's ends, -1 where a way leads out of the range.
	Ends [2]int
}

// BasinOptions ask for a map; zero values mean the usual.
type BasinOptions struct {
	// Side is the number of cells a side, 0 means 96; Steps bounds the flow of one cell, 0 means 2000.
	Side, Steps int
	// Full follows the flow of the whole space instead of the flow on the plane.
	Full bool
}

const (
	basinSide, maxBasinSide = 96, 256
	// sameEnd is the distance, relative to the diagonal of the range, up to which two ends are one.
	sameEnd = 1e-3
	// farOut is how many diagonals of the range away from its middle a flow counts as lost.
	farOut = 100
	// surveyBudget is the number of evaluations that the search for critical points of a plane may take, of a loss of
	// less than cheapDim parameters.
	surveyBudget, cheapDim = 200_000, 8
	// maxEnds bounds the ends that a map tells apart.
	maxEnds = 4096
)

// Basins colours the cells of a plane by the minimum that the flow downhill from each leads to. The flow is that of
// the loss on the plane, or of the loss in the whole space. tell, if not nil, hears of the map under way, coarse places
// first. The result does not depend on the number of processors. Where ctx ends the map so far comes back with its
// error.
func Basins(ctx context.Context, f Func, p Plane, o BasinOptions, tell func(*BasinMap)) (*BasinMap, error) {
	if o.Side == 0 {
		o.Side = basinSide
	}
	if o.Side < minSide || o.Side > maxBasinSide {
		return nil, fmt.Errorf("a map of %d cells a side, want %d to %d", o.Side, minSide, maxBasinSide)
	}
	if !allFinite(p.Range[:]) || !(p.Range[0] < p.Range[1]) || !(p.Range[2] < p.Range[3]) {
		return nil, fmt.Errorf("range of the plane is %v, want finite numbers that grow", p.Range)
	}
	section, err := p.Section(f)
	if err != nil {
		return nil, err
	}
	low, high := section.In(p.Range[0], p.Range[2]), section.In(p.Range[1], p.Range[3])
	b := &basins{ctx: ctx, o: o, section: section, f: section, size: Distance(low, high), out: &BasinMap{Side: o.Side, Range: p.Range, Index: make([]int16, o.Side*o.Side)}}
	for i := range b.out.Index {
		b.out.Index[i] = -1
	}
	if o.Full {
		b.f = AsCurved(f)
	} else if err := b.survey(); err != nil {
		return b.out, err
	}
	err = b.fill(tell)
	b.out.Converged = err == nil && b.out.Lost == 0
	if tell != nil {
		tell(b.out.clone())
	}
	return b.out, err
}

func (m *BasinMap) clone() *BasinMap {
	c := *m
	c.Index, c.Ends, c.Saddles = slices.Clone(m.Index), slices.Clone(m.Ends), slices.Clone(m.Saddles)
	return &c
}

// basins fills a map.
type basins struct {
	ctx     context.Context
	o       BasinOptions
	section *Section
	f       Curved // whose flow is followed
	size    float64
	out     *BasinMap
	traps   []trap
}

// A trap is an ellipse around a minimum of a section which the flow enters on all sides and in which there is no other
// critical point: what is inside runs down to the minimum.
type trap struct {
	at      []float64
	h       [3]float64 // the Hessian: its form is at most level inside
	level   float64
	ordinal int16
}

func (t *trap) holds(x []float64) bool { return t.form(x) <= t.level }

func (t *trap) form(x []float64) float64 {
	u, v := x[0]-t.at[0], x[1]-t.at[1]
	return t.h[0]*u*u + 2*t.h[1]*u*v + t.h[2]*v*v
}

// survey finds the critical points of the section in the range, traps around its minima, and the separatrices.
func (b *basins) survey() error {
	s, r := b.section, b.out.Range
	box := [][2]float64{{math.Inf(1), math.Inf(-1)}, {math.Inf(1), math.Inf(-1)}}
	for _, corner := range [4][]float64{s.In(r[0], r[2]), s.In(r[1], r[2]), s.In(r[0], r[3]), s.In(r[1], r[3])} {
		for k, v := range corner {
			box[k] = [2]float64{min(box[k][0], v), max(box[k][1], v)}
		}
	}
	// What is dear gets fewer looks: a loss of thousands of parameters costs a thousand times as much.
	budget := surveyBudget * cheapDim / (cheapDim + b.section.f.Dim())
	found, err := Search{Box: box, Budget: budget}.Find(b.ctx, s, Latin(box, 16, 0), nil)
	b.out.Evaluations += found.Evaluations
	if err != nil {
		return err
	}
	if !found.Converged {
		b.out.Note = "the search for the saddles of the plane was cut short"
	}
	for i := range found.Points {
		if c := &found.Points[i]; c.Converged && c.Label() == "minimum" {
			if n, ok := b.end(c.X); ok {
				b.trap(c, n, found.Points)
			}
		}
	}
	for i := range found.Points {
		if c := &found.Points[i]; c.Converged && c.Nullity == 0 && c.Index == 1 {
			if err := b.pass(c, box); err != nil {
				return err
			}
		}
	}
	return nil
}

// trap looks for the largest trap around a minimum, growing one until the flow leaves it somewhere or another critical
// point is inside.
func (b *basins) trap(c *Critical, ordinal int16, others []Critical) {
	h, _ := Hessian(b.section, c.X)
	b.out.Evaluations += 2
	t := trap{at: c.X, h: [3]float64{h[0], h[1], h[3]}, ordinal: ordinal}
	if !(c.Eigenvalues[0] > 0) {
		return
	}
	least := 1e-6 * b.size * 1e-6 * b.size * c.Eigenvalues[0]
	x, grad := make([]float64, 2), make([]float64, 2)
	// On the ellipse of the form's level 1 around 0: x = L^-T (cos, sin), with h = L L'.
	l0 := math.Sqrt(h[0])
	l1 := h[1] / l0
	l2 := math.Sqrt(h[3] - l1*l1)
	if !(l0 > 0 && l2 > 0) {
		return
	}
	const rays = 48
	enters := func(level float64) bool {
		for i := range others {
			if o := &others[i]; o != c && t.form(o.X) <= level*1.05 {
				return false
			}
		}
		radius := math.Sqrt(level)
		for i := range rays {
			angle := 2 * math.Pi * float64(i) / rays
			v := math.Sin(angle) / l2
			u := (math.Cos(angle) - l1*v) / l0
			x[0], x[1] = t.at[0]+radius*u, t.at[1]+radius*v
			b.section.Grad(grad, x)
			outward := [2]float64{h[0]*u + h[1]*v, h[1]*u + h[3]*v}
			// The flow enters at more than a sixth of a right angle.
			if !(grad[0]*outward[0]+grad[1]*outward[1] > 0.26*norm(grad)*norm(outward[:])) {
				return false
			}
		}
		b.out.Evaluations += rays
		return true
	}
	for level := least; level < 4*b.size*b.size*c.Eigenvalues[1] && enters(level); level *= 1.5 {
		t.level = level
	}
	if t.level > 0 {
		b.traps = append(b.traps, t)
	}
}

// known is the number of the end near x, -1 where there is none yet.
func (b *basins) known(x []float64) int {
	return slices.IndexFunc(b.out.Ends, func(e BasinEnd) bool { return Distance(e.X, x) <= sameEnd*b.size })
}

// end gives the number of an end at x, a known one where there is one near.
func (b *basins) end(x []float64) (int16, bool) {
	m := b.out
	if i := b.known(x); i >= 0 {
		return int16(i), true
	}
	if len(m.Ends) >= maxEnds {
		return 0, false
	}
	e := BasinEnd{X: slices.Clone(x), Loss: b.f.Loss(x)}
	if b.o.Full {
		e.S, e.T, e.Off, _ = b.section.plane.Project(x)
	} else {
		e.S, e.T = b.section.Out(x)
	}
	m.Ends = append(m.Ends, e)
	return int16(len(m.Ends) - 1), true
}

// A landing is where the flow of a cell ended.
type landing struct {
	at   []float64 // nil where the steps were spent
	trap int       // the trap that it fell into, -1 without
	used int
}

// follow runs down from a point of the section or of the whole space.
func (b *basins) follow(x []float64) landing {
	l := landing{trap: -1}
	middle := slices.Clone(x)
	stop := func(at []float64) bool {
		for i := range b.traps {
			if b.traps[i].holds(at) {
				l.trap = i
				return true
			}
		}
		return Distance(at, middle) > farOut*b.size
	}
	if b.o.Full {
		stop = func(at []float64) bool { return Distance(at, middle) > farOut*b.size }
	}
	for range restarts {
		d, err := Descend(b.ctx, b.f, x, DescendOptions{Steps: b.o.Steps, Scale: b.size, Points: 2, Stop: stop})
		l.used += d.Evaluations
		if err != nil || !d.Converged || !(Distance(d.End, middle) <= farOut*b.size) {
			return l
		}
		if l.trap >= 0 || b.known(d.End) >= 0 || b.f.Dim() > stiffDim {
			l.at = d.End
			return l
		}
		system := Eigen(b.f, d.End)
		l.used += b.f.Dim()
		if system == nil || system.Values[0] >= -zeroCurvature(system.Values) {
			l.at = d.End
			return l
		}
		// A flow right between two basins ends on the saddle: it goes on beside that.
		x = d.End
		flip(system.Vectors[0])
		addScaled(x, saddleShift*b.size, system.Vectors[0])
	}
	return l
}

// restarts is how many times a flow may begin: from its cell, and beside the saddles that it comes to.
const restarts = 4

// middle is the place of a cell in the plane.
func (m *BasinMap) middle(cell int) (s, t float64) {
	i, j := float64(cell/m.Side), float64(cell%m.Side)
	r, n := m.Range, float64(m.Side)
	return r[0] + (j+0.5)/n*(r[1]-r[0]), r[2] + (i+0.5)/n*(r[3]-r[2])
}

// fill follows the flow of all cells, coarse places first, in batches that are joined in order.
func (b *basins) fill(tell func(*BasinMap)) error {
	m, n := b.out, b.o.Side
	order := make([]int, 0, n*n)
	for stride := 8; stride >= 1; stride /= 2 {
		for i := 0; i < n; i += stride {
			for j := 0; j < n; j += stride {
				if stride == 8 || i%(2*stride) != 0 || j%(2*stride) != 0 {
					order = append(order, i*n+j)
				}
			}
		}
	}
	const batch = 64
	landings := make([]landing, batch)
	for from := 0; from < len(order); from += batch {
		cells := order[from:min(from+batch, len(order))]
		var next atomic.Int64
		var all sync.WaitGroup
		for range min(len(cells), runtime.GOMAXPROCS(0)) {
			all.Go(func() {
				for k := int(next.Add(1)) - 1; k < len(cells) && b.ctx.Err() == nil; k = int(next.Add(1)) - 1 {
					s, t := m.middle(cells[k])
					x := b.section.In(s, t)
					if b.o.Full {
						x = make([]float64, len(b.section.plane.Origin))
						b.section.plane.Point(x, s, t)
					}
					landings[k] = b.follow(x)
				}
			})
		}
		all.Wait()
		if err := b.ctx.Err(); err != nil {
			return err
		}
		for k, cell := range cells {
			l := landings[k]
			m.Evaluations += l.used
			m.Done++
			m.Index[cell] = -2
			if l.trap >= 0 {
				m.Index[cell] = b.traps[l.trap].ordinal
			} else if l.at != nil {
				if e, ok := b.end(l.at); ok {
					m.Index[cell] = e
				}
			}
			if m.Index[cell] == -2 {
				m.Lost++
			}
		}
		if tell != nil {
			tell(m.clone())
		}
	}
	return nil
}

// pass follows the flow up and down from a saddle.
func (b *basins) pass(c *Critical, box [][2]float64) error {
	system := Eigen(b.section, c.X)
	b.out.Evaluations += 2
	if system == nil {
		return errors.New("the Hessian of a saddle is not finite")
	}
	p := Pass{Loss: c.Loss, Ends: [2]int{-1, -1}}
	p.S, p.T = b.section.Out(c.X)
	outside := func(x []float64) bool {
		for k, side := range box {
			if x[k] < side[0] || x[k] > side[1] {
				return true
			}
		}
		return false
	}
	// The way begins a little beside the saddle.
	beside := saddleShift * b.size
	for k, sign := range [2]float64{-1, 1} {
		for _, way := range []struct {
			f    Curved
			axis []float64
			path *[2][][2]float64
		}{{negated{b.section}, system.Vectors[1], &p.Up}, {b.section, system.Vectors[0], &p.Down}} {
			x := slices.Clone(c.X)
			addScaled(x, sign*beside, way.axis)
			out := false
			d, err := Descend(b.ctx, way.f, x, DescendOptions{Steps: b.o.Steps, Scale: b.size, Stop: func(at []float64) bool {
				out = outside(at)
				return out
			}})
			b.out.Evaluations += d.Evaluations
			if err != nil {
				return err
			}
			path := [][2]float64{{p.S, p.T}}
			for _, at := range d.Path {
				s, t := b.section.Out(at)
				path = append(path, [2]float64{s, t})
			}
			way.path[k] = path
			if way.path == &p.Down && d.Converged && !out {
				if e, ok := b.end(d.End); ok {
					p.Ends[k] = int(e)
				}
			}
		}
	}
	b.out.Saddles = append(b.out.Saddles, p)
	return nil
}

// saddleShift is how far beside a saddle its ways begin, relative to the diagonal of the range.
const saddleShift = 1e-4

// negated turns a loss upside down.
type negated struct{ f Curved }

func (n negated) Dim() int                 { return n.f.Dim() }
func (n negated) Loss(x []float64) float64 { return -n.f.Loss(x) }
func (n negated) Grad(dst, x []float64) float64 {
	loss := n.f.Grad(dst, x)
	scale(dst, -1)
	return -loss
}
func (n negated) HessVec(dst, x, v []float64) {
	n.f.HessVec(dst, x, v)
	scale(dst, -1)
}
