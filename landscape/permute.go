package landscape

import (
	"math"
	"slices"

	"thalweg/landscape/rng"
)

// A Matrix is a dense matrix, row-major, to be compared with others.
type Matrix struct {
	Rows, Columns int
	Values        []float64
}

func (m Matrix) at(i, j int) float64 { return m.Values[i*m.Columns+j] }

// sameEntry is the difference up to which two entries are equal, relative to the largest where that is above 1.
const sameEntry = 1e-6

// tolerance is the difference up to which entries of m equal those of another matrix.
func (m Matrix) tolerance() float64 { return sameEntry * max(1, largest(m.Values)) }

// turnedOver is the transpose.
func (m Matrix) turnedOver() Matrix {
	t := Matrix{m.Columns, m.Rows, make([]float64, len(m.Values))}
	for i := range m.Rows {
		for j := range m.Columns {
			t.Values[j*m.Rows+i] = m.at(i, j)
		}
	}
	return t
}

// SameUpToRows compares matrices up to the order of their rows: entries may differ by 1e-6, relative to the largest
// one where that is above 1. The answer is exact, so never Possibly.
func SameUpToRows(a, b Matrix) Match {
	if a.Rows != b.Rows || a.Columns != b.Columns {
		return Different
	}
	if a.apart(b, a.nearestRows(b, nil), nil) <= a.tolerance() {
		return Equal
	}
	return Different
}

// alternations is how many starts the search for an order of rows and columns has.
const alternations = 5

// SameUpToRowsAndColumns compares matrices up to the order of their rows and that of their columns, with the tolerance
// of SameUpToRows. Invariants tell most different matrices apart: the sorted entries, and those of each row and column.
// Then rows are assigned to rows given the columns, and columns given the rows, in turn until nothing moves, from five
// starts. Where none ends at equality the answer is Possibly.
func SameUpToRowsAndColumns(a, b Matrix) Match {
	if a.Rows != b.Rows || a.Columns != b.Columns {
		return Different
	}
	tolerance := a.tolerance()
	if !closeTo(sorted(a.Values), sorted(b.Values), tolerance) {
		return Different
	}
	if SameUpToRows(a.invariants(), b.invariants()) == Different ||
		SameUpToRows(a.turnedOver().invariants(), b.turnedOver().invariants()) == Different {
		return Different
	}
	across, other := a.turnedOver(), b.turnedOver()
	for start := range alternations {
		var columns []int
		switch start {
		case 0: // by what is in the columns, and in the rows that they cross
			columns = across.refined().nearestRows(other.refined(), nil)
		case 1:
			columns = across.invariants().nearestRows(other.invariants(), nil)
		case 2:
			columns = identity(a.Columns)
		default:
			columns = shuffled(a.Columns, uint64(start))
		}
		last := math.Inf(1)
		for {
			rows := a.nearestRows(b, columns)
			columns = across.nearestRows(other, rows)
			if a.apart(b, rows, columns) <= tolerance {
				return Equal
			}
			// The sum of squares falls in every turn but the last.
			sum := a.distance(b, rows, columns)
			if !(sum < last) {
				break
			}
			last = sum
		}
	}
	return Possibly
}

// invariants has the sorted entries of each row, which the order of columns does not change.
func (m Matrix) invariants() Matrix {
	out := Matrix{m.Rows, m.Columns, slices.Clone(m.Values)}
	for i := range m.Rows {
		slices.Sort(out.Values[i*m.Columns:][:m.Columns])
	}
	return out
}

// refined has for each row its entries in order, each with the sorted entries of the column it is in: what tells rows
// apart that hold the same entries in columns of different kinds.
func (m Matrix) refined() Matrix {
	kinds := m.turnedOver().invariants()
	width := m.Columns * (1 + kinds.Columns)
	out := Matrix{m.Rows, width, make([]float64, 0, m.Rows*width)}
	for i := range m.Rows {
		order := identity(m.Columns)
		slices.SortStableFunc(order, func(j, k int) int {
			if d := m.at(i, j) - m.at(i, k); d != 0 {
				return int(math.Copysign(1, d))
			}
			return slices.Compare(kinds.Values[j*kinds.Columns:][:kinds.Columns], kinds.Values[k*kinds.Columns:][:kinds.Columns])
		})
		for _, j := range order {
			out.Values = append(out.Values, m.at(i, j))
			out.Values = append(out.Values, kinds.Values[j*kinds.Columns:][:kinds.Columns]...)
		}
	}
	return out
}

// nearestRows assigns to each row of a one of b so that the squared distances sum to least, where column j of a
// belongs to column columns[j] of b, nil standing for the same order.
func (m Matrix) nearestRows(b Matrix, columns []int) []int {
	if columns == nil {
		columns = identity(m.Columns)
	}
	gain := make([]float64, m.Rows*m.Rows)
	for i := range m.Rows {
		for k := range m.Rows {
			for j, c := range columns {
				d := m.at(i, j) - b.at(k, c)
				gain[i*m.Rows+k] -= d * d
			}
		}
	}
	return Assign(m.Rows, gain)
}

// apart is the largest difference of entries when row i of a belongs to row rows[i] of b, and so for columns.
func (m Matrix) apart(b Matrix, rows, columns []int) float64 {
	if columns == nil {
		columns = identity(m.Columns)
	}
	worst := 0.0
	for i, r := range rows {
		for j, c := range columns {
			worst = max(worst, math.Abs(m.at(i, j)-b.at(r, c)))
		}
	}
	return worst
}

// distance is the sum of the squared differences.
func (m Matrix) distance(b Matrix, rows, columns []int) float64 {
	sum := 0.0
	for i, r := range rows {
		for j, c := range columns {
			d := m.at(i, j) - b.at(r, c)
			sum += d * d
		}
	}
	return sum
}

func sorted(v []float64) []float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s
}

// closeTo reports whether no two entries are further apart than the tolerance.
func closeTo(a, b []float64, tolerance float64) bool {
	for i, v := range a {
		if !(math.Abs(v-b[i]) <= tolerance) {
			return false
		}
	}
	return true
}

// identity is the order 0, 1, 2, …
func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// shuffled is an order that follows from the seed.
func shuffled(n int, seed uint64) []int {
	order := identity(n)
	rng.NewKey(seed, 0, 0, 0, rng.Probe).Seq().Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}
