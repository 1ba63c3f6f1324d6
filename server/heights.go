package server

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"thalweg/landscape"
	"thalweg/sim/param"
)

// The sides of a second surface: what is taken where nothing is asked, and at most.
const (
	usualHeights = 64
	maxHeights   = 128
)

// A heights document is a second surface of a run over the first view of its plane, as its contestants have it.
type heights struct {
	gridMessage
	Name   string     `json:"name"`
	Values []*float64 `json:"values"` // row by row from the lowest, null where there is none
}

// apiHeights surveys a second surface, such as a potential, on the grounds that are planes themselves.
func (s *Server) apiHeights(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	name, cells := c.QueryParam("name"), usualHeights
	at := r.run.Contestant(0)
	f, ok := at.Heights[name]
	if !ok {
		return refuse(http.StatusNotFound, "no such surface", "this run has no second surface %.40q", name)
	}
	if text := c.QueryParam("cells"); text != "" {
		if cells, err = strconv.Atoi(text); err != nil || cells < minCells || cells > maxHeights {
			return param.Refuse("cells", "must be a whole number from %d to %d; got %.20q", minCells, maxHeights, text)
		}
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	g, err := s.surveyInTurns(ctx, f, landscape.Direct(f.Dim(), at.Domain), cells)
	if err != nil {
		return err
	}
	out := heights{gridMessage: gridMessageOf(r.run.ID, gridKey{cells: cells}, g), Name: name, Values: make([]*float64, len(g.Values))}
	for i, v := range g.Values {
		out.Values[i] = number(v)
	}
	return c.JSON(http.StatusOK, out)
}
