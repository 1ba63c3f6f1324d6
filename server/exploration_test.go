package server

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
)

// into reads a part of a message again as a type.
func into[T any](t *testing.T, v any) (out T) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	return out
}

// explored waits for the end of an exploration.
func (p *page) explored(tool string) map[string]any {
	p.t.Helper()
	return p.text("exploration", func(m map[string]any) bool { return m["tool"] == tool && m["state"] != "running" })
}

func TestExplore(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide&steps=50"}`)
	if m := p.text("opened", nil); !strings.Contains(fmt.Sprint(m["tools"]), "spectrum") {
		t.Errorf("opened offers the tools %v", m["tools"])
	}
	p.send(`{"type":"explore","tool":"basins","ask":{"cells":8}}`) // before anybody has looked at a plane
	if m := p.explored("basins"); m["state"] != "done" || m["version"] == 0.0 {
		t.Errorf("basins: %v", m)
	}
	p.send(`{"type":"seek","step":50}`)
	p.state("done")

	p.send(`{"type":"explore","tool":"spectrum","id":"mine","ask":{"at":"gd@10"}}`)
	m := p.explored("spectrum")
	s := into[struct {
		Values []float64
		Full   bool
		Source string
		Trace  float64
	}](t, m["result"])
	if m["state"] != "done" || m["id"] != "mine" || m["converged"] != true || !s.Full || s.Source != "dense" || len(s.Values) != 6 ||
		math.Abs(s.Values[0]-1) > 1e-12 || math.Abs(s.Values[5]-4) > 1e-12 || math.Abs(s.Trace-15) > 1e-11 {
		t.Errorf("a bowl of curvatures 1 to 4 has the spectrum %v", m)
	}

	p.send(`{"type":"explore","tool":"density","ask":{"at":"other"}}`)
	if m := p.explored("density"); m["state"] != "done" || len(into[struct{ X []float64 }](t, m["result"]).X) != 512 {
		t.Errorf("density: %v", m)
	}

	p.send(`{"type":"explore","tool":"line","ask":{"from":"gd@0","to":"other"}}`)
	l := into[struct {
		T, Loss, Chord []float64
		Barrier        float64
		Label          string
	}](t, p.explored("line")["result"])
	// A parabola lies below its chord: the barrier is 0, at the ends.
	if len(l.T) != 61 || l.T[0] != -0.25 || l.T[60] != 1.25 || l.Loss[10] != (bowl{6}).Loss([]float64{3, 2.5, 2, 1.5, 1, 0.5}) || math.Abs(l.Barrier) > 1e-12 || l.Label != "gd@0 to other@50" {
		t.Errorf("line: %+v", l)
	}

	for ask, want := range map[string]string{
		`{"at":"gd@51"}`:                   "anchor: gd@51 lies beyond step 50, the end of the run",
		`{"at":"nobody"}`:                  `ground: this run has no method "nobody"`,
		`{"at":"gd","more":1}`:             `ask: of spectrum: json: unknown field "more"`,
		`{}`:                               "at: is missing; name a point such as adam@120, adam or critical.3",
		`{"at":"gd@x"}`:                    `anchor: "x" in "gd@x" is not a step; want a whole number from 0`,
		`{"at":"critical.0"}`:              "anchor: critical points are numbered from 1 to 9999; got 0",
		`{"at":"GD"}`:                      `anchor: "GD" is not a point of the run; want method@step, a method's name for its present end, or critical.3`,
		`{"at":"gd@99999999999999999999"}`: `anchor: "99999999999999999999" in "gd@99999999999999999999" is not a step; want a whole number from 0`,
	} {
		p.send(`{"type":"explore","tool":"spectrum","ask":%s}`, ask)
		if m := p.explored("spectrum"); m["state"] != "failed" || m["why"] != want {
			t.Errorf("%s: %v: %v, want failed: %s", ask, m["state"], m["why"], want)
		}
	}
	p.send(`{"type":"explore","tool":"dowsing"}`)
	if m := p.text("error", nil); m["field"] != "tool" || !strings.Contains(m["detail"].(string), `"dowsing" is not one of`) {
		t.Errorf("an unknown tool: %v", m)
	}
}

