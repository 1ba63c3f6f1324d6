package surfaces

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape/landscapetest"
)

func parse(t testing.TB, text string) *Formula {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return f
}

func TestFormulaIsRosenbrock(t *testing.T) {
	f := parse(t, DefaultFormula)
	if f.Dim() != 2 || !slices.Equal(f.Letters(), []string{"a"}) {
		t.Errorf("dimension %d, letters %v", f.Dim(), f.Letters())
	}
	typed := f.With(map[string]float64{"a": 100})
	grad, want := make([]float64, 2), make([]float64, 2)
	for _, x := range [][]float64{{-1.2, 1}, {1, 1}, {0.3, -0.4}} {
		loss, wanted := typed.Grad(grad, x), rosenbrock(2).Grad(want, x)
		if math.Abs(loss-wanted) > 1e-14*wanted || math.Abs(grad[0]-want[0]) > 1e-12*(1+math.Abs(want[0])) {
			t.Errorf("at %v: %v, %v, want %v, %v", x, loss, grad, wanted, want)
		}
	}
	if a, b := f.With(nil).Loss([]float64{0, 1}), 2.0; a != b {
		t.Errorf("with a at its default of 1 the loss is %v, want %v", a, b)
	}
}

func TestFormulaContract(t *testing.T) {
	for _, text := range []string{
		DefaultFormula,
		"sin(x)*cos(y)+tan(x/3)/exp(y)-log(2+x^2)",
		"asin(x/9)+acos(y/9)-atan(x*y)+sinh(x)*cosh(y)+tanh(x-y)",
		"sqrt(1+x^2)*abs(y+5)+sign(x)*y^3",
		"max(x,y,3x)^2+min(x,y+9,x*y+50)",
		"(x^2+1)^y + 2^x + (y+7)^-1.5",
		"x1^2+x2*x3-x4/(x5^2+1)",
	} {
		t.Run(text, func(t *testing.T) {
			f := parse(t, text)
			points := [][]float64{{0.7, -0.4, 1.3, 0.2, -0.9}, {-1.1, 2.3, 0.6, -0.4, 0.8}}
			for i := range points {
				points[i] = points[i][:f.Dim()]
			}
			landscapetest.Check(t, f.With(map[string]float64{"a": 7}), points)
		})
	}
}

func TestFormulaValues(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		text string
		x, y float64
		want float64
	}{
		{"-x^2", 3, 0, -9},
		{"2^3^2+0x", 1, 1, 512},
		{"2^-2*x", 4, 0, 1},
		{"1/2x", 3, 0, 1.5},
		{"2x^2", 3, 0, 18},
		{"2^3x", 2, 0, 16},
		{"2(x+1)(y-1)", 1, 3, 8},
		{"6/2(x)", 5, 0, 15},
		{"3sin(x)", math.Pi / 2, 0, 3},
		{"2e-x", 1, 0, 2*math.E - 1},
		{"2e-1x", 1, 0, 0.2},
		{".5x+1.y", 2, 3, 4},
		{"x-y-1", 5, 2, 2},
		{"x*-y", 2, 3, -6},
		{"+-+x", 2, 0, -2},
		{"X+x", 2, 0, 3},
		{"x^0+y", 0, 0, 1},
		{"x^y", -2, 2, nan},
		{"x^y", 0, 2, nan},
		{"x^2+y", -2, 0, 4},
		{"x^0.5", -4, 0, nan},
		{"log(x)", 0, 0, -inf},
		{"1/x", 0, 0, inf},
		{"max(log(x),y)", -1, 2, nan},
		{"(x*y)^a", -8, 1, -8},
		{"sqrt(a-1)+x", 2, 0, 2},
	} {
		got := parse(t, c.text).With(nil).Loss([]float64{c.x, c.y})
		if !(math.Abs(got-c.want) < 1e-14) && got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s at %v, %v is %v, want %v", c.text, c.x, c.y, got, c.want)
		}
	}
}

