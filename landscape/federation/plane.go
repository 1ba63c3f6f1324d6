package federation

import (
	"context"
	"math"
	"slices"

	"thalweg/landscape/kernel"
)

// OnPlane implements landscape.Planar: logits are affine in the weights, so that those of every row are computed three
// times and then combined.
func (s *Softmax) OnPlane(ctx context.Context, origin, u, v []float64) func(losses, at []float64, t float64) {
	n, c := s.Clients(), s.Classes
	rows := len(s.Y)
	base, along, across := make([]float64, rows*c), make([]float64, rows*c), make([]float64, rows*c)
	blocks(n, func(low, high, _ int) {
		for i := low; i < high; i++ {
			part := func(all []float64) []float64 { return all[i*s.PerClient*c : (i+1)*s.PerClient*c] }
			s.linear(part(base), origin, i)
			s.linear(part(along), u, i)
			s.linear(part(across), v, i)
		}
	})
	// |origin + s u + t v|² for the penalty.
	oo, uu, vv, ou, ov, uv := kernel.Dot(origin, origin), kernel.Dot(u, u), kernel.Dot(v, v), kernel.Dot(origin, u), kernel.Dot(origin, v), kernel.Dot(u, v)
	return func(losses, at []float64, t float64) {
		clear(losses)
		room := make([]float64, len(at)*c)
		for r := range rows {
			if r%1024 == 0 && ctx.Err() != nil {
				return
			}
			o, a, b, label := base[r*c:(r+1)*c], along[r*c:(r+1)*c], across[r*c:(r+1)*c], s.Y[r]
			for i, x := range at {
				row := room[i*c : (i+1)*c]
				for k := range row {
					row[k] = o[k] + x*a[k] + t*b[k]
				}
				top := slices.Max(row)
				losses[i] += top - row[label]
				for k := range row {
					row[k] -= top
				}
			}
			kernel.MapExp(room, room)
			for i := range at {
				losses[i] += math.Log(kernel.Sum(room[i*c : (i+1)*c]))
			}
		}
		for i, x := range at {
			square := oo + x*x*uu + t*t*vv + 2*(x*ou+t*ov+x*t*uv)
			losses[i] = losses[i]/float64(rows) + s.Penalty/2*square
		}
	}
}
