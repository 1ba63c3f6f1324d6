package network

import (
	"fmt"
	"strings"

	"thalweg/sim"
)

// accuracies is what each preset says of its nets, over five seeds. The bounds leave room below the worst of
// them: each statement names what the seeds gave.
var accuracies = []sim.Claim{
	{
		ID: "n16", Preset: "moons", Panel: "accuracy", Source: "five seeds, float64 reference program", Seeds: 5, Specs: []string{"preset=moons&every=99"},
		Statement: "On two moons Adam ends with a test accuracy of at least 0.96 and a lower loss than both descents.",
		Want:      "test accuracy of adam at least 0.96; its loss below those of gd and sgd",
		Check: each(func(t *sim.Trace) (bool, string) {
			acc, loss := t.Method("adam").Last("test-accuracy"), t.Method("adam").Last("loss")
			gd, sgd := t.Method("gd").Last("loss"), t.Method("sgd").Last("loss")
			return acc >= 0.96 && loss < gd && loss < sgd, fmt.Sprintf("%.4f, losses %.4f, gd %.3f, sgd %.3f", acc, loss, gd, sgd)
		}),
	},
	{
		ID: "n16-spirals", Preset: "spirals", Panel: "accuracy", Source: "five seeds, float64 reference program", Seeds: 5,
		Specs:     []string{"preset=spirals&every=499&methods=adam:step-size=0.005"},
		Statement: "Adam learns two spirals of one and a half turns to a test accuracy of at least 0.95 in 2500 steps.",
		Want:      "test accuracy of adam at least 0.95",
		Check: each(func(t *sim.Trace) (bool, string) {
			acc := t.Method("adam").Last("test-accuracy")
			return acc >= 0.95, fmt.Sprintf("%.4f, loss %.1e", acc, t.Method("adam").Last("loss"))
		}),
	},
	{
		ID: "n16-iris", Preset: "iris", Panel: "accuracy", Source: "five seeds, float64 reference program", Seeds: 5, Specs: []string{"preset=iris&every=99"},
		Statement: "Eight neurons tell at least 95 of 100 train flowers apart.",
		Want:      "train accuracy of adam at least 0.95",
		Check: each(func(t *sim.Trace) (bool, string) {
			adam := t.Method("adam")
			return adam.Last("accuracy") >= 0.95, fmt.Sprintf("%.4f, test %.4f", adam.Last("accuracy"), adam.Last("test-accuracy"))
		}),
	},
	{
		ID: "n16-digits", Preset: "digits", Panel: "accuracy", Source: "five seeds, float64 reference program", Seeds: 5,
		Specs:     []string{"preset=digits&every=99&methods=sgd;adam"},
		Statement: "1810 weights learn the train digits by heart and at least 95 of 100 test digits with Adam, at least 94 with minibatch descent.",
		Want:      "train accuracy of adam 1, test accuracy at least 0.95, of sgd at least 0.94",
		Check: each(func(t *sim.Trace) (bool, string) {
			adam, sgd := t.Method("adam"), t.Method("sgd")
			train, test, other := adam.Last("accuracy"), adam.Last("test-accuracy"), sgd.Last("test-accuracy")
			return train == 1 && test >= 0.95 && other >= 0.94, fmt.Sprintf("train %.4f, test %.4f, sgd %.4f", train, test, other)
		}),
	},
}

// each makes a check that every trace must pass; it tells of all of them.
func each(check func(*sim.Trace) (bool, string)) func([]*sim.Trace) sim.Verdict {
	return func(traces []*sim.Trace) sim.Verdict {
		holds := true
		var got []string
		for _, t := range traces {
			ok, text := check(t)
			holds = holds && ok
			got = append(got, text)
		}
		return sim.Judge(holds, "%s", strings.Join(got, "; "))
	}
}
