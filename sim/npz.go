package sim

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"thalweg/landscape"
)

// surfaceCells is the size of the surface that an NPZ carries.
const surfaceCells = 41

// exportNPZ writes a zip of .npy arrays, stored, readable by NumPy; loss and coordinates are named as other
// landscape tools read them. With replicas the arrays of a method have a leading axis, shorter walks padded by NaN
// (steps by -1).
func exportNPZ(ctx context.Context, w io.Writer, t *Trace, o *ExportOptions) error {
	z := &npz{Writer: zip.NewWriter(w)}
	whole, carried := t.Spec.Recipe(o.Step).apart()
	recipe, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	first := t.Methods[0]
	replicas := t.Spec.Values.Whole("replicas")
	methods := make([]string, len(t.Spec.Methods))
	for i := range t.Spec.Methods {
		methods[i] = t.Spec.Methods[i].ID
	}
	var measures []string
	for i := range t.Spec.Lab.Measures {
		measures = append(measures, t.Spec.Lab.Measures[i].ID)
	}
	z.text("recipe", nil, string(recipe))
	z.text("methods", []int{len(methods)}, methods...)
	z.text("measures", []int{len(measures)}, measures...)
	planes := map[landscape.Func]landscape.Plane{}
	for i, id := range methods {
		walks := make([]*MethodTrace, replicas)
		for r := range walks {
			walks[r] = t.Methods[r*len(methods)+i]
		}
		p, err := t.planeOf(ctx, walks[0], o, planes)
		if err != nil {
			return err
		}
		z.method(id, walks, &p)
		if walks[0].Ground != first.Ground {
			z.plane(id+"/", &p)
		}
	}
	p, err := t.planeOf(ctx, first, o, planes)
	if err != nil {
		return err
	}
	z.plane("", &p)
	g, err := landscape.Survey(ctx, first.Ground, p, surfaceCells, surfaceCells)
	if err != nil {
		return err
	}
	at := make([]float64, 0, 2*len(g.Values))
	for i := range surfaceCells {
		for j := range surfaceCells {
			at = append(at, along(p.Range[0], p.Range[1], j), along(p.Range[2], p.Range[3], i))
		}
	}
	z.floats("coordinates", []int{surfaceCells, surfaceCells, 2}, at)
	z.floats("loss", []int{surfaceCells, surfaceCells}, g.Values)
	for _, f := range carried {
		z.array(f.Name, "|u1", []int{len(f.Data)}, f.Data)
	}
	if z.err != nil {
		return z.err
	}
	return z.Close()
}

func along(a, b float64, i int) float64 { return a + (b-a)*float64(i)/(surfaceCells-1) }

// An npz writes arrays into a zip and keeps the first error.
type npz struct {
	*zip.Writer
	err error
}

func (z *npz) plane(prefix string, p *landscape.Plane) {
	d := len(p.Origin)
	z.floats(prefix+"axes", []int{2, d}, append(append([]float64{}, p.Axes[0]...), p.Axes[1]...))
	z.floats(prefix+"origin", []int{d}, p.Origin)
}

