package opt

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// TestFloor is one table: each method on a bowl of eigenvalues 1 and 10 from (2, 1), and on Rosenbrock's valley from
// (-1.2, 1). It must come below the loss, or the entry says why not.
func TestFloor(t *testing.T) {
	type row struct {
		bowl, valley Hyper
		steps        int
		why          string // why the method need not reach the floor; it must still get below loose
		loose        float64
	}
	rate := func(v float64) Hyper { return Hyper{"step-size": v} }
	table := map[string]row{
		"gd":               {bowl: rate(0.1), valley: rate(1e-3), steps: 60000},
		"sgd":              {bowl: rate(0.1), valley: rate(1e-3), steps: 60000},
		"momentum":         {bowl: rate(0.05), valley: rate(1e-3), steps: 20000},
		"nesterov":         {bowl: rate(0.05), valley: rate(5e-4), steps: 20000},
		"nesterov-1983":    {bowl: rate(0.05), valley: rate(5e-4), steps: 40000},
		"adagrad":          {bowl: rate(0.5), valley: rate(0.5), steps: 20000},
		"rmsprop":          {bowl: rate(1e-3), valley: rate(1e-3), steps: 20000, why: "a constant step size ends in a cycle as wide as it", loose: 1e-3},
		"adam":             {bowl: rate(0.05), valley: rate(0.05), steps: 20000},
		"adamw":            {bowl: Hyper{"step-size": 0.05, "weight-decay": 0}, valley: Hyper{"step-size": 0.05, "weight-decay": 0}, steps: 20000},
		"adamax":           {bowl: rate(0.05), valley: rate(0.05), steps: 20000, why: "the largest slope seen fades slowly, the last decades take long", loose: 1e-9},
		"lion":             {bowl: rate(1e-3), valley: rate(1e-3), steps: 20000, why: "a constant step size ends in a cycle as wide as it", loose: 1e-2},
		"nadam":            {bowl: rate(1e-3), valley: rate(1e-3), steps: 20000, why: "on the valley floor it cycles across", loose: 1e-4},
		"adadelta":         {bowl: rate(0.01), valley: rate(0.01), steps: 20000, why: "its own step sizes never settle", loose: 1e-3},
		"rprop":            {bowl: rate(0.1), valley: rate(0.01), steps: 20000, why: "without backtracking the steps of both coordinates flip in turn", loose: 1e-6},
		"lbfgs":            {bowl: rate(1), valley: rate(0.5), steps: 20000, why: "it stops at a slope of 1e-9 along its direction", loose: 1e-9},
		"bfgs":             {steps: 1000},
		"cg":               {steps: 1000},
		"newton":           {steps: 1000},
		"nelder-mead":      {steps: 2000},
		"cma-es":           {steps: 2000},
		"noisy-gd":         {bowl: Hyper{"step-size": 0.01, "noise": 1e-3}, valley: Hyper{"step-size": 1e-3, "noise": 1e-3}, steps: 60000, why: "noise", loose: 1e-4},
		"langevin":         {bowl: Hyper{"step-size": 0.01, "temperature": 1e-6}, valley: Hyper{"step-size": 1e-3, "temperature": 1e-6}, steps: 60000, why: "noise", loose: 1e-4},
		"kinetic-langevin": {bowl: Hyper{"step-size": 0.1, "temperature": 1e-6}, valley: Hyper{"step-size": 0.02, "temperature": 1e-6}, steps: 60000, why: "noise", loose: 1e-4},
		"gradient-flow":    {bowl: Hyper{"time-step": 0.1}, valley: Hyper{"time-step": 0.1}, steps: 3000},
		"modified-flow":    {bowl: rate(0.05), valley: rate(1e-3), steps: 60000},
	}
	if len(table) != len(Rules) {
		t.Errorf("the table has %d entries for %d rules", len(table), len(Rules))
	}
	for _, r := range Rules {
		c := table[r.ID]
		for _, g := range []struct {
			name  string
			f     landscape.Func
			start []float64
			h     Hyper
		}{{"bowl", bowl{1, 10}, []float64{2, 1}, c.bowl}, {"valley", valley{}, []float64{-1.2, 1}, c.valley}} {
			t.Run(r.ID+"/"+g.name, func(t *testing.T) {
				m := start(t, r.ID, g.h, Env{Ground: g.f, Start: g.start})
				err := play(m, c.steps)
				if err != nil && !errors.Is(err, ErrConverged) {
					t.Fatal(err)
				}
				floor := 1e-12
				if c.why != "" {
					floor = c.loose
				}
				if loss := g.f.Loss(m.Point()); !(loss < floor) {
					t.Errorf("the loss is %.3g after %d steps (%v), want below %g", loss, m.Clock().Steps, err, floor)
				}
			})
		}
	}
}

