package server

import (
	"encoding/json"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/explore"
	"thalweg/sim/param"
)

// The text messages of the stream, in the order of CONTRIBUTING.md.

type openedMessage struct {
	V        int       `json:"v"`
	Type     string    `json:"type"`
	Run      string    `json:"run"`
	State    string    `json:"state"`
	Step     int       `json:"step"`
	Steps    int       `json:"steps"`
	Rate     float64   `json:"rate"`
	Every    int       `json:"every"`
	Link     string    `json:"link"`
	Spec     *sim.Spec `json:"spec"`
	Parent   string    `json:"parent,omitempty"`
	ForkedAt *int      `json:"forked_at,omitempty"`
	Dim      int       `json:"dim"`
	Problem  string    `json:"problem"`
	// Imported marks a run that shows what a file brought.
	Imported bool                `json:"imported,omitempty"`
	Note     string              `json:"note,omitempty"`
	Columns  []string            `json:"columns"`
	Methods  []openedMethod      `json:"methods"`
	Measures []sim.Measure       `json:"measures"`
	Absent   []string            `json:"absent"` // measures that no walk gives
	Start    []float64           `json:"start"`
	Minima   []landscape.Minimum `json:"minima"`
	Domain   [4]float64          `json:"domain"`
	Planes   []string            `json:"planes"`
	Tools    []string            `json:"tools"`
	Formats  []string            `json:"formats"` // of exports
	Claims   []openedClaim       `json:"claims"`
}

// An openedMethod is a walk; those of a ground of their own say which.
type openedMethod struct {
	ID      string       `json:"id"`
	Method  string       `json:"method"`
	Label   string       `json:"label"`
	Slot    int          `json:"slot"`
	Hyper   param.Values `json:"hyper"`
	Own     param.Values `json:"own,omitempty"`
	Replica int          `json:"replica"`
	Ground  int          `json:"ground"`
	Dim     int          `json:"dim"`
	Problem string       `json:"problem"`
}

type openedClaim struct {
	ID        string `json:"id"`
	Statement string `json:"statement"`
	Source    string `json:"source"`
}

type stateMessage struct {
	V        int           `json:"v"`
	Type     string        `json:"type"`
	Run      string        `json:"run"`
	State    string        `json:"state"`
	Step     int           `json:"step"`
	Computed int           `json:"computed"`
	Speed    float64       `json:"speed"`
	Why      string        `json:"why,omitempty"`
	Methods  []stateMethod `json:"methods"`
}

type stateMethod struct {
	ID        string `json:"id"`
	Replica   int    `json:"replica"`
	State     string `json:"state"`
	StoppedAt *int   `json:"stopped_at"`
	Why       string `json:"why"`
	// Limit and Suggest explain a divergence, where that can be done.
	Limit   float64 `json:"limit,omitempty"`
	Suggest float64 `json:"suggest,omitempty"`
}

type planeMessage struct {
	V       int    `json:"v"`
	Type    string `json:"type"`
	Run     string `json:"run"`
	Version int    `json:"version"`
	Kind    string `json:"kind"`
	// Text is what was asked for, in its canonical form; Anchors are the points that the plane goes through.
	Text    string        `json:"text"`
	Anchors []planeAnchor `json:"anchors"`
	Range   [4]float64    `json:"range"`
	Axes    []string      `json:"axes"`
	// Curvatures are the eigenvalues of the axes of a plane of the Hessian.
	Curvatures []float64 `json:"curvatures"`
	Explained  []float64 `json:"explained"`
	Cosine     *float64  `json:"cosine"`
	Note       string    `json:"note"`
	Columns    []string  `json:"columns"`
	// Methods are the ids of those drawn on this plane, Walks their indices in opened.methods.
	Methods []string `json:"methods"`
	Walks   []int    `json:"walks"`
	Planes  []string `json:"planes"`
}

// A planeAnchor is a point that a plane goes through; Step is nil for a critical point.
type planeAnchor struct {
	Label    string   `json:"label"`
	Step     *int     `json:"step"`
	S        float64  `json:"s"`
	T        float64  `json:"t"`
	Loss     *float64 `json:"loss"`
	Distance float64  `json:"distance"`
}

type gridMessage struct {
	V       int        `json:"v"`
	Type    string     `json:"type"`
	Run     string     `json:"run"`
	Version int        `json:"version"`
	Rows    int        `json:"rows"`
	Columns int        `json:"columns"`
	Range   [4]float64 `json:"range"`
	Min     *float64   `json:"min"`
	Max     *float64   `json:"max"`
	Epsilon float64    `json:"epsilon"`
	Log     bool       `json:"log"`
	Holes   int        `json:"holes"`
	Levels  []float64  `json:"levels"`
	Major   []bool     `json:"major"`
	Preview bool       `json:"preview,omitempty"`
}

