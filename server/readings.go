package server

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"thalweg/sim"
	"thalweg/sim/param"
)

// maxReadings bounds the numbers of an answer; of more readings every second, fourth, … is given.
const maxReadings = 200_000

// A readings document holds what was read of a vector measure so far, at its steps.
type readings struct {
	Run     string           `json:"run"`
	Measure string           `json:"measure"`
	Methods []methodReadings `json:"methods"`
}

type methodReadings struct {
	ID      string       `json:"id"`
	Replica int          `json:"replica"`
	Step    []int        `json:"step"`
	Rows    [][]*float64 `json:"rows"` // to four digits, null where there is no number
}

// apiReadings gives the history of a vector measure, which the stream shows one reading at a time.
func (s *Server) apiReadings(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	id := c.QueryParam("measure")
	i := r.run.Spec.Lab.Measure(id)
	if i < 0 || r.run.Spec.Lab.Measures[i].Kind != sim.Vector {
		return param.Refuse("measure", "%.40q is no vector of this lab", id)
	}
	out := readings{Run: r.run.ID, Measure: id, Methods: []methodReadings{}}
	r.run.View(func(t *sim.Trace) {
		for _, m := range t.Methods {
			series := &m.Series[i]
			if !series.Present {
				continue
			}
			numbers := 0
			for _, row := range series.Rows {
				numbers += len(row)
			}
			stride := 1
			for numbers/stride > maxReadings/len(t.Methods) {
				stride *= 2
			}
			own := methodReadings{ID: m.ID, Replica: m.Replica, Step: []int{}, Rows: [][]*float64{}}
			for k := 0; k < len(series.Rows); k += stride {
				row := make([]*float64, len(series.Rows[k]))
				for j, v := range series.Rows[k] {
					row[j] = brief(v)
				}
				own.Step, own.Rows = append(own.Step, series.Step[k]), append(own.Rows, row)
			}
			out.Methods = append(out.Methods, own)
		}
	})
	return c.JSON(http.StatusOK, out)
}

// brief is a number to four digits, nil where it is none.
func brief(v float64) *float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return nil
	}
	return number(v)
}
