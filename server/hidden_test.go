package server

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// A page that is not seen gets nothing; seen again it gets all it missed in one binary message, without hole or
// duplicate, whether it plays on or has come to the end.
func TestHidden(t *testing.T) {
	for _, c := range []struct {
		lab     string
		away    time.Duration
		playing bool
	}{{"steps=2000", 10 * time.Second, true}, {"steps=400", 10 * time.Second, false}, {"steps=900&dim=6", 20 * time.Second, false}} {
		synctest.Test(t, func(t *testing.T) {
			s := newTestServer(t, Limits{})
			p, stop := fakePage(t, s)
			defer stop()
			p.send(`{"type":"open","link":"/lab/bowl?%s"}`, c.lab)
			p.text("opened", nil)
			p.send(`{"type":"view","grid":{"cells":31},"measures":["picture"]}`)
			p.text("grid", nil)
			p.send(`{"type":"play"}`)
			p.until(func() bool { return p.last(kindScalars, 0) > 100 && p.last(kindPath, 1) > 50 })
			// The answer to a command tells that what was sent before it has arrived.
			p.send(`{"type":"view","hidden":true}`)
			p.send(`{"type":"speed","value":1}`)
			p.text("state", func(m map[string]any) bool { return true })
			p.send(`{"type":"speed","value":1.5}`)
			p.text("state", func(m map[string]any) bool { return m["speed"] == 1.5 })
			had, before, frames := p.last(kindScalars, 0), p.binary, len(p.frames)
			p.texts = nil
			time.Sleep(c.away)
			synctest.Wait()
			p.send(`{"type":"view","hidden":false}`)
			for p.binary == before {
				if len(p.texts) > 0 && p.texts[0]["type"] == "state" {
					t.Fatalf("%s: a state while hidden: %v", c.lab, p.texts[0])
				}
				p.read()
			}
			p.text("state", nil)
			if p.binary != before+1 {
				t.Errorf("%s: %d binary messages until the state, want 1", c.lab, p.binary-before)
			}
			now := p.last(kindScalars, 0)
			if least := had + int(c.away.Seconds()*60); c.playing && now < least {
				t.Errorf("%s: after %v the rows end at %d, want %d or more: one message is to bring all", c.lab, c.away, now, least)
			}
			got := map[uint8]int{}
			for _, f := range p.frames[frames:] {
				got[f.kind]++
			}
			if got[kindScalars] != 2 || got[kindPath] != 2 || got[kindImage] != 2 {
				t.Errorf("%s: frames by kind %v, want scalars, path and picture of two methods", c.lab, got)
			}
			p.send(`{"type":"speed","value":100}`)
			p.send(`{"type":"play"}`)
			p.state("done")
			last := map[string]int{"steps=2000": 2000, "steps=400": 400, "steps=900&dim=6": 900}[c.lab]
			p.until(func() bool { return p.last(kindPath, 1) == last })
			for method := range 2 {
				if err := unbroken(p.steps(kindScalars, method), 0, last); err != nil {
					t.Errorf("%s: method %d: %v", c.lab, method, err)
				}
			}
			next := map[sequenced]uint32{}
			for _, f := range p.frames {
				k := sequenced{int(f.method), f.kind}
				if f.sequence != next[k] {
					t.Fatalf("%s: sequence %d of %v, want %d", c.lab, f.sequence, k, next[k])
				}
				next[k]++
			}
		})
	}
}

// Large swarms come in the same message and do not cost the connection.
func TestHiddenSwarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Limits{})
		p, stop := fakePage(t, s)
		defer stop()
		p.send(`{"type":"view","hidden":true}`)
		p.send(`{"type":"open","link":"/lab/bowl?steps=100&flock=100000"}`)
		p.send(`{"type":"view","measures":["swarm"]}`)
		p.send(`{"type":"seek","step":100}`)
		p.text("state", nil)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		p.send(`{"type":"view","hidden":false}`)
		p.state("done")
		points := 0
		for _, f := range p.frames {
			if f.kind == kindPoints && f.step == 100 && f.rows == 100000 {
				points++
			}
		}
		if p.binary != 1 || points != 2 {
			t.Errorf("%d messages with %d swarms, want 1 with 2", p.binary, points)
		}
		p.send(`{"type":"seek","step":40}`)
		p.until(func() bool {
			f := p.frames[len(p.frames)-1]
			return f.kind == kindPoints && f.method == 1 && f.step == 40
		})
	})
}

