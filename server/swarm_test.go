package server

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// A swarm is that of the playhead, nearest record at or before, forwards and back; a hundred thousand points stream at
// no more than a frame a tick.
func TestSwarmAtPlayhead(t *testing.T) {
	for flock, gap := range map[string]int{"flock=500": 1, "flock=100000": 16} {
		synctest.Test(t, func(t *testing.T) {
			s := newTestServer(t, Limits{})
			p, stop := fakePage(t, s)
			defer stop()
			p.send(`{"type":"open","link":"/lab/bowl?methods=gd&steps=400&%s"}`, flock)
			p.text("opened", nil)
			p.send(`{"type":"view","plane":"direct","measures":["swarm"]}`)
			swarms := func() (out []frame) {
				for _, f := range p.frames {
					if f.kind == kindPoints {
						out = append(out, f)
					}
				}
				return out
			}
			start := time.Now()
			p.send(`{"type":"play"}`)
			p.until(func() bool { return p.last(kindPath, 0) >= 300 && len(swarms()) > 5 })
			for k, f := range swarms() {
				// The rows run at most a second ahead of the playhead, the swarm does not.
				if head := int(time.Since(start).Seconds()*baseRate) + 2; int(f.step) > head {
					t.Errorf("%s: a swarm of step %d when the playhead is at %d", flock, f.step, head)
				}
				if k > 0 && f.step <= swarms()[k-1].step {
					t.Errorf("%s: a swarm of step %d after that of step %d", flock, f.step, swarms()[k-1].step)
				}
			}
			if n := len(swarms()); n > int(time.Since(start)/period)+1 {
				t.Errorf("%s: %d swarms in %v", flock, n, time.Since(start))
			}
			p.send(`{"type":"seek","step":400}`)
			p.state("done")
			p.until(func() bool { n := swarms(); return n[len(n)-1].step == 400 && p.last(kindPath, 0) == 400 })
			path := map[int][]float64{}
			for _, f := range p.frames {
				if f.kind == kindPath {
					for i := range f.rows {
						path[int(f.values[i*f.columns])] = f.values[i*f.columns+1 : (i+1)*f.columns]
					}
				}
			}
			for _, to := range []int{37, 210, 0, 399} {
				n := len(swarms())
				p.send(`{"type":"seek","step":%d}`, to)
				p.until(func() bool { return len(swarms()) > n })
				f := swarms()[n]
				if int(f.step) > to || int(f.step) <= to-gap {
					t.Errorf("%s: at step %d the swarm of step %d, want one less than %d before", flock, to, f.step, gap)
				}
				for k, x := range path[int(f.step)] {
					if last := len(f.values) - 2 + k; math.Abs(f.values[k]-x) > 1e-6*(1+math.Abs(x)) || f.values[last] != f.values[k] {
						t.Errorf("%s: the swarm of step %d is at %v and %v, the walk at %v", flock, f.step, f.values[k], f.values[last], x)
					}
				}
			}
		})
	}
}
