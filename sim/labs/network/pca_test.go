package network

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape"
	"thalweg/sim"
)

// floats reads an array of an exported NPZ file, without what the program itself reads files with.
func floats(t *testing.T, file []byte, name string) []float64 {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[10+int(binary.LittleEndian.Uint16(raw[8:])):]
	out := make([]float64, len(raw)/8)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return out
}

// The shares that the plane of principal axes tells are those of a singular value decomposition of the exported walk
// about its last point, and its axes the singular vectors: with fewer records than weights and with more, by all
// eigenvalues of the smaller Gram matrix and by the largest alone.
func TestPrincipalAxesOfAnExport(t *testing.T) {
	for _, query := range []string{
		"preset=iris&methods=sgd&steps=120", // 121 records of 67 weights
		"preset=iris&methods=adam&steps=40",
		"problem=two-moons&architecture=15-15&samples=50&methods=adam&steps=305", // 306 of 317
		"problem=two-moons&architecture=15-15&samples=50&methods=gd&steps=330",
	} {
		tr := play(t, query)
		m := tr.Methods[0]
		var file bytes.Buffer
		if err := sim.Export(t.Context(), &file, "npz", tr, sim.ExportOptions{Plane: "pca"}); err != nil {
			t.Fatal(err)
		}
		theta, axes := floats(t, file.Bytes(), m.ID+"/theta"), floats(t, file.Bytes(), "axes")
		d := m.Dim
		rows := len(theta) / d
		last := theta[(rows-1)*d:]
		centred := mat.NewDense(rows, d, nil)
		for i := range rows {
			for j := range d {
				centred.Set(i, j, theta[i*d+j]-last[j])
			}
		}
		var svd mat.SVD
		if !svd.Factorize(centred, mat.SVDThin) {
			t.Fatal("no singular value decomposition")
		}
		values := svd.Values(nil)
		total := 0.0
		for _, v := range values {
			total += v * v
		}
		text, err := sim.ParsePlane("pca", m.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		p, err := tr.Plane(t.Context(), m, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Explained) < 10 {
			t.Errorf("%s: %d shares are told, want at least 10", query, len(p.Explained))
		}
		for i, share := range p.Explained {
			want := 0.0 // the last point stands at the origin, also when it is there twice
			if i < len(values) {
				want = values[i] * values[i] / total
			}
			if math.Abs(share-want) > 1e-9 {
				t.Errorf("%s: axis %d explains %v, by singular values %v", query, i, share, want)
			}
		}
		var v mat.Dense
		svd.VTo(&v)
		for k := range 2 {
			along := 0.0
			for j := range d {
				along += axes[k*d+j] * v.At(j, k)
			}
			if math.Abs(math.Abs(along)-1) > 1e-9 {
				t.Errorf("%s: exported axis %d and the singular vector have cosine %v", query, k, along)
			}
		}
		if p.Note == "" {
			t.Errorf("%s: the plane does not warn of walks without aim", query)
		}
	}
}

// A plane through three nets of a run shows each of them where it is.
func TestPlaneOfThreePoints(t *testing.T) {
	tr := play(t, "preset=moons&steps=20&samples=100")
	var points [3][]float64
	for i, m := range tr.Methods[:3] {
		points[i] = m.End()
	}
	p, err := landscape.ThreePoints(points[0], points[1], points[2], 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range points {
		if _, _, d, err := p.Project(x); err != nil || d > 1e-9 {
			t.Errorf("point %d is %.1e off the plane through it (%v)", i+1, d, err)
		}
	}
}
