package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"
)

func equalTraces(t *testing.T, a, b *Trace) {
	t.Helper()
	for i := range a.Methods {
		x, y := a.Methods[i], b.Methods[i]
		if x.State != y.State || x.StoppedAt != y.StoppedAt || !reflect.DeepEqual(x.Step, y.Step) || !reflect.DeepEqual(x.Theta, y.Theta) || !reflect.DeepEqual(x.Clock, y.Clock) {
			t.Errorf("method %s: the walks differ", x.ID)
		}
		for j := range x.Series {
			if !reflect.DeepEqual(x.Series[j].Value, y.Series[j].Value) || !reflect.DeepEqual(x.Series[j].Rows, y.Series[j].Rows) {
				t.Errorf("method %s: the readings of %s differ", x.ID, x.Series[j].Measure.ID)
			}
		}
	}
}

func TestWalk(t *testing.T) {
	tr := play(resolve(t, "preset=two&steps=100"))
	gd, fast := tr.Method("gd"), tr.Method("fast")
	// λ = 4: |1 - 0.1·4| = 0.6 a step along x, and 1 - 0.1 along y from 2.
	if got, want := gd.End()[0], math.Pow(0.6, 100); math.Abs(got-want) > 1e-12*want {
		t.Errorf("x after 100 steps is %v, want 0.6^100 = %v", got, want)
	}
	if gd.State != Done || gd.StoppedAt != 100 || len(gd.Step) != 101 || len(gd.At("loss")) != 101 {
		t.Errorf("gd: %s at %d with %d records", gd.State, gd.StoppedAt, len(gd.Step))
	}
	if fast.State != Done || math.Abs(math.Abs(fast.End()[0])-math.Pow(1.04, 100)) > 1e-9 {
		t.Errorf("fast: %s at %v, want 1.04^100 along x", fast.State, fast.End())
	}
	if s := gd.Readings("spectrum"); !reflect.DeepEqual(s.Step, []int{0, 50, 100}) || len(s.Rows[0]) != 2 || math.Abs(s.Rows[0][1]-4) > 1e-12 {
		t.Errorf("spectrum was read at %v as %v", s.Step, s.Rows)
	}
}

// A walk that leaves the numbers ends at its last good point; the others go on.
func TestDivergence(t *testing.T) {
	tr := play(resolve(t, "methods=gd;wild=gd:step-size=50&curvature=2&start=1,1"))
	wild := tr.Method("wild")
	if wild.State != Diverged || wild.StoppedAt != wild.Step[len(wild.Step)-1] || !(math.Abs(wild.End()[0]) <= 1e12) || wild.Why == "" {
		t.Errorf("wild: %s at %d, %v (%s)", wild.State, wild.StoppedAt, wild.End(), wild.Why)
	}
	if gd := tr.Method("gd"); gd.State != Done || gd.StoppedAt != 200 {
		t.Errorf("gd: %s at %d, want it to go on", gd.State, gd.StoppedAt)
	}
}

