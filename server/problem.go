package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"thalweg/landscape/surfaces"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A statusError is an error with its place in HTTP.
type statusError struct {
	status        int
	title, detail string
}

func (e *statusError) Error() string {
	if e.detail == "" {
		return e.title
	}
	return e.title + ": " + e.detail
}

func refuse(status int, title, format string, args ...any) error {
	return &statusError{status, title, fmt.Sprintf(format, args...)}
}

var errInternal = errors.New("something went wrong; the server's log says what")

// A problem is an error as RFC 9457 writes it.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"`
	Field  string  `json:"field,omitempty"`
	Errors []fault `json:"errors,omitempty"`
	// Column and Kind say where in a formula the fault is, counted from 1, and of what kind.
	Column int    `json:"column,omitempty"`
	Kind   string `json:"kind,omitempty"`
}

type fault struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// problemOf says what went wrong. What is nobody's fault outside is not described, only logged.
func problemOf(err error) problem {
	p := problem{Type: "about:blank"}
	var status *statusError
	var large *http.MaxBytesError
	var costly *sim.CostError
	var formula *surfaces.FormulaError
	faults := param.Faults(err)
	switch {
	case len(faults) > 0:
		p.Status, p.Title = http.StatusBadRequest, "a value was refused"
		p.Detail, p.Field = faults[0].Error(), faults[0].Field
		for _, f := range faults {
			p.Errors = append(p.Errors, fault{f.Field, f.Detail})
		}
	case errors.As(err, &status):
		p.Status, p.Title, p.Detail = status.status, status.title, status.detail
	case errors.As(err, &large):
		p.Status, p.Title = http.StatusRequestEntityTooLarge, "the request is too large"
		p.Detail = fmt.Sprintf("at most %d bytes are taken", large.Limit)
	case errors.As(err, &costly):
		p.Status, p.Title, p.Detail, p.Field = http.StatusUnprocessableEntity, "this would take "+costly.Takes(), costly.Remedy(), "steps"
	case errors.As(err, &formula):
		p.Status, p.Title, p.Detail, p.Field = http.StatusBadRequest, "a formula was refused", formula.Error(), "formula"
		p.Column, p.Kind = formula.Column, formula.Kind
	case errors.Is(err, context.DeadlineExceeded):
		p.Status, p.Title, p.Detail = http.StatusServiceUnavailable, "the time of a request is over", err.Error()
	case errors.Is(err, context.Canceled):
		p.Status, p.Title, p.Detail = http.StatusServiceUnavailable, "the request was cut short", err.Error()
	default:
		p.Status, p.Title, p.Detail = http.StatusInternalServerError, "internal error", errInternal.Error()
	}
	return p
}

func writeProblem(w http.ResponseWriter, p problem) {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // a problem is made of texts
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(append(b, '\n'))
}
