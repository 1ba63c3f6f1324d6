package sim

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"thalweg/sim/files"
	"thalweg/sim/param"
)

// fileLab is the bowl with a control that takes tables and one whose default looks into the table.
func fileLab() *Lab {
	l := testLab()
	l.Controls = append(l.Controls,
		param.Control{ID: "rows", Kind: param.Text, Accept: []string{files.KindTable, files.KindPaths}, PerMethod: true},
		param.Control{ID: "classes", Kind: param.Whole, Min: 0, Max: 10, By: func(v param.Values) param.Value {
			if f := v.File("rows"); f != nil {
				if t, err := files.TableOf(f, "", ""); err == nil {
					return param.Num(float64(len(t.ClassNames)))
				}
			}
			return param.Num(0)
		}})
	return l
}

func tableFile(t testing.TB, name string, padding int) *param.File {
	t.Helper()
	r, err := files.Read([]byte("a," + name + strings.Repeat(" ", padding) + "\n" + strings.Repeat("1,x\n2,y\n3,z\n", 5)))
	if err != nil {
		t.Fatal(err)
	}
	return r.File
}

func withFiles(t testing.TB, query string, from Files) (*Spec, error) {
	t.Helper()
	d, err := ParseLink("/lab/bowl?" + query)
	if err != nil {
		t.Fatal(err)
	}
	d.Files = from
	return fileLab().Resolve(d)
}

