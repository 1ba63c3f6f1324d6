package surfaces

import "math"

func himmelblau(x, y float64) jet {
	return squares(
		jet{f: x*x + y - 11, x: 2 * x, y: 1, xx: 2},
		jet{f: x + y*y - 7, x: 1, y: 2 * y, yy: 2},
	)
}

func beale(x, y float64) jet {
	return squares(
		jet{f: 1.5 - x + x*y, x: y - 1, y: x, xy: 1},
		jet{f: 2.25 - x + x*y*y, x: y*y - 1, y: 2 * x * y, xy: 2 * y, yy: 2 * x},
	).plus(jet{f: 2.625 - x + x*y*y*y, x: y*y*y - 1, y: 3 * x * y * y, xy: 3 * y * y, yy: 6 * x * y}.square())
}

func booth(x, y float64) jet {
	return squares(jet{f: x + 2*y - 7, x: 1, y: 2}, jet{f: 2*x + y - 5, x: 2, y: 1})
}

func matyas(x, y float64) jet {
	return jet{0.26*(x*x+y*y) - 0.48*x*y, 0.52*x - 0.48*y, 0.52*y - 0.48*x, 0.52, -0.48, 0.52}
}

func threeHumpCamel(x, y float64) jet {
	q := x * x
	return jet{
		f: 2*q - 1.05*q*q + q*q*q/6 + x*y + y*y,
		x: x*(4-4.2*q+q*q) + y, y: x + 2*y,
		xx: 4 - 12.6*q + 5*q*q, xy: 1, yy: 2,
	}
}

func sixHumpCamel(x, y float64) jet {
	q, r := x*x, y*y
	return jet{
		f: (4-2.1*q+q*q/3)*q + x*y + (4*r-4)*r,
		x: x*(8-8.4*q+2*q*q) + y, y: x + y*(16*r-8),
		xx: 8 - 25.2*q + 10*q*q, xy: 1, yy: 48*r - 8,
	}
}

func goldsteinPrice(x, y float64) jet {
	s, t := jet{f: x + y + 1, x: 1, y: 1}, jet{f: 2*x - 3*y, x: 2, y: -3}
	p := jet{19 - 14*x + 3*x*x - 14*y + 6*x*y + 3*y*y, 6*(x+y) - 14, 6*(x+y) - 14, 6, 6, 6}
	q := jet{18 - 32*x + 12*x*x + 48*y - 36*x*y + 27*y*y, 24*x - 36*y - 32, 48 - 36*x + 54*y, 24, -36, 54}
	a, b := s.square().mul(p), t.square().mul(q)
	a.f++
	b.f += 30
	return a.mul(b)
}

func freudensteinRoth(x, y float64) jet {
	return squares(
		jet{f: x - 13 + ((5-y)*y-2)*y, x: 1, y: (10-3*y)*y - 2, yy: 10 - 6*y},
		jet{f: x - 29 + ((y+1)*y-14)*y, x: 1, y: (3*y+2)*y - 14, yy: 6*y + 2},
	)
}

func powellBadlyScaled(x, y float64) jet {
	a, b := math.Exp(-x), math.Exp(-y)
	return squares(
		jet{f: 1e4*x*y - 1, x: 1e4 * y, y: 1e4 * x, xy: 1e4},
		jet{f: a + b - 1.0001, x: -a, y: -b, xx: a, yy: b},
	)
}

func twoWells(x, y float64) jet {
	r := x*x - 1
	return jet{r*r + y*y, 4 * x * r, 2 * y, 12*x*x - 4, 0, 2}
}

func monkeySaddle(x, y float64) jet {
	return jet{x*x*x - 3*x*y*y, 3*x*x - 3*y*y, -6 * x * y, 6 * x, -6 * y, -6 * x}
}

func hyperbolic(x, y float64) jet {
	return jet{x*x - y*y, 2 * x, -2 * y, 2, 0, -2}
}

func product(x, y float64) jet {
	r := x*y - 1
	return jet{r * r / 2, y * r, x * r, y * y, x*y + r, x * x}
}
