package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"thalweg/sim/param"
)

// A Spec fixes a run completely: equal specs give equal bits. It is made by Lab.Resolve only, so its values are
// checked and complete.
type Spec struct {
	Lab     *Lab
	Preset  string
	Values  param.Values
	Methods []MethodSpec
	Seed    uint64
	Steps   int
	Moves   []Move
}

// A MethodSpec is one contestant: its id in the run, its kind, its hyper-parameters and the controls it has for
// itself.
type MethodSpec struct {
	ID    string
	Kind  *MethodKind
	Hyper param.Values
	Own   param.Values
	// left names the hyper-parameters that were not written.
	left []string
}

// A Move is a control turned during a run: it acts on the update from Step to Step+1. Name is a live control, or
// method.hyper-parameter.
type Move struct {
	Step    int
	Name    string
	Value   param.Value
	control *param.Control
}

// A Draft is a spec as somebody wrote it: partial and unchecked.
type Draft struct {
	Lab, Preset string
	LabV        int
	Values      []Pair
	Methods     []string // nil: those of the preset
	Seed        *uint64
	Steps       *int
	Moves       []Turn
	// Files is where uploads that the values name are found; nil has none.
	Files Files
}

// A Pair is a value as text, or as JSON when Raw is set.
type Pair struct {
	Name, Text string
	Raw        json.RawMessage
}

// A Turn is a move as written, unchecked.
type Turn struct {
	Step int
	Pair
}

const (
	maxMethods = 32
	maxMoves   = 1000
	maxSeed    = 1<<53 - 1
)

