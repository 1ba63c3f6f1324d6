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
	turns, known := g.border()
	g.out.Turns, g.out.TurnsKnown = turns, known
	for side := coarsest; side <= finest && !g.spent; side *= 2 {
		before := len(g.out.Points)
		g.follow(g.seeds(side), false, true)
		g.missed = g.missing()
		if side >= least && g.missed == 0 && len(g.out.Points) == before {
			break
		}
	}
}

// seeds lists where the gradient may vanish by a grid of so many cells each way: near the middle of a cell to which
// Newton's step from there leads back, and in a cell around whose corners the gradient turns.
func (g *gathering) seeds(side int) [][]float64 {
	if g.out.Evaluations+4*(side+1)*(side+1) > g.s.Budget {
		g.spent = true
		return nil
	}
	box := g.s.Box
	wide, high := (box[0][1]-box[0][0])/float64(side), (box[1][1]-box[1][0])/float64(side)
	corners := make([][2]float64, (side+1)*(side+1))
	rows(side+1, func(i int) {
		grad := make([]float64, 2)
		for j := 0; j <= side && g.ctx.Err() == nil; j++ {
			g.f.Grad(grad, []float64{along(box[0][0], box[0][1], j, side+1), along(box[1][0], box[1][1], i, side+1)})
			corners[i*(side+1)+j] = [2]float64{grad[0], grad[1]}
		}
	})
	found := make([][][]float64, side)
	rows(side, func(i int) {
		x, grad, hx, hy := make([]float64, 2), make([]float64, 2), make([]float64, 2), make([]float64, 2)
		for j := 0; j < side && g.ctx.Err() == nil; j++ {
			x[0], x[1] = box[0][0]+(float64(j)+0.5)*wide, box[1][0]+(float64(i)+0.5)*high
			g.f.Grad(grad, x)
			g.f.HessVec(hx, x, []float64{1, 0})
			g.f.HessVec(hy, x, []float64{0, 1})
			det := hx[0]*hy[1] - hx[1]*hy[0]
			s, t := (hy[0]*grad[1]-hy[1]*grad[0])/det, (hx[1]*grad[0]-hx[0]*grad[1])/det
			at := i*(side+1) + j
			around := [4][2]float64{corners[at], corners[at+1], corners[at+side+2], corners[at+side+1]}
			switch {
			case math.Abs(s) <= wide && math.Abs(t) <= high:
				found[i] = append(found[i], []float64{x[0] + s, x[1] + t})
			case turn(around[:]) != 0:
				found[i] = append(found[i], []float64{x[0], x[1]})
			}
		}
	})
	g.out.Evaluations += (side+1)*(side+1) + 3*side*side
	if g.ctx.Err() != nil {
		g.spent = true
		return nil
	}
	var seeds [][]float64
	for _, row := range found {
		seeds = append(seeds, row...)
	}
	return seeds
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
// piece, as it does where it vanishes on the way.
func (g *gathering) loop(way func(t float64) (x, y float64), pieces int) (turns int, known bool) {
	grad, x := make([]float64, 2), make([]float64, 2)
	at := func(t float64) [2]float64 {
		x[0], x[1] = way(t)
		g.f.Grad(grad, x)
		g.out.Evaluations++
		return [2]float64{grad[0], grad[1]}
	}
	var piece func(a, b float64, v, w [2]float64, depth int) float64
	piece = func(a, b float64, v, w [2]float64, depth int) float64 {
		middle := (a + b) / 2
		m := at(middle)
		first, second := angle(v, m), angle(m, w)
		if math.Abs(first) < math.Pi/4 && math.Abs(second) < math.Pi/4 {
			return first + second
		}
		if depth == 0 || first-first != 0 || second-second != 0 || g.ctx.Err() != nil {
			return math.NaN()
		}
		return piece(a, middle, v, m, depth-1) + piece(middle, b, m, w, depth-1)
	}
	sum := 0.0
	first := at(0)
	for i, v := 0, first; i < pieces && sum-sum == 0; i++ {
		a, b := float64(i)/float64(pieces), float64(i+1)/float64(pieces)
		w := first
		if i+1 < pieces {
			w = at(b)
		}
		sum += piece(a, b, v, w, 30)
		v = w
	}
	if sum-sum != 0 {
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
