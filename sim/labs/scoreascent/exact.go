package scoreascent

import (
	"context"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"thalweg/landscape/inference"
	"thalweg/landscape/rng"
	"thalweg/sim"
)

func ground(m *sim.MethodTrace) *inference.Divergence { return m.Ground.(*inference.Divergence) }

const known = "standard mathematics, checked by a reference program"

// planar are the named targets of the plane.
var planar = []string{"gauss", "banana", "funnel", "mix3", "student"}

// randomStates are a target and a proposal on six states.
func randomStates(seed uint64) inference.States {
	p, q := make([]float64, 6), make([]float64, 6)
	rng.NewKey(seed, 0, 0, 0, rng.Probe).FillUniform(p, 0, 0)
	rng.NewKey(seed, 0, 0, 0, rng.Probe).FillUniform(q, 1, 0)
	for i := range p {
		p[i] += 0.05
		q[i] += 0.05
	}
	return inference.NewStates(p, q)
}

const systems = 20

// exact holds the facts that need no run.
var exact = []sim.Claim{
	{
		ID: "sa-1", Preset: "inclusive-vs-exclusive", Source: known, Panel: "landscape",
		Statement: "Matching moments is the best inclusive fit, for every target and both families.",
		Want:      "five targets of the plane: the gradient at their moments below 1e-10",
		Prove: func(context.Context) sim.Verdict {
			far := 0.0
			for _, name := range planar {
				p, _ := inference.Planar(name, 0.9)
				mean, cov, h := p.Moments()
				for _, f := range families {
					k := inference.NewDivergence(f, mean, cov, h)
					g := make([]float64, k.Dim())
					k.Grad(g, k.Best)
					for _, v := range g {
						far = max(far, math.Abs(v))
					}
				}
			}
			return sim.Judge(far <= 1e-10, "at most %.1e", far)
		},
	},
	{
		ID: "sa-2", Preset: "inclusive-vs-exclusive", Source: known, Panel: "landscape",
		Statement: "The loss is the divergence itself: moments and entropy give what a sum over the plane gives.",
		Want:      "three targets, a q of each family: within 1e-7 of the sum over a grid of 601 by 601",
		Prove:     quadrature,
	},
	{
		ID: "sa-4", Preset: "inclusive-vs-exclusive", Source: known, Panel: "excess",
		Statement: "What an upright ellipse must leave of a tilted target is -½ ln(1-ρ²).",
		Want:      "tilts -0.9, 0, 0.3, 0.6, 0.9, 0.99: within 1e-12; 0.830365603411 at 0.9",
		Prove: func(context.Context) sim.Verdict {
			far, at := 0.0, 0.0
			for _, rho := range []float64{-0.9, 0, 0.3, 0.6, 0.99, 0.9} {
				p, _ := inference.Planar("gauss", rho)
				mean, cov, h := p.Moments()
				at = inference.NewDivergence(inference.MeanField, mean, cov, h).Floor
				far = max(far, math.Abs(at+0.5*math.Log1p(-rho*rho)))
			}
			return sim.Judge(far <= 1e-12 && math.Abs(at-0.830365603411) < 1e-11, "within %.1e; %.12f at 0.9", far, at)
		},
	},
	{
		ID: "sa-5", Preset: "inclusive-vs-exclusive", Source: known, Panel: "density",
		Statement: "The two best widths: 1 of the inclusive divergence, √(1-ρ²) of the exclusive one.",
		Want:      "tilt 0.9, each by descent on its own exact divergence: 1 and 0.435890 within 1e-6",
		Prove: func(context.Context) sim.Verdict {
			p, _ := inference.Planar("gauss", 0.9)
			mean, cov, h := p.Moments()
			k := inference.NewDivergence(inference.MeanField, mean, cov, h)
			x := []float64{0, 0, -0.5, 0.2}
			g := make([]float64, 4)
			for range 4000 {
				k.Grad(g, x)
				for i := range x {
					x[i] -= 0.3 * g[i]
				}
			}
			// KL(q‖π) of widths s is -Σ ln s + ½ Σ s² (C⁻¹)ᵢᵢ and a constant; in ln s its slope is s² (C⁻¹)ᵢᵢ - 1.
			precision, log := 1/(1-0.81), 0.0
			for range 4000 {
				log -= 0.1 * (math.Exp(2*log)*precision - 1)
			}
			a, b := inference.Softplus(x[2]), math.Exp(log)
			return sim.Judge(math.Abs(a-1) <= 1e-6 && math.Abs(b-math.Sqrt(1-0.81)) <= 1e-6, "%.7f and %.7f", a, b)
		},
	},
	{
		ID: "sa-10", Preset: "paper-variance", Source: known, Panel: "kernel",
		Statement: "Both kernels leave the target as it is.",
		Want:      "20 random pairs on six states: πK = π within 1e-13, for independent Metropolis-Hastings and for conditional importance sampling",
		Prove: func(context.Context) sim.Verdict {
			far := 0.0
			for seed := range uint64(systems) {
				s := randomStates(seed)
				for _, k := range [][]float64{s.IMH(), s.CIS(3)} {
					for j := range s.P {
						sum := 0.0
						for i, p := range s.P {
							sum += p * k[i*len(s.P)+j]
						}
						far = max(far, math.Abs(sum-s.P[j]))
					}
				}
			}
			return sim.Judge(far <= 1e-13, "within %.1e", far)
		},
	},
	{
		ID: "sa-11", Preset: "paper-variance", Source: paper, Panel: "variation",
		Statement: "Both kernels forget at least as fast as their bounds say.",
		Want:      "20 random pairs, steps 1 to 8: distance at most (1-1/w*)^k, and (1-(N-1)/(2w*+N-2))^k with N = 4 candidates, to 1e-12",
		Prove: func(context.Context) sim.Verdict {
			over := math.Inf(-1)
			for seed := range uint64(systems) {
				s := randomStates(seed)
				b := inference.Bounds(s.WStar(), 4)
				imh, cis := s.IMH(), s.CIS(3)
				for k := 1; k <= 8; k++ {
					over = max(over, s.Variation(inference.Power(imh, k))-math.Pow(b.R, float64(k)), s.Variation(inference.Power(cis, k))-math.Pow(b.MSCRate, float64(k)))
				}
			}
			return sim.Judge(over <= 1e-12, "nearest to a bound: %.2g beneath", -over)
		},
	},
	{
		ID: "sa-12", Preset: "paper-variance", Source: "Smith, Tierney 1996; " + paper, Panel: "kernel",
		Statement: "Independent Metropolis-Hastings applied many times has a closed form.",
		Want:      "20 random pairs, 1, 2, 4 and 9 times: within 1e-12 of the power of the matrix",
		Prove: func(context.Context) sim.Verdict {
			far := 0.0
			for seed := range uint64(systems) {
				s := randomStates(seed)
				for _, n := range []int{1, 2, 4, 9} {
					want := inference.Power(s.IMH(), n)
					for i, v := range s.Closed(n) {
						far = max(far, math.Abs(v-want[i]))
					}
				}
			}
			return sim.Judge(far <= 1e-12, "within %.1e", far)
		},
	},
	{
		ID: "sa-13", Preset: "paper-variance", Source: known, Panel: "kernel",
		Statement: "The eigenvalues of independent Metropolis-Hastings are rejection probabilities, and none is negative.",
		Want:      "20 random pairs: within 1e-10 of those of the matrix",
		Prove: func(context.Context) sim.Verdict {
			far, least := 0.0, 1.0
			for seed := range uint64(systems) {
				s := randomStates(seed)
				var e mat.Eigen
				e.Factorize(mat.NewDense(6, 6, s.IMH()), mat.EigenNone)
				var got []float64
				for _, v := range e.Values(nil) {
					got = append(got, real(v))
					far = max(far, math.Abs(cmplx.Abs(v)-math.Abs(real(v))))
				}
				slices.Sort(got)
				slices.Reverse(got)
				for i, v := range s.Eigenvalues() {
					far, least = max(far, math.Abs(v-got[i])), min(least, v)
				}
			}
			return sim.Judge(far <= 1e-10 && least >= 0, "within %.1e, least %.2g", far, least)
		},
	},
	{
		ID: "sa-14", Preset: "paper-variance", Source: known, Panel: "by-n",
		Statement: "At stationarity: one chain moved N times lies between N chains and one look, and weighing all candidates beats drawing one, without bias.",
		Want:      "20 random pairs and functions, N = 8 (3 for weights): V/N ≤ JSA ≤ V, weighted ≤ V, its mean that of the target within 1e-12",
		Prove: func(context.Context) sim.Verdict {
			wrong, bias := 0, 0.0
			for seed := range uint64(systems) {
				s := randomStates(seed)
				f := make([]float64, 6)
				rng.NewKey(seed, 0, 0, 0, rng.Probe).FillNormal(f, 2, 0)
				c := s.Autocovariance(s.IMH(), f, 8)
				m, rb := s.RaoBlackwell(f, 3)
				along := inference.AlongChain(c, 8)
				if along < c[0]/8-1e-13 || along > c[0]+1e-13 || rb > c[0]+1e-13 {
					wrong++
				}
				expected := 0.0
				for i, p := range s.P {
					expected += p * f[i]
				}
				bias = max(bias, math.Abs(m-expected))
			}
			return sim.Judge(wrong == 0 && bias <= 1e-12, "%d of %d wrong, bias within %.1e", wrong, systems, bias)
		},
	},
	{
		ID: "sa-16", Preset: "inclusive-vs-exclusive", Source: known + "; the paper for the inequality", Panel: "table",
		Statement: "The largest weight of two normal distributions in closed form; it is above e^KL, and infinite wherever the target is wider.",
		Want:      "50 random pairs: no density ratio on 400 draws above it, e^KL below it; infinite for the upright ellipse of matched moments at tilt 0.9",
		Prove:     largestWeights,
	},
}

