package scoreascent

import (
	"math"

	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

// A noise gives the random numbers of a step: N proposals of d normal numbers each, and as many uniform ones.
type noise interface {
	// Normals fills dst with the standard normal numbers of proposal n.
	Normals(dst []float64, step, n int)
	Uniform(step, n int) float64
}

// keyed takes them from counter-based streams, by their place: a method that asks for fewer stays aligned with the others.
type keyed struct{ proposal, accept rng.Key }

// Normals implements noise.
func (k keyed) Normals(dst []float64, step, n int) {
	k.proposal.FillNormal(dst, uint64(step), uint64(n*((len(dst)+1)/2)))
}

// Uniform implements noise.
func (k keyed) Uniform(step, n int) float64 {
	u, _ := k.accept.Uniform2(uint64(step), uint64(n))
	return u
}

// The indices of uniform numbers that only defensive proposals use: which part of the mixture, and its coordinates.
const (
	defensivePart  = 1 << 20
	defensiveCoord = 1 << 21
)

// kind is one of the six estimators.
type kind int

// The estimators of the gradient, by their Markov chain or without one.
const (
	pmcsa kind = iota // N chains of independent Metropolis-Hastings, each moved once
	jsa               // one chain moved N times
	mscRB             // conditional importance sampling, all candidates weighted
	msc               // the same chain, its state alone
	snis              // self-normalised importance sampling, no chain
	elbo              // the exclusive divergence, by the path derivative
)

// chainsOf is how many chains an estimator has.
func (k kind) chainsOf(n int) int {
	switch k {
	case pmcsa:
		return n
	case jsa, mscRB, msc:
		return 1
	}
	return 0
}

// chains is an estimator with the states of its chains. N is the number of new density evaluations in a step.
type chains struct {
	kind      kind
	target    inference.Target
	q         *inference.Normal
	n, d      int
	defensive float64 // share of the heavy-tailed part of proposals

	state   []float64 // chain by chain
	logP    []float64 // of each state; it does not depend on λ
	age     []int     // steps since a chain last moved
	accept  float64   // of the last step: share of proposals taken, or of the effective sample size
	weights []float64 // of the last step's candidates, the retained state first

	proposals       []float64 // of the last step
	taken           []bool
	logs            []float64
	propLogP        []float64
	eps, grad, back []float64
}

func newChains(k kind, target inference.Target, f inference.Family, n int, defensive float64) *chains {
	d, m := target.Dim(), k.chainsOf(n)
	return &chains{kind: k, target: target, q: inference.NewNormal(f, d), n: n, d: d, defensive: defensive,
		state: make([]float64, m*d), logP: make([]float64, m), age: make([]int, m), weights: make([]float64, n+1),
		proposals: make([]float64, n*d), taken: make([]bool, n), logs: make([]float64, n+1), propLogP: make([]float64, n),
		eps: make([]float64, d), grad: make([]float64, d), back: make([]float64, d)}
}

// clone returns a copy with all its memory.
func (c *chains) clone() *chains {
	o := newChains(c.kind, c.target, c.q.Family, c.n, c.defensive)
	o.q = c.q.Clone()
	copy(o.state, c.state)
	copy(o.logP, c.logP)
	copy(o.age, c.age)
	copy(o.weights, c.weights)
	copy(o.proposals, c.proposals)
	copy(o.taken, c.taken)
	o.accept = c.accept
	return o
}

// begin draws every chain's state from q.
func (c *chains) begin(lambda []float64, src noise) {
	c.q.Set(lambda)
	for i := range c.logP {
		src.Normals(c.eps, 0, i)
		z := c.at(i)
		c.q.Draw(z, c.eps)
		c.logP[i] = c.target.Log(z)
	}
}

func (c *chains) at(i int) []float64       { return c.state[i*c.d : (i+1)*c.d] }
func (c *chains) proposal(n int) []float64 { return c.proposals[n*c.d : (n+1)*c.d] }

// propose draws proposal n and returns ln w = ln π - ln q there.
func (c *chains) propose(step, n int, src noise) float64 {
	z := c.proposal(n)
	if c.defensive > 0 && src.Uniform(step, defensivePart+n) < c.defensive {
		for i := range z {
			z[i] = math.Tan(math.Pi * (src.Uniform(step, defensiveCoord+n*c.d+i) - 0.5))
		}
	} else {
		src.Normals(c.eps, step, n)
		c.q.Draw(z, c.eps)
	}
	c.propLogP[n] = c.target.Log(z)
	return c.propLogP[n] - c.logProposal(z)
}

// logProposal is the logarithm of the density that proposals are drawn from.
func (c *chains) logProposal(z []float64) float64 {
	l := c.q.Log(z)
	if c.defensive == 0 {
		return l
	}
	heavy := 0.0
	for _, x := range z {
		heavy -= math.Log(math.Pi * (1 + x*x))
	}
	a, b := math.Log1p(-c.defensive)+l, math.Log(c.defensive)+heavy
	top := max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top))
}

