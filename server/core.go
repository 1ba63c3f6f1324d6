package server

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// A core hands out the right to compute. Whoever asks waits behind those who asked before, so runs that each ask
// for one short slice at a time get equal shares.
type core struct {
	mu    sync.Mutex
	free  int
	queue []chan struct{}
}

// newCore leaves one processor to the stream where there is more than one; a run uses several by itself.
func newCore() *core { return &core{free: max(1, runtime.GOMAXPROCS(0)-1)} }

// acquire waits for a turn; it fails only when ctx ends first.
func (c *core) acquire(ctx context.Context) error {
	c.mu.Lock()
	if err := ctx.Err(); err != nil {
		c.mu.Unlock()
		return err
	}
	if c.free > 0 {
		c.free--
		c.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	c.queue = append(c.queue, turn)
	c.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, q := range c.queue {
		if q == turn {
			c.queue = append(c.queue[:i], c.queue[i+1:]...)
			return ctx.Err()
		}
	}
	c.next() // the turn came at the same moment and goes to the next
	return ctx.Err()
}

func (c *core) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next()
}

func (c *core) next() {
	if len(c.queue) == 0 {
		c.free++
		return
	}
	turn := c.queue[0]
	c.queue = c.queue[1:]
	close(turn)
}

// share takes the core for a long computation that lets others have their turn: whenever the computation asks its
// context whether to go on, and its slice is over, the core is handed on and waited for. Contexts made from it do not.
func (c *core) share(ctx context.Context) (shared context.Context, end func(), err error) {
	if err := c.acquire(ctx); err != nil {
		return nil, nil, err
	}
	t := &turns{core: c, ctx: ctx, start: time.Now(), held: true}
	return sharing{ctx, t}, t.end, nil
}

type sharing struct {
	context.Context
	turns *turns
}

// Err hands the core on when it is time.
func (s sharing) Err() error {
	s.turns.yield()
	return s.Context.Err()
}

// turns gives the core back after each slice and waits for it again.
type turns struct {
	core *core
	ctx  context.Context

	mu    sync.Mutex
	start time.Time
	held  bool
}

func (t *turns) yield() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.held || time.Since(t.start) < slice {
		return
	}
	t.core.release()
	t.held = t.core.acquire(t.ctx) == nil
	t.start = time.Now()
}

func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		t.core.release()
		t.held = false
	}
}
