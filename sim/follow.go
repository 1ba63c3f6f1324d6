package sim

import "thalweg/landscape"

// CheckpointGap is the number of steps between two checkpoints of a run of so many steps.
func CheckpointGap(steps int) int { return max(64, steps/32) }

// A Follower reads the ends of a spectrum along a walk, each time warm from the reading before. At the first reading
// after a checkpoint it starts cold: a fork goes on from a checkpoint, and reads the same bits as a run that came all
// the way. It belongs to one reader of one contestant. A nil Follower starts cold every time.
type Follower struct {
	gap, stretch int
	options      landscape.TrackOptions
	track        *landscape.Track
}

// NewFollower returns a follower for a run of so many steps.
func NewFollower(steps int, o landscape.TrackOptions) *Follower {
	return &Follower{gap: CheckpointGap(steps), options: o}
}

// Read finds the ends of the spectrum of a symmetric matrix on n coordinates, that of a step.
func (f *Follower) Read(step int, apply landscape.Operator, n int) *landscape.Track {
	if f == nil {
		return landscape.Follow(apply, n, nil, landscape.TrackOptions{HighOnly: true})
	}
	// The checkpoint of a step comes after its reading: 1 to gap are one stretch, and the start is another.
	if stretch := (step + f.gap - 1) / f.gap; stretch != f.stretch {
		f.stretch, f.track = stretch, nil
	}
	f.track = landscape.Follow(apply, n, f.track, f.options)
	return f.track
}
