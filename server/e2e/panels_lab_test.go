package e2e

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"thalweg/landscape"
	"thalweg/server"
	"thalweg/sim"
	"thalweg/sim/opt"
	"thalweg/sim/param"
)

// Eight agents on a ring, each with a bowl of its own; together they look for the bottom of the mean of all bowls.
const (
	agents = 8
	side   = 24 // cells of a side of the map of nearest agents
)

// centre and curve are the bottom and the two curvatures of an agent's bowl.
func centre(i int) [2]float64 {
	a := 2 * math.Pi * float64(i) / agents
	return [2]float64{math.Cos(a) + 0.3, math.Sin(a) - 0.2}
}

func curve(i int) [2]float64 { return [2]float64{1 + float64(i%4)/2, 2 - float64(i%3)/2} }

// ownLoss is the loss of one agent's bowl.
func ownLoss(i int, x []float64) float64 {
	c, h := centre(i), curve(i)
	return (h[0]*(x[0]-c[0])*(x[0]-c[0]) + h[1]*(x[1]-c[1])*(x[1]-c[1])) / 2
}

// bowls is the mean of all agents' bowls.
type bowls struct{}

func (bowls) Dim() int { return 2 }

func (bowls) Loss(x []float64) (sum float64) {
	for i := range agents {
		sum += ownLoss(i, x) / agents
	}
	return sum
}

func (b bowls) Grad(dst, x []float64) float64 {
	clear(dst)
	for i := range agents {
		c, h := centre(i), curve(i)
		for d := range dst {
			dst[d] += h[d] * (x[d] - c[d]) / agents
		}
	}
	return b.Loss(x)
}

func (bowls) HessVec(dst, _, v []float64) {
	clear(dst)
	for i := range agents {
		h := curve(i)
		for d := range dst {
			dst[d] += h[d] * v[d] / agents
		}
	}
}

// bottom is the minimum of the mean.
func bottom() []float64 {
	var top, under [2]float64
	for i := range agents {
		c, h := centre(i), curve(i)
		for d := range top {
			top[d] += h[d] * c[d]
			under[d] += h[d]
		}
	}
	return []float64{top[0] / under[0], top[1] / under[1]}
}

// A gossip is a step of each agent's own descent after averaging with its neighbours: all of them, or on the ring with
// the one to the left and the one to the right in turns.
type gossip struct {
	pairs  bool
	rate   float64
	x      [agents * 2]float64
	mean   [2]float64
	weight [agents * agents]float64 // of the last step
	clock  opt.Clock
}

func newGossip(pairs bool, rate float64, start []float64) *gossip {
	g := &gossip{pairs: pairs, rate: rate}
	for i := range agents {
		c := centre(i)
		for d := range 2 {
			g.x[2*i+d] = start[d] + c[d]
		}
	}
	g.weigh()
	g.centre()
	return g
}

// weigh fills the weights of the next step: a third for each neighbour on the ring, or a half between two.
func (g *gossip) weigh() {
	g.weight = [agents * agents]float64{}
	for i := range agents {
		left, right := (i+agents-1)%agents, (i+1)%agents
		if !g.pairs {
			g.weight[i*agents+left], g.weight[i*agents+i], g.weight[i*agents+right] = 1./3, 1./3, 1./3
			continue
		}
		other := left
		if (i+g.clock.Steps)%2 == 0 {
			other = right
		}
		g.weight[i*agents+i], g.weight[i*agents+other] = 0.5, 0.5
	}
}

func (g *gossip) centre() {
	g.mean = [2]float64{}
	for i, v := range g.x {
		g.mean[i%2] += v / agents
	}
}

func (g *gossip) Step() error {
	g.weigh()
	var next [agents * 2]float64
	for i := range agents {
		c, h := centre(i), curve(i)
		for d := range 2 {
			for j := range agents {
				next[2*i+d] += g.weight[i*agents+j] * g.x[2*j+d]
			}
			next[2*i+d] -= g.rate * h[d] * (g.x[2*i+d] - c[d])
		}
	}
	if !landscape.Finite(next[:]) {
		return fmt.Errorf("%w: an agent left the numbers", opt.ErrDiverged)
	}
	g.x = next
	g.centre()
	g.clock.Steps++
	g.clock.Gradients += agents
	g.clock.Time += g.rate
	return nil
}

