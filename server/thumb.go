package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"sync"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/figure"
)

// The size of a thumbnail, and of what it is drawn from.
const (
	thumbWidth, thumbHeight = 320, 200
	thumbCells              = 61
	// thumbTrail is how many points a trail has at most, thumbTrailStep how far apart they are at least.
	thumbTrail     = 250
	thumbTrailStep = 1.5
	maxThumb       = 60 << 10
	// markerSize is the radius that markers are drawn with, before they are scaled.
	markerSize = 5
)

// A look is the colours of a theme.
type look struct {
	figure.Theme
	dark bool
}

var looks = map[string]look{"light": {figure.Light, false}, "dark": {figure.Dark, true}}

// shade is the colour of a height from 0 to 1.
func (l look) shade(h float64) color.NRGBA { return figure.Colour("sounding", l.dark, h) }

// method is the colour of a slot.
func (l look) method(slot int) string {
	if l.dark {
		return figure.Styles[slot].Dark
	}
	return figure.Styles[slot].Light
}

// thumbs are the small pictures of the labs: the ground and the trails of each lab's first preset, really played.
type thumbs struct {
	srv *Server

	mu   sync.Mutex
	jobs map[string]*thumbJob
	turn chan struct{} // one at a time
}

type thumbJob struct {
	id   string
	done chan struct{}
	svg  map[string]asset // by theme
	err  error
}

func newThumbs(s *Server) *thumbs {
	return &thumbs{srv: s, jobs: map[string]*thumbJob{}, turn: make(chan struct{}, 1)}
}

// A drawing makes a picture in each theme.
type drawing func(ctx context.Context) (map[string][]byte, error)

// prepare has a picture computed if it is not yet.
func (t *thumbs) prepare(id string, draw drawing) *thumbJob {
	t.mu.Lock()
	defer t.mu.Unlock()
	job := t.jobs[id]
	if job != nil {
		return job
	}
	job = &thumbJob{id: id, done: make(chan struct{})}
	if !t.srv.spawn(func() { t.compute(job, draw) }) {
		job.err = errStopped
		close(job.done)
		return job
	}
	t.jobs[id] = job
	return job
}

// of has the picture of a lab computed.
func (t *thumbs) of(l *sim.Lab) *thumbJob {
	return t.prepare("lab "+l.ID, func(ctx context.Context) (map[string][]byte, error) { return t.draw(ctx, l) })
}

// get returns a picture in a theme, waiting for it.
func (j *thumbJob) get(ctx context.Context, theme string) (asset, error) {
	select {
	case <-j.done:
		return j.svg[theme], j.err
	case <-ctx.Done():
		return asset{}, fmt.Errorf("the picture of %s is not ready yet: %w", j.id, ctx.Err())
	}
}

func (t *thumbs) compute(job *thumbJob, draw drawing) {
	ctx, cancel := context.WithTimeout(t.srv.ctx, t.srv.limits.Request)
	defer cancel()
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
	}
	defer close(job.done)
	defer func() {
		if p := recover(); p != nil {
			job.err = fmt.Errorf("the picture of %s failed", job.id)
			t.srv.log.Error("thumbnail failed", "of", job.id, "panic", p)
		}
		if job.err != nil {
			t.mu.Lock()
			delete(t.jobs, job.id) // the next visitor tries again
			t.mu.Unlock()
		}
	}()
	var svg map[string][]byte
	if svg, job.err = draw(ctx); job.err != nil {
		return
	}
	job.svg = map[string]asset{}
	for theme, data := range svg {
		if job.svg[theme], job.err = newAsset("image/svg+xml", data); job.err != nil {
			return
		}
	}
}

