package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape"
	"thalweg/sim/figure"
	"thalweg/sim/param"
)

// ExportOptions say how a run is written; the zero value writes all of it in the usual way. Only Step concerns the
// formats of data, where it is noted in the recipe.
type ExportOptions struct {
	// Step is where the picture stops and where the recipe returns to.
	Step *int
	// Method is whose net a checkpoint holds; empty is the first.
	Method string
	// Ramp colours the ground: one of figure.Ramps; empty is viridis for papers and sounding for the replay.
	Ramp string
	// Font is the size of text in points, 5 to 24; 0 is 9.
	Font float64
	// Log decides the scale of height and curve; nil leaves it to the lab.
	Log *bool
	// Plane is the text of the plane, empty the default one; Range the part of it that is shown.
	Plane string
	Range *[4]float64
	// Critical finds the critical points that Plane names; without it they are refused.
	Critical Finder
}

// The bounds of a font.
const minFont, maxFont, usualFont = 5, 24, 9

// Check refuses options that no export of a run of the spec has. Which planes are on offer is known only when it was
// played.
func (o *ExportOptions) Check(s *Spec) error {
	if o.Step != nil && (*o.Step < 0 || *o.Step > s.Steps) {
		return param.Refuse("step", "must lie between 0 and %d, the end of the run; it is %d", s.Steps, *o.Step)
	}
	if o.Method != "" && !slices.ContainsFunc(s.Methods, func(m MethodSpec) bool { return m.ID == o.Method }) {
		return param.Refuse("method", "this run has no method %.40q", o.Method)
	}
	if o.Ramp != "" && !slices.Contains(figure.Ramps, o.Ramp) {
		return param.Refuse("ramp", "%.20q is not one of %s", o.Ramp, strings.Join(figure.Ramps, ", "))
	}
	if o.Font != 0 && !(o.Font >= minFont && o.Font <= maxFont) {
		return param.Refuse("font", "must lie between %d and %d points; it is %v", minFont, maxFont, o.Font)
	}
	if r := o.Range; r != nil && !(r[0] < r[1] && r[2] < r[3] && landscape.Finite(r[:])) {
		return param.Refuse("range", "%v is not s0 < s1, t0 < t1", *r)
	}
	return nil
}

// Kinds lists the planes on offer for a walk, the default first.
func (t *MethodTrace) Kinds() []string {
	if len(t.Planes) > 0 {
		return t.Planes
	}
	return []string{Direct}
}

// The sizes of the surveyed ground: fine where a loss costs little.
const (
	fineCells, coarseCells = 121, 61
	fineDim                = 64
	// maxFaint is how many further seeds of a method are drawn.
	maxFaint = 11
)

// figure makes the picture of a run up to a step.
func (t *Trace) figure(ctx context.Context, o *ExportOptions, end int) (*figure.Figure, error) {
	spec, first := t.Spec, t.Methods[0]
	var text PlaneText
	if o.Plane != "" {
		var err error
		if text, err = ParsePlane(o.Plane, first.Kinds()); err != nil {
			return nil, err
		}
	}
	f := &figure.Figure{Title: t.title(), ID: "r" + spec.ID(), Recipe: spec.Recipe(o.Step).ASCII(), Font: o.Font, Ramp: o.Ramp}
	if f.Font == 0 {
		f.Font = usualFont
	}
	curve := Panel{Title: "Loss", Measures: []string{"loss"}, Log: true}
	for _, p := range spec.Lab.Panels {
		if p.Kind == "curve" && len(p.Measures) > 0 {
			curve = p
			break
		}
	}
	measure := spec.Lab.Measures[max(0, spec.Lab.Measure(curve.Measures[0]))]
	f.Curve = figure.Curve{Label: measure.Label, Log: curve.Log, Steps: spec.Steps}
	scale := landscape.Log
	if o.Log != nil {
		f.Curve.Log = *o.Log
		if !*o.Log {
			scale = landscape.Linear
		}
	}

	plane, note, err := t.picturePlane(ctx, first, text, o)
	if err == nil {
		f.Map, err = t.figureMap(ctx, first, &plane, scale, o)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		note = "There is no map: " + err.Error() + "."
	}
	f.Walks = t.walks(end, measure.ID, f.Map, &plane)
	if note != "" {
		f.Notes = append(f.Notes, note)
	}
	if end < spec.Steps {
		f.Notes = append(f.Notes, fmt.Sprintf("Steps 0 to %s of %s.", figure.Whole(end), figure.Whole(spec.Steps)))
	}
	f.Notes = append(f.Notes, t.told(end, f.Map != nil)...)
	f.Desc = t.described(end, measure.ID, measure.Label, f.Map != nil)
	return f, nil
}

// title names a run for readers.
func (t *Trace) title() string {
	if p, ok := t.Spec.Lab.Preset(t.Spec.Preset); ok {
		return t.Spec.Lab.Title + ": " + p.Title
	}
	return t.Spec.Lab.Title + ": " + t.Methods[0].Problem
}

