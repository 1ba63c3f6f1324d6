package surfaces

import "math"

// mullerBrown's terms are A e^(a(x-X)^2 + b(x-X)(y-Y) + c(y-Y)^2).
var mullerBrownTerms = [4]struct{ A, a, b, c, X, Y float64 }{
	{-200, -1, 0, -10, 1, 0},
	{-100, -1, 0, -10, 0, 0.5},
	{-170, -6.5, 11, -6.5, -0.5, 1.5},
	{15, 0.7, 0.6, 0.7, -1, 1},
}

func mullerBrown(x, y float64) jet {
	var sum jet
	for _, t := range mullerBrownTerms {
		u, v := x-t.X, y-t.Y
		e := t.A * math.Exp(t.a*u*u+t.b*u*v+t.c*v*v)
		qx, qy := 2*t.a*u+t.b*v, t.b*u+2*t.c*v
		sum = sum.plus(jet{e, e * qx, e * qy, e * (qx*qx + 2*t.a), e * (qx*qy + t.b), e * (qy*qy + 2*t.c)})
	}
	return sum
}

func branin(x, y float64) jet {
	const b, c = 5.1 / (4 * math.Pi * math.Pi), 5 / math.Pi
	const h = 10 * (1 - 1/(8*math.Pi))
	j := jet{f: y - b*x*x + c*x - 6, x: c - 2*b*x, y: 1, xx: -2 * b}.square()
	sin, cos := math.Sincos(x)
	j.f += h*cos + 10
	j.x -= h * sin
	j.xx -= h * cos
	return j
}

func mccormick(x, y float64) jet {
	sin, cos := math.Sincos(x + y)
	d := x - y
	return jet{sin + d*d - 1.5*x + 2.5*y + 1, cos + 2*d - 1.5, cos - 2*d + 2.5, 2 - sin, -2 - sin, 2 - sin}
}

func bohachevsky(x, y float64) jet {
	const p, q = 3 * math.Pi, 4 * math.Pi
	sx, cx := math.Sincos(p * x)
	sy, cy := math.Sincos(q * y)
	return jet{
		f: x*x + 2*y*y - 0.3*cx - 0.4*cy + 0.7,
		x: 2*x + 0.3*p*sx, y: 4*y + 0.4*q*sy,
		xx: 2 + 0.3*p*p*cx, yy: 4 + 0.4*q*q*cy,
	}
}

func easom(x, y float64) jet {
	f, fx, fxx := easomFactor(x)
	g, gy, gyy := easomFactor(y)
	return jet{-f * g, -fx * g, -f * gy, -fxx * g, -fx * gy, -f * gyy}
}

// easomFactor is cos(x) e^(-(x-pi)^2) with its derivatives.
func easomFactor(x float64) (f, d, dd float64) {
	sin, cos := math.Sincos(x)
	u := x - math.Pi
	e := math.Exp(-u * u)
	return cos * e, -(sin + 2*u*cos) * e, (4*u*sin + (4*u*u-3)*cos) * e
}

// dropWave is f(r) = -N/D with N = 1+cos(12r) and D = r*r/2+2.
func dropWave(x, y float64) jet {
	r := math.Hypot(x, y)
	if r < 1e-4 {
		// Taylor's series: the quotients by r below are 0/0 at the centre. The next term is below 1e-17.
		q := r * r
		return jet{
			f: -1 + 36.25*q - 441.0625*q*q,
			x: x * (72.5 - 1764.25*q), y: y * (72.5 - 1764.25*q),
			xx: 72.5 - 1764.25*(q+2*x*x), xy: -3528.5 * x * y, yy: 72.5 - 1764.25*(q+2*y*y),
		}
	}
	sin, cos := math.Sincos(12 * r)
	n, d := 1+cos, r*r/2+2
	first := 12*sin/(r*d) + n/(d*d) // f'/r
	second := 144*cos/d - 24*r*sin/(d*d) + n/(d*d) - 2*n*r*r/(d*d*d)
	u, v := x/r, y/r
	return jet{
		f: -n / d, x: x * first, y: y * first,
		xx: second*u*u + first*v*v, xy: (second - first) * u * v, yy: second*v*v + first*u*u,
	}
}

func eggholder(x, y float64) jet {
	p := y + 47
	g, gd, gdd := sinRoot(x/2 + p)
	h, hd, hdd := sinRoot(x - p)
	return jet{
		f: -p*g - x*h,
		x: -p*gd/2 - h - x*hd, y: -g - p*gd + x*hd,
		xx: -p*gdd/4 - 2*hd - x*hdd, xy: -gd/2 - p*gdd/2 + hd + x*hdd, yy: -2*gd - p*gdd - x*hdd,
	}
}

// sinRoot is sin(sqrt|u|) with its derivatives, which are infinite at 0.
func sinRoot(u float64) (f, d, dd float64) {
	s := math.Sqrt(math.Abs(u))
	sin, cos := math.Sincos(s)
	return sin, math.Copysign(cos/(2*s), cos*u), -(s*sin + cos) / (4 * s * s * s)
}
