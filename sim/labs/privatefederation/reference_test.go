package privatefederation

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/landscape/federation"
	"thalweg/landscape/privacy"
	"thalweg/landscape/reftest"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "private-federation", map[string]reftest.Part{
		"variance_table_eps_t_lap_duchi_pm_hm": cases(testVariances),
		"thresholds":                           testThresholds,
		"draws":                                cases(testDraws),
		"multidim_pm":                          cases(testMany),
		"duchi_multidim_B":                     keyedBy(func(v map[string]float64) float64 { return privacy.CornerEnd(v["eps"], int(v["d"])) }),
		"krr_truth_prob":                       keyedBy(func(v map[string]float64) float64 { return privacy.TruthChance(v["eps"], int(v["k"])) }),
		"rdp_sub_values":                       keyedBy(func(v map[string]float64) float64 { return privacy.SampledRenyi(v["q"], v["sigma"])(v["a"]) }),
		"gaussian_sigma_sens1": numbers(func(v map[string]float64) map[string]float64 {
			return map[string]float64{"sigma_classic": privacy.ClassicSigma(v["eps"], v["delta"], 1), "sigma_analytic": privacy.GaussianSigma(v["eps"], v["delta"], 1)}
		}),
		"gaussian_composition": numbers(gaussianTotals),
		"pure_composition":     numbers(pureTotals),
		"sampled_gaussian": numbers(func(v map[string]float64) map[string]float64 {
			r := privacy.SampledRenyi(v["q"], v["sigma"])
			return map[string]float64{"rdp_classic": privacy.Renyi(r, int(v["T"]), v["delta"], privacy.Orders, false), "rdp_tight": privacy.Renyi(r, int(v["T"]), v["delta"], privacy.Orders, true)}
		}),
		"attack_gaussian": numbers(func(v map[string]float64) map[string]float64 {
			out := map[string]float64{"advantage": privacy.GaussianAdvantage(v["mu"])}
			for k := range v {
				var chance float64
				if _, err := fmt.Sscanf(k, "tpr_at_fpr_%g", &chance); err == nil {
					out[k] = privacy.Tell(v["mu"], chance)
				}
			}
			return out
		}),
		"attack_pure": numbers(func(v map[string]float64) map[string]float64 {
			return map[string]float64{"advantage": privacy.PureAdvantage(v["eps"])}
		}),
		"heavy_ball": numbers(func(v map[string]float64) map[string]float64 {
			variance, rate := federation.HeavyBall(v["h"], v["eta"], v["gamma"], 1)
			return map[string]float64{"var_w": variance, "rho": rate}
		}),
		"total_budget_gauss": numbers(func(v map[string]float64) map[string]float64 {
			mu := privacy.GaussianMu(v["eps_round"], v["delta_round"])
			out := map[string]float64{"mu": mu}
			for _, n := range []int{1, 20, 60} {
				out[fmt.Sprintf("total_eps_T%d_at_1e-5", n)] = privacy.GaussianEpsilon(mu*math.Sqrt(float64(n)), 1e-5)
			}
			return out
		}),
		"rdp_orders": func(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Close(t, privacy.Orders, flat(t, raw), 0)
		},
		"pool":    cases(testPool),
		"round2d": testRound,
		"softmax": testSoftmax,
	})
}

func flat(t *testing.T, raw json.RawMessage) []float64 {
	t.Helper()
	v, err := reftest.Flat(raw)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func cases(test func(t *testing.T, name string, raw json.RawMessage)) reftest.Part {
	return func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) { reftest.Cases(t, part, test) }
}

// keyedBy is a part whose keys hold the values, as eps=0.5,d=3, and whose entries are the answers.
func keyedBy(answer func(v map[string]float64) float64) reftest.Part {
	return cases(func(t *testing.T, name string, raw json.RawMessage) {
		v := map[string]float64{}
		for _, pair := range strings.Split(name, ",") {
			key, text, _ := strings.Cut(pair, "=")
			var x float64
			if _, err := fmt.Sscan(text, &x); err != nil {
				t.Fatal(err)
			}
			v[key] = x
		}
		reftest.Close(t, []float64{answer(v)}, flat(t, raw), 0)
	})
}

// numbers is a part whose cases are objects of numbers, some of which are answers.
func numbers(answers func(v map[string]float64) map[string]float64) reftest.Part {
	return cases(func(t *testing.T, _ string, raw json.RawMessage) {
		v := map[string]float64{}
		for k, x := range reftest.Object(t, raw) {
			if n, err := reftest.Flat(x); err == nil && len(n) == 1 {
				v[k] = n[0]
			}
		}
		for field, got := range answers(v) {
			reftest.Leaf(t, reftest.Object(t, raw), field, []float64{got}, 0)
		}
	})
}

