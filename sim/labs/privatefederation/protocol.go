package privatefederation

import (
	"math"

	"thalweg/landscape/kernel"
	"thalweg/landscape/privacy"
	"thalweg/landscape/rng"
	"thalweg/sim/param"
)

// The mechanisms that are none of package privacy's for a number.
const (
	noMechanism = "none"
	gaussian    = "gaussian"
)

// The ways to report many coordinates.
const (
	sampleSplit  = "sample"
	naiveSplit   = "naive"
	cornerSplit  = "corner"
	harmonySplit = "harmony"
)

// mostCorners bounds the coordinates of a report that is a corner of a cube.
const mostCorners = 30

// A protocol is what a client does to a gradient before it leaves.
type protocol struct {
	mechanism string
	pure      privacy.Mechanism // of the mechanisms for a number
	split     string
	epsilon   float64 // of a report; 0 for none
	clip      float64
	late      bool // noise first, then clipping: no guarantee at all
	dim       int
	chosen    int     // coordinates of a report
	sigma     float64 // of Gaussian noise
	price     privacy.Report
}

// newProtocol reads the controls; rounds is how many reports a budget for the whole run is for.
func newProtocol(v param.Values, dim, rounds int) (*protocol, error) {
	p := &protocol{mechanism: v.Text("mechanism"), split: v.Text("split"), epsilon: v.Real("epsilon"), clip: v.Real("clip"), late: v.On("clip-after-noise"), dim: dim, chosen: dim}
	delta, total := v.Real("delta"), v.Real("total-epsilon")
	if v.Text("momentum-at") == "mfl" {
		rounds *= 2
	}
	switch p.mechanism {
	case noMechanism:
		p.epsilon = 0
		return p, nil
	case gaussian:
		mu := 0.0
		if total > 0 {
			mu = privacy.GaussianMu(total, delta) / math.Sqrt(float64(rounds))
			p.epsilon = privacy.GaussianEpsilon(mu, delta)
		} else {
			mu = privacy.GaussianMu(p.epsilon, delta)
		}
		// Any two clients are neighbours: the sensitivity is twice the longest gradient.
		p.sigma = 2 * p.clip / mu
		p.price = privacy.Report{Mu: mu}
		return p, nil
	}
	var err error
	if p.pure, err = privacy.ParseMechanism(p.mechanism); err != nil {
		return nil, param.Refuse("mechanism", "%v", err)
	}
	if total > 0 {
		p.epsilon = privacy.Share(total, rounds, delta)
	}
	switch p.split {
	case sampleSplit:
		p.chosen = privacy.Sampled(p.epsilon, dim)
	case harmonySplit:
		p.chosen = 1
	case cornerSplit:
		switch {
		case p.pure != privacy.Duchi:
			return nil, param.Refuse("split", "a corner is Duchi's report: take the mechanism duchi, or another split; got %s", p.mechanism)
		case dim > mostCorners:
			return nil, param.Refuse("split", "a corner takes at most %d coordinates; this problem has %d", mostCorners, dim)
		}
	}
	if each := p.epsilon / float64(p.chosen); p.split != cornerSplit && each < privacy.LeastEpsilon {
		return nil, param.Refuse("epsilon", "must leave at least %g for each of the %d coordinates of a report; got %.2g", privacy.LeastEpsilon, p.chosen, each)
	}
	if p.late && p.pure != privacy.Laplace {
		return nil, param.Refuse("clip-after-noise", "only laplace and gaussian can be played in the wrong order; %s takes numbers that are clipped already", p.mechanism)
	}
	p.price = privacy.Report{Epsilon: p.epsilon}
	return p, nil
}

// noise gives a client's random numbers of a round. Nothing that others do changes them.
type noise interface {
	Normals(dst []float64, client, round, report int)
	// Uniforms fills the numbers of one coordinate's slot; slot -1-i is for the choice of coordinate i.
	Uniforms(dst []float64, client, round, report, slot int)
}

// keyed takes them from a stream of each client.
type keyed struct{ seed, code uint64 }

func (k keyed) stream(client int) rng.Key {
	return rng.NewKey(k.seed, 0, k.code, uint64(client), rng.PrivacyNoise)
}

const (
	reportStride = 1 << 40
	slotBase     = 1 << 30
	choiceBase   = 1 << 34
)

// Normals implements noise.
func (k keyed) Normals(dst []float64, client, round, report int) {
	k.stream(client).FillNormal(dst, uint64(round), uint64(report)*reportStride)
}

