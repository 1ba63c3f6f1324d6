package server

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"thalweg/sim"
	"thalweg/sim/param"
)

// exportTypes are the media types of the export formats, and the ends of their files' names.
var exportTypes = map[string]struct{ kind, ending string }{
	"json": {"application/json", "json"},
	"npz":  {"application/zip", "npz"},
	"csv":  {"text/csv; charset=utf-8", "csv"},
	"svg":  {"image/svg+xml", "svg"},
	"pgf":  {"application/zip", "zip"},
	"html": {"text/html; charset=utf-8", "html"},

	sim.NetFormat: {"application/octet-stream", "safetensors"},
}

// exportNames are what a query of an export may hold.
var exportNames = []string{"format", "step", "method", "ramp", "font", "log", "plane", "range"}

// exportOptions reads the query of an export.
func exportOptions(c echo.Context) (format string, o sim.ExportOptions, err error) {
	q := c.QueryParams()
	for name := range q {
		if !slices.Contains(exportNames, name) {
			return "", o, param.Refuse("query", "%.40q is not one of %s", name, strings.Join(exportNames, ", "))
		}
	}
	if format = q.Get("format"); format == "" {
		format = "json"
	}
	if _, ok := exportTypes[format]; !ok {
		return "", o, param.Refuse("format", "%.20q is not one of %s", format, strings.Join(sim.Formats, ", ")+", "+sim.NetFormat)
	}
	if o.Step, err = askedStep(c); err != nil {
		return "", o, err
	}
	o.Method, o.Ramp, o.Plane = q.Get("method"), q.Get("ramp"), q.Get("plane")
	if text := q.Get("font"); text != "" {
		if o.Font, err = strconv.ParseFloat(text, 64); err != nil || o.Font == 0 {
			return "", o, param.Refuse("font", "%.20q is not a size in points", text)
		}
	}
	switch text := q.Get("log"); text {
	case "":
	case "on", "off":
		on := text == "on"
		o.Log = &on
	default:
		return "", o, param.Refuse("log", "%.20q is neither on nor off", text)
	}
	if text := q.Get("range"); text != "" {
		var r [4]float64
		parts := strings.Split(text, ",")
		for i := range min(len(parts), 4) {
			if r[i], err = strconv.ParseFloat(parts[i], 64); err != nil {
				break
			}
		}
		if err != nil || len(parts) != 4 {
			return "", o, param.Refuse("range", "%.80q is not s0,s1,t0,t1", text)
		}
		o.Range = &r
	}
	return format, o, nil
}

// askedStep reads the step of a query, nil when there is none.
func askedStep(c echo.Context) (*int, error) {
	text := c.QueryParam("step")
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, param.Refuse("step", "%.20q is not a whole number", text)
	}
	return &n, nil
}

// apiExport plays a run to its end and writes it.
func (s *Server) apiExport(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	format, o, err := exportOptions(c)
	if err != nil {
		return err
	}
	if err := o.Check(r.run.Spec); err != nil {
		return err // before the run is played
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	t, err := r.finish(ctx)
	if err != nil {
		return err
	}
	ctx, end, err := s.core.share(ctx)
	if err != nil {
		return err
	}
	defer end()
	o.Critical = r.finder(t, 0)
	var b bytes.Buffer
	if err := sim.Export(ctx, &b, format, t, o); err != nil {
		return err
	}
	name := fileName(r.run.Spec, t.Methods[0].Problem)
	if format == sim.NetFormat {
		if o.Method == "" {
			o.Method = t.Methods[0].ID
		}
		name += "-" + o.Method
	}
	c.Response().Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, exportTypes[format].ending))
	return c.Blob(http.StatusOK, exportTypes[format].kind, b.Bytes())
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// fileName names an export: the lab, the preset or else the problem, and the run.
func fileName(spec *sim.Spec, problem string) string {
	what := spec.Preset
	if what == "" {
		what = problem
	}
	what = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(what), "-"), "-")
	if len(what) > 40 {
		what = strings.Trim(what[:40], "-")
	}
	if what == "" {
		what = "run"
	}
	return "thalweg-" + spec.Lab.ID + "-" + what + "-" + spec.ID()
}

// apiRecipeOf answers the recipe of a run, for pictures that the page makes itself. It is ASCII, and any format can
// hold it.
func (s *Server) apiRecipeOf(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	step, err := askedStep(c)
	if err != nil {
		return err
	}
	if err := (&sim.ExportOptions{Step: step}).Check(r.run.Spec); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json", r.run.Spec.Recipe(step).ASCII())
}

// apiRecipe finds the recipe in a file that the program wrote, takes the uploads in that it carries, and answers the link
// that makes its run again.
func (s *Server) apiRecipe(c echo.Context) error {
	ctx, cancel := s.patient(c)
	defer cancel()
	b, done, err := s.readFile(ctx, c)
	if err != nil {
		return err
	}
	defer done()
	recipe, err := sim.ReadRecipe(b, s.labs, s.uploads)
	if err != nil {
		return err
	}
	if own := recipe.Spec.Files(); len(own) > 0 {
		if err := s.uploads.adopt(own, addressOf(c.Request().RemoteAddr)); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, s.recipeMessage(&recipe))
}