func (z *npz) method(id string, walks []*MethodTrace, p *landscape.Plane) {
	records := 0
	for _, m := range walks {
		records = max(records, m.Records())
	}
	shape := func(more ...int) []int {
		if len(walks) > 1 {
			return append([]int{len(walks)}, more...)
		}
		return more
	}
	// stack lays the walks over one another, padded to the longest.
	stack := func(get func(*MethodTrace) []float64, width int) []float64 {
		var out []float64
		for _, m := range walks {
			v := get(m)
			out = append(out, v...)
			for range records*width - len(v) {
				out = append(out, math.NaN())
			}
		}
		return out
	}
	var steps []int64
	for _, m := range walks {
		for _, s := range m.Step {
			steps = append(steps, int64(s))
		}
		for range records - m.Records() {
			steps = append(steps, -1)
		}
	}
	z.ints(id+"/step", shape(records), steps)
	for i, name := range Clocks {
		if name == "epochs" && !walks[0].batched() {
			continue
		}
		z.floats(id+"/clock/"+name, shape(records), stack(func(m *MethodTrace) []float64 { return m.Clock[i] }, 1))
	}
	d, whole := walks[0].Dim, true
	for _, m := range walks {
		whole = whole && m.Stride == 1 && len(m.Theta) <= maxTheta
	}
	paths := map[*MethodTrace][3][]float64{}
	for _, m := range walks {
		c, l, _ := m.path(p)
		paths[m] = [3][]float64{c, l}
	}
	if whole {
		z.floats(id+"/theta", shape(records, d), stack(func(m *MethodTrace) []float64 { return m.Theta }, d))
	} else {
		z.floats(id+"/theta_proj", shape(records, 2), stack(func(m *MethodTrace) []float64 { return paths[m][0] }, 2))
	}
	z.floats(id+"/loss", shape(records), stack(func(m *MethodTrace) []float64 { return m.At("loss") }, 1))
	z.floats(id+"/plane_loss", shape(records), stack(func(m *MethodTrace) []float64 { return paths[m][1] }, 1))
	for i := range walks[0].Series {
		s := &walks[0].Series[i]
		name := id + "/measure/" + s.Measure.ID
		switch {
		case len(s.Step) == 0:
		case walks[0].dense(s):
			z.floats(name, shape(records), stack(func(m *MethodTrace) []float64 { return m.Series[i].Value }, 1))
		default:
			z.series(name, walks, i)
		}
	}
}

// series writes a sparse measure: readings x values, and the steps beside.
func (z *npz) series(name string, walks []*MethodTrace, i int) {
	readings, width := 0, 1
	for _, m := range walks {
		readings = max(readings, len(m.Series[i].Step))
		for _, row := range m.Series[i].Rows {
			width = max(width, len(row))
		}
	}
	var values []float64
	var steps []int64
	pad := func(n int) {
		for range n {
			values = append(values, math.NaN())
		}
	}
	for _, m := range walks {
		s := &m.Series[i]
		for k, step := range s.Step {
			steps = append(steps, int64(step))
			if s.Measure.Kind == Scalar {
				values = append(values, s.Value[k])
				continue
			}
			values = append(values, s.Rows[k]...)
			pad(width - len(s.Rows[k]))
		}
		for range readings - len(s.Step) {
			steps = append(steps, -1)
			pad(width)
		}
	}
	shape := []int{readings}
	if len(walks) > 1 {
		shape = []int{len(walks), readings}
	}
	z.ints(name+"/step", shape, steps)
	s := &walks[0].Series[i]
	switch {
	case s.Measure.Kind == Scalar:
	case s.Columns > 0 && width%s.Columns == 0:
		shape = append(shape, width/s.Columns, s.Columns)
	default:
		shape = append(shape, width)
	}
	z.floats(name, shape, values)
}

// array writes one array of the .npy format, version 1.0.
func (z *npz) array(name, dtype string, shape []int, data []byte) {
	if z.err != nil {
		return
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		z.err = err
		return
	}
	dims := ""
	for _, n := range shape {
		dims += fmt.Sprintf("%d, ", n)
	}
	if len(shape) > 1 {
		dims = strings.TrimSuffix(dims, ", ")
	} else {
		dims = strings.TrimSuffix(dims, " ")
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, dims)
	head += strings.Repeat(" ", 63-(10+len(head))%64) + "\n"
	if _, z.err = io.WriteString(w, "\x93NUMPY\x01\x00"+string([]byte{byte(len(head)), byte(len(head) >> 8)})+head); z.err == nil {
		_, z.err = w.Write(data)
	}
}

func (z *npz) floats(name string, shape []int, v []float64) {
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	z.array(name, "<f8", shape, b)
}

func (z *npz) ints(name string, shape []int, v []int64) {
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	z.array(name, "<i8", shape, b)
}

func (z *npz) text(name string, shape []int, texts ...string) {
	width := 1
	for _, s := range texts {
		width = max(width, len([]rune(s)))
	}
	var b []byte
	for _, s := range texts {
		runes := []rune(s)
		for i := range width {
			var r rune
			if i < len(runes) {
				r = runes[i]
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
	}
	z.array(name, fmt.Sprintf("<U%d", width), shape, b)
}
