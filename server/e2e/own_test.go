package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"thalweg/sim/files"
)

// give puts a file into the chooser of a control.
func (p *page) give(control, file string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelector('[data-testid="file-%s"]')`, control), 10*time.Second)
	p.do(chromedp.SetUploadFiles(hook("file-"+control), []string{file}))
}

// holds waits until the run has a file in a control.
func (p *page) holds(control string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`/^[0-9a-f]{64}$/.test(window.__lab?.state().values?.[%q] ?? '')`, control), 15*time.Second)
}

func written(t *testing.T, name string, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// netFile writes weights of layers 2-3-2 as safetensors, under a header that says it has so many bytes.
func netFile(t *testing.T, said func(length int) uint64) []byte {
	t.Helper()
	header, data := map[string]any{"__metadata__": map[string]string{"activation": "tanh"}}, []byte{}
	for _, k := range []struct {
		name  string
		shape []int
		n     int
	}{{"0.weight", []int{3, 2}, 6}, {"0.bias", []int{3}, 3}, {"2.weight", []int{2, 3}, 6}, {"2.bias", []int{2}, 2}} {
		from := len(data)
		for i := range k.n {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(float64(i%5-2)/4))
		}
		header[k.name] = map[string]any{"dtype": "F64", "shape": k.shape, "data_offsets": []int{from, len(data)}}
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(binary.LittleEndian.AppendUint64(nil, said(len(text))), text...), data...)
}

// A table with two faults: both are named with their place, the text is mended in the page, and the net learns it; then one
// click takes it back.
func TestOwnTable(t *testing.T) {
	t.Parallel()
	var csv strings.Builder
	csv.WriteString("x,y,class\n")
	for i := range 40 {
		r := 1 + float64(i%2)
		fmt.Fprintf(&csv, "%.3f,%.3f,%s\n", r*math.Cos(float64(i)), r*math.Sin(float64(i)), []string{"in", "out"}[i%2])
	}
	lines := strings.Split(csv.String(), "\n")
	lines[12] = "abc" + lines[12][strings.Index(lines[12], ","):]
	lines[20] += ",7"
	p := open(t, "/lab/network?problem=two-moons&architecture=4&samples=60&methods=adam:step-size=0.05&steps=60", 1440, 900)
	p.give("data", written(t, "rings.csv", []byte(strings.Join(lines, "\n"))))
	p.wait(`document.querySelectorAll('.bring .problems li').length === 2`, 10*time.Second)
	for _, want := range []string{"Line 13, column 1: 'abc' is not a number.", "Line 21 has 4 columns, expected 3."} {
		if got := js[string](p, `document.querySelector('.bring .problems').innerText`); !strings.Contains(got, want) {
			t.Errorf("the problems are %q, want %q among them", got, want)
		}
	}
	if !js[bool](p, `document.querySelector('[data-testid="table-train"]').disabled`) {
		t.Error("a table with faults can be trained on")
	}
	js[bool](p, `document.querySelector('.bring .problems button').click(), true`)
	if got := js[string](p, `(({value, selectionStart: a, selectionEnd: b}) => value.slice(a, b))(document.querySelector('[data-testid="table-text"]'))`); got != "abc" {
		t.Errorf("the problem leads to %q in the text, want abc", got)
	}
	p.media("prefers-color-scheme=dark")
	p.sound("the dialog of a table, dark")
	js[bool](p, `(() => { const t = document.querySelector('[data-testid="table-text"]'); t.value = t.value.replace('abc', '0.5').replace(',7\n', '\n'); return t.dispatchEvent(new Event('input')) })()`)
	p.click("table-check")
	p.wait(`!document.querySelector('[data-testid="table-train"]').disabled`, 10*time.Second)
	p.click("table-train")
	p.holds("data")
	p.wait(`!document.querySelector('dialog.bring') && document.querySelector('[data-testid="undo-data"]')`, 10*time.Second)
	if got := js[string](p, `document.querySelector('[data-testid="control-data"]').innerText`); !strings.Contains(got, "40 rows, 3 columns, 2 classes") {
		t.Errorf("the control says %q of a table of 40 rows", got)
	}
	p.click("play")
	p.wait(`window.__lab.state().known >= 20`, 15*time.Second)
	p.click("undo-data")
	p.wait(`window.__lab.state().values.problem === 'two-moons' && window.__lab.state().values.data === ''`, 10*time.Second)

	// The same link where the file is not: it says so, and opens when the file is dropped again.
	gone := strings.Repeat("ab", 32)
	q := open(t, "/lab/network?problem=data&architecture=4&methods=gd&steps=40&data="+gone, 1440, 900)
	q.wait(`document.querySelector('.bar-note')?.innerText.includes('drop it again') && window.__lab.runId`, 10*time.Second)
}

// A damaged checkpoint is refused in words before its header is believed; a good one is opened, and comes out again as it
// went in.
func TestOwnWeights(t *testing.T) {
	needBrowser(t)
	bad := netFile(t, func(int) uint64 { return 1 << 40 })
	begin := time.Now()
	answer, err := http.Post(address+"/api/uploads", "application/octet-stream", bytes.NewReader(bad))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if took := time.Since(begin); answer.StatusCode != http.StatusBadRequest || took > 100*time.Millisecond {
		t.Errorf("a damaged checkpoint is answered by %s after %v, want 400 within 100 ms", answer.Status, took)
	}
	p := open(t, "/lab/network?problem=two-moons&architecture=4&samples=60&methods=gd&steps=20", 1440, 900)
	p.refused = true
	dir := p.files()
	p.give("checkpoint", written(t, "bad.safetensors", bad))
	p.wait(`document.querySelector('#c-checkpoint-fault')?.innerText.includes('header says')`, 10*time.Second)
	good := netFile(t, func(n int) uint64 { return uint64(n) })
	p.give("checkpoint", written(t, "good.safetensors", good))
	p.holds("checkpoint")
	if got := js[string](p, `window.__lab.state().values.architecture`); got != "3" {
		t.Errorf("hidden widths %q, the file has 3", got)
	}
	p.click("export")
	p.wait(`document.querySelector('[data-testid="export-safetensors"]')?.checkVisibility()`, 5*time.Second)
	b, err := os.ReadFile(p.saved(dir, "export-safetensors", ".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := files.ReadCheckpoint(good)
	if err != nil {
		t.Fatal(err)
	}
	out, err := files.ReadCheckpoint(b)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(out.Theta, out.Sizes, out.Activation) != fmt.Sprint(in.Theta, in.Sizes, in.Activation) {
		t.Errorf("the weights come out as %v %v, they went in as %v %v", out.Sizes, out.Theta, in.Sizes, in.Theta)
	}
}

// A trajectory from elsewhere, dropped on the gallery, is shown with the mark that it was not computed here.
func TestOwnPaths(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	file := filepath.Join(t.TempDir(), "mine.npz")
	script := "import numpy as np, sys\nk = np.arange(30)\nnp.savez(sys.argv[1], **{'mine/theta': np.stack([np.cos(k / 9) * (30 - k), np.sin(k / 9) * (30 - k), k * 0.1], 1), 'mine/loss': np.exp(-k / 9)})"
	if out, err := exec.Command("/usr/bin/python3", "-c", script, file).CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Skip("no NumPy")
	}
	p := open(t, "/", 1440, 900)
	p.wait(`document.querySelector('[data-testid="import-drop"]')`, 10*time.Second)
	p.drop(file)
	p.wait(`document.querySelector('[data-testid="offer-surface"]')`, 10*time.Second)
	if got := js[string](p, `document.querySelector('[data-testid="offer"]').innerText`); !strings.Contains(got, "1 path of up to 30 points in 3 dimensions") || !strings.Contains(got, "Show these paths") {
		t.Errorf("the offer says %q of a path of 30 points", got)
	}
	p.sound("the offer of a file")
	p.click("offer-surface")
	p.holds("surface")
	p.wait(`document.querySelector('[data-testid="badge-slice"]')?.innerText.includes('Imported, not computed here')`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.state().methods[0].state === 'converged' || window.__lab.state().known >= 29`, 15*time.Second)
	if got := js[float64](p, `window.__lab.state().losses.mine[9]`); math.Abs(got-math.Exp(-1)) > 1e-6 {
		t.Errorf("the loss at step 9 is %v, the file says %v", got, math.Exp(-1))
	}
}

