package explore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// basinsAsk asks which minimum the flow from each cell of the shown plane leads to: the flow on the plane, or with mode
// full that of the whole space.
type basinsAsk struct {
	Cells int        `json:"cells"`
	Mode  string     `json:"mode"`
	Range *[]float64 `json:"range,omitempty"`
}

// The cells a side that may be asked for, and the usual ones.
const usualCells, leastCells, mostCells = 96, 8, 192

func (a *basinsAsk) anchors() []*sim.Anchor { return nil }
func (a *basinsAsk) onPlane()               {}

func (a *basinsAsk) check() error {
	if a.Cells == 0 {
		a.Cells = usualCells
	}
	if a.Mode == "" {
		a.Mode = "plane"
	}
	if a.Cells < leastCells || a.Cells > mostCells {
		return param.Refuse("cells", "must lie between %d and %d; got %d", leastCells, mostCells, a.Cells)
	}
	if a.Mode != "plane" && a.Mode != "full" {
		return param.Refuse("mode", "%.20q is neither plane nor full", a.Mode)
	}
	if a.Range != nil {
		r := *a.Range
		if len(r) != 4 || !(r[0] < r[1]) || !(r[2] < r[3]) || !landscape.Finite(r) {
			return param.Refuse("range", "must be the numbers s0 < s1, t0 < t1 within 1e12 of zero; got %v", r)
		}
	}
	return nil
}

// Basins say of each cell, rows from the low end of the second axis, which end the flow from its middle leads to: -1
// where it is not known yet, -2 where the steps were spent.
type Basins struct {
	Cells        int            `json:"cells"`
	Range        [4]float64     `json:"range"`
	Index        []int16        `json:"index"`
	Ends         []End          `json:"ends"`
	Separatrices [][][2]float64 `json:"separatrices"`
	Links        []Link         `json:"links"`
	Mode         string         `json:"mode"`
}

// An End is a minimum that the flow leads to.
type End struct {
	S        Real `json:"s"`
	T        Real `json:"t"`
	Loss     Real `json:"loss"`
	Distance Real `json:"distance"`
}

// A Link is a saddle of the plane that joins two minima. Saddle is the number of the critical point where it is one that
// is known, else words for its place.
type Link struct {
	Saddle any    `json:"saddle"`
	Ends   [2]int `json:"ends"`
	S      Real   `json:"s"`
	T      Real   `json:"t"`
	Loss   Real   `json:"loss"`
}

// On is the map itself, which is about one plane.
func (b *Basins) On(*landscape.Plane) any { return b }

func (a *basinsAsk) explore(ctx context.Context, s *Site, tell func(Report)) (Report, error) {
	if s.Plane == nil {
		return Report{}, errors.New("there is no plane to map")
	}
	if s.Ground.Dim() < 2 {
		return Report{}, errors.New("basins of a plane need a ground of two dimensions or more")
	}
	plane := *s.Plane
	if a.Range != nil {
		plane.Range = [4]float64(*a.Range)
	}
	report := func(m *landscape.BasinMap) Report {
		all := m.Side * m.Side
		r := Report{Share: float64(m.Done) / float64(all), Evaluations: m.Evaluations, Converged: m.Converged, Why: m.Note, Result: a.result(s, &plane, m)}
		if m.Lost > 0 {
			r.Why = fmt.Sprintf("the flow from %d of %d cells came to no end within its steps", m.Lost, all)
		}
		return r
	}
	m, err := landscape.Basins(ctx, s.Ground, plane, landscape.BasinOptions{Side: a.Cells, Full: a.Mode == "full"}, func(m *landscape.BasinMap) { tell(report(m)) })
	if m == nil {
		return Report{}, err
	}
	r := report(m)
	if ended(ctx, err) {
		r.Converged, r.Why = false, spent(m.Done, m.Side*m.Side, "cells")
		err = nil
	}
	return r, err
}

func (a *basinsAsk) result(s *Site, plane *landscape.Plane, m *landscape.BasinMap) *Basins {
	out := &Basins{Cells: m.Side, Range: m.Range, Index: m.Index, Ends: []End{}, Separatrices: [][][2]float64{}, Links: []Link{}, Mode: a.Mode}
	for _, e := range m.Ends {
		out.Ends = append(out.Ends, End{Real(e.S), Real(e.T), Real(e.Loss), Real(e.Off)})
	}
	x := make([]float64, len(plane.Origin))
	for _, p := range m.Saddles {
		for _, way := range p.Up {
			out.Separatrices = append(out.Separatrices, finite(way))
		}
		if p.Ends[0] < 0 || p.Ends[1] < 0 {
			continue
		}
		l := Link{Saddle: fmt.Sprintf("at %.4g, %.4g", p.S, p.T), Ends: p.Ends, S: Real(p.S), T: Real(p.T), Loss: Real(p.Loss)}
		plane.Point(x, p.S, p.T)
		if number := s.Chart.number(x); number > 0 {
			l.Saddle = number
		}
		out.Links = append(out.Links, l)
	}
	return out
}

// finite leaves out what is not a place.
func finite(way [][2]float64) [][2]float64 {
	out := make([][2]float64, 0, len(way))
	for _, at := range way {
		if !math.IsNaN(at[0]-at[0]) && !math.IsNaN(at[1]-at[1]) {
			out = append(out, at)
		}
	}
	return out
}
