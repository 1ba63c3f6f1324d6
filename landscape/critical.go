package landscape

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Search looks for points without gradient. The zero value searches everywhere with the usual tolerance.
type Search struct {
	// Budget bounds the evaluations, of losses, gradients and products with the Hessian together; 0 means 2e6.
	Budget int
	// Tolerance is the largest entry of the gradient, relative to 1+|loss|, that counts as 0; 0 means 1e-10.
	Tolerance float64
	// Box bounds each coordinate from below and above, if given: what lies outside is not kept. A box in two
	// dimensions is also scanned for places where the gradient may vanish, so that the search finds more than its
	// starts lead to.
	Box [][2]float64
}

const (
	searchBudget    = 2_000_000
	searchTolerance = 1e-10
	// farAway is how far a hunt may go where there is no box, relative to 1+|start|: nets are flat at infinity.
	farAway = 30
	// samePoint is the distance, relative to 1+|x|, up to which two points are one.
	samePoint = 1e-6
	// sameLoss is the difference of losses, relative to 1+|loss|, that rounding may make.
	sameLoss = 1e-9
)

func (s Search) defaults() Search {
	if s.Budget == 0 {
		s.Budget = searchBudget
	}
	if s.Tolerance == 0 {
		s.Tolerance = searchTolerance
	}
	return s
}

// A Trap is a place where the gradient is shorter than anywhere near without being 0: methods that make the gradient
// small end there, though the point is not critical.
type Trap struct {
	X              []float64
	Loss, GradNorm float64
	// Start is the first start that led here, Hits counts those that did.
	Start, Hits int
}

// Findings are what a search found so far.
type Findings struct {
	// Points are sorted by loss.
	Points []Critical
	Traps  []Trap
	// Starts counts the starts so far known, the given ones first, then those of a scan and those beside saddles;
	// Tried those that were followed.
	Starts, Tried int
	// Faded counts the starts from which the gradient only fades away, as towards an infimum at infinity; Outside
	// those that left the box, or went thirty times as far from the origin as they began; Unfinished those that came to nothing.
	Faded, Outside, Unfinished int
	// Turns is how often the gradient turns on the way around a two-dimensional box, which is the sum of (-1)^index
	// over the critical points inside (Poincaré and Hopf). TurnsKnown is false where there is no such box, or the
	// gradient vanishes on its border.
	Turns      int
	TurnsKnown bool
	// Evaluations counts losses, gradients and products with the Hessian. Converged tells that all starts were
	// followed to their ends, and that the points account for Turns where that is known; Note says what is wrong
	// otherwise.
	Evaluations int
	Converged   bool
	Note        string
}

// Morse counts the points by kind. Sum is minima - saddles of odd index + saddles of even index and maxima: Morse's
// theorem makes it 1 for a coercive loss without degenerate points.
func (f Findings) Morse() (minima, saddles, maxima, degenerate, sum int) {
	for i := range f.Points {
		p := &f.Points[i]
		switch p.Label() {
		case "minimum":
			minima++
		case "maximum":
			maxima++
		case "saddle":
			saddles++
		default:
			degenerate++
			continue
		}
		sum += 1 - 2*(p.Index%2)
	}
	return minima, saddles, maxima, degenerate, sum
}

// A Match says whether two points are one up to a symmetry of the loss.
type Match int

const (
	Different Match = iota
	// Possibly means that all invariants agree but no symmetry was found.
	Possibly
	Equal
)

func (m Match) String() string { return [...]string{"different", "possibly equal", "equal"}[m] }

// Symmetric is the optional ability of a loss to tell points that its symmetries turn into one another. Points at
// different losses are never asked about.
type Symmetric interface {
	Func
	Same(a, b []float64) Match
}

// Find follows every start to critical points: downhill by a trust region method, and by Newton's method on the
// gradient, which saddles and maxima attract as well (landscape specification, section 3). Beside the saddles it
// found it starts again along their negative eigenvectors. tell, if not nil, hears of the findings after each start,
// in the order of the starts. The result does not depend on the number of processors. Where the budget is spent the
// findings so far come back unconverged, where ctx ends with its error.
func (s Search) Find(ctx context.Context, f Curved, starts [][]float64, tell func(Findings)) (Findings, error) {
	s = s.defaults()
	n := f.Dim()
	if s.Budget < 0 || !(s.Tolerance > 0) {
		return Findings{}, fmt.Errorf("search with a budget of %d evaluations and tolerance %g; want both above 0", s.Budget, s.Tolerance)
	}
	if len(s.Box) > 0 && len(s.Box) != n {
		return Findings{}, fmt.Errorf("box has %d sides, the loss %d dimensions", len(s.Box), n)
	}
	for i, side := range s.Box {
		if !(side[0] < side[1]) || math.IsInf(side[1]-side[0], 0) {
			return Findings{}, fmt.Errorf("side %d of the box goes from %g to %g, want finite numbers that grow", i+1, side[0], side[1])
		}
	}
	for i, x := range starts {
		if len(x) != n {
			return Findings{}, fmt.Errorf("start %d has %d coordinates, the loss %d dimensions", i+1, len(x), n)
		}
	}
	g := &gathering{ctx: ctx, f: f, s: s, tell: tell}
	g.symmetric, _ = f.(Symmetric)
	g.follow(starts, true, true)
	if n == 2 && len(s.Box) == 2 {
		g.scan()
	}
	if !g.spent {
		g.follow(g.beside(), true, false)
	}
	return g.findings(), ctx.Err()
}

