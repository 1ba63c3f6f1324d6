// Package sim is what moves on the ground: the vocabulary of labs and the one engine that plays them.
//
// A Spec fixes a run completely. A Lab opens it as a Scene of contestants; a Run steps them; what it records
// is a Trace, which claims judge, exports write and the server streams. Nothing here reads a clock.
package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"thalweg/landscape"
	"thalweg/sim/param"
)

// A Lab is one room of the house: a problem with its methods, measures, presets and claims. A value in a list.
type Lab struct {
	ID, Title, Summary string
	// Question is the one line under the title in the gallery, Source where the lab comes from.
	Question, Source string
	// Version is raised when a default or a method changes, so that old links are not misread.
	Version int
	Paper   *Paper
	Lesson  []Section
	// Symbols are the letters of the lesson's formulas.
	Symbols Symbols
	// Controls in schema order; sim adds replicas, common-noise and every to each lab.
	Controls []param.Control
	// Letters gives controls that come from the values of others, such as a formula's free letters.
	Letters func(param.Values) ([]param.Control, error)
	// Methods on offer; Start lists the ones (as method texts) that a spec without any names takes.
	Methods  []MethodKind
	Start    []string
	Steps    int
	MaxSteps int
	Measures []Measure
	Panels   []Panel
	Presets  []Preset
	Claims   []Claim
	// Tally, if not nil, is what the runs of one tab cost together.
	Tally *Tally
	// Open builds the scene of one replica. Faults of values are param.Faults.
	Open func(Setup) (*Scene, error)
}

// A Paper is where a lab's mathematics was published.
type Paper struct {
	Authors string `json:"authors"`
	Year    int    `json:"year"`
	ArXiv   string `json:"arxiv"`
}

// A MethodKind is a method on offer with the schema of its hyper-parameters.
type MethodKind struct {
	ID    string           `json:"id"`
	Label string           `json:"label"`
	Slot  int              `json:"slot"` // colour slot 1..8, 0 takes the next free one
	Help  string           `json:"help,omitempty"`
	Hyper []*param.Control `json:"hyper"`
	// Default overrides the default of a hyper-parameter by the values of the controls.
	Default func(id string, v param.Values) (float64, bool) `json:"-"`
	// Beside overrides the default of a hyper-parameter by the methods of the same spec, itself among them.
	Beside map[string]func(methods []MethodSpec) (float64, bool) `json:"-"`
}

// A Tally is a cost that adds up over runs with the same seed, by whoever bears it. Measure is a scalar that only grows along
// a run, a concentrated privacy loss ρ; Bound another, the best bound of the run's own, the sum of which is never exceeded.
type Tally struct {
	Measure string `json:"measure"`
	Bound   string `json:"bound"`
	Who     string `json:"who"`
}

// A Kind says what a measure or panel shows.
type Kind string

// The kinds of measures.
const (
	Scalar Kind = "scalar"
	Vector Kind = "vector"
	Image  Kind = "image"
	Points Kind = "points"
)

// LogSpaced as a measure's cadence asks for readings at steps 0, 1, 2, 3, then each about 1.3 times the last, and at the
// powers of ten: what happens early and what happens late weigh the same.
const LogSpaced = -1

// A Measure is a quantity read off the contestants. It is declared once; Every is its cadence in steps, where 1
// means each record, LogSpaced fewer and fewer, and 0 once: at the start, or by the scene's Closing when all walks have
// ended. What is not read once is read at the last step too.
type Measure struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Kind  Kind   `json:"kind"`
	Unit  string `json:"unit"`
	Every int    `json:"every"`
	Log   bool   `json:"log"`
	Help  string `json:"help"`
}

// A Preset is a spec worth looking at. Set holds name=value pairs.
type Preset struct {
	ID, Title, Note string
	Set             []string
	Methods         []string
	Seed            uint64
	Steps           int
	Aliases         []string
	// Ground is the method on whose ground the page opens, where each has its own; empty is the first.
	Ground string
}

// A Setup is what a lab opens: the values, and each contestant with its own.
type Setup struct {
	Spec    *Spec
	Values  param.Values
	Methods []MethodSpec
	// Seed is the spec's plus the replica's number.
	Seed  uint64
	Steps int
}

// A Scene is an opened spec: its contestants, in the order of the spec's methods.
type Scene struct {
	Contestants []Contestant
	// Cost estimates the floating point operations of one step of all contestants; 0 means negligible.
	Cost float64
	// Note is a sentence the page shows, such as "all 150 rows are used".
	Note string
	// Closing, if not nil, takes the readings that need the ends of several walks, once all have ended: a row by measure
	// for each contestant that has any. An error is that of the context.
	Closing func(ctx context.Context, ends []End) ([]map[string]Values, error)
}

