package flowtosgd

import (
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/sim/param"
)

// A ground is a problem with what is known about it.
type ground struct {
	landscape.Func
	id     string
	start  []float64
	domain [4]float64
	minima []landscape.Minimum
	note   string
}

// The ids of the problems.
const (
	quad      = "quad"
	sine      = "sine-bowl"
	powers    = "power"
	retrieval = "phase"
	squares   = "square-root"
	products  = "product"
	exponents = "exponential"
)

// The largest eigenvalues of the quadratic and of the matrix whose root is sought.
const (
	quadTop = 10.0
	rootTop = 5.0
)

// newGround opens the problem that the controls ask for.
func newGround(v param.Values, seed uint64) (ground, error) {
	n, s := v.Whole("dim"), noise(v.Real("noise"))
	g := ground{id: v.Text("problem")}
	if n < 2 && g.id != squares && g.id != products {
		return g, param.Refuse("dim", "must be 2 or more, so that there is a plane to look at; got %d (with the second coordinate at 0 the first is alone)", n)
	}
	origin := []landscape.Minimum{{X: make([]float64, n)}}
	g.domain = [4]float64{-3, 3, -3, 3}
	usual := func(x, y float64) {
		g.start = make([]float64, n)
		g.start[0], g.start[1] = x, y
	}
	switch g.id {
	case quad:
		f := &quadratic{noise: s, n: n, a: make([]float64, n*n)}
		for i := range n {
			f.a[i*n+i] = quadTop * math.Pow(v.Real("condition"), -float64(n-1-i)/float64(n-1))
		}
		g.Func, g.minima = f, origin
		usual(2, 1)
	case sine:
		g.Func, g.minima, g.domain = &sineBowl{s, n}, origin, [4]float64{-7, 7, -7, 7}
		usual(6, 3)
	case powers:
		p := v.Real("exponent")
		if !(p > 1) {
			return g, param.Refuse("exponent", "must be above 1; got %g", p)
		}
		g.Func, g.minima = &power{s, n, p}, origin
		usual(1, 0)
	case retrieval:
		star := make([]float64, n)
		star[0] = 1
		away := make([]float64, n)
		away[0] = -1
		g.Func, g.domain = newPhase(star), [4]float64{-1.5, 1.5, -1.5, 1.5}
		g.minima = []landscape.Minimum{{X: away}, {X: star}}
		usual(0.3, 0.5)
	case squares:
		size := v.Whole("size")
		f := newRoot(size, turnedMatrix(size, v.Real("condition"), seed))
		g.Func = f
		g.minima = []landscape.Minimum{{X: f.solution()}}
		g.start = make([]float64, size*size)
		for i := range size {
			g.start[i*size+i] = 2
		}
	case products:
		g.Func = product{multiplicative: v.Real("noise"), label: v.Real("label-noise")}
		g.domain = [4]float64{-3.5, 3.5, -3.5, 3.5}
		g.start = []float64{3, 0.2}
	case exponents:
		g.Func, g.minima = &exponential{s, n}, origin
		usual(2, 1)
	}
	if err := g.from(v); err != nil {
		return g, err
	}
	if g.Dim() == 2 {
		// The first view holds the start.
		for i, x := range g.start {
			g.domain[2*i] = math.Min(g.domain[2*i], x-0.2*math.Abs(x))
			g.domain[2*i+1] = math.Max(g.domain[2*i+1], x+0.2*math.Abs(x))
		}
	}
	return g, nil
}

// from takes the start that was written, and says what is special about it.
func (g *ground) from(v param.Values) error {
	if at := v.Vector("start"); len(at) > 0 {
		if len(at) > g.Dim() {
			return param.Refuse("start", "must hold %d numbers at most on this ground; got %d", g.Dim(), len(at))
		}
		// What is left out is 0.
		g.start = append(make([]float64, 0, g.Dim()), at...)
		g.start = g.start[:g.Dim()]
	}
	grad := make([]float64, g.Dim())
	loss := g.Grad(grad, g.start)
	if !landscape.Finite(append(grad, loss)) {
		return param.Refuse("start", "the loss or its gradient is not finite there")
	}
	if norm(grad[:g.Dim()]) == 0 && loss > 0 {
		return param.Refuse("start", "is a critical point at loss %g, where neither flow nor descent moves; move it a little", loss)
	}
	switch f := g.Func.(type) {
	case *phase:
		if u, _ := f.split(g.start); math.Abs(u) < side*f.norm {
			g.note = "The start is on the stable set of the saddle: gradient flow ends there, and the potential is infinite."
		}
	case *root:
		if values, off := f.commuting(g.start); off < commutes {
			for _, w := range values {
				if w < 0 {
					g.note = "The start has a negative eigenvalue: gradient flow goes to a root of M that is not the principal one."
				}
				if w == 0 {
					return param.Refuse("start", "has an eigenvalue 0, where flow and descent stand still; move it a little")
				}
			}
		}
	}
	return nil
}

// turnedMatrix is a symmetric matrix, n x n, with eigenvalues geometric up to rootTop, along directions that the seed
// draws.
func turnedMatrix(n int, condition float64, seed uint64) []float64 {
	u := make([]float64, n)
	rng.NewKey(seed, 0, 0, 0, rng.Data).FillNormal(u, 0, 0)
	kernel.Scale(1/norm(u), u)
	// A reflection across u turns the axes.
	m := make([]float64, n*n)
	row := make([]float64, n)
	for k := range n {
		value := rootTop * math.Pow(condition, -float64(n-1-k)/float64(max(1, n-1)))
		for i := range n {
			row[i] = -2 * u[i] * u[k]
		}
		row[k]++
		for i := range n {
			kernel.Axpy(m[i*n:(i+1)*n], value*row[i], row)
		}
	}
	for i := range n {
		for j := range i {
			m[i*n+j] = m[j*n+i]
		}
	}
	return m
}

// String names the ground with what fixes it, for what is kept of it.
func (g *ground) String() string { return fmt.Sprintf("%s %T%+v", g.id, g.Func, g.Func) }
