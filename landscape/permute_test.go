package landscape_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"thalweg/landscape"
)

func TestAssign(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := 1; n <= 6; n++ {
		for range 20 {
			gain := make([]float64, n*n)
			for i := range gain {
				gain[i] = r.NormFloat64()
			}
			place := landscape.Assign(n, gain)
			total := func(p []int) (sum float64) {
				for i, j := range p {
					sum += gain[i*n+j]
				}
				return sum
			}
			best := math.Inf(-1)
			permutations(n, func(p []int) { best = max(best, total(p)) })
			if got := total(place); math.Abs(got-best) > 1e-12 {
				t.Fatalf("%v gains %v, the best is %v", place, got, best)
			}
		}
	}
}

// permutations calls f with every order of 0..n-1.
func permutations(n int, f func([]int)) {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	var walk func(int)
	walk = func(k int) {
		if k == n {
			f(p)
			return
		}
		for i := k; i < n; i++ {
			p[k], p[i] = p[i], p[k]
			walk(k + 1)
			p[k], p[i] = p[i], p[k]
		}
	}
	walk(0)
}

// shuffledMatrix has the rows and columns of m in another order.
func shuffledMatrix(r *rand.Rand, m landscape.Matrix, rows, columns bool) landscape.Matrix {
	p, q := r.Perm(m.Rows), r.Perm(m.Columns)
	out := landscape.Matrix{Rows: m.Rows, Columns: m.Columns, Values: make([]float64, len(m.Values))}
	for i := range m.Rows {
		for j := range m.Columns {
			k, l := i, j
			if rows {
				k = p[i]
			}
			if columns {
				l = q[j]
			}
			out.Values[k*m.Columns+l] = m.Values[i*m.Columns+j]
		}
	}
	return out
}

func TestSameUpToOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for k := range 200 {
		a := landscape.Matrix{Rows: 1 + r.IntN(7), Columns: 1 + r.IntN(7)}
		for range a.Rows * a.Columns {
			v := r.NormFloat64()
			if k%2 == 0 {
				v = math.Round(2 * v) // many equal entries
			}
			a.Values = append(a.Values, v)
		}
		b := shuffledMatrix(r, a, true, false)
		for i := range b.Values {
			b.Values[i] += 1e-9 * r.NormFloat64()
		}
		if got := landscape.SameUpToRows(a, b); got != landscape.Equal {
			t.Errorf("%v and its rows in another order: %v, want equal", a, got)
		}
		c := shuffledMatrix(r, b, false, true)
		if got := landscape.SameUpToRowsAndColumns(a, c); got != landscape.Equal {
			t.Errorf("%v and its rows and columns in another order %v: %v, want equal", a, c, got)
		}
		c.Values[r.IntN(len(c.Values))] += 1e-3
		if got := landscape.SameUpToRowsAndColumns(a, c); got != landscape.Different {
			t.Errorf("%v and another matrix: %v, want different", a, got)
		}
		if b.Values[0] += 1e-3; landscape.SameUpToRows(a, b) != landscape.Different {
			t.Errorf("%v and another matrix are one up to their rows", a)
		}
	}
	if landscape.SameUpToRowsAndColumns(landscape.Matrix{Rows: 1, Columns: 2, Values: []float64{1, 2}}, landscape.Matrix{Rows: 2, Columns: 1, Values: []float64{1, 2}}) != landscape.Different {
		t.Error("a row is a column")
	}
}

// Two cycles of three and one of six have the same rows, columns and entries, and are different graphs.
func TestPossiblyEqual(t *testing.T) {
	graph := func(next ...int) landscape.Matrix {
		m := landscape.Matrix{Rows: len(next), Columns: len(next), Values: make([]float64, len(next)*len(next))}
		for i, j := range next {
			m.Values[i*len(next)+i], m.Values[i*len(next)+j] = 1, 1
		}
		return m
	}
	two, one := graph(1, 2, 0, 4, 5, 3), graph(1, 2, 3, 4, 5, 0)
	if got := landscape.SameUpToRowsAndColumns(two, one); got != landscape.Possibly {
		t.Errorf("two triangles and a hexagon: %v, want possibly equal", got)
	}
	if got := landscape.SameUpToRowsAndColumns(one, one); got != landscape.Equal {
		t.Errorf("a hexagon and itself: %v, want equal", got)
	}
}
