package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Section is one step of a lesson. Its texts are paragraphs parted by blank lines, with TeX between dollar signs.
type Section struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	// Formula is TeX set on a line of its own.
	Formula string `json:"formula,omitempty"`
	// Open is what "Try this" opens: the id of a preset, or a link query of this lab, which holds an equals sign.
	Open    string   `json:"open,omitempty"`
	Predict *Predict `json:"predict,omitempty"`
	// See says where to look, Proves names the claims that judge it, Not says where it stops being true.
	See    string   `json:"see,omitempty"`
	Proves []string `json:"proves,omitempty"`
	Not    string   `json:"not,omitempty"`
}

// A Predict is a question to be answered before anything is played.
type Predict struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
	Answer   int      `json:"answer"` // index of the option
	Because  string   `json:"because"`
}

// A Symbol says what a letter of the formulas stands for: Of is the id of a control, a hyper-parameter, a measure, a
// clock or a panel, whose colour it takes.
type Symbol struct{ TeX, Of string }

// Symbols are written as an object in their own order.
type Symbols []Symbol

// MarshalJSON implements json.Marshaler.
func (s Symbols) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, v := range s {
		tex, err := json.Marshal(v.TeX)
		if err != nil {
			return nil, err
		}
		of, err := json.Marshal(v.Of)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, tex...), ':'), of...)
	}
	return append(b, '}'), nil
}

// A Term is a word of the page that no control, measure or panel explains.
type Term struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Help  string `json:"help"`
}

// terms are explained in every lab.
var terms = []Term{
	{"seed", "Seed", "Which luck. Same seed, same run, bit for bit on the same kind of machine. Judge methods on many seeds."},
	{"steps", "Steps", "How many updates the run is long. The curves end there; a link carries it."},
	{"sharpness-line", "The line 2/η", `Gradient descent cannot rest where sharpness is above $2/\eta$. Momentum: $2(1+\mu)/\eta$.`},
	{"hessian-index", "Hessian index", "In how many directions the ground falls away. None: minimum. Some: saddle. All: maximum. Values within tolerance of 0 are counted apart."},
	{"filter-normalisation", "Filter normalisation", "Direction rows scaled to the weight rows, so that pictures of different nets can be compared. Row norms agree to 1e-12."},
	{"explained-variance", "Explained variance", "Share of the path's spread along these axes. A random walk in many dimensions already reaches about 81 % on the first (measured from its last point)."},
	{"claim-status", "Claim status", "Holds, fails, or not yet: the same check that runs in the tests. Grey: outside the conditions of the statement."},
}

// planeMeasures are read off the shown plane, so no run records them; panels may show them beside those of the lab.
var planeMeasures = []Measure{
	{"plane-loss", "Loss in the plane", Scalar, "", 1, true, "The loss on the sheet under the dot. The true loss is that of the real point; if they differ, the dot floats off the sheet."},
	{"plane-distance", "Distance from the plane", Scalar, "", 1, false, "How far the real point is from the sheet: its dot is the nearest point of the sheet."},
}

