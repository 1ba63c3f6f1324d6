package flowtosgd

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/flow"
)

// cells is the side of the grid of the potential.
const cells = 64

// surfaceError is the error of a flow's step on the grid.
const surfaceError = 1e-6

// closing are the measures that a scene of a plane gives at its end.
var closing = []string{"potential-surface", "surface-box", "self-bounding", "self-bound", "largest-step"}

// A surface is the potential over the first view, row by row from the lowest, with how much it bends and the loss.
type surface struct {
	phi, bend, loss, slope []float64
}

// surfaces keeps what was computed, by the text that fixes it. Beyond maxSurfaces it starts anew.
var surfaces struct {
	sync.Mutex
	known map[string]*surface
}

const maxSurfaces = 64

// bottom is where gradient flow from the start comes to.
func (p *potential) bottom() []float64 {
	run, err := flow.New(flow.Descent{Func: p.ground.Func}, p.ground.start, flow.Options{})
	if err != nil {
		return p.ground.start
	}
	_ = run.Advance(p.maxTime) // a flow that ends before stays at its end
	return slices.Clone(run.Point())
}

// over is the potential over the first view of a plane.
func (p *potential) over(ctx context.Context) (*surface, error) {
	key := fmt.Sprintf("%s %s %g %v", &p.ground, p.g.id, p.maxTime, p.ground.domain)
	surfaces.Lock()
	s := surfaces.known[key]
	surfaces.Unlock()
	if s != nil {
		return s, nil
	}
	coarse := *p
	coarse.rtol = surfaceError
	n := cells * cells
	s = &surface{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	d := p.ground.domain
	dx, dy := (d[1]-d[0])/(cells-1), (d[3]-d[2])/(cells-1)
	kernel.Blocks(cells, func(row int) {
		w, grad := make([]float64, 2), make([]float64, 2)
		for c := range cells {
			if ctx.Err() != nil {
				return
			}
			w[0], w[1] = d[0]+float64(c)*dx, d[2]+float64(row)*dy
			i := row*cells + c
			s.phi[i] = coarse.at(w)
			s.loss[i] = p.ground.Grad(grad, w)
			s.slope[i] = norm(grad)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for row := range cells {
		for c := range cells {
			s.bend[row*cells+c] = s.curvature(row, c, dx, dy)
		}
	}
	surfaces.Lock()
	defer surfaces.Unlock()
	if surfaces.known == nil || len(surfaces.known) >= maxSurfaces {
		surfaces.known = map[string]*surface{}
	}
	surfaces.known[key] = s
	return s, nil
}

// curvature is the size of the Hessian of the potential at a cell by differences, NaN at the rim and beside cells without
// a value.
func (s *surface) curvature(row, c int, dx, dy float64) float64 {
	if row == 0 || c == 0 || row == cells-1 || c == cells-1 {
		return math.NaN()
	}
	at := func(r, k int) float64 { return s.phi[(row+r)*cells+c+k] }
	xx := (at(0, 1) - 2*at(0, 0) + at(0, -1)) / (dx * dx)
	yy := (at(1, 0) - 2*at(0, 0) + at(-1, 0)) / (dy * dy)
	xy := (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * dx * dy)
	middle, half := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	return math.Max(math.Abs(middle+half), math.Abs(middle-half))
}

// close gives the readings that need the whole surface, to the first contestant: they are the same for all.
func (p *potential) close(ctx context.Context) ([]map[string]sim.Values, error) {
	s, err := p.over(ctx)
	if err != nil {
		return nil, err
	}
	row := map[string]sim.Values{"potential-surface": {Numbers: shown(s.phi), Columns: cells}, "surface-box": {Numbers: p.ground.domain[:]}}
	points, bound := s.selfBounding()
	if len(points) > 0 {
		row["self-bounding"], row["self-bound"] = sim.Values{Numbers: points, Columns: 2}, sim.Values{Numbers: bound, Columns: 2}
	}
	if eta, ok := s.certified(p, bound); ok {
		row["largest-step"] = sim.Values{Numbers: []float64{eta}}
	}
	return []map[string]sim.Values{row}, nil
}

// shown is a list with NaN for what is infinite.
func shown(v []float64) []float64 {
	out := slices.Clone(v)
	for i, x := range out {
		if math.IsInf(x, 0) {
			out[i] = math.NaN()
		}
	}
	return out
}

// selfBounding lists potential and curvature of the cells that have both, by potential, and the least increasing curve
// over them.
func (s *surface) selfBounding() (points, bound []float64) {
	type cell struct{ phi, bend float64 }
	var list []cell
	for i, b := range s.bend {
		if b-b == 0 && s.phi[i]-s.phi[i] == 0 {
			list = append(list, cell{s.phi[i], b})
		}
	}
	slices.SortFunc(list, func(a, b cell) int {
		switch {
		case a.phi < b.phi:
			return -1
		case a.phi > b.phi:
			return 1
		}
		return 0
	})
	top := 0.0
	for _, c := range list {
		points = append(points, c.phi, c.bend)
		if c.bend > top {
			top = c.bend
			bound = append(bound, c.phi, top)
		}
	}
	if len(list) > 0 {
		bound = append(bound, list[len(list)-1].phi, top)
	}
	return points, bound
}

// certified is the largest step size for which the second-order price stays below half of what is paid, at every cell
// whose potential is at most that of the start.
func (s *surface) certified(p *potential, bound []float64) (eta float64, ok bool) {
	first := p.at(p.ground.start)
	psi := 0.0
	for i := 0; i+1 < len(bound) && bound[i] <= first; i += 2 {
		psi = bound[i+1]
	}
	if psi == 0 || math.IsInf(first, 1) {
		return 0, false
	}
	eta = math.Inf(1)
	for i, phi := range s.phi {
		if phi <= first && s.slope[i] > resting {
			eta = math.Min(eta, p.g.of(s.loss[i])/(psi*s.slope[i]*s.slope[i]))
		}
	}
	return eta, eta > 0 && !math.IsInf(eta, 1)
}
