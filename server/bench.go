package server

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// benchFrame is the size of a frame of BenchStream's.
const benchFrame = 64 << 10

// BenchStream serves a frame of 64 KiB, stamped with the time in its first eight bytes, sixty times a second to every
// websocket client at /, through the outbox that pages are served by. It ends after some seconds and writes what the
// server spent: processor time since the first client, frames taken by a socket or waiting for one, frames dropped.
func BenchStream(ctx context.Context, w io.Writer, port int, seconds float64) error {
	s := bare(nil)
	defer s.Close()
	var mu sync.Mutex
	conns := map[*conn]struct{}{}
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	web := &http.Server{ReadHeaderTimeout: readHeaderTime, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.upgrade(w, r)
		if err != nil {
			return
		}
		mu.Lock()
		conns[c] = struct{}{}
		mu.Unlock()
		c.serve()
		mu.Lock()
		delete(conns, c)
		mu.Unlock()
	})}
	go web.Serve(ln)
	defer web.Close()

	clock := time.NewTicker(period)
	defer clock.Stop()
	end := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer end.Stop()
	var queued, dropped int64
	var base time.Duration
	var round []*conn
	var buffer []byte // used again while every socket takes all of it at once
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			_, err := fmt.Fprintf(w, "{\"server\":\"thalweg\",\"cpu_s\":%.4f,\"queued\":%d,\"dropped\":%d}\n", (processTime() - base).Seconds(), queued, dropped)
			return err
		case <-clock.C:
		}
		round = round[:0]
		mu.Lock()
		for c := range conns {
			round = append(round, c)
		}
		mu.Unlock()
		if len(round) == 0 {
			continue
		}
		if base == 0 {
			base = processTime()
		}
		if buffer == nil {
			buffer = make([]byte, wireRoom+benchFrame)
		}
		binary.LittleEndian.PutUint64(buffer[wireRoom:], uint64(time.Now().UnixNano()))
		b := wireFrame(opBinary, buffer)
		for _, c := range round {
			if c.out.offer(b) {
				queued++
			} else {
				dropped++
			}
			if !c.out.idle() {
				buffer = nil // somebody still reads from it
			}
		}
	}
}
