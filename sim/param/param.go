// Package param is the schema of controls: forms, links, command lines and checks all come from it.
package param

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"thalweg/landscape"
)

// A Kind says what values a control takes.
type Kind string

// The kinds of controls.
const (
	Real   Kind = "real"
	Whole  Kind = "whole"
	Pick   Kind = "choice"
	Switch Kind = "switch"
	Text   Kind = "text"
	Vector Kind = "vector"
	Matrix Kind = "matrix"
)

// A Value is what a control is set to: Num for real, whole and switch (0 or 1), Text for choice and text,
// Vec for vector and matrix (row-major, Columns wide). A text that names an upload carries its file.
type Value struct {
	Num     float64
	Text    string
	Vec     []float64
	Columns int
	File    *File
}

// Equal reports whether two values are the same to the bit. Files are compared by the names that their bytes give them.
func (v Value) Equal(w Value) bool {
	return v.Num == w.Num && v.Text == w.Text && v.Columns == w.Columns && slices.Equal(v.Vec, w.Vec)
}

// A Choice is one entry of a choice control. The facts beside the label are those of a ground.
type Choice struct {
	ID       string              `json:"id"`
	Label    string              `json:"label"`
	Dim      int                 `json:"dim,omitempty"`
	Domain   []float64           `json:"domain,omitempty"`
	Start    []float64           `json:"start,omitempty"`
	Minima   []landscape.Minimum `json:"minima,omitempty"`
	StepSize float64             `json:"step_size,omitempty"`
	Formula  string              `json:"formula,omitempty"`
}

// A Control is one knob.
type Control struct {
	ID, Label, Unit, Help, Group string
	// Symbol is the control's letter in formulas, in TeX.
	Symbol string
	// Limit is a scalar measure, read at the start, that theory sets the control; it is marked on the slider.
	Limit string
	Kind  Kind
	// Min and Max bound numbers, and each entry of vectors and matrices when Min < Max.
	Min, Max float64
	// Length bounds the number of entries of a vector or of characters of a text; zero means no bound.
	MinLength, MaxLength int
	Default              Value
	// By gives the default where it depends on the values of controls before this one.
	By      func(Values) Value
	Choices []Choice
	// Accept lists the kinds of files that a text control takes: its value is then the SHA-256 of an upload's bytes in
	// hex, or empty.
	Accept []string
	// Log asks for a logarithmic slider, Live allows turns during a run, PerMethod allows one method to have
	// its own value.
	Log, Live, PerMethod bool
}

// Num, Word and List make values for defaults.
func Num(v float64) Value     { return Value{Num: v} }
func Word(s string) Value     { return Value{Text: s} }
func List(v ...float64) Value { return Value{Vec: v} }

// On is the value of a switch.
func On(on bool) Value {
	if on {
		return Value{Num: 1}
	}
	return Value{}
}

// A Fault is a value that was refused.
type Fault struct{ Field, Detail string }

func (f *Fault) Error() string { return f.Field + ": " + f.Detail }

// Refuse returns a Fault about a field.
func Refuse(field, format string, args ...any) error {
	return &Fault{field, fmt.Sprintf(format, args...)}
}

// Faults lists the faults inside an error.
func Faults(err error) []*Fault {
	var f *Fault
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Fault
		for _, e := range many.Unwrap() {
			all = append(all, Faults(e)...)
		}
		return all
	}
	if errors.As(err, &f) {
		return []*Fault{f}
	}
	return nil
}

const maxText = 4096

// Parse reads the textual form of a value: numbers in Go's syntax, inf, on/off, choice ids, comma separated
// vectors, matrix rows parted by slashes.
func (c *Control) Parse(text string) (Value, error) {
	if len(text) > maxText && c.Kind != Vector && c.Kind != Matrix {
		return Value{}, Refuse(c.ID, "is %d characters long, at most %d are taken", len(text), maxText)
	}
	var v Value
	switch c.Kind {
	case Real, Whole:
		n, err := number(text)
		if err != nil {
			return v, Refuse(c.ID, "%q is not a number; %s", clip(text), c.Range())
		}
		v.Num = n
	case Switch:
		switch text {
		case "on", "true", "1":
			v.Num = 1
		case "off", "false", "0":
		default:
			return v, Refuse(c.ID, "%q is neither on nor off", clip(text))
		}
	case Pick, Text:
		v.Text = text
	case Vector, Matrix:
		if text == "" {
			break
		}
		for row := range strings.SplitSeq(text, "/") {
			cells := strings.Split(row, ",")
			if v.Columns != 0 && v.Columns != len(cells) {
				return v, Refuse(c.ID, "has rows of %d and %d numbers", v.Columns, len(cells))
			}
			v.Columns = len(cells)
			for _, cell := range cells {
				n, err := number(strings.TrimSpace(cell))
				if err != nil {
					return v, Refuse(c.ID, "%q is not a number", clip(cell))
				}
				v.Vec = append(v.Vec, n)
			}
		}
		if c.Kind == Vector {
			if v.Columns != len(v.Vec) {
				return v, Refuse(c.ID, "is a vector: numbers parted by commas")
			}
			v.Columns = 0
		}
	}
	return v, c.Check(v)
}

