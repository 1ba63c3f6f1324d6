package sim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
)

var errNPY = errors.New("not a .npy array of version 1 or 2")

var npyHead = regexp.MustCompile(`^\{'descr': *'([<|>=]?[a-z][0-9]+)', *'fortran_order': *(True|False), *'shape': *\((\d+), *(\d*),?\),? *\} *\n?$`)

// readNPY reads a one- or two-dimensional array; one dimension counts as a single row.
func readNPY(data []byte) (rows, columns int, v []float64, err error) {
	if len(data) < 12 || string(data[:6]) != "\x93NUMPY" || data[6] < 1 || data[6] > 2 {
		return 0, 0, nil, errNPY
	}
	head, body := int(binary.LittleEndian.Uint16(data[8:])), 10
	if data[6] == 2 {
		head, body = int(binary.LittleEndian.Uint32(data[8:])), 12
	}
	if head < 0 || head > 64<<10 || body+head > len(data) {
		return 0, 0, nil, fmt.Errorf("the header says %d bytes, the file has %d", head, len(data)-body)
	}
	m := npyHead.FindStringSubmatch(string(data[body : body+head]))
	if m == nil {
		return 0, 0, nil, fmt.Errorf("the header is not that of a plain array of one or two dimensions")
	}
	if m[2] == "True" {
		return 0, 0, nil, fmt.Errorf("the array is in Fortran order; C order is read")
	}
	rows, _ = strconv.Atoi(m[3])
	columns = 1
	if m[4] == "" {
		rows, columns = 1, rows
	} else if columns, err = strconv.Atoi(m[4]); err != nil {
		return 0, 0, nil, err
	}
	size := map[string]int{"<f8": 8, "<f4": 4}[m[1]]
	if size == 0 {
		return 0, 0, nil, fmt.Errorf("numbers of type %s are not read; float64 and float32 are", m[1])
	}
	data = data[body+head:]
	if rows < 0 || columns < 1 || rows > len(data) || columns > len(data) || rows*columns*size != len(data) {
		return 0, 0, nil, fmt.Errorf("%d x %d numbers do not make %d bytes", rows, columns, len(data))
	}
	v = make([]float64, rows*columns)
	for i := range v {
		if size == 8 {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		} else {
			v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
		}
	}
	return rows, columns, v, nil
}
