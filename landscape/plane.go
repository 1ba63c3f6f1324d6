package landscape

import (
	"errors"
	"math"

	"thalweg/landscape/rng"
)

// A Plane is a two-dimensional slice through R^n: the points Origin + s Axes[0] + t Axes[1]. The axes need
// be neither orthogonal nor of length 1.
type Plane struct {
	Kind   string
	Origin []float64
	Axes   [2][]float64
	// Range is smin, smax, tmin, tmax of the part shown.
	Range [4]float64
	// Explained are the shares of the squared distances that the principal axes have, largest first; only of
	// a plane fitted by PCA.
	Explained []float64
	// Curvatures are the eigenvalues that the axes of a plane of the Hessian have.
	Curvatures []float64
	// Cosine is that of the angle between the axes.
	Cosine float64
	// Note says what a reader must know about the plane, if anything.
	Note string
}

// ErrDegenerate tells that the axes of a plane are parallel, or that one has no length.
var ErrDegenerate = errors.New("plane degenerate (axes parallel)")

// Point stores the point at s, t in dst.
func (p Plane) Point(dst []float64, s, t float64) {
	for i, o := range p.Origin {
		dst[i] = o + s*p.Axes[0][i] + t*p.Axes[1][i]
	}
}

// Project returns the coordinates of the point of the plane next to x, and its distance from x. It solves
// the normal equations of the two axes.
func (p Plane) Project(x []float64) (s, t, distance float64, err error) {
	var aa, ab, bb, ad, bd float64
	for i, o := range p.Origin {
		a, b, d := p.Axes[0][i], p.Axes[1][i], x[i]-o
		aa += a * a
		ab += a * b
		bb += b * b
		ad += a * d
		bd += b * d
	}
	det := aa*bb - ab*ab
	if !(det > 1e-18*aa*bb) {
		return 0, 0, 0, ErrDegenerate
	}
	s, t = (bb*ad-ab*bd)/det, (aa*bd-ab*ad)/det
	off := 0.0
	for i, o := range p.Origin {
		d := x[i] - o - s*p.Axes[0][i] - t*p.Axes[1][i]
		off += d * d
	}
	return s, t, math.Sqrt(off), nil
}

// Along returns the coordinates in the plane of a direction, as Project does of a point.
func (p Plane) Along(v []float64) (s, t float64, err error) {
	var aa, ab, bb, av, bv float64
	for i, x := range v {
		a, b := p.Axes[0][i], p.Axes[1][i]
		aa += a * a
		ab += a * b
		bb += b * b
		av += a * x
		bv += b * x
	}
	det := aa*bb - ab*ab
	if !(det > 1e-18*aa*bb) {
		return 0, 0, ErrDegenerate
	}
	return (bb*av - ab*bv) / det, (aa*bv - ab*av) / det, nil
}

// Fit sets the range to the projections of points, padded by a fifth on every side. Points that are not
// finite do not count.
func (p *Plane) Fit(points [][]float64) error {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, x := range points {
		s, t, _, err := p.Project(x)
		if err != nil {
			return err
		}
		if at := [2]float64{s, t}; allFinite(at[:]) {
			for k, v := range at {
				low[k], high[k] = min(low[k], v), max(high[k], v)
			}
		}
	}
	if !(low[0] <= high[0]) {
		return errors.New("no finite point to fit a plane to")
	}
	const pad = 0.2
	wide := max(high[0]-low[0], high[1]-low[1])
	if wide == 0 {
		wide = 1
	}
	for k := range 2 {
		// Points on a line, or nearly, still get a strip to look at.
		if thin := wide/4 - (high[k] - low[k]); thin > 0 {
			low[k], high[k] = low[k]-thin/2, high[k]+thin/2
		}
		margin := pad * (high[k] - low[k])
		p.Range[2*k], p.Range[2*k+1] = low[k]-margin, high[k]+margin
	}
	return nil
}

