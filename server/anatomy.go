package server

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// An anatomy is an update taken apart: what GET /api/runs/{id}/step answers.
type anatomy struct {
	Run     string `json:"run"`
	Method  string `json:"method"`
	Replica int    `json:"replica"`
	Step    int    `json:"step"`
	Plane   string `json:"plane,omitempty"` // kind of the plane that parts are laid on
	Parts   []part `json:"parts"`
	Why     string `json:"why,omitempty"` // there are no parts
}

// A part is one stage of an update; the last is the step itself.
type part struct {
	Symbol string `json:"symbol"` // TeX
	Label  string `json:"label"`
	// Vector is left out above dimension maxVector.
	Vector []*float64  `json:"vector,omitempty"`
	Norm   *float64    `json:"norm"`
	Plane  *[2]float64 `json:"plane,omitempty"`
}

// maxVector is the dimension up to which the vectors of an anatomy are told in full.
const maxVector = 200

// apiStep takes the update of a method from a step to the next apart.
func (s *Server) apiStep(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(c.QueryParam("step"))
	if err != nil {
		return param.Refuse("step", "%.40q is not a whole number", c.QueryParam("step"))
	}
	a := anatomy{Run: r.run.ID, Method: c.QueryParam("method"), Step: step}
	if text := c.QueryParam("replica"); text != "" {
		if a.Replica, err = strconv.Atoi(text); err != nil {
			return param.Refuse("replica", "%.40q is not a whole number", text)
		}
	}
	walk := -1
	r.run.View(func(t *sim.Trace) {
		if a.Method == "" {
			a.Method = t.Methods[0].ID
		}
		walk = slices.IndexFunc(t.Methods, func(m *sim.MethodTrace) bool { return m.ID == a.Method && m.Replica == a.Replica })
	})
	if walk < 0 {
		return param.Refuse("method", "this run has no method %.40q of replica %d", a.Method, a.Replica)
	}
	plane, err := r.planeOf(walk, c.QueryParam("plane"))
	if err != nil {
		return err
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	ctx, end, err := s.core.share(ctx)
	if err != nil {
		return err
	}
	defer end()
	stages, err := r.run.Dissect(ctx, walk, step)
	c.Response().Header().Set("Cache-Control", "no-store") // runs go on, fitted planes change
	a.Parts = []part{}
	var none *sim.NoUpdate
	if errors.As(err, &none) {
		// A method that has ended is no failed request: pages ask wherever the playhead is.
		a.Why = none.Why
		return c.JSON(http.StatusOK, a)
	}
	if err != nil {
		return err
	}
	if plane != nil {
		a.Plane = plane.Kind
	}
	for _, stage := range stages {
		a.Parts = append(a.Parts, partOf(stage, plane))
	}
	return c.JSON(http.StatusOK, a)
}

// planeOf is the plane of a text, the default one when it is empty, of the ground of a walk; nil while there is none.
func (r *live) planeOf(walk int, text string) (*landscape.Plane, error) {
	g := r.group[walk]
	if text == "" {
		text = r.kinds(g)[0]
	}
	text, err := r.planeText(g, text)
	if err != nil {
		return nil, err
	}
	if text == sim.Direct {
		c := r.run.Contestant(walk)
		p := landscape.Direct(c.Ground.Dim(), c.Domain)
		return &p, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{g, text}]
	if p == nil || p.version == 0 || len(p.shape.Origin) == 0 {
		return nil, nil
	}
	shape := p.shape
	return &shape, nil
}

func partOf(s opt.Stage, plane *landscape.Plane) part {
	p := part{Symbol: s.Symbol, Label: s.Label}
	square := 0.0
	for _, v := range s.V {
		square += v * v
	}
	p.Norm = number(math.Sqrt(square))
	if len(s.V) <= maxVector {
		for _, v := range s.V {
			p.Vector = append(p.Vector, number(v))
		}
	}
	if plane != nil {
		if ds, dt, err := plane.Along(s.V); err == nil && number(ds) != nil && number(dt) != nil {
			p.Plane = &[2]float64{ds, dt}
		}
	}
	return p
}
