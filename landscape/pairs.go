package landscape

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// A Pair is an approximate eigenvalue with its unit eigenvector.
type Pair struct {
	Value  float64
	Vector []float64
	// Residual is |H v - λ v|, a bound of the distance from an eigenvalue.
	Residual float64
	// Converged tells that the residual is within the tolerance.
	Converged bool
}

// Pairs are the ends of a spectrum.
type Pairs struct {
	// Low holds eigenpairs from the lowest up, High from the highest down. Where the dimension is smaller than what
	// was asked for, pairs are in both.
	Low, High []Pair
	// Products counts the products with the Hessian. Converged tells that all pairs are, and that further starts,
	// unless they were left out, found no more copies of a multiple one; Note says what is wrong otherwise.
	Products  int
	Converged bool
	// Exact is false when products are differences of gradients.
	Exact bool
	Note  string
}

// EndOptions ask for the ends of a spectrum.
type EndOptions struct {
	// Low and High are how many pairs of each end; both 0 mean 5 and 5.
	Low, High int
	// Budget bounds the products, 0 means 1000; Tolerance is that of a residual relative to its eigenvalue, 0 means
	// 1e-8. No residual is asked to be below 1e-12 of the largest eigenvalue, or 1e-7 by differences of gradients.
	Budget    int
	Tolerance float64
	Seed      uint64
	// Once leaves out the further starts that search for copies of multiple eigenvalues.
	Once bool
	// Warm are eigenvectors of a point nearby, if known.
	Warm [][]float64
}

const (
	pairsEach    = 5
	endBudget    = 1000
	endTolerance = 1e-8
	// rounding is the residual, relative to the largest eigenvalue, below which only noise is left.
	rounding, differenceNoise = 1e-12, 1e-7
)

// EndPairs finds eigenpairs at both ends of the spectrum of the Hessian of f at x by Lanczos' method with thick
// restarts (Wu and Simon, 2000). Multiple eigenvalues show with all their copies: what is found is locked, and
// further starts, orthogonal to it, search for more until there are none. Where the budget is spent the pairs so far
// come back unconverged, where ctx ends its error.
func EndPairs(ctx context.Context, f Func, x []float64, o EndOptions) (Pairs, error) {
	exact := exactly(f)
	p, err := endPairsOf(ctx, hessianAt(ctx, f, x), f.Dim(), exact, o)
	if !exact && p.Note == "" {
		p.Note = "HVP by finite differences"
	}
	return p, err
}

// endPairsOf is EndPairs of a symmetric matrix on n coordinates, whose products are exact or of differences.
func endPairsOf(ctx context.Context, apply Operator, n int, exact bool, o EndOptions) (Pairs, error) {
	if o.Low == 0 && o.High == 0 {
		o.Low, o.High = pairsEach, pairsEach
	}
	if o.Budget == 0 {
		o.Budget = endBudget
	}
	if o.Tolerance == 0 {
		o.Tolerance = endTolerance
	}
	if o.Low < 0 || o.High < 0 || o.Budget < 0 || !(o.Tolerance > 0) {
		return Pairs{}, fmt.Errorf("%d lowest and %d highest eigenpairs of tolerance %g within %d products; none may be negative", o.Low, o.High, o.Tolerance, o.Budget)
	}
	o.Low, o.High = min(o.Low, n), min(o.High, n)
	r := &restarting{ctx: ctx, apply: apply, n: n, o: o, noise: rounding}
	if !exact {
		r.noise = differenceNoise
	}
	p := Pairs{Exact: exact}
	low, high, done := r.search(r.first(), o.Low, o.High, nil)
	if o.Once {
		p.Low, p.High = low, high
	}
	for again := !o.Once; again && done && len(r.locked)+len(low)+len(high) > 0; {
		// Search what is orthogonal to all that was found, until nothing new belongs to the ends.
		r.lock(low)
		r.lock(high)
		p.Low, p.High = merge(p.Low, low, o.Low, 1), merge(p.High, high, o.High, -1)
		if len(r.locked) >= n {
			break
		}
		low, high, done = r.search(r.draw(), min(1, o.Low), min(1, o.High), func(least, most float64) bool {
			return (o.Low == 0 || least > p.Low[len(p.Low)-1].Value) && (o.High == 0 || most < p.High[len(p.High)-1].Value)
		})
		again = done && (belongs(low, p.Low, o.Low, 1) || belongs(high, p.High, o.High, -1))
	}
	if !done && len(p.Low)+len(p.High) == 0 {
		p.Low, p.High = low, high
	}
	p.Products = r.products
	if err := ctx.Err(); err != nil {
		return p, err
	}
	good := 0
	for _, pair := range slices.Concat(p.Low, p.High) {
		if pair.Converged {
			good++
		}
	}
	p.Converged = done && good == o.Low+o.High
	switch {
	case r.broken:
		p.Note = "the Hessian is not finite here"
	case !p.Converged && good == o.Low+o.High:
		p.Note = "budget spent while searching for copies of multiple eigenvalues"
	case !p.Converged:
		p.Note = fmt.Sprintf("budget spent (%d of %d pairs)", good, o.Low+o.High)
	}
	return p, nil
}