// A gathering collects the ends of hunts in the order of their starts.
type gathering struct {
	ctx       context.Context
	f         Curved
	s         Search
	tell      func(Findings)
	symmetric Symmetric
	out       Findings
	copies    []copied // further copies of points by symmetry
	spent     bool     // the budget, or the context
	missed    int      // what the turns along the border tell to be missing
}

// copied is a point equal by symmetry to point of.
type copied struct {
	x  []float64
	of int
}

// A hunt is what came of one start.
type hunt struct {
	ends []ended
	used int
}

type ended struct {
	how outcome
	at  Critical
}

// follow hunts from all starts side by side, downhill, by Newton's method or both, and takes in what comes of them.
func (g *gathering) follow(starts [][]float64, down, newton bool) {
	g.out.Starts += len(starts)
	if len(starts) == 0 || g.spent {
		return
	}
	hunts, done := make([]hunt, len(starts)), make([]chan struct{}, len(starts))
	for i := range done {
		done[i] = make(chan struct{})
	}
	left := g.s.Budget - g.out.Evaluations
	var next, stop atomic.Int64
	var all sync.WaitGroup
	for range min(len(starts), runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(starts); i = int(next.Add(1)) - 1 {
				if stop.Load() == 0 {
					hunts[i] = g.hunt(starts[i], left, down, newton)
				}
				close(done[i])
			}
		})
	}
	for i := range starts {
		<-done[i]
		if g.ctx.Err() != nil || g.out.Evaluations+hunts[i].used > g.s.Budget {
			g.spent = true
			stop.Store(1)
			break
		}
		news := g.take(hunts[i])
		hunts[i] = hunt{} // many points of many parameters are not kept twice
		if g.tell != nil && (news || newton && down) {
			g.tell(g.findings())
		}
	}
	all.Wait()
}

// hunt follows one start.
func (g *gathering) hunt(x []float64, most int, down, newton bool) hunt {
	h := newHunter(g.ctx, g.f, g.s)
	h.most = most
	if len(g.s.Box) == 0 {
		h.far = farAway * (1 + norm(x))
	}
	var out hunt
	if down {
		how, at := h.flatten(h.descend(x))
		out.ends = append(out.ends, ended{how, at})
	}
	if newton {
		how, at := h.flatten(x)
		out.ends = append(out.ends, ended{how, at})
	}
	out.used = h.used
	return out
}

// take adds what came of the next start, and reports whether there is a new point or trap.
func (g *gathering) take(h hunt) (news bool) {
	start := g.out.Tried
	g.out.Tried++
	g.out.Evaluations += h.used
	came := false
	for _, e := range h.ends {
		switch {
		case e.how == found && g.inside(e.at.X):
			news = g.point(e.at, start) || news
			came = true
		case e.how == trapped && g.inside(e.at.X):
			news = g.trap(e.at, start) || news
			came = true
		}
	}
	if came {
		return news
	}
	// Nothing was found: the last phase says why.
	switch h.ends[len(h.ends)-1].how {
	case faded:
		g.out.Faded++
	case unfinished:
		g.out.Unfinished++
	default:
		g.out.Outside++
	}
	return false
}

func (g *gathering) inside(x []float64) bool {
	for i, side := range g.s.Box {
		if slack := samePoint * (side[1] - side[0]); x[i] < side[0]-slack || x[i] > side[1]+slack {
			return false
		}
	}
	return true
}

// alike reports whether two points are one.
func alike(a, b []float64) bool { return Distance(a, b) <= samePoint*(1+norm(a)) }

// sameLevel reports whether two losses are one.
func sameLevel(a, b float64) bool { return math.Abs(a-b) <= sameLoss*(1+math.Abs(a)) }

