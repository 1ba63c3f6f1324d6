package privatefederation

import (
	"math/rand/v2"
	"strings"
)

// font holds the digits as bitmaps of 7 rows of 5.
var font = [10]string{
	"01110 10001 10011 10101 11001 10001 01110",
	"00100 01100 00100 00100 00100 00100 01110",
	"01110 10001 00001 00010 00100 01000 11111",
	"11111 00010 00100 00010 00001 10001 01110",
	"00010 00110 01010 10010 11111 00010 00010",
	"11111 10000 11110 00001 00001 10001 01110",
	"00110 01000 10000 11110 10001 10001 01110",
	"11111 00001 00010 00100 01000 01000 01000",
	"01110 10001 10001 01110 10001 10001 01110",
	"01110 10001 10001 01111 00001 00010 01100",
}

const (
	side    = 8 // of a picture
	pixels  = side * side
	classes = 10
	pooled  = side / 2
)

// canvas stores a digit without noise at an offset, 1 to 2 columns and 0 to 1 rows.
func canvas(dst []float64, digit, dx, dy int) {
	clear(dst)
	for r, row := range strings.Fields(font[digit]) {
		for c := range row {
			if row[c] == '1' {
				dst[(r+dy)*side+c+dx] = 1
			}
		}
	}
}

// drawGlyph stores a picture of a digit: at a random place, each pixel of random strength, with noise, within [0, 1].
func drawGlyph(dst []float64, digit int, r *rand.Rand) {
	canvas(dst, digit, 1+r.IntN(2), r.IntN(2))
	for i, v := range dst {
		if v > 0 {
			v *= 0.6 + 0.4*r.Float64()
		}
		dst[i] = min(1, max(0, v+0.15*r.NormFloat64()))
	}
}

// pool stores the means of 2 x 2 pixels.
func pool(dst, picture []float64) {
	for r := range pooled {
		for c := range pooled {
			at := 2*r*side + 2*c
			dst[r*pooled+c] = (picture[at] + picture[at+1] + picture[at+side] + picture[at+side+1]) / 4
		}
	}
}
