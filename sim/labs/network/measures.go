package network

import (
	"maps"
	"math"

	"thalweg/landscape/nets"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
)

var measures = []sim.Measure{
	sim.Loss, sim.GradientNorm, sim.StepNorm,
	sim.Sharpness, sim.LowestCurvature, sim.Spectrum, rules.StabilityLimit, rules.StabilityRatio,
	{ID: "accuracy", Label: "Accuracy", Kind: sim.Scalar, Every: 5, Help: "Share of train rows whose largest output is that of their class."},
	{ID: "test-loss", Label: "Test loss", Kind: sim.Scalar, Every: 5, Log: true, Help: "Loss of the rows held out, without the decay term."},
	{ID: "test-accuracy", Label: "Test accuracy", Kind: sim.Scalar, Every: 5, Help: "Share of the rows held out whose largest output is that of their class."},
	{ID: "outliers", Label: "Classes less one", Kind: sim.Scalar, Every: sim.Spectrum.Every,
		Help: "How many large eigenvalues a problem of so many classes tends to have apart from the bulk: one less than classes."},
	{ID: "outlier-ratio", Label: "Last outlier ÷ next", Kind: sim.Scalar, Every: sim.Spectrum.Every,
		Help: `Of $K$ classes, the eigenvalue number $K-1$ of the Hessian over number $K$, from the top. Well above 1, the first $K-1$ stand apart from the rest of the spectrum.`},
	{ID: "trace", Label: "Trace", Kind: sim.Scalar, Every: sim.Spectrum.Every,
		Help: `Sum of the Hessian's eigenvalues: exact up to 600 parameters, beyond from ten random directions $v$ as the mean of $v^\mathsf{T}Hv$. The standard error is the measure beside it.`},
	{ID: "trace-error", Label: "Error of the trace", Kind: sim.Scalar, Every: sim.Spectrum.Every,
		Help: `Standard error of the trace from ten random directions, at most $\sqrt{2/10}$ of the Hessian's Frobenius norm; 0 where the trace is exact.`},
	{ID: "layer-spectrum", Label: "Sharpness by layer", Kind: sim.Vector, Every: 50, Help: "Largest Hessian eigenvalue within each layer, first layer first."},
	{ID: "singular-modes", Label: "Modes learned", Kind: sim.Vector, Every: 1, Help: "Of a deep linear net with the linear teacher: how much of each of the teacher's modes it computes."},
	{ID: "half-steps", Label: "Predicted half times", Kind: sim.Vector,
		Help: "Of a deep linear net of two layers under gradient descent: the steps at which its modes should pass half their value, as the first weights say."},
	{ID: "decision", Label: "Decision", Kind: sim.Image, Every: 10, Help: "What the net says over the plane of its two inputs: for two classes how sure it is of the second, for more the number of the winner."},
	{ID: "rows", Label: "Train rows", Kind: sim.Points, Every: once, Help: "The two inputs of each row that the net learns, and its class; label noise included."},
	{ID: "test-rows", Label: "Test rows", Kind: sim.Points, Every: once, Help: "The two inputs of each row held out, and its class."},
	{ID: "input-box", Label: "Inputs shown", Kind: sim.Vector, Every: once, Help: "Ends of the picture of the inputs: first input from, to, second from, to; in the units of the data."},
	{ID: "confusion", Label: "Confusion", Kind: sim.Image, Every: 20, Help: "Rows of class i (down) taken for class j (across), held-out rows where there are any."},
	{ID: "weights", Label: "First weights", Kind: sim.Image, Every: 20, Help: "The first layer's weights, a row for each neuron; for digits each neuron's weights, or each filter's, as the picture it looks for."},
}

// decisionSide is the number of cells along each side of the decision picture.
const decisionSide = 48

// readers are the measures of a method on its ground, without those that they do not give.
func (g *ground) readers(method sim.Method, steps int) (read map[string]sim.Reader, lacks []string) {
	read = map[string]sim.Reader{"weights": g.weights}
	if g.test != nil {
		read["test-loss"] = at(g.test.Loss)
	}
	if g.problem.classes > 0 {
		read["accuracy"] = at(g.train.Accuracy)
		seen := g.train
		if g.test != nil {
			seen = g.test
			read["test-accuracy"] = at(g.test.Accuracy)
		}
		read["confusion"] = confusion(seen)
		if g.train.Shape().Inputs() == 2 {
			read["decision"] = g.decision
			read["rows"], read["test-rows"] = g.rows(g.set.X, g.set.Labels), g.rows(g.set.TestX, g.set.TestLabels)
			read["input-box"] = g.inputBox
		}
	}
	if g.modes != nil {
		read["singular-modes"] = modesLearned(*g.modes, g.train.Shape())
	}
	if g.curvatureWork() > liveCurvature {
		return read, []string{"sharpness", "lowest-curvature", "spectrum"}
	}
	maps.Copy(read, g.curvatures(method, steps))
	return read, nil
}

func scalar(f func(*sim.Reading) float64) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) { return []float64{f(at)}, 0 }
}

// at makes a reader of a function of the point.
func at(f func([]float64) float64) sim.Reader {
	return scalar(func(r *sim.Reading) float64 { return f(r.X) })
}

func confusion(net *nets.Net[float64]) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) {
		counts := net.Confusion(at.X)
		out := make([]float64, len(counts))
		for i, c := range counts {
			out[i] = float64(c)
		}
		return out, net.Shape().Outputs()
	}
}

// decision shows the square around the train rows.
func (g *ground) decision(at *sim.Reading) ([]float64, int) {
	k := g.train.Shape().Outputs()
	f := make([]float64, decisionSide*decisionSide*k)
	g.train.Decision(f, at.X, g.box, decisionSide, decisionSide)
	out := make([]float64, decisionSide*decisionSide)
	for i := range out {
		out[i] = opinion(f[i*k:][:k], g.train.Shape().Loss)
	}
	return out, decisionSide
}

// opinion is one number for the outputs at one place.
func opinion(f []float64, loss nets.Loss) float64 {
	switch {
	case len(f) > 2:
		best := 0
		for i, v := range f {
			if v > f[best] {
				best = i
			}
		}
		return float64(best)
	case loss == nets.CrossEntropy:
		return f[1] // a probability
	}
	return math.Max(0, math.Min(1, (1+f[1]-f[0])/2))
}

// weights shows the first layer; the neurons of the digits, or the filters of a convolution over them, as pictures side by
// side, parted by a line of zeros.
func (g *ground) weights(at *sim.Reading) ([]float64, int) {
	first := g.train.Blocks()[0]
	in, out := first.Columns, first.Rows
	w := at.X[:in*out]
	if g.problem.id != digits {
		return append([]float64(nil), w...), in
	}
	side := int(math.Sqrt(float64(in)))
	across := int(math.Ceil(math.Sqrt(float64(out))))
	down := (out + across - 1) / across
	width := across*(side+1) - 1
	image := make([]float64, width*(down*(side+1)-1))
	for u := range out {
		corner := u/across*(side+1)*width + u%across*(side+1)
		for p := range in {
			image[corner+p/side*width+p%side] = w[u*in+p]
		}
	}
	return image, width
}
