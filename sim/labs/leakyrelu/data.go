package leakyrelu

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"thalweg/landscape/kernel"
	"thalweg/landscape/leaky"
	"thalweg/landscape/rng"
	"thalweg/sim/param"
)

// maxNumbers bounds the numbers of the starting weights in full, before they are compressed.
const maxNumbers = 12_000_000

// A sample is what fixes the data and the unscaled start.
type sample struct {
	problem          string
	n, d, m          int
	separation, flip float64
	random           bool
	seed             uint64
}

func read(v param.Values, seed uint64) sample {
	s := sample{problem: v.Text("problem"), n: v.Whole("samples"), d: v.Whole("dim"), m: v.Whole("width"), flip: v.Real("flips"), random: v.Text("signs") == "random", seed: seed}
	if s.problem == clusters {
		s.separation = v.Real("separation")
	}
	return s
}

// A world is a sample in compressed coordinates, with what is the same for all nets on it. It is not changed.
type world struct {
	sample
	q       int       // coordinates
	x, y, a []float64 // points n x q, labels, second layer
	start   []float64 // normal weights, m x q
	middle  []float64 // direction of the clusters, q; nil for other data
	// line is the linear solution of largest margin, nil where there is none.
	line *leaky.Line
	// e1 is its unit normal, e2 a unit direction in the span of the points at right angles to it.
	e1, e2 []float64
	size   float64 // max |x|²
	mean   float64 // |Σ y x| / n

	once  sync.Once
	probe *crowd // normal points, to compare the net with its line
	tests *crowd // fresh points of the clusters
}

// worlds keeps the last ones: the same data are opened for each change of a net.
var worlds struct {
	sync.Mutex
	known map[sample]*world
	order []sample
}

const maxWorlds = 6

func (s sample) world() (*world, error) {
	worlds.Lock()
	defer worlds.Unlock()
	if w := worlds.known[s]; w != nil {
		return w, nil
	}
	w, err := s.make()
	if err != nil {
		return nil, err
	}
	if worlds.known == nil {
		worlds.known = map[sample]*world{}
	}
	if len(worlds.order) == maxWorlds {
		delete(worlds.known, worlds.order[0])
		worlds.order = worlds.order[1:]
	}
	worlds.known[s] = w
	worlds.order = append(worlds.order, s)
	return w, nil
}

func (s sample) make() (*world, error) {
	switch {
	case s.problem == orthogonal && s.n > s.d:
		return nil, param.Refuse("samples", "must be %d or fewer, so that as many directions can be at right angles; got %d", s.d, s.n)
	case s.m*s.d > maxNumbers:
		return nil, param.Refuse("dim", "must be %d or less with %d neurons, so that the start has no more than %d numbers; got %d", maxNumbers/s.m, s.m, maxNumbers, s.d)
	}
	w := &world{sample: s}
	key := rng.NewKey(s.seed, 0, 0, 0, rng.Data)
	full := make([]float64, s.n*s.d)
	chance := make([]float64, 2*s.n)
	key.FillUniform(chance, math.MaxUint32, 0)
	for i := range s.n {
		row, label := full[i*s.d:(i+1)*s.d], 1-2*float64(i%2)
		if s.problem == orthogonal {
			row[i] = math.Sqrt(float64(s.d)) * (0.75 + 0.5*chance[s.n+i])
		} else {
			key.FillNormal(row, uint64(i), 0)
			row[0] += label * s.separation
		}
		if chance[i] < s.flip {
			label = -label
		}
		w.y = append(w.y, label)
	}
	signs := make([]float64, s.m)
	rng.NewKey(s.seed+1, 1, 0, 0, rng.Init).FillUniform(signs, 0, 0)
	for j := range s.m {
		a := 1 / math.Sqrt(float64(s.m))
		if s.random && signs[j] < 0.5 || !s.random && j%2 == 1 {
			a = -a
		}
		w.a = append(w.a, a)
	}
	rows := s.m
	if s.problem == clusters {
		rows++ // the direction of the clusters is compressed along with the weights
	}
	start := make([]float64, rows*s.d)
	for j := range s.m {
		rng.NewKey(s.seed+1, 0, 0, 0, rng.Init).FillNormal(start[j*s.d:(j+1)*s.d], uint64(j), 0)
	}
	if rows > s.m {
		start[s.m*s.d] = 1
	}
	var err error
	if w.x, w.start, w.q, err = leaky.Compress(full, s.n, start, rows, s.d); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if rows > s.m {
		w.middle, w.start = w.start[s.m*w.q:], w.start[:s.m*w.q]
	}
	w.line, err = leaky.MaxMargin(w.x, w.q, w.y)
	if err != nil && !errors.Is(err, leaky.ErrNotSeparable) {
		return nil, fmt.Errorf("data: %w", err)
	}
	w.plane()
	for i := range s.n {
		row := w.row(i)
		w.size = max(w.size, kernel.Dot(row, row))
	}
	sum := make([]float64, w.q)
	for i, y := range w.y {
		kernel.Axpy(sum, y, w.row(i))
	}
	w.mean = kernel.Norm(sum) / float64(s.n)
	return w, nil
}

