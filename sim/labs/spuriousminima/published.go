package spuriousminima

import (
	"thalweg/landscape/teacher"
	"thalweg/sim"
	"thalweg/sim/param"
)

// publishedRuns is how many runs of each size Safran and Shamir (ICML 2018) published.
const publishedRuns = 1000

// publishedEqual and publishedOne are how many of them ended in a spurious minimum: as many neurons as the teacher has,
// and one more. Of one more nothing was published for 6, 7 and 9 inputs, where no bad run was reported.
var (
	publishedEqual = map[int]int{6: 3, 7: 55, 8: 126, 9: 218, 10: 346, 11: 455, 12: 585, 13: 730, 14: 736, 15: 803, 16: 851, 17: 897, 18: 900, 19: 934, 20: 949}
	publishedOne   = map[int]int{8: 1, 10: 1, 11: 1, 12: 3, 13: 15, 14: 55, 15: 102, 16: 180, 17: 233, 18: 369, 19: 491}
)

// publishedFor is how many published runs of d inputs with so many extra neurons ended badly.
func publishedFor(d, extra int) (bad, of int, known bool) {
	switch extra {
	case 0:
		bad, known = publishedEqual[d]
	case 1:
		bad, known = publishedOne[d]
	}
	return bad, publishedRuns, known
}

// publishedBySize lists the published sizes with so many extra neurons, each with the share that ended badly, in per cent.
func publishedBySize(extra int) (list []float64) {
	for d := teacher.SmallestFamily; d <= 20; d++ {
		if bad, of, known := publishedFor(d, extra); known {
			list = append(list, float64(d), 100*float64(bad)/float64(of))
		}
	}
	return list
}

func refuseRuns(m *sim.MethodSpec) error {
	return param.Refuse("runs", "must be 1 with %s, which has no plain step to repeat from many starts", m.ID)
}
