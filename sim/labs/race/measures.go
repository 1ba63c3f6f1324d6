package race

import (
	"maps"
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
)

// measures of the lab. The last ones dissect the update that led to a record.
var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Distance, sim.Sharpness, sim.LowestCurvature, sim.Spectrum,
	rules.StabilityLimit, rules.StabilityRatio,
	{ID: "basins", Label: "Basins", Kind: sim.Image, Every: 20,
		Help: "For each start of the swarm's grid the index of the minimum within 1e-3, in lexical order of coordinates; -1 where the walk is at none, -2 where it diverged."},
	{ID: "basin-share", Label: "Basin shares", Kind: sim.Vector, Every: 20,
		Help: "Share of the grid's starts at each minimum, in lexical order of coordinates, then at none, then diverged. Shares depend on box, grid and step size."},
	{ID: "alignment", Label: "Alignment", Kind: sim.Scalar, Every: 1,
		Help: "Cosine of the last update and the downhill direction where it began: 1 straight down, below 0 uphill."},
	{ID: "step-curvature", Label: "Step size times curvature", Kind: sim.Scalar, Every: 1,
		Help: "Step size times the curvature along the last update, where it began; for plain descent beyond 2 the update overshoots to a higher place."},
	{ID: "predicted-change", Label: "Predicted change", Kind: sim.Scalar, Every: 1,
		Help: "Change of the loss over the last update that gradient and Hessian predict where it began: the true one differs by terms of third order."},
	{ID: "step-vectors", Label: "Vectors of the step", Kind: sim.Vector, Every: 1,
		Help: "The last update taken apart, each vector as long as the point: the gradient the method saw where it began, the update, then what the method made of it, in the order of the method's own rule (momentum: old buffer, buffer; adam: mean, scale box)."},
}

// maxVectors bounds the numbers of one reading of step-vectors; beyond it only gradient and update are kept.
const maxVectors = 64

// A dissection takes the last update of a method apart.
type dissection struct {
	ground *place
	step   int // it was made at
	known  bool
	// vectors of the method, those with a number for each coordinate.
	vectors []opt.Vector
	// delta is the update, from where it began, grad and bent the gradient there and the Hessian times the update.
	delta, from, grad, bent []float64
	slope, bend             float64 // gradient and bent times the update
	out                     []float64
}

// dissect returns the readers of a method's anatomy and of its stability. Those of the anatomy share one look at each record, and read
// nothing where there is no update: at the start, and where a method stands still.
func dissect(m opt.Method, ground *place) map[string]sim.Reader {
	n := ground.Dim()
	d := &dissection{ground: ground, step: -1, from: make([]float64, n), grad: make([]float64, n), bent: make([]float64, n)}
	scalar := func(value func(at *sim.Reading) float64) sim.Reader {
		one := make([]float64, 1)
		return func(at *sim.Reading) ([]float64, int) {
			d.look(at)
			if !d.known {
				return nil, 0
			}
			if one[0] = value(at); !isFinite(one[0]) {
				return nil, 0
			}
			return one, 0
		}
	}
	read := map[string]sim.Reader{
		"alignment":        scalar(func(*sim.Reading) float64 { return -d.slope / (norm(d.grad) * norm(d.delta)) }),
		"predicted-change": scalar(func(*sim.Reading) float64 { return d.slope + d.bend/2 }),
		"step-vectors":     d.list,
	}
	if _, ok := m.(*opt.Walk); ok {
		read["step-curvature"] = scalar(func(at *sim.Reading) float64 {
			return alone(at.Method).(*opt.Walk).Memory().Rate * d.bend / dot(d.delta, d.delta)
		})
	}
	maps.Copy(read, stable(m, ground))
	return read
}

// look dissects the update that led to a record.
func (d *dissection) look(at *sim.Reading) {
	if d.step == at.Step {
		return
	}
	d.step, d.known, d.vectors = at.Step, false, nil
	m, ok := alone(at.Method).(opt.Method)
	if !ok || at.Step == 0 {
		return
	}
	d.vectors = m.Anatomy()
	for _, v := range d.vectors {
		if v.Name == "update" {
			d.delta, d.known = v.V, true
		}
	}
	if !d.known {
		return
	}
	for i, x := range at.X {
		d.from[i] = x - d.delta[i]
	}
	d.ground.Grad(d.grad, d.from)
	d.ground.HessVec(d.bent, d.from, d.delta)
	d.slope, d.bend = dot(d.grad, d.delta), dot(d.bent, d.delta)
}

// list reads step-vectors: gradient and update first, then the rest while there is room.
func (d *dissection) list(at *sim.Reading) ([]float64, int) {
	d.look(at)
	if !d.known {
		return nil, 0
	}
	n := len(d.from)
	d.out = d.out[:0]
	for _, first := range [2]string{"gradient", "update"} {
		for _, v := range d.vectors {
			if v.Name == first {
				d.out = append(d.out, v.V...)
			}
		}
	}
	for _, v := range d.vectors {
		if len(v.V) > 0 && len(v.V)%n == 0 && v.Name != "gradient" && v.Name != "update" && v.Name != "losses" && len(d.out)+len(v.V) <= maxVectors {
			d.out = append(d.out, v.V...)
		}
	}
	return d.out, n
}

// stable are the readers of how near a method is to the largest curvature that it can stand.
func stable(m opt.Method, ground *place) map[string]sim.Reader {
	w, ok := m.(*opt.Walk)
	if !ok {
		return nil
	}
	return rules.Stability(w, ground, func(m sim.Method) *opt.Walk { return alone(m).(*opt.Walk) }, func(at *sim.Reading) float64 {
		return slices.Max(landscape.Spectrum(ground, at.X))
	}, nil)
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(v []float64) float64 { return math.Sqrt(dot(v, v)) }
