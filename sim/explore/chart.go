package explore

import (
	"context"
	"slices"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A Chart keeps the critical points that searches on a ground found, each with its number. A number never changes its
// meaning: points that are known keep theirs whatever is asked for later.
type Chart struct {
	mu       sync.Mutex
	points   []landscape.Critical
	numbered bool // the usual search came to its end
}

func (c *Chart) isNumbered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.numbered
}

func (c *Chart) setNumbered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.numbered = true
}

// keep takes in the points of a search and gives them their numbers on the chart.
func (c *Chart) keep(points []landscape.Critical) []landscape.Critical {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(points)
	number := map[int]int{} // of the search to the chart's
	slices.SortStableFunc(out, func(a, b landscape.Critical) int { return a.Number - b.Number })
	for i := range out {
		p := &out[i]
		of := p.Number
		if known := slices.IndexFunc(c.points, func(o landscape.Critical) bool { return samePlace(o.X, p.X) }); known >= 0 {
			p.Number = c.points[known].Number
		} else {
			for slices.ContainsFunc(c.points, func(o landscape.Critical) bool { return o.Number == p.Number }) {
				p.Number++
			}
			c.points = append(c.points, *p)
		}
		number[of] = p.Number
	}
	for i := range out {
		possibly := slices.Clone(out[i].PossiblyEqual)
		for k, n := range possibly {
			possibly[k] = number[n]
		}
		out[i].PossiblyEqual = possibly
	}
	slices.SortStableFunc(out, func(a, b landscape.Critical) int {
		switch {
		case a.Loss < b.Loss:
			return -1
		case a.Loss > b.Loss:
			return 1
		}
		return a.Number - b.Number
	})
	return out
}

// samePlace is the distance up to which two points of different searches are one.
func samePlace(a, b []float64) bool {
	return landscape.Distance(a, b) <= 1e-6*(1+kernel.Norm(a))
}

// number is that of the point at x, 0 where none is known there.
func (c *Chart) number(x []float64) int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.points {
		if samePlace(p.X, x) {
			return p.Number
		}
	}
	return 0
}

func (c *Chart) point(number int) ([]float64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.points {
		if p.Number == number {
			return p.X, true
		}
	}
	return nil, false
}

// At gives the point of a number on the ground of a method of a run that has ended; where the number is not known the
// usual search is made first.
func (c *Chart) At(ctx context.Context, tr *sim.Trace, of *sim.MethodTrace, number int) ([]float64, error) {
	if x, known := c.point(number); known {
		return x, nil
	}
	task, err := Parse("critical-points", nil)
	if err != nil {
		return nil, err
	}
	site, err := task.Site(tr, of)
	if err != nil {
		return nil, err
	}
	site.Chart = c
	report, err := task.Run(ctx, site, nil)
	if err != nil {
		return nil, err
	}
	if x, known := c.point(number); known {
		return x, nil
	}
	c.mu.Lock()
	n := len(c.points)
	c.mu.Unlock()
	if report.Why != "" {
		return nil, param.Refuse("anchor", "critical.%d is not among the %d points found: %s", number, n, report.Why)
	}
	return nil, param.Refuse("anchor", "critical.%d is not among the %d points found", number, n)
}

// Finder is At for one ground.
func (c *Chart) Finder(tr *sim.Trace, of *sim.MethodTrace) sim.Finder {
	return func(ctx context.Context, number int) ([]float64, error) { return c.At(ctx, tr, of, number) }
}
