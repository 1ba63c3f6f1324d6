package figure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"thalweg/landscape"
)

// maxSVG is the largest picture that is written; papers and their editors choke on more.
const maxSVG = 500_000

// The measures of the page in points; those of lines and text grow with the font.
const (
	figureWidth = 460
	mapShare    = .74 // height of the map by its width
	curveHeight = 130
	offSteps    = 6 // off-plane trails thin in so many steps
	// The sizes of contour labels and notes by the font.
	labelSize, noteSize = .92, .92
)

// SVG writes the figure as vectors and text, always below 500 kB: what is crowded is simplified first, then thinned,
// and a note says so.
func (f *Figure) SVG(w io.Writer) error {
	if err := f.Check(); err != nil {
		return err
	}
	s := newSheet(f)
	if f.Map != nil {
		s.b.Grow(maxSVG / 2)
		for d := (detail{tolerance: .03}); ; d = d.coarser() {
			s.b.Reset()
			s.drawGround(d)
			if s.b.Len() < maxSVG/2 {
				break
			}
		}
		s.painted = slices.Clone(s.b.Bytes())
	}
	for d := (detail{tolerance: .03, every: 1}); d.every < 1<<20; d = d.coarser() {
		if b := s.draw(d); len(b) < maxSVG {
			_, err := w.Write(b)
			return err
		}
	}
	return errors.New("the figure has too many lines for 500 kB; fewer methods or replicas would fit")
}

// A detail is how much of the lines is drawn.
type detail struct {
	// tolerance is how far, in points, a simplified line may be from the true one.
	tolerance float64
	// every is the stride of thinned trails; of contours only the major ones are left when it is above 1.
	every int
}

// coarser is the next detail below: up to half a point nobody sees a difference, beyond it trails are thinned.
func (d detail) coarser() detail {
	if d.tolerance < .4 {
		d.tolerance *= 1.7
	} else {
		d.every = max(2, 2*d.every)
		d.tolerance *= 1.1
	}
	return d
}

// A box is a part of the sheet, y downwards.
type box struct{ x0, y0, x1, y1 float64 }

// A sheet is a figure laid out.
type sheet struct {
	*Figure
	k      float64 // points for a pixel of the page
	ground box
	curve  box
	legend float64 // top of the legend
	base   float64
	bands  []band
	// painted is the ground, drawn once; thinned is the note on what the rest left out.
	painted []byte
	thinned string
	b       bytes.Buffer
}

func newSheet(f *Figure) *sheet {
	s := &sheet{Figure: f, k: f.Font / 12}
	left, right := 4.4*f.Font, float64(figureWidth)-1.6*f.Font
	y := f.Font
	if f.Map != nil {
		s.ground = box{left, y, right, y + mapShare*(right-left)}
		y = s.ground.y1 + 4.2*f.Font
		s.base, s.bands = bands(f.Map)
	}
	y += 1.4 * f.Font
	s.curve = box{left, y, right, y + curveHeight}
	s.legend = s.curve.y1 + 4.2*f.Font
	return s
}

// x and y are the places of the map's coordinates on the sheet.
func (s *sheet) x(v float64) float64 {
	r := s.Map.Grid.Range
	return s.ground.x0 + (v-r[0])/(r[1]-r[0])*(s.ground.x1-s.ground.x0)
}

func (s *sheet) y(v float64) float64 {
	r := s.Map.Grid.Range
	return s.ground.y1 - (v-r[2])/(r[3]-r[2])*(s.ground.y1-s.ground.y0)
}

func (s *sheet) inside(p landscape.Point) bool {
	r := s.Map.Grid.Range
	return p[0] >= r[0] && p[0] <= r[1] && p[1] >= r[2] && p[1] <= r[3]
}

func (s *sheet) put(format string, args ...any) { fmt.Fprintf(&s.b, format, args...) }

// two writes a number with at most two decimals.
func two(v float64) string {
	p := pen{}
	p.number(hundredths(v), true)
	return string(p.b)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// textWidth estimates the width of a text in a sans typeface.
func textWidth(text string, size float64) (w float64) {
	for _, r := range text {
		switch {
		case strings.ContainsRune("iljtfrI .,:;'|!()\u2009", r):
			w += .3
		case strings.ContainsRune("mwMW%", r):
			w += .86
		case r >= 'A' && r <= 'Z':
			w += .7
		default:
			w += .56
		}
	}
	return w * size
}

// escaped makes text safe in XML, without what XML cannot hold.
func escaped(text string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text))
}

