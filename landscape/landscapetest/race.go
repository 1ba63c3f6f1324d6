//go:build race

package landscapetest

const raceEnabled = true
