package privatefederation

import (
	"math"

	"thalweg/sim"
	"thalweg/sim/param"
)

const (
	groupClients   = "Clients"
	groupTraining  = "Training"
	groupPrivacy   = "Privacy"
	groupTrouble   = "What goes wrong"
	groupMechanism = "Mechanism"
)

var controls = []param.Control{
	{ID: "problem", Label: "Problem", Group: groupClients, Kind: param.Pick, Default: param.Word(softmaxID),
		Choices: []param.Choice{{ID: softmaxID, Label: "Digits, 170 weights"}, {ID: logisticID, Label: "Two sides of the plane"}, {ID: quadraticID, Label: "Bowl with exact noise floor"}, {ID: leakID, Label: "Pictures that leak"}},
		Help:    "What is learned: procedural digits by softmax regression, two weights on the plane, a bowl whose noise floor is known exactly, or digits of 64 pixels whose gradients are looked into."},
	{ID: "leak-network", Label: "Network that leaks", Group: groupClients, Kind: param.Pick, Default: param.Word("softmax"), Choices: []param.Choice{{ID: "softmax", Label: "Softmax regression"}, {ID: "mlp", Label: "64 – 32 – 10, ReLU"}}, Help: "Whose gradient is turned back into the picture."},
	{ID: "clients", Label: "Clients", Symbol: "K", Group: groupClients, Kind: param.Whole, Min: 10, Max: 20_000, Log: true, Default: param.Num(1000), Help: "Each with its own rows and its own noise."},
	{ID: "samples", Label: "Rows of each", Symbol: "n", Group: groupClients, Kind: param.Whole, Min: 1, Max: 100, Default: param.Num(10), Help: "How many rows a client has."},
	{ID: "dirichlet", Label: "Evenness of labels", Symbol: `\alpha`, Group: groupClients, Kind: param.Real, Min: 0.05, Max: math.Inf(1), Log: true, Default: param.Num(math.Inf(1)), Help: "Each client draws its shares of labels from a Dirichlet distribution of this parameter: small is one-sided, infinite is even. It unbalances the labels of all together a little, too."},
	{ID: "client", Label: "Shown client", Group: groupClients, Kind: param.Whole, Min: 0, Max: 19_999, Default: param.Num(0), Help: "Whose labels, and whose picture, are shown; counted from 0."},
	{ID: "participation", Label: "Participation", Symbol: "q", Group: groupTraining, Kind: param.Real, Min: 0.01, Max: 1, Default: param.Num(1), Help: "Chance of each client to take part in a round. The server knows who does, so that it brings no privacy."},
	{ID: "cohorts", Label: "One report each", Group: groupTraining, Kind: param.Switch, Default: param.On(false), Help: "The clients are parted into as many groups as there are rounds; each reports once."},
	{ID: "local-steps", Label: "Local steps", Symbol: `\tau`, Group: groupTraining, Kind: param.Whole, Min: 1, Max: 20, Default: param.Num(1), Help: "Steps at the client before it reports, which cost no privacy."},
	{ID: "momentum-at", Label: "Momentum sits", Group: groupTraining, Kind: param.Pick, Default: param.Word(atServer), Choices: []param.Choice{{ID: atServer, Label: "at the server"}, {ID: atClient, Label: "at the clients"}, {ID: atBoth, Label: "at both"}, {ID: atMFL, Label: "in both, sent along"}},
		Help: "At the server it works on what is private already and costs nothing. Sent along, clients report their buffer as well, which is charged twice."},
	{ID: "mechanism", Label: "Mechanism", Group: groupPrivacy, Kind: param.Pick, Default: param.Word(gaussian), PerMethod: true,
		Choices: []param.Choice{{ID: noMechanism, Label: "None"}, {ID: "laplace", Label: "Laplace"}, {ID: "duchi", Label: "Duchi"}, {ID: "pm", Label: "Piecewise"}, {ID: "hm", Label: "Hybrid"}, {ID: gaussian, Label: "Gaussian"}},
		Help:    "What a client does to its gradient before it leaves. The two methods without privacy take none."},
	{ID: "split", Label: "Many coordinates", Group: groupPrivacy, Kind: param.Pick, Default: param.Word(sampleSplit),
		Choices: []param.Choice{{ID: sampleSplit, Label: "a few, drawn"}, {ID: harmonySplit, Label: "one, drawn"}, {ID: naiveSplit, Label: "all, evenly"}, {ID: cornerSplit, Label: "a corner of the cube"}},
		Help:    "How a mechanism for one number reports many: about one coordinate drawn for each 2.5 of privacy loss, scaled up; about one (Harmony, with Duchi's); about all, with the loss divided by their number; or, with Duchi's, one corner of a cube, up to 30 coordinates. The Gaussian mechanism needs none."},
	{ID: "epsilon", Label: "Privacy loss of a report", Symbol: `\varepsilon`, Group: groupPrivacy, Kind: param.Real, Min: 0.05, Max: 64, Log: true, Default: param.Num(4), PerMethod: true, Help: "How much one report may betray: swapping a client's data changes the likelihood of a report by at most $e^\\varepsilon$."},
	{ID: "total-epsilon", Label: "Budget of the whole run", Group: groupPrivacy, Kind: param.Real, Min: 0, Max: 200, Default: param.Num(0), PerMethod: true, Help: "Sets the noise so that all rounds together lose this much, by the best accountant; 0 leaves it to the loss of a report."},
	{ID: "budget-rounds", Label: "Rounds of the budget", Group: groupPrivacy, Kind: param.Whole, Min: 0, Max: 500, Default: param.Num(0), PerMethod: true, Help: "How many rounds the budget is for, and after how many a method rests; 0 takes all of the run."},
	{ID: "delta", Label: "Chance of an exception", Symbol: `\delta`, Group: groupPrivacy, Kind: param.Real, Min: 1e-9, Max: 1e-2, Log: true, Default: param.Num(1e-5), Help: "Of the Gaussian mechanism, and of the accountants."},
	{ID: "clip", Label: "Clipping", Symbol: "C", Group: groupPrivacy, Kind: param.Real, Min: 1e-3, Max: 10, Log: true, PerMethod: true, Help: "Longest gradient that is let through, of each coordinate for all but the Gaussian mechanism. Two clients can then differ by twice as much, which is what the noise must hide.",
		By: func(v param.Values) param.Value {
			if v.Text("mechanism") == gaussian {
				return param.Num(0.5)
			}
			return param.Num(0.15)
		}},
	{ID: "clip-after-noise", Label: "Clip after the noise (broken)", Group: groupTrouble, Kind: param.Switch, Default: param.On(false), Help: "The wrong order: it guarantees nothing, whatever the gauge says."},
	{ID: "dropout", Label: "Lost uploads", Group: groupTrouble, Kind: param.Real, Min: 0, Max: 0.9, Default: param.Num(0), Help: "Chance that an upload is lost after it was sent. It is paid for all the same."},
	{ID: "attackers", Label: "Attackers", Group: groupTrouble, Kind: param.Real, Min: 0, Max: 0.4, Default: param.Num(0), Help: "Share of clients that send −10 times their upload."},
	{ID: "aggregator", Label: "Server takes", Group: groupTrouble, Kind: param.Pick, Default: param.Word("mean"), Choices: []param.Choice{{ID: "mean", Label: "the mean"}, {ID: "median", Label: "the median"}, {ID: "trimmed", Label: "the mean without a fifth at each end"}},
		Help: "Of each coordinate. The median of private uploads is biased: their tails are heavy."},
	{ID: "sweep", Label: "Map of loss and momentum", Group: groupMechanism, Kind: param.Switch, Default: param.On(false), Help: "Plays the run again in the end for six privacy losses and four momenta, and shows the accuracy of each."},
	{ID: "shown-value", Label: "Shown number", Symbol: "t", Group: groupMechanism, Kind: param.Real, Min: -1, Max: 1, Default: param.Num(0.3), Help: "The number whose report's density is drawn."},
}

