package sim

import (
	"encoding/json"
	"strings"
	"testing"

	"thalweg/sim/param"
)

func resolve(t *testing.T, query string) *Spec {
	t.Helper()
	d, err := ParseLink("/lab/bowl?" + query)
	if err != nil {
		t.Fatal(err)
	}
	s, err := testLab().Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestValidate(t *testing.T) {
	if err := Validate([]*Lab{testLab()}); err != nil {
		t.Fatal(err)
	}
	broken := testLab()
	broken.Claims = nil
	broken.Presets[0].Set = []string{"colour=red"}
	err := Validate([]*Lab{broken, broken})
	for _, want := range []string{"listed twice", "no control of this name", "has no claim"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate = %v, want it to say %q", err, want)
		}
	}
}

// What is written wins over the preset, the preset over defaults; defaults that depend on values follow them.
func TestPrecedence(t *testing.T) {
	s := resolve(t, "preset=two")
	if got := s.Values.Vector("start")[1]; s.Values.Real("curvature") != 4 || got != 2 || s.Seed != 3 || len(s.Methods) != 2 {
		t.Errorf("preset: curvature %v, start %v, seed %d, %d methods", s.Values.Real("curvature"), got, s.Seed, len(s.Methods))
	}
	s = resolve(t, "preset=two&curvature=10&seed=5&methods=gd;gd:step-size=1")
	if s.Values.Vector("start")[1] != 5 || s.Seed != 5 || s.Methods[1].ID != "gd-2" || s.Methods[1].Hyper.Real("step-size") != 1 {
		t.Errorf("query over preset: %v", s.Link())
	}
}

func TestRoundTrip(t *testing.T) {
	for _, q := range []string{"", "preset=two", "preset=two&curvature=7&start=1,1e-3", "methods=slow=gd:step-size=0.001;gd:curvature=3",
		"moves=10:gd.step-size=0.2;5:gd.step-size=0.3&steps=50", "replicas=3&every=7&seed=9007199254740991"} {
		s := resolve(t, q)
		d, err := ParseLink(s.Link())
		if err != nil {
			t.Fatal(err)
		}
		again, err := testLab().Resolve(d)
		if err != nil || again.ID() != s.ID() {
			t.Errorf("%q came back from its link %s as another run (%v)", q, s.Link(), err)
		}
		b, _ := json.Marshal(s)
		if d, err = DecodeDraft(b); err != nil {
			t.Fatal(err)
		}
		if again, err = testLab().Resolve(d); err != nil || again.ID() != s.ID() {
			t.Errorf("%q came back from its JSON %s as another run (%v)", q, b, err)
		}
	}
	if got, want := resolve(t, "preset=two&seed=4").Link(), "/lab/bowl?preset=two&seed=4&labv=1"; got != want {
		t.Errorf("link %s, want only what differs: %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ query, field, says string }{
		{"colour=red", "colour", "no control"},
		{"curvature=-1", "curvature", "between 0.1 and 100"},
		{"curvature=NaN", "curvature", "between"},
		{"start=1", "start", "2 numbers"},
		{"methods=adam", "methods", "no method"},
		{"methods=gd:rate=1", "gd.rate", "no hyper-parameter"},
		{"methods=gd:step-size=-1", "gd.step-size", "between 1e-10 and 100"},
		{"seed=-1", "seed", "whole number"},
		{"steps=0", "steps", "between 1 and"},
		{"steps=1000000000", "steps", "between 1 and"},
		{"moves=300:gd.step-size=1", "moves", "outside"},
		{"moves=3:curvature=1", "moves", "not a live control"},
		{"labv=9", "labv", "version 9"},
		{"preset=three", "preset", "two"},
		{"every=0", "every", "between 1 and"},
	} {
		d, err := ParseLink("/lab/bowl?" + c.query)
		if err == nil {
			_, err = testLab().Resolve(d)
		}
		faults := param.Faults(err)
		if len(faults) != 1 || faults[0].Field != c.field || !strings.Contains(faults[0].Detail, c.says) {
			t.Errorf("%s: %v, want field %s to say %q", c.query, err, c.field, c.says)
		}
	}
	for _, raw := range []string{`{`, `[]`, `{"lab":"bowl"} {}`, `{"surprise":1}`, `{"values":{"curvature":1,"curvature":2}}`, `{"seed":1.5}`, `{"v":2}`, `{"steps":1e99}`} {
		if _, err := DecodeDraft([]byte(raw)); len(param.Faults(err)) == 0 {
			t.Errorf("DecodeDraft(%s) = %v, want a fault", raw, err)
		}
	}
}

func FuzzLink(f *testing.F) {
	f.Add("/lab/bowl?preset=two&methods=gd:step-size=0.1%3Bslow=gd&moves=1:gd.step-size=2")
	f.Add("https://example.org/x/lab/bowl?start=1,2&v=1&cam=1,2,3#here")
	f.Add("/lab/?;;;=&=&%zz")
	l := testLab()
	f.Fuzz(func(t *testing.T, link string) {
		d, err := ParseLink(link)
		if err != nil {
			return
		}
		s, err := l.Resolve(d)
		if err != nil {
			return
		}
		d, err = ParseLink(s.Link())
		if err != nil {
			t.Fatalf("%q: own link %q: %v", link, s.Link(), err)
		}
		again, err := l.Resolve(d)
		if err != nil || again.ID() != s.ID() {
			t.Fatalf("%q became %q and then another run: %v", link, s.Link(), err)
		}
	})
}

func FuzzSpec(f *testing.F) {
	f.Add([]byte(`{"v":1,"lab":"bowl","values":{"start":[1,2],"curvature":"3"},"methods":["gd"],"seed":1,"steps":9,"moves":[{"step":1,"name":"gd.step-size","value":0.5}]}`))
	f.Add([]byte(`{"values":{"start":[1,1e999]}}`))
	l := testLab()
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := DecodeDraft(raw)
		if err != nil {
			if len(param.Faults(err)) == 0 {
				t.Fatalf("%q was refused without a fault: %v", raw, err)
			}
			return
		}
		s, err := l.Resolve(d)
		if err != nil {
			return
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = DecodeDraft(b); err != nil {
			t.Fatal(err)
		}
		if again, err := l.Resolve(d); err != nil || again.ID() != s.ID() {
			t.Fatalf("%s became another run: %v", b, err)
		}
	})
}
