// Package server shows labs to browsers: pages, an API, and a stream of what runs compute.
//
// One run is computed once, for all who watch it, by a goroutine of its own. Each page has one connection with a
// bounded outbox, and one ticker serves all of them.
package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"thalweg/sim"
	"thalweg/sim/param"
)

// Options say what is served, and how.
type Options struct {
	Labs    []*sim.Lab
	Version string
	// Base is a path prefix under which everything lives, such as /thalweg.
	Base string
	// Data is a directory that keeps uploads over restarts; empty keeps them in memory alone.
	Data string
	// Now is the clock of uploads; nil is that of the machine.
	Now func() time.Time
	// Log takes what went wrong; nil is silent.
	Log    *slog.Logger
	Limits Limits
}

// Limits bound what visitors can ask for. Zero fields take the defaults.
type Limits struct {
	// Runs is how many runs are kept at once (64), Connections how many pages are connected (2000).
	Runs, Connections int
	// NewRuns and Turns are how many new runs and turned controls a minute one address may cause (30 and 240).
	// Opening a run that exists is free.
	NewRuns, Turns int
	// PauseAfter is how long an unwatched run goes on (60 s), DropAfter when it is forgotten (10 min).
	PauseAfter, DropAfter time.Duration
	// Uploads is how many uploads are held in memory at once (256), UploadBytes what they may take in all with what was
	// read from them (512 MiB), NewUploads how many a minute one address may make (60), KeepUploads how long one is held
	// that nobody uses (1 h).
	Uploads, UploadBytes, NewUploads int
	KeepUploads                      time.Duration
	// Explorations is how many explorations of all runs go on at once (16).
	Explorations int
	// Request bounds a request that waits for runs to end: exports and verdicts (2 min).
	Request time.Duration
}

func (l Limits) filled() Limits {
	whole := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	whole(&l.Runs, 64)
	whole(&l.Connections, 2000)
	whole(&l.NewRuns, 30)
	whole(&l.Turns, 240)
	whole(&l.Uploads, 256)
	whole(&l.UploadBytes, 512<<20)
	whole(&l.NewUploads, 60)
	span(&l.KeepUploads, time.Hour)
	whole(&l.Explorations, 16)
	span(&l.PauseAfter, time.Minute)
	span(&l.DropAfter, 10*time.Minute)
	span(&l.Request, 2*time.Minute)
	return l
}

// The clocks of HTTP. Hijacked connections have their own.
const (
	readHeaderTime = 10 * time.Second
	readTime       = 30 * time.Second
	writeTime      = 30 * time.Second
	idleTime       = 2 * time.Minute
	stopTime       = 2500 * time.Millisecond
	sweepEvery     = time.Second
)

// A Server serves labs. Close it when it is no longer needed.
type Server struct {
	labs    []*sim.Lab
	version string
	base    string
	log     *slog.Logger
	limits  Limits
	web     *echo.Echo
	assets  *assets
	thumbs  *thumbs

	core     *core
	runs     *registry
	uploads  *uploads
	ticker   *ticker
	verifier *verifier
	metrics  *meters
	judging  chan struct{} // one request for verdicts at a time
	reading  chan struct{} // and two files that are sent
	// exploring counts the explorations under way; budget ends one when its seconds are over.
	exploring atomic.Int64
	budget    func(ctx context.Context, of time.Duration) (context.Context, context.CancelFunc)

	ctx  context.Context
	stop context.CancelFunc

	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup // goroutines, under mu until closed
	conns  map[*conn]struct{}
	asking int // connections being made
}

// New returns a server of labs.
func New(o Options) (*Server, error) {
	base := strings.TrimSuffix(o.Base, "/")
	if base != "" && (!strings.HasPrefix(base, "/") || strings.ContainsAny(base, "?#:*\\ ") || strings.Contains(base, "//")) {
		return nil, param.Refuse("base", "%q is not a path prefix such as /thalweg", o.Base)
	}
	s := bare(o.Log)
	s.labs, s.version, s.base, s.limits = o.Labs, o.Version, base, o.Limits.filled()
	s.runs, s.ticker, s.verifier = newRegistry(s), newTicker(s), newVerifier(s)
	s.metrics = newMeters(s)
	now := o.Now
	if now == nil {
		now = time.Now
	}
	var err error
	if s.uploads, err = newUploads(s, o.Data, now); err != nil {
		s.stop()
		return nil, err
	}
	if s.assets, err = newAssets(); err != nil {
		s.stop()
		return nil, err
	}
	s.thumbs = newThumbs(s)
	s.routes()
	s.spawn(s.sweep)
	return s, nil
}

// bare returns a server that can have connections, but no labs or pages.
func bare(log *slog.Logger) *Server {
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s := &Server{log: log, core: newCore(), conns: map[*conn]struct{}{}, judging: make(chan struct{}, 1), reading: make(chan struct{}, 2), budget: context.WithTimeout}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Handler returns the server as a handler, for those who bring their own http.Server.
func (s *Server) Handler() http.Handler { return s.web }

// Serve serves a listener until ctx ends, and returns when everything has stopped.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	web := &http.Server{Handler: s.web, ReadHeaderTimeout: readHeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(ln) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.begone()
	limit, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if web.Shutdown(limit) != nil {
		web.Close()
	}
	s.Close()
	if err == nil {
		err = <-failed
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// begone says goodbye to all pages and ends all computation.
func (s *Server) begone() {
	s.mu.Lock()
	s.closed = true
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	for _, c := range conns {
		c.out.finish(closeGoingAway, "the server is stopping")
	}
	s.stop()
}

// Close ends all connections and runs, and returns when their goroutines have ended.
func (s *Server) Close() {
	s.begone()
	s.all.Wait()
}

// spawn starts a goroutine that Close waits for, unless the server is closed.
func (s *Server) spawn(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.all.Go(f)
	return true
}

// sweep looks after runs and connections once a second.
func (s *Server) sweep() {
	clock := time.NewTicker(sweepEvery)
	defer clock.Stop()
	for age := 1; ; age++ {
		select {
		case <-clock.C:
		case <-s.ctx.Done():
			return
		}
		s.runs.sweep()
		s.uploads.sweep()
		if age%int(pingEvery/sweepEvery) != 0 {
			continue
		}
		s.mu.Lock()
		for c := range s.conns {
			c.out.put(textFrame(opPing, nil))
		}
		s.mu.Unlock()
	}
}

func (s *Server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// lab finds a lab by id.
func (s *Server) lab(id string) (*sim.Lab, error) {
	ids := make([]string, len(s.labs))
	for i, l := range s.labs {
		if l.ID == id {
			return l, nil
		}
		ids[i] = l.ID
	}
	return nil, refuse(http.StatusNotFound, "no such lab", "%.40q is not one of %s", id, join(ids))
}

// resolve checks a draft and completes it.
func (s *Server) resolve(d sim.Draft) (*sim.Spec, error) {
	if d.Lab == "" {
		return nil, param.Refuse("lab", "is missing")
	}
	l, err := s.lab(d.Lab)
	if err != nil {
		var known *statusError
		errors.As(err, &known)
		return nil, param.Refuse("lab", "%s", known.detail)
	}
	d.Files = s.uploads
	return l.Resolve(d)
}
