package server

import (
	"bytes"
	"errors"
	"flag"
	"math"
	"os"
	"testing"

	"thalweg/sim"
	"thalweg/sim/explore"
)

var update = flag.Bool("update", false, "write testdata/wire.golden anew")

// goldenFrames are one frame of each kind, with the values a decoder may stumble over.
func goldenFrames() []byte {
	var b []byte
	b = appendFrame(b, header{kind: kindScalars, flags: flagThinned, run: 0x3f9c0a12b4de, method: 1, step: 120, sequence: 7, rows: 2, columns: 3},
		[]float64{120, 0.5, math.NaN(), 124, math.Inf(1), -0.1})
	b = appendFrame(b, header{kind: kindPath, flags: flagLast, run: 0x3f9c0a12b4de, measure: 2, step: 124, sequence: 1, rows: 1, columns: 5},
		[]float64{124, -1.25, 2, 24.2, 1e-300})
	b = appendFrame(b, header{kind: kindGrid, run: 0x3f9c0a12b4de, method: whole, measure: 2, rows: 3, columns: 3},
		[]float64{0, 1, 2, 3, math.NaN(), 5, 6, 7, 8})
	b = appendFrame(b, header{kind: kindVector, run: 0x3f9c0a12b4de, measure: 4, step: 50, rows: 1, columns: 2}, []float64{-0.300821, 1042.96})
	b = appendFrame(b, header{kind: kindImage, run: 0x3f9c0a12b4de, measure: 5, step: 50, rows: 1, columns: 1}, []float64{0.5})
	b = appendFrame(b, header{kind: kindPoints, run: 0x3f9c0a12b4de, measure: whole, step: 50, rows: 2, columns: 2}, []float64{1, 2, 3, 4})
	return appendFrame(b, header{kind: kindPoints, run: 0x3f9c0a12b4de, measure: 6, step: 60}, nil)
}

// The layout is a promise to pages: it changes with the version of the protocol only.
func TestGolden(t *testing.T) {
	const name = "testdata/wire.golden"
	b := goldenFrames()
	if *update {
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, want) {
		t.Error("the frames differ from testdata/wire.golden")
	}
	frames, err := decodeFrames(want)
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) != 7 || frames[0].step != 120 || frames[2].measure != 2 || frames[3].values[1] != 1042.96 || !math.IsNaN(frames[2].values[4]) {
		t.Errorf("decoded: %+v", frames)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := appendFrame(nil, header{kind: kindImage, rows: 1, columns: 1}, []float64{1})
	change := func(at int, v byte) []byte {
		b := bytes.Clone(good)
		b[at] = v
		return b
	}
	for name, b := range map[string][]byte{
		"magic": change(0, 'X'), "version": change(4, 2), "kind 0": change(5, 0), "kind 7": change(5, 7), "flags": change(6, 4), "flags high": change(7, 1),
		"run": change(15, 1), "reserved": change(36, 1), "padding": change(47, 1), "rows": change(28, 9), "too many rows": change(31, 255), "no columns": change(32, 0),
		"short header": good[:39], "short payload": good[:47], "trailing": append(bytes.Clone(good), 0),
	} {
		if _, err := decodeFrames(b); !errors.Is(err, errFrame) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(goldenFrames())
	f.Add(appendFrame(nil, header{kind: kindImage, rows: 1, columns: 1}, []float64{1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, err := decodeFrames(b)
		if err != nil {
			if !errors.Is(err, errFrame) {
				t.Fatal(err)
			}
			return
		}
		var again []byte
		for _, f := range frames {
			for _, v := range f.values {
				if math.IsNaN(v) {
					return // which of the NaNs it was is not kept through float32
				}
			}
			again = appendFrame(again, f.header, f.values)
		}
		if !bytes.Equal(b, again) {
			t.Errorf("%x decodes and encodes to %x", b, again)
		}
	})
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{
		`{"v":1,"type":"open","link":"/lab/race?preset=valley","step":12}`, `{"type":"open","spec":{"lab":"race"}}`, `{"type":"play","run":"3f9c0a12b4de"}`,
		`{"type":"seek","step":120}`, `{"type":"step","n":-3}`, `{"type":"speed","value":2}`, `{"type":"turn","step":120,"name":"gd.step-size","value":0.01}`,
		`{"type":"view","plane":"pca","grid":{"cells":121,"range":[-1,1,-1,1],"log":false},"measures":["spectrum"]}`, `{"type":"view","hidden":true,"quiver":{"method":null,"cells":9},"grid":{"range":null}}`, `{"type":"view","quiver":false}`, `{"type":"view","grid":{"range":[0,1,2]}}`,
		`{"type":"speed","value":1e999}`, `[1]`, `{"type":"view","grid":{"cells":-1}}`,
		`{"type":"view","plane":"points:gd@0,gd,critical.3"}`, `{"type":"explore","tool":"line","id":"a","ask":{"at":"gd@12","direction":"top"}}`, `{"type":"explore","tool":"spectrum","ask":{"at":"critical.3","full":true}}`,
		`{"type":"explore","tool":"density","cancel":true}`, `{"type":"explore","tool":"line","ask":{"from":"gd@0","to":7}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseCommand(b)
		if err != nil {
			if p := problemOf(err); p.Status != 400 || p.Field == "" {
				t.Errorf("%q: %v is no fault of a field", b, err)
			}
			return
		}
		if c.Step != nil && *c.Step < 0 || c.Grid != nil && (c.Grid.Cells < minCells || c.Grid.Cells > maxCells) ||
			c.Grid != nil && c.Grid.Range != nil && c.Grid.Range.check() != nil ||
			c.quiver != nil && (c.quiver.Cells < minCells || c.quiver.Cells > maxQuiver) || c.Type == "speed" && !(c.speed >= minSpeed && c.speed <= maxSpeed) {
			t.Errorf("%q is out of range and was taken", b)
		}
		if what, err := sim.ParsePlane(c.Plane, sim.High); err == nil {
			if again, err := sim.ParsePlane(what.String(), sim.High); err != nil || again.String() != what.String() {
				t.Errorf("%q: the plane %s reads back as %v, %v", b, what, again, err)
			}
		} else if p := problemOf(err); p.Status != 400 || p.Field != "plane" {
			t.Errorf("%q: %v is no fault of the plane", b, err)
		}
		if c.Type == "explore" {
			task, err := explore.Parse(c.Tool, c.Ask)
			if err != nil {
				if p := problemOf(err); p.Status != 400 || p.Field == "" {
					t.Errorf("%q: %v is no fault of a field", b, err)
				}
			} else if again, err := explore.Parse(c.Tool, []byte(task.Key()[len(c.Tool):])); err != nil || again.Key() != task.Key() {
				t.Errorf("%q: the ask %s reads back as %v, %v", b, task.Key(), again, err)
			}
		}
	})
}

// Frames of the websocket protocol have one of three forms of length.
func TestWireFrame(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		b := wireFrame(opBinary, append(make([]byte, wireRoom), bytes.Repeat([]byte{7}, n)...))
		want := 2
		switch {
		case n > 65535:
			want = 10
		case n > 125:
			want = 4
		}
		if b[0] != 0x82 || len(b) != n+want || n > 0 && b[want] != 7 {
			t.Errorf("%d bytes: header % x, length %d", n, b[:want], len(b))
		}
	}
}