// someHyper are values with which a rule runs long on the valley.
func someHyper(id string) Hyper {
	r, _ := Lookup(id)
	h := Hyper{}
	if _, ok := r.Param("step-size"); ok {
		h["step-size"] = 1e-3
	}
	if _, ok := r.Param("time-step"); ok {
		h["time-step"] = 1e-2
	}
	return h
}

// isClassic tells gonum's methods, which alone may allocate and cannot be copied.
func isClassic(id string) bool {
	return slices.Contains([]string{"bfgs", "cg", "newton", "nelder-mead"}, id)
}

func TestNoAllocation(t *testing.T) {
	for _, r := range Rules {
		if isClassic(r.ID) {
			continue
		}
		for _, f := range []landscape.Func{valley{}, someData()} {
			if _, sampled := f.(landscape.Sampled); sampled && r.ID == "lbfgs" {
				continue // it ends within a few steps: on rows whole it has converged, and minibatch noise ruins its pairs
			}
			h := someHyper(r.ID)
			if _, ok := r.Param("batch-size"); ok {
				h["batch-size"], h["clip"], h["warm-up"], h["schedule"] = 3, 10, 5, 1
			}
			m := start(t, r.ID, h, Env{Ground: f, Start: []float64{-1.2, 1}, GradientNoise: 0.1})
			_ = play(m, 3)
			m.Anatomy()
			if n := testing.AllocsPerRun(50, func() {
				if err := m.Step(); err != nil {
					t.Fatal(err)
				}
				m.Anatomy()
			}); n != 0 {
				t.Errorf("a step of %s on %T allocates %v times", r.ID, f, n)
			}
		}
	}
	for sampling := range 3 {
		m := start(t, "sgd", Hyper{"step-size": 0.1, "batch-size": 3, "sampling": float64(sampling)}, Env{Ground: someData(), Start: []float64{0, 0}})
		if n := testing.AllocsPerRun(50, func() { _ = m.Step() }); n != 0 {
			t.Errorf("sampling %d allocates %v times", sampling, n)
		}
	}
}

// TestClone continues copies taken in the middle, after other steps of the original, to the same bits.
func TestClone(t *testing.T) {
	for _, r := range Rules {
		for _, f := range []landscape.Func{valley{}, someData()} {
			h := someHyper(r.ID)
			if _, ok := r.Param("batch-size"); ok {
				h["batch-size"] = 3
			}
			m := start(t, r.ID, h, Env{Ground: f, Start: []float64{-1.2, 1}, GradientNoise: 0.1})
			if err := play(m, 7); err != nil && !errors.Is(err, ErrConverged) {
				t.Fatal(err)
			}
			c, ok := Clone(m)
			if ok == isClassic(r.ID) {
				t.Fatalf("%s can be copied: %v", r.ID, ok)
			}
			if !ok {
				continue
			}
			_ = play(m, 13)
			_ = play(c, 13)
			if !slices.Equal(m.Point(), c.Point()) || m.Clock() != c.Clock() {
				t.Errorf("a copy of %s on %T went to %v %+v, the original to %v %+v", r.ID, f, c.Point(), c.Clock(), m.Point(), m.Clock())
			}
		}
	}
}

