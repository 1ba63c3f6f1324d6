package nets

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape/kernel"
)

// Modes are the singular modes of a linear map, strongest first: the map is the sum over i of
// Values[i] * Left[i] * Right[i]'. On white inputs a deep linear net learns them one after another.
type Modes struct {
	Values      []float64
	Left, Right [][]float64
}

// SingularModes finds the modes of a (outputs x inputs).
func SingularModes(a kernel.Mat[float64]) Modes {
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(a.Rows, a.Cols, append([]float64(nil), a.Data...)), mat.SVDThin) {
		panic("nets: the singular values did not converge")
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	m := Modes{Values: svd.Values(nil)}
	for i := range m.Values {
		m.Left = append(m.Left, mat.Col(nil, i, &u))
		m.Right = append(m.Right, mat.Col(nil, i, &v))
	}
	return m
}

// Map is the linear map itself, outputs x inputs.
func (m Modes) Map() kernel.Mat[float64] {
	a := kernel.Dense(len(m.Left[0]), len(m.Right[0]), make([]float64, len(m.Left[0])*len(m.Right[0])))
	for i, s := range m.Values {
		for r, u := range m.Left[i] {
			kernel.Axpy(a.Row(r), s*u, m.Right[i])
		}
	}
	return a
}

// Strengths stores in dst how strong each mode is in the product of the net's weights at theta,
// Left[i]' * W_L ... W_1 * Right[i].
func (m Modes) Strengths(dst []float64, s Shape, theta []float64) {
	for i := range m.Values {
		h := m.Right[i]
		for _, l := range s.layers() {
			z := make([]float64, l.out)
			for r := range z {
				z[r] = kernel.Dot(matrix(l, theta).Row(r), h)
			}
			h = z
		}
		dst[i] = kernel.Dot(m.Left[i], h)
	}
}

// HalfSteps predicts the step of gradient descent at which each mode has half its strength, for a net of
// two layers without biases, small first weights and white inputs. A mode of strength s grows as
// (1 + step*s)^(2k) from |c|^2, where c = (W_1*right + W_2'*left)/2; the share of c along stronger modes
// is taken away, because their growth takes it (after Saxe, McClelland and Ganguli, 2014).
func (m Modes) HalfSteps(s Shape, theta []float64, step float64) []float64 {
	layers := s.layers()
	first, second := matrix(layers[0], theta), matrix(layers[1], theta)
	var before [][]float64 // orthonormal
	steps := make([]float64, len(m.Values))
	for i, value := range m.Values {
		c := make([]float64, first.Rows)
		for r := range c {
			c[r] = kernel.Dot(first.Row(r), m.Right[i])
		}
		for r, u := range m.Left[i] {
			kernel.Axpy(c, u, second.Row(r))
		}
		kernel.Scale(0.5, c)
		for _, b := range before {
			kernel.Axpy(c, -kernel.Dot(c, b), b)
		}
		size := kernel.Norm(c)
		steps[i] = math.Log(value/(size*size)) / (2 * math.Log1p(step*value))
		kernel.Scale(1/size, c)
		before = append(before, c)
	}
	return steps
}
