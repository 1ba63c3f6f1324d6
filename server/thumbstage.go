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
// end. It is nil for labs whose landscape has the stage, and where there is nothing to draw.
func drawPanels(t *sim.Trace) map[string][]byte {
	var stage []*sim.Panel
	for i := range t.Spec.Lab.Panels {
		if p := &t.Spec.Lab.Panels[i]; p.Place == "stage" {
			stage = append(stage, p)
		}
	}
	if len(stage) != 2 {
		return nil
	}
	out := map[string][]byte{}
	for theme, c := range looks {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice"><rect width="%[1]d" height="%[2]d" fill="%s"/>`, thumbWidth, thumbHeight, c.Bench)
		for k, p := range stage {
			at := spot{left: 16, top: 28, width: 144, height: 144}
			if k == 1 {
				at = spot{left: 176, top: 28, width: 128, height: 144}
			}
			if !drawPanel(&b, t, p, at, c) {
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
func drawPanel(b *bytes.Buffer, t *sim.Trace, p *sim.Panel, at spot, c look) bool {
	m := t.Methods[0]
	switch {
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
