package server

import (
	"context"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"thalweg/sim"
	"thalweg/sim/param"
)

// Subprotocol is the version of the stream.
const Subprotocol = "thalweg.v1"

// The bounds of a connection.
const (
	// maxMessage is the largest message taken from a page.
	maxMessage = 64 << 10
	// pingEvery is how often a silent page is asked whether it is there, silence how long an answer may take.
	pingEvery = 20 * time.Second
	silence   = 60 * time.Second
	// sendBuffer bounds what the system keeps for a page that does not read.
	sendBuffer = 256 << 10
	// maxWatched is the number of runs that one connection watches.
	maxWatched = 4
)

// upgrader leaves CheckOrigin nil: pages of other sites are refused.
var upgrader = websocket.Upgrader{ReadBufferSize: 2 << 10, WriteBufferSize: 1 << 10, Subprotocols: []string{Subprotocol}, HandshakeTimeout: 10 * time.Second,
	Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
		writeProblem(w, problem{Type: "about:blank", Title: "not a websocket handshake", Status: status, Detail: reason.Error()})
	}}

// A conn is one page's connection: one goroutine reads commands, one writes what the socket does not take at once.
type conn struct {
	srv     *Server
	ws      *websocket.Conn
	out     *outbox
	address string
	ctx     context.Context
	stop    context.CancelFunc

	mu      sync.Mutex
	viewers []*viewer // oldest first
	hidden  bool
}

// upgrade turns a request into a connection. Nothing but the outbox writes to the socket from then on.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) (*conn, error) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	c := &conn{srv: s, ws: ws, out: newOutbox(ws.NetConn()), address: addressOf(r.RemoteAddr)}
	c.ctx, c.stop = context.WithCancel(s.ctx)
	if t, ok := ws.NetConn().(*net.TCPConn); ok {
		t.SetWriteBuffer(sendBuffer)
	}
	ws.SetReadLimit(maxMessage)
	ws.SetReadDeadline(time.Now().Add(silence))
	ws.SetPongHandler(func(string) error { return ws.SetReadDeadline(time.Now().Add(silence)) })
	ws.SetPingHandler(func(data string) error {
		c.out.put(textFrame(opPong, []byte(data)))
		return ws.SetReadDeadline(time.Now().Add(silence))
	})
	ws.SetCloseHandler(func(int, string) error {
		c.out.finish(closeNormal, "")
		return nil
	})
	return c, nil
}

// serve reads until the connection ends. It returns when both of its goroutines are done.
func (c *conn) serve() {
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.out.write()
		c.ws.NetConn().Close() // whatever the reason, the reader ends too
	}()
	defer func() {
		c.stop()
		c.mu.Lock()
		viewers := c.viewers
		c.viewers = nil
		c.mu.Unlock()
		for _, v := range viewers {
			v.close()
		}
		c.out.finish(closeNormal, "")
		<-written
	}()
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		c.ws.SetReadDeadline(time.Now().Add(silence))
		if kind != websocket.TextMessage {
			c.complain(param.Refuse("message", "commands are JSON text; this one is binary"))
			continue
		}
		c.handle(data)
	}
}

// handle does one command; whatever goes wrong is told, and the connection lives on.
func (c *conn) handle(data []byte) {
	defer func() {
		if p := recover(); p != nil {
			c.srv.log.Error("a command failed", "panic", p, "stack", string(debug.Stack()))
			c.complain(errInternal)
		}
	}()
	cmd, err := parseCommand(data)
	if err == nil {
		err = c.do(cmd)
	}
	if err != nil {
		c.complain(err)
	}
}

func (c *conn) do(cmd *command) error {
	if cmd.Type == "open" {
		return c.open(cmd)
	}
	if cmd.Hidden != nil {
		c.hide(*cmd.Hidden)
		if cmd.only() {
			return nil
		}
	}
	v, err := c.viewer(cmd.Run)
	if err != nil {
		return err
	}
	switch cmd.Type {
	case "close":
		c.forget(v)
		return nil
	case "turn":
		return c.turn(v, cmd)
	}
	return v.command(cmd)
}

// viewer finds the look at a run; without an id the newest is meant.
func (c *conn) viewer(run string) (*viewer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range slices.Backward(c.viewers) {
		if run == "" || v.run.run.ID == run {
			return v, nil
		}
	}
	if run == "" {
		return nil, param.Refuse("run", "this connection watches no run; open one first")
	}
	return nil, param.Refuse("run", "this connection does not watch run %.40q", run)
}

