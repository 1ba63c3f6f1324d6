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

// Eigenvectors are orthonormal and belong to the eigenvalues, also where many of these are equal.
func TestEigensystem(t *testing.T) {
	for _, c := range []struct{ n, rank int }{{1, 1}, {2, 2}, {3, 3}, {8, 8}, {33, 33}, {60, 7}, {150, 150}, {300, 40}, {5, 0}, {100, 0}} {
		a := symmetricOf(c.n, c.rank)
		if c.rank == 0 {
			// A chain of equal blocks: every eigenvalue many times.
			for i := range c.n {
				a[i*c.n+i] = 2
				if i%5 != 0 {
					a[i*c.n+i-1], a[(i-1)*c.n+i] = -1, -1
				}
			}
		}
		checkEigensystem(t, a, c.n)
		for i := range a {
			a[i] *= 1e-200
		}
		checkEigensystem(t, a, c.n)
	}
	// Wilkinson's matrix has pairs that agree to all digits.
	const n = 101
	w := make([]float64, n*n)
	for i := range n {
		w[i*n+i] = math.Abs(float64(i - n/2))
		if i > 0 {
			w[i*n+i-1], w[(i-1)*n+i] = 1, 1
		}
	}
	checkEigensystem(t, w, n)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := eigensystem(ctx, w, n); err == nil {
		t.Error("an ended context gives no error")
	}
}

func checkEigensystem(t *testing.T, a []float64, n int) {
	t.Helper()
	values, vectors, err := eigensystem(context.Background(), slices.Clone(a), n)
	if err != nil || len(values) != n || !slices.IsSorted(values) {
		t.Fatalf("%d values of %d, error %v", len(values), n, err)
	}
	size := largest(values)
	h := make([]float64, n)
	for i, v := range vectors {
		for j := range h {
			h[j] = dot(a[j*n:(j+1)*n], v) - values[i]*v[j]
		}
		if r := norm(h); !(r <= 1e-14*float64(n)*size) {
			t.Fatalf("order %d, value %d: residual %.1e of %.1e", n, i, r, size)
		}
		for j := range i + 1 {
			want := 0.0
			if i == j {
				want = 1
			}
			if d := math.Abs(dot(v, vectors[j]) - want); !(d <= 1e-14*float64(max(10, n))) {
				t.Fatalf("order %d: vectors %d and %d have the product %v off", n, i, j, d)
			}
		}
	}
}

func BenchmarkEigensystem(b *testing.B) {
	const n = 987
	a := symmetricOf(n, n)
	for b.Loop() {
		if _, _, err := eigensystem(context.Background(), slices.Clone(a), n); err != nil {
			b.Fatal(err)
		}
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
