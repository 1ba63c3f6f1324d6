// Package bench measures the workloads that the program exists for, in the product's own code. Their data come
// from a counter-based generator, so that other programs can do the same work and be held against these figures
// and check values.
package bench

import (
	"math"
	"slices"
	"time"
)

// A Workload is a fixed piece of work that can be repeated.
type Workload struct {
	Name string
	// Make prepares it. step does one unit and returns the number of items done; check is a value after a fixed
	// amount of work, which Make has done, that must agree between programs.
	Make func() (step func() int, check func() float64)
	// Solve says that a unit is one whole solve, whose items are evaluations.
	Solve bool
}

// Is reports whether the workload has this name.
func (w Workload) Is(name string) bool { return w.Name == name }

// All lists the workloads.
func All() []Workload { return slices.Concat(W1(), W2(), W3(), W4(), W5(), W6()) }

// A Result is what one measurement says.
type Result struct {
	Workload string  `json:"workload"`
	Impl     string  `json:"impl"`
	Rate     float64 `json:"items_per_s"`
	CPURate  float64 `json:"items_per_cpu_s"`
	Check    float64 `json:"check"`
	// Evals is the number of items of a solve, where a unit is one.
	Evals  int     `json:"evals,omitempty"`
	Solves float64 `json:"solves_per_cpu_s,omitempty"`
}

// Measure repeats a workload for about so many seconds, after a tenth of that to warm up.
func Measure(w Workload, seconds float64) Result {
	step, check := w.Make()
	r := Result{Workload: w.Name, Impl: "thalweg", Check: check()}
	units := 0
	for start := time.Now(); ; {
		step()
		units++
		if time.Since(start).Seconds() > seconds/10 {
			break
		}
	}
	chunk := max(1, units/10)
	start, cpu, items, done := time.Now(), cpuSeconds(), 0, 0
	for time.Since(start).Seconds() < seconds {
		for range chunk {
			items += step()
		}
		done += chunk
	}
	r.Rate = float64(items) / time.Since(start).Seconds()
	spent := max(1e-9, cpuSeconds()-cpu)
	r.CPURate = float64(items) / spent
	if w.Solve {
		r.Evals, r.Solves = items/done, float64(done)/spent
	}
	return r
}

// uniform is number i of stream s in [0, 1): the splitmix64 finaliser of a counter.
func uniform(s, i uint64) float64 {
	z := s + (i+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) * 0x1p-53
}

// normal is standard normal number i of stream s.
func normal(s, i uint64) float64 {
	return math.Sqrt(-2*math.Log(1-uniform(s, 2*i))) * math.Cos(2*math.Pi*uniform(s, 2*i+1))
}

// normals are the first n standard normals of a stream.
func normals(s uint64, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = normal(s, uint64(i))
	}
	return v
}