func (c *conn) open(cmd *command) error {
	var d sim.Draft
	var err error
	if cmd.Link != "" {
		d, err = sim.ParseLink(cmd.Link)
	} else {
		d, err = sim.DecodeDraft(cmd.Spec)
	}
	if err != nil {
		return err
	}
	spec, err := c.srv.resolve(d)
	if err != nil {
		return err
	}
	c.mu.Lock()
	again := slices.IndexFunc(c.viewers, func(v *viewer) bool { return v.run.run.ID == spec.ID() })
	if again < 0 && len(c.viewers) >= maxWatched {
		c.mu.Unlock()
		return param.Refuse("run", "a connection watches at most %d runs; close one first", maxWatched)
	}
	c.mu.Unlock()
	r, err := c.srv.runs.open(c.ctx, spec, nil, c.address)
	if err != nil {
		return err
	}
	step := 0
	if cmd.Step != nil {
		step = min(*cmd.Step, spec.Steps)
	}
	c.watch(r, step, nil)
	return nil
}

// watch begins a look at a run; from, if not nil, is the look that it branches off.
func (c *conn) watch(r *live, step int, from *viewer) {
	v := newViewer(c, r, step)
	if from != nil {
		v.follow(from, step)
	}
	var old []*viewer
	c.mu.Lock()
	for i, o := range c.viewers {
		if o.run == r || len(c.viewers) >= maxWatched && i == 0 {
			old = append(old, o)
		}
	}
	c.viewers = slices.DeleteFunc(c.viewers, func(o *viewer) bool { return slices.Contains(old, o) })
	c.viewers = append(c.viewers, v)
	v.hidden = c.hidden
	c.mu.Unlock()
	r.join(v)
	for _, o := range old {
		o.close()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	c.out.put(textMessage(r.opened(v.state, int(v.head))))
	v.told.state = v.state
	if v.flowing {
		r.want()
		v.say()
	}
	v.routine()
	r.srv.ticker.add(v)
}

// turn turns a control at a step: a new run, which this connection alone goes on with.
func (c *conn) turn(v *viewer, cmd *command) error {
	spec, err := v.run.run.Spec.Turned(*cmd.Step, sim.Pair{Name: cmd.Name, Raw: cmd.Value})
	if err != nil {
		return err
	}
	r, err := c.srv.runs.open(c.ctx, spec, v.run, c.address)
	if err != nil {
		return err
	}
	if r == v.run {
		return v.command(&command{Type: "seek", Step: cmd.Step})
	}
	c.watch(r, *cmd.Step, v)
	return nil
}

// forget ends a look at a run on the page's wish.
func (c *conn) forget(v *viewer) {
	c.mu.Lock()
	c.viewers = slices.DeleteFunc(c.viewers, func(o *viewer) bool { return o == v })
	c.mu.Unlock()
	v.close()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.playing, v.state = false, "closed"
	v.say()
}

// follow takes over how another look was looking; the rows of the new run come from its start.
func (v *viewer) follow(from *viewer, step int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	v.head, v.speed, v.sent, v.history, v.flowing = float64(step), from.speed, -1, 0, true
	v.state, v.playing = "paused", from.playing
	if v.playing {
		v.state = "running"
	}
	v.viewed, v.pictures, v.swarm = from.viewed, slices.Clone(from.pictures), from.swarm
	for g := range v.grounds {
		v.grounds[g] = seen{text: v.grounds[g].text, sent: -1}
		if len(from.grounds) == len(v.grounds) {
			v.grounds[g].text = from.grounds[g].text
		}
	}
	if from.grid.ask != nil && from.grid.group < len(v.grounds) {
		v.grid.take(from.grid.group, *from.grid.ask)
	}
	if q := &from.quiver; q.ask != nil && q.group < len(v.grounds) {
		v.quiver.group, v.quiver.walk, v.quiver.ask, v.quiver.stale = q.group, q.walk, q.ask, true
	}
}

// complain tells the page what was wrong.
func (c *conn) complain(err error) {
	p := problemOf(err)
	if p.Status >= 500 {
		c.srv.log.Error("command failed", "error", err)
	}
	c.out.put(textMessage(errorMessage{1, "error", p.Title, p.Detail, p.Field}))
}
