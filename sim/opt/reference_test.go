package opt

import (
	"encoding/json"
	"testing"

	"thalweg/landscape/reftest"
)

// TestReference replays CMA-ES with given normals (plain, active, and another dimension). The other parts of the
// file belong to the black-box lab.
func TestReference(t *testing.T) {
	reftest.Run(t, "blackbox-tuning", map[string]reftest.Part{
		"cmaes": func(t *testing.T, part json.RawMessage, _ map[string]json.RawMessage) {
			reftest.Cases(t, part, refStrategy)
		},
	}, "lm", "subspace", "proj")
}

func refStrategy(t *testing.T, _ string, raw json.RawMessage) {
	var given struct {
		N, Lam int
		Active bool
		X0     []float64
		Sigma0 float64
		A      []float64
	}
	reftest.Decode(t, raw, &given)
	fields := reftest.Object(t, raw)
	es, err := NewCMAES(given.X0, given.Sigma0, given.Lam, given.Active)
	if err != nil {
		t.Fatal(err)
	}
	if constants, ok := fields["const"]; ok {
		t.Run("const", func(t *testing.T) {
			want := reftest.Object(t, constants)
			for _, c := range []struct {
				name string
				got  []float64
			}{
				{"mueff", []float64{es.MuEff}}, {"cc", []float64{es.CC}}, {"cs", []float64{es.CS}}, {"c1", []float64{es.C1}},
				{"cmu", []float64{es.CMu}}, {"damps", []float64{es.DS}}, {"chiN", []float64{es.ChiN}}, {"w", es.Weights},
			} {
				reftest.Leaf(t, want, c.name, c.got, 0)
			}
		})
	}
	try := func(z [][]float64) (losses []float64) {
		var flat []float64
		for _, row := range z {
			flat = append(flat, row...)
		}
		points := make([]float64, len(flat))
		losses = make([]float64, given.Lam)
		es.Ask(points, flat)
		for i, x := range points {
			losses[i/given.N] += given.A[i%given.N] * x * x
		}
		return losses
	}
	t.Run("gens", func(t *testing.T) {
		reftest.Cases(t, fields["gens"], func(t *testing.T, _ string, raw json.RawMessage) {
			var gen struct{ Z [][]float64 }
			reftest.Decode(t, raw, &gen)
			losses := try(gen.Z)
			es.Tell(losses)
			want := reftest.Object(t, raw)
			ps, pc := es.Paths()
			reftest.Leaf(t, want, "f", losses, 0)
			reftest.Leaf(t, want, "mean", es.Mean(), 0)
			reftest.Leaf(t, want, "sigma", []float64{es.Sigma()}, 0)
			reftest.Leaf(t, want, "C", es.Cov(), 0)
			reftest.Leaf(t, want, "ps", ps, 0)
			reftest.Leaf(t, want, "pc", pc, 0)
		})
	})
}
