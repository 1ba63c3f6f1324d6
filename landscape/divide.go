package landscape

import (
	"cmp"
	"context"
	"math"
	"slices"

	"thalweg/landscape/kernel"
)

// wholeBelow is the order up to which QL is faster than to divide.
const wholeBelow = 32

// divided finds the eigenvalues, ascending, and unit eigenvectors, row by row, of the symmetric tridiagonal matrix with
// diagonal d and beside next to it, by Cuppen's divide and conquer: two halves, but for their corner, and what a matrix of
// rank one makes of them. Eigenvectors follow from weights for which the roots found are exact (Gu and Eisenstat, A
// divide-and-conquer algorithm for the symmetric tridiagonal eigenproblem, 1995), so they are orthogonal however close
// the roots. Operands must be finite and about 1 in size. It returns the error of ctx where that ends before.
func divided(ctx context.Context, d, beside []float64) (values []float64, vectors kernel.Mat[float64], err error) {
	n := len(d)
	if n <= wholeBelow {
		rows := make([][]float64, n)
		for i := range rows {
			rows[i] = unit(n, i)
		}
		if values, rows, err = tridiagonal(ctx, d, beside, rows...); err != nil {
			return nil, vectors, err
		}
		vectors = kernel.Dense(n, n, make([]float64, n*n))
		for j, row := range rows {
			for i, v := range row {
				vectors.Data[i*n+j] = v
			}
		}
		return values, vectors, nil
	}
	half := n / 2
	rho, sign := math.Abs(beside[half-1]), math.Copysign(1, beside[half-1])
	d = slices.Clone(d)
	d[half-1] -= rho
	d[half] -= rho
	above, q, err := divided(ctx, d[:half], beside[:half-1])
	if err != nil {
		return nil, vectors, err
	}
	below, r, err := divided(ctx, d[half:], beside[half:])
	if err != nil {
		return nil, vectors, err
	}
	u := &union{rho: 2 * rho, half: half, old: kernel.Dense(n, n, make([]float64, n*n))}
	for i, v := range above {
		copy(u.old.Row(i), q.Row(i))
		u.poles = append(u.poles, pole{v, q.Row(i)[half-1] * math.Sqrt2 / 2, i, inUpper})
	}
	for i, v := range below {
		copy(u.old.Row(half + i)[half:], r.Row(i))
		u.poles = append(u.poles, pole{v, sign * r.Row(i)[0] * math.Sqrt2 / 2, half + i, inLower})
	}
	return u.join(ctx)
}

// Where the eigenvector of a pole has entries.
const (
	inUpper = 1
	inLower = 2
)

// A pole is an eigenvalue of the halves, with the weight of its eigenvector in the matrix of rank one.
type pole struct {
	at, weight float64
	row        int // of the eigenvector
	in         int
}

// A union is diag(poles) + rho w w', w the weights, in the basis of old eigenvectors.
type union struct {
	rho   float64
	half  int
	poles []pole
	old   kernel.Mat[float64]
}

// join finds the eigensystem.
func (u *union) join(ctx context.Context) (values []float64, vectors kernel.Mat[float64], err error) {
	n := len(u.poles)
	settled := u.deflate()
	k := len(u.poles)
	// Row i of deltas holds pole j less root i.
	deltas := kernel.Dense(k, k, make([]float64, k*k))
	roots := make([]float64, k)
	kernel.Blocks((k+15)/16, func(b int) {
		for i := 16 * b; i < min(k, 16*b+16) && ctx.Err() == nil; i++ {
			roots[i] = u.root(i, deltas.Row(i))
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, vectors, err
	}
	u.reweigh(deltas)
	for i := range k {
		row := deltas.Row(i)
		for j, p := range u.poles {
			row[j] = p.weight / row[j]
		}
		kernel.Scale(1/norm(row), row)
	}
	fresh, err := u.turn(ctx, deltas)
	if err != nil {
		return nil, vectors, err
	}
	type end struct {
		value float64
		row   []float64
	}
	ends := make([]end, 0, n)
	for i, v := range roots {
		ends = append(ends, end{v, fresh.Row(i)})
	}
	for _, p := range settled {
		ends = append(ends, end{p.at, u.old.Row(p.row)})
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.value, b.value) })
	values, vectors = make([]float64, n), kernel.Dense(n, n, make([]float64, n*n))
	for i, e := range ends {
		values[i] = e.value
		copy(vectors.Row(i), e.row)
	}
	return values, vectors, nil
}

// deflate sorts the poles and takes out those that are eigenvalues as they are: of no weight, or so close to another
// that a rotation of both gives one of them none.
func (u *union) deflate() (settled []pole) {
	slices.SortStableFunc(u.poles, func(a, b pole) int { return cmp.Compare(a.at, b.at) })
	size := 0.0
	for _, p := range u.poles {
		size = max(size, math.Abs(p.at), math.Abs(p.weight))
	}
	small := 8 * 0x1p-53 * size
	var kept []pole
	for _, p := range u.poles {
		if u.rho*math.Abs(p.weight) <= small {
			settled = append(settled, p)
			continue
		}
		if len(kept) > 0 {
			before := &kept[len(kept)-1]
			both := math.Hypot(before.weight, p.weight)
			c, s := p.weight/both, before.weight/both
			if gap := p.at - before.at; math.Abs(gap*c*s) <= small {
				// The rotated vectors: c*before - s*p has no weight, s*before + c*p has both.
				x, y := u.old.Row(before.row), u.old.Row(p.row)
				for i, v := range x {
					x[i], y[i] = c*v-s*y[i], s*v+c*y[i]
				}
				gone := pole{before.at + gap*s*s, 0, before.row, before.in | p.in}
				*before = pole{p.at - gap*s*s, both, p.row, before.in | p.in}
				settled = append(settled, gone)
				continue
			}
		}
		kept = append(kept, p)
	}
	u.poles = kept
	return settled
}