// Values are a reading; Columns is that of an image or of points, else 0.
type Values struct {
	Numbers []float64
	Columns int
}

// An End is where a contestant's walk ended: its last point, nil where it diverged or failed, on the ground of that time.
type End struct {
	X      []float64
	Ground landscape.Func
}

// A Contestant is a method on its ground.
type Contestant struct {
	Method  Method
	Ground  landscape.Func
	Problem string
	Minima  []landscape.Minimum
	// Imported marks what a file brought and nothing here computed: the page says so wherever it shows it.
	Imported bool
	// Domain is the first view of a two-dimensional ground: x0, x1, y0, y1.
	Domain [4]float64
	// Planes lists the kinds of planes on offer, the default first; empty means the whole space is shown.
	Planes []string
	// Heights are further surfaces over the same planes, by name: only Loss of them is read, where it is not finite they have
	// a hole.
	Heights map[string]landscape.Func
	// Read gives the measures beyond the standard ones, or replaces those. Only measures that the ground can
	// give are present.
	Read map[string]Reader
	// Turned tells what the contestant stands on once live controls of the ground have other values: only Ground, Read and
	// Lacks of the answer count. Contestants that share a ground go on sharing one. Nil where no control is live.
	Turned func(values param.Values) (Contestant, error)
	// Lacks names standard measures that this ground does not give, Closes those that the scene's Closing gives.
	Lacks, Closes []string
}

// A Reader computes a measure at the contestant's present point: values, and for images and points the number of
// columns. It must not change the method, and draws random numbers of purpose Probe only.
type Reader func(at *Reading) (values []float64, columns int)

// A Reading is where a measure is taken.
type Reading struct {
	Method Method
	Step   int
	X      []float64
	Loss   float64
	Grad   []float64
}

// A Claim is a fact of a paper or of theory, proved or refuted by a run.
type Claim struct {
	ID, Statement, Source string
	// Preset names the preset it is judged on; Specs, when given, are the specs whose traces Check gets, in order,
	// as link queries on top of the preset ("preset=valley&seed=2").
	Preset string
	Specs  []string
	// Panel is the id of the panel that shows what the claim reads, if any.
	Panel string
	// Seeds is how many seeds N, N+1, … the claim plays; 0 and 1 mean one. Check gets all traces of the first seed,
	// then those of the next.
	Seeds int
	// Long marks claims that take more than two seconds on two cores, Seeded those that fail on more than 1 % of
	// fresh seed sets, Each those whose check judges every trace by itself: of a long one, a page can show what the run on
	// screen says.
	Long, Seeded, Each bool
	Want               string
	Check              func([]*Trace) Verdict
	// Prove judges a claim that needs no run.
	Prove func(context.Context) Verdict
}

// The verdicts.
const (
	Holds    = "holds"
	Fails    = "fails"
	NotYet   = "not-yet"
	Unjudged = "unjudged"
)

// A Verdict is the outcome of a claim: what was seen, and whether that is what was said.
type Verdict struct{ Verdict, Got string }

// Judge makes a verdict.
func Judge(holds bool, format string, args ...any) Verdict {
	v := Verdict{Fails, fmt.Sprintf(format, args...)}
	if holds {
		v.Verdict = Holds
	}
	return v
}

// Method returns the kind of a method.
func (l *Lab) Method(id string) (*MethodKind, bool) {
	for i := range l.Methods {
		if l.Methods[i].ID == id {
			return &l.Methods[i], true
		}
	}
	return nil, false
}

// Preset returns a preset by id or alias.
func (l *Lab) Preset(id string) (*Preset, bool) {
	for i := range l.Presets {
		if p := &l.Presets[i]; p.ID == id || slices.Contains(p.Aliases, id) {
			return p, true
		}
	}
	return nil, false
}

// Measure returns the index of a measure, or -1.
func (l *Lab) Measure(id string) int {
	return slices.IndexFunc(l.Measures, func(m Measure) bool { return m.ID == id })
}

// everywhere are the controls that every lab has.
var everywhere = []param.Control{
	{ID: "replicas", Label: "Replicas", Group: "Run", Kind: param.Whole, Min: 1, Max: 256, Default: param.Num(1), Help: "Runs the same spec with as many seeds: seed, seed + 1, …"},
	{ID: "common-noise", Label: "Common noise", Group: "Run", Kind: param.Switch, Default: param.On(true), Help: "Methods share the random numbers of equal roles, so that differences are the methods'."},
	{ID: "every", Label: "Record every", Unit: "steps", Group: "Run", Kind: param.Whole, Min: 1, Max: 10000, Default: param.Num(1), Help: "Keeps each so many-th step; the first and the last always."},
}

