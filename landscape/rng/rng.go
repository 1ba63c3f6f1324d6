// Package rng gives counter-based random numbers: a number is a pure function of a key and two indices,
// so a run can be replayed from any step and on any number of cores with the same bits.
//
// Keys are mixed by SplitMix64; blocks come from Philox4x32-10 (Salmon et al., Parallel random numbers:
// as easy as 1, 2, 3, 2011).
package rng

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// A Purpose is what a number is used for. Codes are fixed and append-only: they are part of every run's identity.
type Purpose uint64

// The purposes, in the order of their codes.
const (
	Init Purpose = iota
	Data
	Batch
	GradientNoise
	Proposal
	Accept
	PrivacyNoise
	Participation
	Partition
	Probe
	Attack
)

// A Key names one stream of numbers.
type Key uint64

// NewKey mixes seed, run, method, agent and purpose into a key. A method code of 0 stands for numbers
// that all methods share (common random numbers).
func NewKey(seed, run, method, agent uint64, purpose Purpose) Key {
	h := splitMix(seed)
	for _, v := range [...]uint64{run, method, agent, uint64(purpose)} {
		h = splitMix(h ^ v)
	}
	return Key(h)
}

// MethodCode is the code of a method that does not share its numbers: the FNV-64a hash of its id in the run.
func MethodCode(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

func splitMix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Block returns the 128 bits at step t and index of the key's stream.
func (k Key) Block(t, index uint64) [4]uint32 {
	return philox([4]uint32{uint32(index), uint32(index >> 32), uint32(t), uint32(t >> 32)}, [2]uint32{uint32(k), uint32(k >> 32)})
}

func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for range 10 {
		p0, p1 := uint64(c[0])*0xD2511F53, uint64(c[2])*0xCD9E8D57
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ k[0], uint32(p1), uint32(p0>>32) ^ c[3] ^ k[1], uint32(p0)}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}

// Uniform2 returns two numbers in the open interval (0, 1).
func (k Key) Uniform2(t, index uint64) (u1, u2 float64) {
	b := k.Block(t, index)
	return open(b[0], b[1]), open(b[2], b[3])
}

func open(low, high uint32) float64 {
	x := uint64(high)<<32 | uint64(low)
	return min((float64(x>>11)+0.5)*0x1p-53, 1-0x1p-53)
}

// Normal2 returns two independent standard normal numbers by the Box-Muller transform of one block.
func (k Key) Normal2(t, index uint64) (z1, z2 float64) {
	u1, u2 := k.Uniform2(t, index)
	r := math.Sqrt(-2 * math.Log(u1))
	sin, cos := math.Sincos(2 * math.Pi * u2)
	return r * cos, r * sin
}

// FillNormal fills dst with standard normals: dst[i] is half i%2 of block first+i/2 at step t.
func (k Key) FillNormal(dst []float64, t, first uint64) {
	for i := 0; i < len(dst); i += 2 {
		a, b := k.Normal2(t, first+uint64(i/2))
		dst[i] = a
		if i+1 < len(dst) {
			dst[i+1] = b
		}
	}
}

// FillUniform fills dst with numbers of (0, 1) in the layout of FillNormal.
func (k Key) FillUniform(dst []float64, t, first uint64) {
	for i := 0; i < len(dst); i += 2 {
		a, b := k.Uniform2(t, first+uint64(i/2))
		dst[i] = a
		if i+1 < len(dst) {
			dst[i+1] = b
		}
	}
}

// Seq returns a sequential generator for samplers that consume a varying number of draws.
// It must not be shared between goroutines.
func (k Key) Seq() *rand.Rand { return rand.New(rand.NewPCG(uint64(k), 0x9E3779B97F4A7C15)) }
