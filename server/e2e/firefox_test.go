package e2e

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A fox is a Firefox that is driven by WebDriver BiDi.
type fox struct {
	t    *testing.T
	line *websocket.Conn
	next int
	tab  string
}

func startFox(t *testing.T) *fox {
	t.Helper()
	path := ""
	for _, name := range []string{"firefox", "firefox-esr"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Firefox was found; .ci/run installs it")
		}
		t.Skip("no Firefox was found; install it to see the lab page there")
	}
	dir := t.TempDir()
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", dir, "--remote-debugging-port", "0", "--width", "1280", "--height", "800", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_DISABLE_CONTENT_SANDBOX=1")
	pipe, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			if _, at, ok := strings.Cut(lines.Text(), "BiDi listening on "); ok {
				found <- at
			}
		}
	}()
	select {
	case at := <-found:
		f := &fox{t: t}
		if f.line, _, err = websocket.DefaultDialer.Dial(strings.TrimSpace(at)+"/session", nil); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.line.Close() })
		f.call("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
		var tree struct{ Contexts []struct{ Context string } }
		f.call("browsingContext.getTree", map[string]any{}, &tree)
		f.tab = tree.Contexts[0].Context
		f.call("browsingContext.setViewport", map[string]any{"context": f.tab, "viewport": map[string]any{"width": 1280, "height": 800}}, nil)
		return f
	case <-time.After(60 * time.Second):
		t.Fatal("Firefox did not say where it can be driven")
		return nil
	}
}

// call sends a command and reads its answer.
func (f *fox) call(method string, params, into any) {
	f.t.Helper()
	f.next++
	f.line.SetReadDeadline(time.Now().Add(60 * time.Second))
	if err := f.line.WriteJSON(map[string]any{"id": f.next, "method": method, "params": params}); err != nil {
		f.t.Fatalf("%s: %v", method, err)
	}
	for {
		var m struct {
			ID      int
			Type    string
			Error   string
			Message string
			Result  json.RawMessage
		}
		if err := f.line.ReadJSON(&m); err != nil {
			f.t.Fatalf("%s: %v", method, err)
		}
		if m.ID != f.next {
			continue // an event
		}
		if m.Type == "error" {
			f.t.Fatalf("%s: %s %s", method, m.Error, m.Message)
		}
		if into != nil {
			if err := json.Unmarshal(m.Result, into); err != nil {
				f.t.Fatalf("%s: %v in %.200s", method, err, m.Result)
			}
		}
		return
	}
}

// js evaluates an expression that gives a text.
func (f *fox) js(expression string) string {
	f.t.Helper()
	var r struct {
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	f.call("script.evaluate", map[string]any{"expression": "String(" + expression + ")", "target": map[string]any{"context": f.tab}, "awaitPromise": true}, &r)
	if r.ExceptionDetails.Text != "" {
		f.t.Fatalf("%s: %s", expression, r.ExceptionDetails.Text)
	}
	return r.Result.Value
}

func (f *fox) wait(expression string, within time.Duration) {
	f.t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		if f.js("!!("+expression+")") == "true" {
			return
		}
		if time.Now().After(end) {
			f.t.Fatalf("not within %v: %s; the page says %.300s", within, expression, f.js(`document.body.innerText`))
		}
	}
}

func (f *fox) shot(name string) image.Image {
	f.t.Helper()
	var r struct{ Data string }
	f.call("browsingContext.captureScreenshot", map[string]any{"context": f.tab}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		f.t.Fatal(err)
	}
	if dir := os.Getenv("THALWEG_SHOTS"); dir != "" {
		os.WriteFile(filepath.Join(dir, name), data, 0o644)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

// Firefox shows a run in its middle: the map is there, and the heads in their methods' colours move.
func TestFirefox(t *testing.T) {
	if testing.Short() {
		t.Skip("browser stories are left out in short mode")
	}
	needBrowser(t)
	f := startFox(t)
	f.call("browsingContext.navigate", map[string]any{"context": f.tab, "url": address + "/lab/race?preset=valley&view=map&hide=tour", "wait": "complete"}, nil)
	f.wait(`window.__lab && window.__lab.runId && window.__lab.state().grid > 0`, 60*time.Second)
	f.js(`document.querySelector('[data-testid="play"]').click()`)
	f.wait(`window.__lab.step >= 60`, 60*time.Second)
	f.js(`document.querySelector('[data-testid="play"]').click()`)
	f.wait(`!window.__lab.state().playing`, 20*time.Second)
	f.js(`new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))`)
	before := f.shot("firefox-1.png")
	f.js(`document.querySelector('[data-testid="play"]').click()`)
	f.wait(`window.__lab.step >= 600`, 60*time.Second)
	f.js(`document.querySelector('[data-testid="play"]').click()`)
	f.wait(`!window.__lab.state().playing`, 20*time.Second)
	f.js(`new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))`)
	after := f.shot("firefox-2.png")

	var box []float64
	if err := json.Unmarshal([]byte(f.js(`(() => { const r = document.querySelector('.map-host canvas').getBoundingClientRect(); return JSON.stringify([r.left, r.top, r.right, r.bottom]) })()`)), &box); err != nil {
		t.Fatal(err)
	}
	area := image.Rect(int(box[0]), int(box[1]), int(box[2]), int(box[3])).Intersect(before.Bounds())
	colours := map[[3]uint8]bool{}
	for y := area.Min.Y; y < area.Max.Y; y += 3 {
		for x := area.Min.X; x < area.Max.X; x += 3 {
			colours[rgb(after, x, y)] = true
		}
	}
	if len(colours) < 32 {
		t.Errorf("the map of %v holds %d colours", area, len(colours))
	}
	for i, method := range []string{"gd", "momentum", "adam"} {
		var c []float64
		if err := json.Unmarshal([]byte(f.js(fmt.Sprintf(`(() => { const g = document.querySelector('[data-testid="method-%s"] svg *[fill]:not([fill=none]), [data-testid="method-%s"] svg *'), s = getComputedStyle(g); const c = s.fill.startsWith('rgb') && s.fill !== 'rgba(0, 0, 0, 0)' ? s.fill : s.stroke; return JSON.stringify(c.match(/[\d.]+/g).slice(0, 3).map(Number)) })()`, method, method))), &c); err != nil {
			t.Fatal(err)
		}
		// The pixels of the method's colour: their number grows with its trail.
		var n [2]int
		for k, m := range []image.Image{before, after} {
			for y := area.Min.Y; y < area.Max.Y; y++ {
				for x := area.Min.X; x < area.Max.X; x++ {
					p := rgb(m, x, y)
					if math.Abs(float64(p[0])-c[0])+math.Abs(float64(p[1])-c[1])+math.Abs(float64(p[2])-c[2]) < 30 {
						n[k]++
					}
				}
			}
		}
		t.Logf("%s %v: %d pixels at step 60, %d at step 600", method, c, n[0], n[1])
		if n[0] < 20 || n[1] < 20 || i > 0 && n[1] <= n[0] {
			t.Errorf("%s has %d pixels of its colour early and %d later", method, n[0], n[1])
		}
	}
}

func rgb(m image.Image, x, y int) [3]uint8 {
	r, g, b, _ := m.At(x, y).RGBA()
	return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
}
