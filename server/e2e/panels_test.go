package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A drawn is what the page tells of one panel.
type drawn struct {
	Ink      float64 // pixels of its canvases that are not the commonest colour
	Colours  float64
	Words    float64 // characters of its text
	Focus    bool    // the plot takes the focus
	Readout  string  // what it says under the keyboard
	Items    []string
	Rows     [][]string // of the table
	Expanded bool
}

// look draws one panel, opens its menu and its table, and reads all that.
const look = `(async (id) => {
	const pixels = ` + pixels + `, wait = ` + framesOf + `;
	document.querySelector('[data-panel-tab="' + id + '"]')?.click();
	await wait(4);
	const panel = document.querySelector('[data-panel="' + id + '"]'), plot = panel.querySelector('.plot');
	const out = {ink: 0, colours: 0, words: plot.innerText.trim().length, items: [], rows: []};
	for (const c of panel.querySelectorAll('.plot canvas')) {
		if (!c.width || !c.height) continue;
		const d = pixels(c), seen = new Map();
		for (let i = 0; i < d.length; i += 4) { const k = d[i+3] < 8 ? -1 : d[i] << 16 | d[i+1] << 8 | d[i+2]; seen.set(k, (seen.get(k) ?? 0) + 1) }
		out.colours = Math.max(out.colours, seen.size);
		out.ink += d.length / 4 - Math.max(...seen.values());
	}
	plot.focus();
	out.focus = document.activeElement === plot;
	return out })`

const framesOf = `((n) => new Promise((done) => { const next = () => (n-- > 0 ? requestAnimationFrame(next) : done(true)); next() }))`

// Every kind of panel is drawn from the run, read by the keyboard, mirrored as a table, takes the stage, and is saved.
func TestPanels(t *testing.T) {
	needBrowser(t)
	url := panelsAddress(t)
	p := tab(t, url, 1440, 900)
	dir := p.files()
	p.do(visited, chromedp.Navigate(url+"/lab/panels?preset=ring&renderer=2d"))
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step > 5`, 10*time.Second)
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`window.__lab.state().state === 'done' && window.__lab.step === 200 && window.__lab.state().known === 200`, 20*time.Second)
	for _, spec := range panelsLab().Panels {
		if spec.Kind == "landscape" {
			continue
		}
		t.Run(spec.ID, func(t *testing.T) {
			all := p.t
			p.t = t
			defer func() { p.t = all }()
			p.panel(dir, spec.ID, spec.Kind)
		})
	}
	p.stayedHome()
}

func (p *page) panel(dir, id, kind string) {
	t := p.t
	t.Helper()
	// Pictures come a moment after they are asked for.
	var got drawn
	for try := 0; try < 40; try++ {
		got = await[drawn](p, look+fmt.Sprintf("(%q)", id))
		if got.Ink > 200 || got.Words > 40 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !slices.Contains([]string{"table", "claims"}, kind) && (got.Ink < 200 || got.Colours < 3) {
		t.Errorf("the picture has %v pixels of ink in %v colours", got.Ink, got.Colours)
	}
	if slices.Contains([]string{"table", "claims", "step"}, kind) && got.Words < 20 {
		t.Errorf("it says %v characters", got.Words)
	}
	if !got.Focus {
		t.Error("the keyboard does not reach the plot")
	}
	if slices.Contains([]string{"curve", "spectrum", "image", "points", "graph"}, kind) {
		p.do(chromedp.KeyEvent(kb.ArrowRight))
		p.wait(fmt.Sprintf(`(() => { const r = document.querySelector('[data-panel="%s"] .plot-readout'); return r && !r.hidden && /\d/.test(r.textContent) })()`, id), 2*time.Second)
		if step := js[float64](p, `window.__lab.step`); step != 200 && id != "loss" {
			t.Errorf("an arrow on the plot moved the run to step %v", step)
		}
	}

	// The menu by keyboard, its items, and the table.
	menu := fmt.Sprintf(`document.querySelector('[data-panel="%s"] .panel-menu')`, id)
	open := func() {
		t.Helper()
		js[bool](p, fmt.Sprintf(`(document.querySelector('[data-panel="%s"] [data-testid="panel-menu"]').focus(), true)`, id))
		p.do(chromedp.KeyEvent(kb.Enter))
		p.wait(menu+`.matches(':popover-open') && `+menu+`.contains(document.activeElement)`, 2*time.Second)
	}
	press := func(item string) {
		t.Helper()
		js[bool](p, fmt.Sprintf(`(%s.querySelector('[data-testid="%s"]').click(), true)`, menu, item))
	}
	open()
	items := js[[]string](p, `[...`+menu+`.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid)`)
	for _, must := range []string{"panel-expand", "panel-csv", "panel-mirror", "panel-help"} {
		if !slices.Contains(items, must) {
			t.Errorf("the menu lacks %s: %v", must, items)
		}
	}
	press("panel-mirror")
	p.wait(fmt.Sprintf(`document.querySelector('[data-panel="%s"] [data-testid="panel-table"] tbody tr')`, id), 3*time.Second)
	rows := js[[][]string](p, fmt.Sprintf(`[...document.querySelectorAll('[data-panel="%s"] [data-testid="panel-table"] tr')].map((r) => [...r.cells].map((c) => c.textContent))`, id))
	open()
	press("panel-mirror")

	// Its own files.
	open()
	press("panel-csv")
	file := p.newest(dir, ".csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(file)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.FieldsPerRecord = '#', -1
	table, err := r.ReadAll()
	if err != nil {
		t.Fatalf("the CSV: %v\n%.200s", err, text)
	}
	if len(table) < 2 || len(rows) < 2 || len(table[0]) != len(rows[0]) || table[0][0] != rows[0][0] {
		t.Fatalf("the CSV has %d rows, the table %d: %.300q", len(table), len(rows), text)
	}
	// The table shows what the file says: its last row, to the digits shown.
	plain := strings.NewReplacer("−", "-", "\u2009", "")
	last, shown := table[len(table)-1], rows[len(rows)-1]
	numbers := 0
	for i := range last {
		var a, b float64
		if n, _ := fmt.Sscan(last[i], &a); n == 1 {
			if n, _ := fmt.Sscan(plain.Replace(shown[i]), &b); n != 1 || math.Abs(a-b) > 0.06*math.Abs(a) {
				t.Errorf("column %s is %s in the file and %s in the table", table[0][i], last[i], shown[i])
			}
			numbers++
		}
	}
	if numbers == 0 && kind != "claims" {
		t.Errorf("the last row holds no number: %q", last)
	}
	if slices.Contains(items, "panel-png") {
		open()
		press("panel-png")
		file := p.newest(dir, ".png")
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("the PNG: %v", err)
		}
		f.Close()
		os.Remove(file)
	}
	if slices.Contains(items, "panel-svg") {
		open()
		press("panel-svg")
		file := p.newest(dir, ".svg")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(data, new(struct{})); err != nil || !bytes.Contains(data, []byte("<text")) {
			t.Errorf("the SVG %.200q: %v", data, err)
		}
		os.Remove(file)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("more was saved than was asked for: %v", left)
	}

	// It takes the stage and gives it back.
	open()
	press("panel-expand")
	p.wait(fmt.Sprintf(`document.querySelector('.stage > [data-panel="%s"].expanded')`, id), 2*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait(`!document.querySelector('.panel.expanded')`, 2*time.Second)
}
