package server

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim"
)

// secondOf is the second surface that a lab's landscape shows of a method's ground, nil where there is none.
func secondOf(l *sim.Lab, m *sim.MethodTrace) landscape.Func {
	for i := range l.Panels {
		if f := m.Heights[l.Panels[i].Heights]; f != nil && len(m.Planes) == 0 {
			return f
		}
	}
	return nil
}

// sideBySide puts two pictures of half the width side by side.
func sideBySide(left, right []byte, c look) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice">`, thumbWidth, thumbHeight)
	for i, picture := range [][]byte{left, right} {
		fmt.Fprintf(&b, `<svg x="%d" width="%d" height="%d" `, i*thumbWidth/2, thumbWidth/2, thumbHeight)
		b.Write(bytes.TrimPrefix(picture, []byte("<svg ")))
	}
	fmt.Fprintf(&b, `<path d="M%d 0V%d" stroke="%s"/></svg>`, thumbWidth/2, thumbHeight, c.Line3)
	return b.Bytes()
}

// drawPanels draws what a lab has on its stage in the landscape's place, two panels side by side, of the first method at its
// end, or one panel of the first method and of the last. It is nil for labs whose landscape has the stage, and where there
// is nothing to draw.
func drawPanels(t *sim.Trace) map[string][]byte {
	var stage []*sim.Panel
	for i := range t.Spec.Lab.Panels {
		if p := &t.Spec.Lab.Panels[i]; p.Place == "stage" {
			stage = append(stage, p)
		}
	}
	if len(stage) == 0 || len(stage) > 2 {
		return nil
	}
	first, last := t.Methods[0], t.Methods[0]
	if len(stage) == 1 {
		stage, last = append(stage, stage[0]), t.Methods[len(t.Methods)-1]
	}
	out := map[string][]byte{}
	for theme, c := range looks {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice"><rect width="%[1]d" height="%[2]d" fill="%s"/>`, thumbWidth, thumbHeight, c.Bench)
		for k, p := range stage {
			at, m := spot{left: 16, top: 28, width: 144, height: 144}, first
			if k == 1 {
				at, m = spot{left: 176, top: 28, width: 128, height: 144}, last
			}
			if last != first {
				at.width = 138
				at.left = 14 + 154*float64(k)
			}
			if !drawPanel(&b, t, m, p, at, c) {
				return nil
			}
		}
		b.WriteString("</svg>")
		out[theme] = b.Bytes()
	}
	return out
}

// A spot is where a panel is drawn in a gallery picture.
type spot struct{ left, top, width, height float64 }

// drawPanel draws one panel; it reports false where it has nothing to show.
func drawPanel(b *bytes.Buffer, t *sim.Trace, m *sim.MethodTrace, p *sim.Panel, at spot, c look) bool {
	switch {
	case p.Kind == "image" && p.Ellipse != "":
		return drawBoxed(b, t, m, p, at, c)
	case p.Kind == "points":
		return drawCloud(b, m, p, at, c)
	case p.History != "":
		s := m.Readings(p.History)
		if s == nil || len(s.Rows) == 0 || len(s.Rows[0]) == 0 {
			return false
		}
		rows, columns := len(s.Rows[0]), len(s.Rows)
		values := make([]float64, rows*columns)
		for k, row := range s.Rows {
			for i, v := range row {
				values[i*columns+k] = math.Abs(v)
			}
		}
		drawCells(b, values, columns, at, c)
	case p.Kind == "image":
		s := m.Readings(p.Measures[0])
		image := ending(m, p.Measures[0])
		if len(image) == 0 || s.Columns == 0 {
			return false
		}
		drawCells(b, image, s.Columns, at, c)
	case p.Counts != "":
		values, counts := ending(m, p.Measures[0]), ending(m, p.Counts)
		if len(values) == 0 || len(counts) != len(values) {
			return false
		}
		drawBars(b, values, counts, ending(m, p.Types), at, c)
	case p.Kind == "spectrum":
		return drawComb(b, t, p, at, c)
	case p.Kind == "curve":
		return drawCurves(b, t, p, at, c)
	default:
		return false
	}
	return true
}

// ending is the last reading of a vector or an image.
func ending(m *sim.MethodTrace, measure string) []float64 {
	if s := m.Readings(measure); s != nil && len(s.Rows) > 0 {
		return s.Rows[len(s.Rows)-1]
	}
	return nil
}

// mostCells is how many cells of a picture a side may have; larger ones are thinned.
const mostCells = 24

