package sim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"thalweg/landscape"
	"thalweg/sim/param"
)

// An Anchor names a point of a run: where a method stands at a step, its present end, or a critical point that the
// search on the ground found. Its text is adam@120, adam or critical.3.
type Anchor struct {
	Method   string // empty for a critical point; SolutionAnchor for what the ground knows as its solution
	Step     int    // AtEnd for the present end
	Critical int    // number of a critical point, from 1
}

// SolutionAnchor names the solution of a Solved ground nearest to where the plane's method stands, unless a method has
// that name.
const SolutionAnchor = "solution"

// AtEnd is the step of an anchor that moves with the end of a walk.
const AtEnd = -1

// maxCritical is the largest number of a critical point that is read.
const maxCritical = 9999

var criticalAnchor = regexp.MustCompile(`^critical\.([0-9]{1,6})$`)

// ParseAnchor reads an anchor.
func ParseAnchor(text string) (Anchor, error) {
	if m := criticalAnchor.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n < 1 || n > maxCritical {
			return Anchor{}, param.Refuse("anchor", "critical points are numbered from 1 to %d; got %s", maxCritical, m[1])
		}
		return Anchor{Step: AtEnd, Critical: n}, nil
	}
	method, at, stepped := strings.Cut(text, "@")
	if !methodName.MatchString(method) {
		return Anchor{}, param.Refuse("anchor", "%.60q is not a point of the run; want method@step, a method's name for its present end, or critical.3", text)
	}
	a := Anchor{Method: method, Step: AtEnd}
	if stepped {
		n, err := strconv.ParseUint(at, 10, 31)
		if err != nil {
			return Anchor{}, param.Refuse("anchor", "%.20q in %.60q is not a step; want a whole number from 0", at, text)
		}
		a.Step = int(n)
	}
	return a, nil
}

// String is the text of the anchor.
func (a Anchor) String() string {
	switch {
	case a.Critical > 0:
		return "critical." + strconv.Itoa(a.Critical)
	case a.Step == AtEnd:
		return a.Method
	}
	return a.Method + "@" + strconv.Itoa(a.Step)
}

// A Spot is the point that an anchor names.
type Spot struct {
	Anchor Anchor
	// X is nil for a critical point, which a search must find. It must not be written to.
	X []float64
	// Step is that of the record: the last one kept at or before the step that is asked for.
	Step int
	// Settled tells that more steps of the run do not move the spot.
	Settled bool
}

// Spot finds the point of an anchor on the ground of a method.
func (t *Trace) Spot(of *MethodTrace, a Anchor) (Spot, error) {
	s := Spot{Anchor: a, Settled: true}
	if a.Critical > 0 {
		return s, nil
	}
	shared := t.Shared(of)
	i := slices.IndexFunc(shared, func(m *MethodTrace) bool { return m.ID == a.Method })
	if solved, ok := of.Ground.(landscape.Solved); i < 0 && ok && a.Method == SolutionAnchor {
		if s.X = solved.Solution(of.End()); s.X == nil {
			return s, param.Refuse("anchor", "the solution of this ground is not known")
		}
		s.Step = AtEnd
		s.Settled = of.State != Running
		return s, nil
	}
	if i < 0 {
		var ids []string
		for _, m := range shared {
			if !slices.Contains(ids, m.ID) {
				ids = append(ids, m.ID)
			}
		}
		if t.Method(a.Method) != nil {
			return s, param.Refuse("anchor", "%s walks on another ground than %s", a.Method, of.ID)
		}
		return s, param.Refuse("anchor", "this run has no method %.40q; it has %s", a.Method, strings.Join(ids, ", "))
	}
	m := shared[i]
	if a.Step > t.Spec.Steps {
		return s, param.Refuse("anchor", "%s lies beyond step %d, the end of the run", a, t.Spec.Steps)
	}
	last := len(m.Theta)/m.Dim - 1 // of the points kept
	at := last
	if a.Step != AtEnd {
		record, exact := slices.BinarySearch(m.Step, a.Step)
		if !exact {
			record--
		}
		at = min(record/m.Stride, last)
	}
	s.X, s.Step = m.Theta[at*m.Dim:(at+1)*m.Dim], m.Step[at*m.Stride]
	s.Settled = m.State != Running || a.Step != AtEnd && m.Step[len(m.Step)-1] >= a.Step
	return s, nil
}

// MarshalText writes the anchor.
func (a Anchor) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an anchor.
func (a *Anchor) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAnchor(string(text))
	return err
}
