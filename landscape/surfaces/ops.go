package surfaces

import "math"

// An opcode is an operation of a formula, in its tree and in its compiled form.
type opcode uint8

const (
	opNumber opcode = iota
	opVariable
	opLetter // in trees only
	opAdd
	opSub
	opMul
	opDiv
	opPower // in trees only
	opMin
	opMax
	opNeg
	opPowerOf     // a power whose exponent is the instruction's value
	opLogPositive // log, without a value at 0
	opSin
	opCos
	opTan
	opAsin
	opAcos
	opAtan
	opSinh
	opCosh
	opTanh
	opExp
	opLog
	opSqrt
	opAbs
	opSign
)

var functions = map[string]opcode{
	"sin": opSin, "cos": opCos, "tan": opTan, "asin": opAsin, "acos": opAcos, "atan": opAtan,
	"sinh": opSinh, "cosh": opCosh, "tanh": opTanh, "exp": opExp, "log": opLog, "sqrt": opSqrt,
	"abs": opAbs, "sign": opSign, "min": opMin, "max": opMax,
}

// unary applies an operation with one argument; p is the exponent of opPowerOf.
func unary(op opcode, p, a float64) float64 {
	switch op {
	case opNeg:
		return -a
	case opPowerOf:
		return power(a, p)
	case opLogPositive:
		if a <= 0 {
			return math.NaN()
		}
		return math.Log(a)
	case opSin:
		return math.Sin(a)
	case opCos:
		return math.Cos(a)
	case opTan:
		return math.Tan(a)
	case opAsin:
		return math.Asin(a)
	case opAcos:
		return math.Acos(a)
	case opAtan:
		return math.Atan(a)
	case opSinh:
		return math.Sinh(a)
	case opCosh:
		return math.Cosh(a)
	case opTanh:
		return math.Tanh(a)
	case opExp:
		return math.Exp(a)
	case opLog:
		return math.Log(a)
	case opSqrt:
		return math.Sqrt(a)
	case opAbs:
		return math.Abs(a)
	default: // opSign
		return sign(a)
	}
}

// binary applies an operation with two arguments.
func binary(op opcode, a, b float64) float64 {
	switch op {
	case opAdd:
		return a + b
	case opSub:
		return a - b
	case opMul:
		return a * b
	case opDiv:
		return a / b
	case opPower:
		return power(a, b)
	case opMin:
		return min(a, b)
	default: // opMax
		return max(a, b)
	}
}

// power is a^p, fast for the usual exponents.
func power(a, p float64) float64 {
	switch p {
	case 0:
		return 1
	case 1:
		return a
	case 2:
		return a * a
	case 3:
		return a * a * a
	case 4:
		return a * a * (a * a)
	}
	return math.Pow(a, p)
}

// sign is -1, 0 or 1, and NaN for NaN.
func sign(a float64) float64 {
	switch {
	case a > 0:
		return 1
	case a < 0:
		return -1
	default:
		return a
	}
}

// derivatives returns the first and second derivative of a unary operation at a, where it is f.
func derivatives(op opcode, p, a, f float64) (d, dd float64) {
	if math.IsNaN(f) {
		return f, f
	}
	switch op {
	case opNeg:
		return -1, 0
	case opPowerOf:
		// Factors of 0 are left out: they must not meet an infinite power at a = 0.
		if p != 0 {
			d = p * power(a, p-1)
		}
		if p != 0 && p != 1 {
			dd = p * (p - 1) * power(a, p-2)
		}
		return d, dd
	case opSin:
		return math.Cos(a), -f
	case opCos:
		return -math.Sin(a), -f
	case opTan:
		d = 1 + f*f
		return d, 2 * f * d
	case opAsin:
		q := 1 - a*a
		d = 1 / math.Sqrt(q)
		return d, a * d / q
	case opAcos:
		q := 1 - a*a
		d = -1 / math.Sqrt(q)
		return d, a * d / q
	case opAtan:
		d = 1 / (1 + a*a)
		return d, -2 * a * d * d
	case opSinh:
		return math.Cosh(a), f
	case opCosh:
		return math.Sinh(a), f
	case opTanh:
		d = 1 - f*f
		return d, -2 * f * d
	case opExp:
		return f, f
	case opLog, opLogPositive:
		d = 1 / a
		return d, -d * d
	case opSqrt:
		d = 0.5 / f
		return d, -d / (2 * a)
	case opAbs:
		return sign(a), 0
	default: // opSign
		return 0, 0
	}
}
