package sim

import (
	"strings"

	"thalweg/sim/param"
)

// A LabSchema is a lab as the schema document shows it.
type LabSchema struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Summary  string           `json:"summary"`
	Question string           `json:"question"`
	Source   string           `json:"source"`
	LabV     int              `json:"labv"`
	Paper    *Paper           `json:"paper"`
	Lesson   []Section        `json:"lesson"`
	Symbols  Symbols          `json:"symbols"`
	Terms    []Term           `json:"terms"`
	Controls []*param.Control `json:"controls"`
	Methods  []MethodKind     `json:"methods"`
	Start    []string         `json:"start"`
	Steps    int              `json:"steps"`
	MaxSteps int              `json:"max_steps"`
	Measures []Measure        `json:"measures"`
	// PlaneMeasures are read off the shown plane instead of recorded.
	PlaneMeasures []Measure      `json:"plane_measures"`
	Panels        []Panel        `json:"panels"`
	Presets       []PresetSchema `json:"presets"`
	Claims        []ClaimSchema  `json:"claims"`
	Tally         *Tally         `json:"tally,omitempty"`
}

// A PresetSchema is a preset with its own values; a preset without seed, steps or methods shows those it takes.
type PresetSchema struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Note    string       `json:"note"`
	Values  param.Values `json:"values"`
	Methods []string     `json:"methods"`
	Seed    uint64       `json:"seed"`
	Steps   int          `json:"steps"`
	Aliases []string     `json:"aliases,omitempty"`
	// Ground is the method on whose ground the page opens, the first where it is empty.
	Ground string `json:"ground,omitempty"`
}

// A ClaimSchema is a claim without its check.
type ClaimSchema struct {
	ID        string `json:"id"`
	Statement string `json:"statement"`
	Preset    string `json:"preset"`
	Panel     string `json:"panel,omitempty"`
	Source    string `json:"source"`
	Want      string `json:"want"`
	Long      bool   `json:"long"`
	Seeded    bool   `json:"seeded"`
}

// A Catalogue is the schema document of all labs.
type Catalogue struct {
	Schema int         `json:"schema"`
	Labs   []LabSchema `json:"labs"`
}

// Schema describes labs: what `thalweg labs --json` prints and GET /api/labs serves.
func Schema(labs []*Lab) Catalogue {
	c := Catalogue{Schema: 1, Labs: []LabSchema{}}
	for _, l := range labs {
		c.Labs = append(c.Labs, l.Schema())
	}
	return c
}

// Schema describes a lab.
func (l *Lab) Schema() LabSchema {
	s := LabSchema{ID: l.ID, Title: l.Title, Summary: l.Summary, Question: l.Question, Source: l.Source, LabV: l.Version, Paper: l.Paper,
		Lesson: list(l.Lesson), Symbols: l.Symbols, Terms: terms, Methods: list(l.Methods), Start: list(l.Start), Steps: l.Steps, MaxSteps: l.mostSteps(), Measures: list(l.Measures), PlaneMeasures: planeMeasures, Panels: list(l.Panels),
		Presets: []PresetSchema{}, Claims: []ClaimSchema{}, Tally: l.Tally}
	for _, c := range l.controls() {
		s.Controls = append(s.Controls, &c)
	}
	for _, p := range l.Presets {
		s.Presets = append(s.Presets, l.presetSchema(&p))
	}
	for _, c := range l.Claims {
		s.Claims = append(s.Claims, ClaimSchema{c.ID, c.Statement, c.Preset, c.Panel, c.Source, c.Want, c.Long, c.Seeded})
	}
	return s
}

func (l *Lab) presetSchema(p *Preset) PresetSchema {
	out := PresetSchema{ID: p.ID, Title: p.Title, Note: p.Note, Values: param.Values{}, Methods: p.Methods, Seed: p.Seed, Steps: p.Steps, Aliases: p.Aliases, Ground: p.Ground}
	spec, err := l.Resolve(Draft{Preset: p.ID})
	if err != nil {
		return out // Validate refuses such a lab
	}
	own := map[string]bool{}
	for _, kv := range p.Set {
		name, _, _ := strings.Cut(kv, "=")
		own[name] = true
	}
	for _, e := range spec.Values {
		if own[e.Control.ID] {
			out.Values = append(out.Values, e)
		}
	}
	out.Seed, out.Steps = spec.Seed, spec.Steps
	if out.Methods == nil {
		out.Methods = l.Start
	}
	return out
}

// mostSteps is the largest number of steps that a spec may ask for.
func (l *Lab) mostSteps() int {
	if l.MaxSteps != 0 {
		return l.MaxSteps
	}
	return 1_000_000
}

// list makes an absent list an empty one, so that JSON has [] and not null.
func list[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}
