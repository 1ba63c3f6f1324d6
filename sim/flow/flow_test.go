package flow

import (
	"errors"
	"math"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/landscapetest"
)

// quartic is ¼Σ aᵢxᵢ⁴ + ½(Σxᵢ)²: smooth, coupled, not linear.
type quartic struct{ a []float64 }

func (q quartic) Dim() int { return len(q.a) }

func (q quartic) Loss(x []float64) (loss float64) {
	sum := 0.0
	for i, v := range x {
		loss += q.a[i] * v * v * v * v / 4
		sum += v
	}
	return loss + sum*sum/2
}

func (q quartic) Grad(dst, x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	for i, v := range x {
		dst[i] = q.a[i]*v*v*v + sum
	}
	return q.Loss(x)
}

func (q quartic) HessVec(dst, x, v []float64) {
	sum := 0.0
	for _, u := range v {
		sum += u
	}
	for i, u := range v {
		dst[i] = 3*q.a[i]*x[i]*x[i]*u + sum
	}
}

type bowl = landscapetest.Bowl

// ground is a two-dimensional loss from formulas.
type ground struct {
	loss func(x, y float64) float64
	grad func(x, y float64) (gx, gy float64)
}

func (g ground) Dim() int                 { return 2 }
func (g ground) Loss(x []float64) float64 { return g.loss(x[0], x[1]) }
func (g ground) Grad(dst, x []float64) float64 {
	dst[0], dst[1] = g.grad(x[0], x[1])
	return g.Loss(x)
}

var product = ground{
	func(u, v float64) float64 { return (u*v - 1) * (u*v - 1) / 2 },
	func(u, v float64) (float64, float64) { return (u*v - 1) * v, (u*v - 1) * u },
}

var rosenbrock2 = ground{
	func(x, y float64) float64 { return 100*(y-x*x)*(y-x*x) + (1-x)*(1-x) },
	func(x, y float64) (float64, float64) { return -400*x*(y-x*x) - 2*(1-x), 200 * (y - x*x) },
}

// pendulum is no gradient flow: it forgets nothing, so the errors of all steps show at the end.
type pendulum struct{}

func (pendulum) Dim() int { return 2 }

func (pendulum) Slope(dst, y []float64) float64 {
	dst[0], dst[1] = y[1], -math.Sin(y[0])
	return math.NaN()
}

func (pendulum) JacVec(dst, y, v []float64) { dst[0], dst[1] = v[1], -math.Cos(y[0])*v[0] }

func follow(t *testing.T, f Field, start []float64, until float64, o Options) *Integrator {
	t.Helper()
	s, err := New(f, start, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(until); err != nil {
		t.Fatal(err)
	}
	return s
}

func distance(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

// TestOrder halves the step: the error at a fixed time must fall by 2^p within 10 %.
func TestOrder(t *testing.T) {
	f, start := pendulum{}, []float64{1.5, 0}
	exact := follow(t, f, start, 2, Options{RTol: 1e-13, ATol: 1e-15})
	for _, c := range []struct {
		name     string
		implicit bool
		order    float64
		step     float64
	}{
		{"Dormand-Prince", false, 5, 1.0 / 8},
		{"RODAS", true, 4, 1.0 / 32},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := func(h float64) float64 {
				s := follow(t, f, start, 2, Options{Fixed: h, Implicit: c.implicit})
				return distance(s.Point(), exact.Point())
			}
			got, want := at(c.step)/at(c.step/2), math.Pow(2, c.order)
			if math.Abs(got/want-1) > 0.1 {
				t.Errorf("halving the step divides the error by %.3f, want %.0f within 10 %%", got, want)
			}
		})
	}
}

