package landscapetest

// A Bowl is ½Σ aᵢxᵢ².
type Bowl []float64

func (b Bowl) Dim() int { return len(b) }

func (b Bowl) Loss(x []float64) (loss float64) {
	for i, v := range x {
		loss += b[i] * v * v / 2
	}
	return loss
}

func (b Bowl) Grad(dst, x []float64) float64 {
	for i, v := range x {
		dst[i] = b[i] * v
	}
	return b.Loss(x)
}

func (b Bowl) HessVec(dst, _, v []float64) {
	for i, u := range v {
		dst[i] = b[i] * u
	}
}

// Valley is Rosenbrock's function of two variables, written without the product's own code.
type Valley struct{}

func (Valley) Dim() int { return 2 }

func (Valley) Loss(x []float64) float64 {
	a, b := x[1]-x[0]*x[0], 1-x[0]
	return 100*a*a + b*b
}

func (f Valley) Grad(dst, x []float64) float64 {
	a, b := x[1]-x[0]*x[0], 1-x[0]
	dst[0], dst[1] = -400*x[0]*a-2*b, 200*a
	return f.Loss(x)
}

func (Valley) HessVec(dst, x, v []float64) {
	off := -400 * x[0]
	dst[0] = (1200*x[0]*x[0]-400*x[1]+2)*v[0] + off*v[1]
	dst[1] = off*v[0] + 200*v[1]
}
