package sim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"thalweg/sim/param"
)

func TestCheckTeX(t *testing.T) {
	for text, want := range map[string]string{
		"no formula at all":                       "",
		`$\eta<2/\lambda_{\max}$ and $w_{k+1}$`:   "",
		`a price of \$5`:                          "",
		`$\left(\frac12\right]$, $a\leftarrow b$`: "",
		`$\{x\}$`:           "",
		"$x":                "a $ is never closed",
		"$$":                "a formula is empty",
		`$\frac{1}{2$`:      "a { is never closed",
		`$x}$`:              "a } is never opened",
		`$\left(x$`:         "do not pair",
		`$\begin{matrix}1$`: "do not pair",
	} {
		err := CheckTeX(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A lab whose lesson, symbols, tips or panels are broken is refused with the place of each fault.
func TestValidateTexts(t *testing.T) {
	good := func() *Lab {
		l := testLab()
		l.Panels = []Panel{
			{ID: "land", Kind: "landscape", Title: "Land", Help: "The ground."},
			{ID: "loss", Kind: "curve", Title: "Loss", Help: "The loss.", Measures: []string{"loss", "plane-loss"}, Clock: "time", Lines: []Line{{Label: "limit", At: 1}}},
			{ID: "bars", Kind: "spectrum", Title: "Bars", Help: "Curvatures.", Measures: []string{"spectrum"}, Lines: []Line{{Label: "step", Measure: "step-norm"}}},
		}
		l.Claims[0].Panel = "loss"
		l.Symbols = Symbols{{`\lambda`, "curvature"}, {`\eta`, "step-size"}, {"k", "steps"}, {"g", "land"}}
		l.Lesson = []Section{{Title: "Steep", Text: `Below $2/\lambda$ it settles.`, Formula: `\eta<\frac{2}{\lambda}`, Open: "two", Proves: []string{"edge"}, See: "The loss.", Not: "A law.",
			Predict: &Predict{"What then?", []string{"rest", "flight"}, 1, "It is too long."}}, {Title: "More", Text: "Open a query.", Open: "preset=two&curvature=9&plane=direct"}}
		return l
	}
	if err := Validate([]*Lab{good()}); err != nil {
		t.Fatal(err)
	}
	for want, breaks := range map[string]func(*Lab){
		"lacks a title or a text":           func(l *Lab) { l.Lesson[0].Text = "" },
		"a $ is never closed":               func(l *Lab) { l.Lesson[0].See = "$x" },
		"a { is never closed":               func(l *Lab) { l.Lesson[0].Formula = `\frac{1` },
		"answer 2 is none of its 2":         func(l *Lab) { l.Lesson[0].Predict.Answer = 2 },
		"lacks a question, two options":     func(l *Lab) { l.Lesson[0].Predict.Options = []string{"one"} },
		`it opens "none"`:                   func(l *Lab) { l.Lesson[0].Open = "none" },
		"no control of this name":           func(l *Lab) { l.Lesson[1].Open = "colour=red" },
		"unknown claim flat":                func(l *Lab) { l.Lesson[0].Proves = []string{"flat"} },
		"names nothing of the lab":          func(l *Lab) { l.Symbols[0].Of = "colour" },
		"control curvature: a $":            func(l *Lab) { l.Controls[0].Help = "$" },
		"hyper-parameter gd.step-size":      func(l *Lab) { l.Methods[0].Hyper[0].Symbol = "{" },
		"panel loss is listed twice":        func(l *Lab) { l.Panels[2].ID = "loss" },
		"unknown kind":                      func(l *Lab) { l.Panels[0].Kind = "map" },
		"lacks an id, a title or a help":    func(l *Lab) { l.Panels[0].Help = "" },
		"shows the unknown measure colour":  func(l *Lab) { l.Panels[1].Measures = []string{"colour"} },
		"does not show spectrum":            func(l *Lab) { l.Panels[1].Measures = []string{"spectrum"} },
		"shows no measure":                  func(l *Lab) { l.Panels[1].Measures = nil },
		"is that of no curve":               func(l *Lab) { l.Panels[1].Clock = "seconds" },
		"is that of no image":               func(l *Lab) { l.Panels[1].Scale = "grey" },
		"has no label, no scalar":           func(l *Lab) { l.Panels[2].Lines[0].Measure = "colour" },
		"counts the largest values of no":   func(l *Lab) { l.Panels[2].Lines[0].Measure, l.Panels[2].Lines[0].Rank = "spectrum", true },
		"ticks loss is not a vector":        func(l *Lab) { l.Panels[1].Ticks = "loss" },
		"is not a points among":             func(l *Lab) { l.Panels[2].Nodes = "spectrum" },
		"box spectrum is not a vector":      func(l *Lab) { l.Panels[2].Box = "spectrum" },
		"points over an image need a box":   func(l *Lab) { l.Panels[2].Points = []string{"spectrum"} },
		"a logarithmic clock is that of no": func(l *Lab) { l.Panels[2].LogClock = true },
		"time for a curve":                  func(l *Lab) { l.Panels[2].Place = "time" },
		"history spectrum is not a vector":  func(l *Lab) { l.Panels[2].History = "spectrum" },
		"stands the wrong way":              func(l *Lab) { l.Panels[2].Lines[0].Upright = true },
		"none of its methods":               func(l *Lab) { l.Presets[0].Ground = "colour" },
		"unknown panel map":                 func(l *Lab) { l.Claims[0].Panel = "map" },
	} {
		l := good()
		l.Methods[0].Hyper = []*param.Control{{ID: "step-size", Label: "Step size", Kind: param.Real, Min: 1e-10, Max: 100, Default: param.Num(0.1), Log: true, Live: true}}
		breaks(l)
		if err := Validate([]*Lab{l}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate = %v, want it to say %q", err, want)
		}
	}
	b, err := json.Marshal(good().Schema())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"symbols":{"\\lambda":"curvature","\\eta":"step-size","k":"steps","g":"land"}`,
		`"predict":{"question":"What then?","options":["rest","flight"],"answer":1,"because":"It is too long."},"see":"The loss.","proves":["edge"],"not":"A law."}`,
		`{"id":"bars","kind":"spectrum","title":"Bars","help":"Curvatures.","measures":["spectrum"],"lines":[{"label":"step","at":0,"measure":"step-norm"}]}`,
		`"preset":"two","panel":"loss"`, `"plane_measures":[{"id":"plane-loss"`, `"terms":[{"id":"seed"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the schema lacks %s in %s", want, b)
		}
	}
	if got := testLab().Schema(); len(got.Symbols) != 0 || got.Lesson == nil || slices.IndexFunc(got.Terms, func(x Term) bool { return CheckTeX(x.Help) != nil }) >= 0 {
		t.Errorf("symbols %v, lesson %v", got.Symbols, got.Lesson)
	}
}
