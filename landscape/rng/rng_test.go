package rng

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Known answers of Philox4x32-10 from the Random123 distribution.
func TestPhilox(t *testing.T) {
	const m = 0xffffffff
	for _, c := range []struct {
		ctr  [4]uint32
		key  [2]uint32
		want [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{m, m, m, m}, [2]uint32{m, m}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0}, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.ctr, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.ctr, c.key, got, c.want)
		}
	}
}

func TestKeys(t *testing.T) {
	for got, want := range map[uint64]uint64{
		splitMix(0):                   0xe220a8397b1dcdaf,
		splitMix(1):                   0x910a2dec89025cc1,
		uint64(NewKey(1, 0, 0, 0, 0)): 0x348c3d1af8bec8e5,
		uint64(NewKey(1, 2, 3, 4, 5)): 0x90bb69b7166551de,
	} {
		if got != want {
			t.Errorf("got %x, want %x", got, want)
		}
	}
	g := rand.NewPCG(1, 2)
	if a, b := g.Uint64(), g.Uint64(); a != 0xc4f5a58656eef510 || b != 0x9dcec3ad077dec6c {
		t.Errorf("PCG(1, 2) starts %x, %x", a, b)
	}
}

// Values of the stream layout, version 1, computed independently on amd64.
func TestNormals(t *testing.T) {
	for _, c := range []struct {
		key      Key
		t, index uint64
		a, b     float64
	}{
		{NewKey(1, 0, 0, 0, 0), 0, 0, -1.0593102537101713, -0.51344465704158915},
		{NewKey(1, 0, 0, 0, 0), 0, 1, .54464689009619272, -.33059347956416973},
		{NewKey(1, 2, 3, 4, 5), 7, 1, -.30286131805366007, -.93657934800354015},
	} {
		a, b := c.key.Normal2(c.t, c.index)
		if math.Abs(a-c.a) > 1e-15 || math.Abs(b-c.b) > 1e-15 {
			t.Errorf("Normal2(%d, %d) = %v, %v, want %v, %v", c.t, c.index, a, b, c.a, c.b)
		}
	}
}

func TestFillMatchesBlocks(t *testing.T) {
	k := NewKey(3, 0, 0, 0, GradientNoise)
	dst := make([]float64, 5)
	k.FillNormal(dst, 9, 2)
	for i, got := range dst {
		z := [2]float64{}
		z[0], z[1] = k.Normal2(9, 2+uint64(i/2))
		if got != z[i%2] {
			t.Errorf("dst[%d] = %v, want %v", i, got, z[i%2])
		}
	}
}

func TestMoments(t *testing.T) {
	const n = 1 << 18
	x := make([]float64, n)
	NewKey(5, 0, 0, 0, Probe).FillNormal(x, 0, 0)
	var m, v float64
	for _, z := range x {
		m += z / n
		v += z * z / n
	}
	// Five standard errors: 5/sqrt(n) and 5*sqrt(2/n).
	if math.Abs(m) > 5/512. || math.Abs(v-1) > 5*math.Sqrt2/512 {
		t.Errorf("mean %v, variance %v of %d standard normals", m, v, n)
	}
}
