package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thalweg/sim/files"
	"thalweg/sim/param"
)

// A value @path of a control that takes files, of the lab or of a method, becomes the name of the file's bytes.
func TestFilesByPath(t *testing.T) {
	table := "a,kind\n" + strings.Repeat("1,x\n2,y\n", 6)
	path := filepath.Join(t.TempDir(), "my.csv")
	if err := os.WriteFile(path, []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(table))
	id := hex.EncodeToString(sum[:])
	l := &Lab{Controls: []param.Control{{ID: "data", Kind: param.Text, Accept: []string{files.KindTable}}, {ID: "note", Kind: param.Text}}}
	d := Draft{Values: []Pair{{Name: "data", Text: "@" + path}, {Name: "note", Text: "@" + path}}, Methods: []string{"gd:data=@" + path + ",step-size=0.1", "plain"}}
	if err := d.Upload(l, os.ReadFile); err != nil {
		t.Fatal(err)
	}
	if d.Values[0].Text != id || d.Values[1].Text != "@"+path {
		t.Errorf("values %v, want %s for the control that takes files and the text for the other", d.Values, id)
	}
	if want := "gd:data=" + id + ",step-size=0.1"; d.Methods[0] != want || d.Methods[1] != "plain" {
		t.Errorf("methods %v, want %s first", d.Methods, want)
	}
	if k, ok := d.Files.File(id); !ok || k.Kind != files.KindTable || string(k.Bytes) != table {
		t.Errorf("the draft does not have the file: %v", k)
	}
	for text, want := range map[string]string{"@" + path + "x": "no such file", "@" + t.TempDir(): "is a directory"} {
		d := Draft{Values: []Pair{{Name: "data", Text: text}}}
		if err := d.Upload(l, os.ReadFile); err == nil || !strings.Contains(err.Error(), want) || param.Faults(err)[0].Field != "data" {
			t.Errorf("%s: %v, want a fault of data with %q", text, err, want)
		}
	}
}
