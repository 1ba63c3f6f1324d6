// Package files reads what others made: tables, checkpoints of nets, surfaces and paths, and writes checkpoints that
// others read. What comes in is hostile until it is proven whole: no size that a header claims is believed before the
// bytes are there, nothing is unpacked beyond a bound, and what is wrong is said with its place.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"thalweg/sim/data"
	"thalweg/sim/param"
)

// The kinds of files, as a control's Accept names them.
const (
	KindTable      = "table"
	KindCheckpoint = "checkpoint"
	KindSurface    = "surface"
	KindPaths      = "paths"
	// KindSnapshot is an export that holds nothing but the run it came from.
	KindSnapshot = "snapshot"
)

// MaxBytes is the largest file of any kind; a table has at most data.MaxBytes.
const MaxBytes = 64 << 20

// An Unknown error says that bytes are no file that is read here.
type Unknown struct{ Text string }

func (e *Unknown) Error() string { return e.Text }

// A TooLarge error says that a file has more bytes than its kind may have.
type TooLarge struct{ Text string }

func (e *TooLarge) Error() string { return e.Text }

// A Report is what a file holds, for those who choose what to do with it.
type Report struct {
	File *param.File
	// Summary is a TableSummary, CheckpointSummary, SurfaceSummary or PathsSummary.
	Summary any
	// Problems are the faults of a table that can be seen but not used as it is; More are not listed.
	Problems []data.Fault
	More     int
	// Weight estimates the bytes of memory that the file takes with what was read from it.
	Weight int
}

// Read finds out what bytes are, by what they hold and never by a name, and reads them. Bytes that are no file of a
// known kind give *Unknown, larger ones than their kind may be *TooLarge; other errors say what is damaged.
func Read(b []byte) (*Report, error) {
	if len(b) > MaxBytes {
		return nil, &TooLarge{fmt.Sprintf("the file has %s bytes, at most %s", spaced(len(b)), spaced(MaxBytes))}
	}
	switch {
	case len(b) == 0:
		return nil, errors.New("the file is empty")
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return readArrays(b)
	case looksLikeSafetensors(b):
		return readCheckpoint(b)
	case bytes.HasPrefix(b, []byte(npyMagic)):
		return nil, &Unknown{"this is a single array; np.savez(file, theta=array) puts it under a name"}
	case bytes.HasPrefix(b, []byte("\x89HDF")):
		return nil, &Unknown{"HDF5 is not read; write the arrays with np.savez, or the weights as safetensors"}
	case b[0] == 0x80 && len(b) > 2 && b[1] <= 5:
		return nil, &Unknown{"a pickle is a program and is never run; write weights as safetensors, arrays with np.savez"}
	case !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0:
		return nil, &Unknown{"this is neither CSV text nor NPZ nor safetensors"}
	}
	return readSheet(b)
}

// A TableSummary describes a table and what its columns would be without a mapping.
type TableSummary struct {
	Rows      int           `json:"rows"`
	Separator string        `json:"separator"`
	Header    bool          `json:"header"`
	Columns   []data.Column `json:"columns"`
	// Target is the chosen column, from 1.
	Target int `json:"target"`
	// Classes are the names of the target's classes, null in a regression and where problems hide them.
	Classes []string `json:"classes"`
}

func readSheet(b []byte) (*Report, error) {
	if len(b) > data.MaxBytes {
		return nil, &TooLarge{fmt.Sprintf("the table has %s bytes, at most %s", spaced(len(b)), spaced(data.MaxBytes))}
	}
	s, err := data.ReadSheet(b)
	if err != nil {
		return nil, err
	}
	r := &Report{File: param.NewFile(KindTable, b), Weight: len(b) + param.MaxReadings*8*s.Rows()*s.Width()}
	sum := TableSummary{Rows: s.Rows(), Separator: string(s.Separator), Header: s.Header != nil, Columns: s.Columns()}
	target, err := s.Target(data.Mapping{})
	if err != nil {
		return nil, err // the default names no column
	}
	sum.Target = target + 1
	t, err := TableOf(r.File, "", "")
	if err == nil {
		sum.Classes = t.ClassNames
	}
	var faults *data.Faults
	if errors.As(err, &faults) {
		r.Problems, r.More = faults.List, faults.More
	}
	r.Summary = sum
	return r, nil
}

// TableOf reads a table with the target and inputs that the texts name, as data.Mapping takes them. The file remembers it.
func TableOf(f *param.File, target, inputs string) (*data.Table, error) {
	return param.Reading(f, "table\x00"+target+"\x00"+inputs, func(b []byte) (*data.Table, error) {
		return data.ParseTable(b, data.Mapping{Target: target, Inputs: inputs})
	})
}

// spaced writes a number with its thousands apart: 5 000 000.
func spaced[T int | int64 | uint64](n T) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
