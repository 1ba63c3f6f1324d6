package server

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"thalweg/sim"
)

// A slowBowl is a bowl whose losses take a while, one after the other.
type slowBowl struct {
	bowl
	turn *sync.Mutex
}

func (b slowBowl) Loss(x []float64) float64 {
	b.turn.Lock()
	defer b.turn.Unlock()
	time.Sleep(2 * time.Millisecond)
	return b.bowl.Loss(x)
}

// A survey that takes long tells how far it is, a quick one does not.
func TestSurveyProgress(t *testing.T) {
	for _, slow := range []bool{true, false} {
		lab := testLab()
		open, turn := lab.Open, &sync.Mutex{}
		lab.Open = func(s sim.Setup) (*sim.Scene, error) {
			scene, err := open(s)
			if err == nil && slow {
				for i := range scene.Contestants {
					c := &scene.Contestants[i]
					c.Ground = slowBowl{c.Ground.(bowl), turn}
				}
			}
			return scene, err
		}
		s, err := New(Options{Labs: []*sim.Lab{lab}, Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		web := httptest.NewServer(s.Handler())
		p := dial(t, web, "")
		p.send(`{"type":"open","link":"/lab/bowl?steps=5"}`)
		p.text("opened", nil)
		p.send(`{"type":"view","grid":{"cells":21}}`)
		if slow {
			m := p.text("survey", func(m map[string]any) bool { return m["share"].(float64) > 0.5 })
			if share := m["share"].(float64); share > 1 || m["version"].(float64) < 1 {
				t.Errorf("the survey is at %v of plane %v", share, m["version"])
			}
		}
		p.text("grid", nil)
		told := 0
		for _, m := range p.texts {
			if m["type"] == "survey" {
				told++
			}
		}
		if !slow && told > 0 || told > 12 {
			t.Errorf("slow %v: told %d times", slow, told)
		}
		s.Close()
		web.Close()
	}
}
