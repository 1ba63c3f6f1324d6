package surfaces

import (
	"strconv"
	"strings"
)

// How tightly the parts of a typeset formula hold together.
const (
	levelSum = iota
	levelMinus
	levelProduct
	levelCall
	levelPower
	levelAtom
)

// TeX is the formula as it is typeset: as it was typed, without parentheses that change nothing.
func (f *Formula) TeX() string {
	text, _ := f.tex(f.root)
	return text
}

// texNames are the functions that TeX writes otherwise than the formula, or that take an exponent behind the name.
var texNames = map[opcode]string{
	opSin: `\sin`, opCos: `\cos`, opTan: `\tan`, opAsin: `\arcsin`, opAcos: `\arccos`, opAtan: `\arctan`,
	opSinh: `\sinh`, opCosh: `\cosh`, opTanh: `\tanh`, opLog: `\log`, opSign: `\operatorname{sign}`, opMin: `\min`, opMax: `\max`,
}

// tex typesets a part and says how tightly it holds together.
func (f *Formula) tex(n *node) (string, int) {
	if n.typed != nil {
		n = n.typed
	}
	switch n.op {
	case opNumber:
		return texNumber(n)
	case opVariable:
		if f.named {
			return string("xy"[n.index]), levelAtom
		}
		return "x_{" + strconv.Itoa(n.index+1) + "}", levelAtom
	case opLetter:
		return f.letters[n.index], levelAtom
	case opAdd, opSub:
		sign := " + "
		if n.op == opSub {
			sign = " - "
		}
		return f.within(n.a, levelSum) + sign + f.within(n.b, levelProduct), levelSum
	case opMul:
		return f.texProduct(n)
	case opDiv:
		a, _ := f.tex(n.a)
		b, _ := f.tex(n.b)
		return `\frac{` + a + `}{` + b + `}`, levelProduct
	case opPower:
		return f.texPower(n)
	case opNeg:
		return "-" + f.within(n.a, levelProduct), levelMinus
	}
	switch a := f.argument(n); n.op {
	case opExp:
		return "e^{" + a + "}", levelPower
	case opSqrt:
		return `\sqrt{` + a + `}`, levelAtom
	case opAbs:
		return `\left|` + a + `\right|`, levelAtom
	default:
		return texNames[n.op] + `\left(` + a + `\right)`, levelCall
	}
}

// argument typesets what stands in the parentheses of a function: min(a, b, c) is min(min(a, b), c).
func (f *Formula) argument(n *node) string {
	left := n.a
	if left.typed != nil {
		left = left.typed
	}
	var a string
	if n.b != nil && left.op == n.op {
		a = f.argument(left)
	} else {
		a, _ = f.tex(left)
	}
	if n.b == nil {
		return a
	}
	b, _ := f.tex(n.b)
	return a + ", " + b
}

// within typesets a part inside another, in parentheses where it holds less tightly than it must.
func (f *Formula) within(n *node, least int) string {
	text, level := f.tex(n)
	if level < least {
		return `\left(` + text + `\right)`
	}
	return text
}

func (f *Formula) texProduct(n *node) (string, int) {
	left, level := f.tex(n.a)
	if level < levelMinus {
		left, level = `\left(`+left+`\right)`, levelAtom
	}
	right := f.within(n.b, levelProduct)
	level = min(level, levelProduct)
	switch {
	case right[0] >= '0' && right[0] <= '9':
		return left + ` \cdot ` + right, level
	case n.a.op == opNumber && n.a.typed == nil && digit(left[len(left)-1]) && !strings.Contains(left, "^"):
		return left + right, level
	}
	return left + `\,` + right, level
}

func (f *Formula) texPower(n *node) (string, int) {
	exponent, _ := f.tex(n.b)
	base := n.a
	if base.typed != nil {
		base = base.typed
	}
	// sin²(x), as is usual for whole powers.
	if name, ok := texNames[base.op]; ok && base.b == nil && base.op != opSign && exponent > "1" && strings.Trim(exponent, "0123456789") == "" {
		return name + "^{" + exponent + `}\left(` + f.argument(base) + `\right)`, levelCall
	}
	return f.within(n.a, levelAtom) + "^{" + exponent + "}", levelPower
}

// texNumber typesets a number as it was typed: 2e-3 as 2·10⁻³.
func texNumber(n *node) (string, int) {
	switch n.text {
	case "pi":
		return `\pi`, levelAtom
	case "e":
		return "e", levelAtom
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(n.text), "e")
	if strings.HasPrefix(mantissa, ".") {
		mantissa = "0" + mantissa
	}
	mantissa = strings.TrimSuffix(mantissa, ".")
	if !scientific {
		return mantissa, levelAtom
	}
	sign := ""
	if strings.HasPrefix(exponent, "-") {
		sign = "-"
	}
	if exponent = strings.TrimLeft(exponent, "+-0"); exponent == "" {
		sign, exponent = "", "0"
	}
	ten := "10^{" + sign + exponent + "}"
	if mantissa == "1" {
		return ten, levelPower
	}
	return mantissa + ` \cdot ` + ten, levelProduct
}
