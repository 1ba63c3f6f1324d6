package privatefederation

import (
	"math"

	"thalweg/landscape/federation"
	"thalweg/landscape/kernel"
	"thalweg/landscape/privacy"
	"thalweg/landscape/rng"
	"thalweg/sim"
	common "thalweg/sim/labs/rules"
	"thalweg/sim/param"
)

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Distance,
	{ID: "accuracy", Label: "Accuracy", Kind: sim.Scalar, Every: 1, Help: "Share of 1000 rows that nobody learns from that are told right."},
	{ID: "excess-loss", Label: "Excess loss", Kind: sim.Scalar, Every: 1, Log: true, Help: "Above the lowest loss, on the plane and on the bowl."},
	{ID: "noise-floor", Label: "Noise floor", Kind: sim.Scalar, Every: 1, Log: true, Help: "Of the bowl: the mean excess loss in the long run, $\\frac{\\eta s^2(1+\\gamma)}{(1-\\gamma)(2(1+\\gamma)-\\eta h)}$ for two coordinates, with $s^2$ the variance of the mean upload; while no gradient is clipped."},
	{ID: "noise-norm", Label: "Noise", Kind: sim.Scalar, Every: 1, Log: true, Help: "Distance of the mean of what arrives from the exact gradient, where the round began."},
	{ID: "signal-to-noise", Label: "Signal to noise", Kind: sim.Scalar, Every: 1, Log: true, Help: "Length of the exact gradient over that distance."},
	{ID: "clipped-fraction", Label: "Clipped", Kind: sim.Scalar, Every: 1, Help: "Share of the gradients that were cut, of their coordinates for all but the Gaussian mechanism."},
	{ID: "client-drift", Label: "Client drift", Kind: sim.Scalar, Every: 1, Log: true, Help: "Root mean square distance of the clients' points, after their local steps, from their mean."},
	{ID: "rounds", Label: "Rounds", Kind: sim.Scalar, Every: 1, Help: "Played so far."},
	{ID: "bits", Label: "Bits uploaded", Kind: sim.Scalar, Every: 1, Log: true, Help: "64 for each number, of a report about few coordinates their places too; by all clients so far."},
	{ID: "epsilon-basic", Label: "Basic", Kind: sim.Scalar, Every: 1, Help: "Privacy losses added up, of the client with the most uploads. No other bound is shown above it."},
	{ID: "epsilon-advanced", Label: "Advanced", Kind: sim.Scalar, Every: 1, Help: "By advanced composition (Dwork, Rothblum, Vadhan 2010)."},
	{ID: "epsilon-kov", Label: "Optimal", Kind: sim.Scalar, Every: 1, Help: "By the bound of Kairouz, Oh, Viswanath (2015), for pure mechanisms."},
	{ID: "epsilon-zcdp", Label: "Concentrated", Kind: sim.Scalar, Every: 1, Help: "By zero-concentrated privacy (Bun, Steinke 2016)."},
	{ID: "epsilon-rdp", Label: "Rényi", Kind: sim.Scalar, Every: 1, Help: "By Rényi divergences of 156 orders, with the tight conversion."},
	{ID: "epsilon-exact", Label: "Exact", Kind: sim.Scalar, Every: 1, Help: "Of Gaussian reports: many are one with less noise."},
	{ID: "epsilon-best", Label: "Privacy spent", Kind: sim.Scalar, Every: 1, Help: "The least of all that speak of the mechanism."},
	{ID: "concentrated-loss", Label: "Concentrated loss ρ", Kind: sim.Scalar, Every: 1, Log: true, Help: "Of the client with the most uploads: half of $\\mu^2$ or $\\varepsilon^2$ for each report. It adds up over runs, and is infinite where gradients are uploaded as they are."},
	{ID: "report-epsilon", Label: "Loss of one report", Kind: sim.Scalar, Help: "What a single upload may betray."},
	{ID: "attack-advantage", Label: "Attacker's advantage", Kind: sim.Scalar, Help: "The best that somebody who sees one report can do at telling two clients apart: hits less false alarms."},
	{ID: "epsilon-central", Label: "With a trusted server", Kind: sim.Scalar, Every: 1, Help: "What the same accuracy would cost if a trusted server added the noise: the mean is as noisy, but the noise is added once, to a sum that one client changes by C at most, and who took part stays secret (sampled Gaussian, Rényi, the classic conversion). Of the Gaussian mechanism with everybody's chance the same."},
	{ID: "truth-chance", Label: "Chance that a label is true", Kind: sim.Scalar, Help: "If a client reported one of the ten labels by randomised response with the same loss: $e^\\varepsilon/(e^\\varepsilon+9)$."},
	{ID: "attack-roc", Label: "What an attacker can do", Kind: sim.Points, Help: "Chance to recognise a client by chance of a false alarm, from one report: $\\Phi(\\Phi^{-1}(x)+\\mu)$ of Gaussian noise, else the bound of the privacy loss."},
	{ID: "client-uploads", Label: "Uploads of the shown client", Kind: sim.Scalar, Every: 1, Help: "How often it has reported: each is charged, whether it arrived or not."},
	{ID: "uploads", Label: "Uploads", Kind: sim.Points, Every: 1, Help: "Of the first 200 clients of the round, as x, y: on the plane as they are, else along the exact gradient and along a direction across it."},
	{ID: "client-gradients", Label: "True gradients", Kind: sim.Points, Every: 1, Help: "Of the same clients."},
	{ID: "mean-upload", Label: "Mean of all uploads", Kind: sim.Points, Every: 1, Help: "From 0 to the mean of what arrived."},
	{ID: "mean-gradient", Label: "Exact gradient", Kind: sim.Points, Every: 1, Help: "From 0 to the mean of all true gradients."},
	{ID: "original", Label: "Original", Kind: sim.Image, Help: "The shown client's first picture."},
	{ID: "reconstruction", Label: "From the raw gradient", Kind: sim.Image, Help: "By one division."},
	{ID: "private-reconstruction", Label: "From the private report", Kind: sim.Image, Help: "By least squares over what left the client under the method's own protocol."},
	{ID: "correlation", Label: "Correlation", Kind: sim.Scalar, Help: "Of the original with the picture from the private report; of methods without privacy from the raw gradient."},
	{ID: "recovery-error", Label: "Error of the division", Kind: sim.Scalar, Log: true, Help: "Largest difference of a pixel from the original, from the raw gradient."},
	{ID: "strip", Label: "Reconstructions", Kind: sim.Image, Help: "From the left: the original, from the raw gradient, and from reports clipped to 1 with Gaussian noise of ε = 4096, 512, 64, 8 and 1."},
	{ID: "sweep", Label: "Accuracy by loss and momentum", Kind: sim.Image, Help: "After as many rounds as this run has, for losses of a report of 0.5, 1, 2, 4, 8, 16 (columns) and momenta of 0, 0.5, 0.9, 0.97 (rows)."},
	{ID: "labels", Label: "Labels of the shown client", Kind: sim.Vector, Help: "How many rows of each class it has."},
	{ID: "class-accuracy", Label: "Accuracy by class", Kind: sim.Vector, Every: 1, Help: "Of the digits 0 to 9."},
	{ID: "report-density", Label: "Density of a report", Kind: sim.Points, Help: "Of the method's mechanism, about the shown number alone: the report, and its density. Of numbers reported with a chance of their own, an upright stroke of that chance."},
	{ID: "variance-laplace", Label: "Laplace", Kind: sim.Points, Help: "Largest variance of a report by the privacy loss, both as logarithms to base 10."},
	{ID: "variance-duchi", Label: "Duchi", Kind: sim.Points, Help: "The same."},
	{ID: "variance-pm", Label: "Piecewise", Kind: sim.Points, Help: "The same."},
	{ID: "variance-hm", Label: "Hybrid", Kind: sim.Points, Help: "The same."},
}

