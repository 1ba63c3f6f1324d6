package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"thalweg/sim"
)

func TestFormulaAPI(t *testing.T) {
	_, web := serve(t, Limits{}, "")
	for body, want := range map[string]string{
		`{"formula":"(1-x)^2+a*(y-x^2)^2"}`:              `map[letters:[a] tex:\left(1 - x\right)^{2} + a\,\left(y - x^{2}\right)^{2} variables:2]`,
		`{"formula":"x1^2+x3"}`:                          `map[letters:[] tex:x_{1}^{2} + x_{3} variables:3]`,
		`{"formula":"x^2 + * y"}`:                        "formula 7 operand",
		`{"formula":"x^2 + (y"}`:                         "formula 7 paren",
		`{"formula":""}`:                                 "formula 1 empty",
		`{"formula":"` + strings.Repeat("x", 501) + `"}`: "formula 501 too-long",
		`{"formula":7}`:                                  "body 0 ",
		`{}`:                                             "body 0 ",
		`{"formula":"x","more":1}`:                       "body 0 ",
	} {
		status, _, b := ask(t, "POST", web.URL+"/api/formula", body)
		got := ""
		if status == http.StatusOK {
			var m map[string]any
			json.Unmarshal(b, &m)
			got = fmt.Sprint(m)
			if f, ok := m["fault"].(map[string]any); ok {
				got = fmt.Sprint("formula ", f["column"], " ", f["kind"])
				if f["detail"] == "" {
					t.Errorf("%s: a fault without words", body)
				}
			}
		} else {
			var p problem
			json.Unmarshal(b, &p)
			got = fmt.Sprint(p.Field, " ", p.Column, " ", p.Kind)
			if status != http.StatusBadRequest || p.Detail == "" {
				t.Errorf("%s: %d %s", body, status, b)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if status, _, _ := ask(t, "POST", web.URL+"/api/formula", `{"formula":"`+strings.Repeat("x", maxBody)+`"}`); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body beyond the bound: %d", status)
	}
}

// What costs too much is refused with the estimate, the limit and what to lower.
func TestTooCostly(t *testing.T) {
	p := problemOf(fmt.Errorf("open: %w", &sim.CostError{Minutes: 44.7, Steps: 880}))
	if p.Status != http.StatusUnprocessableEntity || p.Field != "steps" || p.Title != "this would take about 45 minutes" ||
		p.Detail != "at most 20 minutes of one core are taken; lower steps to 880, or replicas, samples or the size of the problem" {
		t.Errorf("%+v", p)
	}
}
