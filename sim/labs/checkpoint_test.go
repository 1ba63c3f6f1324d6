package labs

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"thalweg/sim"
	"thalweg/sim/files"
)

// The weights of a walk leave as a checkpoint that is read back to the bit, and that leads back to its run.
func TestNetsAreExported(t *testing.T) {
	d, err := sim.ParseLink("/lab/network?problem=iris&architecture=5-3&methods=gd;b=adam&steps=30&every=5")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range All {
		if l.ID != d.Lab {
			continue
		}
		spec, err := l.Resolve(d)
		if err != nil {
			t.Fatal(err)
		}
		trace, err := sim.Play(context.Background(), spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(sim.FormatsOf(trace.Methods[0].Ground), sim.NetFormat) {
			t.Errorf("a net is not offered as %s", sim.NetFormat)
		}
		step := func(n int) *int { return &n }
		for _, c := range []struct {
			method string
			step   *int
			record int
		}{{"", nil, 6}, {"b", nil, 6}, {"b", step(10), 2}, {"b", step(14), 2}, {"gd", step(0), 0}} {
			var b bytes.Buffer
			if err := sim.Export(context.Background(), &b, sim.NetFormat, trace, sim.ExportOptions{Method: c.method, Step: c.step}); err != nil {
				t.Fatal(err)
			}
			k, err := files.ReadCheckpoint(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			m := trace.Methods[0]
			if c.method != "" {
				m = trace.Method(c.method)
			}
			if !slices.Equal(k.Theta, m.Point(c.record)) || !slices.Equal(k.Sizes, []int{4, 5, 3, 3}) || k.Activation != "tanh" || !k.Bias {
				t.Errorf("%s at %v: sizes %v, %s, biases %v, not the point of record %d", c.method, c.step, k.Sizes, k.Activation, k.Bias, c.record)
			}
			r, err := sim.ReadRecipe(b.Bytes(), All, nil)
			if err != nil || r.ID != spec.ID() || (r.Step == nil) != (c.step == nil) {
				t.Errorf("the checkpoint leads to run %s at %v: %v", r.ID, r.Step, err)
			}
		}
		if err := sim.Export(context.Background(), &bytes.Buffer{}, sim.NetFormat, trace, sim.ExportOptions{Method: "sgd"}); err == nil || !strings.Contains(err.Error(), `this run has no method "sgd"`) {
			t.Errorf("the net of a method that is not there: %v", err)
		}
		return
	}
	t.Fatal("there is no lab of nets")
}

func TestOnlyNetsAreCheckpoints(t *testing.T) {
	spec, err := All[0].Resolve(sim.Draft{Steps: func() *int { n := 2; return &n }()})
	if err != nil {
		t.Fatal(err)
	}
	trace, err := sim.Play(context.Background(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = sim.Export(context.Background(), &bytes.Buffer{}, sim.NetFormat, trace, sim.ExportOptions{})
	if err == nil || !strings.Contains(err.Error(), "the ground of gd is none") || slices.Contains(sim.FormatsOf(trace.Methods[0].Ground), sim.NetFormat) {
		t.Errorf("a surface as a checkpoint: %v", err)
	}
}

// Weights of convolutions are no checkpoint that could be read again, and the export says so.
func TestConvolutionsAreNoCheckpoints(t *testing.T) {
	d, err := sim.ParseLink("/lab/network?problem=digits&samples=40&architecture=c2&steps=1&methods=gd")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := All[slices.IndexFunc(All, func(l *sim.Lab) bool { return l.ID == d.Lab })].Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := sim.Play(context.Background(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = sim.Export(context.Background(), &bytes.Buffer{}, sim.NetFormat, trace, sim.ExportOptions{})
	if err == nil || !strings.Contains(err.Error(), "that of gd begins with convolutions (1)") || slices.Contains(sim.FormatsOf(trace.Methods[0].Ground), sim.NetFormat) {
		t.Errorf("convolutions as a checkpoint: %v", err)
	}
}
