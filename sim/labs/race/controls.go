package race

import (
	"math"
	"slices"

	"thalweg/landscape/surfaces"
	"thalweg/sim/param"
)

// formulaID is the problem that is typed instead of chosen.
const formulaID = "formula"

// formulaGround are the facts of the typed ground that the table gives for the others; its start and domain are
// those of Rosenbrock's valley, which the default formula is.
var formulaGround = surfaces.Surface{
	ID: formulaID, Label: "A formula of your own", Dim: 2, Domain: [4]float64{-2, 2, -1, 3}, Start: []float64{-1.2, 1}, StepSize: 0.01,
}

// noiseModels are the choices of noise-model, in the order of opt's.
var noiseModels = []string{"isotropic", "relative", "jitter"}

// controls in schema order: what others depend on comes first.
var controls = []param.Control{
	{ID: "problem", Label: "Surface", Group: "Ground", Kind: param.Pick, Default: param.Word("rosenbrock"), Choices: problems(),
		Help: "The ground. Outside its domain a surface goes on."},
	{ID: "dim", Label: "Dimension", Symbol: `n`, Group: "Ground", Kind: param.Whole, Min: 2, Max: 100, Default: param.Num(2),
		Help: "Number of coordinates, for surfaces that exist in every dimension."},
	{ID: "condition", Label: "Condition", Symbol: `\kappa`, Group: "Ground", Kind: param.Real, Min: 1, Max: 1e6, Log: true, Default: param.Num(10),
		Help: "Quadratic: steepest curvature over flattest. The eigenvalues run geometrically from 1 to it."},
	{ID: "eigenvalues", Label: "Eigenvalues", Symbol: `\lambda_i`, Group: "Ground", Kind: param.Vector, Min: -1e6, Max: 1e6, MaxLength: 100,
		Help: "Quadratic: its curvatures, two or more, of any sign. They overrule condition and dimension."},
	{ID: "formula", Label: "Formula", Group: "Ground", Kind: param.Text, Default: param.Word(surfaces.DefaultFormula),
		Help: "With the surface formula: of x and y, or x1, x2, …; + - * / ^, sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs sign min max, pi, e. Every other single letter becomes a control."},
	{ID: "start", Label: "Start", Symbol: `w_0`, Group: "Ground", Kind: param.Vector, MinLength: 1, MaxLength: 100, By: byStart,
		Help: "Where all methods begin, in the coordinates of the straight ground."},
	{ID: "domain", Label: "Domain", Group: "Ground", Kind: param.Vector, MinLength: 4, MaxLength: 4, By: byDomain,
		Help: "First view and box of swarms: x from, x to, y from, y to."},
	{ID: "angle", Label: "Angle", Symbol: `\varphi`, Unit: "degrees", Group: "Ground", Kind: param.Real, Min: -180, Max: 180, PerMethod: true,
		Help: "Turns ground and start about 0, in the plane."},
	{ID: "gradient-noise", Label: "Gradient noise", Symbol: `\sigma`, Group: "Chance", Kind: param.Real, Min: 0, Max: 10,
		Help: "Standard deviation of the noise in each gradient that sgd sees."},
	{ID: "noise-model", Label: "Noise model", Group: "Chance", Kind: param.Pick, Default: param.Word(noiseModels[0]),
		Choices: []param.Choice{
			{ID: noiseModels[0], Label: "isotropic: the same in all directions"},
			{ID: noiseModels[1], Label: "relative: in proportion to each slope"},
			{ID: noiseModels[2], Label: "jitter: the slope at a place nearby"},
		},
		Help: "How the noise enters the gradient that sgd sees."},
	{ID: "swarm", Label: "Swarm", Unit: "starts a side", Group: "Chance", Kind: param.Whole, Min: 0, Max: 316,
		Help: "Side of a grid of starts over the domain, each walked by every method with an update rule and no chance; 0 for none."},
}

// problems lists the surfaces with their facts, and the formula.
func problems() []param.Choice {
	var out []param.Choice
	for _, s := range append(slices.Clone(surfaces.All), formulaGround) {
		out = append(out, param.Choice{ID: s.ID, Label: s.Label, Dim: s.Dim, Domain: s.Domain[:], Start: s.Start,
			Minima: s.Minima, StepSize: s.StepSize, Formula: s.Formula})
	}
	return out
}

// surface returns the chosen surface.
func surface(v param.Values) surfaces.Surface {
	if s, ok := surfaces.Find(v.Text("problem")); ok {
		return s
	}
	return formulaGround
}

// dim is the dimension of the chosen ground; 2 for a formula that cannot be read.
func dim(v param.Values) int {
	s := surface(v)
	if n := len(v.Vector("eigenvalues")); s.ID == "quadratic" && n > 0 {
		return n
	}
	if s.Variable {
		return v.Whole("dim")
	}
	if s.ID == formulaID {
		if f, err := parse(v); err == nil {
			return f.Dim()
		}
	}
	return s.Dim
}

func byStart(v param.Values) param.Value { return param.List(surface(v).StartFor(dim(v))...) }

func byDomain(v param.Values) param.Value {
	domain := surface(v).Domain
	return param.List(domain[:]...)
}

// letters are the controls of a formula's free letters.
func letters(v param.Values) ([]param.Control, error) {
	if v.Text("problem") != formulaID {
		return nil, nil
	}
	f, err := parse(v)
	if err != nil {
		return nil, err
	}
	var out []param.Control
	for _, l := range f.Letters() {
		out = append(out, param.Control{ID: l, Label: l, Group: "Letters", Kind: param.Real, Min: -1e6, Max: 1e6, Default: param.Num(1),
			Help: "A number in the formula."})
	}
	return out, nil
}

// byGround gives the defaults of hyper-parameters that depend on the ground. Memory multiplies a step by up to ten,
// so momentum starts at a fifth of the step size of plain descent; the adaptive rules' step size is a length.
func byGround(method, hyper string, v param.Values) (float64, bool) {
	s := surface(v)
	length := min(s.Domain[1]-s.Domain[0], s.Domain[3]-s.Domain[2]) / 100
	if s.ID == "powell-badly-scaled" {
		length = 0.01 // its axes differ by five orders of magnitude
	}
	switch hyper {
	case "time-step":
		return s.StepSize, true
	case "population":
		return 4 + math.Floor(3*math.Log(float64(dim(v)))), true
	case "step-size":
		switch method {
		case "gd", "sgd", "noisy-gd", "langevin", "kinetic-langevin", "modified-flow":
			return s.StepSize, true
		case "momentum", "nesterov", "nesterov-1983":
			return s.StepSize / 5, true
		case "adagrad", "rmsprop", "adam", "adamw", "adamax", "nadam", "rprop":
			return length, true
		case "lion":
			return length / 10, true
		}
	}
	return 0, false
}
