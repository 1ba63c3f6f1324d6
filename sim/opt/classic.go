package opt

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"thalweg/landscape"
)

// Classic wraps a method of gonum's optimize package, which runs its own loop: the loop is played ahead for a
// number of major iterations onto a tape, and each step reads one. When the tape is at its end it is played
// again twice as long. Everything is a pure function of ground and start, so the longer tape begins like the
// shorter one, and no goroutine outlives a step.
type Classic struct {
	id     string
	ground landscape.Func
	start  []float64
	tape   []iteration
	ended  error // what comes after the tape; nil while it can be played longer
	x      []float64
	clock  Clock
	end    error
	last   []float64
	anat   Anatomy
}

// An iteration is one major iteration on the tape.
type iteration struct {
	x                      []float64
	gradients, evaluations int
	trials                 []float64 // points evaluated on the way, row by row, for small grounds
}

const (
	firstTape   = 32 // iterations
	classicDim  = 2000
	trialDim    = 16
	maxTrials   = 64
	maxSearch   = 200   // evaluations in one iteration; a line search that wants more goes round in circles
	restGrad    = 1e-10 // largest gradient coordinate that counts as converged
	simplexRest = 1e-14 // relative change of the best loss over simplexIdle iterations that counts as converged
	simplexIdle = 50
)

func classic(_ Hyper, env *Env) (Method, error) {
	n := len(env.Start)
	if n > classicDim {
		return nil, fmt.Errorf("%s takes at most %d dimensions; this ground has %d", env.rule.ID, classicDim, n)
	}
	return &Classic{id: env.rule.ID, ground: env.Ground, start: slices.Clone(env.Start), x: slices.Clone(env.Start),
		last: slices.Clone(env.Start), anat: Anatomy{dim: n}}, nil
}

func (c *Classic) method() optimize.Method {
	switch c.id {
	case "bfgs":
		return &optimize.BFGS{GradStopThreshold: math.NaN()}
	case "cg":
		return &optimize.CG{GradStopThreshold: math.NaN()}
	case "newton":
		return &optimize.Newton{GradStopThreshold: math.NaN()}
	}
	return &optimize.NelderMead{}
}

// Step implements Method.
func (c *Classic) Step() error {
	if c.end != nil {
		return c.end
	}
	k := c.clock.Steps
	if k == len(c.tape) && c.ended == nil {
		c.play(max(firstTape, 2*len(c.tape)))
	}
	if k == len(c.tape) {
		c.end = c.ended
		return c.end
	}
	it := c.tape[k]
	if !landscape.Finite(it.x) {
		c.end = fmt.Errorf("%w: a coordinate is not finite or above 1e12 in size", ErrDiverged)
		return c.end
	}
	copy(c.last, c.x)
	copy(c.x, it.x)
	c.clock = Clock{Steps: k + 1, Time: float64(k + 1), Gradients: it.gradients, Evaluations: it.evaluations}
	return nil
}

