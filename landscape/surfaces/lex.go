package surfaces

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of a formula.
const (
	maxCharacters = 500
	maxParts      = 250
	maxLevels     = 50
	maxLetters    = 12
	maxArguments  = 8
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenName
	tokenSymbol
)

// A token is a word of a formula. Symbols are single characters.
type token struct {
	kind   tokenKind
	text   string
	value  float64
	column int
}

func (t token) is(symbol string) bool { return t.kind == tokenSymbol && t.text == symbol }

func (t token) fail(kind, format string, args ...any) error {
	return &FormulaError{t.column, kind, fmt.Sprintf(format, args...)}
}

// lex splits a text into tokens, the last of which is the end. Only characters of one byte pass, so up to
// the first refusal bytes and characters count the same.
func lex(text string) ([]token, error) {
	if utf8.RuneCountInString(text) > maxCharacters {
		return nil, token{column: maxCharacters + 1}.fail("too-long", "longer than %d characters", maxCharacters)
	}
	var tokens []token
	for i := 0; i < len(text); {
		t := token{column: i + 1}
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case digit(c) || c == '.' && i+1 < len(text) && digit(text[i+1]):
			t.kind, t.text = tokenNumber, text[i:i+numberLength(text[i:])]
			var err error
			if t.value, err = strconv.ParseFloat(t.text, 64); err != nil {
				return nil, t.fail("number", "this number is too large")
			}
		case letter(c):
			n := 1
			for i+n < len(text) && (letter(text[i+n]) || digit(text[i+n])) {
				n++
			}
			t.kind, t.text = tokenName, text[i:i+n]
		case strings.IndexByte("+-*/^(),", c) >= 0:
			t.kind, t.text = tokenSymbol, text[i:i+1]
		default:
			r, _ := utf8.DecodeRuneInString(text[i:])
			return nil, t.fail("character", "unexpected character '%c'", r)
		}
		tokens = append(tokens, t)
		i += len(t.text)
	}
	return append(tokens, token{column: len(text) + 1}), nil
}

// numberLength is the length of the number that text begins with. An e without digits after it is not part
// of the number.
func numberLength(text string) int {
	digits := func(i int) int {
		for i < len(text) && digit(text[i]) {
			i++
		}
		return i
	}
	n := digits(0)
	if n < len(text) && text[n] == '.' {
		n = digits(n + 1)
	}
	if n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		exponent := n + 1
		if exponent < len(text) && (text[exponent] == '+' || text[exponent] == '-') {
			exponent++
		}
		if end := digits(exponent); end > exponent {
			n = end
		}
	}
	return n
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
