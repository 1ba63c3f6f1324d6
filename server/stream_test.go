package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"thalweg/sim"
)

// A page is the other end of a connection in tests.
type page struct {
	t  testing.TB
	ws *websocket.Conn
	// What was read so far; text takes texts away.
	frames []frame
	texts  []map[string]any
	binary int // messages
}

func dial(t testing.TB, web *httptest.Server, base string) *page {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{Subprotocol}}
	ws, _, err := d.Dial(wsURL(web, base), nil)
	if err != nil {
		t.Fatal(err)
	}
	if ws.Subprotocol() != Subprotocol {
		t.Fatalf("subprotocol is %q, want %q", ws.Subprotocol(), Subprotocol)
	}
	t.Cleanup(func() { ws.Close() })
	return &page{t: t, ws: ws}
}

func (p *page) send(format string, args ...any) {
	p.t.Helper()
	if err := p.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		p.t.Fatal(err)
	}
}

// read reads one message into frames or texts.
func (p *page) read() {
	p.t.Helper()
	p.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	kind, data, err := p.ws.ReadMessage()
	if err != nil {
		p.t.Fatal(err)
	}
	if kind == websocket.BinaryMessage {
		p.binary++
		frames, err := decodeFrames(data)
		if err != nil {
			p.t.Fatal(err)
		}
		p.frames = append(p.frames, frames...)
		return
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		p.t.Fatal(err)
	}
	p.texts = append(p.texts, m)
}

// text waits for a text message that satisfies a condition, and takes it.
func (p *page) text(kind string, is func(map[string]any) bool) map[string]any {
	p.t.Helper()
	for {
		for i, m := range p.texts {
			if m["type"] == kind && (is == nil || is(m)) {
				p.texts = slices.Delete(p.texts, i, i+1)
				return m
			}
		}
		p.read()
	}
}

func (p *page) state(state string) map[string]any {
	p.t.Helper()
	return p.text("state", func(m map[string]any) bool { return m["state"] == state })
}

// until reads until the frames satisfy a condition.
func (p *page) until(done func() bool) {
	p.t.Helper()
	for !done() {
		p.read()
	}
}

// steps lists the steps of the rows of a method that came so far, in order of arrival.
func (p *page) steps(kind uint8, method int) (out []int) {
	for _, f := range p.frames {
		if f.kind == kind && int(f.method) == method {
			for i := range f.rows {
				out = append(out, int(f.values[i*f.columns]))
			}
		}
	}
	return out
}

func (p *page) last(kind uint8, method int) int {
	if s := p.steps(kind, method); len(s) > 0 {
		return s[len(s)-1]
	}
	return -1
}

// unbroken says where steps fail to run from a to b without hole or duplicate.
func unbroken(steps []int, a, b int) error {
	if len(steps) != b-a+1 {
		return fmt.Errorf("%d rows for the steps %d to %d", len(steps), a, b)
	}
	for i, s := range steps {
		if s != a+i {
			return fmt.Errorf("row %d is of step %d, want %d", i, s, a+i)
		}
	}
	return nil
}

