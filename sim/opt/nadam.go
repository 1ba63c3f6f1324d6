package opt

import "math"

// NAdam is Adam with Nesterov momentum μₜ = β₁(1 - ½·0.96^{tψ}), Πₜ = μ₁…μₜ:
// w - η(1-μₜ)/(1-Πₜ) g/d - η μₜ₊₁/(1-Πₜμₜ₊₁) m/d with d = √(v/(1-β₂ᵗ)) + ε.
type NAdam struct {
	StepSize, Beta1, Beta2, Epsilon float64
	MomentumDecay                   float64 // ψ
	// Torch113 multiplies one factor μₜ more into the second denominator, as PyTorch 1.13 did.
	Torch113 bool
}

// Slots implements Optimizer: m, v, and the gradient and momentum terms of the move for display.
func (r NAdam) Slots(int) int { return 4 }

// Update implements Optimizer.
func (r NAdam) Update(dst, grad, _ []float64, mem *Memory) {
	eta := mem.rate(r.StepSize)
	mean, v, first, second := mem.Slot[0], mem.Slot[1], mem.Slot[2], mem.Slot[3]
	product := &mem.Scalar[0] // Πₜ
	if mem.Step == 0 {
		*product = 1
	}
	mem.Step++
	t := float64(mem.Step)
	mu, next := r.momentum(t), r.momentum(t+1)
	*product *= mu
	below := *product * next
	if r.Torch113 {
		below *= mu
	}
	c2 := 1 - math.Pow(r.Beta2, t)
	for i, g := range grad {
		mean[i] = r.Beta1*mean[i] + (1-r.Beta1)*g
		v[i] = r.Beta2*v[i] + (1-r.Beta2)*g*g
		den := math.Sqrt(v[i]/c2) + r.Epsilon
		first[i] = -eta * (1 - mu) / (1 - *product) * g / den
		second[i] = -eta * next / (1 - below) * mean[i] / den
		dst[i] = first[i] + second[i]
	}
}

func (r NAdam) momentum(t float64) float64 {
	return r.Beta1 * (1 - 0.5*math.Pow(0.96, t*r.MomentumDecay))
}

// Anatomy implements Anatomist.
func (r NAdam) Anatomy(a *Anatomy, mem *Memory) {
	a.Put("gradient term", mem.Slot[2])
	a.Put("momentum term", mem.Slot[3])
}
