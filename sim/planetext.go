package sim

import (
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/sim/param"
)

// The kinds of planes.
const (
	Direct      = "direct"      // the whole space of a two-dimensional ground
	PCA         = "pca"         // principal axes of the trajectories, centred on the first method's last point
	Random      = "random"      // filter-normalised random directions through a point
	Hessian     = "hessian"     // eigenvectors of the Hessian at a point, of the largest eigenvalue and the lowest
	HessianTop  = "hessian-top" // of the two largest
	ThreePoints = "points"      // through three points
	TwoPoints   = "line"        // along the line through two points, and a random direction
	Escape      = "escape"      // from a point towards the solution, and along the lowest curvature there; of Solved grounds
)

// High lists the kinds of planes for grounds that are no plane themselves, the default first.
var High = []string{PCA, Random, Hessian, HessianTop, ThreePoints, TwoPoints}

// planeAnchors says how many anchors the text of a kind may hold, besides none.
var planeAnchors = map[string]int{Direct: 0, PCA: 0, Random: 1, Hessian: 1, HessianTop: 1, ThreePoints: 3, TwoPoints: 2, Escape: 1}

// A PlaneText names a plane: its kind, and the points that it goes through where they are not the usual ones. As text
// it is kind or kind:anchor,anchor, the same in links, commands and flags.
type PlaneText struct {
	Kind    string
	Anchors []Anchor
}

// maxPlaneText bounds the text of a plane in bytes.
const maxPlaneText = 200

// ParsePlane reads the text of a plane of one of some kinds.
func ParsePlane(text string, kinds []string) (PlaneText, error) {
	if len(text) > maxPlaneText {
		return PlaneText{}, param.Refuse("plane", "is %d bytes long, at most %d are taken", len(text), maxPlaneText)
	}
	kind, rest, through := strings.Cut(text, ":")
	p := PlaneText{Kind: kind}
	if !slices.Contains(kinds, kind) {
		return p, param.Refuse("plane", "%.40q is not one of %s", kind, strings.Join(kinds, ", "))
	}
	if !through {
		return p, nil
	}
	for word := range strings.SplitSeq(rest, ",") {
		a, err := ParseAnchor(strings.TrimSpace(word))
		if err != nil {
			return p, param.Refuse("plane", "%s", param.Faults(err)[0].Detail)
		}
		p.Anchors = append(p.Anchors, a)
	}
	switch want := planeAnchors[kind]; {
	case want == 0:
		return p, param.Refuse("plane", "%s goes through no points of choice; write %s alone", kind, kind)
	case len(p.Anchors) != want:
		return p, param.Refuse("plane", "%s takes %s after the colon, such as %s; got %d", kind, counted[want], planeExamples[kind], len(p.Anchors))
	}
	return p, nil
}

var counted = map[int]string{1: "one point", 2: "two points", 3: "three points"}

var planeExamples = map[string]string{Random: "random:adam", Hessian: "hessian:adam@120", HessianTop: "hessian-top:adam@120", ThreePoints: "points:adam@0,adam,sgd", TwoPoints: "line:adam@0,adam", Escape: "escape:adam@0"}

// String is the text of the plane.
func (p PlaneText) String() string {
	if len(p.Anchors) == 0 {
		return p.Kind
	}
	words := make([]string, len(p.Anchors))
	for i, a := range p.Anchors {
		words[i] = a.String()
	}
	return p.Kind + ":" + strings.Join(words, ",")
}

// through lists the points that the plane goes through: those it names, or the usual ones of its kind on the ground of
// a method. A Hessian is taken at the first method's end, a way out at its start; three points are the first method's start and end and the
// solution where it is known, else its start and the ends of the first two, or start, middle and end of one; a line goes between the ends of the first two, or start and end.
func (t *Trace) through(of *MethodTrace, p PlaneText) []Anchor {
	if len(p.Anchors) > 0 {
		return p.Anchors
	}
	var ids []string
	for _, m := range t.Shared(of) {
		if !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	start, end := Anchor{Method: ids[0]}, Anchor{Method: ids[0], Step: AtEnd}
	switch p.Kind {
	case Random, Hessian, HessianTop:
		return []Anchor{end}
	case Escape:
		return []Anchor{start}
	case ThreePoints:
		if solved, ok := of.Ground.(landscape.Solved); ok && solved.Solution(of.End()) != nil {
			return []Anchor{start, end, {Method: SolutionAnchor, Step: AtEnd}}
		}
		if len(ids) > 1 {
			return []Anchor{start, end, {Method: ids[1], Step: AtEnd}}
		}
		return []Anchor{start, {Method: ids[0], Step: t.Spec.Steps / 2}, end}
	case TwoPoints:
		if len(ids) > 1 {
			return []Anchor{end, {Method: ids[1], Step: AtEnd}}
		}
		return []Anchor{start, end}
	}
	return nil
}
