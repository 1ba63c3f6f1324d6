package e2e

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mouse sends one event of the left button, with Shift held or not.
func (p *page) mouse(kind input.DispatchMouseEventType, x, y float64, shift bool) {
	p.t.Helper()
	e := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1}
	if kind == input.DispatchMouseEventTypeMouseMoved {
		e.Buttons, e.ClickCount = 1, 0
	}
	if shift {
		e.Modifiers = 8
	}
	if _, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, e); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) drag(from, to [2]float64, shift bool) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMousePressed, from[0], from[1], shift)
	for i := 1; i <= 4; i++ {
		f := float64(i) / 4
		p.mouse(input.DispatchMouseEventTypeMouseMoved, from[0]+f*(to[0]-from[0]), from[1]+f*(to[1]-from[1]), shift)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, to[0], to[1], shift)
}

// The landscape answers the pointer and the keyboard with exact numbers, zooms to a box on a ground of its own, stands
// side by side over one ground, and survives the loss of its 3D context.
func TestLandscape(t *testing.T) {
	p := open(t, "/lab/race?preset=valley&step=300", 1440, 900)
	p.wait(`window.__lab && window.__lab.state().known >= 300 && window.__lab.state().grid >= 100`, 20*time.Second)
	const pointer = `document.querySelector('[data-testid="pointer"]').dataset`
	box := js[[]float64](p, `(() => { const r = document.querySelector('.map-host canvas').getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()`)
	at := func(u, v float64) [2]float64 { return [2]float64{box[0] + u*box[2], box[1] + v*box[3]} }

	read := func() (x, y float64) {
		t.Helper()
		p.wait(pointer+`.gradient !== undefined && `+pointer+`.gradient !== ''`, 10*time.Second)
		n := js[[]float64](p, `[`+pointer+`.at, `+pointer+`.gradient, `+pointer+`.loss].join().split(',').map(Number)`)
		x, y = n[0], n[1]
		want := []float64{-2*(1-x) - 400*x*(y-x*x), 200 * (y - x*x)}
		loss := (1-x)*(1-x) + 100*(y-x*x)*(y-x*x)
		if size := math.Hypot(want[0], want[1]); math.Hypot(n[2]-want[0], n[3]-want[1]) > 1e-12*size || math.Abs(n[4]-loss) > 1e-12*loss {
			t.Errorf("at %v, %v the page reads gradient %v and loss %v; the closed form gives %v and %v", x, y, n[2:4], n[4], want, loss)
		}
		return x, y
	}
	hover := at(0.6, 0.3)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, hover[0]-3, hover[1], false)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, hover[0], hover[1], false)
	read()

	// The cross of the keyboard: Enter puts the start under it.
	js[bool](p, `(document.querySelector('.map-host canvas').focus(), true)`)
	p.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowUp))
	x, y := read()
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(fmt.Sprintf(`(() => { const s = window.__lab.state().values.start; return Math.abs(s[0] - %v) < 1e-3 && Math.abs(s[1] - %v) < 1e-3 })()`, x, y), 10*time.Second)
	read()

	// A box: its ground is computed anew, and two clicks give the whole ground back without moving the start.
	start := js[string](p, `JSON.stringify(window.__lab.state().values.start)`)
	const unit = `document.querySelector('.landscape > header .unit').textContent`
	p.drag(at(0.5, 0.3), at(0.8, 0.6), true)
	p.wait(unit+`.includes('part of the ground')`, 10*time.Second)
	// Left of the frame's middle on the box is right of a quarter of the whole.
	middle := at(0.5, 0.5)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, middle[0]-2, middle[1], false)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, middle[0], middle[1], false)
	if x, _ := read(); x < 0.2 || x > 1.4 {
		t.Errorf("the middle of the box is at x = %v", x)
	}
	for n := int64(1); n <= 2; n++ {
		for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			if _, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: middle[0], Y: middle[1], Button: input.MouseButtonLeft, ClickCount: n}); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.wait(`!`+unit+`.includes('part of')`, 10*time.Second)
	if now := js[string](p, `JSON.stringify(window.__lab.state().values.start)`); now != start {
		t.Errorf("two clicks on the box moved the start from %s to %s", start, now)
	}

	// Another ramp paints another picture, and Escape closes the menu.
	p.click("landscape-menu")
	js[bool](p, `(document.querySelector('.landscape-menu [value=cividis]').click(), true)`)
	await[bool](p, frames(3))
	if !js[bool](p, `(() => { const d = `+pixels+`(document.querySelector('.map-host canvas')); for (let i = 0; i < d.length; i += 4) if (d[i] > 200 && d[i+1] > 180 && d[i+2] < 110) return true; return false })()`) {
		t.Error("the yellow of cividis is nowhere on the map")
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait(`!document.querySelector('.landscape-menu').matches(':popover-open')`, 5*time.Second)

	// Side by side: one cell for each method, with its loss.
	js[bool](p, `(document.querySelector('[data-layout="split"]').click(), true)`)
	p.wait(`document.querySelectorAll('.cell canvas').length === 3 && [...document.querySelectorAll('.cell canvas')].every((c) => c.clientWidth > 200 && new Set(`+pixels+`(c)).size > 32)`, 10*time.Second)
	if words := js[string](p, `document.querySelector('.landscape .hint').textContent`); !strings.Contains(words, "one scale") {
		t.Errorf("the cells do not say that they share a scale: %q", words)
	}
	js[bool](p, `(document.querySelector('[data-view="both"]').click(), true)`)

	// The context is lost and comes back, the camera with it.
	if js[string](p, `window.__lab.renderer`) == "webgl2" {
		js[bool](p, `(() => { window.lose = document.querySelector('.surface-host canvas').getContext('webgl2').getExtension('WEBGL_lose_context'); window.lose.loseContext(); return true })()`)
		p.wait(`document.querySelector('.views.map') && /Flat view/.test(document.querySelector('.flat-word').textContent)`, 10*time.Second)
		js[bool](p, `(window.lose.restoreContext(), true)`)
		p.wait(`document.querySelector('.views.both') && window.__lab.renderer === 'webgl2' && document.querySelectorAll('.surface-host canvas').length === 2`, 10*time.Second)
	}
	p.stayedHome()
}

