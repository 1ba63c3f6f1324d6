package network

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/files"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// imported is the problem of what was computed elsewhere; a control of the same name holds the file.
const imported = "surface"

// recordedKind is the walk of a file. It computes nothing.
var recordedKind = sim.MethodKind{
	ID: "recorded", Label: "Recorded path",
	Help: "A path that a file brought: it was walked elsewhere, and is shown as it is.",
	Hyper: []*param.Control{{ID: "path", Label: "Path of the file", Kind: param.Whole, Min: 1, Max: 64, Default: param.Num(1),
		Help: "Which of the paths in the file, from 1."}},
}

// openImported shows what a file holds.
func openImported(setup sim.Setup) (*sim.Scene, error) {
	f := setup.Values.File(imported)
	if f == nil {
		return nil, param.Refuse(imported, "this problem needs a file: drop an NPZ with a surface or paths")
	}
	s, err := surveyOf(f)
	if err != nil {
		return nil, param.Refuse(imported, "%v", err)
	}
	scene := &sim.Scene{Note: s.note}
	for _, m := range setup.Methods {
		if m.Kind.ID != recordedKind.ID {
			return nil, param.Refuse("methods", "%s cannot walk on what was computed elsewhere; only recorded paths are shown there", m.ID)
		}
		n := m.Hyper.Whole("path")
		if n > len(s.walks) {
			return nil, param.Refuse("methods", "%s: path %d, the file has %d", m.ID, n, len(s.walks))
		}
		walk := s.walks[n-1]
		method := &recorded{walk: walk, point: walk.at(0)}
		c := sim.Contestant{Method: method, Ground: s, Problem: imported, Domain: s.domain, Imported: true}
		if walk.loss != nil {
			c.Read = map[string]sim.Reader{"loss": func(at *sim.Reading) ([]float64, int) {
				return []float64{walk.loss[at.Method.(*recorded).index]}, 0
			}}
		}
		scene.Contestants = append(scene.Contestants, c)
	}
	return scene, nil
}

// A survey is a ground that a file brought: its surface between the points of the grid, and walks in its coordinates.
// Where the file has no surface no place has a value.
type survey struct {
	surface *files.Surface // nil where the file has none
	walks   []track
	domain  [4]float64
	note    string
}

// surveyOf reads a file with a surface, paths or both.
func surveyOf(f *param.File) (*survey, error) {
	s := &survey{}
	var err error
	if f.Kind == files.KindSurface {
		if s.surface, err = files.SurfaceOf(f); err != nil {
			return nil, err
		}
		s.domain = s.surface.Range
	}
	if err := s.lay(f); err != nil {
		return nil, err
	}
	if s.surface == nil {
		s.domain = s.around()
	}
	if len(s.walks) == 0 {
		s.walks = []track{{points: s.lowest(), last: 0}}
		s.note = "the file holds a surface and no paths; the dot is its lowest point"
	}
	return s, nil
}

// lay takes the paths of the file in the coordinates of its surface, or in their own principal plane.
func (s *survey) lay(f *param.File) error {
	p, err := files.PathsOf(f)
	if err != nil {
		if s.surface != nil {
			return nil // the file has no paths
		}
		return err
	}
	var plane *landscape.Plane
	for _, w := range p.Walks {
		if w.Proj != nil {
			continue
		}
		if s.surface != nil {
			return fmt.Errorf("path %s has theta, but the file does not say where the surface lies: add axes [2, %d] and origin [%d], or theta_proj", w.ID, p.Dim, p.Dim)
		}
		if plane == nil {
			if plane, err = principal(p); err != nil {
				return err
			}
			kept := plane.Explained[0]
			if len(plane.Explained) > 1 {
				kept += plane.Explained[1]
			}
			s.note = fmt.Sprintf("the file gives no plane: the paths are drawn in their principal plane, which keeps %.3g %% of their squared distances", 100*kept)
		}
	}
	for _, w := range p.Walks {
		t := track{points: w.Proj, loss: w.Loss, step: w.Step, last: w.Steps - 1}
		if t.points == nil {
			for k := range w.Steps {
				a, b, _, err := plane.Project(w.Theta[k*p.Dim : (k+1)*p.Dim])
				if err != nil {
					return err
				}
				t.points = append(t.points, a, b)
			}
		}
		s.walks = append(s.walks, t)
	}
	return nil
}

// planePoints is how many points of all paths their principal plane is fitted to.
const planePoints = 400

// principal fits a plane to the points of all paths.
func principal(p *files.Paths) (*landscape.Plane, error) {
	total := 0
	for _, w := range p.Walks {
		total += w.Steps
	}
	gap := max(1, total/planePoints)
	var points [][]float64
	for _, w := range p.Walks {
		for k := 0; k < w.Steps-1; k += gap {
			points = append(points, w.Theta[k*p.Dim:(k+1)*p.Dim])
		}
		points = append(points, w.Theta[(w.Steps-1)*p.Dim:w.Steps*p.Dim])
	}
	plane, err := landscape.PCA(context.Background(), points)
	if err != nil {
		return nil, fmt.Errorf("the paths span no plane: %w", err)
	}
	return &plane, nil
}

