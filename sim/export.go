package sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"thalweg/landscape"
	"thalweg/sim/figure"
	"thalweg/sim/param"
	"thalweg/sim/replay"
)

// Formats lists the export formats that every run has: data, and figures.
var Formats = []string{"json", "npz", "csv", "svg", "pgf", "html"}

// Export writes a finished run. Equal specs give equal bytes, except for the version inside.
func Export(ctx context.Context, w io.Writer, format string, t *Trace, o ExportOptions) error {
	if err := o.Check(t.Spec); err != nil {
		return err
	}
	switch format {
	case "json":
		return exportJSON(ctx, w, t, &o)
	case "npz":
		return exportNPZ(ctx, w, t, &o)
	case "csv":
		return exportCSV(w, t, o.Step)
	case "svg":
		return exportFigure(ctx, t, &o, func(f *figure.Figure) error { return f.SVG(w) })
	case "html":
		return exportReplay(ctx, w, t, &o)
	case "pgf":
		return exportFigure(ctx, t, &o, func(f *figure.Figure) error {
			var recipe Recipe
			recipe, f.Files = t.Spec.Recipe(o.Step).apart() // TeX reads no lines as long as files make
			f.Recipe = recipe.ASCII()
			return f.PGF(w, "thalweg-"+t.Spec.ID())
		})
	case NetFormat:
		return exportNet(w, t, &o)
	}
	return param.Refuse("format", "%.20q is not one of %s, %s", format, strings.Join(Formats, ", "), NetFormat)
}

func exportFigure(ctx context.Context, t *Trace, o *ExportOptions, write func(*figure.Figure) error) error {
	if o.Ramp == "" {
		o.Ramp = "viridis"
	}
	end := t.Spec.Steps
	if o.Step != nil {
		end = *o.Step
	}
	f, err := t.figure(ctx, o, end)
	if err != nil {
		return err
	}
	return write(f)
}

// exportReplay writes the whole run as a page by itself that opens at the step.
func exportReplay(ctx context.Context, w io.Writer, t *Trace, o *ExportOptions) error {
	if o.Ramp == "" {
		o.Ramp = "sounding"
	}
	f, err := t.figure(ctx, o, t.Spec.Steps)
	if err != nil {
		return err
	}
	open := 0
	if o.Step != nil {
		open = *o.Step
	}
	return replay.Write(w, f, replay.About{Lab: t.Spec.Lab.Title, Link: t.Spec.Link(), Version: Version(), Open: open})
}

// Version names the program's build: a release, or a commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// A Platform is what equal bits depend on beside the spec.
type Platform struct {
	Go      string `json:"go"`
	Arch    string `json:"arch"`
	Kernels string `json:"kernels"`
}

// ThisPlatform is the one the program runs on.
func ThisPlatform() Platform { return Platform{runtime.Version(), runtime.GOARCH, "go"} }

// A doc builds JSON in which NaN and infinities are null and named by pointer in flags.
type doc struct{ flags map[string]string }

func (d *doc) number(at string, v float64) []byte {
	switch {
	case math.IsNaN(v):
		d.flags[at] = "nan"
		return []byte("null")
	case math.IsInf(v, 1):
		d.flags[at] = "inf"
		return []byte("null")
	case math.IsInf(v, -1):
		d.flags[at] = "-inf"
		return []byte("null")
	}
	b, _ := json.Marshal(v)
	return b
}

func (d *doc) floats(at string, v []float64) json.RawMessage {
	b := []byte{'['}
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, d.number(at+"/"+strconv.Itoa(i), x)...)
	}
	return append(b, ']')
}

func (d *doc) rows(at string, v []float64, columns int) json.RawMessage {
	b := []byte{'['}
	for i := 0; i*columns < len(v); i++ {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, d.floats(at+"/"+strconv.Itoa(i), v[i*columns:(i+1)*columns])...)
	}
	return append(b, ']')
}

// fields is a JSON object in the order its fields were added.
type fields struct{ b bytes.Buffer }

func (o *fields) raw(name string, v []byte) {
	if o.b.Len() > 0 {
		o.b.WriteByte(',')
	}
	o.b.WriteString(strconv.Quote(name))
	o.b.WriteByte(':')
	o.b.Write(v)
}