func TestPlay(t *testing.T) {
	_, web := serve(t, Limits{}, "/base")
	p := dial(t, web, "/base")
	p.send(`{"v":1,"type":"open","spec":{"lab":"bowl","preset":"plain","steps":90}}`)
	opened := p.text("opened", nil)
	if opened["state"] != "ready" || opened["steps"] != 90.0 || opened["rate"] != 60.0 || !strings.HasPrefix(opened["link"].(string), "/base/lab/bowl?preset=plain") {
		t.Errorf("opened: %v", opened)
	}
	if got := p.text("claim", nil); got["verdict"] != "unjudged" || got["got"] != "the preset was changed" {
		t.Errorf("with other steps than the preset's a claim is %v", got)
	}
	start := time.Now()
	p.send(`{"type":"play"}`)
	p.state("running")
	done := p.state("done")
	if took := time.Since(start); took < 1300*time.Millisecond || took > 3*time.Second {
		t.Errorf("90 steps at 60 a second took %v", took)
	}
	if done["step"] != 90.0 || done["computed"] != 90.0 {
		t.Errorf("done: %v", done)
	}
	p.until(func() bool { return p.last(kindPath, 1) == 90 })
	for method := range 2 {
		for _, kind := range []uint8{kindScalars, kindPath} {
			if err := unbroken(p.steps(kind, method), 0, 90); err != nil {
				t.Errorf("kind %d of method %d: %v", kind, method, err)
			}
		}
	}
	columns := opened["columns"].([]any)
	at := slices.IndexFunc(columns, func(c any) bool { return c == "loss" })
	run := opened["run"].(string)
	next := map[sequenced]uint32{}
	for _, f := range p.frames {
		if fmt.Sprintf("%012x", f.run) != run {
			t.Fatalf("a frame of run %x, want %s", f.run, run)
		}
		k := sequenced{int(f.method), f.kind}
		if f.sequence != next[k] {
			t.Fatalf("sequence %d of %v, want %d", f.sequence, k, next[k])
		}
		next[k]++
		if f.kind == kindScalars && f.step == 0 {
			if int(f.columns) != len(columns) || f.values[at] != (bowl{2}).Loss([]float64{3, 2.5}) {
				t.Errorf("the first row is %v for %v", f.values[:f.columns], columns)
			}
		}
		if f.kind == kindPath && f.columns != 3 {
			t.Errorf("a path on the whole space has %d columns, want 3", f.columns)
		}
	}
	if f := p.frames[len(p.frames)-1]; f.flags&flagLast == 0 {
		t.Error("the last frame does not say that it is")
	}
}

func TestSeekStepPause(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=1000"}`)
	p.text("opened", nil)
	p.send(`{"type":"seek","step":120}`)
	if m := p.state("paused"); m["step"] != 120.0 {
		t.Errorf("seek 120: %v", m)
	}
	p.until(func() bool { return p.last(kindScalars, 1) == 120 && p.last(kindPath, 1) == 120 })
	p.send(`{"type":"step"}`)
	p.text("state", func(m map[string]any) bool { return m["step"] == 121.0 })
	p.send(`{"type":"step","n":-2}`)
	p.text("state", func(m map[string]any) bool { return m["step"] == 119.0 })
	p.send(`{"type":"speed","value":10}`)
	p.send(`{"type":"play"}`)
	p.until(func() bool { return p.last(kindScalars, 0) > 400 })
	p.send(`{"type":"pause"}`)
	p.state("paused")
	p.send(`{"type":"seek","step":1000}`)
	p.state("done")
	p.until(func() bool { return p.last(kindScalars, 1) == 1000 && p.last(kindPath, 1) == 1000 })
	for method := range 2 {
		if err := unbroken(p.steps(kindScalars, method), 0, 1000); err != nil {
			t.Errorf("method %d: %v", method, err)
		}
	}
}

func TestResume(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=300"}`)
	p.send(`{"type":"seek","step":150}`)
	p.until(func() bool { return p.last(kindScalars, 1) == 150 })
	p.ws.Close()
	q := dial(t, web, "")
	q.send(`{"type":"open","link":"/lab/bowl?steps=300","step":150}`)
	q.send(`{"type":"speed","value":20}`)
	q.send(`{"type":"play"}`)
	q.until(func() bool { return q.last(kindScalars, 1) == 300 && q.last(kindPath, 1) == 300 })
	for _, kind := range []uint8{kindScalars, kindPath} {
		if err := unbroken(q.steps(kind, 0), 151, 300); err != nil {
			t.Errorf("kind %d: %v", kind, err)
		}
	}
	if n := s.runs.count(); n != 1 {
		t.Errorf("%d runs, want 1 that both share", n)
	}
}

