package server

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/figure"
)

// The size of the gallery's first picture, and of what it is drawn from.
const (
	heroWidth, heroHeight = 920, 440
	heroRows, heroColumns = 89, 185
	heroTrail             = 700
	maxHero               = 220 << 10
	// heroPace is how many equal shares of its steps a trail's pace is told for.
	heroPace = 60
)

// heroRuns are the walks of the gallery's first picture: five methods, each from a start of its own, on one ground.
// Their labels stand beside the starts, moved by dx and dy.
var heroRuns = []struct {
	query  string
	dx, dy float64
}{
	{"methods=momentum:step-size=0.0008,momentum=0.93&start=-6.4,-3.6&steps=260", 14, -17},
	{"methods=nesterov:step-size=0.0016,momentum=0.93&start=-6.2,2.4&steps=260", -12, -15},
	{"methods=rmsprop:step-size=0.05,smoothing=0.9&start=0.5,3.7&steps=140", 16, 1},
	{"methods=adam:step-size=0.12&start=6.5,-3.4&steps=160", 16, 1},
	{"methods=gd:step-size=0.003&start=6.2,3.7&steps=120", 16, 1},
}

// heroGround is the ground of the picture; its box has the shape of the picture.
const heroGround = "/lab/race?problem=himmelblau&domain=-8.4,9.9,-4.35,4.4&"

// hero serves the gallery's first picture.
func (s *Server) hero(c echo.Context) error {
	job := s.heroJob()
	if job == nil {
		return refuse(http.StatusNotFound, "no picture", "this server has no lab race to draw it from")
	}
	return s.sendPicture(c, job)
}

// heroJob has the picture computed in the background; it is nil where there is no such lab.
func (s *Server) heroJob() *thumbJob {
	if _, err := s.lab("race"); err != nil {
		return nil
	}
	return s.thumbs.prepare("the gallery", s.drawHero)
}

func (s *Server) drawHero(ctx context.Context) (map[string][]byte, error) {
	var walks []*sim.MethodTrace
	for _, r := range heroRuns {
		d, err := sim.ParseLink(heroGround + r.query)
		if err != nil {
			return nil, err
		}
		spec, err := s.resolve(d)
		if err != nil {
			return nil, err
		}
		trace, err := s.play(ctx, spec)
		if err != nil {
			return nil, err
		}
		walks = append(walks, trace.Methods[0])
	}
	plane := landscape.Direct(2, walks[0].Domain)
	grid, err := s.surveyBox(ctx, walks[0].Ground, plane, heroRows, heroColumns)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for theme, colours := range looks {
		out[theme] = drawHero(walks, &plane, grid, colours)
	}
	return out, nil
}