// CheckTeX refuses texts whose dollar signs, braces, \left and \right do not pair.
func CheckTeX(text string) error {
	parts := strings.Split(strings.ReplaceAll(text, `\$`, ""), "$")
	if len(parts)%2 == 0 {
		return fmt.Errorf("a $ is never closed in %q", clip(text))
	}
	for i := 1; i < len(parts); i += 2 {
		if err := checkFormula(parts[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkFormula refuses TeX that is empty or does not pair.
func checkFormula(tex string) error {
	if strings.TrimSpace(tex) == "" {
		return errors.New("a formula is empty")
	}
	depth := 0
	bare := strings.NewReplacer(`\\`, "", `\{`, "", `\}`, "").Replace(tex)
	for _, r := range bare {
		switch r {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return fmt.Errorf("a } is never opened in the formula %q", clip(tex))
			}
		case '$':
			return fmt.Errorf("the formula %q holds a $", clip(tex))
		}
	}
	if depth != 0 {
		return fmt.Errorf("a { is never closed in the formula %q", clip(tex))
	}
	for _, pair := range [][2]string{{`\left`, `\right`}, {`\begin{`, `\end{`}} {
		if strings.Count(withoutArrows.Replace(bare), pair[0]) != strings.Count(withoutArrows.Replace(bare), pair[1]) {
			return fmt.Errorf("%s and %s do not pair in the formula %q", pair[0], pair[1], clip(tex))
		}
	}
	return nil
}

// withoutArrows takes out the commands that begin as \left and \right do.
var withoutArrows = strings.NewReplacer(`\leftarrow`, "", `\rightarrow`, "", `\leftrightarrow`, "")

func clip(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// check finds what is wrong with a section.
func (s *Section) check(l *Lab) error {
	var errs []error
	if s.Title == "" || s.Text == "" {
		errs = append(errs, errors.New("it lacks a title or a text"))
	}
	texts := []string{s.Title, s.Text, s.See, s.Not}
	if s.Formula != "" {
		errs = append(errs, checkFormula(s.Formula))
	}
	if p := s.Predict; p != nil {
		if p.Question == "" || len(p.Options) < 2 || p.Because == "" {
			errs = append(errs, errors.New("its prediction lacks a question, two options or a reason"))
		}
		if p.Answer < 0 || p.Answer >= len(p.Options) {
			errs = append(errs, fmt.Errorf("answer %d is none of its %d options", p.Answer, len(p.Options)))
		}
		texts = append(append(texts, p.Question, p.Because), p.Options...)
	}
	for _, t := range texts {
		errs = append(errs, CheckTeX(t))
	}
	if s.Open != "" {
		if _, err := l.opener(s.Open); err != nil {
			errs = append(errs, fmt.Errorf("it opens %q: %w", s.Open, err))
		}
	}
	for _, id := range s.Proves {
		if _, ok := l.Claim(id); !ok {
			errs = append(errs, fmt.Errorf("it names the unknown claim %s", id))
		}
	}
	return errors.Join(errs...)
}

// opener resolves what a section opens.
func (l *Lab) opener(open string) (*Spec, error) {
	d := Draft{Preset: open}
	if strings.Contains(open, "=") {
		d = Draft{}
		if err := d.Query(open); err != nil {
			return nil, err
		}
	}
	return l.Resolve(d)
}

// named lists what a symbol can stand for.
func (l *Lab) named(id string) bool {
	for _, c := range l.controls() {
		if c.ID == id {
			return true
		}
	}
	for _, m := range l.Methods {
		for _, h := range m.Hyper {
			if h.ID == id {
				return true
			}
		}
	}
	return l.Measure(id) >= 0 || slices.Contains(Clocks, id) || l.Panel(id) != nil || id == "seed"
}

// checkTexts finds what is wrong with the lesson, the symbols and the tips of a lab.
func (l *Lab) checkTexts() error {
	var errs []error
	bad := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("lab %s: %s: %w", l.ID, what, err))
		}
	}
	for i := range l.Lesson {
		bad("lesson step "+l.Lesson[i].Title, l.Lesson[i].check(l))
	}
	seen := map[string]bool{}
	for _, s := range l.Symbols {
		bad("symbol "+s.TeX, checkFormula(s.TeX))
		if seen[s.TeX] || !l.named(s.Of) {
			bad("symbol "+s.TeX, fmt.Errorf("it is listed twice, or %q names nothing of the lab", s.Of))
		}
		seen[s.TeX] = true
	}
	for _, c := range l.controls() {
		bad("control "+c.ID, errors.Join(CheckTeX(c.Help), checkSymbol(c.Symbol)))
	}
	for _, m := range l.Methods {
		bad("method "+m.ID, CheckTeX(m.Help))
		for _, h := range m.Hyper {
			bad("hyper-parameter "+m.ID+"."+h.ID, errors.Join(CheckTeX(h.Help), checkSymbol(h.Symbol)))
		}
	}
	for _, m := range l.Measures {
		bad("measure "+m.ID, CheckTeX(m.Help))
	}
	return errors.Join(errs...)
}

func checkSymbol(tex string) error {
	if tex == "" {
		return nil
	}
	return checkFormula(tex)
}
