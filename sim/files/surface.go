package files

import (
	"errors"
	"fmt"
	"math"

	"thalweg/sim/param"
)

// maxSide is the largest side of a surface.
const maxSide = 2048

// A Surface is a loss over a plane as a file holds it, laid out as a landscape.Grid is: row i along the second
// coordinate from its low end, column j along the first.
type Surface struct {
	Rows, Columns int
	// Range is s0, s1, t0, t1: the first coordinate from s0 at column 0, the second from t0 at row 0.
	Range [4]float64
	Loss  []float64 // not finite in holes
	Holes int
	// Min and Max are those of the finite losses.
	Min, Max float64
}

// A SurfaceSummary describes a surface in a file.
type SurfaceSummary struct {
	Rows    int        `json:"rows"`
	Columns int        `json:"columns"`
	Range   [4]float64 `json:"range"`
	Holes   int        `json:"holes"`
	Min     float64    `json:"min"`
	Max     float64    `json:"max"`
}

func (s *Surface) summary() *SurfaceSummary {
	return &SurfaceSummary{s.Rows, s.Columns, s.Range, s.Holes, s.Min, s.Max}
}

func (a *Arrays) hasSurface() bool { return a.Has("loss") && a.Has("coordinates") }

// SurfaceOf reads the surface in an NPZ. The file remembers it.
func SurfaceOf(f *param.File) (*Surface, error) {
	return param.Reading(f, KindSurface, func(b []byte) (*Surface, error) {
		a, err := OpenNPZ(b)
		if err != nil {
			return nil, err
		}
		return a.Surface()
	})
}

// Surface reads loss [rows, columns] with coordinates. Those are either [rows, columns, 2], the two coordinates of every
// point of an even grid, or two ranges, [2, n]: the places along the first and along the second axis of loss, or the
// ends of both.
func (a *Arrays) Surface() (*Surface, error) {
	if !a.hasSurface() {
		return nil, errors.New("a surface takes the arrays loss and coordinates; the NPZ holds " + a.list())
	}
	loss, err := a.Array("loss", 2)
	if err != nil {
		return nil, err
	}
	rows, columns := loss.Shape[0], loss.Shape[1]
	if rows < 2 || columns < 2 || rows > maxSide || columns > maxSide {
		return nil, fmt.Errorf("loss is %s: want 2 to %d rows and columns", times(loss.Shape), maxSide)
	}
	at, err := a.Array("coordinates", 0)
	if err != nil {
		return nil, err
	}
	g := grid{rows: rows, columns: columns, loss: loss.Floats()}
	switch shape := at.Shape; {
	case len(shape) == 3 && shape[0] == rows && shape[1] == columns && shape[2] == 2:
		err = g.points(at.Floats())
	case len(shape) == 2 && shape[0] == 2 && (shape[1] == 2 || shape[1] == rows && rows == columns):
		err = g.ranges(at.Floats(), shape[1])
	default:
		return nil, fmt.Errorf("coordinates are %s: for a loss of %s want %d×%d×2, or two ranges 2×n", times(shape), times(loss.Shape), rows, columns)
	}
	if err != nil {
		return nil, err
	}
	return g.surface()
}

// A grid is a loss whose axes may still be in any order and direction: along is the place of each row, across that of
// each column.
type grid struct {
	rows, columns int
	loss          []float64
	along, across []float64
	// first says that the rows run along the first coordinate.
	first bool
}

// points finds the axes in the coordinates of all points.
func (g *grid) points(at []float64) error {
	c := func(i, j, k int) float64 { return at[2*(i*g.columns+j)+k] }
	for _, v := range at {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("coordinates hold a number that is not finite")
		}
	}
	// Either the first coordinate changes along a row of loss, or the second does.
	k := 0
	if c(0, 0, 0) == c(0, 1, 0) {
		k, g.first = 1, true
	}
	for j := range g.columns {
		g.across = append(g.across, c(0, j, k))
	}
	for i := range g.rows {
		g.along = append(g.along, c(i, 0, 1-k))
	}
	wide, tall := math.Abs(g.across[g.columns-1]-g.across[0]), math.Abs(g.along[g.rows-1]-g.along[0])
	for i := range g.rows {
		for j := range g.columns {
			if math.Abs(c(i, j, k)-g.across[j]) > evenness*wide || math.Abs(c(i, j, 1-k)-g.along[i]) > evenness*tall {
				return fmt.Errorf("coordinates[%d,%d] is off the grid of the first row and column: want the points of a plane, row by row", i, j)
			}
		}
	}
	return nil
}

// ranges takes the places along the first and the second axis of loss, or their ends.
func (g *grid) ranges(at []float64, n int) error {
	g.first = true
	for k, side := range []int{g.rows, g.columns} {
		places := at[k*n : (k+1)*n]
		if n != side { // the ends
			from, to := places[0], places[1]
			places = make([]float64, side)
			for i := range places {
				places[i] = from + (to-from)*float64(i)/float64(side-1)
			}
		}
		if k == 0 {
			g.along = places
		} else {
			g.across = places
		}
	}
	return nil
}

// evenness is how far a place may lie off an even grid, as a share of its extent: what float32 leaves.
const evenness = 1e-5

// even checks that places rise or fall evenly, and tells the ends.
func even(places []float64) (from, to float64, err error) {
	n := len(places)
	from, to = places[0], places[n-1]
	if !(math.Abs(to-from) > 0) || math.IsInf(to-from, 0) {
		return 0, 0, fmt.Errorf("coordinates run from %g to %g: want two different finite ends", from, to)
	}
	for i, v := range places {
		if want := from + (to-from)*float64(i)/float64(n-1); !(math.Abs(v-want) <= evenness*math.Abs(to-from)) {
			return 0, 0, fmt.Errorf("coordinates are not evenly spaced: place %d of %d is %g, want %g", i+1, n, v, want)
		}
	}
	return from, to, nil
}

// surface turns the grid so that both axes rise and the first coordinate lies across.
func (g *grid) surface() (*Surface, error) {
	a0, a1, err := even(g.along)
	if err != nil {
		return nil, err
	}
	c0, c1, err := even(g.across)
	if err != nil {
		return nil, err
	}
	get := func(i, j int) float64 {
		if a0 > a1 {
			i = g.rows - 1 - i
		}
		if c0 > c1 {
			j = g.columns - 1 - j
		}
		return g.loss[i*g.columns+j]
	}
	s := &Surface{Rows: g.rows, Columns: g.columns, Min: math.Inf(1), Max: math.Inf(-1)}
	s.Range = [4]float64{min(c0, c1), max(c0, c1), min(a0, a1), max(a0, a1)}
	if g.first {
		s.Rows, s.Columns = g.columns, g.rows
		s.Range = [4]float64{s.Range[2], s.Range[3], s.Range[0], s.Range[1]}
	}
	s.Loss = make([]float64, 0, len(g.loss))
	for i := range s.Rows {
		for j := range s.Columns {
			v := 0.0
			if g.first {
				v = get(j, i)
			} else {
				v = get(i, j)
			}
			if math.IsNaN(v) || math.IsInf(v, 0) {
				s.Holes++
			} else {
				s.Min, s.Max = min(s.Min, v), max(s.Max, v)
			}
			s.Loss = append(s.Loss, v)
		}
	}
	if s.Holes == len(s.Loss) {
		return nil, errors.New("loss holds no finite number")
	}
	return s, nil
}
