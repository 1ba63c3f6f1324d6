package sim

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A Trace is what a run recorded.
type Trace struct {
	Spec     *Spec
	Methods  []*MethodTrace // methods in order, replica by replica
	Complete bool
	bytes    int
	swarms   int // bytes of the swarms kept
}

// maxTrace bounds the memory of a trace in bytes. Beyond it points are kept at ever fewer records: measures stay
// whole, and a replay gives the rest again.
const maxTrace = 256 << 20

// maxTheta is how many numbers of a method's path are kept and exported in full.
const maxTheta = 20_000_000

// Clocks names the clocks that a trace keeps, in order.
var Clocks = []string{"steps", "time", "gradients", "evaluations", "epochs"}

// A MethodTrace is one contestant's walk.
type MethodTrace struct {
	ID      string
	Kind    *MethodKind
	Replica int
	Hyper   param.Values
	Own     param.Values
	Problem string
	Dim     int
	Minima  []landscape.Minimum
	Ground  landscape.Func // the one that pictures show; records may have another, see GroundAt
	Domain  [4]float64
	Planes  []string
	Heights map[string]landscape.Func
	// Imported marks a walk that a file brought.
	Imported bool

	State, Why string
	StoppedAt  int
	// Limit is the largest step size that a diverged method could have stood at the steepest point it met, Suggest one
	// below it; 0 where that is not known.
	Limit, Suggest float64

	Step []int
	// Clock holds a column for each of Clocks; epochs is nil where data are not batched.
	Clock [5][]float64
	// Theta holds the points of the records whose index is a multiple of Stride, row by row. What is written there
	// stays as it is, so its parts may be read after View.
	Theta  []float64
	Stride int
	// Series holds the readings of each measure of the lab, in its order.
	Series []Series

	lab       *Lab
	footings  []footing
	swarm     []float64
	swarmStep int
	swarms    swarms
}

// A Series is the readings of one measure.
type Series struct {
	Measure *Measure
	Present bool // the contestant's ground gives this measure
	Step    []int
	Value   []float64 // scalars: one number a step
	Rows    [][]float64
	Columns int // of images and points
}

func (s *Series) add(step int, v []float64, columns int) {
	if s.Measure.Kind == Scalar {
		s.Value = append(s.Value, v[0])
	} else {
		s.Rows = append(s.Rows, slices.Clone(v))
		s.Columns = columns
	}
	s.Step = append(s.Step, step)
}

func newMethodTrace(lab *Lab, m MethodSpec, c Contestant, replica int) *MethodTrace {
	t := &MethodTrace{ID: m.ID, Kind: m.Kind, Replica: replica, Hyper: m.Hyper, Own: m.Own, Problem: c.Problem, Dim: c.Ground.Dim(),
		Minima: c.Minima, Ground: c.Ground, Domain: c.Domain, Planes: c.Planes, Heights: c.Heights, Imported: c.Imported, State: Running, Stride: 1, lab: lab}
	t.Series = make([]Series, len(lab.Measures))
	for i, read := range readers(lab, &c) {
		ms := &lab.Measures[i]
		t.Series[i].Measure = ms
		t.Series[i].Present = read != nil || ms.ID == "step-norm" || slices.Contains(c.Closes, ms.ID)
	}
	return t
}

// readers are those of each measure of a lab, nil where a contestant's ground does not give it.
func readers(lab *Lab, c *Contestant) []Reader {
	out := make([]Reader, len(lab.Measures))
	for i := range lab.Measures {
		id := lab.Measures[i].ID
		out[i] = c.Read[id]
		if out[i] == nil && !slices.Contains(c.Lacks, id) {
			out[i] = standard(id, c)
		}
	}
	return out
}

// record appends a record; the run's lock is held.
func (t *MethodTrace) record(at Reading, stepNorm float64, c opt.Clock) {
	if len(t.Step)%t.Stride == 0 {
		t.Theta = append(t.Theta, at.X...)
	}
	t.Step = append(t.Step, at.Step)
	for i, v := range [...]float64{float64(at.Step), c.Time, float64(c.Gradients), float64(c.Evaluations), c.Epochs} {
		t.Clock[i] = append(t.Clock[i], v)
	}
	if i := t.lab.Measure("step-norm"); i >= 0 {
		t.Series[i].add(at.Step, []float64{stepNorm}, 0)
	}
}

func (t *MethodTrace) size() int {
	n := len(t.Step)*14 + len(t.Theta)
	for i := range t.Series {
		n += 2 * len(t.Series[i].Value)
		if rows := t.Series[i].Rows; len(rows) > 0 {
			n += len(rows) * len(rows[0])
		}
	}
	return 8 * n
}

