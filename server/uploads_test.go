package server

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"thalweg/sim"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// csvOf is a table whose first row starts a walk at x, y.
func csvOf(x, y float64) string {
	b := fmt.Sprintf("a,b,kind\n%g,%g,k0\n", x, y)
	for i := range 12 {
		b += fmt.Sprintf("%d,%d.5,k%d\n", i, i, i%2)
	}
	return b
}

// A wall is a clock that a test moves.
type wall struct {
	mu sync.Mutex
	t  time.Time
}

func (w *wall) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t
}

func (w *wall) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = w.t.Add(d)
}

// sent is the answer to an upload.
type sent struct {
	ID, Kind string
	Summary  struct {
		Rows    int
		Columns []data.Column
		Target  int
		Classes []string
	}
	Problems []data.Fault
	More     int
	Recipe   *recipeMessage
}

func send(t *testing.T, at, body string) sent {
	t.Helper()
	status, h, b := ask(t, "POST", at+"/api/uploads", body)
	var s sent
	if err := json.Unmarshal(b, &s); err != nil || status != http.StatusCreated || !strings.HasSuffix(h.Get("Location"), "/api/uploads/"+s.ID) {
		t.Fatalf("an upload: %d %s", status, b)
	}
	return s
}

func TestUploadsMakeRuns(t *testing.T) {
	_, web := serve(t, Limits{}, "/base")
	at := web.URL + "/base"
	s := send(t, at, csvOf(1.25, -2))
	if s.Kind != files.KindTable || len(s.ID) != 64 || s.Summary.Rows != 13 || s.Summary.Target != 3 || strings.Join(s.Summary.Classes, " ") != "k0 k1" || len(s.Problems) != 0 {
		t.Errorf("the summary of a table: %+v", s)
	}
	if c := s.Summary.Columns; len(c) != 3 || c[0].Name != "a" || c[0].Kind != "number" || c[0].First[0] != "1.25" || c[2].Kind != "class" || c[2].NotNumbers != 13 || c[2].Distinct != 2 {
		t.Errorf("the columns of a table: %+v", c)
	}
	if status, _, b := ask(t, "GET", at+"/api/uploads/"+s.ID, ""); status != http.StatusOK || !bytes.Contains(b, []byte(`"kind":"table"`)) {
		t.Errorf("the summary asked for again: %d %s", status, b)
	}
	status, _, b := ask(t, "POST", at+"/api/runs", `{"lab":"bowl","values":{"rows":"`+s.ID+`"},"steps":20}`)
	var run struct{ ID, Link string }
	if err := json.Unmarshal(b, &run); err != nil || status != http.StatusCreated || !strings.Contains(run.Link, "rows="+s.ID) {
		t.Fatalf("a run of an upload: %d %s", status, b)
	}
	// The run, carried to another server in any format that holds a recipe.
	for format := range exportTypes {
		if format == sim.NetFormat {
			continue // the ground is no net
		}
		status, _, export := ask(t, "GET", at+"/api/runs/"+run.ID+"/export?format="+format, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", format, status, export)
		}
		_, other := serve(t, Limits{}, "")
		if status, _, b := ask(t, "POST", other.URL+"/api/runs", `{"lab":"bowl","values":{"rows":"`+s.ID+`"}}`); status != http.StatusBadRequest || !bytes.Contains(b, []byte("drop it again")) || !bytes.Contains(b, []byte(`"field":"rows"`)) {
			t.Errorf("a run of a file that is not here: %d %s", status, b)
		}
		status, _, b := ask(t, "POST", other.URL+"/api/recipe", string(export))
		var back recipeMessage
		if err := json.Unmarshal(b, &back); err != nil || status != http.StatusOK || back.Run != run.ID {
			t.Errorf("%s brings back %d %s, want run %s", format, status, b, run.ID)
			continue
		}
		if status, _, b := ask(t, "GET", other.URL+"/api/uploads/"+s.ID, ""); status != http.StatusOK {
			t.Errorf("the upload inside %s is not in the store: %d %s", format, status, b)
		}
		body, _ := json.Marshal(map[string]any{"link": back.Link, "x": [][]float64{{1, 1}}})
		if status, _, b := ask(t, "POST", other.URL+"/api/probe", string(body)); status != http.StatusOK {
			t.Errorf("a probe of the run from %s: %d %s", format, status, b)
		}
	}
	_, _, export := ask(t, "GET", at+"/api/runs/"+run.ID+"/export?format=json", "")
	if !bytes.Contains(export, []byte(`"theta":[[1.25,-2],`)) {
		t.Errorf("the walk does not start at the first row: %.300s", export)
	}
	if s := send(t, at, string(export)); s.Kind != files.KindSnapshot || s.Recipe == nil || s.Recipe.Run != run.ID {
		t.Errorf("an export as an upload: %+v", s)
	}
}

