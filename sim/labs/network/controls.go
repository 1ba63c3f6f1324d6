package network

import (
	"thalweg/landscape/nets"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// digits is the problem whose inputs are images.
const digits = "digits"

// A problem is a table of rows with what the controls need to know about it.
type problem struct {
	id, label string
	// inputs is the width of a row; outputs that of a regression's target.
	inputs, outputs int
	// classes is the number of classes, 0 for a regression; free marks those that the control changes.
	classes int
	free    bool
}

var problems = []problem{
	{id: "two-moons", label: "Two moons", inputs: 2, classes: 2},
	{id: "circles", label: "Two circles", inputs: 2, classes: 2},
	{id: "spirals", label: "Spirals", inputs: 2, classes: 2, free: true},
	{id: "xor", label: "Exclusive or", inputs: 2, classes: 2},
	{id: "blobs", label: "Blobs", inputs: 2, classes: 3, free: true},
	{id: digits, label: "Digits, 8 by 8", inputs: 64, classes: 10},
	{id: "iris", label: "Iris flowers", inputs: 4, classes: 3},
	{id: "sine", label: "Sine (regression)", inputs: 1, outputs: 1},
	{id: "teacher", label: "Another net (regression)", inputs: 8, outputs: 4},
	{id: "one-point", label: "One point (regression)", inputs: 1, outputs: 1},
	{id: ownData, label: "Your own table"},
	{id: imported, label: "Runs trained elsewhere"},
}

func findProblem(id string) problem {
	for _, p := range problems {
		if p.id == id {
			return p
		}
	}
	panic("network: no problem " + id) // the control's choices are this list
}

func problemChoices() []param.Choice {
	var out []param.Choice
	for _, p := range problems {
		out = append(out, param.Choice{ID: p.id, Label: p.label})
	}
	return out
}

// ids makes choices of names that need no other label.
func ids(names ...string) []param.Choice {
	var out []param.Choice
	for _, n := range names {
		out = append(out, param.Choice{ID: n, Label: n})
	}
	return out
}

// activations on offer.
var activations = ids("tanh", "relu", "leaky-relu", "sigmoid", "gelu", "identity")

const (
	groupData  = "Data"
	groupNet   = "Net"
	groupStart = "Start"
)

var controls = []param.Control{
	{ID: "problem", Label: "Problem", Group: groupData, Kind: param.Pick, Default: param.Word("two-moons"), Choices: problemChoices(),
		Help: "What the net learns: drawn points, the shipped digits or flowers, another net, or a table of your own."},
	{ID: ownData, Label: "Your table", Group: groupData, Kind: param.Text, MaxLength: 64, Accept: []string{files.KindTable}, Default: param.Word(""),
		Help: "A CSV of your own: one column is the label, the others are inputs. The link holds its SHA-256."},
	{ID: "data-target", Label: "Label column", Group: groupData, Kind: param.Text, MaxLength: 200, Default: param.Word(""),
		Help: "Name or number of the column to predict; empty takes the one named label, class, target or y, else the last."},
	{ID: "data-inputs", Label: "Input columns", Group: groupData, Kind: param.Text, MaxLength: 1000, Default: param.Word(""),
		Help: "Names, numbers or ranges such as 1-64, parted by commas; empty takes all others."},
	{ID: imported, Label: "Surface or paths", Group: groupData, Kind: param.Text, MaxLength: 64, Accept: []string{files.KindSurface, files.KindPaths}, Default: param.Word(""),
		Help: "An NPZ with loss and coordinates, with theta, or both: what was computed elsewhere is shown as it is. The link holds its SHA-256."},
	{ID: "checkpoint", Label: "Weights", Group: groupNet, Kind: param.Text, MaxLength: 64, Accept: []string{files.KindCheckpoint}, Default: param.Word(""),
		Help: "A safetensors file of a dense net: the walks start from its weights. The link holds its SHA-256."},
	{ID: "architecture", Label: "Hidden widths", Group: groupNet, Kind: param.Text, MaxLength: 64, By: widthsBy, PerMethod: true,
		Help: "Widths 1 to 512 joined by '-', at most six; empty makes a linear model. For the digits convolutions may come first: c8-c16-24 has 8, then 16 filters of 3 × 3 pixels with stride 2, then 24 neurons."},
	{ID: "activation", Label: "Activation", Group: groupNet, Kind: param.Pick, By: activationBy,
		Choices: activations, Help: "The bend between two layers; identity makes a deep linear net."},
	{ID: "loss", Label: "Loss", Group: groupNet, Kind: param.Pick, Choices: ids("cross-entropy", "mse"), By: lossBy,
		Help: "Cross-entropy in nats, or half the squared distance summed over outputs; both are means over rows."},
	{ID: "samples", Label: "Rows", Symbol: `N`, Group: groupData, Kind: param.Whole, Min: 10, Max: 5000, By: rowsBy,
		Help: "How many rows, test rows included; digits has 1797, iris 150."},
	{ID: "noise", Label: "Noise", Symbol: `\sigma`, Group: groupData, Kind: param.Real, Min: 0, Max: 2, Default: param.Num(0.15),
		Help: "Standard deviation added to drawn inputs, or to the targets of a regression."},
	{ID: "classes", Label: "Classes", Symbol: `K`, Group: groupData, Kind: param.Whole, Min: 2, Max: 10, By: classesBy,
		Help: "Arms of the spirals or number of blobs; the other problems have their own."},
	{ID: "turns", Label: "Turns", Group: groupData, Kind: param.Real, Min: 0.25, Max: 4, Default: param.Num(1.5),
		Help: "How often a spiral winds."},
	{ID: "init", Label: "First weights", Group: groupStart, Kind: param.Pick, Default: param.Word(nets.Glorot.String()),
		Choices: ids("he", "glorot", "normal"), Help: "Standard deviation √(2/in), √(2/(in+out)) or 1; biases start at 0."},
	{ID: "init-scale", Label: "Scale of first weights", Group: groupStart, Kind: param.Real, Min: 1e-4, Max: 10, Log: true, Default: param.Num(1),
		Help: "Multiplies the first weights."},
	{ID: "init-run", Label: "Draw of first weights", Group: groupStart, Kind: param.Whole, Min: 0, Max: 9, Default: param.Num(0), PerMethod: true,
		Help: "Which of the seed's draws a net starts from: two contestants with different draws are two nets on the same rows."},
	{ID: "l2", Label: "Weight decay in the loss", Group: groupNet, Kind: param.Real, Min: 0, Max: 1, Default: param.Num(0), Live: true,
		Help: "Adds l2/2 times the squared length of all parameters, biases too, to the loss; not to the test loss. It changes the ground: turned on the way, losses before and after are of two grounds."},
	{ID: "test-fraction", Label: "Share of test rows", Group: groupData, Kind: param.Real, Min: 0, Max: 0.5, Default: param.Num(0.2),
		Help: "These rows are held out: no method sees them."},
	{ID: "standardize", Label: "Standardize inputs", Group: groupData, Kind: param.Switch, Default: param.On(true),
		Help: "Gives each input mean 0 and deviation 1 over the train rows; not for teacher and one-point."},
	{ID: "bias", Label: "Biases", Group: groupNet, Kind: param.Switch, By: biasBy, Help: "Off leaves the biases out of every layer."},
	{ID: "teacher-values", Label: "Strengths of the linear teacher", Symbol: `a_i`, Group: groupData, Kind: param.Vector, MinLength: 4, MaxLength: 4, Min: 0, Max: 100,
		Default: param.List(4, 2, 1, 0.5), Help: "Singular values of the teacher when the activation is identity."},
	{ID: "label-noise", Label: "Label noise", Group: groupData, Kind: param.Real, Min: 0, Max: 1, Default: param.Num(0),
		Help: "Share of train rows whose class is drawn anew; test labels stay clean."},
}

func lossBy(v param.Values) param.Value {
	if problemOf(v).classes == 0 {
		return param.Word(nets.MSE.String())
	}
	return param.Word(nets.CrossEntropy.String())
}

// classesBy is the problem's own number; regressions, which have none, show the smallest.
func classesBy(v param.Values) param.Value {
	return param.Num(float64(max(2, problemOf(v).classes)))
}

// dimension is the number of parameters of the net that the controls describe.
func dimension(v param.Values) int {
	p := problemOf(v)
	filters, widths, err := nets.ParseArchitecture(v.Text("architecture"))
	if err != nil {
		return 1 // the scene refuses it
	}
	out := p.outputs
	if out == 0 {
		out = p.classes
	}
	if p.free {
		out = v.Whole("classes")
	}
	sizes, err := nets.Sizes(p.inputs, filters, widths, out)
	if err != nil {
		return 1
	}
	return nets.Shape{Sizes: sizes, Filters: filters, Bias: v.On("bias")}.Dim()
}
