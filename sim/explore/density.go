package explore

import (
	"context"

	"thalweg/landscape"
	"thalweg/sim"
)

// densityAsk asks for the density of the spectrum at a point, by stochastic Lanczos quadrature.
type densityAsk struct {
	At sim.Anchor `json:"at"`
}

func (a *densityAsk) anchors() []*sim.Anchor { return []*sim.Anchor{&a.At} }
func (a *densityAsk) check() error           { return given(a.At, "at") }

// A Density is the density of the eigenvalues at places X, with a band of one standard error.
type Density struct {
	X          []Real `json:"x"`
	Density    []Real `json:"density"`
	Low        []Real `json:"low"`
	High       []Real `json:"high"`
	Trace      Real   `json:"trace"`
	TraceError Real   `json:"trace_error"`
	Probes     int    `json:"probes"`
	Steps      int    `json:"steps"`
}

// On is the density itself.
func (d *Density) On(*landscape.Plane) any { return d }

func (a *densityAsk) explore(ctx context.Context, s *Site, _ func(Report)) (Report, error) {
	x, err := s.point(ctx, a.At)
	if err != nil {
		return Report{}, err
	}
	d, err := landscape.SpectralDensity(ctx, s.Ground, x, landscape.DensityOptions{Seed: s.Seed})
	if ended(ctx, err) {
		return Report{Why: "budget spent (the probes are not complete)"}, nil
	}
	if err != nil {
		return Report{}, err
	}
	r := Report{Evaluations: d.Products, Converged: d.Converged, Why: d.Note}
	if !d.Converged {
		return r, nil
	}
	places, density, low, high := d.Picture()
	steps := 0
	for _, nodes := range d.Nodes {
		steps = max(steps, len(nodes))
	}
	r.Result = &Density{X: reals(places), Density: reals(density), Low: reals(low), High: reals(high), Trace: Real(d.Trace), TraceError: Real(d.TraceError),
		Probes: len(d.Nodes), Steps: steps}
	return r, nil
}