// TestRepeatable plays every method twice, on one core and on all.
func TestRepeatable(t *testing.T) {
	for _, r := range Rules {
		run := func() string {
			m := start(t, r.ID, someHyper(r.ID), Env{Ground: valley{}, Start: []float64{-1.2, 1}, Seed: 3})
			text := ""
			for range 40 {
				if m.Step() != nil {
					break
				}
				text += fmt.Sprintf("%x %+v\n", m.Point(), m.Clock())
			}
			return text
		}
		many := run()
		before := runtime.GOMAXPROCS(1)
		one := run()
		runtime.GOMAXPROCS(before)
		if many != one {
			t.Errorf("%s goes another way on one core", r.ID)
		}
	}
}

// TestStability is the limit of the step size on an eigenvalue: 2/λ, 2(1+μ)/λ and 2(1+μ)/((1+2μ)λ). Just
// below it a walk settles, just above it grows (core theory, section 2).
func TestStability(t *testing.T) {
	const l, mu = 4.0, 0.9
	for _, c := range []struct {
		id    string
		limit float64
	}{{"gd", 2 / l}, {"momentum", 2 * (1 + mu) / l}, {"nesterov", 2 * (1 + mu) / ((1 + 2*mu) * l)}} {
		for _, factor := range []float64{0.99, 1.01} {
			m := start(t, c.id, Hyper{"step-size": factor * c.limit}, Env{Ground: bowl{l}, Start: []float64{1}})
			err := play(m, 10000)
			if factor < 1 && !(math.Abs(m.Point()[0]) < 1e-6) {
				t.Errorf("%s at %g of its limit stands at %g", c.id, factor, m.Point()[0])
			}
			if factor > 1 && !errors.Is(err, ErrDiverged) {
				t.Errorf("%s at %g of its limit ended with %v", c.id, factor, err)
			}
		}
	}
}

// TestGDEdge is C6: eigenvalues 1 and 10 from (1, 1), 3000 steps.
func TestGDEdge(t *testing.T) {
	m := start(t, "gd", Hyper{"step-size": 0.199}, Env{Ground: bowl{1, 10}, Start: []float64{1, 1}})
	if err := play(m, 3000); err != nil || math.Abs(m.Point()[1]) > 1e-12 {
		t.Errorf("at 0.199 the walk is at %v (%v)", m.Point(), err)
	}
	m = start(t, "gd", Hyper{"step-size": 0.201}, Env{Ground: bowl{1, 10}, Start: []float64{1, 1}})
	err := play(m, 3000)
	// |x₂| = 1.01^k passes 1e12 at k = ln 1e12 / ln 1.01 = 2776.9.
	if want := 2776; !errors.Is(err, ErrDiverged) || m.Clock().Steps != want || !landscape.Finite(m.Point()) {
		t.Errorf("at 0.201 the walk ended at step %d with %v, want diverged after %d", m.Clock().Steps, err, want)
	}
	if again := m.Step(); again != err {
		t.Errorf("an ended walk says %v", again)
	}
}

// TestLangevinVariance is C7: the variance of the unadjusted Langevin algorithm on eigenvalue λ is T/(λ(1-ηλ/2)).
// The chain is an AR(1) of correlation a = 1-ηλ, so the variance estimate from n samples has the relative standard
// error √(2(1+a²)/((1-a²)n)).
func TestLangevinVariance(t *testing.T) {
	const eta, temp, n = 0.2, 0.5, 100000
	f := bowl{1, 3}
	m := start(t, "langevin", Hyper{"step-size": eta, "temperature": temp}, Env{Ground: f, Start: []float64{0, 0}, Seed: 1})
	if err := play(m, 1000); err != nil {
		t.Fatal(err)
	}
	var sum [2]float64
	for range n {
		_ = m.Step()
		for i, x := range m.Point() {
			sum[i] += x * x
		}
	}
	for i, l := range f {
		a := 1 - eta*l
		want := temp / (l * (1 - eta*l/2))
		if off, se := math.Abs(sum[i]/n/want-1), math.Sqrt(2*(1+a*a)/((1-a*a)*n)); off > 4*se {
			t.Errorf("eigenvalue %g: the variance is off by %.4f, more than 4 standard errors of %.4f", l, off, se)
		}
	}
}