// point adds a critical point, and reports whether it is new.
func (g *gathering) point(c Critical, start int) bool {
	var possibly []int
	for i := range g.out.Points {
		p := &g.out.Points[i]
		if alike(p.X, c.X) || blurred(p, &c) || g.joined(p, &c) {
			g.hit(i, start)
			return false
		}
	}
	if g.symmetric != nil {
		for _, k := range g.copies {
			if alike(k.x, c.X) {
				g.hit(k.of, start)
				return false
			}
		}
		for i := range g.out.Points {
			p := &g.out.Points[i]
			if !sameLevel(p.Loss, c.Loss) {
				continue
			}
			switch g.symmetric.Same(p.X, c.X) {
			case Equal:
				g.hit(i, start)
				p.Copies++
				g.copies = append(g.copies, copied{c.X, i})
				return true
			case Possibly:
				possibly = append(possibly, i)
			}
		}
	}
	c.Number, c.Start, c.Hits, c.Copies = len(g.out.Points)+1, start, 1, 1
	for _, i := range possibly {
		p := &g.out.Points[i]
		c.PossiblyEqual = append(c.PossiblyEqual, p.Number)
		p.PossiblyEqual = append(slices.Clip(p.PossiblyEqual), c.Number)
	}
	g.out.Points = append(g.out.Points, c)
	return true
}

// hit counts a start that led to point i, once.
func (g *gathering) hit(i, start int) {
	if p := &g.out.Points[i]; p.last != start {
		p.last = start
		p.Hits++
	}
}

// joined reports whether two degenerate points of one loss in a box are so near that they are taken for points of one
// curve of critical points, of which a few are enough.
func (g *gathering) joined(a, b *Critical) bool {
	if !flat(a) || !flat(b) || len(g.s.Box) == 0 || !sameLevel(a.Loss, b.Loss) {
		return false
	}
	const share = 1.0 / 10
	sum := 0.0
	for i, side := range g.s.Box {
		d := (a.X[i] - b.X[i]) / (side[1] - side[0])
		sum += d * d
	}
	return sum <= share*share
}

// blurred reports whether two points without any curvature may be one: such points are not found sharply.
func blurred(a, b *Critical) bool {
	return a.Nullity == len(a.X) && b.Nullity == len(b.X) && Distance(a.X, b.X) <= 1e-3*(1+norm(a.X))
}

// flat reports whether a point has a direction without curvature, beside the largest.
func flat(c *Critical) bool {
	if len(c.Eigenvalues) == 0 {
		return false
	}
	lowest := math.Inf(1)
	for _, v := range c.Eigenvalues {
		lowest = min(lowest, math.Abs(v))
	}
	return lowest <= 1e-7*largest(c.Eigenvalues)
}

// trap adds a trap, and reports whether it is new.
func (g *gathering) trap(c Critical, start int) bool {
	for i := range g.out.Traps {
		// Traps are found less sharply than points.
		if t := &g.out.Traps[i]; Distance(t.X, c.X) <= 1e-3*(1+norm(t.X)) && math.Abs(t.GradNorm-c.GradNorm) <= 1e-3*t.GradNorm {
			t.Hits++
			return false
		}
	}
	g.out.Traps = append(g.out.Traps, Trap{X: c.X, Loss: c.Loss, GradNorm: c.GradNorm, Start: start, Hits: 1})
	return true
}

// beside lists starts on both sides of every saddle found, along its lowest eigenvectors.
func (g *gathering) beside() [][]float64 {
	const most = 4 // eigenvectors of one saddle
	var out [][]float64
	for i := range g.out.Points {
		p := &g.out.Points[i]
		if p.Index == 0 || g.ctx.Err() != nil {
			continue
		}
		h := newHunter(g.ctx, g.f, g.s)
		vectors := h.lowest(p.X, min(p.Index, most))
		if g.out.Evaluations+h.used > g.s.Budget {
			g.spent = true
			break
		}
		g.out.Evaluations += h.used
		for _, v := range vectors {
			for _, step := range [2]float64{0.1, -0.1} {
				x := slices.Clone(p.X)
				addScaled(x, step*(1+norm(x)), v)
				if g.inside(x) {
					out = append(out, x)
				}
			}
		}
	}
	return out
}

// findings is a copy of what is known, sorted, with what there is to say.
func (g *gathering) findings() Findings {
	out := g.out
	out.Points, out.Traps = slices.Clone(out.Points), slices.Clone(out.Traps)
	slices.SortStableFunc(out.Points, func(a, b Critical) int { return cmp.Compare(a.Loss, b.Loss) })
	var notes []string
	if g.spent {
		notes = append(notes, fmt.Sprintf("budget spent (%d of %d starts)", out.Tried, out.Starts))
	}
	if g.missed != 0 {
		notes = append(notes, "the turns of the gradient along the border of the box tell of points that were not found")
	}
	out.Converged = len(notes) == 0 && out.Tried == out.Starts
	if out.Unfinished > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d starts came to no end", out.Unfinished, out.Tried))
	}
	if out.Faded > 0 {
		notes = append(notes, fmt.Sprintf("from %d starts the gradient only fades away", out.Faded))
	}
	out.Note = strings.Join(notes, "; ")
	return out
}
