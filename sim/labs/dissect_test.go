package labs_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/sim"
	"thalweg/sim/labs"
)

// The last part of every dissected update of every method of the labs is the step that the trace holds, wherever it
// is asked for and in whatever order; the run is not disturbed.
func TestDissect(t *testing.T) {
	var none *sim.NoUpdate
	for _, l := range labs.All {
		var texts []string
		for _, k := range l.Methods {
			if l.ID == "race" || len(texts) < 4 {
				texts = append(texts, k.ID)
			}
		}
		query := "/lab/" + l.ID + "?steps=90&methods=" + strings.Join(texts, ";") + "&moves=20:" + texts[0] + ".step-size=1e-4"
		if l.ID == "race" {
			query += "&swarm=5"
		}
		d, err := sim.ParseLink(query)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := l.Resolve(d)
		if err != nil {
			t.Fatal(err)
		}
		r, err := sim.NewRun(spec)
		if err != nil {
			t.Fatal(err)
		}
		for !r.Advance(t.Context(), 40) {
		}
		trace := r.Trace()
		for i, m := range trace.Methods {
			for _, step := range []int{70, 0, 19, 20, 21, 20, 64, 89} {
				stages, err := r.Dissect(t.Context(), i, step)
				if step >= m.StoppedAt {
					if !errors.As(err, &none) {
						t.Errorf("%s: step %d behind its end at %d: %v", m.ID, step, m.StoppedAt, err)
					}
					continue
				}
				from, to := m.Point(step), m.Point(step+1)
				if errors.As(err, &none) && slices.Equal(from, to) {
					continue // it has ended; its swarm goes on
				}
				if err != nil {
					t.Errorf("%s at step %d: %v", m.ID, step, err)
					continue
				}
				last := stages[len(stages)-1]
				for k := range from {
					if math.Abs(last.V[k]-(to[k]-from[k])) > 1e-12 {
						t.Fatalf("%s at step %d: the last part is %v, the step %v", m.ID, step, last.V[k], to[k]-from[k])
					}
				}
			}
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, err := r.Dissect(stopped, 0, 40); !errors.Is(err, context.Canceled) {
			t.Errorf("a replay that is told to stop: %v", err)
		}
	}
}