// A plane goes through the points that its text names, and says where they are.
func TestPlaneText(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide&steps=100"}`)
	p.text("opened", nil)
	p.send(`{"type":"view","plane":"points:gd@0, gd@40,other@100"}`)
	p.send(`{"type":"seek","step":100}`)
	p.state("done")
	m := p.text("plane", func(m map[string]any) bool {
		return m["kind"] == "points" && len(m["anchors"].([]any)) == 3 && into[[]struct{ Step int }](t, m["anchors"])[2].Step == 100
	})
	anchors := into[[]struct {
		Label                string
		Step                 int
		S, T, Loss, Distance float64
	}](t, m["anchors"])
	if m["text"] != "points:gd@0,gd@40,other@100" || anchors[0].Label != "gd@0" || anchors[0].S != 0 || anchors[0].T != 0 || anchors[1].Step != 40 || anchors[0].Loss != (bowl{6}).Loss([]float64{3, 2.5, 2, 1.5, 1, 0.5}) {
		t.Errorf("plane: %v", m)
	}
	for _, a := range anchors {
		if !(a.Distance < 1e-9) {
			t.Errorf("the plane misses its point %s by %g", a.Label, a.Distance)
		}
	}
	for plane, want := range map[string]string{
		"points:gd":          "points takes three points after the colon, such as points:adam@0,adam,sgd; got 1",
		"points:gd,gd@1,who": `points:gd,gd@1,who: this run has no method "who"; it has gd, other`,
		"pca:gd":             "pca goes through no points of choice; write pca alone",
		"sideways":           `"sideways" is not one of`,
	} {
		p.send(`{"type":"view","plane":%q}`, plane)
		if m := p.text("error", nil); m["field"] != "plane" || !strings.Contains(m["detail"].(string), want) {
			t.Errorf("%s: %v, want %s", plane, m, want)
		}
	}
}

// tiring is a bowl whose losses take a while; it counts them.
type tiring struct {
	bowl
	pause time.Duration
	taken *atomic.Int64
}

func (b tiring) Loss(x []float64) float64 {
	b.taken.Add(1)
	time.Sleep(b.pause)
	return b.bowl.Loss(x)
}

// tire serves the test lab on a ground whose losses take a while.
func tire(t *testing.T, pause time.Duration, limits Limits) (*Server, *httptest.Server, *atomic.Int64) {
	t.Helper()
	taken := new(atomic.Int64)
	s, web := serveOn(t, func(b bowl) landscape.Func { return tiring{b, pause, taken} }, limits)
	return s, web, taken
}

