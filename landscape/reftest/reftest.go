// Package reftest holds code against reference vectors: numbers computed elsewhere, kept in
// testdata/ref/<file>.json, or in the directory that THALWEG_REF names.
//
// Every answer is a leaf subtest of its own, TestReference/<file>/<part>/<case>/<field>, so that a wrong
// number fails just that leaf. Cases that stand side by side need not be as many, or as large, as in the
// shipped file.
package reftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Tolerance is the usual one, relative to the largest size in a field.
const Tolerance = 1e-9

// files are the names a reference directory may hold. The last is data of another test, not a test file.
var files = []string{
	"blackbox-tuning", "core", "flow-to-sgd", "gof-autoencoder", "hybrid-decentralized", "landscape", "leaky-relu", "network",
	"physics-inversion", "private-federation", "race", "score-ascent", "spurious-minima", "symmetry", "weights_blackbox",
}

// Part tests one part of a file. It may read the fields that stand beside the part at the top of the file.
type Part = func(t *testing.T, part json.RawMessage, top map[string]json.RawMessage)

// Dir is the directory with the reference files: THALWEG_REF, else testdata/ref of the package under test.
func Dir() string {
	if dir := os.Getenv("THALWEG_REF"); dir != "" {
		return dir
	}
	return filepath.Join("testdata", "ref")
}

// Load returns the top level of a reference file. It skips the test when the file is absent and fails it
// when the directory is missing or the file is no JSON object.
func Load(t *testing.T, file string) map[string]json.RawMessage {
	t.Helper()
	top, err := load(Dir(), file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s.json is absent", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return top
}

func load(dir, file string) (map[string]json.RawMessage, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reference directory cannot be read: %v", err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && !slices.Contains(files, name) {
			return nil, fmt.Errorf("%s is no reference file; the names are %s", e.Name(), strings.Join(files, ", "))
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, file+".json"))
	if err != nil {
		return nil, err
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("%s.json: %v", file, err)
	}
	return top, nil
}

// Run tests every part of a file that is present, in the subtest <file>/<part>. The part "." is the top
// level itself and gets no level of its own. The parts named in later are known but wait for their code:
// they are skipped by name. A file without any known part fails.
func Run(t *testing.T, file string, parts map[string]Part, later ...string) {
	t.Run(file, func(t *testing.T) {
		top := Load(t, file)
		known := false
		if test, ok := parts["."]; ok {
			whole, err := json.Marshal(top)
			if err != nil {
				t.Fatal(err)
			}
			known = true
			test(t, whole, top)
		}
		for _, name := range slices.Sorted(maps.Keys(top)) {
			test, ok := parts[name]
			if !ok && !slices.Contains(later, name) {
				continue
			}
			known = true
			t.Run(name, func(t *testing.T) {
				if !ok {
					t.Skipf("%s has reference vectors but no code yet", name)
				}
				test(t, top[name], top)
			})
		}
		if !known {
			t.Errorf("%s.json holds no part known here", file)
		}
	})
}

// Cases runs one subtest for every element of a list, named by its index, or of an object, named by its
// key. It fails when there is none.
func Cases(t *testing.T, raw json.RawMessage, test func(t *testing.T, name string, raw json.RawMessage)) {
	t.Helper()
	if list, err := List(raw); err == nil {
		if len(list) == 0 {
			t.Fatal("no case to test")
		}
		for i, c := range list {
			name := strconv.Itoa(i)
			t.Run(name, func(t *testing.T) { test(t, name, c) })
		}
		return
	}
	object := Object(t, raw)
	if len(object) == 0 {
		t.Fatal("no case to test")
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		t.Run(name, func(t *testing.T) { test(t, name, object[name]) })
	}
}

// List splits a JSON list into its elements.
func List(raw json.RawMessage) ([]json.RawMessage, error) {
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	return list, err
}

// Object splits a JSON object into its fields.
func Object(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// Decode stores the given fields of a case in the value that into points to.
func Decode(t *testing.T, raw json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// Leaf holds got against one answer field of a case in a subtest of that name. A field that the case does
// not have was not asked and makes no subtest. A tolerance of 0 is the usual one.
func Leaf(t *testing.T, fields map[string]json.RawMessage, field string, got []float64, tol float64) {
	t.Helper()
	raw, ok := fields[field]
	if !ok {
		return
	}
	t.Run(field, func(t *testing.T) {
		want, err := Flat(raw)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 1 && math.IsNaN(want[0]) && len(got) > 1 {
			// A null in place of a list says that some number of it is not finite.
			if finite(got) {
				t.Errorf("got %v, want a number that is not finite", got)
			}
			return
		}
		Close(t, got, want, tol)
	})
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Flat reads a number, or lists of numbers nested in any way, in the order of the text. Switches count 0
// and 1; null, which stands for a number that is not finite, is NaN.
func Flat(raw json.RawMessage) ([]float64, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	var flat []float64
	for {
		token, err := d.Token()
		if err == io.EOF {
			return flat, nil
		}
		if err != nil {
			return nil, err
		}
		if flat, err = appendToken(flat, token); err != nil {
			return nil, err
		}
	}
}

func appendToken(flat []float64, token json.Token) ([]float64, error) {
	switch v := token.(type) {
	case float64:
		return append(flat, v), nil
	case bool:
		if v {
			return append(flat, 1), nil
		}
		return append(flat, 0), nil
	case nil:
		return append(flat, math.NaN()), nil
	case json.Delim:
		if v == '[' || v == ']' {
			return flat, nil
		}
	}
	return nil, fmt.Errorf("%v is neither a number nor a list of numbers", token)
}

// Close fails unless got is want within tol relative to the largest size in want, or within 1e-12 when
// all of want is 0. A NaN in want asks for a number that is not finite; a tolerance of 0 is the usual one.
func Close(t *testing.T, got, want []float64, tol float64) {
	t.Helper()
	if err := Compare(got, want, tol); err != nil {
		t.Error(err)
	}
}

// Compare is Close as an error.
func Compare(got, want []float64, tol float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d numbers, want %d", len(got), len(want))
	}
	if tol == 0 {
		tol = Tolerance
	}
	size := 0.0
	for _, w := range want {
		if !math.IsNaN(w) {
			size = max(size, math.Abs(w))
		}
	}
	allowed := tol * size
	if size == 0 {
		allowed = 1e-12
	}
	for i, w := range want {
		g := got[i]
		if math.IsNaN(w) {
			if !math.IsNaN(g) && !math.IsInf(g, 0) {
				return fmt.Errorf("number %d is %v, want one that is not finite", i, g)
			}
			continue
		}
		if !(math.Abs(g-w) <= allowed) && g != w {
			return fmt.Errorf("number %d is %v, want %v: off by %.2e, allowed %.2e", i, g, w, math.Abs(g-w), allowed)
		}
	}
	return nil
}

// ID turns a name of a reference file into an id of the program: hyphens for low lines, aliases spelled out.
func ID(name string) string {
	switch id := strings.ReplaceAll(name, "_", "-"); id {
	case "camel6":
		return "six-hump-camel"
	case "stair3", "stair4":
		return "staircase-" + id[len("stair"):]
	case "par2":
		return "parity-2"
	case "par4":
		return "parity-4"
	case "nonmsp":
		return "non-msp"
	default:
		return id
	}
}
