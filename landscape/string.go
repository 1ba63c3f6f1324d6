package landscape

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A StringPath is a string of images between two points that has fallen onto the way of least height between them: where
// it rests, the gradient lies along it.
type StringPath struct {
	Images [][]float64
	// Arc is the length along the string from its first image, Loss the loss of each image.
	Arc, Loss []float64
	// Highest is the image of the highest loss that is not an end, or an end where all others are lower. Saddle is the
	// critical point of index 1 that Newton's method reaches from there, nil where it reaches none; the loss there and
	// not that of an image is the height of the pass. Barrier is how far it rises above the higher end.
	Highest int
	Saddle  *Critical
	Barrier float64
	// Moved is how far the image that moved most went in the last iteration, by its step and as a share of the string's
	// mean slope.
	Moved                   float64
	Iterations, Evaluations int
	Converged               bool
	Note                    string
}

// StringOptions ask for a string; zero values mean the usual.
type StringOptions struct {
	// Images is their number, the ends included, 0 means 31; Iterations bounds the iterations, 0 means 4000.
	Images, Iterations int
	// Step is the length of a step of descent, 0 finds one that the curvatures along the string can stand.
	Step float64
	// Springs hold the images apart in place of spreading them evenly: a nudged elastic band.
	Springs bool
	// Rest is how little a string moves that rests: per step, as a share of its mean slope; 0 means 1e-3.
	Rest float64
	// Every is the number of iterations between two calls of tell, 0 means 20.
	Every int
}

const (
	stringImages, minImages, maxImages = 31, 3, 501
	stringIterations                   = 4000
	stringEvery                        = 20
	atRest                             = 1e-3
	// stepEvery is the number of iterations after which a step is chosen again.
	stepEvery = 200
)

// String lets a string from a to b fall: each image takes a step of descent, then the images are spread evenly along the
// string again (E, Ren and Vanden-Eijnden, 2007). The ends stay. At last Newton's method climbs from the highest image
// to the saddle. tell, if not nil, hears of the string under way. Where iterations or ctx end before it rests, the
// string so far comes back unconverged, with the error of ctx.
func String(ctx context.Context, f Curved, a, b []float64, o StringOptions, tell func(*StringPath)) (*StringPath, error) {
	if o.Images == 0 {
		o.Images = stringImages
	}
	if o.Iterations == 0 {
		o.Iterations = stringIterations
	}
	if o.Rest == 0 {
		o.Rest = atRest
	}
	if o.Every == 0 {
		o.Every = stringEvery
	}
	n := f.Dim()
	if len(a) != n || len(b) != n {
		return nil, fmt.Errorf("a string from %d coordinates to %d of a loss of dimension %d", len(a), len(b), n)
	}
	if o.Images < minImages || o.Images > maxImages {
		return nil, fmt.Errorf("a string of %d images, want %d to %d", o.Images, minImages, maxImages)
	}
	if !allFinite(a) || !allFinite(b) || !(Distance(a, b) > 0) {
		return nil, fmt.Errorf("a string needs two ends that are finite and apart: %w", ErrDegenerate)
	}
	s := &falling{ctx: ctx, f: f, o: o, h: o.Step}
	s.out.Images = make([][]float64, o.Images)
	s.grads, s.spread = make([][]float64, o.Images), make([][]float64, o.Images)
	for i := range s.out.Images {
		s.out.Images[i], s.grads[i], s.spread[i] = make([]float64, n), make([]float64, n), make([]float64, n)
		for k := range a {
			s.out.Images[i][k] = a[k] + (b[k]-a[k])*float64(i)/float64(o.Images-1)
		}
	}
	copy(s.out.Images[o.Images-1], b)
	s.out.Loss, s.out.Arc = make([]float64, o.Images), make([]float64, o.Images)
	err := s.fall(tell)
	s.measure()
	if err == nil {
		err = s.climb()
	}
	out := s.out
	return &out, err
}

// A falling string.
type falling struct {
	ctx           context.Context
	f             Curved
	o             StringOptions
	h             float64
	out           StringPath
	grads, spread [][]float64
}

