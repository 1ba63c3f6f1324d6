package sim

import (
	"errors"
	"fmt"
	"slices"

	"thalweg/sim/param"
)

// A Panel is a place of the page; its kind alone decides how it is drawn. Measures lists all that it shows, with
// those that play a part of their own.
type Panel struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"` // one of panelKinds
	Title string `json:"title"`
	// Help answers "What is this?".
	Help     string   `json:"help"`
	Measures []string `json:"measures,omitempty"`
	// Place is where the panel stands on the page: "stage", the top of the stage, which takes two, "time", the curve over the
	// scrubber, or "side". Empty leaves it to the kind: a landscape has the stage, the first curve of the loss the time,
	// all others the side.
	Place string `json:"place,omitempty"`
	// Heights of a landscape names a second surface of the contestants, drawn beside the first and under the title
	// HeightsLabel; HeightsMeasure is the scalar measure that says how high a walk stands on it.
	Heights        string `json:"heights,omitempty"`
	HeightsLabel   string `json:"heights_label,omitempty"`
	HeightsMeasure string `json:"heights_measure,omitempty"`
	// Log asks for a logarithmic axis of values, signed ones by their size on either side of 0.
	Log bool `json:"log,omitempty"`
	// Clock is the x axis of a curve, a clock or a scalar measure that grows; empty takes the page's.
	Clock string `json:"clock,omitempty"`
	// LogClock lays a curve's steps out by their logarithm, so that the first ones are seen beside the last.
	LogClock bool `json:"log_clock,omitempty"`
	// Lines mark values on the axis of a curve, a spectrum or points; upright ones along the axis across of an image with a
	// box.
	Lines []Line `json:"lines,omitempty"`
	// Ticks is a vector measure whose values are steps, marked along the axis of a curve.
	Ticks string `json:"ticks,omitempty"`
	// Band is two scalar measures of a curve, between which it is shaded. Dashed are measures of
	// a curve that are drawn thin and dashed: bounds.
	Band   []string `json:"band,omitempty"`
	Dashed []string `json:"dashed,omitempty"`
	// Counts turns a spectrum into a bar code: a vector as long as the one shown says how many values lie at each place.
	// Types, another, says by its index in TypeNames of what kind they are, -1 of none.
	Counts    string   `json:"counts,omitempty"`
	Types     string   `json:"types,omitempty"`
	TypeNames []string `json:"type_names,omitempty"`
	// Scale is how an image turns numbers into ink: grey (large is dark), diverging (symmetric about 0), index (whole
	// numbers that are names, below 0 none).
	Scale string `json:"scale,omitempty"`
	// Names says what the numbers of an index image mean, from 0. Outline is a vector of rows of an image to be framed.
	Names   []string `json:"names,omitempty"`
	Outline string   `json:"outline,omitempty"`
	// History of an image is a vector measure: each reading of it is a column of sizes, with Log as shares of its largest
	// number on a logarithmic scale from 1e-8 to 1.
	History string `json:"history,omitempty"`
	// Across and Down title the axes of an image or of points. Joined are measures of points that are joined to a line.
	Across string   `json:"across,omitempty"`
	Down   string   `json:"down,omitempty"`
	Joined []string `json:"joined,omitempty"`
	// Points of an image are measures of points x, y, class drawn over it, those after the first hollow. Box is a vector
	// x0, x1, y0, y1: the place of the image's edges in their coordinates, its first row at y0, which is drawn at the foot.
	Points []string `json:"points,omitempty"`
	Box    string   `json:"box,omitempty"`
	// PointNames are the classes of the points over an image, from 0: they are coloured from cold to hot instead of by its
	// scale.
	PointNames []string `json:"point_names,omitempty"`
	// Contours of an image with a box is a measure of points x, y: lines drawn over it, parted by points that are no numbers.
	Contours string `json:"contours,omitempty"`
	// Drag of a spectrum names the vector control that each measure shows: its bars can be drawn up and down.
	Drag []string `json:"drag,omitempty"`
	// Ellipse adds an ellipse of one standard deviation to points: "spread" takes mean and covariance of the points,
	// the id of a vector measure gives them as x, y, xx, xy, yy. Over an image with a box stand those of one and two
	// standard deviations. Reference is another of one, dashed.
	Ellipse   string `json:"ellipse,omitempty"`
	Reference string `json:"reference,omitempty"`
	// A graph: Links is an image of weights, row i and column j that of the link from i to j, 0 for none. Nodes are
	// points, or stand on a circle where it is empty; Values is a vector, one number for each node's colour.
	Links  string `json:"links,omitempty"`
	Nodes  string `json:"nodes,omitempty"`
	Values string `json:"values,omitempty"`
}