func number(s string) (float64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && math.IsInf(n, 0) {
		return n, nil // 1e400 reads as infinity: the range check names the bound
	}
	return n, err
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Decode reads the JSON form of a value.
func (c *Control) Decode(raw json.RawMessage) (Value, error) {
	bad := Refuse(c.ID, "%s is not a %s; %s", clip(string(raw)), c.Kind, c.Range())
	var v Value
	switch c.Kind {
	case Real, Whole:
		var text string
		if json.Unmarshal(raw, &v.Num) == nil {
			break
		}
		if json.Unmarshal(raw, &text) == nil {
			return c.Parse(text)
		}
		if n, err := number(string(raw)); err == nil {
			v.Num = n
			break
		}
		return v, bad
	case Switch:
		var on bool
		var text string
		switch {
		case json.Unmarshal(raw, &on) == nil:
			v = On(on)
		case json.Unmarshal(raw, &text) == nil:
			return c.Parse(text)
		default:
			return v, bad
		}
	case Pick, Text:
		if json.Unmarshal(raw, &v.Text) != nil {
			return v, bad
		}
		if len(v.Text) > maxText {
			return c.Parse(v.Text)
		}
	case Vector:
		if json.Unmarshal(raw, &v.Vec) != nil {
			var text string
			if json.Unmarshal(raw, &text) == nil {
				return c.Parse(text)
			}
			return v, bad
		}
		if len(v.Vec) == 0 {
			v.Vec = nil
		}
	case Matrix:
		var rows [][]float64
		if json.Unmarshal(raw, &rows) != nil {
			return v, bad
		}
		for _, row := range rows {
			if v.Columns != 0 && v.Columns != len(row) {
				return v, Refuse(c.ID, "has rows of %d and %d numbers", v.Columns, len(row))
			}
			v.Columns = len(row)
			v.Vec = append(v.Vec, row...)
		}
	}
	return v, c.Check(v)
}

// Check refuses a value out of range, naming the range.
func (c *Control) Check(v Value) error {
	switch c.Kind {
	case Real, Whole:
		if math.IsNaN(v.Num) || v.Num < c.Min || v.Num > c.Max {
			return Refuse(c.ID, "%s; got %s", c.Range(), short(v.Num))
		}
		if c.Kind == Whole && v.Num != math.Trunc(v.Num) {
			return Refuse(c.ID, "must be a whole number; got %s", short(v.Num))
		}
	case Switch:
		if v.Num != 0 && v.Num != 1 {
			return Refuse(c.ID, "must be on or off")
		}
	case Pick:
		if !slices.ContainsFunc(c.Choices, func(o Choice) bool { return o.ID == v.Text }) {
			return Refuse(c.ID, "%q is not one of %s", clip(v.Text), c.ids())
		}
	case Text:
		if !utf8.ValidString(v.Text) {
			return Refuse(c.ID, "holds bytes that are no UTF-8 text")
		}
		if c.MaxLength > 0 && len([]rune(v.Text)) > c.MaxLength {
			return Refuse(c.ID, "is %d characters long, at most %d are taken", len([]rune(v.Text)), c.MaxLength)
		}
		if len(c.Accept) > 0 && v.Text != "" && !IsFileID(v.Text) {
			return Refuse(c.ID, "%q names no uploaded file: want the 64 hex digits of its SHA-256, or nothing", clip(v.Text))
		}
	case Vector, Matrix:
		if c.MaxLength > 0 && len(v.Vec) > c.MaxLength || len(v.Vec) < c.MinLength {
			return Refuse(c.ID, "must hold %s numbers; got %d", c.lengths(), len(v.Vec))
		}
		for i, x := range v.Vec {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return Refuse(c.ID, "entry %d is not a finite number", i+1)
			}
			if c.Min < c.Max && (x < c.Min || x > c.Max) {
				return Refuse(c.ID, "entry %d must lie between %s and %s; got %s", i+1, short(c.Min), short(c.Max), short(x))
			}
		}
	}
	return nil
}

func (c *Control) lengths() string {
	if c.MinLength == c.MaxLength {
		return strconv.Itoa(c.MinLength)
	}
	return fmt.Sprintf("%d to %d", c.MinLength, c.MaxLength)
}

func (c *Control) ids() string {
	ids := make([]string, len(c.Choices))
	for i, o := range c.Choices {
		ids[i] = o.ID
	}
	return strings.Join(ids, ", ")
}