// Points are drawn with the mouse and typed as rows; both become one table that a net learns.
func TestDrawnPoints(t *testing.T) {
	t.Parallel()
	p := open(t, "/lab/network?problem=two-moons&architecture=4&samples=60&methods=adam&steps=20", 1440, 900)
	p.click("draw-data")
	p.wait(`document.querySelector('[data-testid="draw-canvas"]')?.clientWidth > 100`, 10*time.Second)
	stroke := func(height float64) {
		r := js[[]float64](p, `(({x, y, width, height}) => [x, y, width, height])(document.querySelector('[data-testid="draw-canvas"]').getBoundingClientRect())`)
		y := r[1] + height*r[3]
		p.drag([2]float64{r[0] + 0.2*r[2], y}, [2]float64{r[0] + 0.8*r[2], y}, false)
	}
	stroke(0.3)
	p.click("draw-b")
	stroke(0.7)
	count := `document.querySelectorAll('[data-testid="draw-rows"]')[0].value.trim().split('\n').length - 1`
	if n := js[int](p, count); n < 4 {
		t.Errorf("two strokes drew %d points", n)
	}
	js[bool](p, `(() => { const t = document.querySelector('[data-testid="draw-rows"]'); t.value += Array.from({length: 12}, (_, i) => (i / 10) + ',-1.5,' + 'abc'[i % 3] + '\n').join(''); return t.dispatchEvent(new Event('input')) })()`)
	n := js[int](p, count)
	p.sound("the dialog to draw in")
	p.click("draw-train")
	p.holds("data")
	p.wait(fmt.Sprintf(`document.querySelector('[data-testid="control-data"]').innerText.includes('%d rows, 3 columns, 3 classes')`, n), 10*time.Second)
}