// picturePlane fits the plane of a picture; where the walks span none it is a random one, and the note says so.
func (t *Trace) picturePlane(ctx context.Context, m *MethodTrace, text PlaneText, o *ExportOptions) (p landscape.Plane, note string, err error) {
	if m.Dim < 2 {
		return p, "", errors.New("the ground has one dimension")
	}
	if p, err = t.Plane(ctx, m, text, o.Critical); err != nil && len(text.Anchors) == 0 && slices.Contains(m.Kinds(), Random) {
		if p, err = t.Plane(ctx, m, PlaneText{Kind: Random}, nil); err == nil {
			note = "The walks span no plane; this one is random."
		}
	}
	if err != nil {
		return p, "", err
	}
	if o.Range != nil {
		p.Range = *o.Range
	}
	if r := p.Range; !(r[0] < r[1] && r[2] < r[3] && landscape.Finite(r[:])) {
		return p, "", errors.New("the plane has no extent")
	}
	if note == "" && p.Note != "" {
		note = strings.ToUpper(p.Note[:1]) + p.Note[1:] + "."
	}
	if len(p.Explained) > 1 {
		note = strings.TrimSpace(fmt.Sprintf("The plane keeps %.3g %% of the walks' spread; lines grow thin where they leave it. %s", 100*(p.Explained[0]+p.Explained[1]), note))
	} else if !m.Whole(&p) {
		note = strings.TrimSpace("Lines grow thin where they leave the plane. " + note)
	}
	return p, note, nil
}

// AxisNames are the letters or words along the sides of a plane.
func AxisNames(p *landscape.Plane) [2]string {
	switch p.Kind {
	case Direct:
		return [2]string{"x", "y"}
	case PCA:
		return [2]string{"principal axis 1", "principal axis 2"}
	case Random:
		return [2]string{"random direction 1", "random direction 2"}
	case Hessian, HessianTop:
		var names [2]string
		for k, v := range p.Curvatures {
			names[k] = fmt.Sprintf("eigenvector of %.4g", v)
		}
		return names
	case ThreePoints:
		return [2]string{"first to second point", "towards the third"}
	case TwoPoints:
		return [2]string{"along the line", "random direction"}
	case Escape:
		return [2]string{"towards the solution", "along the lowest curvature"}
	}
	return [2]string{"axis 1", "axis 2"}
}

func (t *Trace) figureMap(ctx context.Context, m *MethodTrace, p *landscape.Plane, scale landscape.Scale, o *ExportOptions) (*figure.Map, error) {
	cells := fineCells
	if m.Dim > fineDim {
		cells = coarseCells
	}
	g, err := landscape.Survey(ctx, m.Ground, *p, cells, cells)
	if err != nil {
		return nil, err
	}
	out := &figure.Map{Grid: g, Height: g.Height(scale), Axes: AxisNames(p)}
	on := func(x []float64) (landscape.Point, bool) {
		s, u, off, err := p.Project(x)
		size := math.Hypot(p.Range[1]-p.Range[0], p.Range[3]-p.Range[2])
		return landscape.Point{s, u}, err == nil && off <= 1e-6*size
	}
	if x := m.Point(0); x != nil {
		if at, ok := on(x); ok || !m.Whole(p) && err == nil {
			out.Start = &at
		}
	}
	for _, k := range m.Minima {
		if len(k.X) == m.Dim {
			if at, ok := on(k.X); ok {
				out.Minima = append(out.Minima, figure.Minimum{At: at, Loss: k.Loss})
			}
		}
	}
	return out, nil
}

// looks gives each method its slot, as the page does: its own, the next free one for a second contestant, and hollow
// markers in order when all are taken.
func (t *Trace) looks() (slots map[string]int, hollow map[string]bool) {
	slots, hollow = map[string]int{}, map[string]bool{}
	taken, used := [9]bool{}, [9]bool{}
	for _, m := range t.Spec.Methods {
		if s := m.Kind.Slot; s >= 1 && s <= 8 {
			used[s] = true
		}
	}
	for _, m := range t.Spec.Methods {
		s := m.Kind.Slot
		if s < 1 || s > 8 || taken[s] {
			for s = 1; s <= 8 && (taken[s] || used[s]); s++ {
			}
			if s > 8 {
				s = len(slots)%8 + 1
				hollow[m.ID] = true
			}
		}
		taken[s] = true
		slots[m.ID] = s
	}
	return slots, hollow
}

// label names a contestant: the method's name, with what its id adds.
func label(m *MethodTrace) string {
	if m.ID == m.Kind.ID {
		return m.Kind.Label
	}
	if rest, ok := strings.CutPrefix(m.ID, m.Kind.ID+"-"); ok {
		return m.Kind.Label + " " + rest
	}
	return m.ID
}

