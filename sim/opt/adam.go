package opt

import "math"

// Adam is one rule for Adam, AMSGrad and AdamW: m = β₁ m + (1-β₁) g, v = β₂ v + (1-β₂) g²,
// w - η/(1-β₁ᵗ) · m/(√v/√(1-β₂ᵗ) + ε). Epsilon is added after the bias correction of the root.
type Adam struct {
	StepSize, Beta1, Beta2, Epsilon float64
	WeightDecay                     float64 // λ
	// AMSGrad takes the running maximum of the uncorrected v.
	AMSGrad bool
	// Decoupled first shrinks w by 1-ηλ (AdamW) instead of adding λw to the gradient.
	Decoupled bool
}

// Slots implements Optimizer: m, v, the largest v, and the decay part of the move for display.
func (r Adam) Slots(int) int { return 4 }

// Update implements Optimizer.
func (r Adam) Update(dst, grad, x []float64, mem *Memory) {
	eta := mem.rate(r.StepSize)
	mean, v, high, decay := mem.Slot[0], mem.Slot[1], mem.Slot[2], mem.Slot[3]
	mem.Step++
	c1 := 1 - math.Pow(r.Beta1, float64(mem.Step))
	c2 := math.Sqrt(1 - math.Pow(r.Beta2, float64(mem.Step)))
	for i, g := range grad {
		decay[i] = 0
		if r.WeightDecay != 0 && r.Decoupled {
			decay[i] = -eta * r.WeightDecay * x[i]
		} else if r.WeightDecay != 0 {
			g += r.WeightDecay * x[i]
		}
		mean[i] = r.Beta1*mean[i] + (1-r.Beta1)*g
		v[i] = r.Beta2*v[i] + (1-r.Beta2)*g*g
		high[i] = max(high[i], v[i])
		square := v[i]
		if r.AMSGrad {
			square = high[i]
		}
		dst[i] = decay[i] - eta/c1*mean[i]/(math.Sqrt(square)/c2+r.Epsilon)
	}
}

// Anatomy implements Anatomist.
func (r Adam) Anatomy(a *Anatomy, mem *Memory) {
	c1 := 1 - math.Pow(r.Beta1, float64(mem.Step))
	c2 := math.Sqrt(1 - math.Pow(r.Beta2, float64(mem.Step)))
	mean := a.Add("mean, bias corrected")
	for i, m := range mem.Slot[0] {
		mean[i] = m / c1
	}
	square := mem.Slot[1]
	if r.AMSGrad {
		square = mem.Slot[2]
	}
	box := a.Add("scale box")
	for i, v := range square {
		box[i] = 1 / (math.Sqrt(v)/c2 + r.Epsilon)
	}
	if r.Decoupled {
		a.Put("decay", mem.Slot[3])
	}
}