// A Line is a reference in a curve, a spectrum, points or an image: at a value, or, for each method, where a scalar measure of it is.
// In a spectrum a vector measure writes each of its numbers at the bar of the same place.
type Line struct {
	Label   string  `json:"label"`
	At      float64 `json:"at"`
	Measure string  `json:"measure,omitempty"`
	// Rank takes the number for how many: the line stands in the gap after so many of the largest values of a spectrum.
	Rank bool `json:"rank,omitempty"`
	// Upright stands a line of points or of an image at a value of the axis across; the others lie at one of the axis down.
	Upright bool `json:"upright,omitempty"`
}

// Spread is the ellipse of the points themselves.
const Spread = "spread"

// panelKinds are the kinds of panels with the kinds of measures that each shows; step takes one step of a method
// apart, its measures are the numbers beside it.
var panelKinds = map[string][]Kind{
	"landscape": nil,
	"ground":    nil,
	"curve":     {Scalar},
	"spectrum":  {Vector},
	"image":     {Image, Points, Vector}, // vectors are boxes, outlines and histories
	"points":    {Points, Vector},
	"graph":     {Image, Points, Vector},
	"table":     {Scalar},
	"step":      {Scalar},
	"claims":    nil,
}

// scales are those of images.
var scales = []string{"grey", "diverging", "index"}

// boxed reports whether an image has coordinates.
func (p *Panel) boxed() bool { return p.Kind == "image" && p.Box != "" }

// Panel returns a panel by id, nil when there is none.
func (l *Lab) Panel(id string) *Panel {
	if i := slices.IndexFunc(l.Panels, func(p Panel) bool { return p.ID == id }); i >= 0 {
		return &l.Panels[i]
	}
	return nil
}

// shown returns a measure that a panel may show, of the lab or of the plane.
func (l *Lab) shown(id string) (Measure, bool) {
	for _, list := range [][]Measure{l.Measures, planeMeasures} {
		for _, m := range list {
			if m.ID == id {
				return m, true
			}
		}
	}
	return Measure{}, false
}