func gaussianTotals(v map[string]float64) map[string]float64 {
	mu, n, delta := 1/v["sigma_over_sens"], int(v["T"]), v["delta"]
	return map[string]float64{"exact": privacy.GaussianEpsilon(mu*math.Sqrt(float64(n)), delta), "rdp_tight": privacy.Renyi(privacy.GaussianRenyi(mu), n, delta, privacy.Orders, true),
		"rdp_classic": privacy.Renyi(privacy.GaussianRenyi(mu), n, delta, privacy.Orders, false), "zcdp": privacy.Concentrated(float64(n)*mu*mu/2, delta),
		"basic_delta_over_T": privacy.Basic(privacy.GaussianEpsilon(mu, delta/float64(n)), n), "advanced": privacy.GaussianAdvanced(mu, n, delta)}
}

func pureTotals(v map[string]float64) map[string]float64 {
	eps, n, delta := v["eps"], int(v["T"]), v["delta"]
	basic := privacy.Basic(eps, n)
	return map[string]float64{"basic": basic, "advanced": privacy.Advanced(eps, n, delta), "kairouz_oh_viswanath": privacy.Optimal(eps, n, delta),
		"rdp_pure": min(basic, privacy.Renyi(privacy.PureRenyi(eps), n, delta, privacy.Orders, true)), "rdp_laplace_sens": min(basic, privacy.Renyi(privacy.LaplaceRenyi(eps), n, delta, privacy.Orders, true)),
		"zcdp": min(basic, privacy.Concentrated(float64(n)*eps*eps/2, delta))}
}

func testVariances(t *testing.T, _ string, raw json.RawMessage) {
	row := flat(t, raw)
	got := row[:2:2]
	for m := privacy.Laplace; m <= privacy.Hybrid; m++ {
		got = append(got, m.Variance(row[0], row[1]))
	}
	reftest.Close(t, got, row, 0)
}

func testThresholds(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	fields := reftest.Object(t, raw)
	reftest.Leaf(t, fields, "eps_sharp", []float64{privacy.Between}, 0)
	reftest.Leaf(t, fields, "eps_star", []float64{privacy.MixFrom}, 0)
}

