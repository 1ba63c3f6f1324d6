package opt

import (
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/surfaces"
)

// TestEverySurface plays the methods that bring their own loops on all surfaces: whatever the ground does, a step
// ends, the point stays finite, and an end has a kind. Some line searches would never end by themselves (conjugate
// gradients on Müller-Brown), and a flow must slide along kinks instead of grinding over them.
func TestEverySurface(t *testing.T) {
	for _, id := range []string{"bfgs", "cg", "newton", "nelder-mead", "cma-es", "gradient-flow", "lbfgs"} {
		for _, s := range surfaces.All {
			f, err := s.New(surfaces.Params{})
			if err != nil {
				t.Fatal(err)
			}
			m := start(t, id, nil, Env{Ground: f, Start: s.Start, TimeStep: 0.5})
			err = play(m, 200)
			if !landscape.Finite(m.Point()) {
				t.Errorf("%s on %s stands at %v", id, s.ID, m.Point())
			}
			if c := m.Clock(); c.Gradients+c.Evaluations > 50000 {
				t.Errorf("%s on %s took %+v (%v)", id, s.ID, c, err)
			}
		}
	}
}
