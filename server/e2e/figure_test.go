package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/gif"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// files lets a page save what it offers into a directory of its own.
func (p *page) files() string {
	p.t.Helper()
	dir := p.t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// saved presses an item of the export menu and gives the path of what it saved.
func (p *page) saved(dir, id, ending string) string {
	p.t.Helper()
	p.do(chromedp.Click(hook(id)))
	return p.newest(dir, ending)
}

func (p *page) newest(dir, ending string) string {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if part, _ := filepath.Glob(filepath.Join(dir, "*.crdownload")); len(part) > 0 {
			continue
		}
		if found, _ := filepath.Glob(filepath.Join(dir, "*"+ending)); len(found) > 0 {
			return found[0]
		}
	}
	p.t.Fatalf("no file *%s was saved; the menu says %q", ending, js[string](p, `document.querySelector('.export-menu .said')?.innerText ?? ''`))
	return ""
}

// drop drops a file from outside on the middle of the page.
func (p *page) drop(file string) {
	p.t.Helper()
	at := js[[]float64](p, `[innerWidth / 2, innerHeight / 2]`)
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		if _, err := chromedp.Call(p.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at[0], Y: at[1], Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{file}, DragOperationsMask: 1}}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// A setting is what a figure must bring back.
type setting struct {
	Run, Preset, Seed, Values string
	Step                      float64
}

func (p *page) setting() setting {
	p.t.Helper()
	return js[setting](p, `({Run: window.__lab.runId, Preset: document.querySelector('.preset-name').textContent, Seed: document.querySelector('[data-testid="seed"]').value, Values: JSON.stringify(window.__lab.state().values), Step: window.__lab.step})`)
}

func (p *page) restores(want setting) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`window.__lab && window.__lab.runId === %q && window.__lab.step === %v`, want.Run, want.Step), 15*time.Second)
	if got := p.setting(); got != want {
		p.t.Errorf("the figure brought back %+v, it was made of %+v", got, want)
	}
}

// A paper's figure: a preset to its end, the map with log levels in cividis at 9 pt, as SVG, NPZ and pgfplots; PNG and GIF
// too; and each picture dropped on another page opens its run again.
func TestPaperFigure(t *testing.T) {
	t.Parallel()
	p := open(t, "/lab/race?preset=valley&seed=3&renderer=2d", 1440, 900)
	dir := p.files()
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step > 10`, 10*time.Second)
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`window.__lab.state().state === 'done' && window.__lab.step === 2000 && window.__lab.state().known === 2000`, 30*time.Second)
	want := p.setting()
	p.do(chromedp.Click(hook("export")))
	p.wait(`document.querySelector('.export-menu').matches(':popover-open')`, 5*time.Second)
	for id, value := range map[string]string{"export-ramp": "cividis", "export-log": "on", "export-font": "9"} {
		js[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector('[data-testid="%s"]'); e.value = %q; e.dispatchEvent(new Event('change', {bubbles: true})); return e.value === %q })()`, id, value, value))
	}
	out, err := exec.Command(underTest, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	version := strings.Fields(string(out))[1]

	svg := p.saved(dir, "export-svg", ".svg")
	checkSVG(t, svg, want, version)
	p.wait(`/2.000/.test(document.querySelector('[data-panel="table"] h2').textContent)`, 5*time.Second)
	last := js[float64](p, losses+`.gd.at(-1)`)
	shown := js[string](p, `document.querySelector('[data-testid="loss-gd"]').textContent`)
	checkNPZ(t, p.saved(dir, "export-npz", ".npz"), last, shown)
	checkPGF(t, p.saved(dir, "export-pgf", ".zip"), version)
	checkGIF(t, p.saved(dir, "export-gif", ".gif"), want.Run)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.do(chromedp.KeyEvent(kb.ArrowLeft))
	p.wait(`window.__lab.step === 1999`, 5*time.Second)
	before := p.setting()
	p.do(chromedp.Click(hook("export")))
	p.wait(`document.querySelector('.export-menu').matches(':popover-open')`, 5*time.Second)
	picture := p.saved(dir, "export-png", ".png")
	checkPNG(t, picture, before.Run)

	// An empty page takes the figure and becomes its lab.
	q := open(t, "/", 1440, 900)
	q.wait(`document.querySelectorAll('[data-testid="lab-card"]').length >= 2`, 5*time.Second)
	q.drop(svg)
	q.restores(want)
	// So does a lab that shows something else.
	q.do(chromedp.Navigate(address + "/lab/network?preset=two-weights&renderer=2d"))
	q.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	q.drop(picture)
	q.restores(before)
	p.stayedHome()
	q.stayedHome()
}

