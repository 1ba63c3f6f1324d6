// Package data makes the rows that nets are trained on: shipped tables, uploaded ones, and seeded
// generators. Every draw has its place in a counter-based stream, so the same options give the same rows
// in any language. The problems and their formulas are those of the network lab.
package data

import (
	"fmt"
	"math"
	"strings"

	"thalweg/landscape/nets"
	"thalweg/landscape/rng"
)

// Options choose a set of rows.
type Options struct {
	Problem       string // one of Problems
	Samples       int    // rows before the split; more than a table has means all of it
	Seed          uint64
	Noise         float64   // standard deviation added to points or targets
	Classes       int       // of spirals (0 means 2) and blobs (0 means 3)
	Turns         float64   // of a spiral's arm
	Identity      bool      // the teacher is linear: for nets without activation
	TeacherValues []float64 // strengths of the linear teacher's four modes; nil means 4, 2, 1, 0.5
	TestFraction  float64   // share of rows held out
	Standardize   bool      // inputs to mean 0 and deviation 1 over the train rows
	LabelNoise    float64   // share of train rows that get a random class
	Table         *Table    // for problem data
}

// A Set is train and test rows. Rows follow one another in X, Y, TestX and TestY.
type Set struct {
	Problem            string
	Inputs, Outputs    int
	X, Y, TestX, TestY []float64 // classes are one-hot in Y
	Labels, TestLabels []int     // nil in a regression
	Classes            int       // 0 in a regression
	ClassNames         []string
	Mean, Deviation    []float64 // of each input before standardizing; nil when it was not done
	Note               string    // what the reader must know, such as that fewer rows exist
}

// Rows is the number of train rows.
func (s *Set) Rows() int { return len(s.X) / s.Inputs }

// TestRows is the number of test rows.
func (s *Set) TestRows() int { return len(s.TestX) / s.Inputs }

// Problems are the names that Make knows.
var Problems = []string{"digits", "iris", "two-moons", "circles", "spirals", "xor", "blobs", "sine", "teacher", "one-point", "data"}

// rows is a set before the split: inputs, and classes or real targets.
type rows struct {
	n, inputs, outputs int
	x, y               []float64
	labels             []int
	names              []string
	note               string
}

// Make makes the rows of a problem.
func Make(o Options) (*Set, error) {
	if o.Samples < 1 {
		return nil, fmt.Errorf("samples: %d, at least 1", o.Samples)
	}
	key := rng.NewKey(o.Seed, 0, 0, 0, rng.Data)
	var all *rows
	var err error
	switch o.Problem {
	case "digits":
		all = pick(o, key, Digits())
	case "iris":
		all = pick(o, key, Iris())
	case "data":
		if o.Table == nil {
			return nil, fmt.Errorf("problem: data needs an uploaded table")
		}
		all = pick(o, key, o.Table)
	case "teacher":
		all, err = teacher(o, key)
	case "one-point":
		all = &rows{n: 1, inputs: 1, outputs: 1, x: []float64{1}, y: []float64{1}}
		if o.Samples > 1 {
			all.note = "one-point has 1 row; it is used"
		}
	case "two-moons", "circles", "spirals", "xor", "blobs", "sine":
		all, err = plane(o, key)
	default:
		return nil, fmt.Errorf("problem: '%s' is none of %s", o.Problem, strings.Join(Problems, ", "))
	}
	if err != nil {
		return nil, err
	}
	if o.TestFraction < 0 || all.tested(o) >= all.n {
		return nil, fmt.Errorf("test-fraction: %v of %d rows leaves none to train on", o.TestFraction, all.n)
	}
	set := all.split(o, key)
	set.Problem = o.Problem
	if o.Standardize && o.Problem != "teacher" && o.Problem != "one-point" {
		set.standardize()
	}
	return set, nil
}

// pick takes shuffled rows of a table.
func pick(o Options, key rng.Key, t *Table) *rows {
	n := min(o.Samples, t.Rows())
	r := &rows{n: n, inputs: t.Inputs, outputs: max(1, len(t.ClassNames)), names: t.ClassNames}
	if o.Samples > n {
		r.note = fmt.Sprintf("%s has %d rows; all are used", o.Problem, n)
	}
	for _, i := range nets.Order(key, 0, t.Rows())[:n] {
		r.x = append(r.x, t.X[i*t.Inputs:][:t.Inputs]...)
		if t.Labels != nil {
			r.labels = append(r.labels, t.Labels[i])
		} else {
			r.y = append(r.y, t.Y[i])
		}
	}
	return r
}

// tested is the number of rows held out.
func (r *rows) tested(o Options) int { return int(math.Floor(float64(r.n)*o.TestFraction + 0.5)) }

// split flips labels of the train rows, then deals the rows into train and test in one shuffled order.
func (r *rows) split(o Options, key rng.Key) *Set {
	s := &Set{Inputs: r.inputs, Outputs: r.outputs, ClassNames: r.names, Note: r.note}
	if r.labels != nil {
		s.Classes = r.outputs
	}
	flips, classes := make([]float64, r.n), make([]float64, r.n)
	key.FillUniform(flips, 7, 0)
	key.FillUniform(classes, 8, 0)
	order := nets.Order(rng.NewKey(o.Seed, 0, 0, 0, rng.Partition), 0, r.n)
	train := r.n - r.tested(o)
	for place, i := range order {
		x, y, labels := &s.X, &s.Y, &s.Labels
		if place >= train {
			x, y, labels = &s.TestX, &s.TestY, &s.TestLabels
		}
		*x = append(*x, r.x[i*r.inputs:][:r.inputs]...)
		if r.labels == nil {
			*y = append(*y, r.y[i*r.outputs:][:r.outputs]...)
			continue
		}
		label := r.labels[i]
		if place < train && flips[i] < o.LabelNoise {
			label = int(float64(s.Classes) * classes[i])
		}
		*labels = append(*labels, label)
		*y = append(*y, oneHot(label, s.Classes)...)
	}
	return s
}

func oneHot(class, classes int) []float64 {
	y := make([]float64, classes)
	y[class] = 1
	return y
}

// Constant is the deviation up to which an input is only centred.
const Constant = 1e-8

// standardize moves every input to mean 0 and deviation 1 over the train rows; an input that hardly
// varies is only centred.
func (s *Set) standardize() {
	s.Mean, s.Deviation = make([]float64, s.Inputs), make([]float64, s.Inputs)
	n := float64(s.Rows())
	for j := range s.Inputs {
		mean, square := 0.0, 0.0
		for i := j; i < len(s.X); i += s.Inputs {
			mean += s.X[i]
		}
		mean /= n
		for i := j; i < len(s.X); i += s.Inputs {
			d := s.X[i] - mean
			square += d * d
		}
		deviation := math.Sqrt(square / n)
		s.Mean[j], s.Deviation[j] = mean, deviation
		by := 1.0
		if deviation > Constant {
			by = deviation
		}
		for _, x := range [][]float64{s.X, s.TestX} {
			for i := j; i < len(x); i += s.Inputs {
				x[i] = (x[i] - mean) / by
			}
		}
	}
}

// DefaultLoss is the loss a problem is usually trained with: cross-entropy with classes, else mse.
func (s *Set) DefaultLoss() nets.Loss {
	if s.Classes > 0 {
		return nets.CrossEntropy
	}
	return nets.MSE
}