func hyper(momentum float64) []*param.Control {
	return []*param.Control{
		{ID: "step-size", Label: "Step size", Symbol: `\eta`, Kind: param.Real, Min: 1e-4, Max: 100, Log: true, Live: true, Default: param.Num(0.5), Help: "Of the server and of local steps."},
		{ID: "momentum", Label: "Momentum", Symbol: `\gamma`, Kind: param.Real, Min: 0, Max: 0.99, Live: true, Default: param.Num(momentum), Help: "How much of the last move is kept. It remembers slopes, and noise."},
	}
}

var methods = []sim.MethodKind{
	{ID: "fedavg", Label: "Plain, not private", Slot: 8, Hyper: hyper(0), Help: "Uploads are gradients as they are."},
	{ID: "fedavg-momentum", Label: "Momentum, not private", Slot: 1, Hyper: hyper(0.9), Help: "The same with momentum."},
	{ID: "ldp", Label: "Plain, private", Slot: 4, Hyper: hyper(0), Help: "Each client clips and perturbs before it uploads."},
	{ID: "ldp-momentum", Label: "Momentum, private", Slot: 2, Hyper: hyper(0.9), Help: "The same with momentum on what is private already."},
}

// private reports whether a method's uploads are perturbed.
func private(kind string) bool { return kind == "ldp" || kind == "ldp-momentum" }