// check finds what is wrong with a panel.
func (p *Panel) check(l *Lab) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	takes, ok := panelKinds[p.Kind]
	if !ok {
		bad("it is of the unknown kind %q", p.Kind)
	}
	if p.ID == "" || p.Title == "" || p.Help == "" {
		bad("it lacks an id, a title or a help")
	}
	errs = append(errs, CheckTeX(p.Help))
	for _, id := range p.Measures {
		m, ok := l.shown(id)
		if !ok {
			bad("it shows the unknown measure %s", id)
		} else if !slices.Contains(takes, m.Kind) {
			bad("a %s does not show %s, which is of the kind %s", p.Kind, id, m.Kind)
		}
	}
	if len(p.Measures) == 0 && len(takes) > 0 {
		bad("it shows no measure")
	}
	if m, _ := l.shown(p.Clock); p.Clock != "" && (p.Kind != "curve" || !slices.Contains(Clocks, p.Clock) && m.Kind != Scalar) {
		bad("clock %q is that of no curve; there are %v and scalar measures", p.Clock, Clocks)
	}
	if p.Scale != "" && (p.Kind != "image" || !slices.Contains(scales, p.Scale)) {
		bad("scale %q is that of no image; there are %v", p.Scale, scales)
	}
	for _, line := range p.Lines {
		m, ok := l.shown(line.Measure)
		spectrum := p.Kind == "spectrum"
		if p.Kind != "curve" && p.Kind != "points" && !p.boxed() && !spectrum || line.Label == "" || line.Measure != "" && (!ok || m.Kind != Scalar && !(spectrum && m.Kind == Vector)) {
			bad("line %q has no label, no scalar measure, or stands in a %s", line.Label, p.Kind)
		}
		if line.Upright != p.boxed() && p.Kind != "points" {
			bad("line %q of a %s stands the wrong way: those of an image are upright, those of curves and spectra are not", line.Label, p.Kind)
		}
		if line.Rank && (!spectrum || m.Kind != Scalar) {
			bad("line %q counts the largest values of no spectrum, or by no scalar measure", line.Label)
		}
	}
	if m, _ := l.shown(p.Ticks); p.Ticks != "" && (p.Kind != "curve" || m.Kind != Vector) {
		bad("ticks %s is not a vector in a curve", p.Ticks)
	}
	part := func(role, id string, kind Kind, in string) {
		if id == "" {
			return
		}
		if m, _ := l.shown(id); p.Kind != in || m.Kind != kind || !slices.Contains(p.Measures, id) {
			bad("%s %s is not a %s among the measures of a %s", role, id, kind, in)
		}
	}
	if p.boxed() {
		part("ellipse", p.Ellipse, Vector, "image")
		part("reference", p.Reference, Vector, "image")
	} else if p.Ellipse != Spread || p.Kind != "points" {
		part("ellipse", p.Ellipse, Vector, "points")
	}
	if len(p.PointNames) > 0 && len(p.Points) == 0 {
		bad("names of points over no image")
	}
	for _, id := range p.Points {
		part("points", id, Points, "image")
	}
	part("contours", p.Contours, Points, "image")
	part("box", p.Box, Vector, "image")
	if len(p.Points) > 0 && p.Box == "" {
		bad("points over an image need a box")
	}
	if len(p.Band) > 0 && len(p.Band) != 2 {
		bad("a band lies between two measures; got %d", len(p.Band))
	}
	for _, id := range p.Band {
		if m, _ := l.shown(id); p.Kind != "curve" || m.Kind != Scalar {
			bad("band %s is not a scalar in a curve", id)
		}
	}
	for _, id := range p.Dashed {
		part("dashed", id, Scalar, "curve")
	}
	for _, id := range p.Joined {
		part("joined", id, Points, "points")
	}
	part("counts", p.Counts, Vector, "spectrum")
	part("types", p.Types, Vector, "spectrum")
	part("outline", p.Outline, Vector, "image")
	part("history", p.History, Vector, "image")
	if p.LogClock && p.Kind != "curve" {
		bad("a logarithmic clock is that of no curve")
	}
	if len(p.Drag) > 0 && (p.Kind != "spectrum" || len(p.Drag) != len(p.Measures) || slices.ContainsFunc(p.Drag, func(id string) bool {
		return !slices.ContainsFunc(l.Controls, func(c param.Control) bool { return c.ID == id && c.Kind == param.Vector })
	})) {
		bad("bars that are drawn belong to a spectrum with a vector control for each measure; got %v", p.Drag)
	}
	if (p.Types != "") != (len(p.TypeNames) > 0) || p.Types != "" && p.Counts == "" {
		bad("types need names and counts")
	}
	if len(p.Names) > 0 && p.Scale != "index" {
		bad("names are those of an index image")
	}
	if p.Heights != "" {
		if m, _ := l.shown(p.HeightsMeasure); p.Kind != "landscape" || p.HeightsLabel == "" || m.Kind != Scalar {
			bad("heights %s stand on no landscape, or lack a label or a scalar measure", p.Heights)
		}
	}
	if p.Place != "" && p.Place != "stage" && p.Place != "side" && (p.Place != "time" || p.Kind != "curve") {
		bad("place %q is none; there are stage and side, and time for a curve", p.Place)
	}
	part("links", p.Links, Image, "graph")
	part("nodes", p.Nodes, Points, "graph")
	part("values", p.Values, Vector, "graph")
	if p.Kind == "graph" && p.Links == "" {
		bad("a graph without links")
	}
	return errors.Join(errs...)
}