// TestNoiseModels holds the long-run mean loss of SGD on eigenvalues 1, 10 against its formula (race, section 3):
// isotropic Σ ησ²/(2(2-ηλ)), jitter Σ ησ²λ²/(2(2-ηλ)), relative 0. The error of either mean over 2e5 steps is about 1 %.
func TestNoiseModels(t *testing.T) {
	const eta, sigma, n = 0.05, 0.5, 200000
	f := bowl{1, 10}
	for _, c := range []struct {
		model NoiseModel
		want  float64
	}{{Isotropic, 0.00737179}, {Relative, 0}, {Jitter, 0.419872}} {
		m := start(t, "sgd", Hyper{"step-size": eta}, Env{Ground: f, Start: []float64{1, 1}, Seed: 5, GradientNoise: sigma, NoiseModel: c.model})
		_ = play(m, 2000)
		sum := 0.0
		for range n {
			_ = m.Step()
			sum += f.Loss(m.Point()) / n
		}
		if math.Abs(sum-c.want) > 0.05*c.want+1e-12 {
			t.Errorf("noise model %d: the mean loss is %.6g, want %.6g", c.model, sum, c.want)
		}
	}
}

// TestCommonNoise: contestants share their noise unless asked not to, and another seed gives other numbers.
func TestCommonNoise(t *testing.T) {
	at := func(name string, seed uint64, common bool) float64 {
		m, err := New("langevin", Hyper{"step-size": 0.1}, Env{Ground: bowl{1}, Start: []float64{0}, Name: name, Seed: seed, CommonNoise: common})
		if err != nil {
			t.Fatal(err)
		}
		_ = m.Step()
		return m.Point()[0]
	}
	if at("a", 1, true) != at("b", 1, true) || at("a", 1, false) == at("b", 1, false) || at("a", 1, true) == at("a", 2, true) {
		t.Error("the noise of contestants is not shared as it should")
	}
}

// TestValley holds final losses against the race specification: rosenbrock from (-1.5, 2), 2000 steps at 0.001.
func TestValley(t *testing.T) {
	for id, want := range map[string]float64{"gd": 0.195057, "momentum": 1.35729e-8, "adam": 5.22728, "nesterov": 5.778e-9} {
		m := start(t, id, Hyper{"step-size": 0.001}, Env{Ground: valley{}, Start: []float64{-1.5, 2}})
		_ = play(m, 2000)
		if loss := (valley{}).Loss(m.Point()); math.Abs(loss/want-1) > 1e-4 {
			t.Errorf("%s ends at loss %.6g, want %.6g", id, loss, want)
		}
	}
}

// TestFirstAdamStep is r6: one step of Adam is the step size in each coordinate.
func TestFirstAdamStep(t *testing.T) {
	m := start(t, "adam", Hyper{"step-size": 0.05}, Env{Ground: valley{}, Start: []float64{-1.5, 2}})
	_ = m.Step()
	if x := m.Point(); math.Abs(x[0]+1.45) > 1e-6 || math.Abs(x[1]-2.05) > 1e-6 {
		t.Errorf("the first step leads to %v, want -1.45, 2.05", x)
	}
	want := map[string][]float64{"gradient": {-155, -50}, "mean, bias corrected": {-155, -50}, "scale box": {1.0 / 155, 1.0 / 50}, "update": {0.05, 0.05}}
	for _, v := range m.Anatomy() {
		for i, w := range want[v.Name] {
			if math.Abs(v.V[i]-w) > 1e-7*math.Abs(w)+1e-7 {
				t.Errorf("%s is %v, want %v", v.Name, v.V, want[v.Name])
			}
		}
		delete(want, v.Name)
	}
	if len(want) > 0 {
		t.Errorf("the anatomy lacks %v", slices.Sorted(maps.Keys(want)))
	}
}

