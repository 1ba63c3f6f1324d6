package sim

import (
	"context"
	"fmt"
)

// A Judgement is a claim's verdict as the page, the command line and go test show it.
type Judgement struct {
	Lab       string  `json:"lab"`
	Claim     string  `json:"claim"`
	Preset    string  `json:"preset"`
	Seed      uint64  `json:"seed"`
	Statement string  `json:"statement"`
	Want      string  `json:"want"`
	Got       string  `json:"got"`
	Verdict   string  `json:"verdict"`
	Seconds   float64 `json:"seconds"`
}

// claimSpecs lists the specs a claim is judged on: all of its specs at the first seed, then at the next, … With
// shifted, seed replaces the presets' own.
func (l *Lab) claimSpecs(c *Claim, seed uint64, shifted bool) ([]*Spec, error) {
	if c.Prove != nil && len(c.Specs) == 0 {
		if _, ok := l.Preset(c.Preset); !ok && c.Preset != "" {
			return nil, fmt.Errorf("unknown preset %s", c.Preset)
		}
		return nil, nil
	}
	queries := c.Specs
	if len(queries) == 0 {
		queries = []string{"preset=" + c.Preset}
	}
	var specs []*Spec
	for n := range max(c.Seeds, 1) {
		for _, q := range queries {
			var d Draft
			if err := d.Query(q); err != nil {
				return nil, err
			}
			s, err := l.Resolve(d)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", q, err)
			}
			if shifted {
				s.Seed = seed
			}
			s.Seed += uint64(n)
			specs = append(specs, s)
		}
	}
	return specs, nil
}

// Specs lists the specs that the claim's check needs at the presets' own seeds.
func (l *Lab) Specs(c *Claim) []*Spec {
	specs, err := l.claimSpecs(c, 0, false)
	if err != nil {
		panic(err) // Validate resolved them
	}
	return specs
}

// Verify plays what a claim needs and judges it. seed, if not nil, replaces the presets' own.
func (l *Lab) Verify(ctx context.Context, c *Claim, seed *uint64) (Judgement, error) {
	return l.VerifyBy(ctx, c, seed, func(ctx context.Context, s *Spec) (*Trace, error) { return Play(ctx, s, nil) })
}

// VerifyBy judges a claim as Verify does, on traces that play makes: a server plays them in turns with the runs that
// are watched.
func (l *Lab) VerifyBy(ctx context.Context, c *Claim, seed *uint64, play func(context.Context, *Spec) (*Trace, error)) (Judgement, error) {
	j := Judgement{Lab: l.ID, Claim: c.ID, Preset: c.Preset, Seed: 1, Statement: c.Statement, Want: c.Want}
	if p, ok := l.Preset(c.Preset); ok && p.Seed != 0 {
		j.Seed = p.Seed
	}
	if seed != nil {
		j.Seed = *seed
	}
	if c.Prove != nil {
		v := c.Prove(ctx)
		j.Verdict, j.Got = v.Verdict, v.Got
		return j, ctx.Err()
	}
	specs, err := l.claimSpecs(c, j.Seed, seed != nil)
	if err != nil {
		return j, err
	}
	traces := make([]*Trace, len(specs))
	for i, s := range specs {
		if traces[i], err = play(ctx, s); err != nil {
			return j, fmt.Errorf("%s/%s: %w", l.ID, c.ID, err)
		}
	}
	v := c.Check(traces)
	if c.Seeded && seed != nil {
		if own, _ := l.claimSpecs(c, 0, false); own[0].Seed != *seed {
			v.Verdict = Unjudged
		}
	}
	j.Verdict, j.Got = v.Verdict, v.Got
	return j, nil
}

// Claim returns a claim by id.
func (l *Lab) Claim(id string) (*Claim, bool) {
	for i := range l.Claims {
		if l.Claims[i].ID == id {
			return &l.Claims[i], true
		}
	}
	return nil, false
}

// ClaimsOf lists the claims that this very spec's preset is judged by.
func (s *Spec) ClaimsOf() []*Claim {
	var out []*Claim
	for i := range s.Lab.Claims {
		if c := &s.Lab.Claims[i]; s.Preset != "" && c.Preset == s.Preset {
			out = append(out, c)
		}
	}
	return out
}
