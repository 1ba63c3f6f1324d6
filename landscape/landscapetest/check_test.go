package landscapetest

import (
	"math"
	"testing"
)

func TestDerivative(t *testing.T) {
	got, uncertain := derivative(func(h float64) float64 { return math.Sin(1 + h) }, 0.02)
	if d := math.Abs(got - math.Cos(1)); d > 1e-11 || uncertain > 1e-9 {
		t.Errorf("the derivative of sin at 1 is off by %.1e, estimated %.1e", d, uncertain)
	}
}
