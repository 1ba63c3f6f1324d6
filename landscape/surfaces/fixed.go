package surfaces

import (
	"math"

	"thalweg/landscape"
)

// helicalValley winds around the z axis in three dimensions.
type helicalValley struct{}

var _ landscape.Curved = helicalValley{}

func (helicalValley) Dim() int { return 3 }

// turn is the angle of (x, y) in turns, -1/4 <= turn < 3/4, and NaN at the axis. It jumps where x = 0, y < 0.
func turn(x, y float64) float64 {
	if x == 0 && y == 0 {
		return math.NaN()
	}
	angle := math.Atan2(y, x)
	if angle < -math.Pi/2 {
		angle += 2 * math.Pi
	}
	return angle / (2 * math.Pi)
}

func (helicalValley) Loss(x []float64) float64 {
	u, r := x[2]-10*turn(x[0], x[1]), math.Hypot(x[0], x[1])-1
	return 100*u*u + 100*r*r + x[2]*x[2]
}

func (h helicalValley) Grad(dst, p []float64) float64 {
	x, y, z := p[0], p[1], p[2]
	r := math.Hypot(x, y)
	u := z - 10*turn(x, y)
	k := 1 / (2 * math.Pi * r * r)
	dst[0] = 2000*u*k*y + 200*(r-1)*x/r
	dst[1] = -2000*u*k*x + 200*(r-1)*y/r
	dst[2] = 200*u + 2*z
	return h.Loss(p)
}

func (helicalValley) HessVec(dst, p, v []float64) {
	x, y, z := p[0], p[1], p[2]
	r := math.Hypot(x, y)
	u := z - 10*turn(x, y)
	k := 1 / (2 * math.Pi * r * r)
	tx, ty := -k*y, k*x
	txx, txy := 2*k*x*y/(r*r), k*(y*y-x*x)/(r*r)
	du := v[2] - 10*(tx*v[0]+ty*v[1])
	dr := (x*v[0] + y*v[1]) / r
	dst[0] = -2000*(du*tx+u*(txx*v[0]+txy*v[1])) + 200*(dr*x/r+(r-1)*(v[0]-x*dr/r)/r)
	dst[1] = -2000*(du*ty+u*(txy*v[0]-txx*v[1])) + 200*(dr*y/r+(r-1)*(v[1]-y*dr/r)/r)
	dst[2] = 200*du + 2*v[2]
}

// wood is two valleys of Rosenbrock's kind, coupled, in four dimensions.
type wood struct{}

var _ landscape.Curved = wood{}

func (wood) Dim() int { return 4 }

func (wood) Loss(x []float64) float64 {
	a, b := x[1]-x[0]*x[0], x[3]-x[2]*x[2]
	s, t, p, q := 1-x[0], 1-x[2], x[1]-1, x[3]-1
	return 100*a*a + s*s + 90*b*b + t*t + 10.1*(p*p+q*q) + 19.8*p*q
}

func (f wood) Grad(dst, x []float64) float64 {
	a, b := x[1]-x[0]*x[0], x[3]-x[2]*x[2]
	p, q := x[1]-1, x[3]-1
	dst[0] = -400*a*x[0] - 2*(1-x[0])
	dst[1] = 200*a + 20.2*p + 19.8*q
	dst[2] = -360*b*x[2] - 2*(1-x[2])
	dst[3] = 180*b + 20.2*q + 19.8*p
	return f.Loss(x)
}

func (wood) HessVec(dst, x, v []float64) {
	a, b := x[1]-x[0]*x[0], x[3]-x[2]*x[2]
	da, db := v[1]-2*x[0]*v[0], v[3]-2*x[2]*v[2]
	dst[0] = -400*(da*x[0]+a*v[0]) + 2*v[0]
	dst[1] = 200*da + 20.2*v[1] + 19.8*v[3]
	dst[2] = -360*(db*x[2]+b*v[2]) + 2*v[2]
	dst[3] = 180*db + 20.2*v[3] + 19.8*v[1]
}

// powellSingular has a Hessian of rank 2 at its minimum, in four dimensions.
type powellSingular struct{}

var _ landscape.Curved = powellSingular{}

func (powellSingular) Dim() int { return 4 }

// powellForms are the four linear forms whose powers are summed.
func powellForms(x []float64) (a, b, c, d float64) {
	return x[0] + 10*x[1], x[2] - x[3], x[1] - 2*x[2], x[0] - x[3]
}

// powellBack stores the transposed forms applied to a, b, c, d.
func powellBack(dst []float64, a, b, c, d float64) {
	dst[0], dst[1], dst[2], dst[3] = a+d, 10*a+c, b-2*c, -b-d
}

func (powellSingular) Loss(x []float64) float64 {
	a, b, c, d := powellForms(x)
	return a*a + 5*b*b + c*c*c*c + 10*d*d*d*d
}

func (f powellSingular) Grad(dst, x []float64) float64 {
	a, b, c, d := powellForms(x)
	powellBack(dst, 2*a, 10*b, 4*c*c*c, 40*d*d*d)
	return f.Loss(x)
}

func (powellSingular) HessVec(dst, x, v []float64) {
	_, _, c, d := powellForms(x)
	va, vb, vc, vd := powellForms(v)
	powellBack(dst, 2*va, 10*vb, 12*c*c*vc, 120*d*d*vd)
}