// serveOn serves the test lab on other grounds.
func serveOn(t *testing.T, other func(bowl) landscape.Func, limits Limits) (*Server, *httptest.Server) {
	t.Helper()
	lab := testLab()
	open := lab.Open
	lab.Open = func(s sim.Setup) (*sim.Scene, error) {
		scene, err := open(s)
		if err == nil {
			for i := range scene.Contestants {
				c := &scene.Contestants[i]
				c.Ground = other(c.Ground.(bowl))
			}
		}
		return scene, err
	}
	s, err := New(Options{Labs: []*sim.Lab{lab}, Version: "test", Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return s, web
}

// freed waits until nobody explores or holds the core, and says how long that took.
func freed(s *Server) time.Duration {
	start := time.Now()
	for time.Since(start) < 5*time.Second {
		s.core.mu.Lock()
		free := s.core.free
		s.core.mu.Unlock()
		if s.exploring.Load() == 0 && free == newCore().free {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(start)
}

// cliffs are a bowl without a Hessian.
type cliffs struct{ bowl }

func (cliffs) HessVec(dst, _, _ []float64) {
	for i := range dst {
		dst[i] = math.NaN()
	}
}

// Where a plane cannot be fitted another stands in, and says why.
func TestPlaneInstead(t *testing.T) {
	_, web := serveOn(t, func(b bowl) landscape.Func { return cliffs{b} }, Limits{})
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide&steps=5"}`)
	p.text("opened", nil)
	p.send(`{"type":"view","plane":"hessian"}`)
	p.send(`{"type":"seek","step":5}`)
	m := p.text("plane", func(m map[string]any) bool { return m["text"] == "hessian" })
	if want := "a random plane, because the Hessian is not finite here: it has no plane"; m["kind"] != "random" || m["note"] != want {
		t.Errorf("a plane of kind %v says %q, want random and %q", m["kind"], m["note"], want)
	}
}

const lineAsk = `{"type":"explore","tool":"line","ask":{"from":"gd@0","to":"gd@5"}}`

func TestExploreCancel(t *testing.T) {
	s, web, taken := tire(t, 10*time.Millisecond, Limits{})
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	p.text("opened", nil)
	p.send(`{"type":"seek","step":5}`)
	p.state("done")
	wait := func(n int64) {
		for start := time.Now(); taken.Load() < n && time.Since(start) < 5*time.Second; {
			time.Sleep(time.Millisecond)
		}
	}
	begun := taken.Load()
	p.send(lineAsk)
	wait(begun + 5)
	p.send(`{"type":"explore","tool":"line","cancel":true}`)
	if m := p.explored("line"); m["state"] != "stopped" {
		t.Errorf("cancelled: %v", m)
	}
	if took := freed(s); took > 50*time.Millisecond {
		t.Errorf("the cores were free %v after a cancel, want 50 ms", took)
	}
	if n := taken.Load() - begun; n > 40 {
		t.Errorf("%d losses were taken, want the exploration to stop before", n)
	}

	// Two who ask for the same share it; it ends when both have left.
	q := dial(t, web, "")
	q.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	q.text("opened", nil)
	begun = taken.Load()
	p.send(lineAsk)
	q.send(lineAsk)
	wait(begun + 5)
	p.ws.Close()
	m := q.explored("line")
	if m["state"] != "done" || m["evaluations"] != 61.0 {
		t.Errorf("the exploration of one who stayed: %v", m)
	}
	if n := taken.Load() - begun; n > 90 {
		t.Errorf("%d losses for an exploration of 61 that two share", n)
	}
	begun = taken.Load()
	q.send(lineAsk)
	q.explored("line")
	if n := taken.Load() - begun; n > 0 {
		t.Errorf("an exploration that is known took %d losses again", n)
	}
	q.send(`{"type":"explore","tool":"line","ask":{"from":"gd@0","to":"gd@4"}}`)
	wait(begun + 5)
	q.ws.Close()
	freed(s)
	if n := taken.Load() - begun; n > 55 {
		t.Errorf("%d losses after the last one left", n)
	}
}

// When the seconds of a tool are over it says how far it came, and nothing of it is kept.
func TestExploreBudget(t *testing.T) {
	s, web, taken := tire(t, time.Millisecond, Limits{})
	s.budget = func(ctx context.Context, of time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		begun := taken.Load()
		go func() {
			for ctx.Err() == nil && taken.Load() < begun+10 {
				time.Sleep(100 * time.Microsecond)
			}
			cancel()
		}()
		return ctx, cancel
	}
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	p.text("opened", nil)
	p.send(`{"type":"seek","step":5}`)
	p.state("done")
	p.send(lineAsk)
	m := p.explored("line")
	if m["state"] != "done" || m["converged"] != false || !strings.HasPrefix(m["why"].(string), "budget spent (1") || !strings.HasSuffix(m["why"].(string), " of 61 places)") {
		t.Errorf("a spent budget: %v", m)
	}
	if n := len(into[struct{ Loss []float64 }](t, m["result"]).Loss); n < 8 || n > 30 {
		t.Errorf("%d losses were told, want about 10", n)
	}
	p.send(lineAsk)
	if m := p.explored("line"); m["evaluations"] == 0.0 {
		t.Errorf("asked again: %v", m)
	}
}

// Critical points keep their numbers, and planes, slices and spectra can be taken at them.
func TestExploreCritical(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide&steps=60"}`)
	p.text("opened", nil)
	// Nobody has searched or played yet: the plane sees to both.
	p.send(`{"type":"view","plane":"hessian:critical.1"}`)
	m := p.text("plane", func(m map[string]any) bool { return m["kind"] == "hessian" })
	a := into[[]struct {
		Label          string
		Step           *int
		S, T, Distance float64
	}](t, m["anchors"])
	if m["text"] != "hessian:critical.1" || len(a) != 1 || a[0].Label != "critical.1" || a[0].Step != nil || a[0].S != 0 || a[0].T != 0 || a[0].Distance != 0 ||
		fmt.Sprint(m["axes"]) != "[eigenvector of 4 eigenvector of 1]" || fmt.Sprint(m["curvatures"]) != "[4 1]" || fmt.Sprint(m["cosine"]) != "0" {
		t.Errorf("the plane at the bottom of a bowl: %v", m)
	}
	p.send(`{"type":"explore","tool":"critical-points"}`)
	m = p.explored("critical-points")
	type points struct {
		Points []struct {
			ID, Index, Hits int
			X, Eigenvalues  []float64
			S, T            *float64
			Loss, Grad      float64
			Label           string
			Converged       bool
		}
		Starts, Tried int
	}
	r := into[points](t, m["result"])
	if m["converged"] != true || len(r.Points) != 1 || r.Points[0].ID != 1 || r.Points[0].Label != "minimum" || len(r.Points[0].Eigenvalues) != 6 || r.Tried != r.Starts || r.Points[0].Hits != r.Tried {
		t.Errorf("a bowl has one minimum: %v", m)
	}
	// Another plane: the point is told again, with its place there.
	p.send(`{"type":"view","plane":"line:gd@0,gd"}`)
	m = p.text("exploration", func(m map[string]any) bool { return m["tool"] == "critical-points" })
	if o := into[points](t, m["result"]).Points[0]; o.S == nil || math.Abs(*o.S) < 0.5 || m["version"] == 0.0 || m["state"] != "done" {
		t.Errorf("on another plane: %v", m)
	}
	// What is about one plane is computed anew on another.
	p.send(`{"type":"explore","tool":"basins","ask":{"cells":64}}`)
	m = p.explored("basins")
	type basins struct {
		Index []int
		Range [4]float64
	}
	b := into[basins](t, m["result"])
	if m["state"] != "done" || m["converged"] != true || len(b.Index) != 64*64 || slices.Max(b.Index) != 0 || slices.Min(b.Index) != 0 {
		t.Errorf("a bowl has one basin: %v", m["why"])
	}
	p.send(`{"type":"view","plane":"random"}`)
	m = p.text("exploration", func(o map[string]any) bool {
		return o["tool"] == "basins" && o["state"] == "done" && o["version"] != m["version"]
	})
	if o := into[basins](t, m["result"]); o.Range == b.Range || len(o.Index) != len(b.Index) {
		t.Errorf("the basins on another plane have the range %v, as before", o.Range)
	}
	p.send(`{"type":"explore","tool":"spectrum","ask":{"at":"critical.1"}}`)
	if m := p.explored("spectrum"); len(into[struct{ Values []float64 }](t, m["result"]).Values) != 6 {
		t.Errorf("the spectrum at the minimum: %v", m)
	}
	p.send(`{"type":"explore","tool":"spectrum","ask":{"at":"critical.7"}}`)
	if m := p.explored("spectrum"); m["state"] != "failed" || m["why"] != "anchor: critical.7 is not among the 1 points found" {
		t.Errorf("a point that is not there: %v", m)
	}
}

// So many explorations go on at once for a page, a run and the server; one more is refused, and taken when there is room.
func TestExploreBounds(t *testing.T) {
	s, web, _ := tire(t, 20*time.Millisecond, Limits{Explorations: 1})
	p, q := dial(t, web, ""), dial(t, web, "")
	for i, page := range []*page{p, q} {
		page.send(`{"type":"open","link":"/lab/bowl?steps=%d"}`, 5+i)
		page.text("opened", nil)
		page.send(`{"type":"seek","step":5}`)
		page.state([]string{"done", "paused"}[i])
	}
	p.send(lineAsk)
	for start := time.Now(); s.exploring.Load() == 0 && time.Since(start) < 5*time.Second; {
		time.Sleep(time.Millisecond)
	}
	q.send(lineAsk)
	if m := q.explored("line"); m["state"] != "failed" || m["why"] != "explore: 1 explorations are under way on this server; try again when one has ended" {
		t.Errorf("one too many: %v", m)
	}
	// Who asks for the same joins what is under way.
	same := dial(t, web, "")
	same.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	same.text("opened", nil)
	same.send(lineAsk)
	same.text("exploration", func(m map[string]any) bool { return m["state"] == "running" })
	p.send(`{"type":"explore","tool":"line","cancel":true}`)
	if m := same.explored("line"); m["state"] != "done" {
		t.Errorf("the same from another page: %v", m)
	}
	freed(s)
	q.send(lineAsk)
	if m := q.explored("line"); m["state"] != "done" {
		t.Errorf("when there is room: %v", m)
	}
}