// text writes a line of text; how holds further attributes.
func (s *sheet) text(x, y float64, how, text string) {
	s.put(`<text x="%s" y="%s"%s>%s</text>`, two(x), two(y), how, escaped(text))
}

func (s *sheet) draw(d detail) []byte {
	s.b.Reset()
	s.thinned = ""
	if d.every > 1 {
		s.thinned = "Trails are drawn through one of " + Whole(d.every) + " steps."
	}
	t := Light
	bottom := s.measureLegend()
	s.put(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%dpt" height="%spt" viewBox="0 0 %d %s" role="img" aria-labelledby="%s-title %s-desc" font-family="%s" font-size="%s" font-weight="500">`,
		figureWidth, two(bottom), figureWidth, two(bottom), s.ID, s.ID, Sans, two(s.Font))
	s.put("\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n", s.ID, escaped(s.Title), s.ID, escaped(s.Desc))
	// The recipe is ASCII without <, > and &.
	s.put("<metadata id=\"thalweg-recipe\">%s</metadata>\n", s.Recipe)
	s.put(`<rect width="%d" height="%s" fill="#fff"/>`+"\n", figureWidth, two(bottom))
	s.put("<defs>")
	if s.Map != nil {
		s.clip("map", s.ground)
		s.put(`<pattern id="%s-hatch" width="%s" height="%s" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="9" height="9" fill="%s"/><path d="M0 0v9" stroke="%s" stroke-width="%s"/></pattern>`,
			s.ID, two(4.2*s.k), two(4.2*s.k), t.Wash, t.Line3, two(1.5*s.k))
	}
	s.clip("curve", box{s.curve.x0, s.curve.y0 - 1, s.curve.x1 + 1, s.curve.y1})
	s.put("</defs>\n")
	if s.Map != nil {
		s.drawMap(d)
	}
	s.drawCurve(d)
	s.drawLegend()
	s.put("</svg>\n")
	return s.b.Bytes()
}

func (s *sheet) clip(name string, b box) {
	s.put(`<clipPath id="%s-clip-%s"><rect x="%s" y="%s" width="%s" height="%s"/></clipPath>`, s.ID, name, two(b.x0), two(b.y0), two(b.x1-b.x0), two(b.y1-b.y0))
}

// shown reports whether a contour is drawn: where there are too many, only the major ones are.
func (s *sheet) shown(i int, d detail) bool { return d.every <= 1 || s.bands[i].major }

// rings simplifies closed lines; those too small to be seen go.
func rings(lines [][]landscape.Point, d detail) (out [][]landscape.Point) {
	for _, line := range lines {
		for _, part := range simplify(line, d.tolerance) {
			if len(part) > 3 {
				out = append(out, part)
			}
		}
	}
	return out
}

// place puts a line of the map onto the sheet.
func (s *sheet) place(line []landscape.Point) []landscape.Point {
	out := make([]landscape.Point, len(line))
	for i, p := range line {
		out[i] = landscape.Point{s.x(p[0]), s.y(p[1])}
	}
	return out
}

// regions hands over the path of each band that is drawn, low ones first, and returns the lines of all on the sheet.
func (s *sheet) regions(d detail, draw func(b *band, path []byte)) [][][]landscape.Point {
	lines := make([][][]landscape.Point, len(s.bands))
	for i := range s.bands {
		b := &s.bands[i]
		for _, line := range b.region {
			lines[i] = append(lines[i], s.place(line))
		}
		if !s.shown(i, d) {
			continue
		}
		var p pen
		for _, part := range rings(lines[i], d) {
			p.line(part, true)
		}
		if len(p.b) > 0 {
			draw(b, p.b)
		}
	}
	return lines
}

// hatched is the path of the cells without a value.
func (s *sheet) hatched() []byte {
	var p pen
	for _, c := range holes(s.Map.Grid) {
		p.line(s.place([]landscape.Point{{c[0], c[2]}, {c[1], c[2]}, {c[1], c[3]}, {c[0], c[3]}, {c[0], c[2]}}), true)
	}
	return p.b
}

