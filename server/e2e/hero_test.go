package e2e

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"thalweg/server"
	"thalweg/sim/labs"
)

// The gallery's first picture is five walks that were really made, in parts that a page can play.
func TestHero(t *testing.T) {
	s, err := server.New(server.Options{Labs: labs.All, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	for _, theme := range []string{"light", "dark"} {
		r, err := http.Get(web.URL + "/hero.svg?theme=" + theme)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "image/svg+xml" || len(data) > 220<<10 {
			t.Fatalf("%s: %d %s, %d bytes, %v", theme, r.StatusCode, r.Header.Get("Content-Type"), len(data), err)
		}
		classes := map[string]int{}
		for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			for _, a := range e.Attr {
				if ok && a.Name.Local == "class" {
					classes[a.Value]++
				}
				if a.Name.Local == "data-pace" {
					if shares := strings.Fields(a.Value); len(shares) != 61 || shares[0] != "0" || shares[60] != "1" {
						t.Errorf("a pace of %d shares from %s to %s", len(shares), shares[0], shares[len(shares)-1])
					}
				}
				if a.Name.Local == "style" {
					t.Errorf("<%s style=…> is refused by the page's policy", e.Name.Local)
				}
			}
		}
		for _, class := range []string{"hero-reveal", "hero-start", "hero-label", "hero-head"} {
			if classes[class] != 5 {
				t.Errorf("%s: %d parts of class %s, want 5", theme, classes[class], class)
			}
		}
	}
}
