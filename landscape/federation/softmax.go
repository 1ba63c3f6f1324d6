package federation

import (
	"math"
	"slices"
	"sync"

	"thalweg/landscape/kernel"
)

// Softmax is softmax regression over the rows of all clients, with a quadratic penalty: W is (inputs+1) x classes,
// row-major, its last row the biases. Every client has as many rows.
type Softmax struct {
	X               []float64 // rows x inputs
	Y               []int
	Inputs, Classes int
	PerClient       int
	Penalty         float64
	pool            sync.Pool
	parts           sync.Pool
}

// NewSoftmax returns the loss of clients with so many rows each.
func NewSoftmax(x []float64, y []int, inputs, classes, perClient int, penalty float64) *Softmax {
	s := &Softmax{X: x, Y: y, Inputs: inputs, Classes: classes, PerClient: perClient, Penalty: penalty}
	s.pool.New = func() any {
		return &shares{p: make([]float64, perClient*classes), q: make([]float64, perClient*classes)}
	}
	return s
}

// shares are the softmax shares of the rows of a client, and room for products.
type shares struct{ p, q []float64 }

// Clients implements Clients.
func (s *Softmax) Clients() int { return len(s.Y) / s.PerClient }

// Dim implements landscape.Func.
func (s *Softmax) Dim() int { return (s.Inputs + 1) * s.Classes }

// linear stores XW + b of a client's rows.
func (s *Softmax) linear(dst, w []float64, client int) {
	c, d := s.Classes, s.Inputs
	for r := range s.PerClient {
		row, out := s.X[(client*s.PerClient+r)*d:][:d], dst[r*c:(r+1)*c]
		copy(out, w[d*c:])
		for i, x := range row {
			if x == 0 {
				continue
			}
			for k, v := range w[i*c : (i+1)*c] {
				out[k] += x * v
			}
		}
	}
}

// softmax turns a client's logits into shares and returns the sum of its rows' losses.
func (s *Softmax) softmax(p []float64, client int) float64 {
	loss, c := 0.0, s.Classes
	for r := range s.PerClient {
		row := p[r*c : (r+1)*c]
		top := slices.Max(row)
		loss -= row[s.Y[client*s.PerClient+r]] - top
		for k := range row {
			row[k] -= top
		}
	}
	kernel.MapExp(p, p)
	for r := range s.PerClient {
		row := p[r*c : (r+1)*c]
		sum := kernel.Sum(row)
		loss += math.Log(sum)
		kernel.Scale(1/sum, row)
	}
	return loss
}

// back adds X'R times a factor to dst, for a client's rows.
func (s *Softmax) back(dst, r []float64, factor float64, client int) {
	c, d := s.Classes, s.Inputs
	for i := range s.PerClient {
		row, out := s.X[(client*s.PerClient+i)*d:][:d], r[i*c:(i+1)*c]
		for j, x := range row {
			if x == 0 {
				continue
			}
			f, to := factor*x, dst[j*c:(j+1)*c]
			for k, v := range out {
				to[k] += f * v
			}
		}
		for k, v := range out {
			dst[d*c+k] += factor * v
		}
	}
}

// ClientGrad implements Clients.
func (s *Softmax) ClientGrad(dst, w []float64, client int) {
	room := s.pool.Get().(*shares)
	defer s.pool.Put(room)
	for i, v := range w {
		dst[i] = s.Penalty * v
	}
	s.clientGrad(dst, w, client, room)
}

func (s *Softmax) clientGrad(dst, w []float64, client int, room *shares) float64 {
	s.linear(room.p, w, client)
	loss := s.softmax(room.p, client)
	for r := range s.PerClient {
		room.p[r*s.Classes+s.Y[client*s.PerClient+r]]--
	}
	s.back(dst, room.p, 1/float64(s.PerClient), client)
	return loss / float64(s.PerClient)
}

