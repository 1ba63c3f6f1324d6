package landscape

// A Point is a place on a plane, its coordinates s and t.
type Point [2]float64

// Contours returns the lines on which the grid has a loss, by marching squares: straight within a cell,
// through the places on its sides where linear interpolation finds the level, joined from cell to cell. A
// closed line ends where it began. Where both diagonals of a cell lie on different sides, the mean of the
// corners decides which are joined. Cells with a hole at a corner have no line.
func (g *Grid) Contours(level float64) [][]Point {
	m := &marching{Grid: g, level: level}
	sides := 2 * g.Rows * g.Columns
	m.to = make([][2]int32, sides)
	for i := range g.Rows - 1 {
		for j := range g.Columns - 1 {
			m.cell(i, j)
		}
	}
	var lines [][]Point
	// Open lines first, from their ends; what is left are rings.
	for _, ends := range [2]bool{true, false} {
		for side := range int32(sides) {
			if m.to[side][0] != 0 && (!ends || m.to[side][1] == 0) {
				if line := m.follow(side); len(line) > 1 {
					lines = append(lines, line)
				}
			}
		}
	}
	return lines
}

// marching joins the sides of cells that a contour crosses. The side between (i, j) and (i, j+1) has number
// i*Columns+j, that between (i, j) and (i+1, j) Rows*Columns more.
type marching struct {
	*Grid
	level float64
	// to holds, for every side, the one or two sides joined to it, as numbers from 1.
	to [][2]int32
}

func (m *marching) cell(i, j int) {
	at := i*m.Columns + j
	// Corners and sides go round: from (i, j) along s, then along t, back, and down.
	corners := [4]float64{m.Values[at], m.Values[at+1], m.Values[at+m.Columns+1], m.Values[at+m.Columns]}
	down := m.Rows * m.Columns
	sides := [4]int{at, down + at + 1, at + m.Columns, down + at}
	above, sum := 0, 0.0
	for k, v := range corners {
		if v != v {
			return
		}
		if v >= m.level {
			above |= 1 << k
		}
		sum += v / 4
	}
	switch above {
	case 1, 14:
		m.join(sides[3], sides[0])
	case 2, 13:
		m.join(sides[0], sides[1])
	case 4, 11:
		m.join(sides[1], sides[2])
	case 8, 7:
		m.join(sides[2], sides[3])
	case 3, 12:
		m.join(sides[3], sides[1])
	case 6, 9:
		m.join(sides[0], sides[2])
	case 5, 10:
		// Corners 0 and 2 lie on one side of the level. With the centre on theirs, lines cut off 1 and 3.
		if (above == 5) == (sum >= m.level) {
			m.join(sides[0], sides[1])
			m.join(sides[2], sides[3])
		} else {
			m.join(sides[3], sides[0])
			m.join(sides[1], sides[2])
		}
	}
}

func (m *marching) join(a, b int) {
	for _, e := range [2][2]int{{a, b}, {b, a}} {
		to := &m.to[e[0]]
		if to[0] == 0 {
			to[0] = int32(e[1] + 1)
		} else {
			to[1] = int32(e[1] + 1)
		}
	}
}

// follow walks a line from a side on, taking its joints away.
func (m *marching) follow(side int32) []Point {
	var line []Point
	for {
		// A line through a grid point crosses several sides at the same place.
		if p := m.crossing(int(side)); len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
		next := m.to[side][0]
		if next == 0 {
			return line
		}
		m.part(side, next-1)
		m.part(next-1, side)
		side = next - 1
	}
}

// part takes the joint from a to b away.
func (m *marching) part(a, b int32) {
	to := &m.to[a]
	if to[0] == b+1 {
		to[0] = to[1]
	}
	to[1] = 0
}

// crossing is where a side has the level.
func (m *marching) crossing(side int) Point {
	down := m.Rows * m.Columns
	if side < down {
		i, j := side/m.Columns, side%m.Columns
		return Point{between(m.S(j), m.S(j+1), m.Values[side], m.Values[side+1], m.level), m.T(i)}
	}
	side -= down
	i, j := side/m.Columns, side%m.Columns
	return Point{m.S(j), between(m.T(i), m.T(i+1), m.Values[side], m.Values[side+m.Columns], m.level)}
}

// between interpolates the place of a level between a and b, where the values are u and v.
func between(a, b, u, v, level float64) float64 {
	return a + (b-a)*((level-u)/(v-u))
}
