package static

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thalweg/sim/figure"
)

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A method looks the same on the page and in a figure, and so does what is around it: the tokens of the style sheet are
// the colours of sim/figure, in both places where the dark ones stand.
func TestTokensAreTheColoursOfFigures(t *testing.T) {
	token := regexp.MustCompile(`--([a-z0-9-]+): ([^;]+);`)
	blocks := regexp.MustCompile(`(?m)^ +color-scheme: `).Split(readText(t, "css/base.css"), -1)[1:]
	if len(blocks) != 3 {
		t.Fatalf("base.css sets %d schemes, want light once and dark twice", len(blocks))
	}
	for i, block := range blocks {
		theme, dark := figure.Light, strings.HasPrefix(block, "dark")
		if dark {
			theme = figure.Dark
		}
		if dark != (i > 0) {
			t.Fatalf("scheme %d of base.css is dark: %v", i, dark)
		}
		want := map[string]string{
			"paper": theme.Paper, "bench": theme.Bench, "wash": theme.Wash, "line": theme.Line, "line-2": theme.Line2, "line-3": theme.Line3,
			"ink": theme.Ink, "ink-2": theme.Ink2, "ink-3": theme.Ink3, "accent": theme.Accent, "case": theme.Casing, "grid": theme.Grid,
			"contour": veil(t, theme.Contour, theme.Minor), "contour-i": veil(t, theme.Contour, theme.Major),
		}
		for slot := 1; slot <= 8; slot++ {
			want[fmt.Sprintf("m%d", slot)] = figure.Styles[slot].Light
			if dark {
				want[fmt.Sprintf("m%d", slot)] = figure.Styles[slot].Dark
			}
		}
		got := map[string]string{}
		for _, m := range token.FindAllStringSubmatch(block, -1) {
			if _, seen := got[m[1]]; !seen {
				got[m[1]] = m[2]
			}
		}
		for name, colour := range want {
			if got[name] != colour {
				t.Errorf("scheme %d: --%s is %q, figures have %q", i, name, got[name], colour)
			}
		}
	}
}

// veil writes a colour with an opacity as CSS does.
func veil(t *testing.T, hex string, opacity float64) string {
	t.Helper()
	v, err := strconv.ParseUint(hex[1:], 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("rgba(%d, %d, %d, %s)", v>>16, v>>8&255, v&255, strconv.FormatFloat(opacity, 'f', -1, 64))
}

// The dashes of the slots are those of figures.
func TestDashesAreThoseOfFigures(t *testing.T) {
	m := regexp.MustCompile(`DASHES = (\[.*\]);`).FindStringSubmatch(readText(t, "js/marks.js"))
	if m == nil {
		t.Fatal("marks.js has no DASHES")
	}
	var got [][]float64
	if err := json.Unmarshal([]byte(m[1]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(figure.Styles) {
		t.Fatalf("the page has %d dashes, figures %d", len(got), len(figure.Styles))
	}
	for slot, s := range figure.Styles {
		if !slices.Equal(got[slot], s.Dash) {
			t.Errorf("slot %d is dashed %v, in figures %v", slot, got[slot], s.Dash)
		}
	}
}

// The markers of the slots are those of figures, to the three decimals that those keep.
func TestMarkersAreThoseOfFigures(t *testing.T) {
	js := readText(t, "js/marks.js")
	m := regexp.MustCompile(`(?s)CORNERS = \[\s*\[\], \[\],\n(.*?)\n\];`).FindStringSubmatch(js)
	if m == nil {
		t.Fatal("marks.js has no CORNERS that begin with an unused entry and the circle")
	}
	constants := strings.NewReplacer("UP", strconv.FormatFloat(-math.Pi/2, 'g', -1, 64), "P", "1.15", "Q", "0.38", " ", "")
	if !strings.Contains(js, "P = 1.15, Q = 0.38;") || !strings.Contains(js, "UP = -Math.PI / 2") {
		t.Fatal("marks.js has other constants than this test")
	}
	lines := strings.Split(m[1], "\n")
	if len(lines) != 7 {
		t.Fatalf("the page has %d markers with corners, want 7", len(lines))
	}
	for i, line := range lines {
		slot := i + 2
		text := constants.Replace(strings.TrimSuffix(strings.TrimSpace(line), ","))
		inner, polygon := strings.CutPrefix(text, "ring(")
		var v []float64
		if err := json.Unmarshal([]byte("["+strings.Trim(inner, "()[]")+"]"), &v); err != nil {
			t.Fatalf("slot %d: %s: %v", slot, text, err)
		}
		if polygon {
			n, outer, inner, turn := v[0], v[1], v[2], v[3]
			v = nil
			for k := range int(n) {
				r, a := outer, turn+2*math.Pi*float64(k)/n
				if k%2 == 1 {
					r = inner
				}
				v = append(v, r*math.Cos(a), r*math.Sin(a))
			}
		}
		if !slices.EqualFunc(v, figure.Styles[slot].Corners, func(a, b float64) bool { return math.Abs(a-b) <= 5.1e-4 }) {
			t.Errorf("slot %d has the corners %v, in figures %v", slot, v, figure.Styles[slot].Corners)
		}
	}
	if figure.Styles[1].Corners != nil {
		t.Error("slot 1 is no circle in figures")
	}
}

// The ramps of the page have the names of those of figures, and the tables the colours.
func TestRampsAreThoseOfFigures(t *testing.T) {
	js := readText(t, "js/ramp.js")
	m := regexp.MustCompile(`RAMPS = \[(.*)\];`).FindStringSubmatch(js)
	if m == nil {
		t.Fatal("ramp.js has no RAMPS")
	}
	if got := strings.Split(strings.ReplaceAll(m[1], "'", ""), ", "); !slices.Equal(got, figure.Ramps) {
		t.Errorf("the page offers %v, figures %v", got, figure.Ramps)
	}
	for _, name := range figure.Ramps[1:] {
		m := regexp.MustCompile(name + `: '([A-Za-z0-9+/=]+)'`).FindStringSubmatch(js)
		if m == nil {
			t.Errorf("ramp.js has no table of %s", name)
			continue
		}
		table, err := base64.StdEncoding.DecodeString(m[1])
		if err != nil || len(table) != 3*256 {
			t.Errorf("the table of %s has %d bytes: %v", name, len(table), err)
			continue
		}
		for i := range 256 {
			c := figure.Colour(name, false, float64(i)/255)
			for k, v := range [3]uint8{c.R, c.G, c.B} {
				if got := table[3*i+k]; math.Abs(float64(got)-float64(v)) > 2 { // figures interpolate between every fifth entry
					t.Errorf("%s: channel %d at %d is %d, in figures %d", name, k, i, got, v)
				}
			}
		}
	}
}