// readers of one method.
type readers struct {
	*world
	values param.Values
	first  bool
	step   int
	exact  []float64 // gradient at the point of step
	start  []float64 // where the last round began
}

func of(at *sim.Reading) *federated { return at.Method.(*federated) }

// begun is the exact gradient where the last round began.
func (r *readers) begun(at *sim.Reading) []float64 {
	if r.start == nil {
		r.start, r.exact = make([]float64, len(at.X)), make([]float64, len(at.X))
	}
	if r.step != at.Step {
		if r.step == at.Step-1 {
			copy(r.start, r.exact)
		} else {
			r.clients.Grad(r.start, of(at).before)
		}
		copy(r.exact, at.Grad)
		r.step = at.Step
	}
	return r.start
}

// later reads nothing at the start, where no round has been.
func later(read func(at *sim.Reading) float64) sim.Reader {
	return common.Scalar(func(at *sim.Reading) float64 {
		if at.Step == 0 || len(of(at).last.who) == 0 {
			return math.NaN()
		}
		return read(at)
	})
}

func (r *readers) of(f *federated) map[string]sim.Reader {
	k := f.clients.Clients()
	shown, delta := r.values.Whole("client"), r.values.Real("delta")
	right, all := make([]float64, classes), make([]float64, classes)
	judged, share := -1, 0.0 // of which step
	told := func(at *sim.Reading) float64 {
		if at.Step != judged {
			judged, share = at.Step, r.accuracy(at.X, right, all)
		}
		return share
	}
	noise := func(at *sim.Reading) float64 {
		exact, sum := r.begun(at), 0.0
		for i, g := range of(at).last.mean {
			sum += (g - exact[i]) * (g - exact[i])
		}
		return math.Sqrt(sum)
	}
	read := map[string]sim.Reader{
		"noise-norm":       later(noise),
		"signal-to-noise":  later(func(at *sim.Reading) float64 { return kernel.Norm(r.begun(at)) / noise(at) }),
		"clipped-fraction": later(func(at *sim.Reading) float64 { return of(at).last.clipped }),
		"rounds":           common.Scalar(func(at *sim.Reading) float64 { return float64(at.Step) }),
		"bits":             common.Scalar(func(at *sim.Reading) float64 { return of(at).bits }),
		"client-uploads":   common.Scalar(func(at *sim.Reading) float64 { return float64(of(at).ledger.Uploads(shown)) }),
	}
	if f.local > 1 {
		read["client-drift"] = later(func(at *sim.Reading) float64 { return of(at).last.drift })
	}
	if r.testY != nil {
		read["accuracy"] = common.Scalar(told)
	}
	if r.softmax == nil {
		read["excess-loss"] = common.Scalar(func(at *sim.Reading) float64 { return max(0, at.Loss-r.least()) })
	}
	if r.id == quadraticID {
		if s2, ok := f.protocol.variance(k); ok {
			read["noise-floor"] = common.Scalar(func(at *sim.Reading) float64 {
				m := of(at)
				if m.last.clipped > 0 {
					return math.NaN() // the bowl is not round where gradients are cut
				}
				v, _ := federation.HeavyBall(curvature, m.stepSize, m.momentum, s2)
				return curvature * v
			})
		}
	}
	r.spending(read, f, delta)
	r.clouds(read)
	if r.softmax != nil {
		read["labels"] = func(*sim.Reading) ([]float64, int) {
			return histogram(r.labels[shown*r.per : (shown+1)*r.per]), 0
		}
		read["class-accuracy"] = func(at *sim.Reading) ([]float64, int) {
			told(at)
			out := make([]float64, classes)
			for c := range out {
				out[c] = right[c] / math.Max(1, all[c])
			}
			return out, 0
		}
	}
	if r.id == leakID {
		r.leaks(read, f, shown)
	}
	r.mechanisms(read, f)
	return read
}

