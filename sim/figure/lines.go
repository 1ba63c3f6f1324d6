package figure

import (
	"math"
	"strconv"

	"thalweg/landscape"
)

// simplify leaves out the points of a line that lie within a tolerance of what remains, in one pass: a point stays
// when no straight line from the last one kept passes near all that lies between. Ends stay. Points that are not
// finite part the line.
func simplify(line []landscape.Point, tolerance float64) [][]landscape.Point {
	var parts [][]landscape.Point
	var part []landscape.Point
	for i := 0; i <= len(line); i++ {
		if i < len(line) && finite(line[i]) {
			part = append(part, line[i])
			continue
		}
		if len(part) > 0 {
			parts = append(parts, straighten(part, tolerance))
		}
		part = nil
	}
	return parts
}

func finite(p landscape.Point) bool { return p[0]-p[0] == 0 && p[1]-p[1] == 0 }

func straighten(line []landscape.Point, tolerance float64) []landscape.Point {
	if len(line) < 3 {
		return line
	}
	out := line[:1:1]
	from := line[0]
	// The directions low..high, seen from the first one, pass near all points since from.
	var first, low, high, far float64
	open := false
	for i := 1; i < len(line); i++ {
		d := math.Hypot(line[i][0]-from[0], line[i][1]-from[1])
		if d > tolerance {
			angle := math.Atan2(line[i][1]-from[1], line[i][0]-from[0])
			spread := math.Asin(min(1, tolerance/d))
			if !open {
				open, first, low, high, far = true, angle, -spread, spread, d
				continue
			}
			turn := math.Remainder(angle-first, 2*math.Pi)
			if turn >= low && turn <= high && d >= far-tolerance {
				low, high, far = max(low, turn-spread), min(high, turn+spread), max(far, d)
				continue
			}
		} else if !open || d >= far-tolerance {
			continue
		}
		// The line turned: the point before is kept and everything starts from it.
		from = line[i-1]
		out = append(out, from)
		open = false
		i--
		if line[i+1] == from {
			i++
		}
	}
	return append(out, line[len(line)-1])
}

// crest thins a curve that runs from left to right: of the points in a column of the sheet the first, the lowest, the
// highest and the last stay, so that no peak is lost.
func crest(line []landscape.Point, column float64) []landscape.Point {
	var out []landscape.Point
	for i := 0; i < len(line); {
		j, low, high := i+1, i, i
		for ; j < len(line) && line[j][0] < line[i][0]+column; j++ {
			if line[j][1] < line[low][1] {
				low = j
			}
			if line[j][1] > line[high][1] {
				high = j
			}
		}
		last := -1
		for _, k := range [4]int{i, min(low, high), max(low, high), j - 1} {
			if k > last {
				out = append(out, line[k])
				last = k
			}
		}
		i = j
	}
	return out
}

// A band is the ground at and above a contour, with the border of that region.
type band struct {
	loss   float64
	place  float64 // the height halfway to the next level, from 0 to 1
	level  float64 // that of the contour, from 0 to 1
	major  bool
	region [][]landscape.Point // closed, filled by the even-odd rule
}

// bands parts the ground at its contour levels, low to high; base is the place of the ground below them all.
func bands(m *Map) (base float64, out []band) {
	g, h := m.Grid, m.Height
	low, high := h.Of(g.Min), h.Of(g.Max)
	if !(high > low) {
		return 0, nil
	}
	c := g.Levels(h)
	if len(c.Values) == 0 {
		return .5, nil
	}
	framed := frame(g, h, high)
	at := func(i int) float64 {
		if i == len(c.Values) {
			return 1
		}
		return (h.Of(c.Values[i]) - low) / (high - low)
	}
	for i, loss := range c.Values {
		b := band{loss: loss, place: (at(i) + at(i+1)) / 2, level: at(i), major: c.Major[i]}
		for _, line := range framed.Contours(h.Of(loss)) {
			for k := range line {
				line[k][0] = max(g.Range[0], min(g.Range[1], line[k][0]))
				line[k][1] = max(g.Range[2], min(g.Range[3], line[k][1]))
			}
			if len(line) > 2 {
				b.region = append(b.region, line)
			}
		}
		out = append(out, b)
	}
	return at(0) / 2, out
}

// frame is the grid of heights with a rim far below the ground, so that every contour closes along the border. Holes
// are high ground: what is drawn there is covered by their hatching.
func frame(g *landscape.Grid, h landscape.Height, high float64) *landscape.Grid {
	ds, dt := (g.Range[1]-g.Range[0])/float64(g.Columns-1), (g.Range[3]-g.Range[2])/float64(g.Rows-1)
	out := &landscape.Grid{Rows: g.Rows + 2, Columns: g.Columns + 2, Range: [4]float64{g.Range[0] - ds, g.Range[1] + ds, g.Range[2] - dt, g.Range[3] + dt}}
	out.Values = make([]float64, out.Rows*out.Columns)
	for i := range out.Values {
		r, c := i/out.Columns-1, i%out.Columns-1
		if r < 0 || c < 0 || r == g.Rows || c == g.Columns {
			out.Values[i] = -1e300
			continue
		}
		v := h.Of(g.Values[r*g.Columns+c])
		if v-v != 0 {
			v = high + 1
		}
		out.Values[i] = v
	}
	return out
}

// holes are the cells with a corner that has no value, joined along rows: s0, s1, t0, t1 each.
func holes(g *landscape.Grid) (cells [][4]float64) {
	if g.Holes == 0 {
		return nil
	}
	bad := func(i, j int) bool {
		k := i*g.Columns + j
		v := g.Values[k] + g.Values[k+1] + g.Values[k+g.Columns] + g.Values[k+g.Columns+1]
		return v != v
	}
	for i := range g.Rows - 1 {
		for j := 0; j < g.Columns-1; j++ {
			if !bad(i, j) {
				continue
			}
			from := j
			for j < g.Columns-1 && bad(i, j) {
				j++
			}
			cells = append(cells, [4]float64{g.S(from), g.S(j), g.T(i), g.T(i + 1)})
		}
	}
	return cells
}

// A pen writes the path of lines, relative from point to point, in hundredths of its unit.
type pen struct {
	b    []byte
	x, y int
}

func hundredths(v float64) int { return int(math.Round(100 * v)) }

// number appends a number of hundredths in the fewest characters.
func (p *pen) number(v int, first bool) {
	if v >= 0 && !first {
		p.b = append(p.b, ' ')
	}
	if v < 0 {
		p.b = append(p.b, '-')
		v = -v
	}
	if v >= 100 || v == 0 {
		p.b = strconv.AppendInt(p.b, int64(v/100), 10)
	}
	if v %= 100; v > 0 {
		p.b = append(p.b, '.', byte('0'+v/10))
		if v%10 > 0 {
			p.b = append(p.b, byte('0'+v%10))
		}
	}
}

func (p *pen) line(points []landscape.Point, closed bool) {
	drawing := false
	for i, at := range points {
		x, y := hundredths(at[0]), hundredths(at[1])
		switch {
		case i == 0:
			p.b = append(p.b, 'M')
			p.number(x, true)
			p.number(y, false)
		case closed && i == len(points)-1:
		case x == p.x && y == p.y && i < len(points)-1:
			continue
		default:
			if !drawing {
				p.b = append(p.b, 'l')
			}
			p.number(x-p.x, !drawing)
			p.number(y-p.y, false)
			drawing = true
		}
		p.x, p.y = x, y
	}
	if closed {
		p.b = append(p.b, 'z')
	}
}
