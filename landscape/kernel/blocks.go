package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parts is the number of pieces a parallel sum is cut into: fixed, so that the sum is the same on any
// number of cores.
const parts = 64

// Blocks calls do(0) ... do(n-1), each once, on as many goroutines as there are cores, and waits.
// Calls must write to different places.
func Blocks(n int, do func(block int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}

// Reduce adds part(low, high) over 64 consecutive ranges that cover 0..n-1, in their order, computing
// the parts in parallel: the sum has the same bits on any number of cores.
func Reduce(n int, part func(low, high int) float64) float64 {
	var sums [parts]float64
	Blocks(parts, func(i int) {
		if low, high := i*n/parts, (i+1)*n/parts; low < high {
			sums[i] = part(low, high)
		}
	})
	return Sum(sums[:])
}
