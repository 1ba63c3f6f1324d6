package surfaces

import (
	"math"
	"slices"
	"strconv"
)

// A node is a part of a formula's tree.
type node struct {
	op    opcode
	value float64
	index int // of a variable or letter, from 0
	a, b  *node
	first token  // where the part begins
	text  string // of a number, as typed
	typed *node  // what a number was computed from
}

// A parser reads tokens by recursive descent:
//
//	sum    = term { ("+"|"-") term }
//	term   = unary { ("*"|"/") unary | power }
//	unary  = ("+"|"-") unary | power
//	power  = atom [ "^" unary ]
//	atom   = number | variable | letter | "pi" | "e" | "(" sum ")" | function "(" sum { "," sum } ")"
//
// The product without a sign stands only behind a number or between ")" and "(". The levels of nesting
// bound the recursion.
type parser struct {
	tokens  []token // from the next one on
	last    token   // the one before
	parts   int
	dim     int
	letters []string
	// named and numbered tell whether x or y, and whether x1, x2, ... occurred.
	named, numbered bool
}

// Parse reads a formula. The error is a *FormulaError.
func Parse(text string) (*Formula, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, dim: 2}
	if p.next().kind == tokenEnd {
		return nil, token{column: 1}.fail("empty", "the formula is empty")
	}
	root, err := p.sum(1)
	if err != nil {
		return nil, err
	}
	if p.next().is(")") {
		return nil, p.next().fail("paren", "no opening parenthesis for this one")
	}
	if p.next().kind != tokenEnd {
		return nil, p.missing()
	}
	return &Formula{text, root, p.dim, p.letters, !p.numbered}, nil
}

func (p *parser) next() token { return p.tokens[0] }

func (p *parser) read() token {
	p.last, p.tokens = p.tokens[0], p.tokens[1:]
	return p.last
}

func (p *parser) missing() error {
	return p.next().fail("operator", "an operator is missing before this")
}

// count takes note of a part that a token makes.
func (p *parser) count(t token) error {
	if p.parts++; p.parts > maxParts {
		return t.fail("too-big", "more than %d parts", maxParts)
	}
	return nil
}

func (p *parser) enter(level int) error {
	if level > maxLevels && p.next().kind != tokenEnd {
		return p.next().fail("too-deep", "nested deeper than %d", maxLevels)
	}
	return nil
}

// join makes a node of one or two parts, or their value when both are numbers.
func join(op opcode, first token, a, b *node) (*node, error) {
	n := &node{op: op, a: a, b: b, first: first}
	if a.op != opNumber || b != nil && b.op != opNumber {
		return n, nil
	}
	if b == nil {
		n = &node{value: unary(op, 0, a.value), first: first, typed: n}
	} else {
		n = &node{value: binary(op, a.value, b.value), first: first, typed: n}
	}
	if math.IsNaN(n.value) || math.IsInf(n.value, 0) {
		return nil, first.fail("constant", "this part is never finite")
	}
	return n, nil
}

func (p *parser) sum(level int) (*node, error) {
	if err := p.enter(level); err != nil {
		return nil, err
	}
	n, err := p.term(level)
	for err == nil && (p.next().is("+") || p.next().is("-")) {
		op := opAdd
		if p.next().is("-") {
			op = opSub
		}
		n, err = p.operation(op, p.read(), n, level, p.term)
	}
	return n, err
}

func (p *parser) term(level int) (*node, error) {
	n, err := p.unary(level)
	for err == nil {
		t := p.next()
		switch {
		case t.is("*"):
			n, err = p.operation(opMul, p.read(), n, level, p.unary)
		case t.is("/"):
			n, err = p.operation(opDiv, p.read(), n, level, p.unary)
		case p.last.kind == tokenNumber && (t.kind == tokenName || t.is("(")), p.last.is(")") && t.is("("):
			n, err = p.operation(opMul, t, n, level, p.power)
		default:
			return n, nil
		}
	}
	return n, err
}

// operation reads the right side of an operator and joins it to the left one.
func (p *parser) operation(op opcode, sign token, left *node, level int, right func(level int) (*node, error)) (*node, error) {
	if err := p.count(sign); err != nil {
		return nil, err
	}
	n, err := right(level)
	if err != nil {
		return nil, err
	}
	return join(op, left.first, left, n)
}

func (p *parser) unary(level int) (*node, error) {
	sign := p.next()
	if !sign.is("+") && !sign.is("-") {
		return p.power(level)
	}
	p.read()
	if err := p.count(sign); err != nil {
		return nil, err
	}
	if err := p.enter(level + 1); err != nil {
		return nil, err
	}
	n, err := p.unary(level + 1)
	if err != nil {
		return nil, err
	}
	if sign.is("-") {
		return join(opNeg, sign, n, nil)
	}
	n.first = sign
	return n, nil
}