// play fills the tape with the given number of iterations, or fewer if the method ends before.
func (c *Classic) play(iterations int) {
	rec := &recorder{dim: len(c.start), limit: iterations}
	problem := optimize.Problem{
		Func: c.ground.Loss,
		Grad: func(dst, x []float64) { c.ground.Grad(dst, x) },
		Hess: func(dst *mat.SymDense, x []float64) {
			h, _ := landscape.Hessian(c.ground, x)
			n := len(x)
			rec.products += n
			for i := range n {
				for j := range i + 1 {
					dst.SetSym(i, j, h[i*n+j])
				}
			}
		},
	}
	settings := &optimize.Settings{Recorder: rec, Converger: optimize.NeverTerminate{}, GradientThreshold: restGrad}
	if c.id == "nelder-mead" {
		settings.Converger = &optimize.FunctionConverge{Relative: simplexRest, Iterations: simplexIdle}
	}
	result, err := optimize.Minimize(problem, c.start, settings, c.method())
	if err == nil && rec.started {
		// The iteration that meets the threshold ends the loop before the recorder sees it.
		rec.write(result.X, &result.Stats)
	}
	c.tape, c.ended = rec.tape, nil
	switch {
	case errors.Is(err, errTapeFull):
	case errors.Is(err, errEndless) && !rec.calm():
		c.ended = fmt.Errorf("%w: the line search found no end in %d evaluations", ErrFailed, maxSearch)
	case err != nil && rec.calm():
		// Near a minimum the rounding of the loss ends every line search.
		c.ended = fmt.Errorf("%w: the line search finds nothing lower", ErrConverged)
	case err != nil:
		c.ended = fmt.Errorf("%w: %s", ErrFailed, err)
	case result.Status == optimize.GradientThreshold:
		c.ended = fmt.Errorf("%w: the gradient is below 1e-10", ErrConverged)
	case result.Status == optimize.FunctionConvergence:
		c.ended = fmt.Errorf("%w: the best loss has stood still for %d iterations", ErrConverged, simplexIdle)
	default:
		c.ended = fmt.Errorf("%w: %s", ErrFailed, result.Status)
	}
}

// errTapeFull stops gonum's loop when the tape is as long as asked.
var errTapeFull = errors.New("the tape is full")

// errEndless stops a line search that does not end by itself.
var errEndless = errors.New("the line search does not end")

// recorder writes the tape. The first major iteration is the start itself.
type recorder struct {
	dim, limit int
	tape       []iteration
	started    bool
	since      int // evaluations since the last major iteration
	products   int // Hessian-vector products
	trials     []float64
	gradient   float64 // largest coordinate at the last major iteration
	first      float64 // the same at the start
}

// Init implements optimize.Recorder.
func (r *recorder) Init() error { return nil }

// Record implements optimize.Recorder.
func (r *recorder) Record(at *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if op == optimize.MajorIteration {
		r.since = 0
	} else if r.since++; r.since > maxSearch {
		return errEndless
	}
	switch {
	case op == optimize.MajorIteration:
		r.gradient = 0
		for _, g := range at.Gradient {
			r.gradient = math.Max(r.gradient, math.Abs(g))
		}
		if !r.started {
			r.started, r.first, r.trials = true, r.gradient, nil
			return nil
		}
		r.write(at.X, stats)
		if len(r.tape) == r.limit {
			return errTapeFull
		}
	case op&optimize.FuncEvaluation != 0 && r.dim <= trialDim && len(r.trials) < maxTrials*r.dim:
		r.trials = append(r.trials, at.X...)
	}
	return nil
}

// write appends an iteration that ended at x.
func (r *recorder) write(x []float64, stats *optimize.Stats) {
	r.tape = append(r.tape, iteration{slices.Clone(x), stats.GradEvaluations + r.products, stats.FuncEvaluations, r.trials})
	r.trials = nil
}

// calm says that the last point is as good as a minimum: the gradient fell by eight decades or to almost nothing.
func (r *recorder) calm() bool { return r.started && r.gradient <= math.Max(1e-6, 1e-8*r.first) }

// Point implements Method.
func (c *Classic) Point() []float64 { return c.x }

// Clock implements Method.
func (c *Classic) Clock() Clock { return c.clock }

// Turn implements Method. There is nothing to turn.
func (c *Classic) Turn(id string, _ float64) error {
	return fmt.Errorf("%s has no hyper-parameter %s", c.id, id)
}

// Anatomy implements Method: the points tried on the way, and the update.
func (c *Classic) Anatomy() []Vector {
	c.anat.reset()
	if k := c.clock.Steps; k > 0 {
		c.anat.Put("trial points", c.tape[k-1].trials)
	}
	update := c.anat.Add("update")
	for i, x := range c.x {
		update[i] = x - c.last[i]
	}
	return c.anat.list
}
