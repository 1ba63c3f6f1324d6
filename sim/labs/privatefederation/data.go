package privatefederation

import (
	"math"
	"math/rand/v2"
	"sync"

	"thalweg/landscape/federation"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim/param"
)

// The problems.
const (
	softmaxID   = "softmax"
	logisticID  = "logistic-2d"
	quadraticID = "quadratic"
	leakID      = "leak"
)

// penalty of softmax regression, and of logistic regression in the plane; curvature of the quadratic.
const (
	penalty     = 1e-3
	planePenaly = 0.01
	curvature   = 1
	testRows    = 1000
)

// A world is the data of a scene: the same for all methods.
type world struct {
	id      string
	clients federation.Clients
	start   []float64
	softmax *federation.Softmax // nil in the plane
	// Rows that nobody learns from: labels of the classes, or of the two sides of the plane.
	testX  []float64
	testY  []int
	labels []int // of all clients' rows, nil for the quadratic
	per    int   // rows of a client
	seed   uint64
	lowest struct {
		once sync.Once
		loss float64
	}
}

func newWorld(v param.Values, seed uint64) *world {
	w := &world{id: v.Text("problem"), seed: seed, per: v.Whole("samples")}
	k := v.Whole("clients")
	switch w.id {
	case softmaxID, leakID:
		w.pictures(k, v.Real("dirichlet"))
	case logisticID:
		w.plane(k)
	case quadraticID:
		centres := make([]float64, 2*k)
		for i := range k {
			key(seed, i, rng.Data).FillNormal(centres[2*i:2*i+2], 0, 0)
		}
		w.clients, w.start, w.per = federation.NewQuadratic(curvature, centres, 2), []float64{2.5, 1.5}, 0
	}
	return w
}

// key is a stream of a client's own, so that nobody's data or noise depend on who else takes part.
func key(seed uint64, client int, p rng.Purpose) rng.Key {
	return rng.NewKey(seed, 0, 0, uint64(client), p)
}

// testClient is where the rows that nobody learns from come from.
const testClient = 1 << 40

// pictures draws the clients' digits: of even labels, or of shares from a Dirichlet distribution for each client.
func (w *world) pictures(k int, alpha float64) {
	width := pooled * pooled
	if w.id == leakID {
		width = pixels
	}
	w.labels = make([]int, k*w.per)
	x := make([]float64, len(w.labels)*width)
	kernel.Blocks((k+63)/64, func(b int) {
		for i := b * 64; i < min(k, (b+1)*64); i++ {
			labels := w.labels[i*w.per : (i+1)*w.per]
			drawLabels(labels, alpha, key(w.seed, i, rng.Partition).Seq())
			w.features(x[i*w.per*width:(i+1)*w.per*width], labels, key(w.seed, i, rng.Data).Seq())
		}
	})
	w.testY = make([]int, testRows)
	w.testX = make([]float64, testRows*width)
	r := rng.NewKey(w.seed, 0, 0, testClient, rng.Data).Seq()
	drawLabels(w.testY, math.Inf(1), r)
	w.features(w.testX, w.testY, r)
	if w.id == softmaxID {
		mean := make([]float64, width)
		for i, v := range x {
			mean[i%width] += v
		}
		kernel.Scale(float64(width)/float64(len(x)), mean)
		for _, rows := range [][]float64{x, w.testX} {
			for i := range rows {
				rows[i] = 2 * (rows[i] - mean[i%width])
			}
		}
	}
	w.softmax = federation.NewSoftmax(x, w.labels, width, classes, w.per, penalty)
	w.clients, w.start = w.softmax, make([]float64, w.softmax.Dim())
}

// features draws a row for each label.
func (w *world) features(rows []float64, labels []int, r *rand.Rand) {
	width := len(rows) / len(labels)
	picture := make([]float64, pixels)
	for i, label := range labels {
		row := rows[i*width : (i+1)*width]
		if width == pixels {
			drawGlyph(row, label, r)
			continue
		}
		drawGlyph(picture, label, r)
		pool(row, picture)
	}
}

// drawLabels draws labels: even ones for an infinite alpha, else from shares drawn from a Dirichlet distribution.
func drawLabels(labels []int, alpha float64, r *rand.Rand) {
	if math.IsInf(alpha, 1) {
		for i := range labels {
			labels[i] = r.IntN(classes)
		}
		return
	}
	var sums [classes]float64
	total := 0.0
	for c := range sums {
		total += gamma(alpha, r)
		sums[c] = total
	}
	for i := range labels {
		u, c := r.Float64()*total, 0
		for c < classes-1 && sums[c] <= u {
			c++
		}
		labels[i] = c
	}
}

// gamma draws from the Gamma distribution of shape a (Marsaglia, Tsang 2000).
func gamma(a float64, r *rand.Rand) float64 {
	if a < 1 {
		return gamma(a+1, r) * math.Pow(r.Float64(), 1/a)
	}
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if u := r.Float64(); math.Log(u) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// plane draws logistic regression in the plane: x = (N, N/5), labels 1 with chance σ(1.5 x₁ + 6 x₂).
func (w *world) plane(k int) {
	draw := func(x []float64, y []int, r *rand.Rand) {
		for i := range y {
			a, b := r.NormFloat64(), 0.2*r.NormFloat64()
			x[2*i], x[2*i+1] = a, b
			if r.Float64() < 1/(1+math.Exp(-1.5*a-6*b)) {
				y[i] = 1
			}
		}
	}
	w.labels = make([]int, k*w.per)
	x := make([]float64, 2*len(w.labels))
	for i := range k {
		draw(x[2*i*w.per:2*(i+1)*w.per], w.labels[i*w.per:(i+1)*w.per], key(w.seed, i, rng.Data).Seq())
	}
	w.testX, w.testY = make([]float64, 2*testRows), make([]int, testRows)
	draw(w.testX, w.testY, rng.NewKey(w.seed, 0, 0, testClient, rng.Data).Seq())
	y := make([]float64, len(w.labels))
	for i, label := range w.labels {
		y[i] = float64(label)
	}
	w.clients, w.start = federation.NewLogistic(x, y, 2, w.per, planePenaly), []float64{-2, -1}
}

// accuracy is the share of the rows that nobody learns from that are told right, and by class how many and of how many; NaN
// for the quadratic.
func (w *world) accuracy(x []float64, right, all []float64) float64 {
	if w.softmax != nil {
		return w.softmax.Right(x, w.testX, w.testY, right, all)
	}
	if w.testY == nil {
		return math.NaN()
	}
	told := 0
	for i, y := range w.testY {
		if (kernel.Dot(w.testX[2*i:2*i+2], x) > 0) == (y == 1) {
			told++
		}
	}
	return float64(told) / float64(len(w.testY))
}

// least is the lowest loss of the plane, by Newton's method; of pictures it is not asked for.
func (w *world) least() float64 {
	w.lowest.once.Do(func() {
		x := []float64{0, 0}
		g, h := make([]float64, 2), make([]float64, 4)
		for range 60 {
			w.clients.Grad(g, x)
			w.clients.HessVec(h[:2], x, []float64{1, 0})
			w.clients.HessVec(h[2:], x, []float64{0, 1})
			det := h[0]*h[3] - h[1]*h[2]
			x[0] -= (h[3]*g[0] - h[1]*g[1]) / det
			x[1] -= (h[0]*g[1] - h[2]*g[0]) / det
		}
		w.lowest.loss = w.clients.Loss(x)
	})
	return w.lowest.loss
}
