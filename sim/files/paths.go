package files

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape/kernel"
	"thalweg/sim/param"
)

// The bounds of paths in a file.
const (
	maxWalks      = 64
	maxWalkPoints = 1_000_000
)

// Paths are walks of methods as a file holds them.
type Paths struct {
	// Dim is the number of parameters, 0 where only coordinates in a plane are known.
	Dim int
	// Axes and Origin are the plane that the file gives, nil without one. The axes are as the file has them: nothing
	// makes them orthogonal.
	Axes   [][]float64
	Origin []float64
	Walks  []Walk
}

// A Walk is one path: its points, or its coordinates in a plane, and what else the file says at each.
type Walk struct {
	ID    string
	Steps int       // points of the walk
	Theta []float64 // Steps x Dim, nil where only coordinates are known
	Proj  []float64 // Steps x 2, nil where the plane is not known
	Loss  []float64 // of each point, nil where not said
	Step  []int     // number of each point, nil where not said
}

// A PathsSummary describes paths in a file.
type PathsSummary struct {
	Dim   int           `json:"dim"` // 0 where only coordinates are known
	Plane bool          `json:"plane"`
	Walks []WalkSummary `json:"walks"`
}

// A WalkSummary is one path in a file.
type WalkSummary struct {
	ID    string `json:"id"`
	Steps int    `json:"steps"`
	Last  int    `json:"last"` // steps from the first point to the last one
	Loss  bool   `json:"loss"`
}

func (p *Paths) summary() *PathsSummary {
	out := &PathsSummary{Dim: p.Dim, Plane: p.Axes != nil}
	for _, w := range p.Walks {
		last := w.Steps - 1
		if w.Step != nil {
			last = w.Step[last] - w.Step[0]
		}
		out.Walks = append(out.Walks, WalkSummary{w.ID, w.Steps, last, w.Loss != nil})
	}
	return out
}

// PathsOf reads the paths in an NPZ. The file remembers them.
func PathsOf(f *param.File) (*Paths, error) {
	return param.Reading(f, KindPaths, func(b []byte) (*Paths, error) {
		a, err := OpenNPZ(b)
		if err != nil {
			return nil, err
		}
		return a.Paths()
	})
}

// walks lists the prefixes of arrays that are paths: "" for theta by itself, "adam/" for adam/theta.
func (a *Arrays) walks() []string {
	var out []string
	for _, name := range a.names {
		for _, kind := range []string{"theta", "theta_proj"} {
			if prefix, ok := strings.CutSuffix(name, kind); ok && (prefix == "" || strings.HasSuffix(prefix, "/")) && !slices.Contains(out, prefix) {
				out = append(out, prefix)
			}
		}
	}
	return out
}

