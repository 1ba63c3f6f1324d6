package nets

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"thalweg/landscape/kernel"
)

// A convolution has filters of 3 x 3 taps, a border of one zero around the image and a stride of two: an image of side s
// gives one of side ceil(s/2) for each filter. A row of inputs is one square image, row after row; between layers the
// channels stand one after another. The weights of a filter are a row of the layer's weight matrix: for each channel
// below it its nine taps, row after row. So filter normalisation and blocks see a filter as they see a unit.
const (
	taps        = 9
	maxFilters  = 64
	maxLayers   = 6
	maxWidth    = 512
	filterStart = "c"
)

// ParseArchitecture reads hidden layers such as "16-16" or "c8-c16-24": convolutions of so many filters first, then
// dense layers of so many units. The empty text is a linear model.
func ParseArchitecture(text string) (filters, widths []int, err error) {
	if text == "" {
		return nil, nil, nil
	}
	fields := strings.Split(text, "-")
	for _, f := range fields {
		number, convolution := strings.CutPrefix(f, filterStart)
		most := maxWidth
		if convolution {
			most = maxFilters
		}
		n, err := strconv.Atoi(number)
		switch {
		case err != nil || n < 1 || n > most || len(fields) > maxLayers || convolution && widths != nil:
			if strings.Contains(text, filterStart) {
				return nil, nil, fmt.Errorf("'%s' — convolutions c1 to c%d, then widths 1 to %d, joined by '-', at most six", text, maxFilters, maxWidth)
			}
			return nil, nil, fmt.Errorf("'%s' — widths 1 to %d joined by '-', at most six", text, maxWidth)
		case convolution:
			filters = append(filters, n)
		default:
			widths = append(widths, n)
		}
	}
	return filters, widths, nil
}

// Sizes are the sizes of a net from inputs to outputs with these hidden layers. Filters need a square image as input.
func Sizes(inputs int, filters, widths []int, outputs int) ([]int, error) {
	sizes := []int{inputs}
	side := imageSide(inputs)
	if side == 0 && len(filters) > 0 {
		return nil, fmt.Errorf("a convolution needs a square image as input, not %d numbers", inputs)
	}
	for _, f := range filters {
		side = halved(side)
		sizes = append(sizes, f*side*side)
	}
	return append(append(sizes, widths...), outputs), nil
}

// imageSide is the side of a square image of so many pixels, 0 where there is none.
func imageSide(pixels int) int {
	side := int(math.Round(math.Sqrt(float64(pixels))))
	if side*side != pixels {
		return 0
	}
	return side
}

// halved is the side of the image that a convolution makes of one.
func halved(side int) int { return (side + 1) / 2 }

// reaches says which input unit each tap of a filter meets, for each convolution of s: for row q of the windows, which is
// a tap of a channel, and place p of the image that is made, element q*places+p, or -1 on the border.
func (s Shape) reaches() [][]int32 {
	all := make([][]int32, len(s.Filters))
	channels, side := 1, imageSide(s.Inputs())
	for l := range all {
		made := halved(side)
		for c := range channels {
			for tap := range taps {
				for place := range made * made {
					y, x := 2*(place/made)+tap/3-1, 2*(place%made)+tap%3-1
					unit := -1
					if y >= 0 && y < side && x >= 0 && x < side {
						unit = (c*side+y)*side + x
					}
					all[l] = append(all[l], int32(unit))
				}
			}
		}
		channels, side = s.Filters[l], made
	}
	return all
}

// windows are the inputs of layer i as its weight matrix meets them: h itself for a dense layer; for a convolution, in w,
// taps of channels x (places x rows of data).
func (n *Net[T]) windows(w *workspace[T], i int, h kernel.Mat[T]) kernel.Mat[T] {
	if i >= len(n.reach) {
		return h
	}
	l := n.layers[i]
	m := kernel.Dense(l.in, l.places*h.Cols, w.window)
	for k, unit := range n.reach[i] {
		to := m.Data[k*h.Cols:][:h.Cols]
		if unit < 0 {
			clear(to)
		} else {
			copy(to, h.Row(int(unit)))
		}
	}
	return m
}

// back stores the derivative by the inputs of layer i in dst, units x cols rows of data, or adds it there: the transpose
// of weights times delta, and for a convolution each input's sum over the windows that it is in.
func (n *Net[T]) back(w *workspace[T], dst []T, i int, weights, delta kernel.Mat[T], cols int, add bool) {
	l := n.layers[i]
	if i >= len(n.reach) {
		kernel.MulTN(kernel.Dense(l.in, cols, dst), weights, delta, add)
		return
	}
	m := kernel.Dense(l.in, delta.Cols, w.window)
	kernel.MulTN(m, weights, delta, false)
	if !add {
		clear(dst[:n.shape.Sizes[i]*cols])
	}
	for k, unit := range n.reach[i] {
		if unit >= 0 {
			kernel.Axpy(dst[int(unit)*cols:][:cols], 1, m.Data[k*cols:][:cols])
		}
	}
}

// columns stores the Hessian at theta in dst by a product for each column, side by side on all cores, and makes it
// exactly symmetric.
func (n *Net[T]) columns(ctx context.Context, dst, theta []T) error {
	at, err := n.fix(ctx, theta)
	if err != nil {
		return err
	}
	kernel.Blocks(n.dim, func(j int) {
		w := n.spare.take()
		defer n.spare.back(w)
		v, column := make([]T, n.dim), dst[j*n.dim:][:n.dim]
		v[j] = 1
		clear(column)
		for i := range n.tiles {
			if ctx.Err() != nil {
				return
			}
			n.product(w, at.passes[i], column, theta, v, i, 1/T(n.rows))
		}
		n.addDecay(column, v)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range n.dim {
		for j := range i {
			mean := (dst[i*n.dim+j] + dst[j*n.dim+i]) / 2
			dst[i*n.dim+j], dst[j*n.dim+i] = mean, mean
		}
	}
	return nil
}
