package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

// serious fails for what axe-core finds serious or critical in a part of the page as it stands.
func (p *page) serious(when, part string) {
	p.t.Helper()
	if !js[bool](p, `!!window.axe`) {
		js[bool](p, axe+"\n;true")
	}
	found := await[struct {
		Passes int
		Faults []string
	}](p, `axe.run('`+part+`', {resultTypes: ['violations']}).then((r) => ({passes: r.passes.length, faults: r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
		.map((v) => v.impact + ' ' + v.id + ': ' + v.nodes.slice(0, 5).map((n) => n.target.join(' ') + ' (' + (n.any[0] ?? n.all[0] ?? n.none[0] ?? {message: ''}).message + ')').join('; '))}))`)
	if found.Passes < 5 {
		p.t.Errorf("%s: only %d rules had something to look at", when, found.Passes)
	}
	for _, f := range found.Faults {
		p.t.Errorf("%s: %s", when, f)
	}
}

// Every kind of page, light and dark, wide and on a phone, with what opens on it.
func TestAccess(t *testing.T) {
	const race = "/lab/race?preset=valley&theme="
	for _, look := range []struct {
		width, height int64
		theme         string
		paths         []string
	}{
		{1440, 900, "light", []string{"/?theme=", "/lab/nowhere?theme=", race, "/lab/network?theme=", "/embed/race?theme="}},
		{1440, 900, "dark", []string{"/?theme=", "/lab/nowhere?theme=", race}},
		{390, 844, "light", []string{"/?theme=", race, "/lab/network?theme="}},
		{390, 844, "dark", []string{race}},
	} {
		for _, path := range look.paths {
			t.Run(fmt.Sprintf("%d %s%s", look.width, path, look.theme), func(t *testing.T) {
				p := tab(t, address, look.width, look.height)
				p.refused = strings.Contains(path, "nowhere")
				p.do(visited, chromedp.Navigate(address+path+look.theme))
				if p.refused || strings.HasPrefix(path, "/?") {
					p.wait(`document.readyState === 'complete'`, 5*time.Second)
					p.serious("page", "html")
					return
				}
				p.wait(`window.__lab && window.__lab.state().grid`, 20*time.Second)
				await[bool](p, frames(3))
				p.serious("page", "html")
				if path != race {
					return
				}
				press := func(id string) { js[bool](p, `document.querySelector('`+id+`').click() ?? true`) }
				press(`[data-testid="lesson-open"]`)
				press(`[data-testid="lesson-2"] summary`)
				p.wait(`document.querySelector('#lesson .katex')`, 10*time.Second)
				press(`[data-testid="show-2"]`)
				p.serious("lesson", "#lesson")
				press(`#lesson header .icon-button`)
				press(`[data-testid="keys"]`)
				p.serious("keys", "dialog.help")
				press(`[data-testid="tour-again"]`)
				p.serious("tour", ".tour")
				press(`[data-testid="tour-skip"]`)
				js[bool](p, `document.activeElement.blur() ?? true`)
				p.do(chromedp.KeyEvent("p"))
				p.wait(`document.body.classList.contains('presenting')`, 5*time.Second)
				p.serious("presenter", "html")
			})
		}
	}
}
