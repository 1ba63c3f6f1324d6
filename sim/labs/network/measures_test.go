package network

import (
	"testing"

	"thalweg/landscape/nets"
)

func TestImages(t *testing.T) {
	m := play(t, "problem=digits&architecture=24&samples=100&steps=1&methods=sgd").Methods[0]
	weights, theta := m.Readings("weights"), m.End()
	// 24 neurons stand 5 across and 5 down, 8 by 8 pixels each, with a line between two.
	const width = 5*9 - 1
	if weights.Columns != width || len(weights.Rows[1]) != width*width {
		t.Fatalf("weights are %d numbers in rows of %d", len(weights.Rows[1]), weights.Columns)
	}
	// Neuron 7 is the third in the second row; its pixel 10 is the third in its second row.
	if got, want := weights.Rows[1][(9+1)*width+2*9+2], theta[7*64+10]; got != want {
		t.Errorf("pixel 10 of neuron 7 is %v, want %v", got, want)
	}
	confused := 0.0
	for _, c := range m.Readings("confusion").Rows[0] {
		confused += c
	}
	if confused != 20 || m.Readings("confusion").Columns != 10 {
		t.Errorf("%v rows confused, want the 20 held out", confused)
	}
	if m.Readings("decision") != nil {
		t.Error("digits have a decision picture")
	}
	moons := play(t, "samples=40&architecture=3&steps=1&methods=gd").Methods[0].Readings("decision")
	if moons.Columns != decisionSide || len(moons.Rows[0]) != decisionSide*decisionSide {
		t.Errorf("decision is %d numbers in rows of %d", len(moons.Rows[0]), moons.Columns)
	}
}

// A net with convolutions walks like any other, and its filters are pictures of 3 by 3.
func TestConvolutions(t *testing.T) {
	m := play(t, "problem=digits&architecture=c8-c16-24&samples=200&steps=60&every=10&methods=adam").Methods[0]
	if m.Dim != 8*10+16*73+24*65+10*25 {
		t.Errorf("%d parameters", m.Dim)
	}
	if start, end := m.At("loss")[0], m.Last("loss"); !(end < start/4) {
		t.Errorf("the loss falls from %v to %v", start, end)
	}
	weights, theta := m.Readings("weights"), m.Point(0)
	// 8 filters stand 3 across and 3 down; number 4 is in the middle, its last tap in its last corner.
	const width = 3*4 - 1
	if weights.Columns != width || len(weights.Rows[0]) != width*width {
		t.Fatalf("weights are %d numbers in rows of %d", len(weights.Rows[0]), weights.Columns)
	}
	if got, want := weights.Rows[0][6*width+6], theta[4*9+8]; got != want {
		t.Errorf("the last tap of filter 4 is %v, want %v", got, want)
	}
}

func TestOpinion(t *testing.T) {
	for _, c := range []struct {
		f    []float64
		loss nets.Loss
		want float64
	}{
		{[]float64{0.3, 0.7}, nets.CrossEntropy, 0.7},
		{[]float64{0, 1}, nets.MSE, 1},
		{[]float64{0.5, 0.5}, nets.MSE, 0.5},
		{[]float64{3, -1}, nets.MSE, 0},
		{[]float64{0.2, 0.5, 0.3}, nets.CrossEntropy, 1},
	} {
		if got := opinion(c.f, c.loss); got != c.want {
			t.Errorf("opinion of %v is %v, want %v", c.f, got, c.want)
		}
	}
}
