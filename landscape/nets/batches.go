package nets

import (
	"cmp"
	"slices"

	"thalweg/landscape/rng"
)

// Order is the permutation of 0..count-1 that sorts count uniforms of step t of the key's stream: a
// shuffle that can be sought and is the same in every language.
func Order(key rng.Key, t uint64, count int) []int {
	order := make([]int, count)
	fillOrder(order, make([]float64, count), key, t)
	return order
}

func fillOrder(order []int, draws []float64, key rng.Key, t uint64) {
	key.FillUniform(draws, t, 0)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(draws[a], draws[b]), cmp.Compare(a, b))
	})
}

// Batches deals rows to minibatches: epoch e goes through all rows in the order Order(key, e, rows), cut
// in pieces of size; the last piece may be short. It remembers the current epoch only to be fast, and must
// not be shared between goroutines.
type Batches struct {
	key        rng.Key
	size, each int
	epoch      int
	order      []int
	draws      []float64
}

// NewBatches deals rows in pieces of size, or of all rows when there are fewer.
func NewBatches(key rng.Key, rows, size int) *Batches {
	size = min(size, rows)
	return &Batches{key: key, size: size, each: (rows + size - 1) / size, epoch: -1, order: make([]int, rows), draws: make([]float64, rows)}
}

// PerEpoch is the number of batches in an epoch.
func (b *Batches) PerEpoch() int { return b.each }

// At is the batch of a step, counted from 0; it is valid until the next call.
func (b *Batches) At(step int) []int {
	if e := step / b.each; e != b.epoch {
		fillOrder(b.order, b.draws, b.key, uint64(e))
		b.epoch = e
	}
	first := step % b.each * b.size
	return b.order[first:min(first+b.size, len(b.order))]
}
