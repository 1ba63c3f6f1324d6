package figure

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"thalweg/landscape"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 4, "0"}, {1240, 4, "1\u2009240"}, {-3.5, 4, "\u22123.5"}, {3.2e-5, 4, "3.2e\u22125"}, {1e-5, 4, "1e\u22125"}, {0.0043, 4, "0.0043"},
		{1.23456, 4, "1.235"}, {123456, 4, "1.2e5"}, {99999.6, 4, "100\u2009000"}, {24490.12, 4, "24\u2009490"}, {2229.4, 4, "2\u2009229"}, {math.NaN(), 4, "–"}, {0.01, 3, "0.01"}, {850.4, 2, "850"},
	} {
		if got := Number(c.v, c.digits); got != c.want {
			t.Errorf("Number(%v, %d) = %q, want %q", c.v, c.digits, got, c.want)
		}
	}
	if got := Whole(-1234567); got != "\u22121\u2009234\u2009567" {
		t.Errorf("Whole = %q", got)
	}
}

// The ends of the ramps are those of the page, and low ground is never the paler end of sounding.
func TestShade(t *testing.T) {
	for _, c := range []struct {
		ramp string
		dark bool
		at   float64
		want string
	}{
		{"sounding", false, 0, "#3594a9"}, {"sounding", false, 1, "#f7f6ef"}, {"sounding", true, 0, "#38b1bd"}, {"sounding", true, 1, "#141b1e"},
		{"viridis", false, 0, "#440154"}, {"viridis", false, 1, "#fde725"}, {"cividis", true, 0, "#002051"}, {"magma", false, 1, "#fcfdbf"}, {"magma", false, 7, "#fcfdbf"},
	} {
		got, want := channels(t, Shade(c.ramp, c.dark, c.at)), channels(t, c.want)
		for k := range got {
			if math.Abs(got[k]-want[k]) > 1 { // the page's table was sampled by another rounding
				t.Errorf("%s at %v is %v, want %s", c.ramp, c.at, got, c.want)
			}
		}
	}
}

func channels(t *testing.T, hex string) (c [3]float64) {
	t.Helper()
	for k := range c {
		v, err := strconv.ParseUint(hex[1+2*k:3+2*k], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c[k] = float64(v)
	}
	return c
}

// No point of the true line is farther from the simplified one than the tolerance, but for the two ends of a step that
// both may be off.
func TestSimplify(t *testing.T) {
	for name, at := range map[string]func(i int) landscape.Point{
		"circle": func(i int) landscape.Point {
			a := float64(i) / 50
			return landscape.Point{100 * math.Cos(a), 100 * math.Sin(a)}
		},
		"swing": func(i int) landscape.Point {
			return landscape.Point{float64(i) / 10, 30 * math.Cos(float64(i)) * math.Exp(-float64(i)/200)}
		},
		"there and back": func(i int) landscape.Point { return landscape.Point{math.Abs(float64(i%100) - 50), 0} },
		"standing":       func(int) landscape.Point { return landscape.Point{1, 2} },
	} {
		line := make([]landscape.Point, 1000)
		for i := range line {
			line[i] = at(i)
		}
		parts := simplify(line, .1)
		if len(parts) != 1 || parts[0][0] != line[0] || parts[0][len(parts[0])-1] != line[999] {
			t.Fatalf("%s: %d parts, or other ends", name, len(parts))
		}
		for _, p := range line {
			best := math.Inf(1)
			for i := 1; i < len(parts[0]); i++ {
				best = min(best, toSegment(p, parts[0][i-1], parts[0][i]))
			}
			if best > .2 {
				t.Errorf("%s: a point is %.3f off", name, best)
				break
			}
		}
		if name != "swing" && len(parts[0]) > 500 {
			t.Errorf("%s: %d of 1000 points are left", name, len(parts[0]))
		}
	}
	nan := math.NaN()
	if parts := simplify([]landscape.Point{{0, 0}, {1, 0}, {nan, 0}, {3, 0}, {4, 0}}, .1); len(parts) != 2 {
		t.Errorf("a hole parts a line into %d", len(parts))
	}
}

func toSegment(p, a, b landscape.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	f := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		f = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/d))
	}
	return math.Hypot(p[0]-a[0]-f*dx, p[1]-a[1]-f*dy)
}

func TestPen(t *testing.T) {
	var p pen
	p.line([]landscape.Point{{0, -.5}, {0, -.5}, {1.25, 10}, {1.2, 10}, {0, -.5}}, true)
	if got := string(p.b); got != "M0-.5l1.25 10.5-.05 0z" {
		t.Errorf("path %q", got)
	}
}

