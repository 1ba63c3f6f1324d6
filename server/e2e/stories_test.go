package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// losses reads the first losses of a method from the page's own store.
const losses = `window.__lab.state().losses`

// A student alone, first five minutes, offline: something moves within three seconds of the first click, the tour can be
// left, too bold a step is announced in words, nothing freezes, and the same seed gives the same bits.
func TestStudentAlone(t *testing.T) {
	// A busy machine may spoil one try, not three of visitors who come for the first time.
	var p *page
	for try := 1; ; try++ {
		p = tab(t, address, 1366, 768, chromedp.WithNewBrowserContext())
		p.do(chromedp.Navigate(address + "/"))
		p.wait(`document.querySelectorAll('[data-testid="lab-card"]').length >= 2`, 5*time.Second)
		first := time.Now()
		p.do(chromedp.Click(hook("lab-card")))
		p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
		p.do(chromedp.Click(hook("play")))
		p.wait(`window.__lab.step > 0`, 5*time.Second)
		took := time.Since(first)
		t.Logf("something moves %v after the first click", took)
		if took <= 3*time.Second {
			break
		}
		if try == 3 {
			t.Errorf("something moves %v after the first click; 3 s are allowed", took)
			break
		}
	}
	p.wait(`document.querySelector('[data-testid="tour"]')?.matches(':popover-open')`, 5*time.Second)
	if text := js[string](p, `document.querySelector('[data-testid="tour"]').innerText`); !strings.Contains(text, "1 of 6") {
		t.Errorf("a first visit's tour begins with %q", text)
	}
	p.click("tour-next")
	p.wait(`document.querySelector('[data-testid="tour"]').innerText.includes('2 of 6')`, 5*time.Second)
	p.click("tour-skip")
	p.wait(`!document.querySelector('[data-testid="tour"]').matches(':popover-open')`, 5*time.Second)
	p.wait(`window.__lab.step >= 120`, 20*time.Second)
	before, link := js[[]float64](p, losses+`.gd.slice(0, 100)`), js[string](p, `location.href`)

	// The longest pause between two pictures while the rate is raised until descent breaks.
	js[bool](p, `(() => { let last = performance.now(); window.longest = 0; const look = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(look) }; requestAnimationFrame(look); return true })()`)
	p.fill("method-gd", "0.1")
	p.wait(`/diverged at step \d+/.test(document.body.innerText)`, 15*time.Second)
	if longest := js[float64](p, `window.longest`); longest > 2000 {
		t.Errorf("the page stood still for %.0f ms", longest)
	}
	if js[bool](p, `/\bNaN\b|\bInfinity\b/.test(document.body.innerText)`) {
		t.Error("the page shows a raw NaN or Infinity")
	}
	p.do(chromedp.Navigate(link))
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	if js[bool](p, `!!document.querySelector('[data-testid="tour"]:popover-open')`) {
		t.Error("the tour that was left comes again")
	}
	// From the click to the first picture with a later step, by the page's own clock.
	p.wait(`window.__lab.state().state !== ''`, 5*time.Second)
	took := await[float64](p, `new Promise((done) => { const from = performance.now(); document.querySelector('[data-testid="play"]').click();
		const look = () => (window.__lab.step > 0 ? done(performance.now() - from) : requestAnimationFrame(look)); look() })`)
	t.Logf("first motion %.0f ms after Play", took)
	if took > 1000 {
		t.Errorf("first motion %.0f ms after Play; 1000 are allowed", took)
	}
	p.wait(`window.__lab.step >= 120`, 20*time.Second)
	after := js[[]float64](p, losses+`.gd.slice(0, 100)`)
	if len(before) != 100 || fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the first 100 losses differ after a restart with the same seed: %d and %d numbers", len(before), len(after))
	}
	p.stayedHome()
}

