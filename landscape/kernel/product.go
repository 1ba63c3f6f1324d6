package kernel

import "fmt"

// The products below share one plan: two rows of c at a time, four terms of the inner sum at a time.
// That is what plain Go does best (it keeps eight factors in registers and reads b once for two rows),
// and it fixes the order: c += ((a0*b0 + a1*b1) + a2*b2) + a3*b3 for each quad of terms, then the rest
// one by one.

// Affine stores w*x + bias in c: one dense layer on the columns of x, one value of bias per row.
// A nil bias stands for zeros.
func Affine[T Float](c, w, x Mat[T], bias []T) {
	if bias == nil {
		MulNN(c, w, x, false)
		return
	}
	for i := range c.Rows {
		row, b := c.Row(i), bias[i]
		for j := range row {
			row[j] = b
		}
	}
	MulNN(c, w, x, true)
}

// MulNN stores a*b in c, or adds it to c.
func MulNN[T Float](c, a, b Mat[T], add bool) {
	check(c, a.Rows, a.Cols, b.Rows, b.Cols)
	prepare(c, add)
	i := 0
	for ; i+1 < c.Rows; i += 2 {
		r, s := c.Row(i), c.Row(i+1)
		s = s[:len(r)]
		u, v := a.Row(i), a.Row(i+1)
		k := 0
		for ; k+3 < len(u); k += 4 {
			p, q := (*[4]T)(u[k:]), (*[4]T)(v[k:])
			quad2(r, s, p, q, b.Row(k), b.Row(k+1), b.Row(k+2), b.Row(k+3))
		}
		for ; k < len(u); k++ {
			Axpy(r, u[k], b.Row(k))
			Axpy(s, v[k], b.Row(k))
		}
	}
	if i < c.Rows {
		r, u := c.Row(i), a.Row(i)
		k := 0
		for ; k+3 < len(u); k += 4 {
			quad(r, (*[4]T)(u[k:]), b.Row(k), b.Row(k+1), b.Row(k+2), b.Row(k+3))
		}
		for ; k < len(u); k++ {
			Axpy(r, u[k], b.Row(k))
		}
	}
}

// MulTN stores a'*b in c, or adds it to c; a' is the transpose of a.
func MulTN[T Float](c, a, b Mat[T], add bool) {
	check(c, a.Cols, a.Rows, b.Rows, b.Cols)
	prepare(c, add)
	i := 0
	for ; i+1 < c.Rows; i += 2 {
		r, s := c.Row(i), c.Row(i+1)
		k := 0
		for ; k+3 < a.Rows; k += 4 {
			c0, c1, c2, c3 := (*[2]T)(a.Data[k*a.Stride+i:]), (*[2]T)(a.Data[(k+1)*a.Stride+i:]), (*[2]T)(a.Data[(k+2)*a.Stride+i:]), (*[2]T)(a.Data[(k+3)*a.Stride+i:])
			p, q := [4]T{c0[0], c1[0], c2[0], c3[0]}, [4]T{c0[1], c1[1], c2[1], c3[1]}
			quad2(r, s, &p, &q, b.Row(k), b.Row(k+1), b.Row(k+2), b.Row(k+3))
		}
		for ; k < a.Rows; k++ {
			Axpy(r, a.Data[k*a.Stride+i], b.Row(k))
			Axpy(s, a.Data[k*a.Stride+i+1], b.Row(k))
		}
	}
	if i < c.Rows {
		r := c.Row(i)
		k := 0
		for ; k+3 < a.Rows; k += 4 {
			p := [4]T{a.Data[k*a.Stride+i], a.Data[(k+1)*a.Stride+i], a.Data[(k+2)*a.Stride+i], a.Data[(k+3)*a.Stride+i]}
			quad(r, &p, b.Row(k), b.Row(k+1), b.Row(k+2), b.Row(k+3))
		}
		for ; k < a.Rows; k++ {
			Axpy(r, a.Data[k*a.Stride+i], b.Row(k))
		}
	}
}

// MulNT stores a*b' in c, or adds it to c; b' is the transpose of b.
func MulNT[T Float](c, a, b Mat[T], add bool) {
	check(c, a.Rows, a.Cols, b.Cols, b.Rows)
	prepare(c, add)
	i := 0
	for ; i+1 < c.Rows; i += 2 {
		r, s := c.Row(i), c.Row(i+1)
		s = s[:len(r)]
		u, v := a.Row(i), a.Row(i+1)
		k := 0
		for ; k+3 < len(u); k += 4 {
			p, q := (*[4]T)(u[k:]), (*[4]T)(v[k:])
			p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
			q0, q1, q2, q3 := q[0], q[1], q[2], q[3]
			o := k
			for j := range r {
				w := (*[4]T)(b.Data[o:])
				o += b.Stride
				e, f, g, h := w[0], w[1], w[2], w[3]
				r[j] += p0*e + p1*f + p2*g + p3*h
				s[j] += q0*e + q1*f + q2*g + q3*h
			}
		}
		for ; k < len(u); k++ {
			o := k
			for j := range r {
				r[j] += u[k] * b.Data[o]
				s[j] += v[k] * b.Data[o]
				o += b.Stride
			}
		}
	}
	if i < c.Rows {
		r, u := c.Row(i), a.Row(i)
		k := 0
		for ; k+3 < len(u); k += 4 {
			p := (*[4]T)(u[k:])
			o := k
			for j := range r {
				w := (*[4]T)(b.Data[o:])
				o += b.Stride
				r[j] += p[0]*w[0] + p[1]*w[1] + p[2]*w[2] + p[3]*w[3]
			}
		}
		for ; k < len(u); k++ {
			o := k
			for j := range r {
				r[j] += u[k] * b.Data[o]
				o += b.Stride
			}
		}
	}
}

// quad2 adds p's combination of b0..b3 to r and q's to s. All rows have the length of r.
func quad2[T Float](r, s []T, p, q *[4]T, b0, b1, b2, b3 []T) {
	s, b0, b1, b2, b3 = s[:len(r)], b0[:len(r)], b1[:len(r)], b2[:len(r)], b3[:len(r)]
	p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
	q0, q1, q2, q3 := q[0], q[1], q[2], q[3]
	for j := range r {
		e, f, g, h := b0[j], b1[j], b2[j], b3[j]
		r[j] += p0*e + p1*f + p2*g + p3*h
		s[j] += q0*e + q1*f + q2*g + q3*h
	}
}

// quad adds p's combination of b0..b3 to r.
func quad[T Float](r []T, p *[4]T, b0, b1, b2, b3 []T) {
	b0, b1, b2, b3 = b0[:len(r)], b1[:len(r)], b2[:len(r)], b3[:len(r)]
	p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
	for j := range r {
		r[j] += p0*b0[j] + p1*b1[j] + p2*b2[j] + p3*b3[j]
	}
}

func check[T Float](c Mat[T], m, k, k2, n int) {
	if k != k2 || c.Rows != m || c.Cols != n {
		panic(fmt.Sprintf("kernel: a product of %dx%d and %dx%d does not fit %v", m, k, k2, n, c))
	}
}

func prepare[T Float](c Mat[T], add bool) {
	if add {
		return
	}
	for i := range c.Rows {
		clear(c.Row(i))
	}
}
