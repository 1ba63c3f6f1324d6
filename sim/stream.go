package sim

import (
	"context"
	"fmt"
)

// VerifyBy judges a claim as Verify does, on traces that play makes: the server plays them in turns with the runs
// that are watched.
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