// A surveyMessage tells how far the grid is that was asked for, from 0 to 1.
type surveyMessage struct {
	V       int     `json:"v"`
	Type    string  `json:"type"`
	Run     string  `json:"run"`
	Version int     `json:"version"` // of the plane
	Share   float64 `json:"share"`
}

// A quiverMessage holds arrows over a plane, in its coordinates.
type quiverMessage struct {
	V       int             `json:"v"`
	Type    string          `json:"type"`
	Run     string          `json:"run"`
	Version int             `json:"version"`
	Method  *string         `json:"method"` // nil: minus the gradient
	Rows    int             `json:"rows"`
	Columns int             `json:"columns"`
	Range   [4]float64      `json:"range"`
	Vectors json.RawMessage `json:"vectors"`
}

// An explorationMessage tells how far an exploration is, and what it found so far.
type explorationMessage struct {
	V           int     `json:"v"`
	Type        string  `json:"type"`
	Run         string  `json:"run"`
	Tool        string  `json:"tool"`
	ID          string  `json:"id"`
	State       string  `json:"state"` // running done stopped failed
	Share       float64 `json:"share"`
	Evaluations int     `json:"evaluations"`
	Converged   bool    `json:"converged"`
	Why         string  `json:"why"`
	Version     int     `json:"version"` // of the plane that coordinates are in
	Result      any     `json:"result"`
}

type claimMessage struct {
	V       int    `json:"v"`
	Type    string `json:"type"`
	Run     string `json:"run"`
	Claim   string `json:"claim"`
	Verdict string `json:"verdict"`
	Want    string `json:"want"`
	Got     string `json:"got"`
	Step    int    `json:"step"`
}

type lagMessage struct {
	V     int    `json:"v"`
	Type  string `json:"type"`
	Run   string `json:"run"`
	Every int    `json:"every"`
}

type errorMessage struct {
	V      int    `json:"v"`
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
}

// textMessage makes a text message ready for a socket.
func textMessage(m any) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // messages hold finite numbers only
	}
	return textFrame(opText, b)
}

// opened describes the run to a viewer.
func (r *live) opened(state string, step int) openedMessage {
	s := r.run.Spec
	m := openedMessage{V: 1, Type: "opened", Run: r.run.ID, State: state, Step: step, Steps: s.Steps, Rate: baseRate,
		Every: s.Values.Whole("every"), Link: r.srv.base + s.Link(), Spec: s, Parent: r.run.Parent, Note: r.run.Note(),
		Columns: append([]string{}, clocks...), Measures: s.Lab.Measures, Claims: []openedClaim{}, Planes: r.kinds(0), Tools: explore.Tools(),
		Formats: sim.FormatsOf(r.run.Contestant(0).Ground)}
	if m.Parent != "" {
		m.ForkedAt = &r.run.ForkedAt
	}
	for _, c := range r.columns {
		m.Columns = append(m.Columns, s.Lab.Measures[c].ID)
	}
	for i := range r.claims {
		c := r.claims[i].claim
		m.Claims = append(m.Claims, openedClaim{c.ID, c.Statement, c.Source})
	}
	r.run.View(func(t *sim.Trace) {
		m.Absent = t.Absent()
		first := t.Methods[0]
		m.Dim, m.Problem, m.Domain, m.Imported = first.Dim, first.Problem, first.Domain, first.Imported
		m.Start = append([]float64{}, first.Theta[:first.Dim]...)
		m.Minima = append([]landscape.Minimum{}, first.Minima...)
		for i, w := range t.Methods {
			m.Methods = append(m.Methods, openedMethod{w.ID, w.Kind.ID, w.Kind.Label, w.Kind.Slot, w.Hyper, w.Own, w.Replica, r.group[i], w.Dim, w.Problem})
		}
	})
	return m
}

// walks tells how each walk goes.
func (r *live) walks() (out []stateMethod) {
	r.run.View(func(t *sim.Trace) {
		for _, w := range t.Methods {
			m := stateMethod{ID: w.ID, Replica: w.Replica, State: w.State, Why: w.Why, Limit: w.Limit, Suggest: w.Suggest}
			if w.State != sim.Running {
				at := w.StoppedAt
				m.StoppedAt = &at
			}
			out = append(out, m)
		}
	})
	return out
}