// belongs reports whether the first new pair lies further out than the last of those known.
func belongs(found, known []Pair, want int, sign float64) bool {
	return len(found) > 0 && (len(known) < want || sign*found[0].Value < sign*known[len(known)-1].Value)
}

// merge puts new pairs among the known and keeps the outermost; sign is 1 at the low end, -1 at the high one.
func merge(known, found []Pair, keep int, sign float64) []Pair {
	all := slices.Concat(known, found)
	slices.SortStableFunc(all, func(a, b Pair) int {
		switch {
		case sign*a.Value < sign*b.Value:
			return -1
		case sign*a.Value > sign*b.Value:
			return 1
		}
		return 0
	})
	return all[:min(keep, len(all))]
}

// A restarting is one search by Lanczos' method with thick restarts.
type restarting struct {
	ctx      context.Context
	apply    Operator
	n        int
	o        EndOptions
	noise    float64
	locked   [][]float64
	products int
	drawn    uint64
	size     float64 // the largest Ritz value by size so far
	broken   bool    // a product was not finite
}

// first is where the first search starts: the sum of the warm vectors, if any, with some of a random one.
func (r *restarting) first() []float64 {
	v := r.draw()
	if v == nil || len(r.o.Warm) == 0 {
		return v
	}
	sum := make([]float64, r.n)
	for _, w := range r.o.Warm {
		if len(w) == r.n && norm(w) > 0 {
			addScaled(sum, 1/norm(w), w)
		}
	}
	if s := norm(sum); s > 0 && s-s == 0 {
		scale(v, 0.1*s)
		addScaled(v, 1, sum)
		scale(v, 1/norm(v))
	}
	return v
}

// draw is a random unit vector orthogonal to the locked ones and to the basis, nil when there is none.
func (r *restarting) draw(basis ...[]float64) []float64 {
	if len(r.locked)+len(basis) >= r.n {
		return nil
	}
	v := randomDirection(r.n, r.o.Seed, 16+r.drawn)
	r.drawn++
	scale(v, 1/norm(v))
	orthogonalize(v, nil, r.locked)
	orthogonalize(v, nil, basis)
	if size := norm(v); size > 1e-8 {
		scale(v, 1/size)
		return v
	}
	return nil
}

// lock keeps the vectors of converged pairs out of all searches to come.
func (r *restarting) lock(pairs []Pair) {
	for _, p := range pairs {
		if !p.Converged {
			continue
		}
		v := slices.Clone(p.Vector)
		orthogonalize(v, nil, r.locked)
		if size := norm(v); size > 0.5 {
			scale(v, 1/size)
			r.locked = append(r.locked, v)
		}
	}
}

