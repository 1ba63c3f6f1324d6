package e2e

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A wire is a line between browsers and the program that can be cut.
type wire struct {
	t      *testing.T
	target string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

func layWire(t *testing.T, url string) *wire {
	t.Helper()
	w := &wire{t: t, target: strings.TrimPrefix(url, "http://"), open: map[net.Conn]bool{}}
	w.mend("127.0.0.1:0")
	t.Cleanup(w.cut)
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

// mend takes connections at an address again.
func (w *wire) mend(at string) {
	w.t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.listener = l
	w.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.target)
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.open[near], w.open[far] = true, true
			w.mu.Unlock()
			for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
				go func() {
					io.Copy(way[0], way[1])
					near.Close()
					far.Close()
					w.mu.Lock()
					delete(w.open, way[0])
					w.mu.Unlock()
				}()
			}
		}
	}()
}

// cut ends every connection and takes no new one.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener.Close()
	for c := range w.open {
		c.Close()
	}
}

// goroutines reads how many the program has.
func goroutines(t *testing.T, url string) float64 {
	t.Helper()
	r, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "thalweg_goroutines "); ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("/metrics does not tell the goroutines")
	return 0
}

// heap is what a page's scripts hold after a collection, buffers included.
func (p *page) heap() float64 {
	p.t.Helper()
	for range 2 {
		if _, err := chromedp.Call(p.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			p.t.Fatal(err)
		}
	}
	h, err := chromedp.Call(p.ctx, runtime.GetHeapUsage, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	return h.UsedSize + h.BackingStorageSize
}

// seamless fails when a method's steps come twice, go back, or have a hole. Long pasts come thinned: of so many rows one.
func (p *page) seamless(when string, every float64) {
	p.t.Helper()
	for id, steps := range js[map[string][]float64](p, `window.__lab.state().steps`) {
		if len(steps) == 0 {
			p.t.Errorf("%s no step of %s is known", when, id)
		}
		for i := range steps {
			before := -1.0
			if i > 0 {
				before = steps[i-1]
			}
			if steps[i] <= before || steps[i] > before+every {
				p.t.Errorf("%s step %v of %s comes after step %v", when, steps[i], id, before)
				break
			}
		}
	}
}

// A long talk on an old laptop over a weak network: flat view, four times slower, the line cut and the lid closed in the
// middle; then a clip, and a long time left alone. THALWEG_SOAK=20m makes it long.
func TestLongTalk(t *testing.T) {
	needBrowser(t)
	soak := 5 * time.Second
	cut, hidden := 2500*time.Millisecond, 2*time.Second
	if text := os.Getenv("THALWEG_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		soak, cut, hidden = d, 15*time.Second, 60*time.Second
	}
	url := program(t)
	// A run is kept for those who come back, with a goroutine of its own: it is there before the page.
	r, err := http.Post(url+"/api/runs", "application/json", strings.NewReader(`{"link":"/lab/race?preset=four-minima"}`))
	if err != nil || r.StatusCode/100 != 2 {
		t.Fatal(r, err)
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	base := goroutines(t, url)
	line := layWire(t, url)
	p := tab(t, "http://"+line.address(), 1366, 768)
	p.cut = true
	var mu sync.Mutex
	binary, texts := 0, []string{}
	if err := chromedp.Listen(p.ctx, func(ev any) {
		if e, ok := ev.(*network.EventWebSocketFrameReceived); ok {
			mu.Lock()
			defer mu.Unlock()
			if e.Response.Opcode == 2 {
				binary++
			} else if len(texts) < 1000 {
				texts = append(texts, string(e.Response.PayloadData))
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return binary
	}
	slow := func(rate float64) {
		if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: rate}); err != nil {
			t.Fatal(err)
		}
	}
	slow(4)
	p.do(visited, chromedp.Navigate(p.home+"/lab/race?preset=four-minima&renderer=2d"))
	p.wait(`window.__lab && window.__lab.runId`, 20*time.Second)
	if r := js[string](p, `window.__lab.renderer`); r != "2d" {
		t.Errorf("the renderer is %s", r)
	}
	js[bool](p, `(() => { const s = document.querySelector('select[aria-label="Speed"]'); s.value = '1'; s.dispatchEvent(new Event('change', {bubbles: true})); return true })()`)
	p.click("play")
	p.wait(`window.__lab.step >= 60 && window.__lab.state().playing`, 20*time.Second)

	// The line is cut.
	at := line.address()
	line.cut()
	p.wait(`/Connection lost/.test(document.querySelector('.bar-note')?.innerText ?? '')`, 5*time.Second)
	stood := js[float64](p, `window.__lab.step`)
	time.Sleep(cut)
	line.mend(at)
	p.wait(`document.querySelector('.bar-note').hidden`, 10*time.Second)
	back := time.Now()
	p.wait(fmt.Sprintf(`window.__lab.step > %v && window.__lab.state().playing`, stood), 5*time.Second)
	took := time.Since(back)
	t.Logf("playing again %v after the line came back", took.Round(time.Millisecond))
	p.seamless("after the cut", 1)

	// The lid is closed: nothing comes, then all that was missed in one message.
	lid := func(closed bool) {
		js[bool](p, fmt.Sprintf(`(() => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => %v}); document.dispatchEvent(new Event('visibilitychange')); return true })()`, closed))
	}
	lid(true)
	time.Sleep(500 * time.Millisecond) // what was on its way
	quiet := count()
	known := js[float64](p, `window.__lab.state().known`)
	time.Sleep(hidden)
	if n := count() - quiet; n != 0 {
		t.Errorf("a hidden page got %d binary messages", n)
	}
	// Paused first, so that what comes is the past and not the next moments.
	p.do(chromedp.KeyEvent(" "))
	time.Sleep(300 * time.Millisecond)
	if n := count() - quiet; n != 0 {
		t.Errorf("a hidden page that pauses got %d binary messages", n)
	}
	lid(false)
	p.wait(fmt.Sprintf(`window.__lab.state().known > %v`, known), 5*time.Second)
	time.Sleep(500 * time.Millisecond)
	if n := count() - quiet; n != 1 {
		t.Errorf("the page caught up in %d messages", n)
	}
	p.seamless("after the lid", 16)
	t.Logf("%d binary messages in all, steps %v to %v came in one", count(), known, js[float64](p, `window.__lab.state().known`))

	// A clip of six seconds, then the long time alone.
	slow(1)
	dir := p.files()
	run := js[string](p, `window.__lab.runId`)
	p.do(chromedp.Click(hook("export")))
	p.wait(`document.querySelector('.export-menu').matches(':popover-open')`, 5*time.Second)
	checkGIF(t, p.saved(dir, "export-gif", ".gif"), run)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.do(chromedp.KeyEvent("r"))
	js[bool](p, `(() => { const s = document.querySelector('select[aria-label="Speed"]'); s.value = '8'; s.dispatchEvent(new Event('change', {bubbles: true}));
		setInterval(() => { if (window.__lab.step >= 3900) document.querySelector('[data-testid="restart"]').click(); if (!window.__lab.state().playing) document.querySelector('[data-testid="play"]').click() }, 250); return true })()`)
	// What one play through the run builds up is built up; what counts is what grows after it.
	p.wait(`window.__lab.state().known === 4000`, 30*time.Second)
	first := p.heap()
	end := time.Now().Add(soak)
	most := first
	for time.Now().Before(end) {
		time.Sleep(min(time.Until(end)+time.Millisecond, 30*time.Second))
		most = math.Max(most, p.heap())
	}
	t.Logf("page heap %.1f MB, at most %.1f MB in %v", first/1e6, most/1e6, soak)
	if most > 1.5*first {
		t.Errorf("the page's heap grew from %.1f to %.1f MB", first/1e6, most/1e6)
	}

	// All tabs closed, the program is as it was.
	p.do(chromedp.Navigate("about:blank"))
	line.cut()
	now := 0.0
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if now = goroutines(t, url); now <= base {
			break
		}
	}
	t.Logf("goroutines: %v before, %v after", base, now)
	if now > base {
		t.Errorf("the program had %v goroutines before a page came, and has %v after it left", base, now)
	}
	for _, m := range texts {
		if strings.Contains(m, `"type":"error"`) {
			t.Errorf("the program refused something: %s", m)
		}
	}
}