// TestByHand checks two rules without reference vectors on scripted gradients of one coordinate.
func TestByHand(t *testing.T) {
	update := func(r Optimizer, x float64, grads ...float64) (moves []float64) {
		m := NewMemory(r.Slots(1), 1)
		for _, g := range grads {
			d := []float64{g}
			r.Update(d, d, []float64{x}, &m)
			moves = append(moves, d[0])
		}
		return moves
	}
	for _, c := range []struct {
		name      string
		got, want []float64
	}{
		// m = 0, 0.01, 0.0094: 0.9m+0.1g = 0.1, 0.004, 0.00046, all positive. A β₂ in the sign's place, or m renewed
		// first, turns the last one.
		{"lion", update(Lion{0.1, 0.9, 0.99, 0.5}, 2, 1, -0.05, -0.08), []float64{-0.2, -0.2, -0.2}},
		// m = 0.2, 0.28; u = 2, max(1.998, 1); bias corrections 0.1, 0.19.
		{"adamax", update(Adamax{0.1, 0.9, 0.999, 0}, 0, 2, 1), []float64{-0.1, -0.1 / 0.19 * 0.28 / 1.998}},
	} {
		for i, w := range c.want {
			if math.Abs(c.got[i]-w) > 1e-14 {
				t.Errorf("move %d of %s is %v, want %v", i, c.name, c.got[i], w)
			}
		}
	}
}

// TestAliasing: a rule whose move overwrites its gradient makes the same moves.
func TestAliasing(t *testing.T) {
	for i := range Rules {
		r := &Rules[i]
		if r.parts == nil {
			continue
		}
		env := Env{Ground: valley{}, Start: []float64{-1.2, 1}, StepSize: 1e-3, CommonNoise: true}
		h, err := r.fill(nil, &env)
		if err != nil {
			t.Fatal(err)
		}
		rule := r.parts(h, &env).Optimizer
		if rule == nil {
			continue
		}
		apart, same := NewMemory(rule.Slots(2), 2), NewMemory(rule.Slots(2), 2)
		for k := range 5 {
			x, g := []float64{1, float64(k)}, []float64{math.Sin(float64(k)), 1 / float64(k+1)}
			move := make([]float64, 2)
			rule.Update(move, g, x, &apart)
			rule.Update(g, g, x, &same)
			if !slices.Equal(move, g) {
				t.Errorf("move %d of %s is %v, but %v over its gradient", k, r.ID, move, g)
			}
		}
	}
}

// TestNAdamQuirk is C5: the two formulas differ by more than 1e-4 after 20 steps.
func TestNAdamQuirk(t *testing.T) {
	var end [2]float64
	for quirk := range 2 {
		m := start(t, "nadam", Hyper{"step-size": 0.05, "torch-1.13": float64(quirk)}, Env{Ground: valley{}, Start: []float64{-1.776, 0.756}})
		_ = play(m, 20)
		end[quirk] = m.Point()[0]
	}
	if math.Abs(end[0]-end[1]) < 1e-4 {
		t.Errorf("the formulas end at %v", end)
	}
}

// TestLossWithoutValue: a walk that would step where the loss has no value stays at its last good point.
func TestLossWithoutValue(t *testing.T) {
	m := start(t, "gd", Hyper{"step-size": 10}, Env{Ground: logarithm{}, Start: []float64{2}})
	if err := m.Step(); !errors.Is(err, ErrDiverged) || m.Point()[0] != 2 || m.Clock().Steps != 0 {
		t.Errorf("the walk is at %v, step %d, with %v", m.Point(), m.Clock().Steps, err)
	}
}

func TestBatches(t *testing.T) {
	b := EpochBatches(7, 10, 4)
	order := make([]float64, 10)
	for epoch := range 3 {
		rng.NewKey(7, 0, 0, 0, rng.Batch).FillUniform(order, uint64(epoch), 0)
		var seen []int
		for k := range 3 {
			seen = append(seen, b.Next(3*epoch+k)...)
		}
		if len(seen) != 10 || !slices.IsSortedFunc(seen, func(i, j int) int { return int(math.Copysign(1, order[i]-order[j])) }) {
			t.Errorf("epoch %d is %v", epoch, seen)
		}
		if len(b.Next(3*epoch+2)) != 2 {
			t.Errorf("the last batch of epoch %d is not short", epoch)
		}
	}
	first := slices.Clone(b.Next(0))
	b.Next(8)
	if !slices.Equal(first, b.Next(0)) {
		t.Error("a batch depends on what was asked before")
	}
	f := FreshBatches(7, 10, 9)
	for step := range 20 {
		rows := slices.Clone(f.Next(step))
		slices.Sort(rows)
		if len(slices.Compact(rows)) != 9 || rows[0] < 0 || rows[8] > 9 {
			t.Errorf("fresh rows of step %d are %v", step, rows)
		}
	}
	count := make([]int, 10)
	i := IIDBatches(7, 10, 5)
	for step := range 2000 {
		for _, r := range i.Next(step) {
			count[r]++
		}
	}
	// 10000 draws: 1000 each, standard deviation 30.
	if low, high := slices.Min(count), slices.Max(count); low < 850 || high > 1150 {
		t.Errorf("rows are drawn %d to %d times, want about 1000", low, high)
	}
	if EpochBatches(1, 10, 0).Next(3) != nil || EpochBatches(1, 10, 10).Next(3) != nil {
		t.Error("all rows are a batch")
	}
}