// Range says in words what a number may be.
func (c *Control) Range() string {
	switch c.Kind {
	case Real, Whole:
		return "must lie between " + short(c.Min) + " and " + short(c.Max)
	case Switch:
		return "must be on or off"
	case Pick:
		return "must be one of " + c.ids()
	case Vector, Matrix:
		if c.MaxLength > 0 {
			return "must hold " + c.lengths() + " numbers"
		}
	}
	return "must be a " + string(c.Kind)
}

func short(v float64) string { return FormatNumber(v) }

// FormatNumber writes the shortest text that reads back as v; infinities as inf and -inf.
func FormatNumber(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "NaN"
	}
	return string(b)
}

// Format writes the textual form that Parse reads.
func (c *Control) Format(v Value) string {
	switch c.Kind {
	case Real, Whole:
		return FormatNumber(v.Num)
	case Switch:
		if v.Num == 1 {
			return "on"
		}
		return "off"
	case Pick, Text:
		return v.Text
	}
	var b strings.Builder
	for i, x := range v.Vec {
		switch {
		case i == 0:
		case v.Columns > 0 && i%v.Columns == 0:
			b.WriteByte('/')
		default:
			b.WriteByte(',')
		}
		b.WriteString(FormatNumber(x))
	}
	return b.String()
}

// Encode writes the JSON form that Decode reads.
func (c *Control) Encode(v Value) json.RawMessage {
	var out any
	switch c.Kind {
	case Real, Whole:
		if math.IsInf(v.Num, 0) {
			out = FormatNumber(v.Num)
		} else {
			out = v.Num
		}
	case Switch, Pick, Text:
		out = c.Format(v)
	case Vector:
		if out = v.Vec; v.Vec == nil {
			out = []float64{}
		}
	case Matrix:
		rows := [][]float64{}
		for i := 0; i < len(v.Vec); i += v.Columns {
			rows = append(rows, v.Vec[i:i+v.Columns])
		}
		out = rows
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // values were checked to be finite
	}
	return b
}

// Values holds a value for each control, in schema order.
type Values []Entry

// An Entry is a control with its value.
type Entry struct {
	Control *Control
	Value   Value
}

// Find returns the value of a control.
func (v Values) Find(id string) (Value, bool) {
	for i := range v {
		if v[i].Control.ID == id {
			return v[i].Value, true
		}
	}
	return Value{}, false
}

func (v Values) must(id string) Value {
	x, ok := v.Find(id)
	if !ok {
		panic("param: no control " + id)
	}
	return x
}

// Real, Whole, On, Text, Vector return the value of a control that must be in the schema.
func (v Values) Real(id string) float64     { return v.must(id).Num }
func (v Values) Whole(id string) int        { return int(v.must(id).Num) }
func (v Values) On(id string) bool          { return v.must(id).Num == 1 }
func (v Values) Text(id string) string      { return v.must(id).Text }
func (v Values) Vector(id string) []float64 { return v.must(id).Vec }

// File returns the upload that a control names, nil when it names none.
func (v Values) File(id string) *File { return v.must(id).File }

// With returns a copy in which one control has another value.
func (v Values) With(id string, x Value) Values {
	out := slices.Clone(v)
	for i := range out {
		if out[i].Control.ID == id {
			out[i].Value = x
		}
	}
	return out
}

// MarshalJSON writes an object in schema order.
func (v Values) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, e := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, e.Control.ID)
		b = append(b, ':')
		b = append(b, e.Control.Encode(e.Value)...)
	}
	return append(b, '}'), nil
}

// MarshalJSON writes a control as the schema document shows it.
func (c *Control) MarshalJSON() ([]byte, error) {
	type bounds struct {
		Min *json.RawMessage `json:"min,omitempty"`
		Max *json.RawMessage `json:"max,omitempty"`
	}
	var b bounds
	if c.Kind == Real || c.Kind == Whole {
		lo, hi := c.Encode(Num(c.Min)), c.Encode(Num(c.Max))
		b = bounds{&lo, &hi}
	}
	def := json.RawMessage("null")
	if c.By == nil {
		def = c.Encode(c.Default)
	}
	return json.Marshal(struct {
		ID    string `json:"id"`
		Label string `json:"label"`
		Unit  string `json:"unit"`
		Kind  Kind   `json:"kind"`
		bounds
		Log       bool            `json:"log"`
		Default   json.RawMessage `json:"default"`
		Live      bool            `json:"live"`
		PerMethod bool            `json:"per_method"`
		Group     string          `json:"group,omitempty"`
		Symbol    string          `json:"symbol,omitempty"`
		Limit     string          `json:"limit,omitempty"`
		Help      string          `json:"help"`
		Choices   []Choice        `json:"choices,omitempty"`
		Accept    []string        `json:"accept,omitempty"`
	}{c.ID, c.Label, c.Unit, c.Kind, b, c.Log, def, c.Live, c.PerMethod, c.Group, c.Symbol, c.Limit, c.Help, c.Choices, c.Accept})
}
