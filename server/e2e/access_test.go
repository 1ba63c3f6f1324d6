package e2e

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed testdata/axe.min.js
var axe string

// media emulates features of the reader's system, such as prefers-color-scheme=dark.
func (p *page) media(features ...string) {
	p.t.Helper()
	var list []*emulation.MediaFeature
	for _, f := range features {
		name, value, _ := strings.Cut(f, "=")
		list = append(list, &emulation.MediaFeature{Name: name, Value: value})
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: list}); err != nil {
		p.t.Fatal(err)
	}
}

// early runs a script before those of every page that follows.
func (p *page) early(script string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.t.Fatal(err)
	}
}

// sound fails for everything serious that axe finds on the page as it is.
func (p *page) sound(what string) {
	p.t.Helper()
	if !js[bool](p, `typeof axe === 'object'`) {
		js[bool](p, axe+"\n;true")
	}
	found := await[[]string](p, `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 4).map((n) => n.target.join(' ') + ' — ' + n.any.concat(n.all, n.none).map((c) => c.message).join('; ').slice(0, 160)).join(' | ')))`)
	for _, f := range found {
		p.t.Errorf("%s: %s", what, f)
	}
}

// small lists the visible texts below a size in pixels. Exponents and indices of formulas are as large as TeX has them.
const small = `((least) => { const out = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || e.closest('.visually-hidden,.skip,.katex,sub,sup,script,style,noscript')) continue;
		const r = document.createRange(); r.selectNodeContents(n);
		const box = r.getBoundingClientRect(), size = parseFloat(getComputedStyle(e).fontSize);
		if (!box.width || !box.height || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
		if (size < least - 0.01) out.push(size + ' px: ' + n.data.trim().slice(0, 30) + ' (' + e.tagName + '.' + e.className + ')');
	}
	return [...new Set(out)].slice(0, 12) })`

func (p *page) legible(what string, least float64) {
	p.t.Helper()
	for _, s := range js[[]string](p, fmt.Sprintf("%s(%v)", small, least)) {
		p.t.Errorf("%s: text of %s", what, s)
	}
	// What canvases wrote since the last look, by the size it has on the screen.
	for _, s := range js[[]string](p, fmt.Sprintf(`(() => { const out = [...window.written].filter(([, px]) => px < %v - 0.01).map(([text, px]) => px.toFixed(1) + ' px: ' + text); window.written.clear(); return out.slice(0, 12) })()`, least)) {
		p.t.Errorf("%s: on a canvas %s", what, s)
	}
}

// writing notes the size of every text that a canvas shows.
const writing = `window.written = new Map();
for (const name of ['fillText', 'strokeText']) { const as = CanvasRenderingContext2D.prototype[name];
	CanvasRenderingContext2D.prototype[name] = function (text, ...rest) {
		const px = parseFloat(this.font.match(/([\d.]+)px/)?.[1] ?? 'NaN'), m = this.getTransform(), box = this.canvas.getBoundingClientRect?.();
		if (box?.width && String(text).trim()) { const size = px * Math.hypot(m.a, m.b) * box.width / this.canvas.width, was = window.written.get(String(text)) ?? Infinity; window.written.set(String(text), Math.min(was, size)) }
		return as.call(this, text, ...rest) } }`

// settled waits until nothing moves by a style sheet, and canvases are drawn. A change of theme begins transitions a
// moment later.
func (p *page) settled() {
	p.t.Helper()
	await[bool](p, `(async () => { await `+frames(2)+`; await new Promise((r) => setTimeout(r, 200)); await Promise.race([Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime < 5000).map((a) => a.finished.catch(() => {}))), new Promise((r) => setTimeout(r, 1000))]); return `+frames(2)+` })()`)
}

// examined looks at a page as it stands, in light and dark and on a phone.
func (p *page) examined(what string) {
	p.t.Helper()
	p.sound(what)
	js[bool](p, `(window.written.clear(), true)`)
	p.media("prefers-color-scheme=dark")
	p.settled()
	p.legible(what, 11)
	p.sound(what + ", dark")
	p.do(chromedp.EmulateViewport(390, 844))
	p.settled()
	js[bool](p, `(window.written.clear(), true)`)
	p.media("prefers-color-scheme=light")
	p.settled()
	p.legible(what+", 390 px", 11)
	p.sound(what + ", 390 px")
	p.do(chromedp.EmulateViewport(1440, 900))
	p.settled()
}

// examiner opens a tab that notes what canvases write.
func examiner(t *testing.T) *page {
	t.Helper()
	p := tab(t, address, 1440, 900, chromedp.WithNewBrowserContext())
	p.do(visited)
	p.early(writing)
	p.media("prefers-color-scheme=light")
	return p
}

