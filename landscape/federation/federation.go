// Package federation is a loss that is spread over clients: each has a part of its own, the ground is their mean. Nobody
// but a client sees its gradient; what leaves it is the business of a protocol.
package federation

import (
	"thalweg/landscape"
	"thalweg/landscape/kernel"
)

// Clients is a loss that is the mean of those of clients.
type Clients interface {
	landscape.Curved
	// Clients is how many there are.
	Clients() int
	// ClientGrad stores the gradient of a client's loss. It is safe for concurrent use.
	ClientGrad(dst, w []float64, client int)
}

// block is how many clients are worked on together; their sums are added in order, whatever the number of cores.
const block = 64

// blocks calls do for each block of clients, on all cores.
func blocks(clients int, do func(low, high, b int)) {
	kernel.Blocks((clients+block-1)/block, func(b int) { do(b*block, min(clients, (b+1)*block), b) })
}

// Quadratic is ½h|w-c|² for each client, with centres c of its own: the loss whose noise floor is known exactly.
type Quadratic struct {
	H       float64
	Centres []float64 // clients x dim
	dim     int
	mean    []float64
	spread  float64
}

// NewQuadratic returns the loss of clients with these centres, row by row.
func NewQuadratic(h float64, centres []float64, dim int) *Quadratic {
	q := &Quadratic{H: h, Centres: centres, dim: dim, mean: make([]float64, dim)}
	n := float64(len(centres) / dim)
	for i, c := range centres {
		q.mean[i%dim] += c / n
	}
	for i, c := range centres {
		d := c - q.mean[i%dim]
		q.spread += d * d / n
	}
	return q
}

// Clients implements Clients.
func (q *Quadratic) Clients() int { return len(q.Centres) / q.dim }

// Dim implements landscape.Func.
func (q *Quadratic) Dim() int { return q.dim }

// Lowest is the mean of the centres, where the loss is least.
func (q *Quadratic) Lowest() []float64 { return q.mean }

// Loss implements landscape.Func.
func (q *Quadratic) Loss(w []float64) float64 {
	sum := q.spread
	for i, x := range w {
		sum += (x - q.mean[i]) * (x - q.mean[i])
	}
	return q.H * sum / 2
}

// Grad implements landscape.Func.
func (q *Quadratic) Grad(dst, w []float64) float64 {
	for i, x := range w {
		dst[i] = q.H * (x - q.mean[i])
	}
	return q.Loss(w)
}

// HessVec implements landscape.Curved.
func (q *Quadratic) HessVec(dst, _, v []float64) {
	for i, x := range v {
		dst[i] = q.H * x
	}
}

// ClientGrad implements Clients.
func (q *Quadratic) ClientGrad(dst, w []float64, client int) {
	for i, x := range w {
		dst[i] = q.H * (x - q.Centres[client*q.dim+i])
	}
}
