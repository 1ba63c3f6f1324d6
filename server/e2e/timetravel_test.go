package e2e

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Time travel: scrub and step with the keyboard, fork with a halved step size, see both futures over one past, share
// the link, go back in the browser.
func TestTimeTravelAndFork(t *testing.T) {
	p := open(t, "/lab/race?preset=valley&log=off", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	first := js[string](p, `window.__lab.runId`)
	p.click("play")
	p.wait(`window.__lab.step >= 400`, 30*time.Second)
	p.click("play")
	p.wait(`!window.__lab.state().playing`, 5*time.Second)

	// A pointer on the track at step 120, then two back and one forward.
	box := js[[]float64](p, `(() => { const r = document.querySelector('[data-testid="scrubber"]').getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()`)
	steps := js[float64](p, `Number(document.querySelector('[data-testid="scrubber"]').getAttribute('aria-valuemax'))`)
	p.do(chromedp.MouseClickXY(box[0]+box[2]*120/steps, box[1]+box[3]/2))
	near := js[float64](p, `window.__lab.step`)
	if math.Abs(near-120) > 2 {
		t.Errorf("a click on the track at step 120 went to %v", near)
	}
	for range 2 {
		p.do(chromedp.KeyEvent(kb.ArrowLeft))
	}
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	for at := js[float64](p, `window.__lab.step`); at != 119; at = js[float64](p, `window.__lab.step`) {
		key := kb.ArrowLeft
		if at < 119 {
			key = kb.ArrowRight
		}
		p.do(chromedp.KeyEvent(key))
		near--
		if near < 0 {
			t.Fatalf("the keyboard does not reach step 119; it stands at %v", at)
		}
	}
	// The state at 119 is a fresh run's.
	at := js[float64](p, `(() => { const s = window.__lab.state(); return s.losses.gd[s.steps.gd.indexOf(119)] })()`)
	fresh := await[float64](p, `fetch('/api/runs/' + window.__lab.runId + '/export?format=json').then((r) => r.json()).then((d) => d.methods[0].measures.loss[119])`)
	if math.Abs(at-fresh) > 1e-12*math.Abs(fresh) {
		t.Errorf("loss at step 119 is %v on the page and %v in the run", at, fresh)
	}

	p.click("fork")
	p.fill("method-gd", "0.0005")
	p.wait(`window.__lab.runId !== "`+first+`"`, 10*time.Second)
	p.wait(`window.__lab.state().past && window.__lab.state().past.known >= 2000`, 20*time.Second)
	past := js[map[string]any](p, `window.__lab.state().past`)
	if past["run"] != first || past["from"] != 119.0 {
		t.Errorf("beside the fork stands %v; it left %s at step 119", past, first)
	}
	if where := js[string](p, `location.search`); !strings.Contains(where, "fork=119") || !strings.Contains(where, "moves=119:gd.step-size=0.0005") {
		t.Errorf("the address of the fork is %s", where)
	}
	forked := js[string](p, `window.__lab.runId`)

	// The link in another browser profile: the same run, step, fork and scale.
	link := js[string](p, `(() => { const u = new URL(location.href); u.searchParams.set('step', '119'); u.searchParams.set('log', 'off'); u.searchParams.set('cam', '40,30,1.2'); return u.pathname + u.search })()`)
	q := openElsewhere(t, link, 1440, 900)
	q.wait(`window.__lab && window.__lab.runId === "`+forked+`"`, 15*time.Second)
	q.wait(`window.__lab.step === 119`, 10*time.Second)
	q.wait(`window.__lab.state().past && window.__lab.state().past.known >= 2000`, 20*time.Second)
	if got := js[map[string]any](q, `window.__lab.state().page`); got["log"] != false || got["cam"] != "40,30,1.2" {
		t.Errorf("the link restored the page state %v; it asked for a linear scale and the camera 40,30,1.2", got)
	}

	p.do(chromedp.NavigateBack())
	p.wait(`window.__lab.runId === "`+first+`" && !window.__lab.state().past`, 10*time.Second)
	p.stayedHome()
}
