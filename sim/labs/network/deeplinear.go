package network

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"thalweg/landscape/nets"
	"thalweg/sim"
	"thalweg/sim/data"
)

// modesLearned reads how much of each mode of the linear teacher a deep linear net computes.
func modesLearned(m nets.Modes, s nets.Shape) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) {
		strengths := make([]float64, len(m.Values))
		m.Strengths(strengths, s, at.X)
		return strengths, 0
	}
}

// halfSteps reads, at the start of gradient descent, the steps at which its modes should pass half their value. Only two
// layers have a prediction.
func halfSteps(m nets.Modes, s nets.Shape, stepSize float64) sim.Reader {
	return func(at *sim.Reading) ([]float64, int) { return m.HalfSteps(s, at.X, stepSize), 0 }
}

// halfTimes are the steps of the records at which the modes first pass half their value, -1 where they do not.
func halfTimes(t *sim.MethodTrace, values []float64) []int {
	half := make([]int, len(values))
	for i := range half {
		half[i] = -1
	}
	modes := t.Readings("singular-modes")
	for r, row := range modes.Rows {
		for i, v := range row {
			if half[i] < 0 && v >= values[i]/2 {
				half[i] = modes.Step[r]
			}
		}
	}
	return half
}

// linear holds the claims about nets without bends.
var linear = []sim.Claim{
	{
		ID: "n8", Preset: "deep-linear", Panel: "modes", Source: "Saxe et al. 2014 for the modes; derived for discrete steps and finite first weights", Seeds: 5,
		Statement: "A deep linear net learns the teacher's modes one after the other, each at a step that the first weights fix.",
		Want:      "each mode passes half its value within 2 steps of the prediction",
		Check:     onDeepLinear(checkHalfTimes),
	},
	{
		ID: "n9", Preset: "deep-linear", Panel: "loss", Source: "loss of the teacher without its j strongest modes, half the sum of the other squares", Seeds: 5,
		Statement: "Between two modes the net passes a saddle, and its loss there is that of the modes still missing.",
		Want:      "where the gradient is smallest between two modes, the loss is within a tenth of half the sum of the missing squares",
		Check:     onDeepLinear(checkPlateaus),
	},
	{
		ID: "n8-order", Preset: "deep-linear-3", Panel: "modes", Source: "Saxe et al. 2014 for the modes; three seeds, float64 reference program", Seeds: 3, Long: true, Each: true,
		Statement: "With a layer more the modes still come one after the other, the strongest first.",
		Want:      "each mode passes half its value later than the stronger ones",
		Check: onDeepLinear(func(t *sim.MethodTrace, m nets.Modes) (bool, string) {
			half := halfTimes(t, m.Values)
			return half[0] > 0 && slices.IsSorted(half), fmt.Sprint(half)
		}),
	},
}

func onDeepLinear(check func(*sim.MethodTrace, nets.Modes) (bool, string)) func([]*sim.Trace) sim.Verdict {
	return each(func(t *sim.Trace) (bool, string) {
		m, err := data.LinearTeacher(t.Spec.Seed, t.Spec.Values.Vector("teacher-values"))
		if err != nil {
			return false, err.Error()
		}
		return check(t.Method("gd"), m)
	})
}

func checkHalfTimes(t *sim.MethodTrace, m nets.Modes) (bool, string) {
	net, ok := t.Ground.(*nets.Net[float64])
	if !ok {
		return false, "the ground is no net"
	}
	holds := true
	var got []string
	half := halfTimes(t, m.Values)
	for i, p := range m.HalfSteps(net.Shape(), t.Point(0), t.Hyper.Real("step-size")) {
		holds = holds && math.Abs(float64(half[i])-p) <= 2
		got = append(got, fmt.Sprintf("%d (%.1f)", half[i], p))
	}
	return holds, strings.Join(got, " ")
}

func checkPlateaus(t *sim.MethodTrace, m nets.Modes) (bool, string) {
	holds := true
	var got []string
	values, half := m.Values, halfTimes(t, m.Values)
	loss, norm := t.At("loss"), t.At("gradient-norm")
	for j := 1; j < len(values); j++ {
		if half[j-1] < 0 || half[j] < 0 {
			return false, fmt.Sprintf("mode %d was not learned", j+1)
		}
		level := 0.0
		for _, s := range values[j:] {
			level += s * s / 2
		}
		low := half[j-1]
		for step := low; step <= half[j]; step++ {
			if norm[step] < norm[low] {
				low = step
			}
		}
		holds = holds && math.Abs(loss[low]-level) <= level/10
		got = append(got, fmt.Sprintf("%.4f (%.3f)", loss[low], level))
	}
	return holds, strings.Join(got, " ")
}
