package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"thalweg/landscape/surfaces"
	"thalweg/sim/param"
)

// apiFormula typesets a formula: {"formula": text} gives its TeX, its letters and the number of its variables. A text
// that cannot be read, as any is while it is typed, is no failed request: the answer holds the column of the fault.
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
	var fault *surfaces.FormulaError
	switch {
	case errors.As(err, &fault):
		return c.JSON(http.StatusOK, map[string]any{"fault": map[string]any{"column": fault.Column, "kind": fault.Kind, "detail": fault.Error()}})
	case err != nil:
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"tex": f.TeX(), "letters": append([]string{}, f.Letters()...), "variables": f.Dim()})
}