// around is the box of all walks, a tenth wider on every side.
func (s *survey) around() [4]float64 {
	var all []float64
	for _, w := range s.walks {
		all = append(all, w.points...)
	}
	b := around(all)
	wide, high := max(b.XMax-b.XMin, 1e-9), max(b.YMax-b.YMin, 1e-9)
	// Neither side is a sliver: a path that is nearly straight lies in the middle of its picture.
	if least := max(wide, high) / 4; wide < least || high < least {
		x, y := (b.XMin+b.XMax)/2, (b.YMin+b.YMax)/2
		wide, high = max(wide, least), max(high, least)
		return [4]float64{x - wide/2, x + wide/2, y - high/2, y + high/2}
	}
	return [4]float64{b.XMin, b.XMax, b.YMin, b.YMax}
}

// lowest is the point of the grid with the smallest loss.
func (s *survey) lowest() []float64 {
	best := 0
	for i, v := range s.surface.Loss {
		if math.IsNaN(s.surface.Loss[best]) || v < s.surface.Loss[best] {
			best = i
		}
	}
	r, g := s.domain, s.surface
	return []float64{r[0] + (r[1]-r[0])*float64(best%g.Columns)/float64(g.Columns-1), r[2] + (r[3]-r[2])*float64(best/g.Columns)/float64(g.Rows-1)}
}

// Dim implements landscape.Func.
func (*survey) Dim() int { return 2 }

// Loss implements landscape.Func: linear in each coordinate between the points of the grid, which are met exactly; no
// value outside, beside a hole, or without a surface.
func (s *survey) Loss(x []float64) float64 { return s.Grad(nil, x) }

// Grad implements landscape.Func. dst may be nil.
func (s *survey) Grad(dst, x []float64) float64 {
	none := func() float64 {
		for i := range dst {
			dst[i] = math.NaN()
		}
		return math.NaN()
	}
	g := s.surface
	if g == nil {
		return none()
	}
	r := g.Range
	across, up := float64(g.Columns-1)/(r[1]-r[0]), float64(g.Rows-1)/(r[3]-r[2])
	u, v := (x[0]-r[0])*across, (x[1]-r[2])*up
	if !(u >= 0 && v >= 0 && u <= float64(g.Columns-1) && v <= float64(g.Rows-1)) {
		return none()
	}
	j, i := min(int(u), g.Columns-2), min(int(v), g.Rows-2)
	a, b := u-float64(j), v-float64(i)
	at := func(i, j int) float64 { return g.Loss[i*g.Columns+j] }
	// A point of the grid is its own value, whatever its neighbours are.
	if a == 0 && b == 0 && dst == nil {
		return at(i, j)
	}
	f00, f10, f01, f11 := at(i, j), at(i, j+1), at(i+1, j), at(i+1, j+1)
	if dst != nil {
		dst[0], dst[1] = across*((1-b)*(f10-f00)+b*(f11-f01)), up*((1-a)*(f01-f00)+a*(f11-f10))
	}
	return (1-b)*((1-a)*f00+a*f10) + b*((1-a)*f01+a*f11)
}

// A track is a path of a file.
type track struct {
	points []float64 // s, t of each point
	loss   []float64 // of each point, nil where the file does not say
	step   []int     // of each point, nil: one after the other
	last   int       // index of the last point
}

// at gives a point.
func (t *track) at(i int) []float64 { return t.points[2*i : 2*i+2 : 2*i+2] }

// recorded follows a track: at a step it is where the last point at or before it is.
type recorded struct {
	walk  track
	point []float64
	index int
	step  int
}

// Step implements sim.Method.
func (m *recorded) Step() error {
	if m.index == m.walk.last {
		return fmt.Errorf("%w: the file ends here", opt.ErrConverged)
	}
	m.step++
	for m.index < m.walk.last && m.number(m.index+1) <= m.step {
		m.index++
	}
	m.point = m.walk.at(m.index)
	return nil
}

// number is the step of a point, counted from the first.
func (m *recorded) number(i int) int {
	if m.walk.step == nil {
		return i
	}
	return m.walk.step[i] - m.walk.step[0]
}

// Point implements sim.Method.
func (m *recorded) Point() []float64 { return m.point }

// Clock implements sim.Method: nothing is spent here.
func (m *recorded) Clock() opt.Clock { return opt.Clock{Steps: m.step, Time: float64(m.step)} }

// CloneMethod implements sim.Cloner.
func (m *recorded) CloneMethod() sim.Method {
	c := *m
	return &c
}