func (w *world) row(i int) []float64 { return w.x[i*w.q : (i+1)*w.q] }

// plane chooses the directions of the pictures: the normal of the line, or the mean of y x where there is none, and a
// random one in the span of the points.
func (w *world) plane() {
	w.e1, w.e2 = make([]float64, w.q), make([]float64, w.q)
	chance := make([]float64, w.n)
	rng.NewKey(w.seed, 0, 0, 0, rng.Probe).FillNormal(chance, math.MaxUint32, 0)
	for i, y := range w.y {
		kernel.Axpy(w.e1, y, w.row(i))
		kernel.Axpy(w.e2, chance[i], w.row(i))
	}
	if w.line != nil {
		copy(w.e1, w.line.Z)
	}
	kernel.Scale(1/kernel.Norm(w.e1), w.e1)
	for range 2 {
		kernel.Axpy(w.e2, -kernel.Dot(w.e1, w.e2), w.e1)
	}
	if size := kernel.Norm(w.e2); size > 1e-9 {
		kernel.Scale(1/size, w.e2)
	} else {
		clear(w.e2) // a single direction: nothing to see across
	}
}

// How many points are looked at for agreement with the line, fewer of large nets, and for the accuracy on clusters.
const (
	probes     = 4000
	leastProbe = 500
	probeWork  = 20_000_000 // products
	testCount  = 2000
)

// look draws the points that nets are looked at with. A normal point of all dimensions is a normal point of the
// compressed ones, and no net sees more of it.
func (w *world) look() {
	key := rng.NewKey(w.seed, 0, 0, 0, rng.Probe)
	draw := func(k int, stream uint64) *crowd {
		c := &crowd{k: k, x: make([]float64, k*w.q), labels: make([]float64, k)}
		key.FillNormal(c.x, stream, 0)
		for i := range k {
			c.labels[i] = 1 - 2*float64(i%2)
			if w.middle != nil && stream == 1 {
				kernel.Axpy(c.x[i*w.q:(i+1)*w.q], c.labels[i]*w.separation, w.middle)
			}
		}
		return c
	}
	// In whole blocks, as they are evaluated.
	w.probe = draw(min(probes, max(leastProbe, probeWork/(w.m*w.used())/probeBlock*probeBlock)), 0)
	if w.middle != nil {
		w.tests = draw(testCount, 1)
	}
	for _, c := range []*crowd{w.probe, w.tests} {
		if c != nil {
			c.behind = make([]float64, c.k*w.m)
			from := w.used()
			kernel.MulNT(kernel.Dense(c.k, w.m, c.behind), kernel.Mat[float64]{Rows: c.k, Cols: w.q - from, Stride: w.q, Data: c.x[from:]},
				kernel.Mat[float64]{Rows: w.m, Cols: w.q - from, Stride: w.q, Data: w.start[from:]}, false)
		}
	}
}

// probeBlock is how many of them are evaluated together.
const probeBlock = 250

// used is how many coordinates the points have; weights in the others stay as they start.
func (w *world) used() int {
	used := 1
	for i, v := range w.x {
		if v != 0 {
			used = max(used, i%w.q+1)
		}
	}
	return used
}

// A crowd is a set of points that nets are evaluated on. behind is what the coordinates beyond those of the data give to
// each neuron at the start of scale 1: descent never changes it.
type crowd struct {
	k         int
	x, labels []float64
	behind    []float64
}
