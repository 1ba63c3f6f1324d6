package network

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"thalweg/landscape/nets"
	"thalweg/sim"
	"thalweg/sim/files"
)

// with resolves a query whose value FILE is a file of these bytes.
func with(t *testing.T, query string, b []byte) (*sim.Spec, error) {
	t.Helper()
	r, err := files.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	own := sim.Uploads{}
	own.Add(r.File)
	d := sim.Draft{Files: own}
	if err := d.Query(strings.ReplaceAll(query, "FILE", r.File.ID)); err != nil {
		t.Fatal(err)
	}
	return Lab.Resolve(d)
}

func played(t *testing.T, query string, b []byte) *sim.Trace {
	t.Helper()
	s, err := with(t, query, b)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := sim.Play(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func refused(t *testing.T, query string, b []byte) string {
	t.Helper()
	s, err := with(t, query, b)
	if err == nil {
		_, err = sim.NewRun(s)
	}
	if err == nil {
		t.Fatalf("%s is not refused", query)
	}
	return err.Error()
}

// ring is a table of two classes, one inside the other, in units of a thousand.
func ring(rows int) []byte {
	var b strings.Builder
	b.WriteString("x,y,note,class\n")
	for i := range rows {
		r := 1000 * float64(1+i%2)
		fmt.Fprintf(&b, "%.3f,%.3f,n,%s\n", 5000+r*math.Cos(float64(i)), r*math.Sin(float64(i)), []string{"in", "out"}[i%2])
	}
	return []byte(b.String())
}

// A table of one's own is learned like the others: all its rows, its classes, and its rows drawn in its own units.
func TestOwnTable(t *testing.T) {
	const query = "problem=data&data=FILE&data-inputs=x,y&methods=adam:step-size=0.03&steps=150&architecture=8"
	trace := played(t, query, ring(60))
	m := trace.Methods[0]
	if got := trace.Spec.Values.Whole("samples"); got != 60 {
		t.Errorf("%d rows by default, the table has 60", got)
	}
	if acc := m.Last("accuracy"); acc < 0.95 {
		t.Errorf("accuracy %v after 150 steps on two rings, want at least 0.95", acc)
	}
	first := func(measure string) []float64 { return m.Readings(measure).Rows[0] }
	rows, held, b := first("rows"), first("test-rows"), first("input-box")
	if n := len(rows) / 3; n != 48 {
		t.Errorf("%d train rows are drawn, want 48 of 60", n)
	}
	if n := len(held) / 3; n != 12 {
		t.Errorf("%d test rows are drawn, want 12 of 60", n)
	}
	for i := range 48 {
		p := rows[3*i:][:3]
		if r := math.Hypot(p[0]-5000, p[1]); math.Abs(r-1000*(1+p[2])) > 1 && math.Abs(r-1000*(2-p[2])) > 1 {
			t.Errorf("row %d is drawn at %v, which is on neither ring", i, p)
		}
		if p[0] < b[0] || p[0] > b[1] || p[1] < b[2] || p[1] > b[3] {
			t.Errorf("row %d at %v lies outside the picture %v", i, p, b)
		}
	}
}

func TestOwnTableRefusals(t *testing.T) {
	bad := bytes.Replace(ring(20), []byte("in\n"), []byte("in,extra\n"), 1)
	for _, k := range []struct{ query, want string }{
		{"problem=data&data=FILE&data-inputs=x,y", "line 2 has 5 columns, expected 4"},
		{"problem=data&data=FILE", "line 2"},
		{"problem=data", "data: this problem needs a table"},
	} {
		if got := refused(t, k.query, bad); !strings.Contains(got, k.want) {
			t.Errorf("%s: %s; want %s", k.query, got, k.want)
		}
	}
	for _, k := range []struct{ query, want string }{
		{"problem=data&data=FILE", "'n' is not a number"},
		{"problem=data&data=FILE&data-inputs=x,z", "data-inputs: no column is named 'z'"},
		{"problem=data&data=FILE&data-target=9", "data-target: '9' is no column"},
	} {
		if got := refused(t, k.query, ring(20)); !strings.Contains(got, k.want) {
			t.Errorf("%s: %s; want %s", k.query, got, k.want)
		}
	}
}

// weights writes a net of the shape with weights that count up.
func weights(t *testing.T, shape nets.Shape) ([]byte, []float64) {
	t.Helper()
	theta := make([]float64, shape.Dim())
	for i := range theta {
		theta[i] = float64(i%7-3) / 5
	}
	var b bytes.Buffer
	if err := files.WriteCheckpoint(&b, shape, theta, map[string]string{"activation": "relu"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), theta
}

// Uploaded weights are where the walks start, and say what their net is; what does not fit is refused in words.
func TestOwnWeights(t *testing.T) {
	b, theta := weights(t, nets.Shape{Sizes: []int{2, 5, 3, 2}, Bias: true})
	trace := played(t, "checkpoint=FILE&methods=gd;adam&steps=2&samples=40", b)
	if v := trace.Spec.Values; v.Text("architecture") != "5-3" || v.Text("activation") != "relu" || !v.On("bias") {
		t.Errorf("the net is '%s' %s bias %v, the file says 5-3 relu with biases", v.Text("architecture"), v.Text("activation"), v.On("bias"))
	}
	for _, m := range trace.Methods {
		for i, v := range m.Point(0) {
			if v != theta[i] {
				t.Fatalf("%s starts with %v at %d, the file has %v", m.ID, v, i, theta[i])
			}
		}
	}
	for query, want := range map[string]string{
		"checkpoint=FILE&problem=digits":       "checkpoint: first layer takes 2 inputs, the data have 64",
		"checkpoint=FILE&problem=blobs":        "checkpoint: last layer gives 2 outputs, the data have 3 classes",
		"checkpoint=FILE&architecture=4":       "architecture: the uploaded weights are of hidden widths '5-3', not '4'",
		"checkpoint=FILE&bias=off":             "bias: the uploaded weights have biases",
		"checkpoint=FILE&methods=recorded":     "methods: recorded shows the path of a file",
		"problem=data&data=FILE&data-inputs=1": "data: takes a table; the file",
	} {
		if got := refused(t, query, b); !strings.Contains(got, want) {
			t.Errorf("%s: %s; want %s", query, got, want)
		}
	}
}

// npz zips arrays of doubles.
func npz(t *testing.T, arrays map[string][]float64, shapes map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, v := range arrays {
		w, err := z.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", shapes[name])
		head += strings.Repeat(" ", 63-(10+len(head))%64) + "\n"
		w.Write(append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8)))
		w.Write([]byte(head))
		binary.Write(w, binary.LittleEndian, v)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What was computed elsewhere is shown as it is: the points of the surface by their own values, the paths by their own
// points and losses, and never a walk of ours.
func TestImported(t *testing.T) {
	surface := npz(t, map[string][]float64{"loss": {4, 2, 3, 1, 5, 6}, "coordinates": {0, 10, 0, 20}}, map[string]string{"loss": "(3, 2)", "coordinates": "(2, 2)"})
	s, err := with(t, "problem=surface&surface=FILE&methods=recorded", surface)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.NewRun(s)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Contestant(0)
	if !c.Imported || c.Ground.Dim() != 2 {
		t.Fatalf("imported %v, dimension %d; want a marked plane", c.Imported, c.Ground.Dim())
	}
	g := c.Ground.(*survey).surface
	for i := range g.Rows {
		for j := range g.Columns {
			x := []float64{g.Range[0] + (g.Range[1]-g.Range[0])*float64(j)/float64(g.Columns-1), g.Range[2] + (g.Range[3]-g.Range[2])*float64(i)/float64(g.Rows-1)}
			if got := c.Ground.Loss(x); got != g.Loss[i*g.Columns+j] {
				t.Errorf("the surface has %v at %v, the file %v", got, x, g.Loss[i*g.Columns+j])
			}
		}
	}
	if p := c.Method.Point(); c.Ground.Loss(p) != 1 {
		t.Errorf("the dot stands at %v with %v, the lowest loss of the file is 1", p, c.Ground.Loss(p))
	}
	if got := refused(t, "problem=surface&surface=FILE&methods=gd", surface); !strings.Contains(got, "gd cannot walk on what was computed elsewhere") {
		t.Errorf("gd on an imported surface: %s", got)
	}

	walk := npz(t, map[string][]float64{"theta": {0, 0, 0, 1, 2, 2, 2, 4, 4, 3, 6, 6}, "loss": {9, 8, 7, 6}, "step": {0, 10, 20, 30}},
		map[string]string{"theta": "(4, 3)", "loss": "(4,)", "step": "(4,)"})
	trace := played(t, "problem=surface&surface=FILE&methods=mine=recorded&steps=100", walk)
	m := trace.Method("mine")
	if m.State != sim.Converged || m.StoppedAt != 30 || m.Last("loss") != 6 {
		t.Errorf("the path %s at step %d with loss %v; the file ends at step 30 with 6", m.State, m.StoppedAt, m.Last("loss"))
	}
	if got := m.At("loss")[15]; got != 8 {
		t.Errorf("at step 15 the loss is %v, the last point before it has 8", got)
	}
}
