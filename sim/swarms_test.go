package sim

import "testing"

// Swarms are found at or before a step; beyond the bound of memory every second is let go, the last never.
func TestSwarmAt(t *testing.T) {
	m := &MethodTrace{Dim: 2}
	other := &MethodTrace{Dim: 2}
	tr := &Trace{Methods: []*MethodTrace{m, other}}
	const points, records = 1 << 18, 200 // 200 records of 1 MiB
	for i := range records {
		m.Step = append(m.Step, 10*i)
		m.swarm = make([]float64, points)
		m.swarm[2], m.swarmStep = float64(i), 10*i
		tr.swarms += m.swarms.add(i, 10*i, m.swarm)
		tr.thinSwarms()
		if n := m.swarms.bytes(); n > maxSwarms || n != tr.swarms {
			t.Fatalf("record %d: %d bytes are kept, %d were counted, at most %d are wanted", i, n, tr.swarms, maxSwarms)
		}
	}
	if n := len(m.swarms.kept); m.swarms.stride != 4 || n != 50 {
		t.Errorf("%d swarms at a stride of %d, want 50 at 4", n, m.swarms.stride)
	}
	x := make([]float64, 2)
	for step, want := range map[int]int{0: 0, 39: 0, 40: 40, 1234: 1200, 1989: 1960, 1990: 1990, 5000: 1990} {
		s, ok := m.SwarmAt(step)
		if s.Point(x, 1); !ok || s.Step != want || s.Len() != points/2 || x[0] != float64(want/10) {
			t.Errorf("at step %d the swarm of step %d with %v, want that of %d", step, s.Step, x[0], want)
		}
	}
	if s := m.swarms.until(1234); len(s.kept) != 31 || s.kept[30].step != 1200 {
		t.Errorf("up to step 1234 %d swarms, want 31", len(s.kept))
	}
	if _, ok := other.SwarmAt(10); ok {
		t.Error("a walk without a swarm has one")
	}
}