// thin halves the number of points kept by the longest path.
func (t *Trace) thin() {
	longest := slices.MaxFunc(t.Methods, func(a, b *MethodTrace) int { return len(a.Theta) - len(b.Theta) })
	if len(longest.Theta) < 4*longest.Dim {
		return
	}
	// The points move to new memory: planes are fitted to the old ones while the run goes on.
	d := longest.Dim
	kept := make([]float64, 0, len(longest.Theta)/2+d)
	for i := 0; i < len(longest.Theta); i += 2 * d {
		kept = append(kept, longest.Theta[i:i+d]...)
	}
	longest.Theta = kept
	longest.Stride *= 2
	t.bytes = 0
	for _, m := range t.Methods {
		t.bytes += m.size()
	}
}

// adopt takes over the records of another walk up to a step.
func (t *MethodTrace) adopt(from *MethodTrace, step int) {
	n, _ := slices.BinarySearch(from.Step, step+1)
	t.Step = slices.Clone(from.Step[:n])
	for i := range t.Clock {
		t.Clock[i] = slices.Clone(from.Clock[i][:n])
	}
	t.swarms = from.swarms.until(step)
	t.Stride = from.Stride
	t.Theta = slices.Clone(from.Theta[:(n+t.Stride-1)/t.Stride*t.Dim])
	for i := range t.Series {
		s, f := &t.Series[i], &from.Series[i]
		k, _ := slices.BinarySearch(f.Step, step+1)
		s.Step, s.Columns = slices.Clone(f.Step[:k]), f.Columns
		if len(f.Value) > 0 {
			s.Value = slices.Clone(f.Value[:k])
		}
		if len(f.Rows) > 0 {
			s.Rows = slices.Clone(f.Rows[:k])
		}
	}
}

// Computed is the last step that every walk still going has reached, or the last of all when none is.
func (t *Trace) Computed() int {
	low, high := math.MaxInt, 0
	for _, m := range t.Methods {
		last := m.Step[len(m.Step)-1]
		high = max(high, last)
		if m.State == Running {
			low = min(low, last)
		}
	}
	return min(low, high)
}

// Method returns the first replica's walk of a method, or nil.
func (t *Trace) Method(id string) *MethodTrace {
	for _, m := range t.Methods {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// Absent lists the measures of the lab that no walk gives.
func (t *Trace) Absent() []string {
	out := []string{}
	for i := range t.Spec.Lab.Measures {
		if !slices.ContainsFunc(t.Methods, func(m *MethodTrace) bool { return m.Series[i].Present }) {
			out = append(out, t.Spec.Lab.Measures[i].ID)
		}
	}
	return out
}

// Replicas returns all walks of a method.
func (t *Trace) Replicas(id string) []*MethodTrace {
	var out []*MethodTrace
	for _, m := range t.Methods {
		if m.ID == id {
			out = append(out, m)
		}
	}
	return out
}

// At returns the values of a scalar measure, one for each of its readings, or nil.
func (t *MethodTrace) At(measure string) []float64 {
	if i := t.lab.Measure(measure); i >= 0 && len(t.Series[i].Value) > 0 {
		return t.Series[i].Value
	}
	return nil
}

// Readings returns the series of a measure, or nil when the ground does not give it.
func (t *MethodTrace) Readings(measure string) *Series {
	if i := t.lab.Measure(measure); i >= 0 && t.Series[i].Present {
		return &t.Series[i]
	}
	return nil
}

// Last returns the last reading of a scalar measure, NaN when there is none.
func (t *MethodTrace) Last(measure string) float64 {
	if v := t.At(measure); v != nil {
		return v[len(v)-1]
	}
	return math.NaN()
}

// First returns the first step at which a scalar measure satisfies a condition, or -1.
func (t *MethodTrace) First(measure string, is func(float64) bool) int {
	if s := t.Readings(measure); s != nil {
		for i, v := range s.Value {
			if is(v) {
				return s.Step[i]
			}
		}
	}
	return -1
}

// Records is the number of records.
func (t *MethodTrace) Records() int { return len(t.Step) }

// Point returns the point of a record, nil when it was not kept.
func (t *MethodTrace) Point(record int) []float64 {
	i := record / t.Stride
	if record%t.Stride != 0 || (i+1)*t.Dim > len(t.Theta) {
		return nil
	}
	return t.Theta[i*t.Dim : (i+1)*t.Dim]
}

// End returns the last point that was kept.
func (t *MethodTrace) End() []float64 { return t.Theta[len(t.Theta)-t.Dim:] }

// Swarm returns the points of the method's population at its last record: n x dim, or nil.
func (t *MethodTrace) Swarm() (points []float64, step int) { return t.swarm, t.swarmStep }
