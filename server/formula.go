package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"thalweg/landscape/surfaces"
	"thalweg/sim/param"
)

// apiFormula typesets a formula: {"formula": text} gives its TeX, its letters and the number of its variables. What
// cannot be read is answered with the column of the fault.
func (s *Server) apiFormula(c echo.Context) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var ask struct {
		Formula *string `json:"formula"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&ask); err != nil || ask.Formula == nil {
		return param.Refuse("body", "is not {\"formula\": text}")
	}
	f, err := surfaces.Parse(*ask.Formula)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"tex": f.TeX(), "letters": append([]string{}, f.Letters()...), "variables": f.Dim()})
}
