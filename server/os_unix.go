//go:build unix

package server

import (
	"syscall"
	"time"
)

// writeNow writes what a non-blocking socket takes at once.
func writeNow(raw syscall.RawConn, b []byte) (n int, err error) {
	var failed error
	err = raw.Write(func(fd uintptr) bool {
		for {
			n, failed = tryWrite(fd, b)
			if failed != syscall.EINTR {
				return true
			}
		}
	})
	n = max(n, 0)
	if err == nil && failed != syscall.EAGAIN {
		err = failed
	}
	return n, err
}

// processTime is the time that the processors spent on this process.
func processTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