// quadrature compares the loss with a sum over the plane.
func quadrature(context.Context) sim.Verdict {
	const cells = 600
	off := 0.0
	for name, b := range map[string][4]float64{"gauss": {-9, 11, -10.5, 9.5}, "banana": {-11, 11, -7, 60}, "mix3": {-9, 9, -9, 9}} {
		p, _ := inference.Planar(name, 0.9)
		mean, cov, h := p.Moments()
		for _, f := range families {
			k := inference.NewDivergence(f, mean, cov, h)
			lambda := slices.Clone(k.Best)
			for i := range lambda {
				lambda[i] += 0.3 * float64(i%3-1)
			}
			q := inference.NewNormal(f, 2)
			q.Set(lambda)
			z, sum := make([]float64, 2), 0.0
			for i := range cells + 1 {
				for j := range cells + 1 {
					z[0], z[1] = b[0]+(b[1]-b[0])*float64(i)/cells, b[2]+(b[3]-b[2])*float64(j)/cells
					if l := p.Log(z); l > -45 {
						sum += math.Exp(l) * (l - q.Log(z))
					}
				}
			}
			off = max(off, math.Abs(sum*(b[1]-b[0])*(b[3]-b[2])/cells/cells-k.Loss(lambda)))
		}
	}
	return sim.Judge(off <= 1e-7, "within %.1e", off)
}

