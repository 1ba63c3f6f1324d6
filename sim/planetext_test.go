package sim

import (
	"strings"
	"testing"
)

func TestParsePlane(t *testing.T) {
	for text, want := range map[string]string{
		"pca":                        "pca",
		"hessian:adam@120":           "hessian:adam@120",
		"points:a@0, a ,critical.12": "points:a@0,a,critical.12",
		"line:gd-2@007,critical":     "line:gd-2@7,critical",
		"random:critical.x":          "random:critical.x", // a method of that name
		"hessian:critical.3@4":       "hessian:critical.3@4",
	} {
		p, err := ParsePlane(text, High)
		if err != nil || p.String() != want {
			t.Errorf("%s reads as %s, %v; want %s", text, p, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                                 `plane: "" is not one of pca, random, hessian, hessian-top, points, line`,
		"direct":                           `plane: "direct" is not one of`,
		"hessian:":                         `plane: "" is not a point of the run; want method@step, a method's name for its present end, or critical.3`,
		"hessian:a,b":                      "plane: hessian takes one point after the colon, such as hessian:adam@120; got 2",
		"line:a":                           "plane: line takes two points after the colon, such as line:adam@0,adam; got 1",
		"points:a,b,c,d":                   "plane: points takes three points after the colon",
		"hessian:a@2147483648":             `plane: "2147483648" in "a@2147483648" is not a step; want a whole number from 0`,
		"hessian:critical.0":               "plane: critical points are numbered from 1 to 9999; got 0",
		"line:" + strings.Repeat("a", 200): "plane: is 205 bytes long, at most 200 are taken",
	} {
		if _, err := ParsePlane(text, High); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// The usual points of a plane are those of the run, and what they depend on decides whether it is fitted anew.
func TestFitting(t *testing.T) {
	lab := testLab()
	spec, err := lab.Resolve(Draft{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := NewRun(spec)
	if err != nil {
		t.Fatal(err)
	}
	tr := run.Trace()
	first := tr.Methods[0]
	for run.Computed() < 10 {
		run.Advance(t.Context(), 1)
	}
	id, steps := first.ID, spec.Steps
	for text, settled := range map[string]bool{
		ThreePoints: false, TwoPoints: false, Hessian: false, HessianTop: false, Random: false, PCA: false,
		Hessian + ":" + id + "@3": true, Hessian + ":critical.1": true, TwoPoints + ":" + id + "@0," + id: false, TwoPoints + ":" + id + "@0," + id + "@11": false, TwoPoints + ":" + id + "@0," + id + "@9": true,
	} {
		p, err := ParsePlane(text, High)
		if err != nil {
			t.Fatal(err)
		}
		f, err := tr.Fitting(first, p)
		if err != nil {
			t.Fatal(err)
		}
		if f.Settled != settled {
			t.Errorf("%s at step 10: settled %v, want %v", text, f.Settled, settled)
		}
	}
	for methods, want := range map[string]map[string][]int{
		"gd":    {ThreePoints: {0, steps / 2, steps}, TwoPoints: {0, steps}, Hessian: {steps}},
		"gd;gd": {ThreePoints: {0, steps, steps}, TwoPoints: {steps, steps}, Hessian: {steps}},
	} {
		spec, err := lab.Resolve(Draft{Methods: SplitMethods(methods)})
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Play(t.Context(), spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		for kind, steps := range want {
			f, err := tr.Fitting(tr.Methods[0], PlaneText{Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range f.Spots {
				if s.Step != steps[i] || !f.Settled {
					t.Errorf("%s: %s goes through %v of step %d, want step %d; settled %v", methods, kind, s.Anchor, s.Step, steps[i], f.Settled)
				}
			}
		}
	}
}
