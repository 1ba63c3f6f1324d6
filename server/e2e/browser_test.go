// Package e2e drives the real program in a real browser.
package e2e

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	browser   context.Context // nil without Chromium
	underTest string          // the program's file
	address   string          // where it listens, such as http://127.0.0.1:4321
)

func TestMain(m *testing.M) { os.Exit(start(m)) }

func start(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run()
	}
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			chromium = p
			break
		}
	}
	if chromium == "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "thalweg-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "thalweg")
	if out, err := exec.Command("go", "build", "-o", bin, "thalweg").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	underTest = bin
	stopProgram, err := launch(&address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stopProgram()
	var cancel context.CancelFunc
	browser, cancel = chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(chromium), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-accelerated-2d-canvas", true), chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("user-data-dir", filepath.Join(dir, "profile")), chromedp.Flag("disable-component-update", true)))
	defer cancel()
	if err := chromedp.Do(browser); err != nil {
		fmt.Fprintln(os.Stderr, "chromium:", err)
		return 1
	}
	return m.Run()
}

// launch starts the program on a port of its own and tells where it listens.
func launch(at *string) (stop func(), err error) {
	cmd := exec.Command(underTest, "--addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	stop = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "listening on "); ok {
			*at = strings.TrimSuffix(url, "/")
			return stop, nil
		}
	}
	stop()
	return nil, errors.New("the program printed no address")
}

// program starts another one for a test that counts what its server does.
func program(t *testing.T) string {
	t.Helper()
	needBrowser(t)
	var at string
	stop, err := launch(&at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return at
}

// A page is one tab, with everything it asked for and complained about.
type page struct {
	t        *testing.T
	ctx      context.Context
	requests chan string
	home     string // the host that nothing may leave
	refused  bool   // the story asks for what the server refuses, which the browser logs
	cut      bool   // the story cuts the line, which the browser logs

	mu         sync.Mutex
	complaints []string
}

// open opens a tab of a size at a path of the program, of somebody who was here before.
func open(t *testing.T, path string, width, height int64) *page {
	t.Helper()
	p := tab(t, address, width, height)
	p.do(visited, chromedp.Navigate(address+path))
	return p
}

// openElsewhere opens it in a browser profile of its own.
func openElsewhere(t *testing.T, path string, width, height int64) *page {
	t.Helper()
	p := tab(t, address, width, height, chromedp.WithNewBrowserContext())
	p.do(visited, chromedp.Navigate(address+path))
	return p
}

// visited keeps the first visit's tour away.
func visited(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `try { localStorage.setItem('thalweg.tour', 'seen') } catch {}`})
	return chromedp.Void{}, err
}

// needBrowser leaves a test out where there is no browser for it.
func needBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("browser stories are left out in short mode")
	}
	if browser == nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium was found; .ci/run installs it")
		}
		t.Skip("no Chromium was found; install it to run the browser stories")
	}
}

// tab opens an empty tab of a size for the pages of a host.
func tab(t *testing.T, home string, width, height int64, how ...chromedp.ContextOption) *page {
	t.Helper()
	needBrowser(t)
	ctx, cancel := chromedp.NewContext(browser, how...)
	t.Cleanup(cancel)
	patience := 3 * time.Minute
	if soak, err := time.ParseDuration(os.Getenv("THALWEG_SOAK")); err == nil {
		patience += soak + 2*time.Minute
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	p := &page{t: t, ctx: ctx, home: home, requests: make(chan string, 4096)}
	if err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			select {
			case p.requests <- e.Request.URL:
			default:
			}
		case *runtime.EventExceptionThrown:
			what := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				what += " " + x.Description
			}
			p.complain("exception: " + what)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				var words []string
				for _, a := range e.Args {
					words = append(words, string(a.Value)+a.Description)
				}
				p.complain("console: " + strings.Join(words, " "))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				p.complain(fmt.Sprintf("log: %s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.quiet)
	p.do(chromedp.EmulateViewport(width, height))
	return p
}

func (p *page) complain(what string) {
	// Software rendering is what the browser of a test has; it says so.
	if strings.Contains(what, "GPU stall") || strings.Contains(what, "GL Driver Message") || strings.Contains(what, "software WebGL") {
		return
	}
	if p.refused && strings.Contains(what, "Failed to load resource") || p.cut && strings.Contains(what, "WebSocket connection to") {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, what)
}

// quiet fails when the page threw, or the console holds an error or a warning.
func (p *page) quiet() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		p.t.Errorf("the page complained: %s", c)
	}
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// js evaluates an expression of the page.
func js[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// await evaluates an expression that is a promise.
func await[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression of the page is true. What is measured is measured elsewhere: a machine that has other
// work gets three times as long.
func (p *page) wait(expression string, within time.Duration) {
	p.t.Helper()
	end := time.Now().Add(3 * within)
	for {
		v, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && v {
			return
		}
		if time.Now().After(end) {
			if dir := os.Getenv("THALWEG_SHOTS"); dir != "" {
				p.shot(filepath.Join(dir, "failed.png"))
			}
			p.t.Fatalf("not within %v: %s (error %v; state %s)", within, expression, err, js[string](p, `window.__lab ? JSON.stringify({...window.__lab.state(), losses: undefined, steps: undefined, values: undefined}) : ""`))
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// frames is a promise of that many drawn frames.
func frames(n int) string {
	return fmt.Sprintf(`new Promise((done) => { let n = %d; const next = () => (n-- > 0 ? requestAnimationFrame(next) : done(true)); next() })`, n)
}

// pixels is a function of the page that gives the bytes of a canvas without slowing the canvas down.
const pixels = `((c) => { const g = new OffscreenCanvas(c.width, c.height).getContext('2d', {willReadFrequently: true}); g.drawImage(c, 0, 0); return g.getImageData(0, 0, c.width, c.height).data })`

// hook is the selector of a test hook.
func hook(id string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + id + `"]`) }

// click clicks a hook as soon as it is in sight.
func (p *page) click(id string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelector('[data-testid="%s"]')?.checkVisibility()`, id), 5*time.Second)
	// A menu that is filled anew between the look and the click takes the element away.
	for try := 1; ; try++ {
		err := chromedp.Do(p.ctx, chromedp.ScrollIntoView(hook(id)), chromedp.Click(hook(id)))
		if err == nil {
			return
		}
		if try == 3 || !strings.Contains(err.Error(), "Could not find node") {
			p.t.Fatalf("clicking %s: %v", id, err)
		}
	}
}

// fill types text into a field and leaves it.
func (p *page) fill(id, text string) {
	p.t.Helper()
	js[bool](p, fmt.Sprintf(`(() => {
		let e = document.querySelector('[data-testid="%s"]');
		if (!('value' in e)) e = e.querySelector('input:not([type=range]),textarea,select') ?? e.querySelector('input');
		e.focus(); e.value = %q;
		e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}));
		return true })()`, id, text))
}

// shot writes a picture of the page.
func (p *page) shot(file string) {
	p.t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// stayedHome fails when a request left the program's host.
func (p *page) stayedHome() {
	p.t.Helper()
	for {
		select {
		case url := <-p.requests:
			own := strings.HasPrefix(url, p.home) || strings.HasPrefix(url, "data:") || strings.HasPrefix(url, "blob:") || strings.HasPrefix(url, "about:") ||
				strings.HasPrefix(url, strings.Replace(p.home, "http", "ws", 1))
			if !own {
				p.t.Errorf("a request left the host: %s", url)
			}
		default:
			return
		}
	}
}
