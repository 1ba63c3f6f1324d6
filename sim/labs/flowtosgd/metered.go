package flowtosgd

import (
	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/flow"
	"thalweg/sim/opt"
)

// A metered method keeps the account of its certificate: what it has paid, the sum of step size times g(F), and where
// gradient flow from the same start is at the same time.
type metered struct {
	method opt.Method
	ground landscape.Func
	g      scale
	flows  bool // the method is gradient flow itself
	paid   float64
	river  *flow.Integrator
	// length is that of the way so far, before where the last step began.
	length float64
	before []float64
}

func newMetered(method opt.Method, g *ground, s scale, flows bool) (*metered, error) {
	y := append(append([]float64(nil), g.start...), 0)
	river, err := flow.New(adding{g.Func, s}, y, flow.Options{})
	if err != nil {
		return nil, err
	}
	return &metered{method: method, ground: g.Func, g: s, flows: flows, river: river, before: make([]float64, len(g.start))}, nil
}

// Step implements sim.Method.
func (m *metered) Step() error {
	before, loss := m.method.Clock().Time, m.ground.Loss(m.method.Point())
	copy(m.before, m.method.Point())
	err := m.method.Step()
	now := m.method.Clock().Time
	m.length += landscape.Distance(m.before, m.method.Point())
	if now > before {
		// A flow that has ended stays at its end.
		_ = m.river.Advance(now)
		m.paid += (now - before) * m.g.of(loss)
	}
	return err
}

// Point implements sim.Method.
func (m *metered) Point() []float64 { return m.method.Point() }

// Clock implements sim.Method.
func (m *metered) Clock() opt.Clock { return m.method.Clock() }

// Turn implements sim.Turner.
func (m *metered) Turn(id string, v float64) error { return m.method.Turn(id, v) }

// Alone implements sim.Leader.
func (m *metered) Alone() sim.Method { return m.method }

// CloneMethod implements sim.Cloner; a method that cannot be copied gives none.
func (m *metered) CloneMethod() sim.Method {
	inner, ok := opt.Clone(m.method)
	if !ok {
		return nil
	}
	c := *m
	c.method, c.river, c.before = inner, m.river.Clone(), make([]float64, len(m.before))
	return &c
}

// certificate is what was paid so far. Of gradient flow it is the integral itself.
func (m *metered) certificate() float64 {
	if m.flows {
		y := m.river.Point()
		return y[len(y)-1]
	}
	return m.paid
}

// apart is the distance from gradient flow at the same time.
func (m *metered) apart() float64 {
	return landscape.Distance(m.method.Point(), m.river.Point()[:len(m.method.Point())])
}
