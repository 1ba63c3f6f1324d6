package scoreascent

import (
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape/inference"
	"thalweg/landscape/landscapetest"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

func at9(kind kind, f inference.Family, n int, defensive float64) (*chains, []float64) {
	p, _ := inference.Planar("gauss", 0.9)
	c := newChains(kind, p, f, n, defensive)
	mean, cov, _ := p.Moments()
	lambda := make([]float64, f.Params(2))
	f.Pack(lambda, mean, cov)
	return c, lambda
}

func streams(seed uint64) keyed {
	return keyed{rng.NewKey(seed, 0, 0, 0, rng.Proposal), rng.NewKey(seed, 0, 0, 0, rng.Accept)}
}

// Where q is the target the path derivative has no variance at all: every estimate is 0. With the score term in it the
// mean would be the same.
func TestPathDerivative(t *testing.T) {
	c, lambda := at9(elbo, inference.FullRank, 8, 0)
	g := make([]float64, len(lambda))
	for step := range 20 {
		c.estimate(g, lambda, step, streams(1))
		for i, v := range g {
			if math.Abs(v) > 1e-10 {
				t.Fatalf("estimate %d at step %d is %v, want 0: the path derivative vanishes at q = π", i, step, v)
			}
		}
	}
}

// A defensive share changes proposals and weights, never the score: the estimates are means of scores of q itself.
func TestDefensiveScore(t *testing.T) {
	for _, k := range []kind{pmcsa, mscRB, msc} {
		c, lambda := at9(k, inference.MeanField, 6, 0.01)
		lambda[0] += 0.5
		c.begin(lambda, streams(3))
		g, want := make([]float64, len(lambda)), make([]float64, len(lambda))
		heavy := 0
		for step := range 300 {
			before := slices.Clone(c.state)
			c.estimate(g, lambda, step, streams(2))
			clear(want)
			switch k {
			case pmcsa:
				for i := range c.n {
					c.q.AddScore(want, -1.0/float64(c.n), c.at(i))
				}
			case mscRB:
				c.q.AddScore(want, -c.weights[0], before)
				for i := range c.n {
					c.q.AddScore(want, -c.weights[i+1], c.proposal(i))
				}
			case msc:
				c.q.AddScore(want, -1, c.at(0))
			}
			for i := range g {
				if math.Abs(g[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
					t.Fatalf("kind %d, step %d: the estimate %v is not the mean of scores of q, %v", k, step, g, want)
				}
			}
			for i := range c.n {
				if u := streams(2).Uniform(step, defensivePart+i); u < 0.01 {
					heavy++
				}
			}
		}
		if heavy == 0 {
			t.Error("no proposal came from the heavy-tailed part; the test shows nothing")
		}
	}
}

// The chain of a heavy-tailed mixture leaves the target as it is: its acceptance ratio is that of the mixture. The mean of
// 40,000 states of chains that start from the target lies within five standard errors (a fresh seed fails with less than
// 1e-6); leaving the mixture out of the weights moves it by 0.1.
func TestDefensiveStationary(t *testing.T) {
	const chainsAtOnce, steps = 4000, 10
	c, lambda := at9(pmcsa, inference.MeanField, chainsAtOnce, 0.3)
	r := rng.NewKey(5, 0, 0, 0, rng.Probe).Seq()
	for i := range c.logP {
		c.target.Draw(c.at(i), r)
		c.logP[i] = c.target.Log(c.at(i))
	}
	g := make([]float64, len(lambda))
	for step := range steps {
		c.estimate(g, lambda, step, streams(6))
	}
	sum, square := 0.0, 0.0
	for i := range c.n {
		x := c.at(i)[0] - 1
		sum += x / float64(c.n)
		square += x * x / float64(c.n)
	}
	if math.Abs(sum) > 5/math.Sqrt(chainsAtOnce) || math.Abs(square-1) > 5*math.Sqrt(2.0/chainsAtOnce) {
		t.Errorf("after %d steps mean and variance are off by %v and %v, want 0 within %v and %v", steps, sum, square-1, 5/math.Sqrt(chainsAtOnce), 5*math.Sqrt(2.0/chainsAtOnce))
	}
}

// A chain's own weight is that of the present q, however far q has moved since the chain came there.
func TestRetainedWeight(t *testing.T) {
	for _, k := range []kind{pmcsa, jsa} {
		wrong, taken := 0, 0
		for seed := range uint64(200) {
			c, lambda := at9(k, inference.MeanField, 1, 0)
			src := streams(seed)
			c.begin(lambda, src)
			for i := range lambda {
				lambda[i] += 0.8 * float64(1-2*(i%2))
			}
			before := slices.Clone(c.state)
			c.estimate(make([]float64, len(lambda)), lambda, 1, src)
			q := inference.NewNormal(inference.MeanField, 2)
			q.Set(lambda)
			weight := func(z []float64) float64 { return c.target.Log(z) - q.Log(z) }
			if want := math.Log(src.Uniform(1, 0)) < weight(c.proposal(0))-weight(before); want != c.taken[0] {
				wrong++
			}
			if c.taken[0] {
				taken++
			}
		}
		if wrong > 0 || taken < 20 || taken > 180 {
			t.Errorf("kind %d: %d of 200 decisions are not those of the present q (%d accepted)", k, wrong, taken)
		}
	}
}

// A step allocates nothing.
func TestStepAllocates(t *testing.T) {
	for id := range kinds {
		for _, q := range []string{"problem=gauss-d&dim=20&degrees=60", "problem=banana&family=full-rank"} {
			m := openOne(t, q+"&methods="+id)
			for range 3 {
				if err := m.Step(); err != nil {
					t.Fatal(err)
				}
			}
			if n := landscapetest.Allocations(func() { _ = m.Step() }); n > 0 {
				t.Errorf("%s on %s: a step allocates %v times", id, q, n)
			}
		}
	}
}

func openOne(t testing.TB, query string) sim.Method {
	t.Helper()
	var d sim.Draft
	if err := d.Query(query); err != nil {
		t.Fatal(err)
	}
	s, err := Lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	scene, err := open(sim.Setup{Spec: s, Values: s.Values, Methods: s.Methods, Seed: s.Seed, Steps: s.Steps})
	if err != nil {
		t.Fatal(err)
	}
	return scene.Contestants[0].Method
}

// What cannot be is refused by the name of its field.
func TestRefused(t *testing.T) {
	for query, want := range map[string]string{
		"problem=gauss-d&dim=50&degrees=40":         "degrees",
		"problem=gauss&start=1,2,3":                 "start",
		"problem=formula&formula=x^2":               "formula",
		"problem=formula&formula=sin(":              "formula",
		"problem=formula&formula=-a*x^2-y^2":        "formula",
		"problem=formula&formula-box=1,0,0,1":       "formula-box",
		"problem=gauss&states-p=1,2,3&states-q=1,2": "states-q",
		"problem=gauss&proposals=0":                 "proposals",
		"problem=gauss&correlation=1":               "correlation",
	} {
		var d sim.Draft
		err := d.Query(query)
		if err == nil {
			var s *sim.Spec
			if s, err = Lab.Resolve(d); err == nil {
				_, err = sim.NewRun(s)
			}
		}
		if err == nil || !strings.Contains(err.Error(), want+":") {
			t.Errorf("%s: got %v, want a refusal of %s", query, err, want)
		}
	}
}

// A walk whose q is lost ends with the word diverged; the others go on.
func TestDiverges(t *testing.T) {
	var d sim.Draft
	if err := d.Query("problem=funnel&optimizer=sgd&init-scale=8&methods=elbo:step-size=1;msc:step-size=0.0001&steps=200"); err != nil {
		t.Fatal(err)
	}
	s, err := Lab.Resolve(d)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := sim.Play(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := tr.Method("elbo").State, tr.Method("msc").State; a != sim.Diverged || b != sim.Done {
		t.Errorf("elbo %s (%s) and msc %s, want diverged and done", a, tr.Method("elbo").Why, b)
	}
}

// The probe changes no walk.
func TestProbeOnlyLooks(t *testing.T) {
	end := func(q string) []float64 {
		m := openOne(t, q)
		for range 50 {
			if err := m.Step(); err != nil {
				t.Fatal(err)
			}
		}
		return slices.Clone(m.Point())
	}
	if a, b := end("problem=banana&methods=jsa"), end("problem=banana&probe=64&methods=jsa"); !slices.Equal(a, b) {
		t.Errorf("with a probe the walk ends at %v, without at %v", b, a)
	}
}

// BenchmarkStep is a step of each estimator at the paper's scale: 50 dimensions, 10 proposals.
func BenchmarkStep(b *testing.B) {
	for _, id := range []string{"pmcsa", "jsa", "msc-rb", "msc", "snis", "elbo"} {
		b.Run(id, func(b *testing.B) {
			m := openOne(b, "problem=gauss-d&proposals=10&methods="+id)
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Step(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