func TestClaims(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=plain"}`)
	p.text("opened", nil)
	for _, id := range []string{"ends", "many"} {
		if m := p.text("claim", nil); m["claim"] != id || m["verdict"] != "not-yet" {
			t.Errorf("before play: %v", m)
		}
	}
	p.send(`{"type":"step"}`)
	for range 2 {
		if m := p.text("claim", func(m map[string]any) bool { return m["verdict"] != "not-yet" }); m["verdict"] != "holds" || !strings.HasPrefix(m["got"].(string), "ends at") {
			t.Errorf("after the run: %v", m)
		}
	}
	q := dial(t, web, "")
	q.send(`{"type":"open","link":"/lab/bowl?preset=plain"}`)
	q.text("opened", nil)
	if m := q.text("claim", nil); m["verdict"] != "holds" {
		t.Errorf("a late viewer is told %v", m)
	}
}

// Of a claim that takes too long, the page is told what its own run says, where that says anything.
func TestLongClaims(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide"}`)
	p.text("opened", nil)
	before := map[string]string{}
	for range 4 {
		m := p.text("claim", nil)
		before[m["claim"].(string)] = m["got"].(string)
	}
	if !strings.HasPrefix(before["long"], "takes longer") || !strings.HasPrefix(before["elsewhere"], "takes longer") || before["each"] != "judged at the end of this run; thalweg verify plays 3 seeds" {
		t.Errorf("before play: %v", before)
	}
	p.send(`{"type":"step"}`)
	if m := p.text("claim", func(m map[string]any) bool { return m["claim"] == "each" && m["verdict"] != "not-yet" }); !strings.HasPrefix(m["got"].(string), "in this run: ends at") {
		t.Errorf("after the run: %v", m)
	}
	// A claim about other runs is not judged by this one.
	q := dial(t, web, "")
	q.send(`{"type":"open","link":"/lab/bowl?preset=wide"}`)
	if m := q.text("claim", func(m map[string]any) bool { return m["claim"] == "elsewhere" }); m["verdict"] != "not-yet" {
		t.Errorf("a claim about another run is told as %v by this one", m)
	}
}

func TestTurn(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	p, q := dial(t, web, ""), dial(t, web, "")
	for _, x := range []*page{p, q} {
		x.send(`{"type":"open","link":"/lab/bowl?steps=400"}`)
		x.text("opened", nil)
	}
	p.send(`{"type":"play"}`)
	p.until(func() bool { return p.last(kindScalars, 0) > 100 })
	p.frames = nil
	p.send(`{"type":"turn","step":100,"name":"gd.step-size","value":0.2}`)
	m := p.text("opened", nil)
	if m["parent"] == nil || m["forked_at"] != 100.0 || m["state"] != "running" || m["step"] != 100.0 {
		t.Errorf("turned: %v", m)
	}
	p.frames = slices.DeleteFunc(p.frames, func(f frame) bool { return fmt.Sprintf("%012x", f.run) != m["run"] })
	p.send(`{"type":"seek","step":400}`)
	own := func(f frame) bool { return fmt.Sprintf("%012x", f.run) != m["run"] }
	p.until(func() bool {
		p.frames = slices.DeleteFunc(p.frames, own)
		return p.last(kindScalars, 0) == 400
	})
	if err := unbroken(p.steps(kindScalars, 0), 0, 400); err != nil {
		t.Error(err)
	}
	q.send(`{"type":"seek","step":400}`)
	q.until(func() bool { return q.last(kindScalars, 0) == 400 })
	loss := func(p *page) (out []float64) {
		for _, f := range p.frames {
			if f.kind == kindScalars && f.method == 0 {
				for i := range f.rows {
					out = append(out, f.values[i*f.columns+5])
				}
			}
		}
		return out
	}
	a, b := loss(p), loss(q)
	if len(a) < 120 || len(b) < 120 || !slices.Equal(a[:101], b[:101]) || a[102] == b[102] {
		t.Error("the fork does not agree with its parent up to step 100 and differ from then on")
	}
	if s.runs.count() != 2 {
		t.Errorf("%d runs, want 2", s.runs.count())
	}
}