// to goes to a lab page and waits until all of it is there.
func (p *page) to(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(address + path))
	p.wait(`window.__lab && window.__lab.step > 0 && window.__lab.state().grid > 0 && window.__lab.state().known >= window.__lab.step`, 20*time.Second)
	p.settled()
}

// Nothing serious is found by axe on any page, in light and dark and on a phone, and no text is too small to read.
func TestAccess(t *testing.T) {
	p := examiner(t)
	p.do(chromedp.Navigate(address + "/"))
	p.wait(`document.querySelectorAll('[data-testid="lab-card"]').length >= 2`, 5*time.Second)
	p.examined("gallery")
	p.refused = true
	p.do(chromedp.Navigate(address + "/lab/nowhere"))
	p.examined("problem page")
	p.refused = false
	p.to("/lab/network?preset=iris&renderer=2d&step=20")
	p.examined("network")
	p.to("/embed/race?preset=valley&renderer=2d&step=200")
	p.examined("embed")
	p.stayedHome()
}

// The same for a lab page with everything open that can be opened, for presenters, twice as large, and in forced colours.
func TestAccessOpened(t *testing.T) {
	p := examiner(t)
	p.to("/lab/race?preset=valley&renderer=2d&step=200")
	p.examined("race")
	p.do(chromedp.Click(hook("lesson-open")))
	p.do(chromedp.Click(chromedp.CSS(`[data-testid="lesson-2"] summary`)))
	p.wait(`document.querySelector('[data-testid="lesson"] .katex')`, 5*time.Second)
	p.click("show-2")
	p.settled()
	p.examined("lesson")
	p.do(chromedp.Click(hook("lesson-open")))
	p.do(chromedp.Click(hook("export")))
	p.wait(`document.querySelector('.export-menu:popover-open')`, 3*time.Second)
	p.settled()
	p.sound("export menu")
	p.legible("export menu", 11)
	p.do(chromedp.KeyEvent(kb.Escape))
	for _, menu := range [][2]string{{".side [data-testid=panel-menu]", ".panel-menu:popover-open"}, {"[data-testid=landscape-menu]", ".landscape-menu:popover-open"}, {"[data-testid=keys]", "[data-testid=help]"}} {
		p.do(chromedp.Click(chromedp.CSS(menu[0])))
		p.wait(fmt.Sprintf(`document.querySelector('%s')?.checkVisibility()`, menu[1]), 3*time.Second)
		p.settled()
		p.sound(menu[0])
		p.legible(menu[0], 11)
		if menu[1] == "[data-testid=help]" {
			p.do(chromedp.Click(hook("tour-again")))
			p.wait(`document.querySelector('.tour:popover-open')`, 3*time.Second)
			p.settled()
			p.sound("tour")
			p.legible("tour", 11)
			p.do(chromedp.Click(hook("tour-skip")))
			continue
		}
		p.do(chromedp.KeyEvent(kb.Escape))
		p.wait(fmt.Sprintf(`!document.querySelector('%s')`, menu[1]), 3*time.Second)
	}
	js[bool](p, `(document.activeElement.blur(), true)`)
	p.do(chromedp.KeyEvent("p"))
	p.wait(`document.body.classList.contains('presenting')`, 3*time.Second)
	p.settled()
	js[bool](p, `(window.written.clear(), true)`)
	p.media("prefers-color-scheme=dark") // all is drawn anew
	p.settled()
	p.media("prefers-color-scheme=light")
	p.settled()
	p.sound("presenter")
	p.legible("presenter", 17)
	p.do(chromedp.KeyEvent(kb.Escape))
	// Text twice as large is a screen half as wide.
	p.do(chromedp.EmulateViewport(720, 450, chromedp.EmulateScale(2)))
	p.settled()
	if w := js[float64](p, `document.documentElement.scrollWidth`); w > 721 {
		t.Errorf("zoomed twice the page is %v px wide on a screen of 720", w)
	}
	p.do(chromedp.EmulateViewport(1440, 900))
	p.media("forced-colors=active")
	p.settled()
	p.sound("forced colours")
	p.stayedHome()
}

