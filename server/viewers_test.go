package server

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkViewers measures what each of two hundred viewers of one run gets: messages a second of the slowest, and
// how late messages are. A row is due at the time of its step; what is late is reckoned from the earliest start that
// explains a viewer's messages. The aim is 58 messages a second and p99 below 50 ms on two idle cores.
func BenchmarkViewers(b *testing.B) {
	const viewers, span = 200, 4 * time.Second
	type arrival struct {
		at   time.Time
		step int
	}
	for b.Loop() {
		_, web := serve(b, Limits{}, "")
		logs := make([][]arrival, viewers)
		var ready, all sync.WaitGroup
		ready.Add(viewers)
		for i := range logs {
			p := dial(b, web, "")
			p.send(`{"type":"open","link":"/lab/bowl?steps=5000"}`)
			p.text("opened", nil)
			p.send(`{"type":"play"}`)
			all.Go(func() {
				var start time.Time
				for start.IsZero() || time.Since(start) < span {
					kind, data, err := p.ws.ReadMessage()
					if err != nil {
						b.Error(err)
						return
					}
					if kind != websocket.BinaryMessage {
						continue
					}
					now := time.Now()
					frames, err := decodeFrames(data)
					if err != nil {
						b.Error(err)
						return
					}
					if start.IsZero() {
						ready.Done()
						ready.Wait()
						start = time.Now()
						continue
					}
					f := frames[0]
					logs[i] = append(logs[i], arrival{now, int(f.values[(f.rows-1)*f.columns])})
				}
			})
		}
		all.Wait()
		var late []time.Duration
		slowest := 1e9
		for _, l := range logs {
			// The first second fills the page's buffer and is faster than the play.
			l = slices.DeleteFunc(l, func(a arrival) bool { return l[len(l)-1].at.Sub(a.at) > span-time.Second })
			slowest = min(slowest, float64(len(l)-1)/l[len(l)-1].at.Sub(l[0].at).Seconds())
			due := func(a arrival) time.Time { return a.at.Add(-time.Duration(a.step) * period) }
			start := due(slices.MinFunc(l, func(a, b arrival) int { return due(a).Compare(due(b)) }))
			for _, a := range l {
				late = append(late, due(a).Sub(start))
			}
		}
		slices.Sort(late)
		b.ReportMetric(slowest, "messages/s")
		b.ReportMetric(float64(late[len(late)/2])/1e6, "p50-ms")
		b.ReportMetric(float64(late[len(late)*99/100])/1e6, "p99-ms")
	}
}
