package server

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"slices"

	"thalweg/sim/explore"
	"thalweg/sim/param"
)

// A command is a text message of the page.
type command struct {
	V        *int            `json:"v"`
	Type     string          `json:"type"`
	Run      string          `json:"run"`
	Spec     json.RawMessage `json:"spec"`
	Link     string          `json:"link"`
	Step     *int            `json:"step"`
	N        *int            `json:"n"`
	Name     string          `json:"name"`
	Value    json.RawMessage `json:"value"`
	Plane    string          `json:"plane"`
	Ground   string          `json:"ground"`
	Grid     *gridAsk        `json:"grid"`
	Quiver   json.RawMessage `json:"quiver"`
	Measures *[]string       `json:"measures"`
	Hidden   *bool           `json:"hidden"`
	Tool     string          `json:"tool"`
	ID       string          `json:"id"`
	Ask      json.RawMessage `json:"ask"`
	Cancel   bool            `json:"cancel"`

	speed  float64
	quiver *quiverAsk // what Quiver says; nil for false
}

// A gridAsk is a wish for the heights of a plane.
type gridAsk struct {
	Cells int   `json:"cells"`
	Range *box  `json:"range"`
	Log   *bool `json:"log"`
}

// A box is a part of a plane: x0, x1, y0, y1.
type box [4]float64

// UnmarshalJSON takes four numbers and no other count of them.
func (b *box) UnmarshalJSON(data []byte) error {
	var v []float64
	if err := json.Unmarshal(data, &v); err != nil || len(v) != len(b) {
		return param.Refuse("range", "must be the four numbers x0, x1, y0, y1; got %.80s", data)
	}
	copy(b[:], v)
	return nil
}

// The bounds of a box: how far from zero it may lie, and how narrow it may be as a share of that.
const (
	farthest  = 1e12
	narrowest = 1e-9
)

func (b *box) check() error {
	for _, x := range b {
		if math.Abs(x) > farthest {
			return param.Refuse("range", "must lie within %g of zero; got %g", farthest, x)
		}
	}
	for k := 0; k < len(b); k += 2 {
		low, high := b[k], b[k+1]
		if !(low < high) {
			return param.Refuse("range", "must be x0, x1, y0, y1 with x0 < x1 and y0 < y1; got %v", *b)
		}
		if high-low < narrowest*max(math.Abs(low), math.Abs(high), narrowest) {
			return param.Refuse("range", "%g to %g is too narrow to draw", low, high)
		}
	}
	return nil
}

// The bounds of what a command may ask.
const (
	minSpeed, maxSpeed = 0.01, 1000
	minCells, maxCells = 2, 512
	maxSteps           = math.MaxInt32
	// maxID is the length of the name that a page gives to an exploration.
	maxID = 100
)

// parseCommand reads and checks a message.
func parseCommand(data []byte) (*command, error) {
	var c command
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&c); err != nil {
		if len(param.Faults(err)) > 0 {
			return nil, err
		}
		return nil, param.Refuse("message", "is not a JSON command: %v", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, param.Refuse("message", "holds more than one JSON value")
	}
	if c.V != nil && *c.V != 1 {
		return nil, param.Refuse("v", "this server speaks version 1, not %d", *c.V)
	}
	switch c.Type {
	case "open":
		if (len(c.Spec) == 0) == (c.Link == "") {
			return nil, param.Refuse("spec", "open takes either a spec or a link")
		}
	case "play", "pause", "close":
	case "step":
		if c.N == nil {
			one := 1
			c.N = &one
		}
		if *c.N > maxSteps || *c.N < -maxSteps {
			return nil, param.Refuse("n", "must lie between %d and %d; got %d", -maxSteps, maxSteps, *c.N)
		}
	case "seek":
		if c.Step == nil {
			return nil, param.Refuse("step", "seek takes the step to go to")
		}
	case "speed":
		if json.Unmarshal(c.Value, &c.speed) != nil || !(c.speed >= minSpeed && c.speed <= maxSpeed) {
			return nil, param.Refuse("value", "must be a speed between %g and %g", minSpeed, float64(maxSpeed))
		}
	case "turn":
		if c.Step == nil || c.Name == "" || len(c.Value) == 0 {
			return nil, param.Refuse("name", "turn takes a step, a name and a value")
		}
	case "view":
		if g := c.Grid; g != nil {
			if g.Cells == 0 {
				g.Cells = 121
			}
			if g.Cells < minCells || g.Cells > maxCells {
				return nil, param.Refuse("cells", "must lie between %d and %d; got %d", minCells, maxCells, g.Cells)
			}
			if g.Range != nil {
				if err := g.Range.check(); err != nil {
					return nil, err
				}
			}
		}
		if len(c.Quiver) > 0 {
			var err error
			if c.quiver, err = parseQuiver(c.Quiver); err != nil {
				return nil, err
			}
		}
	case "explore":
		if tools := explore.Tools(); !slices.Contains(tools, c.Tool) {
			return nil, param.Refuse("tool", "%.40q is not one of %s", c.Tool, join(tools))
		}
		if len(c.ID) > maxID {
			return nil, param.Refuse("id", "is %d bytes long, at most %d are taken", len(c.ID), maxID)
		}
	default:
		return nil, param.Refuse("type", "%.40q is not one of open, play, pause, step, seek, speed, turn, view, explore, close", c.Type)
	}
	if c.Step != nil && (*c.Step < 0 || *c.Step > maxSteps) {
		return nil, param.Refuse("step", "must lie between 0 and %d; got %d", maxSteps, *c.Step)
	}
	return &c, nil
}
