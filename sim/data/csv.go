package data

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of an uploaded table.
const (
	MaxBytes   = 5 << 20
	MinRows    = 10
	MaxRows    = 5000
	MinColumns = 2
	MaxColumns = 256
	MaxClasses = 10
	// MaxFaults is how many faults of a table are told; the others are counted.
	MaxFaults = 20
)

// targetNames are the names of a target, the surest first: beside a class, y is an input.
var targetNames = []string{"label", "class", "target", "y"}

// A Fault is one thing that is wrong with a table. Line and Column count from 1; Column 0 is the whole line, Line 0 the
// whole file.
type Fault struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// Faults are what is wrong with a table, in the order of its lines: the first MaxFaults, and how many more there are.
type Faults struct {
	List []Fault
	More int
}

// Error is the first fault, and how many follow.
func (f *Faults) Error() string {
	if n := len(f.List) - 1 + f.More; n > 0 {
		return fmt.Sprintf("%s (and %d more)", f.List[0].Text, n)
	}
	return f.List[0].Text
}

func (f *Faults) add(line, column int, format string, args ...any) {
	f.List = append(f.List, Fault{line, column, fmt.Sprintf(format, args...)})
}

// cell adds a fault of one cell.
func (f *Faults) cell(line, column int, what any) {
	f.add(line, column, "line %d, column %d: %v", line, column, what)
}

// whole is a fault of the file itself.
func whole(format string, args ...any) *Faults {
	f := &Faults{}
	f.add(0, 0, format, args...)
	return f
}

// bounded sorts faults by their place and keeps the first of them; nil when there are none.
func (f *Faults) bounded() error {
	if len(f.List) == 0 {
		return nil
	}
	slices.SortStableFunc(f.List, func(a, b Fault) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	if n := len(f.List) - MaxFaults; n > 0 {
		f.List, f.More = f.List[:MaxFaults], f.More+n
	}
	return f
}

// A Sheet is a CSV file taken apart into cells, before it is decided which columns are inputs and which is the target.
type Sheet struct {
	// Separator is a comma, a semicolon or a tab.
	Separator rune
	// Header holds the names of the columns, nil when the file has none.
	Header []string
	// cells are the rows that are as long as the first line; lines says where each begins.
	cells  [][]string
	lines  []int
	width  int
	ragged Faults
}

// ReadSheet takes a CSV file apart: UTF-8 text with columns split by comma, semicolon or tab, whichever its first line
// has most of. The first line is a header unless all its cells are numbers. The error is one of the file as a whole;
// faults of lines and cells are told by Table.
func ReadSheet(file []byte) (*Sheet, error) {
	if len(file) > MaxBytes {
		return nil, whole("the file has %d bytes, at most %d", len(file), MaxBytes)
	}
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if !utf8.Valid(file) {
		return nil, whole("the file is not UTF-8 text")
	}
	s := &Sheet{Separator: separator(file)}
	if err := s.readCells(file); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(s.cells[0], func(c string) bool { _, err := number(c); return errors.Is(err, errNotNumber) }) {
		s.Header, s.cells, s.lines = s.cells[0], s.cells[1:], s.lines[1:]
	}
	if n := len(s.cells); n > MaxRows {
		return nil, whole("%d rows, at most %d", n, MaxRows)
	}
	return s, nil
}

// readCells splits the file into trimmed cells, with the line each row begins on.
func (s *Sheet) readCells(file []byte) error {
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma = s.Separator
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = r.Comma != '\t'
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var at *csv.ParseError
			if !errors.As(err, &at) || len(s.cells) == 0 {
				return whole("%v", err)
			}
			// What follows a quote that is never closed cannot be told apart.
			s.ragged.add(at.Line, 0, "line %d: %v", at.Line, at.Err)
			break
		}
		line, _ := r.FieldPos(0)
		switch {
		case len(s.cells) == 0 && len(row) < MinColumns:
			return whole("%d column, at least %d", len(row), MinColumns)
		case len(s.cells) == 0 && len(row) > MaxColumns:
			return whole("%d columns, at most %d", len(row), MaxColumns)
		case len(s.cells) > MaxRows:
			return whole("more than %d rows", MaxRows)
		case len(s.cells) == 0:
			s.width = len(row)
		case len(row) != s.width:
			if len(s.ragged.List) < MaxFaults {
				s.ragged.add(line, 0, "line %d has %d columns, expected %d", line, len(row), s.width)
			} else {
				s.ragged.More++
			}
			continue
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		s.cells, s.lines = append(s.cells, row), append(s.lines, line)
	}
	if len(s.cells) == 0 {
		return whole("the file is empty")
	}
	return nil
}

