package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// choose takes an option of a select, as a reader does.
func (p *page) choose(id, value string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`[...document.querySelectorAll('[data-testid="%s"] option')].some((o) => o.value === %q)`, id, value), 10*time.Second)
	js[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector('[data-testid="%s"]'); s.value = %q; s.dispatchEvent(new Event('change', {bubbles: true})); return true })()`, id, value))
}

// ground opens a tool of the ground from the landscape's menu.
func (p *page) ground(tool string) {
	p.t.Helper()
	p.click("landscape-menu")
	p.click("ground-" + tool)
	p.wait(fmt.Sprintf(`document.querySelector('[data-testid="tool-%s"]')?.getAttribute('aria-pressed') === 'true'`, tool), 10*time.Second)
}

// Two nets are trained, then looked at through every plane: the badge says for each what it is worth, its marks are named,
// and the link holds the plane. Between the two nets lie ways, and at their ends curvatures.
func TestPlanesOfNets(t *testing.T) {
	p := open(t, "/lab/network?preset=iris&steps=60", 1440, 900)
	p.wait(`window.__lab && window.__lab.state().grid >= 41`, 20*time.Second)
	p.click("play")
	p.wait(`window.__lab.state().state === 'done'`, 20*time.Second)

	const badge = `document.querySelector('[data-testid="badge-slice"]').textContent`
	words := map[string]string{"pca": "Plane keeps", "random": "Off the plane", "points": "Exact at three points"}
	said := map[string]string{}
	p.click("plane-menu")
	for _, kind := range []string{"random", "hessian", "points", "line", "pca"} {
		p.click("plane-" + kind)
		p.wait(fmt.Sprintf(`document.querySelector('[data-testid="plane-%s"]')?.closest('.kind').classList.contains('on') && window.__lab.state().plane?.kind === %q && window.__lab.state().grid >= 41`, kind, kind), 20*time.Second)
		p.wait(badge+`.includes(`+fmt.Sprintf("%q", words[kind])+`)`, 10*time.Second)
		said[kind] = js[string](p, badge)
		if !strings.HasSuffix(said[kind], " · train loss only") {
			t.Errorf("on the plane %s the badge says %q, not that it is the train loss only", kind, said[kind])
		}
		if link := js[string](p, `window.__lab.state().link`); (kind != "pca") != strings.Contains(link, "plane="+kind) {
			t.Errorf("on the plane %s the page's link is %s", kind, link)
		}
	}
	if said["random"] == said["pca"] || said["points"] == said["random"] {
		t.Errorf("the badge does not turn with the plane: %v", said)
	}

	// Points chosen by eye: the plane goes through the other method's start.
	p.click("plane-points")
	p.choose("plane-point-0", "adam@0")
	p.wait(`window.__lab.state().plane?.text === 'points:adam@0,sgd,adam' && window.__lab.state().plane.anchors.length === 3`, 20*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))

	// The opened badge: both losses, the distance, the cosine, and a cut through a dot.
	p.click("badge-slice")
	p.wait(`/loss in this plane/.test(document.querySelector('.slices').textContent) && /Cosine between the axes/.test(document.querySelector('.slices').textContent)`, 5*time.Second)
	p.click("cut-adam")
	p.wait(`document.querySelector('[data-testid="path-cut"]')?.getAttribute('aria-pressed') === 'true' && document.querySelector('.profile:not([hidden])')`, 20*time.Second)

	// The ways between the two nets: four curves that meet at the ends, what was reordered, and the badge.
	p.click("path-connect")
	p.choose("path-from", "sgd")
	p.choose("path-to", "adam")
	p.click("ground-connect-go")
	p.wait(`/neurons reordered/.test(document.querySelector('.ground .progress').textContent) && document.querySelectorAll('.ground tbody tr').length === 4 && document.querySelector('[data-testid="ground-connect-go"]').textContent === 'Connect again'`, 30*time.Second)
	if got := js[string](p, `[...document.querySelectorAll('.ground .badges span')].map((b) => b.textContent).join('; ')`); !strings.Contains(got, "train loss only") {
		t.Errorf("the badges of the path are %q", got)
	}

	// The spectrum at an end says how it was computed.
	p.click("tool-here")
	p.click("ground-spectrum-go")
	p.wait(`/all 67 values/.test(document.querySelector('.ground .badges').textContent) && /exact products/.test(document.querySelector('.ground .badges').textContent)`, 30*time.Second)
	p.stayedHome()
}

// A saddle is found on Himmelblau's surface, opened from the list, and walked down both ways; the four basins are mapped.
// Escape stops a search.
func TestSaddle(t *testing.T) {
	p := open(t, "/lab/race?problem=himmelblau&steps=40", 1440, 900)
	p.wait(`window.__lab && window.__lab.state().grid >= 100`, 20*time.Second)
	p.ground("critical")
	p.click("ground-critical-points-go")
	p.wait(`document.querySelector('[data-testid="ground-critical-points-go"]').textContent === 'Search again'`, 30*time.Second)
	if got := js[string](p, `document.querySelector('[data-testid="morse"]').textContent`); !strings.HasPrefix(got, "4 minima − 4 saddles + 1 maximum = 1: as it must be") {
		t.Errorf("the search says %q", got)
	}
	if n := js[[]int](p, `['minimum', 'saddle', 'maximum'].map((k) => document.querySelectorAll('[data-testid="critical-table"] tr[data-kind="' + k + '"]').length)`); n[0] != 4 || n[1] != 4 || n[2] != 1 {
		t.Errorf("the table has %v minima, saddles and maxima; want 4, 4, 1", n)
	}

	// The lowest saddle lies at (3.385, 0.0739), 13.31 high; the map flies there and its spectrum shows.
	js[bool](p, `(document.querySelector('[data-testid="critical-table"] tr[data-kind=saddle] button').click(), true)`)
	p.wait(`/\(3\.385, 0\.07385\) · loss 13\.31/.test(document.querySelector('.ground .point').textContent) && document.querySelector('.ground .profile:not([hidden])')`, 10*time.Second)
	p.click("ground-descend-go")
	p.wait(`document.querySelectorAll('[data-testid="descend-table"] tbody tr').length === 2`, 20*time.Second)
	if got := js[string](p, `document.querySelector('[data-testid="descend-table"]').textContent`); strings.Count(got, "minimum") != 2 {
		t.Errorf("the ways down end at %q, want two minima", got)
	}
	await[bool](p, frames(3))

	p.click("tool-basins")
	p.click("ground-basins-go")
	p.wait(`document.querySelector('[data-testid="ground-basins-go"]').textContent === 'Map again' && document.querySelectorAll('[data-testid="basin-legend"] tbody tr').length >= 4`, 40*time.Second)
	p.stayedHome()
}
