package cube

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Part is a coefficient on the product of a set of coordinates, ascending.
type Part struct {
	Set  []int
	Coef float64
}

// Parts turns sets and coefficients into parts scaled to unit variance. Missing coefficients are 1; a set may stand once,
// holds each coordinate of d once, and not all may be empty or without weight.
func Parts(sets [][]int, coefs []float64, d int) ([]Part, error) {
	if len(sets) == 0 {
		return nil, fmt.Errorf("no sets; want at least one, such as 0;0,1")
	}
	if len(coefs) > len(sets) {
		return nil, fmt.Errorf("%d coefficients for %d sets", len(coefs), len(sets))
	}
	var out []Part
	sum := 0.0
	known := map[string]bool{}
	for i, s := range sets {
		set := slices.Clone(s)
		slices.Sort(set)
		for k, c := range set {
			if c < 0 || c >= d {
				return nil, fmt.Errorf("set %d holds coordinate %d; want 0 to %d", i+1, c, d-1)
			}
			if k > 0 && set[k-1] == c {
				return nil, fmt.Errorf("set %d holds coordinate %d twice", i+1, c)
			}
		}
		name := fmt.Sprint(set)
		if known[name] {
			return nil, fmt.Errorf("the set %s stands twice", Written(set))
		}
		known[name] = true
		c := 1.0
		if i < len(coefs) {
			c = coefs[i]
		}
		if len(set) > 0 {
			sum += c * c
		}
		out = append(out, Part{set, c})
	}
	if !(sum > 0) {
		return nil, fmt.Errorf("a constant: want a set that is not empty, with a coefficient that is not 0")
	}
	for i := range out {
		out[i].Coef /= math.Sqrt(sum)
	}
	return out, nil
}

// ReadSets reads sets such as 0;0,1;0,1,2. An empty part is the empty set.
func ReadSets(text string) ([][]int, error) {
	var out [][]int
	for part := range strings.SplitSeq(text, ";") {
		set := []int{}
		if part = strings.TrimSpace(part); part != "" {
			for word := range strings.SplitSeq(part, ",") {
				c, err := strconv.Atoi(strings.TrimSpace(word))
				if err != nil {
					return nil, fmt.Errorf("%.20q is no coordinate; want sets such as 0;0,1;0,1,2", word)
				}
				set = append(set, c)
			}
		}
		out = append(out, set)
	}
	return out, nil
}

// Written is a set as text.
func Written(set []int) string {
	words := make([]string, len(set))
	for i, c := range set {
		words[i] = strconv.Itoa(c)
	}
	return strings.Join(words, ",")
}

// Leap is the least number of new coordinates that some order of the sets asks for at its worst step: 1 or less is the
// merged-staircase property. Taking next the set with the fewest new coordinates is such an order.
func Leap(sets [][]int) int {
	seen, leap := map[int]bool{}, 0
	for _, i := range Order(sets) {
		leap = max(leap, unseen(sets[i], seen))
		for _, c := range sets[i] {
			seen[c] = true
		}
	}
	return leap
}

func unseen(set []int, seen map[int]bool) (n int) {
	for _, c := range set {
		if !seen[c] {
			n++
		}
	}
	return n
}

// Reach is the coordinates that come in by sets with at most one new one each, ascending.
func Reach(sets [][]int) []int {
	seen := map[int]bool{}
	for more := true; more; {
		more = false
		for _, s := range sets {
			if unseen(s, seen) == 1 {
				for _, c := range s {
					more = more || !seen[c]
					seen[c] = true
				}
			}
		}
	}
	out := []int{}
	for c := range seen {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// LevelsOf are the levels of parts in d coordinates, with 0 in place of the mean.
func LevelsOf(parts []Part, d int) []float64 {
	out := make([]float64, d+1)
	for _, p := range parts {
		if k := len(p.Set); k > 0 {
			out[k] += p.Coef * p.Coef
		}
	}
	return out
}

// ResidualAlignment is that of what is left of the parts once the coordinates within reach are known: signs and
// permutations of the d' others do not tell apart sets that share what they have of the reach and the number of others,
// so it is the largest sum of squares of such sets over binom(d', others). It is 0 where everything is within reach.
func ResidualAlignment(parts []Part, d int) float64 {
	sets := make([][]int, len(parts))
	for i, p := range parts {
		sets[i] = p.Set
	}
	reach := Reach(sets)
	sums := map[string]float64{}
	others := map[string]int{}
	for _, p := range parts {
		var in, out []int
		for _, c := range p.Set {
			if slices.Contains(reach, c) {
				in = append(in, c)
			} else {
				out = append(out, c)
			}
		}
		if len(out) == 0 {
			continue
		}
		key := fmt.Sprint(in, len(out))
		sums[key] += p.Coef * p.Coef
		others[key] = len(out)
	}
	top := 0.0
	for key, sum := range sums {
		top = math.Max(top, sum/Binomial(d-len(reach), others[key]))
	}
	return top
}

// Order lists the places of the sets, each time the one with the fewest new coordinates next.
func Order(sets [][]int) []int {
	seen := map[int]bool{}
	var out []int
	for len(out) < len(sets) {
		best, fewest := -1, math.MaxInt
		for i, s := range sets {
			if n := unseen(s, seen); !slices.Contains(out, i) && n < fewest {
				best, fewest = i, n
			}
		}
		for _, c := range sets[best] {
			seen[c] = true
		}
		out = append(out, best)
	}
	return out
}