// separator is the one of comma, semicolon and tab that the first line has most of.
func separator(file []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(file, "\r\n"), []byte("\n"))
	best, most := ',', bytes.Count(first, []byte(","))
	for _, c := range ";\t" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

var errNotNumber = errors.New("is not a number")

// maxQuoted is how much of a cell a fault quotes, in letters.
const maxQuoted = 40

func quoted(cell string) string {
	if r := []rune(cell); len(r) > maxQuoted {
		return string(r[:maxQuoted]) + "…"
	}
	return cell
}

func number(cell string) (float64, error) {
	v, err := strconv.ParseFloat(cell, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		return 0, fmt.Errorf("'%s' is not a finite number", quoted(cell))
	}
	if err != nil {
		return 0, fmt.Errorf("'%s' %w", quoted(cell), errNotNumber)
	}
	return v, nil
}

// Rows and Width are the numbers of rows, header and rows of a wrong length left out, and of columns.
func (s *Sheet) Rows() int  { return len(s.cells) }
func (s *Sheet) Width() int { return s.width }

// A Column says what stands in a column of a sheet.
type Column struct {
	Name string `json:"name"` // empty without a header
	// Kind is what the column would be as a target: class for text and for few whole numbers, else number.
	Kind     string `json:"kind"`
	Distinct int    `json:"distinct"`
	// NotNumbers counts the cells that are no finite numbers; a column of inputs has none.
	NotNumbers int      `json:"not_numbers"`
	First      []string `json:"first"`
}

// firstCells is how many cells of a column are shown.
const firstCells = 5

// Columns describes the columns.
func (s *Sheet) Columns() []Column {
	out := make([]Column, s.width)
	for j := range out {
		c := &out[j]
		if s.Header != nil {
			c.Name = s.Header[j]
		}
		seen := map[string]bool{}
		whole := true
		for i, row := range s.cells {
			if i < firstCells {
				c.First = append(c.First, quoted(row[j]))
			}
			v, err := number(row[j])
			if err != nil {
				c.NotNumbers++
			}
			whole = whole && err == nil && v == math.Trunc(v)
			seen[className(row[j], v, err)] = true
		}
		c.Distinct = len(seen)
		if c.Kind = "number"; c.NotNumbers > 0 || whole && c.Distinct <= MaxClasses {
			c.Kind = "class"
		}
	}
	return out
}

// className is what a cell is called as a class: 1, 1.0 and 1e0 are one.
func className(cell string, v float64, err error) string {
	if err == nil && v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return cell
}

// A Mapping says which columns of a sheet are what, by the names of the header or by numbers from 1. Inputs are parted
// by commas and may be ranges such as 1-64. Empty texts choose: the target is the column named label, class, target or
// y, else the last; the inputs are all the others.
type Mapping struct{ Target, Inputs string }

// A MappingError is a mapping that names columns that are not there, or not to be had. Field is target or inputs.
type MappingError struct{ Field, Text string }

func (e *MappingError) Error() string { return e.Field + ": " + e.Text }

// Target finds the column of the target, from 0.
func (s *Sheet) Target(m Mapping) (int, error) {
	if text := strings.TrimSpace(m.Target); text != "" {
		list, err := s.find("target", text)
		if err == nil && len(list) != 1 {
			err = &MappingError{"target", fmt.Sprintf("'%s' names %d columns, the target is one", quoted(text), len(list))}
		}
		if err != nil {
			return 0, err
		}
		return list[0], nil
	}
	for _, name := range targetNames {
		if i := slices.IndexFunc(s.Header, func(c string) bool { return strings.ToLower(c) == name }); i >= 0 {
			return i, nil
		}
	}
	return s.width - 1, nil
}

// find reads one name, number or range.
func (s *Sheet) find(field, text string) ([]int, error) {
	var named []int
	for i, name := range s.Header {
		if name == text {
			named = append(named, i)
		}
	}
	if len(named) == 1 {
		return named, nil
	}
	if len(named) > 1 {
		return nil, &MappingError{field, fmt.Sprintf("%d columns are named '%s'; give the number of one, from 1", len(named), quoted(text))}
	}
	low, high, ranged := strings.Cut(text, "-")
	a, err := strconv.Atoi(strings.TrimSpace(low))
	b := a
	if ranged && err == nil {
		b, err = strconv.Atoi(strings.TrimSpace(high))
	}
	switch {
	case err != nil && s.Header == nil:
		return nil, &MappingError{field, fmt.Sprintf("'%s' is no number of a column, and the file has no header", quoted(text))}
	case err != nil:
		return nil, &MappingError{field, fmt.Sprintf("no column is named '%s'", quoted(text))}
	case a < 1 || b < a || b > s.width:
		return nil, &MappingError{field, fmt.Sprintf("'%s' is no column; they are numbered 1 to %d", quoted(text), s.width)}
	}
	var out []int
	for i := a; i <= b; i++ {
		out = append(out, i-1)
	}
	return out, nil
}

