package figure

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"thalweg/landscape"
)

// What TeX can hold of one picture in its usual memory, in points; trails count twice, for their casings.
const maxGroundRows, maxLineRows = 18_000, 10_000

// PGF writes a zip with name.tex, a document for pgfplots, and the .dat files that it draws.
func (f *Figure) PGF(w io.Writer, name string) error {
	if err := f.Check(); err != nil {
		return err
	}
	p := &pgf{sheet: newSheet(f), name: name}
	ground := detail{tolerance: .05}
	for f.Map != nil {
		if p.ground(ground); p.rows < maxGroundRows {
			break
		}
		ground = ground.coarser()
	}
	files := p.files
	lines := detail{tolerance: .05, every: 1}
	for {
		p.files, p.tex, p.rows = nil, bytes.Buffer{}, 0
		p.document(lines)
		if p.rows < maxLineRows || lines.every > 1<<20 {
			break
		}
		lines = lines.coarser()
	}
	z := zip.NewWriter(w)
	for _, file := range slices.Concat([]File{{name + ".tex", p.tex.Bytes()}}, files, p.files, f.Files) {
		b, err := z.CreateHeader(&zip.FileHeader{Name: file.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := b.Write(file.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// A pgf is a figure being written for TeX.
type pgf struct {
	*sheet
	name   string
	files  []File
	rows   int
	tex    bytes.Buffer
	shades []int // the bands that have a file
	labels []spot
}

func (p *pgf) put(format string, args ...any) { fmt.Fprintf(&p.tex, format, args...) }

// table writes lines of columns; an empty line lifts the pen.
func (p *pgf) table(name, head string, lines [][][]float64) string {
	var b bytes.Buffer
	b.WriteString(head + "\n")
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, row := range line {
			for k, v := range row {
				if k > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(digits(v))
			}
			b.WriteByte('\n')
			p.rows++
		}
	}
	name = p.name + "-" + name + ".dat"
	p.files = append(p.files, File{name, b.Bytes()})
	return name
}

// digits writes a number for TeX, six digits of it.
func digits(v float64) string {
	if v == 0 || math.Abs(v) < 1e-300 {
		return "0"
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// back takes lines of the sheet to the coordinates of the map.
func (p *pgf) back(lines [][]landscape.Point) [][][]float64 {
	r, b := p.Map.Grid.Range, p.sheet.ground
	out := make([][][]float64, len(lines))
	for i, line := range lines {
		for _, at := range line {
			out[i] = append(out[i], []float64{r[0] + (at[0]-b.x0)/(b.x1-b.x0)*(r[1]-r[0]), r[2] + (b.y1-at[1])/(b.y1-b.y0)*(r[3]-r[2])})
		}
	}
	return out
}

func (p *pgf) ground(d detail) {
	p.files, p.rows, p.shades = nil, 0, nil
	lines := make([][][]landscape.Point, len(p.bands))
	for i, b := range p.bands {
		for _, line := range b.region {
			lines[i] = append(lines[i], p.place(line))
		}
		if !p.shown(i, d) {
			continue
		}
		if parts := rings(lines[i], d); len(parts) > 0 {
			p.table("band-"+strconv.Itoa(i), "s t", p.back(parts))
			p.shades = append(p.shades, i)
		}
	}
	p.labels = p.spots(lines)
}

// texText escapes text for TeX. Letters that the usual fonts lack are named or left out.
func texText(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune(`{}$&#_%`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\\':
			b.WriteString(`\textbackslash{}`)
		case r == '~':
			b.WriteString(`\textasciitilde{}`)
		case r == '^':
			b.WriteString(`\textasciicircum{}`)
		case r == '<' || r == '>' || r == '|':
			b.WriteString("$" + string(r) + "$")
		case r == '\u2212':
			b.WriteString("$-$")
		case r == '\u2009':
			b.WriteString(`\,`)
		case r == '–':
			b.WriteString("--")
		case greek[r] != "":
			b.WriteString("$" + greek[r] + "$")
		case r >= ' ' && r < 0x7f, r >= 0xc0 && r <= 0x17f && r != '×' && r != '÷':
			b.WriteRune(r)
		case r == '\n', r == '\t':
			b.WriteByte(' ')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

var greek = map[rune]string{
	'α': `\alpha`, 'β': `\beta`, 'γ': `\gamma`, 'δ': `\delta`, 'ε': `\varepsilon`, 'η': `\eta`, 'θ': `\theta`, 'κ': `\kappa`, 'λ': `\lambda`, 'μ': `\mu`, 'ν': `\nu`,
	'π': `\pi`, 'ρ': `\rho`, 'σ': `\sigma`, 'τ': `\tau`, 'φ': `\varphi`, 'ω': `\omega`, 'Φ': `\Phi`, 'Σ': `\Sigma`, '×': `\times`, '·': `\cdot`, '²': `^2`, '≤': `\le`, '≥': `\ge`, '∇': `\nabla`, '°': `^\circ`,
}

// oneLine makes text fit a comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text)
}

func (p *pgf) document(d detail) {
	p.put("%% %s\n", oneLine(p.Title))
	p.put("%% thalweg-recipe: %s\n", p.Recipe)
	p.put("%% Dropping this file on a page of Thalweg makes the run again.\n")
	p.put("%% It needs pgfplots 1.16 or newer, and the .dat files beside it; any LaTeX compiles it.\n")
	p.put("\\documentclass[border=2pt]{standalone}\n\\usepackage[utf8]{inputenc}\n\\IfFileExists{lmodern.sty}{\\usepackage[T1]{fontenc}\\usepackage{lmodern}}{}\n\\usepackage{pgfplots}\n\\pgfplotsset{compat=1.16}\n")
	colour := func(name, hex string) {
		p.put("\\definecolor{%s}{HTML}{%s}\n", name, strings.ToUpper(strings.TrimPrefix(hex, "#")))
	}
	for slot := 1; slot <= 8; slot++ {
		colour("method"+strconv.Itoa(slot), Styles[slot].Light)
	}
	colour("ink", Light.Ink)
	colour("quiet", Light.Ink2)
	colour("casing", Light.Casing)
	colour("contour", Light.Contour)
	colour("chart", Light.Grid)
	for _, i := range p.shades {
		colour("band"+strconv.Itoa(i), Shade(p.Ramp, false, p.bands[i].place))
	}
	colour("ground", Shade(p.Ramp, false, p.base))
	p.marks()
	p.put("\\begin{document}\n\\fontsize{%s}{%s}\\selectfont\\sffamily\n\\begin{tikzpicture}\n", two(p.Font), two(1.2*p.Font))
	p.put("\\pgfplotsset{every axis/.append style={scale only axis, enlargelimits=false, tick align=outside, tick pos=left, tick style={quiet}, tick label style={quiet}, empty line=jump, unbounded coords=jump, legend cell align=left}}\n")
	if p.Map != nil {
		p.mapAxis(d)
	}
	p.curveAxis(d)
	p.put("\\end{tikzpicture}\n\\end{document}\n")
}

// marks declares the markers of the methods.
func (p *pgf) marks() {
	for slot := 1; slot <= 8; slot++ {
		p.put("\\pgfdeclareplotmark{method%d}{%%\n  ", slot)
		corners := Styles[slot].Corners
		if corners == nil {
			p.put("\\pgfpathcircle{\\pgfpointorigin}{\\pgfplotmarksize}")
		}
		for i := 0; i < len(corners); i += 2 {
			to := "line"
			if i == 0 {
				to = "move"
			}
			p.put("\\pgfpath%sto{\\pgfpoint{%s\\pgfplotmarksize}{%s\\pgfplotmarksize}}", to, two(corners[i]), two(-corners[i+1]))
		}
		if corners != nil {
			p.put("\\pgfpathclose")
		}
		p.put("\\pgfusepathqfillstroke}\n")
	}
}

// look is the style of a walk's line of a width in pixels of the page.
func (p *pgf) look(w *Walk, wide, opacity float64) string {
	out := fmt.Sprintf("method%d, line width=%spt, line join=round", w.Slot, two(wide*p.k))
	if dash := Styles[w.Slot].Dash; dash != nil {
		out += ", dash pattern="
		for i, v := range dash {
			out += [2]string{"on ", "off "}[i%2] + two(v*p.k) + "pt "
		}
		out = strings.TrimSpace(out)
	}
	if opacity < 1 {
		out += ", opacity=" + two(opacity)
	}
	return out
}

// mark is the style of a walk's marker.
func (p *pgf) mark(w *Walk, r float64) string {
	fill, line := fmt.Sprintf("method%d", w.Slot), "casing"
	if w.Hollow {
		fill, line = "casing", fill
	}
	return fmt.Sprintf("mark=method%d, mark size=%spt, mark options={solid, fill=%s, draw=%s, line width=%spt}", w.Slot, two(r*p.k), fill, line, two(1.6*p.k))
}

// names gives each walk a name for its files: its id, and a number for other seeds.
func (p *pgf) names() []string {
	out, seen := make([]string, len(p.Walks)), map[string]int{}
	for i, w := range p.Walks {
		out[i] = w.ID
		if n := seen[w.ID]; n > 0 {
			out[i] += "-seed-" + strconv.Itoa(n+1)
		}
		seen[w.ID]++
	}
	return out
}

func (p *pgf) mapAxis(d detail) {
	g, b := p.Map.Grid, p.sheet.ground
	p.put("\\begin{axis}[name=map, width=%spt, height=%spt, xmin=%s, xmax=%s, ymin=%s, ymax=%s, xlabel={%s}, ylabel={%s}, axis background/.style={fill=ground}, axis line style={quiet}, axis on top, clip mode=individual]\n",
		two(b.x1-b.x0), two(b.y1-b.y0), digits(g.Range[0]), digits(g.Range[1]), digits(g.Range[2]), digits(g.Range[3]), p.axisName(p.Map.Axes[0]), p.axisName(p.Map.Axes[1]))
	for _, i := range p.shades {
		opacity, wide := Light.Minor, .7
		if p.bands[i].major {
			opacity, wide = Light.Major, 1.1
		}
		p.put("\\addplot[fill=band%d, even odd rule, draw=contour, draw opacity=%s, line width=%spt, forget plot] table[x=s, y=t] {%s-band-%[1]d.dat}; %% %s\n",
			i, two(opacity), two(wide*p.k), p.name, digits(p.bands[i].loss))
	}
	if cells := holes(g); len(cells) > 0 {
		var lines [][][]float64
		for _, c := range cells {
			lines = append(lines, [][]float64{{c[0], c[2]}, {c[1], c[2]}, {c[1], c[3]}, {c[0], c[3]}, {c[0], c[2]}})
		}
		p.put("\\addplot[fill=chart, draw=none, forget plot] table[x=s, y=t] {%s}; %% cells without a value\n", p.table("holes", "s t", lines))
	}
	for _, l := range p.labels {
		at := p.back([][]landscape.Point{{{l.x, l.y}}})[0][0]
		p.put("\\node[font=\\fontsize{%s}{%s}\\selectfont, text=quiet, fill=casing, fill opacity=.75, text opacity=1, inner sep=.6pt, rotate=%s] at (axis cs:%s,%s) {%s};\n",
			two(labelSize*p.Font), two(1.1*p.Font), two(-l.angle*180/math.Pi), digits(at[0]), digits(at[1]), texText(l.text))
	}
	names := p.names()
	type piece struct {
		w     *Walk
		level int
		file  string
	}
	var pieces []piece
	p.inTurn(func(i int, w *Walk) {
		levels := [offSteps + 1][][]landscape.Point{}
		for _, st := range p.trail(w, d) {
			levels[st.level] = append(levels[st.level], st.lines...)
		}
		for level, lines := range levels {
			if len(lines) > 0 {
				name := "trail-" + names[i]
				if level > 0 {
					name += "-off-" + strconv.Itoa(level)
				}
				pieces = append(pieces, piece{w, level, p.table(name, "s t", p.back(lines))})
			}
		}
	})
	for _, c := range pieces {
		if !c.w.Faint {
			p.put("\\addplot[casing, line width=%spt, line join=round, line cap=round, forget plot] table[x=s, y=t] {%s};\n", two(((&stretch{level: c.level}).width()+3)*p.k), c.file)
		}
	}
	for _, c := range pieces {
		opacity := 1 - .6*float64(c.level)/offSteps
		if c.w.Faint {
			opacity *= .35
		}
		p.put("\\addplot[%s, forget plot] table[x=s, y=t] {%s};\n", p.look(c.w, (&stretch{level: c.level}).width(), opacity), c.file)
	}
	if at := p.Map.Start; at != nil && p.inside(*at) {
		p.put("\\addplot[only marks, mark=*, mark size=%spt, mark options={fill=casing, draw=ink, line width=%spt}, forget plot] coordinates {(%s,%s)};\n", two(5*p.k), two(1.6*p.k), digits(at[0]), digits(at[1]))
	}
	for i := range p.Walks {
		w := &p.Walks[i]
		if n := len(w.S); n > 0 && !w.Faint && p.inside(landscape.Point{w.S[n-1], w.T[n-1]}) {
			p.put("\\addplot[only marks, %s, forget plot] coordinates {(%s,%s)};\n", p.mark(w, 5), digits(w.S[n-1]), digits(w.T[n-1]))
		}
	}
	for _, m := range p.Map.Minima {
		if p.inside(m.At) {
			p.put("\\addplot[only marks, mark=+, mark size=%spt, mark options={draw=ink, line width=%spt}, forget plot] coordinates {(%s,%s)}; %% minimum %s\n", two(7*p.k), two(1.6*p.k), digits(m.At[0]), digits(m.At[1]), digits(m.Loss))
		}
	}
	p.put("\\end{axis}\n")
}

// axisName sets a letter as mathematics.
func (p *pgf) axisName(name string) string {
	if len(name) == 1 {
		return "$" + name + "$"
	}
	return texText(name)
}

func (p *pgf) curveAxis(d detail) {
	b, sc := p.curve, p.scale()
	at, mode := "", ""
	if p.Map != nil {
		at = fmt.Sprintf("at={(map.south west)}, anchor=north west, yshift=-%spt, ", two(5.6*p.Font))
	}
	if sc.log {
		mode = "ymode=log, "
	}
	title := "\\textbf{" + texText(p.Curve.Label) + "}"
	if sc.note != "" {
		title += " \\textcolor{quiet}{" + texText(sc.note) + "}"
	}
	p.put("\\begin{axis}[%s%swidth=%spt, height=%spt, xmin=0, xmax=%d, ymin=%s, ymax=%s, xlabel={step}, scaled x ticks=false, xticklabel style={/pgf/number format/1000 sep={\\,}}, title={%s}, title style={at={(0,1)}, anchor=south west}, axis x line*=bottom, axis y line*=left, axis line style={quiet}, ymajorgrids, grid style={chart}, legend style={at={(0,-%s)}, anchor=north west, draw=none, fill=none, text=quiet, legend columns=3, /tikz/every even column/.append style={column sep=%spt}}]\n",
		at, mode, two(b.x1-b.x0), two(b.y1-b.y0), max(1, p.Curve.Steps), digits(sc.low), digits(sc.high), title, two(3.4*p.Font/(b.y1-b.y0)), two(p.Font))
	names := p.names()
	x := func(step float64) float64 { return step / float64(max(1, p.Curve.Steps)) * (b.x1 - b.x0) }
	p.inTurn(func(i int, w *Walk) {
		line := make([]landscape.Point, len(w.Step))
		for j := range line {
			line[j] = landscape.Point{x(w.Step[j]), -sc.at(w.Value[j]) * (b.y1 - b.y0)}
		}
		var lines [][][]float64
		for _, part := range simplify(crest(line, .4*float64(d.every)), d.tolerance) {
			var rows [][]float64
			for _, q := range part {
				// Steps are whole, and what fell below the axis stays there.
				step := math.Round(q[0] / (b.x1 - b.x0) * float64(max(1, p.Curve.Steps)))
				v := sc.value(-q[1] / (b.y1 - b.y0))
				rows = append(rows, []float64{step, v})
			}
			lines = append(lines, rows)
		}
		if len(lines) == 0 {
			return
		}
		opacity := 1.0
		if w.Faint {
			opacity = .35
		}
		p.put("\\addplot[%s, forget plot] table[x=step, y=value] {%s};\n", p.look(w, 2, opacity), p.table("curve-"+names[i], "step value", lines))
	})
	for i := range p.Walks {
		w := &p.Walks[i]
		if w.Faint {
			continue
		}
		for n := len(w.Step) - 1; n >= 0; n-- {
			if at := sc.at(w.Value[n]); at == at {
				p.put("\\addplot[only marks, %s, forget plot] coordinates {(%s,%s)};\n", p.mark(w, 4), digits(w.Step[n]), digits(sc.value(max(0, min(1, at)))))
				break
			}
		}
		p.put("\\addlegendimage{%s, %s}\\addlegendentry{%s}\n", p.look(w, 2, 1), p.mark(w, 4.2), texText(w.Label))
	}
	p.put("\\end{axis}\n")
	notes := p.Notes
	if d.every > 1 {
		notes = append(notes[:len(notes):len(notes)], "Trails are drawn through one of "+Whole(d.every)+" steps.")
	}
	rows := 0
	for i := range p.Walks {
		if !p.Walks[i].Faint {
			rows++
		}
	}
	for i, note := range notes {
		p.put("\\node[anchor=north west, text=quiet, text width=%spt, font=\\fontsize{%s}{%s}\\selectfont, inner sep=0pt] at ([yshift=-%spt]current axis.south west) {%s};\n",
			two(b.x1-b.x0), two(noteSize*p.Font), two(1.1*p.Font), two((3.9+1.5*float64((rows+2)/3)+1.4*float64(i))*p.Font), texText(note))
	}
}
