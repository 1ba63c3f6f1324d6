package kernel

import (
	"fmt"
	"math"
	"strings"
)

// An Activation is the function between two layers.
type Activation uint8

// The activations.
const (
	Tanh Activation = iota
	ReLU
	LeakyReLU // slope 0.01 at and below 0
	Sigmoid
	GELU // z times the normal distribution function, exact
	Identity
)

// Leak is the slope of LeakyReLU at and below 0.
const Leak = 0.01

var activationNames = [...]string{"tanh", "relu", "leaky-relu", "sigmoid", "gelu", "identity"}

func (a Activation) String() string { return activationNames[a] }

// ParseActivation finds an activation by its name.
func ParseActivation(name string) (Activation, error) {
	for i, n := range activationNames {
		if n == name {
			return Activation(i), nil
		}
	}
	return 0, fmt.Errorf("activation: '%s' is none of %s", name, strings.Join(activationNames[:], ", "))
}

// Bends reports whether the second derivative of a is other than 0 anywhere.
func (a Activation) Bends() bool { return a == Tanh || a == Sigmoid || a == GELU }

// Odd reports whether a(-z) = -a(z).
func (a Activation) Odd() bool { return a == Tanh || a == Identity }

// Activate stores a(z) in h and, unless nil, its first derivative in slope and its second in bend.
// h may be z; slope and bend must be apart. Kinks belong to the left side: relu has value and slope 0 at 0.
func Activate[T Float](a Activation, h, slope, bend, z []T) {
	switch a {
	case Tanh:
		MapTanh(h, z)
		if slope != nil {
			slope = slope[:len(h)]
			for i, v := range h {
				slope[i] = 1 - v*v
			}
		}
		if bend != nil {
			bend = bend[:len(h)]
			for i, v := range h {
				bend[i] = -2 * v * (1 - v*v)
			}
		}
	case Sigmoid:
		MapSigmoid(h, z)
		if slope != nil {
			slope = slope[:len(h)]
			for i, v := range h {
				slope[i] = v * (1 - v)
			}
		}
		if bend != nil {
			bend = bend[:len(h)]
			for i, v := range h {
				bend[i] = v * (1 - v) * (1 - 2*v)
			}
		}
	case ReLU:
		relu(h, slope, z)
		clear(bend)
	case LeakyReLU:
		leakyReLU(h, slope, z)
		clear(bend)
	case GELU:
		gelu(h, slope, bend, z)
	case Identity:
		copy(h, z)
		for i := range slope {
			slope[i] = 1
		}
		clear(bend)
	}
}

func relu[T Float](h, slope, z []T) {
	if slope != nil {
		for i, v := range z {
			slope[i] = 0
			if v > 0 {
				slope[i] = 1
			}
		}
	}
	h = h[:len(z)]
	for i, v := range z {
		h[i] = max(v, 0)
	}
}

func leakyReLU[T Float](h, slope, z []T) {
	if slope != nil {
		for i, v := range z {
			slope[i] = Leak
			if v > 0 {
				slope[i] = 1
			}
		}
	}
	h = h[:len(z)]
	for i, v := range z {
		h[i] = max(v, Leak*v)
	}
}

func gelu[T Float](h, slope, bend, z []T) {
	const density = 0.398942280401432677939946 // of the normal distribution at 0
	for i, t := range z {
		x := float64(t)
		p := 0.5 * math.Erfc(-x/math.Sqrt2)
		h[i] = T(x * p)
		if slope == nil {
			continue
		}
		f := density * math.Exp(-0.5*x*x)
		slope[i] = T(p + x*f)
		if bend != nil {
			bend[i] = T(f * (2 - x*x))
		}
	}
}
