// Package figure draws what a run recorded, for paper and for readers without the program: a map with contours and
// trails, and a curve over the steps. It knows numbers and names, no labs and no methods.
package figure

import (
	"fmt"
	"math"

	"thalweg/landscape"
)

// A File is bytes under a name in a zip.
type File struct {
	Name string
	Data []byte
}

// A Figure is what is drawn.
type Figure struct {
	// Title names the run; Desc says in a sentence or two what is seen, for those who do not see it.
	Title, Desc string
	// Recipe is JSON in ASCII that makes the run again.
	Recipe []byte
	// Files stand beside the .tex in a zip of pgfplots: what the recipe names.
	Files []File
	// ID tells this figure from others on one page.
	ID string
	// Notes stand below the legend.
	Notes []string
	Walks []Walk
	Map   *Map // nil: the curve alone
	Curve Curve
	// Font is the size of text in points.
	Font float64
	Ramp string
}

// A Walk is a method's name and looks, drawn on the map and in the curve.
type Walk struct {
	ID, Label string
	Slot      int
	Hollow    bool
	// Faint walks are other seeds of a method; they have no place in the legend.
	Faint bool
	// Ended is the word for how the walk ended before the run did, EndedAt its last step.
	Ended   string
	EndedAt int

	// S and T are the trail on the map at the steps of At, empty when the walk is on another ground. Off is its
	// distance from the plane as a share of the farthest, nil in the whole space.
	At, S, T, Off []float64
	// Step and Value are the curve.
	Step, Value []float64
}

// A Map is the ground under the trails.
type Map struct {
	Grid   *landscape.Grid
	Height landscape.Height
	Axes   [2]string
	// Start is nil where it is not on the plane.
	Start  *landscape.Point
	Minima []Minimum
}

// A Minimum is a place of the map with its loss.
type Minimum struct {
	At   landscape.Point
	Loss float64
}

// A Curve is the panel below the map.
type Curve struct {
	Label string
	Log   bool
	Steps int
}

// Scale says whether the curve is drawn on a log scale, over which range, and what a reader is told about it.
func (f *Figure) Scale() (log bool, low, high float64, note string) {
	s := f.scale()
	return s.log, s.low, s.high, s.note
}

// scale is the range of a curve's values.
type scale struct {
	log       bool
	low, high float64
	note      string
}

// scale finds the range. Zeros fall below a log axis; a value below zero asks for a linear one.
func (f *Figure) scale() scale {
	low, high, floor := math.Inf(1), math.Inf(-1), math.Inf(1)
	for _, w := range f.Walks {
		for _, v := range w.Value {
			if v-v != 0 {
				continue
			}
			low, high = min(low, v), max(high, v)
			if v > 0 {
				floor = min(floor, v)
			}
		}
	}
	switch {
	case !(low <= high):
		return scale{low: 0, high: 1, note: "no value"}
	case f.Curve.Log && low >= 0 && high > 0:
		floor = max(floor, high*1e-30)
		a, b := math.Floor(math.Log10(floor)), math.Ceil(math.Log10(high)+.05)
		s := scale{log: true, low: math.Pow10(int(a)), high: math.Pow10(int(max(b, a+1))), note: "log scale"}
		if low < s.low {
			s.note += "; smaller values lie below the axis"
		}
		return s
	}
	pad := (high - low) * .06
	if pad == 0 {
		pad = max(math.Abs(high)*.06, 1e-12)
	}
	s := scale{low: low - pad, high: high + pad}
	if f.Curve.Log && low < 0 {
		s.note = "linear scale: some values lie below 0"
	}
	return s
}

// at is the place of a value from 0 to 1, NaN for what has none.
func (s scale) at(v float64) float64 {
	if !s.log {
		return (v - s.low) / (s.high - s.low)
	}
	if !(v >= 0) {
		return math.NaN()
	}
	if v == 0 {
		return -.02 // just below the axis
	}
	return max(-.02, math.Log10(v/s.low)/math.Log10(s.high/s.low))
}

func (s scale) ticks(room int) []tick {
	if s.log {
		return decades(s.low, s.high, room)
	}
	return ticks(s.low, s.high, room)
}

// Check refuses what cannot be drawn.
func (f *Figure) Check() error {
	for _, w := range f.Walks {
		if w.Slot < 1 || w.Slot > 8 || len(w.S) != len(w.T) || len(w.At) != len(w.S) || len(w.Step) != len(w.Value) || w.Off != nil && len(w.Off) != len(w.S) {
			return fmt.Errorf("walk %s: slot %d, %d x %d places, %d values at %d steps", w.ID, w.Slot, len(w.S), len(w.T), len(w.Value), len(w.Step))
		}
	}
	return nil
}

// value is the other way of at.
func (s scale) value(at float64) float64 {
	if s.log {
		return s.low * math.Pow(s.high/s.low, at)
	}
	return s.low + at*(s.high-s.low)
}
