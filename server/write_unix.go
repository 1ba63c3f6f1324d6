//go:build unix && !linux

package server

import "syscall"

// tryWrite writes to a non-blocking socket.
func tryWrite(fd uintptr, b []byte) (int, error) { return syscall.Write(int(fd), b) }