// Controls of the lab with those that every lab has.
func (l *Lab) controls() []param.Control { return append(slices.Clip(l.Controls), everywhere...) }

// reserved are query names that no control may take (NAMES of links).
var reserved = []string{"v", "labv", "preset", "methods", "seed", "steps", "moves", "fork", "step", "view", "cam", "log", "plane", "layout", "clock", "renderer", "hide", "theme", "embed"}

// Validate refuses a list of labs that contradicts itself: duplicate or reserved ids, presets naming unknown
// controls, claims without a check, panels of unknown measures, lessons whose formulas or links are broken.
func Validate(labs []*Lab) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	seen := map[string]bool{}
	for _, l := range labs {
		if l.ID == "" || l.Title == "" || l.Question == "" || l.Open == nil || l.Version < 1 || l.Steps < 1 || len(l.Start) == 0 {
			bad("lab %q lacks an id, title, question, version, steps, methods or Open", l.ID)
		}
		if seen[l.ID] {
			bad("lab %s is listed twice", l.ID)
		}
		seen[l.ID] = true
		ids := map[string]bool{}
		for _, c := range l.controls() {
			if slices.Contains(reserved, c.ID) || ids[c.ID] {
				bad("lab %s: control %s is reserved or listed twice", l.ID, c.ID)
			}
			ids[c.ID] = true
			if i := l.Measure(c.Limit); c.Limit != "" && (i < 0 || l.Measures[i].Kind != Scalar) {
				bad("lab %s: control %s has the limit %s, which is no scalar measure", l.ID, c.ID, c.Limit)
			}
			if len(c.Accept) > 0 && c.Kind != param.Text {
				bad("lab %s: control %s takes files and is no text", l.ID, c.ID)
			}
			if c.By == nil {
				if err := c.Check(c.Default); err != nil {
					bad("lab %s: the default of %w", l.ID, err)
				}
			}
		}
		methods := map[string]bool{}
		for _, m := range l.Methods {
			if methods[m.ID] {
				bad("lab %s: method %s is listed twice", l.ID, m.ID)
			}
			methods[m.ID] = true
		}
		panels := map[string]bool{}
		for i := range l.Panels {
			p := &l.Panels[i]
			if panels[p.ID] {
				bad("lab %s: panel %s is listed twice", l.ID, p.ID)
			}
			panels[p.ID] = true
			if err := p.check(l); err != nil {
				bad("lab %s: panel %s: %w", l.ID, p.ID, err)
			}
		}
		if _, err := l.Resolve(Draft{}); err != nil {
			bad("lab %s: defaults: %w", l.ID, err)
		}
		if t := l.Tally; t != nil {
			for _, id := range []string{t.Measure, t.Bound} {
				if i := l.Measure(id); i < 0 || l.Measures[i].Kind != Scalar || t.Who == "" {
					bad("lab %s: its tally adds up %s, which is no scalar measure, or of nobody", l.ID, id)
				}
			}
		}
		claimed := map[string]bool{}
		for _, c := range l.Claims {
			claimed[c.Preset] = true
			if (c.Check == nil) == (c.Prove == nil) || c.Statement == "" || c.Source == "" || c.Want == "" {
				bad("lab %s: claim %s lacks a statement, source, want or check", l.ID, c.ID)
			}
			if c.Panel != "" && !panels[c.Panel] {
				bad("lab %s: claim %s is shown by the unknown panel %s", l.ID, c.ID, c.Panel)
			}
			if _, err := l.claimSpecs(&c, 0, false); err != nil {
				bad("lab %s: claim %s: %w", l.ID, c.ID, err)
			}
		}
		for _, p := range l.Presets {
			if spec, err := l.Resolve(Draft{Preset: p.ID}); err != nil {
				bad("lab %s: preset %s: %w", l.ID, p.ID, err)
			} else if p.Ground != "" && !slices.ContainsFunc(spec.Methods, func(m MethodSpec) bool { return m.ID == p.Ground }) {
				bad("lab %s: preset %s opens on the ground of %q, which is none of its methods", l.ID, p.ID, p.Ground)
			}
			if !claimed[p.ID] {
				bad("lab %s: preset %s has no claim", l.ID, p.ID)
			}
		}
		if err := l.checkTexts(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
