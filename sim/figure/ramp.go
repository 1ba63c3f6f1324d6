package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
)

// Ramps lists the ramps of height.
var Ramps = []string{"sounding", "viridis", "cividis", "magma"}

// tables hold 52 colours each, every fifth of the published 256; between them colours are interpolated, which is exact
// to one part in 255.
var tables = map[string]string{
	"viridis": "44015446085c471063481769481d6f482475472a7a46307e453781433d844142873f48893d4e8a3a538b38598c355e8d33638d31688e" +
		"2e6d8e2c718e2a768e297b8e27808e25848e23898e218e8d20928c1f978b1e9c891fa18821a58524aa8328ae802eb37c35b7793dbc74" +
		"46c06f50c46a5ac86465cb5e70cf577cd25089d54895d840a2da37b0dd2fbddf26cae11fd8e219e5e419f1e51dfde725",
	"cividis": "00205100245900275f002b64052e6709326a0f356c15396d1c3c6e23406e29436e30476e374a6e3e4e6e44526d4b556d51596e575c6e" +
		"5c606e62646f67676f6c6b70706f717572727976737d7a74817d758581768985778e8978928d789691789b95789f9978a49d78a9a177" +
		"aea575b4a974baae72bfb26fc5b66cccbb69d2bf66d8c462dec85ee4cd5aead256f0d652f4db4ef8e04bfbe548fdea45",
	"magma": "00000402020b0504160907200e0b2b140e361a104221114e29115a311165390f6e420f754a107952137c5a167e6219806a1c81721f81" +
		"792282812581892881912b81992d80a1307eaa337db2357bba3878c23b75ca3e72d2426fd9466be04c67e75263ec5860f1605df4695c" +
		"f7725cf97b5dfb8560fc8e64fd9869fea16efeaa74feb47bfebd82fec68afecf92fed89afde2a3fdebacfcf4b6fcfdbf",
}

// sounding is the page's own ramp: stops of lightness, chroma, hue and place in OKLCH, low ground first.
var sounding = map[bool][4][4]float64{
	false: {{.62, .092, 215, 0}, {.765, .072, 205, .3}, {.895, .036, 190, .62}, {.972, .009, 100, 1}},
	true:  {{.70, .105, 205, 0}, {.50, .083, 213, .3}, {.33, .045, 222, .62}, {.215, .012, 230, 1}},
}

// Shade is the colour of a height from 0, the lowest, to 1, as #rrggbb. Only sounding has a dark form; the others are the
// same on any paper.
func Shade(ramp string, dark bool, height float64) string {
	c := Colour(ramp, dark, height)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

// Colour is the shade of a height for pixels.
func Colour(ramp string, dark bool, height float64) color.NRGBA {
	height = max(0, min(1, height))
	if !slices.Contains(Ramps, ramp) || ramp == "sounding" {
		return soundingAt(sounding[dark], height)
	}
	table := tables[ramp]
	last := len(table)/6 - 1
	i := min(int(height*float64(last)), last-1)
	f := height*float64(last) - float64(i)
	var c [3]float64
	for k := range c {
		a, _ := strconv.ParseUint(table[6*i+2*k:6*i+2*k+2], 16, 8)
		b, _ := strconv.ParseUint(table[6*i+6+2*k:6*i+8+2*k], 16, 8)
		c[k] = float64(a) + (float64(b)-float64(a))*f
	}
	return opaque(c)
}

// opaque rounds three channels from 0 to 255.
func opaque(c [3]float64) color.NRGBA {
	part := func(v float64) uint8 { return uint8(max(0, min(255, math.Round(v)))) }
	return color.NRGBA{part(c[0]), part(c[1]), part(c[2]), 255}
}

func soundingAt(stops [4][4]float64, height float64) color.NRGBA {
	i := 0
	for i < 2 && height > stops[i+1][3] {
		i++
	}
	p, q := stops[i], stops[i+1]
	f := (height - p[3]) / (q[3] - p[3])
	mix := func(k int) float64 { return p[k] + f*(q[k]-p[k]) }
	l, chroma, hue := mix(0), mix(1), mix(2)*math.Pi/180
	a, b := chroma*math.Cos(hue), chroma*math.Sin(hue)
	// OKLab to linear sRGB (Björn Ottosson, 2020).
	cube := func(v float64) float64 { return v * v * v }
	x := cube(l + .3963377774*a + .2158037573*b)
	y := cube(l - .1055613458*a - .0638541728*b)
	z := cube(l - .0894841775*a - 1.2914855480*b)
	var c [3]float64
	for k, v := range [3]float64{
		4.0767416621*x - 3.3077115913*y + .2309699292*z,
		-1.2684380046*x + 2.6097574011*y - .3413193965*z,
		-.0041960863*x - .7034186147*y + 1.7076147010*z,
	} {
		if v = max(0, v); v <= .0031308 {
			c[k] = 255 * 12.92 * v
		} else {
			c[k] = 255 * (1.055*math.Pow(v, 1/2.4) - .055)
		}
	}
	return opaque(c)
}