// seeds orders the walks of a method for drawing: the one whose last reading is the median first, then the others.
func (t *Trace) seeds(id, measure string) []*MethodTrace {
	walks := t.Replicas(id)
	order := slices.Clone(walks)
	slices.SortStableFunc(order, func(a, b *MethodTrace) int {
		switch x, y := a.Last(measure), b.Last(measure); {
		case x < y || y != y && x == x:
			return -1
		case x > y || x != x && y == y:
			return 1
		}
		return 0
	})
	median := order[(len(order)-1)/2]
	out := []*MethodTrace{median}
	for _, m := range walks {
		if m != median && len(out) <= maxFaint {
			out = append(out, m)
		}
	}
	return out
}

// walks lays trails and curves up to a step.
func (t *Trace) walks(end int, measure string, onto *figure.Map, p *landscape.Plane) []figure.Walk {
	slots, hollow := t.looks()
	shared := t.Shared(t.Methods[0])
	var out []figure.Walk
	for i := range t.Spec.Methods {
		id := t.Spec.Methods[i].ID
		for k, m := range t.seeds(id, measure) {
			w := figure.Walk{ID: id, Label: label(m), Slot: slots[id], Hollow: hollow[id], Faint: k > 0}
			if m.State != Done && m.State != Running && m.StoppedAt < t.Spec.Steps {
				w.Ended, w.EndedAt = m.State, m.StoppedAt
			}
			n, _ := slices.BinarySearch(m.Step, end+1)
			if onto != nil && slices.Contains(shared, m) {
				rows, columns := m.Path(p, 0, n, 0)
				far := 0.0
				for j := 0; j < len(rows); j += columns {
					w.At, w.S, w.T = append(w.At, rows[j]), append(w.S, rows[j+1]), append(w.T, rows[j+2])
					if columns == 5 {
						w.Off = append(w.Off, rows[j+4])
						far = max(far, rows[j+4])
					}
				}
				for j := range w.Off {
					if w.Off[j] /= far; !(far > 0) {
						w.Off[j] = 0
					}
				}
			}
			if s := m.Readings(measure); s != nil {
				for j, step := range s.Step {
					if step <= end && j < len(s.Value) {
						w.Step, w.Value = append(w.Step, float64(step)), append(w.Value, s.Value[j])
					}
				}
			}
			out = append(out, w)
		}
	}
	return out
}

// told are the sentences that a reader of the picture needs: walks that ended early, that are elsewhere, that are not
// drawn.
func (t *Trace) told(end int, mapped bool) (notes []string) {
	shared := t.Shared(t.Methods[0])
	var elsewhere []string
	for i := range t.Spec.Methods {
		m := t.Method(t.Spec.Methods[i].ID)
		if (m.State == Diverged || m.State == Failed) && m.StoppedAt <= end && m.Why != "" {
			notes = append(notes, label(m)+" "+strings.TrimSuffix(m.Why, ".")+".")
		}
		if mapped && !slices.Contains(shared, m) {
			elsewhere = append(elsewhere, label(m))
		}
	}
	if len(elsewhere) > 0 {
		notes = append(notes, "On grounds of their own, not on this map: "+strings.Join(elsewhere, ", ")+".")
	}
	if n := t.Spec.Values.Whole("replicas"); n > 1 {
		text := fmt.Sprintf("%d seeds of each method; the strong line is the median by its last value", n)
		if n > maxFaint+1 {
			text += fmt.Sprintf(", and %d others are drawn", maxFaint)
		}
		notes = append(notes, text+".")
	}
	return notes
}

// described says in words what a picture shows.
func (t *Trace) described(end int, measure, name string, mapped bool) string {
	var b strings.Builder
	if mapped {
		b.WriteString("A map of the ground with contours and the walks of the methods, and below it their curves over the steps. ")
	} else {
		b.WriteString("Curves of the methods over the steps. ")
	}
	fmt.Fprintf(&b, "%s at step %s: ", name, figure.Whole(end))
	for i := range t.Spec.Methods {
		if i > 0 {
			b.WriteString(", ")
		}
		m := t.seeds(t.Spec.Methods[i].ID, measure)[0]
		fmt.Fprintf(&b, "%s %s", label(m), figure.Number(m.valueAt(measure, end), 4))
		if m.StoppedAt < end && m.State != Done {
			fmt.Fprintf(&b, " (%s at step %s)", m.State, figure.Whole(m.StoppedAt))
		}
	}
	b.WriteString(".")
	return b.String()
}

// valueAt is the last reading of a scalar measure at or before a step.
func (t *MethodTrace) valueAt(measure string, step int) float64 {
	s := t.Readings(measure)
	if s == nil {
		return math.NaN()
	}
	n, _ := slices.BinarySearch(s.Step, step+1)
	if n == 0 || n > len(s.Value) {
		return math.NaN()
	}
	return s.Value[n-1]
}
