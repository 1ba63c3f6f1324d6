package server

import (
	"os/exec"
	"strings"
	"testing"
)

// Imports point one way: main -> {server, labs} -> sim -> landscape, and no lab knows another.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Deps \" \"}}", "thalweg/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	rules := []struct {
		from      string   // a package and all below it
		forbidden []string // what it must not depend on
	}{
		{"thalweg/landscape", []string{"thalweg/sim", "thalweg/server", "thalweg/templates", "thalweg/static"}},
		{"thalweg/sim", []string{"thalweg/server", "thalweg/templates", "thalweg/static"}},
		{"thalweg/server", []string{"thalweg/sim/labs"}},
		{"thalweg/templates", []string{"thalweg/sim", "thalweg/landscape", "thalweg/server"}},
		{"thalweg/sim/files", []string{"thalweg/sim/labs", "thalweg/sim/opt", "thalweg/sim/replay"}},
		{"thalweg/sim/opt", []string{"thalweg/sim/labs", "thalweg/sim/data"}},
		{"thalweg/sim/labs/race", []string{"thalweg/sim/labs/network"}},
		{"thalweg/sim/labs/network", []string{"thalweg/sim/labs/race"}},
	}
	under := func(p, root string) bool { return p == root || strings.HasPrefix(p, root+"/") }
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, r := range rules {
			if !under(words[0], r.from) {
				continue
			}
			seen++
			for _, d := range words[1:] {
				for _, f := range r.forbidden {
					if under(d, f) && !under(words[0], f) {
						t.Errorf("%s depends on %s", words[0], d)
					}
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were looked at", seen)
	}
}
