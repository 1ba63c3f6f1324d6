package explore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/explore"
	"thalweg/sim/labs/network"
	"thalweg/sim/labs/race"
)

// played plays a link of the two labs to its end.
func played(t *testing.T, link string) *sim.Trace {
	t.Helper()
	d, err := sim.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	lab := race.Lab
	if d.Lab == "network" {
		lab = network.Lab
	}
	spec, err := lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := sim.Play(t.Context(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// found runs a tool on the ground of the first method and reads its result into out.
func found(t *testing.T, ctx context.Context, tr *sim.Trace, tool, ask string, out any) explore.Report {
	t.Helper()
	task, err := explore.Parse(tool, []byte(ask))
	if err != nil {
		t.Fatal(err)
	}
	site, err := task.Site(tr, tr.Methods[0])
	if err != nil {
		t.Fatal(err)
	}
	site.Chart = &explore.Chart{}
	site.Find = site.Chart.Finder(tr, tr.Methods[0])
	p, err := tr.Plane(ctx, tr.Methods[0], sim.PlaneText{}, nil)
	if err == nil {
		site.Plane = &p
	}
	r, err := task.Run(ctx, site, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Result == nil {
		return r
	}
	b, err := json.Marshal(r.Result.On(site.Plane))
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type spectrum struct {
	Values, Residuals []float64
	Full              bool
	Blocks            []struct{ Values []float64 }
	Clusters          []struct{ Count int }
	Trace             *float64
	Source, Note      string
	Lines             []struct {
		Label string
		At    float64
	}
}

func TestSpectrum(t *testing.T) {
	// Iris through six tanh units: 4*6+6 + 6*3+3 = 51 parameters.
	tr := played(t, "/lab/network?problem=iris&architecture=6&methods=gd:step-size=0.05&steps=20")
	var s spectrum
	r := found(t, t.Context(), tr, "spectrum", `{"at":"gd"}`, &s)
	sum, count := 0.0, 0
	for _, v := range s.Values {
		sum += v
	}
	for _, c := range s.Clusters {
		count += c.Count
	}
	if !r.Converged || !s.Full || s.Source != "dense" || len(s.Values) != 51 || math.Abs(sum-*s.Trace) > 1e-10*math.Abs(sum) || len(s.Blocks) != 2 || len(s.Blocks[0].Values) != 30 || count != 51 {
		t.Errorf("the spectrum of 51 parameters: %+v, %+v", r, s)
	}
	if len(s.Lines) == 0 || s.Lines[0].Label != "2/η" || math.Abs(s.Lines[0].At-40) > 1e-12 {
		t.Errorf("gradient descent of step size 0.05 stands curvatures up to 40, told: %v", s.Lines)
	}

	tr = played(t, "/lab/network?problem=iris&architecture=40-20&methods=gd:step-size=0.05&steps=2")
	s = spectrum{}
	r = found(t, t.Context(), tr, "spectrum", `{"at":"gd@1"}`, &s)
	// 4*40+40 + 40*20+20 + 20*3+3 = 1083
	want := "Hessian of 1083 parameters is not computed in full (at most 600); largest and smallest ends by Lanczos"
	if s.Full || s.Note != want || s.Source != "lanczos" || s.Trace != nil || len(s.Values) != len(s.Residuals) || len(s.Values) < 6 {
		t.Errorf("the spectrum of 1083 parameters: %+v, %+v", r, s)
	}
}

// What is not given or not there is refused by its field.
func TestParse(t *testing.T) {
	for ask, want := range map[string]string{
		`line {"from":"a"}`:                            "to: is missing",
		`line {"at":"a"}`:                              `direction: "" is not one of random, gradient, top, bottom`,
		`line {"at":"a","direction":"up"}`:             `direction: "up" is not one of`,
		`line {"at":"a","direction":"top","from":"b"}`: "ask: line takes either from and to, or at and direction",
		`spectrum {"at":"critical.10000"}`:             "anchor: critical points are numbered from 1 to 9999; got 10000",
		`spectrum {"at":"a@-1"}`:                       `anchor: "-1" in "a@-1" is not a step`,
		`dowsing {}`:                                   `tool: "dowsing" is not one of`,
		`density {"at":"a"} {}`:                        "ask: holds more than one JSON value",
		`density ["a"]`:                                "ask: of density: json: cannot unmarshal array",
	} {
		tool, data, _ := strings.Cut(ask, " ")
		if _, err := explore.Parse(tool, []byte(data)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", ask, err, want)
		}
	}
}

// Where a line through one point is a parabola, it is that of the eigenvalue.
func TestLineThrough(t *testing.T) {
	tr := played(t, "/lab/race?problem=quadratic&methods=gd&steps=3")
	var s spectrum
	found(t, t.Context(), tr, "spectrum", `{"at":"gd"}`, &s)
	for direction, value := range map[string]float64{"top": s.Values[len(s.Values)-1], "bottom": s.Values[0]} {
		var l struct {
			T, Loss []float64
			Chord   []float64
			Barrier *float64
		}
		found(t, t.Context(), tr, "line", `{"at":"gd","direction":"`+direction+`"}`, &l)
		h := l.T[1] - l.T[0]
		bend := (l.Loss[0] - 2*l.Loss[30] + l.Loss[60]) / (900 * h * h)
		if l.T[30] != 0 || math.Abs(bend-value) > 1e-9*math.Abs(value) || l.Chord != nil || l.Barrier != nil {
			t.Errorf("%s: the line bends by %g, want the eigenvalue %g", direction, bend, value)
		}
		if want := 3 / math.Sqrt(value); math.Abs(l.T[60]-want) > 1e-12*want {
			t.Errorf("%s: the line reaches %g, want %g", direction, l.T[60], want)
		}
	}
}

// A context that has ended gives what there is, and the reason.
func TestSpent(t *testing.T) {
	tr := played(t, "/lab/race?methods=gd&steps=3")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for tool, want := range map[string]string{"line": "budget spent (0 of 61 places)", "spectrum": "budget spent", "density": "budget spent"} {
		ask := `{"at":"gd"}`
		if tool == "line" {
			ask = `{"from":"gd@0","to":"gd"}`
		}
		var any any
		if r := found(t, ctx, tr, tool, ask, &any); r.Converged || !strings.HasPrefix(r.Why, want) {
			t.Errorf("%s: %+v, want %s", tool, r, want)
		}
	}
}

// Every kind of plane goes through its points on a net of 1083 parameters, and an export has the plane that is asked for.
func TestPlanes(t *testing.T) {
	tr := played(t, "/lab/network?problem=iris&architecture=40-20&methods=gd:step-size=0.1;adam&steps=12")
	first := tr.Methods[0]
	for _, text := range []string{"points", "points:gd@0,gd@5,adam@7", "line", "line:gd@2,adam", "hessian", "random:adam@3"} {
		what, err := sim.ParsePlane(text, first.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		f, err := tr.Fitting(first, what)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Plane(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range f.Marks(&p) {
			if !(m.Distance < 1e-9) {
				t.Errorf("%s misses %s by %g", text, m.Label, m.Distance)
			}
		}
		var b bytes.Buffer
		if err := sim.Export(t.Context(), &b, "json", tr, sim.ExportOptions{Plane: text}); err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Plane struct {
				Kind string
				Axes [2][]float64
			}
		}
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil || doc.Plane.Kind != what.Kind || !slices.Equal(doc.Plane.Axes[0], p.Axes[0]) || !slices.Equal(doc.Plane.Axes[1], p.Axes[1]) {
			t.Errorf("the export of the plane %s has one of kind %q, %v", text, doc.Plane.Kind, err)
		}
	}
}

// The points of Himmelblau's function are those of the specification, and their numbers do not depend on how many starts
// there are.
func TestCriticalPoints(t *testing.T) {
	type points struct {
		Points []struct {
			ID    int
			X     []float64
			Label string
		}
		Morse struct{ Minima, Saddles, Maxima, Sum, Expected int }
	}
	tr := played(t, "/lab/race?problem=himmelblau&methods=gd:step-size=0.001&steps=100")
	var usual, more points
	r := found(t, t.Context(), tr, "critical-points", `{}`, &usual)
	if m := usual.Morse; !r.Converged || len(usual.Points) != 9 || m.Minima != 4 || m.Saddles != 4 || m.Maxima != 1 || m.Sum != 1 || m.Expected != 1 {
		t.Fatalf("Himmelblau's function has 4 minima, 4 saddles and a maximum, found: %+v %+v", r, usual)
	}
	chart := &explore.Chart{}
	for i, p := range usual.Points {
		x, err := chart.Finder(tr, tr.Methods[0])(t.Context(), p.ID)
		if err != nil || !slices.Equal(x, p.X) {
			t.Errorf("critical.%d is %v, %v; the list says %v", p.ID, x, err, p.X)
		}
		if i == 0 {
			found(t, t.Context(), tr, "critical-points", `{"starts":100}`, &more)
		}
	}
	for i, p := range usual.Points {
		if more.Points[i].ID != p.ID && math.Abs(more.Points[i].X[0]-p.X[0]) < 1e-6 {
			t.Errorf("with 100 starts the point %v has the number %d, with 64 %d", p.X, more.Points[i].ID, p.ID)
		}
	}
	// Whatever was asked for first, a number names the same point.
	for _, ask := range []string{`{"starts":1}`, `{"starts":3}`, `{"starts":300}`} {
		var other points
		found(t, t.Context(), tr, "critical-points", ask, &other)
		for _, p := range other.Points {
			for _, q := range usual.Points {
				if landscape.Distance(p.X, q.X) < 1e-6 && p.ID != q.ID {
					t.Errorf("asked for %s first, the point %v has the number %d, with the usual starts %d", ask, p.X, p.ID, q.ID)
				}
			}
		}
	}
	if _, err := chart.Finder(tr, tr.Methods[0])(t.Context(), 10); err == nil || err.Error() != "anchor: critical.10 is not among the 9 points found" {
		t.Errorf("critical.10: %v", err)
	}
	// Ended before it began, the search has tried nothing and says so.
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if r := found(t, ctx, tr, "critical-points", `{"starts":40}`, &more); r.Converged || r.Why != "budget spent (0 of 40 starts)" {
		t.Errorf("without a budget: %+v", r)
	}
}

// Starts are held all at once, so many of a large ground are refused before they are drawn.
func TestStartsAreBounded(t *testing.T) {
	tr := played(t, "/lab/network?problem=iris&architecture=128-128&methods=gd&steps=1")
	task, err := explore.Parse("critical-points", []byte(`{"starts":1024}`))
	if err != nil {
		t.Fatal(err)
	}
	site, err := task.Site(tr, tr.Methods[0])
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := task.Run(ctx, site, nil); err == nil || !strings.HasPrefix(err.Error(), "starts: 1024 starts of 17539 parameters are more than") {
		t.Errorf("1024 starts of %d parameters: %v", tr.Methods[0].Dim, err)
	}
}

// From each saddle of Himmelblau's function two ways lead down to minima that the basins agree with.
func TestDescendAndBasins(t *testing.T) {
	tr := played(t, "/lab/race?problem=himmelblau&methods=gd:step-size=0.001&steps=100")
	var points struct {
		Points []struct {
			ID    int
			Label string
			X     []float64
		}
	}
	found(t, t.Context(), tr, "critical-points", `{}`, &points)
	var basins explore.Basins
	if r := found(t, t.Context(), tr, "basins", `{"cells":48}`, &basins); !r.Converged || len(basins.Ends) != 4 || len(basins.Links) != 4 || len(basins.Separatrices) != 8 || len(basins.Index) != 48*48 {
		t.Fatalf("basins: %+v: %d ends, %d links, %d separatrices", r, len(basins.Ends), len(basins.Links), len(basins.Separatrices))
	}
	saddles := 0
	for _, p := range points.Points {
		var ways struct {
			Paths []struct {
				Path [][]float64
				End  struct {
					Label string
					ID    int
				}
			}
		}
		site := fmt.Sprintf(`{"at":"critical.%d"}`, p.ID)
		r := found(t, t.Context(), tr, "descend", site, &ways)
		if p.Label != "saddle" {
			if want := map[string]int{"minimum": 0, "maximum": 4}[p.Label]; len(ways.Paths) != want {
				t.Errorf("from a %s %d ways lead down, want %d: %s", p.Label, len(ways.Paths), want, r.Why)
			}
			continue
		}
		saddles++
		if !r.Converged || len(ways.Paths) != 2 {
			t.Errorf("from a saddle: %+v, %d ways", r, len(ways.Paths))
			continue
		}
		joined := map[int]bool{}
		for _, w := range ways.Paths {
			first, last := w.Path[0], w.Path[len(w.Path)-1]
			if first[0] != p.X[0] || first[1] != p.X[1] || w.End.Label != "minimum" || w.End.ID == 0 {
				t.Errorf("a way from the saddle at %v: from %v to %v, %+v", p.X, first, last, w.End)
			}
			joined[w.End.ID] = true
		}
		if len(joined) != 2 {
			t.Errorf("the ways from the saddle at %v join %v", p.X, joined)
		}
	}
	if saddles != 4 {
		t.Errorf("%d saddles, want 4", saddles)
	}
	task, err := explore.Parse("descend", []byte(`{"at":"gd@50"}`))
	if err != nil {
		t.Fatal(err)
	}
	site, err := task.Site(tr, tr.Methods[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := task.Run(t.Context(), site, nil); err == nil || !strings.HasPrefix(err.Error(), "gd@50 is not critical: |g| = ") {
		t.Errorf("from a point that is not critical: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if r := found(t, ctx, tr, "basins", `{"cells":48}`, &basins); r.Converged || r.Why != "budget spent (0 of 2304 cells)" || slices.Max(basins.Index) != -1 {
		t.Errorf("without a budget: %+v", r)
	}
}

// The string between the two deepest minima of the Müller-Brown surface goes over its pass, of which the number is known.
func TestString(t *testing.T) {
	tr := played(t, "/lab/race?problem=muller-brown&methods=gd:step-size=1e-4&steps=20")
	var points struct {
		Points []struct {
			ID    int
			Label string
			Loss  float64
		}
	}
	found(t, t.Context(), tr, "critical-points", `{}`, &points)
	if len(points.Points) < 3 || points.Points[0].Label != "minimum" || points.Points[1].Label != "minimum" {
		t.Fatalf("critical points: %+v", points)
	}
	var s struct {
		Images  [][]float64
		Loss    []float64
		Highest int
		Saddle  *struct {
			Loss  float64
			Index int
			S, T  float64
		}
		Barrier float64
	}
	r := found(t, t.Context(), tr, "string", fmt.Sprintf(`{"from":"critical.%d","to":"critical.%d","images":31}`, points.Points[0].ID, points.Points[1].ID), &s)
	// Literature: -40.664843508657 at (-0.822001558733, 0.624312802815); the higher end is at -108.166724116852.
	if !r.Converged || len(s.Images) != 31 || s.Saddle == nil || s.Saddle.Index != 1 || math.Abs(s.Saddle.Loss+40.664843508657) > 1e-9 || math.Abs(s.Saddle.S+0.822001558733) > 1e-9 ||
		math.Abs(s.Barrier-67.501880608195) > 1e-8 {
		t.Errorf("string: %+v, %+v", r, s)
	}
	if least := 8 * 31 * 2; r.Weight() < least {
		t.Errorf("31 images in two dimensions weigh %d bytes, want %d at least", r.Weight(), least)
	}
	if _, err := explore.Parse("string", []byte(`{"from":"gd","to":"gd@0","images":200}`)); err == nil || err.Error() != "images: must lie between 5 and 121; got 200" {
		t.Errorf("200 images: %v", err)
	}
}
