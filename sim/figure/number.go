package figure

import (
	"math"
	"strconv"
	"strings"
)

const (
	minus = "\u2212"
	thin  = "\u2009"
)

// Number writes a number as the page does: some significant digits, a true minus, thin spaces between thousands.
func Number(v float64, digits int) string {
	size := math.Abs(v)
	var text string
	switch {
	case math.IsNaN(v):
		return "–"
	case v == 0:
		return "0"
	case math.IsInf(v, 0):
		text = strconv.FormatFloat(v, 'g', -1, 64)
	case size < 1e-3 || size >= 1e5:
		text = strconv.FormatFloat(v, 'e', min(digits-1, 1), 64)
		mantissa, power, _ := strings.Cut(text, "e")
		if strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		n, _ := strconv.Atoi(power)
		text = mantissa + "e" + strconv.Itoa(n)
	case v == math.Trunc(v) || size >= math.Pow10(digits-1):
		text = Whole(int(math.Round(v)))
	default:
		text = strconv.FormatFloat(v, 'f', max(0, digits-1-int(math.Floor(math.Log10(size)))), 64)
		if strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
	}
	return strings.ReplaceAll(text, "-", minus)
}

// Whole writes a whole number.
func Whole(n int) string {
	text := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, text = minus, text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + thin + text[i:]
	}
	return sign + text
}

// A tick is a round place on an axis.
type tick struct {
	at   float64
	text string
}

// ticks finds about n round places between two numbers.
func ticks(low, high float64, n int) []tick {
	raw := (high - low) / float64(max(1, n))
	if !(raw > 0) || math.IsInf(raw, 0) {
		return nil
	}
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, k := range [...]float64{1, 2, 5} {
		if k*unit >= raw*.999 {
			step = k * unit
			break
		}
	}
	digits := min(12, max(0, -int(math.Floor(math.Log10(step)+1e-9))))
	var out []tick
	for k := math.Ceil(low/step - 1e-9); k*step <= high+step*1e-9 && len(out) < 100; k++ {
		v := k * step
		text := strconv.FormatFloat(v, 'f', digits, 64)
		switch {
		case k == 0:
			text = "0"
		case max(math.Abs(low), math.Abs(high)) >= 1e5 || step < 1e-4:
			text = Number(v, 3)
		case digits == 0:
			text = Whole(int(v))
		}
		out = append(out, tick{v, strings.ReplaceAll(text, "-", minus)})
	}
	return out
}

// decades are the powers of ten of a log axis, as many as there is room for.
func decades(low, high float64, room int) []tick {
	a, b := int(math.Round(math.Log10(low))), int(math.Round(math.Log10(high)))
	stride := max(1, (b-a+room-1)/max(1, room))
	var out []tick
	for k := a; k <= b; k += stride {
		v := math.Pow10(k)
		out = append(out, tick{v, Number(v, 3)})
	}
	return out
}