// estimate moves the chains at λ and stores the estimate of the gradient.
func (c *chains) estimate(grad, lambda []float64, step int, src noise) {
	c.q.Set(lambda)
	clear(grad)
	share := -1 / float64(c.n)
	switch c.kind {
	case pmcsa:
		moved := 0
		for i := range c.n {
			if c.metropolis(i, i, step, src) {
				moved++
				c.age[i] = 0
			} else {
				c.age[i]++
			}
			c.q.AddScore(grad, share, c.at(i))
		}
		c.accept = float64(moved) / float64(c.n)
	case jsa:
		moved := 0
		for i := range c.n {
			if c.metropolis(0, i, step, src) {
				moved++
			}
			c.q.AddScore(grad, share, c.at(0))
		}
		c.aged(moved > 0)
		c.accept = float64(moved) / float64(c.n)
	case mscRB, msc:
		c.conditional(grad, step, src)
	case snis:
		for i := range c.n {
			c.logs[i] = c.propose(step, i, src)
		}
		w := c.weights[:c.n]
		softmax(w, c.logs[:c.n])
		squares := 0.0
		for i, v := range w {
			c.q.AddScore(grad, -v, c.proposal(i))
			squares += v * v
			c.taken[i] = true
		}
		c.accept = 1 / squares / float64(c.n)
	case elbo:
		for i := range c.n {
			src.Normals(c.eps, step, i)
			z := c.proposal(i)
			c.q.Draw(z, c.eps)
			c.target.LogGrad(c.grad, z)
			c.q.LogGrad(c.back, z)
			for j, v := range c.back {
				c.grad[j] = v - c.grad[j]
			}
			c.q.AddPath(grad, -share, c.grad, c.eps)
			c.taken[i] = true
		}
		c.accept = 1
	}
}

// aged notes whether the one chain moved.
func (c *chains) aged(moved bool) {
	c.age[0]++
	if moved {
		c.age[0] = 0
	}
}

// metropolis offers proposal n to a chain. The retained state's ln q is that of the present λ.
func (c *chains) metropolis(chain, n, step int, src noise) bool {
	log := c.propose(step, n, src)
	now := c.logP[chain] - c.logProposal(c.at(chain))
	c.taken[n] = math.Log(src.Uniform(step, n)) < min(0, log-now)
	if c.taken[n] {
		copy(c.at(chain), c.proposal(n))
		c.logP[chain] = c.propLogP[n]
	}
	return c.taken[n]
}

// conditional weighs the retained state and the proposals, adds the gradient of either estimator, and draws the next state.
func (c *chains) conditional(grad []float64, step int, src noise) {
	c.logs[0] = c.logP[0] - c.logProposal(c.at(0))
	for i := range c.n {
		c.logs[i+1] = c.propose(step, i, src)
		c.taken[i] = false
	}
	softmax(c.weights, c.logs)
	if c.kind == mscRB {
		c.q.AddScore(grad, -c.weights[0], c.at(0))
		for i := range c.n {
			c.q.AddScore(grad, -c.weights[i+1], c.proposal(i))
		}
	}
	u, sum, index := src.Uniform(step, 0), 0.0, c.n
	for j, w := range c.weights {
		if sum += w; sum > u {
			index = j
			break
		}
	}
	if index > 0 {
		copy(c.at(0), c.proposal(index-1))
		c.logP[0] = c.propLogP[index-1]
		c.taken[index-1] = true
	}
	if c.kind == msc {
		c.q.AddScore(grad, -1, c.at(0))
	}
	c.aged(index > 0)
	c.accept = 0
	if index > 0 {
		c.accept = 1
	}
}

// softmax stores the exponentials of logs, scaled to sum 1.
func softmax(dst, logs []float64) {
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	if math.IsInf(top, -1) {
		// No candidate has any density: all count alike.
		for i := range dst {
			dst[i] = 1 / float64(len(dst))
		}
		return
	}
	for i, l := range logs {
		dst[i] = math.Exp(l - top)
	}
	kernel.Scale(1/kernel.Sum(dst), dst)
}