// TestEpochClock: four rows of ten are 0.4 of an epoch, the short batch 0.2.
func TestEpochClock(t *testing.T) {
	m := start(t, "sgd", Hyper{"step-size": 0.1, "batch-size": 4}, Env{Ground: someData(), Start: []float64{0, 0}})
	_ = play(m, 3)
	if c := m.Clock(); math.Abs(c.Epochs-1) > 1e-15 || c.Gradients != 3 || math.Abs(c.Time-0.3) > 1e-15 {
		t.Errorf("after an epoch the clock says %+v", c)
	}
}

func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		k    int
		want float64
	}{
		{Schedule{}, 9, 1},
		{Schedule{WarmUp: 4}, 0, 0.25}, {Schedule{WarmUp: 4}, 3, 1}, {Schedule{WarmUp: 4}, 4, 1},
		{Schedule{Cosine, 10, 0}, 5, 0.5}, {Schedule{Cosine, 10, 0}, 10, 0}, {Schedule{Cosine, 10, 0}, 99, 0},
		{Schedule{Stairs, 10, 0}, 9, 1}, {Schedule{Stairs, 10, 2}, 22, 0.01},
		{Schedule{Inverse, 10, 0}, 10, 0.5},
	} {
		if got := c.s.Factor(c.k); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%+v at step %d is %g, want %g", c.s, c.k, got, c.want)
		}
	}
	m := start(t, "gd", Hyper{"step-size": 0.1, "schedule": 3, "schedule-length": 1}, Env{Ground: bowl{1}, Start: []float64{1}})
	_ = play(m, 2)
	if want := 0.9 * 0.95; math.Abs(m.Point()[0]-want) > 1e-15 || math.Abs(m.Clock().Time-0.15) > 1e-15 {
		t.Errorf("the scheduled walk is at %v at time %v", m.Point()[0], m.Clock().Time)
	}
	// sgd's own decay: 0.1/(1+k/2)^0.5.
	m = start(t, "sgd", Hyper{"step-size": 0.1, "decay": 0.5, "decay-after": 2}, Env{Ground: bowl{1}, Start: []float64{1}})
	_ = play(m, 2)
	if want := 0.1 + 0.1/math.Sqrt(1.5); math.Abs(m.Clock().Time-want) > 1e-15 {
		t.Errorf("the decaying walk is at time %v, want %v", m.Clock().Time, want)
	}
}

func TestClip(t *testing.T) {
	m := start(t, "gd", Hyper{"step-size": 1, "clip": 0.5}, Env{Ground: bowl{1, 1}, Start: []float64{3, 4}})
	_ = m.Step()
	if x := m.Point(); math.Abs(x[0]-2.7) > 1e-15 || math.Abs(x[1]-3.6) > 1e-15 {
		t.Errorf("the clipped step leads to %v, want 2.7, 3.6", x)
	}
}

