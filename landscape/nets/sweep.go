package nets

import (
	"thalweg/landscape/kernel"
)

// A sweep follows the sums of the second layer along a row of points where the first activation is straight on both
// sides of a kink at 0. There a sum z = a + r*b of the first layer, r the place on the row, counts with the factor 1
// above 0 and leak below; the weight it meets is c + r*d. So each sum of the second layer is a quadratic in r whose three
// coefficients change only where some z passes through 0, which it does at most once on a row: to follow them costs one
// update for each pair of a unit and a row of data, where a product for each point costs one for each point. All is in
// double precision.
type sweep struct {
	a, b, fa, fb []float64 // units x rows of data; fa and fb times the factor at the first point
	c, d         []float64 // second layer x units
	ct, dt       []float64 // the same, units first
	q            []float64 // second layer x rows of data
	coefficients []float64 // rows of data x 3 x second layer
	head, next   []int32   // of each point, the list of what changes there
}

// sweeper returns the sweep of w with room for so many points.
func (w *workspace[T]) sweeper(units, outputs, points int) *sweep {
	if w.sweep == nil {
		w.sweep = &sweep{next: make([]int32, units*tile), q: make([]float64, outputs*tile), coefficients: make([]float64, 3*outputs*tile)}
		for _, v := range []*[]float64{&w.sweep.a, &w.sweep.b, &w.sweep.fa, &w.sweep.fb} {
			*v = make([]float64, units*tile)
		}
		for _, v := range []*[]float64{&w.sweep.c, &w.sweep.d, &w.sweep.ct, &w.sweep.dt} {
			*v = make([]float64, units*outputs)
		}
	}
	if len(w.sweep.head) < points {
		w.sweep.head = make([]int32, points)
	}
	return w.sweep
}

// sweepRow sums the losses of the rows of data along a row of points, tile by tile.
func (p *slice[T]) sweepRow(w *workspace[T], losses, s []float64, t float64) {
	units, l := p.layers[0].out, p.layers[1]
	outputs := l.out
	y := w.sweeper(units, outputs, len(s))
	// Places count from the middle of the row, where nothing cancels that does not at the point.
	middle := (s[0] + s[len(s)-1]) / 2
	weigh(y, l, p.axes, middle, t)
	for i, x := range p.tiles {
		if p.ctx.Err() != nil {
			return
		}
		cols := x.Cols
		start(y, p.sums[i], middle, t)
		y.begin(units, outputs, cols, s, middle, p.shape.Activation)
		z := kernel.Dense(outputs, cols, w.h[1])
		for j := range s {
			y.change(j, outputs, cols, p.shape.Activation)
			r := s[j] - middle
			k := outputs
			for row := range cols {
				q := y.coefficients[row*3*k:][:3*k]
				q0, q1, q2 := q[:k], q[k:2*k], q[2*k:]
				o := row
				for unit, e := range q0 {
					z.Data[o] = T(e + r*(q1[unit]+r*q2[unit]))
					o += cols
				}
			}
			if l.bias >= 0 {
				origin, u, v := p.axes[0][l.bias:], p.axes[1][l.bias:], p.axes[2][l.bias:]
				for unit := range outputs {
					shift(z.Row(unit), origin[unit]+T(s[j])*u[unit]+T(t)*v[unit])
				}
			}
			p.place(w.theta, T(s[j]), T(t), 2)
			losses[j] += p.onward(w, 1, z, i)
		}
	}
}

// shift adds b to every value.
func shift[T kernel.Float](z []T, b T) {
	for i := range z {
		z[i] += b
	}
}

// weigh fills in the weights of the second layer at the middle of the row and how they change along it.
func weigh[T kernel.Float](y *sweep, l layer, axes [3][]T, middle, t float64) {
	for o := range l.out {
		for k := range l.in {
			at := l.weights + o*l.in + k
			d := float64(axes[1][at])
			c := float64(axes[0][at]) + t*float64(axes[2][at]) + middle*d
			y.c[o*l.in+k], y.d[o*l.in+k] = c, d
			y.ct[k*l.out+o], y.dt[k*l.out+o] = c, d
		}
	}
}

// start fills in the sums of the first layer at the middle of the row and how they change along it.
func start[T kernel.Float](y *sweep, sums [3][]T, middle, t float64) {
	origin, u, v := sums[0], sums[1][:len(sums[0])], sums[2][:len(sums[0])]
	for i, e := range origin {
		b := float64(u[i])
		y.a[i], y.b[i] = float64(e)+t*float64(v[i])+middle*b, b
	}
}

// factors are what a sum below 0 and one above count with.
func factors(a kernel.Activation) (below, above float64) {
	switch a {
	case kernel.ReLU:
		return 0, 1
	case kernel.LeakyReLU:
		return kernel.Leak, 1
	default:
		return 1, 1
	}
}

// begin finds the coefficients at the first point, and at which point each sum has passed through 0.
func (y *sweep) begin(units, outputs, cols int, s []float64, middle float64, activation kernel.Activation) {
	below, above := factors(activation)
	first, last := s[0]-middle, s[len(s)-1]-middle
	pace := float64(len(s)-1) / (last - first)
	head := y.head[:len(s)]
	for j := range head {
		head[j] = -1
	}
	for i, a := range y.a[:units*cols] {
		b := y.b[i]
		f := below
		up := a+first*b > 0
		if up {
			f = above
		}
		y.fa[i], y.fb[i] = f*a, f*b
		if below == above || up == (a+last*b > 0) {
			continue
		}
		zero := -a / b
		j := min(max(int((zero-first)*pace), 1), len(s)-1)
		for j > 1 && s[j-1]-middle >= zero {
			j--
		}
		for j < len(s)-1 && s[j]-middle < zero {
			j++
		}
		y.next[i], head[j] = head[j], int32(i)
	}
	c, d := kernel.Dense(outputs, units, y.c), kernel.Dense(outputs, units, y.d)
	fa, fb := kernel.Dense(units, cols, y.fa), kernel.Dense(units, cols, y.fb)
	q := kernel.Dense(outputs, cols, y.q)
	for power := range 3 {
		switch power {
		case 0:
			kernel.MulNN(q, c, fa, false)
		case 1:
			kernel.MulNN(q, c, fb, false)
			kernel.MulNN(q, d, fa, true)
		case 2:
			kernel.MulNN(q, d, fb, false)
		}
		kernel.Transpose(kernel.Mat[float64]{Rows: cols, Cols: outputs, Stride: 3 * outputs, Data: y.coefficients[power*outputs:]}, q)
	}
}

// change brings the coefficients from the point before j to point j.
func (y *sweep) change(j, outputs, cols int, activation kernel.Activation) {
	below, above := factors(activation)
	for i := y.head[j]; i >= 0; i = y.next[i] {
		unit, row := int(i)/cols, int(i)%cols
		f := above - below
		if y.b[i] < 0 {
			f = -f
		}
		a, b := f*y.a[i], f*y.b[i]
		q := y.coefficients[row*3*outputs:][:3*outputs]
		q0, q1, q2 := q[:outputs], q[outputs:2*outputs], q[2*outputs:]
		c, d := y.ct[unit*outputs:][:len(q0)], y.dt[unit*outputs:][:len(q0)]
		q1, q2 = q1[:len(q0)], q2[:len(q0)]
		for o := range q0 {
			q0[o] += a * c[o]
			q1[o] += b*c[o] + a*d[o]
			q2[o] += b * d[o]
		}
	}
}
