package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A question is asked before the run, and its end answers; the claim that judges it is one press away.
func TestLesson(t *testing.T) {
	t.Parallel()
	p := openElsewhere(t, "/lab/race?preset=valley", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	if js[bool](p, `[...document.styleSheets].some((s) => s.href?.includes('katex')) || performance.getEntriesByType('resource').some((r) => r.name.includes('katex'))`) {
		t.Error("KaTeX is part of the first paint")
	}
	p.click("lesson-open")
	p.do(chromedp.Click(chromedp.CSS(`[data-testid="lesson-2"] summary`)))
	p.wait(`document.querySelector('[data-testid="lesson-2"] .lesson-formula math')`, 10*time.Second)
	ring := js[string](p, `getComputedStyle(document.querySelector('#r-gd')).getPropertyValue('--ring')`)
	if got := js[string](p, `getComputedStyle(document.querySelector('[data-testid="lesson-2"] .lesson-formula .of-step-size')).getPropertyValue('--ring')`); got != ring || ring == "" {
		t.Errorf("the step size has the colour %q in the formula and %q at its field", got, ring)
	}
	p.do(chromedp.Click(chromedp.CSS(`[data-testid="predict-2"] label:nth-of-type(1)`)))
	p.click("try-2")
	p.wait(`window.__lab.state().step === 0 && new URLSearchParams(location.search).get('preset') === 'edge'`, 10*time.Second)
	if !js[bool](p, `document.querySelector('[data-testid="answer-2"]').hidden`) {
		t.Error("the answer shows before the run")
	}
	p.click("play")
	p.do(chromedp.KeyEvent(kb.End))
	p.wait(`!document.querySelector('[data-testid="answer-2"]').hidden`, 20*time.Second)
	if got := js[string](p, `document.querySelector('[data-testid="predict-2"] .answer').innerText`); !strings.Contains(got, "keeps its size") {
		t.Errorf("the answer marked is %q", got)
	}
	p.do(chromedp.Click(chromedp.CSS(`[data-testid="lesson-2"] [data-claim="l10"]`)))
	p.wait(`document.querySelector('#claim-l10.pointed')`, 5*time.Second)
	p.do(chromedp.Focus(chromedp.CSS(`#lesson`)), chromedp.KeyEvent(kb.Escape))
	if js[bool](p, `!document.querySelector('#lesson').hidden || document.activeElement.dataset.testid !== 'lesson-open'`) {
		t.Error("Escape does not close the lesson, or the focus does not go back")
	}
	p.stayedHome()
}

// Six steps, done by doing them, and never again afterwards.
func TestTour(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	p := tab(t, address, 1440, 900, chromedp.WithNewBrowserContext())
	p.do(chromedp.Navigate(address + "/lab/race?preset=valley&methods=gd:step-size=0.001"))
	at := func(n string) {
		p.wait(`document.querySelector('.tour:popover-open')?.innerText.startsWith('`+n+` of 6')`, 10*time.Second)
	}
	at("1")
	p.fill("control-start", "-1.2,1.5")
	p.wait(`JSON.stringify(window.__lab.state().values.start) === "[-1.2,1.5]"`, 10*time.Second)
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent(" "))
	at("2")
	js[bool](p, `document.querySelector('#m-momentum').click() ?? true`)
	at("3")
	p.fill("method-gd", "0.01")
	p.wait(`window.__lab.state().methods.some((m) => m.state === 'diverged')`, 20*time.Second)
	js[bool](p, `document.querySelector('[data-testid="tour-next"]').click() ?? true`)
	p.wait(`/^[45] of 6/.test(document.querySelector('.tour:popover-open')?.innerText)`, 5*time.Second)
	js[bool](p, `(() => { while (!document.querySelector('.tour').innerText.startsWith('5')) document.querySelector('[data-testid="tour-next"]').click(); return true })()`)
	p.click("badge-slice")
	at("6")
	js[bool](p, `document.querySelector('[data-testid="copy-link"]').click() ?? true`)
	p.wait(`!document.querySelector('.tour:popover-open')`, 5*time.Second)
	p.do(chromedp.Navigate(address + "/lab/race?preset=valley"))
	p.wait(`window.__lab && window.__lab.state().grid`, 20*time.Second)
	time.Sleep(time.Second) // it would offer itself 0.6 s after the plane
	if js[bool](p, `!!document.querySelector('.tour:popover-open')`) {
		t.Error("the tour comes back")
	}
}

// A tip comes with the focus, goes with Escape; a refused value stays with a sentence; letters can be switched off.
func TestControls(t *testing.T) {
	t.Parallel()
	p := openElsewhere(t, "/lab/race?preset=valley", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	p.do(chromedp.Focus(chromedp.CSS(`#c-angle`)))
	p.wait(`document.querySelector('#tip:popover-open')?.innerText.includes('−180 to 180')`, 5*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait(`!document.querySelector('#tip:popover-open')`, 5*time.Second)
	p.fill("control-angle", "400")
	p.wait(`document.querySelector('#c-angle-fault').textContent === 'φ must lie between −180 and 180. You wrote 400.'`, 10*time.Second)
	if got := js[string](p, `document.querySelector('#c-angle').value`); got != "400" {
		t.Errorf("the refused value reads %q, want what was written", got)
	}
	p.fill("control-angle", "3e1")
	p.wait(`window.__lab.state().values.angle === 30 && document.querySelector('[data-testid="control-angle"] .dot')`, 10*time.Second)
	js[bool](p, `document.querySelector('[data-testid="control-angle"] input[type=range]').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))`)
	p.wait(`window.__lab.state().values.angle === 0 && !document.querySelector('[data-testid="control-angle"] .dot')`, 10*time.Second)
	js[bool](p, `document.activeElement.blur() ?? true`)
	p.do(chromedp.KeyEvent("?"))
	p.wait(`document.querySelector('dialog.help').open`, 5*time.Second)
	js[bool](p, `document.querySelector('#letters').click() ?? true`)
	p.do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("c"))
	await[bool](p, frames(2))
	if got := js[string](p, `window.__lab.state().page.view`); got != "both" {
		t.Errorf("with the letters off, C still changes the view to %s", got)
	}
	p.stayedHome()
}
