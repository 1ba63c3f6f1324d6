package race

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
)

// A swarm is a method that walks from a grid of starts as well as from its own: its point is the single walk, its
// swarm all others. It goes on while any of them does. It is not a Cloner: a checkpoint of a hundred thousand
// memories costs more than a replay.
type swarm struct {
	method opt.Method
	end    error // of the single walk
	rule   *opt.Rule
	values opt.Hyper
	env    opt.Env
	parts  opt.Parts
	ground landscape.Func
	side   int

	points  []float64 // side*side x 2, row by row from the low corner of the domain
	fates   []fate
	memory  []opt.Memory
	scratch [][3][2]float64 // gradient, move and proposal of each block
	walking atomic.Int64    // points still on their way

	block atomic.Int64 // the next one to be stepped
	busy  sync.WaitGroup
	work  func()
}

type fate byte

const (
	walking fate = iota
	resting      // its rule sees no further move
	diverged
)

// blockSize is the number of points stepped together.
const blockSize = 512

// newSwarm puts a method's rule on the centres of side x side cells of the domain. It is nil for methods without a
// rule of their own or with chance in it: all starts would share the same random numbers.
func newSwarm(m *sim.MethodSpec, method opt.Method, env opt.Env, domain [4]float64, side int) (*swarm, error) {
	rule, ok := opt.Lookup(m.Kind.ID)
	if !ok || rule.Stochastic {
		return nil, nil
	}
	values := rules.Values(m)
	parts, ok, err := rule.Parts(values, env)
	if !ok || err != nil {
		return nil, err
	}
	n := side * side
	s := &swarm{method: method, rule: rule, values: values, env: env, parts: parts, ground: env.Ground, side: side,
		points: make([]float64, 2*n), fates: make([]fate, n), memory: make([]opt.Memory, n), scratch: make([][3][2]float64, (n+blockSize-1)/blockSize)}
	slots := 0
	if parts.Optimizer != nil {
		slots = parts.Optimizer.Slots(2)
	} else {
		slots = parts.Mover.Slots(2)
	}
	for i := range n {
		s.points[2*i] = domain[0] + (float64(i%side)+0.5)*(domain[1]-domain[0])/float64(side)
		s.points[2*i+1] = domain[2] + (float64(i/side)+0.5)*(domain[3]-domain[2])/float64(side)
		s.memory[i] = opt.NewMemory(slots, 2)
		if loss := s.ground.Loss(s.points[2*i : 2*i+2]); !isFinite(loss) {
			s.fates[i] = diverged
			continue
		}
		s.walking.Add(1)
	}
	s.work = s.drain
	return s, nil
}

// alone is the single walk of a method with a swarm, and the method itself without.
func alone(m sim.Method) sim.Method {
	if s, ok := m.(*swarm); ok {
		return s.method
	}
	return m
}

// Alone implements sim.Leader.
func (s *swarm) Alone() sim.Method { return s.method }

// Step implements sim.Method.
func (s *swarm) Step() error {
	if s.end == nil {
		s.end = s.method.Step()
	}
	if s.end != nil && s.walking.Load() == 0 {
		return s.end
	}
	s.block.Store(0)
	helpers := min(runtime.GOMAXPROCS(0), len(s.scratch)) - 1
	s.busy.Add(helpers + 1)
	for range helpers {
		go s.work()
	}
	s.work()
	s.busy.Wait()
	return nil
}

// drain steps blocks until none is left. Points know nothing of each other, so it is of no account who steps which.
func (s *swarm) drain() {
	defer s.busy.Done()
	for {
		b := int(s.block.Add(1)) - 1
		if b >= len(s.scratch) {
			return
		}
		for i := b * blockSize; i < min((b+1)*blockSize, len(s.fates)); i++ {
			if s.fates[i] == walking {
				if s.fates[i] = s.once(i, &s.scratch[b]); s.fates[i] != walking {
					s.walking.Add(-1)
				}
			}
		}
	}
}

// once makes a step of one point and tells what becomes of it, by the rules of a single walk.
func (s *swarm) once(i int, scratch *[3][2]float64) fate {
	x, m := s.points[2*i:2*i+2], &s.memory[i]
	grad, move, next := scratch[0][:], scratch[1][:], scratch[2][:]
	m.Scale = s.parts.Schedule.Factor(m.Step)
	if s.parts.Optimizer != nil {
		loss := s.parts.Slope.Grad(grad, x, m.Step)
		if !isFinite(loss) || !isFinite(grad[0]) || !isFinite(grad[1]) {
			return diverged
		}
		s.parts.Optimizer.Update(move, grad, x, m)
	} else {
		s.parts.Mover.Move(move, s.parts.Slope, x, m)
	}
	if m.Halt != "" {
		return resting
	}
	next[0], next[1] = x[0]+move[0], x[1]+move[1]
	if !landscape.Finite(next) || !isFinite(s.ground.Loss(next)) {
		return diverged
	}
	copy(x, next)
	return walking
}

// Point implements sim.Method: the single walk's.
func (s *swarm) Point() []float64 { return s.method.Point() }

// Clock implements sim.Method: the single walk's.
func (s *swarm) Clock() opt.Clock { return s.method.Clock() }

// Swarm implements sim.Swarmer.
func (s *swarm) Swarm() []float64 { return s.points }

// Turn implements sim.Turner for all walks alike.
func (s *swarm) Turn(id string, v float64) error {
	if err := s.method.Turn(id, v); err != nil {
		return err
	}
	s.values[id] = v
	parts, _, err := s.rule.Parts(s.values, s.env)
	s.parts = parts
	return err
}

// basin is the index of the minimum that a point has reached, -1 for none, -2 when it diverged.
func (s *swarm) basin(i int, minima []landscape.Minimum) int {
	if s.fates[i] == diverged {
		return -2
	}
	for k := range minima {
		if m := minima[k].X; math.Hypot(s.points[2*i]-m[0], s.points[2*i+1]-m[1]) <= reached {
			return k
		}
	}
	return -1
}

// reached is the distance within which a point counts as being at a minimum.
const reached = 1e-3

// basins reads the picture of the starts, coloured by where they are now.
func (s *swarm) basins(minima []landscape.Minimum) sim.Reader {
	image := make([]float64, s.side*s.side)
	return func(*sim.Reading) ([]float64, int) {
		for i := range image {
			image[i] = float64(s.basin(i, minima))
		}
		return image, s.side
	}
}

// shares reads which part of the starts is at each minimum, at none, diverged.
func (s *swarm) shares(minima []landscape.Minimum) sim.Reader {
	k := len(minima)
	share := make([]float64, k+2)
	return func(*sim.Reading) ([]float64, int) {
		clear(share)
		for i := range s.fates {
			switch b := s.basin(i, minima); b {
			case -2:
				share[k+1]++
			case -1:
				share[k]++
			default:
				share[b]++
			}
		}
		for i := range share {
			share[i] /= float64(len(s.fates))
		}
		return share, 0
	}
}
