package server

import (
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The opcodes of websocket frames that the server writes.
const (
	opText   = 0x1
	opBinary = 0x2
	opClose  = 0x8
	opPing   = 0x9
	opPong   = 0xa
)

// Close codes of the websocket protocol.
const (
	closeNormal    = 1000
	closeGoingAway = 1001
	closeTryLater  = 1013
)

// wireRoom is the space that wireFrame needs before a payload.
const wireRoom = 10

// wireFrame makes a message ready for any number of sockets: b has wireRoom bytes before its payload, which the
// header of the websocket frame fills from the right. Servers do not mask, so the bytes are the same for all.
func wireFrame(op byte, b []byte) []byte {
	n := len(b) - wireRoom
	switch {
	case n < 126:
		b = b[8:]
		b[1] = byte(n)
	case n < 1<<16:
		b = b[6:]
		b[1] = 126
		binary.BigEndian.PutUint16(b[2:], uint16(n))
	default:
		b[1] = 127
		binary.BigEndian.PutUint64(b[2:], uint64(n))
	}
	b[0] = 0x80 | op
	return b
}

// textFrame wraps a text or control message.
func textFrame(op byte, payload []byte) []byte {
	b := make([]byte, wireRoom, wireRoom+len(payload))
	return wireFrame(op, append(b, payload...))
}

func closeFrame(code int, reason string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(code))
	return textFrame(opClose, append(b, reason...))
}

// The bounds of an outbox.
const (
	// maxWaiting is how many bytes of control messages and pictures may wait for a socket.
	maxWaiting = 1 << 20
	// roomBelow is how many bytes may wait before rows are held back; those then merge where they come from.
	roomBelow = 64 << 10
	// patience is how long a socket may take nothing at all, grace how long it then gets to take the close.
	patience = 10 * time.Second
	grace    = 3 * time.Second
)

var errBehind = errors.New("the client does not read")

// An outbox is what waits for one socket. Whoever has something to say tries to write it at once, without waiting;
// only what a full socket refuses is left to the connection's writer. So a tick costs one system call per viewer
// and no wake-up, and nobody ever waits for a reader.
type outbox struct {
	conn net.Conn
	raw  syscall.RawConn // nil where the connection is none of the operating system's

	mu      sync.Mutex
	queue   []parcel // the first may be partly written
	waiting int      // bytes in queue
	owed    int      // those of messages that must not be lost
	busy    bool     // the writer is in a blocking write
	err     error
	last    bool // a close frame is in the queue, nothing may follow
	wake    chan struct{}

	sent atomic.Int64
}

// A parcel is a message that waits; a control message may not be dropped.
type parcel struct {
	bytes   []byte
	control bool
}

func newOutbox(conn net.Conn) *outbox {
	o := &outbox{conn: conn, wake: make(chan struct{}, 1)}
	if s, ok := conn.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			o.raw = raw
		}
	}
	return o
}

// put takes a message that must not be lost. It reports false when the connection is beyond help.
func (o *outbox) put(b []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(b, true)
}

// offer takes rows or a picture if there is room for them now.
func (o *outbox) offer(b []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting < roomBelow && o.add(b, false)
}

// spare reports whether bulk may be used: a page that comes and goes must not pile up what it does not read.
func (o *outbox) spare() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting < maxWaiting
}

// bulk takes what makes up for an absence, whatever its size.
func (o *outbox) bulk(b []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(b, false)
}

// room reports whether offer would take a message.
func (o *outbox) room() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err == nil && !o.last && o.waiting < roomBelow
}

// idle reports whether nothing waits, so that no message is held any longer.
func (o *outbox) idle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) == 0 && !o.busy
}

func (o *outbox) add(b []byte, control bool) bool {
	if o.err != nil || o.last {
		return false
	}
	if len(o.queue) == 0 && !o.busy {
		n, err := o.try(b)
		if err != nil {
			o.fail(err)
			return false
		}
		if b = b[n:]; len(b) == 0 {
			return true
		}
	} else if o.owed > maxWaiting {
		o.giveUp()
		return false
	}
	o.push(parcel{b, control})
	return true
}

func (o *outbox) push(p parcel) {
	o.queue = append(o.queue, p)
	o.waiting += len(p.bytes)
	if p.control {
		o.owed += len(p.bytes)
	}
	o.signal()
}

// took notes that the first message in the queue is n bytes shorter now.
func (o *outbox) took(n int) {
	p := &o.queue[0]
	p.bytes = p.bytes[n:]
	o.waiting -= n
	if p.control {
		o.owed -= n
	}
	if len(p.bytes) == 0 {
		o.queue[0] = parcel{}
		o.queue = o.queue[1:]
	}
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// try writes what the socket takes without waiting.
func (o *outbox) try(b []byte) (int, error) {
	if o.raw == nil {
		return 0, nil
	}
	n, err := writeNow(o.raw, b)
	o.sent.Add(int64(n))
	return n, err
}

func (o *outbox) fail(err error) {
	if o.err == nil {
		o.err = err
	}
	o.queue, o.waiting, o.owed = nil, 0, 0
	o.signal()
}

// giveUp drops what waits and leaves the rest of a message begun and a close frame that asks to come back later.
func (o *outbox) giveUp() {
	if o.last {
		return
	}
	o.last = true
	keep := o.queue[:min(len(o.queue), 1)]
	o.queue, o.waiting, o.owed = nil, 0, 0
	for _, p := range keep {
		o.push(p)
	}
	o.push(parcel{closeFrame(closeTryLater, errBehind.Error()), true})
}

// finish queues a close frame as the last thing said.
func (o *outbox) finish(code int, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.add(closeFrame(code, reason), true) {
		o.last = true
	}
	o.signal()
}

// write is the connection's writer: it blocks on what the socket refused. It returns when the connection has failed,
// or has taken the close frame.
func (o *outbox) write() error {
	for {
		o.mu.Lock()
		for len(o.queue) == 0 {
			if o.err != nil || o.last {
				defer o.mu.Unlock()
				return o.err
			}
			o.mu.Unlock()
			<-o.wake
			o.mu.Lock()
		}
		b, last := o.queue[0].bytes, o.last
		o.busy = true
		o.mu.Unlock()

		limit := patience
		if last {
			limit = grace
		}
		o.conn.SetWriteDeadline(time.Now().Add(limit))
		n, err := o.conn.Write(b)
		o.conn.SetWriteDeadline(time.Time{})
		o.sent.Add(int64(n))

		o.mu.Lock()
		o.busy = false
		if len(o.queue) > 0 && o.err == nil {
			o.took(n)
		}
		if err != nil {
			if e, ok := err.(net.Error); !ok || !e.Timeout() || last {
				o.fail(err)
			} else if n == 0 {
				o.giveUp()
			}
		}
		o.mu.Unlock()
	}
}