// Own formula: it is typeset as it is typed, letters become sliders, a click sets the start and the gradient there is
// exact, the minimum is found and labelled, nonsense is answered with its position while others are served.
func TestOwnFormula(t *testing.T) {
	t.Parallel()
	p := open(t, "/lab/race?problem=formula&view=map&methods=gd:step-size=0.001%3Badam:step-size=0.05&steps=4000", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.fill("formula-input", "(1-x)^2 + a*(y-x^2)^2")
	p.wait(`document.querySelector('[data-testid="formula-preview"] math msup') && document.querySelector('[data-testid="formula-preview"] .katex-html')`, 10*time.Second)
	p.wait(`document.querySelector('[data-testid="control-a"]')`, 10*time.Second)
	p.fill("control-a", "100")
	p.wait(`window.__lab.state().values.a === 100 && window.__lab.state().grid > 0`, 10*time.Second)
	before := js[string](p, `JSON.stringify(window.__lab.state().values.start)`)
	box := js[[]float64](p, `(() => { const r = document.querySelector('.map-host canvas').getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()`)
	p.do(chromedp.MouseClickXY(box[0]+box[2]*0.3, box[1]+box[3]*0.3))
	p.wait(`JSON.stringify(window.__lab.state().values.start) !== '`+before+`'`, 10*time.Second)
	at := js[[]float64](p, `window.__lab.state().values.start`)
	grad := await[[]float64](p, `(async () => { const s = window.__lab.state();
		const link = (await (await fetch('/api/runs/' + s.run + '/export?format=json')).json()).link;
		const r = await fetch('/api/probe', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({link, x: [s.values.start]})});
		return (await r.json()).points[0].grad })()`)
	x, y := at[0], at[1]
	want := []float64{-2*(1-x) - 400*x*(y-x*x), 200 * (y - x*x)}
	for i, w := range want {
		if len(grad) != 2 || math.Abs(grad[i]-w) > 1e-12*math.Hypot(want[0], want[1]) {
			t.Fatalf("the gradient at the click on %v is %v; the closed form gives %v", at, grad, want)
		}
	}
	p.fill("control-start", "-1.5,2")
	p.wait(`JSON.stringify(window.__lab.state().values.start) === "[-1.5,2]"`, 10*time.Second)
	p.click("play")
	p.wait(`window.__lab.step >= 60`, 20*time.Second)
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`/minimum/i.test(document.body.innerText) && /eigenvalues/i.test(document.body.innerText)`, 30*time.Second)
	low := await[map[string]any](p, `fetch('/api/runs/' + window.__lab.runId + '/minimum?method=adam').then((r) => r.json()).then((m) => ({x: m.x[0], y: m.x[1], low: m.eigenvalues[0], high: m.eigenvalues[1]}))`)
	for name, w := range map[string]float64{"x": 1, "y": 1, "low": 501 - math.Sqrt(501*501-400), "high": 501 + math.Sqrt(501*501-400)} {
		// The Hessian at (1, 1) is 802, -400, 200.
		if got, _ := low[name].(float64); math.Abs(got-w) > 1e-9*w {
			t.Errorf("the minimum's %s is %v, want %v", name, got, w)
		}
	}
	run := js[string](p, `window.__lab.runId`)
	other := open(t, "/lab/race?preset=valley", 800, 600)
	other.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	for _, bad := range []struct{ text, message string }{
		{"x^^2", "column 3"},
		{"1/0*x", "column"},
		{fmt.Sprintf("%0600d", 1), "column 501"},
	} {
		p.fill("formula-input", bad.text)
		p.wait(fmt.Sprintf(`(document.querySelector('[data-testid="formula-error"]')?.textContent ?? '').toLowerCase().includes(%q)`, bad.message), 10*time.Second)
		if now := js[string](p, `window.__lab.runId`); now != run {
			t.Errorf("after %.20q the page shows run %s instead of keeping %s", bad.text, now, run)
		}
	}
	// The last good form stays, greyed.
	p.wait(`document.querySelector('[data-testid="formula-preview"].stale math')`, 5*time.Second)
	other.click("step-fwd")
	other.wait(`window.__lab.step === 1`, 3*time.Second)
	p.stayedHome()
}

// The playhead crosses curve and track at one x, at several sizes, and the map is not blank.
func TestOnePlayhead(t *testing.T) {
	p := open(t, "/lab/race?preset=valley&step=700", 1440, 900)
	p.wait(`window.__lab && window.__lab.step === 700 && window.__lab.state().known >= 700`, 20*time.Second)
	p.wait(`window.__lab.state().grid > 0`, 10*time.Second)
	for _, size := range [][2]int64{{1440, 900}, {1024, 768}, {390, 844}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		await[bool](p, frames(3))
		// The curve's line is drawn: it is the middle of the columns that hold most of the accent's pixels.
		x := js[[]float64](p, `(() => { const track = document.querySelector('[data-testid="scrubber"] .line').getBoundingClientRect();
			const probe = document.createElement('i'); probe.style.color = 'var(--accent)'; document.body.append(probe);
			const accent = getComputedStyle(probe).color.match(/\d+/g).map(Number); probe.remove();
			let most = 0, at = [];
			for (const c of document.querySelectorAll('.panel.time .plot canvas')) { const box = c.getBoundingClientRect(), scale = c.width / box.width;
				const d = `+pixels+`(c);
				for (let x = 0; x < c.width; x++) { let n = 0;
					for (let y = 0; y < c.height; y++) { const i = 4 * (y * c.width + x); if (d[i+3] > 200 && Math.abs(d[i] - accent[0]) + Math.abs(d[i+1] - accent[1]) + Math.abs(d[i+2] - accent[2]) < 24) n++ }
					if (n > most) { most = n; at = [] }
					if (n === most && n > c.height / 3) at.push(box.left + (x + 0.5) / scale) } }
			return [track.left + track.width / 2, at.length ? (at[0] + at[at.length - 1]) / 2 : -1] })()`)
		if math.Abs(x[0]-x[1]) > 1 {
			t.Errorf("at %v px the playhead crosses the track at %.1f and the curve at %.1f", size, x[0], x[1])
		}
	}
	p.do(chromedp.EmulateViewport(1440, 900))
	await[bool](p, frames(3))
	colours := js[float64](p, `(() => { const seen = new Set();
		for (const c of document.querySelectorAll('.map-host canvas')) { if (!c.width) continue;
			const d = `+pixels+`(c);
			for (let i = 0; i < d.length; i += 4 * 97) seen.add(d[i] << 16 | d[i+1] << 8 | d[i+2]); }
		return seen.size })()`)
	if colours < 32 {
		t.Errorf("the map holds %v colours; a map with contours has many more", colours)
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