// largestWeights holds the closed form against draws.
func largestWeights(context.Context) sim.Verdict {
	wrong := 0
	for seed := range uint64(50) {
		r := rng.NewKey(seed, 0, 0, 0, rng.Probe).Seq()
		cov, extra := inference.Wishart(3, 8, r), inference.Wishart(3, 8, r)
		mean, m, sigma := make([]float64, 3), make([]float64, 3), make([]float64, 9)
		for i := range 3 {
			mean[i], m[i] = r.NormFloat64(), r.NormFloat64()
		}
		for i := range sigma {
			sigma[i] = cov[i] + extra[i]
		}
		p, err := inference.NewGauss(mean, cov)
		q, err2 := inference.NewGauss(m, sigma)
		if err != nil || err2 != nil {
			return sim.Judge(false, "%v %v", err, err2)
		}
		star := p.WStar(m, sigma)
		z := make([]float64, 3)
		for range 400 {
			p.Draw(z, r)
			if math.Exp(p.Log(z)-q.Log(z)) > star*(1+1e-9) {
				wrong++
			}
		}
		lambda := make([]float64, inference.FullRank.Params(3))
		inference.FullRank.Pack(lambda, m, sigma)
		_, _, h := p.Moments()
		if math.Exp(inference.NewDivergence(inference.FullRank, mean, cov, h).Loss(lambda)) >= star {
			wrong++
		}
	}
	p, _ := inference.Planar("gauss", 0.9)
	upright := p.WStar([]float64{1, -0.5}, []float64{1, 0, 0, 1})
	return sim.Judge(wrong == 0 && math.IsInf(upright, 1), "%d wrong; %v for the upright ellipse", wrong, upright)
}
