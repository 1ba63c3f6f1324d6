package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A replay is one file that plays a run with the keyboard and without the program, in both themes.
func TestReplay(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	for _, run := range []struct {
		args    []string
		methods int
	}{
		{[]string{"run", "race", "--preset", "valley", "--step", "700"}, 3},
		{[]string{"run", "network", "--preset", "two-weights", "--step", "40"}, 2},
	} {
		file := filepath.Join(t.TempDir(), "replay.html")
		if out, err := exec.Command(underTest, append(run.args, "--format", "html", "-o", file)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		p := tab(t, "file://"+file, 1200, 900)
		p.do(chromedp.Navigate("file://" + file))
		step := `Number(document.querySelector('#scrub').value)`
		p.wait(`!document.querySelector('main').hidden && `+step+` === `+run.args[len(run.args)-1], 5*time.Second)
		if n := js[int](p, `document.querySelectorAll('#legend input').length`); n != run.methods {
			t.Errorf("the legend lists %d methods, want %d", n, run.methods)
		}
		p.do(chromedp.KeyEvent(kb.ArrowRight))
		p.wait(step+` === 1 + `+run.args[len(run.args)-1], 5*time.Second)
		p.do(chromedp.KeyEvent(kb.Home))
		p.wait(step+` === 0`, 5*time.Second)
		p.do(chromedp.KeyEvent(" "))
		p.wait(step+` > 10`, 10*time.Second)
		p.do(chromedp.KeyEvent(kb.End))
		p.wait(step+` === Number(document.querySelector('#scrub').max)`, 5*time.Second)

		// Every method leaves its trail on the map, and takes it away when it is switched off.
		await[bool](p, frames(2))
		drawn := `(() => { let sum = 0; for (const v of ` + pixels + `(document.querySelector('#map canvas'))) sum = (sum * 31 + v) | 0; return sum })()`
		with := js[float64](p, drawn)
		p.do(chromedp.KeyEvent("1"))
		p.wait(`!document.querySelector('#legend input').checked`, 5*time.Second)
		await[bool](p, frames(2))
		if js[float64](p, drawn) == with {
			t.Error("a method that is switched off is still drawn")
		}
		before := js[string](p, `document.documentElement.dataset.theme`)
		p.do(chromedp.KeyEvent("t"))
		p.wait(`document.documentElement.dataset.theme !== '`+before+`'`, 5*time.Second)
		p.wait(`document.querySelector('#curve canvas').getAttribute('aria-label') !== 'Curve'`, 5*time.Second)
		p.stayedHome()
	}
}
