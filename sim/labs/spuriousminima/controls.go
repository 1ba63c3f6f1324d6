package spuriousminima

import (
	"slices"

	"thalweg/landscape/teacher"
	"thalweg/sim"
	"thalweg/sim/labs/rules"
	"thalweg/sim/param"
)

const (
	groupTeacher = "Teacher"
	groupStudent = "Student"
	groupStart   = "Start"
	groupRun     = "Run"
)

// random is the start that no family gives.
const random = "random"

var controls = []param.Control{
	{ID: "problem", Label: "Teacher", Group: groupTeacher, Kind: param.Pick, Default: param.Word("orthonormal"),
		Choices: []param.Choice{{ID: "orthonormal", Label: "Along the axes"}, {ID: "perturbed", Label: "Nearly along the axes"}},
		Help:    "The neurons to be learned: the unit vectors, or those with noise added."},
	{ID: "dim", Label: "Inputs", Symbol: "d", Group: groupTeacher, Kind: param.Whole, Min: 2, Max: 50, Default: param.Num(10),
		Help: "How many inputs, and how many neurons the teacher has. The families begin at 6."},
	{ID: "teacher-noise", Label: "Noise of the teacher", Symbol: `\sigma`, Group: groupTeacher, Kind: param.Real, Min: 0, Max: 0.3, Default: param.Num(0),
		Help: "Standard deviation added to each weight of a perturbed teacher. It breaks the symmetry; the signs of the curvatures persist while it is small."},
	{ID: "extra-neurons", Label: "Extra neurons", Group: groupStudent, Kind: param.Whole, Min: -2, Max: 4, Default: param.Num(0), PerMethod: true,
		Help: "How many neurons the student has beyond the teacher's. With fewer, the loss cannot reach 0."},
	{ID: "family", Label: "Start", Group: groupStart, Kind: param.Pick, Default: param.Word(random),
		Choices: []param.Choice{{ID: random, Label: "Random weights"}, {ID: "global", Label: "The solution"}, {ID: "a", Label: "Type A: all neurons flipped"}, {ID: "i", Label: "Type I: all but one flipped"}, {ID: "ii", Label: "Type II: one flipped"}},
		Help:    "Random weights are normal of variance 1/d. The families are critical points that there are in every dimension, found by Newton's method on two or five numbers."},
	{ID: "split", Label: "Neuron to split", Group: groupStart, Kind: param.Whole, Min: -1, Max: 49, Default: param.Num(-1), PerMethod: true,
		Help: "Counted from 0; −1 for none. At a family's point the extra neurons are parts of this one: same function, same loss. The last one is unlike the others in types I and II."},
	{ID: "split-ratio", Label: "Split ratio", Symbol: `\lambda`, Group: groupStart, Kind: param.Real, Min: 0.05, Max: 0.95, Default: param.Num(0.5),
		Help: "The share of the neuron that stays."},
	{ID: "perturbation", Label: "Nudge", Symbol: `\varepsilon`, Group: groupStart, Kind: param.Real, Min: 0, Max: 0.1, Default: param.Num(0.001),
		Help: "How far a family's point is left at the start."},
	{ID: "perturb-along", Label: "Nudge along", Group: groupStart, Kind: param.Pick, Default: param.Word("noise"),
		Choices: []param.Choice{{ID: "lowest", Label: "The lowest curvature"}, {ID: "noise", Label: "Noise in every weight"}},
		Help:    "The direction of the lowest curvature keeps part of the symmetry, noise breaks all of it."},
	{ID: "runs", Label: "Runs at once", Group: groupRun, Kind: param.Whole, Min: 1, Max: 500, Default: param.Num(1),
		Help: "So many random starts, with the seeds that follow, walk beside the one in the pictures; how many end in a trap is counted."},
}

// offered are the methods of this lab, in the order of the page.
var offered = []string{"gd", "sgd", "gradient-flow", "newton"}

var methods = slices.DeleteFunc(rules.Kinds(rules.Fresh, byGround), func(k sim.MethodKind) bool { return !slices.Contains(offered, k.ID) })

// byGround gives the defaults that suit the number of neurons: step sizes well below 2/λmax, which is about 8/(d+4) at
// the solution.
func byGround(method, hyper string, v param.Values) (float64, bool) {
	k := float64(max(1, v.Whole("dim")+v.Whole("extra-neurons")))
	switch {
	case hyper == "step-size" && method == "gd":
		return 3 / k, true
	case hyper == "step-size" && method == "sgd":
		return 0.5 / k, true
	case hyper == "batch-size" && method == "sgd":
		return 64, true
	case hyper == "time-step":
		return 3 / k, true
	}
	return 0, false
}

// familyOf is the family that a choice names.
func familyOf(id string) teacher.Family {
	i := slices.IndexFunc(teacher.Families, func(f teacher.Family) bool { return f.String() == id })
	return teacher.Families[i] // the choices are the families
}
