package opt

import (
	"slices"

	"thalweg/landscape/rng"
)

// A Batcher chooses the rows of each step: a function of the step alone, whatever was asked before.
type Batcher interface {
	// Next returns the rows of step t, or nil for all of them. The slice is good until the next call.
	Next(t int) []int
}

// batchKey is shared by all methods and runs of a seed, so that contestants see the same rows.
func batchKey(seed uint64) rng.Key { return rng.NewKey(seed, 0, 0, 0, rng.Batch) }

// EpochBatches passes over all rows in batches of batchSize, in a new order each epoch; the last batch may be
// short. The order of epoch e is that of the uniform numbers of step e. A size of 0 or of all rows gives nil batches.
func EpochBatches(seed uint64, rows, batchSize int) Batcher {
	if batchSize <= 0 || batchSize >= rows {
		return wholeBatch{}
	}
	b := &epochs{key: batchKey(seed), size: batchSize, epoch: -1, order: make([]int, rows), rank: make([]float64, rows)}
	b.compare = func(i, j int) int {
		switch {
		case b.rank[i] < b.rank[j]:
			return -1
		case b.rank[i] > b.rank[j]:
			return 1
		}
		return i - j
	}
	return b
}

// IIDBatches draws batchSize rows with replacement in each step.
func IIDBatches(seed uint64, rows, batchSize int) Batcher {
	if batchSize <= 0 {
		return wholeBatch{}
	}
	return &iid{batchKey(seed), rows, make([]int, batchSize), make([]float64, batchSize)}
}

// FreshBatches draws batchSize different rows in each step, without regard to earlier steps.
func FreshBatches(seed uint64, rows, batchSize int) Batcher {
	if batchSize <= 0 || batchSize >= rows {
		return wholeBatch{}
	}
	b := &fresh{batchKey(seed), make([]int, rows), make([]int, batchSize), make([]int, batchSize), make([]float64, batchSize)}
	for i := range b.deck {
		b.deck[i] = i
	}
	return b
}

type wholeBatch struct{}

func (wholeBatch) Next(int) []int { return nil }

type epochs struct {
	key     rng.Key
	size    int
	epoch   int // of order, -1 for none
	order   []int
	rank    []float64
	compare func(i, j int) int
}

func (b *epochs) Next(t int) []int {
	perEpoch := (len(b.order) + b.size - 1) / b.size
	if e := t / perEpoch; e != b.epoch {
		b.epoch = e
		b.key.FillUniform(b.rank, uint64(e), 0)
		for i := range b.order {
			b.order[i] = i
		}
		slices.SortFunc(b.order, b.compare)
	}
	at := t % perEpoch * b.size
	return b.order[at:min(at+b.size, len(b.order))]
}

type iid struct {
	key  rng.Key
	rows int
	out  []int
	u    []float64
}

func (b *iid) Next(t int) []int {
	b.key.FillUniform(b.u, uint64(t), 0)
	for i, u := range b.u {
		b.out[i] = int(u * float64(b.rows))
	}
	return b.out
}

// fresh deals from a deck by swaps and takes the swaps back, so that the deck is sorted before every step.
type fresh struct {
	key             rng.Key
	deck, out, with []int
	u               []float64
}

func (b *fresh) Next(t int) []int {
	b.key.FillUniform(b.u, uint64(t), 0)
	for i, u := range b.u {
		j := i + int(u*float64(len(b.deck)-i))
		b.deck[i], b.deck[j] = b.deck[j], b.deck[i]
		b.with[i] = j
	}
	copy(b.out, b.deck)
	for i := len(b.with) - 1; i >= 0; i-- {
		j := b.with[i]
		b.deck[i], b.deck[j] = b.deck[j], b.deck[i]
	}
	return b.out
}
