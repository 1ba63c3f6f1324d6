package symmetry

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape/cube"
	"thalweg/landscape/reftest"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "symmetry", map[string]reftest.Part{
		"fourier":      testFourier,
		"leap":         leaves(testLeap),
		"align":        leaves(testAlign),
		"mod8":         leaves(testMod8),
		"harmonic_dim": leaves(testHarmonics),
		"tv_bound":     leaves(testBound),
		"mlp_relu":     testNet(cube.ReLU),
		"mlp_tanh":     testNet(cube.Tanh),
		"mlp_sigmoid":  testNet(cube.Sigmoid),
	})
}

func leaves(test func(t *testing.T, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
		reftest.Cases(t, part, func(t *testing.T, _ string, raw json.RawMessage) { test(t, raw) })
	}
}

func testFourier(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	var in struct{ F []float64 }
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	coef := slices.Clone(in.F)
	cube.Walsh(coef)
	reftest.Leaf(t, fields, "coef", coef, 0)
	levels := cube.Levels(coef)
	reftest.Leaf(t, fields, "levels", levels, 0)
	reftest.Leaf(t, fields, "C_bd", []float64{cube.Alignment(levels)}, 0)
	reftest.Leaf(t, fields, "C_sign", []float64{cube.SignAlignment(coef)}, 0)
	reftest.Leaf(t, fields, "C_perm", []float64{cube.PermutationAlignment(coef)}, 0)
}

func testLeap(t *testing.T, raw json.RawMessage) {
	var in struct {
		Sets [][]int
		Msp  bool
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	leap := cube.Leap(in.Sets)
	reftest.Leaf(t, fields, "leap", []float64{float64(leap)}, 0)
	if in.Msp != (leap <= 1) {
		t.Errorf("a leap of %d has the merged-staircase property: %v, want %v", leap, leap <= 1, in.Msp)
	}
	var reach []float64
	for _, c := range cube.Reach(in.Sets) {
		reach = append(reach, float64(c))
	}
	reftest.Leaf(t, fields, "reach", reach, 0)
}

// targets of the reference, as this lab calls them.
var targetNames = strings.NewReplacer("stair", "staircase-", "par", "parity-", "leap2", "leap-2", "leap3", "leap-3", "msp_merge", "msp-merge", "nonmsp", "non-msp")

func testAlign(t *testing.T, raw json.RawMessage) {
	var in struct {
		Target string
		D      int
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	parts, err := cube.Parts(named[targetNames.Replace(in.Target)], nil, in.D)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "C", []float64{cube.Alignment(cube.LevelsOf(parts, in.D))}, 0)
	reftest.Leaf(t, fields, "C_residual", []float64{cube.ResidualAlignment(parts, in.D)}, 0)
}

func testMod8(t *testing.T, raw json.RawMessage) {
	var in struct{ D int }
	reftest.Decode(t, raw, &in)
	c, _ := cube.Symmetric(in.D, modEight(in.D))
	reftest.Leaf(t, reftest.Object(t, raw), "C", []float64{c}, 0)
}

func testHarmonics(t *testing.T, raw json.RawMessage) {
	var in struct{ D, L int }
	reftest.Decode(t, raw, &in)
	reftest.Leaf(t, reftest.Object(t, raw), "dim", []float64{cube.Harmonics(in.D, in.L)}, 0)
}

func testBound(t *testing.T, raw json.RawMessage) {
	var in struct {
		R, Tau, C, Eps float64
		K              int
	}
	reftest.Decode(t, raw, &in)
	reftest.Leaf(t, reftest.Object(t, raw), "bound", []float64{cube.Bound(in.R, in.K, in.Tau, in.C, in.Eps)}, 0)
}

func testNet(act cube.Activation) reftest.Part {
	return func(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
		var in struct {
			Sizes    []int
			Eta, Tau float64
			Y        []float64
		}
		reftest.Decode(t, raw, &in)
		fields := reftest.Object(t, raw)
		flat := func(name string) []float64 {
			v, err := reftest.Flat(fields[name])
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		net, err := cube.NewNet(in.Sizes, act)
		if err != nil {
			t.Fatal(err)
		}
		x, theta := flat("X"), flat("theta")
		f, grad := make([]float64, len(in.Y)), make([]float64, net.Dim())
		net.Outputs(f, theta, x)
		reftest.Leaf(t, fields, "f", f, 0)
		reftest.Leaf(t, fields, "loss_half_mse", []float64{net.Grad(grad, theta, x, in.Y)}, 0)
		reftest.Leaf(t, fields, "grad", grad, 0)
		net.Clip = 1
		net.Grad(grad, theta, x, in.Y)
		reftest.Leaf(t, fields, "grad_clip_R1", grad, 0)
		net.Clip = math.Inf(1)
		noise := flat("noise")
		for step := range 2 {
			net.Grad(grad, theta, x, in.Y)
			for i := range theta {
				theta[i] -= in.Eta * (grad[i] + in.Tau*noise[step*net.Dim()+i])
			}
		}
		reftest.Leaf(t, fields, "theta_after2", theta, 0)
	}
}
