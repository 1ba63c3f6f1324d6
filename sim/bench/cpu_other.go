//go:build !unix

package bench

import "time"

var start = time.Now()

// cpuSeconds is wall time where the processor time of a process is not to be had.
func cpuSeconds() float64 { return time.Since(start).Seconds() }