// search finds low and high pairs of the matrix on the space orthogonal to the locked vectors, from a start there; a
// nil start finds none. It is done when the wanted pairs are converged; with within, when the basis was full and all
// that is not converged within the bounds that it is asked about; else ctx or the budget ended it.
func (r *restarting) search(start []float64, low, high int, within func(least, most float64) bool) (lowest, highest []Pair, done bool) {
	if start == nil {
		return nil, nil, true
	}
	space := r.n - len(r.locked)
	low, high = min(low, space), min(high, space)
	m := min(space, max(4*(low+high), 40))
	basis := [][]float64{start}
	t := make([]float64, m*m)
	for columns := 0; ; {
		var next []float64
		beta := 0.0
		for columns < m && r.products < r.o.Budget {
			w := make([]float64, r.n)
			r.apply(w, basis[columns])
			r.products++
			if r.ctx.Err() != nil {
				return nil, nil, false
			}
			if !allFinite(w) {
				r.broken = true
				return nil, nil, false
			}
			taken := make([]float64, len(basis))
			orthogonalize(w, nil, r.locked)
			orthogonalize(w, taken, basis)
			for i, e := range taken {
				t[i*m+columns], t[columns*m+i] = e, e
			}
			r.size = max(r.size, math.Abs(taken[columns]))
			columns++
			if beta = norm(w); beta > rounding*r.size {
				r.size = max(r.size, beta)
				scale(w, 1/beta)
				next = w
			} else {
				// The space is invariant: go on from somewhere else.
				beta, next = 0, r.draw(basis...)
			}
			if next == nil {
				break
			}
			if columns < m {
				basis = append(basis, next)
			}
			if columns%10 == 0 && columns >= low+high && columns < m && within == nil && r.settled(t, m, columns, beta, low, high) {
				break
			}
		}
		if columns == 0 {
			return nil, nil, false
		}
		values, parts := leading(t, m, columns)
		residuals := make([]float64, columns)
		for i := range residuals {
			residuals[i] = beta * math.Abs(parts[i][columns-1])
			r.size = max(r.size, math.Abs(values[i]))
		}
		done = columns >= low+high && r.converged(values, residuals, low, high)
		if within != nil && columns == m {
			least, most := math.Inf(1), math.Inf(-1)
			if low > 0 && !r.converged(values, residuals, low, 0) {
				least = values[0] - residuals[0]
			}
			if high > 0 && !r.converged(values, residuals, 0, high) {
				most = values[columns-1] + residuals[columns-1]
			}
			done = within(least, most)
		}
		if done || r.products >= r.o.Budget || next == nil {
			at := func(i int) Pair {
				v := make([]float64, r.n)
				combine(v, basis[:columns], parts[i])
				scale(v, 1/norm(v))
				return Pair{values[i], v, residuals[i], residuals[i] <= r.tolerance(values[i])}
			}
			for i := range min(low, columns) {
				lowest = append(lowest, at(i))
			}
			for i := range min(high, columns) {
				highest = append(highest, at(columns-1-i))
			}
			return lowest, highest, done || next == nil
		}
		// Restart with the Ritz vectors next to the ends.
		keep := restarted(columns, low, high)
		kept := make([][]float64, len(keep), m)
		clear(t)
		for i, k := range keep {
			if r.ctx.Err() != nil {
				return nil, nil, false
			}
			kept[i] = make([]float64, r.n)
			combine(kept[i], basis[:columns], parts[k])
			t[i*m+i] = values[k]
		}
		basis, columns = append(kept, next), len(kept)
	}
}

// restarted lists which of so many Ritz pairs a restart keeps: those wanted and half of the rest, next to the ends.
func restarted(columns, low, high int) []int {
	extra := (columns - low - high) / 2
	if low > 0 && high > 0 {
		low, high = low+extra/2, high+extra-extra/2
	} else if low > 0 {
		low += extra
	} else {
		high += extra
	}
	var keep []int
	for i := range columns {
		if i < low || i >= columns-high {
			keep = append(keep, i)
		}
	}
	return keep
}

// tolerance is the residual that an eigenvalue of this size may have.
func (r *restarting) tolerance(value float64) float64 {
	return max(r.o.Tolerance*math.Abs(value), r.noise*r.size)
}

// converged reports whether the outermost Ritz values are within the tolerance.
func (r *restarting) converged(values, residuals []float64, low, high int) bool {
	for i, v := range values {
		if (i < low || i >= len(values)-high) && !(residuals[i] <= r.tolerance(v)) {
			return false
		}
	}
	return true
}

// settled is converged for the leading columns of t.
func (r *restarting) settled(t []float64, m, columns int, beta float64, low, high int) bool {
	values, parts := leading(t, m, columns)
	residuals := make([]float64, columns)
	for i := range residuals {
		residuals[i] = beta * math.Abs(parts[i][columns-1])
	}
	return r.converged(values, residuals, low, high)
}

// leading are the eigenvalues, ascending, and eigenvectors of the leading square of a matrix with m columns.
func leading(t []float64, m, columns int) (values []float64, vectors [][]float64) {
	a := make([]float64, 0, columns*columns)
	for i := range columns {
		a = append(a, t[i*m:][:columns]...)
	}
	return SymmetricEigen(a, columns)
}
