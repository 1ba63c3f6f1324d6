package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/static"
)

// ask sends a request and returns status, headers and body.
func ask(t testing.TB, method, url, body string) (int, http.Header, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, a.Header, b
}

func TestRoutes(t *testing.T) {
	for _, base := range []string{"", "/under/here"} {
		_, web := serve(t, Limits{}, base)
		at := web.URL + base
		for _, c := range []struct {
			path, kind, holds string
			status            int
		}{
			{"/", "text/html", "bowl", 200},
			{"/lab/bowl?dim=3&theme=dark", "text/html", "Bowl", 200},
			{"/embed/bowl", "text/html", "Bowl", 200},
			{"/lab/none", "text/html", "no such lab", 404},
			{"/nowhere", "text/html", "nothing at", 404},
			{"/api/labs", "application/json", `"schema":1`, 200},
			{"/api/labs/bowl", "application/json", `"id":"bowl"`, 200},
			{"/api/labs/none", "application/problem+json", `"status":404`, 404},
			{"/api/runs/3f9c0a12b4de", "application/problem+json", "its link opens it again", 404},
			{"/api/nowhere", "application/problem+json", `"status":404`, 404},
			{"/thumb/bowl.svg", "image/svg+xml", "<svg", 200},
			{"/thumb/bowl.svg?theme=dark", "image/svg+xml", "<svg", 200},
			{"/thumb/bowl.svg?theme=blue", "application/problem+json", "neither light nor dark", 400},
			{"/hero.svg", "application/problem+json", "no lab race", 404},
			{"/thumb/bowl.png", "application/problem+json", `"status":404`, 404},
			{"/healthz", "application/json", `"status":"ok"`, 200},
			{"/metrics", "text/plain", "thalweg_runs", 200},
			{"/static/" + static.Hash() + "/no-such-file.js", "application/problem+json", `"status":404`, 404},
			{"/ws", "application/problem+json", "websocket", 400},
		} {
			status, h, b := ask(t, "GET", at+c.path, "")
			if status != c.status || !strings.HasPrefix(h.Get("Content-Type"), c.kind) || !bytes.Contains(b, []byte(c.holds)) {
				t.Errorf("%s: %d %s %.200s", c.path, status, h.Get("Content-Type"), b)
			}
			csp := h.Get("Content-Security-Policy")
			if strings.HasPrefix(c.path, "/static/") {
				if csp != "default-src 'none'" {
					t.Errorf("%s: %s", c.path, csp)
				}
			} else if open := strings.HasPrefix(c.path, "/embed/"); strings.HasSuffix(csp, "frame-ancestors *") != open || !strings.Contains(csp, "script-src 'self';") {
				t.Errorf("%s: %s", c.path, csp)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s lacks security headers", c.path)
			}
			if strings.HasPrefix(c.path, "/thumb/bowl.svg") && len(b) > maxThumb {
				t.Errorf("%s has %d bytes, at most %d are wanted", c.path, len(b), maxThumb)
			}
		}
		if status, h, _ := ask(t, "DELETE", at+"/api/labs", ""); status != http.StatusMethodNotAllowed || h.Get("Content-Type") != "application/problem+json" {
			t.Errorf("DELETE /api/labs: %d", status)
		}
	}
}

