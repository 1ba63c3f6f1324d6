package race

import (
	"math"
	"strings"
	"testing"

	"thalweg/landscape/surfaces"
	"thalweg/sim"
	"thalweg/sim/param"
)

func query(t *testing.T, text string) sim.Draft {
	t.Helper()
	var d sim.Draft
	if err := d.Query(text); err != nil {
		t.Fatal(err)
	}
	return d
}

// From the default start 500 steps stay finite for gd, momentum, nesterov and adam at their default step sizes on
// every surface that is bounded below.
func TestDefaultStepSizes(t *testing.T) {
	for _, s := range surfaces.All {
		switch s.ID {
		case "mccormick", "monkey-saddle", "hyperbolic":
			continue // unbounded below: falling for ever is right
		}
		tr := play(t, query(t, "problem="+s.ID+"&methods=gd;momentum;nesterov;adam&steps=500"))
		for _, m := range tr.Methods {
			if m.State == sim.Diverged || m.State == sim.Failed {
				t.Errorf("%s on %s: %s at step %d: %s", m.ID, s.ID, m.State, m.StoppedAt, m.Why)
			}
			if m.Kind.ID == "gd" && m.Hyper.Real("step-size") != s.StepSize {
				t.Errorf("gd on %s starts with step size %v, want %v", s.ID, m.Hyper.Real("step-size"), s.StepSize)
			}
		}
	}
}

