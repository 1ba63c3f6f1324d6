package race

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"thalweg/sim"
	"thalweg/sim/opt"
)

// openSwarm opens a spec and returns the swarms of its methods, nil where a method walks alone.
func openSwarm(t testing.TB, query string) (*sim.Scene, []*swarm) {
	t.Helper()
	var d sim.Draft
	if err := d.Query(query); err != nil {
		t.Fatal(err)
	}
	s, err := Lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	scene, err := Lab.Open(sim.Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed, Steps: s.Steps})
	if err != nil {
		t.Fatal(err)
	}
	var out []*swarm
	for _, c := range scene.Contestants {
		flock, _ := c.Method.(*swarm)
		out = append(out, flock)
	}
	return scene, out
}

// cheap are the methods that a swarm can be walked by.
const cheap = "gd;momentum;nesterov;nesterov-1983;adagrad;rmsprop;adam;adamw;adamax;lion;nadam;adadelta;rprop;lbfgs"

// Each point of a swarm is to the bit the walk that a method would make alone from there, end and all.
func TestSwarmIsManyWalks(t *testing.T) {
	for _, problem := range []string{"himmelblau", "muller-brown", "formula&formula=log(x)*y^2"} {
		_, flocks := openSwarm(t, "problem="+problem+"&swarm=7&start=1,1&methods="+cheap)
		for _, s := range flocks {
			starts := slices.Clone(s.points)
			for range 200 {
				if s.Step() != nil {
					break
				}
			}
			for i := range s.fates {
				env := s.env
				env.Start = starts[2*i : 2*i+2]
				m, err := opt.New(s.rule.ID, s.values, env)
				if err != nil {
					if s.fates[i] != diverged {
						t.Errorf("%s on %s: %v, but point %d walks", s.rule.ID, problem, err, i)
					}
					continue
				}
				for range 200 {
					if m.Step() != nil {
						break
					}
				}
				if got, want := s.points[2*i:2*i+2], m.Point(); !slices.Equal(got, want) {
					t.Errorf("%s on %s: point %d is at %v, alone it goes to %v", s.rule.ID, problem, i, got, want)
				}
			}
		}
	}
}

func TestSwarmSameBits(t *testing.T) {
	walk := func() *swarm {
		_, flocks := openSwarm(t, "problem=muller-brown&swarm=64&methods=adam:step-size=0.3")
		for range 50 {
			if err := flocks[0].Step(); err != nil {
				t.Fatal(err)
			}
		}
		return flocks[0]
	}
	many := walk()
	old := runtime.GOMAXPROCS(1)
	one := walk()
	runtime.GOMAXPROCS(old)
	if !slices.Equal(many.points, one.points) || !slices.Equal(many.fates, one.fates) {
		t.Error("a swarm depends on the number of cores")
	}
}

func TestSwarmAllocatesNothing(t *testing.T) {
	_, flocks := openSwarm(t, "problem=rosenbrock&swarm=64&methods="+cheap)
	for _, s := range flocks {
		if n := testing.AllocsPerRun(20, func() { s.Step() }); n != 0 {
			t.Errorf("a step of %s allocates %v times", s.rule.ID, n)
		}
	}
}

// Methods with chance or dynamics of their own walk alone, and the scene says so.
func TestSwarmOfSome(t *testing.T) {
	scene, flocks := openSwarm(t, "problem=himmelblau&swarm=8&methods=gd;langevin;gradient-flow;cma-es;newton")
	if flocks[0] == nil || scene.Note == "" {
		t.Errorf("gd has no swarm, or the note is missing: %q", scene.Note)
	}
	for i, s := range flocks[1:] {
		if s != nil || scene.Contestants[i+1].Read["basins"] != nil {
			t.Errorf("method %d walks a swarm", i+1)
		}
	}
}

// The largest swarm covers the domain with cell centres, and a turned step size reaches every walk.
func TestSwarmGrid(t *testing.T) {
	scene, flocks := openSwarm(t, "problem=himmelblau&swarm=316&methods=gd")
	s := flocks[0]
	if got := len(s.points); got != 2*316*316 {
		t.Fatalf("%d numbers, want 2 x 316 x 316", got)
	}
	first, last := s.points[:2], s.points[len(s.points)-2:]
	if want := -5 + 5.0/316; math.Abs(first[0]-want) > 1e-12 || math.Abs(first[1]-want) > 1e-12 || math.Abs(last[0]+want) > 1e-12 {
		t.Errorf("the grid runs from %v to %v, want ±%v", first, last, want)
	}
	before := slices.Clone(s.points)
	if err := s.Turn("step-size", 1e-4); err != nil {
		t.Fatal(err)
	}
	if err := s.Step(); err != nil {
		t.Fatal(err)
	}
	grad := make([]float64, 2)
	for _, i := range []int{0, 5000, 99855} {
		scene.Contestants[0].Ground.Grad(grad, before[2*i:2*i+2])
		if want := before[2*i] - 1e-4*grad[0]; s.points[2*i] != want {
			t.Errorf("point %d moved to %v, want %v", i, s.points[2*i], want)
		}
	}
	if err := s.Turn("beta1", 0.5); err == nil {
		t.Error("gd took a beta1")
	}
}

func BenchmarkSwarm(b *testing.B) {
	for _, method := range []string{"gd", "adam"} {
		b.Run(method, func(b *testing.B) {
			_, flocks := openSwarm(b, "problem=himmelblau&swarm=316&methods="+method)
			b.ReportAllocs()
			for b.Loop() {
				flocks[0].Step()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/316/316, "ns/point")
		})
	}
}
