package sim

import (
	"math"
	"strconv"

	"thalweg/landscape"
)

// maxLimitPoints is how many points of a diverged walk are searched for the curvature that threw it out, fullSpectrum
// the dimension up to which all eigenvalues are taken there; beyond it the largest is followed from point to point to
// limitTolerance, in limitProducts products with the Hessian where it starts cold.
const (
	maxLimitPoints = 64
	fullSpectrum   = 16
	limitTolerance = 1e-3
	limitProducts  = 15
)

// stepLimit explains a divergence: the largest step size with which the method could have stayed at the steepest point
// it met until its own was too large, and a step size below that. Both are 0 where nothing is known: methods without a
// limit, grounds without exact curvature, values turned on the way.
func (w *walker) stepLimit() (limit, suggest float64) {
	m := w.c.Method
	if l, ok := m.(Leader); ok {
		m = l.Alone()
	}
	walk, ok := m.(interface {
		StableStep(curvature float64) float64
		Value(id string) float64
	})
	ground, curved := w.c.Ground.(landscape.Curved)
	if !ok || !curved || math.IsNaN(walk.StableStep(1)) || len(w.moves) < len(w.run.movesOf(w)) {
		return 0, 0
	}
	step := walk.Value("step-size")
	steepest := math.Inf(-1)
	var track *landscape.Track
	for _, x := range w.limitPoints() {
		var top float64
		if n := ground.Dim(); n <= fullSpectrum {
			top = landscape.Spectrum(ground, x)[n-1]
		} else {
			track = landscape.Follow(landscape.HessianAt(ground, x), n, track, landscape.TrackOptions{HighOnly: true, Tolerance: limitTolerance, Cold: limitProducts})
			top = track.High
		}
		if !(top > steepest) {
			continue
		}
		steepest = top
		if limit = walk.StableStep(steepest); limit < step && limit > 0 {
			return limit, below(limit)
		}
	}
	return 0, 0
}

// limitPoints are points of the walk in order: its last steps one by one, those before at a distance.
func (w *walker) limitPoints() (points [][]float64) {
	w.run.mu.RLock()
	defer w.run.mu.RUnlock()
	n := len(w.tr.Theta) / w.tr.Dim
	early := max(0, n-maxLimitPoints/2)
	gap := max(1, (early+maxLimitPoints/2-1)/(maxLimitPoints/2))
	for i := 0; i < n; i++ {
		if i >= early || i%gap == 0 {
			points = append(points, append([]float64(nil), w.tr.Theta[i*w.tr.Dim:(i+1)*w.tr.Dim]...))
		}
	}
	return points
}

// below is four fifths of a number, cut to two digits.
func below(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(0.8*v))-1)
	short, _ := strconv.ParseFloat(strconv.FormatFloat(math.Floor(0.8*v/unit)*unit, 'g', 2, 64), 64)
	return short
}
