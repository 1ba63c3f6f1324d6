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

// drawPanels draws what a lab has on its stage in the landscape's place: a picture and a bar code, of the first method at
// its end. It is nil for labs whose landscape has the stage.
func drawPanels(t *sim.Trace) map[string][]byte {
	var picture, bars *sim.Panel
	for i := range t.Spec.Lab.Panels {
		switch p := &t.Spec.Lab.Panels[i]; {
		case p.Place != "stage":
		case p.Kind == "image":
			picture = p
		case p.Counts != "":
			bars = p
		}
	}
	if picture == nil || bars == nil {
		return nil
	}
	m := t.Methods[0]
	image, values, counts := ending(m, picture.Measures[0]), ending(m, bars.Measures[0]), ending(m, bars.Counts)
	types := ending(m, bars.Types)
	columns := m.Readings(picture.Measures[0]).Columns
	if len(image) == 0 || len(values) == 0 || len(counts) != len(values) || columns == 0 {
		return nil
	}
	out := map[string][]byte{}
	for theme, c := range looks {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice"><rect width="%[1]d" height="%[2]d" fill="%s"/>`, thumbWidth, thumbHeight, c.Bench)
		drawCells(&b, image, columns, c)
		drawBars(&b, values, counts, types, c)
		b.WriteString("</svg>")
		out[theme] = b.Bytes()
	}
	return out
}

// ending is the last reading of a vector or an image.
func ending(m *sim.MethodTrace, measure string) []float64 {
	if s := m.Readings(measure); s != nil && len(s.Rows) > 0 {
		return s.Rows[len(s.Rows)-1]
	}
	return nil
}

// drawCells draws a matrix in the left half, each number by its size in one of two colours.
func drawCells(b *bytes.Buffer, values []float64, columns int, c look) {
	const left, top, side = 16, 28, 144
	rows := len(values) / columns
	cell := float64(side) / float64(max(rows, columns))
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
			left+float64(i%columns)*cell, top+float64(i/columns)*cell, cell+0.2, cell+0.2, colour, share)
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`, left, top, cell*float64(columns), cell*float64(rows), c.Line3)
}

// drawBars draws a bar code in the right half: a value's place, how many there are as a logarithm, its kind as a colour.
func drawBars(b *bytes.Buffer, values, counts, types []float64, c look) {
	const left, right, foot, height = 180.0, 308.0, 172.0, 136.0
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
