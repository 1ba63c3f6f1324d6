// Package landscapetest is the contract of a loss as a test that every loss passes.
package landscapetest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/rng"
)

// Check holds f against landscape's contract at each of the points, where f must be smooth: Grad returns
// the loss and is the derivative of Loss within 1e-7, HessVec is symmetric and the derivative of Grad, nothing changes
// its input, and nothing allocates. What else f can do is checked as well: Sampled over all rows is f,
// Many returns the same bits whatever the number of points.
func Check(t *testing.T, f landscape.Func, points [][]float64) {
	t.Helper()
	if len(points) == 0 {
		t.Fatal("no point to check at")
	}
	for i, x := range points {
		t.Run(fmt.Sprintf("point-%d", i), func(t *testing.T) {
			if len(x) != f.Dim() {
				t.Fatalf("the point has %d coordinates, the loss %d", len(x), f.Dim())
			}
			checkGrad(t, f, x)
			if c, ok := f.(landscape.Curved); ok {
				checkHessVec(t, c, x)
			}
			if s, ok := f.(landscape.Sampled); ok {
				checkSampled(t, s, x)
			}
		})
	}
	if m, ok := f.(landscape.Many); ok {
		t.Run("many", func(t *testing.T) { checkMany(t, m, points) })
	}
}

// tolerance is relative to the size of what is compared and to what rounding does to differences.
const tolerance = 1e-7

func checkGrad(t *testing.T, f landscape.Func, x []float64) {
	before := slices.Clone(x)
	grad := make([]float64, len(x))
	loss := f.Grad(grad, x)
	if want := f.Loss(x); !(math.Abs(loss-want) <= 1e-12*math.Abs(want)) {
		t.Errorf("Grad returns the loss %v, Loss %v", loss, want)
	}
	for _, i := range some(len(x)) {
		at := slices.Clone(x)
		want, uncertain := derivative(func(h float64) float64 {
			at[i] = x[i] + h
			return f.Loss(at)
		}, 1e-2*(1+math.Abs(x[i])))
		if !(math.Abs(grad[i]-want) <= tolerance*norm(grad)+10*uncertain) {
			t.Errorf("gradient %d at %v is %v, differences say %v (+- %.1e)", i, brief(x), grad[i], want, uncertain)
		}
	}
	if !slices.Equal(x, before) {
		t.Error("Loss or Grad changed its input")
	}
	if n := Allocations(func() { f.Loss(x) }); n > 0 {
		t.Errorf("Loss allocates %v times", n)
	}
	if n := Allocations(func() { f.Grad(grad, x) }); n > 0 {
		t.Errorf("Grad allocates %v times", n)
	}
}

func checkHessVec(t *testing.T, f landscape.Curved, x []float64) {
	n := len(x)
	u, v := normal(n, 0), normal(n, 1)
	before, direction := slices.Clone(x), slices.Clone(v)
	hu, hv := make([]float64, n), make([]float64, n)
	f.HessVec(hu, x, u)
	f.HessVec(hv, x, v)
	if !slices.Equal(x, before) || !slices.Equal(v, direction) {
		t.Error("HessVec changed its input")
	}
	a, b := dot(u, hv), dot(v, hu)
	if !(math.Abs(a-b) <= 1e-10*(norm(u)*norm(hv)+norm(v)*norm(hu))) {
		t.Errorf("the Hessian at %v is not symmetric: uHv is %v, vHu %v", brief(x), a, b)
	}
	at, grad := make([]float64, n), make([]float64, n)
	for _, i := range some(n) {
		want, uncertain := derivative(func(h float64) float64 {
			for j := range at {
				at[j] = x[j] + h*v[j]
			}
			f.Grad(grad, at)
			return grad[i]
		}, 1e-2*(1+norm(x))/norm(v))
		if !(math.Abs(hv[i]-want) <= tolerance*norm(hv)+10*uncertain) {
			t.Errorf("Hessian times v, %d, at %v is %v, differences say %v (+- %.1e)", i, brief(x), hv[i], want, uncertain)
		}
	}
	if n := Allocations(func() { f.HessVec(hv, x, v) }); n > 0 {
		t.Errorf("HessVec allocates %v times", n)
	}
}

func checkSampled(t *testing.T, f landscape.Sampled, x []float64) {
	rows := make([]int, f.Len())
	for i := range rows {
		rows[i] = i
	}
	all, batch := make([]float64, len(x)), make([]float64, len(x))
	want := f.Grad(all, x)
	if loss := f.GradAt(batch, x, rows); !(math.Abs(loss-want) <= 1e-11*math.Abs(want)) {
		t.Errorf("the loss of all rows is %v, of the whole %v", loss, want)
	}
	for i := range all {
		if !(math.Abs(all[i]-batch[i]) <= 1e-11*norm(all)) {
			t.Errorf("gradient %d of all rows is %v, of the whole %v", i, batch[i], all[i])
			return
		}
	}
}

func checkMany(t *testing.T, f landscape.Many, points [][]float64) {
	flat := slices.Concat(points...)
	together := make([]float64, len(points))
	f.Losses(together, flat)
	for i, x := range points {
		var alone [1]float64
		f.Losses(alone[:], x)
		if math.Float64bits(alone[0]) != math.Float64bits(together[i]) {
			t.Errorf("loss %d is %v alone and %v among %d", i, alone[0], together[i], len(points))
		}
		if want := f.Loss(x); !(math.Abs(alone[0]-want) <= 1e-9*math.Abs(want)) {
			t.Errorf("Losses says %v, Loss %v", alone[0], want)
		}
	}
}

// derivative is Ridders' method: central differences of shrinking width, extrapolated to width 0, the best
// of them with an estimate of its error. It is exact to about 1e-11 where f is smooth at the first width.
func derivative(f func(h float64) float64, width float64) (value, uncertain float64) {
	const shrink, rounds = 1.6, 14
	var table [rounds][rounds]float64
	uncertain = math.Inf(1)
	for i := range rounds {
		table[0][i] = (f(width) - f(-width)) / (2 * width)
		factor := shrink * shrink
		for j := 1; j <= i; j++ {
			table[j][i] = (table[j-1][i]*factor - table[j-1][i-1]) / (factor - 1)
			factor *= shrink * shrink
			e := max(math.Abs(table[j][i]-table[j-1][i]), math.Abs(table[j][i]-table[j-1][i-1]))
			if e < uncertain {
				value, uncertain = table[j][i], e
			}
		}
		width /= shrink
	}
	return value, uncertain
}

// some lists up to 40 coordinates of n, spread evenly: differences of every one of thousands cost too much.
func some(n int) []int {
	count := min(n, 40)
	list := make([]int, count)
	for i := range list {
		list[i] = i * n / count
	}
	return list
}

func normal(n int, t uint64) []float64 {
	v := make([]float64, n)
	rng.NewKey(1, 0, 0, 0, rng.Probe).FillNormal(v, t, 0)
	return v
}

// Allocations is how often f allocates; 0 under the race detector, which empties pools at random.
func Allocations(f func()) float64 {
	if raceEnabled {
		return 0
	}
	return testing.AllocsPerRun(20, f)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

// brief shortens a long point for a message.
func brief(x []float64) []float64 { return x[:min(len(x), 6)] }
