package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"thalweg/sim/param"
)

// golden reads a file that NumPy wrote (testdata/make.py).
func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The same plane s + 10 t comes out of all ways to write it, row i along t from its low end.
func TestSurfacesOfNumPy(t *testing.T) {
	for name, want := range map[string]Surface{
		"points.npz": {Rows: 3, Columns: 4, Range: [4]float64{-1, 2, 0, 1}, Max: 12, Min: -1},
		"turned.npz": {Rows: 3, Columns: 4, Range: [4]float64{-1, 2, 0, 1}, Max: 12, Min: -1},
		"ends.npz":   {Rows: 3, Columns: 4, Range: [4]float64{-1, 2, 0, 1}, Max: 12, Min: -1},
		"ranges.npz": {Rows: 3, Columns: 3, Range: [4]float64{-1, 1, -1, 1}, Max: 11, Min: -11, Holes: 1},
	} {
		r, err := Read(golden(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s, err := SurfaceOf(r.File)
		if err != nil || r.File.Kind != KindSurface {
			t.Errorf("%s is a %s: %v", name, r.File.Kind, err)
			continue
		}
		got := *s
		got.Loss = nil
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
		for i := range s.Rows {
			for j := range s.Columns {
				at := s.Range[0] + (s.Range[1]-s.Range[0])*float64(j)/float64(s.Columns-1)
				at += 10 * (s.Range[2] + (s.Range[3]-s.Range[2])*float64(i)/float64(s.Rows-1))
				// The hole is at loss[0, 2]: the first coordinate at its low end, the second at its high end.
				if hole := name == "ranges.npz" && i == 2 && j == 0; hole != math.IsInf(s.Loss[i*s.Columns+j], 1) || !hole && math.Abs(s.Loss[i*s.Columns+j]-at) > 1e-6 {
					t.Errorf("%s: loss at row %d, column %d is %v, want %v", name, i, j, s.Loss[i*s.Columns+j], at)
				}
			}
		}
		if sum := r.Summary.(ArraysSummary); sum.Surface == nil || sum.Surface.Holes != want.Holes || sum.Paths != nil {
			t.Errorf("%s: the summary is %+v", name, sum)
		}
	}
}

func TestPathsOfNumPy(t *testing.T) {
	r, err := Read(golden(t, "paths.npz"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := PathsOf(r.File)
	if err != nil {
		t.Fatal(err)
	}
	if r.File.Kind != KindPaths || p.Dim != 3 || len(p.Walks) != 2 || p.Walks[0].ID != "adam" || p.Walks[1].ID != "gd" {
		t.Fatalf("paths %+v", p)
	}
	adam, gd := p.Walks[0], p.Walks[1]
	if !slices.Equal(adam.Loss, []float64{3, 2, 1}) || !slices.Equal(adam.Step, []int{0, 10, 20}) || adam.Steps != 3 || gd.Loss != nil || gd.Step != nil {
		t.Errorf("beside the points: %v, %v", adam, gd)
	}
	// Least squares on axes that are not at right angles; gd is off the plane, which does not move its shadow.
	for i, want := range []float64{0, 1, 1, 0, 2, -1} {
		if math.Abs(adam.Proj[i]-want) > 1e-12 || i < 4 && math.Abs(gd.Proj[i]-want) > 1e-12 {
			t.Errorf("coordinates %v and %v, want 0 1, 1 0, 2 −1", adam.Proj, gd.Proj)
			break
		}
	}
	for name, want := range map[string]string{"theta.npz": "imported of 3 steps, 3 parameters, 9 numbers, 0 coordinates", "proj.npz": "gd of 2 steps, 0 parameters, 0 numbers, 4 coordinates"} {
		r, err := Read(golden(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p, err := PathsOf(r.File)
		if err != nil {
			t.Fatal(err)
		}
		w := p.Walks[0]
		if got := fmt.Sprintf("%s of %d steps, %d parameters, %d numbers, %d coordinates", w.ID, w.Steps, p.Dim, len(w.Theta), len(w.Proj)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// packed is an NPZ of arrays given as a type, a shape and bytes.
func packed(t testing.TB, arrays ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(arrays); i += 4 {
		w, err := z.Create(arrays[i] + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", arrays[i+1], arrays[i+2])
		if _, err := fmt.Fprintf(w, "\x93NUMPY\x01\x00%s%s%s", string([]byte{byte(len(head)), byte(len(head) >> 8)}), head, arrays[i+3]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bytesOf writes float64 numbers as NumPy does.
func bytesOf(v ...float64) string {
	var b strings.Builder
	for _, x := range v {
		u := math.Float64bits(x)
		for k := range 8 {
			b.WriteByte(byte(u >> (8 * k)))
		}
	}
	return b.String()
}

func TestArraysAreRefused(t *testing.T) {
	grid := bytesOf(0, 0, 1, 0, 0, 1, 1, 1)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"Fortran order":   {golden(t, "fortran.npz"), "theta: the array is in Fortran order"},
		"objects":         {golden(t, "objects.npz"), "pickled objects, which are never read"},
		"big-endian":      {golden(t, "big.npz"), "big-endian"},
		"other arrays":    {golden(t, "whole.npz"), "neither a surface (loss and coordinates) nor paths (theta, ID/theta or theta_proj); it holds weights"},
		"three axes":      {golden(t, "cube.npz"), "loss is 3×3×3: want 2 axes"},
		"complex":         {packed(t, "theta", "<c16", "1,1", strings.Repeat("x", 16)), "numbers of type <c16 are not read"},
		"short":           {packed(t, "theta", "<f8", "2,2", bytesOf(1, 2, 3)), "theta: an array 2×2 of type <f8 takes 32 bytes, there are 24"},
		"overflow":        {packed(t, "theta", "<f8", "4294967296,4294967296", ""), "is that of more than 67 108 864 bytes"},
		"huge":            {packed(t, "theta", "<f8", "99999999999999999999,1", ""), "is that of more than"},
		"many axes":       {packed(t, "theta", "<f8", "1,1,1,1,1,1,1,1,1", bytesOf(1)), "more than 8 axes"},
		"one axis":        {packed(t, "theta", "<f8", "2,", bytesOf(1, 2)), "theta is 2: want [T, dim]"},
		"no steps":        {packed(t, "theta", "<f8", "0,3", ""), "theta is 0×3: want [T, dim]"},
		"not finite":      {packed(t, "a/theta", "<f8", "2,2", bytesOf(1, 2, 3, math.NaN())), "not finite: a/theta[1,1]"},
		"two sizes":       {packed(t, "a/theta", "<f8", "1,2", bytesOf(1, 2), "b/theta", "<f8", "1,1", bytesOf(1)), "b/theta is 1×1, but other walks have 2 parameters"},
		"coordinates":     {packed(t, "theta_proj", "<f8", "1,3", bytesOf(1, 2, 3)), "coordinates in a plane are two"},
		"losses":          {packed(t, "a/theta", "<f8", "2,1", bytesOf(1, 2), "a/loss", "<f8", "3,", bytesOf(1, 2, 3)), "a/loss is 3, but its walk has 2 points"},
		"steps":           {packed(t, "a/theta", "<f8", "2,1", bytesOf(1, 2), "a/step", "<f8", "2,", bytesOf(1, 1)), "a/step holds 1: want whole numbers that rise"},
		"axes":            {packed(t, "a/theta", "<f8", "1,2", bytesOf(1, 2), "axes", "<f8", "2,3", bytesOf(1, 2, 3, 4, 5, 6)), "axes are 2×3: want 2×2"},
		"parallel":        {packed(t, "a/theta", "<f8", "1,2", bytesOf(1, 2), "axes", "<f8", "2,2", bytesOf(1, 2, 2, 4)), "the two axes are parallel"},
		"a single row":    {packed(t, "loss", "<f8", "1,2", bytesOf(1, 2), "coordinates", "<f8", "1,2,2", bytesOf(0, 0, 1, 0)), "loss is 1×2: want 2 to 2048 rows and columns"},
		"uneven":          {packed(t, "loss", "<f8", "3,3", bytesOf(1, 2, 3, 4, 5, 6, 7, 8, 9), "coordinates", "<f8", "2,3", bytesOf(0, 1, 3, 0, 1, 2)), "coordinates are not evenly spaced: place 2 of 3 is 1, want 1.5"},
		"no extent":       {packed(t, "loss", "<f8", "2,2", bytesOf(1, 2, 3, 4), "coordinates", "<f8", "2,2", bytesOf(1, 1, 0, 1)), "coordinates run from 1 to 1"},
		"scattered":       {packed(t, "loss", "<f8", "2,2", bytesOf(1, 2, 3, 4), "coordinates", "<f8", "2,2,2", bytesOf(0, 0, 1, 0, 0, 1, 2, 1)), "coordinates[1,1] is off the grid"},
		"no such shape":   {packed(t, "loss", "<f8", "2,2", bytesOf(1, 2, 3, 4), "coordinates", "<f8", "2,3", bytesOf(0, 1, 2, 0, 1, 2)), "coordinates are 2×3: for a loss of 2×2 want 2×2×2, or two ranges 2×n"},
		"holes only":      {packed(t, "loss", "<f8", "2,2", bytesOf(math.NaN(), math.NaN(), math.Inf(1), math.NaN()), "coordinates", "<f8", "2,2,2", grid), "loss holds no finite number"},
		"twice":           {packed(t, "theta", "<f8", "1,1", bytesOf(1), "theta", "<f8", "1,1", bytesOf(1)), "array theta is in the zip twice"},
		"crowded":         {append([]byte("PK\x03\x04"), bytes.Repeat([]byte("PK\x01\x02"), 5000)...), "lists 5000 files"},
		"no zip":          {[]byte("PK\x03\x04nothing"), "the zip cannot be read"},
		"a single array":  {[]byte("\x93NUMPY\x01\x00"), "np.savez(file, theta=array)"},
		"HDF5":            {[]byte("\x89HDF\r\n\x1a\n"), "HDF5 is not read"},
		"a long walk":     {packed(t, "a/theta", "<f4", "1000001,1", strings.Repeat("\x00", 4_000_004)), "1 to 1 000 000 steps"},
		"many small":      {packed(t, "theta", "|u1", "1,17000000", strings.Repeat("\x00", 17_000_000)), "the arrays unpack to more than 67 108 864 bytes"},
		"more than a zip": {packed(t, "a/theta", "<f8", "1,4500000", strings.Repeat("\x00", 36_000_000), "b/theta", "<f8", "1,4500000", strings.Repeat("\x00", 36_000_000)), "the arrays unpack to more than 67 108 864 bytes"},
	} {
		r, err := Read(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want a word on %q", name, r, err, c.want)
		}
	}
}

// A zip that claims little and unpacks to much is stopped at the bound.
func TestZipBombsStop(t *testing.T) {
	if testing.Short() {
		t.Skip("80 MiB are packed")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("theta.npy")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 80 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	lie := b.Bytes()
	// The size in the central directory, made small; the one behind the data stays.
	at := bytes.LastIndex(lie, []byte("PK\x01\x02")) + 24
	copy(lie[at:], "\x10\x00\x00\x00")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Read(lie)
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Fatal("80 MiB were taken out of a zip of 80 kB")
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4*maxUnpacked {
		t.Errorf("it took %d bytes to find out: %v", n, err)
	}
}

func TestReplicasOfAnExport(t *testing.T) {
	nan := math.NaN()
	p, err := PathsOf(param.NewFile(KindPaths, packed(t, "gd/theta", "<f8", "2,3,1", bytesOf(1, 2, 3, 4, 5, nan), "gd/step", "<f8", "2,3", bytesOf(0, 1, 2, 0, 1, -1))))
	if err != nil || len(p.Walks) != 2 || p.Walks[0].ID != "gd-1" || p.Walks[1].Steps != 2 || len(p.Walks[1].Step) != 2 || len(p.Walks[1].Theta) != 2 {
		t.Errorf("two replicas, one shorter: %+v, %v", p, err)
	}
}

// wrap puts bytes into an NPZ, stored, so that their mutants are still unpacked.
func wrap(t *testing.T, names [2]string, arrays [2][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(arrays[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever the bytes, of a zip or of the arrays in one, what is read is whole and finite.
func FuzzNPZ(f *testing.F) {
	for _, name := range []string{"points.npz", "turned.npz", "ranges.npz", "paths.npz", "objects.npz"} {
		b := golden(f, name)
		f.Add(b, []byte{})
		a, err := OpenNPZ(b)
		if err != nil {
			f.Fatal(err)
		}
		var parts [2][]byte
		for i, name := range a.Names()[:min(2, len(a.Names()))] {
			if parts[i], err = a.unpack(name); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(parts[0], parts[1])
		f.Add(parts[1], parts[0])
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		zips := [][]byte{first}
		if !bytes.HasPrefix(first, []byte("PK")) {
			zips = nil
			for _, names := range [][2]string{{"loss", "coordinates"}, {"gd/theta", "axes"}, {"gd/theta", "gd/step"}} {
				zips = append(zips, wrap(t, names, [2][]byte{first, second}))
			}
		}
		for _, b := range zips {
			checkArrays(t, b)
		}
	})
}

func checkArrays(t *testing.T, b []byte) {
	t.Helper()
	a, err := OpenNPZ(b)
	if err != nil {
		return
	}
	if s, err := a.Surface(); err == nil {
		if len(s.Loss) != s.Rows*s.Columns || s.Holes >= len(s.Loss) || !(s.Min <= s.Max) || !(s.Range[0] < s.Range[1] && s.Range[2] < s.Range[3]) {
			t.Errorf("a surface %+v", s)
		}
	}
	if p, err := a.Paths(); err == nil {
		for _, w := range p.Walks {
			if w.Steps < 1 || w.Theta != nil && len(w.Theta) != w.Steps*p.Dim || w.Proj != nil && len(w.Proj) != 2*w.Steps || w.Theta == nil && w.Proj == nil {
				t.Errorf("a walk %s of %d steps with %d numbers and %d coordinates", w.ID, w.Steps, len(w.Theta), len(w.Proj))
			}
		}
	}
	if r, err := Read(b); err == nil && r.File.Kind != KindSurface && r.File.Kind != KindPaths {
		t.Errorf("a zip is a %s", r.File.Kind)
	}
}
