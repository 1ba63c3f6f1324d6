package teacher

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// A Family is a critical point that there is in every dimension, of d neurons against the d unit vectors: the global
// minimum, and the spurious ones that Arjevani and Field call A, I and II.
type Family int

// The families. In A all neurons are flipped, in I all but one, in II one.
const (
	Global Family = iota
	A
	I
	II
)

// Families lists them in the order of their numbers.
var Families = []Family{Global, A, I, II}

func (f Family) String() string { return [...]string{"global", "a", "i", "ii"}[f] }

// The dimensions in which families are known.
const (
	SmallestFamily = 6
	LargestFamily  = 50
)

// A Point is a family's member in one dimension.
type Point struct {
	Family Family
	D      int
	Space  *Space
	// Xi are its numbers: diagonal and off-diagonal entry, for I and II then those of the last column and the last row,
	// and the corner.
	Xi []float64
	// Loss is L there, Residual the norm of the gradient.
	Loss, Residual float64
}

// W is the weight matrix, D x D.
func (p *Point) W() []float64 { return p.Space.Expand(p.Xi) }

// places are the points found so far.
var places sync.Map // of placeKey to func() (*Point, error)

type placeKey struct {
	family Family
	d      int
}

// Find is a family's member in d dimensions, from 6 to 50, found by Newton's method on its two or five numbers and kept.
func Find(f Family, d int) (*Point, error) {
	if d < SmallestFamily || d > LargestFamily {
		return nil, fmt.Errorf("family %s in %d dimensions; want %d to %d", f, d, SmallestFamily, LargestFamily)
	}
	once, _ := places.LoadOrStore(placeKey{f, d}, sync.OnceValues(func() (*Point, error) { return find(f, d) }))
	return once.(func() (*Point, error))()
}

func find(f Family, d int) (*Point, error) {
	parts, start := []int{d}, []float64{1, 0}
	n := float64(d)
	switch f {
	case A:
		start = []float64{-1 + 2/n, 2 / n}
	case I:
		parts, start = []int{d - 1, 1}, []float64{-1 + 2/n, 2 / n, 0, 0, 1}
	case II:
		parts = []int{d - 1, 1}
		var err error
		if start, err = before(d); err != nil {
			return nil, err
		}
	}
	space, err := NewSpace(parts, 0)
	if err != nil {
		return nil, err
	}
	p := Orthonormal(d, d)
	xi, residual, err := space.Newton(p, start)
	if err != nil {
		return nil, fmt.Errorf("family %s in %d dimensions: %w", f, d, err)
	}
	return &Point{Family: f, D: d, Space: space, Xi: xi, Loss: p.Loss(space.Expand(xi)), Residual: residual}, nil
}

// seventh is where family II lies in 7 dimensions, to four digits (Safran and Shamir, 2018, publish ten).
var seventh = []float64{0.9969, -0.0351, 0.2617, 0.1860, -0.6327}

// before is where to look for family II: from the neighbouring dimension, whose small entries shrink as 1/d.
func before(d int) ([]float64, error) {
	if d == 7 {
		return seventh, nil
	}
	from := d - 1
	if d < 7 {
		from = d + 1
	}
	near, err := Find(II, from)
	if err != nil {
		return nil, err
	}
	xi := append([]float64(nil), near.Xi...)
	for _, q := range []int{1, 2, 3} {
		xi[q] *= float64(from) / float64(d)
	}
	return xi, nil
}

// tenthTwo is where the minimum with two neurons flipped lies in 10 dimensions, to three digits: diagonal and off-diagonal
// entry of the others, their entries in the last two columns, those of the last two rows, diagonal and off-diagonal entry
// of the pair.
var tenthTwo = []float64{0.998, -0.037, 0.191, 0.136, -0.730, 0.153}

// twos are the points with two neurons flipped that were found so far, by their dimension.
var twos sync.Map // of int to func() (*Point, error)

// TwoFlipped is the critical point of d neurons of which the last two are flipped, kept by S_{d-2} x S_2, in 6 to 50
// dimensions: next to type II the minimum that descent is caught in most often (34 of 1000 published runs with 10). It
// is of no family, and Levels does not know its spectrum.
func TwoFlipped(d int) (w []float64, loss float64, err error) {
	if d < SmallestFamily || d > LargestFamily {
		return nil, 0, fmt.Errorf("two flipped neurons in %d dimensions; want %d to %d", d, SmallestFamily, LargestFamily)
	}
	once, _ := twos.LoadOrStore(d, sync.OnceValues(func() (*Point, error) { return twoFlipped(d) }))
	p, err := once.(func() (*Point, error))()
	if err != nil {
		return nil, 0, err
	}
	return p.W(), p.Loss, nil
}

func twoFlipped(d int) (*Point, error) {
	start, from := slices.Clone(tenthTwo), 10
	for from != d {
		to := from + 1
		if d < from {
			to = from - 1
		}
		for _, q := range []int{1, 2, 3, 5} {
			start[q] *= float64(from) / float64(to)
		}
		from = to
	}
	space, err := NewSpace([]int{d - 2, 2}, 0)
	if err != nil {
		return nil, err
	}
	p := Orthonormal(d, d)
	xi, residual, err := space.Newton(p, start)
	if err != nil {
		return nil, fmt.Errorf("two flipped neurons in %d dimensions: %w", d, err)
	}
	return &Point{D: d, Space: space, Xi: xi, Loss: p.Loss(space.Expand(xi)), Residual: residual}, nil
}

// Nearest is the family nearest to x, of D neurons against the unit vectors, up to the order of neurons and of
// coordinates, with the Frobenius distance. Outside the dimensions of the families, for other numbers of neurons and
// for other teachers there is none.
func (p *Problem) Nearest(x []float64) (f Family, distance float64, known bool) {
	if !p.plain || p.K != p.D || p.D < SmallestFamily || p.D > LargestFamily {
		return 0, 0, false
	}
	turned := p.matched(x)
	distance = math.Inf(1)
	for _, family := range Families {
		point, err := Find(family, p.D)
		if err != nil {
			continue
		}
		if _, s := nearestOrder(turned, point); s < distance {
			f, distance = family, s
		}
	}
	return f, distance, true
}
