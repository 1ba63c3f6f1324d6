package leakyrelu

import (
	"fmt"
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/leaky"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// A net of one contestant, with its start and, where it is known, the limit of its leaky version.
type ground struct {
	*leaky.Net
	world *world
	omega float64
	start []float64
	limit *leaky.Limit // nil where it has no closed form
}

// Solution implements landscape.Solved: the solution of largest margin, as long as w; its direction is where the loss is
// least.
func (g *ground) Solution(w []float64) []float64 {
	if g.limit == nil {
		return nil
	}
	out := append([]float64(nil), g.limit.W...)
	kernel.Scale(kernel.Norm(w)/g.limit.Norm, out)
	return out
}

// A kind is what nets of one scene differ in.
type kind struct {
	slope, omega float64
	activation   string
}

// open puts every method on the net that it asks for. Equal nets are one ground.
func open(s sim.Setup) (*sim.Scene, error) {
	w, err := read(s.Values, s.Seed).world()
	if err != nil {
		return nil, err
	}
	w.once.Do(w.look)
	scene := &sim.Scene{}
	grounds := map[kind]*ground{}
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		k := kind{values.Real("slope"), values.Real("init-scale"), values.Text("activation")}
		g := grounds[k]
		if g == nil {
			if g, err = w.ground(k, criteria[values.Text("loss")]); err != nil {
				return nil, err
			}
			grounds[k] = g
		}
		c := sim.Contestant{Ground: g, Problem: w.problem, Planes: planes(g)}
		if m.Kind.ID == flowID {
			end, _ := m.Hyper.Find("max-time")
			c.Method = newRescaled(g.Net, g.start, end.Num)
		} else if c.Method, err = rules.New(m, opt.Env{Ground: g, Start: g.start, Seed: s.Seed, CommonNoise: s.Values.On("common-noise")}); err != nil {
			return nil, err
		}
		c.Read = g.readers(m)
		scene.Contestants = append(scene.Contestants, c)
		scene.Cost += g.cost(s.Steps)
		if scene.Note == "" {
			scene.Note = g.note(m)
		}
	}
	return scene, nil
}

func (w *world) ground(k kind, c leaky.Criterion) (*ground, error) {
	net, err := leaky.New(w.x, w.q, w.y, w.a, k.slope, activations[k.activation], c)
	if err != nil {
		return nil, param.Refuse("slope", "%v", err)
	}
	g := &ground{Net: net, world: w, omega: k.omega, start: append([]float64(nil), w.start...)}
	kernel.Scale(k.omega, g.start)
	if limit, err := net.Limit(); err == nil && limit.Valid {
		g.limit = limit
	}
	return g, nil
}

// planes lists the planes on offer: first that through the start, the end and the solution of largest margin.
func planes(g *ground) []string {
	if g.Dim() == 2 {
		return sim.High
	}
	out := []string{sim.ThreePoints}
	for _, p := range sim.High {
		if p != sim.ThreePoints && (p != sim.Hessian && p != sim.HessianTop || g.Dim() <= 2000) {
			out = append(out, p)
		}
	}
	return out
}

// cost estimates the floating point operations of a step, with the share of its log-spaced readings.
func (g *ground) cost(steps int) float64 {
	n, m, q, used := float64(g.N), float64(g.Width), float64(g.Inputs), float64(g.world.used())
	step := 2*(4*n*m*used+60*n*m) + 20*m*q
	read := 8*m*m*q + 2*float64(g.world.probe.k)*m*used + 96*96*m*20 + n*n*m
	readings := 3 + math.Log(float64(max(steps, 2)))/math.Log(1.3)
	return step + read*readings/float64(max(steps, 1))
}

// note is the first thing that the page should say of a net.
func (g *ground) note(m *sim.MethodSpec) string {
	w := g.world
	eta, steps := m.Hyper.Find("step-size")
	switch near := g.NearOrthogonality(); {
	case w.line == nil:
		return "Not separable: no line parts the labels, so that there is no largest margin to compare with."
	case steps && eta.Num*w.size/(4*float64(w.n)) > 2:
		return fmt.Sprintf("Step too large: η max|x|²/(4n) is %.3g; above 2 a single point throws descent out.", eta.Num*w.size/(4*float64(w.n)))
	case near > 1:
		return fmt.Sprintf("Data not nearly orthogonal: n max|x·x′|/min|x|² is %.2g, and the theorems ask for far below 1.", near)
	case g.limit == nil:
		return "The pattern of the closed solution is not valid here: there is no exact reference for the limit."
	}
	return ""
}