func TestValuesNameFiles(t *testing.T) {
	f, own := tableFile(t, "kind", 0), tableFile(t, "other", 0)
	snapshot := param.NewFile(files.KindSnapshot, []byte("{}"))
	up := Uploads{}
	up.Add(f)
	up.Add(own)
	up.Add(snapshot)
	s, err := withFiles(t, "rows="+f.ID+"&methods=gd;b=gd:rows="+own.ID, up)
	if err != nil {
		t.Fatal(err)
	}
	if s.Values.File("rows") != f || s.Values.Whole("classes") != 3 || len(s.Files()) != 2 {
		t.Errorf("the spec has the files %v and %d classes, want those of the values and 3", s.Files(), s.Values.Whole("classes"))
	}
	for id, want := range map[string][]byte{f.ID: f.Bytes, own.ID: own.Bytes} {
		if b, err := (Setup{Spec: s}).File(id); err != nil || !bytes.Equal(b, want) {
			t.Errorf("the setup gives %q of %s, %v", b, id, err)
		}
	}
	if _, err := (Setup{Spec: s}).File(snapshot.ID); err == nil {
		t.Error("the setup gives a file that no value names")
	}
	// What the link and a turn say is the same run, and needs the files again.
	again, err := withFiles(t, strings.TrimPrefix(s.Link(), "/lab/bowl?"), up)
	if err != nil || again.ID() != s.ID() || !strings.Contains(s.Link(), "rows="+f.ID) || strings.Contains(s.Link(), "classes=") {
		t.Errorf("the link %s leads to %v, %v", s.Link(), again, err)
	}
	if turned, err := s.Turned(3, Pair{Name: "gd.step-size", Text: "0.2"}); err != nil || turned.Values.File("rows") != f {
		t.Errorf("a turn loses the file: %v", err)
	}
	for query, want := range map[string]string{
		"rows=abc":                                     `rows: "abc" names no uploaded file: want the 64 hex digits of its SHA-256, or nothing`,
		"rows=" + strings.ToUpper(f.ID):                "names no uploaded file",
		"rows=" + strings.Repeat("0", 64):              "rows: the file 000000000000… is not here: drop it again",
		"rows=" + snapshot.ID:                          "rows: takes a table or a paths; the file",
		"methods=gd:rows=" + strings.Repeat("1", 64):   "gd.rows: the file 111111111111… is not here: drop it again",
		"rows=" + f.ID + "&methods=gd:rows=" + "xyz":   "gd.rows: ",
		"curvature=1e9&rows=" + strings.Repeat("0", 9): "rows: ",
	} {
		if _, err := withFiles(t, query, up); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
	if b, err := fileLab().Schema().Controls[2].MarshalJSON(); err != nil || !bytes.Contains(b, []byte(`"accept":["table","paths"]`)) {
		t.Errorf("the schema shows %s, %v", b, err)
	}
}

func TestRecipesCarryFiles(t *testing.T) {
	labs := []*Lab{fileLab()}
	small, large := tableFile(t, "kind", 0), tableFile(t, "other", 5<<20-200)
	up := Uploads{}
	up.Add(small)
	up.Add(large)
	s, err := withFiles(t, "steps=5&rows="+small.ID+"&methods=gd;b=gd:rows="+large.ID, up)
	if err != nil {
		t.Fatal(err)
	}
	r := s.Recipe(nil)
	if len(r.Files) != 2 || r.Missing != nil {
		t.Errorf("5 MiB and a little: %d carried, %v missing", len(r.Files), r.Missing)
	}
	back, err := ReadRecipe(r.ASCII(), labs, nil)
	if err != nil || back.ID != s.ID() || !bytes.Equal(back.Spec.Files()[large.ID].Bytes, large.Bytes) {
		t.Errorf("the recipe brings back run %s, %v", back.ID, err)
	}
	// Beyond 8 MiB in all some stay behind, and must be dropped again.
	huge := tableFile(t, "third", 5<<20-300)
	up.Add(huge)
	s, err = withFiles(t, "steps=5&rows="+huge.ID+"&methods=gd;b=gd:rows="+large.ID, up)
	if err != nil {
		t.Fatal(err)
	}
	if r = s.Recipe(nil); len(r.Files) != 1 || len(r.Missing) != 1 || r.Missing[0] != max(huge.ID, large.ID) {
		t.Errorf("10 MiB: %d carried, %v missing", len(r.Files), r.Missing)
	}
	if _, err := ReadRecipe(r.ASCII(), labs, nil); err == nil || !strings.Contains(err.Error(), "drop it again") {
		t.Errorf("a recipe whose file stayed behind: %v", err)
	}
	if _, err := ReadRecipe(r.ASCII(), labs, up); err != nil {
		t.Errorf("with the file at hand: %v", err)
	}
}

func TestCarriedFilesAreChecked(t *testing.T) {
	labs := []*Lab{fileLab()}
	f := tableFile(t, "kind", 0)
	recipe := func(files string) []byte {
		return fmt.Appendf(nil, `{"spec":{"lab":"bowl","values":{"rows":%q}},"files":{%s}}`, f.ID, files)
	}
	b64 := base64.StdEncoding.EncodeToString
	many := strings.TrimSuffix(strings.Repeat(`"%d":"",`, 65), ",")
	numbers := make([]any, 65)
	for i := range numbers {
		numbers[i] = i
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"as it was":     {recipe(fmt.Sprintf("%q:%q", f.ID, b64(f.Bytes))), ""},
		"another file":  {recipe(fmt.Sprintf("%q:%q", f.ID, b64(append([]byte("b"), f.Bytes...)))), "is damaged: its bytes have another SHA-256"},
		"no base64":     {recipe(fmt.Sprintf("%q:%q", f.ID, "!")), "is no base64"},
		"no table":      {recipe(fmt.Sprintf("%q:%q", f.ID, b64([]byte("\x00")))), "cannot be read"},
		"none":          {recipe(""), "drop it again"},
		"too many":      {recipe(fmt.Sprintf(many, numbers...)), "more than 64 uploads inside"},
		"too large":     {recipe(fmt.Sprintf("%q:%q", f.ID, strings.Repeat("A", 12<<20))), "more than 8388608 bytes"},
		"files a list":  {[]byte(`{"spec":{"lab":"bowl"},"files":[1]}`), "the recipe is not JSON"},
		"not asked for": {fmt.Appendf(nil, `{"spec":{"lab":"bowl"},"files":{%q:%q}}`, f.ID, b64(f.Bytes)), ""},
	} {
		r, err := ReadRecipe(c.data, labs, nil)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: run %s, %v, want %q", name, r.ID, err, c.want)
		}
	}
}

// Small files that unpack to much are stopped in a recipe as they are by themselves, before all of them are in memory.
func TestCarriedBombsStop(t *testing.T) {
	if testing.Short() {
		t.Skip("180 MB are unpacked")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("theta.npy")
	if err != nil {
		t.Fatal(err)
	}
	const count = 15_000_000
	head := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (1, %d), }\n", count)
	fmt.Fprintf(w, "\x93NUMPY\x01\x00%c\x00%s", len(head), head)
	if _, err := w.Write(make([]byte, 4*count)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	carried := map[string][]byte{}
	for _, comment := range []string{"a", "b", "c"} {
		file := append(bytes.Clone(b.Bytes()), comment...)
		file[b.Len()-2] = 1 // length of the comment
		carried[param.NewFile(files.KindPaths, file).ID] = file
	}
	if _, err := uploadsIn(nil, carried); err == nil || !strings.Contains(err.Error(), "the uploads inside take more than 268435456 bytes of memory") {
		t.Errorf("three files of %d bytes that unpack to 60 MB of single precision each: %v", b.Len(), err)
	}
}
