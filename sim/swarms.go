package sim

import (
	"slices"
	"sort"
)

// maxSwarms bounds the memory of the swarms that a run keeps, in bytes. Beyond it they are kept at ever fewer records:
// of a hundred thousand points there are about 120.
const maxSwarms = 96 << 20

// swarms are the populations of a walk at the records whose index is a multiple of stride, in single precision: they
// are only looked at.
type swarms struct {
	stride int // 0 before the first
	kept   []kept
}

type kept struct {
	record, step int
	points       []float32 // never written to again: forks share them
}

// add keeps a population if it is its turn, and returns the bytes that takes.
func (s *swarms) add(record, step int, points []float64) int {
	s.stride = max(s.stride, 1)
	if record%s.stride != 0 || len(points) == 0 {
		return 0
	}
	small := make([]float32, len(points))
	for i, x := range points {
		small[i] = float32(x)
	}
	s.kept = append(s.kept, kept{record, step, small})
	return 4 * len(small)
}

func (s *swarms) bytes() (n int) {
	for _, k := range s.kept {
		n += 4 * len(k.points)
	}
	return n
}

// halve lets every second one go.
func (s *swarms) halve() {
	s.stride *= 2
	s.kept = slices.DeleteFunc(slices.Clone(s.kept), func(k kept) bool { return k.record%s.stride != 0 })
}

// until is what was kept up to a step.
func (s *swarms) until(step int) swarms {
	n := sort.Search(len(s.kept), func(i int) bool { return s.kept[i].step > step })
	return swarms{s.stride, slices.Clone(s.kept[:n])}
}

// thinSwarms keeps the swarms of a run within their bound.
func (t *Trace) thinSwarms() {
	for t.swarms > maxSwarms {
		largest := slices.MaxFunc(t.Methods, func(a, b *MethodTrace) int { return a.swarms.bytes() - b.swarms.bytes() })
		if len(largest.swarms.kept) < 4 {
			return
		}
		largest.swarms.halve()
		t.swarms = 0
		for _, m := range t.Methods {
			t.swarms += m.swarms.bytes()
		}
	}
}

// A Swarm is a population at a step.
type Swarm struct {
	Step  int
	dim   int
	small []float32
	full  []float64
}

// Len is the number of points.
func (s Swarm) Len() int { return (len(s.small) + len(s.full)) / s.dim }

// Point stores a point in dst.
func (s Swarm) Point(dst []float64, i int) {
	if s.full != nil {
		copy(dst, s.full[i*s.dim:(i+1)*s.dim])
		return
	}
	for k, x := range s.small[i*s.dim : (i+1)*s.dim] {
		dst[k] = float64(x)
	}
}

// SwarmAt returns the population at the last record up to a step at which it was kept, false where there is none. The
// last record of all is always kept. It may be read only within View.
func (t *MethodTrace) SwarmAt(step int) (Swarm, bool) {
	if len(t.swarm) > 0 && t.swarmStep <= step {
		return Swarm{Step: t.swarmStep, dim: t.Dim, full: t.swarm}, true
	}
	i := sort.Search(len(t.swarms.kept), func(i int) bool { return t.swarms.kept[i].step > step }) - 1
	if i < 0 {
		return Swarm{}, false
	}
	return Swarm{Step: t.swarms.kept[i].step, dim: t.Dim, small: t.swarms.kept[i].points}, true
}