// maxRootSteps bounds the steps to one root; seven are the rule.
const maxRootSteps = 100

// root finds root i of 1 + rho sum w²/(pole - x), which lies between pole i and the next, and stores the poles less the
// root in delta. Both parts of the sum, over the poles on either side, are replaced by a function with one pole that
// touches them (Bunch, Nielsen and Sorensen, 1978), within a bracket.
func (u *union) root(i int, delta []float64) float64 {
	last := i == len(u.poles)-1
	base, low, high := u.poles[i].at, 0.0, 0.0
	if last {
		for _, p := range u.poles {
			high += u.rho * p.weight * p.weight
		}
	} else {
		// Places are counted from the nearer of the two poles.
		gap := u.poles[i+1].at - base
		high = gap / 2
		if u.sum(i, base, high, delta).value() < 0 {
			base, low, high = u.poles[i+1].at, -gap/2, 0
		}
	}
	x := (low + high) / 2
	for range maxRootSteps {
		s := u.sum(i, base, x, delta)
		w := s.value()
		if math.Abs(w) <= 4*0x1p-53*(1+math.Abs(s.left)+math.Abs(s.right)) {
			break
		}
		if w < 0 {
			low = x
		} else {
			high = x
		}
		step := s.step(delta, i, last)
		next := x + step
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if next == x || next == low || next == high {
			break
		}
		x = next
	}
	for j, p := range u.poles {
		delta[j] = (p.at - base) - x
	}
	return base + x
}

// A secular is the sum at a place: over the poles up to i and over those beyond, with their derivatives.
type secular struct{ left, right, leftSlope, rightSlope float64 }

func (s secular) value() float64 { return 1 + s.left + s.right }

// sum evaluates the sum at base + x and leaves the poles less that in delta.
func (u *union) sum(i int, base, x float64, delta []float64) (s secular) {
	for j, p := range u.poles[:i+1] {
		d := (p.at - base) - x
		delta[j] = d
		t := p.weight / d
		s.left += p.weight * t
		s.leftSlope += t * t
	}
	for j, p := range u.poles[i+1:] {
		d := (p.at - base) - x
		delta[i+1+j] = d
		t := p.weight / d
		s.right += p.weight * t
		s.rightSlope += t * t
	}
	s.left *= u.rho
	s.right *= u.rho
	s.leftSlope *= u.rho
	s.rightSlope *= u.rho
	return s
}

// step is the way to the root of the functions that touch both parts.
func (s secular) step(delta []float64, i int, last bool) float64 {
	a := delta[i]
	p, q := s.left-s.leftSlope*a, s.leftSlope*a*a
	if last {
		return a + q/(1+p)
	}
	b := delta[i+1]
	c := 1 + p + s.right - s.rightSlope*b
	linear := c*(a+b) + q + s.rightSlope*b*b
	constant := s.value() * a * b
	root := math.Sqrt(max(0, linear*linear-4*constant*c))
	if linear <= 0 {
		return (linear - root) / (2 * c)
	}
	return 2 * constant / (linear + root)
}

// reweigh replaces the weights by those of which the roots found are the exact ones.
func (u *union) reweigh(deltas kernel.Mat[float64]) {
	k := len(u.poles)
	product := make([]float64, k)
	for j := range product {
		product[j] = 1
	}
	for i := range k {
		row := deltas.Row(i)
		for j, d := range row {
			if i == j {
				product[j] *= d
			} else {
				product[j] *= d / (u.poles[j].at - u.poles[i].at)
			}
		}
	}
	for j, v := range product {
		u.poles[j].weight = math.Copysign(math.Sqrt(math.Abs(v)), u.poles[j].weight)
	}
}

// turn takes eigenvectors from the basis of the kept poles to that of the matrix: products with the old vectors, their
// upper and lower parts apart, for most have entries in one of them only.
func (u *union) turn(ctx context.Context, inner kernel.Mat[float64]) (kernel.Mat[float64], error) {
	const rows, columns = 64, 128
	k, n := inner.Rows, u.old.Rows
	out := kernel.Dense(k, n, make([]float64, k*n))
	for _, part := range [2]struct{ in, from, to int }{{inUpper, 0, u.half}, {inLower, u.half, n}} {
		var use []int
		for j, p := range u.poles {
			if p.in&part.in != 0 {
				use = append(use, j)
			}
		}
		left := kernel.Dense(k, len(use), make([]float64, k*len(use)))
		for i := range k {
			row, from := left.Row(i), inner.Row(i)
			for j, o := range use {
				row[j] = from[o]
			}
		}
		for from := part.from; from < part.to; from += columns {
			width := min(columns, part.to-from)
			right := kernel.Dense(len(use), width, make([]float64, len(use)*width))
			for j, o := range use {
				copy(right.Row(j), u.old.Row(u.poles[o].row)[from:])
			}
			kernel.Blocks((k+rows-1)/rows, func(b int) {
				if ctx.Err() != nil {
					return
				}
				at := b * rows
				count := min(rows, k-at)
				kernel.MulNN(kernel.Mat[float64]{Rows: count, Cols: width, Stride: n, Data: out.Data[at*n+from:]}, kernel.Dense(count, len(use), left.Data[at*len(use):]), right, false)
			})
			if err := ctx.Err(); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}
