package server

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"thalweg/sim"
)

// A claimState is what is known about a claim of a run. Revision counts its changes, so that each viewer is told
// each once.
type claimState struct {
	claim    *sim.Claim
	verdict  string
	got      string
	step     int
	revision int
}

// claimsOf lists the claims of a spec before anything is computed. Where a value of the preset was changed there is
// nothing to judge.
func claimsOf(s *sim.Spec) []claimState {
	var own string
	if preset, err := s.Lab.Resolve(sim.Draft{Preset: s.Preset}); err == nil {
		own = preset.ID()
	}
	var out []claimState
	for _, c := range s.ClaimsOf() {
		k := claimState{claim: c, verdict: sim.NotYet, revision: 1}
		switch among := isOf(s, c); {
		case own != s.ID() && !among:
			k.verdict, k.got = sim.Unjudged, "the preset was changed"
		case c.Long && c.Each && among:
			k.got = fmt.Sprintf("judged at the end of this run; thalweg verify plays %d seeds", max(1, c.Seeds))
		case c.Long:
			k.got = "takes longer than the page waits; thalweg verify judges it"
		}
		out = append(out, k)
	}
	return out
}

// isOf reports whether a spec is one of those that a claim is about.
func isOf(s *sim.Spec, c *sim.Claim) bool {
	return slices.ContainsFunc(s.Lab.Specs(c), func(o *sim.Spec) bool { return o.ID() == s.ID() })
}

// judge gives the verdicts that a finished run allows. Claims that need other runs too are verified behind it.
func (r *live) judge() {
	for i := range r.claims {
		c := r.claims[i].claim
		if r.claims[i].verdict != sim.NotYet {
			continue
		}
		if c.Check != nil {
			if specs := r.run.Spec.Lab.Specs(c); len(specs) == 1 && specs[0].ID() == r.run.ID {
				r.settle(i, c.Check([]*sim.Trace{r.run.Trace()}))
				continue
			}
		}
		switch {
		case !c.Long:
			r.srv.verifier.ask(r, i)
		case c.Each && isOf(r.run.Spec, c):
			v := c.Check([]*sim.Trace{r.run.Trace()})
			v.Got = "in this run: " + v.Got
			r.settle(i, v)
		}
	}
}

// settle notes a verdict and tells the viewers.
func (r *live) settle(i int, v sim.Verdict) {
	r.mu.Lock()
	k := &r.claims[i]
	k.verdict, k.got, k.step = v.Verdict, v.Got, int(r.computed.Load())
	k.revision++
	r.mu.Unlock()
	r.tell()
}

// A verifier judges claims that need more than the run on screen, one at a time, and remembers what it found: a
// claim's specs are fixed, so its verdict is.
type verifier struct {
	srv *Server

	mu      sync.Mutex
	known   map[*sim.Claim]sim.Judgement
	waiting map[*sim.Claim][]asker
	queue   []*sim.Claim
	labs    map[*sim.Claim]*sim.Lab
	working bool
}

type asker struct {
	run   *live
	claim int
}

func newVerifier(s *Server) *verifier {
	return &verifier{srv: s, known: map[*sim.Claim]sim.Judgement{}, waiting: map[*sim.Claim][]asker{}, labs: map[*sim.Claim]*sim.Lab{}}
}

// ask has a claim of a run judged.
func (f *verifier) ask(r *live, i int) {
	c := r.claims[i].claim
	f.mu.Lock()
	if j, ok := f.known[c]; ok {
		f.mu.Unlock()
		r.settle(i, sim.Verdict{Verdict: j.Verdict, Got: j.Got})
		return
	}
	f.waiting[c] = append(f.waiting[c], asker{r, i})
	if len(f.waiting[c]) == 1 {
		f.queue = append(f.queue, c)
		f.labs[c] = r.run.Spec.Lab
	}
	if !f.working {
		f.working = f.srv.spawn(f.work)
	}
	f.mu.Unlock()
}

func (f *verifier) work() {
	for {
		f.mu.Lock()
		if len(f.queue) == 0 || f.srv.ctx.Err() != nil {
			f.working = false
			f.mu.Unlock()
			return
		}
		c := f.queue[0]
		f.queue = f.queue[1:]
		lab := f.labs[c]
		f.mu.Unlock()
		j, err := f.srv.verify(f.srv.ctx, lab, c, nil)
		if err != nil {
			j.Verdict, j.Got = sim.Unjudged, err.Error()
		}
		f.mu.Lock()
		if err == nil {
			f.known[c] = j
		}
		askers := f.waiting[c]
		delete(f.waiting, c)
		delete(f.labs, c)
		f.mu.Unlock()
		for _, a := range askers {
			a.run.settle(a.claim, sim.Verdict{Verdict: j.Verdict, Got: j.Got})
		}
	}
}

// verify judges a claim; its runs share the core with all others.
func (s *Server) verify(ctx context.Context, l *sim.Lab, c *sim.Claim, seed *uint64) (j sim.Judgement, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a claim failed", "lab", l.ID, "claim", c.ID, "panic", p)
			err = fmt.Errorf("the check of %s/%s failed", l.ID, c.ID)
		}
	}()
	start := time.Now()
	j, err = l.VerifyBy(ctx, c, seed, s.play)
	j.Seconds = time.Since(start).Seconds()
	return j, err
}

// play plays a spec to its end in slices, as a run that is watched.
func (s *Server) play(ctx context.Context, spec *sim.Spec) (*sim.Trace, error) {
	if err := s.core.acquire(ctx); err != nil {
		return nil, err
	}
	run, err := s.newRun(spec)
	if err != nil {
		return nil, err
	}
	for n, end := 1, false; !end; {
		shared, done, err := s.core.share(ctx)
		if err != nil {
			return nil, err
		}
		n, end = playSlice(shared, done, run, n)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return run.Trace(), nil
}

// newRun opens a spec and gives the core back, a panic of the lab included.
func (s *Server) newRun(spec *sim.Spec) (*sim.Run, error) {
	defer s.core.release()
	return sim.NewRun(spec)
}

// playSlice advances a run by a slice and gives the core back by done, a panic of the lab included.
func playSlice(ctx context.Context, done func(), run *sim.Run, steps int) (int, bool) {
	defer done()
	return advance(ctx, run, steps)
}