// check measures the angle of the axes and refuses a degenerate plane.
func (p *Plane) check() error {
	if _, _, _, err := p.Project(p.Origin); err != nil {
		return err
	}
	p.Cosine = dot(p.Axes[0], p.Axes[1]) / (norm(p.Axes[0]) * norm(p.Axes[1]))
	return nil
}

// Direct is the plane of the first two coordinates, the others 0. Domain is its range.
func Direct(dim int, domain [4]float64) Plane {
	p := Plane{Kind: "direct", Origin: make([]float64, dim), Range: domain}
	for k := range p.Axes {
		p.Axes[k] = make([]float64, dim)
		p.Axes[k][k] = 1
	}
	return p
}

// planeSeed is the distance of the planes' seed from the run's.
const planeSeed = 7

// RandomPlane goes through origin along two random directions, which are filter-normalised (Li et al.,
// Visualizing the loss landscape of neural nets, 2018) when the blocks of origin are known and of length 1
// when there are none. The directions follow from the seed of the run and are not made orthogonal.
func RandomPlane(origin []float64, blocks []Block, seed uint64) (Plane, error) {
	p := Plane{Kind: "random", Origin: origin, Range: [4]float64{-1, 1, -1, 1}, Note: "axes are filter-normalised"}
	for k := range p.Axes {
		d := randomDirection(len(origin), seed, uint64(k))
		if len(blocks) > 0 {
			FilterNormalize(d, d, origin, blocks)
		} else {
			scale(d, 1/norm(d))
			p.Note = "axes have length 1"
		}
		p.Axes[k] = d
	}
	return p, p.check()
}

// randomDirection is direction k of a run's, standard normal.
func randomDirection(n int, seed, k uint64) []float64 {
	d := make([]float64, n)
	rng.NewKey(seed+planeSeed, 0, 0, 0, rng.Probe).FillNormal(d, k, 0)
	return d
}

// FilterNormalize scales every row of every weight block of direction to the length of that row of theta,
// and stores it in dst, which may be direction. Rows of zeros, biases and parameters outside the blocks get
// no direction.
func FilterNormalize(dst, direction, theta []float64, blocks []Block) {
	scaled := make([]float64, len(direction))
	for _, b := range blocks {
		if b.Bias {
			continue
		}
		for r := range b.Rows {
			from := b.Offset + r*b.Columns
			row := direction[from : from+b.Columns]
			length := norm(row)
			if length == 0 {
				continue
			}
			addScaled(scaled[from:from+b.Columns], norm(theta[from:from+b.Columns])/length, row)
		}
	}
	copy(dst, scaled)
}

// ThreePoints is the plane through a, b and c: the first axis points from a to b, the second is at right
// angles to it on the side of c, both of length 1. Where the points lie on a line, a random direction that
// follows from the seed takes the second place, and the note says so.
func ThreePoints(a, b, c []float64, seed uint64) (Plane, error) {
	p := Plane{Kind: "points", Origin: a}
	first, side := difference(b, a), difference(c, a)
	length, reach := norm(first), norm(side)
	if !(length > 0) {
		return p, ErrDegenerate
	}
	scale(first, 1/length)
	if !orthogonal(side, first, 1e-9*reach) {
		side = randomDirection(len(a), seed, 0)
		if !orthogonal(side, first, 1e-9*norm(side)) {
			return p, ErrDegenerate
		}
		p.Note = "the points lie on a line; the second axis is random"
	}
	p.Axes = [2][]float64{first, side}
	return p, p.Fit([][]float64{a, b, c})
}

// orthogonal makes v orthogonal to the unit vector e, and of length 1. It fails when no more than least is left.
func orthogonal(v, e []float64, least float64) bool {
	addScaled(v, -dot(v, e), e)
	if !(norm(v) > least) {
		return false
	}
	scale(v, 1/norm(v))
	addScaled(v, -dot(v, e), e)
	scale(v, 1/norm(v))
	return true
}