func TestUploadsListTheirFaults(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	s := send(t, web.URL, strings.Replace(csvOf(1, 1), "3,3.5", "abc,3.5,k1,9\nabc,", 1))
	want := []data.Fault{{Line: 6, Column: 0, Text: "line 6 has 4 columns, expected 3"}, {Line: 7, Column: 1, Text: "line 7, column 1: 'abc' is not a number"}, {Line: 7, Column: 2, Text: "line 7, column 2: the cell is empty"}}
	if fmt.Sprint(s.Problems) != fmt.Sprint(want) {
		t.Errorf("the problems are %v, want %v", s.Problems, want)
	}
	status, _, b := ask(t, "POST", web.URL+"/api/runs", `{"lab":"bowl","values":{"rows":"`+s.ID+`"}}`)
	if status != http.StatusBadRequest || !bytes.Contains(b, []byte("line 6 has 4 columns, expected 3 (and 2 more)")) {
		t.Errorf("a run of a table with faults: %d %s", status, b)
	}
}

func TestUploadsAreRefused(t *testing.T) {
	s, web := serve(t, Limits{NewUploads: 8}, "")
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"nothing", "", 400, "file: the file is empty"},
		{"a large file", strings.Repeat(" ", files.MaxBytes+1), 413, "at most 67108864 bytes"},
		{"a large table", strings.Repeat("1,2\n", 2<<20), 413, "the table has 8 388 608 bytes, at most 5 242 880"},
		{"a pickle", "\x80\x04\x95....", 415, "a pickle is a program and is never run"},
		{"bytes", "\xfe\xff\x00", 415, "neither CSV text nor NPZ nor safetensors"},
		{"a checkpoint that claims too much", "\x40\x4b\x4c\x00\x00\x00\x00\x00{" + strings.Repeat(" ", 1191), 400, "header says 5 000 000 bytes, file has 1 200"},
		{"one column", "a\n1\n", 400, "1 column, at least 2"},
		{"JSON", `{"a":1}`, 400, "neither a spec nor a link"},
		{"one too many", "1,2", 429, "8 uploads a minute"},
	} {
		status, h, b := ask(t, "POST", web.URL+"/api/uploads", c.body)
		if status != c.status || h.Get("Content-Type") != "application/problem+json" || !bytes.Contains(b, []byte(c.want)) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, status, b, c.status, c.want)
		}
	}
	if n := len(s.uploads.held); n != 0 {
		t.Errorf("%d refused files are held", n)
	}
	if status, _, b := ask(t, "GET", web.URL+"/api/uploads/00", ""); status != http.StatusNotFound {
		t.Errorf("an unknown upload: %d %s", status, b)
	}
}

func TestUploadsAreBounded(t *testing.T) {
	clock := &wall{t: time.Unix(1e9, 0)}
	s, web := serveWith(t, Options{Now: clock.now, Limits: Limits{Uploads: 2}})
	has := func(id string) bool {
		s.uploads.mu.Lock()
		defer s.uploads.mu.Unlock()
		return s.uploads.held[id] != nil
	}
	a := send(t, web.URL, csvOf(1, 1)).ID
	run := func(id string) {
		if status, _, b := ask(t, "POST", web.URL+"/api/runs", `{"lab":"bowl","values":{"rows":"`+id+`"}}`); status != http.StatusCreated {
			t.Fatalf("%d %s", status, b)
		}
	}
	run(a)
	clock.pass(time.Minute)
	b := send(t, web.URL, csvOf(2, 1)).ID
	c := send(t, web.URL, csvOf(3, 1)).ID
	if !has(a) || has(b) || !has(c) {
		t.Error("with room for two, the older one that no run uses goes first")
	}
	run(c)
	if status, _, body := ask(t, "POST", web.URL+"/api/uploads", csvOf(4, 1)); status != http.StatusServiceUnavailable || !bytes.Contains(body, []byte("all uploads are in use")) {
		t.Errorf("an upload when runs use all: %d %s", status, body)
	}
	clock.pass(2 * time.Hour)
	s.uploads.sweep()
	if !has(a) || !has(c) {
		t.Error("a run in use lost its file")
	}
	for _, r := range s.runs.list() {
		s.runs.mu.Lock()
		s.runs.drop(r)
		s.runs.mu.Unlock()
	}
	clock.pass(59 * time.Minute)
	if s.uploads.sweep(); !has(a) {
		t.Error("a file was dropped before an hour had passed")
	}
	clock.pass(2 * time.Minute)
	if s.uploads.sweep(); has(a) || has(c) || s.uploads.weight != 0 {
		t.Errorf("files are held that nobody used for an hour, %d bytes of them", s.uploads.weight)
	}
}

func TestUploadsOutlastTheServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, web := serveWith(t, Options{Data: dir})
	a, b := send(t, web.URL, csvOf(1, 1)).ID, send(t, web.URL, csvOf(2, 1)).ID
	first.Close()
	if err := os.WriteFile(filepath.Join(dir, b), []byte(csvOf(2, 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, partial+"1")
	if err := os.WriteFile(old, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(old, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	_, web = serveWith(t, Options{Data: dir})
	if status, _, body := ask(t, "GET", web.URL+"/api/uploads/"+a, ""); status != http.StatusOK || !bytes.Contains(body, []byte(`"stored":true`)) {
		t.Errorf("an upload of before: %d %s", status, body)
	}
	if status, _, body := ask(t, "GET", web.URL+"/api/uploads/"+b, ""); status != http.StatusNotFound {
		t.Errorf("an upload whose bytes were changed on disk: %d %s", status, body)
	}
	if got := send(t, web.URL, csvOf(2, 1)).ID; got != b {
		t.Errorf("sent again it is %s, want %s", got, b)
	}
	if on, err := os.ReadFile(filepath.Join(dir, b)); err != nil || string(on) != csvOf(2, 1) {
		t.Errorf("the damaged file was not replaced: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v; want the two uploads", entries, err)
	}
}

// Many who ask at once for a file of the directory have it read once; what its recipe names is not held with it.
func TestUploadsAreReadOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, web := serveWith(t, Options{Data: dir})
	table := send(t, web.URL, csvOf(1, 1)).ID
	named := send(t, web.URL, fmt.Sprintf(`{"spec":{"lab":"bowl","values":{"rows":%q}}}`, table)).ID
	first.Close()
	s, _ := serveWith(t, Options{Data: dir})
	found := make([]*upload, 16)
	var all sync.WaitGroup
	for i := range found {
		all.Go(func() { found[i], _ = s.uploads.find(named) })
	}
	all.Wait()
	for i, k := range found {
		if k == nil || k != found[0] {
			t.Fatalf("asked for at once the file is %p for number %d and %p for number 0", k, i, found[0])
		}
	}
	if k := found[0]; k.recipe == nil || len(s.uploads.held) != 1 {
		t.Errorf("read back it has the recipe %+v, and %d files are held; want its recipe and it alone", k.recipe, len(s.uploads.held))
	}
}

// What a recipe carries counts against the address that sends it, as a file by itself does.
func TestCarriedUploadsAreCounted(t *testing.T) {
	_, web := serve(t, Limits{NewUploads: 1}, "")
	carrying := func(x float64) string {
		b := csvOf(x, 1)
		id := param.NewFile(files.KindTable, []byte(b)).ID
		return fmt.Sprintf(`{"spec":{"lab":"bowl","values":{"rows":%q}},"files":{%q:%q}}`, id, id, base64.StdEncoding.EncodeToString([]byte(b)))
	}
	for _, c := range []struct {
		x    float64
		want int
	}{{1, http.StatusOK}, {1, http.StatusOK}, {2, http.StatusTooManyRequests}} {
		if status, _, b := ask(t, "POST", web.URL+"/api/recipe", carrying(c.x)); status != c.want {
			t.Errorf("a recipe with the table of %g: %d %s, want %d", c.x, status, b, c.want)
		}
	}
}