// Every method takes a few steps on every surface, in more dimensions where there are more, without an error that is
// none of its ends.
func TestEveryMethodOnEverySurface(t *testing.T) {
	var methods []string
	for _, m := range Lab.Methods {
		methods = append(methods, m.ID)
	}
	for _, s := range append(surfaces.All[:len(surfaces.All):len(surfaces.All)], formulaGround) {
		text := "problem=" + s.ID + "&steps=30&methods=" + strings.Join(methods, ";")
		if s.Variable {
			text += "&dim=5"
		}
		tr := play(t, query(t, text))
		for _, m := range tr.Methods {
			if m.State == sim.Running || m.StoppedAt < 30 && m.Why == "" {
				t.Errorf("%s on %s: %s at step %d without a word", m.ID, s.ID, m.State, m.StoppedAt)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ query, field, detail string }{
		{"problem=formula&formula=x%2B", "formula", "column 3: a number, a name or ( is expected here"},
		{"problem=formula&formula=v*x", "formula", "column 1: the letter v is taken by links; use another one"},
		{"problem=formula&formula=log(x)&start=-1,1", "start", "the loss is not finite at the start"},
		{"problem=formula&formula=sqrt(x)&start=0,1", "start", "the loss is not finite at the start"},
		{"problem=helical-valley&start=0,0,1", "start", "the loss is not finite at the start"},
		{"problem=rosenbrock&start=1,2,3", "start", "must hold 2 numbers on this ground; got 3"},
		{"problem=wood&start=1,2", "start", "must hold 4 numbers on this ground; got 2"},
		{"start=1e13,0", "start", "a coordinate is above 1e12 in size"},
		{"domain=1,0,0,1", "domain", "must read x from, x to, y from, y to, each from below its to"},
		{"problem=wood&swarm=8", "swarm", "needs a plane; this ground has dimension 4"},
		{"problem=wood&angle=30", "angle", "turns a plane; this ground has dimension 4"},
		{"problem=quadratic&eigenvalues=1", "eigenvalues", "must hold 2 numbers or more; got 1"},
		{"a=3", "a", "lab race has no control of this name"},
		{"methods=sgd:batch-size=8", "sgd.batch-size", "method sgd has no hyper-parameter of this name"},
	} {
		s, err := Lab.Resolve(query(t, c.query))
		if err == nil {
			_, err = sim.NewRun(s)
		}
		faults := param.Faults(err)
		if len(faults) != 1 || faults[0].Field != c.field || faults[0].Detail != c.detail {
			t.Errorf("%s is refused with %v, want %s: %s", c.query, err, c.field, c.detail)
		}
	}
}

// The flow's records follow the smallest step size beside it, the ground's own when it is alone.
func TestTimeStep(t *testing.T) {
	for _, c := range []struct {
		methods string
		want    float64
	}{
		{"gradient-flow", 1e-3},
		{"gradient-flow;gd:step-size=0.0004;adam:step-size=0.1", 4e-4},
		{"gd:step-size=0.0004;gradient-flow:time-step=0.5", 0.5},
	} {
		s, err := Lab.Resolve(query(t, "methods="+c.methods))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Methods {
			if m.Kind.ID == "gradient-flow" && m.Hyper.Real("time-step") != c.want {
				t.Errorf("%s: time step %v, want %v", c.methods, m.Hyper.Real("time-step"), c.want)
			}
		}
	}
}

func TestStart(t *testing.T) {
	for _, c := range []struct {
		query string
		want  []float64
	}{
		{"problem=rosenbrock&dim=5", []float64{-1.2, 1, -1.2, 1, -1.2}},
		{"problem=quadratic&eigenvalues=1,2,3", []float64{2, 1, 2}},
		{"problem=formula&formula=x1*x2%2Bx3", []float64{-1.2, 1, -1.2}},
		{"problem=helical-valley&dim=7", []float64{-1, 0, 0}},
	} {
		s, err := Lab.Resolve(query(t, c.query))
		if err != nil {
			t.Fatal(err)
		}
		if got := vector(s.Values.Vector("start")); got != vector(c.want) {
			t.Errorf("%s starts at %s, want %s", c.query, got, vector(c.want))
		}
	}
}

// The anatomy of plain descent is known on paper: the update is -η times the gradient, straight down, and on a
// quadratic the predicted change is the true one.
func TestAnatomy(t *testing.T) {
	tr := play(t, query(t, "problem=quadratic&condition=10&start=2,1&methods=gd:step-size=0.05;momentum:step-size=0.01&steps=20"))
	gd := tr.Method("gd")
	if s := gd.Readings("alignment"); len(s.Step) != 20 || s.Step[0] != 1 {
		t.Fatalf("alignment is read at %v, want steps 1 to 20", s.Step)
	}
	for k, row := range gd.Readings("step-vectors").Rows {
		before, x := gd.Point(k), gd.Point(k+1)
		grad := []float64{before[0], 10 * before[1]}
		for i := range x {
			if math.Abs(row[i]-grad[i]) > 1e-15*norm(grad) || row[2+i] != x[i]-before[i] && math.Abs(row[2+i]+0.05*grad[i]) > 1e-15 {
				t.Fatalf("step %d: the vectors are %v from %v to %v", k, row, before, x)
			}
		}
		if v := gd.At("alignment")[k]; math.Abs(v-1) > 1e-12 {
			t.Errorf("step %d: alignment %v, want 1", k, v)
		}
		want := gd.At("loss")[k+1] - gd.At("loss")[k]
		if v := gd.At("predicted-change")[k]; math.Abs(v-want) > 1e-12 {
			t.Errorf("step %d: predicted change %v, true one %v", k, v, want)
		}
		curvature := (grad[0]*grad[0] + 10*grad[1]*grad[1]) / (grad[0]*grad[0] + grad[1]*grad[1])
		if v := gd.At("step-curvature")[k]; math.Abs(v-0.05*curvature) > 1e-12 {
			t.Errorf("step %d: step size times curvature %v, want %v", k, v, 0.05*curvature)
		}
	}
	// λ = 10 against 2/0.05 and 2·1.9/0.01.
	if v := gd.Last("stability-ratio"); math.Abs(v-0.25) > 1e-12 {
		t.Errorf("gd: sharpness over limit %v, want 10/40", v)
	}
	if v := tr.Method("momentum").Last("stability-ratio"); math.Abs(v-10/380.) > 1e-12 {
		t.Errorf("momentum: sharpness over limit %v, want 10/380", v)
	}
}

// Turned methods stand on ground of their own, whose minima turn with it.
func TestAngle(t *testing.T) {
	tr := play(t, query(t, "problem=booth&methods=gd;turned=gd:angle=90&steps=400"))
	gd, turned := tr.Method("gd"), tr.Method("turned")
	if gd.Ground == turned.Ground || len(tr.Shared(gd)) != 1 {
		t.Error("the turned method shares the straight ground")
	}
	// Booth's minimum 1, 3 turned by 90° is -3, 1.
	if m := turned.Minima[0].X; !close2(m, -3, 1, 1e-12) || !close2(turned.End(), -3, 1, 1e-6) || !close2(gd.End(), 1, 3, 1e-6) {
		t.Errorf("the turned minimum is %v, reached %v; straight %v", m, turned.End(), gd.End())
	}
}

// A note tells where theory sees noisy descent end.
func TestFloorNote(t *testing.T) {
	for query, want := range map[string]string{
		"problem=quadratic&gradient-noise=0.5&methods=sgd:step-size=0.05":                      "In the long run sgd hovers at mean loss 0.007372.",
		"problem=quadratic&gradient-noise=0.5&noise-model=jitter&methods=sgd:step-size=0.05":   "In the long run sgd hovers at mean loss 0.4199.",
		"problem=quadratic&gradient-noise=0.5&noise-model=relative&methods=sgd:step-size=0.05": "In the mean square, sgd settles below step size 0.16.",
		"problem=quadratic&gradient-noise=0.5&methods=sgd:step-size=0.3":                       "",
		"problem=quadratic&methods=sgd":                                                        "",
	} {
		scene, _ := openSwarm(t, query)
		if scene.Note != want {
			t.Errorf("%s: %q, want %q", query, scene.Note, want)
		}
	}
}