// drawCells draws a matrix, each number by its size in one of two colours.
func drawCells(b *bytes.Buffer, values []float64, columns int, at spot, c look) {
	rows := len(values) / columns
	values, rows, columns = thinned(values, rows, columns)
	wide, high := at.width/float64(columns), at.height/float64(rows)
	if rows >= columns/2 && columns >= rows/2 {
		wide = min(wide, high)
		high = wide
	}
	most := 0.0
	for _, v := range values {
		most = math.Max(most, math.Abs(v))
	}
	for i, v := range values {
		share := math.Abs(v) / most
		if !(share > 0.02) {
			continue
		}
		colour := c.method(2)
		if v < 0 {
			colour = c.method(1)
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" fill-opacity="%.2f"/>`,
			at.left+float64(i%columns)*wide, at.top+float64(i/columns)*high, wide+0.2, high+0.2, colour, share)
	}
	fmt.Fprintf(b, `<rect x="%.0f" y="%.0f" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`, at.left, at.top, wide*float64(columns), high*float64(rows), c.Line3)
}

// thinned keeps every second, third, … row and column of a large matrix.
func thinned(values []float64, rows, columns int) ([]float64, int, int) {
	down, across := (rows+mostCells-1)/mostCells, (columns+mostCells-1)/mostCells
	if down == 1 && across == 1 {
		return values, rows, columns
	}
	var out []float64
	for r := 0; r < rows; r += down {
		for k := 0; k < columns; k += across {
			out = append(out, values[r*columns+k])
		}
	}
	return out, (rows + down - 1) / down, (columns + across - 1) / across
}

// drawComb draws a vector as bars on a logarithmic scale of five decades: how it was at the start, and how it is in the end.
func drawComb(b *bytes.Buffer, t *sim.Trace, p *sim.Panel, at spot, c look) bool {
	m := t.Methods[0]
	s := m.Readings(p.Measures[0])
	if s == nil || len(s.Rows) == 0 {
		return false
	}
	rows := [][]float64{s.Rows[0], s.Rows[len(s.Rows)-1]}
	each := at.height / 2
	for k, row := range rows {
		row = row[:min(len(row), 100)]
		top := 0.0
		for _, v := range row {
			top = math.Max(top, math.Abs(v))
		}
		pitch, foot := at.width/float64(max(1, len(row))), at.top+float64(k+1)*each
		for i, v := range row {
			h := (each - 8) * (1 + math.Log10(math.Abs(v)/top)/5)
			if !(h > 0.5) {
				continue
			}
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, at.left+float64(i)*pitch, foot-h, max(0.6, 0.7*pitch), h, c.method(1))
		}
		fmt.Fprintf(b, `<path d="M%.1f %.1fh%.1f" stroke="%s"/>`, at.left, foot+0.5, at.width, c.Ink2)
	}
	return true
}

// drawCurves draws the lines of a curve over the steps, each method in its colour.
func drawCurves(b *bytes.Buffer, t *sim.Trace, p *sim.Panel, at spot, c look) bool {
	low, high := 0.0, 0.0
	for _, m := range t.Methods {
		for _, id := range p.Measures {
			for _, v := range m.At(id) {
				if v-v == 0 {
					low, high = min(low, v), max(high, v)
				}
			}
		}
	}
	if !(high > low) {
		return false
	}
	end := float64(max(1, t.Computed()))
	for k, m := range t.Methods {
		for _, id := range p.Measures {
			s := m.Readings(id)
			if s == nil {
				continue
			}
			var d bytes.Buffer
			stride := max(1, len(s.Value)/60)
			for i := 0; i < len(s.Value); i += stride {
				word := "L"
				if d.Len() == 0 {
					word = "M"
				}
				if v := s.Value[i]; v-v == 0 {
					fmt.Fprintf(&d, "%s%.1f %.1f", word, at.left+at.width*float64(s.Step[i])/end, at.top+at.height*(high-v)/(high-low))
				}
			}
			fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5" stroke-linejoin="round"/>`, d.String(), c.method(k+1))
		}
	}
	fmt.Fprintf(b, `<path d="M%.1f %.1fh%.1f" stroke="%s"/>`, at.left, at.top+at.height+0.5, at.width, c.Ink2)
	return true
}

