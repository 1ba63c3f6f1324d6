package explore

import (
	"context"
	"fmt"
	"math"
	"sort"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A Mark is a value on the axis of a spectrum.
type Mark struct {
	Label string `json:"label"`
	At    Real   `json:"at"`
}

// spectrumAsk asks for the eigenvalues of the Hessian at a point: all of them up to landscape.LiveDense parameters, or
// landscape.MaxDense when Full asks for them; else the ends.
type spectrumAsk struct {
	At   sim.Anchor `json:"at"`
	Full bool       `json:"full,omitempty"`
}

func (a *spectrumAsk) anchors() []*sim.Anchor { return []*sim.Anchor{&a.At} }
func (a *spectrumAsk) check() error           { return given(a.At, "at") }

// given refuses an ask without its point.
func given(a sim.Anchor, field string) error {
	if a == (sim.Anchor{}) {
		return param.Refuse(field, "is missing; name a point such as adam@120, adam or critical.3")
	}
	return nil
}

// look takes the lines that the lab draws in its spectrum.
func (a *spectrumAsk) look(s *Site, tr *sim.Trace, of *sim.MethodTrace) {
	if a.At.Method == "" {
		return
	}
	m := tr.Method(a.At.Method)
	for i := range tr.Spec.Lab.Panels {
		p := &tr.Spec.Lab.Panels[i]
		if p.Kind != "spectrum" {
			continue
		}
		for _, l := range p.Lines {
			if l.Measure == "" {
				s.lines = append(s.lines, Mark{l.Label, Real(l.At)})
				continue
			}
			r := m.Readings(l.Measure)
			if r == nil {
				continue
			}
			if at := sort.SearchInts(r.Step, a.At.Step+1) - 1; at >= 0 && !math.IsNaN(r.Value[at]) {
				s.lines = append(s.lines, Mark{l.Label, Real(r.Value[at])})
			}
		}
		return
	}
}

// A Spectrum has the eigenvalues of a Hessian, ascending: all of them when Full, else those at both ends, with bounds of
// their errors.
type Spectrum struct {
	Values    []Real              `json:"values"`
	Full      bool                `json:"full"`
	Residuals []Real              `json:"residuals"`
	Clusters  []landscape.Cluster `json:"clusters"`
	Blocks    []Block             `json:"blocks"`
	Trace     Real                `json:"trace"`
	Asymmetry Real                `json:"asymmetry"`
	Source    string              `json:"source"`
	Lines     []Mark              `json:"lines"`
	Note      string              `json:"note"`
}

// A Block is the spectrum of the part of the Hessian that belongs to one layer.
type Block struct {
	Label  string `json:"label"`
	Values []Real `json:"values"`
}

// On is the spectrum itself.
func (s *Spectrum) On(*landscape.Plane) any { return s }

func (a *spectrumAsk) explore(ctx context.Context, s *Site, _ func(Report)) (Report, error) {
	x, err := s.point(ctx, a.At)
	if err != nil {
		return Report{}, err
	}
	most := landscape.LiveDense
	if a.Full {
		most = landscape.MaxDense
	}
	if n := s.Ground.Dim(); n > most {
		return ends(ctx, s, x, fmt.Sprintf("Hessian of %d parameters is not computed in full (at most %d); largest and smallest ends by Lanczos", n, most))
	}
	full, err := landscape.FullSpectrum(ctx, s.Ground, x)
	if ended(ctx, err) {
		return Report{Why: "budget spent (the Hessian is not complete)"}, nil
	}
	if err != nil {
		return Report{}, err
	}
	out := &Spectrum{Values: reals(full.Values), Full: true, Clusters: clusters(full.Clusters), Blocks: []Block{}, Trace: Real(full.Trace), Asymmetry: Real(full.Asymmetry),
		Source: full.Source, Lines: s.marks(), Note: full.Note}
	for _, b := range full.Blocks {
		out.Blocks = append(out.Blocks, Block{b.Label, reals(b.Values)})
	}
	r := Report{Evaluations: full.Products, Converged: full.Converged, Result: out}
	if !full.Converged {
		r.Why = full.Note
	}
	return r, nil
}

// clusters is never nil and holds finite numbers only.
func clusters(c []landscape.Cluster) []landscape.Cluster {
	out := []landscape.Cluster{}
	for _, one := range c {
		if one.Value-one.Value == 0 {
			out = append(out, one)
		}
	}
	return out
}

func (s *Site) marks() []Mark { return append([]Mark{}, s.lines...) }

// ends finds both ends of the spectrum.
func ends(ctx context.Context, s *Site, x []float64, note string) (Report, error) {
	p, err := landscape.EndPairs(ctx, s.Ground, x, landscape.EndOptions{Seed: s.Seed})
	if ended(ctx, err) {
		return Report{Evaluations: p.Products, Why: fmt.Sprintf("budget spent (%d products with the Hessian)", p.Products)}, nil
	}
	if err != nil {
		return Report{}, err
	}
	out := &Spectrum{Blocks: []Block{}, Clusters: []landscape.Cluster{}, Trace: Real(math.NaN()), Asymmetry: Real(math.NaN()), Source: landscape.FromLanczos, Lines: s.marks(), Note: note}
	add := func(pair landscape.Pair) {
		out.Values, out.Residuals = append(out.Values, Real(pair.Value)), append(out.Residuals, Real(pair.Residual))
	}
	for _, pair := range p.Low {
		add(pair)
	}
	for i := len(p.High) - 1; i >= 0; i-- {
		add(p.High[i])
	}
	if !p.Exact {
		out.Note += "; HVP by finite differences"
	}
	return Report{Evaluations: p.Products, Converged: p.Converged, Why: p.Note, Result: out}, nil
}
