package landscape

import (
	"math"

	"thalweg/landscape/rng"
)

// Latin draws n points in a box, bounds below and above for each coordinate: each of n equal slices of every side
// holds one point (Latin hypercube). They follow from the seed.
func Latin(box [][2]float64, n int, seed uint64) [][]float64 {
	points := make([][]float64, n)
	for i := range points {
		points[i] = make([]float64, len(box))
	}
	key := rng.NewKey(seed, 0, 0, 0, rng.Probe)
	mixing, places := make([]float64, n), make([]float64, n)
	for k, side := range box {
		key.FillUniform(mixing, latinDraws+2*uint64(k), 0)
		key.FillUniform(places, latinDraws+2*uint64(k)+1, 0)
		slice := make([]int, n)
		for i := range slice {
			slice[i] = i
		}
		for i := n - 1; i > 0; i-- {
			j := int(mixing[i] * float64(i+1))
			slice[i], slice[j] = slice[j], slice[i]
		}
		for i, at := range slice {
			points[i][k] = side[0] + (float64(at)+places[i])/float64(n)*(side[1]-side[0])
		}
	}
	return points
}

// latinDraws keeps the random numbers of Latin apart from those of directions.
const latinDraws = 1 << 20

// Latin draws n points of the part of the plane that is shown, spread like those of the function of that name.
func (p Plane) Latin(n int, seed uint64) [][]float64 {
	points := Latin([][2]float64{{p.Range[0], p.Range[1]}, {p.Range[2], p.Range[3]}}, n, seed)
	for i, at := range points {
		x := make([]float64, len(p.Origin))
		p.Point(x, at[0], at[1])
		points[i] = x
	}
	return points
}

// lowest are the eigenvectors of the k lowest eigenvalues at x, none where the Hessian is not finite.
func (h *hunter) lowest(x []float64, k int) [][]float64 {
	switch b := h.curvature(x).(type) {
	case *dense:
		return b.vectors[:k]
	case *sparse:
		pairs, err := endPairsOf(h.ctx, b.apply, h.n, exactly(h.f), EndOptions{Low: k})
		h.used += pairs.Products
		if err != nil {
			return nil
		}
		var out [][]float64
		for _, p := range pairs.Low {
			if p.Value < 0 && math.Abs(p.Value) > p.Residual {
				out = append(out, p.Vector)
			}
		}
		return out
	}
	return nil
}
