package server

import (
	"io"
	"runtime"

	"github.com/VictoriaMetrics/metrics"
)

// meters are what /metrics tells, beside the Go runtime's own.
type meters struct {
	set                                                   *metrics.Set
	opened, completed, messages, bytes, thinned, heldBack *metrics.Counter
	panics, requests                                      *metrics.Counter
	tick, request                                         *metrics.Histogram
}

func newMeters(s *Server) *meters {
	set := metrics.NewSet()
	m := &meters{
		set:       set,
		opened:    set.NewCounter("thalweg_runs_opened_total"),
		completed: set.NewCounter("thalweg_runs_completed_total"),
		messages:  set.NewCounter("thalweg_stream_messages_total"),
		bytes:     set.NewCounter("thalweg_stream_bytes_total"),
		thinned:   set.NewCounter("thalweg_stream_thinned_total"),
		heldBack:  set.NewCounter("thalweg_stream_held_back_total"),
		panics:    set.NewCounter("thalweg_panics_total"),
		requests:  set.NewCounter("thalweg_http_requests_total"),
		tick:      set.NewHistogram("thalweg_stream_tick_seconds"),
		request:   set.NewHistogram("thalweg_http_request_seconds"),
	}
	set.NewGauge("thalweg_runs", func() float64 { return float64(s.runs.count()) })
	set.NewGauge("thalweg_connections", func() float64 { return float64(s.connections()) })
	set.NewGauge("thalweg_viewers", func() float64 {
		n := 0
		for _, r := range s.runs.list() {
			r.mu.Lock()
			n += len(r.viewers)
			r.mu.Unlock()
		}
		return float64(n)
	})
	set.NewGauge("thalweg_goroutines", func() float64 { return float64(runtime.NumGoroutine()) })
	return m
}

func (m *meters) write(w io.Writer) {
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}
