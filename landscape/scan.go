package landscape

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// The scan divides each side of a two-dimensional box into coarsest cells, then twice as many and so on. It ends
// with finest, or before that, but not before least, where a finer look found nothing more and nothing is missing.
const (
	coarsest = 32
	least    = 128
	finest   = 512
)

// scan looks for critical points where a grid over the box tells that the gradient may vanish.
func (g *gathering) scan() {
	if g.spent || !g.affords(8*finest) {
		g.spent = true
		return
	}
	g.out.Turns, g.out.TurnsKnown = g.border()
	for side := coarsest; side <= finest && !g.spent; side *= 2 {
		before := g.isolated()
		seeds, turning := g.seeds(side)
		g.follow(seeds, false, true)
		g.missed = g.missing()
		if (side == least || side == finest) && (g.missed != 0 || !g.out.TurnsKnown) && !g.spent {
			g.follow(g.kinks(turning), false, true)
			g.missed = g.missing()
		}
		if side >= least && g.missed == 0 && g.isolated() == before {
			break
		}
	}
}

// affords reports whether the budget has room for so many evaluations.
func (g *gathering) affords(n int) bool {
	return g.ctx.Err() == nil && g.out.Evaluations+n <= g.s.Budget
}

// isolated counts the points that do not belong to curves of such points.
func (g *gathering) isolated() int {
	n := 0
	for i := range g.out.Points {
		if !flat(&g.out.Points[i]) {
			n++
		}
	}
	return n
}

// A cell is a rectangle with the gradients at its corners, counter-clockwise from the lower left.
type cell struct {
	x, y  [2]float64
	grads [4][2]float64
}

// turns is how often the gradient turns around the corners.
func (c *cell) turns() int { return turn(c.grads[:]) }

// offset moves the grid a little out of the box, for critical points like to be where round numbers are.
const offset = 0.0137

// seeds lists where the gradient may vanish by a grid of so many cells each way: near the middle of a cell to which
// Newton's step from there leads back, and in the cells around whose corners the gradient turns, which it returns as
// well.
func (g *gathering) seeds(side int) (seeds [][]float64, turning []cell) {
	if !g.affords((side + 1) * (side + 1)) {
		g.spent = true
		return nil, nil
	}
	x, y := ticks(g.s.Box[0], side), ticks(g.s.Box[1], side)
	corners := make([][2]float64, (side+1)*(side+1))
	rows(side+1, func(i int) {
		for j := 0; j <= side && g.ctx.Err() == nil; j++ {
			corners[i*(side+1)+j] = g.slope(x[j], y[i])
		}
	})
	type row struct {
		seeds [][]float64
		cells []cell
		used  int
	}
	found := make([]row, side)
	rows(side, func(i int) {
		for j := 0; j < side && g.ctx.Err() == nil; j++ {
			at := i*(side+1) + j
			c := cell{[2]float64{x[j], x[j+1]}, [2]float64{y[i], y[i+1]}, [4][2]float64{corners[at], corners[at+1], corners[at+side+2], corners[at+side+1]}}
			turning := c.turns() != 0
			if turning {
				found[i].cells = append(found[i].cells, c)
			}
			seed, used := g.near(&c, turning)
			if seed != nil {
				found[i].seeds = append(found[i].seeds, seed)
			}
			found[i].used += used
		}
	})
	evaluations := len(corners)
	for _, r := range found {
		seeds, turning = append(seeds, r.seeds...), append(turning, r.cells...)
		evaluations += r.used
	}
	if g.ctx.Err() != nil || g.out.Evaluations+evaluations > g.s.Budget {
		g.spent = true
		return nil, nil
	}
	g.out.Evaluations += evaluations
	return seeds, turning
}

// ticks divides a side of the box.
func ticks(side [2]float64, n int) []float64 {
	out := make([]float64, n+1)
	wide := (side[1] - side[0]) / float64(n)
	for i := range out {
		out[i] = along(side[0]-offset*wide, side[1]+2*offset*wide, i, n+1)
	}
	return out
}

// slope is the gradient at a place of the plane.
func (g *gathering) slope(x, y float64) [2]float64 {
	var at, grad [2]float64
	at[0], at[1] = x, y
	g.f.Grad(grad[:], at[:])
	return grad
}

