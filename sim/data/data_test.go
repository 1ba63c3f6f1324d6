package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
)

func TestShippedTables(t *testing.T) {
	counts := make([]int, 10)
	for _, l := range Digits().Labels {
		counts[l]++
	}
	if want := []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}; !slices.Equal(counts, want) {
		t.Errorf("digits: label counts %v, want %v", counts, want)
	}
	if x := Digits().X; len(x) != 1797*64 || slices.Min(x) != 0 || slices.Max(x) != 1 {
		t.Errorf("digits: %d values in %v..%v", len(x), slices.Min(x), slices.Max(x))
	}
	i := Iris()
	if got := fmt.Sprint(i.Rows(), i.ClassNames, i.X[34*4:][:4], i.Labels[49], i.Labels[50], i.Labels[149]); got != "150 [setosa versicolor virginica] [4.9 3.1 1.5 0.1] 0 1 2" {
		t.Errorf("iris: %s", got)
	}
}

// TestMoons holds the generator, the split and the standardization against three rows of the lab's
// specification (two-moons, 10 samples, seed 3).
func TestMoons(t *testing.T) {
	s, err := Make(Options{Problem: "two-moons", Samples: 10, Seed: 3, Noise: 0.15, TestFraction: 0.2, Standardize: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Rows() != 8 || s.TestRows() != 2 || s.Inputs != 2 || s.Classes != 2 {
		t.Fatalf("%d train and %d test rows of %d inputs, %d classes", s.Rows(), s.TestRows(), s.Inputs, s.Classes)
	}
	if math.Abs(s.X[0]-0.009536768666714723) > 1e-12 || math.Abs(s.TestX[0]+0.5731633781) > 1e-9 {
		t.Errorf("first values %v and %v", s.X[0], s.TestX[0])
	}
	for i, l := range s.Labels {
		if s.Y[2*i+l] != 1 || s.Y[2*i+1-l] != 0 {
			t.Errorf("row %d of class %d has targets %v", i, l, s.Y[2*i:][:2])
		}
	}
	for j := range 2 {
		sum, square := 0.0, 0.0
		for i := range 8 {
			sum += s.X[2*i+j]
			square += s.X[2*i+j] * s.X[2*i+j]
		}
		if math.Abs(sum) > 1e-12 || math.Abs(square-8) > 1e-12 {
			t.Errorf("input %d: sum %v, sum of squares %v", j, sum, square)
		}
	}
}

func TestEveryProblem(t *testing.T) {
	table, err := ParseCSV([]byte(strings.Repeat("1,2,a\n3,4,b\n", 6)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Problems {
		s, err := Make(Options{Problem: p, Samples: 200, Seed: 1, Turns: 1, TestFraction: 0.25, Table: table})
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		n := s.Rows() + s.TestRows()
		if want := map[string]int{"iris": 150, "one-point": 1, "data": 11}[p]; want > 0 {
			if n != want || !strings.Contains(s.Note, fmt.Sprint(want)) {
				t.Errorf("%s: %d rows, note %q", p, n, s.Note)
			}
		} else if n != 200 || s.Note != "" {
			t.Errorf("%s: %d rows, note %q", p, n, s.Note)
		}
		if len(s.Y) != s.Rows()*s.Outputs || len(s.TestY) != s.TestRows()*s.Outputs || s.Classes > 0 && len(s.Labels) != s.Rows() {
			t.Errorf("%s: %d targets of %d outputs for %d rows", p, len(s.Y), s.Outputs, s.Rows())
		}
	}
}

func TestNoiselessGeometry(t *testing.T) {
	radius := func(s *Set, i int) float64 { return math.Hypot(s.X[2*i], s.X[2*i+1]) }
	circles, _ := Make(Options{Problem: "circles", Samples: 40, Seed: 2})
	blobs, _ := Make(Options{Problem: "blobs", Samples: 40, Seed: 2, Classes: 5})
	xor, _ := Make(Options{Problem: "xor", Samples: 40, Seed: 2})
	for i := range 40 {
		if want := 1 - 0.5*float64(circles.Labels[i]); math.Abs(radius(circles, i)-want) > 1e-12 {
			t.Errorf("circles: radius %v of class %d", radius(circles, i), circles.Labels[i])
		}
		if math.Abs(radius(blobs, i)-1) > 1e-12 {
			t.Errorf("blobs: radius %v", radius(blobs, i))
		}
		if (xor.X[2*i]*xor.X[2*i+1] < 0) != (xor.Labels[i] == 1) {
			t.Errorf("xor: %v has class %d", xor.X[2*i:][:2], xor.Labels[i])
		}
	}
}

func TestLinearTeacherIsWhite(t *testing.T) {
	s, err := Make(Options{Problem: "teacher", Samples: 50, Seed: 4, Identity: true, TeacherValues: []float64{3, 2, 1, 0.25}})
	if err != nil {
		t.Fatal(err)
	}
	second := kernel.Dense(8, 8, make([]float64, 64))
	x := kernel.Dense(50, 8, s.X)
	kernel.MulTN(second, x, x, false)
	for i, v := range second.Data {
		want := 0.0
		if i%9 == 0 {
			want = 50
		}
		if math.Abs(v-want) > 1e-12 {
			t.Errorf("x'x[%d, %d] is %v, want %v", i/8, i%8, v, want)
		}
	}
	m, err := LinearTeacher(4, []float64{3, 2, 1, 0.25})
	if err != nil {
		t.Fatal(err)
	}
	strengths := make([]float64, 4)
	teacher := nets.Shape{Sizes: []int{8, 4}}
	m.Strengths(strengths, teacher, m.Map().Data)
	for i, want := range []float64{3, 2, 1, 0.25} {
		if math.Abs(strengths[i]-want) > 1e-12 {
			t.Errorf("mode %d is %v, want %v", i, strengths[i], want)
		}
	}
	net, err := nets.New(teacher, s.X, s.Y)
	if err != nil {
		t.Fatal(err)
	}
	if loss := net.Loss(m.Map().Data); loss > 1e-28 {
		t.Errorf("the teacher itself has loss %v", loss)
	}
}

func TestLabelNoise(t *testing.T) {
	clean, _ := Make(Options{Problem: "digits", Samples: 1000, Seed: 1, TestFraction: 0.2})
	noisy, _ := Make(Options{Problem: "digits", Samples: 1000, Seed: 1, TestFraction: 0.2, LabelNoise: 0.5})
	if !slices.Equal(clean.TestLabels, noisy.TestLabels) || !slices.Equal(clean.X, noisy.X) {
		t.Error("test labels or inputs changed")
	}
	changed := 0
	for i := range clean.Labels {
		if clean.Labels[i] != noisy.Labels[i] {
			changed++
		}
	}
	if share := float64(changed) / 800; math.Abs(share-0.45) > 0.06 { // a tenth of the flips hits the true class
		t.Errorf("%v of the labels changed, expected about 0.45", share)
	}
}

func TestMakeErrors(t *testing.T) {
	for want, o := range map[string]Options{
		"problem: 'rings' is none of digits, iris": {Problem: "rings", Samples: 10},
		"samples: 0, at least 1":                   {Problem: "xor"},
		"needs an uploaded table":                  {Problem: "data", Samples: 10},
		"classes: 11, 2 to 10":                     {Problem: "blobs", Samples: 10, Classes: 11},
		"linear teacher needs at least 8":          {Problem: "teacher", Samples: 5, Identity: true},
		"teacher-values: 2 values, expected 4":     {Problem: "teacher", Samples: 10, Identity: true, TeacherValues: []float64{1, 2}},
		"test-fraction: 0.5 of 1 rows leaves none": {Problem: "one-point", Samples: 1, TestFraction: 0.5},
	} {
		if _, err := Make(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
