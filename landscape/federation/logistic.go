package federation

import (
	"math"

	"thalweg/landscape/kernel"
)

// Logistic is binary logistic regression without a bias over the rows of all clients, labels 0 and 1, with a quadratic
// penalty. Every client has as many rows.
type Logistic struct {
	X, Y      []float64
	dim       int
	PerClient int
	Penalty   float64
}

// NewLogistic returns the loss of clients with so many rows each.
func NewLogistic(x, y []float64, dim, perClient int, penalty float64) *Logistic {
	return &Logistic{X: x, Y: y, dim: dim, PerClient: perClient, Penalty: penalty}
}

// Clients implements Clients.
func (l *Logistic) Clients() int { return len(l.Y) / l.PerClient }

// Dim implements landscape.Func.
func (l *Logistic) Dim() int { return l.dim }

func share(a float64) float64 {
	if a >= 0 {
		return 1 / (1 + math.Exp(-a))
	}
	e := math.Exp(a)
	return e / (1 + e)
}

// Loss implements landscape.Func.
func (l *Logistic) Loss(w []float64) float64 {
	sum := 0.0
	for i, y := range l.Y {
		a := kernel.Dot(l.X[i*l.dim:(i+1)*l.dim], w)
		sum += max(a, 0) + math.Log1p(math.Exp(-math.Abs(a))) - y*a
	}
	return sum/float64(len(l.Y)) + l.Penalty/2*kernel.Dot(w, w)
}

// Grad implements landscape.Func.
func (l *Logistic) Grad(dst, w []float64) float64 {
	l.grad(dst, w, 0, len(l.Y))
	return l.Loss(w)
}

func (l *Logistic) grad(dst, w []float64, from, to int) {
	for i, v := range w {
		dst[i] = l.Penalty * v
	}
	for i := from; i < to; i++ {
		row := l.X[i*l.dim : (i+1)*l.dim]
		kernel.Axpy(dst, (share(kernel.Dot(row, w))-l.Y[i])/float64(to-from), row)
	}
}

// ClientGrad implements Clients.
func (l *Logistic) ClientGrad(dst, w []float64, client int) {
	l.grad(dst, w, client*l.PerClient, (client+1)*l.PerClient)
}

// HessVec implements landscape.Curved.
func (l *Logistic) HessVec(dst, w, v []float64) {
	for i, x := range v {
		dst[i] = l.Penalty * x
	}
	for i := range l.Y {
		row := l.X[i*l.dim : (i+1)*l.dim]
		s := share(kernel.Dot(row, w))
		kernel.Axpy(dst, s*(1-s)*kernel.Dot(row, v)/float64(len(l.Y)), row)
	}
}
