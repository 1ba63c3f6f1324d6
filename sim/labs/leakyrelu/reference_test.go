package leakyrelu

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"thalweg/landscape/kernel"
	"thalweg/landscape/leaky"
	"thalweg/landscape/reftest"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "leaky-relu", map[string]reftest.Part{"cases": leaves(testCase), "orthogonal": leaves(testOrthogonal)})
}

func leaves(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
	}
}

// given are the fields that cases share.
type given struct {
	X, W, U [][]float64
	Y, A    []float64
	Gamma   float64
}

func (g given) net(t *testing.T, act leaky.Activation, c leaky.Criterion) *leaky.Net {
	t.Helper()
	n, err := leaky.New(slices.Concat(g.X...), len(g.X[0]), g.Y, g.A, g.Gamma, act, c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func testCase(t *testing.T, raw json.RawMessage) {
	var in given
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	w, u := slices.Concat(in.W...), slices.Concat(in.U...)
	for name, kind := range map[string]struct {
		act leaky.Activation
		c   leaky.Criterion
	}{"smooth_logistic": {leaky.Smooth, leaky.Logistic}, "smooth_exp": {leaky.Smooth, leaky.Exponential}, "leaky_logistic": {leaky.Leaky, leaky.Logistic}, "leaky_exp": {leaky.Leaky, leaky.Exponential}} {
		if fields[name] == nil {
			continue
		}
		t.Run(name, func(t *testing.T) { testNet(t, fields[name], in.net(t, kind.act, kind.c), w, u) })
	}
	n := in.net(t, leaky.Leaky, leaky.Exponential)
	singular := leaky.SingularValues(w, n.Inputs)
	reftest.Leaf(t, fields, "singular_values", singular, 0)
	reftest.Leaf(t, fields, "stable_rank", []float64{leaky.StableRank(singular)}, 0)
	t.Run("svm", func(t *testing.T) { testLine(t, fields["svm"], slices.Concat(in.X...), in.Y) })
	if raw := fields["svm_nonsupport"]; raw != nil {
		t.Run("svm_nonsupport", func(t *testing.T) {
			var own given
			reftest.Decode(t, raw, &own)
			testLine(t, raw, slices.Concat(own.X...), own.Y)
		})
	}
	var big []float64
	for _, s := range []float64{1, 10, 100} {
		at := slices.Clone(w)
		kernel.Scale(200*s/kernel.Norm(w), at)
		big = append(big, n.LogLoss(at))
	}
	reftest.Leaf(t, fields, "logL_big_scale", big, 0)
	t.Run("param_maxmargin", func(t *testing.T) {
		fields := reftest.Object(t, fields["param_maxmargin"])
		l, err := n.Limit()
		if err != nil {
			t.Fatal(err)
		}
		valid := false
		reftest.Decode(t, fields["pattern_valid"], &valid)
		if valid != l.Valid {
			t.Errorf("the pattern is valid: %v, want %v", l.Valid, valid)
		}
		reftest.Leaf(t, fields, "lam", l.Lambda, 0)
		reftest.Leaf(t, fields, "v", l.V, 0)
		reftest.Leaf(t, fields, "u", l.U, 0)
		reftest.Leaf(t, fields, "margins", l.Margins, 0)
	})
}

func testNet(t *testing.T, raw json.RawMessage, n *leaky.Net, w, u []float64) {
	fields := reftest.Object(t, raw)
	leaf := func(field string, got ...float64) { reftest.Leaf(t, fields, field, got, 0) }
	moved := func(grad []float64) []float64 {
		out := slices.Clone(w)
		kernel.Axpy(out, -0.05, grad)
		return out
	}
	f, grad := make([]float64, n.N), make([]float64, n.Dim())
	n.Outputs(f, w)
	leaf("f", f...)
	leaf("loss", n.Loss(w))
	n.Grad(grad, w)
	leaf("grad", grad...)
	leaf("gd_alpha0p05", moved(grad)...)
	n.HessVec(grad, w, u)
	leaf("hvp", grad...)
	leaf("logL", n.LogLoss(w))
	n.Downhill(grad, w)
	leaf("dir", grad...)
	var rows []int
	reftest.Decode(t, fields["sgd_idx"], &rows)
	n.GradAt(grad, w, rows)
	leaf("sgd_alpha0p05", moved(grad)...)
}

func testLine(t *testing.T, raw json.RawMessage, x, y []float64) {
	fields := reftest.Object(t, raw)
	l, err := leaky.MaxMargin(x, len(x)/len(y), y)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "z", l.Z, 0)
	reftest.Leaf(t, fields, "margin", []float64{l.Margin}, 0)
	if fields["alpha"] != nil {
		reftest.Leaf(t, fields, "alpha", l.Alpha, 0)
	}
	if fields["support"] != nil {
		reftest.Leaf(t, fields, "support", []float64{float64(l.Support)}, 0)
	}
	least := math.Inf(1)
	for i := range y {
		least = min(least, y[i]*kernel.Dot(l.Z, x[i*len(l.Z):(i+1)*len(l.Z)]))
	}
	if math.Abs(least-1) > 1e-9 || math.Abs(l.Gap) > 1e-10*kernel.Dot(l.Z, l.Z) {
		t.Errorf("the least margin of the line is %.12f, want 1; its gap %.1e, want 0", least, l.Gap)
	}
}

func testOrthogonal(t *testing.T, raw json.RawMessage) {
	var in given
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	l, err := in.net(t, leaky.Leaky, leaky.Logistic).Limit()
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "lam", l.Lambda, 0)
	reftest.Leaf(t, fields, "W", l.W, 0)
	reftest.Leaf(t, fields, "margins", l.Margins, 0)
	reftest.Leaf(t, fields, "srank", []float64{leaky.StableRank(leaky.SingularValues(l.W, len(in.X[0])))}, 0)
	line, err := leaky.MaxMargin(slices.Concat(in.X...), len(in.X[0]), in.Y)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "svm_z", line.Z, 0)
	reftest.Leaf(t, fields, "svm_alpha", line.Alpha, 0)
}