func checkSVG(t *testing.T, file string, want setting, version string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) >= 500_000 {
		t.Errorf("the SVG has %d bytes", len(data))
	}
	count := map[string]int{}
	words, metadata, inside := "", "", ""
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			count[e.Name.Local]++
			if e.Name.Local == "text" || e.Name.Local == "metadata" {
				inside = e.Name.Local
			}
		case xml.EndElement:
			if e.Name.Local == inside {
				inside = ""
			}
		case xml.CharData:
			switch inside {
			case "text":
				words += string(e) + " "
			case "metadata":
				metadata += string(e)
			}
		}
	}
	t.Logf("SVG: %d bytes, %d paths, %d texts", len(data), count["path"], count["text"])
	if count["path"] < 20 || count["text"] < 10 || count["image"] > 0 || count["foreignObject"] > 0 {
		t.Errorf("the SVG is made of %v", count)
	}
	for _, w := range []string{"Gradient descent", "Momentum", "Adam"} {
		if !strings.Contains(words, w) {
			t.Errorf("no text of the SVG says %s: %.200s", w, words)
		}
	}
	var recipe struct {
		ID, Link, Version string
		Step              float64
	}
	if err := json.Unmarshal([]byte(metadata), &recipe); err != nil {
		t.Fatalf("the SVG's recipe %.200q: %v", metadata, err)
	}
	if recipe.ID != want.Run || recipe.Version != version || recipe.Step != want.Step {
		t.Errorf("the SVG's recipe is of run %s, version %s, step %v; the page shows %+v of %s", recipe.ID, recipe.Version, recipe.Step, want, version)
	}
}

// checkNPZ reads the arrays with NumPy, where it is installed.
func checkNPZ(t *testing.T, file string, last float64, shown string) {
	t.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Error("no NumPy was found; .ci/run installs it")
		}
		t.Log("NumPy is not installed: the NPZ is not read")
		return
	}
	out, err := exec.Command(python, "-c", `
import json, sys, numpy
with numpy.load(sys.argv[1], allow_pickle=False) as z:
    recipe = json.loads(str(z["recipe"]))
    print(json.dumps({"last": float(z["gd/loss"][-1]), "rows": len(z["gd/loss"]), "theta": list(z["gd/theta"].shape), "grid": list(z["loss"].shape), "coordinates": list(z["coordinates"].shape), "version": recipe["version"]}))
`, file).CombinedOutput()
	if err != nil {
		t.Fatalf("NumPy: %v\n%s", err, out)
	}
	var got struct {
		Last        float64
		Rows        int
		Theta, Grid []int
		Coordinates []int
		Version     string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if got.Last != last || got.Rows != 2001 || fmt.Sprint(got.Theta) != "[2001 2]" || len(got.Grid) != 2 || fmt.Sprint(got.Coordinates) != fmt.Sprint(append(got.Grid, 2)) || got.Version == "" {
		t.Errorf("NumPy reads %+v; the page's last loss is %v", got, last)
	}
	var read float64
	if _, err := fmt.Sscan(strings.NewReplacer("\u2212", "-", "\u2009", "").Replace(shown), &read); err != nil || math.Abs(read-got.Last) > 6e-2*got.Last {
		t.Errorf("the page shows the loss %s, the file ends at %v (%v)", shown, got.Last, err)
	}
}

func checkPGF(t *testing.T, file, version string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	tex, data := "", 0
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(f.Name) {
		case ".tex":
			tex += string(b)
		case ".dat":
			data += len(b)
		}
	}
	if !strings.Contains(tex, "\\begin{tikzpicture}") || !strings.Contains(tex, ".dat") || !strings.Contains(tex, version) || data == 0 {
		t.Errorf("pgfplots: %d bytes of TeX, %d of data: %.300s", len(tex), data, tex)
	}
}

func checkPNG(t *testing.T, file, run string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[[3]uint32]bool{}
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 7 {
		for x := b.Min.X; x < b.Max.X; x += 7 {
			r, g, bl, _ := m.At(x, y).RGBA()
			colours[[3]uint32{r, g, bl}] = true
		}
	}
	recipe := ""
	for at := 8; at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if kind := string(data[at+4 : at+8]); strings.HasSuffix(kind, "EXt") || kind == "tEXt" {
			recipe += string(data[at+8 : at+8+n])
		}
		at += 12 + n
	}
	t.Logf("PNG: %v, %d bytes", b.Size(), len(data))
	if len(colours) < 32 || !strings.Contains(recipe, run) {
		t.Errorf("the PNG of %v has %d colours and the recipe %.100q", b, len(colours), recipe)
	}
}

func checkGIF(t *testing.T, file, run string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	length := 0
	for _, d := range g.Delay {
		length += d
	}
	t.Logf("GIF: %d frames, %.1f s, %v, %d bytes", len(g.Image), float64(length)/100, g.Image[0].Bounds().Size(), len(data))
	if len(data) >= 5_000_000 || len(g.Image) < 12 || length < 500 || length > 1000 || !bytes.Contains(data, []byte(run)) {
		t.Errorf("the GIF has %d bytes, %d frames and %d hundredths of a second", len(data), len(g.Image), length)
	}
}
