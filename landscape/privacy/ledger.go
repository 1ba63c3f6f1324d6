package privacy

import (
	"math"
	"slices"
)

// A Report is what one upload costs: of a pure mechanism its ε, of a Gaussian one μ, sensitivity over noise. The other is
// 0; both are 0 where nothing protects the upload.
type Report struct{ Epsilon, Mu float64 }

// A Ledger adds up what each client has given away. It only grows: there is no way to take an entry back, and what a
// server does with uploads afterwards is no business of it.
type Ledger struct {
	report  Report
	uploads []int
	most    int
}

// NewLedger opens the accounts of so many clients, none of whom has said anything, at a price for each upload.
func NewLedger(clients int, report Report) *Ledger {
	return &Ledger{report: report, uploads: make([]int, clients)}
}

// Charge notes that a client has sent so many reports: what was lost on its way was sent.
func (l *Ledger) Charge(client, reports int) {
	l.uploads[client] += reports
	l.most = max(l.most, l.uploads[client])
}

// Uploads is how many reports a client has sent, Most the largest number of any.
func (l *Ledger) Uploads(client int) int { return l.uploads[client] }

// Most is the largest number of reports that any client has sent.
func (l *Ledger) Most() int { return l.most }

// Rho is the zero-concentrated loss of the client with the most uploads, infinite where nothing protects an upload.
func (l *Ledger) Rho() float64 {
	switch {
	case l.most == 0:
		return 0
	case l.report == Report{}:
		return math.Inf(1)
	}
	return float64(l.most) * (l.report.Mu*l.report.Mu + l.report.Epsilon*l.report.Epsilon) / 2
}

// Clone returns a copy with all accounts.
func (l *Ledger) Clone() *Ledger {
	c := *l
	c.uploads = slices.Clone(l.uploads)
	return &c
}

// Totals is the privacy loss of the client with the most uploads by each accountant, at the same delta; infinite where
// nothing protects an upload, NaN where an accountant does not speak of the mechanism. No bound is above Basic.
type Totals struct{ Basic, Advanced, Optimal, Concentrated, Renyi, Exact float64 }

// Totals of the client with the most uploads.
func (l *Ledger) Totals(delta float64) Totals { return Total(l.report, l.most, delta) }

// Total is the privacy loss of so many equal reports.
func Total(r Report, rounds int, delta float64) Totals {
	switch {
	case rounds == 0:
		return Totals{}
	case r.Mu > 0:
		t := Totals{Basic: Basic(GaussianEpsilon(r.Mu, delta/float64(rounds)), rounds), Exact: GaussianEpsilon(r.Mu*math.Sqrt(float64(rounds)), delta), Optimal: math.NaN()}
		t.Advanced = min(t.Basic, GaussianAdvanced(r.Mu, rounds, delta))
		t.Concentrated = min(t.Basic, Concentrated(float64(rounds)*r.Mu*r.Mu/2, delta))
		t.Renyi = min(t.Basic, Renyi(GaussianRenyi(r.Mu), rounds, delta, Orders, true))
		return t
	case r.Epsilon > 0:
		t := Totals{Basic: Basic(r.Epsilon, rounds), Exact: math.NaN()}
		t.Advanced = min(t.Basic, Advanced(r.Epsilon, rounds, delta))
		t.Optimal = Optimal(r.Epsilon, rounds, delta)
		t.Concentrated = min(t.Basic, Concentrated(float64(rounds)*r.Epsilon*r.Epsilon/2, delta))
		t.Renyi = min(t.Basic, Renyi(PureRenyi(r.Epsilon), rounds, delta, Orders, true))
		return t
	}
	never := math.Inf(1)
	return Totals{never, never, never, never, never, never}
}

// Best is the least of the bounds that speak of the mechanism.
func (t Totals) Best() float64 {
	best := t.Basic
	for _, v := range []float64{t.Advanced, t.Optimal, t.Concentrated, t.Renyi, t.Exact} {
		if v < best {
			best = v
		}
	}
	return best
}

// Share is the privacy loss of a pure report at which so many of them come to a total.
func Share(total float64, rounds int, delta float64) float64 {
	return bisect(0, total, func(eps float64) float64 {
		if eps == 0 {
			return -total
		}
		return Total(Report{Epsilon: eps}, rounds, delta).Best() - total
	})
}
