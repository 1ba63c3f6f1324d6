package spuriousminima

import (
	"context"
	"fmt"
	"math"

	"thalweg/landscape"
	"thalweg/landscape/kernel"
	"thalweg/landscape/rng"
	"thalweg/landscape/teacher"
	"thalweg/sim"
)

// A survivor is a critical point of d+1 neurons of which d-1 are alike: seven numbers.
type survivor struct {
	loss, lowest float64
	index        int
}

// hunts is how many starts the search within the seven numbers has, spread how far around the split of the flipped neuron.
const (
	hunts  = 400
	spread = 0.4
)

// hunted searches for the critical points of d+1 neurons near type II with its last neuron split that have about the loss
// wanted, and returns the nearest.
func hunted(ctx context.Context, d int, wanted float64) (survivor, error) {
	point, err := teacher.Find(teacher.II, d)
	if err != nil {
		return survivor{}, err
	}
	space, err := teacher.NewSpace([]int{d - 1, 1}, 1)
	if err != nil {
		return survivor{}, err
	}
	p := teacher.Orthonormal(d+1, d)
	base, _ := space.Fit(teacher.Split(point.W(), d, d, d-1, 0.5))
	key := rng.NewKey(1, 0, 0, uint64(d), rng.Probe)
	noise := make([]float64, len(base))
	best := survivor{loss: math.Inf(1)}
	for h := range hunts {
		if err := ctx.Err(); err != nil {
			return survivor{}, err
		}
		key.FillNormal(noise, uint64(h), 0)
		start := append([]float64(nil), base...)
		kernel.Axpy(start, spread, noise)
		xi, _, err := space.Newton(p, start)
		if err != nil {
			continue
		}
		x := space.Expand(xi)
		loss := p.Loss(x)
		if math.Abs(loss-wanted) >= math.Abs(best.loss-wanted) {
			continue
		}
		values := landscape.Spectrum(p, x)
		best = survivor{loss: loss, lowest: values[0], index: int(below(values, nil))}
		if math.Abs(loss-wanted) < 1e-10 {
			break
		}
	}
	return best, nil
}

func survivors(ctx context.Context) sim.Verdict {
	eight, err := hunted(ctx, 8, 0.0205607918030)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	ten, err := hunted(ctx, 10, 0.0178926551394)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	holds := math.Abs(eight.loss-0.020560791803) <= 1e-9 && math.Abs(eight.lowest-0.005944624706) <= 1e-9 && math.Abs(ten.loss-0.0178926551394) <= 1e-9 && eight.index == 0 && ten.index == 0
	return sim.Judge(holds, "%s; %s", eight, ten)
}

func passes(ctx context.Context) sim.Verdict {
	eight, err := hunted(ctx, 8, 0.0213688229222)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	ten, err := hunted(ctx, 10, 0.0186335080071)
	if err != nil {
		return sim.Judge(false, "%v", err)
	}
	holds := math.Abs(eight.loss-0.0213688229222) <= 1e-9 && math.Abs(eight.lowest+0.3472207093) <= 1e-9 && math.Abs(ten.loss-0.0186335080071) <= 1e-9 && math.Abs(ten.lowest+0.5433041854) <= 1e-9
	return sim.Judge(holds && eight.index == 1 && ten.index == 1, "%s; %s", eight, ten)
}

func (s survivor) String() string {
	return fmt.Sprintf("loss %.12f, %d ways down, lowest %.10f", s.loss, s.index, s.lowest)
}