// near is where Newton's step from the middle of a cell leads, if that is not far and the next step is shorter; the
// middle, if the gradient turns around the cell; else nil. It returns the evaluations used as well.
func (g *gathering) near(c *cell, turning bool) (seed []float64, used int) {
	wide, high := c.x[1]-c.x[0], c.y[1]-c.y[0]
	x := []float64{c.x[0] + wide/2, c.y[0] + high/2}
	if turning {
		seed = x
	}
	s, t := g.newton(x)
	if !(math.Abs(s) <= wide && math.Abs(t) <= high) {
		return seed, newtonCost
	}
	to := []float64{x[0] + s, x[1] + t}
	if turning {
		return to, newtonCost
	}
	// On plains that only fade away, or far from a very degenerate point, the steps hardly shrink.
	if u, v := g.newton(to); math.Abs(u) <= shrinking*math.Abs(s)+1e-3*wide && math.Abs(v) <= shrinking*math.Abs(t)+1e-3*high {
		seed = to
	}
	return seed, 2 * newtonCost
}

// newtonCost are the evaluations of a step of Newton's method in the plane.
const newtonCost = 3

// shrinking is how much shorter than the last a step of Newton's method must be near a point worth looking for.
const shrinking = 0.75

// newton is Newton's step from a place of the plane.
func (g *gathering) newton(x []float64) (s, t float64) {
	grad, hx, hy := make([]float64, 2), make([]float64, 2), make([]float64, 2)
	g.f.Grad(grad, x)
	g.f.HessVec(hx, x, []float64{1, 0})
	g.f.HessVec(hy, x, []float64{0, 1})
	det := hx[0]*hy[1] - hx[1]*hy[0]
	return (hy[0]*grad[1] - hy[1]*grad[0]) / det, (hx[1]*grad[0] - hx[0]*grad[1]) / det
}

// kinks narrows cells around which the gradient turns, though no critical point is known there, to places where it
// may jump: by parts of them around which it still turns, to the precision of the numbers, then rounded.
func (g *gathering) kinks(turning []cell) [][]float64 {
	var out [][]float64
	for _, c := range turning {
		if g.known(&c) {
			continue
		}
		for range 60 {
			if g.ctx.Err() != nil || g.out.Evaluations > g.s.Budget {
				g.spent = true
				return nil
			}
			if !g.narrow(&c) {
				break
			}
		}
		x := make([]float64, 2)
		for k, middle := range [2]float64{(c.x[0] + c.x[1]) / 2, (c.y[0] + c.y[1]) / 2} {
			unit := 1e-12 * (g.s.Box[k][1] - g.s.Box[k][0])
			x[k] = math.Round(middle/unit) * unit
		}
		out = append(out, x)
	}
	return out
}

// known reports whether a point was found in a cell.
func (g *gathering) known(c *cell) bool {
	for i := range g.out.Points {
		if x := g.out.Points[i].X; x[0] >= c.x[0] && x[0] <= c.x[1] && x[1] >= c.y[0] && x[1] <= c.y[1] {
			return true
		}
	}
	return false
}

// narrow replaces a cell by one of four parts, not quite quarters, around which the gradient turns.
func (g *gathering) narrow(c *cell) bool {
	const share = 0.5 + offset
	x, y := c.x[0]+share*(c.x[1]-c.x[0]), c.y[0]+share*(c.y[1]-c.y[0])
	low, right, high, left, middle := g.slope(x, c.y[0]), g.slope(c.x[1], y), g.slope(x, c.y[1]), g.slope(c.x[0], y), g.slope(x, y)
	g.out.Evaluations += 5
	a := c.grads
	for _, part := range [4]cell{
		{[2]float64{c.x[0], x}, [2]float64{c.y[0], y}, [4][2]float64{a[0], low, middle, left}},
		{[2]float64{x, c.x[1]}, [2]float64{c.y[0], y}, [4][2]float64{low, a[1], right, middle}},
		{[2]float64{x, c.x[1]}, [2]float64{y, c.y[1]}, [4][2]float64{middle, right, a[2], high}},
		{[2]float64{c.x[0], x}, [2]float64{y, c.y[1]}, [4][2]float64{left, middle, high, a[3]}},
	} {
		if part.turns() != 0 {
			*c = part
			return true
		}
	}
	return false
}

