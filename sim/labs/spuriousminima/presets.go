package spuriousminima

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "trap", Title: "The trap", Note: "Ten neurons for ten: shaken a little, they settle where they were, at a loss of 0.0187.",
		Set: []string{"dim=10", "family=ii", "perturbation=0.001"}, Methods: []string{"gd:step-size=0.3"}, Seed: 1, Steps: 2000},
	{ID: "one-more-neuron", Title: "One more neuron", Note: "Ten neurons sit in a bad minimum. Split one of them in two and nine directions open downwards.",
		Set:     []string{"dim=10", "family=ii", "perturbation=0.001", "perturb-along=lowest"},
		Methods: []string{"trapped=gd:step-size=0.3", "freed=gd:extra-neurons=1,split=0,step-size=0.22727272727272727", "wrong=gd:extra-neurons=1,split=9,step-size=0.22727272727272727"}, Ground: "freed", Seed: 1, Steps: 4000},
	{ID: "wrong-neuron", Title: "The wrong neuron", Note: "Split the flipped neuron instead: nine ways down as well, and they lead to the next dead end.",
		Set:     []string{"dim=10", "family=ii", "perturbation=0.001", "perturb-along=lowest"},
		Methods: []string{"plain=gd:extra-neurons=1,split=0,step-size=0.22727272727272727", "wrong=gd:extra-neurons=1,split=9,step-size=0.22727272727272727"}, Seed: 1, Steps: 4000},
	{ID: "success-table", Title: "How often it is met", Note: "Two hundred random starts each, with none, one and two neurons more than the teacher has.",
		Set:     []string{"dim=10", "runs=200", "every=20"},
		Methods: []string{"ten=gd:step-size=0.3", "eleven=gd:extra-neurons=1,step-size=0.2727272727272727", "twelve=gd:extra-neurons=2,step-size=0.25"}, Seed: 1000, Steps: 6000},
	{ID: "barcode", Title: "A bar code", Note: "A hundred curvatures, and only twelve different ones: the symmetry of the trap sorts them.",
		Set: []string{"dim=10", "family=ii", "perturbation=0"}, Methods: []string{"gd:step-size=0.3"}, Seed: 1, Steps: 100},
	{ID: "noise-frees-all", Title: "Noise frees them all", Note: "Type A, all neurons flipped: one split and a little noise in every weight, and it finds the solution.",
		Set: []string{"dim=8", "family=a", "perturbation=0.001", "every=20"}, Methods: []string{"freed=gd:extra-neurons=1,split=0,step-size=0.2777777777777778"}, Seed: 1, Steps: 12000},
	{ID: "not-all-alike", Title: "Not all alike", Note: "With twenty inputs type II is a shallow trap, type A a deep one: the first fades as the inputs grow, the second does not.",
		Set: []string{"dim=20", "family=a", "perturbation=0.001"}, Methods: []string{"gd:step-size=0.15"}, Seed: 1, Steps: 400},
}
