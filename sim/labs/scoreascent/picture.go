package scoreascent

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

const (
	// pixels on each side of the picture of the density, and how far below its top it reaches.
	pixels = 96
	deep   = 9
	// smoothed is how many draws of the target stand for it where the other coordinates cannot be integrated out.
	smoothed = 4000
)

// density is ln π over the box of the picture, its first row at the foot, from 0 at its top down to -deep.
func (w *world) density() []float64 {
	w.drawn.Do(func() {
		marginal := w.marginal()
		out, z := make([]float64, pixels*pixels), make([]float64, 2)
		for i := range out {
			z[0] = w.box[0] + (float64(i%pixels)+0.5)/pixels*(w.box[1]-w.box[0])
			z[1] = w.box[2] + (float64(i/pixels)+0.5)/pixels*(w.box[3]-w.box[2])
			out[i] = marginal(z)
		}
		w.lines = w.massLines(out)
		top := slices.Max(out)
		for i, v := range out {
			out[i] = math.Max(v-top, -deep)
		}
		w.picture = out
	})
	return w.picture
}

// contours are the lines of equal density that hold 50, 90 and 99 in a hundred of the mass in the picture, as x and y,
// parted by points that are no numbers.
func (w *world) contours() []float64 {
	w.density()
	return w.lines
}

func (w *world) massLines(logs []float64) []float64 {
	sorted := slices.Clone(logs)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	mass := make([]float64, len(sorted))
	sum := 0.0
	for i, v := range sorted {
		sum += math.Exp(v - sorted[0])
		mass[i] = sum
	}
	// The grid's points are the middles of the pixels.
	dx, dy := (w.box[1]-w.box[0])/pixels/2, (w.box[3]-w.box[2])/pixels/2
	g := landscape.Grid{Rows: pixels, Columns: pixels, Range: [4]float64{w.box[0] + dx, w.box[1] - dx, w.box[2] + dy, w.box[3] - dy}, Values: logs}
	var out []float64
	for _, share := range []float64{0.5, 0.9, 0.99} {
		i, _ := slices.BinarySearch(mass, share*sum)
		for _, line := range g.Contours(sorted[min(i, len(sorted)-1)]) {
			if len(line) < 8 {
				continue
			}
			for _, p := range line {
				out = append(out, p[0], p[1])
			}
			out = append(out, math.NaN(), math.NaN())
		}
	}
	return out
}

// marginal is the logarithm of the density of the coordinates in the picture.
func (w *world) marginal() func(z []float64) float64 {
	if w.target.Dim() == 2 {
		return w.target.Log
	}
	mean, cov, _ := w.target.Moments()
	s := w.shownPart(mean, cov)
	if _, normal := w.target.(*inference.Gauss); normal {
		if g, err := inference.NewGauss(s[:2], []float64{s[2], s[3], s[3], s[4]}); err == nil {
			return g.Log
		}
	}
	// A normal kernel around each of many draws.
	d := w.target.Dim()
	draws, z := make([]float64, 0, 2*smoothed), make([]float64, d)
	r := rng.NewKey(w.seed, 1, 0, 0, rng.Probe).Seq()
	width := [2]float64{0.25 * math.Sqrt(s[2]), 0.25 * math.Sqrt(s[4])}
	for range smoothed {
		w.target.Draw(z, r)
		draws = append(draws, z[w.shown[0]]/width[0], z[w.shown[1]]/width[1])
	}
	far := make([]float64, smoothed)
	return func(z []float64) float64 {
		x, y := z[0]/width[0], z[1]/width[1]
		for i := range far {
			a, b := x-draws[2*i], y-draws[2*i+1]
			far[i] = -(a*a + b*b) / 2
		}
		kernel.MapExp(far, far)
		return math.Log(kernel.Sum(far) + 1e-300)
	}
}