// rows does n rows of work side by side.
func rows(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

// turn is how often vectors, in this order and back to the first, turn around 0: 0 as well where one is not finite.
func turn(vectors [][2]float64) int {
	sum := 0.0
	for i, v := range vectors {
		sum += angle(v, vectors[(i+1)%len(vectors)])
	}
	if sum-sum != 0 {
		return 0
	}
	return int(math.Round(sum / (2 * math.Pi)))
}

// angle is the angle from v to w, between -pi and pi.
func angle(v, w [2]float64) float64 {
	// Lengths do not matter and may be extreme.
	a, b := math.Hypot(v[0], v[1]), math.Hypot(w[0], w[1])
	v[0], v[1], w[0], w[1] = v[0]/a, v[1]/a, w[0]/b, w[1]/b
	return math.Atan2(v[0]*w[1]-v[1]*w[0], v[0]*w[0]+v[1]*w[1])
}

// border is how often the gradient turns on the way around the box.
func (g *gathering) border() (turns int, known bool) {
	b := g.s.Box
	return g.loop(func(t float64) (x, y float64) {
		switch side, along := math.Modf(4 * t); int(side) {
		case 0:
			return b[0][0] + along*(b[0][1]-b[0][0]), b[1][0]
		case 1:
			return b[0][1], b[1][0] + along*(b[1][1]-b[1][0])
		case 2:
			return b[0][1] - along*(b[0][1]-b[0][0]), b[1][1]
		default:
			return b[0][0], b[1][1] - along*(b[1][1]-b[1][0])
		}
	}, 4*finest)
}

// loop is how often the gradient turns along a closed way, given by its place from 0 to 1 and looked at in at least so
// many pieces. It is not known where the gradient is not finite, or turns by a right angle even over the smallest
// piece, as it does where it vanishes on the way; nor where the budget is spent before.
func (g *gathering) loop(way func(t float64) (x, y float64), pieces int) (turns int, known bool) {
	at := func(t float64) [2]float64 {
		g.out.Evaluations++
		return g.slope(way(t))
	}
	var piece func(a, b float64, v, w [2]float64, depth int) float64
	piece = func(a, b float64, v, w [2]float64, depth int) float64 {
		middle := (a + b) / 2
		m := at(middle)
		first, second := angle(v, m), angle(m, w)
		if math.Abs(first) < math.Pi/4 && math.Abs(second) < math.Pi/4 {
			return first + second
		}
		if depth == 0 || first-first != 0 || second-second != 0 || !g.affords(0) {
			return math.NaN()
		}
		half := piece(a, middle, v, m, depth-1)
		if half-half != 0 {
			return half // the other one has nothing to add
		}
		return half + piece(middle, b, m, w, depth-1)
	}
	sum := 0.0
	first := at(0)
	for i, v := 0, first; i < pieces && sum-sum == 0 && g.ctx.Err() == nil; i++ {
		a, b := float64(i)/float64(pieces), float64(i+1)/float64(pieces)
		w := first
		if i+1 < pieces {
			w = at(b)
		}
		sum += piece(a, b, v, w, 30)
		v = w
	}
	if sum-sum != 0 || g.ctx.Err() != nil {
		return 0, false
	}
	return int(math.Round(sum / (2 * math.Pi))), true
}

// missing is what the points found lack of the turns along the border, 0 where that is not known.
func (g *gathering) missing() int {
	if !g.out.TurnsKnown {
		return 0
	}
	sum := 0
	for i := range g.out.Points {
		p := &g.out.Points[i]
		if p.Nullity == 0 && len(p.Eigenvalues) > 0 {
			sum += 1 - 2*(p.Index%2)
			continue
		}
		turns, known := g.around(i)
		if !known {
			return 0
		}
		sum += turns
	}
	return g.out.Turns - sum
}

// around is how often the gradient turns on a small circle around point i.
func (g *gathering) around(i int) (turns int, known bool) {
	b := g.s.Box
	x := g.out.Points[i].X
	radius := 1e-3 * min(b[0][1]-b[0][0], b[1][1]-b[1][0])
	for j := range g.out.Points {
		if j != i {
			radius = min(radius, Distance(x, g.out.Points[j].X)/4)
		}
	}
	for k, side := range b {
		radius = min(radius, math.Abs(x[k]-side[0])/2, math.Abs(x[k]-side[1])/2)
	}
	if !(radius > 0) {
		return 0, false
	}
	return g.loop(func(t float64) (u, v float64) {
		sin, cos := math.Sincos(2 * math.Pi * t)
		return x[0] + radius*cos, x[1] + radius*sin
	}, 64)
}