func TestSameBits(t *testing.T) {
	s := resolve(t, "preset=two&replicas=3&moves=17:gd.step-size=0.01")
	one := play(s)
	old := runtime.GOMAXPROCS(1)
	two := play(s)
	runtime.GOMAXPROCS(old)
	equalTraces(t, one, two)
	// Computed in odd pieces, as a server does.
	r, err := NewRun(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; !r.Advance(context.Background(), i%7+1); i++ {
	}
	equalTraces(t, one, r.Trace())
}

func TestForkIsAFreshRun(t *testing.T) {
	r, err := NewRun(resolve(t, "preset=two&steps=500"))
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(context.Background(), 50) {
	}
	for _, step := range []int{0, 1, 63, 64, 65, 300, 499} {
		turned, err := r.Spec.Turned(step, Pair{Name: "gd.step-size", Text: "0.02"})
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Fork(turned)
		if err != nil {
			t.Fatal(err)
		}
		if f.ForkedAt != step || f.Parent != r.ID {
			t.Errorf("forked at %d of %s, want %d of %s", f.ForkedAt, f.Parent, step, r.ID)
		}
		for !f.Advance(context.Background(), 33) {
		}
		equalTraces(t, play(turned), f.Trace())
	}
}

func TestEvery(t *testing.T) {
	tr := play(resolve(t, "every=30&steps=100"))
	if got := tr.Methods[0].Step; !reflect.DeepEqual(got, []int{0, 30, 60, 90, 100}) {
		t.Errorf("records at %v, want each 30th and the last", got)
	}
}

func TestThin(t *testing.T) {
	tr := play(resolve(t, "steps=100"))
	m := tr.Methods[0]
	third := append([]float64{}, m.Point(4)...)
	tr.thin()
	if m.Stride != 2 || m.Point(3) != nil || !reflect.DeepEqual(m.Point(4), third) || len(m.Theta) != 51*2 {
		t.Errorf("after thinning: stride %d, %d numbers, point 4 %v", m.Stride, len(m.Theta), m.Point(4))
	}
}

func export(t *testing.T, format string, tr *Trace) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(context.Background(), &b, format, tr, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExportJSON(t *testing.T) {
	tr := play(resolve(t, "preset=two"))
	raw := export(t, "json", tr)
	if again := export(t, "json", play(tr.Spec)); !bytes.Equal(raw, again) {
		t.Error("equal specs gave different bytes")
	}
	var d struct {
		Schema  int
		ID      string
		Spec    json.RawMessage
		Methods []struct {
			ID       string
			State    string
			Step     []int
			Theta    [][]float64
			Measures map[string][]float64
			Sparse   map[string]struct{ Step []int }
		}
		Claims []struct{ Claim, Verdict string }
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	m := d.Methods[0]
	if d.Schema != 1 || d.ID != tr.Spec.ID() || len(m.Theta) != 201 || len(m.Measures["loss"]) != 201 || len(m.Sparse["spectrum"].Step) != 5 {
		t.Errorf("export: schema %d, id %s, %d points, %d losses", d.Schema, d.ID, len(m.Theta), len(m.Measures["loss"]))
	}
	if len(d.Claims) != 1 || d.Claims[0].Verdict != Fails {
		t.Errorf("claims %v: 1.04 a step does not leave 1e12 in 200 steps", d.Claims)
	}
	draft, err := DecodeDraft(d.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := testLab().Resolve(draft); err != nil || s.ID() != d.ID {
		t.Errorf("the recipe inside does not restore the run: %v", err)
	}
}

func TestNumbersWithoutAValue(t *testing.T) {
	d := &doc{flags: map[string]string{}}
	if got := string(d.floats("/a", []float64{1, math.NaN(), math.Inf(-1)})); got != "[1,null,null]" || d.flags["/a/1"] != "nan" || d.flags["/a/2"] != "-inf" {
		t.Errorf("got %s with flags %v", got, d.flags)
	}
}

// NumPy itself reads what we write.
func TestNPZInNumPy(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3-numpy was not found; .ci/run installs it")
		}
		t.Skip("python3-numpy was not found; install it to read exports back")
	}
	for _, q := range []string{"preset=two", "preset=two&replicas=3", "methods=gd;b=gd:curvature=50,step-size=1"} {
		tr := play(resolve(t, q))
		file := filepath.Join(t.TempDir(), "run.npz")
		if err := os.WriteFile(file, export(t, "npz", tr), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", `
import json, numpy as np, sys
z = np.load(sys.argv[1])
r = json.loads(str(z["recipe"]))
assert z["loss"].shape == (41, 41) and z["coordinates"].shape == (41, 41, 2) and z["axes"].shape == (2, 2), z["loss"].shape
for m in z["methods"]:
    assert z[m + "/theta"].shape[-1] == 2 and z[m + "/step"].dtype == np.int64
    assert z[m + "/loss"].shape == z[m + "/step"].shape == z[m + "/plane_loss"].shape == z[m + "/measure/gradient-norm"].shape
    assert z[m + "/measure/spectrum"].shape[-1] == 2 and z[m + "/measure/spectrum"].shape[:-1] == z[m + "/measure/spectrum/step"].shape
at = z["origin"] + z["coordinates"][..., :1] * z["axes"][0] + z["coordinates"][..., 1:] * z["axes"][1]
lam = [v for k, v in r["spec"]["values"].items() if k == "curvature"][0]
assert np.allclose(z["loss"], (lam * at[..., 0] ** 2 + at[..., 1] ** 2) / 2)
print(repr(float(z["gd/loss"].ravel()[-1])), r["id"])`, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", q, err, out)
		}
		want, _ := json.Marshal(tr.Replicas("gd")[len(tr.Replicas("gd"))-1].Last("loss"))
		if got := string(bytes.Fields(out)[0]); got != string(want) {
			t.Errorf("%s: NumPy reads the last loss as %s, want %s", q, got, want)
		}
	}
}

func TestReadNPY(t *testing.T) {
	head := "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n"
	good := append([]byte("\x93NUMPY\x01\x00"+string([]byte{byte(len(head)), 0})+head), make([]byte, 16)...)
	if p, err := ReadNPY(good); err != nil || len(p) != 1 || len(p[0]) != 2 {
		t.Errorf("ReadNPY = %v, %v", p, err)
	}
	flat := bytes.Replace(good, []byte("(1, 2), "), []byte("(2,),   "), 1)
	if p, err := ReadNPY(flat); err != nil || len(p) != 1 || len(p[0]) != 2 {
		t.Errorf("a single point: %v, %v", p, err)
	}
	for name, bad := range map[string][]byte{"whole numbers": bytes.Replace(good, []byte("<f8"), []byte("<i8"), 1), "a short file": good[:len(good)-1]} {
		if p, err := ReadNPY(bad); err == nil {
			t.Errorf("%s were read as %v", name, p)
		}
	}
}

// Readings at the end that fail are left out: the run ends all the same and says why.
func TestClosingFails(t *testing.T) {
	l := testLab()
	open := l.Open
	l.Open = func(s Setup) (*Scene, error) {
		scene, err := open(s)
		if err == nil {
			scene.Contestants[0].Closes = []string{"loss"}
			scene.Closing = func(context.Context, []End) ([]map[string]Values, error) { return nil, errors.New("no way") }
		}
		return scene, err
	}
	d, err := ParseLink("/lab/bowl?steps=5")
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	tr, err := Play(ctx, s, nil)
	if err != nil || tr.Methods[0].Why != "no readings at the end: no way" {
		t.Fatalf("%+v (%v)", tr, err)
	}
}
