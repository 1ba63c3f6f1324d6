package landscape

import (
	"math"
	"slices"
)

// A Track follows both ends of the spectrum of a matrix that changes little by little, such as the Hessian along a walk.
type Track struct {
	// Low and High are the ends; LowError and HighError bound their errors as far as the rest of the spectrum is known.
	Low, High           float64
	LowError, HighError float64
	// LowVector and HighVector are their unit eigenvectors, nil where the matrix is not finite.
	LowVector, HighVector []float64
	// Ritz are the Ritz values behind them, ascending.
	Ritz []float64
	// Products counts the products with the matrix. Converged tells that both ends are within the tolerance.
	Products  int
	Converged bool
}

// TrackOptions ask for ends of a spectrum while it changes. Zero values mean both ends, 1e-4 and 40 products cold.
type TrackOptions struct {
	// Tolerance is the error of an end relative to its size. The error of the lower end may also be that share of a
	// hundredth of the upper one: it often is 0.
	Tolerance float64
	// Cold is the number of products from a start that knows nothing.
	Cold int
	// HighOnly leaves the lower end as it happens to be.
	HighOnly bool
}

const (
	trackTolerance = 1e-4
	trackCold      = 40
	// A warm start takes this many products at least and at most.
	trackLeast, trackMost = 8, 20
	// trackMix is the share of a random direction in a warm start: from an exact eigenvector no other could be found.
	trackMix = 0.1
	// A cold start for the upper end alone may stop half way where the error is this share of what is allowed.
	coldShare = 1e-5
)

// Follow finds the ends of the spectrum of a symmetric matrix on n coordinates. From the track of a matrix nearby it
// takes 8 to 20 products, and only where these do not bring the upper end within the tolerance, or before is nil, those
// of a cold start. The lower end, which in most spectra lies in a crowd, comes as near as those products bring it: from
// one track to the next it comes nearer. The result is a function of the operands alone.
func Follow(apply Operator, n int, before *Track, o TrackOptions) *Track {
	if o.Tolerance == 0 {
		o.Tolerance = trackTolerance
	}
	if o.Cold == 0 {
		o.Cold = trackCold
	}
	start := randomDirection(n, 0, 2)
	spent := 0
	if before != nil && before.HighVector != nil {
		warm := slices.Clone(before.HighVector)
		if !o.HighOnly {
			addScaled(warm, 1, before.LowVector)
		}
		addScaled(warm, trackMix*norm(warm)/norm(start), start)
		k := LanczosUntil(apply, warm, trackLeast, trackMost, func(k *Krylov) bool { return tracked(k, o).Converged })
		t := tracked(k, o)
		if t.HighError <= o.Tolerance*math.Abs(t.High) {
			t.vectors(k, o)
			return t
		}
		spent = t.Products
	}
	var enough func(*Krylov) bool
	if o.HighOnly {
		enough = func(k *Krylov) bool {
			t := tracked(k, o)
			return t.HighError <= coldShare*o.Tolerance*math.Abs(t.High)
		}
	}
	k := LanczosUntil(apply, start, (o.Cold+1)/2, o.Cold, enough)
	t := tracked(k, o)
	t.vectors(k, o)
	t.Products += spent
	return t
}

// tracked reads the ends off a Krylov space, without their vectors.
func tracked(k *Krylov, o TrackOptions) *Track {
	m := len(k.Ritz)
	t := &Track{Low: k.Ritz[0], High: k.Ritz[m-1], Ritz: k.Ritz, Products: m}
	t.LowError, t.HighError = ritzError(k, 0, 1), ritzError(k, m-1, m-2)
	t.Converged = t.HighError <= o.Tolerance*math.Abs(t.High) &&
		(o.HighOnly || t.LowError <= o.Tolerance*max(math.Abs(t.Low), math.Abs(t.High)/100))
	return t
}

// ritzError bounds the error of Ritz value i with the neighbour j: by its residual r, and by r²/gap, where the gap to
// the rest of the spectrum is taken to be that to the neighbour less its residual.
func ritzError(k *Krylov, i, j int) float64 {
	r := k.Residuals[i]
	if j < 0 || j >= len(k.Ritz) {
		return r
	}
	if gap := math.Abs(k.Ritz[i]-k.Ritz[j]) - k.Residuals[j]; gap > r {
		return r * r / gap
	}
	return r
}

// vectors fills in the eigenvectors.
func (t *Track) vectors(k *Krylov, o TrackOptions) {
	t.HighVector = k.Vector(len(k.Ritz) - 1)
	if !o.HighOnly {
		t.LowVector = k.Vector(0)
	}
}