// Paths reads theta [T, dim], or theta_proj [T, 2], of each method: <id>/theta, or theta by itself; with loss [T] and
// step [T] beside it, and once axes [2, dim] and origin [dim]. A leading axis parts replicas.
func (a *Arrays) Paths() (*Paths, error) {
	prefixes := a.walks()
	if len(prefixes) == 0 {
		return nil, errors.New("paths take arrays theta, ID/theta or ID/theta_proj; the NPZ holds " + a.list())
	}
	p := &Paths{}
	for _, prefix := range prefixes {
		if err := p.read(a, prefix); err != nil {
			return nil, err
		}
	}
	if p.Dim > 0 && a.Has("axes") {
		if err := p.plane(a); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// read takes the walks of one method.
func (p *Paths) read(a *Arrays, prefix string) error {
	name, points := prefix+"theta", true
	if !a.Has(name) {
		name, points = prefix+"theta_proj", false
	}
	arr, err := a.Array(name, 0)
	if err != nil {
		return err
	}
	shape := arr.Shape
	if len(shape) == 2 {
		shape = append([]int{1}, shape...)
	}
	if len(shape) != 3 || shape[0] < 1 || shape[1] < 1 || shape[2] < 1 || shape[1] > maxWalkPoints {
		return fmt.Errorf("%s is %s: want [T, dim] with 1 to %s steps", quote(name), times(arr.Shape), spaced(maxWalkPoints))
	}
	replicas, steps, width := shape[0], shape[1], shape[2]
	switch {
	case len(p.Walks)+replicas > maxWalks:
		return fmt.Errorf("more than %d walks", maxWalks)
	case !points && width != 2:
		return fmt.Errorf("%s is %s: coordinates in a plane are two", quote(name), times(arr.Shape))
	case points && p.Dim != 0 && p.Dim != width:
		return fmt.Errorf("%s is %s, but other walks have %d parameters", quote(name), times(arr.Shape), p.Dim)
	}
	if points {
		p.Dim = width
	}
	x := arr.Floats()
	loss, err := a.beside(prefix+"loss", replicas, steps)
	if err != nil {
		return err
	}
	count, err := a.beside(prefix+"step", replicas, steps)
	if err != nil {
		return err
	}
	id := strings.TrimSuffix(prefix, "/")
	if id == "" {
		id = "imported"
	}
	for r := range replicas {
		w := Walk{ID: id, Steps: steps}
		if replicas > 1 {
			w.ID = fmt.Sprintf("%s-%d", id, r+1)
		}
		own := x[r*steps*width : (r+1)*steps*width]
		// Replicas that ended early are padded with NaN.
		for replicas > 1 && w.Steps > 1 && math.IsNaN(own[(w.Steps-1)*width]) {
			w.Steps--
		}
		own = own[:w.Steps*width]
		if i := slices.IndexFunc(own, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
			return fmt.Errorf("not finite: %s[%d,%d]", quote(name), i/width, i%width)
		}
		if w.Theta = own; !points {
			w.Theta, w.Proj = nil, own
		}
		if loss != nil {
			w.Loss = loss[r*steps:][:w.Steps]
		}
		if count != nil {
			for _, v := range count[r*steps:][:w.Steps] {
				if v != math.Trunc(v) || v < 0 || v > 1<<53 || len(w.Step) > 0 && int(v) <= w.Step[len(w.Step)-1] {
					return fmt.Errorf("%sstep holds %g: want whole numbers that rise", quote(prefix), v)
				}
				w.Step = append(w.Step, int(v))
			}
		}
		p.Walks = append(p.Walks, w)
	}
	return nil
}

// beside reads a number for each point of the walks; nil where there is no such array, or it is of something else: a
// surface by itself is named loss too.
func (a *Arrays) beside(name string, replicas, steps int) ([]float64, error) {
	if !a.Has(name) || name == "loss" && a.hasSurface() {
		return nil, nil
	}
	arr, err := a.Array(name, 0)
	if err != nil {
		return nil, err
	}
	if arr.Len() != replicas*steps {
		return nil, fmt.Errorf("%s is %s, but its walk has %d points", quote(name), times(arr.Shape), steps)
	}
	return arr.Floats(), nil
}

// plane reads axes and origin, and lays the walks on them.
func (p *Paths) plane(a *Arrays) error {
	axes, err := a.Array("axes", 2)
	if err != nil {
		return err
	}
	if axes.Shape[0] != 2 || axes.Shape[1] != p.Dim {
		return fmt.Errorf("axes are %s: want 2×%d", times(axes.Shape), p.Dim)
	}
	p.Origin = make([]float64, p.Dim)
	if a.Has("origin") {
		origin, err := a.Array("origin", 1)
		if err != nil {
			return err
		}
		if origin.Len() != p.Dim {
			return fmt.Errorf("origin is %s: want %d numbers", times(origin.Shape), p.Dim)
		}
		p.Origin = origin.Floats()
	}
	v := axes.Floats()
	p.Axes = [][]float64{v[:p.Dim], v[p.Dim:]}
	for _, x := range append(slices.Clone(v), p.Origin...) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return errors.New("axes or origin hold a number that is not finite")
		}
	}
	// Coordinates by least squares, so that axes need be neither of length one nor at right angles.
	u, w := p.Axes[0], p.Axes[1]
	uu, uw, ww := kernel.Dot(u, u), kernel.Dot(u, w), kernel.Dot(w, w)
	det := uu*ww - uw*uw
	if !(det > 1e-12*uu*ww) {
		return errors.New("the two axes are parallel, or one is zero")
	}
	d := make([]float64, p.Dim)
	for i := range p.Walks {
		walk := &p.Walks[i]
		if walk.Theta == nil {
			continue
		}
		for k := range walk.Steps {
			for j := range d {
				d[j] = walk.Theta[k*p.Dim+j] - p.Origin[j]
			}
			a, b := kernel.Dot(u, d), kernel.Dot(w, d)
			walk.Proj = append(walk.Proj, (a*ww-b*uw)/det, (b*uu-a*uw)/det)
		}
	}
	return nil
}
