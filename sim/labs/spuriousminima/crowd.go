package spuriousminima

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
)

// The bounds of Safran and Shamir (2018): a run is over where the gradient norm is below rest, and it has succeeded where
// the loss is below success. Descent does not lose a success again, so a run is settled there.
const (
	rest    = 1e-9
	success = 1e-3
)

// A crowd is a method that walks from as many random starts as there are runs. The one in the pictures is the first; the
// others follow the same rule with the seeds that come after. It is over when all are. It is not a Cloner: two hundred
// walks cost more in a checkpoint than in a replay.
type crowd struct {
	method opt.Method
	ground *ground
	end    error
	others []runner

	next    atomic.Int64
	walking atomic.Int64
	busy    sync.WaitGroup
	work    func()
}

// A runner is one of the other walks.
type runner struct {
	walk       *opt.Walk
	loss, norm float64
	over       bool
	// grad is room for the exact gradient of a method that sees samples; nil where each step sees it.
	grad []float64
}

// looked is how many steps of a method that sees samples pass between two looks at the loss itself.
const looked = 20

// chunk is how many walks are stepped together.
const chunk = 4

func newCrowd(m *sim.MethodSpec, method opt.Method, env opt.Env, g *ground) (*crowd, error) {
	c := &crowd{method: method, ground: g, others: make([]runner, g.recipe.runs-1)}
	for i := range c.others {
		seed := g.recipe.seed + uint64(i) + 1
		env.Seed, env.Start = seed, g.draw(seed)
		if g.base != nil {
			r := *g
			r.recipe.seed = seed
			start, err := r.nudged()
			if err != nil {
				return nil, err
			}
			env.Start = start
		}
		other, err := rules.New(m, env)
		if err != nil {
			return nil, err
		}
		walk, ok := other.(*opt.Walk)
		if !ok {
			return nil, refuseRuns(m)
		}
		c.others[i] = runner{walk: walk, loss: math.NaN(), norm: math.Inf(1)}
		if walk.Rule().Stochastic {
			c.others[i].grad = make([]float64, g.Dim())
		}
	}
	c.walking.Store(int64(len(c.others)))
	c.work = c.drain
	return c, nil
}

// Alone implements sim.Leader.
func (c *crowd) Alone() sim.Method { return c.method }

// Step implements sim.Method.
func (c *crowd) Step() error {
	if c.end == nil {
		c.end = c.method.Step()
	}
	if c.end != nil && c.walking.Load() == 0 {
		return c.end
	}
	c.next.Store(0)
	helpers := min(runtime.GOMAXPROCS(0), (len(c.others)+chunk-1)/chunk)
	c.busy.Add(helpers)
	for range helpers - 1 {
		go c.work()
	}
	c.work()
	c.busy.Wait()
	return nil
}

// drain steps walks until none is left. They know nothing of each other, so it is of no account who steps which.
func (c *crowd) drain() {
	defer c.busy.Done()
	for {
		b := int(c.next.Add(1)) - 1
		if b*chunk >= len(c.others) {
			return
		}
		for i := b * chunk; i < min((b+1)*chunk, len(c.others)); i++ {
			if r := &c.others[i]; !r.over && r.once(c.ground) {
				c.walking.Add(-1)
			}
		}
	}
}

// once makes a step of one walk and reports whether that was its last. What it sees of loss and gradient is what the step
// itself computes, at the point before.
func (r *runner) once(g *ground) (over bool) {
	if err := r.walk.Step(); err != nil {
		r.over = true
		return true
	}
	switch {
	case r.grad == nil:
		r.loss, r.norm = r.walk.Seen()
	case r.walk.Clock().Steps%looked == 0:
		r.loss = g.Grad(r.grad, r.walk.Point())
		r.norm = kernel.Norm(r.grad)
	}
	r.over = r.loss < success || r.norm < rest
	return r.over
}

// Point implements sim.Method: that of the walk in the pictures.
func (c *crowd) Point() []float64 { return c.method.Point() }

// Clock implements sim.Method.
func (c *crowd) Clock() opt.Clock { return c.method.Clock() }

// Turn implements sim.Turner for all walks alike.
func (c *crowd) Turn(id string, v float64) error {
	if err := c.method.Turn(id, v); err != nil {
		return err
	}
	for i := range c.others {
		if err := c.others[i].walk.Turn(id, v); err != nil {
			return err
		}
	}
	return nil
}

// A count is how the runs stand.
type count struct{ bad, solved, moving int }

// counted tells where the runs stand at a reading of the walk in the pictures.
func (c *crowd) counted(at *sim.Reading) (n count) {
	tell := func(loss, norm float64, over bool) {
		switch {
		case loss < success:
			n.solved++
		case norm < rest || over:
			n.bad++
		default:
			n.moving++
		}
	}
	tell(at.Loss, kernel.Norm(at.Grad), false)
	for i := range c.others {
		r := &c.others[i]
		tell(r.loss, r.norm, r.over)
	}
	return n
}

// read adds the readers of the counts.
func (c *crowd) read(to map[string]sim.Reader) {
	runs := float64(len(c.others) + 1)
	share := func(f func(n count) float64) sim.Reader {
		return rules.Scalar(func(at *sim.Reading) float64 { return f(c.counted(at)) })
	}
	to["bad-fraction"] = share(func(n count) float64 { return float64(n.bad) / runs })
	to["bad-low"] = share(func(n count) float64 { low, _ := wilson(n.bad, int(runs)); return low })
	to["bad-high"] = share(func(n count) float64 { _, high := wilson(n.bad, int(runs)); return high })
	to["share-by-size"] = func(at *sim.Reading) ([]float64, int) {
		return []float64{float64(c.ground.D), 100 * float64(c.counted(at).bad) / runs}, 2
	}
	to["trapped-runs"] = share(func(n count) float64 { return float64(n.bad) })
	to["solved-runs"] = share(func(n count) float64 { return float64(n.solved) })
	to["moving-runs"] = share(func(n count) float64 { return float64(n.moving) })
	if bad, of, known := publishedFor(c.ground.D, c.ground.K-c.ground.D); known {
		to["published-fraction"] = rules.Scalar(func(*sim.Reading) float64 { return float64(bad) / float64(of) })
	}
}

// wilson is the interval of 95 % for a share of which n were counted among so many (Wilson, 1927).
func wilson(n, of int) (low, high float64) {
	const z = 1.959963984540054
	p, m := float64(n)/float64(of), float64(of)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}