// totalOf is the best bound on the loss of a client after so many reports.
func totalOf(f *federated, reports int, delta float64) float64 {
	return privacy.Total(f.protocol.price, reports, delta).Best()
}

// spending reads the ledger: totals are looked up once for each number of uploads.
func (r *readers) spending(read map[string]sim.Reader, f *federated, delta float64) {
	read["concentrated-loss"] = common.Unbounded(func(r *sim.Reading) float64 { return of(r).ledger.Rho() })
	if f.protocol.mechanism == noMechanism {
		return
	}
	known, totals := -1, privacy.Totals{}
	at := func(r *sim.Reading) *privacy.Totals {
		if l := of(r).ledger; l.Most() != known {
			known, totals = l.Most(), l.Totals(delta)
		}
		return &totals
	}
	for id, pick := range map[string]func(t *privacy.Totals) float64{
		"epsilon-basic": func(t *privacy.Totals) float64 { return t.Basic }, "epsilon-advanced": func(t *privacy.Totals) float64 { return t.Advanced },
		"epsilon-kov": func(t *privacy.Totals) float64 { return t.Optimal }, "epsilon-zcdp": func(t *privacy.Totals) float64 { return t.Concentrated },
		"epsilon-rdp": func(t *privacy.Totals) float64 { return t.Renyi }, "epsilon-exact": func(t *privacy.Totals) float64 { return t.Exact },
		"epsilon-best": func(t *privacy.Totals) float64 { return t.Best() },
	} {
		pure := f.protocol.price.Mu == 0
		if pure && id == "epsilon-exact" || !pure && id == "epsilon-kov" {
			continue
		}
		read[id] = common.Scalar(func(r *sim.Reading) float64 { return pick(at(r)) })
	}
	r.attacks(read, f)
	r.central(read, f, delta)
	read["report-epsilon"] = common.Scalar(func(*sim.Reading) float64 { return f.protocol.epsilon })
	read["attack-advantage"] = common.Scalar(func(*sim.Reading) float64 {
		if mu := f.protocol.price.Mu; mu > 0 {
			return privacy.GaussianAdvantage(mu)
		}
		return privacy.PureAdvantage(f.protocol.epsilon)
	})
}

