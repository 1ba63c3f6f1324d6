package scoreascent

import "thalweg/sim"

var six = []string{"pmcsa", "jsa", "msc-rb", "msc", "snis", "elbo"}

// at gives each method a step size.
func at(stepSize string, ids ...string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id + ":step-size=" + stepSize
	}
	return out
}

var presets = []sim.Preset{
	{ID: "inclusive-vs-exclusive", Title: "Two best ellipses", Note: "A tilted hill and upright ellipses. The usual fit hides inside, the chains' fit reaches around.",
		Set: []string{"problem=gauss", "start=-1.5,1.5", "init-scale=0.5", "every=5"}, Methods: at("0.01", six...), Seed: 1, Steps: 3000, Aliases: []string{"p1"}},
	{ID: "paper-variance", Title: "Average what, exactly?", Note: "Fifty dimensions, q held at the best fit: sixteen times the proposals, and whose estimate is sixteen times as sharp?",
		Set: []string{"problem=gauss-d", "start-at=optimum", "probe=512", "every=10"}, Methods: at("1e-8", six[:4]...), Seed: 1, Steps: 500, Aliases: []string{"p2"}},
	{ID: "paper-variance-early", Title: "Early in the run", Note: "The same with q halfway: now only chains side by side get anything for their work.",
		Set: []string{"problem=gauss-d", "start-at=halfway", "probe=512", "every=10"}, Methods: at("1e-8", six[:4]...), Seed: 1, Steps: 500, Aliases: []string{"p3"}},
	{ID: "paper-race", Title: "The race", Note: "Fifty dimensions, ten proposals a step, Adam: the scale of the paper's own simulation, live.",
		Set: []string{"problem=gauss-d", "proposals=10", "every=50"}, Methods: at("0.01", six...), Seed: 1, Steps: 10_000, Aliases: []string{"p4"}},
	{ID: "big-steps", Title: "Big steps", Note: "Thirty times the step size: what shakes least sits lowest.",
		Set: []string{"problem=gauss", "family=full-rank", "start=-1.5,1.5", "init-scale=0.5", "every=5"}, Methods: at("0.3", six[:4]...), Seed: 1, Steps: 1500, Aliases: []string{"p5"}},
	{ID: "iris", Title: "A real posterior", Note: "Bayesian logistic regression on a hundred irises: early on the chains side by side are ahead, and the usual fit is too narrow.",
		Set: []string{"problem=iris", "proposals=10", "every=20"}, Methods: at("0.01", six...), Seed: 1, Steps: 4000, Aliases: []string{"p6"}},
	{ID: "where-it-loses", Title: "Where it loses", Note: "Two dimensions, an easy target, small steps: variance is not the problem here, being slow is.",
		Set: []string{"problem=banana", "family=full-rank", "start=-1.5,1.5", "init-scale=0.5", "every=5"}, Methods: at("0.01", six[:4]...), Seed: 1, Steps: 3000, Aliases: []string{"p7"}},
}
