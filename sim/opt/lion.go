package opt

// Lion moves by signs: w - η(sign(β₁ m + (1-β₁) g) + λ w), then m = β₂ m + (1-β₂) g.
type Lion struct {
	StepSize, Beta1, Beta2, WeightDecay float64
}

// Slots implements Optimizer: m, and the signs for display.
func (r Lion) Slots(int) int { return 2 }

// Update implements Optimizer.
func (r Lion) Update(dst, grad, x []float64, mem *Memory) {
	eta, mean, signs := mem.rate(r.StepSize), mem.Slot[0], mem.Slot[1]
	for i, g := range grad {
		signs[i] = sign(r.Beta1*mean[i] + (1-r.Beta1)*g)
		dst[i] = -eta * (signs[i] + r.WeightDecay*x[i])
		mean[i] = r.Beta2*mean[i] + (1-r.Beta2)*g
	}
	mem.Step++
}

// sign is -1, 0 or 1; NaN stays NaN so that a broken gradient is seen.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// Anatomy implements Anatomist.
func (r Lion) Anatomy(a *Anatomy, mem *Memory) {
	a.Put("mean", mem.Slot[0])
	a.Put("signs", mem.Slot[1])
}