// attacks reads what one report tells an attacker.
func (r *readers) attacks(read map[string]sim.Reader, f *federated) {
	p := f.protocol
	read["truth-chance"] = common.Scalar(func(*sim.Reading) float64 { return privacy.TruthChance(p.epsilon, classes) })
	read["attack-roc"] = func(*sim.Reading) ([]float64, int) {
		var out []float64
		for i := range 101 {
			x := float64(i) / 100
			y := math.Min(1, math.Min(math.Exp(p.epsilon)*x, 1-math.Exp(-p.epsilon)*(1-x)))
			if mu := p.price.Mu; mu > 0 && i > 0 && i < 100 {
				y = privacy.Tell(mu, x)
			}
			out = append(out, x, y)
		}
		return out, 2
	}
}

// central reads what the same noise of the mean would cost under a trusted server.
func (r *readers) central(read map[string]sim.Reader, f *federated, delta float64) {
	p, k := f.protocol, float64(f.clients.Clients())
	if p.mechanism != gaussian || f.cohorts > 0 || p.late {
		return
	}
	// The sum of as many clients' noises as take part, over the most that one of them changes the sum.
	sigma := p.sigma / p.clip * math.Sqrt(f.participation*k)
	losses := make([]float64, len(privacy.Orders))
	for i, a := range privacy.Orders {
		losses[i] = privacy.SampledRenyi(f.participation, sigma)(a)
	}
	read["epsilon-central"] = common.Scalar(func(at *sim.Reading) float64 {
		if at.Step == 0 {
			return 0
		}
		best := math.Inf(1)
		for i, a := range privacy.Orders {
			best = math.Min(best, float64(at.Step)*losses[i]+math.Log(1/delta)/(a-1))
		}
		return best
	})
}

// clouds reads the uploads of a round.
func (r *readers) clouds(read map[string]sim.Reader) {
	n := r.clients.Dim()
	across := make([]float64, n)
	rng.NewKey(r.seed, 0, 0, 0, rng.Probe).FillNormal(across, 0, 0)
	along, side := make([]float64, n), make([]float64, n)
	frame := func(at *sim.Reading) {
		if n == 2 {
			along[0], along[1], side[0], side[1] = 1, 0, 0, 1
			return
		}
		exact := r.begun(at)
		norm := math.Max(kernel.Norm(exact), 1e-300)
		for i, g := range exact {
			along[i] = g / norm
		}
		copy(side, across)
		kernel.Axpy(side, -kernel.Dot(side, along), along)
		kernel.Scale(1/kernel.Norm(side), side)
	}
	put := func(out []float64, v []float64) []float64 {
		return append(out, kernel.Dot(along, v), kernel.Dot(side, v))
	}
	rows := func(pick func(m *federated) []float64) sim.Reader {
		return func(at *sim.Reading) ([]float64, int) {
			if at.Step == 0 {
				return nil, 2
			}
			frame(at)
			var out []float64
			list := pick(of(at))
			for i := 0; i+n <= len(list); i += n {
				out = put(out, list[i:i+n])
			}
			return out, 2
		}
	}
	read["uploads"] = rows(func(m *federated) []float64 { return m.last.uploads })
	read["client-gradients"] = rows(func(m *federated) []float64 { return m.last.true })
	zero := make([]float64, n)
	read["mean-upload"] = func(at *sim.Reading) ([]float64, int) {
		if at.Step == 0 {
			return nil, 2
		}
		frame(at)
		return put(put(nil, zero), of(at).last.mean), 2
	}
	read["mean-gradient"] = func(at *sim.Reading) ([]float64, int) {
		if at.Step == 0 {
			return nil, 2
		}
		frame(at)
		return put(put(nil, zero), r.begun(at)), 2
	}
}

