package privatefederation

import (
	"context"
	"fmt"
	"slices"

	"thalweg/landscape"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/param"
)

// open puts every method before the same clients, with the same noise of each.
func open(s sim.Setup) (*sim.Scene, error) {
	w := newWorld(s.Values, s.Seed)
	scene := &sim.Scene{}
	k := w.clients.Clients()
	if c := s.Values.Whole("client"); c >= k {
		return nil, param.Refuse("client", "must be below %d, the number of clients; got %d", k, c)
	}
	if s.Values.On("cohorts") && s.Steps > k {
		return nil, param.Refuse("cohorts", "need at least one client for each of the %d rounds; there are %d", s.Steps, k)
	}
	for i := range s.Methods {
		m := &s.Methods[i]
		values := s.Values
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		if !private(m.Kind.ID) {
			values = values.With("mechanism", param.Word(noMechanism))
		}
		f, err := w.federated(values, m, s.Steps)
		if err != nil {
			return nil, err
		}
		code := uint64(0)
		if !s.Values.On("common-noise") {
			code = rng.MethodCode(m.ID)
		}
		f.noise = keyed{s.Seed, code}
		r := &readers{world: w, values: values, first: i == 0, step: -1}
		c := sim.Contestant{Method: f, Ground: w.clients, Problem: w.id, Read: r.of(f)}
		switch w.id {
		case logisticID, quadraticID:
			c.Planes, c.Domain = []string{sim.Direct}, domains[w.id]
			if q, ok := w.clients.(interface{ Lowest() []float64 }); ok {
				c.Minima = []landscape.Minimum{{X: q.Lowest(), Loss: w.clients.Loss(q.Lowest())}}
			}
		default:
			c.Planes = sim.High
		}
		scene.Contestants = append(scene.Contestants, c)
		scene.Cost += w.cost(f)
	}
	if at := swept(s); s.Values.On("sweep") && w.testY != nil && at >= 0 {
		scene.Contestants[at].Closes = []string{"sweep"}
		f := scene.Contestants[at].Method.(*federated)
		scene.Cost += float64(len(sweepLosses)*len(sweepMomenta)) * w.cost(f)
		scene.Closing = func(ctx context.Context, _ []sim.End) ([]map[string]sim.Values, error) {
			m := &s.Methods[at]
			values := s.Values
			for _, own := range m.Own {
				values = values.With(own.Control.ID, own.Value)
			}
			accuracies, err := w.sweep(ctx, values, m, s.Steps, f.noise)
			if err != nil {
				return nil, err
			}
			out := make([]map[string]sim.Values, len(s.Methods))
			out[at] = map[string]sim.Values{"sweep": {Numbers: accuracies, Columns: len(sweepLosses)}}
			return out, nil
		}
	}
	scene.Note = w.note(s)
	return scene, nil
}

// swept is the first method with privacy, -1 where there is none.
func swept(s sim.Setup) int {
	return slices.IndexFunc(s.Methods, func(m sim.MethodSpec) bool { return private(m.Kind.ID) })
}

var domains = map[string][4]float64{logisticID: {-4, 5, -4, 5}, quadraticID: {-3, 3, -3, 3}}

// federated reads what a method does from its controls.
func (w *world) federated(v param.Values, m *sim.MethodSpec, steps int) (*federated, error) {
	rounds := v.Whole("budget-rounds")
	if rounds == 0 || rounds > steps {
		rounds = steps
	}
	reports := rounds
	r := rules{place: v.Text("momentum-at"), local: v.Whole("local-steps"), participation: v.Real("participation"), dropout: v.Real("dropout"), aggregator: v.Text("aggregator"), seed: w.seed, rounds: rounds}
	if v.On("cohorts") {
		r.cohorts, reports = steps, 1
	}
	k := w.clients.Clients()
	if n := int(v.Real("attackers")*float64(k) + 0.5); n > 0 {
		r.attackers = make([]bool, k)
		order := rng.NewKey(w.seed, 0, 0, 0, rng.Attack).Seq().Perm(k)
		for _, i := range order[:n] {
			r.attackers[i] = true
		}
	}
	p, err := newProtocol(v, w.clients.Dim(), reports)
	if err != nil {
		return nil, err
	}
	eta, _ := m.Hyper.Find("step-size")
	gamma, _ := m.Hyper.Find("momentum")
	return newFederated(r, w.clients, p, nil, w.start, eta.Num, gamma.Num), nil
}

// cost estimates the floating point operations of a round with its readings.
func (w *world) cost(f *federated) float64 {
	k, n := float64(w.clients.Clients()), float64(w.clients.Dim())
	active := k * f.participation
	if f.cohorts > 0 {
		active /= float64(f.cohorts)
	}
	rows := max(1, float64(w.per))
	step := active * float64(f.local) * (4*rows*n + 40*rows*classes)
	if f.protocol.mechanism == gaussian {
		step += active * 60 * n
	}
	if f.aggregator != "mean" {
		step += active * n * 30
	}
	return step + k*rows*(6*n+40*classes)
}

func (w *world) note(s sim.Setup) string {
	v := s.Values
	if v.On("clip-after-noise") {
		return "Clipping after the noise is broken: the gauge shows a number, and nothing is guaranteed."
	}
	for i := range s.Methods {
		m := &s.Methods[i]
		if !private(m.Kind.ID) {
			continue
		}
		values := v
		for _, own := range m.Own {
			values = values.With(own.Control.ID, own.Value)
		}
		f, err := w.federated(values, m, s.Steps)
		if err != nil || f.protocol.mechanism == noMechanism {
			continue
		}
		reports := f.rounds * f.reports()
		if f.cohorts > 0 {
			reports = f.reports()
		}
		if total := totalOf(f, reports, v.Real("delta")); total > 10 {
			return fmt.Sprintf("After all rounds the privacy loss is ε = %.3g: that is not private in any useful sense. And noise from a seeded generator protects nobody: this is a demonstration.", total)
		}
		return "Noise from a seeded generator protects nobody: this is a demonstration of how much real noise would cost."
	}
	return "Nothing is private here: every upload is a gradient as it is."
}

// histogram counts labels.
func histogram(labels []int) []float64 {
	out := make([]float64, classes)
	for _, c := range labels {
		out[c]++
	}
	return out
}
