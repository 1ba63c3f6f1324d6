package data

import (
	"bytes"
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
)

var targetNames = []string{"label", "class", "target", "y"}

// ParseCSV reads a table: UTF-8 text with columns split by comma, semicolon or tab, whichever its first
// line has most of. The first line is a header unless all its cells are numbers. The target is the column
// named label, class, target or y, else the last; text or at most ten different whole numbers are classes,
// numbered in the order in which they appear, anything else is a regression.
func ParseCSV(file []byte) (*Table, error) {
	if len(file) > MaxBytes {
		return nil, fmt.Errorf("the file has %d bytes, at most %d", len(file), MaxBytes)
	}
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if !utf8.Valid(file) {
		return nil, errors.New("the file is not UTF-8 text")
	}
	cells, lines, err := readCells(file)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	target := len(cells[0]) - 1
	if !slices.ContainsFunc(cells[0], func(c string) bool { _, err := number(c); return errors.Is(err, errNotNumber) }) {
		cells, lines = slices.Insert(cells, 0, nil), slices.Insert(lines, 0, 0)
	} else {
		if i := slices.IndexFunc(cells[0], func(c string) bool { return slices.Contains(targetNames, strings.ToLower(c)) }); i >= 0 {
			target = i
		}
		t.Columns = slices.Delete(slices.Clone(cells[0]), target, target+1)
		t.Target = cells[0][target]
	}
	cells, lines = cells[1:], lines[1:]
	if n := len(cells); n < MinRows {
		return nil, fmt.Errorf("%d rows, at least %d", n, MinRows)
	}
	var targets []string
	for i, row := range cells {
		for j, c := range row {
			if c == "" {
				return nil, fmt.Errorf("line %d, column %d: the cell is empty", lines[i], j+1)
			}
			if j == target {
				targets = append(targets, c)
				continue
			}
			v, err := number(c)
			if err != nil {
				return nil, fmt.Errorf("line %d, column %d: %w", lines[i], j+1, err)
			}
			t.X = append(t.X, v)
		}
	}
	t.Inputs = len(t.X) / len(cells)
	if err := t.setTargets(targets, lines, target); err != nil {
		return nil, err
	}
	return t, nil
}

// readCells splits the file into trimmed cells, with the line each row begins on.
func readCells(file []byte) (cells [][]string, lines []int, err error) {
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma = separator(file)
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = r.Comma != '\t'
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var at *csv.ParseError
			if errors.As(err, &at) {
				return nil, nil, fmt.Errorf("line %d: %w", at.Line, at.Err)
			}
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		switch {
		case len(cells) == 0 && len(row) < MinColumns:
			return nil, nil, fmt.Errorf("%d column, at least %d", len(row), MinColumns)
		case len(cells) == 0 && len(row) > MaxColumns:
			return nil, nil, fmt.Errorf("%d columns, at most %d", len(row), MaxColumns)
		case len(cells) > 0 && len(row) != len(cells[0]):
			return nil, nil, fmt.Errorf("line %d has %d columns, expected %d", line, len(row), len(cells[0]))
		case len(cells) > MaxRows:
			return nil, nil, fmt.Errorf("more than %d rows", MaxRows)
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		cells, lines = append(cells, row), append(lines, line)
	}
	if len(cells) == 0 {
		return nil, nil, errors.New("the file is empty")
	}
	return cells, lines, nil
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

func number(cell string) (float64, error) {
	v, err := strconv.ParseFloat(cell, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		return 0, fmt.Errorf("'%s' is not a finite number", cell)
	}
	if err != nil {
		return 0, fmt.Errorf("'%s' %w", cell, errNotNumber)
	}
	return v, nil
}

// setTargets decides between classes and regression and fills the one or the other.
func (t *Table) setTargets(cells []string, lines []int, column int) error {
	seen := map[string]int{}
	var names []string
	labels, values := make([]int, len(cells)), make([]float64, len(cells))
	text, whole := false, true
	var notFinite error
	for i, c := range cells {
		v, err := number(c)
		switch {
		case errors.Is(err, errNotNumber):
			text = true
		case err != nil && notFinite == nil:
			notFinite = fmt.Errorf("line %d, column %d: %w", lines[i], column+1, err)
		case err == nil:
			whole = whole && v == math.Trunc(v)
			if v == math.Trunc(v) && math.Abs(v) < 1e15 {
				c = strconv.FormatFloat(v, 'f', -1, 64) // 1, 1.0 and 1e0 are one class
			}
		}
		values[i] = v
		if _, ok := seen[c]; !ok {
			seen[c] = len(names)
			names = append(names, c)
		}
		labels[i] = seen[c]
	}
	switch {
	case !text && notFinite != nil:
		return notFinite
	case !text && (!whole || len(names) > MaxClasses):
		t.Y = values
	case len(names) > MaxClasses:
		return fmt.Errorf("%d classes, at most %d", len(names), MaxClasses)
	case len(names) == 1:
		return errors.New("only one class")
	default:
		t.Labels, t.ClassNames = labels, names
	}
	return nil
}