func (g *gossip) Point() []float64 { return g.mean[:] }
func (g *gossip) Clock() opt.Clock { return g.clock }
func (g *gossip) Swarm() []float64 { return g.x[:] }
func (g *gossip) CloneMethod() sim.Method {
	c := *g
	return &c
}

func (g *gossip) Turn(id string, v float64) error {
	if id != "step-size" {
		return errors.New("only the step size can be turned")
	}
	g.rate = v
	return nil
}

// spread is the mean squared distance of the agents from their mean, per pair of coordinates.
func (g *gossip) spread(a, b int) (sum float64) {
	for i := range agents {
		sum += (g.x[2*i+a] - g.mean[a]) * (g.x[2*i+b] - g.mean[b]) / agents
	}
	return sum
}

// readers are the measures of the agents; m finds them in a reading.
func readers() map[string]sim.Reader {
	read := func(columns int, values func(g *gossip) []float64) sim.Reader {
		return func(at *sim.Reading) ([]float64, int) { return values(at.Method.(*gossip)), columns }
	}
	table := func(value func(g *gossip, i, j int) float64) func(*gossip) []float64 {
		return func(g *gossip) []float64 {
			out := make([]float64, 0, agents*agents)
			for i := range agents {
				for j := range agents {
					out = append(out, value(g, i, j))
				}
			}
			return out
		}
	}
	return map[string]sim.Reader{
		"consensus": read(0, func(g *gossip) []float64 { return []float64{g.spread(0, 0) + g.spread(1, 1)} }),
		"limit":     read(0, func(g *gossip) []float64 { return []float64{2 / g.rate} }),
		"agents":    read(2, func(g *gossip) []float64 { return slices.Clone(g.x[:]) }),
		"weights":   read(agents, func(g *gossip) []float64 { return slices.Clone(g.weight[:]) }),
		"ellipse": read(0, func(g *gossip) []float64 {
			return []float64{g.mean[0], g.mean[1], g.spread(0, 0), g.spread(0, 1), g.spread(1, 1)}
		}),
		"agent-losses": read(0, func(g *gossip) []float64 {
			out := make([]float64, agents)
			for i := range out {
				out[i] = ownLoss(i, g.x[2*i:2*i+2])
			}
			return out
		}),
		"differences": read(agents, table(func(g *gossip, i, j int) float64 { return g.x[2*i] - g.x[2*j] })),
		"distances": read(agents, table(func(g *gossip, i, j int) float64 {
			return math.Hypot(g.x[2*i]-g.x[2*j], g.x[2*i+1]-g.x[2*j+1])
		})),
		"nearest": read(side, func(g *gossip) []float64 {
			out := make([]float64, side*side)
			for k := range out {
				x, y := -2+4*(float64(k%side)+0.5)/side, -2+4*(float64(k/side)+0.5)/side
				best := math.Inf(1)
				for i := range agents {
					if d := math.Hypot(g.x[2*i]-x, g.x[2*i+1]-y); d < best {
						best, out[k] = d, float64(i)
					}
				}
				if best > 1.5 {
					out[k] = -1
				}
			}
			return out
		}),
	}
}

