package privatefederation

import "thalweg/sim"

var presets = []sim.Preset{
	{ID: "moderate", Title: "Momentum pays", Note: "A loss of 4 in each of 20 rounds, by Gaussian and by piecewise noise: momentum works on what is private already, and costs nothing.",
		Methods: []string{"ldp", "ldp-momentum", "pm=ldp:mechanism=pm,clip=0.15", "pm-momentum=ldp-momentum:mechanism=pm,clip=0.15"}, Seed: 1, Steps: 20, Aliases: []string{"q2"}},
	{ID: "no-privacy", Title: "Nobody hides", Note: "Raw gradients, three amounts of momentum: what the noise is up against.",
		Methods: []string{"fedavg", "half=fedavg:momentum=0.5", "fedavg-momentum"}, Seed: 1, Steps: 60, Aliases: []string{"q1"}},
	{ID: "strong-privacy", Title: "Momentum loses", Note: "A loss of a half a round: memory of slopes is also memory of noise, and noise is what there is.",
		Set: []string{"epsilon=0.5"}, Methods: []string{"ldp", "ldp-momentum"}, Seed: 1, Steps: 60, Aliases: []string{"q3"}},
	{ID: "landscape", Title: "On the map", Note: "Two weights, a hundred clients, piecewise noise: a cloud of arrows whose mean is nearly right.",
		Set: []string{"problem=logistic-2d", "clients=100", "samples=20", "mechanism=pm", "clip=1", "epsilon=2"}, Methods: []string{"fedavg", "fedavg-momentum", "ldp", "ldp-momentum"}, Seed: 1, Steps: 75, Aliases: []string{"q4"}},
	{ID: "leak", Title: "A gradient is a photograph", Note: "One picture, its gradient, the picture again; and what noise leaves of it.",
		Set: []string{"problem=leak", "clients=10", "samples=1", "clip=1", "epsilon=8"}, Methods: []string{"fedavg", "ldp"}, Seed: 1, Steps: 20, Aliases: []string{"q5"}},
	{ID: "fixed-total", Title: "The fair comparison", Note: "The same total loss of 16: twenty rounds with momentum against forty without, and against twenty without.",
		Set: []string{"total-epsilon=16"}, Methods: []string{"twenty=ldp-momentum:budget-rounds=20", "forty-plain=ldp", "twenty-plain=ldp:budget-rounds=20"}, Seed: 1, Steps: 40, Aliases: []string{"q6"}},
	{ID: "one-report-each", Title: "One report each", Note: "Twenty thousand clients in twenty groups: each reports once, and loses 4 in all instead of 25.",
		Set: []string{"clients=20000", "cohorts=on"}, Methods: []string{"ldp", "ldp-momentum"}, Seed: 1, Steps: 20, Aliases: []string{"q7"}},
	{ID: "few-clients", Title: "Few clients", Note: "A hundred clients instead of a thousand: the noise of the mean is three times as large.",
		Set: []string{"clients=100"}, Methods: []string{"ldp", "ldp-momentum"}, Seed: 1, Steps: 20, Aliases: []string{"q8"}},
}