func (t *thumbs) draw(ctx context.Context, l *sim.Lab) (map[string][]byte, error) {
	var d sim.Draft
	if len(l.Presets) > 0 {
		d.Preset = l.Presets[0].ID
	}
	spec, err := l.Resolve(d)
	if err != nil {
		return nil, err
	}
	trace, err := t.srv.play(ctx, spec)
	if err != nil {
		return nil, err
	}
	if out := drawPanels(trace); out != nil {
		return out, nil
	}
	first := trace.Methods[0]
	plane, err := trace.Plane(ctx, first, sim.PlaneText{}, nil)
	if err != nil {
		return nil, err
	}
	grid, err := t.srv.surveyInTurns(ctx, first.Ground, plane, thumbCells)
	if err != nil {
		return nil, err
	}
	var second *landscape.Grid
	if f := secondOf(l, first); f != nil {
		if second, err = t.srv.surveyInTurns(ctx, f, plane, thumbCells); err != nil {
			return nil, err
		}
	}
	out := map[string][]byte{}
	for theme, colours := range looks {
		if second == nil {
			out[theme] = drawThumb(trace, &plane, grid, colours, thumbWidth)
			continue
		}
		out[theme] = sideBySide(drawThumb(trace, &plane, grid, colours, thumbWidth/2), drawThumb(trace, &plane, second, colours, thumbWidth/2), colours)
	}
	return out, nil
}

// drawThumb writes the picture: shades of height, contours, trails with their casing, and the minima.
func drawThumb(t *sim.Trace, p *landscape.Plane, g *landscape.Grid, c look, width int) []byte {
	var b bytes.Buffer
	at := frameOf(g, float64(width), thumbHeight)
	x, y := at.x, at.y
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice">`, width, thumbHeight)
	at.ground(&b, g, c, maxThumb*2/3)
	type walk struct {
		d, colour, dash, marker string
		from, to                [2]float64
	}
	var walks []walk
	for i, m := range t.Shared(t.Methods[0]) {
		if m.Replica != 0 || len(walks) == 8 {
			continue
		}
		slot := slotOf(m, i)
		w := walk{colour: c.method(slot), marker: figure.Styles[slot].Marker(markerSize), dash: dashOf(slot)}
		w.d, w.from, w.to = trail(m, p, x, y)
		walks = append(walks, w)
	}
	// All casings first, then all colours, solid before dashed, so that a shared stretch shows every method.
	slices.SortStableFunc(walks, func(a, b walk) int { return min(len(a.dash), 1) - min(len(b.dash), 1) })
	fmt.Fprintf(&b, `<g fill="none" stroke-linejoin="round"><g stroke="%s" stroke-width="4.2">`, c.Casing)
	for _, w := range walks {
		fmt.Fprintf(&b, `<path d="%s"/>`, w.d)
	}
	b.WriteString(`</g><g stroke-width="1.8">`)
	for _, w := range walks {
		fmt.Fprintf(&b, `<path d="%s" stroke="%s"%s/>`, w.d, w.colour, w.dash)
	}
	b.WriteString("</g></g>")
	if len(walks) > 0 {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s" stroke="%s" stroke-width="1.2"/>`, walks[0].from[0], walks[0].from[1], c.Paper, c.Ink)
	}
	if t.Methods[0].Whole(p) {
		for _, m := range t.Methods[0].Minima {
			fmt.Fprintf(&b, `<path d="M%.1f %.1fm-4 0h8m-4-4v8" stroke="%s" stroke-width="1.4" fill="none"/>`, x(m.X[0]), y(m.X[1]), c.Contour)
		}
	}
	for _, w := range walks {
		fmt.Fprintf(&b, `<path d="%s" transform="translate(%.1f %.1f) scale(.8)" fill="%s" stroke="%s" stroke-width="3" paint-order="stroke"/>`,
			w.marker, w.to[0], w.to[1], w.colour, c.Casing)
	}
	b.WriteString("</svg>")
	return b.Bytes()
}

// A picturePlane lays a grid's plane into a rectangle of pixels.
type picturePlane struct {
	width, height float64
	box           [4]float64
}

func frameOf(g *landscape.Grid, width, height float64) *picturePlane {
	return &picturePlane{width, height, g.Range}
}

func (p *picturePlane) x(s float64) float64 { return (s - p.box[0]) / (p.box[1] - p.box[0]) * p.width }
func (p *picturePlane) y(t float64) float64 {
	return p.height - (t-p.box[2])/(p.box[3]-p.box[2])*p.height
}