// each calls do for all images but the ends, or with them, on all processors.
func (s *falling) each(from, to int, do func(i int)) error {
	var next atomic.Int64
	next.Store(int64(from))
	var all sync.WaitGroup
	for range min(to-from, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < to && s.ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
	return s.ctx.Err()
}

// fall iterates until the string rests.
func (s *falling) fall(tell func(*StringPath)) error {
	x, last := s.out.Images, s.o.Images-1
	if err := s.each(0, last+1, func(i int) { s.out.Loss[i] = s.f.Grad(s.grads[i], x[i]) }); err != nil {
		return err
	}
	s.out.Evaluations += last + 1
	for s.out.Iterations < s.o.Iterations {
		if s.o.Step == 0 && s.out.Iterations%stepEvery == 0 {
			if err := s.choose(); err != nil {
				return err
			}
		}
		if s.o.Springs {
			s.pull()
		} else {
			s.descend()
		}
		for i := 1; i < last; i++ {
			if !allFinite(x[i]) {
				s.out.Note = "an image left the finite numbers: the step is too long"
				for i := 1; i < last; i++ {
					copy(x[i], s.spread[i])
				}
				return nil
			}
		}
		if !s.o.Springs {
			s.even()
		}
		moved := 0.0
		for i := 1; i < last; i++ {
			moved = max(moved, Distance(x[i], s.spread[i]))
		}
		s.out.Iterations++
		if err := s.each(1, last, func(i int) { s.out.Loss[i] = s.f.Grad(s.grads[i], x[i]) }); err != nil {
			return err
		}
		s.out.Evaluations += last - 1
		s.out.Moved = moved / s.h / s.slope()
		if s.out.Converged = s.out.Moved < s.o.Rest; s.out.Converged {
			return nil
		}
		if tell != nil && s.out.Iterations%s.o.Every == 0 {
			s.measure()
			told := s.out
			told.Images = make([][]float64, len(x))
			for i := range x {
				told.Images[i] = slices.Clone(x[i])
			}
			told.Loss, told.Arc = slices.Clone(told.Loss), slices.Clone(told.Arc)
			tell(&told)
		}
	}
	s.out.Note = fmt.Sprintf("budget spent (%d iterations): the string still moves, by %.2g of its slope", s.out.Iterations, s.out.Moved)
	return nil
}

// descend takes a step downhill with every inner image.
func (s *falling) descend() {
	x := s.out.Images
	for i := 1; i < len(x)-1; i++ {
		copy(s.spread[i], x[i]) // where it was
		addScaled(x[i], -s.h, s.grads[i])
	}
}

// slope is how much the loss varies along the string over its length.
func (s *falling) slope() float64 {
	length := 0.0
	for i := 1; i < len(s.out.Images); i++ {
		length += Distance(s.out.Images[i-1], s.out.Images[i])
	}
	return max((slices.Max(s.out.Loss)-slices.Min(s.out.Loss))/length, math.SmallestNonzeroFloat64)
}

// choose finds a step that the largest curvature along the string can stand.
func (s *falling) choose() error {
	top := 0.0
	count := len(s.out.Images)
	for i := 0; i < count; i += max(1, count/8) {
		p, err := EndPairs(s.ctx, s.f, s.out.Images[i], EndOptions{High: 1, Tolerance: 1e-2, Once: true})
		s.out.Evaluations += p.Products
		if err != nil {
			return err
		}
		for _, pair := range p.High {
			top = max(top, math.Abs(pair.Value))
		}
	}
	if s.h = 0.5 / top; !(s.h < 1e6) {
		s.h = 1
	}
	return nil
}

// even spreads the images along the string at equal distances; spread[i] for the inner ones holds where they were.
func (s *falling) even() {
	x := s.out.Images
	last := len(x) - 1
	s.lengths()
	arc := s.out.Arc
	moved := make([][]float64, last+1)
	piece := 0
	for i := 1; i < last; i++ {
		at := arc[last] * float64(i) / float64(last)
		for piece < last-1 && arc[piece+1] < at {
			piece++
		}
		share := (at - arc[piece]) / (arc[piece+1] - arc[piece])
		moved[i] = make([]float64, len(x[i]))
		for k := range moved[i] {
			moved[i][k] = x[piece][k] + share*(x[piece+1][k]-x[piece][k])
		}
	}
	for i := 1; i < last; i++ {
		copy(x[i], moved[i])
	}
}

func (s *falling) lengths() {
	for i := 1; i < len(s.out.Images); i++ {
		s.out.Arc[i] = s.out.Arc[i-1] + Distance(s.out.Images[i-1], s.out.Images[i])
	}
}

// measure fills in lengths and the highest image.
func (s *falling) measure() {
	s.lengths()
	last := len(s.out.Loss) - 1
	s.out.Highest = 0
	for i, loss := range s.out.Loss {
		if loss > s.out.Loss[s.out.Highest] || s.out.Highest == 0 && i < last && loss >= s.out.Loss[0] {
			s.out.Highest = i
		}
	}
	s.out.Barrier = s.out.Loss[s.out.Highest] - max(s.out.Loss[0], s.out.Loss[last])
}

// climb goes from the highest image to the saddle.
func (s *falling) climb() error {
	if last := len(s.out.Images) - 1; s.out.Highest == 0 || s.out.Highest == last {
		s.note("no image is higher than the ends")
		return nil
	}
	h := newHunter(s.ctx, s.f, Search{})
	_, c := h.flatten(s.out.Images[s.out.Highest])
	s.out.Evaluations += h.used
	if err := s.ctx.Err(); err != nil {
		return err
	}
	switch {
	case !c.Converged:
		s.note(fmt.Sprintf("no saddle was reached from the highest image: |g| = %.2g", c.GradNorm))
	case c.Index != 1:
		s.note(fmt.Sprintf("the highest image leads to a %s of index %d, not to a pass", c.Label(), c.Index))
	case Distance(c.X, s.out.Images[s.out.Highest]) > s.out.Arc[len(s.out.Arc)-1]:
		s.note("the saddle next to the highest image is farther away than the string is long")
	default:
		s.out.Saddle = &c
		s.out.Barrier = c.Loss - max(s.out.Loss[0], s.out.Loss[len(s.out.Loss)-1])
		return nil
	}
	s.out.Converged = false
	return nil
}

func (s *falling) note(text string) {
	if s.out.Note != "" {
		s.out.Note += "; "
	}
	s.out.Note += text
}
