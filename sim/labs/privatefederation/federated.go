package privatefederation

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"

	"thalweg/landscape"
	"thalweg/landscape/federation"
	"thalweg/landscape/kernel"
	"thalweg/landscape/privacy"
	"thalweg/landscape/rng"
	"thalweg/sim"
	"thalweg/sim/opt"
)

// Where momentum sits.
const (
	atServer = "server"
	atClient = "client"
	atBoth   = "both"
	atMFL    = "mfl" // clients go on from the server's buffer and send theirs back
)

// shownClients is how many uploads are kept to be looked at.
const shownClients = 200

// block is how many clients are worked on together. Their sums are added in order.
const block = 64

// rules are what a scene's methods share.
type rules struct {
	place         string
	local         int     // steps at the clients
	participation float64 // share of clients in a round
	cohorts       int     // 0, or into how many groups they are parted, one for each round
	dropout       float64
	attackers     []bool // nil for none
	aggregator    string
	seed          uint64
	rounds        int // after which a method rests
}

// A federated run is federated gradient descent with momentum under a local protocol. A step is a round.
type federated struct {
	rules
	clients  federation.Clients
	protocol *protocol
	noise    noise
	stepSize float64
	momentum float64

	w, v, before []float64
	ledger       *privacy.Ledger
	round        int
	last         round
	bits         float64
	end          error
	desks        *sync.Pool
	parts        []float64 // of blocks: sums of uploads, of second reports, of local moves, and numbers
	all          []float64 // every upload, where the aggregator is no mean
	column       []float64
	clock        opt.Clock
}

// A round is what was seen of the last one.
type round struct {
	who           []int // who sent something that arrived, in order
	sent          int   // how many sent something
	mean          []float64
	second        []float64
	clipped       float64
	drift         float64
	uploads, true []float64 // of the first few of who, row by row
}

func newFederated(r rules, clients federation.Clients, p *protocol, src noise, start []float64, stepSize, momentum float64) *federated {
	n := len(start)
	f := &federated{rules: r, clients: clients, protocol: p, noise: src, stepSize: stepSize, momentum: momentum, w: slices.Clone(start), v: make([]float64, n), before: slices.Clone(start),
		ledger: privacy.NewLedger(clients.Clients(), p.price)}
	f.desks = &sync.Pool{New: func() any { return newDesk(n) }}
	f.last.mean, f.last.second = make([]float64, n), make([]float64, n)
	return f
}

// arrives lists who takes part in the round and whose upload arrives. Each client's fate is its own.
func (f *federated) arrives() {
	r := &f.last
	r.who, r.sent = r.who[:0], 0
	k := f.clients.Clients()
	for i := range k {
		if f.cohorts > 0 && i*f.cohorts/k != f.round%f.cohorts {
			continue
		}
		if f.participation < 1 || f.dropout > 0 {
			comes, stays := rng.NewKey(f.seed, 0, 0, uint64(i), rng.Participation).Uniform2(uint64(f.round), 0)
			if comes >= f.participation {
				continue
			}
			f.ledger.Charge(i, f.reports())
			r.sent++
			if stays < f.dropout {
				continue
			}
		} else {
			f.ledger.Charge(i, f.reports())
			r.sent++
		}
		r.who = append(r.who, i)
	}
}

// reports is how many a client sends in a round.
func (f *federated) reports() int {
	if f.place == atMFL {
		return 2
	}
	return 1
}

// Step implements sim.Method.
func (f *federated) Step() error {
	if f.end != nil {
		return f.end
	}
	if f.round == f.rounds {
		f.end = fmt.Errorf("%w: its budget of %d rounds is spent", opt.ErrConverged, f.rounds)
		return f.end
	}
	copy(f.before, f.w)
	f.arrives()
	f.bits += f.protocol.bits() * float64(f.last.sent*f.reports())
	eta := f.stepSize * float64(f.local)
	if len(f.last.who) > 0 {
		f.gather()
		f.combine()
		gamma := f.momentum
		if f.place == atClient {
			gamma = 0
		}
		if f.place == atMFL {
			copy(f.v, f.last.second)
			for i, g := range f.last.mean {
				f.w[i] -= eta * g
			}
		} else {
			for i, g := range f.last.mean {
				f.v[i] = gamma*f.v[i] + g
				f.w[i] -= eta * f.v[i]
			}
		}
	}
	if !landscape.Finite(f.w) {
		copy(f.w, f.before)
		f.end = fmt.Errorf("%w: a parameter is not finite or above 1e12 in size", opt.ErrDiverged)
		return f.end
	}
	f.round++
	f.clock = opt.Clock{Steps: f.round, Time: f.clock.Time + eta, Gradients: f.clock.Gradients + f.local, Epochs: f.clock.Epochs + float64(f.local*f.last.sent)/float64(f.clients.Clients())}
	return nil
}

// numbers at the end of a block's sums: clipped share, squared length of local moves.
const extras = 2

// gather lets every participant work and adds up what arrives.
func (f *federated) gather() {
	r, n := &f.last, len(f.w)
	count := (len(r.who) + block - 1) / block
	each := 3*n + extras
	if len(f.parts) < count*each {
		f.parts = make([]float64, count*each)
	}
	shown := min(shownClients, len(r.who))
	r.uploads, r.true = sized(r.uploads, shown*n), sized(r.true, shown*n)
	if f.aggregator != "mean" {
		f.all = sized(f.all, len(r.who)*n)
	}
	kernel.Blocks(count, func(b int) {
		d := f.desks.Get().(*desk)
		defer f.desks.Put(d)
		part := f.parts[b*each : (b+1)*each]
		clear(part)
		for at := b * block; at < min(len(r.who), (b+1)*block); at++ {
			f.work(part, d, at)
		}
	})
	clear(r.mean)
	clear(r.second)
	share := 1 / float64(len(r.who))
	square, length := 0.0, 0.0
	r.clipped = 0
	for b := range count {
		part := f.parts[b*each : (b+1)*each]
		kernel.Axpy(r.mean, share, part[:n])
		kernel.Axpy(r.second, share, part[n:2*n])
		if b > 0 {
			kernel.Axpy(f.parts[2*n:3*n], 1, part[2*n:3*n])
		}
		r.clipped += share * part[3*n]
		square += share * part[3*n+1]
	}
	for _, m := range f.parts[2*n : 3*n] {
		length += m * m * share * share
	}
	r.drift = math.Sqrt(max(0, square-length))
}

