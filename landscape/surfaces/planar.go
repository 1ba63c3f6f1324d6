package surfaces

import "thalweg/landscape"

// A jet is a value with its first and second derivatives by x and y.
type jet struct{ f, x, y, xx, xy, yy float64 }

// mul is the product of two jets.
func (a jet) mul(b jet) jet {
	return jet{
		f: a.f * b.f, x: a.x*b.f + a.f*b.x, y: a.y*b.f + a.f*b.y,
		xx: a.xx*b.f + 2*a.x*b.x + a.f*b.xx,
		xy: a.xy*b.f + a.x*b.y + a.y*b.x + a.f*b.xy,
		yy: a.yy*b.f + 2*a.y*b.y + a.f*b.yy,
	}
}

// plus is a+b.
func (a jet) plus(b jet) jet {
	return jet{a.f + b.f, a.x + b.x, a.y + b.y, a.xx + b.xx, a.xy + b.xy, a.yy + b.yy}
}

// squares is the sum of the squares of two residuals.
func squares(a, b jet) jet { return a.square().plus(b.square()) }

func (a jet) square() jet {
	return jet{
		f: a.f * a.f, x: 2 * a.f * a.x, y: 2 * a.f * a.y,
		xx: 2 * (a.x*a.x + a.f*a.xx), xy: 2 * (a.x*a.y + a.f*a.xy), yy: 2 * (a.y*a.y + a.f*a.yy),
	}
}

// planar is a surface over the plane, given by its jet at a point.
type planar func(x, y float64) jet

var _ landscape.Curved = planar(nil)

func (planar) Dim() int { return 2 }

func (p planar) Loss(x []float64) float64 { return p(x[0], x[1]).f }

func (p planar) Grad(dst, x []float64) float64 {
	j := p(x[0], x[1])
	dst[0], dst[1] = j.x, j.y
	return j.f
}

func (p planar) HessVec(dst, x, v []float64) {
	j := p(x[0], x[1])
	dst[0], dst[1] = j.xx*v[0]+j.xy*v[1], j.xy*v[0]+j.yy*v[1]
}