// Loss implements landscape.Func.
func (s *Softmax) Loss(w []float64) float64 {
	n := s.Clients()
	sums := s.room((n + block - 1) / block)
	defer s.parts.Put(sums)
	blocks(n, func(low, high, b int) {
		room := s.pool.Get().(*shares)
		defer s.pool.Put(room)
		sum := 0.0
		for i := low; i < high; i++ {
			s.linear(room.p, w, i)
			sum += s.softmax(room.p, i)
		}
		sums.v[b] = sum
	})
	return kernel.Sum(sums.v)/float64(len(s.Y)) + s.Penalty/2*kernel.Dot(w, w)
}

// sums are those of blocks.
type sums struct{ v []float64 }

func (s *Softmax) room(n int) *sums {
	r, _ := s.parts.Get().(*sums)
	if r == nil {
		r = &sums{}
	}
	if cap(r.v) < n {
		r.v = make([]float64, n)
	}
	r.v = r.v[:n]
	return r
}

// Grad implements landscape.Func.
func (s *Softmax) Grad(dst, w []float64) float64 {
	n, p := s.Clients(), s.Dim()
	count := (n + block - 1) / block
	parts := s.room(count * (p + 1))
	defer s.parts.Put(parts)
	blocks(n, func(low, high, b int) {
		room := s.pool.Get().(*shares)
		defer s.pool.Put(room)
		g := parts.v[b*(p+1) : (b+1)*(p+1)]
		clear(g)
		for i := low; i < high; i++ {
			g[p] += s.clientGrad(g[:p], w, i, room)
		}
	})
	for i, v := range w {
		dst[i] = s.Penalty * v
	}
	loss := 0.0
	for b := range count {
		g := parts.v[b*(p+1) : (b+1)*(p+1)]
		kernel.Axpy(dst, 1/float64(n), g[:p])
		loss += g[p]
	}
	return loss/float64(n) + s.Penalty/2*kernel.Dot(w, w)
}

// HessVec implements landscape.Curved: X'[S∘(XV - (S∘XV)1)]/n + ρV.
func (s *Softmax) HessVec(dst, w, v []float64) {
	n, p, c := s.Clients(), s.Dim(), s.Classes
	count := (n + block - 1) / block
	parts := s.room(count * p)
	defer s.parts.Put(parts)
	blocks(n, func(low, high, b int) {
		room := s.pool.Get().(*shares)
		defer s.pool.Put(room)
		g := parts.v[b*p : (b+1)*p]
		clear(g)
		for i := low; i < high; i++ {
			s.linear(room.p, w, i)
			s.softmax(room.p, i)
			s.linear(room.q, v, i)
			for r := range s.PerClient {
				share, turn := room.p[r*c:(r+1)*c], room.q[r*c:(r+1)*c]
				mean := kernel.Dot(share, turn)
				for k := range turn {
					turn[k] = share[k] * (turn[k] - mean)
				}
			}
			s.back(g, room.q, 1/float64(s.PerClient), i)
		}
	})
	for i, x := range v {
		dst[i] = s.Penalty * x
	}
	for b := range count {
		kernel.Axpy(dst, 1/float64(n), parts.v[b*p:(b+1)*p])
	}
}

// Right stores for each class how many of some rows of it are told right, and how many there are; it returns the share of
// all that are.
func (s *Softmax) Right(w, x []float64, y []int, right, all []float64) float64 {
	c, d := s.Classes, s.Inputs
	clear(right)
	clear(all)
	logits, told := make([]float64, c), 0
	for r, label := range y {
		copy(logits, w[d*c:])
		for i, v := range x[r*d : (r+1)*d] {
			if v == 0 {
				continue
			}
			for k, u := range w[i*c : (i+1)*c] {
				logits[k] += v * u
			}
		}
		best := 0
		for k, v := range logits {
			if v > logits[best] {
				best = k
			}
		}
		all[label]++
		if best == label {
			right[label]++
			told++
		}
	}
	return float64(told) / float64(len(y))
}
