package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed digits.csv.gz
var digitsFile []byte

//go:embed iris.csv
var irisFile []byte

// A Table is rows of numbers with a target: a class or a real value per row. It must not be changed.
type Table struct {
	Inputs     int
	Columns    []string  // names of the inputs, nil when the file has no header
	X          []float64 // one row of inputs after another
	Labels     []int     // class of each row, nil in a regression
	ClassNames []string
	Y          []float64 // target of each row, nil with classes
	Target     string    // name of the target column, empty without header
}

// Rows is the number of rows.
func (t *Table) Rows() int { return len(t.X) / t.Inputs }

// Digits are 1797 handwritten digits of 8x8 pixels, scaled to 0..1.
var Digits = sync.OnceValue(func() *Table {
	r, err := gzip.NewReader(bytes.NewReader(digitsFile))
	if err != nil {
		panic(fmt.Sprintf("data: the shipped digits do not unpack: %v", err))
	}
	t := readShipped(r, 64, 1.0/16)
	for c := range 10 {
		t.ClassNames = append(t.ClassNames, strconv.Itoa(c))
	}
	return t
})

// Iris are Fisher's 150 flowers, four lengths in cm each.
var Iris = sync.OnceValue(func() *Table {
	header, rows, _ := bytes.Cut(irisFile, []byte("\n"))
	t := readShipped(bytes.NewReader(rows), 4, 1)
	t.ClassNames = strings.Split(strings.TrimSpace(string(header)), ",")[2:]
	t.Columns = []string{"sepal length", "sepal width", "petal length", "petal width"}
	return t
})

// readShipped reads lines of inputs and a class. Shipped files are part of the program: a fault panics.
func readShipped(r io.Reader, inputs int, scale float64) *Table {
	t := &Table{Inputs: inputs}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		cells := strings.Split(strings.TrimSpace(lines.Text()), ",")
		if len(cells) != inputs+1 {
			panic(fmt.Sprintf("data: a shipped row has %d columns, expected %d", len(cells), inputs+1))
		}
		for _, c := range cells[:inputs] {
			v, err := strconv.ParseFloat(c, 64)
			if err != nil {
				panic(fmt.Sprintf("data: shipped %v", err))
			}
			t.X = append(t.X, v*scale)
		}
		label, err := strconv.Atoi(cells[inputs])
		if err != nil {
			panic(fmt.Sprintf("data: shipped %v", err))
		}
		t.Labels = append(t.Labels, label)
	}
	return t
}
