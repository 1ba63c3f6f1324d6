package privatefederation

import (
	"math"

	"thalweg/landscape/federation"
	"thalweg/landscape/kernel"
	"thalweg/landscape/privacy"
	"thalweg/landscape/rng"
)

// A view is the place of a gradient that holds the input: rows are the units it went into, each with the gradient of its
// weights, times the input, and of its bias.
type view struct {
	weights []float64 // unit by unit
	biases  []float64
}

// hidden is the width of the network that leaks.
const hidden = 32

// leaking is the gradient of the mean loss over pictures of softmax regression at W = 0, or of the first layer of a ReLU
// network at a random start, laid out unit by unit with the bias last.
func leaking(network string, x []float64, labels []int, seed uint64) []float64 {
	n := len(labels)
	if network != "mlp" {
		s := federation.NewSoftmax(x, labels, pixels, classes, n, 0)
		w := make([]float64, s.Dim())
		g := make([]float64, s.Dim())
		s.ClientGrad(g, w, 0)
		out := make([]float64, 0, len(g))
		for c := range classes {
			for i := range pixels + 1 {
				out = append(out, g[i*classes+c])
			}
		}
		return out
	}
	k := rng.NewKey(seed, 0, 0, 0, rng.Init)
	first, second := make([]float64, hidden*pixels), make([]float64, classes*hidden)
	k.FillNormal(first, 0, 0)
	k.FillNormal(second, 1, 0)
	kernel.Scale(math.Sqrt(2.0/pixels), first)
	kernel.Scale(math.Sqrt(2.0/hidden), second)
	out := make([]float64, hidden*(pixels+1))
	h, p, delta := make([]float64, hidden), make([]float64, classes), make([]float64, hidden)
	for r, label := range labels {
		row := x[r*pixels : (r+1)*pixels]
		for j := range h {
			h[j] = max(0, kernel.Dot(first[j*pixels:(j+1)*pixels], row))
		}
		top := math.Inf(-1)
		for c := range p {
			p[c] = kernel.Dot(second[c*hidden:(c+1)*hidden], h)
			top = max(top, p[c])
		}
		sum := 0.0
		for c := range p {
			p[c] = math.Exp(p[c] - top)
			sum += p[c]
		}
		clear(delta)
		for c := range p {
			e := p[c] / sum
			if c == label {
				e--
			}
			kernel.Axpy(delta, e/float64(n), second[c*hidden:(c+1)*hidden])
		}
		for j, d := range delta {
			if h[j] == 0 {
				continue
			}
			kernel.Axpy(out[j*(pixels+1):j*(pixels+1)+pixels], d, row)
			out[j*(pixels+1)+pixels] += d
		}
	}
	return out
}

func viewOf(grad []float64) view {
	units := len(grad) / (pixels + 1)
	var v view
	for j := range units {
		v.weights = append(v.weights, grad[j*(pixels+1):j*(pixels+1)+pixels]...)
		v.biases = append(v.biases, grad[j*(pixels+1)+pixels])
	}
	return v
}

// tooSmall is the size of a bias gradient below which its unit tells nothing.
const tooSmall = 1e-12

// divided is the input as the quotient of the unit with the largest bias gradient: of one picture exact.
func (v view) divided() []float64 {
	best := 0
	for j, b := range v.biases {
		if math.Abs(b) > math.Abs(v.biases[best]) {
			best = j
		}
	}
	out := make([]float64, pixels)
	if math.Abs(v.biases[best]) < tooSmall {
		return out
	}
	kernel.Axpy(out, 1/v.biases[best], v.weights[best*pixels:(best+1)*pixels])
	return out
}

// fitted is the input by least squares over all units, as noise asks for.
func (v view) fitted() []float64 {
	out, sum := make([]float64, pixels), 0.0
	for j, b := range v.biases {
		kernel.Axpy(out, b, v.weights[j*pixels:(j+1)*pixels])
		sum += b * b
	}
	if sum > 0 {
		kernel.Scale(1/sum, out)
	}
	return out
}

// label is the class whose bias gradient is negative, -1 where that is not one.
func (v view) label() int {
	found := -1
	for c, b := range v.biases {
		if b < 0 {
			if found >= 0 {
				return -1
			}
			found = c
		}
	}
	return found
}

// hide clips a gradient to length 1 and adds Gaussian noise of (eps, delta), as a client would.
func hide(grad []float64, eps, delta float64, k rng.Key, t uint64) []float64 {
	out := make([]float64, len(grad))
	k.FillNormal(out, t, 0)
	kernel.Scale(privacy.GaussianSigma(eps, delta, 2), out)
	scale := 1.0
	if n := kernel.Norm(grad); n > 1 {
		scale = 1 / n
	}
	kernel.Axpy(out, scale, grad)
	return out
}

// correlation is that of two pictures; 0 where one is even.
func correlation(a, b []float64) float64 {
	n := float64(len(a))
	ma, mb := kernel.Sum(a)/n, kernel.Sum(b)/n
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// budgets are the privacy losses of the strip of reconstructions.
var budgets = []float64{4096, 512, 64, 8, 1}
