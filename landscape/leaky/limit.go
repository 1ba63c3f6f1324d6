package leaky

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape/kernel"
)

// A Limit is the solution of largest margin in the parameters, min |W|²/2 with y_i f(x_i; W) >= 1, on the pattern in which
// each neuron is active on the points of its own sign: stationarity leaves two different rows, V where a_j > 0 and U where
// a_j < 0, so that its rank is at most 2 (derived for the leaky activation; Frei et al. 2023 for the claim).
type Limit struct {
	Lambda []float64
	V, U   []float64
	W      []float64 // Width x Inputs
	Norm   float64   // |W|_F: its margin is 1/Norm
	// Margins are y_i f(x_i; W) with the leaky activation, all 1 where the pattern is Valid.
	Margins []float64
	Valid   bool
}

// Limit solves K λ = 1 for the multipliers, K the products of the points times (m₊+γ²m₋)/m, (γ²m₊+m₋)/m or -γ for two
// points of label 1, of -1, or of different ones. The weights of the second layer must be of one size.
func (n *Net) Limit() (*Limit, error) {
	m := float64(n.Width)
	plus, size := 0.0, math.Abs(n.A[0])
	for _, a := range n.A {
		if math.Abs(math.Abs(a)-size) > 1e-12*size {
			return nil, fmt.Errorf("second layer of different sizes, %g and %g", math.Abs(a), size)
		}
		if a > 0 {
			plus++
		}
	}
	minus, g := m-plus, n.Slope
	scale := size * size * m // 1 for weights of 1/√m
	k, ones := mat.NewDense(n.N, n.N, nil), mat.NewVecDense(n.N, nil)
	row := func(i int) []float64 { return n.X[i*n.Inputs : i*n.Inputs+n.used] }
	for i := range n.N {
		ones.SetVec(i, 1)
		for j := range n.N {
			c := -g
			switch {
			case n.Y[i] > 0 && n.Y[j] > 0:
				c = (plus + g*g*minus) / m
			case n.Y[i] < 0 && n.Y[j] < 0:
				c = (g*g*plus + minus) / m
			}
			k.Set(i, j, scale*c*kernel.Dot(row(i), row(j)))
		}
	}
	var lambda mat.VecDense
	if err := lambda.SolveVec(k, ones); err != nil {
		return nil, fmt.Errorf("no closed solution: %w", err)
	}
	l := &Limit{Lambda: lambda.RawVector().Data, V: make([]float64, n.Inputs), U: make([]float64, n.Inputs), W: make([]float64, n.Dim()), Valid: true}
	for i, v := range l.Lambda {
		p, q := v, -g*v
		if n.Y[i] < 0 {
			p, q = q, p
		}
		kernel.Axpy(l.V, size*p, n.X[i*n.Inputs:(i+1)*n.Inputs])
		kernel.Axpy(l.U, size*q, n.X[i*n.Inputs:(i+1)*n.Inputs])
		l.Valid = l.Valid && v > 0
	}
	for j, a := range n.A {
		from := l.V
		if a < 0 {
			from = l.U
		}
		copy(l.W[j*n.Inputs:], from)
	}
	l.Norm = kernel.Norm(l.W)
	for i := range n.N {
		v, u := kernel.Dot(row(i), l.V[:n.used]), kernel.Dot(row(i), l.U[:n.used])
		l.Valid = l.Valid && v*n.Y[i] > 0 && u*n.Y[i] < 0
		l.Margins = append(l.Margins, n.Y[i]*size*(plus*leaky(v, g)-minus*leaky(u, g)))
	}
	return l, nil
}

func leaky(z, slope float64) float64 {
	if z > 0 {
		return z
	}
	return slope * z
}

// A Fit says how far a point is from the conditions of Karush, Kuhn and Tucker for the largest margin in the parameters,
// once it is scaled to a least margin of 1.
type Fit struct {
	// Residual is the distance of W from the nonnegative combinations of y_i ∇f(x_i), over |W|. Complementarity is
	// Σ λ_i (q_i - 1) / Σ λ_i, 0 where only points of least margin count.
	Residual, Complementarity float64
}

// Fit measures the conditions at w; it reports false where some point has no positive margin, so that there is nothing to
// scale.
func (n *Net) Fit(w []float64) (Fit, bool) {
	s := n.take()
	defer n.pool.Put(s)
	n.look(s, w, n.points(), n.Y, true)
	least := math.Inf(1)
	for _, q := range s.q {
		least = math.Min(least, q)
	}
	size := kernel.Norm(w)
	if !(least > 0) || size-size != 0 {
		return Fit{}, false
	}
	m := n.Width
	gram, b := mat.NewSymDense(n.N, nil), make([]float64, n.N)
	slopes := func(i int) []float64 { return s.s[i*m : (i+1)*m] }
	for i := range n.N {
		for k := i; k < n.N; k++ {
			sum := 0.0
			p, q := slopes(i), slopes(k)
			for j, a := range n.A {
				sum += a * a * p[j] * q[j]
			}
			gram.SetSym(i, k, n.Y[i]*n.Y[k]*sum*kernel.Dot(n.X[i*n.Inputs:i*n.Inputs+n.used], n.X[k*n.Inputs:k*n.Inputs+n.used]))
		}
		// y_i <∇f(x_i), W>, which is the margin for the leaky activation.
		z := s.z[i*m : (i+1)*m]
		for j, a := range n.A {
			b[i] += n.Y[i] * a * slopes(i)[j] * z[j]
		}
	}
	lambda, err := leastQuadratic(gram, b)
	if err != nil {
		return Fit{}, false
	}
	var f Fit
	sum := 0.0
	for i, v := range lambda {
		f.Complementarity += v * (s.q[i]/least - 1)
		sum += v
		s.g[i] = v * n.Y[i]
	}
	if sum > 0 {
		f.Complementarity /= sum
	}
	off := make([]float64, n.Dim())
	n.spread(s, off, n.points())
	for i := range off {
		off[i] = w[i] - off[i]
	}
	f.Residual = kernel.Norm(off) / size
	return f, true
}