func TestView(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?preset=wide"}`)
	opened := p.text("opened", nil)
	if fmt.Sprint(opened["planes"]) != "[pca random hessian hessian-top points line]" {
		t.Errorf("planes: %v", opened["planes"])
	}
	p.send(`{"type":"view","grid":{"cells":81},"measures":["spectrum","picture","cloud","swarm"]}`)
	p.text("plane", nil)
	p.send(`{"type":"seek","step":600}`)
	plane := p.text("plane", func(m map[string]any) bool { return m["kind"] == "pca" })
	if len(plane["columns"].([]any)) != 5 || fmt.Sprint(plane["methods"]) != "[gd other]" {
		t.Errorf("plane: %v", plane)
	}
	p.state("done")
	final := p.text("grid", func(m map[string]any) bool { return m["rows"] == 81.0 })
	if len(final["levels"].([]any)) == 0 || len(final["major"].([]any)) != len(final["levels"].([]any)) {
		t.Errorf("grid: %v", final)
	}
	has := func(kind uint8, rows, columns uint32) func() bool {
		return func() bool {
			return slices.ContainsFunc(p.frames, func(f frame) bool { return f.kind == kind && f.rows == rows && f.columns == columns })
		}
	}
	p.until(has(kindGrid, 81, 81))
	p.until(has(kindVector, 1, 6))
	p.until(has(kindImage, 2, 3))
	p.until(has(kindPoints, 2, 2))
	p.until(func() bool { return p.last(kindPath, 1) == 600 })
	path := p.frames[slices.IndexFunc(p.frames, func(f frame) bool { return f.kind == kindPath })]
	if path.columns != 5 {
		t.Errorf("a path off the whole space has %d columns, want 5", path.columns)
	}
	p.send(`{"type":"view","plane":"random"}`)
	random := p.text("plane", func(m map[string]any) bool { return m["kind"] == "random" })
	p.until(func() bool {
		return slices.ContainsFunc(p.frames, func(f frame) bool { return f.kind == kindPath && float64(f.measure) == random["version"] })
	})
	for _, bad := range []string{`{"plane":"cube"}`, `{"measures":["loss"]}`, `{"grid":{"cells":1000}}`, `{"ground":"nobody"}`} {
		p.send(`%s`, strings.Replace(bad, "{", `{"type":"view",`, 1))
		p.text("error", nil)
	}
}

func TestBadMessages(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	for _, c := range []struct{ text, field string }{
		{`nonsense`, "message"}, {`{"type":"dance"}`, "type"}, {`{"type":"play"}`, "run"}, {`{"v":2,"type":"play"}`, "v"},
		{`{"type":"open"}`, "spec"}, {`{"type":"open","spec":{"lab":"bowl","values":{"dim":1000}}}`, "dim"}, {`{"type":"open","link":"/lab/none"}`, "lab"},
		{`{"type":"open","spec":{"lab":"bowl","seed":-1}}`, "seed"}, {`{"type":"speed","value":0}`, "value"}, {`[]`, "message"}, {`{"type":"seek","step":-1}`, "step"},
	} {
		p.send(`%s`, c.text)
		if m := p.text("error", nil); m["field"] != c.field || m["title"] == "" || m["detail"] == "" {
			t.Errorf("%s: %v", c.text, m)
		}
	}
	p.ws.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2, 255})
	p.text("error", nil)
	p.send(`{"type":"open","link":"/lab/bowl"}`)
	p.text("opened", nil)
	p.send(`{"type":"close"}`)
	p.state("closed")
	for i := range maxWatched {
		p.send(`{"type":"open","link":"/lab/bowl?seed=%d"}`, i)
		p.text("opened", nil)
	}
	p.send(`{"type":"open","link":"/lab/bowl?seed=99"}`)
	if m := p.text("error", nil); m["field"] != "run" {
		t.Errorf("a fifth run: %v", m)
	}
}

