package bench

import (
	"thalweg/landscape"
	"thalweg/landscape/surfaces"
	"thalweg/sim/opt"
)

// W1 is a race of swarms: 12 optimizers from 1,000 starts on each of four surfaces. An item is one step of one
// point, the check the mean loss seen at step 51.
func W1() []Workload {
	return []Workload{{Name: "w1", Make: func() (func() int, func() float64) {
		const points = 1000
		start := make([]float64, 2*points)
		for i := range start {
			start[i] = 4*uniform(90, uint64(i)) - 2
		}
		rules := []opt.Optimizer{
			opt.GD{StepSize: 1e-4}, opt.Momentum{StepSize: 1e-4, Momentum: 0.9}, opt.Nesterov{StepSize: 1e-4, Momentum: 0.9},
			opt.Adagrad{StepSize: 0.1, Epsilon: 1e-10}, opt.RMSprop{StepSize: 0.01, Smoothing: 0.99, Epsilon: 1e-8},
			opt.Adadelta{StepSize: 1, Smoothing: 0.9, Epsilon: 1e-6},
			opt.Adam{StepSize: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8},
			opt.Adam{StepSize: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.01, Decoupled: true},
			opt.NAdam{StepSize: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, MomentumDecay: 0.004},
			opt.Adam{StepSize: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AMSGrad: true},
			opt.Adamax{StepSize: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}, opt.Lion{StepSize: 0.01, Beta1: 0.9, Beta2: 0.99},
		}
		type swarm struct {
			f    landscape.Func
			rule opt.Optimizer
			m    opt.Memory
			x    []float64
		}
		var swarms []swarm
		for _, id := range []string{"rosenbrock", "ackley", "himmelblau", "rastrigin"} {
			s, _ := surfaces.Find(id)
			f, err := s.New(surfaces.Params{Dim: 2})
			if err != nil {
				panic(err) // the table holds these four
			}
			for _, r := range rules {
				swarms = append(swarms, swarm{f, r, opt.NewMemory(r.Slots(2*points), 2*points), append([]float64{}, start...)})
			}
		}
		grad := make([]float64, 2*points)
		loss := 0.0
		step := func() int {
			loss = 0
			for i := range swarms {
				s := &swarms[i]
				for j := 0; j < len(s.x); j += 2 {
					loss += s.f.Grad(grad[j:j+2:j+2], s.x[j:j+2:j+2])
				}
				s.rule.Update(grad, grad, s.x, &s.m)
				for j, d := range grad {
					s.x[j] += d
				}
			}
			return len(swarms) * points
		}
		for range 51 {
			step()
		}
		seen := loss / float64(len(swarms)*points)
		return step, func() float64 { return seen }
	}}}
}
