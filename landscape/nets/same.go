package nets

import (
	"math"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
)

var _ landscape.Symmetric = (*Net[float64])(nil)

// Same tells whether two parameters are one up to the symmetries of the net's loss, as that of its shape does.
func (n *Net[T]) Same(a, b []T) landscape.Match { return n.shape.Same(doubles(a), doubles(b)) }

// doubles are the numbers in double precision.
func doubles[T kernel.Float](x []T) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// sameNet is the distance, relative to 1+|a|, up to which two nets are one.
const sameNet = 1e-6

// orders is how many orders of the units the search for a match starts from.
const orders = 5

// Same tells whether two parameters are one up to the order of hidden units, to turning them where the activation is
// odd, and to moving scale from the incoming to the outgoing weights of a unit where the activation is homogeneous and
// no L2 term minds. What these leave alone, the sizes of units and of weights, tells most different nets apart. Then units are
// matched from five orders; where none makes the nets equal though nothing tells them apart, the answer is Possibly.
func (s Shape) Same(a, b []float64) landscape.Match {
	if s.homogeneous() {
		a, b = s.balanced(a), s.balanced(b)
	}
	near := sameNet * (1 + kernel.Norm(a))
	if landscape.Distance(a, b) <= near {
		return landscape.Equal
	}
	if !s.alike(a, b, near) {
		return landscape.Different
	}
	odd := s.Activation.Odd()
	for start := range orders {
		from := b
		switch start {
		case 0:
			from = s.matched(a, b, odd)
		case 1: // as it is
		default:
			from = s.shuffled(b, uint64(start))
		}
		if landscape.Distance(a, Align(s, a, from, odd).Theta) <= near {
			return landscape.Equal
		}
	}
	return landscape.Possibly
}

// homogeneous reports whether a unit can give scale from its incoming to its outgoing weights.
func (s Shape) homogeneous() bool {
	switch s.Activation {
	case kernel.ReLU, kernel.LeakyReLU, kernel.Identity:
		return s.L2 == 0
	}
	return false
}

// balanced is the same function with incoming weights and bias of length 1 at each hidden unit, and 0 at those that
// give nothing on.
func (s Shape) balanced(theta []float64) []float64 {
	out := slices.Clone(theta)
	layers := s.layers()
	for l, in := range layers[:len(layers)-1] {
		for i := range in.out {
			g := group(in, layers[l+1])
			size, given := unitSize(in, out, i), columnSize(layers[l+1], out, i, g)
			shrink, grow := 0.0, 0.0
			if size > 0 && given > 0 {
				shrink, grow = 1/size, size
			}
			kernel.Scale(shrink, matrix(in, out).Row(i))
			if in.bias >= 0 {
				out[in.bias+i] *= shrink
			}
			for k := range layers[l+1].out {
				kernel.Scale(grow, matrix(layers[l+1], out).Row(k)[i*g:][:g])
			}
		}
	}
	return out
}

// unitSize is the length of the incoming weights and bias of unit i.
func unitSize(in layer, theta []float64, i int) float64 {
	size := kernel.Norm(matrix(in, theta).Row(i))
	if in.bias >= 0 {
		size = math.Hypot(size, theta[in.bias+i])
	}
	return size
}

// columnSize is the length of the weights that go out from unit i into a layer with g columns for each unit.
func columnSize(out layer, theta []float64, i, g int) float64 {
	sum := 0.0
	for k := range out.out {
		for _, v := range matrix(out, theta).Row(k)[i*g:][:g] {
			sum += v * v
		}
	}
	return math.Sqrt(sum)
}

// alike compares what no symmetry changes: for each layer the sizes of its weights, and of the units before and after.
func (s Shape) alike(a, b []float64, near float64) bool {
	for _, l := range s.layers() {
		sizes := func(theta []float64) (all [3][]float64) {
			for _, v := range theta[l.weights:][:l.in*l.out] {
				all[0] = append(all[0], math.Abs(v))
			}
			for i := range l.out {
				all[1] = append(all[1], unitSize(l, theta, i))
			}
			for i := range l.in {
				all[2] = append(all[2], columnSize(l, theta, i, 1))
			}
			for i := range all {
				slices.Sort(all[i])
			}
			return all
		}
		of, other := sizes(a), sizes(b)
		for i := range of {
			if landscape.Distance(of[i], other[i]) > near {
				return false
			}
		}
	}
	return true
}

// matched is b with its hidden units in the order of a's by incoming weights, layer by layer from the first: right
// where no two units of a layer have the same ones.
func (s Shape) matched(a, b []float64, odd bool) []float64 {
	out := slices.Clone(b)
	layers := s.layers()
	for l, in := range layers[:len(layers)-1] {
		n := in.out
		gain, turn := make([]float64, n*n), make([]float64, n*n)
		for i := range n {
			for j := range n {
				plus, minus := unitDistance(in, a, out, i, j, 1), unitDistance(in, a, out, i, j, -1)
				gain[i*n+j], turn[i*n+j] = -plus, 1
				if odd && minus < plus {
					gain[i*n+j], turn[i*n+j] = -minus, -1
				}
			}
		}
		place := landscape.Assign(n, gain)
		signs := make([]float64, n)
		for i, j := range place {
			signs[i] = turn[i*n+j]
		}
		arrange(in, layers[l+1], out, place, signs)
	}
	return out
}

// unitDistance is the squared distance of the incoming weights and bias of unit i of a from sign times those of unit
// j of b.
func unitDistance(in layer, a, b []float64, i, j int, sign float64) float64 {
	sum := 0.0
	other := matrix(in, b).Row(j)
	for k, v := range matrix(in, a).Row(i) {
		d := v - sign*other[k]
		sum += d * d
	}
	if in.bias >= 0 {
		d := a[in.bias+i] - sign*b[in.bias+j]
		sum += d * d
	}
	return sum
}

// shuffled is theta with its hidden units in an order that follows from the seed.
func (s Shape) shuffled(theta []float64, seed uint64) []float64 {
	out := slices.Clone(theta)
	layers := s.layers()
	for l, in := range layers[:len(layers)-1] {
		ones := make([]float64, in.out)
		for i := range ones {
			ones[i] = 1
		}
		arrange(in, layers[l+1], out, rng.NewKey(seed, uint64(l), 0, 0, rng.Probe).Seq().Perm(in.out), ones)
	}
	return out
}