func testDraws(t *testing.T, _ string, raw json.RawMessage) {
	var in struct {
		Eps float64
		T   []float64
		U   [][]float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	for m, field := range []string{"laplace(u0)", "duchi(u0)", "pm(u0,u1)", "hm(u0,u1,u2)"} {
		var got []float64
		for i, x := range in.T {
			got = append(got, privacy.Mechanism(m).Report(in.Eps, x, []float64{in.U[0][i], in.U[1][i], in.U[2][i]}))
		}
		reftest.Leaf(t, fields, field, got, 0)
	}
}

// script is noise written down: uniform numbers by slot, normal ones, and the coordinates chosen.
type script struct {
	slots   [][]float64
	normals []float64
}

func (s script) Normals(dst []float64, _, _, _ int) { copy(dst, s.normals) }

func (s script) Uniforms(dst []float64, _, _, _, slot int) {
	if slot >= 0 {
		copy(dst, s.slots[slot])
	}
}

func testMany(t *testing.T, _ string, raw json.RawMessage) {
	var in struct {
		Eps  float64
		D, K int
		X    []float64
		Idx  []int
		U    [][]float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	k := privacy.Sampled(in.Eps, in.D)
	reftest.Leaf(t, fields, "k", []float64{float64(k)}, 0)
	p := &protocol{mechanism: "pm", pure: privacy.Piecewise, split: sampleSplit, epsilon: in.Eps, clip: 1, dim: in.D, chosen: k}
	var slots [][]float64
	for j := range in.Idx {
		slots = append(slots, []float64{in.U[0][j], in.U[1][j]})
	}
	out, d := make([]float64, in.D), newDesk(in.D)
	p.sample(out, in.X, in.Idx, script{slots: slots}, 0, 0, 0, d)
	reftest.Leaf(t, fields, "pm_out", out, 0)
	var variances []float64
	for _, x := range in.X {
		variances = append(variances, privacy.Piecewise.SampledVariance(in.Eps, x, k, in.D))
	}
	reftest.Leaf(t, fields, "coord_var_pm_at_x", variances, 0)
}

func testPool(t *testing.T, name string, raw json.RawMessage) {
	var digit, dx, dy int
	if _, err := fmt.Sscanf(name, "digit%d_dx%d_dy%d", &digit, &dx, &dy); err != nil {
		t.Fatal(err)
	}
	picture, got := make([]float64, pixels), make([]float64, pooled*pooled)
	canvas(picture, digit, dx, dy)
	pool(got, picture)
	reftest.Close(t, got, flat(t, raw), 0)
}

// testRound plays rounds of three clients with the noise given.
func testRound(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	var in struct {
		X, Y, PM, Gauss, Local json.RawMessage
		W, V                   []float64
		Reg, Eta, Gamma        float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	x, y := flat(t, fields["X"]), flat(t, fields["Y"])
	const k = 3
	n := len(y) / k
	l := federation.NewLogistic(x, y, 2, n, in.Reg)
	grads := make([]float64, 2*k)
	for i := range k {
		l.ClientGrad(grads[2*i:2*i+2], in.W, i)
	}
	hess, _ := landscape.Hessian(l, in.W)
	reftest.Leaf(t, fields, "client_grads", grads, 0)
	reftest.Leaf(t, fields, "loss", []float64{l.Loss(in.W)}, 0)
	reftest.Leaf(t, fields, "hess", hess, 0)
	play := func(p *protocol, src noise, place string, local int, momentum float64) *federated {
		f := newFederated(rules{place: place, local: local, participation: 1, aggregator: "mean", rounds: 1}, l, p, src, in.W, in.Eta, momentum)
		copy(f.v, in.V)
		if err := f.Step(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	check := func(fields map[string]json.RawMessage, f *federated) {
		reftest.Leaf(t, fields, "uploads", f.last.uploads, 0)
		reftest.Leaf(t, fields, "v_next", f.v, 0)
		reftest.Leaf(t, fields, "w_next", f.w, 0)
	}
	if part, ok := fields["pm"]; ok {
		t.Run("pm", func(t *testing.T) {
			var in struct {
				Eps, Clip float64
				K         int
				UIn       [][]float64 `json:"u_in"`
				UPos      [][]float64 `json:"u_pos"`
			}
			reftest.Decode(t, part, &in)
			p := &protocol{mechanism: "pm", pure: privacy.Piecewise, split: sampleSplit, epsilon: in.Eps, clip: in.Clip, dim: 2, chosen: privacy.Sampled(in.Eps, 2)}
			check(reftest.Object(t, part), play(p, perClient(func(client int) script {
				return script{slots: [][]float64{{in.UIn[client][0], in.UPos[client][0]}, {in.UIn[client][1], in.UPos[client][1]}}}
			}), atServer, 1, 0.9))
		})
	}
	if part, ok := fields["gauss"]; ok {
		t.Run("gauss", func(t *testing.T) {
			var in struct {
				Eps, Delta, Clip2 float64
				Z                 [][]float64
			}
			reftest.Decode(t, part, &in)
			p := &protocol{mechanism: gaussian, clip: in.Clip2, dim: 2, chosen: 2, sigma: 2 * in.Clip2 / privacy.GaussianMu(in.Eps, in.Delta)}
			reftest.Leaf(t, reftest.Object(t, part), "sigma", []float64{p.sigma}, 0)
			check(reftest.Object(t, part), play(p, perClient(func(client int) script { return script{normals: in.Z[client]} }), atServer, 1, 0.9))
		})
	}
	if part, ok := fields["local_tau3"]; ok {
		t.Run("local_tau3", func(t *testing.T) {
			parts := reftest.Object(t, part)
			f := newFederated(rules{place: atClient, local: 3, participation: 1, aggregator: "mean", rounds: 1}, l, &protocol{mechanism: noMechanism, dim: 2, chosen: 2}, script{}, in.W, in.Eta, in.Gamma)
			if err := f.Step(); err != nil {
				t.Fatal(err)
			}
			var ends []float64
			for i, g := range f.last.true {
				ends = append(ends, in.W[i%2]-in.Eta*3*g)
			}
			reftest.Leaf(t, parts, "w_clients", ends, 0)
			reftest.Leaf(t, parts, "pseudo_gradient", f.last.true, 0)
			reftest.Leaf(t, parts, "fedavg_w", f.w, 0)
		})
	}
}

// perClient is a script for each client.
type perClient func(client int) script

func (p perClient) Normals(dst []float64, client, round, report int) {
	p(client).Normals(dst, client, round, report)
}

func (p perClient) Uniforms(dst []float64, client, round, report, slot int) {
	p(client).Uniforms(dst, client, round, report, slot)
}

func testSoftmax(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	var in struct {
		D, C int
		Y    []int
		Reg  float64
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	w, v := flat(t, fields["W_rowmajor_(D+1)xC"]), flat(t, fields["hvp_vector"])
	s := federation.NewSoftmax(flat(t, fields["X"]), in.Y, in.D, in.C, len(in.Y), in.Reg)
	grad, hvp := make([]float64, len(w)), make([]float64, len(w))
	loss := s.Grad(grad, w)
	s.HessVec(hvp, w, v)
	reftest.Leaf(t, fields, "loss", []float64{loss}, 0)
	reftest.Leaf(t, fields, "grad", grad, 0)
	reftest.Leaf(t, fields, "hvp", hvp, 0)
}
