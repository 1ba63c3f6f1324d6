// Package surfaces holds the classic test functions of optimization, and losses typed as formulas.
//
// Every surface knows its gradient and its Hessian exactly: there is no finite difference here. Outside
// its domain a surface goes on; the domain is only the first view and the box of searches.
package surfaces

import (
	"fmt"
	"math"
	"slices"

	"thalweg/landscape"
)

// A Surface describes one test function and opens it.
type Surface struct {
	ID, Label string
	// Variable surfaces exist in every dimension from 2 on; the others only in dimension Dim.
	Variable bool
	Dim      int
	// Domain is xmin, xmax, ymin, ymax of the first view.
	Domain [4]float64
	// Start is a customary starting point, in dimension Dim.
	Start []float64
	// Minima are the known low points in dimension Dim, correctly rounded.
	Minima []landscape.Minimum
	// StepSize suits plain gradient descent from Start.
	StepSize float64
	// Source says where the function comes from.
	Source string
	// Formula is the function in TeX.
	Formula string

	open func(p Params) landscape.Curved
	// low is coordinate i, from 0, of the lowest point in any dimension.
	low func(i int) float64
}

// Params are the free choices of a surface. The zero value means its defaults.
type Params struct {
	// Dim is the number of coordinates, 2 to 100; 0 stands for the surface's own.
	Dim int
	// Condition is the largest eigenvalue of the quadratic, at least 1; 0 stands for 10. The others run
	// geometrically from 1 to it.
	Condition float64
	// Eigenvalues of the quadratic, of any sign. They overrule Condition, and their number is the dimension.
	Eigenvalues []float64
}

// maxDim is the largest dimension a surface is opened in.
const maxDim = 100

// Find returns the surface of that id.
func Find(id string) (Surface, bool) {
	i := slices.IndexFunc(All, func(s Surface) bool { return s.ID == id })
	if i < 0 {
		return Surface{}, false
	}
	return All[i], true
}

// New opens the surface. It is safe for concurrent use.
func (s Surface) New(p Params) (landscape.Curved, error) {
	if s.ID == "quadratic" {
		if n := len(p.Eigenvalues); n > 0 {
			p.Dim = n
		}
		if p.Condition == 0 {
			p.Condition = 10
		}
		if !(p.Condition >= 1) || math.IsInf(p.Condition, 0) {
			return nil, fmt.Errorf("condition is %v, want a number from 1 on", p.Condition)
		}
		for i, v := range p.Eigenvalues {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("eigenvalue %d is %v, want a finite number", i+1, v)
			}
		}
	}
	if p.Dim == 0 {
		p.Dim = s.Dim
	}
	switch {
	case s.Variable && (p.Dim < 2 || p.Dim > maxDim):
		return nil, fmt.Errorf("dimension of %s is %d, want 2 to %d", s.ID, p.Dim, maxDim)
	case !s.Variable && p.Dim != s.Dim:
		return nil, fmt.Errorf("dimension of %s is %d, want %d", s.ID, p.Dim, s.Dim)
	}
	return s.open(p), nil
}

// MinimaFor returns the known minima in a dimension: all of Minima in the surface's own, else the lowest
// point. They hold for a quadratic with positive eigenvalues only.
func (s Surface) MinimaFor(dim int) []landscape.Minimum {
	if dim == s.Dim {
		minima := slices.Clone(s.Minima)
		for i := range minima {
			minima[i].X = slices.Clone(minima[i].X)
		}
		return minima
	}
	if !s.Variable || s.low == nil {
		return nil
	}
	f, err := s.New(Params{Dim: dim})
	if err != nil {
		return nil
	}
	x := make([]float64, dim)
	for i := range x {
		x[i] = s.low(i)
	}
	return []landscape.Minimum{{X: x, Loss: f.Loss(x)}}
}

// StartFor returns the start in a dimension: coordinates beyond the given ones repeat them in turn.
func (s Surface) StartFor(dim int) []float64 {
	x := make([]float64, dim)
	for i := range x {
		x[i] = s.Start[i%len(s.Start)]
	}
	return x
}

// A Kinked surface has points where its Hessian does not exist; HessVec stores NaN there.
type Kinked interface{ Kink(x []float64) bool }
