package teacher

import (
	"math"
	"slices"

	"thalweg/landscape"
)

// matched is x, D x D, with its neurons in the order of the coordinates that they lean on most, one each: the sum of
// squares on the diagonal is the largest possible.
func (p *Problem) matched(x []float64) []float64 {
	d := p.D
	gain := make([]float64, d*d)
	for i, v := range x {
		gain[i] = v * v
	}
	out := make([]float64, d*d)
	for i, a := range landscape.Assign(d, gain) {
		copy(out[a*d:(a+1)*d], x[i*d:(i+1)*d])
	}
	return out
}

// nearestOrder finds the order of rows and columns, moved together, in which x is nearest to a point of a family: which
// of them stands last where that one is unlike the others.
func nearestOrder(x []float64, point *Point) (last int, distance float64) {
	w := point.W()
	if len(point.Xi) == 2 {
		return point.D - 1, apart(x, w, point.D, point.D-1)
	}
	distance = math.Inf(1)
	for o := range point.D {
		if s := apart(x, w, point.D, o); s < distance {
			last, distance = o, s
		}
	}
	return last, distance
}

// apart is the Frobenius distance of x from w where row and column o of x change places with the last.
func apart(x, w []float64, d, o int) float64 {
	sum := 0.0
	for i := range d {
		for a := range d {
			e := x[swapped(i, o, d)*d+swapped(a, o, d)] - w[i*d+a]
			sum += e * e
		}
	}
	return math.Sqrt(sum)
}

func swapped(i, o, d int) int {
	switch i {
	case o:
		return d - 1
	case d - 1:
		return o
	}
	return i
}

// Same compares two points up to the order of neurons and, for the identity as teacher, of coordinates.
func (p *Problem) Same(a, b []float64) landscape.Match {
	m, n := landscape.Matrix{Rows: p.K, Columns: p.D, Values: a}, landscape.Matrix{Rows: p.K, Columns: p.D, Values: b}
	if p.plain {
		return landscape.SameUpToRowsAndColumns(m, n)
	}
	return landscape.SameUpToRows(m, n)
}

// Blocks is the one weight matrix, a row for each neuron.
func (p *Problem) Blocks() []landscape.Block {
	return []landscape.Block{{Rows: p.K, Columns: p.D}}
}

// Solution is W = V, with its rows in the order that brings it nearest to x, extra neurons at 0. With fewer
// neurons than the teacher has the rows nearest to them are left.
func (p *Problem) Solution(x []float64) []float64 {
	n := max(p.K, p.Teachers)
	gain := make([]float64, n*n)
	for i := range p.K {
		for j := range p.Teachers {
			s := 0.0
			for a, v := range p.v[j*p.D : (j+1)*p.D] {
				s += v * x[i*p.D+a]
			}
			gain[i*n+j] = 2*s - p.norms[j]*p.norms[j]
		}
	}
	least := slices.Min(gain)
	for i := range gain {
		gain[i] -= least
	}
	out := make([]float64, p.Dim())
	for i, j := range landscape.Assign(n, gain) {
		if i < p.K && j < p.Teachers {
			copy(out[i*p.D:(i+1)*p.D], p.v[j*p.D:(j+1)*p.D])
		}
	}
	return out
}
