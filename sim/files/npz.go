package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"thalweg/sim/param"
)

// The bounds of an NPZ.
const (
	maxZipEntries = 4096
	// maxUnpacked is how many bytes all arrays that are looked at may unpack to, whatever the zip says of itself.
	maxUnpacked = 64 << 20
)

// Arrays is an NPZ: arrays by name, each unpacked when it is asked for, until the bound is used up.
type Arrays struct {
	files map[string]*zip.File
	names []string // in order
	left  int64
}

// OpenNPZ reads the list of a zip of .npy arrays.
func OpenNPZ(b []byte) (*Arrays, error) {
	// Counted before the reader makes room for each of them.
	if n := bytes.Count(b, []byte("PK\x01\x02")); n > maxZipEntries {
		return nil, fmt.Errorf("the zip lists %d files, at most %d are looked at", n, maxZipEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("the zip cannot be read: %w", err)
	}
	a := &Arrays{files: map[string]*zip.File{}, left: maxUnpacked}
	pickle := false
	for _, f := range z.File {
		pickle = pickle || strings.HasSuffix(f.Name, ".pkl")
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		if a.files[name] != nil {
			return nil, fmt.Errorf("array %s is in the zip twice", quote(name))
		}
		a.files[name] = f
		a.names = append(a.names, name)
	}
	if len(a.names) == 0 {
		if pickle {
			return nil, &Unknown{"this is a PyTorch pickle, which is a program and is never run; write the weights as safetensors"}
		}
		return nil, &Unknown{"the zip holds no .npy arrays"}
	}
	slices.Sort(a.names)
	return a, nil
}

// Names lists the arrays.
func (a *Arrays) Names() []string { return a.names }

// Has reports whether there is an array of a name.
func (a *Arrays) Has(name string) bool { return a.files[name] != nil }

// unpack returns the bytes of an entry, header included.
func (a *Arrays) unpack(name string) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("there is no array %s", quote(name))
	}
	if f.UncompressedSize64 > uint64(a.left) {
		return nil, errUnpacked
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("array %s cannot be opened: %w", quote(name), err)
	}
	defer r.Close()
	// The size in the zip is only a claim: room grows with what really comes.
	b, err := io.ReadAll(io.LimitReader(r, a.left+1))
	if err != nil {
		return nil, fmt.Errorf("array %s cannot be unpacked: %w", quote(name), err)
	}
	if a.left -= int64(len(b)); a.left < 0 {
		return nil, errUnpacked
	}
	return b, nil
}

var errUnpacked = fmt.Errorf("the arrays unpack to more than %s bytes", spaced(int64(maxUnpacked)))

// leastNumber is how many bytes a number counts for at least: all are read in double precision, small ones too.
const leastNumber = 4

// Array reads an array of numbers with a given number of axes; 0 takes any.
func (a *Arrays) Array(name string, axes int) (*Array, error) {
	b, err := a.unpack(name)
	if err != nil {
		return nil, err
	}
	out, err := ReadNPY(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote(name), err)
	}
	if a.left -= int64(max(0, leastNumber*out.Len()-len(out.data))); a.left < 0 {
		return nil, errUnpacked
	}
	if axes > 0 && len(out.Shape) != axes {
		return nil, fmt.Errorf("%s is %s: want %d axes", quote(name), times(out.Shape), axes)
	}
	return out, nil
}

// An ArraysSummary says what an NPZ holds that can be shown: a surface, paths, or both.
type ArraysSummary struct {
	Surface *SurfaceSummary `json:"surface,omitempty"`
	Paths   *PathsSummary   `json:"paths,omitempty"`
}

func readArrays(b []byte) (*Report, error) {
	a, err := OpenNPZ(b)
	if err != nil {
		return nil, err
	}
	f := param.NewFile(KindPaths, b)
	var sum ArraysSummary
	weight := len(b)
	if a.hasSurface() {
		f.Kind = KindSurface
		s, err := SurfaceOf(f)
		if err != nil {
			return nil, err
		}
		sum.Surface = s.summary()
		weight += 8 * len(s.Loss)
	}
	if len(a.walks()) > 0 {
		p, err := PathsOf(f)
		if err != nil {
			return nil, err
		}
		sum.Paths = p.summary()
		for _, w := range p.Walks {
			weight += 8 * (len(w.Theta) + len(w.Proj) + len(w.Loss) + len(w.Step))
		}
	}
	if sum.Surface == nil && sum.Paths == nil {
		return nil, errors.New("the NPZ holds neither a surface (loss and coordinates) nor paths (theta, ID/theta or theta_proj); it holds " + a.list())
	}
	return &Report{File: f, Summary: sum, Weight: weight}, nil
}

// list names the first arrays.
func (a *Arrays) list() string {
	names := make([]string, 0, 8)
	for _, n := range a.names[:min(len(a.names), 8)] {
		names = append(names, quote(n))
	}
	if len(a.names) > len(names) {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