func TestFailedRun(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?break-at=50"}`)
	p.send(`{"type":"play"}`)
	if m := p.state("failed"); m["why"] == "" {
		t.Errorf("failed: %v", m)
	}
	p.send(`{"type":"open","link":"/lab/bowl"}`)
	p.send(`{"type":"seek","step":600}`)
	p.state("done")
}

func TestForeignOrigin(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	_, r, err := websocket.DefaultDialer.Dial(wsURL(web, ""), http.Header{"Origin": {"http://elsewhere.example"}})
	if err == nil || r == nil || r.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site: %v, %v", r, err)
	}
	if _, _, err := websocket.DefaultDialer.Dial(wsURL(web, ""), http.Header{"Origin": {web.URL}}); err != nil {
		t.Errorf("a page of this site: %v", err)
	}
}

// Who does not read costs others nothing: their messages come at the pace they would, and little waits for it.
func TestStuckReader(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	stuck, p := dial(t, web, ""), dial(t, web, "")
	stuck.send(`{"type":"open","link":"/lab/bowl?steps=20000&replicas=4"}`)
	stuck.send(`{"type":"speed","value":50}`)
	stuck.send(`{"type":"play"}`)
	p.send(`{"type":"open","link":"/lab/bowl?steps=20000"}`)
	p.send(`{"type":"play"}`)
	p.state("running")
	var worst time.Duration
	last := time.Now()
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); {
		n := len(p.frames)
		p.read()
		if len(p.frames) > n {
			worst = max(worst, time.Since(last))
			last = time.Now()
		}
	}
	if worst > 500*time.Millisecond {
		t.Errorf("the other viewer waited %v for a frame", worst)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.out.mu.Lock()
		if c.out.waiting > 1<<20 {
			t.Errorf("%d bytes wait for a socket", c.out.waiting)
		}
		c.out.mu.Unlock()
	}
}

func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	s, web := serve(t, Limits{}, "")
	for i := range 20 {
		p := dial(t, web, "")
		p.send(`{"type":"open","link":"/lab/bowl?seed=%d&delay=100"}`, i%5)
		p.send(`{"type":"view","grid":{"cells":100}}`)
		p.send(`{"type":"play"}`)
		p.until(func() bool { return len(p.frames) > 3 })
		if i%2 == 0 {
			p.ws.Close()
		}
	}
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the server took %v to stop", took)
	}
	web.Close()
	for end := time.Now().Add(3 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
	}
}

// Thinning keeps the first row, the last, and the highest and lowest losses in between.
func TestPickKeepsExtremes(t *testing.T) {
	for x, want := range map[float64]int{0.5: 0, 1: 0, 2: 1, 5.1: 3} {
		if n := bitsFor(x); n != want {
			t.Errorf("bitsFor(%v) = %d, want %d", x, n, want)
		}
	}
	spec, err := testLab().Resolve(sim.Draft{})
	if err != nil {
		t.Fatal(err)
	}
	trace, err := sim.Play(t.Context(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := trace.Methods[0]
	loss := m.At("loss")
	loss[123], loss[456] = 1e6, -1e6
	for _, n := range []int{1, 2, 3, 4, 50, 600, 601} {
		got := pick(nil, m, 0, 601, n)
		if len(got) > n || !slices.IsSorted(got) || got[len(got)-1] != 600 || n > 1 && got[0] != 0 {
			t.Errorf("pick %d: %d records from %d to %d", n, len(got), got[0], got[len(got)-1])
		}
		if n >= 4 && !(slices.Contains(got, 123) && slices.Contains(got, 456)) {
			t.Errorf("pick %d leaves out an extreme", n)
		}
	}
}
