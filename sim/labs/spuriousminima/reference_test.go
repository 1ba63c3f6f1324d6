package spuriousminima

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/reftest"
	"thalweg/landscape/teacher"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "spurious-minima", map[string]reftest.Part{
		"cases":    leaves(testCase),
		"families": leaves(testFamily),
		"splits":   leaves(testSplit),
	})
}

func leaves(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
	}
}

func joined(rows [][]float64) []float64 { return slices.Concat(rows...) }

func testCase(t *testing.T, raw json.RawMessage) {
	var in struct {
		W, V, X, Batch [][]float64
		Birth          []float64 `json:"birth_direction"`
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	leaf := func(field string, got ...float64) { reftest.Leaf(t, fields, field, got, 0) }
	w, v := joined(in.W), joined(in.V)
	k, d := len(in.W), len(in.W[0])
	p, err := teacher.New(k, d, v)
	if err != nil {
		t.Fatal(err)
	}
	leaf("loss", p.Loss(w))
	var kernels []float64
	for i := range in.W {
		for j := range in.V {
			kernels = append(kernels, teacher.Kernel(in.W[i], in.V[j]))
		}
	}
	leaf("kernel_WV", kernels...)
	grad := make([]float64, p.Dim())
	p.Grad(grad, w)
	leaf("grad", grad...)
	moved := func(eta float64) []float64 {
		out := make([]float64, len(w))
		for i := range w {
			out[i] = w[i] - eta*grad[i]
		}
		return out
	}
	leaf("gd_step_eta0p1", moved(0.1)...)
	hvp := make([]float64, p.Dim())
	p.HessVec(hvp, w, joined(in.X))
	leaf("hvp", hvp...)
	h, err := landscape.DenseHessian(t.Context(), p, w)
	if err != nil {
		t.Fatal(err)
	}
	leaf("hess_eigenvalues", landscape.SymmetricEigenvalues(h.Values, h.N)...)
	leaf("blockM0_eigs", p.SplitEigenvalues(w, 0)...)
	leaf("birth_slope", p.BirthSlope(w, in.Birth))
	leaf("batch_loss", p.SampleGrad(grad, w, joined(in.Batch)))
	leaf("batch_grad", grad...)
	leaf("sgd_step_eta0p05", moved(0.05)...)
}

// family is a family of the reference: its index in another order, one word for one thing.
func family(t *testing.T, name string) teacher.Family {
	t.Helper()
	for _, f := range teacher.Families {
		if strings.EqualFold(f.String(), name) {
			return f
		}
	}
	t.Fatalf("there is no family %s", name)
	return 0
}

// tiny is the eigenvalue below which the index counts one as negative.
const tiny = 1e-9

func testFamily(t *testing.T, raw json.RawMessage) {
	var in struct {
		Family string
		D      int
		Iso    map[string]json.RawMessage
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	point, err := teacher.Find(family(t, in.Family), in.D)
	if err != nil {
		t.Fatal(err)
	}
	leaf := func(field string, got ...float64) { reftest.Leaf(t, fields, field, got, 0) }
	leaf("xi", point.Xi...)
	leaf("loss", point.Loss)
	levels := point.Levels()
	leaf("index", float64(teacher.Index(levels, tiny)))
	leaf("lmin", levels[0].Value)
	leaf("lmax", levels[len(levels)-1].Value)
	p, w := teacher.Orthonormal(in.D, in.D), point.W()
	minima := make([]float64, in.D)
	p.SplitMinima(minima, w)
	// One neuron for each kind: the reference lists those of the first, and of the last where it is another kind.
	wanted, err := reftest.Flat(fields["split_min"])
	if err != nil {
		t.Fatal(err)
	}
	leaf("split_min", []float64{minima[0], minima[in.D-1]}[:min(2, len(wanted))]...)
	t.Run("iso", func(t *testing.T) {
		for kind, raw := range in.Iso {
			t.Run(kind, func(t *testing.T) {
				var values []float64
				multiplicity := math.NaN()
				for _, l := range levels {
					if string(l.Type) == kind {
						values = append(values, l.Value)
						multiplicity = float64(l.Multiplicity)
					}
				}
				fields := reftest.Object(t, raw)
				reftest.Leaf(t, fields, "eig", values, 0)
				reftest.Leaf(t, fields, "mult", []float64{multiplicity}, 0)
			})
		}
	})
}

func testSplit(t *testing.T, raw json.RawMessage) {
	var in struct {
		Family    string
		D, Neuron int
		Lam       float64
		Lowest    []float64
		Highest   []float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	point, err := teacher.Find(family(t, in.Family), in.D)
	if err != nil {
		t.Fatal(err)
	}
	p := teacher.Orthonormal(in.D+1, in.D)
	full, err := landscape.FullSpectrum(t.Context(), p, teacher.Split(point.W(), in.D, in.D, in.Neuron, in.Lam))
	if err != nil {
		t.Fatal(err)
	}
	negative := 0.0
	for _, v := range full.Values {
		if v < -1e-8 {
			negative++
		}
	}
	reftest.Leaf(t, fields, "negatives", []float64{negative}, 0)
	reftest.Leaf(t, fields, "lowest", full.Values[:len(in.Lowest)], 0)
	reftest.Leaf(t, fields, "highest", full.Values[len(full.Values)-len(in.Highest):], 0)
}