// A long absence is made up for by one message of bounded size: its rows are thinned and say so.
func TestHiddenForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Limits{})
		p, stop := fakePage(t, s)
		defer stop()
		p.send(`{"type":"view","hidden":true}`)
		p.send(`{"type":"open","link":"/lab/bowl?steps=100000"}`)
		p.text("opened", nil)
		p.send(`{"type":"speed","value":1000}`)
		p.send(`{"type":"play"}`)
		p.state("running")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if p.binary != 0 {
			t.Errorf("%d binary messages to a page that was opened hidden", p.binary)
		}
		p.send(`{"type":"view","hidden":false}`)
		p.state("done")
		if p.binary != 1 {
			t.Fatalf("%d binary messages, want 1", p.binary)
		}
		for method := range 2 {
			steps := p.steps(kindScalars, method)
			if n := len(steps); n > bulkRows || n < bulkRows/4 || steps[0] != 0 || steps[n-1] != 100000 {
				t.Errorf("method %d: %d rows from %d to %d", method, n, steps[0], steps[n-1])
			}
		}
		if f := p.frames[0]; f.flags&flagThinned == 0 {
			t.Error("the frame does not say that it is thinned")
		}
	})
}

// Who was cut off in the middle of a play goes on from the last row it has, without hole or duplicate, however long
// it was away and wherever its playhead stood. The paths of a plane that is fitted come anew from the start.
func TestCutOff(t *testing.T) {
	for _, c := range []struct {
		query string
		from  int // of the path
	}{{"steps=1500", -1}, {"steps=1500&dim=6", 0}, {"steps=1500&every=7", -1}} {
		synctest.Test(t, func(t *testing.T) {
			s := newTestServer(t, Limits{})
			p, stop := fakePage(t, s)
			defer stop()
			p.send(`{"type":"open","link":"/lab/bowl?%s"}`, c.query)
			p.send(`{"type":"view","grid":{"cells":11}}`)
			p.send(`{"type":"play"}`)
			p.until(func() bool { return p.last(kindScalars, 1) > 300 && p.last(kindPath, 1) > 200 })
			p.send(`{"type":"pause"}`)
			head := int(p.state("paused")["step"].(float64))
			has := min(p.last(kindScalars, 0), p.last(kindScalars, 1))
			if has <= head {
				t.Fatalf("the rows end at %d, the playhead is at %d: nothing is ahead", has, head)
			}
			p.send(`{"type":"close"}`)
			p.state("closed")
			p.frames = nil
			time.Sleep(15 * time.Second)
			p.send(`{"type":"open","link":"/lab/bowl?%s","step":%d}`, c.query, has)
			p.text("opened", nil)
			p.send(`{"type":"view","grid":{"cells":11}}`)
			p.send(`{"type":"seek","step":%d}`, head)
			p.text("state", func(m map[string]any) bool { return m["step"] == float64(head) })
			p.send(`{"type":"speed","value":3}`)
			p.send(`{"type":"play"}`)
			p.state("done")
			p.until(func() bool { return p.last(kindPath, 1) == 1500 })
			for method := range 2 {
				var want []int
				every := 1
				fmt.Sscanf(c.query, "steps=1500&every=%d", &every)
				for k := has + 1; k <= 1500; k++ {
					if k%every == 0 || k == 1500 {
						want = append(want, k)
					}
				}
				if got := p.steps(kindScalars, method); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: method %d: rows %v, want %v", c.query, method, got, want)
				}
				paths := p.steps(kindPath, method)
				from := has + 1
				if c.from == 0 {
					from = 0
				}
				if every == 1 {
					if err := unbroken(paths, from, 1500); err != nil {
						t.Errorf("%s: path of method %d: %v", c.query, method, err)
					}
				}
			}
		})
	}
}
