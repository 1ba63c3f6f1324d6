package param

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

var (
	rate   = Control{ID: "step-size", Kind: Real, Min: 1e-10, Max: 100}
	count  = Control{ID: "swarm", Kind: Whole, Min: 0, Max: 316}
	clipAt = Control{ID: "clip", Kind: Real, Min: 0.1, Max: math.Inf(1)}
	amsgr  = Control{ID: "amsgrad", Kind: Switch}
	model  = Control{ID: "noise-model", Kind: Pick, Choices: []Choice{{ID: "isotropic"}, {ID: "jitter"}}}
	start  = Control{ID: "start", Kind: Vector, MinLength: 2, MaxLength: 4}
	turned = Control{ID: "axes", Kind: Matrix, MinLength: 0, MaxLength: 9}
	typed  = Control{ID: "formula", Kind: Text, MaxLength: 20}
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		control *Control
		text    string
		refused string // part of the message, empty when the text is taken
	}{
		{&rate, "3e-3", ""},
		{&rate, "-0.1", "must lie between 1e-10 and 100; got -0.1"},
		{&rate, "NaN", "must lie between"},
		{&rate, "1e400", "got inf"},
		{&rate, "fast", `"fast" is not a number`},
		{&count, "12", ""},
		{&count, "12.5", "whole number"},
		{&count, "1000000000", "between 0 and 316"},
		{&clipAt, "inf", ""},
		{&amsgr, "on", ""},
		{&amsgr, "maybe", "neither on nor off"},
		{&model, "jitter", ""},
		{&model, "pink", "isotropic, jitter"},
		{&start, "-1.2,1", ""},
		{&start, "1", "2 to 4 numbers"},
		{&start, "1,inf", "entry 2 is not a finite number"},
		{&start, "1,2/3,4", "is a vector"},
		{&turned, "1,0.5/0.5,2", ""},
		{&turned, "1,2/3", "rows of 2 and 1"},
		{&typed, "x^2+y^2", ""},
		{&typed, strings.Repeat("x", 21), "21 characters"},
	} {
		v, err := c.control.Parse(c.text)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) || Faults(err)[0].Field != c.control.ID {
				t.Errorf("Parse(%s, %q) = %v, want a fault of the field with %q", c.control.ID, c.text, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%s, %q): %v", c.control.ID, c.text, err)
			continue
		}
		again, err := c.control.Parse(c.control.Format(v))
		if err != nil || !again.Equal(v) {
			t.Errorf("%s: %q came back from its text as %v, %v", c.control.ID, c.text, again, err)
		}
		again, err = c.control.Decode(c.control.Encode(v))
		if err != nil || !again.Equal(v) {
			t.Errorf("%s: %q came back from its JSON as %v, %v", c.control.ID, c.text, again, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		control *Control
		raw     string
	}{{&rate, `"x"`}, {&rate, `[1]`}, {&rate, `1e400`}, {&count, `1.5`}, {&amsgr, `2`}, {&start, `[[1]]`}, {&start, `[1,null,"a"]`}, {&turned, `[[1,2],[3]]`}, {&model, `7`}} {
		if v, err := c.control.Decode(json.RawMessage(c.raw)); err == nil {
			t.Errorf("Decode(%s, %s) = %v, want a fault", c.control.ID, c.raw, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "inf", "on", "1,2/3,4", "1e400", "", "-", "0x1p-3", "isotropic"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range []*Control{&rate, &count, &clipAt, &amsgr, &model, &start, &turned, &typed} {
			v, err := c.Parse(text)
			if err != nil {
				if len(Faults(err)) != 1 {
					t.Fatalf("%s: %q was refused without a fault: %v", c.ID, text, err)
				}
				continue
			}
			again, err := c.Parse(c.Format(v))
			if err != nil || !again.Equal(v) {
				t.Fatalf("%s: %q became %v, %v", c.ID, text, again, err)
			}
		}
	})
}
