package symmetry

import (
	"math"

	"thalweg/landscape/cube"
	"thalweg/sim/param"
)

// The ids of the targets that are no sums of a few products.
const (
	modID    = "mod-8"
	fullID   = "full-parity"
	customID = "custom"
	sphereID = "sphere"
)

// named are the sets of the other targets, by letters 0, 1, 2, …; all coefficients are alike.
var named = map[string][][]int{
	"staircase-3": {{0}, {0, 1}, {0, 1, 2}},
	"staircase-4": {{0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}},
	"parity-2":    {{0, 1}},
	"parity-3":    {{0, 1, 2}},
	"parity-4":    {{0, 1, 2, 3}},
	"parity-6":    {{0, 1, 2, 3, 4, 5}},
	"leap-2":      {{0}, {0, 1, 2}},
	"leap-3":      {{0}, {0, 1, 2, 3}},
	"msp-merge":   {{0}, {1}, {0, 1, 2}},
	"non-msp":     {{0}, {0, 1}, {2, 3}},
}

// mostLetters bounds how many coordinates the parts of a target may touch: all settings of them are gone through.
const mostLetters = 6

// A target is what is to be learned, of unit variance and mean 0.
type target struct {
	id    string
	d     int
	parts []cube.Part
	// support are the coordinates that parts touch, ascending; of the others nil.
	support []int
	eval    func(x []float64) float64
}

// modEight is the sum of d signs modulo 8, by how many are -1.
func modEight(d int) func(j int) float64 {
	return func(j int) float64 { return float64(((d-2*j)%8 + 8) % 8) }
}

// newTarget reads the controls.
func newTarget(v param.Values) (*target, error) {
	t := &target{id: v.Text("problem"), d: v.Whole("dim")}
	switch t.id {
	case modID:
		f := modEight(t.d)
		mean, square := 0.0, 0.0
		for j := range t.d + 1 {
			p := cube.Binomial(t.d, j) * math.Exp2(-float64(t.d))
			mean += p * f(j)
			square += p * f(j) * f(j)
		}
		deviation := math.Sqrt(square - mean*mean)
		t.eval = func(x []float64) float64 {
			down := 0
			for _, s := range x {
				if s < 0 {
					down++
				}
			}
			return (f(down) - mean) / deviation
		}
		return t, nil
	case fullID:
		t.eval = func(x []float64) float64 { return product(x, nil) }
		return t, nil
	case sphereID:
		// x_1 and x_1 x_2, each of variance ½ on the unit sphere.
		d := float64(t.d)
		a, b := math.Sqrt(d/2), math.Sqrt(d*(d+2)/2)
		t.eval = func(x []float64) float64 { return a*x[0] + b*x[0]*x[1] }
		t.support = []int{0, 1}
		return t, nil
	}
	sets, coefs := named[t.id], []float64(nil)
	if t.id == customID {
		var err error
		if sets, err = cube.ReadSets(v.Text("sets")); err != nil {
			return nil, param.Refuse("sets", "%v", err)
		}
		coefs = v.Vector("coefficients")
		if len(coefs) > len(sets) {
			return nil, param.Refuse("coefficients", "must be %d numbers or fewer, one for each set; got %d", len(sets), len(coefs))
		}
	} else {
		letters := v.Vector("support")
		placed := make([][]int, len(sets))
		for i, s := range sets {
			for _, l := range s {
				at := l
				if l < len(letters) {
					at = int(letters[l])
					if float64(at) != letters[l] {
						return nil, param.Refuse("support", "must hold whole numbers; got %g", letters[l])
					}
				}
				placed[i] = append(placed[i], at)
			}
		}
		sets = placed
	}
	parts, err := cube.Parts(sets, coefs, t.d)
	if err != nil {
		field := "support"
		if t.id == customID {
			field = "sets"
		}
		return nil, param.Refuse(field, "%v", err)
	}
	touched := map[int]bool{}
	for _, p := range parts {
		for _, c := range p.Set {
			touched[c] = true
		}
	}
	for c := range t.d {
		if touched[c] {
			t.support = append(t.support, c)
		}
	}
	if len(t.support) > mostLetters {
		return nil, param.Refuse("sets", "must touch %d coordinates or fewer; got %d", mostLetters, len(t.support))
	}
	t.parts = parts
	t.eval = func(x []float64) float64 {
		sum := 0.0
		for _, p := range parts {
			sum += p.Coef * product(x, p.Set)
		}
		return sum
	}
	return t, nil
}

// product is that of the coordinates in a set, of all where it is nil.
func product(x []float64, set []int) float64 {
	p := 1.0
	if set == nil {
		for _, s := range x {
			p *= s
		}
		return p
	}
	for _, c := range set {
		p *= x[c]
	}
	return p
}

// alignment is C of the target under the symmetries of a dense net: signs and permutations on the cube, rotations on the
// sphere. levels is what each number of coordinates, or each degree, gives.
func (t *target) alignment() (c float64, levels []float64) {
	switch t.id {
	case modID:
		return cube.Symmetric(t.d, modEight(t.d))
	case fullID:
		levels = make([]float64, t.d+1)
		levels[t.d] = 1
		return 1, levels
	case sphereID:
		levels = []float64{0, 0.5 / cube.Harmonics(t.d, 1), 0.5 / cube.Harmonics(t.d, 2)}
		return max(levels[1], levels[2]), levels
	}
	levels = cube.LevelsOf(t.parts, t.d)
	for k := range levels {
		levels[k] /= cube.Binomial(t.d, k)
		c = max(c, levels[k])
	}
	return c, levels
}

// sets are those of the target's parts.
func (t *target) sets() [][]int {
	out := make([][]int, len(t.parts))
	for i, p := range t.parts {
		out[i] = p.Set
	}
	return out
}
