package scoreascent

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"thalweg/landscape/inference"
	"thalweg/landscape/kernel"
	"thalweg/landscape/reftest"
	"thalweg/sim/opt"
)

func TestReference(t *testing.T) {
	reftest.Run(t, "score-ascent", map[string]reftest.Part{
		"steps": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, testStep)
		},
		"points": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, testPoints)
		},
		"iris_logreg":  testIris,
		"finite_state": testStates,
		"bounds": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, testBounds)
		},
		"w_star_gauss": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, testWeight)
		},
	})
}

var familyNames = map[string]inference.Family{"MF": inference.MeanField, "FR": inference.FullRank}

// script is noise written down; reversed takes the proposals from the last.
type script struct {
	eps      [][]float64
	u        []float64
	reversed bool
}

func (s script) Normals(dst []float64, _, n int) {
	if s.reversed {
		n = len(s.eps) - 1 - n
	}
	copy(dst, s.eps[n])
}

func (s script) Uniform(_, n int) float64 { return s.u[n] }

func target(t *testing.T, name string) inference.Target {
	p, ok := inference.Planar(name, 0.9)
	if !ok {
		t.Fatalf("unknown target %s", name)
	}
	return p
}

// testStep plays one iteration with the noise given, then Adam, then a second one from there.
func testStep(t *testing.T, _ string, raw json.RawMessage) {
	var in struct {
		Target, Family, Method string
		Lambda                 [][]float64
		EpsInit                [][][]float64 `json:"eps_init"`
		Eps                    [][][]float64
		U                      []json.RawMessage
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	var grads, first, second, states, logs, weights []float64
	for r, lambda := range in.Lambda {
		n := len(in.Eps[r])
		u, err := reftest.Flat(in.U[r])
		if err != nil {
			t.Fatal(err)
		}
		k := kinds[strings.ToLower(in.Method)]
		c := newChains(k, target(t, in.Target), familyNames[in.Family], n, 0)
		c.begin(lambda, script{eps: in.EpsInit[r]})
		grad, move := make([]float64, len(lambda)), make([]float64, len(lambda))
		c.estimate(grad, lambda, 0, script{in.Eps[r], u, false})
		grads = append(grads, grad...)
		states, logs = append(states, c.state...), append(logs, c.logP...)
		if k == snis {
			weights = append(weights, c.weights[:n]...)
		} else {
			weights = append(weights, c.weights...)
		}
		rule := optimizers["adam"](0.01)
		mem := opt.NewMemory(rule.Slots(len(lambda)), len(lambda))
		rule.Update(move, grad, lambda, &mem)
		kernel.Axpy(lambda, 1, move)
		first = append(first, lambda...)
		c.estimate(grad, lambda, 1, script{in.Eps[r], u, true})
		rule.Update(move, grad, lambda, &mem)
		kernel.Axpy(lambda, 1, move)
		second = append(second, lambda...)
	}
	for name, got := range map[string][]float64{"grad": grads, "lambda_adam1": first, "lambda_adam2_eps_reversed": second, "z_after": states, "logp_after": logs, "weights": weights} {
		if _, ok := fields[name]; ok {
			reftest.Leaf(t, fields, name, got, 0)
		}
	}
}

func testPoints(t *testing.T, name string, raw json.RawMessage) {
	p := target(t, name)
	fields := reftest.Object(t, raw)
	var in struct{ Z [][]float64 }
	reftest.Decode(t, raw, &in)
	var logs, grads []float64
	for _, z := range in.Z {
		g := make([]float64, 2)
		p.LogGrad(g, z)
		logs, grads = append(logs, p.Log(z)), append(grads, g...)
	}
	reftest.Leaf(t, fields, "logp", logs, 0)
	reftest.Leaf(t, fields, "grad", grads, 0)
	mean, cov, entropy := p.Moments()
	for _, id := range []string{"MF", "FR"} {
		if fields[id] == nil {
			continue
		}
		t.Run(id, func(t *testing.T) {
			var at struct{ Lambda []float64 }
			reftest.Decode(t, fields[id], &at)
			parts := reftest.Object(t, fields[id])
			k := inference.NewDivergence(familyNames[id], mean, cov, entropy)
			q := inference.NewNormal(familyNames[id], 2)
			q.Set(at.Lambda)
			var logq, scores []float64
			for _, z := range in.Z {
				s := make([]float64, len(at.Lambda))
				q.AddScore(s, 1, z)
				logq, scores = append(logq, q.Log(z)), append(scores, s...)
			}
			n := len(at.Lambda)
			grad, hess, v, col := make([]float64, n), make([]float64, n*n), make([]float64, n), make([]float64, n)
			k.Grad(grad, at.Lambda)
			for j := range n {
				v[j] = 1
				k.HessVec(col, at.Lambda, v)
				v[j] = 0
				for i := range n {
					hess[i*n+j] = col[i]
				}
			}
			reftest.Leaf(t, parts, "logq", logq, 0)
			reftest.Leaf(t, parts, "score", scores, 0)
			reftest.Leaf(t, parts, "KL", []float64{k.Loss(at.Lambda)}, 0)
			reftest.Leaf(t, parts, "CE", []float64{k.CrossEntropy(at.Lambda)}, 0)
			reftest.Leaf(t, parts, "CE_grad", grad, 0)
			reftest.Leaf(t, parts, "CE_hess_tol1e-7", hess, 1e-7)
		})
	}
}

func testIris(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	p, err := irises()
	if err != nil {
		t.Fatal(err)
	}
	fields := reftest.Object(t, raw)
	var in struct{ Beta [][]float64 }
	reftest.Decode(t, raw, &in)
	var logs, grads []float64
	for _, b := range in.Beta {
		g := make([]float64, len(b))
		p.LogGrad(g, b)
		logs, grads = append(logs, p.Joint(b)), append(grads, g...)
	}
	reftest.Leaf(t, fields, "logp", logs, 0)
	reftest.Leaf(t, fields, "grad", grads, 0)
	if _, ok := fields["MAP"]; ok {
		reftest.Leaf(t, fields, "MAP", p.Mode, 1e-6)
	}
	if _, ok := fields["laplace_logZ"]; ok {
		reftest.Leaf(t, fields, "laplace_logZ", []float64{p.Laplace}, 0)
	}
	// The reference's moments are a Monte Carlo estimate with standard errors.
	if _, ok := fields["post_mc_se"]; ok {
		var mc struct {
			Mean []float64   `json:"post_mean_mc"`
			Cov  [][]float64 `json:"post_cov_mc"`
			SE   []float64   `json:"post_mc_se"`
		}
		reftest.Decode(t, raw, &mc)
		mean, cov, _ := p.Moments()
		for i, m := range mc.Mean {
			if d := mean[i] - m; d > 5*mc.SE[i] || d < -5*mc.SE[i] {
				t.Errorf("posterior mean %d is %v; the reference has %v with a standard error of %v", i, mean[i], m, mc.SE[i])
			}
			for j, c := range mc.Cov[i] {
				if d := cov[i*5+j] - c; d > 0.03 || d < -0.03 {
					t.Errorf("posterior covariance %d, %d is %v; the reference has %v", i, j, cov[i*5+j], c)
				}
			}
		}
	}
}

func testStates(t *testing.T, raw json.RawMessage, _ map[string]json.RawMessage) {
	var in struct {
		P, Q, F []float64
		N       int
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	s := inference.NewStates(in.P, in.Q)
	star := s.WStar()
	imh, cis := s.IMH(), s.CIS(3)
	c := s.Autocovariance(imh, in.F, in.N)
	mean, rb := s.RaoBlackwell(in.F, 3)
	var tvIMH, tvCIS []float64
	for k := 1; k <= 8; k++ {
		tvIMH, tvCIS = append(tvIMH, s.Variation(inference.Power(imh, k))), append(tvCIS, s.Variation(inference.Power(cis, k)))
	}
	for name, got := range map[string][]float64{"w_star": {star}, "r": {1 - 1/star}, "imh": imh, "cis_Nprop3": cis, "tv_imh_k1_8": tvIMH, "tv_cis_k1_8": tvCIS,
		"cis_rate_bound": {inference.Bounds(star, 4).MSCRate}, "var_pi_f": {c[0]}, "var_MSC": {c[0]}, "var_pMCSA": {c[0] / float64(in.N)}, "var_JSA": {inference.AlongChain(c, in.N)},
		"autocov_imh": c, "var_MSC_RB_Nprop3": {rb}, "mean_pi_f": {kernel.Dot(s.P, in.F)}, "mean_RB": {mean}, "eig_imh": s.Eigenvalues(), "imh_pow4": s.Closed(4)} {
		if _, ok := fields[name]; ok {
			reftest.Leaf(t, fields, name, got, 0)
		}
	}
}

func testBounds(t *testing.T, name string, raw json.RawMessage) {
	var star float64
	var n int
	// Cases are named w*=2.0,N=8; subtests write the star in a way of their own.
	if _, err := fmt.Sscanf(strings.NewReplacer("*", "", "_", " ").Replace(name[strings.Index(name, "=")+1:]), "%g,N=%d", &star, &n); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	fields := reftest.Object(t, raw)
	b := inference.Bounds(star, n)
	for field, got := range map[string]float64{"r": b.R, "MSC_mix": b.MSCRate, "MSC_RB_mix": b.RBRate, "JSA_mix": b.JSARate, "pMCSA_mix": b.PMCSARate, "MSC_G2_over_L2": b.MSC,
		"JSA_G2_over_L2_direct_sum": b.JSA, "JSA_G2_over_L2_laurent": b.JSALimit, "pMCSA_G2_over_L2": b.PMCSA} {
		if _, ok := fields[field]; ok {
			reftest.Leaf(t, fields, field, []float64{got}, 0)
		}
	}
}

func testWeight(t *testing.T, _ string, raw json.RawMessage) {
	var in struct {
		Mu, M []float64
		C, S  json.RawMessage
	}
	reftest.Decode(t, raw, &in)
	fields := reftest.Object(t, raw)
	c, err := reftest.Flat(in.C)
	if err != nil {
		t.Fatal(err)
	}
	s, err := reftest.Flat(in.S)
	if err != nil {
		t.Fatal(err)
	}
	reftest.Leaf(t, fields, "w_star", []float64{inference.Weight(in.Mu, c, in.M, s)}, 0)
	g, err := inference.NewGauss(in.Mu, c)
	if err != nil {
		t.Fatal(err)
	}
	_, _, entropy := g.Moments()
	lambda := make([]float64, inference.FullRank.Params(len(in.M)))
	inference.FullRank.Pack(lambda, in.M, s)
	reftest.Leaf(t, fields, "KL", []float64{inference.NewDivergence(inference.FullRank, in.Mu, c, entropy).Loss(lambda)}, 0)
}