// Uniforms implements noise.
func (k keyed) Uniforms(dst []float64, client, round, report, slot int) {
	at := slotBase + 2*slot
	if slot < 0 {
		at = choiceBase - slot
	}
	k.stream(client).FillUniform(dst, uint64(round), uint64(report)*reportStride+uint64(at))
}

// desk is the room that a client needs.
type desk struct {
	grad, at, push, value []float64
	second                []float64
	coords                []int
	u                     [4]float64
}

func newDesk(dim int) *desk {
	return &desk{grad: make([]float64, dim), at: make([]float64, dim), push: make([]float64, dim), value: make([]float64, dim), second: make([]float64, dim), coords: make([]int, 0, dim)}
}

// report stores what leaves a client of g, and returns the share of it that was clipped.
func (p *protocol) report(dst, g []float64, src noise, client, round, report int, d *desk) (clipped float64) {
	switch p.mechanism {
	case noMechanism:
		copy(dst, g)
		return 0
	case gaussian:
		src.Normals(dst, client, round, report)
		kernel.Scale(p.sigma, dst)
		if p.late {
			kernel.Axpy(dst, 1, g)
			return p.shorten(dst)
		}
		copy(d.value, g)
		clipped = p.shorten(d.value)
		kernel.Axpy(dst, 1, d.value)
		return clipped
	}
	for i, v := range g {
		t := v / p.clip
		if !p.late {
			if t < -1 || t > 1 {
				clipped += 1 / float64(len(g))
			}
			t = max(-1, min(1, t))
		}
		d.value[i] = t
	}
	clear(dst)
	if p.split == cornerSplit {
		p.corner(dst, d.value, src, client, round, report, d)
		return clipped
	}
	d.choose(p, src, client, round, report)
	p.sample(dst, d.value, d.coords, src, client, round, report, d)
	return clipped
}

// sample reports some coordinates of t, each with its share of the privacy loss, scaled up for those left out.
func (p *protocol) sample(dst, t []float64, coords []int, src noise, client, round, report int, d *desk) {
	each, scale := p.epsilon/float64(p.chosen), p.clip*float64(len(t))/float64(p.chosen)
	for slot, i := range coords {
		u := d.u[:p.pure.Draws()]
		src.Uniforms(u, client, round, report, slot)
		v := p.pure.Report(each, t[i], u)
		if p.late {
			v = max(-1, min(1, v))
		}
		dst[i] = scale * v
	}
}

// shorten cuts v to the longest gradient and tells whether it did.
func (p *protocol) shorten(v []float64) float64 {
	if n := kernel.Norm(v); n > p.clip {
		kernel.Scale(p.clip/n, v)
		return 1
	}
	return 0
}

// choose draws the coordinates of a report without replacement (Floyd), in the order of their draws.
func (d *desk) choose(p *protocol, src noise, client, round, report int) {
	d.coords = d.coords[:0]
	if p.chosen == p.dim {
		for i := range p.dim {
			d.coords = append(d.coords, i)
		}
		return
	}
	for j := p.dim - p.chosen; j < p.dim; j++ {
		src.Uniforms(d.u[:1], client, round, report, -1-(j-(p.dim-p.chosen)))
		pick := min(int(d.u[0]*float64(j+1)), j)
		for _, c := range d.coords {
			if c == pick {
				pick = j
				break
			}
		}
		d.coords = append(d.coords, pick)
	}
}

// corner reports a corner of a cube: on the side of a random sign vector whose coordinates lean as the input does.
func (p *protocol) corner(dst, t []float64, src noise, client, round, report int, d *desk) {
	n := len(t)
	for i := range n {
		src.Uniforms(d.u[:1], client, round, report, i)
		d.push[i] = -1
		if d.u[0] < 0.5+t[i]/2 {
			d.push[i] = 1
		}
	}
	src.Uniforms(d.u[:2], client, round, report, n)
	e := math.Exp(p.epsilon)
	along := d.u[0] < e/(e+1)
	end := p.clip * privacy.CornerEnd(p.epsilon, n)
	// By rejection: a corner on the border belongs to both sides.
	for try := 0; ; try++ {
		dot := 0.0
		for i := range n {
			src.Uniforms(d.u[:1], client, round, report, n+1+try*n+i)
			dst[i] = end
			if d.u[0] < 0.5 {
				dst[i] = -end
			}
			dot += dst[i] * d.push[i]
		}
		if along && dot >= 0 || !along && dot <= 0 {
			return
		}
	}
}
