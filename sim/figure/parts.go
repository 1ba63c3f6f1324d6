package figure

// A Region is the ground at and above a contour, for those who paint it themselves.
type Region struct {
	// Path is closed and to be filled by the even-odd rule, low regions first; its border is the contour.
	Path string
	// Height is where the region lies from 0 to 1, for its colour.
	Height float64
	Major  bool
}

// A Tag is the label of a contour: its middle and the direction of the text.
type Tag struct {
	X, Y, DX, DY float64
	Text         string
}

// The size of the box that paths of Regions lie in, y downwards.
const BoxWidth, BoxHeight = 1000, 740

// Regions parts the ground at its contours. base is the height of what lies below all of them, hatched the path of the
// cells without a value. The paths take at most room bytes together, but for what cannot be left out.
func (f *Figure) Regions(room int) (base float64, out []Region, hatched string, tags []Tag) {
	s := newSheet(f)
	s.ground = box{0, 0, BoxWidth, BoxHeight}
	s.k = 1.5 // a page of ordinary width is half to two thirds of the box
	for d := (detail{tolerance: .1}); ; d = d.coarser() {
		out = nil
		size := 0
		lines := s.regions(d, func(b *band, path []byte) {
			out = append(out, Region{string(path), b.place, b.major})
			size += len(path)
		})
		if size <= room || d.every > 1<<10 {
			for _, at := range s.spots(lines) {
				x, y := at.direction()
				tags = append(tags, Tag{at.x, at.y, x, y, at.text})
			}
			break
		}
	}
	return s.base, out, string(s.hatched()), tags
}

// Thin keeps at most about n of the points of a line: the ends, and of every stretch between the points farthest to
// either side, so that swings stay. It returns their indices.
func Thin(v []float64, n int) []int {
	var out []int
	if len(v) <= n || len(v) < 3 {
		for i := range v {
			out = append(out, i)
		}
		return out
	}
	parts := max(1, (n-2)/2)
	inner := len(v) - 2
	out = append(out, 0)
	for k := range parts {
		from, to := 1+k*inner/parts, 1+(k+1)*inner/parts
		if from >= to {
			continue
		}
		low, high := from, from
		for i := from; i < to; i++ {
			if v[i] < v[low] || v[low] != v[low] {
				low = i
			}
			if v[i] > v[high] || v[high] != v[high] {
				high = i
			}
		}
		out = append(out, min(low, high))
		if low != high {
			out = append(out, max(low, high))
		}
	}
	return append(out, len(v)-1)
}
