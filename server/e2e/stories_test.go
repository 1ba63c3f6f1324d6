package e2e

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// losses reads the first losses of a method from the page's own store.
const losses = `window.__lab.state().losses`

// A student alone, first five minutes: something moves at once, too bold a step is announced in words, and the same
// seed gives the same bits.
func TestStudentAlone(t *testing.T) {
	p := open(t, "/", 1366, 768)
	p.wait(`document.querySelectorAll('[data-testid="lab-card"]').length >= 2`, 5*time.Second)
	p.do(chromedp.Click(hook("lab-card")))
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step > 0`, 3*time.Second)
	p.wait(`window.__lab.frames >= 60`, 20*time.Second)
	p.wait(`window.__lab.step >= 120`, 20*time.Second)
	before, link := js[[]float64](p, losses+`.gd.slice(0, 100)`), js[string](p, `location.href`)
	p.fill("method-gd", "0.1")
	p.wait(`/diverged at step \d+/.test(document.body.innerText)`, 15*time.Second)
	if js[bool](p, `/\bNaN\b|\bInfinity\b/.test(document.body.innerText)`) {
		t.Error("the page shows a raw NaN or Infinity")
	}
	p.do(chromedp.Navigate(link))
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step >= 120`, 20*time.Second)
	after := js[[]float64](p, losses+`.gd.slice(0, 100)`)
	if len(before) != 100 || fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the first 100 losses differ after a restart with the same seed: %d and %d numbers", len(before), len(after))
	}
	p.stayedHome()
}

// Own formula: letters become sliders, the minimum is found and labelled, nonsense is answered with its position.
func TestOwnFormula(t *testing.T) {
	p := open(t, "/lab/race?problem=formula&methods=gd:step-size=0.001%3Badam:step-size=0.05&steps=4000", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.fill("formula-input", "(1-x)^2 + a*(y-x^2)^2")
	p.wait(`document.querySelector('[data-testid="control-a"]')`, 10*time.Second)
	p.fill("control-a", "100")
	p.wait(`window.__lab.state().values.a === 100`, 10*time.Second)
	p.fill("control-start", "-1.5,2")
	p.wait(`JSON.stringify(window.__lab.state().values.start) === "[-1.5,2]"`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step >= 60`, 20*time.Second)
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`/minimum/i.test(document.body.innerText) && /eigenvalues/i.test(document.body.innerText)`, 30*time.Second)
	run := js[string](p, `window.__lab.runId`)
	for _, bad := range []struct{ text, message string }{
		{"x^^2", "column 3"},
		{"1/0*x", "column"},
		{fmt.Sprintf("%0600d", 1), "column 501"},
	} {
		p.fill("formula-input", bad.text)
		p.wait(fmt.Sprintf(`(document.querySelector('[data-testid="formula-error"]')?.textContent ?? '').includes(%q)`, bad.message), 10*time.Second)
		if now := js[string](p, `window.__lab.runId`); now != run {
			t.Errorf("after %.20q the page shows run %s instead of keeping %s", bad.text, now, run)
		}
	}
	p.stayedHome()
}

// The playhead crosses curve and track at one x, and the map is not blank.
func TestOnePlayhead(t *testing.T) {
	p := open(t, "/lab/race?preset=valley", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step >= 200`, 20*time.Second)
	p.click("play")
	colours := js[float64](p, `(() => { const seen = new Set();
		for (const c of document.querySelectorAll('canvas')) { const g = c.getContext('2d'); if (!g || !c.width) continue;
			const d = g.getImageData(0, 0, c.width, c.height).data;
			for (let i = 0; i < d.length; i += 4 * 97) seen.add(d[i] << 16 | d[i+1] << 8 | d[i+2]); }
		return seen.size })()`)
	if colours < 32 {
		t.Errorf("the flat views hold %v colours; a map with contours has many more", colours)
	}
	p.stayedHome()
}

// A phone: nothing wider than the screen, targets large enough for a thumb.
func TestPhone(t *testing.T) {
	p := open(t, "/lab/race?preset=valley", 390, 844)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	if w := js[float64](p, `document.documentElement.scrollWidth`); w > 391 {
		t.Errorf("the page is %v px wide on a screen of 390", w)
	}
	for _, id := range []string{"play", "step-fwd", "step-back"} {
		box := js[[]float64](p, fmt.Sprintf(`(() => { const r = document.querySelector('[data-testid="%s"]').getBoundingClientRect(); return [r.width, r.height] })()`, id))
		if math.Min(box[0], box[1]) < 44 {
			t.Errorf("%s is %v px; a thumb needs 44", id, box)
		}
	}
	p.click("play")
	p.wait(`window.__lab.step > 30`, 10*time.Second)
}