// TestDenseOrder looks between steps: the local error of the interpolant of order 4 falls by 2^5, that of
// RODAS (order 3) by 2^4.
func TestDenseOrder(t *testing.T) {
	f, start := Descent{quartic{[]float64{1, 2}}}, []float64{1, -0.4}
	for _, c := range []struct {
		implicit bool
		order    float64
	}{{false, 5}, {true, 4}} {
		at := func(h float64) float64 {
			exact := follow(t, f, start, h*0.4, Options{RTol: 1e-13, ATol: 1e-15})
			s := follow(t, f, start, h*0.4, Options{Fixed: h, Implicit: c.implicit})
			return distance(s.Point(), exact.Point())
		}
		got, want := at(1.0/32)/at(1.0/64), math.Pow(2, c.order)
		if got < 0.85*want || got > 1.15*want {
			t.Errorf("implicit %v: halving the step divides the error between steps by %.2f, want %.0f within 15 %%", c.implicit, got, want)
		}
	}
}

// TestQuadratic holds the integrator against the exact flow of a coupled, shifted, indefinite quadratic.
func TestQuadratic(t *testing.T) {
	a, b, w0 := []float64{3, 1, 1, -0.2}, []float64{0.5, -1}, []float64{1, 2}
	q, err := NewQuadratic(a, b, w0)
	if err != nil {
		t.Fatal(err)
	}
	f := ground{
		func(x, y float64) float64 { return 1.5*x*x + x*y - 0.1*y*y - 0.5*x + y },
		func(x, y float64) (float64, float64) { return 3*x + y - 0.5, x - 0.2*y + 1 },
	}
	s, err := New(Descent{f}, w0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float64, 2)
	for _, at := range []float64{0, 0.01, 0.1, 0.5, 1, 2, 3} {
		if err := s.Advance(at); err != nil {
			t.Fatal(err)
		}
		q.At(want, at)
		if d := distance(s.Point(), want); d > 1e-8*math.Max(1, norm(want)) {
			t.Errorf("at time %g the flow is off by %.2e", at, d)
		}
	}
}

// TestRosenbrock is c3: the default tolerances stay within 1e-6 of tight ones.
func TestRosenbrock(t *testing.T) {
	start := []float64{-1.2, 1}
	for _, at := range []float64{0.01, 0.1, 1, 10} {
		usual, tight := follow(t, Descent{rosenbrock2}, start, at, Options{}), follow(t, Descent{rosenbrock2}, start, at, Options{RTol: 1e-12, ATol: 1e-14})
		if d := distance(usual.Point(), tight.Point()); d > 1e-6 {
			t.Errorf("at time %g the default tolerances are off by %.2e", at, d)
		}
		if n := usual.Stats().Rises; n > 0 {
			t.Errorf("the loss rose on %d steps", n)
		}
		if dissipated, fallen := usual.Balance(); math.Abs(dissipated/fallen-1) > 1e-6 {
			t.Errorf("the integral of the squared gradient is %.10g, the loss fell by %.10g", dissipated, fallen)
		}
	}
}