// drawGround fills the ground between its contours.
func (s *sheet) drawGround(d detail) {
	t := Light
	s.put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n", two(s.ground.x0), two(s.ground.y0), two(s.ground.x1-s.ground.x0), two(s.ground.y1-s.ground.y0), Shade(s.Ramp, false, s.base))
	s.put(`<g fill-rule="evenodd" stroke="%s" stroke-linejoin="round">`+"\n", t.Contour)
	lines := s.regions(d, func(b *band, path []byte) {
		opacity, wide := t.Minor, .7
		if b.major {
			opacity, wide = t.Major, 1.1
		}
		s.put(`<path fill="%s" stroke-opacity="%s" stroke-width="%s" d="%s"/>`+"\n", Shade(s.Ramp, false, b.place), two(opacity), two(wide*s.k), path)
	})
	s.put("</g>\n")
	if path := s.hatched(); len(path) > 0 {
		s.put(`<path fill="url(#%s-hatch)" d="%s"/>`+"\n", s.ID, path)
	}
	s.labelContours(lines)
}

func (s *sheet) drawMap(d detail) {
	t, g := Light, s.Map.Grid
	s.put(`<g id="%s-landscape"><g clip-path="url(#%s-clip-map)">`+"\n", s.ID, s.ID)
	s.b.Write(s.painted)
	s.drawTrails(d)
	s.put("</g>\n")
	for _, m := range s.Map.Minima {
		if s.inside(m.At) {
			s.cross(s.x(m.At[0]), s.y(m.At[1]), true)
		}
	}
	if p := s.Map.Start; p != nil && s.inside(*p) {
		s.put(`<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s" stroke-width="%s"/><circle cx="%[1]s" cy="%[2]s" r="%[3]s" fill="none" stroke="%[7]s" stroke-width="%[8]s"/>`+"\n",
			two(s.x(p[0])), two(s.y(p[1])), two(5*s.k), t.Casing, t.Casing, two(4.5*s.k), t.Ink, two(1.6*s.k))
	}
	for _, w := range s.Walks {
		if n := len(w.S); n > 0 && s.inside(landscape.Point{w.S[n-1], w.T[n-1]}) {
			s.marker(&w, s.x(w.S[n-1]), s.y(w.T[n-1]), 5*s.k)
		}
	}
	for _, m := range s.Map.Minima {
		if s.inside(m.At) {
			s.cross(s.x(m.At[0]), s.y(m.At[1]), false)
		}
	}
	s.labelPlaces()
	s.put(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="%s" stroke-width="%s"/>`+"\n", two(s.ground.x0), two(s.ground.y0), two(s.ground.x1-s.ground.x0), two(s.ground.y1-s.ground.y0), t.Ink2, two(s.k))
	across := ticks(g.Range[0], g.Range[1], 6)
	up := ticks(g.Range[2], g.Range[3], 5)
	s.axis(s.ground, across, up, s.x, s.y)
	s.title(s.ground, s.Map.Axes)
	if g.Holes > 0 {
		what := "cells without a value"
		if g.Holes == 1 {
			what = "cell without a value"
		}
		s.text(s.ground.x0+8*s.k, s.ground.y1-8*s.k, s.cased(Light.Ink2), Whole(g.Holes)+" "+what)
	}
	s.put("</g>\n")
}

// axis draws ticks with their numbers along the lower and the left side.
func (s *sheet) axis(b box, across, up []tick, x, y func(float64) float64) {
	t := Light
	var d strings.Builder
	s.put(`<g fill="%s" text-anchor="middle">`, t.Ink3)
	for _, a := range across {
		fmt.Fprintf(&d, "M%s %sv%s", two(x(a.at)), two(b.y1), two(4*s.k))
		s.text(x(a.at), b.y1+4*s.k+1.1*s.Font, "", a.text)
	}
	s.put(`</g><g fill="%s" text-anchor="end">`, t.Ink3)
	for _, a := range up {
		fmt.Fprintf(&d, "M%s %sh%s", two(b.x0), two(y(a.at)), two(-4*s.k))
		s.text(b.x0-4*s.k-.4*s.Font, y(a.at)+.35*s.Font, "", a.text)
	}
	s.put(`</g><path d="%s" stroke="%s" stroke-width="%s" fill="none"/>`+"\n", d.String(), t.Line3, two(s.k))
}

// title names the axes: a letter stands upright, words run along the axis.
func (s *sheet) title(b box, names [2]string) {
	how := fmt.Sprintf(` text-anchor="middle" font-family="%s" font-style="italic" font-weight="400" font-size="%s" fill="%s"`, serif, two(1.15*s.Font), Light.Ink2)
	s.text((b.x0+b.x1)/2, b.y1+4*s.k+2.6*s.Font, how, names[0])
	x, y := 1.2*s.Font, (b.y0+b.y1)/2
	if utf8.RuneCountInString(names[1]) > 2 {
		how += fmt.Sprintf(` transform="rotate(-90 %s %s)"`, two(x), two(y))
	}
	s.text(x, y, how, names[1])
}

// cased gives text a casing, so that it stays readable on the ground.
func (s *sheet) cased(colour string) string {
	return fmt.Sprintf(` fill="%s" stroke="%s" stroke-width="%s" stroke-linejoin="round" paint-order="stroke"`, colour, Light.Casing, two(3*s.k))
}

func (s *sheet) cross(x, y float64, casing bool) {
	r := 7 * s.k
	colour, wide := Light.Ink, 1.6
	if casing {
		colour, wide = Light.Casing, 4.5
	}
	s.put(`<path d="M%s %sh%sM%s %sv%s" stroke="%s" stroke-width="%s" stroke-linecap="round"/>`+"\n", two(x-r), two(y), two(2*r), two(x), two(y-r), two(2*r), colour, two(wide*s.k))
}

// labelPlaces names the start and the minima where there is room for the words.
func (s *sheet) labelPlaces() {
	type label struct {
		x, y float64
		text string
	}
	var all []label
	if p := s.Map.Start; p != nil && s.inside(*p) {
		all = append(all, label{s.x(p[0]), s.y(p[1]) - 9*s.k, "start"})
	}
	for _, m := range s.Map.Minima {
		if s.inside(m.At) {
			all = append(all, label{s.x(m.At[0]), s.y(m.At[1]) + 9*s.k + .7*s.Font, "minimum " + Number(m.Loss, 4)})
		}
	}
	if len(all) > 6 {
		return // many minima speak for themselves
	}
	for _, l := range all {
		wide := textWidth(l.text, s.Font)
		anchor, x := "start", l.x+8*s.k
		if x+wide > s.ground.x1-4*s.k {
			anchor, x = "end", l.x-8*s.k
		}
		s.text(x, min(s.ground.y1-5*s.k, max(s.ground.y0+1.2*s.Font, l.y)), s.cased(Light.Ink)+` text-anchor="`+anchor+`"`, l.text)
	}
}

// LevelText is a level's loss in two digits, for a label on its line.
func LevelText(loss float64) string {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(loss, 'g', 2, 64), 64)
	return Number(v, 2)
}

// A spot is where a contour is labelled: a place of the sheet and the direction of the text there.
type spot struct {
	x, y, angle float64
	text        string
}

// direction is that of the text, as a vector of length 1.
func (s spot) direction() (x, y float64) { return math.Cos(s.angle), math.Sin(s.angle) }

// spots finds places for the losses along the major contours, where the ground is flat and other labels are far.
func (s *sheet) spots(lines [][][]landscape.Point) (taken []spot) {
	for i, b := range s.bands {
		if !b.major {
			continue
		}
		text := LevelText(b.loss)
		half := textWidth(text, labelSize*s.Font) / 2
		margin := half + 6*s.k
		best, score := spot{}, 0.0
		for _, line := range lines[i] {
			stride := max(1, len(line)/60)
			for j := 0; j+2 < len(line); j += stride {
				p, q := line[j], line[j+2]
				x, y := (p[0]+q[0])/2, (p[1]+q[1])/2
				if x < s.ground.x0+margin || x > s.ground.x1-margin || y < s.ground.y0+margin || y > s.ground.y1-margin || math.Hypot(q[0]-p[0], q[1]-p[1]) < .5 {
					continue
				}
				room := 120 * s.k
				for _, o := range taken {
					room = min(room, math.Hypot(o.x-x, o.y-y))
				}
				if room < 2*half+8*s.k {
					continue
				}
				if v := room / (.4 + s.slope(x, y)); v > score {
					angle := math.Atan2(q[1]-p[1], q[0]-p[0])
					if angle > math.Pi/2 {
						angle -= math.Pi
					} else if angle <= -math.Pi/2 {
						angle += math.Pi
					}
					best, score = spot{x, y, angle, text}, v
				}
			}
		}
		if score > 0 {
			taken = append(taken, best)
		}
	}
	return taken
}

func (s *sheet) labelContours(lines [][][]landscape.Point) {
	size := labelSize * s.Font
	s.put(`<g text-anchor="middle" font-size="%s" opacity=".9"%s>`, two(size), s.cased(Light.Ink2))
	for _, at := range s.spots(lines) {
		s.text(at.x, at.y, fmt.Sprintf(` dy="%s" transform="rotate(%s %s %s)"`, two(.35*size), two(at.angle*180/math.Pi), two(at.x), two(at.y)), at.text)
	}
	s.put("</g>\n")
}

// slope is how far the height changes across the map at a place of the sheet, in whole heights.
func (s *sheet) slope(x, y float64) float64 {
	g, h := s.Map.Grid, s.Map.Height
	j := min(g.Columns-2, int((x-s.ground.x0)/(s.ground.x1-s.ground.x0)*float64(g.Columns-1)))
	i := min(g.Rows-2, int((s.ground.y1-y)/(s.ground.y1-s.ground.y0)*float64(g.Rows-1)))
	k, span := i*g.Columns+j, h.Of(g.Max)-h.Of(g.Min)
	v := math.Hypot(h.Of(g.Values[k+1])-h.Of(g.Values[k]), h.Of(g.Values[k+g.Columns])-h.Of(g.Values[k])) / span * float64(max(g.Rows, g.Columns))
	if math.IsNaN(v) {
		return 1e6
	}
	return v
}

// A stretch is a part of a trail of one width, and where its dashes begin.
type stretch struct {
	lines [][]landscape.Point
	level int // 0 on the plane to offSteps at the farthest
	dash  float64
}

// trail is the path of a walk on the sheet.
func (s *sheet) trail(w *Walk, d detail) (out []stretch) {
	var line []landscape.Point
	level, length := 0, 0.0
	flush := func() {
		st := stretch{level: level, dash: length}
		for _, part := range simplify(s.tame(line), d.tolerance) {
			if len(part) > 1 {
				st.lines = append(st.lines, part)
			}
			for i := 1; i < len(part); i++ {
				length += math.Hypot(part[i][0]-part[i-1][0], part[i][1]-part[i-1][1])
			}
		}
		if len(st.lines) > 0 {
			out = append(out, st)
		}
	}
	for i := range w.S {
		if i%d.every != 0 && i < len(w.S)-1 {
			continue
		}
		at := landscape.Point{s.x(w.S[i]), s.y(w.T[i])}
		line = append(line, at)
		if w.Off != nil {
			if l := int(math.Round(offSteps * max(0, min(1, w.Off[i])))); l != level {
				if len(line) > 1 {
					flush()
				}
				line, level = []landscape.Point{at}, l
			}
		}
	}
	if len(line) > 1 {
		flush()
	}
	return out
}

// tame cuts a line off far outside of the map, where numbers grow without being seen.
func (s *sheet) tame(line []landscape.Point) []landscape.Point {
	const far = 3000
	in := func(p landscape.Point) bool { return math.Abs(p[0]) <= far && math.Abs(p[1]) <= far }
	if !slices.ContainsFunc(line, func(p landscape.Point) bool { return !in(p) }) {
		return line
	}
	cut := func(p, q landscape.Point) landscape.Point {
		f := 1.0
		for k := range p {
			if math.Abs(q[k]) > far {
				f = min(f, (math.Copysign(far, q[k])-p[k])/(q[k]-p[k]))
			}
		}
		return landscape.Point{p[0] + f*(q[0]-p[0]), p[1] + f*(q[1]-p[1])}
	}
	var out []landscape.Point
	for i, p := range line {
		switch {
		case in(p):
			if i > 0 && !in(line[i-1]) && finite(line[i-1]) {
				out = append(out, cut(p, line[i-1]))
			}
			out = append(out, p)
		case i > 0 && in(line[i-1]) && finite(p):
			out = append(out, cut(line[i-1], p), landscape.Point{math.NaN(), math.NaN()})
		default:
			out = append(out, landscape.Point{math.NaN(), math.NaN()})
		}
	}
	return out
}

// width is that of a line of a level, in pixels of the page.
func (st *stretch) width() float64 {
	if st.level == 0 {
		return 2
	}
	return 2.6 - 1.6*float64(st.level)/offSteps
}

// drawTrails draws all casings first, then the colours, solid before dashed, so that shared stretches show every method.
func (s *sheet) drawTrails(d detail) {
	trails := make([][]stretch, len(s.Walks))
	s.put("<defs>")
	for i := range s.Walks {
		trails[i] = s.trail(&s.Walks[i], d)
		for j, st := range trails[i] {
			var p pen
			for _, line := range st.lines {
				p.line(line, false)
			}
			s.put(`<path id="%s-t%d-%d" d="%s"/>`+"\n", s.ID, i, j, p.b)
		}
	}
	s.put(`</defs><g fill="none" stroke-linejoin="round"><g stroke="%s" stroke-linecap="round">`, Light.Casing)
	for i := range s.Walks {
		if s.Walks[i].Faint {
			continue
		}
		for j, st := range trails[i] {
			s.put(`<use xlink:href="#%s-t%d-%d" stroke-width="%s"/>`, s.ID, i, j, two((st.width()+3)*s.k))
		}
	}
	s.put("</g>\n")
	s.inTurn(func(i int, w *Walk) {
		for j, st := range trails[i] {
			opacity := 1 - .6*float64(st.level)/offSteps
			if w.Faint {
				opacity *= .35
			}
			s.put(`<use xlink:href="#%s-t%d-%d" stroke="%s" stroke-width="%s"%s%s/>`+"\n", s.ID, i, j, Styles[w.Slot].Light, two(st.width()*s.k), s.dash(w.Slot, st.dash), faded(opacity))
		}
	})
	s.put("</g>\n")
}

// inTurn visits the walks in drawing order: other seeds, then solid lines, then dashed ones.
func (s *sheet) inTurn(f func(i int, w *Walk)) {
	for pass := range 3 {
		for i := range s.Walks {
			w := &s.Walks[i]
			at := 2
			if w.Faint {
				at = 0
			} else if w.Slot == 1 {
				at = 1
			}
			if at == pass {
				f(i, w)
			}
		}
	}
}

func faded(opacity float64) string {
	if opacity == 1 {
		return ""
	}
	return fmt.Sprintf(` opacity="%s"`, two(opacity))
}

func (s *sheet) dash(slot int, offset float64) string {
	pattern := Styles[slot].Dash
	if pattern == nil {
		return ""
	}
	out, period := ` stroke-dasharray="`, 0.0
	for i, v := range pattern {
		if i > 0 {
			out += " "
		}
		out += two(v * s.k)
		period += v * s.k
	}
	out += `"`
	if offset = math.Mod(offset, period); offset > 0 {
		out += fmt.Sprintf(` stroke-dashoffset="%s"`, two(offset))
	}
	return out
}

// marker draws a method's marker with its casing.
func (s *sheet) marker(w *Walk, x, y, r float64) {
	if w.Faint {
		return
	}
	corners := Styles[w.Slot].Corners
	shape := fmt.Sprintf(`<circle cx="%s" cy="%s" r="%s"`, two(x), two(y), two(r))
	if corners != nil {
		var at []string
		for i := 0; i < len(corners); i += 2 {
			at = append(at, two(x+r*corners[i])+","+two(y+r*corners[i+1]))
		}
		shape = `<polygon points="` + strings.Join(at, " ") + `"`
	}
	colour := Styles[w.Slot].Light
	s.put(`<g stroke-linejoin="round">`)
	if w.Hollow {
		s.put(`%s fill="%s" stroke="%s" stroke-width="%s"/>%s fill="%s" stroke="%s" stroke-width="%s"/>`, shape, Light.Casing, Light.Casing, two(5.3*s.k), shape, Light.Casing, colour, two(1.8*s.k))
	} else {
		s.put(`%s fill="%s" stroke="%s" stroke-width="%s"/>%s fill="%s"/>`, shape, Light.Casing, Light.Casing, two(3.5*s.k), shape, colour)
	}
	s.put("</g>\n")
}

func (s *sheet) drawCurve(d detail) {
	t, b, sc := Light, s.curve, s.scale()
	x := func(step float64) float64 {
		return b.x0 + step/float64(max(1, s.Curve.Steps))*(b.x1-b.x0)
	}
	y := func(v float64) float64 { return b.y1 - sc.at(v)*(b.y1-b.y0) }
	s.put(`<g id="%s-curve">`, s.ID)
	name := escaped(s.Curve.Label)
	if sc.note != "" {
		name += fmt.Sprintf(`<tspan font-weight="400" fill="%s" dx="%s">%s</tspan>`, t.Ink3, two(.6*s.Font), sc.note)
	}
	s.put(`<text x="%s" y="%s" font-weight="600" fill="%s">%s</text>`+"\n", two(b.x0), two(b.y0-.7*s.Font), t.Ink, name)
	up := sc.ticks(int((b.y1 - b.y0) / (2.2 * s.Font)))
	var grid strings.Builder
	for _, a := range up {
		fmt.Fprintf(&grid, "M%s %sh%s", two(b.x0), two(y(a.at)), two(b.x1-b.x0))
	}
	s.put(`<path d="%s" stroke="%s" stroke-width="%s"/>`, grid.String(), t.Grid, two(s.k))
	s.put(`<path d="M%s %sV%sH%s" fill="none" stroke="%s" stroke-width="%s"/>`+"\n", two(b.x0), two(b.y0), two(b.y1), two(b.x1), t.Line2, two(s.k))
	s.put(`<g fill="none" stroke-linejoin="round" stroke-width="%s" clip-path="url(#%s-clip-curve)">`, two(2*s.k), s.ID)
	s.inTurn(func(_ int, w *Walk) {
		line := make([]landscape.Point, len(w.Step))
		for i := range line {
			line[i] = landscape.Point{x(w.Step[i]), y(w.Value[i])}
		}
		var p pen
		for _, part := range simplify(crest(line, .4*float64(d.every)), d.tolerance) {
			if len(part) > 1 {
				p.line(part, false)
			}
		}
		opacity := 1.0
		if w.Faint {
			opacity = .35
		}
		if len(p.b) > 0 {
			s.put(`<path d="%s" stroke="%s"%s%s/>`+"\n", p.b, Styles[w.Slot].Light, s.dash(w.Slot, 0), faded(opacity))
		}
	})
	s.put("</g>\n")
	for i := range s.Walks {
		w := &s.Walks[i]
		for n := len(w.Step) - 1; n >= 0; n-- {
			if at := y(w.Value[n]); at == at {
				s.marker(w, x(w.Step[n]), max(b.y0, min(b.y1, at)), 4*s.k)
				break
			}
		}
	}
	s.axis(b, ticks(0, float64(max(1, s.Curve.Steps)), 6), up, x, y)
	s.put(`<text x="%s" y="%s" text-anchor="middle" fill="%s">step</text></g>`+"\n", two((b.x0+b.x1)/2), two(b.y1+4*s.k+2.5*s.Font), t.Ink3)
}

// entries lays the legend out: each entry's walk and place, and the bottom of all.
func (s *sheet) entries(put func(w *Walk, x, y float64)) float64 {
	x, y := s.curve.x0, s.legend
	for i := range s.Walks {
		w := &s.Walks[i]
		if w.Faint {
			continue
		}
		wide := 36*s.k + textWidth(w.Label, s.Font) + 1.8*s.Font
		if x > s.curve.x0 && x+wide > figureWidth {
			x, y = s.curve.x0, y+1.7*s.Font
		}
		put(w, x, y)
		x += wide
	}
	return y
}

func (s *sheet) measureLegend() float64 {
	return s.entries(func(*Walk, float64, float64) {}) + 1.5*s.Font*float64(len(s.lines())) + 1.2*s.Font
}

// lines are the notes, broken to the width of the figure.
func (s *sheet) lines() (out []string) {
	room := figureWidth - s.curve.x0 - s.Font
	for _, note := range append(slices.Clip(s.Notes), s.thinned) {
		line := ""
		for _, word := range strings.Fields(note) {
			if line != "" && textWidth(line+" "+word, noteSize*s.Font) > room {
				out, line = append(out, line), ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *sheet) drawLegend() {
	s.put(`<g id="%s-legend" fill="%s">`, s.ID, Light.Ink2)
	y := s.entries(func(w *Walk, x, y float64) {
		at := y - .32*s.Font
		s.put(`<path d="M%s %sh%s" stroke="%s" stroke-width="%s"%s/>`, two(x), two(at), two(30*s.k), Styles[w.Slot].Light, two(2*s.k), s.dash(w.Slot, 0))
		s.marker(w, x+15*s.k, at, 4.2*s.k)
		s.text(x+36*s.k, y, "", w.Label)
	})
	for i, line := range s.lines() {
		s.text(s.curve.x0, y+1.5*s.Font*float64(i+1)+.2*s.Font, fmt.Sprintf(` fill="%s" font-weight="400" font-size="%s"`, Light.Ink3, two(noteSize*s.Font)), line)
	}
	s.put("</g>\n")
}
