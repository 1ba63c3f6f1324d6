package figure

import (
	"math"
	"strings"
)

// A Style is how the methods of a slot are told apart: colour, dash and marker always ride along together.
type Style struct {
	Light, Dark string
	// Dash is a pattern for a line of width 2, empty for a solid one.
	Dash []float64
	// Corners of the marker for radius 1, x and y in turn, y downwards; the circle has none.
	Corners []float64
}

// Styles are those of the slots 1 to 8; entry 0 is unused.
var Styles = [9]Style{
	{},
	{"#0668bd", "#4f83f5", nil, nil},
	{"#d27c08", "#fe9a2d", []float64{8, 4}, []float64{-.9, -.9, .9, -.9, .9, .9, -.9, .9}},
	{"#00855f", "#76b08d", []float64{2, 4}, []float64{0, -1.15, 1.1, .85, -1.1, .85}},
	{"#a86387", "#b76391", []float64{9, 3, 2, 3}, ring(4, 1.25, 1.25, -math.Pi/2)},
	{"#ca2d41", "#d34729", []float64{14, 4}, []float64{0, 1.15, -1.1, -.85, 1.1, -.85}},
	{"#2c93c0", "#49c8f6", []float64{5, 3}, ring(6, 1.08, 1.08, 0)},
	{"#5c5500", "#ededaf", []float64{12, 3, 2, 3, 2, 3}, []float64{-.38, -1.15, .38, -1.15, .38, -.38, 1.15, -.38, 1.15, .38, .38, .38, .38, 1.15, -.38, 1.15, -.38, .38, -1.15, .38, -1.15, -.38, -.38, -.38}},
	{"#313131", "#d4dbdd", []float64{1, 3}, ring(10, 1.35, .6, -math.Pi/2)},
}

// DashArray is the pattern for a line of a width, as the attribute stroke-dasharray holds it.
func (s Style) DashArray(width float64) string {
	parts := make([]string, len(s.Dash))
	for i, d := range s.Dash {
		parts[i] = two(d * width / 2)
	}
	return strings.Join(parts, " ")
}

// Marker is the outline of a marker of radius r around the origin, as the path of an SVG.
func (s Style) Marker(r float64) string {
	if s.Corners == nil {
		a := two(r)
		return "M" + a + " 0A" + a + " " + a + " 0 1 1-" + a + " 0A" + a + " " + a + " 0 1 1 " + a + " 0Z"
	}
	var b strings.Builder
	for i := 0; i < len(s.Corners); i += 2 {
		b.WriteString([]string{"M", "L"}[min(i, 1)] + two(r*s.Corners[i]) + " " + two(r*s.Corners[i+1]))
	}
	return b.String() + "Z"
}

// ring has n corners on two circles in turn, to three decimals.
func ring(n int, outer, inner, turn float64) []float64 {
	var out []float64
	for i := range n {
		r, a := outer, turn+2*math.Pi*float64(i)/float64(n)
		if i%2 == 1 {
			r = inner
		}
		out = append(out, math.Round(1000*r*math.Cos(a))/1000, math.Round(1000*r*math.Sin(a))/1000)
	}
	return out
}

// A Theme is the colours of everything that is no method.
type Theme struct {
	Paper   string `json:"paper"`
	Bench   string `json:"bench"`
	Wash    string `json:"wash"`
	Line    string `json:"line"`
	Line2   string `json:"line2"`
	Line3   string `json:"line3"`
	Ink     string `json:"ink"`
	Ink2    string `json:"ink2"`
	Ink3    string `json:"ink3"`
	Accent  string `json:"accent"`
	Casing  string `json:"casing"`
	Grid    string `json:"grid"`
	Contour string `json:"contour"`
	// Minor and Major are the opacities of contours.
	Minor float64 `json:"minor"`
	Major float64 `json:"major"`
}

// The themes of the page.
var (
	Light = Theme{"#fcfcfa", "#f4f4ef", "#efefe9", "#e0e0d9", "#c9cac2", "#85887f", "#15191b", "#4c5559", "#626b6f", "#0b6572", "#fcfcfa", "#ecece6", "#152830", .30, .62}
	Dark  = Theme{"#12171a", "#171d20", "#1d2428", "#252d31", "#39444a", "#6f7c82", "#e9eded", "#aab5b8", "#8b979b", "#63c3cf", "#0c1012", "#20282c", "#d6ecf0", .24, .55}
)

// The typefaces: sans for the instrument, serif for the names of axes.
const (
	Sans  = `'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif`
	serif = `Charter, 'Bitstream Charter', 'Iowan Old Style', Palatino, 'Noto Serif', 'Liberation Serif', Georgia, serif`
)