// TestBalanceOfProduct is C8: u² - v² is kept, and the end has sharpness √((u₀²-v₀²)²+4).
func TestBalanceOfProduct(t *testing.T) {
	s, err := New(Descent{product}, []float64{2, 0.2}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Advance(1e6)
	if !errors.Is(err, ErrConverged) {
		t.Fatalf("the flow ended with %v, want convergence", err)
	}
	u, v := s.Point()[0], s.Point()[1]
	if d := math.Abs(u*u - v*v - 3.96); d > 1e-8 {
		t.Errorf("u²-v² moved by %.2e", d)
	}
	// race.md: from (2, 0.2) to (2.048950, 0.488055).
	if math.Abs(u-2.048950) > 1e-6 || math.Abs(v-0.488055) > 1e-6 {
		t.Errorf("the flow ends at %.6f, %.6f", u, v)
	}
}

func TestStiffSwitch(t *testing.T) {
	f := Descent{bowl{1, 1e6}}
	s := follow(t, f, []float64{1, 1}, 5, Options{})
	if st := s.Stats(); !st.Stiff || st.Accepted > 3000 {
		t.Errorf("a flow of condition 1e6 took %d steps (stiff: %v)", st.Accepted, st.Stiff)
	}
	if d := math.Abs(s.Point()[0] - math.Exp(-5)); d > 1e-8 {
		t.Errorf("the stiff flow is off by %.2e", d)
	}
	if dissipated, fallen := s.Balance(); math.Abs(dissipated/fallen-1) > 1e-6 {
		t.Errorf("the integral of the squared gradient is %.10g, the loss fell by %.10g", dissipated, fallen)
	}
	if follow(t, Descent{bowl{1, 2}}, []float64{1, 1}, 5, Options{}).Stats().Stiff {
		t.Error("a round bowl counts as stiff")
	}
}

// TestEvents: on a single eigenvalue l the loss falls to 10^-j at t = j ln 10/(2l), the gradient norm to 1e-10
// at t = ln(l·1e10)/l.
func TestEvents(t *testing.T) {
	s, err := New(Descent{bowl{2}}, []float64{1}, Options{Levels: true, RTol: 1e-11, ATol: 1e-15})
	if err != nil {
		t.Fatal(err)
	}
	end := s.Advance(100)
	if !errors.Is(end, ErrConverged) {
		t.Fatalf("the flow ended with %v, want convergence", end)
	}
	if want := math.Log(2e10) / 2; math.Abs(s.Time()-want) > 1e-5 {
		t.Errorf("converged at %.9f, want %.9f", s.Time(), want)
	}
	if len(s.Crossings()) != 12 {
		t.Fatalf("%d loss levels were crossed, want 12", len(s.Crossings()))
	}
	for j, c := range s.Crossings() {
		if want := float64(j+1) * math.Ln10 / 4; math.Abs(c.T-want) > 1e-8 {
			t.Errorf("level %g was crossed at %.11f, want %.11f", c.Level, c.T, want)
		}
	}
}

func TestEnds(t *testing.T) {
	saddle := ground{
		func(x, y float64) float64 { return x*x - y*y },
		func(x, y float64) (float64, float64) { return 2 * x, -2 * y },
	}
	cubic := ground{ // reaches infinity in finite time
		func(x, y float64) float64 { return -x * x * x / 3 },
		func(x, y float64) (float64, float64) { return -x * x, 0 },
	}
	root := ground{ // |x|^1.5 stops in finite time, at 4/3: the field is not Lipschitz there
		func(x, y float64) float64 { return math.Pow(math.Abs(x), 1.5) },
		func(x, y float64) (float64, float64) { return math.Copysign(1.5*math.Sqrt(math.Abs(x)), x), 0 },
	}
	for _, c := range []struct {
		name string
		f    ground
		want []error
	}{
		{"saddle", saddle, []error{ErrDiverged}},
		{"cubic", cubic, []error{ErrDiverged, ErrFailed}},
		{"root", root, []error{ErrConverged}},
	} {
		s, err := New(Descent{c.f}, []float64{1, 1e-3}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		end := s.Advance(1e3)
		ok := false
		for _, want := range c.want {
			ok = ok || errors.Is(end, want)
		}
		if !ok || !landscape.Finite(s.Point()) {
			t.Errorf("%s ended with %v at %v", c.name, end, s.Point())
		}
		if c.name == "root" && (math.Abs(s.Point()[0]) > 1e-9 || math.Abs(s.Time()-4.0/3) > 0.01) {
			t.Errorf("%s rests at %v at time %.6f, want 0 at 1.333", c.name, s.Point()[0], s.Time())
		}
	}
	if _, err := New(Descent{saddle}, []float64{math.NaN(), 0}, Options{}); err == nil {
		t.Error("a start that is not finite was accepted")
	}
}

// TestSliding: on |x|+|y| from (2, 1) the flow meets y = 0 at time 1, slides along it, and rests at time 2. A kink
// is left where the field no longer pushes towards it.
func TestSliding(t *testing.T) {
	f := ground{
		func(x, y float64) float64 { return math.Abs(x) + math.Abs(y) },
		func(x, y float64) (float64, float64) { return float64(sgn(x)), float64(sgn(y)) },
	}
	s, err := New(Descent{f}, []float64{2, 1}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(1.5); err != nil || distance(s.Point(), []float64{0.5, 0}) > 1e-7 {
		t.Errorf("at time 1.5 the flow is at %v (%v)", s.Point(), err)
	}
	if err := s.Advance(10); !errors.Is(err, ErrConverged) || norm(s.Point()) > 1e-7 || math.Abs(s.Time()-2) > 1e-4 {
		t.Errorf("the flow ended at %v, time %v: %v", s.Point(), s.Time(), err)
	}
	if n := s.Stats().Accepted; n > 2000 {
		t.Errorf("the flow took %d steps", n)
	}
	// F = |y| + xy - x: x runs off at speed 1 - y, and from x = 1 on the slope -sign(y) - x no longer holds y at 0.
	f = ground{
		func(x, y float64) float64 { return math.Abs(y) + x*y - x },
		func(x, y float64) (float64, float64) { return y - 1, float64(sgn(y)) + x },
	}
	s = follow(t, Descent{f}, []float64{0, 0.25}, 0.9, Options{})
	if math.Abs(s.Point()[1]) > 1e-7 {
		t.Errorf("before x = 1 the flow has left the kink: %v", s.Point())
	}
	if err := s.Advance(2.5); err != nil || s.Point()[1] > -0.1 {
		t.Errorf("behind x = 1 the flow stays on the kink: %v (%v)", s.Point(), err)
	}
	// The kink is met at e^t = E with 1 + x = cosh t + ¾ sinh t and 1 - y = sinh t + ¾ cosh t = 1, and left when x = 1,
	// at time T; then x = 1 + sinh(t-T), y = 1 - cosh(t-T).
	e := (1 + math.Sqrt(1.4375)) / 1.75
	late := 2.5 - (math.Log(e) + 2 - (0.875*e + 0.125/e))
	if want := []float64{1 + math.Sinh(late), 1 - math.Cosh(late)}; distance(s.Point(), want) > 1e-6 {
		t.Errorf("behind the kink the flow is at %v, want %v", s.Point(), want)
	}
}

func sgn(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// TestModified is the order of the modified equation: at a fixed time the gap of gradient descent to it falls by 4
// when the step size is halved, to the plain flow by 2 (core theory, section 2).
func TestModified(t *testing.T) {
	f, start := quartic{[]float64{1, 2}}, []float64{1, -0.4}
	gap := func(eta float64, field Field) float64 {
		x, g := []float64{start[0], start[1]}, make([]float64, 2)
		for range int(math.Round(1 / eta)) {
			f.Grad(g, x)
			x[0], x[1] = x[0]-eta*g[0], x[1]-eta*g[1]
		}
		return distance(x, follow(t, field, start, 1, Options{}).Point())
	}
	if r := gap(0.01, Descent{f}) / gap(0.005, Descent{f}); math.Abs(r-2) > 0.1 {
		t.Errorf("the gap to the flow falls by %.3f, want 2", r)
	}
	if r := gap(0.01, NewModified(f, 0.01)) / gap(0.005, NewModified(f, 0.005)); math.Abs(r-4) > 0.2 {
		t.Errorf("the gap to the modified flow falls by %.3f, want 4", r)
	}
}

// TestClone continues a copy taken between two steps, before and after the switch, to the same bits.
func TestClone(t *testing.T) {
	for _, o := range []Options{{}, {Implicit: true}} {
		s := follow(t, Descent{quartic{[]float64{1, 2}}}, []float64{1, -0.4}, 0.7, o)
		c := s.Clone()
		for _, x := range []*Integrator{s, c} {
			if err := x.Advance(2); err != nil {
				t.Fatal(err)
			}
		}
		if s.Point()[0] != c.Point()[0] || s.Point()[1] != c.Point()[1] || s.Stats() != c.Stats() {
			t.Errorf("a copy went to %v, the original to %v", c.Point(), s.Point())
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, o := range []Options{{}, {Implicit: true}} {
		s := follow(t, Descent{bowl{1, 30}}, []float64{1, 1}, 0.1, o)
		at := 0.1
		if n := testing.AllocsPerRun(100, func() {
			at += 0.01
			if err := s.Advance(at); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("implicit %v: a record allocates %v times", o.Implicit, n)
		}
	}
}
