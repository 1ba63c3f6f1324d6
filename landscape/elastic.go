package landscape

import "math"

// pull moves the inner images of a band held apart by springs: down the slope across it, and along it until its images
// are as far from both neighbours (nudged elastic band with the improved tangent of Henkelman and Jónsson, 2000). The
// springs are as stiff as a step can stand.
func (s *falling) pull() {
	x, loss := s.out.Images, s.out.Loss
	n := len(x[0])
	after, before, along := make([]float64, n), make([]float64, n), make([]float64, n)
	force := make([][]float64, len(x)) // all from where the images were
	for i := 1; i < len(x)-1; i++ {
		for k := range along {
			after[k], before[k] = x[i+1][k]-x[i][k], x[i][k]-x[i-1][k]
		}
		tangent(along, before, after, loss[i-1]-loss[i], loss[i+1]-loss[i])
		pull := springShare*(norm(after)-norm(before)) + s.h*dot(s.grads[i], along)
		force[i] = make([]float64, n)
		addScaled(force[i], -s.h, s.grads[i])
		addScaled(force[i], pull, along)
	}
	for i := 1; i < len(x)-1; i++ {
		copy(s.spread[i], x[i]) // where it was
		addScaled(x[i], 1, force[i])
	}
}

// springShare is a spring's stiffness times the step. A chain of them is stable below a half.
const springShare = 0.25

// tangent stores the unit direction of a band at an image in dst: towards the higher neighbour, and at a top or in a
// hollow a mean of both sides that turns smoothly with the heights of the neighbours over the image.
func tangent(dst, before, after []float64, low, high float64) {
	clear(dst)
	switch {
	case high > 0 && low < 0:
		copy(dst, after)
	case high < 0 && low > 0:
		copy(dst, before)
	default:
		most, least := max(math.Abs(high), math.Abs(low)), min(math.Abs(high), math.Abs(low))
		if high < low {
			most, least = least, most
		}
		if most == 0 && least == 0 {
			most, least = 1, 1
		}
		addScaled(dst, most, after)
		addScaled(dst, least, before)
	}
	if length := norm(dst); length > 0 {
		scale(dst, 1/length)
	}
}