// drawHero writes the picture. Parts carry classes, so that a page that holds it can play it: the mask of a trail shows
// what of it its hero-reveal path, of length 1, shows, and data-pace holds which share of the length was covered after
// each sixtieth of the steps.
func drawHero(walks []*sim.MethodTrace, p *landscape.Plane, g *landscape.Grid, c look) []byte {
	var b bytes.Buffer
	at := frameOf(g, heroWidth, heroHeight)
	var names []string
	for _, m := range walks {
		names = append(names, m.Kind.Label)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="hero-map" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice" role="img" `+
		`aria-label="%s on their way down Himmelblau's surface, each from a start of its own">`, heroWidth, heroHeight, strings.Join(names, ", "))
	at.ground(&b, g, c, maxHero*3/4)
	b.WriteString("<defs>")
	trails := make([]heroPath, len(walks))
	for i, m := range walks {
		trails[i] = newHeroPath(m, p, at)
		fmt.Fprintf(&b, `<path id="hero-path-%s" d="%s"/>`, m.ID, trails[i].d)
		fmt.Fprintf(&b, `<mask id="hero-mask-%s" maskUnits="userSpaceOnUse" x="0" y="0" width="%d" height="%d"><path class="hero-reveal" data-method="%s" data-steps="%d" data-pace="%s" `+
			`pathLength="1" stroke-dasharray="1" fill="none" stroke="#fff" stroke-width="14" d="%s"/></mask>`,
			m.ID, heroWidth, heroHeight, m.ID, m.StoppedAt, trails[i].pace, trails[i].d)
	}
	b.WriteString("</defs>")
	strokes := func(class string, width float64, of func(slot int) string) {
		fmt.Fprintf(&b, `<g class="%s" fill="none" stroke-linejoin="round" stroke-width="%g">`, class, width)
		for i, m := range walks {
			fmt.Fprintf(&b, `<g mask="url(#hero-mask-%s)"><use href="#hero-path-%s"%s/></g>`, m.ID, m.ID, of(slotOf(m, i)))
		}
		b.WriteString("</g>")
	}
	strokes("hero-casings", 5.4, func(int) string { return fmt.Sprintf(` stroke="%s"`, c.Casing) })
	strokes("hero-trails", 2.4, func(slot int) string { return fmt.Sprintf(` stroke="%s"%s`, c.method(slot), dashOf(slot)) })
	fmt.Fprintf(&b, `<g class="hero-starts" fill="%s" stroke="%s" stroke-width="1.6">`, c.Paper, c.Ink)
	for _, t := range trails {
		fmt.Fprintf(&b, `<circle class="hero-start" cx="%.1f" cy="%.1f" r="4.2"/>`, t.from[0], t.from[1])
	}
	fmt.Fprintf(&b, `</g><g class="hero-labels" font-family="%s" font-size="12.5" fill="%s">`, figure.Sans, c.Ink)
	for i, m := range walks {
		r, t := heroRuns[i], trails[i]
		x, y := t.from[0]+r.dx, t.from[1]+r.dy
		fmt.Fprintf(&b, `<g class="hero-label" data-method="%s"><path d="%s" transform="translate(%.1f %.1f) scale(.8)" fill="%s" stroke="%s" stroke-width="3" paint-order="stroke"/>`+
			`<text x="%.1f" y="%.1f" stroke="%s" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">%s</text></g>`,
			m.ID, figure.Styles[slotOf(m, i)].Marker(markerSize), x, y, c.method(slotOf(m, i)), c.Casing, x+10, y+4.3, c.Casing, m.Kind.Label)
	}
	b.WriteString(`</g><g class="hero-heads">`)
	for i, m := range walks {
		fmt.Fprintf(&b, `<path class="hero-head" data-method="%s" d="%s" transform="translate(%.1f %.1f) scale(1.15)" fill="%s" stroke="%s" stroke-width="3.5" paint-order="stroke"/>`,
			m.ID, figure.Styles[slotOf(m, i)].Marker(markerSize), trails[i].to[0], trails[i].to[1], c.method(slotOf(m, i)), c.Casing)
	}
	b.WriteString("</g></svg>")
	return b.Bytes()
}

// slotOf is the colour slot of the i-th method of a picture.
func slotOf(m *sim.MethodTrace, i int) int {
	if slot := m.Kind.Slot; slot >= 1 && slot <= 8 {
		return slot
	}
	return i%8 + 1
}

// A heroPath is a trail in pixels.
type heroPath struct {
	d, pace  string
	from, to [2]float64
}

func newHeroPath(m *sim.MethodTrace, p *landscape.Plane, at *picturePlane) heroPath {
	rows, columns := m.Path(p, 0, m.Records(), 0)
	n := len(rows) / columns
	var t heroPath
	var d strings.Builder
	length, drawn := make([]float64, n), 0
	var last, pen0 [2]float64
	for i := range n {
		here := [2]float64{at.x(rows[i*columns+1]), at.y(rows[i*columns+2])}
		if i == 0 {
			t.from, last = here, here
		} else {
			length[i] = length[i-1] + math.Hypot(here[0]-last[0], here[1]-last[1])
		}
		last = here
		if drawn == 0 || i == n-1 || drawn < heroTrail && math.Hypot(here[0]-pen0[0], here[1]-pen0[1]) >= 0.4 {
			fmt.Fprintf(&d, "%s%.1f %.1f", pen(drawn), here[0], here[1])
			pen0, drawn = here, drawn+1
		}
	}
	t.d, t.to = d.String(), last
	var pace []string
	for k := range heroPace + 1 {
		share := 1.0
		if length[n-1] > 0 {
			share = length[k*(n-1)/heroPace] / length[n-1]
		}
		pace = append(pace, fmt.Sprintf("%.3g", share))
	}
	t.pace = strings.Join(pace, " ")
	return t
}