// panelsLab is a small lab that shows every kind of panel and every option of one. All its pictures are computed.
func panelsLab() *sim.Lab {
	stepSize := func(label string) *param.Control {
		return &param.Control{ID: "step-size", Label: label, Symbol: `\eta`, Kind: param.Real, Min: 1e-10, Max: 100, Default: param.Num(0.05), Log: true, Live: true,
			Help: `How far one step goes per unit of slope: $w\leftarrow w-\eta g$.`}
	}
	return &sim.Lab{
		ID: "panels", Title: "Every panel", Summary: "Eight agents on a ring average with their neighbours while each descends its own bowl.",
		Question: "How well do neighbours agree?", Source: "Decentralised gradient descent on quadratics.", Version: 1,
		Controls: []param.Control{{ID: "start", Label: "Start", Symbol: "w_0", Group: "Ground", Kind: param.Vector, MinLength: 2, MaxLength: 2, Min: -10, Max: 10, Default: param.List(-1.2, 1.4),
			Help: "Where the mean of the agents begins."}},
		Methods: []sim.MethodKind{
			{ID: "gossip", Label: "Gossip", Slot: 2, Help: "Average with the neighbours, then a step down one's own bowl.", Hyper: []*param.Control{stepSize("Step size"), {ID: "pairs", Label: "In pairs", Kind: param.Switch,
				Help: "Each step averages with one neighbour, left and right in turns, instead of with both."}}},
			{ID: "gd", Label: "Gradient descent", Slot: 1, Help: `Straight down the mean of all bowls: $w\leftarrow w-\eta g$.`, Hyper: []*param.Control{stepSize("Step size")}},
		},
		Start: []string{"gossip", "pairs=gossip:pairs=on", "gd"},
		Steps: 200,
		Measures: []sim.Measure{
			sim.Loss, sim.GradientNorm, sim.StepNorm, sim.Distance, sim.Sharpness, sim.LowestCurvature, sim.Spectrum,
			{ID: "consensus", Label: "Consensus", Kind: sim.Scalar, Every: 1, Log: true, Help: "Mean squared distance of the agents from their mean."},
			{ID: "limit", Label: "Largest stable curvature", Kind: sim.Scalar, Every: 1, Log: true, Help: `$2/\eta$.`},
			{ID: "agents", Label: "Agents", Kind: sim.Points, Every: 1, Help: "Where each agent is."},
			{ID: "ellipse", Label: "Ellipse of the agents", Kind: sim.Vector, Every: 1, Help: "Their mean and covariance: x, y, xx, xy, yy."},
			{ID: "agent-losses", Label: "Loss of each agent", Kind: sim.Vector, Every: 1, Help: "Each agent's own loss where it is."},
			{ID: "weights", Label: "Weights of the links", Kind: sim.Image, Every: 1, Help: "The share that agent i, downwards, took of agent j, across, in the last step."},
			{ID: "differences", Label: "Differences", Kind: sim.Image, Every: 1, Help: "First coordinate of agent i, downwards, less that of agent j, across."},
			{ID: "distances", Label: "Distances", Kind: sim.Image, Every: 5, Help: "Distance of agent i, downwards, from agent j, across."},
			{ID: "nearest", Label: "Nearest agent", Kind: sim.Image, Every: 10, Help: "The number of the nearest agent in each cell of the square from -2 to 2, -1 where none is within 1.5."},
		},
		Panels: []sim.Panel{
			{ID: "landscape", Kind: "landscape", Title: "Mean of the bowls", Help: "The loss that all agents share."},
			{ID: "loss", Kind: "curve", Title: "Loss of the mean", Help: "The loss where the mean of the agents is.", Measures: []string{"loss"}, Log: true},
			{ID: "table", Kind: "table", Title: "At this step", Help: "Numbers at the playhead.", Measures: []string{"loss", "gradient-norm", "step-norm", "distance", "consensus", "sharpness"}},
			{ID: "consensus", Kind: "curve", Title: "Consensus", Help: "How far the agents are from agreement, against flow time.", Measures: []string{"consensus", "distance"}, Log: true, Clock: "time",
				Lines: []sim.Line{{Label: "one hundredth", At: 0.01}}},
			{ID: "curvature", Kind: "curve", Title: "Sharpness", Help: "The largest curvature, and the largest that descent can stand.", Measures: []string{"sharpness"},
				Lines: []sim.Line{{Label: "2/η", Measure: "limit"}}},
			{ID: "spectrum", Kind: "spectrum", Title: "Hessian spectrum", Help: "The two curvatures of the mean bowl.", Measures: []string{"spectrum"}, Log: true,
				Lines: []sim.Line{{Label: "2/η", Measure: "limit"}, {Label: "one", At: 1}}},
			{ID: "losses", Kind: "spectrum", Title: "Loss of each agent", Help: "Each agent's own loss.", Measures: []string{"agent-losses"}},
			{ID: "points", Kind: "points", Title: "Agents", Help: "Where each agent is, with the ellipse of all.", Measures: []string{"agents"}, Ellipse: sim.Spread},
			{ID: "measured", Kind: "points", Title: "Agents, measured ellipse", Help: "The same with an ellipse that the run computes.", Measures: []string{"agents", "ellipse"}, Ellipse: "ellipse"},
			{ID: "graph", Kind: "graph", Title: "Who talks to whom", Help: "The links of the last step on a circle, each agent coloured by its loss.", Measures: []string{"weights", "agent-losses"}, Links: "weights", Values: "agent-losses"},
			{ID: "placed", Kind: "graph", Title: "Who talks to whom, and where", Help: "The links between the places of the agents.", Measures: []string{"weights", "agents"}, Links: "weights", Nodes: "agents"},
			{ID: "grey", Kind: "image", Title: "Distances", Help: "Dark is far apart.", Measures: []string{"distances"}, Scale: "grey"},
			{ID: "signed", Kind: "image", Title: "Differences", Help: "Blue and red are the two signs.", Measures: []string{"differences"}, Scale: "diverging"},
			{ID: "index", Kind: "image", Title: "Nearest agent", Help: "Each cell in the colour of the nearest agent.", Measures: []string{"nearest"}, Scale: "index"},
			{ID: "step", Kind: "step", Title: "One step dissected", Help: "The next update of a method, taken apart.", Measures: []string{"gradient-norm", "step-norm"}},
			{ID: "claims", Kind: "claims", Title: "Claims", Help: "What should be true of this run."},
		},
		Symbols: sim.Symbols{{TeX: `\eta`, Of: "step-size"}, {TeX: `\Gamma`, Of: "consensus"}, {TeX: "k", Of: "steps"}, {TeX: "w_0", Of: "start"}, {TeX: "L", Of: "graph"}},
		Lesson: []sim.Section{
			{Title: "Neighbours", Open: "ring", Text: `Each agent takes a third of each neighbour and of itself, then a step down its own bowl.

With a fixed step size they never quite agree: each is drawn to its own bottom.`, Formula: `x_i\leftarrow\sum_jW_{ij}x_j-\eta\nabla f_i(x_i)`,
				Predict: &sim.Predict{Question: `Half the step size $\eta$ leaves the agents' spread $\Gamma$`, Options: []string{"the same", "half as large", "a quarter as large"}, Answer: 2, Because: `Each agent stands off by a length in proportion to $\eta$, and $\Gamma$ is a square.`},
				See:     `The consensus, on a logarithmic axis.`, Proves: []string{"quarter"}, Not: "Exact only as the step size goes to 0."},
			{Title: "In pairs", Open: "preset=ring&methods=pairs=gossip:pairs=on", Text: "Left and right in turns: the links of the graph change with each step."},
		},
		Presets: []sim.Preset{{ID: "ring", Title: "A ring of eight", Note: "Neighbours average, both at once or in turns, beside descent on the mean of all bowls.", Seed: 1}},
		Claims: []sim.Claim{{
			ID: "quarter", Preset: "ring", Panel: "consensus", Source: "expansion in the step size", Specs: []string{"preset=ring&steps=6000&every=1000&methods=gossip:step-size=0.002", "preset=ring&steps=12000&every=1000&methods=gossip:step-size=0.001"},
			Statement: "Half the step size leaves a quarter of the spread.", Want: "a ratio between 3.9 and 4",
			Check: func(t []*sim.Trace) sim.Verdict {
				ratio := t[0].Method("gossip").Last("consensus") / t[1].Method("gossip").Last("consensus")
				return sim.Judge(ratio >= 3.9 && ratio <= 4, "%.4f", ratio)
			},
		}},
		Open: func(s sim.Setup) (*sim.Scene, error) {
			out := &sim.Scene{}
			minima := []landscape.Minimum{{X: bottom(), Loss: bowls{}.Loss(bottom())}}
			for i := range s.Methods {
				m := &s.Methods[i]
				c := sim.Contestant{Ground: bowls{}, Problem: "bowls", Minima: minima, Domain: [4]float64{-2, 2, -2, 2}}
				start, rate := s.Values.Vector("start"), m.Hyper.Real("step-size")
				if m.Kind.ID == "gossip" {
					g := newGossip(m.Hyper.On("pairs"), rate, start)
					c.Method, c.Read = g, readers()
				} else {
					// The mean of the agents' starts: their centres' mean is off 0.
					mean := newGossip(false, rate, start).mean
					gd, err := opt.New("gd", opt.Hyper{"step-size": rate}, opt.Env{Ground: bowls{}, Start: mean[:], Seed: s.Seed, Name: m.ID})
					if err != nil {
						return nil, err
					}
					c.Method = gd
				}
				out.Contestants = append(out.Contestants, c)
			}
			return out, nil
		},
	}
}

