package files

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The README's snippets run as they stand, and what they write is read as what the README says it is.
func TestReadmeSnippets(t *testing.T) {
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import numpy").CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no NumPy: %v\n%s", err, out)
		}
		t.Skip("no NumPy")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		found = append(found, m[1])
	}
	if len(found) != 3 {
		t.Fatalf("%d snippets, want those of a run, of weights and of HDF5", len(found))
	}
	dir := t.TempDir()
	run := func(script string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), python, append([]string{"-c", script}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, script)
		}
	}
	read := func(name string) *Report {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r
	}

	run(found[0])
	r := read("run.npz")
	s, err := SurfaceOf(r.File)
	if err != nil {
		t.Fatal(err)
	}
	// The loss of the snippet is 0 at (1, 0), which is row 20 of 41 and column 60 of 81.
	if s.Rows != 41 || s.Columns != 81 || s.Range != [4]float64{-2, 2, -1, 1} || s.Loss[20*81+60] > 1e-12 || s.Loss[20*81+40] != 1 {
		t.Errorf("the surface is %d x %d over %v with %v at (1, 0) and %v at (0, 0); want 41 x 81 over -2..2, -1..1, 0 and 1", s.Rows, s.Columns, s.Range, s.Loss[20*81+60], s.Loss[20*81+40])
	}
	p, err := PathsOf(r.File)
	if err != nil {
		t.Fatal(err)
	}
	if w := p.Walks[0]; len(p.Walks) != 1 || w.ID != "gd" || w.Steps != 200 || w.Proj[0] != 1.8 || w.Loss == nil {
		t.Errorf("the paths are %d, the first is %s of %d steps; want gd of 200 steps from (1.8, 0.9) with losses", len(p.Walks), w.ID, w.Steps)
	}

	run(found[1])
	c, err := CheckpointOf(read("net.safetensors").File)
	if err != nil {
		t.Fatal(err)
	}
	if c.Hidden() != "16" || c.Activation != "tanh" || !c.Bias || len(c.Theta) != 82 {
		t.Errorf("the weights are of '%s' %s with %d numbers, want 16 tanh with 82", c.Hidden(), c.Activation, len(c.Theta))
	}

	// Without h5py the converter reads a stand-in that gives the same three arrays.
	const stand = `
import sys, types, numpy as np
class File(dict):
    def __init__(self, path, mode):
        x, y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 3)
        loss = np.add.outer(x**2, y**2); loss[0, 0] = -1
        super().__init__(xcoordinates=x, ycoordinates=y, train_loss=loss)
    def __enter__(self): return self
    def __exit__(self, *e): pass
h5py = types.ModuleType("h5py"); h5py.File = File; sys.modules["h5py"] = h5py
`
	run(stand+found[2], "surface.h5", "surface.npz")
	s, err = SurfaceOf(read("surface.npz").File)
	if err != nil {
		t.Fatal(err)
	}
	if s.Columns != 5 || s.Rows != 3 || s.Holes != 1 || s.Loss[1*5+2] != 0 {
		t.Errorf("the converted surface is %d x %d with %d holes and %v in the middle; want 3 x 5, 1 and 0", s.Rows, s.Columns, s.Holes, s.Loss[7])
	}
	if n := strings.Count(strings.TrimSpace(found[2]), "\n") + 1; n > 12 {
		t.Errorf("the converter has %d lines, at most 12", n)
	}
}