// What is ours of a frame, with a hundred thousand loose points that change every time and five trails that grow.
func TestFrameBudget(t *testing.T) {
	p := open(t, "/lab/race?renderer=2d", 1440, 900)
	p.wait(`window.__lab && window.__lab.runId`, 10*time.Second)
	// The quietest of several rounds: a machine with other work says nothing about ours.
	best := await[[]float64](p, `(async () => {
		const { MapPainter } = await import([...document.scripts].find((s) => s.src.endsWith('/js/lab.js')).src.replace('lab.js', 'map.js'));
		const m = new MapPainter(document.createElement('canvas')), n = 121, side = 20000;
		m.setSize(400, 396, 1);
		const values = Float32Array.from({length: n * n}, (_, k) => { const x = -2 + 4 * (k % n) / 120, y = -1 + 4 * Math.floor(k / n) / 120; return (1 - x) ** 2 + 100 * (y - x * x) ** 2 });
		const ground = {version: 1, rows: n, columns: n, range: [-2, 2, -1, 3], values, min: 0, max: 2509, epsilon: 1e-3, log: true, holes: 0, levels: [1, 10, 100, 1000], major: [true, true, true, true]};
		const walks = [1, 2, 3, 4, 5].map((slot) => ({id: 'm' + slot, key: 'r/' + slot, slot, hollow: false, visible: true, faint: false, ghost: false, from: 0, far: 0, loss: null, distance: null, count: side, shown: 1, blend: 0.5,
			path: Float64Array.from({length: 2 * side}, (_, k) => (k % 2 ? 2 - k / side + 0.2 * Math.cos(k * 0.015 * slot) : -1.5 + 1.5 * k / side + 0.1 * Math.sin(k * 0.01 * slot)))}));
		const clouds = [0, 1, 2].map(() => Float32Array.from({length: 200000}, (_, k) => (k % 2 ? -1 : -2) + 4 * Math.random()));
		const picture = {ground, walks, start: [-1.5, 2], minima: [], saddles: [], axes: ['x', 'y'], range: [-2, 2, -1, 3], swarm: null, whole: true, quiver: null, pointer: {on: false}};
		let best = [Infinity, Infinity];
		for (let round = 0; round < 12; round++) {
			const took = [];
			for (let f = 0; f < 40; f++) {
				await new Promise(requestAnimationFrame);
				for (const w of walks) { w.shown += 8; w.blend = (f % 7) / 7 }
				picture.swarm = clouds[f % 3];
				const from = performance.now();
				m.draw(picture);
				if (f > 3) took.push(performance.now() - from);
			}
			took.sort((a, b) => a - b);
			const late = took[Math.floor(took.length * 0.95)];
			if (late < best[1]) best = [took[Math.floor(took.length / 2)], late];
			if (best[0] <= 1 && best[1] <= 2) break;
		}
		return best })()`)
	t.Logf("a frame takes %.2f ms in the middle, %.2f ms at the 95th percentile", best[0], best[1])
	if best[0] > 1 || best[1] > 2 {
		t.Errorf("a frame takes %.2f ms in the middle and %.2f ms at the 95th percentile; 1 ms and 2 ms are allowed", best[0], best[1])
	}
}

// A swarm takes the colours of where its starts end, and the key beside the map counts them.
func TestSwarmColours(t *testing.T) {
	p := open(t, "/lab/race?preset=swarm&renderer=2d&step=2000", 1440, 900)
	key := `document.querySelector('[data-testid=swarm-key]')`
	p.wait(`window.__lab && __lab.step === 2000 && !`+key+`.hidden && !`+key+`.textContent.includes('not there')`, 30*time.Second)
	// In the order of the minima: from the left, as the reference counts them.
	rows := await[[]string](p, `[...`+key+`.children].map((e) => e.textContent.replace(/^.*: /, '').replace(/\s/g, ' '))`)
	if want := []string{"241 of 1 024", "267", "261", "255"}; !slices.Equal(rows, want) {
		t.Errorf("the key counts %q, want %q", rows, want)
	}
	inks := await[[]string](p, `[...`+key+`.children].map((e) => e.dataset.ink)`)
	if !slices.Equal(inks, []string{"2", "3", "4", "5"}) {
		t.Errorf("the inks of the minima are %q", inks)
	}
}
