package surfaces

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestTeX(t *testing.T) {
	for text, want := range map[string]string{
		DefaultFormula:              `\left(1 - x\right)^{2} + a\,\left(y - x^{2}\right)^{2}`,
		"2x^2 - 3*y":                `2x^{2} - 3y`,
		"x*2 + 2*3":                 `x \cdot 2 + 2 \cdot 3`,
		"-x^2":                      `-x^{2}`,
		"(-x)^2":                    `\left(-x\right)^{2}`,
		"x - (y - 1)":               `x - \left(y - 1\right)`,
		"x - -y":                    `x - \left(-y\right)`,
		"2^3^2+0x":                  `2^{3^{2}} + 0x`,
		"(x^2)^y":                   `\left(x^{2}\right)^{y}`,
		"1/2x":                      `\frac{1}{2}\,x`,
		"(x+1)/(y-1)^2":             `\frac{x + 1}{\left(y - 1\right)^{2}}`,
		"sin(x)^2 + cos(2 pi y)":    `\sin^{2}\left(x\right) + \cos\left(2\pi\,y\right)`,
		"exp(-x^2)*sqrt(y)":         `e^{-x^{2}}\,\sqrt{y}`,
		"abs(x)^3 + sign(y)":        `\left|x\right|^{3} + \operatorname{sign}\left(y\right)`,
		"max(x, y, 3x) - log(2)":    `\max\left(x, y, 3x\right) - \log\left(2\right)`,
		"2e-3*x1 + 1E+05x2 + .5 x3": `2 \cdot 10^{-3}\,x_{1} + 10^{5}\,x_{2} + 0.5x_{3}`,
		"sin(x)^-1":                 `\left(\sin\left(x\right)\right)^{-1}`,
		"a b":                       "",
	} {
		text = strings.ReplaceAll(text, "pi y", "pi*y")
		f, err := Parse(text)
		if want == "" {
			if err == nil {
				t.Errorf("%s is read", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.TeX(); got != want {
			t.Errorf("%s is typeset as %s, want %s", text, got, want)
		}
	}
}

// Minima of minima are typeset in one row, and each part once: the work does not double with every level.
func TestTeXOfNestedMinima(t *testing.T) {
	const deep = 40
	got := parse(t, strings.Repeat("min(", deep)+"x"+strings.Repeat(",y)", deep)).TeX()
	if want := `\min\left(x` + strings.Repeat(", y", deep) + `\right)`; got != want {
		t.Errorf("typeset as %s, want %s", got, want)
	}
}

// typed turns TeX of a formula back into the text of one that means the same.
func typed(t *testing.T, tex string) string {
	t.Helper()
	var out strings.Builder
	var read func(stop string)
	group := func() { // {…}
		if !strings.HasPrefix(tex, "{") {
			t.Fatalf("no group before %q", tex)
		}
		tex = tex[1:]
		out.WriteString("(")
		read("}")
		out.WriteString(")")
	}
	read = func(stop string) {
		for !strings.HasPrefix(tex, stop) || stop == "" {
			if tex == "" {
				if stop != "" {
					t.Fatalf("%s is missing", stop)
				}
				return
			}
			take := func(s string) bool {
				rest, ok := strings.CutPrefix(tex, s)
				if ok {
					tex = rest
				}
				return ok
			}
			switch {
			case take(`\frac`):
				out.WriteString("(")
				group()
				out.WriteString("/")
				group()
				out.WriteString(")")
			case take(`\sqrt`):
				out.WriteString("sqrt")
				group()
			case take(`\left(`):
				out.WriteString("(")
				read(`\right)`)
				out.WriteString(")")
			case take(`\left|`):
				out.WriteString("abs(")
				read(`\right|`)
				out.WriteString(")")
			case take(`\,`), take(`\cdot`):
				out.WriteString("*")
			case take(`\pi`):
				out.WriteString("pi")
			case take(`\operatorname{sign}`):
				out.WriteString("sign")
			case take(`\`):
				n := strings.IndexFunc(tex, func(r rune) bool { return r < 'a' || r > 'z' })
				out.WriteString(strings.Replace(tex[:n], "arc", "a", 1))
				if tex = tex[n:]; take("^{") { // sin^{2}(…)
					exponent, rest, _ := strings.Cut(tex, "}")
					tex = rest
					take(`\left(`)
					out.WriteString("(")
					read(`\right)`)
					out.WriteString(")^" + exponent)
				}
			case take("^"):
				out.WriteString("^")
				group()
			case take("_{"):
				index, rest, _ := strings.Cut(tex, "}")
				out.WriteString(index)
				tex = rest
			default:
				out.WriteByte(tex[0])
				tex = tex[1:]
			}
		}
		tex = tex[len(stop):]
	}
	read("")
	return out.String()
}

// random writes a formula.
func random(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"x", "y", "a", "b", "2", "3.5", "1e-2", "2e3", ".5", "pi", "e"}[r.IntN(11)]
	}
	a := func() string { return random(r, r.IntN(depth)) }
	switch r.IntN(12) {
	case 0, 1:
		return a() + "+" + a()
	case 2:
		return a() + "-" + a()
	case 3, 4:
		return a() + "*" + a()
	case 5:
		return a() + "/" + a()
	case 6:
		return "(" + a() + ")^" + []string{"2", "3", "-1", "y", "(x+1)", "0.5"}[r.IntN(6)]
	case 7:
		return "-" + a()
	case 8:
		return []string{"sin", "cos", "tanh", "exp", "log", "sqrt", "abs", "sign", "atan", "asin"}[r.IntN(10)] + "(" + a() + ")"
	case 9:
		return "max(" + a() + "," + a() + "," + a() + ")"
	default:
		return "(" + a() + ")"
	}
}

// Whatever is typed is typeset with balanced braces, always the same, and means the same when it is typed again.
func TestTeXMeansTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	read := 0
	for range 3000 {
		text := random(r, 5)
		f, err := Parse(text)
		if err != nil {
			continue
		}
		read++
		tex := f.TeX()
		again, err := Parse(typed(t, tex))
		var bad *FormulaError
		if errors.As(err, &bad) && bad.Kind == "arguments" {
			continue // max(max(a, b), c) is typeset with all its arguments in one row, which may be too many to read
		}
		if err != nil {
			t.Fatalf("%s is typeset as %s, which reads as %s: %v", text, tex, typed(t, tex), err)
		}
		if strings.Count(tex, "{") != strings.Count(tex, "}") || strings.Count(tex, `\left`) != strings.Count(tex, `\right`) {
			t.Fatalf("%s: unbalanced %s", text, tex)
		}
		if other := parse(t, text).TeX(); other != tex {
			t.Fatalf("%s is typeset as %s and as %s", text, tex, other)
		}
		letters := map[string]float64{"a": 1.3, "b": -0.7}
		for _, x := range [][]float64{{0.7, 0.4}, {-1.1, 2.3}} {
			one, two := f.With(letters).Loss(x), again.With(letters).Loss(x)
			if math.IsNaN(one) && math.IsNaN(two) || one == two || math.Abs(one-two) <= 1e-9*(math.Abs(one)+math.Abs(two)) {
				continue
			}
			t.Fatalf("%s is typeset as %s, read again as %s: %v and %v at %v", text, tex, typed(t, tex), one, two, x)
		}
	}
	if read < 2000 {
		t.Errorf("only %d formulas could be read", read)
	}
}
