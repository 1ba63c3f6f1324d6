package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"thalweg/landscape"
	"thalweg/sim"
)

// fakePage connects to a server over a pipe, so that all time is the bubble's.
func fakePage(t *testing.T, s *Server) (*page, func()) {
	t.Helper()
	near, far := net.Pipe()
	ln := &oneListener{conn: far, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(ctx, ln)
	}()
	d := websocket.Dialer{Subprotocols: []string{Subprotocol}, NetDial: func(string, string) (net.Conn, error) { return near, nil }}
	ws, _, err := d.Dial("ws://thalweg.test/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &page{t: t, ws: ws}, func() {
		cancel()
		near.Close()
		<-served
	}
}

// A oneListener gives one connection and then waits to be closed.
type oneListener struct {
	conn net.Conn
	done chan struct{}
}

func (l *oneListener) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *oneListener) Close() error {
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	return nil
}

func (l *oneListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func newTestServer(t *testing.T, limits Limits) *Server {
	t.Helper()
	s, err := New(Options{Labs: []*sim.Lab{testLab()}, Version: "test", Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The playhead of a viewer moves at its own speed, to the tick.
func TestPace(t *testing.T) {
	for _, speed := range []float64{0.5, 1, 4} {
		synctest.Test(t, func(t *testing.T) {
			s := newTestServer(t, Limits{})
			p, stop := fakePage(t, s)
			defer stop()
			p.send(`{"type":"open","link":"/lab/bowl?steps=240"}`)
			p.send(`{"type":"speed","value":%v}`, speed)
			start := time.Now()
			p.send(`{"type":"play"}`)
			p.state("done")
			took, want := time.Since(start).Seconds(), 240/60/speed
			if took < want-0.05 || took > want+0.1 {
				t.Errorf("240 steps at speed %v took %.3f s, want %.3f", speed, took, want)
			}
			if err := unbroken(p.steps(kindScalars, 0), 0, 240); err != nil {
				t.Error(err)
			}
		})
	}
}

// Fast play is thinned to the budget, said so, and keeps first and last.
func TestThinning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Limits{})
		p, stop := fakePage(t, s)
		defer stop()
		p.send(`{"type":"open","link":"/lab/bowl?steps=100000"}`)
		p.send(`{"type":"speed","value":1000}`)
		p.send(`{"type":"play"}`)
		if m := p.text("lag", nil); m["every"].(float64) < 2 {
			t.Errorf("lag: %v", m)
		}
		p.state("done")
		steps := p.steps(kindScalars, 0)
		if steps[0] != 0 || steps[len(steps)-1] != 100000 || len(steps) > 20000 {
			t.Errorf("%d rows from %d to %d", len(steps), steps[0], steps[len(steps)-1])
		}
		thinned := false
		for i, f := range p.frames {
			thinned = thinned || f.flags&flagThinned != 0
			if i > 0 && f.kind == kindScalars && f.method == 0 && len(f.values) == 0 {
				t.Error("an empty frame")
			}
		}
		if !thinned {
			t.Error("no frame says that it was thinned")
		}
	})
}

// A run without viewers stops after a minute, goes on when somebody comes back, and is forgotten after ten.
func TestUnwatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Limits{})
		p, stop := fakePage(t, s)
		defer stop()
		p.send(`{"type":"open","link":"/lab/bowl?steps=1000&delay=1000000"}`)
		id := p.text("opened", nil)["run"].(string)
		p.send(`{"type":"play"}`)
		p.until(func() bool { return p.last(kindScalars, 1) >= 5 })
		p.send(`{"type":"close"}`)
		p.state("closed")
		r, ok := s.runs.find(id)
		if !ok {
			t.Fatal("the run is gone at once")
		}
		// The page has to be read from here on, for the server pings it.
		go func() {
			for {
				if _, _, err := p.ws.ReadMessage(); err != nil {
					return
				}
			}
		}()
		time.Sleep(50 * time.Second)
		if r.state() != "running" {
			t.Errorf("after 50 s the run is %s", r.state())
		}
		time.Sleep(15 * time.Second)
		at := r.computed.Load()
		time.Sleep(60 * time.Second)
		if r.state() != "paused" || r.computed.Load() > at+1 {
			t.Errorf("after two minutes the run is %s and went from %d to %d", r.state(), at, r.computed.Load())
		}
		r.pin()
		time.Sleep(20 * time.Second)
		if r.computed.Load() < at+5 {
			t.Errorf("the run does not go on: %d after %d", r.computed.Load(), at)
		}
		r.unpin()
		time.Sleep(9 * time.Minute)
		if _, ok := s.runs.find(id); !ok {
			t.Error("the run is gone after 9 minutes")
		}
		time.Sleep(90 * time.Second)
		if _, ok := s.runs.find(id); ok {
			t.Error("the run is kept after 10 minutes")
		}
	})
}

