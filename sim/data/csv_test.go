package data

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// lines makes count lines by format, which takes the line's number and its parity.
func lines(count int, format string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, format+"\n", i, i%2)
	}
	return b.String()
}

func TestParseCSV(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"classes by number":    {lines(12, "%d.5,%d"), "12 rows of 1 inputs [] target '', classes [0 1]"},
		"header, named target": {"Class;a\n" + lines(10, "%[2]d.0;%[1]d"), "10 rows of 1 inputs [a] target 'Class', classes [0 1]"},
		"tabs and text":        {"a\tb\tkind\n" + lines(10, "%d\t1\tk%d"), "10 rows of 2 inputs [a b] target 'kind', classes [k0 k1]"},
		"quoted, CRLF, BOM":    {"\uFEFF\"a, b\",y\r\n" + strings.ReplaceAll(lines(10, "%d,\"%d\""), "\n", "\r\n"), "10 rows of 1 inputs [a, b] target 'y', classes [0 1]"},
		"regression":           {lines(20, "%[2]d, %[1]d.25"), "20 rows of 1 inputs [] target '', regression"},
		"eleven whole numbers": {lines(11, "%[2]d,%[1]d"), "11 rows of 1 inputs [] target '', regression"},
	} {
		got, err := ParseCSV([]byte(c.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := fmt.Sprintf("%d rows of %d inputs %v target '%s', ", got.Rows(), got.Inputs, got.Columns, got.Target)
		if got.Labels != nil {
			text += fmt.Sprintf("classes %v", got.ClassNames)
		} else {
			text += "regression"
		}
		if text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

func TestParseCSVErrors(t *testing.T) {
	for want, file := range map[string]string{
		"the file is empty":                                "\n\n",
		"not UTF-8":                                        "a,\xff\n",
		"1 column, at least 2":                             lines(10, "%d%d"),
		"257 columns, at most 256":                         strings.Repeat("1,", 256) + "1\n",
		"9 rows, at least 10":                              lines(9, "%d,%d"),
		"more than 5000 rows":                              lines(5002, "%d,%d"),
		"line 12, column 1: 'abc' is not a number":         lines(11, "%d,%d") + "abc,1\n",
		"line 7 has 3 columns, expected 2":                 lines(6, "%d,%d") + "1,2,3\n" + lines(9, "%d,%d"),
		"line 11, column 1: the cell is empty":             lines(10, "%d,%d") + ",1\n",
		"line 3, column 1: '1e999' is not a finite number": lines(2, "%d,%d") + "1e999,1\n" + lines(9, "%d,%d"),
		"line 3, column 2: 'NaN' is not a finite number":   lines(2, "%d,%d") + "1,NaN\n" + lines(9, "%d,%d"),
		"only one class":                                   lines(10, "%[1]d,7"),
		"12 classes, at most 10":                           "a,b\n" + lines(12, "%[2]d,k%[1]d"),
		"line 11: extraneous":                              lines(10, "%d,%d") + "1,\"x\n",
		"bytes, at most 5242880":                           strings.Repeat("1,2\n", 1400000),
	} {
		if _, err := ParseCSV([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestMappings(t *testing.T) {
	file := []byte("id;height;colour;x\n" + lines(12, "n%[1]d;%[1]d.5;c%[2]d;%[2]d"))
	for _, c := range []struct{ target, inputs, want string }{
		{"colour", "height,x", "inputs [height x] target colour, classes [c0 c1], first row [0.5 0]"},
		{"3", "4,2", "inputs [x height] target colour, classes [c0 c1], first row [0 0.5]"},
		{"height", "4", "inputs [x] target height, regression, first row [0]"},
		{"x", "2", "inputs [height] target x, classes [0 1], first row [0.5]"},
		{" x ", " height ", "inputs [height] target x, classes [0 1], first row [0.5]"},
		{"", "2", "inputs [height] target x, classes [0 1], first row [0.5]"},
		{"", "", "line 2, column 1: 'n0' is not a number (and 23 more)"},
		{"colour", "id", "line 2, column 1: 'n0' is not a number (and 11 more)"},
		{"weight", "", "target: no column is named 'weight'"},
		{"5", "", "target: '5' is no column; they are numbered 1 to 4"},
		{"1-2", "", "target: '1-2' names 2 columns, the target is one"},
		{"x", "2,x", "inputs: 'x' is the target"},
		{"x", "2,height", "inputs: column 2 is named twice"},
		{"x", "1-9", "inputs: '1-9' is no column; they are numbered 1 to 4"},
		{"x", "2,", "inputs: no column is named ''"},
	} {
		tab, err := ParseTable(file, Mapping{c.target, c.inputs})
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprintf("inputs %v target %s, ", tab.Columns, tab.Target)
			if tab.Labels != nil {
				got += fmt.Sprintf("classes %v, ", tab.ClassNames)
			} else {
				got += "regression, "
			}
			got += fmt.Sprintf("first row %v", tab.X[:tab.Inputs])
		}
		if got != c.want {
			t.Errorf("target %q, inputs %q: %s, want %s", c.target, c.inputs, got, c.want)
		}
	}
	plain := []byte(lines(12, "%d,%d,7"))
	if tab, err := ParseTable(plain, Mapping{"2", "1,3"}); err != nil || tab.Inputs != 2 || tab.Columns != nil {
		t.Errorf("by number without a header: %+v, %v", tab, err)
	}
	if tab, err := ParseTable([]byte(lines(20, "%[2]d,%[1]d.5,%[1]d")), Mapping{"1", "2-3"}); err != nil || tab.Inputs != 2 || tab.X[3] != 1 {
		t.Errorf("a range of columns: %+v, %v", tab, err)
	}
	if _, err := ParseTable(plain, Mapping{"y", ""}); err == nil || err.Error() != "target: 'y' is no number of a column, and the file has no header" {
		t.Errorf("a name without a header: %v", err)
	}
	if _, err := ParseTable([]byte("a,a,y\n"+lines(12, "%d,%d,1")), Mapping{"a", ""}); err == nil || err.Error() != "target: 2 columns are named 'a'; give the number of one, from 1" {
		t.Errorf("a name of two columns: %v", err)
	}
}

func TestFaultsAreListed(t *testing.T) {
	file := "a,b,y\n" + lines(3, "%d,1,%d") + "x,,1\n1,2\n" + lines(30, "%d,NaN,%d")
	_, err := ParseCSV([]byte(file))
	f, ok := err.(*Faults)
	if !ok {
		t.Fatalf("%v is no list of faults", err)
	}
	want := []Fault{
		{5, 1, "line 5, column 1: 'x' is not a number"}, {5, 2, "line 5, column 2: the cell is empty"}, {6, 0, "line 6 has 2 columns, expected 3"},
		{7, 2, "line 7, column 2: 'NaN' is not a finite number"},
	}
	if fmt.Sprint(f.List[:4]) != fmt.Sprint(want) || len(f.List) != MaxFaults || f.More != 13 {
		t.Errorf("%d faults and %d more, first %v; want 20 and 13, first %v", len(f.List), f.More, f.List[:4], want)
	}
	// One slip among the numbers of a regression is a slip, not a class; few words among few numbers are classes.
	_, err = ParseCSV([]byte("a,y\n" + lines(20, "%[2]d,%[1]d.5") + "1,abc\n"))
	if err == nil || err.Error() != "line 22, column 2: 'abc' is not a number" {
		t.Errorf("a word in a regression: %v", err)
	}
	if tab, err := ParseCSV([]byte("a,y\n" + lines(20, "%d,%d") + "1,abc\n")); err != nil || fmt.Sprint(tab.ClassNames) != "[0 1 abc]" {
		t.Errorf("a word among two numbers: %v", err)
	}
	long := strings.Repeat("w", 100)
	if _, err := ParseCSV([]byte(long + ",y\n" + long + lines(20, ",%[2]d"))); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long cell is quoted in full: %v", err)
	}
}

// FuzzParseCSV: whatever the bytes, the answer is an error or a table that is whole and finite.
func FuzzParseCSV(f *testing.F) {
	f.Add([]byte(lines(12, "%d,%d")), "", "")
	f.Add([]byte("x;class\n"+lines(12, "%d;k%d")), "class", "x")
	f.Add([]byte("\"a\nb\"\ty\n"+lines(12, "%d\t%d.5")), "2", "1-1")
	f.Add([]byte("1,NaN\n-,\"\n"), "y", "1,2")
	f.Fuzz(func(t *testing.T, file []byte, target, inputs string) {
		if s, err := ReadSheet(file); err == nil && len(s.Columns()) != s.Width() {
			t.Fatalf("%d columns of %d", len(s.Columns()), s.Width())
		}
		table, err := ParseTable(file, Mapping{target, inputs})
		if faults, ok := err.(*Faults); ok && (len(faults.List) == 0 || len(faults.List) > MaxFaults) {
			t.Fatalf("%d faults", len(faults.List))
		}
		if err != nil {
			return
		}
		n := table.Rows()
		if n < MinRows || n > MaxRows || len(table.X) != n*table.Inputs || len(table.Labels)+len(table.Y) != n {
			t.Fatalf("%d rows, %d values, %d labels, %d targets", n, len(table.X), len(table.Labels), len(table.Y))
		}
		for _, v := range append(append([]float64{}, table.X...), table.Y...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v in a table", v)
			}
		}
		for _, l := range table.Labels {
			if l < 0 || l >= len(table.ClassNames) {
				t.Fatalf("label %d of %d", l, len(table.ClassNames))
			}
		}
	})
}
