package opt

import (
	"fmt"

	"thalweg/landscape/rng"
)

// Noise gives a rule its standard normal numbers: a pure function of the step, so that a step can be repeated.
type Noise interface {
	// Normal fills dst with the numbers of step t, counted from 0.
	Normal(dst []float64, t uint64)
}

// KeyNoise takes the numbers from a counter-based stream: coordinate i of step t is half i%2 of block i/2.
type KeyNoise rng.Key

// Normal implements Noise.
func (k KeyNoise) Normal(dst []float64, t uint64) { rng.Key(k).FillNormal(dst, t, 0) }

// A Script is noise written down: row t for step t.
type Script [][]float64

// Normal implements Noise. It panics when the script is too short, which is the writer's fault.
func (s Script) Normal(dst []float64, t uint64) {
	if t >= uint64(len(s)) || len(s[t]) != len(dst) {
		panic(fmt.Sprintf("opt: the script has no row of %d numbers for step %d", len(dst), t))
	}
	copy(dst, s[t])
}
