package data

import (
	"fmt"
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
	"thalweg/landscape/rng"
)

// plane makes points of the plane with classes, and the noisy sine. Row i takes two uniforms of step 1
// and two normals of step 2.
func plane(o Options, key rng.Key) (*rows, error) {
	classes := 2
	if o.Problem == "blobs" {
		classes = 3
	}
	if o.Classes != 0 && (o.Problem == "blobs" || o.Problem == "spirals") {
		classes = o.Classes
	}
	if classes < 2 || classes > MaxClasses {
		return nil, fmt.Errorf("classes: %d, 2 to %d", classes, MaxClasses)
	}
	r := &rows{n: o.Samples, inputs: 2, outputs: classes}
	for i := range r.n {
		u, w := key.Uniform2(1, uint64(i))
		za, zb := key.Normal2(2, uint64(i))
		if o.Problem == "sine" {
			x := math.Pi * (2*u - 1)
			r.x, r.y = append(r.x, x), append(r.y, math.Sin(x)+o.Noise*za)
			continue
		}
		x, y, class := point(o, i%classes, classes, u, w)
		r.x = append(r.x, x+o.Noise*za, y+o.Noise*zb)
		r.labels = append(r.labels, class)
	}
	if o.Problem == "sine" {
		r.inputs, r.outputs = 1, 1
	}
	return r, nil
}

// point is a noiseless point of a class and that class, which xor finds from the place.
func point(o Options, class, classes int, u, w float64) (x, y float64, _ int) {
	share := float64(class) / float64(classes)
	switch o.Problem {
	case "two-moons":
		sin, cos := math.Sincos(math.Pi * u)
		if class == 0 {
			return cos, sin, class
		}
		return 1 - cos, 0.5 - sin, class
	case "circles":
		sin, cos := math.Sincos(2 * math.Pi * u)
		radius := 1 - share
		return radius * cos, radius * sin, class
	case "spirals":
		r := math.Sqrt(u)
		sin, cos := math.Sincos(2 * math.Pi * (o.Turns*r + share))
		return 4 * r * cos, 4 * r * sin, class
	case "blobs":
		sin, cos := math.Sincos(2 * math.Pi * share)
		return cos, sin, class
	default: // xor
		x, y = 2*u-1, 2*w-1
		if x*y < 0 {
			return x, y, 1
		}
		return x, y, 0
	}
}

// teacher makes rows of eight normals answered by four outputs of a random net, or with Identity by a
// linear map of known singular values on inputs whose second moments are exactly the identity.
func teacher(o Options, key rng.Key) (*rows, error) {
	const in, out = 8, 4
	n := o.Samples
	r := &rows{n: n, inputs: in, outputs: out, x: make([]float64, n*in), y: make([]float64, n*out)}
	key.FillNormal(r.x, 3, 0)
	noise := make([]float64, n*out)
	key.FillNormal(noise, 4, 0)
	x, y := kernel.Dense(n, in, r.x), kernel.Dense(n, out, r.y)
	if o.Identity {
		if n < in {
			return nil, fmt.Errorf("samples: %d, the linear teacher needs at least %d", n, in)
		}
		white := kernel.Dense(in, n, make([]float64, n*in))
		kernel.Transpose(white, x)
		orthonormal(white)
		kernel.Scale(math.Sqrt(float64(n)), white.Data)
		kernel.Transpose(x, white)
		m, err := LinearTeacher(o.Seed, o.TeacherValues)
		if err != nil {
			return nil, err
		}
		kernel.MulNT(y, x, m.Map(), false)
	} else {
		a, b := kernel.Dense(in, in, make([]float64, in*in)), kernel.Dense(out, in, make([]float64, out*in))
		key.FillNormal(a.Data, 5, 0)
		key.FillNormal(b.Data, 6, 0)
		kernel.Scale(1/math.Sqrt(in), a.Data)
		kernel.Scale(1/math.Sqrt(in), b.Data)
		h := kernel.Dense(n, in, make([]float64, n*in))
		kernel.MulNT(h, x, a, false)
		kernel.MapTanh(h.Data, h.Data)
		kernel.MulNT(y, h, b, false)
	}
	kernel.Axpy(r.y, o.Noise, noise)
	return r, nil
}

// LinearTeacher is the linear teacher of a seed, 4 outputs x 8 inputs, by its singular modes; nil values
// mean 4, 2, 1, 0.5.
func LinearTeacher(seed uint64, values []float64) (nets.Modes, error) {
	const in, out = 8, 4
	if values == nil {
		values = []float64{4, 2, 1, 0.5}
	}
	if len(values) != out {
		return nets.Modes{}, fmt.Errorf("teacher-values: %d values, expected %d", len(values), out)
	}
	key := rng.NewKey(seed, 0, 0, 0, rng.Data)
	u, v := kernel.Dense(out, out, make([]float64, out*out)), kernel.Dense(in, in, make([]float64, in*in))
	key.FillNormal(u.Data, 5, 0)
	key.FillNormal(v.Data, 6, 0)
	orthonormal(u)
	orthonormal(v)
	left := kernel.Dense(out, out, make([]float64, out*out)) // left vectors are the columns of u
	kernel.Transpose(left, u)
	m := nets.Modes{Values: values}
	for i := range values {
		m.Left, m.Right = append(m.Left, left.Row(i)), append(m.Right, v.Row(i))
	}
	return m, nil
}

// orthonormal makes the rows of m orthonormal by Gram-Schmidt, each row cleaned twice.
func orthonormal(m kernel.Mat[float64]) {
	for i := range m.Rows {
		row := m.Row(i)
		for range 2 {
			for j := range i {
				kernel.Axpy(row, -kernel.Dot(row, m.Row(j)), m.Row(j))
			}
		}
		kernel.Scale(1/kernel.Norm(row), row)
	}
}
