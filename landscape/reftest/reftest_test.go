package reftest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("THALWEG_REF", dir)
	write(t, dir, "core.json", `{"eta":0.5,"runs":{"b":{"x":[1,2],"twice":[2,4]},"a":{"x":[3],"twice":6}},"later":[1]}`)
	var seen []string
	Run(t, "core", map[string]Part{
		"runs": func(t *testing.T, part json.RawMessage, top map[string]json.RawMessage) {
			if string(top["eta"]) != "0.5" {
				t.Errorf("the top level says eta is %s", top["eta"])
			}
			Cases(t, part, func(t *testing.T, name string, raw json.RawMessage) {
				seen = append(seen, name)
				var c struct{ X []float64 }
				Decode(t, raw, &c)
				for i := range c.X {
					c.X[i] *= 2
				}
				Leaf(t, Object(t, raw), "twice", c.X, 0)
				Leaf(t, Object(t, raw), "thrice", nil, 0)
			})
		},
	}, "later")
	Run(t, "race", nil)
	if want := []string{"a", "b"}; !slices.Equal(seen, want) {
		t.Errorf("tested %v, want %v", seen, want)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := load(filepath.Join(dir, "absent"), "core"); err == nil {
		t.Error("a missing directory was accepted")
	}
	write(t, dir, "core.json", "[1]")
	if _, err := load(dir, "core"); err == nil {
		t.Error("a file without an object was accepted")
	}
	write(t, dir, "bore.json", "{}")
	if _, err := load(dir, "race"); err == nil {
		t.Error("a file of an unknown name was accepted")
	}
}

func TestCompare(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		got, want []float64
		tol       float64
		ok        bool
	}{
		{[]float64{1, 1e9 + 0.5}, []float64{0.7, 1e9}, 0, true},
		{[]float64{1, 1e9 + 1.5}, []float64{1, 1e9}, 0, false},
		{[]float64{1e-13, 0}, []float64{0, 0}, 0, true},
		{[]float64{1e-11, 0}, []float64{0, 0}, 0, false},
		{[]float64{1.05}, []float64{1}, 0.1, true},
		{[]float64{math.Inf(1), 2}, []float64{nan, 2}, 0, true},
		{[]float64{3, 2}, []float64{nan, 2}, 0, false},
		{[]float64{nan}, []float64{2}, 0, false},
		{[]float64{1}, []float64{1, 2}, 0, false},
	} {
		if err := Compare(c.got, c.want, c.tol); (err == nil) != c.ok {
			t.Errorf("Compare(%v, %v, %g) = %v", c.got, c.want, c.tol, err)
		}
	}
}

func TestFlat(t *testing.T) {
	got, err := Flat(json.RawMessage(`[[1,true],[[-2.5e3]],null]`))
	if err != nil || len(got) != 4 || !math.IsNaN(got[3]) || !slices.Equal(got[:3], []float64{1, 1, -2500}) {
		t.Errorf("Flat = %v, %v", got, err)
	}
	if _, err := Flat(json.RawMessage(`["a"]`)); err == nil {
		t.Error("a text was read as a number")
	}
}
