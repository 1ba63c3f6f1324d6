package network

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"thalweg/landscape/kernel"
	"thalweg/sim"
)

// Weight decay turned on the way changes the ground from the next record on: by l2/2 times the squared length of the
// parameters, for all methods alike.
func TestDecayTurned(t *testing.T) {
	const l2 = 0.1
	query := "samples=40&architecture=3&steps=20&methods=gd;sgd;adam;gradient-flow;cma-es;random-walk"
	plain, turned := play(t, query), play(t, query+"&moves=10:l2=0.1")
	for i, m := range turned.Methods {
		before := plain.Methods[i]
		if a, b := before.At("loss")[:11], m.At("loss")[:11]; !reflect.DeepEqual(a, b) {
			t.Errorf("%s: losses before the turn are %v, want those of the plain run, %v", m.ID, b, a)
		}
		if m.Ground == before.Ground || m.Ground != turned.Methods[0].Ground || m.GroundAt(10) == m.Ground || m.GroundAt(11) != m.Ground {
			t.Errorf("%s: the grounds are not those of a turn at step 10 that all methods share", m.ID)
		}
		x := m.Point(11)
		bare := m.GroundAt(0).Loss(x)
		if got, want := m.At("loss")[11], bare+l2/2*kernel.Dot(x, x); math.Abs(got-want) > 1e-14*want {
			t.Errorf("%s: loss %v after the turn, want %v with decay (%v without)", m.ID, got, want, bare)
		}
		if reflect.DeepEqual(before.Point(11), x) != (m.ID == "random-walk") {
			t.Errorf("%s: only a walk without a gradient takes the same step on both grounds", m.ID)
		}
	}
}

// A fork goes on on the ground of its step, and so does a step that is taken apart.
func TestForkOverDecay(t *testing.T) {
	r, err := sim.NewRun(spec(t, "samples=40&architecture=3&steps=150&methods=gd;adam;gradient-flow;cma-es&moves=30:l2=0.1;140:l2=0"))
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(context.Background(), 50) {
	}
	whole := r.Trace()
	if m := whole.Methods[0]; m.Ground != m.GroundAt(0) {
		t.Error("turned back, the ground is another than the one it was")
	}
	for _, step := range []int{20, 100, 145} { // from the start, and from the checkpoints at 64 and 128
		s, err := r.Spec.Turned(step, sim.Pair{Name: "l2", Text: "0.5"})
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Fork(s)
		if err != nil {
			t.Fatal(err)
		}
		for !f.Advance(context.Background(), 33) {
		}
		fresh, err := sim.Play(context.Background(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range f.Trace().Methods {
			if !reflect.DeepEqual(m.Theta, fresh.Methods[i].Theta) || !reflect.DeepEqual(m.At("loss"), fresh.Methods[i].At("loss")) {
				t.Errorf("%s forked at step %d is not the fresh run", m.ID, step)
			}
		}
	}
	stages, err := r.Dissect(context.Background(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	m := whole.Methods[0]
	g := make([]float64, m.Dim)
	m.GroundAt(101).Grad(g, m.Point(100))
	for i, v := range stages[0].V {
		if math.Abs(v+g[i]) > 1e-15 {
			t.Fatalf("the step from 100 is taken apart on another ground: its gradient has %v at %d, want %v", v, i, -g[i])
		}
	}
}

func TestDecayRefused(t *testing.T) {
	_, err := sim.NewRun(spec(t, "samples=40&architecture=3&steps=9&methods=gd;bfgs&moves=3:l2=0.1"))
	if err == nil || !strings.Contains(err.Error(), "bfgs cannot go on over another one") {
		t.Errorf("got %v, want a refusal that names bfgs", err)
	}
}