// ground draws shades and contours, of these as many levels as fit into a number of bytes.
func (p *picturePlane) ground(b *bytes.Buffer, g *landscape.Grid, c look, most int) {
	fmt.Fprintf(b, `<rect width="%g" height="%g" fill="%s"/>`, p.width, p.height, figure.Shade("sounding", c.dark, 1))
	h := g.Height(landscape.Log)
	p.shades(b, g, h, c)
	levels := g.Levels(h)
	for pass, line := range [2]struct{ opacity, width float64 }{{c.Minor, .7}, {c.Major, 1.1}} {
		fmt.Fprintf(b, `<g fill="none" stroke="%s" stroke-opacity="%g" stroke-width="%g">`, c.Contour, line.opacity, line.width)
		for k, level := range levels.Values {
			if levels.Major[k] != (pass == 1) {
				continue
			}
			var path strings.Builder
			for _, line := range g.Contours(level) {
				for i, at := range line {
					if len(line) > 60 && i > 0 && i < len(line)-1 && i%2 == 1 {
						continue // every second corner is enough at this size
					}
					fmt.Fprintf(&path, "%s%.1f %.1f", pen(i), p.x(at[0]), p.y(at[1]))
				}
			}
			if b.Len()+path.Len() > most {
				break
			}
			fmt.Fprintf(b, `<path d="%s"/>`, path.String())
		}
		b.WriteString("</g>")
	}
}

// dashOf is the attribute that dashes a line of width 2 of a slot, empty for a solid one.
func dashOf(slot int) string {
	pattern := figure.Styles[slot].DashArray(2)
	if pattern == "" {
		return ""
	}
	return fmt.Sprintf(` stroke-dasharray="%s"`, pattern)
}

// pen is the path command of a point: move to the first, draw to the others.
func pen(i int) string {
	if i == 0 {
		return "M"
	}
	return "L"
}

// shades paints the heights as a small image that browsers scale smoothly; its pixels are centred on the grid's points.
func (p *picturePlane) shades(b *bytes.Buffer, g *landscape.Grid, h landscape.Height, c look) {
	low, high := h.Of(g.Min), h.Of(g.Max)
	if !(high > low) {
		return
	}
	picture := image.NewNRGBA(image.Rect(0, 0, g.Columns, g.Rows))
	for i := range g.Rows {
		for j := range g.Columns {
			if v := g.Values[i*g.Columns+j]; !math.IsNaN(v) {
				picture.SetNRGBA(j, g.Rows-1-i, c.shade((h.Of(v)-low)/(high-low)))
			}
		}
	}
	var data bytes.Buffer
	if png.Encode(&data, picture) != nil {
		return
	}
	dx, dy := p.width/float64(g.Columns-1), p.height/float64(g.Rows-1)
	fmt.Fprintf(b, `<image x="%.2f" y="%.2f" width="%.2f" height="%.2f" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`,
		-dx/2, -dy/2, p.width+dx, p.height+dy, base64.StdEncoding.EncodeToString(data.Bytes()))
}

// trail is the path of a walk across the picture, with its ends.
func trail(m *sim.MethodTrace, p *landscape.Plane, x, y func(float64) float64) (path string, from, to [2]float64) {
	rows, columns := m.Path(p, 0, m.Records(), 0)
	var d strings.Builder
	n, drawn := len(rows)/columns, 0
	var last [2]float64
	for i := range n {
		here := [2]float64{x(rows[i*columns+1]), y(rows[i*columns+2])}
		if !(math.Abs(here[0]) < 1e4 && math.Abs(here[1]) < 1e4) {
			break
		}
		if to = here; i == 0 {
			from = here
		}
		if drawn > 0 && i < n-1 && (math.Hypot(here[0]-last[0], here[1]-last[1]) < thumbTrailStep || drawn >= thumbTrail) {
			continue
		}
		fmt.Fprintf(&d, "%s%.1f %.1f", pen(drawn), here[0], here[1])
		last, drawn = here, drawn+1
	}
	return d.String(), from, to
}