var methodName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,39}$`)

func (p Pair) read(c *param.Control) (param.Value, error) {
	if p.Raw != nil {
		return c.Decode(p.Raw)
	}
	return c.Parse(p.Text)
}

// Resolve checks a draft and completes it: what is written wins over the preset, the preset over the defaults.
// All faults are reported together.
func (l *Lab) Resolve(d Draft) (*Spec, error) {
	s := &Spec{Lab: l, Seed: 1, Steps: l.Steps}
	var errs []error
	if d.Lab != "" && d.Lab != l.ID {
		return nil, param.Refuse("lab", "this is lab %s, the spec is for %s", l.ID, d.Lab)
	}
	if d.LabV != 0 && d.LabV != l.Version {
		return nil, param.Refuse("labv", "the link was made for version %d of lab %s, this program has version %d", d.LabV, l.ID, l.Version)
	}
	set := map[string]Pair{}
	methods := l.Start
	if d.Preset != "" {
		p, ok := l.Preset(d.Preset)
		if !ok {
			ids := make([]string, len(l.Presets))
			for i := range l.Presets {
				ids[i] = l.Presets[i].ID
			}
			return nil, param.Refuse("preset", "%q is not one of %s", d.Preset, strings.Join(ids, ", "))
		}
		s.Preset = p.ID
		for _, kv := range p.Set {
			name, text, _ := strings.Cut(kv, "=")
			set[name] = Pair{Name: name, Text: text}
		}
		if p.Methods != nil {
			methods = p.Methods
		}
		if p.Seed != 0 {
			s.Seed = p.Seed
		}
		if p.Steps != 0 {
			s.Steps = p.Steps
		}
	}
	for _, p := range d.Values {
		set[p.Name] = p
	}
	take := func(controls []param.Control) {
		for i := range controls {
			c := &controls[i]
			v := c.Default
			if c.By != nil {
				v = c.By(s.Values)
			}
			if p, ok := set[c.ID]; ok {
				got, err := p.read(c)
				if err == nil {
					got, err = attach(c, got, d.Files)
				}
				if err != nil {
					errs = append(errs, err)
				} else {
					v = got
				}
				delete(set, c.ID)
			}
			s.Values = append(s.Values, param.Entry{Control: c, Value: v})
		}
	}
	take(slices.Clone(l.Controls))
	if l.Letters != nil && len(errs) == 0 {
		letters, err := l.Letters(s.Values)
		if err != nil {
			errs = append(errs, err)
		}
		take(letters)
	}
	take(slices.Clone(everywhere))
	unknown := make([]string, 0, len(set))
	for name := range set {
		unknown = append(unknown, name)
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		errs = append(errs, param.Refuse(name, "lab %s has no control of this name", l.ID))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if d.Methods != nil {
		methods = d.Methods
	}
	if len(methods) > maxMethods {
		return nil, param.Refuse("methods", "%d methods, at most %d", len(methods), maxMethods)
	}
	for _, text := range methods {
		m, err := l.method(text, s.Values, s.Methods, d.Files)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.Methods = append(s.Methods, m)
	}
	for _, m := range s.Methods {
		m.settle(s.Methods)
	}
	if d.Seed != nil {
		s.Seed = *d.Seed
	}
	if s.Seed > maxSeed {
		errs = append(errs, param.Refuse("seed", "must lie between 0 and %d", uint64(maxSeed)))
	}
	if d.Steps != nil {
		s.Steps = *d.Steps
	}
	most := l.MaxSteps
	if most == 0 {
		most = 1_000_000
	}
	if s.Steps < 1 || s.Steps > most {
		errs = append(errs, param.Refuse("steps", "must lie between 1 and %d; got %d", most, s.Steps))
	}
	if len(d.Moves) > maxMoves {
		return nil, param.Refuse("moves", "%d moves, at most %d", len(d.Moves), maxMoves)
	}
	for _, p := range d.Moves {
		m, err := s.move(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.Moves = append(s.Moves, m)
	}
	slices.SortStableFunc(s.Moves, func(a, b Move) int { return a.Step - b.Step })
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

// method reads [name=]id[:hyper=value,…].
func (l *Lab) method(text string, values param.Values, before []MethodSpec, files Files) (MethodSpec, error) {
	head, rest, _ := strings.Cut(text, ":")
	name, id, named := strings.Cut(head, "=")
	if !named {
		id = name
	}
	k, ok := l.Method(id)
	if !ok {
		ids := make([]string, len(l.Methods))
		for i := range l.Methods {
			ids[i] = l.Methods[i].ID
		}
		return MethodSpec{}, param.Refuse("methods", "lab %s has no method %q; it has %s", l.ID, id, strings.Join(ids, ", "))
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(before, func(m MethodSpec) bool { return m.ID == name })
	}
	if !named {
		for n := 2; taken(name); n++ {
			name = id + "-" + strconv.Itoa(n)
		}
	} else if !methodName.MatchString(name) || taken(name) {
		return MethodSpec{}, param.Refuse("methods", "the name %q is taken or holds other than lower-case letters, digits and hyphens", name)
	}
	m := MethodSpec{ID: name, Kind: k}
	given := map[string]string{}
	last := ""
	for part := range strings.SplitSeq(rest, ",") {
		if part == "" {
			continue
		}
		if key, value, ok := strings.Cut(part, "="); ok {
			last = key
			if _, twice := given[key]; twice {
				return m, param.Refuse(name+"."+key, "is given twice")
			}
			given[key] = value
		} else if last != "" {
			given[last] += "," + part
		} else {
			return m, param.Refuse("methods", "%q is not hyper=value", part)
		}
	}
	at := func(err error) error {
		for _, f := range param.Faults(err) {
			return &param.Fault{Field: name + "." + f.Field, Detail: f.Detail}
		}
		return err
	}
	for _, c := range k.Hyper {
		v := c.Default
		if k.Default != nil {
			if x, ok := k.Default(c.ID, values); ok {
				v = param.Num(x)
			}
		}
		if x, ok := values.Find(c.ID); ok && c.ID != "noise" {
			v = x
		}
		if text, ok := given[c.ID]; ok {
			got, err := c.Parse(text)
			if err != nil {
				return m, at(err)
			}
			v = got
			delete(given, c.ID)
		} else if err := c.Check(v); err != nil {
			return m, at(err)
		} else {
			m.left = append(m.left, c.ID)
		}
		m.Hyper = append(m.Hyper, param.Entry{Control: c, Value: v})
	}
	for _, e := range values {
		if text, ok := given[e.Control.ID]; ok && e.Control.PerMethod {
			v, err := e.Control.Parse(text)
			if err == nil {
				v, err = attach(e.Control, v, files)
			}
			if err != nil {
				return m, at(err)
			}
			m.Own = append(m.Own, param.Entry{Control: e.Control, Value: v})
			delete(given, e.Control.ID)
		}
	}
	for _, key := range slices.Sorted(mapKeys(given)) {
		return m, param.Refuse(name+"."+key, "method %s has no hyper-parameter of this name", id)
	}
	return m, nil
}

// settle gives the hyper-parameters that were not written the defaults that depend on the methods beside.
func (m *MethodSpec) settle(methods []MethodSpec) {
	for i, e := range m.Hyper {
		if by := m.Kind.Beside[e.Control.ID]; by != nil && slices.Contains(m.left, e.Control.ID) {
			if v, ok := by(methods); ok {
				m.Hyper[i].Value = param.Num(v)
			}
		}
	}
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (s *Spec) move(p Turn) (Move, error) {
	m := Move{Step: p.Step, Name: p.Name}
	if p.Step < 0 || p.Step >= s.Steps {
		return m, param.Refuse("moves", "step %d of %s lies outside 0 to %d", p.Step, p.Name, s.Steps-1)
	}
	if i := strings.LastIndexByte(p.Name, '.'); i > 0 {
		for _, ms := range s.Methods {
			if ms.ID != p.Name[:i] {
				continue
			}
			for _, e := range ms.Hyper {
				if e.Control.ID == p.Name[i+1:] {
					m.control = e.Control
				}
			}
		}
	} else {
		for _, e := range s.Values {
			if e.Control.ID == p.Name {
				m.control = e.Control
			}
		}
	}
	if m.control == nil || !m.control.Live {
		return m, param.Refuse("moves", "%q is not a live control of this run", p.Name)
	}
	v, err := p.read(m.control)
	if err != nil {
		for _, f := range param.Faults(err) {
			return m, &param.Fault{Field: p.Name, Detail: f.Detail}
		}
	}
	m.Value = v
	return m, nil
}

// Turned returns the spec with one more move.
func (s *Spec) Turned(step int, p Pair) (*Spec, error) {
	m, err := s.move(Turn{step, p})
	if err != nil {
		return nil, err
	}
	if len(s.Moves) >= maxMoves {
		return nil, param.Refuse("moves", "at most %d moves", maxMoves)
	}
	t := *s
	t.Moves = slices.DeleteFunc(slices.Clone(s.Moves), func(o Move) bool { return o.Step == step && o.Name == p.Name })
	t.Moves = append(t.Moves, m)
	slices.SortStableFunc(t.Moves, func(a, b Move) int { return a.Step - b.Step })
	return &t, nil
}

// text writes the method; with all of its hyper-parameters, or those away from their default only.
func (m *MethodSpec) text(l *Lab, values param.Values, all bool, before []MethodSpec) string {
	auto := m.Kind.ID
	for n := 2; slices.ContainsFunc(before, func(o MethodSpec) bool { return o.ID == auto }); n++ {
		auto = m.Kind.ID + "-" + strconv.Itoa(n)
	}
	var b strings.Builder
	if m.ID != auto {
		b.WriteString(m.ID + "=")
	}
	b.WriteString(m.Kind.ID)
	var plain MethodSpec
	if !all {
		plain, _ = l.method(m.Kind.ID, values, nil, nil)
	}
	sep := ":"
	for i, e := range slices.Concat(m.Hyper, m.Own) {
		// What depends on the methods beside is always written: the plain method does not know them.
		beside := m.Kind.Beside[e.Control.ID] != nil
		if !all && !beside && i < len(m.Hyper) && i < len(plain.Hyper) && plain.Hyper[i].Value.Equal(e.Value) {
			continue
		}
		b.WriteString(sep + e.Control.ID + "=" + e.Control.Format(e.Value))
		sep = ","
	}
	return b.String()
}

func (s *Spec) methodTexts(all bool) []string {
	out := []string{}
	for i := range s.Methods {
		out = append(out, s.Methods[i].text(s.Lab, s.Values, all, s.Methods[:i]))
	}
	return out
}

// MarshalJSON writes the canonical form: every value, defaults included, in schema order.
func (s *Spec) MarshalJSON() ([]byte, error) {
	type move struct {
		Step  int             `json:"step"`
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	}
	moves := make([]move, len(s.Moves))
	for i, m := range s.Moves {
		moves[i] = move{m.Step, m.Name, m.control.Encode(m.Value)}
	}
	return json.Marshal(struct {
		V       int          `json:"v"`
		Lab     string       `json:"lab"`
		LabV    int          `json:"labv"`
		Preset  string       `json:"preset,omitempty"`
		Values  param.Values `json:"values"`
		Methods []string     `json:"methods"`
		Seed    uint64       `json:"seed"`
		Steps   int          `json:"steps"`
		Moves   []move       `json:"moves,omitempty"`
	}{1, s.Lab.ID, s.Lab.Version, s.Preset, s.Values, s.methodTexts(true), s.Seed, s.Steps, moves})
}

// ID is the first 12 hex digits of the SHA-256 of the canonical form.
func (s *Spec) ID() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // values of a resolved spec are finite or written as text
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// Link is the path and query that opens this spec: only what differs from preset and defaults, plus labv.
func (s *Spec) Link() string {
	var q []string
	add := func(k, v string) { q = append(q, k+"="+escape(v)) }
	d := Draft{Preset: s.Preset, Files: s.Files()}
	if s.Preset != "" {
		add("preset", s.Preset)
	}
	base, err := s.Lab.Resolve(d)
	for _, e := range s.Values {
		if err == nil {
			if v, ok := base.Values.Find(e.Control.ID); ok && v.Equal(e.Value) {
				continue
			}
		}
		text := e.Control.Format(e.Value)
		add(e.Control.ID, text)
		d.Values = append(d.Values, Pair{Name: e.Control.ID, Text: text})
		base, err = s.Lab.Resolve(d)
	}
	if err != nil || !slices.Equal(base.methodTexts(true), s.methodTexts(true)) {
		add("methods", strings.Join(s.methodTexts(false), ";"))
	}
	if err != nil || base.Seed != s.Seed {
		add("seed", strconv.FormatUint(s.Seed, 10))
	}
	if err != nil || base.Steps != s.Steps {
		add("steps", strconv.Itoa(s.Steps))
	}
	if len(s.Moves) > 0 {
		texts := make([]string, len(s.Moves))
		for i, m := range s.Moves {
			texts[i] = strconv.Itoa(m.Step) + ":" + m.Name + "=" + m.control.Format(m.Value)
		}
		add("moves", strings.Join(texts, ";"))
	}
	add("labv", strconv.Itoa(s.Lab.Version))
	return "/lab/" + s.Lab.ID + "?" + strings.Join(q, "&")
}

// escape leaves readable what a query may hold: only a semicolon and what breaks a link is encoded.
func escape(s string) string {
	e := url.QueryEscape(s)
	for _, c := range []string{",", ":", "/", "=", "(", ")", "*", "^"} {
		e = strings.ReplaceAll(e, url.QueryEscape(c), c)
	}
	return e
}

// pageKeys are link parameters of the page, not of the run.
var pageKeys = []string{"v", "fork", "step", "view", "cam", "log", "plane", "layout", "clock", "renderer", "hide", "theme", "embed"}

const maxLink = 16 << 10

// ParseLink reads anything that holds /lab/{id}?query.
func ParseLink(link string) (Draft, error) {
	var d Draft
	if len(link) > maxLink {
		return d, param.Refuse("link", "is %d bytes long, at most %d are taken", len(link), maxLink)
	}
	_, rest, ok := strings.Cut(link, "/lab/")
	if !ok {
		return d, param.Refuse("link", "holds no /lab/")
	}
	rest, _, _ = strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	d.Lab = strings.TrimSuffix(path, "/")
	return d, d.Query(query)
}

// Query reads a link's query into the draft.
func (d *Draft) Query(query string) error {
	q, err := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	if err != nil {
		return param.Refuse("link", "%v", err)
	}
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text := q.Get(name)
		if len(q[name]) > 1 {
			return param.Refuse(name, "is given %d times", len(q[name]))
		}
		switch name {
		case "v":
			if text != "1" {
				return param.Refuse("v", "this program reads version 1 of links, not %q", text)
			}
		case "labv":
			if d.LabV, err = strconv.Atoi(text); err != nil {
				return param.Refuse("labv", "%q is not a whole number", text)
			}
		case "preset":
			d.Preset = text
		case "methods":
			d.Methods = SplitMethods(text)
		case "seed":
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return param.Refuse("seed", "%q is not a whole number between 0 and %d", text, uint64(maxSeed))
			}
			d.Seed = &n
		case "steps":
			n, err := strconv.Atoi(text)
			if err != nil {
				return param.Refuse("steps", "%q is not a whole number", text)
			}
			d.Steps = &n
		case "moves":
			for move := range strings.SplitSeq(text, ";") {
				if move == "" {
					continue
				}
				if err := d.Move(move); err != nil {
					return err
				}
			}
		default:
			if !slices.Contains(pageKeys, name) {
				d.Values = append(d.Values, Pair{Name: name, Text: text})
			}
		}
	}
	return nil
}

// SplitMethods parts methods at semicolons.
func SplitMethods(text string) []string {
	out := []string{}
	for m := range strings.SplitSeq(text, ";") {
		if m = strings.TrimSpace(m); m != "" {
			out = append(out, m)
		}
	}
	return out
}

// Move reads step:name=value into the draft.
func (d *Draft) Move(text string) error {
	step, rest, ok := strings.Cut(text, ":")
	name, value, ok2 := strings.Cut(rest, "=")
	n, err := strconv.Atoi(step)
	if !ok || !ok2 || err != nil {
		return param.Refuse("moves", "%q is not step:name=value", text)
	}
	d.Moves = append(d.Moves, Turn{n, Pair{Name: name, Text: value}})
	return nil
}

// DecodeDraft reads the JSON form of a spec, whole or partial.
func DecodeDraft(data []byte) (Draft, error) {
	var raw struct {
		V       *int            `json:"v"`
		Lab     string          `json:"lab"`
		LabV    int             `json:"labv"`
		Preset  string          `json:"preset"`
		Values  json.RawMessage `json:"values"`
		Methods *[]string       `json:"methods"`
		Seed    *json.Number    `json:"seed"`
		Steps   *json.Number    `json:"steps"`
		Moves   []struct {
			Step  int             `json:"step"`
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		} `json:"moves"`
	}
	var d Draft
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&raw); err != nil {
		return d, param.Refuse("spec", "is not a spec: %v", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return d, param.Refuse("spec", "holds more than one JSON value")
	}
	if raw.V != nil && *raw.V != 1 {
		return d, param.Refuse("v", "this program reads version 1 of specs, not %d", *raw.V)
	}
	d.Lab, d.LabV, d.Preset = raw.Lab, raw.LabV, raw.Preset
	if len(raw.Values) > 0 && string(raw.Values) != "null" {
		pairs, err := object(raw.Values)
		if err != nil {
			return d, err
		}
		d.Values = pairs
	}
	if raw.Methods != nil {
		d.Methods = append([]string{}, *raw.Methods...)
	}
	if raw.Seed != nil {
		n, err := strconv.ParseUint(raw.Seed.String(), 10, 64)
		if err != nil {
			return d, param.Refuse("seed", "%s is not a whole number between 0 and %d", raw.Seed, uint64(maxSeed))
		}
		d.Seed = &n
	}
	if raw.Steps != nil {
		n, err := raw.Steps.Int64()
		if err != nil || n > math.MaxInt32 || n < math.MinInt32 {
			return d, param.Refuse("steps", "%s is not a whole number in range", raw.Steps)
		}
		steps := int(n)
		d.Steps = &steps
	}
	for _, m := range raw.Moves {
		d.Moves = append(d.Moves, Turn{m.Step, Pair{Name: m.Name, Raw: m.Value}})
	}
	return d, nil
}

// object reads a JSON object in its own order, refusing a name given twice.
func object(raw json.RawMessage) ([]Pair, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, param.Refuse("values", "must be an object of control ids")
	}
	var out []Pair
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, param.Refuse("values", "%v", err)
		}
		p := Pair{Name: t.(string)}
		if err := dec.Decode(&p.Raw); err != nil {
			return nil, param.Refuse(p.Name, "%v", err)
		}
		if slices.ContainsFunc(out, func(o Pair) bool { return o.Name == p.Name }) {
			return nil, param.Refuse(p.Name, "is given twice")
		}
		out = append(out, p)
	}
	return out, nil
}