func TestStatic(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	for name, f := range s.assets.files {
		r, err := http.NewRequest("GET", web.URL+"/static/"+static.Hash()+"/"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip, br") // asked for by hand, so that the client leaves it as it is
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		status, h := answer.StatusCode, answer.Header
		b, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if status != 200 || !strings.Contains(h.Get("Cache-Control"), "immutable") {
			t.Fatalf("%s: %d %s", name, status, h.Get("Cache-Control"))
		}
		if h.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if b, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(b, f.plain) {
			t.Errorf("%s arrives changed", name)
		}
		if compressed := h.Get("Content-Encoding") == "gzip"; compressed != (f.small != nil) || !compressed && kindIsText(f.kind) && len(f.plain) > 1000 {
			t.Errorf("%s of %d bytes is sent compressed: %v", name, len(f.plain), compressed)
		}
		if _, h, _ := ask(t, "GET", web.URL+"/static/other/"+name, ""); strings.Contains(h.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is immutable under the hash of another version", name)
		}
	}
}

func kindIsText(kind string) bool {
	return strings.HasPrefix(kind, "text/") || kind == "image/svg+xml" || kind == "application/json"
}

func TestRunsAPI(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	open := func(body string) (int, map[string]any) {
		status, _, b := ask(t, "POST", web.URL+"/api/runs", body)
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%s: %s", body, b)
		}
		return status, m
	}
	status, a := open(`{"lab":"bowl","preset":"plain"}`)
	if status != http.StatusCreated || a["link"] != "/lab/bowl?preset=plain&labv=1" {
		t.Fatalf("%d %v", status, a)
	}
	if _, b := open(`{"link":"http://host/lab/bowl?preset=plain"}`); b["id"] != a["id"] {
		t.Errorf("a link and its spec are runs %v and %v", b["id"], a["id"])
	}
	at := web.URL + "/api/runs/" + a["id"].(string)
	if _, _, b := ask(t, "GET", at, ""); !bytes.Contains(b, []byte(`"state":"ready"`)) {
		t.Errorf("a new run: %s", b)
	}
	for format, kind := range map[string]string{"json": "application/json", "npz": "application/zip", "csv": "text/csv; charset=utf-8"} {
		status, h, b := ask(t, "GET", at+"/export?format="+format, "")
		if status != 200 || h.Get("Content-Type") != kind || len(b) < 1000 || !strings.Contains(h.Get("Content-Disposition"), "."+format) {
			t.Errorf("%s: %d %s %d bytes", format, status, h.Get("Content-Type"), len(b))
		}
	}
	if status, _, b := ask(t, "GET", at+"/export?format=doc", ""); status != 400 || !bytes.Contains(b, []byte(`"field":"format"`)) {
		t.Errorf("doc: %d %s", status, b)
	}
	if _, _, b := ask(t, "GET", at, ""); !bytes.Contains(b, []byte(`"state":"done"`)) || !bytes.Contains(b, []byte(`"verdict":"holds"`)) {
		t.Errorf("a finished run: %s", b)
	}
	status, _, b := ask(t, "GET", at+"/minimum?method=other", "")
	var m minimum
	if err := json.Unmarshal(b, &m); err != nil || status != 200 || m.Label != "minimum" || len(m.Eigenvalues) != 2 || m.Eigenvalues[0] != 1 || m.Eigenvalues[1] != 4 {
		t.Errorf("minimum: %d %s", status, b)
	}
	for body, field := range map[string]string{
		`{"lab":"bowl","values":{"dim":99}}`:            "dim",
		`{"lab":"bowl","values":{"depth":1}}`:           "depth",
		`{"lab":"bowl","steps":0}`:                      "steps",
		`{"lab":"none"}`:                                "lab",
		`{}`:                                            "lab",
		`{"link":"nowhere"}`:                            "link",
		`{"lab":"bowl","methods":["gd:step-size=1e9"]}`: "gd.step-size",
		`{"lab":"bowl","moves":[{"step":1,"name":"x","value":1}]}`: "moves",
		`not json`: "spec",
	} {
		status, m := open(body)
		if status != 400 || m["field"] != field || m["title"] == "" || m["detail"] == "" || m["errors"] == nil {
			t.Errorf("%s: %d %v", body, status, m)
		}
	}
	if status, m := open(`{"lab":"bowl","values":{"dim":99,"delay":-1}}`); status != 400 || len(m["errors"].([]any)) != 2 {
		t.Errorf("two faults: %d %v", status, m)
	}
	if status, m := open(`{"lab":"` + strings.Repeat("x", 70<<10) + `"}`); status != http.StatusRequestEntityTooLarge {
		t.Errorf("70 KiB: %d %v", status, m)
	}
}

func TestVerifyAndProbe(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	for _, c := range []struct {
		path, body, holds string
		status            int
	}{
		{"verify", `{"lab":"bowl"}`, `"holds":3,"fails":0`, 200},
		{"verify", `{"lab":"bowl","long":true}`, `"holds":6`, 200},
		{"verify", `{"lab":"bowl","preset":"plain"}`, `"holds":2`, 200},
		{"verify", `{"lab":"bowl","claims":["ends"],"seed":5}`, `"seed":5`, 200},
		{"verify", `{"lab":"bowl","claims":["none"]}`, `"field":"claims"`, 400},
		{"verify", `{"lab":"none"}`, `"field":"lab"`, 400},
		{"verify", `{"lab":"bowl","what":1}`, `"field":"body"`, 400},
		{"probe", `{"lab":"bowl","x":[[1,1]]}`, `"points":[{"x":[1,1],"loss":2.5,"grad":[1,4]}]`, 200},
		{"probe", `{"spec":{"lab":"bowl"},"x":[[1,1]],"v":[[0,1]],"what":["hvp","spectrum"]}`, `"hvp":[0,4],"spectrum":[1,4]`, 200},
		{"probe", `{"link":"/lab/bowl?dim=3","x":[[1,1]]}`, `"field":"at"`, 400},
		{"probe", `{"lab":"bowl","x":[]}`, `"field":"x"`, 400},
		{"probe", `{"lab":"bowl","x":[[1,1]],"what":["colour"]}`, `"field":"what"`, 400},
	} {
		status, _, b := ask(t, "POST", web.URL+"/api/"+c.path, c.body)
		if status != c.status || !bytes.Contains(b, []byte(c.holds)) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, b)
		}
	}
}