// The whole page by the Tab key, in the order it is read.
func TestKeyboardOrder(t *testing.T) {
	p := open(t, "/lab/race?preset=valley&renderer=2d", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId && window.__lab.state().grid > 0`, 15*time.Second)
	const where = `(() => { const e = document.activeElement; if (!e || e === document.body) return '';
		const r = [['.skip', 'skip link'], ['header.bar', 'header'], ['aside.controls', 'controls'], ['.claims', 'claims'], ['.panel.landscape', 'landscape'], ['.panel.time', 'curve'], ['.side', 'panels'], ['#transport, .track, .readout', 'transport']].find(([q]) => e.closest(q));
		return (r ? r[1] : e.outerHTML.slice(0, 80)) + '|' + (e.matches(':focus-visible') ? '' : 'unseen ' + e.outerHTML.slice(0, 60)) })()`
	var order []string
	for range 150 {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := js[string](p, where)
		if at == "" {
			break
		}
		region, unseen, _ := strings.Cut(at, "|")
		if unseen != "" {
			t.Errorf("the focus is not seen: %s", unseen)
		}
		if region == "skip link" && len(order) > 1 {
			break // round again
		}
		if len(order) == 0 || order[len(order)-1] != region {
			order = append(order, region)
		}
	}
	want := []string{"skip link", "header", "controls", "claims", "landscape", "curve", "panels", "transport"}
	if !slices.Equal(order, want) {
		t.Errorf("the Tab key goes %q, want %q", order, want)
	}
}

// Words for what a canvas shows come at most once a second.
func TestLiveRegion(t *testing.T) {
	p := open(t, "/lab/race?preset=valley&renderer=2d", 1024, 768)
	p.wait(`window.__lab && window.__lab.runId`, 15*time.Second)
	p.click("play")
	p.wait(`window.__lab.step > 20`, 10*time.Second)
	said := await[[]string](p, `new Promise((done) => { const out = [], last = new Map();
		const watch = new MutationObserver((list) => { const seen = new Set();
			for (const m of list) { const e = (m.target.closest ? m.target : m.target.parentElement)?.closest('[aria-live]:not([aria-live=off]),[role=status],[role=alert],output:not([aria-live=off])'); if (e && e.checkVisibility()) seen.add(e) }
			for (const e of seen) { last.set(e, (last.get(e) ?? 0) + 1); if (last.get(e) > 4) out.push('too often: ' + e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40)); if (e.id === 'live') out.push(e.textContent) } });
		watch.observe(document.body, {subtree: true, childList: true, characterData: true});
		setTimeout(() => { watch.disconnect(); done(out) }, 3500) })`)
	steps := 0
	for _, s := range said {
		if strings.HasPrefix(s, "too often") {
			t.Error(s)
		} else if strings.HasPrefix(s, "Step ") && strings.Contains(s, "Momentum") {
			steps++
		}
	}
	if steps < 2 || steps > 4 {
		t.Errorf("in 3.5 s the page said %d times where the methods are: %q", steps, said)
	}
}

// Who asked for less motion sees none that was not asked for.
func TestReducedMotion(t *testing.T) {
	needBrowser(t)
	p := tab(t, address, 1024, 768, chromedp.WithNewBrowserContext())
	p.media("prefers-reduced-motion=reduce")
	still := func(what string) {
		t.Helper()
		p.shots(what, func(before, after []byte) {
			if !bytes.Equal(before, after) {
				t.Errorf("%s moves by itself", what)
			}
		})
	}
	p.do(chromedp.Navigate(address + "/"))
	p.wait(`document.querySelectorAll('[data-testid="lab-card"]').length >= 2 && [...document.images].filter((i) => i.checkVisibility()).every((i) => i.complete)`, 15*time.Second)
	time.Sleep(500 * time.Millisecond)
	still("the gallery")
	p.do(chromedp.Navigate(address + "/lab/race?preset=valley&view=surface"))
	p.wait(`window.__lab && window.__lab.runId && window.__lab.state().grid > 0`, 20*time.Second)
	time.Sleep(time.Second)
	still("the lab page")
	if js[bool](p, `window.__lab.state().playing || window.__lab.step > 0 || !!document.querySelector('.tour:popover-open')`) {
		t.Error("the lab page plays or tours by itself")
	}
	// The camera jumps where it would fly.
	before := js[string](p, `window.__lab.state().page.cam`)
	js[bool](p, `(history.pushState(null, '', location.pathname + location.search + '&cam=80,40,1.3'), dispatchEvent(new PopStateEvent('popstate')), true)`)
	p.wait(fmt.Sprintf(`window.__lab.state().page.cam !== %q`, before), 5*time.Second)
	await[bool](p, frames(4))
	still("the camera")
}

// shots takes two pictures with some time between.
func (p *page) shots(what string, compare func(before, after []byte)) {
	p.t.Helper()
	var pictures [2][]byte
	for i := range pictures {
		var err error
		if pictures[i], err = chromedp.Run(p.ctx, chromedp.CaptureScreenshot()); err != nil {
			p.t.Fatalf("%s: %v", what, err)
		}
		if i == 0 {
			time.Sleep(400 * time.Millisecond)
		}
	}
	compare(pictures[0], pictures[1])
}