// TestTurn changes a step size between two steps; what is not live is refused.
func TestTurn(t *testing.T) {
	m := start(t, "momentum", Hyper{"step-size": 0.1, "momentum": 0.5}, Env{Ground: bowl{1}, Start: []float64{1}})
	_ = m.Step() // b = 1, w = 0.9
	if err := m.Turn("step-size", 0.2); err != nil {
		t.Fatal(err)
	}
	_ = m.Step() // b = 0.5 + 0.9, w = 0.9 - 0.28
	if math.Abs(m.Point()[0]-0.62) > 1e-15 {
		t.Errorf("after the turn the walk is at %v, want 0.62", m.Point()[0])
	}
	for id, v := range map[string]float64{"beta1": 0.5, "schedule": 1, "momentum": 2, "step-size": math.NaN()} {
		if m.Turn(id, v) == nil {
			t.Errorf("turning %s to %v was accepted", id, v)
		}
	}
	flow := start(t, "gradient-flow", Hyper{"time-step": 0.5}, Env{Ground: bowl{1}, Start: []float64{1}})
	_ = flow.Step()
	if err := flow.Turn("time-step", 0.25); err != nil {
		t.Fatal(err)
	}
	_ = play(flow, 2)
	if math.Abs(flow.Point()[0]-math.Exp(-1)) > 1e-8 || flow.Clock().Time != 1 {
		t.Errorf("after the turn the flow is at %v at time %v", flow.Point()[0], flow.Clock().Time)
	}
}

func TestNewRefuses(t *testing.T) {
	env := Env{Ground: valley{}, Start: []float64{-1.2, 1}}
	for _, c := range []struct {
		id  string
		h   Hyper
		env Env
	}{
		{"ascent", nil, env},
		{"gd", nil, env}, // no step size
		{"gd", Hyper{"step-size": 0}, env},
		{"gd", Hyper{"step-size": 0.1, "momentum": 0.9}, env},
		{"lbfgs", Hyper{"memory": 2.5}, env},
		{"gd", Hyper{"step-size": 0.1}, Env{Ground: valley{}, Start: []float64{1}}},
		{"gd", Hyper{"step-size": 0.1}, Env{Ground: logarithm{}, Start: []float64{-1}}},
		{"gd", Hyper{"step-size": 0.1}, Env{Ground: valley{}, Start: []float64{math.Inf(1), 0}}},
	} {
		if _, err := New(c.id, c.h, c.env); err == nil {
			t.Errorf("%s with %v at %v was accepted", c.id, c.h, c.env.Start)
		}
	}
	if _, err := New("gd", nil, Env{Ground: valley{}, Start: []float64{-1.2, 1}, StepSize: 1e-3}); err != nil {
		t.Error(err)
	}
}

// TestRules: the schema is consistent with itself.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || r.Label == "" || (r.parts == nil) == (r.method == nil) {
			t.Errorf("rule %s is a duplicate or incomplete", r.ID)
		}
		seen[r.ID] = true
		ids := map[string]bool{}
		for _, p := range r.Hyper {
			if ids[p.ID] || p.Label == "" || p.Help == "" || !(p.Min < p.Max) {
				t.Errorf("%s of %s is a duplicate or incomplete", p.ID, r.ID)
			}
			ids[p.ID] = true
			if err := p.Check(p.Default); err != nil && !math.IsNaN(p.Default) {
				t.Errorf("%s: default %v", r.ID, err)
			}
			if (p.Kind == "choice") != (len(p.Choices) == int(p.Max)+1 && p.Choices != nil) {
				t.Errorf("%s of %s has %d choices up to %v", p.ID, r.ID, len(p.Choices), p.Max)
			}
		}
	}
}

// TestClassic: gonum's loops replay the same path whatever the length of the tape, and leave no goroutine.
func TestClassic(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, r := range Rules {
		if !isClassic(r.ID) {
			continue
		}
		env := Env{Ground: valley{}, Start: []float64{-1.2, 1}}
		long, short := start(t, r.ID, nil, env).(*Classic), start(t, r.ID, nil, env)
		long.play(200)
		end := play(long, 400)
		_ = play(short, 400)
		if !slices.Equal(long.Point(), short.Point()) || long.Clock() != short.Clock() {
			t.Errorf("%s: tapes of two lengths end at %v and %v", r.ID, long.Point(), short.Point())
		}
		if !errors.Is(end, ErrConverged) || long.Clock().Evaluations == 0 {
			t.Errorf("%s ended with %v, clock %+v", r.ID, end, long.Clock())
		}
	}
	// A loop that has answered for the last time may still be on its way out.
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left, %d before", runtime.NumGoroutine(), before)
		}
	}
}