func (o *fields) add(name string, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // links keep their &
	if err := e.Encode(v); err != nil {
		panic(err) // what is added here is built from checked values
	}
	o.raw(name, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func (o *fields) bytes() []byte { return append(append([]byte{'{'}, o.b.Bytes()...), '}') }

func exportJSON(ctx context.Context, w io.Writer, t *Trace, o *ExportOptions) error {
	d := &doc{flags: map[string]string{}}
	var out fields
	r := t.Spec.Recipe(o.Step)
	out.add("schema", 1)
	out.add("version", r.Version)
	out.add("platform", r.Platform)
	out.add("id", r.ID)
	out.add("link", r.Link)
	out.add("spec", r.Spec)
	if r.Files != nil {
		out.add("files", r.Files)
	}
	if r.Missing != nil {
		out.add("missing_files", r.Missing)
	}
	if o.Step != nil {
		out.add("step", *o.Step)
	}
	first := t.Methods[0]
	out.add("dim", first.Dim)
	out.add("problem", first.Problem)
	methods := []json.RawMessage{}
	planes := map[landscape.Func]landscape.Plane{}
	for i, m := range t.Methods {
		p, err := t.planeOf(ctx, m, o, planes)
		if err != nil {
			return err
		}
		methods = append(methods, d.method(fmt.Sprintf("/methods/%d", i), t, m, &p))
	}
	out.add("methods", methods)
	p, err := t.planeOf(ctx, first, o, planes)
	if err != nil {
		return err
	}
	out.raw("plane", d.plane("/plane", &p))
	type verdict struct {
		Lab     string `json:"lab"`
		Claim   string `json:"claim"`
		Verdict string `json:"verdict"`
		Got     string `json:"got,omitempty"`
	}
	claims := []verdict{}
	for _, c := range t.Spec.ClaimsOf() {
		v := t.Judge(c)
		claims = append(claims, verdict{t.Spec.Lab.ID, c.ID, v.Verdict, v.Got})
	}
	out.add("claims", claims)
	if len(d.flags) > 0 {
		out.add("flags", d.flags)
	}
	if _, err := w.Write(append(out.bytes(), '\n')); err != nil {
		return err
	}
	return nil
}

// Judge gives a claim's verdict when this trace alone decides it, else unjudged.
func (t *Trace) Judge(c *Claim) Verdict {
	if c.Check != nil {
		if specs := t.Spec.Lab.Specs(c); len(specs) == 1 {
			if specs[0].ID() != t.Spec.ID() {
				return Verdict{Unjudged, "the preset was changed"}
			}
			if !t.Complete {
				return Verdict{NotYet, "the run is not at its end"}
			}
			return c.Check([]*Trace{t})
		}
	}
	return Verdict{Unjudged, "needs more runs than this one"}
}

// planeOf fits the plane of a method's ground once: the one that is asked for on the first ground, else the default.
func (t *Trace) planeOf(ctx context.Context, m *MethodTrace, o *ExportOptions, done map[landscape.Func]landscape.Plane) (landscape.Plane, error) {
	if p, ok := done[m.Ground]; ok {
		return p, nil
	}
	shared := t.Shared(m)
	var text PlaneText
	if o.Plane != "" && slices.Contains(shared, t.Methods[0]) {
		var err error
		if text, err = ParsePlane(o.Plane, m.Kinds()); err != nil {
			return landscape.Plane{}, err
		}
	}
	p, err := t.Plane(ctx, shared[0], text, o.Critical)
	if err != nil {
		return p, err
	}
	for _, s := range shared {
		done[s.Ground] = p
	}
	return p, nil
}

func (d *doc) plane(at string, p *landscape.Plane) []byte {
	var o fields
	o.add("kind", p.Kind)
	o.raw("origin", d.floats(at+"/origin", p.Origin))
	o.raw("axes", []byte("["+string(d.floats(at+"/axes/0", p.Axes[0]))+","+string(d.floats(at+"/axes/1", p.Axes[1]))+"]"))
	o.raw("range", d.floats(at+"/range", p.Range[:]))
	if p.Explained == nil {
		o.add("explained", nil)
	} else {
		o.raw("explained", d.floats(at+"/explained", p.Explained))
	}
	return o.bytes()
}

// path projects the whole walk: coordinates [T,2], plane losses and distances.
func (t *MethodTrace) path(p *landscape.Plane) (coordinates, loss, distance []float64) {
	rows, columns := t.Path(p, 0, t.Records(), 1)
	for i := 0; i < len(rows); i += columns {
		coordinates = append(coordinates, rows[i+1], rows[i+2])
		if columns == 5 {
			loss, distance = append(loss, rows[i+3]), append(distance, rows[i+4])
		}
	}
	if columns == 3 {
		loss, distance = t.At("loss"), make([]float64, t.Records())
	}
	return coordinates, loss, distance
}

// dense reports whether a series has a number for each record.
func (t *MethodTrace) dense(s *Series) bool {
	return s.Measure.Kind == Scalar && s.Measure.Every <= 1 && len(s.Value) == len(t.Step)
}

func (d *doc) method(at string, t *Trace, m *MethodTrace, p *landscape.Plane) json.RawMessage {
	var o fields
	o.add("id", m.ID)
	o.add("method", m.Kind.ID)
	if t.Spec.Values.Whole("replicas") > 1 {
		o.add("replica", m.Replica)
	}
	o.add("hyper", m.Hyper)
	if len(m.Own) > 0 {
		o.add("values", m.Own)
		o.add("dim", m.Dim)
		o.add("problem", m.Problem)
		o.raw("plane", d.plane(at+"/plane", p))
	}
	o.add("state", m.State)
	o.add("stopped_at", m.StoppedAt)
	o.add("why", m.Why)
	o.add("step", m.Step)
	var clocks fields
	for i, name := range Clocks {
		switch {
		case name == "steps":
			clocks.add(name, m.Step)
		case name != "epochs" || m.batched():
			clocks.raw(name, d.floats(at+"/clock/"+name, m.Clock[i]))
		}
	}
	o.raw("clock", clocks.bytes())
	coordinates, planeLoss, planeDistance := m.path(p)
	if m.Stride == 1 && len(m.Theta) <= maxTheta {
		o.raw("theta", d.rows(at+"/theta", m.Theta, m.Dim))
	} else {
		o.raw("theta_proj", d.rows(at+"/theta_proj", coordinates, 2))
	}
	var measures, sparse fields
	for i := range m.Series {
		s := &m.Series[i]
		id := s.Measure.ID
		switch {
		case len(s.Step) == 0:
		case m.dense(s):
			measures.raw(id, d.floats(at+"/measures/"+id, s.Value))
		case s.Measure.Kind == Scalar:
			sparse.raw(id, pair(s.Step, d.floats(at+"/sparse/"+id+"/value", s.Value)))
		default:
			v := []byte{'['}
			for j, row := range s.Rows {
				if j > 0 {
					v = append(v, ',')
				}
				where := fmt.Sprintf("%s/sparse/%s/value/%d", at, id, j)
				if s.Columns > 0 {
					v = append(v, d.rows(where, row, s.Columns)...)
				} else {
					v = append(v, d.floats(where, row)...)
				}
			}
			sparse.raw(id, pair(s.Step, append(v, ']')))
		}
	}
	if len(planeLoss) == m.Records() {
		measures.raw("plane-loss", d.floats(at+"/measures/plane-loss", planeLoss))
		measures.raw("plane-distance", d.floats(at+"/measures/plane-distance", planeDistance))
	}
	o.raw("measures", measures.bytes())
	o.raw("sparse", sparse.bytes())
	return o.bytes()
}

func pair(step []int, value []byte) []byte {
	var o fields
	o.add("step", step)
	o.raw("value", value)
	return o.bytes()
}

// batched reports whether the method saw data in batches, so that epochs mean something.
func (t *MethodTrace) batched() bool {
	_, ok := t.Ground.(landscape.Sampled)
	return ok
}

func exportCSV(w io.Writer, t *Trace, step *int) error {
	b := bufio.NewWriter(w)
	recipe, err := json.Marshal(t.Spec.Recipe(step))
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "# %s\nrun,method,step,clock,measure,value\n", recipe)
	for _, m := range t.Methods {
		line := func(record, step int, name string, v float64) {
			fmt.Fprintf(b, "%d,%s,%d,%s,%s,%s\n", m.Replica, m.ID, step, plain(m.Clock[1][record]), name, plain(v))
		}
		for i, step := range m.Step {
			for j := range m.Series {
				if s := &m.Series[j]; m.dense(s) {
					line(i, step, s.Measure.ID, s.Value[i])
				}
			}
			if x := m.Point(i); x != nil && m.Dim <= 100 {
				for k, v := range x {
					line(i, step, "theta-"+strconv.Itoa(k+1), v)
				}
			}
		}
		for j := range m.Series {
			s := &m.Series[j]
			if m.dense(s) || s.Measure.Kind == Image || s.Measure.Kind == Points {
				continue
			}
			for k, step := range s.Step {
				record, _ := slices.BinarySearch(m.Step, step)
				if s.Measure.Kind == Scalar {
					line(record, step, s.Measure.ID, s.Value[k])
					continue
				}
				for n, v := range s.Rows[k] {
					line(record, step, s.Measure.ID+"-"+strconv.Itoa(n+1), v)
				}
			}
		}
	}
	return b.Flush()
}

func plain(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return param.FormatNumber(v)
}
