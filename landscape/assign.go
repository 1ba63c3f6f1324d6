package landscape

import "math"

// Assign returns for each of n rows the column of its own that makes the sum of gains (n x n) largest, by
// shortest augmenting paths with prices (Jonker and Volgenant, 1987), in at most n^3 steps.
func Assign(n int, gain []float64) []int {
	rowPrice, price := make([]float64, n), make([]float64, n+1)
	owner := make([]int, n+1) // row of each column; column n is where a path begins
	for j := range owner {
		owner[j] = -1
	}
	for start := range n {
		owner[n] = start
		distance, before, seen := make([]float64, n), make([]int, n), make([]bool, n+1)
		for j := range distance {
			distance[j] = math.Inf(1)
		}
		column := n
		for owner[column] >= 0 {
			seen[column] = true
			row, next, least := owner[column], -1, math.Inf(1)
			for j := range n {
				if seen[j] {
					continue
				}
				if d := -gain[row*n+j] - rowPrice[row] - price[j]; d < distance[j] {
					distance[j], before[j] = d, column
				}
				if next < 0 || distance[j] < least {
					next, least = j, distance[j]
				}
			}
			for j := range owner {
				if seen[j] {
					rowPrice[owner[j]] += least
					price[j] -= least
				} else if j < n {
					distance[j] -= least
				}
			}
			column = next
		}
		for column != n {
			owner[column] = owner[before[column]]
			column = before[column]
		}
	}
	place := make([]int, n)
	for j, row := range owner[:n] {
		place[row] = j
	}
	return place
}