func TestThin(t *testing.T) {
	v := make([]float64, 1000)
	v[333], v[700] = 5, -5
	got := Thin(v, 60)
	has := func(i int) bool {
		for _, k := range got {
			if k == i {
				return true
			}
		}
		return false
	}
	if len(got) > 62 || !has(0) || !has(333) || !has(700) || !has(999) {
		t.Errorf("%d points, peaks %v and %v", len(got), has(333), has(700))
	}
	for i := 1; i < len(got); i++ {
		if got[i] <= got[i-1] {
			t.Fatalf("not in order at %d", i)
		}
	}
}

// rough has no line longer than a few cells, which no picture of 500 kB can show whole.
type rough struct{}

func (rough) Dim() int                    { return 2 }
func (rough) Loss(x []float64) float64    { return math.Sin(90*x[0]) * math.Cos(110*x[1]) / (1 + x[0]) }
func (rough) Grad(_, x []float64) float64 { return rough{}.Loss(x) }
func sketch(t testing.TB, walks int) *Figure {
	t.Helper()
	p := landscape.Direct(2, [4]float64{-1.2, 1, -1, 1})
	g, err := landscape.Survey(context.Background(), rough{}, p, 121, 121)
	if err != nil {
		t.Fatal(err)
	}
	f := &Figure{Title: `a "title" <with> & more`, Desc: "d", Recipe: []byte(`{"spec":{}}`), ID: "r1", Font: 9, Ramp: "cividis", Notes: []string{"50 % of it & <this>"},
		Map: &Map{Grid: g, Height: g.Height(landscape.Log), Axes: [2]string{"x", "a_1 & b"}}, Curve: Curve{Label: "Loss_1", Log: true, Steps: 5000}}
	for k := range walks {
		w := Walk{ID: fmt.Sprintf("w%d", k), Label: `50% {of} $x_1^2 \ η`, Slot: k%8 + 1, Hollow: k > 7}
		for i := range 5000 {
			a := float64(i*i%977)/977 + float64(k)
			w.At, w.S, w.T = append(w.At, float64(i)), append(w.S, math.Sin(9*a)), append(w.T, math.Cos(37*a))
			w.Off = append(w.Off, float64(i%50)/50)
			w.Step, w.Value = append(w.Step, float64(i)), append(w.Value, math.Abs(math.Sin(float64(i*k))))
		}
		w.S[70], w.T[70] = 1e200, -1e300
		w.S[90] = math.NaN()
		f.Walks = append(f.Walks, w)
	}
	return f
}

func TestCrowdedFigures(t *testing.T) {
	for _, walks := range []int{0, 1, 10} {
		f := sketch(t, walks)
		var b bytes.Buffer
		if err := f.SVG(&b); err != nil {
			t.Fatal(err)
		}
		if b.Len() >= maxSVG || bytes.Contains(b.Bytes(), []byte("NaN")) || bytes.Contains(b.Bytes(), []byte("e+")) {
			t.Errorf("%d walks: %d bytes, or numbers that are none", walks, b.Len())
		}
		if thinned := strings.Contains(b.String(), "Trails are drawn through one of"); thinned != (walks > 1) {
			t.Errorf("%d walks: thinned %v", walks, thinned)
		}
		b.Reset()
		if err := f.PGF(&b, "f"); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 1_500_000 {
			t.Errorf("%d walks: the zip has %d bytes", walks, b.Len())
		}
	}
	f := sketch(t, 1)
	f.Walks[0].Slot = 9
	if f.SVG(io.Discard) == nil {
		t.Error("a ninth slot was drawn")
	}
}

func TestTeXText(t *testing.T) {
	if got, want := texText("50% {of} $x_1^2 \\ η − ~<b> 値"), `50\% \{of\} \$x\_1\textasciicircum{}2 \textbackslash{} $\eta$ $-$ \textasciitilde{}$<$b$>$ ?`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A bowl lies in closed bands, one in another, and a level outside of the ground has none.
func TestBands(t *testing.T) {
	g := &landscape.Grid{Rows: 3, Columns: 3, Range: [4]float64{0, 2, 0, 2}, Values: []float64{2, 1, 2, 1, 0, 1, 2, 1, 2}, Min: 0, Median: 1, Max: 2}
	base, got := bands(&Map{Grid: g, Height: g.Height(landscape.Linear)})
	if len(got) < 4 || base <= 0 {
		t.Fatalf("%d bands above %v", len(got), base)
	}
	for i, b := range got {
		if i > 0 && (b.loss <= got[i-1].loss || b.place <= got[i-1].place) {
			t.Errorf("band %d does not lie above the one before", i)
		}
		for _, line := range b.region {
			if line[0] != line[len(line)-1] {
				t.Errorf("the border of band %d is open: %v to %v", i, line[0], line[len(line)-1])
			}
		}
	}
}
