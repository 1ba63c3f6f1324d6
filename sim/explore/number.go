package explore

import (
	"math"
	"strconv"
)

// A Real is a number that JSON writes as null where it has none: NaN and the infinities.
type Real float64

// MarshalJSON writes the shortest decimal that reads back as the same number.
func (r Real) MarshalJSON() ([]byte, error) {
	v := float64(r)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// reals copies numbers; it is never nil, so that JSON has a list.
func reals(v []float64) []Real {
	out := make([]Real, len(v))
	for i, x := range v {
		out[i] = Real(x)
	}
	return out
}
