package rules

import (
	"testing"

	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// Every rule of opt is on offer with all of its hyper-parameters, and batching only where there are rows.
func TestKinds(t *testing.T) {
	none := func(string, string, param.Values) (float64, bool) { return 0, false }
	for _, batches := range []Batches{None, Fresh, Rows} {
		kinds := Kinds(batches, none)
		if len(kinds) != len(opt.Rules) {
			t.Fatalf("%d methods on offer, want %d", len(kinds), len(opt.Rules))
		}
		for i, k := range kinds {
			have := map[string]*param.Control{}
			for _, c := range k.Hyper {
				have[c.ID] = c
			}
			for _, p := range opt.Rules[i].Hyper {
				hidden := batches == None && p.ID == "batch-size" || batches != Rows && p.ID == "sampling"
				c := have[p.ID]
				if (c == nil) != hidden {
					t.Errorf("batches %v: %s of %s: on offer %v, hidden %v", batches, p.ID, k.ID, c != nil, hidden)
				}
				if c != nil && p.Kind == "choice" && number(c, c.Default) != p.Default {
					t.Errorf("%s of %s starts at %q, want choice %v", p.ID, k.ID, c.Default.Text, p.Default)
				}
			}
		}
	}
}