// drawBars draws a bar code: a value's place, how many there are as a logarithm, its kind as a colour.
func drawBars(b *bytes.Buffer, values, counts, types []float64, at spot, c look) {
	left, right, foot, height := at.left+4, at.left+at.width+4, at.top+at.height, at.height-8
	low, high, most := math.Min(0, slices.Min(values)), slices.Max(values), slices.Max(counts)
	x := func(v float64) float64 { return left + (v-low)/(high-low)*(right-left) }
	kinds := []string{c.Ink, c.method(1), c.method(3), c.method(2)}
	for i, v := range values {
		colour := c.Ink3
		if i < len(types) && types[i] >= 0 && int(types[i]) < len(kinds) {
			colour = kinds[int(types[i])]
		}
		h := height * math.Log(1.5*counts[i]) / math.Log(1.5*most)
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="3" height="%.1f" fill="%s"/>`, x(v)-1.5, foot-h, h, colour)
	}
	fmt.Fprintf(b, `<path d="M%.1f %gH%g M%.1f %g V%g" stroke="%s" fill="none"/>`, left-4, foot+0.5, right+4, x(0), foot, foot-height, c.Ink2)
}

// drawBoxed draws a picture with coordinates, from its lowest value up, with the points and ellipses over it.
func drawBoxed(b *bytes.Buffer, t *sim.Trace, m *sim.MethodTrace, p *sim.Panel, at spot, c look) bool {
	s, box := m.Readings(p.Measures[0]), ending(m, p.Box)
	image := ending(m, p.Measures[0])
	if len(image) == 0 || s.Columns == 0 || len(box) != 4 {
		return false
	}
	rows := len(image) / s.Columns
	values, rows, columns := thinned(image, rows, s.Columns)
	low, high := slices.Min(values), slices.Max(values)
	wide, tall := at.width/float64(columns), at.height/float64(rows)
	for i, v := range values {
		if share := (v - low) / (high - low); share > 0.02 {
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" fill-opacity="%.2f"/>`,
				at.left+float64(i%columns)*wide, at.top+at.height-float64(i/columns+1)*tall, wide+0.2, tall+0.2, c.Ink, 0.8*share)
		}
	}
	x := func(v float64) float64 { return at.left + (v-box[0])/(box[1]-box[0])*at.width }
	y := func(v float64) float64 { return at.top + (box[3]-v)/(box[3]-box[2])*at.height }
	place := slices.Index(t.Methods, m) + 1
	ellipse := func(e []float64, size float64, colour, dash string) {
		if len(e) < 5 {
			return
		}
		// The axes of the ellipse in the picture's own units.
		sx, sy := at.width/(box[1]-box[0]), at.height/(box[3]-box[2])
		xx, xy, yy := e[2]*sx*sx, -e[3]*sx*sy, e[4]*sy*sy
		mid, half := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
		turn := 90 / math.Pi * math.Atan2(2*xy, xx-yy)
		fmt.Fprintf(b, `<ellipse rx="%.1f" ry="%.1f" transform="translate(%.1f %.1f) rotate(%.1f)" fill="none" stroke="%s" stroke-width="1.8"%s/>`,
			size*math.Sqrt(mid+half), size*math.Sqrt(math.Max(0, mid-half)), x(e[0]), y(e[1]), turn, colour, dash)
	}
	ellipse(ending(m, p.Reference), 1, c.Bench, ` stroke-dasharray="4 3"`)
	for size := 1.0; size <= 2; size++ {
		ellipse(ending(m, p.Ellipse), size, c.method(place), "")
	}
	if len(p.Points) > 0 {
		if s := m.Readings(p.Points[0]); s != nil && s.Columns > 1 {
			list := ending(m, p.Points[0])
			for i := 0; i+s.Columns <= len(list) && i < 200; i += s.Columns {
				if u, v := x(list[i]), y(list[i+1]); u > at.left && u < at.left+at.width && v > at.top && v < at.top+at.height {
					fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="2.4" fill="%s" stroke="%s"/>`, u, v, c.method(place), c.Bench)
				}
			}
		}
	}
	fmt.Fprintf(b, `<rect x="%.0f" y="%.0f" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`, at.left, at.top, at.width, at.height, c.Line3)
	return true
}

// drawCloud draws points of one scale: dots of the first measure, and the lines that are joined.
func drawCloud(b *bytes.Buffer, m *sim.MethodTrace, p *sim.Panel, at spot, c look) bool {
	dots := ending(m, p.Measures[0])
	s := m.Readings(p.Measures[0])
	if len(dots) == 0 {
		return false
	}
	far := 0.0
	for i := 0; i+s.Columns <= len(dots); i += s.Columns {
		far = math.Max(far, math.Hypot(dots[i], dots[i+1]))
	}
	unit := math.Min(at.width, at.height) / 2 / far
	x, y := func(v float64) float64 { return at.left + at.width/2 + v*unit }, func(v float64) float64 { return at.top + at.height/2 - v*unit }
	for i := 0; i+s.Columns <= len(dots); i += s.Columns {
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="0.6" stroke-opacity="0.35"/><circle cx="%.1[3]f" cy="%.1[4]f" r="1.6" fill="%[5]s" fill-opacity="0.7"/>`, x(0), y(0), x(dots[i]), y(dots[i+1]), c.method(1))
	}
	// Short lines are drawn longer, all by the same factor, so that they can be compared.
	longest := 1e-300
	for _, id := range p.Joined {
		if line := ending(m, id); len(line) >= 4 {
			longest = math.Max(longest, math.Hypot(line[2], line[3]))
		}
	}
	long := 0.55 * far / longest
	for k, id := range p.Joined {
		line := ending(m, id)
		if len(line) < 4 {
			continue
		}
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="%.1f"/>`, x(0), y(0), x(line[2]*long), y(line[3]*long), []string{c.method(2), c.Ink}[k%2], 3-1.4*float64(k%2))
	}
	return true
}
