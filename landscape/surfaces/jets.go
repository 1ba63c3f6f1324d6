package surfaces

import "math"

// A dual is a value with its gradient and, along a direction v, its slope and the product of its Hessian
// with v: the second-order jet seen along v. It lives in one slot of a stack.
type dual struct {
	f, slope   *float64
	grad, hess []float64
}

func slotSize(dim int) int { return 2 + 2*dim }

// slot is the i-th dual of a stack.
func slot(stack []float64, i, dim int) dual {
	s := stack[i*slotSize(dim):][:slotSize(dim)]
	return dual{&s[0], &s[1], s[2 : 2+dim : 2+dim], s[2+dim:]}
}

// jets runs the program on duals and leaves the result in the first slot. Without v it leaves out slopes
// and Hessians.
func (p *program) jets(stack, x, v []float64) {
	top := -1
	for i := range p.code {
		in := &p.code[i]
		switch in.op {
		case opNumber, opVariable:
			top++
			d := slot(stack, top, p.dim)
			*d.f, *d.slope = in.value, 0
			clear(d.grad)
			clear(d.hess)
			if in.op == opVariable {
				*d.f = x[in.index]
				d.grad[in.index] = 1
				if v != nil {
					*d.slope = v[in.index]
				}
			}
		case opAdd, opSub, opMul, opDiv, opMin, opMax:
			top--
			a, b := slot(stack, top, p.dim), slot(stack, top+1, p.dim)
			switch in.op {
			case opAdd:
				a.combine(1, b, 1)
			case opSub:
				a.combine(1, b, -1)
			case opMul:
				a.mul(b, v != nil)
			case opDiv:
				a.div(b, v != nil)
			default:
				a.choose(b, in.op)
			}
		default:
			slot(stack, top, p.dim).chain(in.op, in.value, v != nil)
		}
	}
}

// combine stores s a + t b in a.
func (a dual) combine(s float64, b dual, t float64) {
	*a.f = s*(*a.f) + t*(*b.f)
	*a.slope = s*(*a.slope) + t*(*b.slope)
	for i := range a.grad {
		a.grad[i] = s*a.grad[i] + t*b.grad[i]
		a.hess[i] = s*a.hess[i] + t*b.hess[i]
	}
}

func (a dual) mul(b dual, second bool) {
	f, g := *a.f, *b.f
	if second {
		df, dg := *a.slope, *b.slope
		for i := range a.hess {
			a.hess[i] = f*b.hess[i] + g*a.hess[i] + dg*a.grad[i] + df*b.grad[i]
		}
		*a.slope = f*dg + g*df
	}
	for i := range a.grad {
		a.grad[i] = f*b.grad[i] + g*a.grad[i]
	}
	*a.f = f * g
}

// div differentiates a = q b.
func (a dual) div(b dual, second bool) {
	g := *b.f
	q := *a.f / g
	for i := range a.grad {
		a.grad[i] = (a.grad[i] - q*b.grad[i]) / g
	}
	if second {
		dg := *b.slope
		dq := (*a.slope - q*dg) / g
		for i := range a.hess {
			a.hess[i] = (a.hess[i] - q*b.hess[i] - dq*b.grad[i] - dg*a.grad[i]) / g
		}
		*a.slope = dq
	}
	*a.f = q
}

// choose takes the smaller or the larger one, and of equal ones the mean.
func (a dual) choose(b dual, op opcode) {
	f, g := *a.f, *b.f
	switch {
	case math.IsNaN(f) || math.IsNaN(g):
		a.combine(math.NaN(), b, math.NaN())
	case f == g:
		a.combine(0.5, b, 0.5)
		*a.f = f // also where it is infinite or half of it is rounded
	case (op == opMin) == (g < f):
		*a.f, *a.slope = g, *b.slope
		copy(a.grad, b.grad)
		copy(a.hess, b.hess)
	}
}

// chain applies a unary operation u: the gradient is u' grad, the Hessian u' hess + u” grad grad'.
func (a dual) chain(op opcode, p float64, second bool) {
	f := unary(op, p, *a.f)
	d, dd := derivatives(op, p, *a.f, f)
	if second {
		bend := dd * *a.slope
		for i := range a.hess {
			a.hess[i] = d*a.hess[i] + bend*a.grad[i]
		}
		*a.slope *= d
	}
	for i := range a.grad {
		a.grad[i] *= d
	}
	*a.f = f
}
