package files

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

const npyMagic = "\x93NUMPY"

// The bounds of the header of an array.
const (
	maxNPYHeader = 64 << 10
	maxAxes      = 8
)

var errNPY = errors.New("not a .npy array of version 1 or 2")

var npyHead = regexp.MustCompile(`^\{'descr': *'([<|>=]?[A-Za-z][0-9]+)', *'fortran_order': *(True|False), *'shape': *\(([0-9, ]*)\),? *\} *\n?$`)

// An Array is a .npy file whose header was read: numbers in C order, still as they stand in the file.
type Array struct {
	Shape []int
	descr string
	data  []byte
}

// npySizes are the bytes of the numbers that are read.
var npySizes = map[string]int{"<f8": 8, "<f4": 4, "<i8": 8, "<i4": 4, "|u1": 1}

// ReadNPY reads the header of an array and holds it against the bytes behind it: float64, float32, and the whole
// numbers int64, int32 and uint8; little-endian, C order, no pickled objects.
func ReadNPY(b []byte) (*Array, error) {
	head, body, err := splitNPY(b)
	if err != nil {
		return nil, err
	}
	m := npyHead.FindSubmatch(head)
	if m == nil {
		if strings.Contains(string(head), "'|O'") {
			return nil, errors.New("the array holds pickled objects, which are never read")
		}
		return nil, errors.New("the header is not that of a plain array")
	}
	a := &Array{descr: string(m[1]), data: body}
	if string(m[2]) == "True" {
		return nil, errors.New("the array is in Fortran order; C order is read (np.ascontiguousarray)")
	}
	size, ok := npySizes[a.descr]
	switch {
	case a.descr == "|O":
		return nil, errors.New("the array holds pickled objects, which are never read")
	case a.descr[0] == '>':
		return nil, fmt.Errorf("numbers of type %.8s are big-endian; little-endian is read", a.descr)
	case !ok:
		return nil, fmt.Errorf("numbers of type %.8s are not read; float64 and float32 are", a.descr)
	}
	want := size
	for part := range strings.SplitSeq(string(m[3]), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil || n > MaxBytes || n > 0 && want > MaxBytes/n {
			return nil, fmt.Errorf("the shape (%.40s) is that of more than %s bytes", m[3], spaced(MaxBytes))
		}
		if a.Shape = append(a.Shape, n); len(a.Shape) > maxAxes {
			return nil, fmt.Errorf("the array has more than %d axes", maxAxes)
		}
		want *= n
	}
	if want != len(body) {
		return nil, fmt.Errorf("an array %s of type %s takes %s bytes, there are %s", times(a.Shape), a.descr, spaced(want), spaced(len(body)))
	}
	return a, nil
}

// splitNPY parts the header from the numbers.
func splitNPY(b []byte) (head, body []byte, err error) {
	if len(b) < 12 || string(b[:6]) != npyMagic || b[6] < 1 || b[6] > 2 {
		return nil, nil, errNPY
	}
	n, from := uint64(binary.LittleEndian.Uint16(b[8:])), 10
	if b[6] == 2 {
		n, from = uint64(binary.LittleEndian.Uint32(b[8:])), 12
	}
	if n > maxNPYHeader || n > uint64(len(b)-from) {
		return nil, nil, fmt.Errorf("the header says %s bytes, the file has %s", spaced(n), spaced(len(b)-from))
	}
	return b[from : from+int(n)], b[from+int(n):], nil
}

// Whole reports whether the array holds whole numbers.
func (a *Array) Whole() bool { return a.descr[1] != 'f' }

// Len is the number of numbers.
func (a *Array) Len() int { return len(a.data) / npySizes[a.descr] }

// Floats reads the numbers.
func (a *Array) Floats() []float64 {
	out := make([]float64, a.Len())
	for i := range out {
		switch a.descr {
		case "<f8":
			out[i] = math.Float64frombits(binary.LittleEndian.Uint64(a.data[8*i:]))
		case "<f4":
			out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:])))
		case "<i8":
			out[i] = float64(int64(binary.LittleEndian.Uint64(a.data[8*i:])))
		case "<i4":
			out[i] = float64(int32(binary.LittleEndian.Uint32(a.data[4*i:])))
		case "|u1":
			out[i] = float64(a.data[i])
		}
	}
	return out
}
