package server

import (
	"sync"
	"time"
)

// The pace of the stream.
const (
	// baseRate is the number of steps a second at speed 1, ticks the number of times a second that viewers are served.
	baseRate = 60
	ticks    = 60
	period   = time.Second / ticks
	// maxStall is how many ticks at most a playhead makes up for after the process was held up.
	maxStall = 15
)

// A ticker moves the playheads of all viewers. It runs while anybody plays or waits for rows, and serves everybody
// in one goroutine: what viewers of a run have in common is encoded once and is still warm for the next.
type ticker struct {
	srv *Server

	mu     sync.Mutex
	active map[*viewer]bool // true: has asked again since it was served
	runs   bool
}

func newTicker(s *Server) *ticker { return &ticker{srv: s, active: map[*viewer]bool{}} }

// add has a viewer served from the next tick on, until its tick reports that nothing is left to do.
func (t *ticker) add(v *viewer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active[v] = true
	if !t.runs {
		t.runs = t.srv.spawn(t.run)
	}
}

func (t *ticker) remove(v *viewer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.active, v)
}

func (t *ticker) run() {
	clock := time.NewTicker(period)
	defer clock.Stop()
	start, done := time.Now(), 0
	var round []*viewer
	for {
		select {
		case <-clock.C:
		case <-t.srv.ctx.Done():
			return
		}
		// Ticks are counted, so that a late one does not make a playhead jump by a step and wait for the next.
		now := time.Now()
		n := int((now.Sub(start)+period/2)/period) - done
		done += n
		if n = min(n, maxStall); n < 1 {
			continue
		}
		round = round[:0]
		t.mu.Lock()
		for v := range t.active {
			round = append(round, v)
			t.active[v] = false
		}
		t.mu.Unlock()
		for _, v := range round {
			if v.tick(n) {
				continue
			}
			t.mu.Lock()
			if again, ok := t.active[v]; ok && !again {
				delete(t.active, v)
			}
			t.mu.Unlock()
		}
		t.srv.metrics.tick.Update(time.Since(now).Seconds())
		t.mu.Lock()
		if len(t.active) == 0 {
			t.runs = false
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
	}
}
