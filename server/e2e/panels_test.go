package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Every kind of panel draws, tells its numbers to the keyboard and as a table, takes the stage and gives it back, and
// saves itself with its recipe.
func TestEveryPanel(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	at := panelsAddress(t)
	p := tab(t, at, 1440, 900)
	p.do(visited, chromedp.Navigate(at+"/lab/panels?renderer=2d"))
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`window.__lab.step === 200 && Object.values(window.__lab.state().steps).every((s) => s.at(-1) === 200)`, 20*time.Second)
	js[bool](p, `(() => {
		window.saved = [];
		URL.createObjectURL = (blob) => { window.saved.push(blob); return '#' };
		HTMLAnchorElement.prototype.click = () => {};
		return true })()`)
	l := panelsLab()
	for _, spec := range l.Panels {
		if spec.Kind == "landscape" {
			continue
		}
		panel := fmt.Sprintf(`document.querySelector('[data-panel="%s"]')`, spec.ID)
		menu := func(hook string) {
			t.Helper()
			js[bool](p, fmt.Sprintf(`(() => { %[1]s.querySelector('.more').click(); %[1]s.querySelector('[data-testid="%[2]s"]').click(); return true })()`, panel, hook))
		}
		save := func(kind string) string {
			t.Helper()
			js[bool](p, `(() => { window.saved.length = 0; return true })()`)
			menu("panel-" + kind)
			p.wait(`window.saved.length === 1`, 10*time.Second)
			return await[string](p, `window.saved[0].arrayBuffer().then((b) => Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join(''))`)
		}
		js[bool](p, fmt.Sprintf(`(() => { document.querySelector('[data-panel-tab="%s"]')?.click(); return true })()`, spec.ID))
		p.wait(fmt.Sprintf(`%s?.isConnected`, panel), 5*time.Second)

		switch spec.Kind {
		case "table", "claims":
			p.wait(panel+`.querySelector('.plot').textContent.length > 20`, 10*time.Second)
		case "step":
			p.wait(panel+`.querySelectorAll('.dials figure .norm').length > 1 && [...`+panel+`.querySelectorAll('.dials .norm')].every((e) => e.textContent)`, 10*time.Second)
		default:
			p.wait(fmt.Sprintf(`[...%s.querySelectorAll('.plot canvas')].some((c) => c.width > 100 && new Set(%s(c)).size > 16)`, panel, pixels), 15*time.Second)
			said := await[string](p, frames(2)+fmt.Sprintf(`.then(() => { const plot = %s.querySelector('.plot');
				plot.focus();
				for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) plot.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
				const out = plot.querySelector('output');
				return out.hidden ? '' : out.textContent })`, panel))
			if !strings.Contains(said, "·") || strings.Contains(said, "NaN") {
				t.Errorf("panel %s tells the keyboard %q", spec.ID, said)
			}
		}
		if step := js[int](p, `window.__lab.step`); step != 200 {
			t.Errorf("arrows in panel %s moved the run to step %d", spec.ID, step)
		}

		menu("panel-mirror")
		p.wait(panel+`.querySelectorAll('.mirror tbody tr').length > 0`, 5*time.Second)
		if text := js[string](p, panel+`.querySelector('.mirror').textContent`); strings.Contains(text, "NaN") || strings.Contains(text, "Infinity") || strings.Contains(text, "undefined") {
			t.Errorf("the table of panel %s holds a raw value: %.200s", spec.ID, text)
		}
		menu("panel-mirror")

		menu("panel-expand")
		p.wait(panel+`.parentElement.classList.contains('stage')`, 2*time.Second)
		p.do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Escape))
		p.wait(`!document.querySelector('.expanded, .away')`, 2*time.Second)

		if csv := save("csv"); !strings.HasPrefix(csv, "# {") || strings.Count(csv, "\n") < 3 || strings.Contains(csv, "NaN") {
			t.Errorf("the CSV of panel %s is %.120q", spec.ID, csv)
		}
		switch spec.Kind {
		case "curve", "spectrum", "points", "graph":
			svg := save("svg")
			for _, want := range []string{"<svg ", "<path ", "<text ", "thalweg-recipe"} {
				if !strings.Contains(svg, want) {
					t.Errorf("the SVG of panel %s has no %s", spec.ID, want)
				}
			}
			if strings.Contains(svg, "<image") || len(svg) > 500_000 {
				t.Errorf("the SVG of panel %s is no small vector picture: %d bytes", spec.ID, len(svg))
			}
			fallthrough
		case "image", "step":
			if png := save("png"); !strings.HasPrefix(png, "\x89PNG") && !strings.HasPrefix(png, "\u0089PNG") || !strings.Contains(png, "tEXtthalweg-recipe") {
				t.Errorf("the PNG of panel %s is %.60q", spec.ID, png)
			}
		}
	}
	p.stayedHome()
}
