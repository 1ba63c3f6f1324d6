package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thalweg/sim"
	"thalweg/sim/files"
)

func TestExports(t *testing.T) {
	for _, base := range []string{"", "/under/here"} {
		_, web := serve(t, Limits{}, base)
		at := web.URL + base
		status, _, b := ask(t, "POST", at+"/api/runs", `{"lab":"bowl","preset":"plain"}`)
		var run struct{ ID, Link string }
		if err := json.Unmarshal(b, &run); err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s", status, b)
		}
		files := map[string][]byte{}
		for format, kind := range exportTypes {
			if format == sim.NetFormat {
				continue // the ground is no net
			}
			status, h, b := ask(t, "GET", at+"/api/runs/"+run.ID+"/export?step=7&ramp=magma&font=12&log=off&plane=direct&range=-2,2,-1,3&format="+format, "")
			if status != http.StatusOK || h.Get("Content-Type") != kind.kind || len(b) < 1000 {
				t.Errorf("%s: %d %s, %d bytes", format, status, h.Get("Content-Type"), len(b))
			}
			if got, want := h.Get("Content-Disposition"), fmt.Sprintf(`attachment; filename="thalweg-bowl-plain-%s.%s"`, run.ID, kind.ending); got != want {
				t.Errorf("%s is %s, want %s", format, got, want)
			}
			files[format] = b
		}
		status, h, b := ask(t, "GET", at+"/api/runs/"+run.ID+"/recipe?step=7", "")
		if status != http.StatusOK || h.Get("Content-Type") != "application/json" || bytes.ContainsAny(b, "<>&\n") {
			t.Errorf("the recipe: %d %s", status, b)
		}
		files["recipe"] = b
		for name, file := range files {
			status, _, b := ask(t, "POST", at+"/api/recipe", string(file))
			var got struct {
				Link, Run, Version string
				Step               *int
			}
			if err := json.Unmarshal(b, &got); err != nil || status != http.StatusOK || got.Run != run.ID || got.Step == nil || *got.Step != 7 || got.Version != sim.Version() {
				t.Errorf("%s: %d %s", name, status, b)
			}
			if want := run.Link + "&step=7"; got.Link != want {
				t.Errorf("%s leads to %s, want %s", name, got.Link, want)
			}
		}
	}
}

func TestExportsRefuse(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	_, _, b := ask(t, "POST", web.URL+"/api/runs", `{"lab":"bowl"}`)
	var run struct{ ID string }
	if err := json.Unmarshal(b, &run); err != nil {
		t.Fatal(err)
	}
	for query, field := range map[string]string{
		"format=doc": "format", "format=svg&step=-1": "step", "format=svg&step=1e3": "step", "format=json&step=999999": "step", "format=svg&ramp=jet": "ramp",
		"format=svg&font=0": "font", "format=svg&font=many": "font", "format=svg&font=NaN": "font", "format=svg&log=yes": "log", "format=svg&plane=pca": "plane",
		"format=svg&range=1,2,3": "range", "format=svg&range=2,1,0,1": "range", "format=svg&range=0,Inf,0,1": "range", "format=svg&colour=red": "query",
	} {
		status, h, b := ask(t, "GET", web.URL+"/api/runs/"+run.ID+"/export?"+query, "")
		if status != http.StatusBadRequest || h.Get("Content-Type") != "application/problem+json" || !bytes.Contains(b, []byte(`"field":"`+field+`"`)) {
			t.Errorf("%s: %d %s", query, status, b)
		}
	}
	if status, _, b := ask(t, "GET", web.URL+"/api/runs/"+run.ID+"/recipe?step=-3", ""); status != http.StatusBadRequest || !bytes.Contains(b, []byte(`"field":"step"`)) {
		t.Errorf("a recipe at step -3: %d %s", status, b)
	}
	if status, _, _ := ask(t, "GET", web.URL+"/api/runs/000000000000/recipe", ""); status != http.StatusNotFound {
		t.Errorf("the recipe of no run: %d", status)
	}
	for body, want := range map[string]string{
		"": "the file is empty", "hello": "this is no export", `{"spec":{"lab":"cave"}}`: `\"cave\" is not one of`, `{"link":"/lab/bowl?dim=-4"}`: `"field":"dim"`,
	} {
		if status, h, b := ask(t, "POST", web.URL+"/api/recipe", body); status != http.StatusBadRequest || h.Get("Content-Type") != "application/problem+json" || !bytes.Contains(b, []byte(want)) {
			t.Errorf("%q: %d %s, want a word on %s", body, status, b, want)
		}
	}
}

func TestRecipesAreBounded(t *testing.T) {
	s, web := serve(t, Limits{}, "")
	// The limit is that of bodies said to be longer, too, so nothing of them is read.
	status, h, b := ask(t, "POST", web.URL+"/api/recipe", strings.Repeat(" ", files.MaxBytes+1))
	if status != http.StatusRequestEntityTooLarge || h.Get("Content-Type") != "application/problem+json" || !bytes.Contains(b, []byte("at most 67108864 bytes")) {
		t.Errorf("a file of 64 MiB and a byte: %d %s", status, b)
	}
	if status, _, b := ask(t, "POST", web.URL+"/api/recipe", strings.Repeat(" ", 1<<20)+`{"link":"/lab/bowl"}`); status != http.StatusOK {
		t.Errorf("a file of a MiB: %d %s", status, b)
	}
	if len(s.reading) != 0 {
		t.Error("a place for reading was not given back")
	}
	if status, _, _ := ask(t, "POST", web.URL+"/api/runs", strings.Repeat(" ", 1<<17)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("other requests take %d bytes: %d", 1<<17, status)
	}
}

func TestFileNames(t *testing.T) {
	s, _ := serve(t, Limits{}, "")
	l, err := s.lab("bowl")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := l.Resolve(sim.Draft{})
	if err != nil {
		t.Fatal(err)
	}
	for problem, want := range map[string]string{
		"rosenbrock": "rosenbrock", `(1-x)^2 + "a"/..\y` + "\r\n": "1-x-2-a-y", "": "run", "値": "run", strings.Repeat("ab-", 30): "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
	} {
		if got := fileName(spec, problem); got != "thalweg-bowl-"+want+"-"+spec.ID() || url.PathEscape(got) != got {
			t.Errorf("%q names %s", problem, got)
		}
	}
}
