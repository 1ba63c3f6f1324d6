package landscape

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// symmetricOf is a random symmetric matrix of rank at most rank.
func symmetricOf(n, rank int) []float64 {
	a := make([]float64, n*n)
	for k := range rank {
		v := randomDirection(n, 5, uint64(k))
		for i := range n {
			for j := range n {
				a[i*n+j] += float64(k%3-1) * v[i] * v[j]
			}
		}
	}
	return a
}

func TestEigenvalues(t *testing.T) {
	for _, c := range []struct{ n, rank int }{{1, 1}, {2, 2}, {3, 3}, {8, 8}, {41, 41}, {60, 7}, {150, 150}, {5, 0}} {
		a := symmetricOf(c.n, c.rank)
		var eigen mat.EigenSym
		eigen.Factorize(mat.NewSymDense(c.n, slices.Clone(a)), false)
		want := eigen.Values(nil)
		got, err := eigenvalues(context.Background(), slices.Clone(a), c.n)
		if err != nil || len(got) != c.n {
			t.Fatalf("%d of %d: %d values, error %v", c.rank, c.n, len(got), err)
		}
		for i := range got {
			if d := math.Abs(got[i] - want[i]); d > 1e-13*largest(want) {
				t.Errorf("%d of rank %d: value %d is %v, gonum says %v", c.n, c.rank, i, got[i], want[i])
			}
		}
	}
	diagonal := make([]float64, 9)
	diagonal[0], diagonal[4], diagonal[8] = 3, -1, 2
	if got, _ := eigenvalues(context.Background(), diagonal, 3); !slices.Equal(got, []float64{-1, 2, 3}) {
		t.Errorf("a diagonal matrix has %v", got)
	}
}

func BenchmarkEigenvalues(b *testing.B) {
	const n = 987
	a := symmetricOf(n, n)
	for b.Loop() {
		if _, err := eigenvalues(context.Background(), slices.Clone(a), n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEigenvaluesGonum(b *testing.B) {
	const n = 987
	a := symmetricOf(n, n)
	for b.Loop() {
		var eigen mat.EigenSym
		eigen.Factorize(mat.NewSymDense(n, slices.Clone(a)), false)
	}
}
