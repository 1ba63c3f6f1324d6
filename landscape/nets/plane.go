package nets

import "thalweg/landscape/kernel"

// OnPlane is the loss on the plane origin + s*u + t*v. The sums of the first layer are affine in (s, t):
// they are computed once for the three directions, so that a point costs three passes over them instead of
// a product with the data, which is most of the work when there are many inputs. It keeps three copies of
// rows x first width; the result differs from Loss at the point by rounding alone. The function may be
// called from several goroutines; origin, u and v must stay as they are.
func (n *Net[T]) OnPlane(origin, u, v []T) func(s, t float64) float64 {
	first := n.layers[0]
	sums := make([][3][]T, len(n.tiles))
	for i, x := range n.tiles {
		for k, theta := range [3][]T{origin, u, v} {
			z := kernel.Dense(first.out, x.Cols, make([]T, first.out*x.Cols))
			kernel.Affine(z, matrix(first, theta), x, biases(first, theta))
			sums[i][k] = z.Data
		}
	}
	return func(s, t float64) float64 {
		w := n.spare.take()
		defer n.spare.back(w)
		if w.theta == nil {
			w.theta = make([]T, n.dim)
		}
		from := 0
		if n.shape.L2 == 0 && len(n.layers) > 1 {
			from = n.layers[1].weights
		}
		combine(w.theta[from:], T(s), T(t), origin[from:], u[from:], v[from:])
		sum := 0.0
		for i, x := range n.tiles {
			z := kernel.Dense(first.out, x.Cols, w.h[0])
			combine(z.Data, T(s), T(t), sums[i][0], sums[i][1], sums[i][2])
			n.activate(w, 0, z, 0)
			for j, l := range n.layers[1:] {
				next := kernel.Dense(l.out, x.Cols, w.h[j+1])
				kernel.Affine(next, matrix(l, w.theta), z, biases(l, w.theta))
				n.activate(w, j+1, next, 0)
				z = next
			}
			sum += n.head(w, z, n.wanted[i], nil, 0)
		}
		return sum/float64(n.rows) + n.decay(w.theta)
	}
}

// combine stores x + s*u + t*v in dst.
func combine[T kernel.Float](dst []T, s, t T, x, u, v []T) {
	x, u, v = x[:len(dst)], u[:len(dst)], v[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + s*u[i] + t*v[i]
	}
}
