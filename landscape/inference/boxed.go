package inference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// Boxed is a density in the plane that is known up to a factor, over a box beyond which it is nothing.
type Boxed struct {
	log     func(z []float64) float64
	grad    func(dst, z []float64)
	box     [4]float64 // x0, x1, y0, y1
	logMass float64
	mean    []float64
	cov     []float64
	entropy float64
	sums    []float64 // of the cells' weights
}

// cells of the quadrature on each side, and the share of the mass that may lie in those along the edges.
const (
	boxedCells = 240
	atEdge     = 1e-4
)

// NewBoxed normalises exp(log) over the box x0, x1, y0, y1. It refuses what has no mass there, and what the box cuts off.
func NewBoxed(log func(z []float64) float64, grad func(dst, z []float64), box [4]float64) (*Boxed, error) {
	b := &Boxed{log: log, grad: grad, box: box, mean: make([]float64, 2), cov: make([]float64, 4), sums: make([]float64, boxedCells*boxedCells)}
	values, z := make([]float64, len(b.sums)), make([]float64, 2)
	top := math.Inf(-1)
	for i := range values {
		b.centre(z, i)
		v := log(z)
		if math.IsNaN(v) {
			v = math.Inf(-1)
		}
		values[i] = v
		top = max(top, v)
	}
	if math.IsInf(top, 0) {
		return nil, fmt.Errorf("the density has no finite largest value in the box")
	}
	mass, edge := 0.0, 0.0
	for i, v := range values {
		w := math.Exp(v - top)
		mass += w
		b.sums[i] = mass
		if r, c := i/boxedCells, i%boxedCells; r == 0 || c == 0 || r == boxedCells-1 || c == boxedCells-1 {
			edge += w
		}
	}
	if edge > atEdge*mass {
		return nil, fmt.Errorf("the density does not end inside the box: %.2g of its mass lies in the outermost cells", edge/mass)
	}
	cell := (box[1] - box[0]) * (box[3] - box[2]) / boxedCells / boxedCells
	b.logMass = top + math.Log(mass*cell)
	for i, v := range values {
		w := math.Exp(v-top) / mass
		b.centre(z, i)
		b.mean[0] += w * z[0]
		b.mean[1] += w * z[1]
		if w > 0 {
			b.entropy -= w * (v - b.logMass)
		}
	}
	for i, v := range values {
		w := math.Exp(v-top) / mass
		b.centre(z, i)
		x, y := z[0]-b.mean[0], z[1]-b.mean[1]
		b.cov[0] += w * x * x
		b.cov[1] += w * x * y
		b.cov[3] += w * y * y
	}
	b.cov[2] = b.cov[1]
	if l := make([]float64, 4); !cholesky(l, b.cov, 2) {
		return nil, fmt.Errorf("the density lies on a point or a line at the size of the box")
	}
	return b, nil
}

func (b *Boxed) centre(z []float64, i int) {
	z[0] = b.box[0] + (float64(i%boxedCells)+0.5)/boxedCells*(b.box[1]-b.box[0])
	z[1] = b.box[2] + (float64(i/boxedCells)+0.5)/boxedCells*(b.box[3]-b.box[2])
}

// Dim implements Target.
func (*Boxed) Dim() int { return 2 }

// Log implements Target.
func (b *Boxed) Log(z []float64) float64 {
	if z[0] < b.box[0] || z[0] > b.box[1] || z[1] < b.box[2] || z[1] > b.box[3] {
		return math.Inf(-1)
	}
	if v := b.log(z) - b.logMass; !math.IsNaN(v) {
		return v
	}
	return math.Inf(-1)
}

// LogGrad implements Target.
func (b *Boxed) LogGrad(dst, z []float64) { b.grad(dst, z) }

// Moments implements Target.
func (b *Boxed) Moments() (mean, cov []float64, entropy float64) { return b.mean, b.cov, b.entropy }

// Draw implements Target, even within a cell.
func (b *Boxed) Draw(dst []float64, r *rand.Rand) {
	i := min(sort.SearchFloat64s(b.sums, r.Float64()*b.sums[len(b.sums)-1]), len(b.sums)-1)
	b.centre(dst, i)
	dst[0] += (r.Float64() - 0.5) / boxedCells * (b.box[1] - b.box[0])
	dst[1] += (r.Float64() - 0.5) / boxedCells * (b.box[3] - b.box[2])
}