func TestLimits(t *testing.T) {
	_, web := serve(t, Limits{Runs: 3, NewRuns: 5, Connections: 2}, "")
	var watched string
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?seed=0"}`)
	watched = p.text("opened", nil)["run"].(string)
	for seed := 1; seed <= 4; seed++ {
		if status, _, b := ask(t, "POST", web.URL+"/api/runs", fmt.Sprintf(`{"lab":"bowl","seed":%d}`, seed)); status != http.StatusCreated {
			t.Errorf("seed %d: %d %s", seed, status, b)
		}
	}
	if status, h, b := ask(t, "POST", web.URL+"/api/runs", `{"lab":"bowl","seed":9}`); status != http.StatusTooManyRequests || h.Get("Retry-After") == "" {
		t.Errorf("a sixth new run: %d %s", status, b)
	}
	if status, _, _ := ask(t, "POST", web.URL+"/api/runs", `{"lab":"bowl","seed":4}`); status != http.StatusCreated {
		t.Errorf("opening a run that exists: %d", status)
	}
	if status, _, _ := ask(t, "GET", web.URL+"/api/runs/"+watched, ""); status != 200 {
		t.Error("the run that is watched was dropped")
	}
	dial(t, web, "")
	if status, _, b := ask(t, "GET", web.URL+"/ws", ""); status != http.StatusServiceUnavailable {
		t.Errorf("a third connection: %d %s", status, b)
	}
}

// Serve ends within three seconds and tells pages that it goes.
func TestServeStops(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	web.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	web.URL = "http://" + ln.Addr().String()
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?delay=1000"}`)
	p.send(`{"type":"play"}`)
	p.state("running")
	start := time.Now()
	cancel()
	code := 0
	p.ws.SetCloseHandler(func(c int, _ string) error { code = c; return nil })
	for {
		if _, _, err := p.ws.ReadMessage(); err != nil {
			break
		}
	}
	if code != closeGoingAway {
		t.Errorf("closed with %d, want %d", code, closeGoingAway)
	}
	if err := <-ended; err != nil || time.Since(start) > 3*time.Second {
		t.Errorf("Serve: %v after %v", err, time.Since(start))
	}
}

// A second surface comes with its fields, and asks that name none, or too many cells, are refused.
func TestHeights(t *testing.T) {
	lab := testLab()
	open := lab.Open
	lab.Open = func(s sim.Setup) (*sim.Scene, error) {
		scene, err := open(s)
		if err == nil && scene.Contestants[0].Ground.Dim() == 2 {
			scene.Contestants[0].Heights = map[string]landscape.Func{"double": doubled{scene.Contestants[0].Ground}}
		}
		return scene, err
	}
	_, web := serveWith(t, Options{Labs: []*sim.Lab{lab}})
	at := web.URL
	status, _, b := ask(t, "POST", at+"/api/runs", `{"lab":"bowl","preset":"plain"}`)
	var made struct{ ID string }
	if err := json.Unmarshal(b, &made); err != nil || status >= 300 {
		t.Fatalf("run: %d %s", status, b)
	}
	run := at + "/api/runs/" + made.ID
	status, _, b = ask(t, "GET", run+"/heights?name=double&cells=9", "")
	var h heights
	if err := json.Unmarshal(b, &h); err != nil || status != 200 || h.Rows != 9 || len(h.Values) != 81 || h.Name != "double" || h.Min == nil {
		t.Errorf("heights: %d %.200s", status, b)
	}
	for query, want := range map[string]int{"name=none": 404, "name=double&cells=1000": 400, "name=double&cells=x": 400} {
		if status, _, b = ask(t, "GET", run+"/heights?"+query, ""); status != want {
			t.Errorf("%s: %d %.200s, want %d", query, status, b, want)
		}
	}
}

// The history of a vector comes step by step; what is no vector is refused.
func TestReadings(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=100"}`)
	id := p.text("opened", nil)["run"].(string)
	p.send(`{"type":"seek","step":100}`)
	p.text("state", func(m map[string]any) bool { return m["state"] == "done" })
	status, _, b := ask(t, "GET", web.URL+"/api/runs/"+id+"/readings?measure=spectrum", "")
	var r readings
	if err := json.Unmarshal(b, &r); err != nil || status != 200 || len(r.Methods) != 2 || !slices.Equal(r.Methods[0].Step, []int{0, 50, 100}) || len(r.Methods[0].Rows[2]) != 2 || *r.Methods[0].Rows[2][1] != 4 {
		t.Errorf("readings: %d %.300s", status, b)
	}
	for _, measure := range []string{"loss", "picture", "none", ""} {
		if status, _, b = ask(t, "GET", web.URL+"/api/runs/"+id+"/readings?measure="+measure, ""); status != 400 || !bytes.Contains(b, []byte(`"field":"measure"`)) {
			t.Errorf("%q: %d %.200s", measure, status, b)
		}
	}
}

// doubled is twice a loss.
type doubled struct{ landscape.Func }

func (d doubled) Loss(x []float64) float64 { return 2 * d.Func.Loss(x) }
