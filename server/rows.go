package server

import (
	"math"
	"slices"

	"thalweg/sim"
)

// clocks are the columns of a scalars row before the measures.
var clocks = []string{"step", "time", "gradients", "evaluations", "epochs"}

// clockOf gives the index of each clock in sim.Clocks; step is the record's own.
var clockOf = func() []int {
	out := make([]int, len(clocks))
	for i, name := range clocks {
		out[i] = slices.Index(sim.Clocks, name)
	}
	return out
}()

// An encoded message is ready for any socket; frames says what is in it, so that sequences can be counted.
type encoded struct {
	bytes   []byte
	frames  []sequenced
	thinned bool
}

type sequenced struct {
	walk int
	kind uint8
}

// A messageKey says what a message holds. Viewers who were sent the same before (history) and are owed the same now
// get the same bytes.
type messageKey struct {
	kind            uint8
	from, to, limit int
	paths           uint64
	history         uint64
}

// A cache keeps the messages that were encoded last.
type cache struct {
	known map[messageKey]*encoded
	order []messageKey
	bytes int
}

// The bounds of a cache: enough for a class that is spread over some seconds.
const (
	maxCached      = 512
	maxCachedBytes = 4 << 20
)

func (c *cache) get(k messageKey) *encoded { return c.known[k] }

func (c *cache) put(k messageKey, e *encoded) {
	if c.known == nil {
		c.known = map[messageKey]*encoded{}
	}
	c.known[k] = e
	c.order = append(c.order, k)
	c.bytes += len(e.bytes)
	for len(c.order) > maxCached || c.bytes > maxCachedBytes && len(c.order) > 1 {
		c.bytes -= len(c.known[c.order[0]].bytes)
		delete(c.known, c.order[0])
		c.order = c.order[1:]
	}
}

// mix folds numbers into a hash, by the finaliser of splitmix64.
func mix(h uint64, numbers ...int) uint64 {
	for _, n := range numbers {
		h += uint64(n) + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// rowSize is the number of bytes that one record of all walks takes.
func (r *live) rowSize() int {
	return len(r.group) * 8 * (len(clocks) + len(r.columns) + 5)
}

// frameBytes is what the headers of a message with all walks take.
func (r *live) frameBytes() int { return 2 * headerSize * len(r.group) }

// appendScalars writes the scalars frame of the chosen records of a walk.
func (r *live) appendScalars(b []byte, m *sim.MethodTrace, walk int, records []int, thinned bool, sequence uint32) []byte {
	columns := len(clocks) + len(r.columns)
	b = appendHeader(b, header{kind: kindScalars, flags: flags(m, records, thinned), run: r.number, method: uint16(walk),
		step: uint32(m.Step[records[0]]), sequence: sequence, rows: uint32(len(records)), columns: uint32(columns)})
	row := make([]float64, columns)
	for _, i := range records {
		row[0] = float64(m.Step[i])
		for k, c := range clockOf[1:] {
			row[1+k] = math.NaN()
			if i < len(m.Clock[c]) {
				row[1+k] = m.Clock[c][i]
			}
		}
		for k, c := range r.columns {
			row[len(clocks)+k] = scalar(&m.Series[c], m.Step[i], i)
		}
		b = appendNumbers(b, kindScalars, row)
	}
	return b
}

// scalar is the reading of a measure at a record, NaN where it was not read then.
func scalar(s *sim.Series, step, record int) float64 {
	if record < len(s.Step) && s.Step[record] == step {
		return s.Value[record]
	}
	if i, ok := slices.BinarySearch(s.Step, step); ok {
		return s.Value[i]
	}
	return math.NaN()
}

func flags(m *sim.MethodTrace, records []int, thinned bool) (f uint16) {
	if thinned {
		f |= flagThinned
	}
	if m.State != sim.Running && records[len(records)-1] == m.Records()-1 {
		f |= flagLast
	}
	return f
}

// appendPath writes the path frame of the chosen records of a walk; ok is false when no point of them was kept.
func (r *live) appendPath(b []byte, p *plane, k int, m *sim.MethodTrace, walk int, records []int, thinned bool, sequence uint32) (out []byte, ok bool) {
	start := len(b)
	b = append(b, make([]byte, headerSize)...)
	rows, first := 0, 0
	for _, i := range records {
		row := p.row(k, m.Step[i])
		if row == nil {
			continue
		}
		if rows == 0 {
			first = m.Step[i]
		}
		b = appendNumbers(b, kindPath, row)
		rows++
	}
	if rows == 0 {
		return b[:start], false
	}
	appendHeader(b[:start], header{kind: kindPath, flags: flags(m, records, thinned), run: r.number, method: uint16(walk), measure: uint16(p.version),
		step: uint32(first), sequence: sequence, rows: uint32(rows), columns: uint32(p.columns)})
	return b, true
}