// work is a client's part of a round: its steps, its report, and its place in the sums.
func (f *federated) work(part []float64, d *desk, at int) {
	r, n := &f.last, len(f.w)
	client := r.who[at]
	f.localSteps(d, client)
	for i := range n {
		move := f.before[i] - d.at[i]
		part[2*n+i] += move
		part[3*n+1] += move * move
		d.grad[i] = move / (f.stepSize * float64(f.local))
	}
	if f.local == 1 && f.place != atMFL {
		copy(d.grad, d.second) // the gradient itself, without the rounding of a move
	}
	out := d.at
	part[3*n] += f.protocol.report(out, d.grad, f.noise, client, f.round, 0, d)
	if f.attackers != nil && f.attackers[client] {
		kernel.Scale(-10, out)
	}
	kernel.Axpy(part[:n], 1, out)
	if at < shownClients {
		copy(r.uploads[at*n:(at+1)*n], out)
		copy(r.true[at*n:(at+1)*n], d.grad)
	}
	if f.aggregator != "mean" {
		copy(f.all[at*n:(at+1)*n], out)
	}
	if f.place == atMFL {
		f.protocol.report(out, d.second, f.noise, client, f.round, 1, d)
		kernel.Axpy(part[n:2*n], 1, out)
	}
}

// localSteps leaves the client's point in d.at, and in d.second its buffer, or its last gradient where it has none.
func (f *federated) localSteps(d *desk, client int) {
	copy(d.at, f.before)
	gamma := f.momentum
	buffered := f.place != atServer && (f.local > 1 || f.place == atMFL)
	clear(d.push)
	if f.place == atMFL {
		copy(d.push, f.v)
	}
	for range f.local {
		f.clients.ClientGrad(d.second, d.at, client)
		if buffered {
			for i, g := range d.second {
				d.push[i] = gamma*d.push[i] + g
			}
			kernel.Axpy(d.at, -f.stepSize, d.push)
		} else {
			kernel.Axpy(d.at, -f.stepSize, d.second)
		}
	}
	if buffered && f.place == atMFL {
		copy(d.second, d.push)
	}
}

// combine replaces the mean of the uploads by their median or trimmed mean, coordinate by coordinate.
func (f *federated) combine() {
	if f.aggregator == "mean" {
		return
	}
	r, n, k := &f.last, len(f.w), len(f.last.who)
	cut := 0
	if f.aggregator == "trimmed" {
		cut = k / 5
	}
	f.column = sized(f.column, k)
	for i := range n {
		for at := range k {
			f.column[at] = f.all[at*n+i]
		}
		slices.Sort(f.column)
		if f.aggregator == "median" {
			r.mean[i] = (f.column[(k-1)/2] + f.column[k/2]) / 2
			continue
		}
		r.mean[i] = kernel.Sum(f.column[cut:k-cut]) / float64(k-2*cut)
	}
}

func sized(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}

// bits is what a report takes: 64 for each number, and the places of those that were chosen.
func (p *protocol) bits() float64 {
	if p.chosen < p.dim {
		return float64(p.chosen * (64 + bits.Len(uint(p.dim-1))))
	}
	return float64(64 * p.dim)
}

// Point implements sim.Method.
func (f *federated) Point() []float64 { return f.w }

// Clock implements sim.Method.
func (f *federated) Clock() opt.Clock { return f.clock }

// Turn implements sim.Turner. The ledger stays as it is.
func (f *federated) Turn(id string, v float64) error {
	switch id {
	case "step-size":
		f.stepSize = v
	case "momentum":
		f.momentum = v
	default:
		return fmt.Errorf("%s cannot be turned while a federation runs", id)
	}
	return nil
}

// CloneMethod implements sim.Cloner.
func (f *federated) CloneMethod() sim.Method {
	c := *f
	c.w, c.v, c.before, c.ledger = slices.Clone(f.w), slices.Clone(f.v), slices.Clone(f.before), f.ledger.Clone()
	c.parts, c.all, c.column = nil, nil, nil
	c.last.who, c.last.mean, c.last.second, c.last.uploads, c.last.true = slices.Clone(f.last.who), slices.Clone(f.last.mean), slices.Clone(f.last.second), slices.Clone(f.last.uploads), slices.Clone(f.last.true)
	return &c
}

// Dissect implements sim.Dissecter: the exact slope, what arrives of it, and the step.
func (f *federated) Dissect() ([]opt.Stage, error) {
	exact := make([]float64, len(f.w))
	f.clients.Grad(exact, f.w)
	from := slices.Clone(f.w)
	if err := f.Step(); err != nil {
		return nil, err
	}
	kernel.Scale(-1, exact)
	arrived, step := slices.Clone(f.last.mean), slices.Clone(f.w)
	kernel.Scale(-1, arrived)
	kernel.Axpy(step, -1, from)
	return []opt.Stage{{Symbol: `-\nabla F`, Label: "mean of true gradients", V: exact}, {Symbol: `-\bar g`, Label: "mean of what arrives", V: arrived}, {Symbol: `\Delta w`, Label: "the step", V: step}}, nil
}
