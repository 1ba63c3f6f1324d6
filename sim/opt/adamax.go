package opt

import "math"

// Adamax is Adam with the infinity norm: u = max(β₂ u, |g| + ε), w - η/(1-β₁ᵗ) m/u.
type Adamax struct {
	StepSize, Beta1, Beta2, Epsilon float64
}

// Slots implements Optimizer: m and u.
func (r Adamax) Slots(int) int { return 2 }

// Update implements Optimizer.
func (r Adamax) Update(dst, grad, _ []float64, mem *Memory) {
	eta, mean, u := mem.rate(r.StepSize), mem.Slot[0], mem.Slot[1]
	mem.Step++
	eta /= 1 - math.Pow(r.Beta1, float64(mem.Step))
	for i, g := range grad {
		mean[i] = r.Beta1*mean[i] + (1-r.Beta1)*g
		u[i] = max(r.Beta2*u[i], math.Abs(g)+r.Epsilon)
		dst[i] = 0
		if u[i] > 0 {
			dst[i] = -eta * mean[i] / u[i]
		}
	}
}

// Anatomy implements Anatomist.
func (r Adamax) Anatomy(a *Anatomy, mem *Memory) {
	c1 := 1 - math.Pow(r.Beta1, float64(mem.Step))
	mean, box := a.Add("mean, bias corrected"), a.Add("scale box")
	for i, m := range mem.Slot[0] {
		mean[i], box[i] = m/c1, 1/mem.Slot[1][i]
	}
}