// inputs finds the columns of the inputs, in the order in which they are named.
func (s *Sheet) inputs(m Mapping, target int) ([]int, error) {
	var out []int
	if strings.TrimSpace(m.Inputs) == "" {
		for i := range s.width {
			if i != target {
				out = append(out, i)
			}
		}
		return out, nil
	}
	for part := range strings.SplitSeq(m.Inputs, ",") {
		list, err := s.find("inputs", strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		for _, i := range list {
			if i == target {
				return nil, &MappingError{"inputs", fmt.Sprintf("'%s' is the target", quoted(strings.TrimSpace(part)))}
			}
			if slices.Contains(out, i) {
				return nil, &MappingError{"inputs", fmt.Sprintf("column %d is named twice", i+1)}
			}
			out = append(out, i)
		}
	}
	return out, nil
}

// Table makes a table of a sheet. Text or at most ten different whole numbers are classes, numbered in the order in
// which they appear, anything else is a regression. The error is a *MappingError, or *Faults that list what is wrong
// line by line.
func (s *Sheet) Table(m Mapping) (*Table, error) {
	target, err := s.Target(m)
	if err != nil {
		return nil, err
	}
	inputs, err := s.inputs(m, target)
	if err != nil {
		return nil, err
	}
	t := &Table{Inputs: len(inputs), X: make([]float64, 0, len(inputs)*len(s.cells))}
	if s.Header != nil {
		for _, j := range inputs {
			t.Columns = append(t.Columns, s.Header[j])
		}
		t.Target = s.Header[target]
	}
	faults := Faults{List: slices.Clone(s.ragged.List), More: s.ragged.More}
	for i, row := range s.cells {
		if len(faults.List) > 100*MaxFaults {
			faults.More++ // of lines: enough is known
			continue
		}
		for _, j := range inputs {
			v, err := number(row[j])
			switch {
			case row[j] == "":
				faults.cell(s.lines[i], j+1, "the cell is empty")
			case err != nil:
				faults.cell(s.lines[i], j+1, err)
			}
			t.X = append(t.X, v)
		}
		if row[target] == "" {
			faults.cell(s.lines[i], target+1, "the cell is empty")
		}
	}
	if n := len(s.cells); n < MinRows && len(faults.List) == 0 {
		return nil, whole("%d rows, at least %d", n, MinRows)
	}
	s.setTargets(t, target, &faults)
	if err := faults.bounded(); err != nil {
		return nil, err
	}
	return t, nil
}

// setTargets decides between classes and regression and fills the one or the other.
func (s *Sheet) setTargets(t *Table, column int, faults *Faults) {
	seen := map[string]int{}
	var names []string
	labels, values := make([]int, len(s.cells)), make([]float64, len(s.cells))
	var words, infinite Faults
	whole := true
	for i, row := range s.cells {
		c := row[column]
		if c == "" {
			continue
		}
		v, err := number(c)
		switch {
		case errors.Is(err, errNotNumber):
			words.cell(s.lines[i], column+1, err)
		case err != nil:
			infinite.cell(s.lines[i], column+1, err)
		default:
			whole = whole && v == math.Trunc(v)
		}
		c = className(c, v, err)
		values[i] = v
		if _, ok := seen[c]; !ok {
			seen[c] = len(names)
			names = append(names, c)
		}
		labels[i] = seen[c]
	}
	regression := len(words.List) == 0 && (!whole || len(names) > MaxClasses)
	// A few words among many numbers are slips in a regression, not classes.
	slips := len(words.List) > 0 && len(names) > MaxClasses && 2*len(words.List) < len(s.cells)
	switch {
	case len(words.List) == 0 && len(infinite.List) > 0 || slips:
		faults.List = append(faults.List, append(words.List, infinite.List...)...)
	case regression:
		t.Y = values
	case len(names) > MaxClasses:
		faults.add(0, 0, "%d classes, at most %d", len(names), MaxClasses)
	case len(names) == 1:
		faults.add(0, 0, "only one class")
	default:
		t.Labels, t.ClassNames = labels, names
	}
}

// ParseCSV reads a table with the columns that a header or the order suggests.
func ParseCSV(file []byte) (*Table, error) { return ParseTable(file, Mapping{}) }

// ParseTable reads a table with the columns of a mapping.
func ParseTable(file []byte, m Mapping) (*Table, error) {
	s, err := ReadSheet(file)
	if err != nil {
		return nil, err
	}
	return s.Table(m)
}
