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

// FuzzParseCSV: whatever the bytes, the answer is an error or a table that is whole and finite.
func FuzzParseCSV(f *testing.F) {
	f.Add([]byte(lines(12, "%d,%d")))
	f.Add([]byte("x;class\n" + lines(12, "%d;k%d")))
	f.Add([]byte("\"a\nb\"\ty\n" + lines(12, "%d\t%d.5")))
	f.Add([]byte("1,NaN\n-,\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		table, err := ParseCSV(file)
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
