package sim

import (
	"slices"
	"testing"
)

// Log-spaced readings are dense at first and thin later, at powers of ten, at the last step, and none is lost where only
// each tenth step is recorded.
func TestLogSpaced(t *testing.T) {
	m := &Measure{Every: LogSpaced}
	var got []int
	for step := range 101 {
		if m.due(step-1, step, false) {
			got = append(got, step)
		}
	}
	if want := []int{0, 1, 2, 3, 4, 5, 7, 9, 10, 12, 16, 21, 27, 35, 46, 60, 78, 100}; !slices.Equal(got, want) {
		t.Errorf("of 100 steps %v are read, want %v", got, want)
	}
	if !m.due(97, 98, true) || m.due(97, 98, false) {
		t.Error("the last step is not read, or another one is")
	}
	got = got[:0]
	for step := 0; step <= 100; step += 10 {
		if m.due(step-10, step, false) {
			got = append(got, step)
		}
	}
	if want := []int{0, 10, 20, 30, 40, 50, 60, 80, 100}; !slices.Equal(got, want) {
		t.Errorf("of each tenth step %v are read, want %v", got, want)
	}
}