// leaks reads pictures out of gradients.
func (r *readers) leaks(read map[string]sim.Reader, f *federated, shown int) {
	x := r.softmax.X[shown*r.per*pixels : (shown+1)*r.per*pixels]
	labels := r.labels[shown*r.per : (shown+1)*r.per]
	grad := leaking(r.values.Text("leak-network"), x, labels, r.seed)
	raw := viewOf(grad).divided()
	report := raw
	if f.protocol.mechanism != noMechanism {
		p := *f.protocol
		p.dim = len(grad)
		if p.mechanism != gaussian && p.split == sampleSplit {
			p.chosen = privacy.Sampled(p.epsilon, p.dim)
		} else if p.split != harmonySplit {
			p.chosen = p.dim
		}
		out := make([]float64, p.dim)
		p.report(out, grad, keyed{r.seed, 0}, shown, 0, 0, newDesk(p.dim))
		report = viewOf(out).fitted()
	}
	image := func(v []float64, columns int) sim.Reader {
		return func(*sim.Reading) ([]float64, int) { return v, columns }
	}
	original := x[:pixels]
	read["original"], read["reconstruction"], read["private-reconstruction"] = image(original, side), image(raw, side), image(report, side)
	read["correlation"] = common.Scalar(func(*sim.Reading) float64 { return correlation(original, report) })
	read["recovery-error"] = common.Scalar(func(*sim.Reading) float64 {
		far := 0.0
		for i, v := range original {
			far = math.Max(far, math.Abs(v-raw[i]))
		}
		return far
	})
	pictures := [][]float64{original, raw}
	for i, eps := range budgets {
		pictures = append(pictures, viewOf(hide(grad, eps, r.values.Real("delta"), key(r.seed, shown, rng.Probe), uint64(i))).fitted())
	}
	read["strip"] = image(stripOf(pictures), len(pictures)*(side+1)-1)
}

// stripOf lays pictures side by side with a column of nothing between them, each scaled to [0, 1].
func stripOf(pictures [][]float64) []float64 {
	columns := len(pictures)*(side+1) - 1
	out := make([]float64, side*columns)
	for i := range out {
		out[i] = math.NaN()
	}
	for k, p := range pictures {
		low, high := p[0], p[0]
		for _, v := range p {
			low, high = min(low, v), max(high, v)
		}
		if k < 2 {
			low, high = 0, 1
		}
		for i, v := range p {
			out[i/side*columns+k*(side+1)+i%side] = (v - low) / math.Max(high-low, 1e-300)
		}
	}
	return out
}

// mechanisms reads what a report of a number looks like.
func (r *readers) mechanisms(read map[string]sim.Reader, f *federated) {
	p, t := f.protocol, r.values.Real("shown-value")
	if p.mechanism != noMechanism {
		read["report-density"] = func(*sim.Reading) ([]float64, int) { return p.density(t), 2 }
	}
	if !r.first {
		return
	}
	for m, id := range []string{"variance-laplace", "variance-duchi", "variance-pm", "variance-hm"} {
		read[id] = func(*sim.Reading) ([]float64, int) {
			var out []float64
			for e := -1.0; e <= 1.0001; e += 0.05 {
				eps := math.Pow(10, e)
				worst := math.Max(privacy.Mechanism(m).Variance(eps, 0), privacy.Mechanism(m).Variance(eps, 1))
				out = append(out, e, math.Log10(worst))
			}
			return out, 2
		}
	}
}

// density lists points of the curve of a report's density about one number with the loss of a whole report.
func (p *protocol) density(t float64) []float64 {
	const points = 400
	var out []float64
	if p.mechanism == gaussian {
		s := p.sigma / p.clip
		for i := range points + 1 {
			y := t + s*(8*float64(i)/points-4)
			out = append(out, y, math.Exp(-(y-t)*(y-t)/2/s/s)/s/math.Sqrt(2*math.Pi))
		}
		return out
	}
	reach := 1 / math.Tanh(p.epsilon/4)
	if p.pure == privacy.Laplace {
		reach = 1 + 10/p.epsilon
	}
	end, up, down := p.pure.Ends(p.epsilon, t)
	stroke := func(y, chance float64) { out = append(out, y, 0, y, chance, y, 0) }
	if end > 0 {
		reach = math.Max(reach, end)
		stroke(-end, down)
	}
	for i := range points + 1 {
		y := reach * (2*float64(i)/points - 1)
		if end > 0 && y >= end {
			break
		}
		if end == 0 || y > -end {
			out = append(out, y, p.pure.Density(p.epsilon, t, y))
		}
	}
	if end > 0 {
		stroke(end, up)
	}
	return out
}

// variance is that of each coordinate of the mean upload of k clients, where it does not depend on what is uploaded.
func (p *protocol) variance(k int) (float64, bool) {
	switch {
	case p.mechanism == noMechanism:
		return 0, true
	case p.mechanism == gaussian:
		return p.sigma * p.sigma / float64(k), true
	case p.pure == privacy.Laplace && p.chosen == p.dim:
		return p.clip * p.clip * p.pure.Variance(p.epsilon/float64(p.dim), 0) / float64(k), true
	}
	return 0, false
}
