package labs_test

import (
	"testing"

	"thalweg/sim"
	"thalweg/sim/labs"
)

func TestLabsAgreeWithThemselves(t *testing.T) {
	if err := sim.Validate(labs.All); err != nil {
		t.Fatal(err)
	}
}

// TestClaims plays what every claim needs and judges it, as the page and the command line do.
func TestClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("claims take a while")
	}
	for _, l := range labs.All {
		for i := range l.Claims {
			c := &l.Claims[i]
			if c.Long {
				continue // thalweg verify judges it
			}
			t.Run(l.ID+"/"+c.ID, func(t *testing.T) {
				t.Parallel()
				j, err := l.Verify(t.Context(), c, nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%s: %s", j.Verdict, j.Got)
				if j.Verdict != sim.Holds {
					t.Errorf("%s: %s\nwant %s\ngot  %s", j.Verdict, c.Statement, c.Want, j.Got)
				}
			})
		}
	}
}