func TestFormulaKinks(t *testing.T) {
	grad := make([]float64, 2)
	for _, c := range []struct {
		text string
		x, y float64
		want [2]float64
	}{
		{"abs(x)+y", 0, 0, [2]float64{0, 1}},
		{"max(x,-x)+y", 0, 0, [2]float64{0, 1}},
		{"max(x,y)", 1, 1, [2]float64{0.5, 0.5}},
		{"max(x,y)", 1, 2, [2]float64{0, 1}},
		{"min(x,y)", 1, 2, [2]float64{1, 0}},
		{"sqrt(a-1)+3x", 1, 2, [2]float64{3, 0}},
		{"x^1+y^0", 0, 0, [2]float64{1, 0}},
	} {
		parse(t, c.text).With(nil).Grad(grad, []float64{c.x, c.y})
		if grad[0] != c.want[0] || grad[1] != c.want[1] {
			t.Errorf("gradient of %s at %v, %v is %v, want %v", c.text, c.x, c.y, grad, c.want)
		}
	}
	if f := parse(t, "sqrt(x)").With(nil); f.Loss([]float64{0, 0}) != 0 || !math.IsInf(f.Grad(grad, []float64{0, 0})+grad[0], 1) {
		t.Errorf("gradient of sqrt(x) at 0 is %v, want an infinite one", grad)
	}
}

func TestFormulaErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		column int
		kind   string
	}{
		{" ", 1, "empty"},
		{"x+ ", 4, "operand"},
		{"x-é+#", 3, "character"},
		{"x+.", 3, "character"},
		{"1.2.3", 4, "operator"},
		{"((x)", 1, "paren"},
		{"(x y)", 4, "operator"},
		{"x2y", 1, "name"},
		{"x+x0", 3, "variable"},
		{"y+x2", 1, "mixed"},
		{"x+1/0", 3, "constant"},
		{"x*(2-log(0))", 6, "constant"},
		{"x+(-8)^(1/3)", 3, "constant"},
		{"min(x,y,x,y,x,y,x,y,x)", 1, "arguments"},
		{"1+sin", 6, "call"},
		{"sin^2(x)", 4, "call"},
		{"x" + strings.Repeat("+x", 125), 251, "too-big"},
		{strings.Repeat("-", 50) + "x", 51, "too-deep"},
		{strings.Repeat("2^", 50) + "x", 101, "too-deep"},
		{strings.Repeat("x", 501), 501, "too-long"},
	} {
		_, err := Parse(c.text)
		var got *FormulaError
		if !errors.As(err, &got) {
			t.Errorf("%q was accepted", c.text)
		} else if got.Column != c.column || got.Kind != c.kind {
			t.Errorf("%q: %v (%s), want column %d, %s", c.text, got, got.Kind, c.column, c.kind)
		}
	}
	_, err := Parse("min(x)")
	if want := "column 1: min takes 2 to 8 arguments, got 1"; err == nil || err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
	parse(t, "x"+strings.Repeat("+x", 124))
	parse(t, strings.Repeat("(", 49)+"x"+strings.Repeat(")", 49))
	parse(t, "a+b+c+d+f+g+h+i+j+k+l+m")
}

// FuzzFormula: every text either fails with a place in it, or makes a loss that can be evaluated anywhere.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{
		DefaultFormula, "3(x-1)(y+2)", "max(x,y)^2+min(x,y,0.5)", "x1^2+x2*x3-1.5e-1x3^2", "2e-1x+2e-x", "x^y^-2", "sin x", "((", "1/0", "é",
	} {
		f.Add(text, 0.3, -2.0)
	}
	f.Fuzz(func(t *testing.T, text string, x, y float64) {
		formula, err := Parse(text)
		if err != nil {
			var at *FormulaError
			if !errors.As(err, &at) || at.Column < 1 || at.Column > len(text)+1 || at.Kind == "" || at.Message == "" {
				t.Fatalf("%q: error %#v", text, err)
			}
			return
		}
		loss := formula.With(nil)
		at, v := make([]float64, loss.Dim()), make([]float64, loss.Dim())
		for i := range at {
			at[i], v[i] = x, y
		}
		a, b := loss.Loss(at), loss.Grad(make([]float64, len(at)), at)
		if a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
			t.Fatalf("%q: Loss says %v, Grad %v", text, a, b)
		}
		loss.HessVec(make([]float64, len(at)), at, v)
		if tex := formula.TeX(); tex == "" || strings.Count(tex, "{") != strings.Count(tex, "}") || strings.Count(tex, `\left`) != strings.Count(tex, `\right`) {
			t.Fatalf("%q is typeset as %s", text, tex)
		}
	})
}

func BenchmarkFormula(b *testing.B) {
	f := parse(b, DefaultFormula).With(nil)
	x, grad := []float64{-1.2, 1}, make([]float64, 2)
	b.Run("loss", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Loss(x)
		}
	})
	b.Run("grad", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Grad(grad, x)
		}
	})
}