func (p *parser) power(level int) (*node, error) {
	n, err := p.atom(level)
	if err != nil || !p.next().is("^") {
		return n, err
	}
	return p.operation(opPower, p.read(), n, level+1, func(level int) (*node, error) {
		if err := p.enter(level); err != nil {
			return nil, err
		}
		return p.unary(level)
	})
}

func (p *parser) atom(level int) (*node, error) {
	t := p.next()
	if t.kind == tokenEnd || t.kind == tokenSymbol && !t.is("(") {
		return nil, t.fail("operand", "a number, a name or ( is expected here")
	}
	p.read()
	if t.is("(") {
		n, err := p.sum(level + 1)
		if err != nil {
			return nil, err
		}
		if err := p.closing(t); err != nil {
			return nil, err
		}
		n.first = t
		return n, nil
	}
	if err := p.count(t); err != nil {
		return nil, err
	}
	if t.kind == tokenNumber {
		return &node{value: t.value, first: t, text: t.text}, nil
	}
	if op, ok := functions[t.text]; ok {
		return p.call(op, t, level)
	}
	return p.name(t)
}

// closing reads the parenthesis that ends what open began.
func (p *parser) closing(open token) error {
	switch {
	case p.next().kind == tokenEnd:
		return open.fail("paren", "this parenthesis is never closed")
	case !p.next().is(")"):
		return p.missing()
	}
	p.read()
	return nil
}

// call reads the arguments of a function.
func (p *parser) call(op opcode, name token, level int) (*node, error) {
	if !p.next().is("(") {
		return nil, p.next().fail("call", "%s needs its argument in parentheses", name.text)
	}
	open := p.read()
	several := op == opMin || op == opMax
	var args []*node
	for len(args) == 0 || p.next().is(",") {
		if len(args) > 0 {
			comma := p.read()
			if len(args) > 1 {
				// min(a, b, c) is min(min(a, b), c): one part more.
				if err := p.count(comma); err != nil {
					return nil, err
				}
			}
		}
		arg, err := p.sum(level + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	if err := p.closing(open); err != nil {
		return nil, err
	}
	switch n := len(args); {
	case several && (n < 2 || n > maxArguments):
		return nil, name.fail("arguments", "%s takes 2 to %d arguments, got %d", name.text, maxArguments, n)
	case several:
		left := args[0]
		for _, right := range args[1:] {
			var err error
			if left, err = join(op, name, left, right); err != nil {
				return nil, err
			}
		}
		left.first = name
		return left, nil
	case n != 1:
		return nil, name.fail("arguments", "%s takes 1 argument, got %d", name.text, n)
	}
	return join(op, name, args[0], nil)
}

// name reads a constant, a variable or a letter.
func (p *parser) name(t token) (*node, error) {
	switch {
	case t.text == "pi":
		return &node{value: math.Pi, first: t, text: t.text}, nil
	case t.text == "e":
		return &node{value: math.E, first: t, text: t.text}, nil
	case t.text == "v":
		return nil, t.fail("reserved", "the letter v is taken by links; use another one")
	case t.text == "x" || t.text == "y":
		p.named = true
		return p.variable(t, int(t.text[0]-'x')+1)
	case t.text[0] == 'x' && !slices.ContainsFunc([]byte(t.text[1:]), letter):
		index, err := strconv.Atoi(t.text[1:])
		if err != nil || index > maxDim {
			return nil, t.fail("variable", "at most x%d", maxDim)
		}
		if index == 0 {
			return nil, t.fail("variable", "the first variable is x1")
		}
		p.numbered = true
		return p.variable(t, index)
	case len(t.text) > 1:
		return nil, t.fail("name", "unknown name %s", t.text)
	}
	index := slices.Index(p.letters, t.text)
	if index < 0 {
		index = len(p.letters)
		if index == maxLetters {
			return nil, t.fail("letters", "more than %d letters", maxLetters)
		}
		p.letters = append(p.letters, t.text)
	}
	return &node{op: opLetter, index: index, first: t}, nil
}

func (p *parser) variable(t token, index int) (*node, error) {
	if p.named && p.numbered {
		return nil, token{column: 1}.fail("mixed", "use either x and y or x1, x2, …")
	}
	p.dim = max(p.dim, index)
	return &node{op: opVariable, index: index - 1, first: t}, nil
}
