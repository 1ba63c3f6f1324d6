package server

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestStepAPI(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=300"}`)
	id := p.text("opened", nil)["run"].(string)
	p.send(`{"type":"open","link":"/lab/bowl?steps=301"}`)
	early := p.text("opened", nil)["run"].(string)
	p.send(`{"type":"seek","step":300,"run":%q}`, id)
	p.state("done")
	p.until(func() bool { return p.last(kindPath, 0) == 300 })
	path := map[int][]float64{}
	for _, f := range p.frames {
		if f.kind == kindPath && f.method == 0 {
			for i := range f.rows {
				row := f.values[i*f.columns : (i+1)*f.columns]
				path[int(row[0])] = row[1:]
			}
		}
	}
	for _, step := range []int{0, 250, 100, 101, 299} {
		status, _, b := ask(t, "GET", fmt.Sprintf("%s/api/runs/%s/step?method=gd&step=%d", web.URL, id, step), "")
		var a struct {
			Method string
			Step   int
			Plane  string
			Parts  []struct {
				Symbol, Label string
				Vector, Plane []float64
				Norm          float64
			}
		}
		if err := json.Unmarshal(b, &a); err != nil || status != 200 || a.Method != "gd" || a.Step != step || a.Plane != "direct" || len(a.Parts) != 2 {
			t.Fatalf("step %d: %d %s", step, status, b)
		}
		last := a.Parts[1]
		for k := range 2 {
			want := path[step+1][k] - path[step][k]
			if math.Abs(last.Vector[k]-want) > 1e-12 || math.Abs(last.Plane[k]-want) > 1e-12 {
				t.Errorf("step %d: the last part is %v, the step %v", step, last.Vector, want)
			}
		}
		if a.Parts[0].Symbol != `-\nabla f` || math.Abs(last.Norm-math.Hypot(last.Vector[0], last.Vector[1])) > 1e-12*last.Norm {
			t.Errorf("step %d: %s", step, b)
		}
	}
	if status, _, b := ask(t, "GET", web.URL+"/api/runs/"+id+"/step?method=gd&step=299&plane=direct", ""); status != 200 {
		t.Errorf("the last update: %d %s", status, b)
	}
	if status, _, b := ask(t, "GET", web.URL+"/api/runs/"+early+"/step?method=gd&step=200", ""); status != 200 || !strings.Contains(string(b), `"parts":[],"why":"the run is at step`) {
		t.Errorf("a step that is not computed: %d %s", status, b)
	}
	for query, field := range map[string]string{"method=none&step=1": "method", "method=gd&step=300": "step", "method=gd&step=-1": "step", "method=gd&step=x": "step",
		"method=gd&step=1&plane=cube": "plane", "method=gd&step=1&replica=4": "method"} {
		status, _, b := ask(t, "GET", web.URL+"/api/runs/"+id+"/step?"+query, "")
		var m problem
		if json.Unmarshal(b, &m); status != 400 || m.Field != field {
			t.Errorf("%s: %d %s", query, status, b)
		}
	}
}

// Arrows come for the whole view or the part zoomed into, and again when the plane changes.
func TestQuiver(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=50"}`)
	p.text("opened", nil)
	p.send(`{"type":"view","quiver":{"method":null}}`)
	m := p.text("quiver", nil)
	v := m["vectors"].([]any)
	if m["rows"] != 21.0 || m["columns"] != 21.0 || len(v) != 2*21*21 || m["method"] != nil || fmt.Sprint(m["range"]) != "[-4 4 -4 4]" {
		t.Fatalf("quiver: %v", m)
	}
	// Minus the gradient of the bowl at the low corner and at the end of the first row.
	g := make([]float64, 2)
	for at, x := range map[int][]float64{0: {-4, -4}, 20: {4, -4}, 21: {-4, -3.6}} {
		bowl{2}.Grad(g, x)
		for k := range 2 {
			if math.Abs(v[2*at+k].(float64)+g[k]) > 1e-6*math.Abs(g[k]) {
				t.Errorf("arrow %d is %v, want %v negated", at, v[2*at:2*at+2], g)
			}
		}
	}
	p.send(`{"type":"view","grid":{"cells":11,"range":[0,1,2,3]}}`)
	if m := p.text("quiver", nil); fmt.Sprint(m["range"]) != "[0 1 2 3]" {
		t.Errorf("after a zoom the arrows are on %v", m["range"])
	}
	p.send(`{"type":"view","quiver":{"method":"gd"}}`)
	p.text("error", func(m map[string]any) bool { return m["field"] == "quiver" }) // the test lab's methods cannot tell
	for _, bad := range []string{`{"method":"none"}`, `7`, `{"cells":1}`, `{"cells":1000}`, `{"arrows":3}`} {
		p.send(`{"type":"view","quiver":%s}`, bad)
		p.text("error", nil)
	}
	p.send(`{"type":"view","quiver":false}`)
	p.send(`{"type":"view","grid":{"cells":11}}`)
	p.text("grid", func(m map[string]any) bool { return fmt.Sprint(m["range"]) == "[-4 4 -4 4]" })
	for _, m := range p.texts {
		if m["type"] == "quiver" {
			t.Errorf("a quiver that was taken back: %v", m["range"])
		}
	}
}

// A box is looked at closer and left again; the paths keep their plane, and boxes that cannot be drawn are refused.
func TestBoxZoom(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=50&dim=6"}`)
	p.text("opened", nil)
	p.send(`{"type":"seek","step":50}`)
	p.state("done")
	p.send(`{"type":"view","grid":{"cells":11}}`)
	own := p.text("grid", nil)
	for _, zoom := range []string{`[-0.5,0.5,0.25,0.75]`, `null`} {
		frames := len(p.frames)
		p.send(`{"type":"view","grid":{"cells":11,"range":%s}}`, zoom)
		m := p.text("grid", nil)
		want := fmt.Sprint(own["range"])
		if zoom != "null" {
			want = "[-0.5 0.5 0.25 0.75]"
		}
		if fmt.Sprint(m["range"]) != want || m["version"] != own["version"] {
			t.Errorf("grid %s: range %v of version %v, want %s of %v", zoom, m["range"], m["version"], want, own["version"])
		}
		p.until(func() bool { return len(p.frames) > frames })
		for _, f := range p.frames[frames:] {
			if f.kind == kindPath {
				t.Errorf("the paths came again after %s", zoom)
			}
		}
	}
	for _, bad := range []string{`[0,1]`, `[0,1,2,3,4]`, `[0,0,1,2]`, `[1,0,1,2]`, `[0,1e13,0,1]`, `[1,1.0000000000001,0,1]`, `[0,1e400,0,1]`, `"all"`, `[0,1,0,null]`, `[0,1e-300,0,1]`} {
		p.send(`{"type":"view","grid":{"range":%s}}`, bad)
		if m := p.text("error", nil); m["field"] != "range" {
			t.Errorf("%s: %v", bad, m)
		}
	}
}
