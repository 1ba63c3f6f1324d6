package surfaces

import (
	"fmt"
	"sync"

	"thalweg/landscape"
)

// DefaultFormula is Rosenbrock's valley with its steepness as a control.
const DefaultFormula = "(1-x)^2 + a*(y-x^2)^2"

// A Formula is a parsed text: a loss of x and y, or of x1, x2, and so on, up to its letters.
type Formula struct {
	text    string
	root    *node
	dim     int
	letters []string
	named   bool // the variables are x and y
}

// A FormulaError says what is wrong with a formula and where.
type FormulaError struct {
	// Column counts characters from 1; behind the text it is the number of characters + 1.
	Column int
	// Kind is one of empty, too-long, too-big, too-deep, letters, character, number, name, variable,
	// reserved, call, arguments, operand, operator, constant, paren, mixed.
	Kind    string
	Message string
}

func (e *FormulaError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

// String returns the text.
func (f *Formula) String() string { return f.text }

// Dim is the largest index of a variable, at least 2.
func (f *Formula) Dim() int { return f.dim }

// Letters are the single letters that stand for numbers, in the order of appearance.
func (f *Formula) Letters() []string { return append([]string(nil), f.letters...) }

// With returns the loss for values of the letters. A letter without a value counts 1.
//
// Where the formula has no finite value the loss is NaN or infinite, and never replaced. At a kink of abs
// the derivatives are 0; where two arguments of min or max tie, the mean of theirs.
func (f *Formula) With(values map[string]float64) landscape.Curved {
	numbers := make([]float64, len(f.letters))
	for i, l := range f.letters {
		numbers[i] = 1
		if v, ok := values[l]; ok {
			numbers[i] = v
		}
	}
	p := &program{dim: f.dim}
	p.emit(fold(f.root, numbers), 1)
	size := p.depth * slotSize(p.dim)
	p.scratch.New = func() any {
		s := make([]float64, size)
		return &s
	}
	return p
}

// fold returns the tree with numbers in place of the letters and of all parts without a variable.
func fold(n *node, letters []float64) *node {
	switch n.op {
	case opNumber, opVariable:
		return n
	case opLetter:
		return &node{op: opNumber, value: letters[n.index]}
	}
	a := fold(n.a, letters)
	if n.b == nil {
		return apply(n.op, a)
	}
	b := fold(n.b, letters)
	switch {
	case a.op == opNumber && b.op == opNumber:
		return &node{op: opNumber, value: binary(n.op, a.value, b.value)}
	case n.op != opPower:
		return &node{op: n.op, a: a, b: b}
	case b.op == opNumber:
		return &node{op: opPowerOf, value: b.value, a: a}
	default:
		// The exponent holds a variable: e^(b log a), without a value for a <= 0.
		return &node{op: opExp, a: &node{op: opMul, a: b, b: apply(opLogPositive, a)}}
	}
}

// apply is a unary operation on a folded tree.
func apply(op opcode, a *node) *node {
	if a.op == opNumber {
		return &node{op: opNumber, value: unary(op, 0, a.value)}
	}
	return &node{op: op, a: a}
}

// A program is a formula compiled to postfix, a sequence of operations on a small stack.
type program struct {
	dim   int
	code  []instruction
	depth int // the largest number of values on the stack
	// scratch lends stacks of jets.
	scratch sync.Pool
}

type instruction struct {
	op    opcode
	index int
	value float64
}

var _ landscape.Curved = (*program)(nil)

// emit appends the code of a tree, whose value will lie at a depth of the stack, from 1.
func (p *program) emit(n *node, depth int) {
	p.depth = max(p.depth, depth)
	if n.a != nil {
		p.emit(n.a, depth)
	}
	if n.b != nil {
		p.emit(n.b, depth+1)
	}
	p.code = append(p.code, instruction{n.op, n.index, n.value})
}

func (p *program) Dim() int { return p.dim }

// shallow is a depth that nearly every formula keeps to; a larger stack costs time to clear.
const shallow = 12

func (p *program) Loss(x []float64) float64 {
	if p.depth <= shallow {
		var stack [shallow]float64
		return p.run(stack[:], x)
	}
	var stack [maxParts]float64
	return p.run(stack[:], x)
}

func (p *program) run(stack, x []float64) float64 {
	top := -1
	for i := range p.code {
		in := &p.code[i]
		switch in.op {
		case opNumber:
			top++
			stack[top] = in.value
		case opVariable:
			top++
			stack[top] = x[in.index]
		case opAdd:
			top--
			stack[top] += stack[top+1]
		case opSub:
			top--
			stack[top] -= stack[top+1]
		case opMul:
			top--
			stack[top] *= stack[top+1]
		case opDiv, opMin, opMax:
			top--
			stack[top] = binary(in.op, stack[top], stack[top+1])
		default:
			stack[top] = unary(in.op, in.value, stack[top])
		}
	}
	return stack[0]
}

func (p *program) Grad(dst, x []float64) float64 {
	s := p.scratch.Get().(*[]float64)
	defer p.scratch.Put(s)
	p.jets(*s, x, nil)
	copy(dst, slot(*s, 0, p.dim).grad)
	return (*s)[0]
}

func (p *program) HessVec(dst, x, v []float64) {
	s := p.scratch.Get().(*[]float64)
	defer p.scratch.Put(s)
	p.jets(*s, x, v)
	copy(dst, slot(*s, 0, p.dim).hess)
}
