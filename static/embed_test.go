package static

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

// What is vendored is what its list says, by the byte.
func TestVendored(t *testing.T) {
	raw, err := FS.ReadFile("vendor/VENDOR.json")
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Files []struct{ File, Name, Version, Licence, SHA256 string }
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"VENDOR.json": true}
	for _, f := range list.Files {
		listed[f.File] = true
		b, err := FS.ReadFile("vendor/" + f.File)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != f.SHA256 {
			t.Errorf("%s has SHA-256 %s, the list says %s", f.File, got, f.SHA256)
		}
		if f.Name == "" || f.Version == "" || f.Licence == "" {
			t.Errorf("%s lacks its name, version or licence", f.File)
		}
	}
	err = fs.WalkDir(FS, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !listed[strings.TrimPrefix(name, "vendor/")] {
			t.Errorf("%s is not in the list", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Files) == 0 {
		t.Error("the list of vendored files is empty")
	}
}

// No page asks another host for anything.
func TestNoOtherHost(t *testing.T) {
	host := regexp.MustCompile(`https?://[a-z0-9.-]+`)
	seen := 0
	for _, dir := range []string{"js", "css"} {
		err := fs.WalkDir(FS, dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := FS.ReadFile(name)
			if err != nil {
				return err
			}
			seen++
			for _, at := range host.FindAllString(string(b), -1) {
				if !strings.HasSuffix(at, "www.w3.org") {
					t.Errorf("%s refers to %s", name, at)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 10 {
		t.Errorf("only %d files were looked at", seen)
	}
}

// Modules import only files that are here.
func TestImports(t *testing.T) {
	imports := regexp.MustCompile(`(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]`)
	err := fs.WalkDir(FS, "js", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := FS.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range imports.FindAllStringSubmatch(string(b), -1) {
			if _, err := fs.Stat(FS, path.Join(path.Dir(name), m[1])); err != nil {
				t.Errorf("%s imports %s, which is not here", name, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The notices name every library that is vendored.
func TestNotices(t *testing.T) {
	notices, err := FS.ReadFile("NOTICES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"three.js 0.187.0", "vendor/three.js",
		"KaTeX 0.19.1", "vendor/katex.js", "vendor/katex.css", "vendor/fonts", "gifenc 1.0.3", "vendor/gifenc.js", "CC BY 4.0"} {
		if !strings.Contains(string(notices), want) {
			t.Errorf("NOTICES.md does not say %q", want)
		}
	}
}

// The contrasts that the tokens promise, recomputed by the WCAG 2 formula.
func TestContrast(t *testing.T) {
	css, err := FS.ReadFile("css/base.css")
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)
	blocks := strings.SplitN(string(css), "(prefers-color-scheme: dark)", 2)
	for i, name := range []string{"light", "dark"} {
		c := map[string]string{}
		for _, m := range token.FindAllStringSubmatch(strings.SplitN(blocks[i], "\n}", 2)[0], -1) {
			c[m[1]] = m[2]
		}
		for _, p := range []struct {
			ink, on string
			least   float64
		}{{"ink", "paper", 7}, {"ink-2", "paper", 7}, {"ink-3", "paper", 4.5}, {"ink-3", "wash", 4.5}, {"ink", "wash-2", 7}, {"ink-2", "wash-2", 4.5}, {"accent", "paper", 4.5},
			{"line-3", "paper", 3}, {"line-3", "bench", 3}, {"holds", "holds-wash", 4.5}, {"fails", "fails-wash", 4.5}, {"wait", "wash", 4.5}, {"div", "div-wash", 4.5},
			{"m1", "paper", 3}, {"m2", "paper", 3}, {"m3", "paper", 3}, {"m4", "paper", 3}, {"m5", "paper", 3}, {"m6", "paper", 3}, {"m7", "paper", 3}, {"m8", "paper", 3}} {
			if c[p.ink] == "" || c[p.on] == "" {
				t.Errorf("%s: no token %s or %s", name, p.ink, p.on)
			} else if got := contrast(t, c[p.ink], c[p.on]); got < p.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want at least %g", name, p.ink, p.on, got, p.least)
			}
		}
	}
}

// The letters of formulas are text: they are read on every ground that carries them.
func TestSymbolContrast(t *testing.T) {
	token := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)
	read := func(name string) [2]map[string]string {
		css, err := FS.ReadFile("css/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var themes [2]map[string]string
		for i, part := range strings.SplitN(string(css), "(prefers-color-scheme: dark)", 2) {
			themes[i] = map[string]string{}
			for _, m := range token.FindAllStringSubmatch(strings.SplitN(part, "\n}", 2)[0], -1) {
				themes[i][m[1]] = m[2]
			}
		}
		return themes
	}
	base, teach := read("base.css"), read("teach.css")
	for i, theme := range []string{"light", "dark"} {
		for k := 1; k <= 6; k++ {
			sym := fmt.Sprintf("sym-%d", k)
			for _, on := range []string{"paper", "bench", "raised", "wash"} {
				if teach[i][sym] == "" {
					t.Fatalf("%s: no token %s", theme, sym)
				}
				if got := contrast(t, teach[i][sym], base[i][on]); got < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f, want at least 4.5", theme, sym, on, got)
				}
			}
		}
	}
}