// panelsAddress serves the lab while a test runs.
func panelsAddress(t *testing.T) string {
	t.Helper()
	s, err := server.New(server.Options{Labs: []*sim.Lab{panelsLab()}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	return web.URL
}

// The lab has a page, and its schema says what each panel needs.
func TestPanelsPage(t *testing.T) {
	at := panelsAddress(t)
	for path, want := range map[string]string{
		"/lab/panels":      "Every panel",
		"/api/labs/panels": `"kind":"graph","title":"Who talks to whom","help":"The links of the last step on a circle, each agent coloured by its loss.","measures":["weights","agent-losses"],"links":"weights","values":"agent-losses"}`,
	} {
		r, err := http.Get(at + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s, want %s (%v)", path, r.Status, want, err)
		}
	}
}

// The lab agrees with itself, and every panel has something to show.
func TestPanelsLab(t *testing.T) {
	l := panelsLab()
	if err := sim.Validate([]*sim.Lab{l}); err != nil {
		t.Fatal(err)
	}
	s, err := l.Resolve(sim.Draft{Preset: "ring"})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := sim.Play(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := tr.Method("gossip")
	kinds := map[string]bool{}
	for _, p := range l.Panels {
		kinds[p.Kind] = true
		for _, id := range p.Measures {
			if id == "loss" || id == "gradient-norm" || id == "step-norm" {
				continue // kept with every record
			}
			if r := m.Readings(id); len(r.Step) < 2 || r.Step[len(r.Step)-1] != s.Steps {
				t.Errorf("panel %s: %s is read at %v", p.ID, id, r.Step)
			}
		}
	}
	for _, kind := range []string{"landscape", "curve", "spectrum", "image", "points", "graph", "table", "step", "claims"} {
		if !kinds[kind] {
			t.Errorf("no panel is of the kind %s", kind)
		}
	}
	for _, id := range []string{"gossip", "pairs", "gd"} {
		if end := tr.Method(id).End(); landscape.Distance(end, bottom()) > 0.1 {
			t.Errorf("%s ends at %v, the bottom is %v", id, end, bottom())
		}
	}
	rows := m.Readings("weights").Rows
	for i, w := range rows[len(rows)-1] {
		if row, column := i/agents, i%agents; w > 0 != ((row-column+agents+1)%agents <= 2) {
			t.Errorf("link from %d to %d weighs %v", row, column, w)
		}
	}
	j, err := l.Verify(t.Context(), &l.Claims[0], nil)
	if err != nil || j.Verdict != sim.Holds {
		t.Errorf("%s: %s, got %s (%v)", j.Verdict, j.Want, j.Got, err)
	}
}
