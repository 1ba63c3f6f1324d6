// Package labs lists the labs of the house.
package labs

import (
	"thalweg/sim"
	"thalweg/sim/labs/flowtosgd"
	"thalweg/sim/labs/leakyrelu"
	"thalweg/sim/labs/network"
	"thalweg/sim/labs/privatefederation"
	"thalweg/sim/labs/race"
	"thalweg/sim/labs/scoreascent"
	"thalweg/sim/labs/spuriousminima"
	"thalweg/sim/labs/symmetry"
)

// All lists the labs in the order of the gallery.
var All = []*sim.Lab{&race.Lab, &network.Lab, &spuriousminima.Lab, &flowtosgd.Lab, &leakyrelu.Lab, &symmetry.Lab, &scoreascent.Lab, &privatefederation.Lab}