// Who takes nothing for ten seconds is asked to come back later; what waited is let go.
func TestOutboxGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		o := newOutbox(near)
		ended := make(chan error, 1)
		go func() { ended <- o.write() }()
		for i := 0; o.offer(textFrame(opText, fmt.Append(make([]byte, 1000), i))); i++ {
			if i > 100 {
				t.Fatal("an outbox takes rows without bound")
			}
		}
		if !o.put(textFrame(opText, []byte("control"))) {
			t.Error("a control message was refused")
		}
		time.Sleep(patience + time.Second)
		if o.put(textFrame(opText, []byte("late"))) || o.waiting > 4000 {
			t.Errorf("%d bytes wait for a page that does not read", o.waiting)
		}
		// It reads again: the message begun is finished, and the close frame follows.
		go func() {
			time.Sleep(time.Second)
			b := make([]byte, 1<<16)
			for {
				if _, err := far.Read(b); err != nil {
					return
				}
			}
		}()
		if err := <-ended; err != nil {
			t.Errorf("the close frame was not taken: %v", err)
		}
		near.Close()
		far.Close()
	})
}

func TestOutboxBoundsControl(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	o := newOutbox(near)
	n := 0
	for o.put(textFrame(opText, make([]byte, 10000))) {
		n++
	}
	if n < 100 || n > 110 || o.waiting > 20100 {
		t.Errorf("%d messages were taken and %d bytes wait", n, o.waiting)
	}
}

// A page that comes and goes without reading makes up for one absence, not for all.
func TestOutboxSparesBulk(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	o, n := newOutbox(near), 0
	for ; o.spare(); n++ {
		if !o.bulk(textFrame(opBinary, make([]byte, maxWaiting*3/4))) {
			t.Fatal("a bulk was refused while there was room")
		}
	}
	if n != 2 {
		t.Errorf("%d bulks were taken, want 2", n)
	}
}

// Who asks for the core gets it in the order of asking.
func TestCoreIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &core{free: 1}
		var order []int
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				for range 4 {
					c.acquire(t.Context())
					order = append(order, i)
					time.Sleep(slice)
					c.release()
				}
			})
			synctest.Wait()
		}
		all.Wait()
		for i, who := range order[2:10] {
			if who != (order[2]+i)%3 {
				t.Fatalf("the order is %v", order)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.acquire(t.Context())
		if c.acquire(ctx) == nil {
			t.Error("two hold the core")
		}
		c.release()
		if err := c.acquire(t.Context()); err != nil || len(c.queue) != 0 {
			t.Errorf("the core is lost: %v, %d wait", err, len(c.queue))
		}
	})
}

// Readings that need the ends of several walks may take long: others compute meanwhile.
func TestClosingTakesTurns(t *testing.T) {
	lab := testLab()
	open := lab.Open
	var closing atomic.Bool
	lab.Open = func(s sim.Setup) (*sim.Scene, error) {
		scene, err := open(s)
		if err == nil && s.Values.Whole("dim") == 3 {
			scene.Closing = func(ctx context.Context, _ []sim.End) ([]map[string]sim.Values, error) {
				closing.Store(true)
				for start := time.Now(); time.Since(start) < 3*time.Second; time.Sleep(time.Millisecond) {
					if err := ctx.Err(); err != nil {
						return nil, err
					}
				}
				return nil, nil
			}
		}
		return scene, err
	}
	s, err := New(Options{Labs: []*sim.Lab{lab}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s.core = &core{free: 1}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	long := dial(t, web, "")
	long.send(`{"type":"open","link":"/lab/bowl?dim=3&steps=5"}`)
	long.text("opened", nil)
	long.send(`{"type":"seek","step":5}`)
	for !closing.Load() {
		time.Sleep(time.Millisecond)
	}
	from := time.Now()
	other := dial(t, web, "")
	other.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	other.text("opened", nil)
	other.send(`{"type":"seek","step":5}`)
	other.state("done")
	if took := time.Since(from); took > time.Second {
		t.Errorf("another run of 5 steps took %v while a run was closing", took)
	}
}

// heavy is a bowl whose gradients take a while.
type heavy struct{ bowl }

func (h heavy) Grad(dst, x []float64) float64 {
	time.Sleep(20 * time.Millisecond)
	return h.bowl.Grad(dst, x)
}

// A probe of many points takes turns with the runs.
func TestProbesTakeTurns(t *testing.T) {
	s, web := serveOn(t, func(b bowl) landscape.Func {
		if b.dim == 3 {
			return heavy{b}
		}
		return b
	}, Limits{})
	s.core = &core{free: 1}
	points := strings.Repeat("[1,2,3],", 150) + "[1,2,3]"
	probed := make(chan int, 1)
	go func() {
		status, _, _ := ask(t, "POST", web.URL+"/api/probe", `{"link":"/lab/bowl?dim=3","x":[`+points+`]}`)
		probed <- status
	}()
	time.Sleep(300 * time.Millisecond)
	from := time.Now()
	p := dial(t, web, "")
	p.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
	p.text("opened", nil)
	p.send(`{"type":"seek","step":5}`)
	p.state("done")
	if took := time.Since(from); took > time.Second {
		t.Errorf("a run of 5 steps took %v beside a probe", took)
	}
	if status := <-probed; status != http.StatusOK {
		t.Errorf("the probe is answered by %d", status)
	}
}
